"""What is registered, as a table for people: plain text where it is printed, a table of rich's where rich prints it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from typed_registry._records import EntryTable, Record, object_of
from typed_registry._scopes import Node
from typed_registry._showing import printable

__all__ = ["Section", "Table", "aligned", "listed", "summary", "table_of"]

HEADINGS = ("name", "aliases", "state", "tags", "target", "doc")
GAP = "  "  # between two columns, and before the first
Listed = tuple[Node[EntryTable[Any]], list[tuple[str, Record[Any]]]]


def listed(node: Node[EntryTable[Any]]) -> Iterator[Listed]:
    """The entries that resolve from a node, by the node that has them, its own first; each with its name seen from there. Loads nothing.

    An entry that a nearer one hides is listed if its scope leads to it.
    """
    for place in node.lineage():
        names = [(node.name_of(place, own, load=False), record) for own, record in list(place.table.records.items())]
        yield place, [(name, record) for name, record in names if name is not None]


class Section:
    """The entries that are from one registry."""

    def __init__(self, title: str, rows: tuple[tuple[str, ...], ...], waiting: tuple[str, ...] = ()) -> None:
        self.title: str = title
        self.rows: tuple[tuple[str, ...], ...] = rows
        self.waiting: tuple[str, ...] = waiting

    def columns(self) -> list[int]:
        """The columns that aren't empty."""
        return [index for index in range(len(HEADINGS)) if any(row[index] for row in self.rows)]

    def footer(self) -> str:
        """What it may have besides; empty if nothing."""
        return f"not loaded yet: {', '.join(self.waiting)}" if self.waiting else ""

    def lines(self) -> Iterator[str]:
        """The lines of it as plain text."""
        yield self.title
        kept = self.columns()
        if kept:
            cells = [[HEADINGS[index].upper() for index in kept], *([row[index] for index in kept] for row in self.rows)]
            yield from (GAP + line for line in aligned(cells))
        if self.waiting:
            yield GAP + self.footer()


class Table:
    """What a registry had when it was asked: own entries first, then those from each parent, apart.

    Its text is plain, whole and printable, whatever the names are; `rich.print` shows a table of rich's.
    """

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections: tuple[Section, ...] = tuple(sections)

    def __str__(self) -> str:
        return "\n\n".join("\n".join(section.lines()) for section in self.sections)

    __repr__ = __str__

    def __rich__(self) -> object:
        from rich.console import Group

        return Group(*(part for section in self.sections for part in _rich_parts(section)))


def aligned(cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows of cells as lines, their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield GAP.join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()


def table_of(node: Node[EntryTable[Any]]) -> Table:
    """The table of a registry."""
    sections = [_section(node, place, entries) for place, entries in listed(node)]
    return Table([each for index, each in enumerate(sections) if index == 0 or each.rows or each.waiting])


def _section(node: Node[EntryTable[Any]], place: Node[EntryTable[Any]], entries: list[tuple[str, Record[Any]]]) -> Section:
    made = getattr(place.protocol, "__name__", str(place.protocol))
    scope = f", scope {place.scope!r}" if place.scope is not None else ""
    count = f"{len(entries) or 'no'} {'entry' if len(entries) == 1 else 'entries'}"
    title = (
        f"registry {place.name!r} of {made}{scope}: {count}" if place is node else f"inherited from registry {place.name!r}{scope}: {count}"
    )
    rows = tuple(_row(node, place, name, record) for name, record in entries)
    return Section(printable(title), rows, tuple(map(printable, place.discover.waiting())) if place.discover is not None else ())


def _row(node: Node[EntryTable[Any]], place: Node[EntryTable[Any]], name: str, record: Record[Any]) -> tuple[str, ...]:
    aliases = [alias for own in record.aliases if (alias := node.name_of(place, own, load=False)) is not None]
    state = "lazy" if record.factory is None else "loaded"
    cells = (name, ", ".join(aliases), state, ", ".join(sorted(record.tags)), record.target, summary(record))
    return tuple(map(printable, cells))


def summary(record: Record[Any]) -> str:
    """The first line of what an entry's object says of itself, or its nearest base of itself; without inspect, which is slow to import."""
    obj = object_of(record)
    while isinstance(obj, partial):
        obj = obj.func
    bases = obj.__mro__[:-1] if isinstance(obj, type) else ()
    try:
        texts = [vars(base).get("__doc__") for base in bases] or [getattr(obj, "__doc__", None)]
    except Exception:  # a user's object may raise anything
        return ""
    own_class: type = type(obj)
    text = next((text for text in texts if isinstance(text, str)), "")
    if text == own_class.__doc__ and own_class.__module__ == "builtins":  # a number's is that of all numbers
        return ""
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _rich_parts(section: Section) -> Iterator[Any]:
    """Renderables, every text as Text, so that brackets in it aren't taken for markup, and folded, so that none is cut off."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Column
    from rich.table import Table as RichTable
    from rich.text import Text

    kept = section.columns()
    yield Text(section.title, style="bold")
    if kept:
        table = RichTable(*(Column(HEADINGS[index], overflow="fold") for index in kept), box=SIMPLE_HEAD, pad_edge=False)
        for row in section.rows:
            table.add_row(*(Text(row[index], style="cyan" if index == 0 else "") for index in kept))
        yield table
    if section.waiting:
        yield Text(section.footer(), style="dim")
