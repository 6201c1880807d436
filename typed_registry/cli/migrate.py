"""`typed-registry migrate`: code moved from MMEngine's registry to this one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from typed_registry._naming import split_target
from typed_registry.cli._changes import Change, write_atomically
from typed_registry.cli._migration_files import find_sources
from typed_registry.cli._migration_table import Options, Target
from typed_registry.cli._output import is_for_a_person
from typed_registry.cli._project import CliError

__all__ = ["command"]

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@click.command("migrate")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write the changes, after they were shown.")
@click.option(
    "--protocol", "-p", "protocols", multiple=True, metavar="NAME=PKG.MOD:NAME", help="What a registry makes, e.g. model=torch.nn:Module."
)
@click.option("--roots", metavar="PKG.MOD", help="Your module of registries that take the place of MMEngine's root registries.")
def command(paths: tuple[Path, ...], write: bool, protocols: tuple[str, ...], roots: str | None) -> int:
    """Move code from MMEngine's registry to this one. Shows what would change; what it doesn't understand gets a note at its line.

    Exit status: 0 nothing changes, or all was written; 1 something would change; 2 a file could not be read.
    """
    options = Options(dict(map(_protocol, protocols)), _module(roots))
    try:
        from typed_registry.cli._migration import migrate
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "libcst":
            raise
        raise CliError("migrate needs libcst: pip install 'typed-registry[migrate]'") from None
    result = migrate(find_sources(paths), options)
    for each in result.changed:
        _show(Change(each.source.path, each.before, each.after).diff())
    if write:
        for each in result.changed:
            write_atomically(each.source.path, each.data)
    _summarise(len(result.changed), sum(each.notes for each in result.changed), write)
    if result.left_roots:
        names = ", ".join(sorted(result.left_roots))
        _tell(f"left to MMEngine, whose Runner looks there: {names}; --roots PKG.MOD moves their uses to registries of yours")
    for key in sorted(result.unused_protocols):
        _tell(f"--protocol {key}=...: no registry that is migrated is called {key!r}")
    for source, reason in result.failures:
        _tell(f"Error: {_near(source.path)}: {reason}")
    return 2 if result.failures else 1 if result.changed and not write else 0


def _protocol(given: str) -> tuple[str, Target]:
    name, equal, written = given.partition("=")
    target = split_target(written)
    if not (name and equal and target):
        raise CliError(f"--protocol {given}: write NAME=package.module:Name, such as model=torch.nn:Module")
    return name, Target(*target)


def _module(name: str | None) -> str | None:
    if name is not None and not all(part.isidentifier() for part in name.split(".")):
        raise CliError(f"--roots {name}: write the module's name, such as app.registries")
    return name


def _near(path: Path) -> Path:
    """A path as seen from the current folder, if it is below it."""
    return path.relative_to(Path.cwd()) if path.is_absolute() and path.is_relative_to(Path.cwd()) else path


def _show(diff: str) -> None:
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    text = diff.encode(encoding, "backslashreplace").decode(encoding)
    coloured = is_for_a_person()
    for line in text.split("\n")[:-1]:
        click.echo(click.style(line, fg=_COLOURS.get(line[:1])) if coloured else line)


def _summarise(files: int, notes: int, written: bool) -> None:
    if not files:
        _tell("nothing to migrate")
        return
    done = f"{files} file{'s' if files > 1 else ''} {'changed' if written else 'would change'}"
    more = f", with {notes} note{'s' if notes > 1 else ''} to look at: search for '# typed-registry:'" if notes else ""
    _tell(f"{done}{more}" + ("" if written else "; --write does it"))


def _tell(text: str) -> None:
    click.echo(text, err=True)
