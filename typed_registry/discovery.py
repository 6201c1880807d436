"""Discovery: entries that a registry finds for itself, in modules and in entry points, when a name is missed that it doesn't have yet."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from typed_registry._naming import name_problem, split_target
from typed_registry._records import EntryTable, Record
from typed_registry.errors import LoadError, Problem, Where

__all__ = ["Discovery", "EntryPoints"]


@dataclass(frozen=True)
class EntryPoints:
    """Entry points of installed packages as entries of a registry, under their own names.

    Args:
        group: The group that packages name in their metadata.
        allow: Names that are taken; None for all.
        deny: Names that are left out.

    Example:
        >>> EntryPoints("my_app.models", deny=("old",)).takes("old")
        False
    """

    group: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()

    def takes(self, name: str) -> bool:
        """Whether an entry point of that name becomes an entry."""
        return name not in self.deny and (self.allow is None or name in self.allow)


class HasTable(Protocol):
    """What discovery needs of a registry's place in its tree."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> EntryTable[Any]: ...
    @property
    def root(self) -> Any: ...


class Discovery:
    """What a registry has yet to look for; calling it looks, and says whether there was anything to look at.

    A module is imported once, and again when that failed. There is no lock: the import system runs a module once, and entry points are
    read to the same end however often. What a failed module had registered is taken back.
    """

    def __init__(self, node: HasTable, locations: tuple[str, ...], entry_points: EntryPoints | None) -> None:
        self._node = node
        self._locations = locations
        self._entry_points = entry_points
        self._done: set[str] = set()
        self._problems: list[Problem] = []  # entry points that can't be entries

    def __call__(self) -> bool:
        """Look.

        Raises:
            LoadError: A module can't be imported; it is tried again next time.
        """
        found = False
        for step in self._pending():
            found = True
            step()
        return found

    def check(self) -> list[Problem]:
        """Look at everything; a problem for each module that can't be imported and each entry point that can't be an entry."""
        failed: list[Problem] = []
        for step in self._pending():
            try:
                step()
            except LoadError as error:
                failed.append(Problem((error.entry,), str(error), error.target, code=error.code))
        return [*self._problems, *failed]

    def _pending(self) -> Iterator[Callable[[], None]]:
        if self in _LOOKING.get():  # a module that is being imported misses a name itself
            return
        if self._entry_points is not None:
            yield self._read_entry_points
        for module in self._locations:
            if module not in self._done:
                yield partial(self._import, module)

    def _import(self, module: str) -> None:
        tables = [node.table for node in self._node.root.tree()]
        restores = [table.snapshot() for table in tables]
        token = _LOOKING.set((*_LOOKING.get(), self))
        try:
            importlib.import_module(module)
        except Exception as error:  # a user's module may raise anything
            for table, restore in zip(tables, restores, strict=True):
                _take_back(table, restore)
            reason = f"{type(error).__name__}: {error}"
            raise LoadError(f"location {module}", self._node.name, module, reason) from error
        finally:
            _LOOKING.reset(token)
        self._done.add(module)

    def _read_entry_points(self) -> None:
        from importlib.metadata import entry_points  # costs as much as the rest of the package

        points, self._entry_points = self._entry_points, None
        for point in () if points is None else sorted(entry_points(group=points.group), key=lambda each: each.name):
            if points is not None and points.takes(point.name):
                self._add(point.name, point.value.partition("[")[0].strip(), points.group, getattr(point.dist, "name", "?"))

    def _add(self, name: str, target: str, group: str, package: str) -> None:
        where = Where(f"entry point of group {group!r} in package {package!r}", 0)
        reason = name_problem(name) or (None if split_target(target) else f"{target!r} names no object of a module")
        table = self._node.table
        taken = table.lookup.get(name)
        if reason is None and taken is not None and taken.target != target:
            reason = f"the name is taken by {taken.target} ({taken.where})"
        if reason is not None:
            self._problems.append(Problem((name,), f"{where} is no entry: {reason}", target, code="TR105"))
        elif taken is None:
            table.put(Record(name=name, target=target, where=where, factory=None, lazy=True), ())


_LOOKING: ContextVar[tuple[Discovery, ...]] = ContextVar("typed_registry.looking", default=())


def _take_back(table: EntryTable[Any], restore: Callable[[], None]) -> None:
    """Undo what was registered since, but for what comes from modules that stay imported and won't register it again."""
    since = list(table.records.values())
    restore()
    for record in since:
        if table.lookup.get(record.name) is not record and record.run is not None and record.run.module in sys.modules:
            table.put(record, table.replaced_by(record, override=True))
