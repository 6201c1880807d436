"""What a match of a real config costs among 10 entries that name architectures, and among 10,000.

    python -m benchmarks.matching [--check]

Both registries are asked in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails
above the limit: the cost of a match must not grow with the number of entries.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any, Protocol

from benchmarks.measuring import compared, is_to_check
from typed_registry import Match, Registry

LIMIT = 1.5
SIZES = (10, 10_000)
ROUNDS = 31
REPEATS = 2_000

# The shape of MiniCPM-V 2.6's file: some 40 keys, two of them configs of their own.
CONFIG: dict[str, Any] = {
    "_name_or_path": "openbmb/MiniCPM-V-2_6",
    "architectures": ["MiniCPMV"],
    "attention_dropout": 0.0,
    "auto_map": {"AutoConfig": "configuration_minicpm.MiniCPMVConfig", "AutoModelForCausalLM": "modeling_minicpmv.MiniCPMV"},
    "batch_vision_input": True,
    "bos_token_id": 151643,
    "drop_vision_last_layer": False,
    "eos_token_id": 151645,
    "hidden_act": "silu",
    "hidden_size": 3584,
    "image_size": 448,
    "initializer_range": 0.02,
    "intermediate_size": 18944,
    "max_position_embeddings": 32768,
    "max_window_layers": 28,
    "model_type": "minicpmv",
    "num_attention_heads": 28,
    "num_hidden_layers": 28,
    "num_key_value_heads": 4,
    "patch_size": 14,
    "query_num": 64,
    "rms_norm_eps": 1e-06,
    "rope_scaling": None,
    "rope_theta": 1000000.0,
    "slice_config": {"max_slice_nums": 9, "model_type": "minicpmv", "patch_size": 14},
    "slice_mode": True,
    "sliding_window": 131072,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "transformers_version": "4.40.0",
    "use_cache": True,
    "use_image_id": True,
    "use_sliding_window": False,
    "version": 2.6,
    "vision_batch_size": 16,
    "vision_config": {"hidden_size": 1152, "image_size": 980, "model_type": "siglip", "num_hidden_layers": 27, "patch_size": 14},
    "vocab_size": 151666,
    "quantization_config": None,
    "pad_token_id": 0,
    "im_start_token": "<image>",
}


class Model(Protocol):
    """Anything that reads images."""

    def forward(self) -> object:
        """What it makes of them."""


def registry(size: int) -> Registry[Model]:
    """So many entries with an architecture each, one of which takes the config."""
    models: Registry[Model] = Registry(f"models of {size}", Model)
    for number in range(size - 1):
        models.register_lazy(f"model{number}", f"models.number{number}:Model", match=Match(architectures={f"Model{number}ForCausalLM"}))
    rule: Match[Any] = Match(architectures={"MiniCPMV"}, where={"version": {2.5, 2.6}}, has={"vision_config"})
    models.register_lazy("minicpmv", "models.minicpmv:Model", match=rule)
    return models


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, f"when the ratio is above {LIMIT}")
    few, many = (partial(registry(size).match, CONFIG) for size in SIZES)
    for match in (few, many):
        match()  # makes the index
    found = compared(few, many, rounds=ROUNDS, repeats=REPEATS)
    times = f"a match among {SIZES[0]} entries {found.first * 1e6:.1f} µs, among {SIZES[1]:,} entries {found.second * 1e6:.1f} µs"
    print(f"{times}, ratio {found.ratio:.2f}")
    return int(check and found.ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
