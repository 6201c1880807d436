"""LLaVA 1.5 in transformers' format: a CLIP tower before a Llama."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import transformers
from numpy.typing import NDArray

from examples.vlm.base import NotInExampleError
from examples.vlm.on_transformers import Network, WithLlm
from examples.vlm.protocol import ImageProcessor

__all__ = ["LlavaHfVisionModel"]


class LlavaHfVisionModel(WithLlm):
    """LLaVA 1.5; each image is one square."""

    @cached_property
    def config(self) -> transformers.LlavaConfig:
        """The config as transformers has it."""
        config = transformers.LlavaConfig.from_dict(self.hf_config.model_dump(exclude_unset=True))
        if config.vision_config.model_type != "clip_vision_model":
            raise NotInExampleError(f"LLaVA with the vision tower {config.vision_config.model_type!r}: only CLIP is part of the example")
        return config

    def new_processor(self, folder: Path, *, has_settings: bool) -> ImageProcessor:
        """CLIP's image processor."""
        side = self.config.vision_config.image_size
        if has_settings:
            return transformers.CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)
        return transformers.CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})

    def new_network(self) -> Network:
        """The network that the config describes."""
        return transformers.LlavaModel(self.config)

    def token_count(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """One for each patch; the class token too if the config wants all that comes out of the tower."""
        height, width = map(int, arrays["pixel_values"].shape[-2:])
        patch = self.config.vision_config.patch_size
        return (height // patch) * (width // patch) + (self.config.vision_feature_select_strategy == "full")
