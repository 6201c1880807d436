"""What is registered, told without loading any of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from typed_registry._entries import Entry
from typed_registry._naming import nearest
from typed_registry._records import Record
from typed_registry._table import listed, summary
from typed_registry.cli._output import print_json, print_table
from typed_registry.cli._project import NamedRegistry, registries_to_list

__all__ = ["list_entries"]


class Row:
    """One entry."""

    def __init__(self, name: str, entry: Entry[Any], state: str, problem: str | None, doc: str | None) -> None:
        self.name = name
        self.entry = entry
        self.state = state
        self.problem = problem
        self.doc = doc

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


class Listing:
    """The own entries of a registry, and those that it has from each registry above it."""

    def __init__(self, target: str, name: str, own: tuple[Row, ...], inherited: tuple[tuple[str, tuple[Row, ...]], ...]) -> None:
        self.target = target
        self.name = name
        self.own = own
        self.inherited = inherited

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of it."""
        return {
            "registry": self.target,
            "name": self.name,
            "entries": [row.as_json() for row in self.own],
            "inherited": [{"registry": name, "entries": [row.as_json() for row in rows]} for name, rows in self.inherited],
        }

    def rows(self) -> Iterator[tuple[str, Row]]:
        """All of them, each with the name of the registry that it is inherited from, if it is."""
        yield from (("", row) for row in self.own)
        yield from ((name, row) for name, rows in self.inherited for row in rows)


def list_entries(glob: str, registries: tuple[str, ...], tags: tuple[str, ...], *, as_json: bool) -> int:
    """Print what is registered; returns the exit status.

    Raises:
        CliError: A registry can't be loaded, or none is named.
    """
    chosen = registries_to_list(registries)
    listings = [_listing_of(named, glob, tags) for named in chosen]
    if not any(True for listing in listings for _ in listing.rows()):
        _tell_of_nothing(chosen, glob, tags)
    if as_json:
        told = [listing.as_json() for listing in listings]
        print_json(told[0] if len(told) == 1 else told)
    else:
        for index, listing in enumerate(listings):
            _print(listing, is_first=index == 0)
    return 0


def _print(listing: Listing, *, is_first: bool) -> None:
    rows = [
        (
            row.name,
            ", ".join(row.entry.aliases),
            row.state if row.problem is None else f"{row.state}: {row.problem}",
            ", ".join(sorted(row.entry.tags)),
            row.entry.target,
            origin,
            row.doc or "",
        )
        for origin, row in listing.rows()
    ]
    count = len(listing.own)
    inherited = len(rows) - count
    more = f", {inherited} inherited" if inherited else ""
    print(f"{'' if is_first else chr(10)}{listing.target}: {count} {'entry' if count == 1 else 'entries'}{more}")
    if rows:
        print_table(("name", "aliases", "state", "tags", "target", "from", "doc"), rows)


def _tell_of_nothing(chosen: list[NamedRegistry], glob: str, tags: tuple[str, ...]) -> None:
    """Say on stderr why the list is empty, if something was asked for."""
    entries = [entry for named in chosen for entry in named.registry.values()]
    known = {tag for entry in entries for tag in entry.tags}
    unknown = [tag for tag in tags if tag not in known]
    names = [name for named in chosen for name in named.registry.all_names()]
    if unknown:
        near = nearest(unknown[0], known, 1)
        print(f"no entry has the tag {unknown[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""), file=sys.stderr)
    elif glob != "*":
        near = nearest(glob, names, 1)
        print(f"no entry is like {glob!r}" + (f"; did you mean {near[0]!r}?" if near else ""), file=sys.stderr)


def _listing_of(named: NamedRegistry, glob: str = "*", tags: Iterable[str] = ()) -> Listing:
    """The entries that have a name or alias like the glob, and all of the tags."""
    node = named.registry.__registry_node__
    problems = _problems(list(node.lineage()))
    wanted = frozenset(tags)
    found: list[tuple[str, tuple[Row, ...]]] = []
    for place, records in listed(node):
        rows: list[Row] = []
        entries = dict(place.face.items())
        for name, record in records:
            if wanted <= record.tags and (glob == "*" or _is_like(glob, (name, record.name, *record.aliases))):
                rows.append(_row(name, entries[record.name], record, problems.get(id(record))))
        found.append((place.name, tuple(rows)))
    return Listing(named.target, named.registry.name, found[0][1], tuple(each for each in found[1:] if each[1]))


def _is_like(glob: str, names: tuple[str, ...]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, glob) for name in names)


def _row(name: str, entry: Entry[Any], record: Record[Any], problem: str | None) -> Row:
    state = "broken" if problem is not None else "loaded" if record.factory is not None else "lazy"
    return Row(name, entry, state, problem, summary(record) or None)


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
