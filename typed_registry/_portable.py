"""Schemas of pydantic-core as plain data, and back: what a value must be, without the classes and functions that say so.

What only a function can tell is left out: such a schema takes more. The messages are pydantic's own, as the same schemas make them.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from typed_registry._json_values import json_value
from typed_registry._kinds import is_dict, is_list, is_sequence
from typed_registry._schema_shapes import is_open_enum, is_pydantics
from typed_registry._slots import REGISTRY, SLOTS, Slot
from typed_registry._spec_fields import config_field_schema
from typed_registry._validators import DEFINITIONS, UNION_LABEL, apart, slot_schema

__all__ = ["JSON_SAMPLES", "Portable", "portable", "restored"]

Portable = dict[str, Any]
SlotOf = Callable[[Any], Slot]
ParseOf = Callable[[Any], tuple[str, Callable[[Mapping[Any, Any]], object]]]
JSON_SAMPLES: dict[str, Any] = {"str": "", "int": 0, "float": 0.5, "bool": True, "NoneType": None, "list": [], "dict": {}}
_LEAVES = frozenset(
    {"any", "bool", "bytes", "callable", "complex", "date", "datetime", "decimal", "float", "int", "multi-host-url", "none", "str", "time"}
    | {"timedelta", "url", "uuid"}
)
_CONTAINERS = frozenset({"counter", "deque", "dict", "frozenset", "list", "nullable", "ordered-dict", "set", "tuple", "typed-dict-field"})
# What pydantic-core has no such schemas for, or not as data:
_OURS = frozenset({"apart", "enum", "no-text", "only", "refused", "registry", "root-model", "slot", "union", "values"})
_INNER = ("schema", "items_schema", "keys_schema", "values_schema", "extras_schema")
_SETTINGS = frozenset(
    {"allow_inf_nan", "coerce_numbers_to_str", "extra_fields_behavior", "str_max_length", "str_min_length", "str_strip_whitespace"}
    | {"str_to_lower", "str_to_upper", "strict", "validate_by_alias", "validate_by_name"}
)
_ANYTHING: Portable = {"type": "any"}


class _Taking:
    """Takes a schema apart."""

    def __init__(self, slot: Callable[[Slot], Portable], registry: Callable[[Any], Portable]) -> None:
        self.slot = slot
        self.registry = registry

    def of(self, schema: Any) -> Portable:
        """The schema as data."""
        metadata: Any = schema.get("metadata") or {}
        if SLOTS in metadata:
            rest = {"rest": self.of(schema["schema"])} if "schema" in schema else {}
            return {"type": "slot", "slots": [self.slot(slot) for slot in metadata[SLOTS]], **rest}
        if REGISTRY in metadata:
            return self.registry(metadata[REGISTRY])
        if DEFINITIONS in metadata:
            return {"type": "apart", "schema": self.of(metadata[DEFINITIONS])}
        kind: str = schema["type"]
        if kind in _LEAVES or kind in _CONTAINERS:
            return self._plain(schema)
        make: Callable[[Any], Portable] | None = getattr(self, f"_{kind.replace('-', '_')}", None)
        return dict(_ANYTHING) if make is None else make(schema)

    def _plain(self, schema: Any) -> Portable:
        made: Portable = {"type": schema["type"]}
        for key, value in schema.items():
            if key in _INNER:
                made[key] = [self.of(each) for each in value] if is_sequence(value) else self.of(value)
            elif key == "pattern":
                made[key] = getattr(value, "pattern", value)
            elif key not in ("metadata", "serialization", "ref"):
                data, problems = json_value(value)
                if not problems:
                    made[key] = data
        return made

    def _literal(self, schema: Any) -> Portable:
        values = [_enum_of(type(each), [each], member=each.name) if isinstance(each, Enum) else each for each in schema["expected"]]
        data, problems = json_value(values)
        return dict(_ANYTHING) if problems or _ANYTHING in values else {"type": "values", "expected": data}

    def _enum(self, schema: Any) -> Portable:
        if is_open_enum(schema["cls"]):
            return dict(_ANYTHING)
        made = _enum_of(schema["cls"], schema["members"])
        return made if made == _ANYTHING else {**made, "sub_type": schema.get("sub_type"), "strict": schema.get("strict")}

    def _union(self, schema: Any) -> Portable:
        choices: list[Any] = [choice[0] if is_sequence(choice) else choice for choice in schema["choices"]]
        told = {key: schema[key] for key in ("custom_error_type", "custom_error_message") if isinstance(schema.get(key), str)}
        return {"type": "union", "choices": [self.of(choice) for choice in choices], **told}

    def _tagged_union(self, schema: Any) -> Portable:
        choices: dict[Any, Any] = schema["choices"]
        if not isinstance(schema["discriminator"], str) or not all(isinstance(tag, str) for tag in choices):
            return self._union({"choices": list(choices.values())})
        return {
            "type": "tagged-union",
            "discriminator": schema["discriminator"],
            "choices": {tag: self.of(choice) for tag, choice in choices.items()},
        }

    def _lax_or_strict(self, schema: Any) -> Portable:
        strict = {"strict": schema["strict"]} if "strict" in schema else {}
        return {
            "type": "lax-or-strict",
            "lax_schema": self.of(schema["lax_schema"]),
            "strict_schema": self.of(schema["strict_schema"]),
            **strict,
        }

    def _json_or_python(self, schema: Any) -> Portable:
        python = schema["python_schema"]
        if python["type"] == "is-instance":
            return self.of(python)
        if python["type"] == "chain" and python["steps"][0]["type"] == "is-instance":
            inner = self.of(schema["json_schema"])
            if python["steps"][0]["cls"] is typing.Sequence:  # a text is one, and pydantic tells so
                inner = {"type": "no-text", "schema": inner}
            return {"type": "chain", "steps": [self.of(python["steps"][0]), inner]}
        return self.of(schema["json_schema"])

    def _definitions(self, schema: Any) -> Portable:
        definitions = [{**self.of(each), "ref": each["ref"]} for each in schema["definitions"]]
        return {"type": "definitions", "schema": self.of(schema["schema"]), "definitions": definitions}

    def _definition_ref(self, schema: Any) -> Portable:
        return {"type": "definition-ref", "schema_ref": schema["schema_ref"]}

    def _inner(self, schema: Any) -> Portable:
        return self.of(schema["schema"])

    def _by_function(self, schema: Any) -> Portable:
        return self.of(schema["schema"]) if is_pydantics(schema) else dict(_ANYTHING)

    _default = _function_after = _custom_error = _inner
    _function_before = _function_wrap = _by_function

    def _chain(self, schema: Any) -> Portable:
        return self.of(schema["steps"][0])

    def _is_instance(self, schema: Any) -> Portable:
        taken = [name for name, sample in JSON_SAMPLES.items() if _is_instance(sample, schema["cls"])]
        return _only(taken, f"an instance of {schema.get('cls_repr') or getattr(schema['cls'], '__name__', '?')}")

    def _is_subclass(self, schema: Any) -> Portable:
        return {"type": "callable"}

    def _model(self, schema: Any) -> Portable:
        return self._of_class(schema, "a valid dictionary or instance of")

    def _dataclass(self, schema: Any) -> Portable:
        if schema.get("strict", _settings(schema).get("strict")):
            return _only([], f"an instance of {schema['cls'].__name__}")
        return self._of_class(schema, "a dictionary or an instance of")

    def _of_class(self, schema: Any, expected: str) -> Portable:
        made = self.of(schema["schema"])
        if made["type"] != "typed-dict":
            is_root = schema.get("root_model", False)
            return {"type": "root-model", "name": schema["cls"].__name__, "schema": made, "config": _settings(schema)} if is_root else made
        fields = {**made, "config": _settings(schema)}
        return {"type": "chain", "steps": [_only(["dict"], f"{expected} {schema['cls'].__name__}"), fields]}

    def _model_fields(self, schema: Any) -> Portable:
        return self._typed_dict({**schema, "fields": {name: _field(each) for name, each in schema["fields"].items()}})

    def _dataclass_args(self, schema: Any) -> Portable:
        fields = {each["name"]: _field(each) for each in schema["fields"] if each.get("init", True)}
        return self._typed_dict({"fields": fields})

    def _typed_dict(self, schema: Any) -> Portable:
        total = schema.get("total", True)
        fields = {name: {**self.of(each), "required": each.get("required", total)} for name, each in schema["fields"].items()}
        made: Portable = {"type": "typed-dict", "fields": fields}
        if "extras_schema" in schema:
            made["extras_schema"] = self.of(schema["extras_schema"])
        if "extra_behavior" in schema:
            made["extra_behavior"] = schema["extra_behavior"]
        settings = _settings(schema)
        return {**made, "config": settings} if settings else made


def portable(schema: CoreSchema, slot: Callable[[Slot], Portable], registry: Callable[[Any], Portable]) -> Portable:
    """A schema as plain data.

    Args:
        schema: Of one value.
        slot: Tells of a slot.
        registry: Tells of the registry of a `BuildSpec` in a model, of what finds it.
    """
    return _Taking(slot, registry).of(schema)


def restored(data: Any, slot: SlotOf, parse: ParseOf) -> CoreSchema:
    """The schema that plain data tells of.

    Args:
        data: What `portable` made.
        slot: Gives the slot that it told of.
        parse: Gives the name of the registry that it told of, and what takes its configs.
    """
    made: CoreSchema = _Restoring(slot, parse).of(data)
    return made


class _Restoring:
    """Puts a schema together."""

    def __init__(self, slot: SlotOf, parse: ParseOf) -> None:
        self.slot = slot
        self.parse = parse

    def of(self, data: Any) -> Any:
        """The schema, or part of one."""
        if is_list(data):
            return [self.of(item) for item in data]
        if not is_dict(data):
            return data
        kind = data.get("type")
        make: Callable[[Any], Any] | None = None
        if isinstance(kind, str) and kind in _OURS:
            make = getattr(self, f"_{kind.replace('-', '_')}")
        return {key: self.of(value) for key, value in data.items()} if make is None else make(data)

    def _slot(self, data: Any) -> CoreSchema:
        return slot_schema(tuple(self.slot(each) for each in data["slots"]), self.of(data["rest"]) if "rest" in data else None)

    def _registry(self, data: Any) -> CoreSchema:
        return config_field_schema(*self.parse(data["registry"]))

    def _refused(self, data: Any) -> CoreSchema:
        return _refusing(lambda value: False, "TR206", "{reason}", {"reason": data["reason"]})

    def _apart(self, data: Any) -> CoreSchema:
        return apart(self.of(data["schema"]))

    def _only(self, data: Any) -> CoreSchema:
        takes: list[str] = data["takes"]
        return _refusing(lambda value: type(value).__name__ in takes, "refused", "{reason}", {"reason": data["message"]})

    def _values(self, data: Any) -> CoreSchema:
        return core_schema.literal_schema([_restored_enum(each)[each["member"]] if is_dict(each) else each for each in data["expected"]])

    def _enum(self, data: Any) -> CoreSchema:
        cls = _restored_enum(data)
        return core_schema.enum_schema(cls, list(cls), sub_type=data["sub_type"], strict=data["strict"])

    def _no_text(self, data: Any) -> CoreSchema:
        message: Any = "'{type_name}' instances are not allowed as a Sequence value"
        return core_schema.chain_schema(
            [_refusing(lambda value: not isinstance(value, str), "sequence_str", message, {"type_name": "str"}), self.of(data["schema"])]
        )

    def _root_model(self, data: Any) -> CoreSchema:
        cls = type(data["name"], (_Model,), {"__slots__": ()})
        return core_schema.model_schema(cls, self.of(data["schema"]), root_model=True, config=data["config"])

    def _union(self, data: Any) -> Any:
        return {**data, "choices": [(self.of(choice), f"{UNION_LABEL}{index}") for index, choice in enumerate(data["choices"])]}


class _Model:
    """What pydantic-core makes a model of."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")


def _enum_of(cls: type[Enum], members: list[Any], **more: str) -> Portable:
    """An enum, and perhaps which of its members; anything, if JSON can't hold its values."""
    values, problems = json_value([member.value for member in members])
    if problems:
        return dict(_ANYTHING)
    bases: tuple[type, ...] = (int, float, str)
    kind = next((base.__name__ for base in bases if issubclass(cls, base)), None)
    named = {member.name: value for member, value in zip(members, values, strict=True)}
    return {"type": "enum", "name": cls.__name__, "kind": kind, "members": named, **more}


def _restored_enum(data: Any) -> type[Enum]:
    members = {name: tuple(value) if is_list(value) else value for name, value in data["members"].items()}
    kind = {"int": int, "float": float, "str": str}.get(data["kind"])
    make: Any = Enum
    made: type[Enum] = make(data["name"], members, type=kind)
    return made


def _refusing(takes: Callable[[object], bool], code: Any, message: Any, context: dict[str, Any]) -> CoreSchema:
    def validate(value: object) -> object:
        if takes(value):
            return value
        raise PydanticCustomError(code, message, context)

    return core_schema.no_info_plain_validator_function(validate)


def _only(takes: list[str], expected: str) -> Portable:
    """Takes values of some types; strict mode takes only objects of Python, which no file has."""
    return {"type": "only", "takes": takes, "message": f"Input should be {expected}"}


def _settings(schema: Any) -> dict[str, Any]:
    config: dict[str, Any] = schema.get("config") or {}
    return {key: value for key, value in config.items() if key in _SETTINGS}


def _field(field: Any) -> Any:
    """A field of a model as one of a mapping."""
    alias = {"validation_alias": field["validation_alias"]} if "validation_alias" in field else {}
    return {"type": "typed-dict-field", "schema": field["schema"], "required": field["schema"]["type"] != "default", **alias}


def _is_instance(sample: object, cls: Any) -> bool:
    try:
        return isinstance(sample, cls)
    except Exception:  # a class may answer with any error
        return False
