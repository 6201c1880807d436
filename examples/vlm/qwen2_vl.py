"""Qwen2-VL and Qwen2.5-VL: a vision transformer that takes images of any size."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import transformers
from numpy.typing import NDArray

from examples.vlm.base import NativeVision
from examples.vlm.on_transformers import Network, WithLlm
from examples.vlm.protocol import ImageProcessor
from typed_registry.dispatch import effective_architecture

__all__ = ["Qwen2VLModel"]


class Qwen2VLModel(WithLlm, NativeVision):
    """Qwen2-VL and Qwen2.5-VL; an image keeps its proportions, and fills the more of the prompt the larger it is."""

    INPUTS: ClassVar[tuple[str, ...]] = ("pixel_values", "image_grid_thw")

    @cached_property
    def config(self) -> transformers.Qwen2VLConfig | transformers.Qwen2_5_VLConfig:
        """The config as transformers has it."""
        data = self.hf_config.model_dump(exclude_unset=True)
        is_newer = effective_architecture(self.hf_config) == "Qwen2_5_VLForConditionalGeneration"
        return transformers.Qwen2_5_VLConfig.from_dict(data) if is_newer else transformers.Qwen2VLConfig.from_dict(data)

    def new_processor(self, folder: Path, *, has_settings: bool) -> ImageProcessor:
        """Qwen2-VL's image processor, which Qwen2.5-VL has too."""
        vision = self.config.vision_config
        if has_settings:
            return transformers.Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True)
        return transformers.Qwen2VLImageProcessorPil(
            patch_size=vision.patch_size, temporal_patch_size=vision.temporal_patch_size, merge_size=vision.spatial_merge_size
        )

    def new_network(self) -> Network:
        """The network that the config describes."""
        if isinstance(self.config, transformers.Qwen2_5_VLConfig):
            return transformers.Qwen2_5_VLModel(self.config)
        return transformers.Qwen2VLModel(self.config)

    def token_count(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """One for each square of patches that the network merges."""
        return int(arrays["image_grid_thw"].prod()) // self.config.vision_config.spatial_merge_size**2
