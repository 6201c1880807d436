"""What the classes share: how they are made, and how they say what isn't there."""

from __future__ import annotations

from collections.abc import Mapping

from examples.vlm.protocol import Backend, BackendConfig, SupportsLlm
from typed_registry.huggingface import HfConfig

__all__ = ["NativeVision", "NotBuiltError", "NotInExampleError", "VlmBase"]


class NotInExampleError(NotImplementedError):
    """What a class would need is no part of this example."""


class NotBuiltError(RuntimeError):
    """A step was left out: what it builds is needed now."""


class VlmBase:
    """How every model of this example is made. That builds nothing yet.

    Args:
        model_path: The folder of the model.
        hf_config: Its config, which is what it was chosen by.
        backend: The engine that will run the language model.
        with_llm: Whether `build_model` makes the language model too.
        backend_config: Where and how the vision part runs.
    """

    def __init__(
        self,
        model_path: str,
        hf_config: HfConfig,
        *,
        backend: Backend,
        with_llm: bool = False,
        backend_config: BackendConfig | None = None,
    ) -> None:
        if with_llm and not isinstance(self, SupportsLlm):
            raise NotInExampleError(f"{type(self).__name__} can't hold its language model")
        self.model_path = model_path
        self.hf_config = hf_config
        self.backend = backend
        self.with_llm = with_llm
        self.backend_config = backend_config or BackendConfig()


class NativeVision(VlmBase):
    """A model whose vision part TurboMind runs by itself."""

    def native_vision_config(self) -> Mapping[str, object]:
        """The part of the config by which TurboMind makes the vision part."""
        config: Mapping[str, object] = (self.hf_config.model_extra or {}).get("vision_config") or {}
        return config
