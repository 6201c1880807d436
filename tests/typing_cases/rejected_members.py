"""Classes that lack, or have wrongly, what a protocol, an ABC or a class asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from zoo.parts import ACTIVATIONS, APPLIES, BACKBONES, FETCHES, LAYERS, LOADS, METRICS, NAMED, RESIZES, Layer, Metric

U = TypeVar("U")


# --- attributes ---


@BACKBONES.register  # E: not pyrefly
class NoAttribute:
    size: int = 8


@BACKBONES.register("text")  # E: not pyrefly
class TextAttribute:
    channels: str = "8"


@BACKBONES.register("read_only")  # E: not pyrefly
class ReadOnly:
    @property
    def channels(self) -> int:
        return 8


@BACKBONES.register("fields")  # E: not pyrefly
@dataclass
class NoField:
    size: int


@BACKBONES.register("generic")  # E: not pyrefly
@dataclass
class NoFieldGeneric(Generic[U]):
    content: U


@BACKBONES.register("method")  # E: not pyrefly
class MethodForAttribute:
    def channels(self) -> int:
        return 8


# --- properties ---


@NAMED.register  # E: not pyrefly
class NoProperty:
    name: str = "a"


@NAMED.register("number")  # E: not pyrefly
class NumberProperty:
    @property
    def title(self) -> int:
        return 3


# --- class methods ---


@LOADS.register  # E: not pyrefly
class NoClassMethod:
    @classmethod
    def from_path(cls, path: str) -> NoClassMethod:
        return cls()


@LOADS.register("number")  # E: not pyrefly
class NumberClassMethod:
    @classmethod
    def from_file(cls, path: int) -> NumberClassMethod:
        return cls()


# --- async methods ---


@FETCHES.register  # E: not pyrefly
class PlainMethod:
    def fetch(self, url: str) -> bytes:
        return url.encode()


@APPLIES.register("async")  # E: not pyrefly
class AsyncMethod:
    async def apply(self, value: float, /) -> float:
        return value


# --- keyword-only and positional-only parameters ---


@RESIZES.register  # E: not pyrefly
class OtherKeyword:
    def resize(self, *, width: int, heigth: int) -> float:
        return width * heigth


@RESIZES.register("positional")  # E: not pyrefly
class PositionalOnly:
    def resize(self, width: int, height: int, /) -> float:
        return width * height


@RESIZES.register("more")  # E: not pyrefly
class OneMore:
    def resize(self, *, width: int, height: int, depth: int) -> float:
        return width * height * depth


@APPLIES.register  # E: not pyrefly
class KeywordOnly:
    def apply(self, *, value: float) -> float:
        return value


# --- ABCs and classes ---


@METRICS.register  # E: not pyrefly
class NoMetric:
    def score(self, guess: float, truth: float) -> float:
        return guess - truth


@LAYERS.register  # E: not pyrefly
class NoLayer:
    def __init__(self, size: int) -> None:
        self.size = size


@LAYERS.register("generic")  # E: not pyrefly
class NoLayerGeneric(Generic[U]):
    def __init__(self, content: U) -> None:
        self.content = content


class Distance(Metric):
    def __init__(self, power: float = 1.0) -> None:
        self.power = power

    def score(self, guess: float, truth: float) -> float:
        return float(abs(guess - truth) ** self.power)


# The same by a plain call, which every checker sees.
BACKBONES.register(NoAttribute)  # E
BACKBONES.register("called")(NoAttribute)  # E
NAMED.register(NoProperty)  # E
LOADS.register(NoClassMethod)  # E
FETCHES.register(PlainMethod)  # E
APPLIES.register("called")(AsyncMethod)  # E
RESIZES.register(OtherKeyword)  # E
METRICS.register(NoMetric)  # E
LAYERS.register()(NoLayer)  # E
LAYERS.spec(NoLayer, 3)  # E
METRICS.spec(Layer, 3)  # E
METRICS.spec(Distance, powr=2.0)  # E: not pyrefly
METRICS.spec_of(Distance)("2")  # E: not pyrefly
LAYERS.spec(Layer, "3")  # E
LAYERS.spec(Layer, 3).build().sise  # E
LAYERS.build({"type": "Layer"}, default={"size": 3})  # E


# --- callbacks, as values ---


def two(x: float, y: float) -> float:
    return x + y


def text(x: float) -> str:
    return str(x)


async def later(x: float) -> float:
    return x


ACTIVATIONS.register_value("two", two)  # E
ACTIVATIONS.register_value("text", text)  # E
ACTIVATIONS.register_value("later", later)  # E
ACTIVATIONS.register_value("number", 3)  # E
ACTIVATIONS.register_value("none")  # E
ACTIVATIONS.register_value("class", Layer)  # E
ACTIVATIONS.register_value(two)  # E
get_number: Callable[[], float] = ACTIVATIONS["relu"].load()  # E
LAYERS.register_value("class", Layer)  # E
LAYERS.register_value("layer", Layer(3), aliases="one")  # E
LAYERS.register_value("layer", Layer(3), tags="one")  # E
LAYERS.register_value("layer", Layer(3), alias=("one",))  # E
