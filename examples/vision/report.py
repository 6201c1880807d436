"""What was found, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from examples.vision.protocol import Detection

__all__ = ["table"]

HEADING = ("label", "score", "left", "top", "right", "bottom")


def table(detections: Sequence[Detection]) -> str:
    """A line for each detection.

    Example:
        >>> print(table([Detection("face", 0.98, (175, 70, 268, 163))]))
        label  score  left  top  right  bottom
        face    0.98   175   70    268     163
    """
    if not detections:
        return "Nothing was found."
    rows = [HEADING, *((found.caption, f"{found.score:.2f}", *map(str, found.box)) for found in detections)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    label, *numbers = row
    return "  ".join([label.ljust(widths[0]), *(text.rjust(width) for text, width in zip(numbers, widths[1:], strict=True))])
