"""What the benchmarks have in common: two things measured in turn, so that what else the machine does meets both, and told as a ratio."""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Comparison", "compared", "cpu_time", "is_to_check"]


class Comparison(NamedTuple):
    """The medians of two times in seconds, and the median of how many times longer the second took."""

    first: float
    second: float
    ratio: float


def is_to_check(doc: str | None, fails: str) -> bool:
    """Whether the command line asks for `--check`.

    Args:
        doc: The docstring of the benchmark; its first line is its help.
        fails: When the check fails.
    """
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help=f"fail {fails}")
    check: bool = parser.parse_args().check
    return check


def cpu_time(action: Callable[[], object], repeats: int = 1) -> float:
    """Seconds of this thread's CPU time for one call, over so many."""
    start = time.thread_time()
    for _ in range(repeats):
        action()
    return (time.thread_time() - start) / repeats


def compared(first: Callable[[], object], second: Callable[[], object], *, rounds: int, repeats: int = 1) -> Comparison:
    """Both actions, measured so many times in random order, with the garbage collector off."""
    actions = (first, second)
    times: tuple[list[float], list[float]] = ([], [])
    gc.disable()
    try:
        for _ in range(rounds):
            for index in random.sample((0, 1), 2):
                times[index].append(cpu_time(actions[index], repeats))
    finally:
        gc.enable()
    ratio = statistics.median(after / before for before, after in zip(*times, strict=True))
    return Comparison(statistics.median(times[0]), statistics.median(times[1]), ratio)
