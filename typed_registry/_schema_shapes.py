"""Shapes of JSON Schema: one of several, told apart by a key, or of the types that something takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from typed_registry._kinds import is_list

__all__ = ["NOTHING", "JsonSchema", "any_of", "is_binary", "is_open_enum", "may_be_object", "of_types", "tagged"]

JsonSchema = dict[str, Any]
NOTHING: JsonSchema = {"not": {}}  # what no JSON value is
_SAMPLES: tuple[tuple[str, Any], ...] = (
    ("string", ""),
    ("integer", 0),
    ("number", 0.5),
    ("boolean", True),
    ("null", None),
    ("array", []),
    ("object", {}),
)


def any_of(schemas: Iterable[JsonSchema]) -> JsonSchema:
    """The schema of what one of several takes."""
    kept: dict[str, JsonSchema] = {}
    for schema in schemas:
        if schema != NOTHING:
            kept.setdefault(json.dumps(schema), schema)  # to Python {"const": 1} is {"const": True}
    choices = list(kept.values())
    return (choices[0] if len(choices) == 1 else {"anyOf": choices}) if choices else dict(NOTHING)


def tagged(key: str, members: Mapping[str, JsonSchema], told: Mapping[str, JsonSchema] | None = None) -> JsonSchema:
    """One of several objects that a key tells apart.

    Language servers check this shape in milliseconds, where `oneOf` takes seconds, complete only what fits, and tell of each mistake at
    its place: validators only look into the member whose name is given.

    Args:
        key: What tells them apart.
        members: The schema for each value of the key.
        told: What is told of each value.
    """
    names = [{"const": name, **(told or {}).get(name, {})} for name in members]
    return {
        "type": "object",
        "properties": {key: {"anyOf": names} if names else dict(NOTHING)},
        "required": [key],
        "allOf": [{"if": _with_value(key, name), "then": member} for name, member in members.items()],
    }


def _with_value(key: str, value: str) -> JsonSchema:
    """An object in which a key has a certain value; without the type, what is no object would be held against every member."""
    return {"type": "object", "properties": {key: {"const": value}}, "required": [key]}


def of_types(takes: Callable[[Any], bool]) -> JsonSchema:
    """The JSON types of which a value is taken."""
    names = [name for name, sample in _SAMPLES if _holds(takes, sample)]
    if len(names) == len(_SAMPLES):
        return {}
    names = [name for name in names if name != "integer" or "number" not in names]
    return {"type": names[0] if len(names) == 1 else names} if names else dict(NOTHING)


def _holds(takes: Callable[[Any], bool], sample: Any) -> bool:
    try:
        return bool(takes(sample))
    except Exception:  # a class may answer isinstance with any error
        return False


def is_binary(value: float) -> bool:
    """Whether a float holds it exactly, and its multiples too."""
    return float(value * 2**10).is_integer()


def may_be_object(schema: Any) -> bool:
    """Whether it may take a mapping; only what surely doesn't, does not."""
    if "anyOf" in schema:
        return any(map(may_be_object, schema["anyOf"]))
    types = schema.get("type")
    if types is None:
        return not any(key in schema for key in ("const", "enum")) and schema != NOTHING
    return "object" in (types if is_list(types) else [types])


def is_open_enum(cls: type[Enum]) -> bool:
    """Whether it may take anything, by a function of its own for values that no member has."""
    return getattr(cls._missing_, "__func__", None) is not getattr(Enum._missing_, "__func__", None)
