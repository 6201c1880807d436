"""Pictures: the sample photo, reading, enlarging, and drawing what was found."""

from __future__ import annotations

import os
from collections.abc import Iterable

import numpy as np
import skimage.data
import zxingcpp
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont, ImageOps

from examples.vision.protocol import Box, Detection, Image

__all__ = ["CODE_BOX", "CODE_TEXT", "PictureError", "annotated", "enlarged", "read_picture", "sample_photo", "save_picture"]

CODE_TEXT = "typed_registry"
# On the wall beside the astronaut. It is too small to be read as it is: that takes an enlarged image.
CODE_BOX: Box = (312, 36, 349, 73)

COLOURS = ("#00e05a", "#ffd400", "#00c8ff", "#ff5cf4", "#ff8a1f", "#b7a4ff")
LINE = 3  # pixels
FONT_SIZE = 15  # pixels
PADDING = 3  # pixels


class PictureError(Exception):
    """A picture that can't be read or written; the text says which one and why, in one line."""


def sample_photo() -> Image:
    """The photo of the astronaut Eileen Collins that comes with scikit-image, with a QR code on the wall; shape (512, 512, 3)."""
    photo = skimage.data.astronaut().copy()
    left, top, right, bottom = CODE_BOX
    photo[top:bottom, left:right] = _code(right - left)[:, :, np.newaxis]
    return photo


def read_picture(path: str | os.PathLike[str]) -> Image:
    """The picture in a file, upright and in RGB.

    Raises:
        PictureError: There is no such file, or there is no picture in it.
    """
    try:
        with Pillow.open(path) as picture:
            return np.array(ImageOps.exif_transpose(picture).convert("RGB"))
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError) as error:  # what Pillow raises for a broken file
        raise PictureError(f"can't read the picture {os.fspath(path)}: {_reason(error)}") from error


def save_picture(image: Image, path: str | os.PathLike[str]) -> None:
    """Write an image to a file; the suffix says in which format.

    Raises:
        PictureError: The file can't be written, or the suffix is unknown.
    """
    try:
        Pillow.fromarray(image).save(path)
    except (OSError, ValueError) as error:
        raise PictureError(f"can't write the picture {os.fspath(path)}: {_reason(error)}") from error


def enlarged(image: Image, factor: int) -> Image:
    """The image, `factor` times as high and as wide.

    Example:
        >>> enlarged(np.zeros((2, 3, 3), np.uint8), 4).shape
        (8, 12, 3)
    """
    height, width, _ = image.shape
    return np.array(Pillow.fromarray(image).resize((width * factor, height * factor), Pillow.Resampling.BICUBIC))


def annotated(image: Image, detections: Iterable[Detection]) -> Image:
    """A copy of the image with a box and a caption for each detection; each label has its own colour."""
    picture = Pillow.fromarray(image)
    draw = ImageDraw.Draw(picture)
    colours: dict[str, str] = {}
    for found in detections:
        colour = colours.setdefault(found.label, COLOURS[len(colours) % len(COLOURS)])
        left, top, right, bottom = found.box
        draw.rectangle((left - LINE, top - LINE, right + LINE, bottom + LINE), outline=colour, width=LINE)
        _draw_caption(draw, found, colour, picture.size)
    return np.array(picture)


def _draw_caption(draw: ImageDraw.ImageDraw, found: Detection, colour: str, picture_size: tuple[int, int]) -> None:
    font = ImageFont.load_default(FONT_SIZE)
    text = f"{found.caption} {found.score:.2f}"
    width, height = draw.textlength(text, font) + 2 * PADDING, FONT_SIZE + 2 * PADDING
    left, top, _, bottom = found.box
    above, below = top - LINE - height, min(bottom + LINE, picture_size[1] - height)
    x, y = max(0, min(left - LINE, picture_size[0] - width)), above if above >= 0 else below
    draw.rectangle((x, y, x + width, y + height), fill=colour)
    draw.text((x + PADDING, y + height / 2), text, fill="black", font=font, anchor="lm")


def _code(side: int) -> Image:
    code = zxingcpp.create_barcode(CODE_TEXT, zxingcpp.BarcodeFormat.QRCode)
    sharp = Pillow.fromarray(np.array(zxingcpp.write_barcode_to_image(code))).resize((8 * side, 8 * side), Pillow.Resampling.NEAREST)
    return np.array(sharp.resize((side, side), Pillow.Resampling.BOX))  # grey where a module ends within a pixel, as in a photo


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
