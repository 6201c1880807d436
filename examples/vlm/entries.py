"""LMDeploy's table: which class takes which configs, and what it can do. Nothing here imports a model's code.

The tags: `pytorch` and `turbomind` are the engines that a class works with; `with-llm` and `native-vision` say that it is a `SupportsLlm`
or a `SupportsNativeVision`. Where TurboMind doesn't run the vision part by itself it needs what `build_model` makes: a class that has no
such method in LMDeploy has neither `turbomind` nor `with-llm` here.
"""

from __future__ import annotations

from examples.vlm.protocol import VISION
from typed_registry import Match

__all__ = ["VISION"]

PYTORCH = frozenset({"pytorch"})
BUILT = frozenset({"pytorch", "turbomind", "with-llm"})
NATIVE = frozenset({"pytorch", "turbomind", "native-vision"})

EXTRA = "typed-registry[vlm]"
TORCH = ("torch", "transformers", "PIL", "numpy")

VISION.register_lazy(
    "CogVLMVisionModel", "examples.vlm.outlines:CogVLMVisionModel", match=Match(architectures={"CogVLMForCausalLM"}), tags=BUILT
)
# Janus has the same architecture; it also draws, for which it has that head
VISION.register_lazy(
    "DeepSeekVisionModel",
    "examples.vlm.outlines:DeepSeekVisionModel",
    match=Match(architectures={"MultiModalityCausalLM"}, lacks={"gen_head_config"}),
    tags=BUILT,
)
# its config names no architecture of its own; DeepSeek-OCR's does, and has the same language model
VISION.register_lazy(
    "DeepSeek2VisionModel",
    "examples.vlm.outlines:DeepSeek2VisionModel",
    match=Match(
        architectures={"DeepseekV2ForCausalLM"}, has={"vision_config"}, where={"language_config.architectures.0": {"DeepseekV2ForCausalLM"}}
    ),
    tags=PYTORCH,
)
VISION.register_lazy(
    "Gemma3VisionModel",
    "examples.vlm.outlines:Gemma3VisionModel",
    match=Match(architectures={"Gemma3ForConditionalGeneration"}),
    tags=PYTORCH,
)
VISION.register_lazy(
    "GLM4_1_VisionModel",
    "examples.vlm.outlines:GLM4_1_VisionModel",
    match=Match(architectures={"Glm4vForConditionalGeneration"}, has={"vision_config"}),
    tags=PYTORCH,
)
# the same architectures are text models where there is no vision_config
VISION.register_lazy(
    "GLM4VisionModel",
    "examples.vlm.outlines:GLM4VisionModel",
    match=Match(architectures={"ChatGLMModel", "ChatGLMForConditionalGeneration"}, has={"vision_config"}),
    tags=BUILT,
)
VISION.register_lazy(
    "Qwen3VLModel",
    "examples.vlm.outlines:Qwen3VLModel",
    match=Match(architectures={"Qwen3VLForConditionalGeneration", "Qwen3VLMoeForConditionalGeneration"}),
    tags=PYTORCH,
)
VISION.register_lazy(
    "InternS1ProVisionModel",
    "examples.vlm.outlines:InternS1ProVisionModel",
    match=Match(architectures={"InternS1_1_ForConditionalGeneration", "InternS1ProForConditionalGeneration"}),
    tags=PYTORCH,
)
VISION.register_lazy(
    "InternVLVisionModel",
    "examples.vlm.outlines:InternVLVisionModel",
    match=Match(architectures={"InternVLChatModel"}),
    tags=BUILT | NATIVE,
)
VISION.register_lazy(
    "InternVL3VisionModel",
    "examples.vlm.internvl3:InternVL3VisionModel",
    match=Match(architectures={"InternVLForConditionalGeneration", "InternS1ForConditionalGeneration"}),
    tags=NATIVE,
    requires=TORCH,
    extra=EXTRA,
)
VISION.register_lazy(
    "LLama4VisionModel",
    "examples.vlm.outlines:LLama4VisionModel",
    match=Match(architectures={"Llama4ForConditionalGeneration"}),
    tags=PYTORCH,
)
VISION.register_lazy(
    "LlavaHfVisionModel",
    "examples.vlm.llava_hf:LlavaHfVisionModel",
    match=Match(architectures={"LlavaForConditionalGeneration"}),
    tags=BUILT,
    requires=TORCH,
    extra=EXTRA,
)
VISION.register_lazy(
    "LlavaVisionModel",
    "examples.vlm.outlines:LlavaVisionModel",
    match=Match(architectures={"LlavaLlamaForCausalLM", "LlavaMistralForCausalLM"}),
    tags=BUILT,
)
VISION.register_lazy(
    "LlavaNextVisionModel",
    "examples.vlm.outlines:LlavaNextVisionModel",
    match=Match(architectures={"LlavaNextForConditionalGeneration"}),
    tags=BUILT,
)
# other versions share the architecture and work otherwise
VISION.register_lazy(
    "MiniCPMVModel",
    "examples.vlm.outlines:MiniCPMVModel",
    match=Match(architectures={"MiniCPMV"}, where={"version": {2.5, 2.6}}),
    tags=BUILT,
)
VISION.register_lazy(
    "MolmoVisionModel", "examples.vlm.outlines:MolmoVisionModel", match=Match(architectures={"MolmoForCausalLM"}), tags=BUILT
)
VISION.register_lazy(
    "Phi3VisionModel", "examples.vlm.outlines:Phi3VisionModel", match=Match(architectures={"Phi3VForCausalLM"}), tags=BUILT
)
VISION.register_lazy(
    "Qwen2VLModel",
    "examples.vlm.qwen2_vl:Qwen2VLModel",
    match=Match(architectures={"Qwen2VLForConditionalGeneration", "Qwen2_5_VLForConditionalGeneration"}),
    tags=BUILT | NATIVE,
    requires=TORCH,
    extra=EXTRA,
)
VISION.register_lazy(
    "Qwen3_5Model",
    "examples.vlm.outlines:Qwen3_5Model",
    match=Match(
        architectures={
            "Qwen3_5ForConditionalGeneration",
            "Qwen3_5MoeForConditionalGeneration",
            "InternS2MobiusForConditionalGeneration",
            "InternS2MobiusForCausalLM",
            "InternS2PreviewForConditionalGeneration",
            "InternS2PreviewForCausalLM",
        }
    ),
    tags=BUILT | NATIVE,
)
VISION.register_lazy(
    "Qwen3OmniModel",
    "examples.vlm.outlines:Qwen3OmniModel",
    match=Match(architectures={"Qwen3OmniMoeForConditionalGeneration"}),
    tags=PYTORCH,
)

VISION.removed("MllamaForConditionalGeneration", hint="use a release of LMDeploy that still has Llama 3.2 Vision, or Llama 4")
VISION.removed("QWenLMHeadModel", hint="use Qwen2-VL or a later one instead of Qwen-VL")
VISION.removed("InternLMXComposer2ForCausalLM", hint="use InternVL instead of InternLM-XComposer2")
