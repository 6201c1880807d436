"""The slots in a type that is being written."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_origin

from typed_registry._records import SpecMarker
from typed_registry._scopes import roots_with
from typed_registry._slots import RegistryNode, Slot, SlotMark, find_slots
from typed_registry._stub_expressions import UnresolvedError
from typed_registry.errors import ContractError

__all__ = ["is_spec_type", "marked", "only_root", "registry_node", "slot_in"]


def marked(value: Any, owner: RegistryNode, explicit: RegistryNode | None) -> Any:
    """A type with its slots marked; None where it has none.

    Raises:
        UnresolvedError: Several registries make what is due in one.
    """
    try:
        rewritten, has_slots = find_slots(value, owner, explicit)
    except ContractError as error:
        raise UnresolvedError(f"{error.reason}; {error.remedy}") from error
    except Exception:  # annotations may hold objects whose comparison raises
        return None
    return rewritten if has_slots else None


def slot_in(value: Any, owner: RegistryNode, explicit: RegistryNode | None) -> Slot | None:
    """The slot that all of a type is."""
    rewritten = marked(value, owner, explicit)
    if get_origin(rewritten) is not Annotated or len(get_args(rewritten)) != 2:
        return None
    mark = get_args(rewritten)[1]
    is_one = isinstance(mark, SlotMark) and len(mark.slots) == 1 and mark.rest is None and not mark.nullable
    return mark.slots[0] if is_one else None


def registry_node(value: Any) -> RegistryNode | None:
    """The node of a registry; None for anything else."""
    node: RegistryNode | None = getattr(value, "__registry_node__", None)
    return node


def only_root(protocol: Any) -> RegistryNode | None:
    """The one registry, at the root of its tree, that makes what satisfies a protocol."""
    roots = roots_with(protocol)
    return roots[0] if len(roots) == 1 else None


def is_spec_type(value: Any) -> bool:
    """Whether it is BuildSpec, or what is made of it."""
    origin = get_origin(value) or value
    return isinstance(origin, type) and issubclass(origin, SpecMarker)
