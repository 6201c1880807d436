"""Image models; their catalogue `vision_specs` is in a stub folder, so no module of that name exists at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from typed_registry import Registry

if TYPE_CHECKING:
    from vision_specs import VisionSpecs

U = TypeVar("U")


class VisionModel(Protocol):
    def forward(self, x: list[float]) -> list[float]: ...


VISION: Registry[VisionModel, VisionSpecs] = Registry("vision", VisionModel)


@VISION.register
class Good:
    extra: int = 3

    def __init__(self, hidden: int, *, drop: float = 0.0) -> None: ...
    def forward(self, x: list[float]) -> list[float]:
        return x


@VISION.register("wrap", aliases=("wrapped",), tags=("nested",))
class Wrap:
    def __init__(self, inner: VisionModel, n: int = 1) -> None: ...
    def forward(self, x: list[float]) -> list[float]:
        return x

    @classmethod
    def make(cls) -> Wrap:
        return cls(Good(3))


@VISION.register("generic")
class Gen(Generic[U]):
    def __init__(self, u: U) -> None:
        self.u = u

    def forward(self, x: list[float]) -> list[float]:
        return x


class Child(Wrap):
    z: Good = Good(1)


@VISION.register
def make_good(n: int) -> Good:
    return Good(n)
