"""What a match of a real config costs among 10 entries that name architectures, and among 10,000.

    python -m benchmarks.matching [--check]

Both registries are asked in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails
above the limit: the cost of a match must not grow with the number of entries.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from typing import Any, Protocol

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


def cpu_time(models: Registry[Model]) -> float:
    """Seconds of CPU time for one match, over many."""
    start = time.thread_time()
    for _ in range(REPEATS):
        models.match(CONFIG)
    return (time.thread_time() - start) / REPEATS


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help=f"fail when the ratio is above {LIMIT}")
    arguments = parser.parse_args()
    registries = [registry(size) for size in SIZES]
    for models in registries:
        models.match(CONFIG)  # makes the index
    times: dict[int, list[float]] = {0: [], 1: []}
    gc.disable()
    for _ in range(ROUNDS):
        for index in random.sample((0, 1), 2):
            times[index].append(cpu_time(registries[index]))
    ratio = statistics.median(many / few for many, few in zip(times[1], times[0], strict=True))
    few_us, many_us = (statistics.median(times[index]) * 1e6 for index in (0, 1))
    print(f"a match among {SIZES[0]} entries {few_us:.1f} µs, among {SIZES[1]:,} entries {many_us:.1f} µs, ratio {ratio:.2f}")
    return int(arguments.check and ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
