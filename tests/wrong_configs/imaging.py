"""The registries and the model that the wrong configs beside this file are of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, RootModel
from typing_extensions import TypedDict

from typed_registry import BuildSpec, Registry

__all__ = ["LOSSES", "STEPS", "Training"]


class Step(Protocol):
    def run(self, image: list[int]) -> list[int]: ...


class Loss(Protocol):
    def loss(self, image: list[int]) -> float: ...


STEPS: Registry[Step] = Registry("steps", Step)
LOSSES: Registry[Loss] = Registry("losses", Loss)
STRICT: Registry[Step] = Registry("strict steps", Step, parent=STEPS, scope="strict", strict=True)


class Same:
    """Leaves an image as it is."""

    def run(self, image: list[int]) -> list[int]:
        return image


class Margins(TypedDict):
    left: int
    right: int


@dataclass
class Window:
    width: int
    height: int = 1


@STEPS.register("blur", aliases=("smooth",))
class Blur(Same):
    def __init__(self, radius: Annotated[float, Field(gt=0)], passes: int = 1, *, mode: Literal["box", "gauss"] = "box") -> None: ...


@STEPS.register("crop")
class Crop(Same):
    def __init__(self, margins: Margins, window: Window | None = None, size: tuple[int, int] = (1, 1)) -> None: ...


@STEPS.register("chain")
class Chain(Same):
    def __init__(self, steps: list[Step], *, repeat: int = 1) -> None: ...


@STEPS.register("named")
class Named(Same):
    def __init__(self, steps: dict[str, Step], first: Step | None = None) -> None: ...


@STEPS.register("either")
class Either(Same):
    def __init__(self, step: Step | int | str) -> None: ...


@STEPS.register("until")
class Until(Same):
    def __init__(self, loss: Loss, step: Step, below: float = 0.0) -> None: ...


@STEPS.register("tuned")
class Tuned(Same):
    def __init__(self, make: Callable[[float], Step]) -> None: ...


@STEPS.register("loose")
class Loose(Same):
    def __init__(self, quality: int = 1, **others: Any) -> None: ...


@STEPS.register("tagged")
class Tagged(Same):
    def __init__(self, tags: set[str], counts: dict[str, int], value: int | bool | None = None) -> None: ...


STEPS.register_lazy("torch", "imaging_torch:Net", requires="no_such_package", extra="imaging[torch]")
STEPS.register_lazy("moved", "imaging_more:Gone")
STEPS.register_lazy("halfway", "imaging_more:Halfway")


@LOSSES.register("mean")
class Mean:
    def __init__(self, weight: float = 1.0) -> None: ...

    def loss(self, image: list[int]) -> float:
        return sum(image) / len(image)


@STRICT.register("resize")
class Resize(Same):
    def __init__(self, width: int) -> None: ...


class Sgd(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["sgd"]
    rate: float
    momentum: float = 0.0


class Adam(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: Literal["adam"]
    rate: float
    betas: tuple[float, float] = (0.9, 0.999)


class Linear(BaseModel):
    model_config = ConfigDict(extra="forbid")

    start: float
    end: float


class Steps(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: list[int]
    factor: float = 0.1


class Layers(RootModel[list[Linear]]): ...


class Training(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    epochs: Annotated[int, Field(gt=0)] = 1
    step: Annotated[BuildSpec[Step], STEPS]
    losses: list[Annotated[BuildSpec[Loss], LOSSES]] = []
    optimizer: Annotated[Sgd | Adam, Field(discriminator="kind")] = Sgd(kind="sgd", rate=0.1)
    schedule: Linear | Steps | None = None
    groups: dict[str, Sgd] = {}
    rates: dict[str, Sgd] | list[Sgd] | float = 0.1
    layers: Layers | None = None
