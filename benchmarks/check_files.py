"""`typed-registry check` on 1,000 YAML files of 13 components against what it can't be faster than: parsing them.

    python -m benchmarks.check_files [--check]

Both run in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails above the limit.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Field

from typed_registry import Registry
from typed_registry.cli._app import run
from typed_registry.config_files import read_config_file

LIMIT = 2.0
FILES = 1_000
ROUNDS = 5


class Step(Protocol):
    """Anything that changes a number."""

    def apply(self, value: float) -> float:
        """The changed number."""
        ...


STEPS: Registry[Step] = Registry("steps", Step)


@STEPS.register("scale")
class Scale:
    """Four arguments of four kinds."""

    def __init__(
        self, factor: Annotated[float, Field(gt=0)], times: int = 1, mode: Literal["up", "down"] = "up", name: str = "scale"
    ) -> None:
        self.factor = factor**times if mode == "up" else factor**-times
        self.name = name

    def apply(self, value: float) -> float:
        """The value times the factor."""
        return value * self.factor


@STEPS.register("chain")
class Chain:
    """Steps, one after the other."""

    def __init__(self, steps: list[Step], repeat: int = 1) -> None:
        self.steps = steps * repeat

    def apply(self, value: float) -> float:
        """What the last step makes."""
        for step in self.steps:
            value = step.apply(value)
        return value


def config_text(number: int) -> str:
    """A chain of twelve steps in YAML."""
    steps = "".join(
        f"  - type: scale\n    factor: {number + step}.5\n    times: {step}\n    mode: up\n    name: step {step}\n" for step in range(12)
    )
    return f"type: chain\nrepeat: 2\nsteps:\n{steps}"


def parse_all(paths: list[Path]) -> None:
    """Only parse the files."""
    for path in paths:
        read_config_file(path)


def check_all(folder: Path) -> None:
    """All that the command does."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        status = run(["check", "--registry", "benchmarks.check_files:STEPS", str(folder)])
    if status != 0:
        raise SystemExit(f"check ended with {status}")


def cpu_time(function: Callable[[], object]) -> float:
    """Seconds of CPU time for one call."""
    start = time.thread_time()
    function()
    return time.thread_time() - start


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help=f"fail when the ratio is above {LIMIT}")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number:04}.yaml" for number in range(FILES)]
        for number, path in enumerate(paths):
            path.write_text(config_text(number), encoding="utf-8")
        cases: tuple[Callable[[], object], ...] = (partial(parse_all, paths), partial(check_all, folder))
        gc.disable()
        times = [[cpu_time(case) for case in cases] for _ in range(ROUNDS)]
    ratio = statistics.median(check / parse for parse, check in times)
    parse_ms, check_ms = (statistics.median(column) * 1e3 for column in zip(*times, strict=True))
    print(f"{FILES} files of 13 components: parsing {parse_ms:.0f} ms, check {check_ms:.0f} ms, ratio {ratio:.2f}")
    return int(arguments.check and ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
