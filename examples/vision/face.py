"""Faces, found by scikit-image's cascade of local binary patterns."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import skimage.data
import skimage.feature
from numpy.typing import NDArray
from pydantic import Field

from examples.vision.protocol import VISION, Detection

__all__ = ["FaceDetector"]


@VISION.register("face", aliases=("faces",), tags=("detector",))
class FaceDetector:
    """Finds faces that look into the camera.

    Args:
        scale: By how much the search window grows from one pass over the image to the next; near 1 is thorough and slow.
        min_size: Side of the smallest face to look for, in pixels.
        neighbours: How many overlapping windows must see a face before it counts.
    """

    def __init__(
        self,
        scale: Annotated[float, Field(gt=1)] = 1.2,
        *,
        min_size: Annotated[int, Field(ge=24)] = 60,  # the cascade was trained on 24 by 24 pixels
        neighbours: Annotated[int, Field(ge=1)] = 4,
    ) -> None:
        self.scale = scale
        self.min_size = min_size
        self.neighbours = neighbours
        self._cascade = skimage.feature.Cascade(skimage.data.lbp_frontal_face_cascade_filename())

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Find the faces; the score is 1, as a cascade only says yes or no."""
        height, width, _ = image.shape
        faces = self._cascade.detect_multi_scale(
            image,
            scale_factor=self.scale,
            step_ratio=1,
            min_size=(self.min_size, self.min_size),
            max_size=(height, width),
            min_neighbor_number=self.neighbours,
        )
        return [Detection("face", 1.0, (face["c"], face["r"], face["c"] + face["width"], face["r"] + face["height"])) for face in faces]
