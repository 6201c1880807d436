"""What is registered, told without loading any of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from typed_registry._entries import Entry
from typed_registry._records import Record
from typed_registry.cli._project import NamedRegistry

__all__ = ["Listing", "listing_of"]


@dataclass(frozen=True)
class Row:
    """One entry."""

    name: str
    entry: Entry[Any]
    state: str
    problem: str | None

    @property
    def doc(self) -> str | None:
        """The first line of what it says of itself."""
        return next((line.strip() for line in (self.entry.doc or "").splitlines() if line.strip()), None)

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of it."""
        entry = self.entry
        return {
            "name": self.name,
            "aliases": list(entry.aliases),
            "target": entry.target,
            "doc": self.doc,
            "tags": sorted(entry.tags),
            "state": self.state,
            "problem": self.problem,
            "deprecated": entry.deprecated,
            "where": {"file": entry.where.file, "line": entry.where.line},
        }


@dataclass(frozen=True)
class Listing:
    """The own entries of a registry, and those that it has from each registry above it."""

    target: str
    name: str
    own: tuple[Row, ...]
    inherited: tuple[tuple[str, tuple[Row, ...]], ...]

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of it."""
        return {
            "registry": self.target,
            "name": self.name,
            "entries": [row.as_json() for row in self.own],
            "inherited": [{"registry": name, "entries": [row.as_json() for row in rows]} for name, rows in self.inherited],
        }

    def rows(self) -> Iterator[tuple[str, Row]]:
        """All of them, each with the name of the registry that it is from."""
        yield from ((self.name, row) for row in self.own)
        yield from ((name, row) for name, rows in self.inherited for row in rows)


def listing_of(named: NamedRegistry, glob: str = "*", tags: Iterable[str] = ()) -> Listing:
    """The entries that have a name or alias like the glob, and all of the tags."""
    node = named.registry.__registry_node__
    problems = _problems(list(node.lineage()))
    wanted = frozenset(tags)
    found: list[tuple[str, tuple[Row, ...]]] = []
    for place in node.lineage():
        rows: list[Row] = []
        entries = dict(place.face.items())
        for own, record in place.table.records.items():
            name = node.canonical(place, own)
            if not wanted <= record.tags or not any(fnmatchcase(each, glob) for each in (name, own, *record.aliases)):
                continue
            if (node.find(name, canonical=True) or (None, None))[1] is record:  # not one that a nearer registry hides
                rows.append(_row(name, entries[own], record, problems.get(id(record))))
        found.append((place.name, tuple(rows)))
    return Listing(named.target, named.registry.name, found[0][1], tuple(each for each in found[1:] if each[1]))


def _row(name: str, entry: Entry[Any], record: Record[Any], problem: str | None) -> Row:
    state = "broken" if problem is not None else "loaded" if record.factory is not None else "lazy"
    return Row(name, entry, state, problem)


def _problems(places: list[Any]) -> dict[int, str]:
    """Why entries that aren't loaded yet can't be, by the identity of their records."""
    found: dict[int, str] = {}
    for place in places:
        lazy = {record.name: record for record in place.table.records.values() if record.factory is None}
        for record in lazy.values():
            if lacking := _lacking(record):
                found[id(record)] = f"{', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} not installed"
        if lazy:
            from typed_registry._static import dangling

            targets = [(record.name, record.target, record.where) for record in lazy.values()]
            for problem in dangling(place.name, targets):
                record = lazy[str(problem.path[0])]
                found.setdefault(id(record), problem.message.splitlines()[0].partition(f"from {record.target}: ")[2])
    return found


def _lacking(record: Record[Any]) -> list[str]:
    """The packages that it requires and that aren't there, found without importing any."""
    from importlib.util import find_spec

    def is_there(top: str) -> bool:
        loaded: dict[str, object] = {**sys.modules}  # None there blocks an import
        return loaded[top] is not None if top in loaded else find_spec(top) is not None

    return [name for name in record.requires if not is_there(name.partition(".")[0])]
