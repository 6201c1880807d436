"""Copies of plain containers at every depth, so that configs, specs, defaults and builds never share one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["CycleError", "copy_containers"]

_NOTHING: Mapping[int, object] = {}


class CycleError(ValueError):
    """A container that holds itself."""


def copy_containers(
    value: object, replacements: Mapping[int, object] = _NOTHING, expand: Callable[[object], object] | None = None
) -> Any:
    """The value with its lists, dicts, sets, tuples and bytearrays copied at every depth, and other objects as they are.

    Without recursion, as configs may be nested deeper than Python's stack. A container that is met twice is copied once.

    Args:
        value: Anything.
        replacements: What to put in the place of an object, by the object's id.
        expand: Gives what to copy in the place of an object, or the object itself.

    Raises:
        CycleError: A container holds itself.

    Example:
        >>> given = {"a": [1, ({},)]}
        >>> copy = copy_containers(given)
        >>> copy == given, copy["a"][1][0] is given["a"][1][0]
        (True, False)
    """
    top: list[Any] = [value]
    todo: list[tuple[Any, Any]] = [(top, 0)]
    tuples: list[tuple[Any, Any, list[Any]]] = []  # filled as lists first, the inner ones after the outer ones
    copies: dict[int, Any] = {}
    inside: set[int] = set()
    expanded: list[object] = []  # kept, as a freed object's id may be given to another
    while todo:
        holder, key = todo.pop()
        if holder is None:  # all inside of a container is done
            inside.discard(key)
            continue
        item = holder[key]
        if expand is not None and (new := expand(item)) is not item:
            expanded.append(new)
            holder[key] = item = new
        kind = type(item)
        identity = id(item)
        if identity in replacements:
            holder[key] = replacements[identity]
        elif kind is set or kind is bytearray:
            holder[key] = kind(item)
        elif kind is dict or kind is list or kind is tuple:
            if identity in inside:
                raise CycleError("it holds itself")
            is_new = identity not in copies
            copy = copies.setdefault(identity, list(item) if kind is tuple else item.copy()) if is_new else copies[identity]
            holder[key] = copy
            if kind is tuple:
                tuples.append((holder, key, copy))
            if is_new:
                inside.add(identity)
                todo.append((None, identity))
                todo.extend((copy, place) for place in (copy if kind is dict else range(len(copy))))
    for holder, key, copy in reversed(tuples):
        holder[key] = tuple(copy)
    return top[0]
