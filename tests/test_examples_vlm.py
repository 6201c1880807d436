"""The example: LMDeploy's loader of vision-language models, its table as data, three of its classes on real networks."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import json
import random
import runpy
import subprocess
import sys
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple, get_args

import numpy as np
import pytest
import skimage.data

from examples.vlm import VISION, load_vl_model
from examples.vlm.__main__ import main
from examples.vlm.base import NotBuiltError, NotInExampleError
from examples.vlm.protocol import Backend, BackendConfig, Features, Message, SupportsLlm, SupportsNativeVision, VlmModel
from typed_registry import Match, Registry
from typed_registry.dispatch import overlap
from typed_registry.errors import AmbiguousMatchError, ConfigError, LoadError, NoMatchError
from typed_registry.huggingface import HfConfig

ROOT = Path(__file__).parent.parent
REAL_CONFIGS = ROOT.parent / "shared" / "hf_configs"
MISSING = [name for name in ("torch", "transformers") if importlib.util.find_spec(name) is None]
needs_torch = pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed: pip install 'typed-registry[vlm]'")
without_torch = pytest.mark.skipif(not MISSING, reason="torch and transformers are installed")

# What LMDeploy's table says: the architectures of each class, whether it holds the language model, whether TurboMind sees by itself.
TABLE: dict[str, tuple[str, str]] = {
    "CogVLMVisionModel": ("CogVLMForCausalLM", "llm"),
    "DeepSeekVisionModel": ("MultiModalityCausalLM", "llm"),
    "DeepSeek2VisionModel": ("DeepseekV2ForCausalLM", ""),
    "Gemma3VisionModel": ("Gemma3ForConditionalGeneration", ""),
    "GLM4_1_VisionModel": ("Glm4vForConditionalGeneration", ""),
    "GLM4VisionModel": ("ChatGLMModel ChatGLMForConditionalGeneration", "llm"),
    "Qwen3VLModel": ("Qwen3VLForConditionalGeneration Qwen3VLMoeForConditionalGeneration", ""),
    "InternS1ProVisionModel": ("InternS1_1_ForConditionalGeneration InternS1ProForConditionalGeneration", ""),
    "InternVLVisionModel": ("InternVLChatModel", "llm native"),
    "InternVL3VisionModel": ("InternVLForConditionalGeneration InternS1ForConditionalGeneration", "native"),
    "LLama4VisionModel": ("Llama4ForConditionalGeneration", ""),
    "LlavaHfVisionModel": ("LlavaForConditionalGeneration", "llm"),
    "LlavaVisionModel": ("LlavaLlamaForCausalLM LlavaMistralForCausalLM", "llm"),
    "LlavaNextVisionModel": ("LlavaNextForConditionalGeneration", "llm"),
    "MiniCPMVModel": ("MiniCPMV", "llm"),
    "MolmoVisionModel": ("MolmoForCausalLM", "llm"),
    "Phi3VisionModel": ("Phi3VForCausalLM", "llm"),
    "Qwen2VLModel": ("Qwen2VLForConditionalGeneration Qwen2_5_VLForConditionalGeneration", "llm native"),
    "Qwen3_5Model": (
        """Qwen3_5ForConditionalGeneration Qwen3_5MoeForConditionalGeneration InternS2MobiusForConditionalGeneration
        InternS2MobiusForCausalLM InternS2PreviewForConditionalGeneration InternS2PreviewForCausalLM""",
        "llm native",
    ),
    "Qwen3OmniModel": ("Qwen3OmniMoeForConditionalGeneration", ""),
}
REAL = {"LlavaHfVisionModel", "Qwen2VLModel", "InternVL3VisionModel"}
# What beside the architecture makes a config one of a class, where the architecture isn't enough.
BESIDE: dict[str, dict[str, object]] = {
    "DeepSeek2VisionModel": {"architectures": None, "vision_config": {}, "language_config": {"architectures": ["DeepseekV2ForCausalLM"]}},
    "GLM4_1_VisionModel": {"vision_config": {}},
    "GLM4VisionModel": {"vision_config": {}},
    "MiniCPMVModel": {"version": 2.6},
}
ROWS = [(name, architecture) for name, (architectures, _) in TABLE.items() for architecture in architectures.split()]
RIGHT = {
    "internvl2-2b": "InternVLVisionModel",
    "qwen2-vl-2b": "Qwen2VLModel",
    "minicpm-v-2_6": "MiniCPMVModel",
    "minicpm-v-4": None,
    "glm-4v-9b": "GLM4VisionModel",
    "deepseek-ocr": None,
    "llava-1.5-7b-hf": "LlavaHfVisionModel",
    "llava-v1.5-13b": "LlavaVisionModel",
    "gemma-3": "Gemma3VisionModel",
    "llama-3.2-vision": None,
    "molmo-7b-d-0924": "MolmoVisionModel",
    "phi-3.5-vision": "Phi3VisionModel",
    "qwen3-vl-moe-default": "Qwen3VLModel",
    "janus-hf-default": None,
}

# Modelled on the published files, cut to what tells them apart.
DEEPSEEK_VL = {"architectures": ["MultiModalityCausalLM"], "model_type": "multi_modality", "language_config": {"model_type": "llama"}}
JANUS = {**DEEPSEEK_VL, "gen_head_config": {"cls": "vision_head"}, "gen_vision_config": {"cls": "VQ-16"}}
DEEPSEEK_VL2: dict[str, object] = {
    "model_type": "deepseek_vl_v2",
    "language_config": {"architectures": ["DeepseekV2ForCausalLM"], "auto_map": {"AutoModel": "modeling_deepseek.DeepseekV2Model"}},
    "vision_config": {"model_type": "vision"},
}
CHATGLM: dict[str, object] = {"architectures": ["ChatGLMModel"], "model_type": "chatglm", "num_layers": 28}
OWN: list[tuple[str, Mapping[str, object], str | None]] = [
    ("DeepSeek-VL", DEEPSEEK_VL, "DeepSeekVisionModel"),
    ("Janus", JANUS, None),
    ("Janus in transformers' format", {"architectures": ["JanusForConditionalGeneration"], "vq_config": {}}, None),
    ("DeepSeek-VL2", DEEPSEEK_VL2, "DeepSeek2VisionModel"),
    ("DeepSeek-VL2 with a null", {**DEEPSEEK_VL2, "architectures": None}, "DeepSeek2VisionModel"),
    ("DeepSeek-VL2 with an empty list", {**DEEPSEEK_VL2, "architectures": []}, "DeepSeek2VisionModel"),
    ("DeepSeek-OCR", {**DEEPSEEK_VL2, "architectures": ["DeepseekOCRForCausalLM"]}, None),
    ("DeepSeek-V2, a text model", {"architectures": ["DeepseekV2ForCausalLM"], "model_type": "deepseek_v2"}, None),
    ("ChatGLM, a text model", CHATGLM, None),
    ("GLM-4V", {**CHATGLM, "vision_config": {}}, "GLM4VisionModel"),
    ("GLM-4V with a null", {**CHATGLM, "vision_config": None}, None),
    ("GLM-4.1V without a vision part", {"architectures": ["Glm4vForConditionalGeneration"]}, None),
    ("MiniCPM-V 2.0", {"architectures": ["MiniCPMV"]}, None),
    ("MiniCPM-V 2.5", {"architectures": ["MiniCPMV"], "version": 2.5}, "MiniCPMVModel"),
    ("MiniCPM-V 2.6", {"architectures": ["MiniCPMV"], "version": 2.6}, "MiniCPMVModel"),
    ("MiniCPM-V 4.5", {"architectures": ["MiniCPMV"], "version": 4.5}, None),
    ("MiniCPM, of which only a part is the name", {"architectures": ["MiniCPM"], "version": 2.6}, None),
    ("only a repository's own code", {"auto_map": {"AutoModelForCausalLM": "config_molmo.MolmoForCausalLM"}}, "MolmoVisionModel"),
    ("nothing", {}, None),
    ("architectures that are a text", {"architectures": "LlavaForConditionalGeneration"}, None),
]


def typical(name: str, architecture: str) -> dict[str, object]:
    """The smallest config that a class takes."""
    return {"architectures": [architecture], **BESIDE.get(name, {})}


class Recorded(NamedTuple):
    """What the table registers under one name."""

    name: str
    target: str
    options: dict[str, Any]

    @property
    def rule(self) -> Match[Any]:
        rule: Match[Any] = self.options["match"]
        return rule


@pytest.fixture(scope="module")
def recorded() -> list[Recorded]:
    """The lines of the table, as they are registered."""
    lines: list[Recorded] = []

    class Recorder(Registry[VlmModel]):
        def register_lazy(self, name: str, target: str, /, **options: Any) -> None:
            lines.append(Recorded(name, target, options))

    protocol = importlib.import_module("examples.vlm.protocol")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "VISION", Recorder("recorder", VlmModel))
        runpy.run_path(str(ROOT / "examples" / "vlm" / "entries.py"))
    return lines


def matched(config: object, registry: Registry[VlmModel] = VISION) -> str | None:
    """The entry that takes a config."""
    entry = registry.try_match(config)
    return None if entry is None else entry.name


def folder(path: Path, config: Mapping[str, object], **others: object) -> Path:
    """A model's folder: its config, and other files by the stem of their name."""
    path.mkdir(exist_ok=True)
    for stem, content in {"config": config, **others}.items():
        (path / f"{stem}.json").write_text(json.dumps(content))
    return path


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in a process of its own, at the root."""
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=ROOT)


class TestTable:
    def test_has_the_classes_of_lmdeploy(self) -> None:
        """All 20, under the names of their classes."""
        assert {name: entry.target.partition(":")[2] for name, entry in VISION.items()} == {name: name for name in TABLE}

    def test_names_each_architecture_once(self, recorded: list[Recorded]) -> None:
        """The 31 architectures of the table, each at its class."""
        named = {line.name: set(line.rule.architectures) for line in recorded}
        assert named == {name: set(architectures.split()) for name, (architectures, _) in TABLE.items()}
        assert len(ROWS) == 31

    def test_all_pairs_are_proved_disjoint(self, recorded: list[Recorded]) -> None:
        """Of the 190 pairs of rules none can take the same config, and none needs a predicate for that."""
        pairs = list(combinations([line.rule for line in recorded], 2))
        assert len(pairs) == 190
        assert [pair for pair in pairs if overlap(*pair) is not None] == []
        assert [line.name for line in recorded if line.rule.predicate is not None or line.rule.priority or line.rule.fallback] == []

    @pytest.mark.parametrize(("name", "architecture"), ROWS, ids=[architecture for _, architecture in ROWS])
    def test_each_architecture_finds_its_class(self, name: str, architecture: str) -> None:
        """The smallest config of a class is taken by it, and by no other."""
        config = typical(name, architecture)
        assert VISION.match(config).name == name
        assert [each.entry for each in VISION.explain(config) if each.takes] == [name]

    def test_tags_say_what_the_table_says(self) -> None:
        """A class works with TurboMind if it builds its vision part or TurboMind has its own; 12 of 20 can hold the language model."""
        said = {name: "llm " * ("with-llm" in entry.tags) + "native" * ("native-vision" in entry.tags) for name, entry in VISION.items()}
        assert {name: text.strip() for name, text in said.items()} == {name: abilities for name, (_, abilities) in TABLE.items()}
        assert {name for name, entry in VISION.items() if "turbomind" in entry.tags} == {name for name, (_, able) in TABLE.items() if able}
        assert all("pytorch" in entry.tags for entry in VISION.values())

    @pytest.mark.parametrize("name", [pytest.param(name, marks=needs_torch) if name in REAL else name for name in TABLE])
    def test_tags_agree_with_the_classes(self, name: str) -> None:
        """What a tag promises is a protocol that the class satisfies, and the other way round."""
        cls = VISION[name].load()
        assert isinstance(cls, type)
        promised = VISION[name].tags
        assert issubclass(cls, SupportsLlm) == ("with-llm" in promised)
        assert issubclass(cls, SupportsNativeVision) == ("native-vision" in promised)

    def test_keeps_its_promises(self) -> None:
        """Nothing is wrong with what is registered, but that torch may not be installed."""
        problems = [str(problem) for problem in VISION.check()]
        assert [problem for problem in problems if not MISSING or not any(name in problem for name in REAL)] == []


class TestChoosing:
    @pytest.mark.skipif(not REAL_CONFIGS.is_dir(), reason=f"no real configs at {REAL_CONFIGS}")
    @pytest.mark.parametrize(("model", "name"), RIGHT.items(), ids=list(RIGHT))
    def test_real_configs(self, model: str, name: str | None) -> None:
        """The right answer for the configs of 14 models as they are published."""
        assert matched(HfConfig.from_path(REAL_CONFIGS / model)) == name

    @pytest.mark.parametrize(("config", "name"), [(config, name) for _, config, name in OWN], ids=[title for title, _, _ in OWN])
    def test_own_configs(self, config: Mapping[str, object], name: str | None) -> None:
        """What tells near models apart: also as an object, as transformers has it."""
        assert matched(config) == name
        if not isinstance(config.get("architectures"), str):  # which HfConfig refuses
            assert matched(HfConfig.model_validate(config)) == name

    def test_the_order_of_registration_is_nothing(self, recorded: list[Recorded]) -> None:
        """Fifty registries, each filled in another order, give the same answers."""
        configs = [*(typical(*row) for row in ROWS), *(config for _, config, _ in OWN)]
        expected = [matched(config) for config in configs]
        shuffled, chance = list(recorded), random.Random(0)
        for _ in range(50):
            chance.shuffle(shuffled)
            registry: Registry[VlmModel] = Registry("shuffled", VlmModel)
            for line in shuffled:
                registry.register_lazy(line.name, line.target, **line.options)
            assert [matched(config, registry) for config in configs] == expected

    @pytest.mark.parametrize(
        ("config", "said"),
        [
            ({"architectures": ["MiniCPMV"], "version": 4.0}, ["MiniCPMVModel", "version is 4.0, not one of 2.5, 2.6"]),
            (JANUS, ["DeepSeekVisionModel", "gen_head_config is there"]),
            (CHATGLM, ["GLM4VisionModel", "vision_config is not there"]),
            ({"architectures": ["Qwen2VLMForConditionalGeneration"]}, ["Qwen2VLForConditionalGeneration"]),
            ({"architectures": ["MllamaForConditionalGeneration"]}, ["MllamaForConditionalGeneration", "Llama 3.2 Vision"]),
            ({"architectures": ["QWenLMHeadModel"]}, ["use Qwen2-VL"]),
            ({"architectures": ["InternLMXComposer2ForCausalLM"]}, ["use InternVL"]),
        ],
    )
    def test_no_match_is_short_and_names_the_nearest(self, config: Mapping[str, object], said: list[str]) -> None:
        """The error tells the clause that failed, or what became of a class that was removed."""
        with pytest.raises(NoMatchError) as caught:
            VISION.match({**config, "filler": ["a long config"] * 1000})
        assert [part for part in said if part not in str(caught.value)] == []
        assert len(str(caught.value)) < 1000

    def test_a_model_under_anothers_architecture(self, tmp_path: Path) -> None:
        """InternVL's architecture is used by models of other makers: by an override, or with a mark of their own."""
        named_otherwise = folder(tmp_path, {"architectures": ["QianfanOCRForConditionalGeneration"], "vision_config": {}})
        assert matched(HfConfig.from_path(named_otherwise)) is None
        assert matched(HfConfig.from_path(named_otherwise, overrides={"architectures": ["InternVLChatModel"]})) == "InternVLVisionModel"

        marked = {"architectures": ["InternVLChatModel"], "fork_token_id": 7}
        target = "examples.vlm.outlines:InternVLVisionModel"
        with VISION.temporary():
            VISION.register_lazy("Parsing", target, match=Match(architectures={"InternVLChatModel"}, has={"fork_token_id"}, priority=1))
            assert matched(marked) == "Parsing"
            assert matched({"architectures": ["InternVLChatModel"]}) == "InternVLVisionModel"
        with VISION.temporary():
            VISION.register_lazy("Parsing", target, match=Match(architectures={"InternVLChatModel"}, has={"fork_token_id"}))
            with pytest.raises(AmbiguousMatchError, match="Parsing"):
                VISION.match(marked)
        assert matched(marked) == "InternVLVisionModel"


def steps_of(path: Path, backend: Backend, with_llm: bool, *, native: bool = False, failing: str = "") -> list[str]:
    """The steps of loading a model that notes them, one of which may fail."""
    steps: list[str] = []

    def step(name: str) -> None:
        steps.append(name)
        if name == failing:
            raise ZeroDivisionError(name)

    with VISION.temporary():

        @VISION.register(match=Match(architectures={"Noting"}), tags=["pytorch", "turbomind", "with-llm", *["native-vision"] * native])
        class Noting:
            processor = None

            def __init__(
                self, model_path: str, hf_config: HfConfig, backend: str, with_llm: bool, backend_config: BackendConfig | None
            ) -> None:
                step(f"made for {backend}{' with its language model' * with_llm}")

            def build_preprocessor(self) -> None:
                step("preprocessor")

            def build_model(self) -> None:
                step("network")

            def preprocess(self, messages: list[Message]) -> list[Any]:
                return []

            def forward(self, messages: list[Any]) -> list[Features]:
                return []

        load_vl_model(folder(path, {"architectures": ["Noting"]}), backend, with_llm)
    return steps


class TestLoading:
    @pytest.mark.parametrize(
        ("backend", "with_llm", "native", "builds_network"),
        [
            ("pytorch", False, False, False),
            ("pytorch", True, False, True),
            ("turbomind", False, False, True),
            ("turbomind", False, True, False),
            ("turbomind", True, True, True),
        ],
    )
    def test_the_steps(self, tmp_path: Path, backend: Backend, with_llm: bool, native: bool, builds_network: bool) -> None:
        """Make it, build the preprocessor, and the network where the engine has no eyes of its own or the language model is wanted."""
        made = f"made for {backend}{' with its language model' * with_llm}"
        assert steps_of(tmp_path, backend, with_llm, native=native) == [made, "preprocessor", *["network"] * builds_network]

    @pytest.mark.parametrize(
        ("failing", "note"),
        [
            ("made for turbomind", "while making Noting for {path}"),
            ("preprocessor", "while building the preprocessor of Noting for {path}"),
            ("network", "while building the network of Noting for {path}"),
        ],
    )
    def test_a_failing_step_raises_its_own_error(self, tmp_path: Path, failing: str, note: str) -> None:
        """The error of the class's code stays what it is; a note tells the step and the model."""
        with pytest.raises(ZeroDivisionError, match=failing) as caught:
            steps_of(tmp_path, "turbomind", False, failing=failing)
        assert caught.value.__notes__[-1] == note.format(path=tmp_path)

    @pytest.mark.parametrize("name", [name for name in TABLE if name not in REAL])
    @pytest.mark.parametrize("backend", get_args(Backend))
    @pytest.mark.parametrize("with_llm", [False, True])
    def test_each_other_class(self, tmp_path: Path, name: str, backend: Backend, with_llm: bool) -> None:
        """It loads, or can't do what is asked, or says that its code isn't part of the example: never anything else."""
        architectures, able = TABLE[name]
        path = folder(tmp_path, typical(name, architectures.split()[0]))
        if (with_llm and "llm" not in able) or (backend == "turbomind" and not able):
            with pytest.raises(NoMatchError, match="with-llm" if with_llm else "turbomind"):
                load_vl_model(path, backend, with_llm)
        elif with_llm or (backend == "turbomind" and "native" not in able):
            with pytest.raises(NotInExampleError, match=f"{name}.build_model: the code .* not part of the example"):
                load_vl_model(path, backend, with_llm)
        else:
            model = load_vl_model(path, backend, with_llm)
            assert (type(model).__name__, model.processor) == (name, None)
            with pytest.raises(NotInExampleError, match=f"{name}.preprocess: the code .* not part of the example"):
                model.preprocess([])
            with pytest.raises(NotInExampleError, match=f"{name}.forward: the code .* not part of the example"):
                model.forward([])

    def test_a_missing_capability_is_told_before_any_work(self, tmp_path: Path) -> None:
        """Not even the module of the class is imported."""
        path = folder(tmp_path, {"architectures": ["InternVLForConditionalGeneration"]})
        code = f"""
import sys
from examples.vlm import load_vl_model
try:
    load_vl_model({str(path)!r}, "pytorch", with_llm=True)
except LookupError as error:
    print("with-llm" in str(error), [name for name in sys.modules if name in ("torch", "transformers", "numpy", "examples.vlm.internvl3")])
"""
        assert python("-c", code).stdout == "True []\n"

    def test_what_turbomind_sees_by(self, tmp_path: Path) -> None:
        """A model whose vision part TurboMind runs hands it the config of that part."""
        path = folder(tmp_path, {"architectures": ["InternVLChatModel"], "vision_config": {"image_size": 448}})
        model = load_vl_model(path, "turbomind")
        assert isinstance(model, SupportsNativeVision)
        assert model.native_vision_config() == {"image_size": 448}

    @without_torch
    def test_names_the_extra_if_torch_is_missing(self, tmp_path: Path) -> None:
        """One of the complete classes says what to install."""
        with pytest.raises(LoadError, match=r"pip install 'typed-registry\[vlm\]'"):
            load_vl_model(folder(tmp_path, {"architectures": ["LlavaForConditionalGeneration"]}), "pytorch")

    def test_a_folder_without_config(self, tmp_path: Path) -> None:
        """What can't be read isn't taken for a model that has no class."""
        with pytest.raises(FileNotFoundError, match=r"no config\.json"):
            load_vl_model(tmp_path, "pytorch")
        (tmp_path / "config.json").write_text("{")
        with pytest.raises(ConfigError, match=r"config\.json"):
            load_vl_model(tmp_path, "pytorch")


SMALL_TEXT = {
    "model_type": "qwen2",
    "num_hidden_layers": 1,
    "hidden_size": 48,
    "num_attention_heads": 3,
    "num_key_value_heads": 1,
    "intermediate_size": 64,
    "vocab_size": 64,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
SMALL_TOWER = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64}
LLAVA: dict[str, object] = {
    "architectures": ["LlavaForConditionalGeneration"],
    "model_type": "llava",
    "image_token_index": 63,
    "vision_config": {**SMALL_TOWER, "model_type": "clip_vision_model", "image_size": 56, "patch_size": 14, "projection_dim": 16},
    "text_config": {**SMALL_TEXT, "model_type": "llama"},
}
QWEN2_VL: dict[str, object] = {
    **SMALL_TEXT,
    "architectures": ["Qwen2VLForConditionalGeneration"],
    "model_type": "qwen2_vl",
    "vision_config": {"depth": 2, "embed_dim": 32, "hidden_size": 48, "num_heads": 2},
    "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
}
QWEN2_5_VL: dict[str, object] = {
    **QWEN2_VL,
    "architectures": ["Qwen2_5_VLForConditionalGeneration"],
    "model_type": "qwen2_5_vl",
    "vision_config": {
        "depth": 2,
        "hidden_size": 32,
        "out_hidden_size": 48,
        "num_heads": 2,
        "intermediate_size": 64,
        "fullatt_block_indexes": [1],
    },
}
INTERNVL: dict[str, object] = {
    "architectures": ["InternVLForConditionalGeneration"],
    "model_type": "internvl",
    "vision_config": {**SMALL_TOWER, "model_type": "internvl_vision", "image_size": [56, 56], "patch_size": [14, 14]},
    "text_config": SMALL_TEXT,
}
SMALL_IMAGES = {"min_pixels": 56 * 56, "max_pixels": 112 * 112}


@pytest.fixture
def chat() -> list[Message]:
    """A chat about a photo, and about the upper part of it."""
    photo = skimage.data.astronaut()
    return [
        {"role": "system", "content": "You look at pictures."},
        {"role": "user", "content": [{"type": "text", "text": "Who is this?"}, {"type": "image", "image": photo}]},
        {"role": "user", "content": [{"type": "image", "image": photo[:256]}, {"type": "text", "text": "And this?"}]},
    ]


@needs_torch
class TestRealModels:
    @pytest.mark.parametrize(
        ("config", "processor", "tokens"),
        [
            (LLAVA, "CLIPImageProcessorPil", [16, 16]),  # a square of 56 pixels: 4 x 4 patches
            (QWEN2_VL, "Qwen2VLImageProcessorPil", [324, 162]),  # 504 x 504 and 252 x 504 pixels: squares of 28
            (QWEN2_5_VL, "Qwen2VLImageProcessorPil", [324, 162]),
            (INTERNVL, "GotOcr2ImageProcessorPil", [40, 36]),  # 9 and 8 tiles and the whole, each of 2 x 2 merged squares
        ],
        ids=["llava", "qwen2-vl", "qwen2.5-vl", "internvl3"],
    )
    def test_a_photo_goes_through(
        self, tmp_path: Path, chat: list[Message], config: dict[str, object], processor: str, tokens: list[int]
    ) -> None:
        """A photo through transformers' image processor and vision tower gives features of the shape that the language model reads."""
        model = load_vl_model(folder(tmp_path, config), "pytorch")
        model.build_model()
        assert type(model.processor).__name__ == processor
        prepared = model.preprocess(chat)
        assert [(each["role"], each["content"]) for each in prepared] == [(each["role"], each["content"]) for each in chat]
        assert [[image.tokens for image in each["images"]] for each in prepared] == [[], tokens[:1], tokens[1:]]
        features = model.forward(prepared)
        assert [each.shape for each in features] == [(count, 48) for count in tokens]
        assert all(np.isfinite(each).all() and each.std() > 0 for each in features)
        assert all(np.array_equal(one, other) for one, other in zip(features, model.forward(prepared), strict=True))
        assert "torchvision" not in sys.modules

    @pytest.mark.parametrize(
        ("config", "language_model"), [(LLAVA, "LlamaModel"), (QWEN2_VL, "Qwen2VLTextModel")], ids=["llava", "qwen2-vl"]
    )
    def test_with_its_language_model(self, tmp_path: Path, chat: list[Message], config: dict[str, object], language_model: str) -> None:
        """Asked for, the language model is there and the vision part works as without."""
        model = load_vl_model(folder(tmp_path, config), "pytorch", with_llm=True)
        assert isinstance(model, SupportsLlm)
        assert type(model.language_model()).__name__ == language_model
        assert [features.shape[1] for features in model.forward(model.preprocess(chat))] == [48, 48]

    def test_without_its_language_model(self, tmp_path: Path) -> None:
        """Not asked for, it isn't there: the network is its vision part alone."""
        model = load_vl_model(folder(tmp_path, LLAVA), "turbomind")
        assert isinstance(model, SupportsLlm)
        assert not hasattr(getattr(model, "network"), "language_model")
        with pytest.raises(NotBuiltError, match="with_llm is False"):
            model.language_model()

    def test_the_settings_of_the_folder(self, tmp_path: Path, chat: list[Message]) -> None:
        """A preprocessor_config.json holds: here for images of at most 112 x 112 pixels."""
        model = load_vl_model(folder(tmp_path, QWEN2_VL, preprocessor_config=SMALL_IMAGES), "turbomind")
        assert [image.tokens for message in model.preprocess(chat) for image in message["images"]] == [16, 10]

    def test_the_type_of_the_weights(self, tmp_path: Path, chat: list[Message]) -> None:
        """Computed in bfloat16, the features are float32 for NumPy, of values that bfloat16 has."""
        model = load_vl_model(folder(tmp_path, LLAVA), "turbomind", backend_config=BackendConfig(dtype="bfloat16"))
        features = model.forward(model.preprocess(chat))[0]
        assert features.dtype == np.float32
        assert not (features.view(np.uint32) & 0xFFFF).any()

    @pytest.mark.parametrize("step", ["preprocess", "forward"])
    def test_a_step_left_out(self, tmp_path: Path, chat: list[Message], step: str) -> None:
        """TurboMind sees by itself, so there is no network; without a preprocessor there are no images."""
        model = load_vl_model(folder(tmp_path, QWEN2_VL, preprocessor_config=SMALL_IMAGES), "turbomind")
        if step == "forward":
            with pytest.raises(NotBuiltError, match=r"Qwen2VLModel: call build_model\(\) first"):
                model.forward(model.preprocess(chat))
        else:
            fresh = VISION["Qwen2VLModel"].build(model_path=str(tmp_path), hf_config=HfConfig.from_path(tmp_path), backend="pytorch")
            with pytest.raises(NotBuiltError, match=r"Qwen2VLModel: call build_preprocessor\(\) first"):
                fresh.preprocess(chat)

    @pytest.mark.parametrize(
        ("config", "said"),
        [
            ({**LLAVA, "vision_config": {"model_type": "siglip_vision_model"}}, "only CLIP"),
            ({**INTERNVL, "architectures": ["InternS1ForConditionalGeneration"]}, "InternS1ForConditionalGeneration"),
        ],
    )
    def test_what_the_complete_classes_leave_out(self, tmp_path: Path, config: dict[str, object], said: str) -> None:
        """A model that the class takes and the example has no code for is refused, not misread."""
        with pytest.raises(NotInExampleError, match=said) as caught:
            load_vl_model(folder(tmp_path, config), "pytorch")
        assert "while building the preprocessor" in caught.value.__notes__[-1]

    def test_the_language_model_is_refused_where_there_is_none(self, tmp_path: Path) -> None:
        """Also if the class is made without the loader, which would have refused it before."""
        config = HfConfig.from_path(folder(tmp_path, INTERNVL))
        with pytest.raises(NotInExampleError, match="InternVL3VisionModel can't hold its language model"):
            VISION["InternVL3VisionModel"].build(model_path=str(tmp_path), hf_config=config, backend="pytorch", with_llm=True)


class TestCommand:
    def test_tells_the_class_and_why(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """The class, the clauses that hold, what it can do, and the three nearest with the clause that fails."""
        path = folder(tmp_path, {"architectures": ["InternVLChatModel"]})
        assert main([str(path)]) == 0
        said, about, _, heading, *others = capsys.readouterr().out.splitlines()
        assert said == "InternVLVisionModel takes it: architecture 'InternVLChatModel'"
        assert about == "It is examples.vlm.outlines:InternVLVisionModel, with the tags native-vision, pytorch, turbomind, with-llm."
        assert heading == "The nearest others don't:"
        assert len(others) == 3
        assert others[0].split() == [
            *("-", "InternVL3VisionModel", "architecture", "is", "'InternVLChatModel',", "not", "one", "of"),
            *("'InternS1ForConditionalGeneration',", "'InternVLForConditionalGeneration'"),
        ]

    def test_explains_every_class(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Also where none takes it: twenty lines, then the error."""
        path = folder(tmp_path, {"architectures": ["MiniCPMV"], "version": 4.0})
        assert main([str(path), "--explain"]) == 1
        said = capsys.readouterr()
        lines = said.out.splitlines()
        assert [line.split()[:2] for line in lines if line] == [["-", name] for name in TABLE]
        assert [line.split("  ")[-1].strip() for line in lines if "MiniCPMVModel" in line] == ["version is 4.0, not one of 2.5, 2.6"]
        assert "version is 4.0" in said.err

    @pytest.mark.parametrize(
        ("options", "said"), [(["--backend", "turbomind"], "turbomind"), (["--with-llm"], "with-llm"), (["--backend", "pytorch"], "")]
    )
    def test_asks_for_what_the_engine_needs(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
    ) -> None:
        """A class that can't do it is none."""
        path = folder(tmp_path, {"architectures": ["Gemma3ForConditionalGeneration"]})
        assert main([str(path), *options]) == (1 if said else 0)
        assert said in capsys.readouterr().err

    def test_a_folder_that_cannot_be_used(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One clear text, exit status 1."""
        assert main([str(tmp_path / "missing")]) == 1
        assert capsys.readouterr().err == f"can't read the config of {tmp_path / 'missing'}: No such file or directory\n"
        (tmp_path / "config.json").write_text("[]")
        assert main([str(tmp_path)]) == 1
        assert "a JSON object is due" in capsys.readouterr().err

    def test_ends_without_traceback(self, tmp_path: Path) -> None:
        """Also in a process of its own."""
        run = python("-m", "examples.vlm", str(folder(tmp_path, {"architectures": ["MllamaForConditionalGeneration"]})))
        assert (run.returncode, run.stdout) == (1, "")
        assert "Llama 3.2 Vision" in run.stderr
        assert "Traceback" not in run.stderr


def test_choosing_neither_imports_nor_looks_for_anything_heavy(tmp_path: Path) -> None:
    """Importing the example and choosing a class ask for no module beside the core's: no torch, no transformers, no NumPy."""
    code = f"""
import sys
asked = set()
class Watch:
    def find_spec(name, path=None, target=None):
        asked.add(name)
sys.meta_path.insert(0, Watch)
from examples.vlm import VISION, load_vl_model
from typed_registry.huggingface import HfConfig
name = VISION.match(HfConfig.from_path({str(folder(tmp_path, QWEN2_VL))!r}), needs=["turbomind"]).name
heavy = ("torch", "transformers", "numpy", "PIL", "torchvision", "skimage")
print(name, [each for each in asked if each.startswith("examples.vlm.") or each.partition(".")[0] in heavy])
print(sorted(each for each in sys.modules if each.startswith("examples.vlm.")))
"""
    run = python("-c", code)
    loaded = ["examples.vlm.entries", "examples.vlm.loading", "examples.vlm.protocol"]
    said, modules = run.stdout.splitlines()
    name, _, asked = said.partition(" ")
    assert (name, sorted(ast.literal_eval(asked)), ast.literal_eval(modules)) == ("Qwen2VLModel", loaded, loaded)


def test_docstrings() -> None:
    """The examples in the docstrings run."""
    result = doctest.testmod(importlib.import_module("examples.vlm.loading"))
    assert (result.failed, result.attempted > 0) == (0, True)
