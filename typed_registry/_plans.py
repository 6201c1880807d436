"""Plans: what is known of an entry's arguments before any are given, made when the entry is first used."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic_core import ValidationError

from typed_registry._admission import admit_product, load
from typed_registry._contracts import instance_findings, missing_members, return_findings
from typed_registry._records import UNDONE, Record
from typed_registry._signatures import Parameter, Signature, call
from typed_registry._slots import RegistryNode, Slot
from typed_registry._validators import Field, Validate, argument_validators, config_names, field_of
from typed_registry.errors import Finding, Place, path_text

__all__ = ["Plan", "plan_of"]

_MUTABLE = (list, dict, set, tuple, bytearray)
_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(slots=True, eq=False)
class Plan:
    """What is known of an entry's arguments before any are given.

    Args:
        record: The entry.
        owner: The registry that has it.
        signature: The parameters of the factory.
        factory: The class or function.
        names: What a config may hold: the parameters and `type`.
        validators: Each takes a config and gives validated arguments that were given; together they give all.
        fields: The schema of each parameter.
        extra: The schema of what else it takes, by `**kwargs`; None for nothing.
        slots: The slots of each parameter that has some.
        extra_slots: Whether what else it takes, by `**kwargs`, is for slots.
        copied: Parameters whose validated value may still share containers with the config.
        defaults: Parameters with a mutable default, which each build gets a copy of.
        is_plain: No parameter needs anything but validation, so that a build is one call of the validator and one of the factory.
        positional: How many arguments can be given by position.
        verified: Types of products that were held against the protocol.
        variants: Plans of configs that lack their first parameters, by how many (-1: any).
    """

    record: Record[Any]
    owner: RegistryNode
    signature: Signature
    factory: Callable[..., Any]
    names: frozenset[str]
    validators: tuple[Validate, ...]
    fields: dict[str, Field]
    extra: Field | None
    slots: dict[str, tuple[Slot, ...]]
    extra_slots: bool
    copied: tuple[str, ...]
    defaults: tuple[tuple[str, object], ...]
    is_plain: bool
    positional: int
    verified: set[type] = field(default_factory=set[type])
    variants: dict[int, Plan] = field(default_factory=lambda: dict[int, Plan]())

    def slotted(self, given: Iterable[str]) -> tuple[str, ...]:
        """The arguments that have slots, those given first."""
        if not self.slots and not self.extra_slots:
            return ()
        found = (name for name in given if name in self.slots or (self.extra_slots and name not in self.names))
        return tuple(dict.fromkeys((*found, *self.slots)))

    def call(self, values: dict[str, object]) -> Any:
        """The product of the factory."""
        return self.factory(**values) if self.signature.by_keyword else call(self.factory, self.signature, values)

    def lacks(self, protocol: object) -> tuple[Finding, ...]:
        """What its products certainly lack of a protocol that isn't their registry's."""
        if isinstance(self.factory, type):
            return missing_members(protocol, self.factory)
        return instance_findings(protocol, self.factory()) if self.record.is_value else return_findings(protocol, self.signature.returns)

    def verify(self, product: object) -> None:
        """Hold the first product of each type against the protocol.

        Raises:
            ContractError: It lacks members.
        """
        if type(product) not in self.verified:
            admit_product(product, self.record, self.owner.name, self.owner.protocol)
            self.verified.add(type(product))

    def note(self, path: tuple[str | int, ...], place: Place | None) -> str:
        """What a component's own error is told with."""
        record = self.record
        text = f"while building {path_text(path) or 'the config'}: {record.name!r} of registry {self.owner.name!r} ({record.where})"
        return text if place is None else f"{text}, from {place}"


def plan_of(record: Record[Any], place: RegistryNode, missing: int | None = None) -> Plan:
    """The plan of an entry, made when it is first asked for; with `missing`, of a config that lacks so many first parameters.

    Raises:
        LoadError: A lazy target can't be imported.
        ContractError: It isn't what the registry asks for, or its parameters can't be validated.
    """
    plan: Any = record.plan
    if plan is None:
        factory = load(record, place.name, place.protocol)
        plan = record.plan = _make_plan(record, factory, place)
        if plan.is_plain:
            record.quick = _quick_build(plan)
    made: Plan = plan
    if missing is None:
        return made
    if missing not in made.variants:
        made.variants[missing] = _make_plan(record, made.factory, place, missing)
    return made.variants[missing]


def _quick_build(plan: Plan) -> Callable[..., Any]:
    """A build of a plain plan in as few steps as there can be; it gives UNDONE where the long way has to tell what is wrong.

    What is checked is the same. Everything that it needs is in its closure, as looking attributes up would take as long as the rest.
    `keys_beside` is how many keys there are beside the arguments: one for a config, whose `type` named the entry.
    """
    validate, factory, verified = plan.validators[0], plan.factory, plan.verified
    parameters = plan.signature.parameters
    # Validated arguments come in the order of the parameters; when all are there, they can go by position, which is twice as fast.
    all_by_position = len(parameters) if all(each.kind in _BY_POSITION for each in parameters) else -1

    def build(given: Mapping[Any, object], keys_beside: int = 1) -> Any:
        try:
            values = validate(given)
        except ValidationError:
            return UNDONE
        count = len(values)
        if count + keys_beside != len(given):  # some key is no parameter
            return UNDONE
        try:
            product = factory(*values.values()) if count == all_by_position else factory(**values)
        except Exception as error:  # the component's own, of whatever type; it goes on with a note
            error.add_note(plan.note((), None))
            raise
        if type(product) not in verified:
            plan.verify(product)
        return product

    return build


def _make_plan(record: Record[Any], factory: Callable[..., Any], owner: RegistryNode, missing: int | None = None) -> Plan:
    """The plan of an entry; with `missing`, of a config that lacks so many first parameters (-1: any).

    Raises:
        ContractError: An annotation can't be validated, or a slot is ambiguous.
    """
    signature: Signature = record.signature
    positional = [each for each in signature.parameters if each.kind in _BY_POSITION]
    left_out = {each.name for each in positional[: max(missing or 0, 0)]}
    fields = {each.name: field_of(each, record, owner) for each in signature.parameters if each.name not in left_out}
    if missing == -1:
        fields = {name: replace(each, required=False) for name, each in fields.items()}
    slots = {name: each.slots for name, each in fields.items() if each.slots}
    extra = None if signature.extra is None else field_of(Parameter("**", inspect.Parameter.KEYWORD_ONLY, signature.extra), record, owner)
    defaults = tuple((each.name, each.default) for each in signature.parameters if _is_mutable(each.default))
    copied = tuple(name for name, each in fields.items() if name not in slots and (each.copied or record.spec is not None))
    validators = argument_validators(record, fields, extra, owner.strict)
    is_plain = signature.by_keyword and signature.extra is None and record.spec is None
    return Plan(
        record=record,
        owner=owner,
        signature=signature,
        factory=factory,
        names=frozenset(("type", *config_names(record, fields))),
        validators=validators,
        fields=fields,
        extra=extra,
        slots=slots,
        extra_slots=extra is not None and bool(extra.slots),
        copied=copied,
        defaults=defaults,
        is_plain=is_plain and not (slots or copied or defaults or record.deprecated),
        positional=len(positional),
    )


def _is_mutable(default: object) -> bool:
    return isinstance(default, _MUTABLE)
