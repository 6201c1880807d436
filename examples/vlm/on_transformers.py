"""What the complete classes share: transformers' own image processor before its own network.

The network is made from the config, and its weights are random: this example downloads nothing, so there are none to read.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import torch
from numpy.typing import NDArray

from examples.vlm.base import NotBuiltError, VlmBase
from examples.vlm.protocol import Features, Image, ImageProcessor, Message, PreparedImage, PreparedMessage

__all__ = ["Network", "TransformersVlm", "WithLlm"]


class ImageOutputs(Protocol):
    """What comes out of a vision part."""

    @property
    def pooler_output(self) -> Iterable[torch.Tensor]:
        """The features of each image or tile, in the size of the language model."""
        ...


class Network(Protocol):
    """One of transformers' vision-language models, of which the vision part is used."""

    language_model: torch.nn.Module

    def get_image_features(self, **inputs: torch.Tensor) -> ImageOutputs:
        """Run the vision part, up to what the language model reads."""
        ...

    def init_weights(self) -> None:
        """Fill the weights anew."""
        ...

    def to_empty(self, *, device: str) -> Self:
        """Give memory to weights that have none."""
        ...

    def to(self, device: str, dtype: torch.dtype) -> Self:
        """Move the weights."""
        ...

    def eval(self) -> Self:
        """Leave out what only training does."""
        ...


class TransformersVlm(VlmBase, ABC):
    """A model on transformers and torch; the classes below it say which image processor and which network."""

    INPUTS: ClassVar[tuple[str, ...]] = ("pixel_values",)

    _processor: ImageProcessor | None = None
    _network: Network | None = None

    @abstractmethod
    def new_processor(self, folder: Path, *, has_settings: bool) -> ImageProcessor:
        """The image processor: by the settings that the folder has for it, or else by the config."""

    @abstractmethod
    def new_network(self) -> Network:
        """The network that the config describes, its language model included."""

    @abstractmethod
    def token_count(self, arrays: Mapping[str, NDArray[Any]]) -> int:
        """How many places of the prompt an image fills."""

    @property
    def processor(self) -> ImageProcessor | None:
        """The image processor; None before `build_preprocessor`."""
        return self._processor

    @property
    def network(self) -> Network:
        """The network.

        Raises:
            NotBuiltError: Before `build_model`.
        """
        if self._network is None:
            raise NotBuiltError(f"{type(self).__name__}: call build_model() first")
        return self._network

    def build_preprocessor(self) -> None:
        """Make the image processor."""
        path = Path(self.model_path)
        folder = path if path.is_dir() else path.parent
        self._processor = self.new_processor(folder, has_settings=(folder / "preprocessor_config.json").is_file())

    def build_model(self) -> None:
        """Make the network: without its language model, unless the model was made with it."""
        device, dtype = self.backend_config.device, getattr(torch, self.backend_config.dtype)
        if self.with_llm:
            network = self.new_network()
        else:
            with torch.device("meta"):  # a language model of some billions of weights takes no memory there
                network = self.new_network()
            del network.language_model
            network.to_empty(device=device)
            network.init_weights()
        self._network = network.to(device, dtype).eval()

    def preprocess(self, messages: list[Message]) -> list[PreparedMessage]:
        """The messages with their images prepared.

        Raises:
            NotBuiltError: Before `build_preprocessor`.
        """
        return [
            PreparedMessage(role=message["role"], content=message["content"], images=list(map(self._prepared, _images(message))))
            for message in messages
        ]

    def forward(self, messages: list[PreparedMessage]) -> list[Features]:
        """The features of each image of these messages, in their order.

        Raises:
            NotBuiltError: Before `build_model`.
        """
        return [self._features(image) for message in messages for image in message["images"]]

    def _prepared(self, image: Image) -> PreparedImage:
        if self._processor is None:
            raise NotBuiltError(f"{type(self).__name__}: call build_preprocessor() first")
        made = self._processor([image], return_tensors="np")
        arrays = {name: made[name] for name in self.INPUTS}
        return PreparedImage(self.token_count(arrays), arrays)

    def _features(self, image: PreparedImage) -> Features:
        with torch.inference_mode():
            outputs = self.network.get_image_features(**{name: self._tensor(array) for name, array in image.arrays.items()})
            return torch.cat(tuple(outputs.pooler_output)).float().cpu().numpy()

    def _tensor(self, array: NDArray[Any]) -> torch.Tensor:
        tensor = torch.from_numpy(array).to(self.backend_config.device)
        return tensor.to(getattr(torch, self.backend_config.dtype)) if tensor.is_floating_point() else tensor


class WithLlm(TransformersVlm):
    """A model that can hold its language model too."""

    def language_model(self) -> object:
        """The language model.

        Raises:
            NotBuiltError: Before `build_model`, or the model was made without it.
        """
        if not self.with_llm:
            raise NotBuiltError(f"{type(self).__name__} was made without its language model: with_llm is False")
        return self.network.language_model


def _images(message: Message) -> list[Image]:
    content = message["content"]
    return [] if isinstance(content, str) else [part["image"] for part in content if part["type"] == "image"]
