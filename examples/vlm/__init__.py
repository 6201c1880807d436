"""LMDeploy's loader of vision-language models: `python -m examples.vlm FOLDER` tells which class takes a model, and why."""

from __future__ import annotations

from examples.vlm.entries import VISION
from examples.vlm.loading import load_vl_model

__all__ = ["VISION", "load_vl_model"]
