"""Functions that make components: they keep their own signature, and their products their own type."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal, TypedDict, assert_type, overload

from typing_extensions import Unpack
from zoo.parts import ACTIVATIONS, BACKBONES, LAYERS, METRICS, Activation, Layer, Metric
from zoo.vision import VISION, Good, VisionModel, Wrap

from typed_registry import BuildSpec, deferred


class Sizes(TypedDict, total=False):
    width: int
    height: int


@LAYERS.register
def make_layer(size: int = 3) -> Layer:
    return Layer(size)


@LAYERS.register("only", aliases=["by_name"], tags=frozenset({"keyword"}), deprecated="use make_layer", override=True)
def keyword_only(*, size: int, name: str = "a") -> Layer:
    return Layer(size + len(name))


@LAYERS.register("positional")
def positional_only(size: int, /, *more: int) -> Layer:
    return Layer(size + sum(more))


@LAYERS.register("unpacked")
def unpacked(**sizes: Unpack[Sizes]) -> Layer:
    return Layer(sizes.get("width", 1) * sizes.get("height", 1))


@LAYERS.register("chosen")
def chosen(kind: Literal["big", "small"] = "big") -> Layer:
    return Layer(9 if kind == "big" else 1)


@VISION.register("choice")
def choice(models: list[VisionModel], default: VisionModel | None = None) -> VisionModel:
    return default or models[0]


@VISION.register("later_made")
def later_made(make: Callable[[int], VisionModel]) -> Wrap:
    return Wrap(make(3))


class Factory:
    @staticmethod
    def static(size: int) -> Layer:
        return Layer(size)

    @classmethod
    def made(cls, size: int) -> Layer:
        return Layer(size)


def curried(factor: float) -> Activation:
    return lambda x: factor * x


class Mean(Metric):
    def score(self, guess: float, truth: float) -> float:
        return (guess + truth) / 2


def mean() -> Mean:
    return Mean()


@overload
def either(size: int) -> Layer: ...
@overload
def either(size: str) -> Layer: ...
def either(size: int | str) -> Layer:
    return Layer(int(size))


assert_type(make_layer(4), Layer)
assert_type(make_layer(size=4).size, int)
assert_type(keyword_only(size=4), Layer)
assert_type(positional_only(4, 5, 6), Layer)
assert_type(unpacked(width=3), Layer)
assert_type(choice([Good(3)]), VisionModel)
assert_type(later_made(Good), Wrap)

assert_type(LAYERS.spec(make_layer), BuildSpec[Layer])
assert_type(LAYERS.spec(keyword_only, size=4), BuildSpec[Layer])
assert_type(LAYERS.spec(positional_only, 4, 5).build().size, int)
assert_type(LAYERS.spec(unpacked, width=3, height=4), BuildSpec[Layer])
assert_type(LAYERS.spec(chosen, kind="small"), BuildSpec[Layer])
assert_type(LAYERS.spec_of(keyword_only)(size=4, name="b"), BuildSpec[Layer])
assert_type(VISION.spec(choice, [deferred(VISION.spec(Good, 3)), Good(4)], deferred(VISION.spec(Good, 5))), BuildSpec[VisionModel])
assert_type(VISION.spec(later_made, Good).build(), Wrap)

assert_type(LAYERS.register("static")(Factory.static)(3), Layer)
assert_type(LAYERS.register("made")(Factory.made)(3), Layer)
assert_type(LAYERS.register("lambda")(lambda: Layer(3))(), Layer)
assert_type(LAYERS.register("either")(either)(3), Layer)  # E: only pyrefly
LAYERS.register("partial")(partial(keyword_only, size=4))
assert_type(ACTIVATIONS.register(curried)(2.0)(1.0), float)
assert_type(METRICS.register("mean")(mean)(), Mean)
assert_type(METRICS.spec(mean), BuildSpec[Mean])
assert_type(BACKBONES.name, str)
