"""Discovery: entries that a registry finds for itself, in modules and in entry points, when a name is missed that it doesn't have yet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from threading import RLock
from typing import Any, Protocol

from typed_registry._importing import import_whole
from typed_registry._naming import name_problem
from typed_registry._records import EntryTable, Record
from typed_registry.dispatch import texts
from typed_registry.errors import LoadError, Problem, Where, shown

__all__ = ["Discovery", "EntryPoints"]

NAMELESS = "?"  # a package whose metadata don't name it


@dataclass(frozen=True)
class EntryPoints:
    """Entry points of installed packages as entries of a registry, under their own names.

    Args:
        group: The group that packages name in their metadata.
        allow: Names that are taken; None for all.
        deny: Names that are left out.

    Raises:
        TypeError: The group is no text, or names stand there as one text instead of a collection.

    Example:
        >>> EntryPoints("my_app.models", deny=("old",)).takes("old")
        False
    """

    group: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.group or not isinstance(self.group, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise TypeError(f"the group of entry points is a str that is not empty, not {shown(self.group)}")
        object.__setattr__(self, "allow", None if self.allow is None else texts("allow", self.allow))
        object.__setattr__(self, "deny", texts("deny", self.deny))

    def takes(self, name: str) -> bool:
        """Whether an entry point of that name becomes an entry."""
        return name not in self.deny and (self.allow is None or name in self.allow)


class TreeNode(Protocol):
    """What discovery needs of a registry's place in its tree."""

    @property
    def name(self) -> str: ...
    @property
    def table(self) -> EntryTable[Any]: ...
    @property
    def root(self) -> Any: ...


class Discovery:
    """What a registry has yet to look for; calling it looks, and gives the error of what failed.

    A module is imported once, and again when that failed; one that fails doesn't keep the others from being imported. No lock is held
    meanwhile: the import system runs a module once, and a lock beside its own could wait for it while it waits for the lock.

    Raises:
        TypeError: One text stands for several locations, or something else for entry points.
    """

    def __init__(self, node: TreeNode, locations: tuple[str, ...] | list[str], entry_points: EntryPoints | str | None) -> None:
        points = EntryPoints(entry_points) if isinstance(entry_points, str) else entry_points
        if points is not None and not isinstance(points, EntryPoints):  # pyright: ignore[reportUnnecessaryIsInstance] # as above
            raise TypeError(f"entry_points takes the name of a group or EntryPoints(...), not {shown(points)}")
        self._node = node
        self._locations = texts("locations", locations)
        self._plugins = None if points is None else _Plugins(node, points)
        self._done: set[str] = set()
        self._brought: dict[str, list[tuple[EntryTable[Any], Record[Any]]]] = {}

    def __call__(self) -> LoadError | None:
        """Look at what is waiting.

        Returns:
            The error of the first location that can't be imported, those of the others in its notes; they are tried again next time.
        """
        errors = list(self._look())
        for other in errors[1:]:
            errors[0].add_note(str(other))
        return errors[0] if errors else None

    def waiting(self) -> tuple[str, ...]:
        """What wasn't looked at yet, told without looking."""
        groups = () if self._plugins is None or self._plugins.is_read else (f"entry points {self._plugins.group!r}",)
        return (*groups, *self._waiting_locations())

    def check(self) -> list[Problem]:
        """Look at everything; a problem for each module that can't be imported and each entry point that can't be an entry."""
        failed = [Problem((error.entry,), str(error), error.target, code=error.code) for error in self._look()]
        return [*(() if self._plugins is None else self._plugins.problems()), *failed]

    def snapshot(self) -> Callable[[], None]:
        """A function after which what was looked at since is waiting again."""
        done, plugins = set(self._done), self._plugins
        is_read = plugins is not None and plugins.is_read

        def restore() -> None:
            self._done = set(done)
            if plugins is not None:
                plugins.is_read = is_read

        return restore

    def _waiting_locations(self) -> list[str]:
        # One that is done but isn't imported was seen half-way, while a first import of it went on that then failed.
        return [module for module in self._locations if module not in self._done or module not in sys.modules]

    def _look(self) -> Iterator[LoadError]:
        if self._plugins is not None and not self._plugins.is_read:
            self._plugins.read()
        for module in self._waiting_locations():
            if (self, module) in _LOOKING.get():  # a module that is being imported misses a name itself
                continue
            failed = self._try(module)
            if failed is not None:
                yield failed

    def _try(self, module: str) -> LoadError | None:
        token = _LOOKING.set((*_LOOKING.get(), (self, module)))
        try:
            self._import(module)
            self._done.add(module)
            return None
        except Exception as error:  # a user's module may raise anything
            failed = LoadError(f"location {module}", self._node.name, module, f"{type(error).__name__}: {error}")
            failed.__cause__ = error
            return failed
        finally:
            _LOOKING.reset(token)

    def _import(self, module: str) -> None:
        if module in self._brought and module in sys.modules:  # what it registered was undone, and it won't do so again
            for table, record in self._brought[module]:
                _put_back(table, record)
            return
        before = {id(record) for table in self._tables() for record in table.records.values()}
        import_whole(module)
        self._brought[module] = [
            (table, record) for table in self._tables() for record in table.records.values() if id(record) not in before
        ]

    def _tables(self) -> list[EntryTable[Any]]:
        return [node.table for node in self._node.root.tree()]


class _Plugins:
    """The entry points of a group as lazy entries; they are read once."""

    def __init__(self, node: TreeNode, points: EntryPoints) -> None:
        self.group = points.group
        self.is_read = False
        self._node = node
        self._points = points
        self._records: list[Record[Any]] | None = None
        self._refused: list[Problem] = []
        self._lock = RLock()  # only metadata is read while it is held, no module is imported

    def read(self) -> None:
        with self._lock:
            if self._records is None:
                self._records = list(self._found())
            for record in () if self.is_read else self._records:
                if record.name not in self._node.table.lookup:
                    _put_back(self._node.table, record)
            self.is_read = True

    def problems(self) -> list[Problem]:
        """Those that can't be entries, and those whose names are taken by what code registered."""
        hidden: list[Problem] = []
        for record in self._records or ():
            taken = self._node.table.lookup.get(record.name)
            if taken is not None and taken.target != record.target:
                hidden.append(_refusal(record, f"the name is taken by {taken.target} ({taken.where})"))
        return [*self._refused, *hidden]

    def _found(self) -> Iterator[Record[Any]]:
        found: dict[str, Record[Any]] = {}
        for name, value, package in sorted(self._entry_points()):
            target = value.partition("[")[0].strip()
            where = Where(f"entry point of group {self.group!r} in package {package!r}", 0)
            record: Record[Any] = Record(name=name, target=target, where=where, factory=None, is_plugin=True)
            problem = name_problem(name)
            if problem is not None:
                self._refused.append(_refusal(record, problem))
            elif name not in found:
                found[name] = record
                yield record
            elif found[name].target != target:
                self._refused.append(_refusal(record, f"the name is taken by {found[name].target} ({found[name].where.file})"))

    def _entry_points(self) -> Iterator[tuple[str, str, str]]:
        from importlib.metadata import entry_points  # costs as much as the rest of the package

        try:
            points = list(entry_points(group=self.group))
        except Exception:  # one package whose metadata can't be read makes it raise for all
            points = list(self._readable_ones())
        for point in points:
            if self._points.takes(point.name):
                yield point.name, point.value, _name_of(point.dist)

    def _readable_ones(self) -> Iterator[Any]:
        from importlib.metadata import distributions

        seen: set[str] = set()
        for package in distributions():
            name = _name_of(package)
            try:
                points = [*package.entry_points.select(group=self.group)] if name not in seen or name == NAMELESS else []
            except Exception as error:  # its metadata may be anything
                reason = f"the entry points of package {name!r} can't be read: {type(error).__name__}: {error}"
                self._refused.append(Problem((), reason, name, code="TR105"))
            else:
                yield from points
            seen.add(name)


_LOOKING: ContextVar[tuple[tuple[Discovery, str], ...]] = ContextVar("typed_registry.looking", default=())


def _put_back(table: EntryTable[Any], record: Record[Any]) -> None:
    if table.lookup.get(record.name) is not record:
        table.put(record, table.replaced_by(record, override=False))


def _refusal(record: Record[Any], reason: str) -> Problem:
    return Problem((record.name,), f"{record.where.file} is no entry: {reason}", record.target, code="TR105")


def _name_of(package: Any) -> str:
    try:
        return package.name or NAMELESS
    except Exception:  # metadata without a name, which newer versions of importlib.metadata warn of or refuse
        return NAMELESS
