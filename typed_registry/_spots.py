"""Where things stand in the text of a config file, and errors that tell it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from typed_registry.errors import ConfigError, Place, Problem, shown

__all__ = ["Repeated", "Source", "Spot"]


@dataclass(slots=True)
class Spot:
    """Where a value begins, and for each key or index in it where that stands and the spot of its value.

    Example:
        >>> spot = Spot(0, {"scale": (1, Spot(10))})  # of {"scale": 1.3}
        >>> at, scale = spot.items["scale"]
        >>> at, scale.start
        (1, 10)
    """

    start: int
    items: dict[Any, tuple[int, Spot]] = field(default_factory=dict[Any, tuple[int, "Spot"]])
    used: dict[Any, int] = field(default_factory=dict[Any, int])  # for what came through an alias or a merge key: where that stands
    path: tuple[str | int, ...] = ()
    declared: bool = True  # False for a table of TOML that so far is only a part of other tables' headers


class Repeated(NamedTuple):
    """A key that one mapping has twice: the path of the mapping, the key, and where it stands."""

    path: tuple[str | int, ...]
    key: object
    first: int
    again: int


class Source(NamedTuple):
    """The text of a file; tells places in it from indices."""

    file: str
    text: str

    def line(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1

    def place(self, index: int, used: int | None = None) -> Place:
        column = index - self.text.rfind("\n", 0, index)
        return Place(self.file, self.line(index), column, None if used is None else self.line(used))

    def error(self, index: int, message: str) -> ConfigError:
        return ConfigError([Problem((), message, place=self.place(index), code="TR209")], self.file)

    def twice(self, repeated: Iterable[Repeated]) -> ConfigError:
        problems: list[Problem] = []
        for path, key, first, again in sorted(repeated, key=attrgetter("again")):
            message = f"key {shown(key)} is given twice; first in line {self.line(first)}"
            problems.append(Problem(path, message, place=self.place(again), code="TR208"))
        return ConfigError(problems, self.file)
