"""What it takes to start the command line, against an interpreter that does nothing.

    python -m benchmarks.startup [--check]

Child processes in turn, CPU time of each; the median of the ratios to a bare `python -c pass` is told. Byte code is cached, as it is after
the first run of an installed package. `--check` fails above the limit of a case that has one.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import is_to_check

ROUNDS = 51
COMMAND = "import sys; from typed_registry.cli import main; sys.exit(main())"
LIGHT = """
from typing import Protocol
from typed_registry import Registry

class Greeter(Protocol):
    def greet(self) -> str: ...

GREETERS: Registry[Greeter] = Registry("greeters", Greeter)

for name in ("hello", "hi", "hey"):
    @GREETERS.register(name)
    class Hello:
        def greet(self) -> str:
            return "hello"
"""
CASES: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": (["-c", "pass"], None),
    "import typing": (["-c", "import typing"], None),  # what a module with a Protocol pays before it has one
    "import typed_registry": (["-c", "import typed_registry"], None),
    "import click": (["-c", "import click"], None),
    "typed-registry --help": (["-c", COMMAND, "--help"], 2.5),
    "typed-registry list": (["-c", COMMAND, "list", "-r", "light:GREETERS"], 2.5),
    "the same by pyproject": (["-c", COMMAND, "list"], 2.5),
}


def cpu_time(arguments: list[str], folder: Path) -> float:
    """Seconds of CPU time that a child process takes."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(folder / "cache"), "PYTHONPATH": os.pathsep.join((str(folder), *filter(None, sys.path)))}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, "when a ratio is above its limit")
    times: dict[str, list[float]] = {name: [] for name in CASES}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "light.py").write_text(LIGHT)
        (folder / "pyproject.toml").write_text('[tool.typed-registry]\nregistries = ["light:GREETERS"]\n')
        for arguments, _ in CASES.values():  # fills the cache
            cpu_time(arguments, folder)
        for _ in range(ROUNDS):
            for case in random.sample(list(CASES), len(CASES)):
                times[case].append(cpu_time(CASES[case][0], folder))
    failed = False
    for case, (_, limit) in CASES.items():
        ratio = statistics.median(own / bare for own, bare in zip(times[case], times["python -c pass"], strict=True))
        failed = failed or (limit is not None and ratio > limit)
        print(f"{case:22} {statistics.median(times[case]) * 1e3:5.1f} ms  ratio {ratio:.2f}{f' (limit {limit})' if limit else ''}")
    return int(check and failed)


if __name__ == "__main__":
    sys.exit(main())
