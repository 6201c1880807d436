"""A tree of boxes as Mermaid, as Graphviz's DOT, and as SVG; the same tree always gives the same text."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from typed_registry.cli._layout import LINE, PADDING, Placed, placed
from typed_registry.cli._tree import Box

__all__ = ["DIAGRAMS"]

STYLE = " ".join(
    (
        "text { font: 13px monospace; fill: #1f2328 }",
        "rect { fill: #f6f8fa; stroke: #59636e }",
        "path { fill: none; stroke: #59636e }",
        ".name { font-weight: bold }",
        ".edge { font-size: 11px; fill: #59636e; stroke: #fff; stroke-width: 5px; paint-order: stroke }",  # readable on its line
        ".waits { stroke-dasharray: 4 3 }",
    )
)


def mermaid(top: Box) -> str:
    """For Markdown that draws it, as GitHub's does."""
    lines = ["flowchart TD"]
    for number, box, parent in _numbered(top):
        lines.append(f'  n{number}["{"<br>".join(map(_mermaid_text, box.lines))}"]')
        if parent is not None:
            lines.append(f'  n{parent} {"-.->" if box.waits else "-->"}|"{_mermaid_text(box.edge)}"| n{number}')
    return "\n".join(lines) + "\n"


def dot(top: Box) -> str:
    """For Graphviz."""
    lines = ["digraph components {", '  node [shape=box, style=rounded, fontname="monospace"];', '  edge [fontname="monospace"];']
    for number, box, parent in _numbered(top):
        lines.append(f'  n{number} [label="{chr(92).join(_dot_lines(box))}"];')
        if parent is not None:
            lines.append(f'  n{parent} -> n{number} [label="{_dot_text(box.edge)}"{", style=dashed" if box.waits else ""}];')
    return "\n".join([*lines, "}"]) + "\n"


def svg(top: Box) -> str:
    """A picture by itself."""
    boxes, width, height = placed(top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
        f"<title>{escape(top.lines[0])}</title>",
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" style="fill:#fff;stroke:none"/>',
    ]
    for box in boxes:
        parts += _svg_box(box)
    return "\n".join([*parts, "</svg>"]) + "\n"


DIAGRAMS = {"mermaid": mermaid, "dot": dot, "svg": svg}


def _numbered(top: Box) -> Iterator[tuple[int, Box, int | None]]:
    """Each box with its number and that of its parent."""
    parents: dict[int, int] = {}
    for number, box in enumerate(top.walk()):
        yield number, box, parents.get(id(box))
        parents.update((id(child), number) for child in box.children)


def _mermaid_text(text: str) -> str:
    """Mermaid reads `#35;` as a character by its number; all else than letters, digits and a few marks is written so."""
    return "".join(char if char.isalnum() or char in " _-.,:()[]='" else f"#{ord(char)};" for char in text)


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _dot_lines(box: Box) -> list[str]:
    first, *rest = map(_dot_text, box.lines)
    return [first, *(f"n{line}" for line in rest)]  # joined by the backslash of \n


def _svg_box(box: Placed) -> Iterator[str]:
    kind = ' class="waits"' if box.waits else ""
    if box.parent is not None:
        parent = box.parent
        middle = (parent.bottom + box.top) / 2
        yield (
            f'<path{kind} d="M{parent.middle:g} {parent.bottom:g} C{parent.middle:g} {middle:g} '
            f'{box.middle:g} {middle:g} {box.middle:g} {box.top:g}"/>'
        )
        yield f'<text class="edge" text-anchor="middle" x="{box.middle:g}" y="{box.top - PADDING:g}">{escape(box.edge)}</text>'
    yield f'<rect{kind} x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.bottom - box.top:g}" rx="6"/>'
    for index, line in enumerate(box.lines):
        name = ' class="name"' if index == 0 else ""
        y = box.top + PADDING + LINE * (index + 0.75)
        yield f'<text{name} text-anchor="middle" x="{box.middle:g}" y="{y:g}">{escape(line)}</text>'
