"""What validators take, told as JSON Schema; more closely than pydantic tells it, as conversions and what JSON can't hold are told too.

`parse` validates Python values, and in lax mode converts them: "1" for an int, 1 for a float, "yes" for a bool. A schema that refused those
would mark configs that are right. So whatever `parse` takes, the schema takes; where that can't be told exactly, it takes more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, NoDefault

from typed_registry._kinds import is_dict
from typed_registry._records import SpecMarker
from typed_registry._schema_shapes import (
    NOTHING,
    JsonSchema,
    any_of,
    by_all_keys,
    is_binary,
    is_open_enum,
    is_portable,
    may_be_object,
    of_types,
    opened,
    or_anything,
    tagged,
)
from typed_registry._slots import REGISTRY, SLOTS, Slot
from typed_registry._validators import DEFINITIONS

__all__ = ["ValueSchemas"]

_INT_TEXT = r"^\s*[+-]?[0-9][0-9_]*(?:\.0+)?\s*$"
_FLOAT_TEXT = r"^\s*[+-]?(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?\s*$"
_INFINITE_TEXT = r"^\s*[+-]?(?:[iI][nN][fF](?:[iI][nN][iI][tT][yY])?|[nN][aA][nN])\s*$"
_TRUE_OR_FALSE = ("0", "1", "on", "off", "y", "yes", "n", "no", "t", "true", "f", "false")
_BOOL_TEXT = f"^(?:{'|'.join(''.join(f'[{c}{c.upper()}]' if c.isalpha() else c for c in word) for word in _TRUE_OR_FALSE)})$"
_TEXT: JsonSchema = {"type": "string"}
_CURRENT = "typed_registry.current"
_CONVERTED_TEXT = ("strip_whitespace", "to_lower", "to_upper")


class ValueSchemas(GenerateJsonSchema):
    """Schemas of values in one mode of validation.

    Args:
        strict: Whether values are validated without conversions.
        slot: Makes the schema of a place for components, of its slots and the registry that is being built from.
        registry: Makes the schema of a `BuildSpec` in a pydantic model, of what finds its registry.
        template: How a definition is referred to.
    """

    def __init__(
        self, strict: bool, slot: Callable[[tuple[Slot, ...], Any], JsonSchema], registry: Callable[[Any], JsonSchema], template: str
    ) -> None:
        super().__init__(ref_template=template)
        self.ignored_warning_kinds = {"skipped-choice", "non-serializable-default", "skipped-discriminator"}
        self._strict = strict
        self._forced = False  # a strict mode that models, too, are validated in
        self._current: Any = None
        self._slot = slot
        self._registry = registry

    def schemas_of(self, inputs: Mapping[str, tuple[Any, Any]]) -> tuple[dict[str, JsonSchema], dict[str, JsonSchema]]:
        """The schemas of core schemas, by the same keys, and the definitions that they refer to.

        Args:
            inputs: Of each, the registry that is being built from, and the core schema.
        """
        made, definitions = self.generate_definitions([(key, "validation", _from(*each)) for key, each in inputs.items()])
        return {key: schema for (key, _), schema in made.items()}, {str(name): schema for name, schema in definitions.items()}

    def generate_inner(self, schema: Any) -> JsonSchema:
        """The schema of anything; ours for slots, pydantic's way for all else."""
        metadata: Any = schema.get("metadata") or {}
        if _CURRENT in metadata:
            self._current = metadata[_CURRENT]
            return self.generate_inner(schema["schema"])
        if SLOTS in metadata:
            return self._of_slots(metadata[SLOTS], schema.get("schema"))
        if REGISTRY in metadata:
            return self._registry(metadata[REGISTRY])
        if DEFINITIONS in metadata:
            with self._validating(self._strict, forced=self._strict):
                return self.generate_inner(metadata[DEFINITIONS])
        if self._forced:  # what refers to a definition means one in this mode
            schema = {key: f"{value}strict" if key in ("ref", "schema_ref") else value for key, value in schema.items()}
        if schema["type"] == "enum" or (schema["type"] == "lax-or-strict" and self._is_strict(schema)):
            schema = {key: value for key, value in schema.items() if key != "metadata"}  # pydantic's own changes, for lax mode only
        return super().generate_inner(schema)

    def sort(self, value: Any, parent_key: str | None = None) -> Any:
        """Everything stays in the order in which it was declared."""
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A field's name says as much as a title made of it."""
        return False

    def get_default_value(self, schema: Any) -> Any:
        """A default that a file can hold."""
        default = super().get_default_value(schema)
        return NoDefault if isinstance(default, SpecMarker) or (isinstance(default, float) and not math.isfinite(default)) else default

    def get_schema_from_definitions(self, json_ref: Any) -> JsonSchema | None:
        """A definition of pydantic's; of ours it knows nothing."""
        return super().get_schema_from_definitions(json_ref) if json_ref in self.json_to_defs_refs else None

    def resolve_ref_schema(self, json_schema: JsonSchema) -> JsonSchema:
        """What a reference leads to, if it is one of pydantic's."""
        return super().resolve_ref_schema(json_schema) if json_schema.get("$ref") in self.json_to_defs_refs else json_schema

    # --- numbers and texts ---

    def int_schema(self, schema: Any) -> JsonSchema:
        """Whole numbers."""
        return self._or_text(schema, super().int_schema(schema), "integer", _INT_TEXT)

    def float_schema(self, schema: Any) -> JsonSchema:
        """Numbers."""
        made = super().float_schema(schema)
        if not is_binary(made.get("multipleOf", 1)):  # 0.3 is a multiple of 0.1 to pydantic, and to no validator of JSON Schema
            del made["multipleOf"]
        is_finite = schema.get("allow_inf_nan", self._config.config_dict.get("allow_inf_nan")) is False
        return self._or_text(schema, made, "number", _FLOAT_TEXT if is_finite else f"{_FLOAT_TEXT}|{_INFINITE_TEXT}")

    def decimal_schema(self, schema: Any) -> JsonSchema:
        """Numbers, or texts of them."""
        bounds = {
            name: float(schema[key]) for key, name in self.ValidationsMapping.numeric.items() if key in schema and key != "multiple_of"
        }
        return self._lax_only(schema, {"type": ["number", "string"], **bounds})

    def complex_schema(self, schema: Any) -> JsonSchema:
        """Numbers, or texts of them."""
        return self._lax_only(schema, {"type": ["number", "string"]})

    def bool_schema(self, schema: Any) -> JsonSchema:
        """True and false, or another way to say so."""
        made = self._or_text(schema, {"type": "boolean"}, "boolean", _BOOL_TEXT)
        return (
            made
            if self._is_strict(schema)
            else {**made, "type": ["boolean", "string", "number"], "minimum": 0, "maximum": 1, "multipleOf": 1}
        )

    def str_schema(self, schema: Any) -> JsonSchema:
        """Texts."""
        made = super().str_schema(schema)
        if any(
            schema.get(name) or self._config.config_dict.get(f"str_{name}") for name in _CONVERTED_TEXT
        ):  # it is held against what becomes of it
            made = {key: value for key, value in made.items() if key not in ("pattern", "maxLength")}
        if not is_portable(made.get("pattern", "")):
            del made["pattern"]
        takes_numbers = schema.get("coerce_numbers_to_str", self._config.coerce_numbers_to_str) and not self._is_strict(schema)
        return {**made, "type": ["string", "number"]} if takes_numbers else made

    def bytes_schema(self, schema: Any) -> JsonSchema:
        """Texts as bytes, of which a letter may be several."""
        lengths = {"maxLength": schema["max_length"]} if "max_length" in schema else {}
        return self._lax_only(schema, {**_TEXT, **lengths})

    def date_schema(self, schema: Any) -> JsonSchema:
        """Texts, or seconds."""
        return self._lax_only(schema, {"type": ["string", "number"], "format": "date"})

    def time_schema(self, schema: Any) -> JsonSchema:
        """Texts, or seconds."""
        return self._lax_only(schema, {"type": ["string", "number"], "format": "time"})

    def datetime_schema(self, schema: Any) -> JsonSchema:
        """Texts, or seconds."""
        return self._lax_only(schema, {"type": ["string", "number"], "format": "date-time"})

    def timedelta_schema(self, schema: Any) -> JsonSchema:
        """Texts, or seconds."""
        return self._lax_only(schema, {"type": ["string", "number"], "format": "duration"})

    def uuid_schema(self, schema: Any) -> JsonSchema:
        """Texts, in any of the ways to write one."""
        return self._lax_only(schema, dict(_TEXT))

    def url_schema(self, schema: Any) -> JsonSchema:
        """Texts."""
        return super().url_schema(schema)

    def enum_schema(self, schema: Any) -> JsonSchema:
        """The values of an enum's members."""
        if self._is_strict(schema):
            return dict(NOTHING)
        if is_open_enum(schema["cls"]):
            return {}
        members = [member for member in schema["members"] if not isinstance(member.value, (tuple, bytes))]
        if not members:
            return dict(NOTHING)
        known: Any = {**schema, "members": members}
        made = super().enum_schema(known)
        return made if schema.get("sub_type") not in ("int", "float") else any_of((made, {**_TEXT, "pattern": _FLOAT_TEXT}))

    def literal_schema(self, schema: Any) -> JsonSchema:
        """Values; not those that no file can hold, such as members of enums."""
        known: Any = {**schema, "expected": [value for value in schema["expected"] if value is None or isinstance(value, (str, int))]}
        return super().literal_schema(known) if known["expected"] else dict(NOTHING)

    # --- containers ---

    def tuple_schema(self, schema: Any) -> JsonSchema:
        """Lists; strict mode takes only tuples, which no file has."""
        made = super().tuple_schema(schema)
        index = schema.get("variadic_item_index")
        if index is not None and index + 1 < len(schema["items_schema"]):
            made["minItems"] = len(schema["items_schema"]) - 1
        return self._lax_only(schema, made)

    def set_schema(self, schema: Any) -> JsonSchema:
        """Lists, in which anything may stand twice."""
        return self._lax_only(
            schema, {key: value for key, value in super().set_schema(schema).items() if key not in ("uniqueItems", "maxItems")}
        )

    def frozenset_schema(self, schema: Any) -> JsonSchema:
        """Lists, in which anything may stand twice."""
        return self.set_schema(schema)

    def deque_schema(self, schema: Any) -> JsonSchema:
        """Lists."""
        return self._lax_only(schema, super().list_schema(schema))

    def generator_schema(self, schema: Any) -> JsonSchema:
        """What can be iterated over; its items are validated when they are asked for."""
        return {"type": ["array", "string", "object"]}

    def dict_schema(self, schema: Any) -> JsonSchema:
        """Mappings, whose keys are texts in JSON."""
        keys = self.generate_inner(schema["keys_schema"]) if "keys_schema" in schema else {}
        values = self.generate_inner(schema["values_schema"]) if "values_schema" in schema else {}
        made: JsonSchema = {"type": "object", "additionalProperties": values or True}
        if keys not in ({}, _TEXT):
            made["propertyNames"] = keys
        self.update_with_validations(made, schema, self.ValidationsMapping.object)
        return made

    def ordered_dict_schema(self, schema: Any) -> JsonSchema:
        """Mappings; strict mode takes only instances."""
        return self._lax_only(schema, self.dict_schema(schema))

    counter_schema = ordered_dict_schema

    # --- choices ---

    def nullable_schema(self, schema: Any) -> JsonSchema:
        """Something, or null."""
        return any_of((self.generate_inner(schema["schema"]), {"type": "null"}))

    def get_union_of_schemas(self, schemas: list[JsonSchema]) -> JsonSchema:
        """Any of several."""
        return any_of(inner for schema in schemas for inner in (schema["anyOf"] if schema.keys() == {"anyOf"} else (schema,)))

    def tagged_union_schema(self, schema: Any) -> JsonSchema:
        """Any of several that a key tells apart, in the shape that is quick to check and says what is wrong."""
        made = super().tagged_union_schema(schema)
        key = schema["discriminator"]
        if not isinstance(key, str) or not all(isinstance(tag, str) for tag in schema["choices"]):
            return {"anyOf": made["oneOf"]}
        members = {tag: self.generate_inner(choice) for tag, choice in schema["choices"].items()}
        return tagged(key, members)

    def lax_or_strict_schema(self, schema: Any) -> JsonSchema:
        """As the mode is."""
        return self.generate_inner(schema["strict_schema" if self._is_strict(schema) else "lax_schema"])

    def json_or_python_schema(self, schema: Any) -> JsonSchema:
        """What both ways take; in strict mode some ways take only objects of Python."""
        python = schema["python_schema"]
        if python["type"] == "is-instance":
            return self.generate_inner(python)
        if self._strict and self.generate_inner(python) == NOTHING:
            return dict(NOTHING)
        return self.generate_inner(schema["json_schema"])

    # --- objects and functions ---

    def model_schema(self, schema: Any) -> JsonSchema:
        """A model, whose own settings hold inside."""
        with self._validating(self._forced or _own_mode(schema)):
            return opened(super().model_schema(schema))

    def dataclass_schema(self, schema: Any) -> JsonSchema:
        """A dataclass, whose own settings hold inside; strict mode takes only instances."""
        if self._forced or schema.get("strict", _own_mode(schema)):
            return dict(NOTHING)
        with self._validating(False):
            return opened(super().dataclass_schema(schema))

    def typed_dict_schema(self, schema: Any) -> JsonSchema:
        """A mapping, whose own settings hold inside."""
        with self._validating(self._forced or _own_mode(schema) if "config" in schema else self._strict):
            return self._by_all_keys(schema, super().typed_dict_schema)

    def model_fields_schema(self, schema: Any) -> JsonSchema:
        """The fields of a model."""
        return self._by_all_keys(schema, super().model_fields_schema)

    def dataclass_args_schema(self, schema: Any) -> JsonSchema:
        """The fields of a dataclass."""
        return self._by_all_keys(schema, super().dataclass_args_schema)

    def function_before_schema(self, schema: Any) -> JsonSchema:
        """What a function may make of anything; editors still complete what is due after it."""
        return or_anything(schema, super().function_before_schema(schema))

    def function_wrap_schema(self, schema: Any) -> JsonSchema:
        """What a function may make of anything; editors still complete what is due inside it."""
        return or_anything(schema, super().function_wrap_schema(schema))

    def named_tuple_schema(self, schema: Any) -> JsonSchema:
        """Lists, or mappings of the fields."""
        made = super().named_tuple_schema(schema)
        fields: list[Any] = schema["fields"]
        by_name: JsonSchema = {
            "type": "object",
            "properties": dict(zip((each["name"] for each in fields), made.get("prefixItems", ()), strict=True)),
            "required": [each["name"] for each in fields if each["schema"]["type"] != "default"],
            "additionalProperties": False,
        }
        return any_of((made, by_name))

    def call_schema(self, schema: Any) -> JsonSchema:
        """What a named tuple was to older versions of pydantic."""
        return any_of((super().call_schema(schema), {"type": "object"}))

    def is_instance_schema(self, schema: Any) -> JsonSchema:
        """The JSON values that are instances of a class."""
        return of_types(lambda value: isinstance(value, schema["cls"]))

    def is_subclass_schema(self, schema: Any) -> JsonSchema:
        """Nothing in JSON is a class."""
        return dict(NOTHING)

    def callable_schema(self, schema: Any) -> JsonSchema:
        """Nothing in JSON can be called."""
        return dict(NOTHING)

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchema:
        """What only a function can tell is taken."""
        return {}

    # --- behind them ---

    def _of_slots(self, slots: tuple[Slot, ...], rest: Any) -> JsonSchema:
        component = self._slot(slots, self._current)
        instances = of_types(lambda value: not is_dict(value) and any(slot.refusal(value) is None for slot in slots))
        if rest is None:
            return any_of((component, instances))
        others = any_of((instances, self.generate_inner(rest)))
        if not may_be_object(others):
            return any_of((component, others))
        return {"if": {"type": "object", "required": ["type"]}, "then": component, "else": others}

    def _by_all_keys(self, schema: Any, make: Callable[[Any], JsonSchema]) -> JsonSchema:
        config = self._config
        return by_all_keys(schema, make, config.validate_by_alias is not False, bool(config.validate_by_name or config.populate_by_name))

    def _is_strict(self, schema: Mapping[str, Any]) -> bool:
        return self._forced or bool(schema.get("strict", self._strict))

    def _lax_only(self, schema: Mapping[str, Any], made: JsonSchema) -> JsonSchema:
        return dict(NOTHING) if self._is_strict(schema) else made

    def _or_text(self, schema: Mapping[str, Any], made: JsonSchema, name: str, pattern: str) -> JsonSchema:
        """A type, or texts that are converted to it; of another text editors say what they say of any wrong type."""
        if self._is_strict(schema):
            return made
        return {**made, "type": [name, "string"], "pattern": pattern, "patternErrorMessage": f'Incorrect type. Expected "{name}".'}

    @contextmanager
    def _validating(self, strict: bool, *, forced: bool = False) -> Generator[None, None, None]:
        before = self._strict, self._forced
        self._strict, self._forced = strict, forced or self._forced
        try:
            yield
        finally:
            self._strict, self._forced = before


def _own_mode(schema: Any) -> bool:
    config: Any = schema.get("config") or {}
    return bool(config.get("strict"))


def _from(current: Any, schema: Any) -> Any:
    """A core schema with the registry that is being built from."""
    return {"type": "nullable", "schema": schema, "metadata": {_CURRENT: current}}
