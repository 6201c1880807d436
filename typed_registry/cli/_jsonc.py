"""JSON with comments and trailing commas, as editors keep their settings in: read with places, changed without touching the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["JsoncError", "UnsafeMergeError", "appended", "merged", "parse"]

_GAP = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_ATOM = re.compile(r"[\w.+-]+")
_INDENTED = re.compile(r"^([ \t]+)\S", re.MULTILINE)


class JsoncError(ValueError):
    """The text is no JSON, also with comments allowed; tells the line and column."""

    def __init__(self, text: str, at: int, message: str) -> None:
        line = text.count("\n", 0, at) + 1
        super().__init__(f"{line}:{at - text.rfind(chr(10), 0, at)}: {message}")


class UnsafeMergeError(ValueError):
    """A value can't be put there without losing something of the user's."""


@dataclass(frozen=True)
class Node:
    """A value and where it is written; `children` are its items, or the values of its members."""

    start: int
    end: int
    data: Any
    members: dict[str, Node] = field(default_factory=dict[str, "Node"])
    children: tuple[Node, ...] = ()


def parse(text: str) -> Node | None:
    """The value of a text; None where there is nothing but comments.

    Raises:
        JsoncError: It is no JSON.
    """
    start = _after_gap(text, 0)
    if start == len(text):
        return None
    node = _value(text, start)
    rest = _after_gap(text, node.end)
    if rest != len(text):
        raise JsoncError(text, rest, "there is more after the end of the value")
    return node


def merged(text: str, path: Sequence[str | int], value: object) -> str:
    """The text with a value at a path; objects on the way are made, a value that is there is replaced.

    Raises:
        JsoncError: The text is no JSON.
        UnsafeMergeError: Something on the way is no object, or what would be replaced holds a comment.
    """
    node = parse(text)
    if node is None:
        return text + _separator(text) + _dumped(_nested(path, value), text, "") + _newline(text)
    for depth, key in enumerate(path):
        found = _child(node, key)
        if found is None:
            if not isinstance(node.data, dict):
                raise UnsafeMergeError(f"{_shown(path[:depth])} is no object")
            return _inserted(text, node, f"{json.dumps(key, ensure_ascii=False)}: ", _nested(path[depth + 1 :], value))
        node = found
    if node.data == value:
        return text
    if _has_comment(text, node):
        raise UnsafeMergeError(f"{_shown(path)} has another value, with a comment in it")
    return text[: node.start] + _dumped(value, text, _indent_at(text, node.start)) + text[node.end :]


def appended(text: str, path: Sequence[str | int], item: object) -> str:
    """The text with one more item in the list at a path, which is made where there is none.

    Raises:
        JsoncError: The text is no JSON.
        UnsafeMergeError: There is something else than a list.
    """
    node = parse(text)
    for key in path:
        node = None if node is None else _child(node, key)
    if node is None:
        return merged(text, path, [item])
    if not isinstance(node.data, list):
        raise UnsafeMergeError(f"{_shown(path)} is no list")
    return _inserted(text, node, "", item)


def _value(text: str, at: int) -> Node:
    if text[at : at + 1] in ("{", "["):
        return _container(text, at)
    found = _STRING.match(text, at) or _ATOM.match(text, at)
    try:
        if found is None:
            raise ValueError
        return Node(at, found.end(), json.loads(found[0]))
    except ValueError:
        raise JsoncError(text, at, "a value is due here" if at < len(text) else "the text ends too early") from None


def _container(text: str, start: int) -> Node:
    closing = {"{": "}", "[": "]"}[text[start]]
    members: dict[str, Node] = {}
    children: list[Node] = []
    at = _after_gap(text, start + 1)
    while text[at : at + 1] != closing:
        if closing == "}":
            key, at = _key(text, at)
            members[key] = node = _value(text, at)
        else:
            node = _value(text, at)
        children.append(node)
        at = _after_gap(text, node.end)
        if text[at : at + 1] == ",":
            at = _after_gap(text, at + 1)
        elif text[at : at + 1] != closing:
            raise JsoncError(text, at, f"a comma or {closing!r} is due here")
    data: object = {key: node.data for key, node in members.items()} if closing == "}" else [node.data for node in children]
    return Node(start, at + 1, data, members, tuple(children))


def _key(text: str, at: int) -> tuple[str, int]:
    """A key, and where its value begins."""
    found = _STRING.match(text, at)
    if found is None:
        raise JsoncError(text, at, "a key in double quotes is due here")
    colon = _after_gap(text, found.end())
    if text[colon : colon + 1] != ":":
        raise JsoncError(text, colon, "a colon is due here")
    return json.loads(found[0]), _after_gap(text, colon + 1)


def _child(node: Node, key: str | int) -> Node | None:
    if isinstance(key, str):
        return node.members.get(key)
    return node.children[key]


def _inserted(text: str, node: Node, key: str, value: object) -> str:
    """The text with one more member or item at the end of a container."""
    closing = node.end - 1
    if not node.children:
        outer = _indent_at(text, node.start)
        inner = outer + _unit(text)
        head = text[:closing].rstrip()
        return f"{head}{_newline(text)}{inner}{key}{_dumped(value, text, inner)}{_newline(text)}{outer}{text[closing:]}"
    last = node.children[-1].end
    comma = _after_gap(text, last)
    has_comma = text[comma] == ","
    if "\n" not in text[node.start : closing]:
        end = comma + 1 if has_comma else last
        return f"{text[:end]}{'' if has_comma else ','} {key}{json.dumps(value, ensure_ascii=False)}{text[end:]}"
    inner = _indent_at(text, node.children[-1].start)
    content = len(text[:closing].rstrip())
    new = f"{_newline(text)}{inner}{key}{_dumped(value, text, inner)}{',' if has_comma else ''}"
    tail = text[content:closing] if "\n" in text[content:closing] else _newline(text) + _indent_at(text, node.start)
    return f"{text[:last]}{'' if has_comma else ','}{text[last:content]}{new}{tail}{text[closing:]}"


def _indent_at(text: str, at: int) -> str:
    """The indentation of the line that a place is in."""
    line = text[text.rfind("\n", 0, at) + 1 :].lstrip("\ufeff")
    return line[: len(line) - len(line.lstrip(" \t"))]


def _dumped(value: object, text: str, indent: str) -> str:
    dumped = json.dumps(value, indent=_unit(text), ensure_ascii=False)
    return dumped.replace("\n", _newline(text) + indent)


def _nested(path: Sequence[str | int], value: object) -> object:
    for key in reversed(path):
        value = {key: value}
    return value


def _after_gap(text: str, at: int) -> int:
    found = _GAP.match(text, at)
    return at if found is None else found.end()


def _has_comment(text: str, node: Node) -> bool:
    bare = _STRING.sub("", text[node.start : node.end])
    return "//" in bare or "/*" in bare


def _unit(text: str) -> str:
    found = _INDENTED.search(text)
    return found[1] if found else "  "


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _separator(text: str) -> str:
    return _newline(text) if text.strip("\ufeff") and not text.endswith("\n") else ""


def _shown(path: Sequence[str | int]) -> str:
    return " > ".join(json.dumps(key) for key in path) or "the whole"
