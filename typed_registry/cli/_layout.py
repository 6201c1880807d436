"""Where the boxes of a tree stand in a picture: children below their parent, which stands over their middle; nothing overlaps."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from typed_registry.cli._tree import Box

__all__ = ["LINE", "PADDING", "Placed", "placed"]

CHARACTER = 8  # the width of one, in pixels; rather more than most fonts take
LINE = 18  # the height of a line
PADDING = 8  # inside a box, and between a box and the text over it
BESIDE = 24  # between two boxes side by side
BELOW = 56  # between a box and those below it
MARGIN = 16


@dataclass(eq=False)
class Placed:
    """A box in its place, in pixels."""

    lines: list[str]
    edge: str
    waits: bool
    parent: Placed | None
    left: float
    top: float
    width: float

    @property
    def middle(self) -> float:
        """From left to right."""
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + LINE * len(self.lines) + 2 * PADDING


def placed(top: Box) -> tuple[list[Placed], int, int]:
    """The boxes in their places, parents first, and the width and height of the picture."""
    spans = _spans(top)
    made: list[Placed] = []
    todo: list[tuple[Box, Placed | None, float, float]] = [(top, None, MARGIN, MARGIN)]
    while todo:
        box, parent, left, above = todo.pop()
        width = _width(box)
        it = Placed(box.lines, box.edge, box.waits, parent, left + (spans[id(box)] - width) / 2, above, width)
        made.append(it)
        start = left + (spans[id(box)] - _below(box, spans)) / 2
        inside: list[tuple[Box, Placed | None, float, float]] = []
        for child in box.children:
            inside.append((child, it, start, it.bottom + BELOW))
            start += spans[id(child)] + BESIDE
        todo.extend(reversed(inside))
    height = max(box.bottom for box in made) + MARGIN
    return made, round(spans[id(top)] + 2 * MARGIN), round(height)


def _spans(top: Box) -> dict[int, float]:
    """The width that each box takes with all that is below it."""
    spans: dict[int, float] = {}
    for box in reversed(list(top.walk())):
        spans[id(box)] = max(_width(box), _below(box, spans))
    return spans


def _below(box: Box, spans: dict[int, float]) -> float:
    return sum(spans[id(child)] for child in box.children) + BESIDE * max(len(box.children) - 1, 0)


def _width(box: Box) -> float:
    """The width of the box, or of the text over it if that is wider."""
    return max(map(_columns, [*box.lines, box.edge])) * CHARACTER + 2 * PADDING


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
