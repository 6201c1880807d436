"""Registries that stand in for others, of which only a manifest is at hand: they check configs with the same words, and build nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticCustomError, SchemaValidator, core_schema

from typed_registry._building import Builder
from typed_registry._plans import Plan
from typed_registry._portable import restored
from typed_registry._records import EntryTable, Record
from typed_registry._scopes import Node
from typed_registry._signatures import Signature
from typed_registry._slots import RegistryNode, Slot
from typed_registry._validators import Field, argument_validators
from typed_registry.errors import ConfigWarning, Finding, Where

__all__ = ["StandIns"]

_NOWHERE = Where("?", 0)
_DOUBT: Any = ConfigWarning.code


class _Protocol:
    """Stands for a protocol: what values of JSON lack of it was found out when the manifest was written."""

    def __init__(self, name: str, lacking: Mapping[str, list[list[str]]]) -> None:
        self.__name__ = name
        self.lacking = {kind: tuple(Finding(*each) for each in findings) for kind, findings in lacking.items()}


class _Slot(Slot):
    """A slot whose protocol isn't at hand."""

    __slots__ = ()

    def findings(self, value: object) -> tuple[Finding, ...]:
        protocol: Any = self.protocol
        found: tuple[Finding, ...] = protocol.lacking.get(type(value).__name__, ())
        return found


class _Plan(Plan):
    """What is known of an entry that isn't at hand; `unlike` has what its products lack, by protocol."""

    unlike: Mapping[object, tuple[Finding, ...]]

    def lacks(self, protocol: object) -> tuple[Finding, ...]:
        return self.unlike.get(protocol, ())


class StandIns:
    """All registries of a manifest.

    Args:
        data: The part of the manifest that tells how configs are checked.

    Raises:
        SchemaError: It was written with a version of pydantic that has other schemas.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.waiting: list[int] = data["waiting"]
        self.protocols: list[_Protocol] = [_Protocol(each["name"], each["lacking"]) for each in data["protocols"]]
        self.nodes: list[RegistryNode] = []
        for each in data["registries"]:
            parent: int | None = each["parent"]
            above = None if parent is None else self.nodes[parent]
            protocol: int = each["protocol"]
            table: EntryTable[Any] = EntryTable(each["name"])
            self.nodes.append(Node(each["name"], self.protocols[protocol], table, parent=above, scope=each["scope"], strict=each["strict"]))
        for node, each in zip(self.nodes, data["registries"], strict=True):
            for entry in each["entries"]:
                self._register(node, entry)

    def builder(self, number: int) -> Builder[Any]:
        """What checks the configs of a registry."""
        return _Checker(self, number)

    def _register(self, node: RegistryNode, entry: Mapping[str, Any]) -> None:
        record: Record[Any] = Record(entry["name"], entry["target"], _NOWHERE, None, aliases=tuple(entry["aliases"]))
        node.table.put(record, [])
        plan = record.plan = self._plan(node, record, entry, 0)
        plan.variants.update({number: self._plan(node, record, entry, number) for number in self.waiting})

    def _plan(self, node: RegistryNode, record: Record[Any], entry: Mapping[str, Any], missing: int) -> _Plan:
        """What is known of an entry; of a config that lacks so many first parameters."""
        checks = entry["checks"]
        if checks is None:
            return _unread_plan(node, record)
        left_out = checks["positional"][: max(missing, 0)]
        fields = {name: self._field(each, missing >= 0) for name, each in checks["fields"].items() if name not in left_out}
        extra = None if checks["extra"] is None else self._field({"schema": checks["extra"], "required": False}, True)
        written: dict[str, Any] | None = checks["written"]
        validators = argument_validators(record, fields, extra, node.strict)
        names = list(fields)
        if written is not None:
            names = written["names"]
            own = SchemaValidator(restored(written["schema"], self._slot, self._parse)).validate_python
            validators = (own, *(validators if fields else ()))
        plan = _Plan(
            record=record,
            owner=node,
            signature=Signature((), None if extra is None else Any if checks["takes_anything"] else object),
            factory=_unbuilt,
            names=frozenset(("type", *names)),
            validators=validators,
            fields=fields,
            extra=extra,
            slots={name: each.slots for name, each in fields.items() if each.slots},
            extra_slots=extra is not None and bool(extra.slots),
            copied=(),
            defaults=(),
            is_plain=False,
            positional=len(checks["positional"]),
        )
        plan.unlike = {self.protocols[number]: tuple(Finding(*each) for each in findings) for number, findings in checks["unlike"]}
        return plan

    def _field(self, data: Mapping[str, Any], keeps_required: bool) -> Field:
        slots: list[Slot] = []

        def slot(told: Mapping[str, Any]) -> Slot:
            slots.append(self._slot(told))
            return slots[-1]

        schema = restored(data["schema"], slot, self._parse)
        return Field(schema, tuple(slots), required=data["required"] and keeps_required)

    def _slot(self, told: Mapping[str, Any]) -> Slot:
        registry: int | None = told["registry"]
        protocol: int = told["protocol"]
        owner: int = told["owner"]
        return _Slot(self.protocols[protocol], self.nodes[owner], None if registry is None else self.nodes[registry], told["missing"])

    def _parse(self, number: int) -> Any:
        node = self.nodes[number]
        return node.name, Builder[Any](node).validate


class _Checker(Builder[Any]):
    """Keeps all registries while it is in use, as slots hold theirs weakly."""

    def __init__(self, registries: StandIns, number: int) -> None:
        super().__init__(registries.nodes[number])
        self.registries = registries


def _unread_plan(node: RegistryNode, record: Record[Any]) -> _Plan:
    """What is known of an entry that couldn't be loaded when the manifest was written: any arguments may be right."""
    reason = f"the arguments of {record.name!r} aren't checked: it couldn't be loaded when the manifest was written"

    def doubt(value: object) -> object:
        raise PydanticCustomError(_DOUBT, "{reason}", {"reason": reason, "key": "type"})

    plan = _Plan(
        record=record,
        owner=node,
        signature=Signature((), object),
        factory=_unbuilt,
        names=frozenset(("type",)),
        validators=(SchemaValidator(core_schema.no_info_plain_validator_function(doubt)).validate_python,),
        fields={},
        extra=None,
        slots={},
        extra_slots=False,
        copied=(),
        defaults=(),
        is_plain=False,
        positional=sys.maxsize,
    )
    plan.unlike = {}
    return plan


def _unbuilt() -> None:
    raise NotImplementedError("only its manifest is at hand")
