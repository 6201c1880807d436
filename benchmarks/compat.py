"""What `get` and `build` cost in the compat module, against the original.

    python -m benchmarks.compat [--check]

Both are asked in turn in the same process; CPU time of the thread counts, the medians of the ratios are told. `--check` fails where the
original isn't several times slower. Without MMEngine there is nothing to compare with.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from benchmarks.measuring import compared, is_to_check
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


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, f"where the original isn't {LIMIT:g} times slower")
    if find_spec("mmengine") is None:
        print("mmengine isn't installed: there is nothing to compare with")
        return 0
    ours = actions(registry(Registry))
    theirs = actions(registry(import_module("mmengine.registry").Registry))
    ratios: list[float] = []
    for name, action in ours.items():
        found = compared(action, theirs[name], rounds=ROUNDS, repeats=REPEATS)
        ratios.append(found.ratio)
        print(f"{name}: {found.first * 1e6:.2f} µs, original {found.second * 1e6:.2f} µs, {found.ratio:.1f} times faster")
    return int(check and min(ratios) < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
