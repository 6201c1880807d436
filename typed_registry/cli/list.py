"""`typed-registry list`: what is registered, without loading any of it."""

from __future__ import annotations

import click

from typed_registry.cli._completion import complete_names
from typed_registry.cli._listing import list_entries
from typed_registry.cli._project import registry_option

__all__ = ["command"]


@click.command("list")
@click.argument("glob", default="*", shell_complete=complete_names)
@registry_option
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="Only entries with this tag; given again, with all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(glob: str, registries: tuple[str, ...], tags: tuple[str, ...], as_json: bool) -> int:
    """List what is registered: all of it, or what has a name or an alias like GLOB. Nothing is loaded by it."""
    return list_entries(glob, registries, tags, as_json=as_json)
