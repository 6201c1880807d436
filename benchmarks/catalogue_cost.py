"""What a catalogue costs the checkers: a project of 1,000 components, with and without it, checked cold.

    python -m benchmarks.catalogue_cost [--check]

Child processes in turn, without a cache; CPU time of each; the median of the ratios is told. `--check` fails above the limit.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from benchmarks.measuring import is_to_check

LIMIT = 1.3
COMPONENTS = 1_000
PER_MODULE = 20
ROUNDS = 5
PROTOCOL = '''"""What the components are."""

from __future__ import annotations

from typing import Protocol

from typed_registry import Registry


class Model(Protocol):
    """Changes a list of numbers."""

    def forward(self, values: list[float]) -> list[float]: ...


MODELS: Registry[Model] = Registry("models", Model)
'''
COMPONENT = '''

@MODELS.register("net{number:04}")
class Net{number:04}:
    """Net number {number}.

    Args:
        depth: How many layers it has.
        width: How many channels each of them has.
        norm: What comes after each.
        rate: How much of it is dropped.
{doc}    """

    def __init__(self, depth: int, *, width: int = 64, norm: Literal["bn", "gn"] = "bn", rate: float = 0.1{slot}) -> None:
        self.weights = [[rate + row * column for column in range(width)] for row in range(depth)]
        self.norm = norm
        self.then: Model | None = {then}

    def _layer(self, values: list[float], weights: list[float]) -> list[float]:
        total = sum(value * weight for value, weight in zip(values, weights, strict=False))
        return [max(total + value, 0.0) for value in values]

    def forward(self, values: list[float]) -> list[float]:
        """The values after each layer in turn."""
        for weights in self.weights:
            values = self._layer(values, weights)
        if self.norm == "bn":
            scale = max(values, default=1.0)
            values = [value / scale for value in values]
        return values if self.then is None else self.then.forward(values)

    def state(self) -> dict[str, list[float]]:
        """What it has learnt, by layer."""
        return {{f"layer{{number}}": list(weights) for number, weights in enumerate(self.weights)}}

    def load(self, state: Mapping[str, list[float]], *, strict: bool = True) -> list[str]:
        """Take over what was learnt, and tell the layers that are missing."""
        missing = [name for name in self.state() if name not in state]
        if missing and strict:
            raise KeyError(f"{{len(missing)}} layers are missing: {{', '.join(missing)}}")
        for number, weights in enumerate(self.weights):
            self.weights[number] = list(state.get(f"layer{{number}}", weights))
        return missing

    @property
    def size(self) -> int:
        """How many numbers it has learnt."""
        return sum(len(weights) for weights in self.weights)
'''  # as long as the examples' components, which have 46 lines on average
SLOT_EVERY = 20  # of so many components one takes another one
SLOT = {"doc": "        then: What comes after the net.\n", "slot": ", then: Model | None = None", "then": "then"}
NO_SLOT = {"doc": "", "slot": "", "then": "None"}
HEAD = '''"""Some nets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from project.protocol import MODELS, Model
'''
USES = '''"""What is built from configs and specs."""

from __future__ import annotations

from project import MODELS

ONE = MODELS.build({"type": "net0001", "depth": 3})
'''
ANNOTATED = (
    ("from typing import Protocol\n", "from typing import TYPE_CHECKING, Protocol\n"),
    ("import Registry\n", "import Registry\n\nif TYPE_CHECKING:\n    from project.models_specs import ModelsSpecs\n"),
    ("MODELS: Registry[Model] =", "MODELS: Registry[Model, ModelsSpecs] ="),
)


def write_project(root: Path) -> None:
    """A package of modules with some components each, and one that builds a few."""
    package = root / "project"
    package.mkdir(parents=True)
    (package / "protocol.py").write_text(PROTOCOL)
    names: list[str] = []
    for first in range(0, COMPONENTS, PER_MODULE):
        name = f"nets_{first:04}"
        names.append(name)
        components = "".join(
            COMPONENT.format(number=number, **(SLOT if number % SLOT_EVERY == 0 else NO_SLOT))
            for number in range(first, first + PER_MODULE)
        )
        (package / f"{name}.py").write_text(HEAD + components)
    imports = "".join(f"from project import {name} as {name}\n" for name in names)
    (package / "__init__.py").write_text(f"{imports}from project.protocol import MODELS as MODELS\n")
    (root / "uses.py").write_text(USES)
    (root / "pyproject.toml").write_text('[tool.typed-registry]\nregistries = ["project:MODELS"]\n')


def add_catalogue(root: Path) -> None:
    """Generate the catalogue, and name it where the registry is annotated."""
    subprocess.run([sys.executable, "-m", "typed_registry", "stubs"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    protocol = root / "project" / "protocol.py"
    text = protocol.read_text()
    for old, new in ANNOTATED:
        assert old in text
        text = text.replace(old, new)
    protocol.write_text(text)


def commands() -> dict[str, list[str]]:
    """How each checker is started: strict, without a cache."""
    scripts = Path(sysconfig.get_path("scripts"))
    pyright = [str(scripts / "pyright"), "--pythonpath", sys.executable, "--level", "error", "."]
    return {"mypy": [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, "."], "pyright": pyright}


def cpu_time(command: list[str], folder: Path) -> float:
    """Seconds of CPU time that a checker takes which finds nothing wrong."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure, print a table, and say whether it is fast enough."""
    check = is_to_check(__doc__, "when a ratio is above its limit")
    failed = False
    print("| checker | without | with | ratio |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        bare, catalogued = Path(name, "bare"), Path(name, "catalogued")
        write_project(bare)
        shutil.copytree(bare, catalogued)
        add_catalogue(catalogued)
        for checker, command in commands().items():
            times = [(cpu_time(command, bare), cpu_time(command, catalogued)) for _ in range(ROUNDS)]
            ratio = statistics.median(own / without for without, own in times)
            without, own = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"| {checker} | {without:.1f} s | {own:.1f} s | {ratio:.2f} |", flush=True)
            failed = failed or ratio > LIMIT
    return int(check and failed)


if __name__ == "__main__":
    sys.exit(main())
