"""What commands print: JSON, plain tables, and tables by rich where a person looks at a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from typed_registry._showing import printable
from typed_registry._table import aligned

__all__ = ["is_for_a_person", "print_json", "print_table"]


def is_for_a_person(stream: object = None) -> bool:
    """Whether what is printed goes to a terminal that may have colours (see no-color.org)."""
    shown_on = sys.stdout if stream is None else stream
    is_terminal = bool(getattr(shown_on, "isatty", bool)())
    return is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_json(data: object) -> None:
    """Print data as JSON."""
    import json

    text = json.dumps(data, indent=2, ensure_ascii=False)
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:  # another encoding than UTF-8, or half a surrogate pair
        text = json.dumps(data, indent=2)
    print(text)


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows below headings; columns that are empty in all rows are left out."""
    kept = [index for index in range(len(headings)) if any(row[index] for row in rows)]
    cells = [[printable(row[index]) for index in kept] for row in rows]
    titles = [headings[index] for index in kept]
    if is_for_a_person():
        _print_rich(titles, cells)
    else:
        _print_plain(titles, cells)


def _print_plain(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    for line in aligned([[title.upper() for title in titles], *cells]):
        print(line)


def _print_rich(titles: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(*(Column(title, overflow="fold") for title in titles), box=SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for row in cells:
        table.add_row(*(Text(cell, style="bold cyan" if index == 0 else "") for index, cell in enumerate(row)))
    Console().print(table)
