"""`typed-registry check` on 1,000 YAML files of 13 components against what it can't be faster than: parsing them.

    python -m benchmarks.check_files [--check]

Both run in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails above the limit.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import Field

from benchmarks.measuring import compared, is_to_check
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


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, f"when the ratio is above {LIMIT}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number:04}.yaml" for number in range(FILES)]
        for number, path in enumerate(paths):
            path.write_text(config_text(number), encoding="utf-8")
        found = compared(partial(parse_all, paths), partial(check_all, folder), rounds=ROUNDS)
    times = f"parsing {found.first * 1e3:.0f} ms, check {found.second * 1e3:.0f} ms"
    print(f"{FILES} files of 13 components: {times}, ratio {found.ratio:.2f}")
    return int(check and found.ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
