"""Texts inside generated Python: nothing in a name, a doc or a default can break out of the file, and all of it reads as it was."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Sequence

from typed_registry._showing import printable

__all__ = ["WIDTH", "bracketed", "comment", "docstring", "double_quoted", "indented", "quoted"]

WIDTH = 100  # of a line that is broken where it can be


def quoted(text: str) -> str:
    r"""A string as source, in double quotes.

    Example:
        >>> print(quoted('say "hi"'), quoted("it's"), quoted("two\nlines"))
        "say \"hi\"" "it's" "two\nlines"
    """
    source = repr(text)
    if source[0] == '"':
        return source
    inner = source[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'


def double_quoted(source: str) -> str:
    """Source of one line with its strings in double quotes, where that takes no escapes."""
    pieces: list[str] = []
    end = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        text = token.string
        if token.type == tokenize.STRING and token.start[0] == 1 and text[0] == text[-1] == "'" and '"' not in text and "\\" not in text:
            pieces += [source[end : token.start[1]], f'"{text[1:-1]}"']
            end = token.end[1]
    return "".join(pieces) + source[end:]


def comment(text: str) -> str:
    """A comment, which is one line whatever the text holds."""
    return f"# {printable(text)}"


def docstring(text: str) -> list[str]:
    """The lines of a docstring, whose text is as it was but for blanks around it."""
    lines = [_escaped(line).rstrip() for line in text.strip().split("\n")]
    last = lines[-1]
    if len(lines) == 1 and not last.endswith('"'):
        return [f'"""{last}"""']
    if last.endswith('"'):
        lines[-1] = f'{last[:-1]}\\"'
    if len(lines) == 1:
        return [f'"""{lines[0]}"""']
    is_deep = all(line.startswith((" ", "\t")) for line in lines[1:] if line)  # or what reads it would take the indentation away
    return [*(['"""', lines[0]] if is_deep else [f'"""{lines[0]}']), *lines[1:], '"""']


def _escaped(line: str) -> str:
    """A line inside of triple quotes."""
    return printable(line.replace("\\", "\\\\")).replace('"""', '\\"\\"\\"')


def indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    """The lines further to the right; empty ones stay empty."""
    return [f"{'    ' * levels}{line}" if line else "" for line in lines]


def bracketed(before: str, items: Sequence[str], after: str, *, separator: str = ",", lead: str = "") -> list[str]:
    """Items between brackets: on one line where that is short enough, else one a line.

    Args:
        before: What ends with the opening bracket.
        items: Each of them one line, or a comment above the next.
        after: What begins with the closing bracket.
        separator: What ends each item.
        lead: What begins each item but the first, instead of a separator.
    """
    has_comment = any(item.startswith("#") for item in items)
    joined = f" {lead}".join(items) if lead else f"{separator} ".join(items)
    if not has_comment and len(before) + len(joined) + len(after) <= WIDTH:
        return [f"{before}{joined}{after}"]
    if lead:
        return [before, *indented([items[0], *(f"{lead}{item}" for item in items[1:])]), after]
    return [before, *indented(item if item.startswith("#") else f"{item}{separator}" for item in items), after]
