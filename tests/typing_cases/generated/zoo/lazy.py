"""Components that are imported late."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field
from typing_extensions import Unpack

from zoo.kinds import SMALL, Crop, Image, Norm
from zoo.vision import FaceDetector, VisionModel

L = TypeVar("L")
Size = Literal["s", "m"]


class Lazy(FaceDetector):
    """Loaded when it is first used.

    Args:
        model: What it asks.
    """

    def __init__(
        self, model: VisionModel, image: Image, norm: Norm = Norm.LAYER, size: Size = "s", limit: int = SMALL, *rest: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)


def lazy_function(models: list[VisionModel], scale: Annotated[float, Field(gt=1)] = 1.5) -> FaceDetector:
    """Make one late.

    Args:
        models: All of them.
    """
    return FaceDetector(scale)


@dataclass
class LazyData:
    """A dataclass that is loaded late."""

    size: int
    names: list[str] = field(default_factory=list[str])
    ratio: float = field(default=0.5, kw_only=True)
    norm: Norm = Norm.BATCH
    hidden: int = field(default=3, init=False)

    def detect(self, image: list[float]) -> list[float]:
        return image


class LazyGeneric(FaceDetector, Generic[L]):
    def __init__(self, item: L, other: L | None = None) -> None:
        super().__init__()
        self.item = item


class LazyUnpacked(FaceDetector):
    def __init__(self, **kwargs: Unpack[Crop]) -> None:
        super().__init__()


class LazyModel(BaseModel):
    """A model of pydantic's, loaded late."""

    size: Annotated[int, Field(ge=1)]
    names: list[str] = Field(default_factory=list)
    ratio: float = Field(default=0.5, gt=0)

    def detect(self, image: list[float]) -> list[float]:
        return image
