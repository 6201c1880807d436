"""Room for functions that call themselves once for each level of a file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from threading import RLock
from typing import TypeVar

__all__ = ["roomy"]

_A = TypeVar("_A")
_R = TypeVar("_R")
_FRAMES = 5_000  # Python frames that YAML and TOML may take; tomllib needs four for each level of inline tables
_LIMIT_LOCK = RLock()


def roomy(function: Callable[[_A], _R]) -> Callable[[_A], _R]:
    """Lets a function that calls itself for each level of a file go deeper than the interpreter's limit, when it has to."""

    @wraps(function)
    def with_room(argument: _A) -> _R:
        with suppress(RecursionError):
            return function(argument)
        with _LIMIT_LOCK:
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(max(limit, _FRAMES))  # safe: all its frames are Python's own, which take no C stack
            try:
                return function(argument)
            finally:
                sys.setrecursionlimit(limit)

    return with_room
