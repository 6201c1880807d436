"""Texts inside generated Python: nothing in a name, a doc or a default can break out of the file, and all of it reads as it was."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Sequence
from typing import Any

from typed_registry._kinds import is_set
from typed_registry._showing import MAX_SHOWN, printable

__all__ = ["WIDTH", "bracketed", "comment", "docstring", "double_quoted", "indented", "quoted", "steady"]

WIDTH = 100  # of a line that is broken where it can be
_OF_A_PROCESS = re.compile(r" at 0x[0-9a-fA-F]+|(?<=') from '[^']*'(?=>)")  # where an object is, and whence a module
_SET = re.compile(r"\{([^{}:]*)\}")


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


def steady(text: str, value: object) -> str:
    """What is shown of a value, without what differs from one process to the next.

    Example:
        >>> one = object()
        >>> steady(repr(one), one)
        '<object object>'
    """
    try:
        whole = _whole(value)
    except Exception:  # a foreign __repr__ may raise anything; what is shown then is short
        whole = ""
    plain = _without_order(_OF_A_PROCESS.sub("", whole))
    is_another = "..." in text or _without_order(_OF_A_PROCESS.sub("", text)) != text
    if not is_set(value) and (plain == whole or not is_another):
        return _OF_A_PROCESS.sub("", text)
    return plain if len(plain) <= MAX_SHOWN else f"{plain[:38]}...{plain[-39:]}"


def _without_order(shown: str) -> str:
    """What a foreign object shows, with sets in it in the order of their texts instead of that of hashes."""
    try:
        ast.literal_eval(shown)  # of which Python's own repr has no such order
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _SET.sub(lambda found: f"{{{', '.join(sorted(found[1].split(', ')))}}}", shown)
    return shown


def _whole(value: object) -> str:
    if not is_set(value) or not value:
        return printable(repr(value))
    try:
        items: list[Any] = sorted(value)
    except TypeError:  # what has no order of its own comes in that of its hashes
        items = sorted(value, key=repr)
    text = f"{{{', '.join(map(repr, items))}}}"
    return printable(text if type(value) is set else f"{type(value).__name__}({text})")


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


def bracketed(before: str, items: Sequence[str], after: str, *, separator: str = ",") -> list[str]:
    """Items between brackets: on one line where that is short enough, else one a line.

    Args:
        before: What ends with the opening bracket.
        items: Each of them one line, or a comment above the next.
        after: What begins with the closing bracket.
        separator: What ends each item.
    """
    has_comment = any(item.startswith("#") for item in items)
    joined = f"{separator} ".join(items)
    if not has_comment and len(before) + len(joined) + len(after) <= WIDTH:
        return [f"{before}{joined}{after}"]
    return [before, *indented(item if item.startswith("#") else f"{item}{separator}" for item in items), after]
