"""What a vision model is: the protocol, what it finds, and the registry of all that satisfy it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from typed_registry import Registry

if TYPE_CHECKING:  # written by `typed-registry stubs`, for checkers and editors alone
    from examples.vision.vision_specs import VisionSpecs

__all__ = ["VISION", "Box", "Detection", "Image", "VisionModel"]

Image: TypeAlias = NDArray[np.uint8]
Box: TypeAlias = tuple[int, int, int, int]

MAX_CAPTION = 40  # characters


@dataclass(frozen=True)
class Detection:
    """One thing that was found in an image.

    Args:
        label: What it is, such as `face`; of a text or a code, what it says.
        score: How sure the model is, from 0 to 1.
        box: Where it is: left, top, right and bottom in pixels, counted from the top left corner of the image.

    Example:
        >>> Detection("face", 0.9, (10, 20, 40, 60)).caption
        'face'
    """

    label: str
    score: float
    box: Box

    @property
    def caption(self) -> str:
        """The label in one short line: what a code in a photo says may be long, or hold control characters."""
        line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in self.label)
        return line if len(line) <= MAX_CAPTION else f"{line[: MAX_CAPTION - 3]}..."


class VisionModel(Protocol):
    """Anything that finds things in images."""

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Find things.

        Args:
            image: Array of shape (height, width, 3): RGB, values from 0 to 255.

        Returns:
            What was found, with boxes in pixels of this image.
        """
        ...


VISION: Registry[VisionModel, VisionSpecs] = Registry("vision", VisionModel)
