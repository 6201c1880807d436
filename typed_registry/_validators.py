"""Validators: the only place that makes pydantic-core schemas, which may change from one version of pydantic to the next.

Plain annotations (scalars, Literals, lists and dicts of them, slots) become a schema without pydantic's generator; that costs microseconds
where the generator costs a good part of a millisecond and 30 ms of imports. Everything else goes through `pydantic.TypeAdapter`.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, ValidationError, core_schema

from typed_registry._components import Component, is_config
from typed_registry._kinds import is_dict, is_list, is_mapping, is_sequence
from typed_registry._records import Record, SpecMarker
from typed_registry._signatures import Parameter
from typed_registry._slots import SLOTS, RegistryNode, Slot, SlotMark, find_slots
from typed_registry.errors import ContractError

__all__ = ["DEFINITIONS", "UNION_LABEL", "Field", "Validate", "apart", "argument_validators", "config_names", "field_of", "slot_schema"]

DEFINITIONS = "typed_registry.definitions"  # in the metadata of a function: the schema that it validates by
UNION_LABEL = "\0"  # begins the label of each member of a union; no key of a config does
_SCALARS: dict[object, Callable[[], CoreSchema]] = {
    int: core_schema.int_schema,
    float: core_schema.float_schema,
    str: core_schema.str_schema,
    bool: core_schema.bool_schema,
    bytes: core_schema.bytes_schema,
    None: core_schema.none_schema,
    type(None): core_schema.none_schema,
}
_ANYTHING = (Any, object)


Validate = Callable[..., dict[str, Any]]


@dataclass(slots=True)
class Field:
    """The schema of one parameter, its slots, and whether what it validates may still share containers with the input."""

    schema: CoreSchema
    slots: tuple[Slot, ...] = ()
    copied: bool = False
    required: bool = True


def field_of(parameter: Parameter, record: Record[Any], owner: RegistryNode) -> Field:
    """The schema of a parameter.

    Raises:
        ContractError: Its annotation can't be validated, or a slot is ambiguous.
    """
    try:
        annotation, has_slots = find_slots(parameter.annotation, owner)
        made = _Making()
        schema = made.schema(annotation)
    except Exception as error:  # pydantic's generator runs foreign code, and raises of many kinds
        text = error.reason if isinstance(error, ContractError) else f"{type(error).__name__}: {error}".partition("\n")[0]
        raise ContractError(
            f"{record.name!r} ({record.target})",
            owner.name,
            f"parameter {parameter.name!r} can't be validated: {text}",
            where=record.where,
            remedy=error.remedy if isinstance(error, ContractError) else "Annotate it with a type that pydantic can validate.",
        ) from error
    assert has_slots == bool(made.slots)
    if made.slots and isinstance(parameter.default, SpecMarker):  # by deferred(): what it builds is the default
        schema = core_schema.with_default_schema(schema, default=parameter.default, validate_default=True)
    return Field(schema, tuple(made.slots), made.copied, parameter.required)


def config_names(record: Record[Any], fields: Mapping[str, Field]) -> list[str]:
    """What a config may hold beside its type: the parameters, or the fields of a spec written by hand."""
    return list(fields) if record.spec is None else [name for name in record.spec.model_fields if name != "type"]  # type: ignore[attr-defined]


def argument_validators(record: Record[Any], fields: Mapping[str, Field], extra: Field | None, strict: bool) -> tuple[Validate, ...]:
    """Validators that each take a config and give arguments; what they give together is all that was given."""
    slots_only = {name: core_schema.typed_dict_field(each.schema, required=False) for name, each in fields.items() if each.slots}
    if record.spec is not None:  # its own constraints hold; slots come second, so that they replace what the model took as it was
        slots = SchemaValidator(core_schema.typed_dict_schema(slots_only, extra_behavior="ignore")).validate_python
        told = {(name, slot.protocol): True for name, each in fields.items() for slot in each.slots}
        of_model = _spec_validator(record.spec, frozenset(config_names(record, fields)), told)
        return (of_model, slots) if slots_only else (of_model,)
    known = {name: core_schema.typed_dict_field(each.schema, required=each.required) for name, each in fields.items()}
    if extra is None and not strict:
        # What else a config holds is found sooner by a set than by pydantic-core, so that isn't asked to.
        return (SchemaValidator(core_schema.typed_dict_schema(known, extra_behavior="ignore")).validate_python,)
    config = core_schema.CoreConfig(strict=strict)
    more = None if extra is None else extra.schema
    behavior: Literal["ignore", "allow"] = "ignore" if extra is None else "allow"
    validator = SchemaValidator(core_schema.typed_dict_schema(known, extra_behavior=behavior, extras_schema=more, config=config))

    def validate(given: Mapping[str, object], *, context: object = None) -> dict[str, object]:
        arguments = {key: value for key, value in given.items() if key != "type"}
        values: dict[str, object] = validator.validate_python(arguments, context=context)
        return values

    return (validate,)


def _spec_validator(spec: type[Any], names: frozenset[str], told: Mapping[tuple[str, object], bool]) -> Validate:
    """What validates by a spec written by hand.

    Args:
        spec: The class.
        names: Its fields.
        told: Fields and protocols of slots, whose own validators tell more of what lacks the protocol.
    """

    def validate(given: Mapping[str, object], *, context: object = None) -> dict[str, object]:
        arguments = {key: value for key, value in given.items() if key in names}  # others are told of by name
        written = spec.__pydantic_validator__.validate_python(arguments, context=told)
        return {key: value for key, value in written.__dict__.items() if key != "type"}

    return validate


class _Making:
    """Making the schema of one annotation; tells what slots it has and whether validated values may share containers with the input."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.copied = False

    def schema(self, annotation: Any) -> CoreSchema:
        plain = self._plain(annotation)
        if plain is not None:
            return plain
        self.copied = True
        return _generated(self._marked(annotation))

    def _plain(self, annotation: Any) -> CoreSchema | None:  # a table of cases, each a line or two
        if annotation is None or (isinstance(annotation, type) and annotation in _SCALARS):
            return _SCALARS[annotation]()
        if annotation in _ANYTHING:
            self.copied = True
            return core_schema.any_schema()
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            return self._mark(arguments[1]) if len(arguments) == 2 and isinstance(arguments[1], SlotMark) else None
        if origin is Literal:
            simple = all(type(value) in (int, str, bool, type(None)) for value in arguments)
            return core_schema.literal_schema(list(arguments)) if simple else None
        if origin in (Union, types.UnionType):
            return self._union([member for member in arguments if member is not type(None)], type(None) in arguments)
        if origin is list or origin is dict or origin is tuple:
            inner = [argument if argument is Ellipsis else self._plain(argument) for argument in arguments]
            return None if None in inner else _container(origin, inner)
        return None

    def _union(self, members: list[Any], nullable: bool) -> CoreSchema | None:
        inner = [self._plain(member) for member in members]
        choices = [(schema, f"{UNION_LABEL}{index}") for index, schema in enumerate(inner) if schema is not None]
        if len(choices) < len(inner):
            return None
        schema = choices[0][0] if len(choices) == 1 else core_schema.union_schema([*choices])
        return core_schema.nullable_schema(schema) if nullable else schema

    def _mark(self, mark: SlotMark) -> CoreSchema:
        self.slots.extend(mark.slots)
        schema = slot_schema(mark.slots, None if mark.rest is None else self.schema(mark.rest))
        return core_schema.nullable_schema(schema) if mark.nullable else schema

    def _marked(self, annotation: Any) -> Any:
        """The annotation with each SlotMark turned into what pydantic's generator understands."""
        arguments = get_args(annotation)
        if not arguments or get_origin(annotation) is Literal:
            return annotation
        if get_origin(annotation) is Annotated:
            base, *metadata = arguments
            metadata = [_ForPydantic(self._mark(item)) if isinstance(item, SlotMark) else item for item in metadata]
            return Annotated[(self._marked(base), *metadata)]
        inner = tuple(self._marked(argument) for argument in arguments)
        if all(one is other for one, other in zip(arguments, inner, strict=True)):
            return annotation
        return Union[inner] if get_origin(annotation) in (Union, types.UnionType) else get_origin(annotation)[inner]  # noqa: UP007


class _ForPydantic:
    """A ready schema, as metadata that pydantic's generator asks."""

    def __init__(self, schema: CoreSchema) -> None:
        self.schema = schema

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return self.schema


def _container(origin: object, inner: list[Any]) -> CoreSchema | None:
    if origin is list:
        return core_schema.list_schema(inner[0])
    if origin is dict:
        return core_schema.dict_schema(inner[0], inner[1])
    if len(inner) == 2 and inner[1] is Ellipsis:
        return core_schema.tuple_schema([inner[0]], variadic_item_index=0)
    return core_schema.tuple_schema(inner) if inner else None


def slot_schema(slots: tuple[Slot, ...], rest: CoreSchema | None = None) -> CoreSchema:
    """Takes a config or a spec as a Component, a ready object that satisfies one of the protocols as it is, and what the rest takes."""
    if rest is not None:
        return core_schema.with_info_wrap_validator_function(_take_or_pass(slots), rest, metadata={SLOTS: slots})

    def take(value: Any, info: core_schema.ValidationInfo[Any]) -> object:
        if is_config(value):
            return _component(value, slots, info)
        reasons = [slot.refusal(value) for slot in slots]
        if None in reasons:
            return value
        raise _refused("; or ".join(reason for reason in reasons if reason is not None))

    return core_schema.with_info_plain_validator_function(take, metadata={SLOTS: slots})


def _take_or_pass(slots: tuple[Slot, ...]) -> core_schema.WithInfoWrapValidatorFunction:
    def take(value: Any, handler: core_schema.ValidatorFunctionWrapHandler, info: core_schema.ValidationInfo[Any]) -> object:
        if isinstance(value, SpecMarker) or (is_mapping(value) and "type" in value):
            return _component(value, slots, info)
        if any(slot.refusal(value) is None for slot in slots):
            return value
        try:
            return handler(value)
        except ValidationError as error:
            if is_sequence(value) or is_mapping(value):  # the places inside say more
                raise
            allowed = error.errors(include_url=False, include_input=False)[0]["msg"]
            raise _refused(f"expected {' or '.join(map(str, slots))}; or {allowed[:1].lower()}{allowed[1:]}") from None

    return take


def _component(value: object, slots: tuple[Slot, ...], info: core_schema.ValidationInfo[Any]) -> Component:
    component = Component(value, slots)
    if is_list(info.context):
        info.context.append(component)
    return component


def _refused(reason: str) -> PydanticCustomError:
    return PydanticCustomError("TR206", "{reason}", {"reason": reason})


def _generated(annotation: Any) -> CoreSchema:
    from pydantic import ConfigDict, PydanticUserError, TypeAdapter  # 30 ms, so only where plain schemas don't do

    try:
        adapter: TypeAdapter[Any] = TypeAdapter(annotation, config=ConfigDict(arbitrary_types_allowed=True))
    except PydanticUserError as error:
        if error.code != "type-adapter-config-unused":  # models, dataclasses and TypedDicts have a config of their own
            raise
        adapter = TypeAdapter(annotation)
    schema: CoreSchema = _labelled(adapter.core_schema)
    return apart(schema) if schema["type"] in ("definitions", "definition-ref") else schema


def apart(schema: CoreSchema) -> CoreSchema:
    """A schema with definitions, which can't be part of another one, as a function that validates by it."""
    validator = SchemaValidator(schema)

    def validate(value: object, info: core_schema.ValidationInfo[Any]) -> object:
        is_strict = bool(info.config and info.config.get("strict")) or None
        validated: object = validator.validate_python(value, strict=is_strict, context=info.context)
        return validated

    return core_schema.with_info_plain_validator_function(validate, metadata={DEFINITIONS: schema})


def _labelled(schema: Any) -> Any:
    """The schema with a label for each member of its unions that can't be mistaken for a key of the config."""
    if is_list(schema):
        return [_labelled(item) for item in schema]
    if is_sequence(schema):
        return tuple(_labelled(item) for item in schema)
    if not is_dict(schema):
        return schema
    if schema.get("type") == "union":
        choices: list[Any] = [choice[0] if is_sequence(choice) else choice for choice in schema["choices"]]
        schema = {**schema, "choices": [(choice, f"{UNION_LABEL}{index}") for index, choice in enumerate(choices)]}
    return {key: value if key in ("metadata", "serialization") else _labelled(value) for key, value in schema.items()}
