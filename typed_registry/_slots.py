"""Slots: the places in a factory's annotations where a component of a registry is due."""

from __future__ import annotations

import collections.abc
import types
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from weakref import ref

from typed_registry._contracts import instance_findings, is_protocol
from typed_registry._kinds import is_list
from typed_registry._records import EntryTable, SpecMarker
from typed_registry._scopes import Node, roots_with
from typed_registry.errors import ContractError, Finding, shown

__all__ = ["REGISTRY", "SLOTS", "RegistryNode", "Slot", "SlotMark", "find_slots"]

RegistryNode = Node[EntryTable[Any]]

# In the metadata of a core schema that is a function, for those who tell what it takes: its slots, or what finds a BuildSpec's registry.
SLOTS, REGISTRY = "typed_registry.slots", "typed_registry.registry"

_VALUES: tuple[object, ...] = (bool, bytes, complex, float, int, object, str, type(None))
_CALLABLE: object = collections.abc.Callable
_CONTAINERS = frozenset(
    {
        *(list, dict, tuple),
        *(collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Mapping, collections.abc.MutableMapping),
    }
)


class Slot:
    """A place for a component. It holds registries weakly, as `typing` keeps the annotations that it was asked for last.

    Args:
        protocol: What the component must be.
        owner: The registry whose entry has the slot.
        node: The registry that makes the component; None: the one being built from, or, when none had the protocol yet, the one that has
            it by then.
        missing: For `Callable[[X], T]`, how many first parameters the caller supplies later (-1: any); None for a component as such.
    """

    __slots__ = ("_node", "_owner", "missing", "protocol")

    def __init__(self, protocol: object, owner: RegistryNode, node: RegistryNode | None = None, missing: int | None = None) -> None:
        self.protocol = protocol
        self.missing = missing
        self._owner = ref(owner)
        self._node = None if node is None else ref(node)

    @property
    def owner(self) -> RegistryNode:
        """The registry whose entry has the slot."""
        owner = self._owner()
        assert owner is not None, "its entry is used"
        return owner

    @property
    def node(self) -> RegistryNode | None:
        """The registry that makes the component, if it is known and still there."""
        return None if self._node is None else self._node()

    def node_for(self, current: RegistryNode) -> RegistryNode | None:
        """The registry that a config in this slot belongs to, while `current` is being built from."""
        node = self.node
        if node is not None:
            return node
        if current.protocol == self.protocol:
            return current
        if self.owner.protocol == self.protocol:
            return self.owner
        return _only_root(self.protocol, self.owner)

    def refusal(self, value: object) -> str | None:
        """Why a ready object can't stand here; None if it can."""
        if self.missing is not None:
            return None if callable(value) else f"expected {self}, or a callable, not {shown(value)}"
        findings = self.findings(value)
        if not findings:
            return None
        node = self.node or self.owner
        if isinstance(value, str) and node.protocol == self.protocol and node.find(value) is not None:
            return f"expected {self}, not its name; write {{type: {value}}}"
        return f"expected {self}, a spec or an instance, not {shown(value)} ({'; '.join(map(str, findings[:3]))})"

    def findings(self, value: object) -> tuple[Finding, ...]:
        """What a ready object lacks of the protocol."""
        return instance_findings(self.protocol, value)

    def __str__(self) -> str:
        made = getattr(self.protocol, "__name__", str(self.protocol))
        if self.missing is not None:
            return f"a config that makes a callable giving {made}"
        node = self.node
        return f"a config of registry {node.name!r}" if node is not None else f"a config that makes a {made}"


@dataclass(frozen=True, eq=False, slots=True)
class SlotMark:
    """What stands in a rewritten annotation, inside `Annotated[Any, ...]`, for one or more slots and what else a union allows."""

    slots: tuple[Slot, ...]
    rest: object = None  # the other members of the union; None only for none
    nullable: bool = False


def find_slots(annotation: object, owner: RegistryNode, explicit: RegistryNode | None = None) -> tuple[object, bool]:
    """The annotation with `Annotated[Any, SlotMark]` in place of each slot, and whether it has any.

    Raises:
        ContractError: Several registries have the protocol of a slot and nothing says which is meant.
    """
    rewritten = _Rewriting(owner, explicit).of(annotation)
    return rewritten, rewritten is not annotation


class _Rewriting:
    """One walk over an annotation; what holds no slot comes back as the very same object."""

    def __init__(self, owner: RegistryNode, explicit: RegistryNode | None) -> None:
        self.owner = owner
        self.explicit = explicit
        self._aliases: list[object] = []  # that this is inside of

    def of(self, annotation: object) -> object:
        if isinstance(annotation, TypeVar):
            bound = annotation.__bound__
            return annotation if bound is None or self.of(bound) is bound else self.of(bound)
        slot = self._slot(annotation)
        if slot is not None:
            return Annotated[Any, SlotMark((slot,))]
        origin = get_origin(annotation)
        if origin is Annotated:
            return self._annotated(annotation)
        if origin in (Union, types.UnionType):
            return self._union(annotation)
        if origin in _CONTAINERS:
            return self._container(annotation, origin)
        return self._alias(annotation) if hasattr(annotation, "__value__") else annotation

    def _slot(self, annotation: Any) -> Slot | None:
        if get_origin(annotation) is _CALLABLE:
            parameters, result = get_args(annotation) or (..., Any)
            slot = self._slot(result)
            missing = len(parameters) if is_list(parameters) else -1
            return None if slot is None or slot.missing is not None else Slot(slot.protocol, slot.owner, slot.node, missing)
        if self.explicit is not None and annotation == self.explicit.protocol:
            return Slot(annotation, self.owner, self.explicit)
        if annotation in _VALUES or annotation is Any:  # in a registry of numbers, say, a number is a number
            return None
        if annotation == self.owner.protocol:
            return Slot(annotation, self.owner)
        if not isinstance(annotation, type) and get_origin(annotation) is None:
            return None
        node = _only_root(annotation, self.owner) or (self.explicit if is_protocol(annotation) else None)
        return Slot(annotation, self.owner, node) if node is not None or is_protocol(annotation) else None

    def _alias(self, alias: Any) -> object:
        """What `type X = ...` stands for, where that has slots; it may stand for itself in part."""
        if any(alias is outer for outer in self._aliases):
            return alias
        self._aliases.append(alias)
        inner = self.of(alias.__value__)
        self._aliases.pop()
        return alias if inner is alias.__value__ else inner

    def _annotated(self, annotation: Any) -> object:
        base, metadata = annotation.__origin__, annotation.__metadata__
        registry = next((node for item in metadata if (node := getattr(item, "__registry_node__", None)) is not None), None)
        if registry is None or _is_spec_type(base):
            inner = self.of(base)
            return annotation if inner is base else Annotated[(inner, *metadata)]
        is_one = is_protocol(base) or (isinstance(base, type) and get_origin(base) is None)
        inner = base if is_one else _Rewriting(self.owner, registry).of(base)
        if inner is base:  # perhaps a narrower type than the registry's own protocol
            inner = Annotated[Any, SlotMark((Slot(base, self.owner, registry),))]
        others = tuple(item for item in metadata if not hasattr(item, "__registry_node__"))
        return Annotated[(inner, *others)] if others else inner

    def _union(self, annotation: Any) -> object:
        members = get_args(annotation)
        inner = [self.of(member) for member in members]
        if all(one is other for one, other in zip(members, inner, strict=True)):
            return annotation
        marks = [_mark(member) for member in inner]
        slots = tuple(slot for mark in marks if mark is not None for slot in mark.slots)
        others = [member for member, mark in zip(inner, marks, strict=True) if mark is None]
        if not slots:
            return Union[tuple(others)]  # noqa: UP007 # of as many as there are
        rest = [member for member in others if member is not type(None)]
        return Annotated[Any, SlotMark(slots, Union[tuple(rest)] if rest else None, nullable=len(rest) < len(others))]  # noqa: UP007

    def _container(self, annotation: Any, origin: Any) -> object:
        arguments = get_args(annotation)
        inner = tuple(argument if argument is Ellipsis else self.of(argument) for argument in arguments)
        if all(one is other for one, other in zip(arguments, inner, strict=True)):
            return annotation
        return origin[inner[0] if len(inner) == 1 else inner]


def _mark(annotation: object) -> SlotMark | None:
    if get_origin(annotation) is Annotated and isinstance(mark := get_args(annotation)[1], SlotMark) and len(get_args(annotation)) == 2:
        return mark if mark.rest is None and not mark.nullable else None
    return None


def _only_root(protocol: object, owner: RegistryNode) -> RegistryNode | None:
    roots = roots_with(protocol)
    if len(roots) > 1:
        names = ", ".join(repr(root.name) for root in roots)
        made = getattr(protocol, "__name__", str(protocol))
        raise ContractError(
            f"a parameter of type {made}",
            owner.name,
            f"registries {names} all make it",
            remedy=f"Say which one is meant: Annotated[{made}, REGISTRY].",
        )
    return roots[0] if roots else None


def _is_spec_type(annotation: object) -> bool:
    origin = get_origin(annotation) or annotation
    if origin in (Union, types.UnionType):
        return any(_is_spec_type(member) for member in get_args(annotation))
    return isinstance(origin, type) and issubclass(origin, SpecMarker)
