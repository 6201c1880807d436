"""Functions that don't make what the registry asks for, and wrong options and arguments."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Generator, Iterator

from zoo.parts import ACTIVATIONS, BACKBONES, LAYERS, Layer
from zoo.vision import VISION, Good, VisionModel


@LAYERS.register  # E
def makes_number(size: int) -> int:
    return size


@LAYERS.register("optional")  # E
def makes_perhaps(size: int) -> Layer | None:
    return Layer(size) if size else None


@LAYERS.register("nothing")  # E
def makes_nothing(size: int) -> None: ...


@LAYERS.register("list")  # E
def makes_list(size: int) -> list[Layer]:
    return [Layer(size)]


@LAYERS.register("class")  # E
def makes_class() -> type[Layer]:
    return Layer


@LAYERS.register  # E
async def coroutine(size: int) -> Layer:
    return Layer(size)


@VISION.register("coroutine")  # E
async def vision_coroutine(hidden: int) -> Good:
    return Good(hidden)


@LAYERS.register  # E
def generator(size: int) -> Iterator[Layer]:
    yield Layer(size)


@LAYERS.register("generator")  # E
def full_generator(size: int) -> Generator[Layer, None, Layer]:
    yield Layer(size)
    return Layer(size)


@VISION.register("async_generator")  # E
async def async_generator(hidden: int) -> AsyncIterator[VisionModel]:
    yield Good(hidden)


@LAYERS.register("awaitable")  # E
def awaitable(layer: Awaitable[Layer]) -> Awaitable[Layer]:
    return layer


@ACTIVATIONS.register  # E
def the_product_itself(x: float) -> float:
    return x


async def fetched(size: int) -> Layer:
    return Layer(size)


def yielded(size: int) -> Iterator[Layer]:
    yield Layer(size)


def make_layer(size: int, /, *, name: str = "a") -> Layer:
    return Layer(size + len(name))


LAYERS.register(fetched)  # E
LAYERS.register("called")(fetched)  # E
LAYERS.spec(fetched, 3)  # E
LAYERS.spec_of(yielded)  # E
LAYERS.register("lambda")(lambda: 3)  # E
BACKBONES.register("layer")(make_layer)  # E
VISION.register("layer")(make_layer)  # E

# Arguments of what is right.
LAYERS.spec(make_layer)  # E
LAYERS.spec(make_layer, "3")  # E
LAYERS.spec(make_layer, size=3)  # E
LAYERS.spec(make_layer, 3, "a")  # E
LAYERS.spec(make_layer, 3, name=4)  # E
LAYERS.spec(make_layer, 3, nam="a")  # E
LAYERS.spec_of(make_layer)(3, nam="a")  # E
LAYERS.spec_of(make_layer)(3).build().sise  # E
LAYERS.spec()  # E
LAYERS.spec("make_layer", 3)  # E
make_kept = LAYERS.register("kept")(make_layer)
make_kept("3")  # E
make_kept(3).sise  # E

# Options.
LAYERS.register("name", alias=("other",))  # E
LAYERS.register("name", aliases="other")  # E
LAYERS.register("name", tags="other")  # E
LAYERS.register("name", tags=(3,))  # E
LAYERS.register("name", override="yes")  # E
LAYERS.register("name", deprecated=True)  # E
LAYERS.register("name", spec=Layer)  # E
LAYERS.register("name", name="other")  # E
LAYERS.register(name="name")  # E
LAYERS.register("name", make_layer)  # E
LAYERS.register(make_layer, override=True)  # E
LAYERS.register(3)  # E
LAYERS.register(b"name")  # E
LAYERS.register(("name", "other"))  # E
LAYERS.register_lazy("name")  # E
LAYERS.register_lazy("name", make_layer)  # E
LAYERS.register_lazy("name", target="package.module:Name")  # E
LAYERS.register_lazy("name", "package.module:Name", require="package")  # E
LAYERS.register_lazy("name", "package.module:Name", requires=3)  # E
LAYERS.register_lazy("name", "package.module:Name", extra=("package",))  # E
LAYERS.register_lazy("name", "package.module:Name", aliases="other")  # E
LAYERS.register_lazy("name", "package.module:Name", tags="other")  # E
