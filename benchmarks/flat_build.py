"""A flat build of four arguments against what it can't be faster than: one call of a pydantic-core validator that calls the class.

    python -m benchmarks.flat_build [--check]

Both run in turn in the same process; CPU time of the thread counts, the median of the ratios is told. `--check` fails above the limit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Protocol

from pydantic_core import SchemaValidator, core_schema

from benchmarks.measuring import compared, is_to_check
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


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, f"when the ratio is above {LIMIT}")
    keywords: dict[str, object] = {"depth": 50, "rate": 0.1, "name": "resnet", "frozen": True}
    config = {"type": "Flat", **keywords}
    limit, build = partial(limit_validator(), keywords), partial(MODELS.build, config)
    found = compared(limit, build, rounds=ROUNDS, repeats=REPEATS)
    print(f"pydantic-core call {found.first * 1e9:.0f} ns, build {found.second * 1e9:.0f} ns, ratio {found.ratio:.2f}")
    return int(check and found.ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
