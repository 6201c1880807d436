"""`typed-registry manifest`: all that is registered, in a file by which configs are checked without the project's code."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from typed_registry.cli._generated import all_that_is_wrong, put_files, tell_unreadable
from typed_registry.cli._project import CliError, NamedRegistry, find_project, load_registries, registry_option
from typed_registry.manifest import manifest_of, manifest_text
from typed_registry.registry import Registry

__all__ = ["command"]


@click.command("manifest")
@registry_option
@click.option("--output", "-o", metavar="FILE", type=click.Path(dir_okay=False), help="Where it is written; default: standard output.")
@click.option("--check", is_flag=True, help="Write nothing; show what would change.")
@click.option("--keep-going", "-k", is_flag=True, help="Write of entries that can't be loaded only the names, and tell of them.")
def command(registries: tuple[str, ...], output: str | None, check: bool, keep_going: bool) -> int:
    """Write names, targets, signatures, docs and schemas of registries to a file, for `typed-registry check --manifest`.

    Exit status: 0 done or up to date, 1 the file isn't up to date (--check) or an entry can't be loaded (--keep-going), 2 it can't be made.
    """
    if check and output is None:
        raise CliError("--check needs the file to look at: give -o FILE")
    unreadable: list[str] = []
    text = _text(load_registries(find_project(), registries), unreadable if keep_going else None)
    if output is None:
        print(text, end="")
        return tell_unreadable(unreadable, 0)
    return tell_unreadable(unreadable, put_files([(Path(output), text)], f"typed-registry manifest -o {output}", check=check))


def _text(chosen: list[NamedRegistry], unreadable: list[str] | None) -> str:
    made: dict[str, Registry[Any, Any]] = {named.target: named.registry for named in chosen}
    try:
        with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
            return manifest_text(manifest_of(made, unreadable))
    except (Exception, SystemExit) as error:  # of an entry that can't be used, or whatever a module raises that is imported lazily
        why = dict.fromkeys(all_that_is_wrong(registry, error) for registry in made.values())
        raise CliError(f"the manifest can't be made:{''.join(why)}") from None
