"""A registry below another one, and one of values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from typed_registry import Registry
from zoo.vision import VISION, Base, VisionModel

if TYPE_CHECKING:
    from zoo.activations_specs import ActivationsSpecs
    from zoo.child_specs import ChildSpecs

CHILD: Registry[VisionModel, ChildSpecs] = Registry("child", VisionModel, parent=VISION, scope="kid")


@CHILD.register("face")
class ChildFace(Base):
    """Hides the one above."""

    def __init__(self, smile: bool = False, model: VisionModel | None = None) -> None:
        super().__init__()


class Activation(Protocol):
    """A function of one number."""

    def __call__(self, x: float, /) -> float: ...


ACTIVATIONS: Registry[Activation, ActivationsSpecs] = Registry("activations", Activation)
ACTIVATIONS.register_value("sin", math.sin)
ACTIVATIONS.register_value("relu-6", lambda x: min(max(x, 0), 6))
