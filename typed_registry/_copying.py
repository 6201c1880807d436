"""Copies of plain containers at every depth, so that configs, specs, defaults and builds never share one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, NamedTuple

from typed_registry._kinds import is_dict, is_list, is_set, is_tuple

__all__ = ["CycleError", "copy_containers", "pack", "unpack"]

_NOTHING: Mapping[int, object] = {}


class CycleError(ValueError):
    """A container that holds itself."""


def copy_containers(value: Any, replacements: Mapping[int, object] = _NOTHING, expand: Callable[[object], object] | None = None) -> Any:
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
        >>> made = copy_containers(given)
        >>> made == given, made["a"][1][0] is given["a"][1][0]
        (True, False)
    """
    copying = _Copying(replacements, expand)
    top: list[Any] = [value]
    copying.todo.append((top, 0))
    while copying.todo:
        copying.step()
    return top[0]


class _Copying:
    """The state of one walk: places still to be copied, and copies made by the id of what they are of."""

    def __init__(self, replacements: Mapping[int, object], expand: Callable[[object], object] | None) -> None:
        self.replacements = replacements
        self.expand = expand
        self.todo: list[tuple[Any, Any]] = []
        self._copies: dict[int, Any] = {}
        self._inside: set[int] = set()
        self._expanded: list[object] = []  # kept, as a freed object's id may be given to another

    def step(self) -> None:
        holder, key = self.todo.pop()
        if holder is None:  # all inside of a container is done
            self._close(*key)
            return
        item = holder[key]
        if self.expand is not None and (new := self.expand(item)) is not item:
            self._expanded.append(new)
            item = holder[key] = new
        if id(item) in self.replacements:
            holder[key] = self.replacements[id(item)]
        elif is_set(item) or isinstance(item, bytearray):
            holder[key] = self._copies.setdefault(id(item), item.copy())
        elif _is_container(item):
            self._container(holder, key, item)

    def _container(self, holder: Any, key: Any, item: Any) -> None:
        identity = id(item)
        if identity in self._inside:
            raise CycleError("it holds itself")
        if identity in self._copies:
            holder[key] = self._copies[identity]
            return
        made: Any = list(item) if is_tuple(item) else copy(item)
        holder[key] = self._copies[identity] = made
        self._inside.add(identity)
        self.todo.append((None, (holder, key, item, made)))
        self.todo.extend((made, place) for place in (list(made) if is_dict(made) else range(len(made))))

    def _close(self, holder: Any, key: Any, item: Any, made: Any) -> None:
        self._inside.discard(id(item))
        if is_tuple(item):  # a list until all in it is copied
            holder[key] = self._copies[id(item)] = _tuple(type(item), made)


class _Inside(NamedTuple):
    number: int


class _Tuple(NamedTuple):
    kind: Any
    items: list[Any]


def pack(value: Any) -> list[Any]:
    """The containers in a value without cycles, each without those inside it, which come before it.

    Pickle recurses; this is flat, however deep the value is.

    Example:
        >>> value = {"a": [1, [2]], "b": (3,)}
        >>> unpack(pack(value)) == value, len(pack(value))
        (True, 4)
    """
    parts: list[Any] = []
    numbers: dict[int, int] = {}
    todo: list[Any] = [value]
    while todo:
        item = todo[-1]
        inner = [each for each in _items(item) if _is_container(each) and id(each) not in numbers]
        todo.extend(inner)
        if not inner:
            todo.pop()
            if id(item) not in numbers:
                parts.append(_part(item, numbers))
                numbers[id(item)] = len(parts) - 1
    return parts


def unpack(parts: list[Any]) -> Any:
    """The value that was packed."""
    made: list[Any] = []
    for part in parts:
        items = part.items if isinstance(part, _Tuple) else part
        for key, each in list(items.items() if is_dict(items) else enumerate(items) if is_list(items) else ()):
            if isinstance(each, _Inside):
                items[key] = made[each.number]
        made.append(_tuple(part.kind, part.items) if isinstance(part, _Tuple) else part)
    return made[-1]


def _is_container(value: object) -> bool:
    return is_dict(value) or is_list(value) or type(value) is tuple or (is_tuple(value) and hasattr(value, "_make"))


def _tuple(kind: Any, items: list[Any]) -> Any:
    return tuple(items) if kind is tuple else kind._make(items)


def _items(value: Any) -> list[Any]:
    return list(value.values() if is_dict(value) else value if _is_container(value) else ())


def _part(value: Any, numbers: dict[int, int]) -> Any:
    if is_tuple(value):
        return _Tuple(type(value), [_Inside(numbers[id(each)]) if _is_container(each) else each for each in value])
    part: Any = copy(value)
    for key, each in list(part.items() if is_dict(part) else enumerate(part) if is_list(part) else ()):
        if _is_container(each):
            part[key] = _Inside(numbers[id(each)])
    return part
