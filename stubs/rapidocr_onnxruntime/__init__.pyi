"""The names of rapidocr-onnxruntime that the examples use."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# The corners, the text and the score of one line. Really a list, for which there is no such type.
_Line: TypeAlias = tuple[Sequence[tuple[float, float]], str, float]

class RapidOCR:
    def __init__(self, *, text_score: float = 0.5) -> None: ...
    def __call__(self, img_content: NDArray[np.uint8]) -> tuple[list[_Line] | None, list[float] | None]: ...
