"""Types that components name, in another module than theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Literal, NewType, NotRequired, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

Image: TypeAlias = NDArray[np.uint8]
Path = NewType("Path", str)
Mode = Literal["fast", "exact"]
Score: TypeAlias = "Callable[[float], float]"
SMALL = 3


class Norm(Enum):
    BATCH = "batch"
    LAYER = "layer"


class Side(Flag):
    LEFT = auto()
    RIGHT = auto()


class _Hidden:  # pyright: ignore[reportUnusedClass]
    """Private to its module, and yet a parameter's type."""


class Options(BaseModel):
    depth: int = 3


@dataclass
class Anchor:
    x: float
    y: float


class Window(TypedDict, total=False):
    width: int
    height: int


class Crop(Window):
    """Keys that are given by `**kwargs`."""

    anchor: NotRequired[Anchor]
    mode: Mode
