"""InternVL3 in transformers' format: an InternViT tower, an image cut into tiles."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import transformers
from numpy.typing import NDArray

from examples.vlm.base import NativeVision, NotInExampleError
from examples.vlm.on_transformers import Network, TransformersVlm
from examples.vlm.protocol import ImageProcessor
from typed_registry.dispatch import effective_architecture

__all__ = ["InternVL3VisionModel"]


class InternVL3VisionModel(TransformersVlm, NativeVision):
    """InternVL3; an image is as many square tiles as fit its proportions, and the whole of it once more."""

    @cached_property
    def config(self) -> transformers.InternVLConfig:
        """The config as transformers has it."""
        architecture = effective_architecture(self.hf_config)
        if architecture != "InternVLForConditionalGeneration":
            raise NotInExampleError(f"the code of {architecture} is not part of the example: transformers has none")
        return transformers.InternVLConfig.from_dict(self.hf_config.model_dump(exclude_unset=True))

    def new_processor(self, folder: Path, *, has_settings: bool) -> ImageProcessor:
        """GOT-OCR's image processor, which InternVL3 has too."""
        height, width = self.config.vision_config.image_size
        if has_settings:
            return transformers.GotOcr2ImageProcessorPil.from_pretrained(folder, local_files_only=True)
        return transformers.GotOcr2ImageProcessorPil(size={"height": height, "width": width}, crop_to_patches=True)

    def new_network(self) -> Network:
        """The network that the config describes."""
        return transformers.InternVLModel(self.config)

    def token_count(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """Each tile has one for each patch, of which some are merged."""
        tiles, _, height, width = map(int, arrays["pixel_values"].shape)
        across, down = self.config.vision_config.patch_size
        ratio = self.config.downsample_ratio
        return tiles * int(height // down * ratio) * int(width // across * ratio)
