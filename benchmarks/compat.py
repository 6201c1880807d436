"""What `get` and `build` cost in the compat module, against the original.

    python -m benchmarks.compat [--check]

Both are asked in turn in the same process; CPU time of the thread counts, the medians of the ratios are told. `--check` fails where the
original isn't several times slower. Without MMEngine there is nothing to compare with.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from typed_registry.compat.mmengine import Registry

LIMIT = 5.0
ROUNDS = 31
REPEATS = 500


class Net:
    """What is built."""

    def __init__(self, depth: int) -> None:
        self.depth = depth


def registry(made: Any) -> Any:
    """One entry in a registry of that class."""
    nets = made("net", scope="lab")
    nets.register_module(module=Net)
    return nets


def actions(nets: Any) -> dict[str, Callable[[], object]]:
    """What is measured."""
    by_name, by_class = {"type": "Net", "depth": 50}, {"type": Net, "depth": 50}
    return {
        "get": lambda: nets.get("Net"),
        "build by name": lambda: nets.build(by_name),
        "build by class": lambda: nets.build(by_class),
    }


def cpu_time(action: Callable[[], object]) -> float:
    """Seconds of CPU time for one, over many."""
    start = time.thread_time()
    for _ in range(REPEATS):
        action()
    return (time.thread_time() - start) / REPEATS


def measure(action: Callable[[], object], original: Callable[[], object]) -> tuple[float, float, float]:
    """The medians of both times, and of how much longer the second takes."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for index in random.sample((0, 1), 2):
            times[index].append(cpu_time((action, original)[index]))
    ratio = statistics.median(theirs / ours for ours, theirs in zip(*times, strict=True))
    return statistics.median(times[0]), statistics.median(times[1]), ratio


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help=f"fail where the original isn't {LIMIT:g} times slower")
    arguments = parser.parse_args()
    if find_spec("mmengine") is None:
        print("mmengine isn't installed: there is nothing to compare with")
        return 0
    ours = actions(registry(Registry))
    theirs = actions(registry(import_module("mmengine.registry").Registry))
    gc.disable()
    ratios: list[float] = []
    for name, action in ours.items():
        seconds, original, ratio = measure(action, theirs[name])
        ratios.append(ratio)
        print(f"{name}: {seconds * 1e6:.2f} µs, original {original * 1e6:.2f} µs, {ratio:.1f} times faster")
    return int(arguments.check and min(ratios) < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
