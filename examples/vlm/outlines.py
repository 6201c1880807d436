"""The classes whose code isn't part of this example: which configs they take and what they can do is, in `entries.py`."""

from __future__ import annotations

from typing import NoReturn

from examples.vlm.base import NativeVision, NotInExampleError, VlmBase
from examples.vlm.protocol import Features, Message, PreparedMessage

__all__ = [
    "CogVLMVisionModel",
    "DeepSeek2VisionModel",
    "DeepSeekVisionModel",
    "GLM4VisionModel",
    "GLM4_1_VisionModel",
    "Gemma3VisionModel",
    "InternS1ProVisionModel",
    "InternVLVisionModel",
    "LLama4VisionModel",
    "LlavaNextVisionModel",
    "LlavaVisionModel",
    "MiniCPMVModel",
    "MolmoVisionModel",
    "Phi3VisionModel",
    "Qwen3OmniModel",
    "Qwen3VLModel",
    "Qwen3_5Model",
]


class _Outline(VlmBase):
    @property
    def processor(self) -> None:
        """There is none."""

    def build_preprocessor(self) -> None:
        """Nothing: the first step that needs code of the model says that there is none."""

    def build_model(self) -> None:
        """Say that the code of this model isn't part of the example."""
        self._refuse("build_model")

    def preprocess(self, messages: list[Message]) -> list[PreparedMessage]:
        """Say that the code of this model isn't part of the example."""
        self._refuse("preprocess")

    def forward(self, messages: list[PreparedMessage]) -> list[Features]:
        """Say that the code of this model isn't part of the example."""
        self._refuse("forward")

    def _refuse(self, step: str) -> NoReturn:
        raise NotInExampleError(
            f"{type(self).__name__}.{step}: the code that works with this model's weights is not part of the example; "
            "complete are LlavaHfVisionModel, Qwen2VLModel and InternVL3VisionModel"
        )


class _OutlineWithLlm(_Outline):
    def language_model(self) -> object:
        """Say that the code of this model isn't part of the example."""
        self._refuse("language_model")


class CogVLMVisionModel(_OutlineWithLlm):
    """CogVLM and CogVLM2."""


class DeepSeekVisionModel(_OutlineWithLlm):
    """DeepSeek-VL."""


class DeepSeek2VisionModel(_Outline):
    """DeepSeek-VL2."""


class Gemma3VisionModel(_Outline):
    """Gemma 3."""


class GLM4_1_VisionModel(_Outline):  # noqa: N801 - LMDeploy's name
    """GLM-4.1V."""


class GLM4VisionModel(_OutlineWithLlm):
    """GLM-4V."""


class Qwen3VLModel(_Outline):
    """Qwen3-VL, dense and mixture of experts."""


class InternS1ProVisionModel(_Outline):
    """Intern-S1-Pro."""


class InternVLVisionModel(_OutlineWithLlm, NativeVision):
    """InternVL in its own format, up to 3.5."""


class LLama4VisionModel(_Outline):
    """Llama 4."""


class LlavaVisionModel(_OutlineWithLlm):
    """LLaVA in its own format."""


class LlavaNextVisionModel(_OutlineWithLlm):
    """LLaVA-NeXT."""


class MiniCPMVModel(_OutlineWithLlm):
    """MiniCPM-V 2.5 and 2.6."""


class MolmoVisionModel(_OutlineWithLlm):
    """Molmo."""


class Phi3VisionModel(_OutlineWithLlm):
    """Phi-3-vision and Phi-3.5-vision."""


class Qwen3_5Model(_OutlineWithLlm, NativeVision):  # noqa: N801 - LMDeploy's name
    """Qwen3.5, and Intern-S2, which is built on it."""


class Qwen3OmniModel(_Outline):
    """Qwen3-Omni."""
