"""Each kind of member that a protocol may ask for, and each kind of class that may have it.

What a checker named after `only` says of a line is its own mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Self, TypeVar, assert_type

from pydantic import BaseModel
from zoo.parts import (
    ACTIVATIONS,
    APPLIES,
    BACKBONES,
    FETCHES,
    LAYERS,
    LOADS,
    METRICS,
    NAMED,
    RESIZES,
    Activation,
    Backbone,
    Layer,
    Metric,
    Named,
)

from typed_registry import BuildSpec, Entry, Registry

U = TypeVar("U")


# --- attributes ---


@BACKBONES.register
class Assigned:
    def __init__(self, channels: int = 8) -> None:
        self.channels = channels


@BACKBONES.register("declared")
class Declared:
    channels: int = 8


@BACKBONES.register("dataclass")
@dataclass
class Fields:
    channels: int
    names: list[str] = field(default_factory=lambda: list[str]())


@BACKBONES.register("generic")
@dataclass
class Holds(Generic[U]):
    content: U
    channels: int = 8


@BACKBONES.register("model")
class Model(BaseModel):
    channels: int = 8


assert_type(Assigned(3).channels, int)
assert_type(Declared(), Declared)
assert_type(Fields(3, names=["a"]).names, list[str])
assert_type(Holds("x"), Holds[str])
assert_type(Holds[bytes](b""), Holds[bytes])
assert_type(Model(channels=3), Model)
assert_type(BACKBONES.spec(Fields, 3, names=["a"]), BuildSpec[Fields])
assert_type(BACKBONES.spec_of(Holds)("x"), BuildSpec[Holds[str]])  # E: only pyrefly
assert_type(BACKBONES.spec(Holds, "x").build().channels, int)  # E: only mypy, pyrefly
assert_type(BACKBONES.spec(Model, channels=3), BuildSpec[Model])  # E: only pyrefly
assert_type(BACKBONES.build({"type": "declared"}).channels, int)


# --- properties ---


@NAMED.register
class Property:
    @property
    def title(self) -> str:
        return "a"


@NAMED.register("attribute")
class Attribute:
    title: str = "a"


@NAMED.register("frozen")
@dataclass(frozen=True)
class Frozen:
    title: str


@NAMED.register("tuple")
class Row(NamedTuple):
    title: str
    width: int = 3


assert_type(Property().title, str)
assert_type(NAMED.spec(Frozen, title="a").build(), Frozen)
assert_type(NAMED.spec(Row, "a", 4).build().width, int)
assert_type(Row("a"), Row)
assert_type(NAMED.build(NAMED.spec(Property)), Property)


# --- class methods and static methods ---


@LOADS.register
class Loader:
    @classmethod
    def from_file(cls, path: str) -> Self:
        return cls()


class Later(Loader): ...


assert_type(Loader.from_file("a"), Loader)
assert_type(Later.from_file("a"), Later)
assert_type(LOADS.register(Later), type[Later])  # E: only pyrefly
assert_type(LOADS.spec(Later).build(), Later)


# --- async methods ---


@FETCHES.register
class Fetcher:
    async def fetch(self, url: str) -> bytes:
        return url.encode()


async def first(url: str) -> bytes:
    assert_type(await Fetcher().fetch(url), bytes)
    return await FETCHES.build({"type": "Fetcher"}).fetch(url)


# --- keyword-only and positional-only parameters ---


@RESIZES.register
class Resizer:
    def __init__(self, *, factor: float = 1.0) -> None:
        self.factor = factor

    def resize(self, *, width: int, height: int) -> float:
        return width * height * self.factor


@RESIZES.register("looser")
class Looser:
    def resize(self, width: float, height: float = 1.0, depth: int = 0) -> int:
        return int(width * height) + depth


@APPLIES.register
class Doubles:
    def __init__(self, times: int, /) -> None:
        self.times = times

    def apply(self, value: float, /) -> float:
        return value * self.times


@APPLIES.register("by_any_name")
class Halves:
    def apply(self, number: float) -> float:
        return number / 2


assert_type(RESIZES.spec(Resizer, factor=2.0), BuildSpec[Resizer])
assert_type(RESIZES.build(RESIZES.spec(Resizer)).resize(width=1, height=2), float)
assert_type(APPLIES.spec(Doubles, 2), BuildSpec[Doubles])
assert_type(APPLIES.spec_of(Doubles)(2).build().times, int)
assert_type(Doubles(2).apply(1.0), float)


# --- ABCs and classes ---


@METRICS.register
class Distance(Metric):
    def __init__(self, power: float = 1.0) -> None:
        self.power = power

    def score(self, guess: float, truth: float) -> float:
        return float(abs(guess - truth) ** self.power)


@METRICS.register("exact", tags={"strict"})
class Exact(Distance): ...


@LAYERS.register
class Dense(Layer):
    def __init__(self, size: int, bias: bool = True) -> None:
        super().__init__(size)
        self.bias = bias


@LAYERS.register("typed")
class Typed(Layer, Generic[U]):
    def __init__(self, size: int, content: U) -> None:
        super().__init__(size)
        self.content = content


assert_type(METRICS, Registry[Metric])
assert_type(METRICS.spec(Distance, power=2.0).build().power, float)  # E: only pyrefly
assert_type(METRICS.register(Exact), type[Exact])
assert_type(METRICS.build({"type": "Distance"}), Metric)
assert_type(LAYERS.register(Layer), type[Layer])  # E: only pyrefly
assert_type(LAYERS.spec(Layer, 3), BuildSpec[Layer])
assert_type(LAYERS.spec(Dense, 3, bias=False).build().bias, bool)
assert_type(Dense(3), Dense)
assert_type(Typed(3, "x").content, str)
assert_type(LAYERS["Dense"], Entry[Layer])


# --- callbacks, as values ---


def relu(x: float, /) -> float:
    return max(x, 0.0)


def named(x: float) -> float:
    return x


class Scaled:
    def __init__(self, factor: float) -> None:
        self.factor = factor

    def __call__(self, x: float, /) -> float:
        return x * self.factor


ACTIVATIONS.register_value("relu", relu)
ACTIVATIONS.register_value("named", named, aliases=("identity",), tags=["linear"], override=True)
ACTIVATIONS.register_value("absolute", abs)
ACTIVATIONS.register_value("twice", lambda x: 2 * x)
ACTIVATIONS.register_value("thrice", Scaled(3.0))
LAYERS.register_value("one", Dense(1), deprecated="use Dense")
get_relu: Callable[[], Activation] = ACTIVATIONS["relu"].load()  # what is a product is made from nothing
assert_type(get_relu()(1.0), float)
assert_type(ACTIVATIONS.register(Scaled), type[Scaled])  # E: only pyrefly
assert_type(ACTIVATIONS.build({"type": "relu"}), Activation)
assert_type(ACTIVATIONS.build({"type": "Scaled", "factor": 2.0})(1.0), float)


# --- a registry of a generic protocol's one kind, and one of Any ---

HELD: Registry[Callable[[int], str]] = Registry("held", Callable[[int], str])
ANYTHING: Registry[Any] = Registry("anything", object)


@ANYTHING.register
class Whatever:
    size: int = 3


def backbones(registry: Registry[Backbone], names: Registry[Named]) -> tuple[Entry[Backbone], Entry[Named]]:
    return registry["declared"], names["frozen"]


assert_type(Whatever().size, int)  # E: only pyrefly
assert_type(backbones(BACKBONES, NAMED)[0].build().channels, int)
