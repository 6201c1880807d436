"""Copies of plain containers at every depth, so that configs, specs, defaults and builds never share one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from typed_registry._kinds import is_dict, is_list, is_set, is_tuple

__all__ = ["CycleError", "copy_containers"]

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
        elif is_dict(item) or is_list(item) or type(item) is tuple or (is_tuple(item) and hasattr(item, "_make")):
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
            kind: Any = type(item)
            holder[key] = self._copies[id(item)] = tuple(made) if kind is tuple else kind._make(made)
