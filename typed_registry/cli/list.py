"""`typed-registry list`: what is registered, without loading any of it."""

from __future__ import annotations

import sys

import click

from typed_registry._naming import nearest
from typed_registry.cli._completion import complete_names
from typed_registry.cli._listing import Listing, listing_of
from typed_registry.cli._output import print_json, print_table
from typed_registry.cli._project import NamedRegistry, find_project, load_registries, registry_option

__all__ = ["command"]


@click.command("list")
@click.argument("glob", default="*", shell_complete=complete_names)
@registry_option
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only entries with this tag; given again, with all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(glob: str, registries: tuple[str, ...], tags: tuple[str, ...], as_json: bool) -> int:
    """List what is registered: all of it, or what has a name or an alias like GLOB. Nothing is loaded by it."""
    chosen = load_registries(find_project(), registries)
    listings = [listing_of(named, glob, tags) for named in chosen]
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
            "" if registry == listing.name and row in listing.own else registry,
            row.doc or "",
        )
        for registry, row in listing.rows()
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
