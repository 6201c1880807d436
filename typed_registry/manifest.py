"""Manifests: all that is known of registries, as JSON, by which their configs are checked where the code itself can't be imported.

It needs `typed-registry[cli]`, which reads docstrings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from inspect import Parameter
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticCustomError

from typed_registry._annotations import type_text
from typed_registry._building import Builder
from typed_registry._contracts import instance_findings
from typed_registry._docstrings import described
from typed_registry._naming import nearest, target_of
from typed_registry._parameters import parameters_of
from typed_registry._plans import Plan, plan_of
from typed_registry._portable import JSON_SAMPLES, Portable, portable
from typed_registry._records import Record, object_of
from typed_registry._slots import RegistryNode, Slot
from typed_registry._stand_ins import StandIns
from typed_registry.jsonschema import config_schema, why_unreadable
from typed_registry.registry import Registry

__all__ = ["Manifest", "manifest_of", "manifest_text"]

_VERSION = 1
_BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def manifest_of(registries: Mapping[str, Registry[Any, Any]], unreadable: list[str] | None = None) -> dict[str, Any]:
    """The manifest of registries: their entries' names, targets, signatures, docs, and the JSON Schemas of their configs.

    Every entry is loaded for it, also those of the registries that their slots lead to.

    Args:
        registries: By the targets that name them, such as `examples.vision:VISION`.
        unreadable: Where it is given, an entry that can't be loaded is told of in it, and its arguments are left unchecked.

    Raises:
        ContractError: An entry isn't what its registry asks for.
        LoadError: A lazy target can't be imported.
    """
    schemas = {target: config_schema(registry, unreadable) for target, registry in registries.items()}
    writing = _Writing(unreadable)
    targets = {target: writing.registry(registry.__registry_node__) for target, registry in registries.items()}
    return {
        "version": _VERSION,
        "targets": targets,
        "registries": writing.all_registries(),
        "protocols": writing.all_protocols(),  # which the registries above led to
        "waiting": sorted(writing.waiting),
        "schemas": schemas,
    }


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """A manifest as the text of a file; the same for the same registries, in every process."""
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


class Manifest:
    """A manifest that was read: checks configs without the code that they are for.

    Args:
        text: What `manifest_text` made.

    Raises:
        ValueError: It is no manifest, or one of another version of this package or of pydantic.

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
        >>> manifest = Manifest(manifest_text(manifest_of({"zoo:GREETERS": GREETERS})))
        >>> manifest.builder("zoo:GREETERS").validate({"type": "hello", "nam": "Ada"})
        Traceback (most recent call last):
        typed_registry.errors.ConfigError: 2 problems in a config of registry 'greeters':
          TR203 unknown argument 'nam' of 'hello'; did you mean 'name'?
          TR204 missing argument 'name' of 'hello'
    """

    def __init__(self, text: str) -> None:
        try:
            data: Any = json.loads(text)
            version = data["version"]
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"it is no manifest: {type(error).__name__}: {error}") from None
        if version != _VERSION:
            raise ValueError(f"it is of version {version}, not {_VERSION}; write it again with typed-registry manifest")
        try:
            stand_ins = StandIns(data)
            self._builders: dict[str, Builder[Any]] = {target: stand_ins.builder(number) for target, number in data["targets"].items()}
        except Exception as error:  # pydantic-core's SchemaError, or whatever else an edited file leads to
            text = " ".join(str(error).split())
            raise ValueError(
                f"it can't be used here; write it again with typed-registry manifest ({type(error).__name__}: {text})"
            ) from None

    @property
    def targets(self) -> list[str]:
        """The registries that it tells of."""
        return list(self._builders)

    def builder(self, target: str) -> Builder[Any]:
        """What checks the configs of a registry. That the arguments of an entry can't be checked is a problem like others, TR290.

        Raises:
            ValueError: It doesn't tell of it.
        """
        if target not in self._builders:
            near = nearest(target, self._builders, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it tells of {', '.join(self._builders) or 'none'}"
            raise ValueError(f"it doesn't tell of {target}{hint}")
        return self._builders[target]


class _Writing:
    """Registries and protocols by their numbers, as far as they are known; telling of one may lead to more."""

    def __init__(self, unreadable: list[str] | None) -> None:
        self.unreadable = unreadable
        self.nodes: list[RegistryNode] = []
        self.protocols: list[object] = []
        self.narrower: set[int] = set()  # protocols that a slot asks for of a registry of another one
        self.waiting: set[int] = set()

    def registry(self, node: RegistryNode) -> int:
        """The number of a registry; the rest of its tree gets numbers, too."""
        if node not in self.nodes:
            self.nodes.extend(each for each in node.root.tree() if each not in self.nodes)
        return self.nodes.index(node)

    def all_registries(self) -> list[dict[str, Any]]:
        """What is told of each; those that slots lead to are found meanwhile."""
        plans: list[list[tuple[Record[Any], Plan | None]]] = []
        while len(plans) < len(self.nodes):
            node = self.nodes[len(plans)]
            node.load_locations()
            plans.append([(record, self._plan(record, node)) for record in node.table.records.values()])
            for _, plan in plans[-1]:
                if plan is not None:
                    self._checks(plan)
        return [
            {
                "name": node.name,
                "scope": node.scope,
                "parent": None if node.parent is None else self.nodes.index(node.parent),
                "strict": node.strict,
                "protocol": self._protocol(node.protocol),
                "entries": [self._entry(record, plan) for record, plan in own],
            }
            for node, own in zip(self.nodes, plans, strict=True)
        ]

    def all_protocols(self) -> list[dict[str, Any]]:
        """What is told of each."""
        return [
            {
                "name": getattr(protocol, "__name__", str(protocol)),
                "target": target_of(protocol),
                "lacking": {kind: [list(each) for each in instance_findings(protocol, value)] for kind, value in JSON_SAMPLES.items()},
            }
            for protocol in self.protocols
        ]

    def _plan(self, record: Record[Any], node: RegistryNode) -> Plan | None:
        """What is known of an entry's arguments; None for one that can't be loaded, where such are left out."""
        try:
            return plan_of(record, node)
        except (Exception, SystemExit) as error:  # of an entry that can't be used, or whatever a module raises that is imported lazily
            if self.unreadable is None:
                raise
            self.unreadable.append(why_unreadable(error, record.name, node.name))
            return None

    def _entry(self, record: Record[Any], plan: Plan | None) -> dict[str, Any]:
        extra = plan.signature.extra if plan is not None and record.spec is None else None
        return {
            "name": record.name,
            "aliases": list(record.aliases),
            "tags": sorted(record.tags),
            "target": record.target,
            "doc": None if record.factory is None else described(object_of(record)),
            "deprecated": record.deprecated,
            "parameters": [] if plan is None else [each.as_json() for each in parameters_of(plan)],
            "extra": None if extra is None else type_text(extra),
            "checks": None if plan is None else self._checks(plan),
        }

    def _checks(self, plan: Plan) -> dict[str, Any]:
        """By what its configs are checked."""
        record, extra = plan.record, plan.extra if plan.record.spec is None else None
        written = None if record.spec is None else self._written(record.spec)
        fields = {name: each for name, each in plan.fields.items() if written is None or each.slots}
        return {
            "positional": [each.name for each in plan.signature.parameters if each.kind in _BY_POSITION],
            "fields": {
                name: {"schema": self._schema(each.schema), "required": each.required and written is None} for name, each in fields.items()
            },
            "extra": None if extra is None else self._schema(extra.schema),
            "takes_anything": plan.signature.extra is Any,
            "written": written,
            "unlike": [
                [number, [list(each) for each in findings]]
                for number in sorted(self.narrower)
                if (findings := plan.lacks(self.protocols[number]))
            ],
        }

    def _written(self, spec: Any) -> dict[str, Any]:
        """The fields of a spec written by hand, which hold for its configs."""
        made = self._schema(TypeAdapter(spec).core_schema)
        made = made["steps"][-1] if made["type"] == "chain" else made
        fields = {name: each for name, each in made.get("fields", {}).items() if name != "type"}
        of_fields: Portable = {**made, "fields": fields, "extra_behavior": "ignore"} if fields else {"type": "typed-dict", "fields": {}}
        return {"names": [name for name in spec.model_fields if name != "type"], "schema": of_fields}

    def _schema(self, schema: Any) -> Portable:
        def slot(each: Slot) -> Portable:
            node = each.node
            led_to = each.node_for(each.owner)
            if led_to is not None:
                self.registry(led_to)
            if node is not None and node.protocol != each.protocol:
                self.narrower.add(self._protocol(each.protocol))
            if each.missing is not None:
                self.waiting.add(each.missing)
            return {
                "registry": None if node is None else self.registry(node),
                "owner": self.registry(each.owner),
                "protocol": self._protocol(each.protocol),
                "missing": each.missing,
            }

        return portable(schema, slot, self._of_model)

    def _of_model(self, find_registry: Any) -> Portable:
        """A `BuildSpec` in a model."""
        try:
            return {"type": "registry", "registry": self.registry(find_registry().__registry_node__)}
        except PydanticCustomError as error:  # no registry, or several, have the protocol
            return {"type": "refused", "reason": error.message()}

    def _protocol(self, protocol: object) -> int:
        if protocol not in self.protocols:
            self.protocols.append(protocol)
        return self.protocols.index(protocol)
