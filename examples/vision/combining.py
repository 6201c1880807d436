"""Models made of other models."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from examples.vision.boxes import iou, merged, same
from examples.vision.picture import enlarged
from examples.vision.protocol import VISION, Box, Detection, VisionModel

__all__ = ["Ensemble", "Upscale", "ensemble"]


class Ensemble:
    """Several models that look at the same image and vote. Made by `ensemble`."""

    def __init__(self, models: list[VisionModel], vote: Literal["any", "all"], overlap: float) -> None:
        self.models = models
        self.vote = vote
        self.overlap = overlap

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """What the models find, best score first."""
        found = [model.detect(image) for model in self.models]
        if self.vote == "all":
            return merged(self._agreed(found), self.overlap)
        return merged((detection for one in found for detection in one), self.overlap)

    def _agreed(self, found: list[list[Detection]]) -> list[Detection]:
        first, others = found[:1], found[1:]
        agreed: list[Detection] = []
        for candidate in (detection for one in first for detection in one):
            seconds = [self._seconding(candidate, other) for other in others]
            scores = [second.score for second in seconds if second is not None]
            if len(scores) == len(others):
                agreed.append(replace(candidate, score=min(candidate.score, *scores, 1.0)))
        return agreed

    def _seconding(self, candidate: Detection, found: list[Detection]) -> Detection | None:
        matching = (detection for detection in found if same(candidate, detection, self.overlap))
        return max(matching, key=lambda detection: iou(candidate.box, detection.box), default=None)


@VISION.register("ensemble", tags=("wrapper",))
def ensemble(
    models: list[VisionModel], vote: Literal["any", "all"] = "any", *, overlap: Annotated[float, Field(gt=0, le=1)] = 0.5
) -> Ensemble:
    """Let several models look at the same image.

    Args:
        models: The models.
        vote: With `any`, one model is enough. With `all`, every model must find it: the box is the first model's then, and the score the
            lowest that any of them gave.
        overlap: From which intersection over union on two boxes with the same label are of one thing.
    """
    return Ensemble(models, vote, overlap)


@VISION.register("upscale", tags=("wrapper",))
class Upscale:
    """Enlarges the image for a model, so that it finds smaller things.

    Args:
        model: The model that looks at the enlarged image.
        factor: How many times larger.
    """

    def __init__(self, model: VisionModel, factor: Annotated[int, Field(ge=1, le=8)] = 2) -> None:
        self.model = model
        self.factor = factor

    def detect(self, image: NDArray[np.uint8]) -> list[Detection]:
        """What the model finds in the enlarged image, with boxes in pixels of this one."""
        return [replace(found, box=self._back(found.box)) for found in self.model.detect(enlarged(image, self.factor))]

    def _back(self, box: Box) -> Box:
        left, top, right, bottom = box
        return left // self.factor, top // self.factor, -(-right // self.factor), -(-bottom // self.factor)
