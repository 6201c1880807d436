"""Completion of the names of components, for the shells that click knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typed_registry.cli._project import CliError, find_project, load_registries

if TYPE_CHECKING:
    import click

__all__ = ["complete_names"]


def complete_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names and aliases that begin so, of the registries given in the line so far, else the project's."""
    chosen: tuple[str, ...] = tuple(ctx.params.get("registries") or ())
    try:
        registries = load_registries(find_project(), chosen)
    except CliError:  # in the middle of a line nothing can be said of it
        return []
    names = dict.fromkeys(name for named in registries for name in named.registry.all_names())
    return [name for name in names if name.startswith(incomplete)]
