"""Components: the tree that a config is while it is checked, and the configs that come out of a checked tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter
from typing import Any, Protocol

from typed_registry._copying import copy_containers
from typed_registry._json_values import Either, json_value
from typed_registry._kinds import is_dict, is_mapping, is_sequence, is_set
from typed_registry._naming import target_of
from typed_registry._records import SpecMarker

__all__ = ["Component", "SlotLike", "arguments_of", "canonical_config", "children_first", "components_in", "is_config", "resolved_config"]

_PLAIN = (str, int, float, bool, type(None), bytes, bytearray)


class SlotLike(Protocol):
    """What a component knows of the slot that it fills."""

    @property
    def protocol(self) -> object: ...
    @property
    def missing(self) -> int | None: ...
    def node_for(self, current: Any, /) -> Any: ...


class Component:
    """One component of a config: what was given, then what it was found to be, its validated arguments and its children."""

    __slots__ = (
        "children",
        "depth",
        "given",
        "is_canonical",
        "node",
        "parent",
        "place",
        "plan",
        "record",
        "slot",
        "slots",
        "slotted",
        "values",
    )

    def __init__(self, given: Any, slots: tuple[SlotLike, ...] = ()) -> None:
        self.given: Any = given
        self.slots: tuple[SlotLike, ...] = slots  # what it may fill
        self.slot: SlotLike | None = None  # the one that it fills
        self.parent: Component | None = None
        self.depth: int = 0
        self.node: Any = None  # the registry that finds its name
        self.place: Any = None  # the registry that would find it from where it stands, if it is of another one of the tree
        self.record: Any = None  # where it is known beforehand
        self.is_canonical: bool = False  # whether its names were checked before, and hold in any scope
        self.plan: Any = None
        self.values: dict[str, object] = {}
        self.slotted: tuple[str, ...] = ()  # the arguments that have slots, in the order given
        self.children: list[Component] = []

    @property
    def is_waiting(self) -> bool:
        """Whether its first arguments come later, from its user."""
        return self.slot is not None and self.slot.missing is not None

    def canonical_name(self) -> str:
        """Its entry's own name, as its registry finds it in any scope."""
        name: str = (self.place or self.node).canonical(self.plan.owner, self.plan.record.name)
        return name

    def path(self) -> tuple[str | int, ...]:
        """Where it stands in the config; found only when it is asked for, so that a right config pays nothing for it."""
        parts: list[tuple[str | int, ...]] = []
        component = self
        while (parent := component.parent) is not None:
            parts.append(component._place_in(parent))
            component = parent
        return tuple(part for place in reversed(parts) for part in place)

    def arguments(self) -> Mapping[Any, object]:
        """What was given to it by name, without its type."""
        if isinstance(self.given, SpecMarker):
            return arguments_of(self.given)
        return {key: value for key, value in self.given.items() if key != "type"}

    def _place_in(self, parent: Component) -> tuple[str | int, ...]:
        """The path of this child's config in its parent's; of one that stands there several times, the place of as many siblings."""
        configs = {id(child.given) for child in parent.children}
        before = sum(child.given is self.given for child in parent.children[: parent.children.index(self)])
        todo: list[tuple[tuple[str | int, ...], Any]] = [
            ((), {key: value for key, value in parent.arguments().items() if key in parent.slotted})
        ]
        while todo:
            path, value = todo.pop()
            if id(value) in configs:
                if value is self.given:
                    if before == 0:
                        return path
                    before -= 1
            elif is_mapping(value):
                todo.extend(((*path, key), inner) for key, inner in reversed(list(value.items())))
            elif is_sequence(value):
                todo.extend(((*path, index), value[index]) for index in reversed(range(len(value))))
        return ()


def arguments_of(spec: Any) -> Mapping[Any, object]:
    """The arguments of a spec; the layers below it know no more of it than its marker."""
    arguments: Mapping[Any, object] = spec.__spec_arguments__
    return arguments


def is_config(value: object) -> bool:
    """Whether a value names a component: a mapping or a spec."""
    return type(value) is dict or isinstance(value, (SpecMarker, Mapping))


def canonical_config(top: Component) -> dict[str, Any]:
    """The config of a checked tree with the canonical name of each component, and nothing else changed."""
    done: dict[int, dict[str, Any]] = {}
    for component in children_first(top, through_waiting=True):
        replacements = {
            id(child.given): done[id(child)] for child in component.children if child.place or not isinstance(child.given, SpecMarker)
        }
        arguments: dict[str, Any] = copy_containers(dict(component.arguments()), replacements)
        done[id(component)] = {"type": component.canonical_name(), **arguments}
    return done[id(top)]


def resolved_config(top: Component, *, name_defaults: bool = False) -> dict[str, object]:
    """The config of a checked tree with values as they are after validation and with defaults filled in.

    Args:
        top: The tree.
        name_defaults: Whether a default that is a function or class becomes its target, as for a hash.
    """
    done: dict[int, dict[str, object]] = {}
    for component in children_first(top, through_waiting=True):
        resolved = _resolved(component, done, for_hash=name_defaults)
        done[id(component)] = {"type": component.canonical_name(), **resolved, **_defaults(component, name_defaults)}
    return done[id(top)]


def _resolved(component: Component, done: Mapping[int, object], for_hash: bool) -> dict[str, object]:
    given = component.arguments()
    resolved: dict[str, object] = {}
    for name, value in component.values.items():
        if name in component.slotted:
            resolved[name] = copy_containers(value, done)
        elif name not in given or _is_plain(value):
            resolved[name] = value
        else:
            resolved[name] = _hashed(value, given[name]) if for_hash else Either(value, given[name])
    return resolved


def _hashed(validated: object, given: object) -> object:
    """What stands for an object in a hash: its JSON, if it has one, as a path has; else what it was given as."""
    data, problems = json_value(validated, finite=False)
    return given if problems else data


def _defaults(component: Component, name_defaults: bool) -> dict[str, object]:
    defaults: dict[str, object] = {}
    for parameter in component.plan.signature.parameters:
        if parameter.name in component.values:
            continue
        if parameter.default is not Parameter.empty:
            is_named = name_defaults and callable(parameter.default)
            defaults[parameter.name] = target_of(parameter.default) if is_named else parameter.default
        elif parameter.default_factory in (list, dict, set, tuple):  # another may give something else each time
            defaults[parameter.name] = parameter.default_factory()
    return defaults


def children_first(top: Component, *, through_waiting: bool = False) -> Iterator[Component]:
    """A checked tree in the order of building; what waits for its user is a leaf, unless told otherwise."""
    todo = [(top, False)]
    while todo:
        component, is_open = todo.pop()
        stays_closed = component is not top and not through_waiting and component.is_waiting
        if is_open or stays_closed or not component.children:
            yield component
        else:
            todo.append((component, True))
            todo.extend((child, False) for child in reversed(component.children))


def components_in(values: list[Any]) -> list[Component]:
    """The components inside containers, in order."""
    found: list[Component] = []
    seen: set[int] = set()
    todo = values[::-1]
    while todo:
        item = todo.pop()
        if isinstance(item, Component):
            found.append(item)
        elif (is_sequence(item) or is_dict(item)) and id(item) not in seen:
            seen.add(id(item))
            todo.extend(reversed(list(item.values() if is_dict(item) else item)))
    return found


def _is_plain(value: Any) -> bool:
    todo = [value]
    while todo:
        item = todo.pop()
        if is_dict(item):
            todo.extend(item.values())
        elif is_sequence(item) or is_set(item):
            todo.extend(item)
        elif not isinstance(item, _PLAIN):
            return False
    return True
