"""What a vision-language model is to an inference engine: messages, the protocol, what some can do beyond it, and the registry of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict, runtime_checkable

from typed_registry import Registry

if TYPE_CHECKING:  # choosing a class needs nothing but the core, so not NumPy either
    import numpy as np
    from numpy.typing import NDArray
    from vlm_specs import VlmSpecs  # written by `typed-registry stubs` into the folder stubs

__all__ = [
    "VISION",
    "Backend",
    "BackendConfig",
    "Features",
    "Image",
    "ImagePart",
    "ImageProcessor",
    "Message",
    "Part",
    "PreparedImage",
    "PreparedMessage",
    "SupportsLlm",
    "SupportsNativeVision",
    "TextPart",
    "VlmModel",
]

Image: TypeAlias = "NDArray[np.uint8]"
Features: TypeAlias = "NDArray[np.float32]"
Backend: TypeAlias = Literal["pytorch", "turbomind"]


@dataclass(frozen=True)
class BackendConfig:
    """Where and how the vision part runs, as far as it isn't the engine that runs it.

    Args:
        device: What torch calls the device.
        dtype: The type of the weights.
    """

    device: str = "cpu"
    dtype: Literal["float32", "float16", "bfloat16"] = "float32"


class TextPart(TypedDict):
    """A piece of text in a message."""

    type: Literal["text"]
    text: str


class ImagePart(TypedDict):
    """An image in a message: an array of shape (height, width, 3), RGB, values from 0 to 255."""

    type: Literal["image"]
    image: Image


Part: TypeAlias = TextPart | ImagePart


class Message(TypedDict):
    """What one side says in a chat."""

    role: Literal["system", "user", "assistant"]
    content: str | list[Part]


@dataclass(frozen=True)
class PreparedImage:
    """An image as the vision part of a model takes it.

    Args:
        tokens: How many places of the prompt it fills: so many rows its features have.
        arrays: What the vision part is called with, by name.
    """

    tokens: int
    arrays: Mapping[str, NDArray[Any]]


class PreparedMessage(Message):
    """A message and its images, prepared, in their order."""

    images: list[PreparedImage]


class ImageProcessor(Protocol):
    """Makes arrays of images: how transformers' image processors are called."""

    def __call__(self, images: list[Image], *, return_tensors: Literal["np"]) -> Mapping[str, NDArray[Any]]:
        """The arrays of these images, by name."""
        ...


class VlmModel(Protocol):
    """The part of a vision-language model that turns the images of a chat into what its language model reads."""

    @property
    def processor(self) -> ImageProcessor | None:
        """What prepares an image; None before `build_preprocessor`."""
        ...

    def build_preprocessor(self) -> None:
        """Make what `preprocess` needs. It is cheap, and every engine needs it."""
        ...

    def build_model(self) -> None:
        """Make what `forward` needs: the vision part, and the language model too if the model was made with it."""
        ...

    def preprocess(self, messages: list[Message]) -> list[PreparedMessage]:
        """The messages with their images prepared."""
        ...

    def forward(self, messages: list[PreparedMessage]) -> list[Features]:
        """The features of each image of these messages, in their order: arrays of shape (tokens, size of the language model)."""
        ...


@runtime_checkable
class SupportsLlm(Protocol):
    """A model that can hold its language model too, which quantization calibrates. Its entry has the tag `with-llm`."""

    def language_model(self) -> object:
        """The language model, there once `build_model` has run."""
        ...


@runtime_checkable
class SupportsNativeVision(Protocol):
    """A model whose vision part TurboMind runs by itself. Its entry has the tag `native-vision`."""

    def native_vision_config(self) -> Mapping[str, object]:
        """The part of the config by which TurboMind makes the vision part."""
        ...


VISION: Registry[VlmModel, VlmSpecs] = Registry("vlm", VlmModel)
