# Written by `typed-registry stubs` from registry 'vlm' of examples.vlm.protocol. Don't edit it: run that again.
# fmt: off
# isort: skip_file
# ruff: noqa
# ruff: noqa: PGH004
# pyright: reportPrivateUsage=false, reportDeprecated=false
"""The components of registry 'vlm', for checkers and editors alone: import it under TYPE_CHECKING."""

from collections.abc import Callable
from examples.vlm.internvl3 import InternVL3VisionModel as _InternVL3VisionModel
from examples.vlm.llava_hf import LlavaHfVisionModel as _LlavaHfVisionModel
from examples.vlm.outlines import (
    CogVLMVisionModel as _CogVLMVisionModel,
    DeepSeek2VisionModel as _DeepSeek2VisionModel,
    DeepSeekVisionModel as _DeepSeekVisionModel,
    GLM4VisionModel as _GLM4VisionModel,
    GLM4_1_VisionModel as _GLM4_1_VisionModel,
    Gemma3VisionModel as _Gemma3VisionModel,
    InternS1ProVisionModel as _InternS1ProVisionModel,
    InternVLVisionModel as _InternVLVisionModel,
    LLama4VisionModel as _LLama4VisionModel,
    LlavaNextVisionModel as _LlavaNextVisionModel,
    LlavaVisionModel as _LlavaVisionModel,
    MiniCPMVModel as _MiniCPMVModel,
    MolmoVisionModel as _MolmoVisionModel,
    Phi3VisionModel as _Phi3VisionModel,
    Qwen3OmniModel as _Qwen3OmniModel,
    Qwen3VLModel as _Qwen3VLModel,
    Qwen3_5Model as _Qwen3_5Model,
)
from examples.vlm.protocol import (
    Backend as _Backend,
    BackendConfig as _BackendConfig,
    VlmModel as _VlmModel,
)
from examples.vlm.qwen2_vl import Qwen2VLModel as _Qwen2VLModel
from typed_registry import BuildSpec, Specs
from typed_registry.huggingface import HfConfig as _HfConfig
from typed_registry.typing import Build as _Build
from typing import Literal, NotRequired, TypeAlias, TypedDict, Union

class CogVLMVisionModelConfig(TypedDict):
    """CogVLM and CogVLM2."""

    type: Literal["CogVLMVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class DeepSeek2VisionModelConfig(TypedDict):
    """DeepSeek-VL2."""

    type: Literal["DeepSeek2VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class DeepSeekVisionModelConfig(TypedDict):
    """DeepSeek-VL."""

    type: Literal["DeepSeekVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Gemma3VisionModelConfig(TypedDict):
    """Gemma 3."""

    type: Literal["Gemma3VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class GLM41VisionModelConfig(TypedDict):
    """GLM-4.1V."""

    type: Literal["GLM4_1_VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class GLM4VisionModelConfig(TypedDict):
    """GLM-4V."""

    type: Literal["GLM4VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class InternS1ProVisionModelConfig(TypedDict):
    """Intern-S1-Pro."""

    type: Literal["InternS1ProVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class InternVL3VisionModelConfig(TypedDict):
    """InternVL3; an image is as many square tiles as fit its proportions, and the whole of it once more."""

    type: Literal["InternVL3VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class InternVLVisionModelConfig(TypedDict):
    """InternVL in its own format, up to 3.5."""

    type: Literal["InternVLVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class LLama4VisionModelConfig(TypedDict):
    """Llama 4."""

    type: Literal["LLama4VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class LlavaHfVisionModelConfig(TypedDict):
    """LLaVA 1.5; each image is one square."""

    type: Literal["LlavaHfVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class LlavaNextVisionModelConfig(TypedDict):
    """LLaVA-NeXT."""

    type: Literal["LlavaNextVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class LlavaVisionModelConfig(TypedDict):
    """LLaVA in its own format."""

    type: Literal["LlavaVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class MiniCPMVModelConfig(TypedDict):
    """MiniCPM-V 2.5 and 2.6."""

    type: Literal["MiniCPMVModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class MolmoVisionModelConfig(TypedDict):
    """Molmo."""

    type: Literal["MolmoVisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Phi3VisionModelConfig(TypedDict):
    """Phi-3-vision and Phi-3.5-vision."""

    type: Literal["Phi3VisionModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Qwen2VLModelConfig(TypedDict):
    """Qwen2-VL and Qwen2.5-VL; an image keeps its proportions, and fills the more of the prompt the larger it is."""

    type: Literal["Qwen2VLModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Qwen35ModelConfig(TypedDict):
    """Qwen3.5, and Intern-S2, which is built on it."""

    type: Literal["Qwen3_5Model"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Qwen3OmniModelConfig(TypedDict):
    """Qwen3-Omni."""

    type: Literal["Qwen3OmniModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

class Qwen3VLModelConfig(TypedDict):
    """Qwen3-VL, dense and mixture of experts."""

    type: Literal["Qwen3VLModel"]
    model_path: str
    """The folder of the model."""
    hf_config: _HfConfig
    """Its config, which is what it was chosen by."""
    backend: _Backend
    """The engine that will run the language model."""
    with_llm: NotRequired[bool]
    """Whether `build_model` makes the language model too. Default: False."""
    backend_config: NotRequired[_BackendConfig | None]
    """Where and how the vision part runs. Default: None."""

VlmConfig: TypeAlias = Union[
    CogVLMVisionModelConfig,
    DeepSeek2VisionModelConfig,
    DeepSeekVisionModelConfig,
    Gemma3VisionModelConfig,
    GLM41VisionModelConfig,
    GLM4VisionModelConfig,
    InternS1ProVisionModelConfig,
    InternVL3VisionModelConfig,
    InternVLVisionModelConfig,
    LLama4VisionModelConfig,
    LlavaHfVisionModelConfig,
    LlavaNextVisionModelConfig,
    LlavaVisionModelConfig,
    MiniCPMVModelConfig,
    MolmoVisionModelConfig,
    Phi3VisionModelConfig,
    Qwen2VLModelConfig,
    Qwen35ModelConfig,
    Qwen3OmniModelConfig,
    Qwen3VLModelConfig,
]

class VlmSpecs(Specs[VlmConfig]):
    """Each component of registry 'vlm', as a spec."""

    __build__: _Build[_VlmModel, VlmConfig]

    def CogVLMVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_CogVLMVisionModel]:
        """CogVLM and CogVLM2.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def DeepSeek2VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_DeepSeek2VisionModel]:
        """DeepSeek-VL2.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def DeepSeekVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_DeepSeekVisionModel]:
        """DeepSeek-VL.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Gemma3VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Gemma3VisionModel]:
        """Gemma 3.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def GLM4_1_VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_GLM4_1_VisionModel]:
        """GLM-4.1V.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def GLM4VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_GLM4VisionModel]:
        """GLM-4V.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def InternS1ProVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_InternS1ProVisionModel]:
        """Intern-S1-Pro.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def InternVL3VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_InternVL3VisionModel]:
        """InternVL3; an image is as many square tiles as fit its proportions, and the whole of it once more.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def InternVLVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_InternVLVisionModel]:
        """InternVL in its own format, up to 3.5.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def LLama4VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_LLama4VisionModel]:
        """Llama 4.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def LlavaHfVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_LlavaHfVisionModel]:
        """LLaVA 1.5; each image is one square.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def LlavaNextVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_LlavaNextVisionModel]:
        """LLaVA-NeXT.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def LlavaVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_LlavaVisionModel]:
        """LLaVA in its own format.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def MiniCPMVModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_MiniCPMVModel]:
        """MiniCPM-V 2.5 and 2.6.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def MolmoVisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_MolmoVisionModel]:
        """Molmo.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Phi3VisionModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Phi3VisionModel]:
        """Phi-3-vision and Phi-3.5-vision.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Qwen2VLModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Qwen2VLModel]:
        """Qwen2-VL and Qwen2.5-VL; an image keeps its proportions, and fills the more of the prompt the larger it is.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Qwen3_5Model(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Qwen3_5Model]:
        """Qwen3.5, and Intern-S2, which is built on it.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Qwen3OmniModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Qwen3OmniModel]:
        """Qwen3-Omni.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

    def Qwen3VLModel(
        self,
        *,
        model_path: str,
        hf_config: _HfConfig,
        backend: _Backend,
        with_llm: bool = False,
        backend_config: _BackendConfig | None = None,
    ) -> BuildSpec[_Qwen3VLModel]:
        """Qwen3-VL, dense and mixture of experts.

        Args:
            model_path: The folder of the model.
            hf_config: Its config, which is what it was chosen by.
            backend: The engine that will run the language model.
            with_llm: Whether `build_model` makes the language model too. Default: False.
            backend_config: Where and how the vision part runs. Default: None.
        """
        ...

# Checkers see here that each lazy target is there, and makes what it should.
_lazy_targets: list[Callable[..., _VlmModel]] = [
    _CogVLMVisionModel,
    _DeepSeek2VisionModel,
    _DeepSeekVisionModel,
    _Gemma3VisionModel,
    _GLM4_1_VisionModel,
    _GLM4VisionModel,
    _InternS1ProVisionModel,
    _InternVL3VisionModel,
    _InternVLVisionModel,
    _LLama4VisionModel,
    _LlavaHfVisionModel,
    _LlavaNextVisionModel,
    _LlavaVisionModel,
    _MiniCPMVModel,
    _MolmoVisionModel,
    _Phi3VisionModel,
    _Qwen2VLModel,
    _Qwen3_5Model,
    _Qwen3OmniModel,
    _Qwen3VLModel,
]
