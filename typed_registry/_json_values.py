"""Config values as JSON, and their equality, whatever they hold and however deep they are nested."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

from typed_registry._kinds import is_dict, is_list, is_mapping, is_sequence, is_set
from typed_registry.errors import Problem, shown

__all__ = ["Either", "equal_values", "json_text", "json_value"]

_NUMBERS = (bool, int, float)
_AS_TEXT = (PurePath, date, time, Decimal, UUID)


class Either:
    """A value that was validated to an object, and what it was given as; equal to another where one of the two is."""

    __slots__ = ("given", "validated")

    def __init__(self, validated: object, given: object) -> None:
        self.validated = validated
        self.given = given

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Either):
            return _equal_leaves(self.validated, other)
        return _equal_leaves(self.validated, other.validated) or equal_values(self.given, other.given)

    __hash__ = None  # type: ignore[assignment] # it stands for values that may have none


def json_value(value: Any, *, finite: bool = True) -> tuple[Any, list[Problem]]:
    """The value as JSON has it, and a problem for each part that JSON can't have.

    Args:
        value: Plain data; paths, dates, enums and sets in it become texts, values and sorted lists.
        finite: Whether infinite floats and NaN are problems, as in JSON proper.

    Example:
        >>> json_value({"a": (1, PurePath("b"))})
        ({'a': [1, 'b']}, [])
    """
    problems: list[Problem] = []
    top: list[Any] = [value]
    todo: list[tuple[Any, Any, tuple[str | int, ...]]] = [(top, 0, ())]
    while todo:
        holder, key, path = todo.pop()
        item: Any = _leaf(holder[key])
        if is_mapping(item):
            holder[key] = {key: inner for key, inner in item.items() if _is_key(key, path, problems)}
            todo.extend((holder[key], name, (*path, name)) for name in holder[key])
        elif is_sequence(item):
            holder[key] = list(item)
            todo.extend((holder[key], index, (*path, index)) for index in range(len(item)))
        elif not isinstance(item, (str, int, float, type(None))) or (isinstance(item, float) and finite and item - item != 0):
            holder[key] = None
            problems.append(Problem(path, f"{shown(item)} can't be written as JSON", item, code="TR211"))
        else:
            holder[key] = item
    return top[0], sorted(problems, key=lambda problem: str(problem.path))


def json_text(value: Any, *, sort_keys: bool = False) -> str:
    """JSON data as text, like `json.dumps` but without its limit on depth.

    Example:
        >>> json_text({"b": [1, None], "a": "x"}, sort_keys=True)
        '{"a": "x", "b": [1, null]}'
    """
    pieces: list[str] = []
    todo: list[tuple[bool, Any]] = [(False, value)]
    while todo:
        is_text, item = todo.pop()
        if is_text:
            pieces.append(item)
        elif is_dict(item) or is_list(item):
            todo.extend(reversed(_spread(item, sort_keys)))
        else:
            pieces.append(json.dumps(item, ensure_ascii=False))
    return "".join(pieces)


def equal_values(one: Any, other: Any) -> bool:
    """Whether two configs hold the same; objects that can't say so (arrays, for one) only when they are the same."""
    todo: list[tuple[Any, Any]] = [(one, other)]
    while todo:
        left, right = todo.pop()
        if left is right:
            continue
        if is_mapping(left) and is_mapping(right):
            if left.keys() != right.keys():
                return False
            todo.extend((value, right[key]) for key, value in left.items())
        elif is_sequence(left) and is_sequence(right):
            if len(left) != len(right):
                return False
            todo.extend(zip(left, right, strict=True))
        elif not _equal_leaves(left, right):
            return False
    return True


def _leaf(item: Any) -> Any:
    if isinstance(item, Enum):
        return item.value
    if is_set(item):
        return sorted(item, key=_order)
    if isinstance(item, timedelta):
        return item.total_seconds()
    return str(item) if isinstance(item, _AS_TEXT) else item


def _order(member: object) -> tuple[str, str]:
    return type(member).__name__, json_text(json_value(member, finite=False)[0])


def _spread(item: dict[Any, Any] | list[Any], sort_keys: bool) -> list[tuple[bool, Any]]:
    if is_list(item):
        parts = [part for value in item for part in ((True, ", "), (False, value))][1:]
        return [(True, "["), *parts, (True, "]")]
    keys = sorted(item, key=str) if sort_keys else list(item)
    parts = [part for key in keys for part in ((True, ", "), (True, f"{json.dumps(_key(key), ensure_ascii=False)}: "), (False, item[key]))][
        1:
    ]
    return [(True, "{"), *parts, (True, "}")]


def _key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(key)


def _is_key(key: object, path: tuple[str | int, ...], problems: list[Problem]) -> bool:
    if isinstance(key, (str, int)):
        return True
    problems.append(Problem(path, f"the key {shown(key)} can't be written as JSON", key, code="TR211"))
    return False


def _equal_leaves(one: object, other: object) -> bool:
    if type(one) in _NUMBERS and type(other) in _NUMBERS:  # as JSON has them: 1, 1.0 and True are three values, and NaN is one
        return type(one) is type(other) and repr(one) == repr(other)
    try:
        return bool(one == other)
    except Exception:  # arrays, for one, have no single truth value
        return False
