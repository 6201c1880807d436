"""Image models: registered in every way there is."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Literal, Optional, Protocol, TypeVar, Union, overload

import numpy as np
import numpy.typing  # pyright: ignore[reportUnusedImport]
from annotated_types import Gt
from pydantic import BaseModel, Field
from typing_extensions import Unpack

from typed_registry import BuildSpec, Registry
from zoo import kinds
from zoo.kinds import SMALL, Anchor, Crop, Image, Mode, Norm, Options, Path, Score, Side, _Hidden  # pyright: ignore[reportPrivateUsage]
from zoo.sound import Sound

if TYPE_CHECKING:
    from zoo.only_types import Ghost
    from zoo.vision_specs import VisionSpecs

T = TypeVar("T")
N = TypeVar("N", bound=float)
Choice = TypeVar("Choice", int, str)


class VisionModel(Protocol):
    def detect(self, image: list[float]) -> list[float]: ...


VISION: Registry[VisionModel, VisionSpecs] = Registry("vision", VisionModel)
LIMIT = 8
Models: t.TypeAlias = list[VisionModel]


class Base:
    """A model.

    Args:
        name: How it is called.
    """

    def __init__(self, name: str = "model") -> None:
        self.name = name

    def detect(self, image: list[float]) -> list[float]:
        return image


@VISION.register("face", aliases=("faces",), tags=("detector",))
class FaceDetector(Base):
    """Finds faces; says "no" where there is none.

    Args:
        scale: By how much it grows: 1.2 is \\ good.
        min_size: The smallest, in pixels.
    """

    def __init__(self, scale: Annotated[float, Field(gt=1, lt=LIMIT)] = 1.2, *, min_size: int = 40) -> None:
        super().__init__("face")
        self.scale = scale


@VISION.register("types")
class AllTypes(Base):
    """One of each type."""

    class Inner(Base):
        pass

    def __init__(
        self,
        image: Image,
        path: Path,
        mode: Mode,
        array: np.typing.NDArray[np.float32],
        dtype: np.dtype[np.uint8],
        score: Score,
        ghost: Ghost,
        hidden: _Hidden,
        inner: Inner,
        side: Side = Side.LEFT,
        norm: Norm = Norm.BATCH,
        other_norm: kinds.Norm = kinds.Norm.LAYER,
        limit: Annotated[int, Gt(0), Field(description="How many.")] = SMALL,
        maybe: Optional[int] = None,  # noqa: UP045
        either: Union[int, str] = 3,  # noqa: UP007
        newer: int | str | None = None,
        literal: Literal["a", 'b"c', 3, None, Norm.BATCH] = "a",
        forward: list[FaceDetector] | None = None,
        quoted: list["FaceDetector"] | None = None,  # noqa: UP037
        function: Callable[[int, str], float] | None = None,
        anything: Any = None,
        options: Options | None = None,
        nested: Mapping[str, tuple[int, ...]] | None = None,
        kind: type[Base] | None = None,
        price: Decimal | None = None,
        ratio: float = float("inf"),
        text: str = 'with """ quotes \\ and \n lines',
        sizes: tuple[int, int] = (3, 4),
        names: Sequence[str] = (),
        takes_face: Callable[[FaceDetector], float] | None = None,
        face_kind: type[FaceDetector] | None = None,
        takes_model: Callable[[VisionModel], float] | None = None,
    ) -> None:
        super().__init__()


@VISION.register("slots")
class Slots(Base):
    """Other components, in every place."""

    def __init__(
        self,
        one: VisionModel,
        optional: VisionModel | None = None,
        old: Optional[VisionModel] = None,  # noqa: UP045
        many: list[VisionModel] = [],
        alias: Models | None = None,
        named: dict[str, VisionModel] | None = None,
        pair: tuple[VisionModel, int] | None = None,
        several: tuple[VisionModel, ...] = (),
        sound: Sound | None = None,
        constrained: Annotated[list[VisionModel], Field(min_length=1)] | None = None,
        chosen: Annotated[VisionModel, VISION] | None = None,
        narrower: Annotated[FaceDetector, VISION] | None = None,
        either: VisionModel | Sound | str | None = None,
        waiting: Callable[[str], VisionModel] | None = None,
        spec: Annotated[BuildSpec[VisionModel], VISION] | None = None,
    ) -> None:
        super().__init__()


@VISION.register("generic")
class Pair(Base, Generic[T, N, Choice]):
    """A class with type variables."""

    def __init__(self, left: T, *, number: N | None = None, choice: Choice) -> None:
        super().__init__()
        self.left = left


@VISION.register
class TypeParameters(Base):
    """Parameters whose names mean something else."""

    def __init__(
        self,
        int: float,  # noqa: A002
        str: int,  # noqa: A002
        match: kinds.Mode,
        Literal: float,  # noqa: N803
        NotRequired: list[float],  # noqa: N803
        cls: type[float],
    ) -> None:
        super().__init__()


@VISION.register("overloaded")
class Overloaded(Base):
    @overload
    def __init__(self, size: int) -> None: ...
    @overload
    def __init__(self, size: str, *, unit: str) -> None: ...
    def __init__(self, size: int | str, *, unit: str | None = None) -> None:
        super().__init__()


@VISION.register("made_by_new")
class MadeByNew(Base):
    def __new__(cls, size: int, *, flag: bool = False) -> MadeByNew:
        return super().__new__(cls)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()


@VISION.register("data")
@dataclass
class Data:
    """A dataclass."""

    count: ClassVar[int] = 0
    size: int
    names: list[str] = field(default_factory=list[str])
    ratio: float = field(default=0.5, kw_only=True)
    hidden: int = field(default=3, init=False)

    def detect(self, image: list[float]) -> list[float]:
        return image


@VISION.register("model")
class Model(BaseModel):
    """A model of pydantic's."""

    size: int
    ratio: Annotated[float, Field(ge=0)] = 0.5
    names: list[str] = Field(default_factory=list)
    inner: Annotated[BuildSpec[VisionModel], VISION] | None = None

    def detect(self, image: list[float]) -> list[float]:
        return image


class TunedSpec(BuildSpec["Tuned"]):
    """The arguments of a tuned model, written by hand."""

    type: Literal["tuned"] = "tuned"
    scale: Annotated[float, Field(gt=1)] = 1.2


@VISION.register(spec=TunedSpec)
class Tuned(Base):
    def __init__(self, scale: float, internal: int = 3) -> None:
        super().__init__()


@VISION.register("passes_on")
class PassesOn(FaceDetector):
    """Adds one to what its base takes."""

    def __init__(self, extra: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)


@VISION.register("open")
class Open(Base):
    """Takes anything else."""

    def __init__(self, size: int, **options: float) -> None:
        super().__init__()
        self.options = options


@VISION.register("unpacked")
class Unpacked(Base):
    def __init__(self, *, first: int = 1, **kwargs: Unpack[Crop]) -> None:
        super().__init__()


@VISION.register("items")
class Items(Base):
    def __init__(self, first: int, /, *rest: float) -> None:
        super().__init__()


@VISION.register
def make_face(scale: float = 1.1, sound: SoundAlias | None = None) -> FaceDetector:
    """Make a face detector."""
    return FaceDetector(scale)


SoundAlias = Sound


@VISION.register("any_model")
def any_model(self: int, cls: str = "x") -> VisionModel:
    """A function whose parameters are called as a method's first."""
    return FaceDetector()


VISION.register("small_face")(partial(FaceDetector, 1.5, min_size=10))


class Maker:
    """Makes models when it is called."""

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio

    def __call__(self, size: int = 3) -> FaceDetector:
        return FaceDetector()

    @classmethod
    def create(cls, anchor: Anchor | None = None) -> FaceDetector:
        return FaceDetector()


VISION.register("by_instance")(Maker(0.5))
VISION.register("by_method")(Maker.create)


def _local() -> None:
    class LocalKind(Anchor):
        pass

    class Local(Base):
        """Defined in a function."""

        def __init__(self, kind: LocalKind, number: int = 3) -> None:
            super().__init__()

    VISION.register("local")(Local)


_local()


@VISION.register("old", deprecated='use "face"\ninstead')
class Old(Base):
    """Was good."""


@VISION.register("face-v2")
class FaceV2(FaceDetector):
    """The second of them."""


@VISION.register("class")
class Class(Base):
    """Its name is a keyword."""

    def __init__(self, model: VisionModel, size: int = 3) -> None:
        super().__init__()


@VISION.register("3d")
class ThreeD(Base):
    pass


@VISION.register("int")
class IntModel(Base):
    """Its method is called like a type."""

    def __init__(self, number: int, other: BuildSpec[VisionModel] | None = None) -> None:
        super().__init__()


@VISION.register("VisionConfig")
class ConfigModel(Base):
    """Its method is called like the union."""


class Keyed(BaseModel):
    """Keys that are no names."""

    klass: int = Field(alias="class")
    dashed: float = Field(default=0.5, alias="with-dash")
    inner: Annotated[BuildSpec[VisionModel], VISION] | None = None

    def detect(self, image: list[float]) -> list[float]:
        return image


VISION.register("keyed")(Keyed)
VISION.register_lazy("lazy", "zoo.lazy:Lazy", aliases=("later",))
VISION.register_lazy("lazy_function", "zoo.lazy:lazy_function", deprecated="use lazy")
VISION.register_lazy("lazy_data", "zoo.lazy:LazyData")
VISION.register_lazy("lazy_generic", "zoo.lazy:LazyGeneric")
VISION.register_lazy("lazy_unpacked", "zoo.lazy:LazyUnpacked")
VISION.register_lazy("lazy_model", "zoo.lazy:LazyModel")
