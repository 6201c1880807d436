"""Shapes of JSON Schema: one of several, told apart by a key, or of the types that something takes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any

from typed_registry._kinds import is_dict, is_list

__all__ = [
    "NOTHING",
    "JsonSchema",
    "any_of",
    "by_all_keys",
    "is_binary",
    "is_open_enum",
    "is_portable",
    "is_pydantics",
    "may_be_object",
    "of_types",
    "opened",
    "or_anything",
    "tagged",
]

JsonSchema = dict[str, Any]
NOTHING: JsonSchema = {"not": {}}  # what no JSON value is
_ODD_PATTERN = re.compile(r"\(\?[A-Za-z]|\\[AZz]")  # flags, named groups, and ends of texts, which JavaScript has no such signs for
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


def is_portable(pattern: str) -> bool:
    """Whether it is a regular expression to validators in other languages, too; one that isn't makes them refuse the whole schema."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return _ODD_PATTERN.search(pattern) is None


def is_pydantics(schema: Any) -> bool:
    """Whether it calls a function of pydantic's own, which takes nothing that the schema inside it doesn't."""
    function = schema["function"]["function"]
    module = str(getattr(getattr(function, "func", function), "__module__", ""))
    return module.startswith("pydantic.") and not module.startswith("pydantic.experimental.")  # whose pipelines convert


def or_anything(schema: Any, made: JsonSchema) -> JsonSchema:
    """What a function may make of anything; editors still complete what is due behind it."""
    return made if is_pydantics(schema) or "json_schema_input_schema" in schema else {"anyOf": [made, {}]}


def opened(made: JsonSchema) -> JsonSchema:
    """A class; one whose own function sees a value before its fields do has no key that is known to be wrong."""
    return {key: value for key, value in made.items() if key != "additionalProperties"} if {} in made.get("anyOf", ()) else made


def by_all_keys(schema: Any, make: Callable[[Any], JsonSchema], by_alias: bool, by_name: bool) -> JsonSchema:
    """The schema of fields, each with all keys that it may be given by.

    Args:
        schema: The core schema of the fields.
        make: Makes the schema of fields with one key each.
        by_alias: Whether they may be given by their aliases.
        by_name: Whether they may be given by their names, where they have aliases.
    """
    is_named = is_dict(schema["fields"])
    fields: list[tuple[str, Any]] = [*schema["fields"].items()] if is_named else [(each["name"], each) for each in schema["fields"]]
    keys = {name: _keys(name, field.get("validation_alias", name) if by_alias else name, by_name) for name, field in fields}
    told = {name: {**field, "validation_alias": next(iter(keys[name]))} for name, field in fields}
    made = make({**schema, "fields": told if is_named else list(told.values())})
    for each in keys.values():
        if len(each) > 1 or not all(each.values()):
            made = _with_keys(made, each)
    return made


def _keys(name: str, alias: Any, by_name: bool) -> dict[str, bool]:
    """The keys that a field may be given by, and whether it is their own value, not something deep in it."""
    paths: list[Any] = [[alias]] if isinstance(alias, str) else alias if is_list(alias[0]) else [alias]
    found: dict[str, bool] = {}
    for path in [*paths, *([[name]] if by_name else [])]:
        found[path[0]] = len(path) == 1 and found.get(path[0], True)
    return found


def _with_keys(made: JsonSchema, keys: Mapping[str, bool]) -> JsonSchema:
    """A mapping in which a field is found by several keys; the first that is there counts, so that others may hold anything."""
    main = next(iter(keys))
    properties: JsonSchema = dict(made["properties"])
    schema = properties.pop(main)
    rules: list[JsonSchema] = list(made.get("allOf", ()))
    before: list[JsonSchema] = []
    for key, is_own in keys.items():
        is_free = is_own and key not in properties
        properties[key] = {} if not is_free else {"anyOf": [schema, {}]} if before else schema
        if is_free and before:
            rules.append({"anyOf": [*before, {"properties": {key: schema}}]})
        before.append({"required": [key]})
    required = list(made.get("required", ()))
    if main in required:
        required.remove(main)
        rules.append({"anyOf": before})
    return {**made, "properties": properties, "required": required, "allOf": rules}


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
