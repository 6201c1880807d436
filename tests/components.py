"""Components for the tests of specs and building: a tree of parts that count how often they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from typed_registry import Registry

MADE: list[str] = []  # the class of each component, in the order of construction


class Part(Protocol):
    """Something with a weight."""

    def weight(self) -> float: ...


class Sound(Protocol):
    """Something else altogether."""

    def play(self) -> str: ...


PARTS: Registry[Part] = Registry("parts", Part)
SOUNDS: Registry[Sound] = Registry("sounds", Sound)


class Counted:
    """Counts its instances."""

    def __post_init__(self) -> None:
        MADE.append(type(self).__name__)


@PARTS.register("leaf", aliases=("sheet",))
@dataclass
class Leaf(Counted):
    value: float = 1.0
    label: str = ""

    def weight(self) -> float:
        return self.value


@PARTS.register("pair")
@dataclass
class Pair(Counted):
    first: Part
    second: Part

    def weight(self) -> float:
        return self.first.weight() + self.second.weight()


@PARTS.register("many")
@dataclass
class Many(Counted):
    items: list[Part]
    factors: dict[str, float] = field(default_factory=lambda: dict[str, float]())

    def weight(self) -> float:
        return sum(item.weight() for item in self.items)


@PARTS.register("table")
@dataclass
class Table(Counted):
    named: dict[str, Part]
    rest: Part | None = None

    def weight(self) -> float:
        return sum(item.weight() for item in self.named.values())


@PARTS.register("chain")
@dataclass
class Chain(Counted):
    inner: Part | None = None
    items: list[Part] = field(default_factory=lambda: list[Part]())

    def weight(self) -> float:
        return 1.0


@PARTS.register("opaque")
@dataclass
class Opaque(Counted):
    data: Any = None

    def weight(self) -> float:
        return 0.0


@SOUNDS.register("bell")
@dataclass
class Bell:
    pitch: int = 440

    def play(self) -> str:
        return f"ding {self.pitch}"


def registry_of_parts(name: str = "own", **options: Any) -> Registry[Part]:
    """A registry of its own, for one test."""
    return Registry(name, Part, **options)


def deep(levels: int, *, through_lists: bool = False) -> dict[str, object]:
    """A config of chains nested so many levels deep."""
    config: dict[str, object] = {"type": "leaf"}
    for _ in range(levels):
        config = {"type": "chain", **({"items": [config]} if through_lists else {"inner": config})}
    return config


def at_depth(frames: int, function: Callable[[], Any]) -> Any:
    """Call a function with so many frames on the stack below it."""
    return function() if frames == 0 else at_depth(frames - 1, function)
