"""The names of transformers that the examples use, as they are from version 5.23 on."""

from collections.abc import Iterable, Mapping
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray

class PreTrainedConfig:
    model_type: str
    @classmethod
    def from_dict(cls, config_dict: dict[str, Any]) -> Self: ...

class CLIPVisionConfig(PreTrainedConfig):
    image_size: int
    patch_size: int

class LlavaConfig(PreTrainedConfig):
    vision_config: CLIPVisionConfig
    vision_feature_select_strategy: Literal["default", "full"]

class Qwen2VLVisionConfig(PreTrainedConfig):
    patch_size: int
    temporal_patch_size: int
    spatial_merge_size: int

class Qwen2VLConfig(PreTrainedConfig):
    vision_config: Qwen2VLVisionConfig

class Qwen2_5_VLVisionConfig(PreTrainedConfig):  # noqa: N801 - transformers' name
    patch_size: int
    temporal_patch_size: int
    spatial_merge_size: int

class Qwen2_5_VLConfig(PreTrainedConfig):  # noqa: N801 - transformers' name
    vision_config: Qwen2_5_VLVisionConfig

class InternVLVisionConfig(PreTrainedConfig):
    image_size: tuple[int, int]
    patch_size: tuple[int, int]

class InternVLConfig(PreTrainedConfig):
    vision_config: InternVLVisionConfig
    downsample_ratio: float

# Really BaseModelOutputWithPooling: its pooler_output is a tensor, or a list or tuple of them.
class _ImageOutputs:
    @property
    def pooler_output(self) -> Iterable[torch.Tensor]: ...

class PreTrainedModel(torch.nn.Module):
    def init_weights(self) -> None: ...

class LlavaModel(PreTrainedModel):
    language_model: torch.nn.Module
    def __init__(self, config: LlavaConfig) -> None: ...
    def get_image_features(self, **inputs: torch.Tensor) -> _ImageOutputs: ...

class Qwen2VLModel(PreTrainedModel):
    language_model: torch.nn.Module
    def __init__(self, config: Qwen2VLConfig) -> None: ...
    def get_image_features(self, **inputs: torch.Tensor) -> _ImageOutputs: ...

class Qwen2_5_VLModel(PreTrainedModel):  # noqa: N801 - transformers' name
    language_model: torch.nn.Module
    def __init__(self, config: Qwen2_5_VLConfig) -> None: ...
    def get_image_features(self, **inputs: torch.Tensor) -> _ImageOutputs: ...

class InternVLModel(PreTrainedModel):
    language_model: torch.nn.Module
    def __init__(self, config: InternVLConfig) -> None: ...
    def get_image_features(self, **inputs: torch.Tensor) -> _ImageOutputs: ...

class _ImageProcessor:
    @classmethod
    def from_pretrained(cls, folder: str | PathLike[str], /, *, local_files_only: bool = False) -> Self: ...
    def __call__(self, images: list[NDArray[np.uint8]], *, return_tensors: Literal["np"]) -> Mapping[str, NDArray[Any]]: ...

class CLIPImageProcessorPil(_ImageProcessor):
    def __init__(self, *, size: dict[str, int] = ..., crop_size: dict[str, int] = ...) -> None: ...

class Qwen2VLImageProcessorPil(_ImageProcessor):
    def __init__(self, *, size: dict[str, int] = ..., patch_size: int = 14, temporal_patch_size: int = 2, merge_size: int = 2) -> None: ...

class GotOcr2ImageProcessorPil(_ImageProcessor):
    def __init__(self, *, size: dict[str, int] = ..., crop_to_patches: bool = False, max_patches: int = 12) -> None: ...
