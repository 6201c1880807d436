"""Bar codes, read by zxing-cpp."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pydantic import Field

from examples.vision.boxes import around
from examples.vision.protocol import VISION, Detection

__all__ = ["QrReader", "Symbology"]

Symbology = Literal["QRCode", "MicroQRCode", "Aztec", "DataMatrix", "PDF417", "EAN13", "Code128"]


@VISION.register("qr", tags=("reader",))
class QrReader:
    """Reads QR codes, and other codes if told to; the label is the text that was read.

    Args:
        formats: Which kinds of code to look for.
        try_harder: Also look for codes that are turned by 90 degrees or very large, which takes longer.
    """

    def __init__(self, formats: Annotated[tuple[Symbology, ...], Field(min_length=1)] = ("QRCode",), *, try_harder: bool = True) -> None:
        self.formats = formats
        self.try_harder = try_harder

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """Read each code; the score is 1, as a code that doesn't pass its own error correction is left out."""
        codes = zxingcpp.read_barcodes(
            np.ascontiguousarray(image[:, :, ::-1]),  # BGR is what zxing-cpp takes an array for
            formats=zxingcpp.barcode_formats_from_str(",".join(self.formats)),
            try_rotate=self.try_harder,
            try_downscale=self.try_harder,
        )
        return [Detection(code.text, 1.0, around(_corners(code.position))) for code in codes]


def _corners(position: zxingcpp.Position) -> list[tuple[float, float]]:
    corners = position.top_left, position.top_right, position.bottom_right, position.bottom_left
    return [(corner.x, corner.y) for corner in corners]
