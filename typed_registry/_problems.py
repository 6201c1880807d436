"""Problems: what is wrong with a config in the words of its own names, from what pydantic and the tree found."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any

from pydantic_core import ErrorDetails

from typed_registry._components import Component, arguments_of
from typed_registry._kinds import is_mapping, is_sequence
from typed_registry._naming import nearest
from typed_registry._records import SpecMarker
from typed_registry._slots import RegistryNode
from typed_registry._warning import warn_user
from typed_registry.config_files import ConfigFile
from typed_registry.errors import ConfigError, ConfigWarning, ContractError, LoadError, Problem, path_text, shown

__all__ = ["Report", "collecting", "config_path", "due", "type_given"]

_OWN_CODE = re.compile(r"TR\d{3}")
_QUOTED = re.compile(r"'([^']*)'")
_DOUBTS: ContextVar[list[Problem] | None] = ContextVar("_DOUBTS", default=None)


@contextmanager
def collecting() -> Generator[list[Problem], None, None]:
    """Until the block is left, an entry that can't be used is a problem like others, and what is otherwise warned of goes into the list."""
    doubts: list[Problem] = []
    token = _DOUBTS.set(doubts)
    try:
        yield doubts
    finally:
        _DOUBTS.reset(token)


class Report:
    """Everything found wrong with one config; told in the order of the config."""

    def __init__(self, registry: str, top: Component, source: ConfigFile | None = None) -> None:
        self.registry = registry
        self.top = top
        self.source = source
        self.problems: list[Problem] = []
        self.doubts = _DOUBTS.get()

    def raise_if_any(self) -> None:
        """Tell of all problems at once.

        Raises:
            ConfigError: There are some.
        """
        if self.problems:
            self.problems.sort(key=lambda problem: _position(problem.path, self.top.given))
            subject = f"a config of registry {self.registry!r}"
            raise ConfigError(self.problems, subject if self.source is None else f"{self.source.path}, {subject}")

    def add(
        self,
        component: Component,
        code: str,
        message: str,
        value: object,
        *,
        suggestion: str | None = None,
        inside: tuple[str | int, ...] = (),
        key: object = None,
    ) -> None:
        """One problem of a component; `inside` is the path below it, `key` the key that the problem is with."""
        path = (*component.path(), *inside)
        place = self.source.place(path, key=key) if self.source is not None else None
        self.problems.append(Problem(path, message, value, suggestion, place, code, key))

    def unusable(self, component: Component, error: LoadError | ContractError) -> None:
        """An entry that can't be loaded, or isn't what its registry asks for."""
        message = "; ".join(line.strip() for line in str(error).splitlines())
        self.add(component, error.code, message, component.given, key="type")

    def doubt(self, component: Component, name: str, key: str, near: str) -> None:
        """A key that an entry takes like any other, and that most likely is misspelt."""
        message = f"{name!r} takes any argument, {key!r} too"
        if self.doubts is None:
            warn_user(f"TR290 {path_text(component.path()) or 'config'}: {message}; is {near!r} meant?", ConfigWarning)
        else:
            self.doubts.append(Problem(component.path(), message, component.given, near, None, ConfigWarning.code, key))

    def unknown_name(self, component: Component, name: object, nodes: list[RegistryNode]) -> None:
        """What is no name of an entry, or of none of the registries that may make the component."""
        registries = " or ".join(repr(node.name) for node in nodes) or "no registry, as none makes what is due here"
        if not isinstance(name, str):
            message = f"'type' is the name of an entry as a str, not {shown(name)}"
            tables = [each.table for node in nodes for each in node.lineage() if name is not None]  # None is what isn't loaded yet
            record = next((record for table in tables if (record := table.of_object(name))), None)
            self.add(component, "TR201", message, name, suggestion=record.name if record else None, key="type")
            return
        found = [near for node in nodes for near in nearest(name, node.names(), 1)]
        near = nearest(name, found, 1)
        known = () if near else dict.fromkeys(own for node in nodes for each in node.lineage() for own in each.table.records)
        listed = f"; known: {', '.join(islice(known, 8))}{' ...' if len(known) > 8 else ''}" if known else ""
        self.add(
            component, "TR201", f"unknown name {name!r} in {registries}{listed}", name, suggestion=near[0] if near else None, key="type"
        )

    def too_deep(self, component: Component, limit: int) -> None:
        """A config deeper than the limit, perhaps since it holds itself."""
        lineage: list[Component] = []
        above: Component | None = component
        while above is not None:
            lineage.append(above)
            above = above.parent
        seen: set[int] = set()
        for each in reversed(lineage):
            if id(each.given) in seen:
                self.add(each, "TR210", "the config holds itself", each.given)
                return
            seen.add(id(each.given))
        self.problems.append(Problem((), f"nested deeper than {limit} levels", component.given, code="TR210"))

    def unknown_arguments(self, component: Component, given: Mapping[Any, object], names: frozenset[str], name: str) -> None:
        """Keys that are no parameters."""
        free = [each for each in sorted(names) if each not in given]
        for key in [key for key in given if key not in names]:
            allowed = ", ".join(sorted(names - {"type"})) or "none"
            near = nearest(key, free, 1) or nearest(key, sorted(names - {"type"}), 1)
            message = f"unknown argument {shown(key)} of {name!r}" + ("" if near else f"; it takes {allowed}")
            self.add(component, "TR203", message, given[key], suggestion=near[0] if near else None, key=key)

    def invalid(self, component: Component, errors: Sequence[ErrorDetails], given: Mapping[Any, object], name: str) -> None:
        """What pydantic found."""
        for error in errors:
            location, value = error["loc"], error["input"]
            context: dict[str, Any] = error.get("ctx", {})
            if error["type"] == "missing" and len(location) == 1:
                self.add(component, "TR204", f"missing argument {location[0]!r} of {name!r}", given)
                continue
            inside = config_path(location, given)
            if error["type"] == "missing" and isinstance(location[-1], int):  # of a tuple
                self.add(
                    component,
                    "TR204",
                    f"missing item {location[-1]}",
                    value,
                    inside=inside[: len(inside) - (inside[-1:] == (location[-1],))],
                )
            elif error["type"] == "missing":
                self.add(component, "TR204", f"missing key {location[-1]!r}", value, inside=inside)
            elif _OWN_CODE.fullmatch(error["type"]) and "reason" in context:
                hint = context.get("suggestion")
                self.add(component, error["type"], context["reason"], value, suggestion=hint, inside=inside, key=context.get("key"))
            else:
                message = f"{_sentence(error['msg'])}, not {shown(value)}"
                self.add(component, "TR205", message, value, suggestion=_meant(value, context), inside=inside)


def due(component: Component, nodes: list[RegistryNode]) -> str:
    """What is expected in the place of a component."""
    if component.slots:
        return " or ".join(map(str, component.slots))
    return " or ".join(f"a config of registry {node.name!r}" for node in nodes)


def type_given(name: str, registry: str, value: object) -> ConfigError:
    """The error of a call that gives an argument by the name of the key that the name of the entry has in configs."""
    return ConfigError([Problem((), f"unknown argument 'type' of {name!r}", value, code="TR203")], f"a spec of registry {registry!r}")


def _position(path: tuple[str | int, ...], value: Any) -> tuple[int, ...]:
    """The place of each step among its siblings, by which paths sort as the config is written."""
    places: list[int] = []
    for part in path:
        if isinstance(value, SpecMarker):
            value = arguments_of(value)
        if is_mapping(value):
            places.append(list(value).index(part) if part in value else len(value))
            value = value.get(part)
        else:
            places.append(part if isinstance(part, int) else 0)
            value = value[part] if is_sequence(value) and isinstance(part, int) and part < len(value) else None
    return tuple(places)


def _sentence(text: str) -> str:
    return text[:1].lower() + text[1:]


def _meant(value: object, context: Mapping[str, Any]) -> str | None:
    near = nearest(value, _QUOTED.findall(str(context.get("expected", ""))), 1)
    return near[0] if near else None


def config_path(location: tuple[int | str, ...], given: Any) -> tuple[str | int, ...]:
    """The location without what isn't part of the config: tags of unions, names of validators."""
    path: list[str | int] = []
    value: Any = given
    for part in location:
        if is_mapping(value):
            if part in value:
                path.append(part)
                value = value[part]
        elif isinstance(part, int):
            path.append(part)
            value = value[part] if is_sequence(value) and part < len(value) else None
    return tuple(path)
