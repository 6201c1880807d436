"""The tree of components that a config builds, as boxes to be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from typed_registry._components import Component, SlotLike, components_in
from typed_registry._kinds import is_mapping
from typed_registry._plans import plan_of
from typed_registry._showing import path_text, printable, shown
from typed_registry.specs import BuildSpec, is_spec

__all__ = ["Box", "tree_of"]

MAX_ARGUMENT = 40  # characters of one line


@dataclass(eq=False)
class Box:
    """A component of the tree.

    Args:
        lines: Its name, then what it is given beside other components.
        edge: Where it stands in its parent's config.
        waits: Whether it is built later, by the component that holds it.
        children: What is inside of it, in the order of building.
    """

    lines: list[str]
    edge: str = ""
    waits: bool = False
    children: list[Box] = field(default_factory=lambda: list[Box]())

    def walk(self) -> Iterator[Box]:
        """This box and all below it, parents first."""
        todo: list[Box] = [self]
        while todo:
            box = todo.pop()
            yield box
            todo.extend(reversed(box.children))


def tree_of(spec: BuildSpec[Any]) -> Box:
    """The boxes of a spec that was checked."""
    component = Component(spec.to_config())
    component.node = spec.__spec_registry__.__registry_node__
    top = _open(component)
    todo = [(component, top)]
    while todo:
        component, box = todo.pop()
        for child in component.children:
            child.parent = component
            inside = _open(child)
            inside.edge = path_text(child.path()[len(component.path()) :])
            box.children.append(inside)
            todo.append((child, inside))
    return top


def _open(component: Component) -> Box:
    """Find out what a component is, and what is inside of it; all of it is known to be right."""
    current = component.parent.node if component.parent is not None else component.node
    given = component.given
    is_default = is_spec(given)  # in the config there are no specs, but a parameter's default may be one
    name: str = given.__spec_name__ if is_default else given["type"]
    for slot in component.slots:  # of several, the first whose registry has the name, as when it was checked
        node = given.__spec_registry__.__registry_node__ if is_default else slot.node_for(current)
        if node is not None and node.find(name, canonical=True) is not None:
            component.node, component.slot = node, slot
            break
    place, record = component.node.find(name, canonical=True)
    filled: SlotLike | None = component.slot
    plan = plan_of(record, place, filled.missing if filled is not None else None)
    inside: list[Component] = []
    for validate in plan.validators:
        component.values.update(validate(component.arguments(), context=inside))
    component.slotted = plan.slotted(component.arguments())
    component.children = components_in([component.values[name] for name in component.slotted if name in component.values])
    return Box([printable(component.node.canonical(place, record.name)), *_arguments(component)], waits=component.is_waiting)


def _arguments(component: Component) -> Iterator[str]:
    for name, value in component.arguments().items():
        if name not in component.slotted or not (is_mapping(value) or isinstance(value, (list, tuple))):
            text = f"{printable(str(name))}: {shown(value)}"
            yield text if len(text) <= MAX_ARGUMENT else f"{text[: MAX_ARGUMENT - 3]}..."
