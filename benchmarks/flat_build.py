"""A flat build of four arguments against what it can't be faster than: one call of a pydantic-core validator that calls the class.

    python -m benchmarks.flat_build [--check]

Both run in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails above the limit.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Protocol

from pydantic_core import SchemaValidator, core_schema

from typed_registry import Registry

LIMIT = 2.0
ROUNDS = 31
REPEATS = 20_000


class Model(Protocol):
    """Anything with a depth."""

    depth: int


MODELS: Registry[Model] = Registry("models", Model)


@MODELS.register
class Flat:
    """Four arguments, each kept."""

    def __init__(self, depth: int, rate: float, name: str = "resnet", frozen: bool = False) -> None:
        self.depth = depth
        self.rate = rate
        self.name = name
        self.frozen = frozen


def limit_validator() -> Callable[[object], object]:
    """One pass through pydantic-core that validates keyword arguments and calls the class with them."""
    parameters = [
        core_schema.arguments_parameter("depth", core_schema.int_schema()),
        core_schema.arguments_parameter("rate", core_schema.float_schema()),
        core_schema.arguments_parameter("name", core_schema.with_default_schema(core_schema.str_schema(), default="resnet")),
        core_schema.arguments_parameter("frozen", core_schema.with_default_schema(core_schema.bool_schema(), default=False)),
    ]
    return SchemaValidator(core_schema.call_schema(core_schema.arguments_schema(parameters), Flat)).validate_python


def cpu_time(function: Callable[[dict[str, object]], object], argument: dict[str, object]) -> float:
    """Seconds of CPU time for one call, over many."""
    start = time.thread_time()
    for _ in range(REPEATS):
        function(argument)
    return (time.thread_time() - start) / REPEATS


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help=f"fail when the ratio is above {LIMIT}")
    arguments = parser.parse_args()
    keywords: dict[str, object] = {"depth": 50, "rate": 0.1, "name": "resnet", "frozen": True}
    config = {"type": "Flat", **keywords}
    limit = limit_validator()
    cases: list[tuple[Callable[[dict[str, object]], object], dict[str, object]]] = [(limit, keywords), (MODELS.build, config)]
    times: dict[int, list[float]] = {0: [], 1: []}
    gc.disable()
    for _ in range(ROUNDS):
        for index in random.sample((0, 1), 2):
            times[index].append(cpu_time(*cases[index]))
    ratio = statistics.median(build / bound for build, bound in zip(times[1], times[0], strict=True))
    limit_ns, build_ns = (statistics.median(times[index]) * 1e9 for index in (0, 1))
    print(f"pydantic-core call {limit_ns:.0f} ns, build {build_ns:.0f} ns, ratio {ratio:.2f}")
    return int(arguments.check and ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
