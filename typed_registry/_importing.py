"""Imports of modules that register: of one that fails, nothing stays registered, in whatever registry."""

from __future__ import annotations

import importlib
from _thread import RLock  # threading takes a while to import, and asks for nothing else
from collections.abc import Callable
from types import ModuleType
from typing import Protocol
from weakref import WeakValueDictionary

__all__ = ["Registered", "import_whole", "watch"]


class Registered(Protocol):
    """Where modules register something."""

    def mark(self) -> Callable[[], None]:
        """A function that takes back what modules registered since, but for those that are there to stay."""
        ...


_LOCK = RLock()
_WATCHED: WeakValueDictionary[int, Registered] = WeakValueDictionary()
_UNDER_WAY: dict[str, list[Callable[[], None]]] = {}


def watch(registered: Registered) -> None:
    """Take back what is registered there by modules that fail, as long as it lives."""
    _WATCHED[id(registered)] = registered


def import_whole(name: str) -> ModuleType:
    """Import a module; when that fails, with whatever error, take back what it had registered.

    Threads that import the same one at the same time go back to the state before the first of them.
    """
    with _LOCK:
        under_way = _UNDER_WAY.setdefault(name, [])
        take_back = under_way[0] if under_way else _mark()
        under_way.append(take_back)
    try:
        return importlib.import_module(name)
    except BaseException:
        take_back()
        raise
    finally:
        with _LOCK:
            under_way.remove(take_back)
            if not under_way:
                del _UNDER_WAY[name]


def _mark() -> Callable[[], None]:
    marks = [registered.mark() for ref in _WATCHED.valuerefs() if (registered := ref()) is not None]

    def take_back() -> None:
        for each in marks:
            each()

    return take_back
