"""Lines of text, read by PaddleOCR's networks in onnxruntime.

Nothing imports this module before a config asks for `ocr`: the engine is an extra of its own.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from rapidocr_onnxruntime import RapidOCR

from examples.vision.boxes import around
from examples.vision.protocol import Detection

__all__ = ["PaddleOcr"]


class PaddleOcr:
    """Reads lines of text; the label is the line.

    Args:
        min_score: How sure the engine must be of a line, from 0 to 1.
    """

    def __init__(self, min_score: Annotated[float, Field(ge=0, le=1)] = 0.5) -> None:
        self.min_score = min_score
        self._engine = RapidOCR(text_score=min_score)

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Read each line of text."""
        lines, _ = self._engine(np.ascontiguousarray(image[:, :, ::-1]))  # OpenCV's order: BGR
        return [Detection(text, score, around((x, y) for x, y in corners)) for corners, text, score in lines or ()]
