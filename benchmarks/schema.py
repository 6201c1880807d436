"""Validation of a file of 30 components by the schema of a registry of 300, against the `oneOf` that pydantic writes for the same models.

    python -m benchmarks.schema [--check]

The validator is jsonschema, in Python, and the file is right. `--check` fails when the schema isn't as many times faster as it should be.
"""

from __future__ import annotations

import inspect
import statistics
import sys
import time
from typing import Annotated, Any, Literal, Protocol, Union

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from pydantic import ConfigDict, Field, TypeAdapter, create_model

from benchmarks.measuring import is_to_check
from typed_registry import Registry
from typed_registry.jsonschema import config_schema

LIMIT = 10.0  # times as fast as `oneOf`
SECONDS = 0.5  # for the whole file, on a machine of 2026
COMPONENTS = 300
ITEMS = 30
ROUNDS = 5


class Layer(Protocol):
    """Anything that changes a number."""

    def forward(self, value: float) -> float:
        """The changed number."""
        ...


class Base:
    """Each component has parameters of four kinds, and a place for another component."""

    def forward(self, value: float) -> float:
        """The number itself."""
        return value


def parameters(number: int, child: Any) -> dict[str, tuple[Any, Any]]:
    """The parameters of one component with their defaults."""
    return {
        f"width_{number}": (Annotated[int, Field(ge=1)], ...),
        "rate": (float, 0.5),
        "mode": (Literal["fast", "slow"], "fast"),
        "names": (list[str], ["a"]),
        "child": (child, None),
    }


def taking_anything() -> Any:
    """A constructor, whose signature is still to be given."""

    def init(self: object, **given: object) -> None: ...

    return init


def registry_of(count: int) -> Registry[Layer]:
    """A registry of so many components."""
    registry: Registry[Layer] = Registry("layers", Layer)
    for number in range(count):
        cls: Any = type(f"Layer{number}", (Base,), {"__init__": taking_anything()})
        made = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=inspect.Parameter.empty if default is ... else default
            )
            for name, (kind, default) in parameters(number, Layer | None).items()
        ]
        cls.__init__.__signature__ = inspect.Signature([inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY), *made])
        registry.register(f"layer_{number}")(cls)
    return registry


def union_schema(count: int) -> dict[str, Any]:
    """What pydantic writes of the same components as a tagged union of models.

    That each may hold another one is put in afterwards, as pydantic writes it: of so many models it ends in a RecursionError.
    """
    models: list[Any] = []
    for number in range(count):
        tag: Any = Literal[f"layer_{number}"]
        fields: dict[str, Any] = {"type": (tag, ...), **parameters(number, Any)}
        models.append(create_model(f"Layer{number}", __config__=ConfigDict(extra="forbid"), **fields))
    union: Any = Annotated[Union[tuple(models)], Field(discriminator="type")]  # noqa: UP007 # of as many as there are
    schema = TypeAdapter(union).json_schema()
    definitions: dict[str, Any] = schema.pop("$defs")
    for each in definitions.values():
        each["properties"]["child"] = {"anyOf": [{"$ref": "#/$defs/AnyLayer"}, {"type": "null"}], "default": None}
    return {"AnyLayer": schema, **definitions}


def items(count: int) -> list[dict[str, Any]]:
    """The components of a file, every third with another one inside."""
    made: list[dict[str, Any]] = []
    for index in range(count):
        number = index * 9973 % COMPONENTS
        config: dict[str, Any] = {"type": f"layer_{number}", f"width_{number}": 8, "mode": "slow"}
        if index % 3 == 0:
            config["child"] = {"type": "layer_7", "width_7": 1}
        made.append(config)
    return made


def seconds(schema: dict[str, Any], data: Any, rounds: int) -> float:
    """The median time of a validation, all of which find nothing wrong."""
    validator: Any = Draft202012Validator(schema)
    times: list[float] = []
    for _ in range(rounds):
        start = time.thread_time()
        errors = list(validator.iter_errors(data))
        times.append(time.thread_time() - start)
        if errors:
            raise SystemExit(f"{errors[0].message}")
    return statistics.median(times)


def main() -> int:
    """Measure, print, and say whether it is fast enough."""
    check = is_to_check(__doc__, f"when it isn't {LIMIT:.0f} times faster than oneOf")
    registry, file = registry_of(COMPONENTS), items(ITEMS)
    start = time.thread_time()
    own = config_schema(registry)
    made = time.thread_time() - start
    ours = {"type": "array", "items": {"$ref": "#/$defs/registry.layers"}, "$defs": own["$defs"]}
    whole = seconds(ours, file, ROUNDS)
    theirs = {"type": "array", "items": {"$ref": "#/$defs/AnyLayer"}, "$defs": union_schema(COMPONENTS)}
    union = seconds(theirs, file, 1)
    print(f"the schema of {COMPONENTS} components: made in {made:.2f} s")
    print(f"a file of {ITEMS} of them: {whole:.2f} s (target: {SECONDS} s)")
    print(f"by the oneOf of the same models: {union:.1f} s, ratio {union / whole:.0f} (limit: {LIMIT:.0f})")
    return int(check and union / whole < LIMIT)


if __name__ == "__main__":
    sys.exit(main())
