"""Specs as fields of pydantic models: they take a config or a spec, and are dumped as a config."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, ValidationError, core_schema

from typed_registry._components import is_config
from typed_registry._contracts import instance_findings, is_protocol
from typed_registry._json_values import json_value
from typed_registry._kinds import is_dict, is_list, is_mapping
from typed_registry._records import SpecMarker
from typed_registry._scopes import roots_with
from typed_registry._slots import REGISTRY
from typed_registry.errors import ConfigError, Problem

__all__ = ["config_field_schema", "field_schema", "spec_type_schema", "written_spec_schema"]


def spec_type_schema(cls: type[Any], protocol: object) -> CoreSchema:
    """The schema of `BuildSpec[T]` without a registry beside it: the only one that has the protocol."""
    return _schema(lambda: _registry_of(protocol), cls)


def written_spec_schema(schema: CoreSchema) -> CoreSchema:
    """The schema of a spec written by hand, made of pydantic's own for its fields."""
    made: Any = _with_slots(schema)
    made["serialization"] = _serialization()
    return made  # type: ignore[no-any-return]


def field_schema(registry: Any, source: Any) -> CoreSchema:
    """The schema of `Annotated[BuildSpec[T], REGISTRY]` in a pydantic model.

    Raises:
        TypeError: What is annotated is no BuildSpec.
    """
    if not (isinstance(source, type) and issubclass(source, SpecMarker)):
        raise TypeError(f"a registry annotates a BuildSpec in a pydantic model: Annotated[BuildSpec[...], REGISTRY], not {source!r}")
    return _schema(lambda: registry, source)


def _registry_of(protocol: object) -> Any:
    roots = roots_with(protocol)
    if len(roots) == 1:
        return roots[0].face
    which = f"registries {', '.join(repr(root.name) for root in roots)} make it" if roots else "no registry makes it"
    reason = f"{which}; annotate the field with one: Annotated[BuildSpec[...], REGISTRY]"
    raise PydanticCustomError("TR206", "{reason}", {"reason": reason})


def _schema(find_registry: Callable[[], Any], cls: type[Any]) -> CoreSchema:
    def validate(value: Any) -> object:
        return _field_value(value, find_registry(), cls)

    def schema(core: object, handler: object) -> dict[str, Any]:
        return _json_schema(find_registry())

    metadata: Any = {"pydantic_js_functions": [schema], REGISTRY: find_registry}
    return core_schema.no_info_plain_validator_function(validate, serialization=_serialization(), metadata=metadata)


def _field_value(value: Any, registry: Any, cls: type[Any]) -> object:
    own = {node.face for node in registry.__registry_node__.root.tree()}
    if isinstance(value, SpecMarker):
        made: Any = value
        found: Any = made if made.__spec_registry__ is registry or made.__spec_registry__ not in own else registry.parse(made)
    elif is_mapping(value):
        found = _parsed(value, registry.name, registry.parse)
    else:
        raise PydanticCustomError("TR207", "{reason}", {"reason": f"expected a config of registry {registry.name!r} or a BuildSpec"})
    if found.__spec_registry__ not in own:
        reason = f"expected a spec of registry {registry.name!r}, not one of {getattr(found.__spec_registry__, 'name', None)!r}"
        raise PydanticCustomError("TR206", "{reason}", {"reason": reason})
    if cls.__pydantic_fields__ and not isinstance(found, cls):
        raise PydanticCustomError("TR206", "{reason}", {"reason": f"expected a {cls.__name__}, not a spec of {found.__spec_name__!r}"})
    return found


def config_field_schema(registry: str, parse: Callable[[Mapping[Any, Any]], object]) -> CoreSchema:
    """The schema of a field of which only files are known: it takes what `parse` takes."""

    def validate(value: Any) -> object:
        if is_mapping(value):
            return _parsed(value, registry, parse)
        raise PydanticCustomError("TR207", "{reason}", {"reason": f"expected a config of registry {registry!r} or a BuildSpec"})

    return core_schema.no_info_plain_validator_function(validate)


def _parsed(value: Mapping[Any, Any], registry: str, parse: Callable[[Mapping[Any, Any]], object]) -> object:
    try:
        return parse(value)
    except ConfigError as error:
        raise ValidationError.from_exception_data(registry, [_line_error(problem) for problem in error.problems]) from None


def _line_error(problem: Problem) -> InitErrorDetails:
    context: dict[str, Any] = {"reason": problem.message, "suggestion": problem.suggestion, "key": problem.key}
    hint = "; did you mean '{suggestion}'?" if problem.suggestion is not None else ""
    code: Any = problem.code
    template: Any = "{reason}" + hint
    return InitErrorDetails(type=PydanticCustomError(code, template, context), loc=problem.path, input=problem.input)


def _json_schema(registry: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "title": f"A config of registry {registry.name!r}",
        "properties": {"type": {"type": "string", "examples": list(registry)}},
        "required": ["type"],
    }


def _serialization() -> core_schema.PlainSerializerFunctionSerSchema:
    def dump(spec: Any, info: core_schema.SerializationInfo[Any]) -> object:
        config = spec.to_config()
        if info.mode != "json":
            return config
        data, problems = json_value(config)
        if problems:
            raise ConfigError(problems, f"the config of {spec.__spec_name__!r} as JSON")
        return data

    return core_schema.plain_serializer_function_ser_schema(dump, info_arg=True)


def _with_slots(schema: Any, field: str | None = None) -> Any:
    """The schema with protocols, which isinstance can't tell, replaced by a check of members that also takes configs.

    Args:
        schema: Of a spec, or of what is in one.
        field: The field of the spec that it is in.
    """
    if is_list(schema):
        return [_with_slots(item, field) for item in schema]
    if not is_dict(schema):
        return schema
    if schema.get("type") == "is-instance" and is_protocol(schema["cls"]):
        return core_schema.with_info_plain_validator_function(_component_or_config(schema["cls"], field))
    if schema.get("type") == "model-fields" and field is None:
        return {**schema, "fields": {name: _with_slots(each, name) for name, each in schema["fields"].items()}}
    return {key: value if key in ("metadata", "cls", "config") else _with_slots(value, field) for key, value in schema.items()}


def _component_or_config(protocol: object, field: str | None) -> Callable[[object, core_schema.ValidationInfo[Any]], object]:
    def validate(value: object, info: core_schema.ValidationInfo[Any]) -> object:
        if is_config(value) or (is_dict(info.context) and (field, protocol) in info.context):
            return value
        findings = instance_findings(protocol, value)
        if findings:
            raise PydanticCustomError("TR206", "{reason}", {"reason": "; ".join(map(str, findings))})
        return value

    return validate
