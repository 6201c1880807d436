"""JSON Schema (draft 2020-12) of configs, for editors and for validators that know no Python: what `parse` takes, and nothing else.

It needs `typed-registry[cli]`, which reads docstrings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticCustomError

from typed_registry._docstrings import described
from typed_registry._json_values import json_value
from typed_registry._kinds import is_dict, is_list
from typed_registry._parameters import NOTHING as UNKNOWN
from typed_registry._parameters import ParameterText, parameters_of
from typed_registry._plans import Plan, plan_of
from typed_registry._records import Record, object_of
from typed_registry._schema_shapes import NOTHING, JsonSchema, tagged
from typed_registry._slots import RegistryNode, Slot
from typed_registry._validators import config_names
from typed_registry._value_schemas import ValueSchemas
from typed_registry.errors import RegistryError
from typed_registry.registry import Registry

__all__ = ["config_schema", "model_schema", "schema_text", "why_unreadable"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UNREAD = "It couldn't be loaded when this was written, so its arguments aren't known: any are taken."
_PLACE_OF_SCHEMA = {"type": "string", "description": "Where the schema of this file is."}


def config_schema(registry: Registry[Any, Any], unreadable: list[str] | None = None) -> dict[str, Any]:
    """The JSON Schema of a registry's configs. Every entry that a config can name is loaded for it.

    Args:
        registry: What the configs are of.
        unreadable: Where it is given, an entry that can't be loaded is told of in it, and may have any arguments in the schema.

    Raises:
        ContractError: An entry isn't what its registry asks for.
        LoadError: A lazy target can't be imported.

    Example:
        >>> from typing import Protocol
        >>> from typed_registry import Registry
        >>> class Greeter(Protocol):
        ...     def greet(self) -> str: ...
        >>> GREETERS: Registry[Greeter] = Registry("greeters", Greeter)
        >>> @GREETERS.register("hello")
        ... class Hello:
        ...     def __init__(self, name: str) -> None:
        ...         self.text = f"hello {name}"
        ...     def greet(self) -> str:
        ...         return self.text
        >>> schema = config_schema(GREETERS)
        >>> schema["allOf"][0]["then"]
        {'$ref': '#/$defs/greeters.hello'}
        >>> schema["$defs"]["greeters.hello"]["properties"]["name"]
        {'type': 'string'}
    """
    node = registry.__registry_node__
    document = _Document(unreadable)
    return document.of_view(document.view((_Choice(node, None, node.protocol),)))


def model_schema(model: type[BaseModel], unreadable: list[str] | None = None) -> dict[str, Any]:
    """The JSON Schema of a pydantic model's configs; its fields `Annotated[BuildSpec[T], REGISTRY]` take configs of the registry.

    Args:
        model: What the configs are of.
        unreadable: As for `config_schema`.

    Raises:
        ContractError: An entry isn't what its registry asks for.
        LoadError: A lazy target can't be imported.
    """
    return _Document(unreadable).of_model(model)


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as the text of a file; the same for the same registry, in every process."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def why_unreadable(error: BaseException, name: str, registry: str) -> str:
    """Why an entry can't be loaded, in one line."""
    text = " ".join(str(error).split())
    return text if isinstance(error, RegistryError) else f"{name!r} of registry {registry!r} can't be used: {type(error).__name__}: {text}"


@dataclass(frozen=True)
class _Choice:
    """A registry that may make what is due: how many first parameters come later, and what it must be."""

    node: RegistryNode
    missing: int | None
    wanted: object

    @property
    def name(self) -> str:
        """What its definition is called."""
        narrower = f".as.{getattr(self.wanted, '__name__', 'other')}" if self.wanted != self.node.protocol else ""
        waiting = "" if self.missing is None else ".waiting" if self.missing < 0 else f".waiting{self.missing}"
        return f"{self.node.name}{waiting}{narrower}"

    def plan(self, place: RegistryNode, record: Record[Any]) -> Plan | None:
        """What is known of an entry's arguments; None for one that can't stand there."""
        plan = plan_of(record, place, self.missing)
        is_short = self.missing is not None and self.missing > plan.positional
        return None if is_short or (self.wanted != place.protocol and plan.lacks(self.wanted)) else plan


@dataclass
class _Member:
    """An entry that a config may name; one without a plan couldn't be loaded."""

    key: str
    names: list[str]
    current: RegistryNode
    record: Record[Any]
    plan: Plan | None
    title: str
    doc: str | None
    texts: dict[str, ParameterText]

    @property
    def is_strict(self) -> bool:
        """Whether it is validated without conversions."""
        return self.plan is not None and self.plan.owner.strict

    def inputs(self) -> Iterator[tuple[str, Any]]:
        """The core schemas of its arguments, each with a key."""
        if self.plan is None:
            return
        for name, each in self.plan.fields.items():
            if self.record.spec is None or each.slots:
                yield f"{self.key} {name}", each.schema
        if self.plan.extra is not None and self.record.spec is None:
            yield f"{self.key} **", self.plan.extra.schema


@dataclass
class _View:
    """What may stand in a place: the entries of some registries, as they are found from one of them."""

    key: str
    choices: tuple[_Choice, ...]
    members: dict[str, _Member] = field(default_factory=dict[str, _Member])

    @property
    def ref(self) -> JsonSchema:
        """What refers to it."""
        return {"$ref": f"#/$defs/{self.key}"}

    def schema(self) -> JsonSchema:
        """Its schema, without its members'."""
        told = {name: _told(name, member) for name, member in self.members.items()}
        made = tagged("type", {name: {"$ref": f"#/$defs/{member.key}"} for name, member in self.members.items()}, told)
        registries = " or ".join(dict.fromkeys(repr(choice.node.name) for choice in self.choices))
        made["title"] = " or ".join(dict.fromkeys(choice.node.name for choice in self.choices))
        made["description"] = f"A config of registry {registries}."
        if not made["allOf"]:
            del made["allOf"]
        return made


class _Document:
    """One schema in the making: what it has to tell of is only known when all that refers to it was told."""

    def __init__(self, unreadable: list[str] | None) -> None:
        self.unreadable = unreadable
        self.views: list[_View] = []
        self.keys: set[str] = set()

    def of_view(self, top: _View) -> JsonSchema:
        """The schema of a registry's configs."""
        definitions, _ = self._definitions({})
        return self._complete({**top.schema(), "$defs": definitions})

    def of_model(self, model: type[BaseModel]) -> JsonSchema:
        """The schema of a model's configs."""
        definitions, made = self._definitions({"model": (None, TypeAdapter(model).core_schema)})
        return self._complete({**_resolved(made["model"], definitions), "$defs": definitions})

    def view(self, choices: tuple[_Choice, ...]) -> _View:
        """The view of some choices, made when it is first asked for."""
        known = next((view for view in self.views if view.choices == choices), None)
        if known is None:
            known = _View(self._key("registry." + "-or-".join(choice.name for choice in choices)), choices)
            self.views.append(known)
            self._fill(known)
        return known

    def _fill(self, view: _View) -> None:
        taken: set[str] = set()
        prefix = view.key.removeprefix("registry.")
        for choice in view.choices:
            members: dict[int, _Member | None] = {}
            for name in [each for each in _names(choice.node) if each not in taken]:
                place, record = choice.node.find(name, canonical=True) or (None, None)
                if place is None or record is None:
                    continue
                taken.add(name)
                if id(record) not in members:
                    title = choice.node.name_of(place, record.name) or name
                    members[id(record)] = self._member(prefix, choice, title, (place, record))
                member = members[id(record)]
                if member is not None:
                    view.members[name] = member
                    member.names.append(name)

    def _member(self, prefix: str, choice: _Choice, title: str, found: tuple[RegistryNode, Record[Any]]) -> _Member | None:
        """An entry as a config may name it; None for one that can't stand there."""
        place, record = found
        plan: Plan | None = None
        try:
            plan = choice.plan(place, record)
            if plan is None:
                return None
        except (Exception, SystemExit) as error:  # of an entry that can't be used, or whatever a module raises that is imported lazily
            if self.unreadable is None:
                raise
            self.unreadable.append(why_unreadable(error, record.name, place.name))
        texts = {} if plan is None else {text.name: text for text in parameters_of(plan)}
        doc = None if record.factory is None else described(object_of(record))
        return _Member(self._key(f"{prefix}.{title}"), [], choice.node, record, plan, title, doc, texts)

    def _key(self, name: str) -> str:
        """A key that no definition has yet, of letters that need no escapes in a reference; pydantic's own keys have no dot."""
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        key = next(key for number in range(len(self.keys) + 1) if (key := f"{plain}.{number + 1}" if number else plain) not in self.keys)
        self.keys.add(key)
        return key

    def _slot(self, slots: tuple[Slot, ...], current: RegistryNode) -> JsonSchema:
        choices = [_Choice(node, slot.missing, slot.protocol) for slot in slots if (node := slot.node_for(current)) is not None]
        return self.view(tuple(dict.fromkeys(choices))).ref if choices else dict(NOTHING)

    def _field(self, find_registry: Any) -> JsonSchema:
        try:
            node: RegistryNode = find_registry().__registry_node__
        except PydanticCustomError:  # no registry, or several, have the protocol: nothing is taken there
            return dict(NOTHING)
        return self.view((_Choice(node, None, node.protocol),)).ref

    def _definitions(self, more: dict[str, tuple[Any, Any]]) -> tuple[dict[str, JsonSchema], dict[str, JsonSchema]]:
        """All definitions, and the schemas of what else is asked for. What refers to new views is told again when they are known."""
        while True:
            count = len(self.views)
            lax, strict = dict(more), dict[str, tuple[Any, Any]]()
            for member in self._members():
                (strict if member.is_strict else lax).update((key, (member.current, schema)) for key, schema in member.inputs())
                if member.plan is not None and member.record.spec is not None:
                    lax[member.key] = (member.current, TypeAdapter(member.record.spec).core_schema)
            made, models = ValueSchemas(False, self._slot, self._field, "#/$defs/{model}").schemas_of(lax)
            if strict:
                others, strict_models = ValueSchemas(True, self._slot, self._field, "#/$defs/strict.{model}").schemas_of(strict)
                made |= others
                models |= {f"strict.{key}": schema for key, schema in strict_models.items()}
            if len(self.views) == count:
                break
        views = {view.key: _nested(view.schema()) for view in self.views}
        members = {member.key: _member_schema(member, made, models) for member in self._members()}
        return {**views, **members, **models}, made

    def _members(self) -> Iterator[_Member]:
        for view in self.views:
            yield from {id(member): member for member in view.members.values()}.values()

    def _complete(self, schema: JsonSchema) -> JsonSchema:
        """The schema with what every file may have, and with those definitions only that it leads to."""
        definitions: dict[str, JsonSchema] = schema.pop("$defs")
        if schema.get("type") == "object":
            schema["properties"] = {"$schema": _PLACE_OF_SCHEMA, **schema.get("properties", {})}
        led_to = _led_to(schema, definitions)
        kept = {key: each for key, each in definitions.items() if key in led_to}
        head: JsonSchema = {key: schema[key] for key in ("title", "description") if key in schema}
        return {"$schema": _DIALECT, **head, **schema, **({"$defs": kept} if kept else {})}


def _names(node: RegistryNode) -> dict[str, None]:
    """Every name by which a config finds an entry from a registry; locations are loaded for it, as a miss would load them."""
    for each in node.root.tree():
        each.load_locations()
    names = dict.fromkeys(node.names())
    for each in node.root.tree():
        scopes = list(_scopes(each))[::-1]
        paths = (".".join(scopes[start:]) for start in range(len(scopes) - 1))
        names.update(dict.fromkeys(f"{path}.{name}" for path in paths for name in each.table.lookup))
    return names


def _scopes(node: RegistryNode | None) -> Iterator[str]:
    """The scopes of a registry and those above it, as far as all have one."""
    while node is not None and node.scope is not None:
        yield node.scope
        node = node.parent


def _told(name: str, member: _Member) -> JsonSchema:
    """What is told of a name."""
    deprecated = member.record.deprecated
    parts = [
        f"Deprecated: {deprecated}" if deprecated else None,
        f"Another name of '{member.title}'." if name != member.title else None,
        member.doc,
        _UNREAD if member.plan is None else None,
    ]
    text = "\n\n".join(part for part in parts if part)
    return {**({"description": text} if text else {}), **({"deprecated": True} if deprecated else {})}


def _nested(view: JsonSchema) -> JsonSchema:
    """A view as a slot refers to it: only a file's top has a `$schema`."""
    return {**view, "properties": {**view["properties"], "$schema": False}}


def _member_schema(member: _Member, made: Mapping[str, JsonSchema], models: Mapping[str, JsonSchema]) -> JsonSchema:
    plan, doc = member.plan, member.doc
    written = _resolved(made[member.key], models) if plan is not None and member.record.spec is not None else {}
    fields = {} if plan is None else plan.fields
    names = [] if plan is None else config_names(member.record, fields)
    required = [name for name in names if name in written.get("required", ())]
    if member.record.spec is None:
        required = [name for name, each in fields.items() if each.required]
    extra: JsonSchema | None = made.get(f"{member.key} **")
    if plan is None:
        doc, extra = "\n\n".join(filter(None, (doc, _UNREAD))), {}
    deprecated = member.record.deprecated
    return {
        "title": member.title,
        **({"description": doc} if doc else {}),
        **({"deprecated": True} if deprecated else {}),
        "type": "object",
        "properties": {
            "type": _type_of(member),
            **{name: _property(member, name, made, written) for name in names},
            "$schema": {"doNotSuggest": True},
        },
        "required": ["type", *required],
        "additionalProperties": False if extra is None else extra or True,
    }


def _type_of(member: _Member) -> JsonSchema:
    """The key of the name, for which editors warn of what is deprecated."""
    names: JsonSchema = {"enum": member.names} if len(member.names) > 1 else {"const": member.names[0]}
    deprecated = member.record.deprecated
    if deprecated is None:
        return names
    return {**names, "deprecated": True, "deprecationMessage": f"'{member.title}' is deprecated: {deprecated}"}


def _property(member: _Member, name: str, made: Mapping[str, JsonSchema], written: JsonSchema) -> JsonSchema:
    schema: JsonSchema = dict(made.get(f"{member.key} {name}", {}))
    of_spec: JsonSchema = written.get("properties", {}).get(name, {})
    if of_spec:
        schema = {"allOf": [of_spec, schema]} if schema else dict(of_spec)
    text = member.texts.get(name)
    if text is None:
        return schema
    if text.doc is not None:
        schema["description"] = text.doc
    if text.value is not UNKNOWN:
        default, problems = json_value(text.value)
        if not problems:
            schema["default"] = default
    return schema


def _resolved(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> JsonSchema:
    """What a reference leads to, with what stands beside the reference."""
    while "$ref" in schema:
        target = definitions[schema["$ref"].removeprefix("#/$defs/")]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return dict(schema)


def _led_to(schema: JsonSchema, definitions: Mapping[str, JsonSchema]) -> set[str]:
    """The definitions that a schema refers to, be it by others."""
    found: set[str] = set()
    todo: list[Any] = [schema]
    while todo:
        item = todo.pop()
        if is_dict(item):
            ref: Any = item.get("$ref")
            if isinstance(ref, str) and (key := ref.removeprefix("#/$defs/")) in definitions and key not in found:
                found.add(key)
                todo.append(definitions[key])
            todo.extend(item.values())
        elif is_list(item):
            todo.extend(item)
    return found
