"""Boxes: how much two of them overlap, and which detections are one and the same thing."""

from __future__ import annotations

import math
from collections.abc import Iterable

from examples.vision.protocol import Box, Detection

__all__ = ["around", "iou", "merged", "same"]


def around(points: Iterable[tuple[float, float]]) -> Box:
    """The smallest box of whole pixels around some points, each given as (x, y).

    Example:
        >>> around([(1.5, 2.0), (8.0, 3.2), (4.0, 9.9)])
        (1, 2, 8, 10)
    """
    across, down = zip(*points, strict=True)
    return math.floor(min(across)), math.floor(min(down)), math.ceil(max(across)), math.ceil(max(down))


def iou(one: Box, other: Box) -> float:
    """Intersection over union: 0.0 for boxes that are apart, 1.0 for boxes that are the same.

    Example:
        >>> iou((0, 0, 10, 10), (5, 0, 15, 10)) == 50 / 150
        True
    """
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(one) + _area(other) - shared)


def same(one: Detection, other: Detection, overlap: float) -> bool:
    """Whether two detections are of one thing: they say the same, and their boxes overlap by at least this IoU."""
    return one.label == other.label and iou(one.box, other.box) >= overlap


def merged(detections: Iterable[Detection], overlap: float) -> list[Detection]:
    """The detections, best score first, without those that a better one makes superfluous.

    Example:
        >>> good, worse = Detection("face", 0.9, (0, 0, 10, 10)), Detection("face", 0.6, (1, 0, 11, 10))
        >>> merged([worse, good], overlap=0.5) == [good]
        True
    """
    kept: list[Detection] = []
    for found in sorted(detections, key=lambda detection: -detection.score):
        if not any(same(found, better, overlap) for better in kept):
            kept.append(found)
    return kept


def _area(box: Box) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
