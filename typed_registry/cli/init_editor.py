"""`typed-registry init-editor`: an editor's settings, so that it completes and checks configs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from typed_registry._naming import nearest
from typed_registry.cli._changes import Change
from typed_registry.cli._editors import EDITORS, NOTES, associations
from typed_registry.cli._files import Job, find_jobs
from typed_registry.cli._modelines import modeline_change
from typed_registry.cli._project import CliError, Project, find_project
from typed_registry.cli._stub_paths import stub_path_changes

__all__ = ["command"]


def _editors(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in EDITORS if name.startswith(incomplete)]


@click.command("init-editor")
@click.argument("editor", metavar="|".join(EDITORS), shell_complete=_editors)
@click.option("--modeline", is_flag=True, help="Have each YAML config name its schema in its first line, too.")
@click.option("--write", is_flag=True, help="Write what is shown.")
def command(editor: str, modeline: bool, write: bool) -> int:
    """Tell an editor which configs are of which schema, and the type checkers where the stubs are.

    What would be changed is shown as a diff. It is written with --write, or when you say so on a terminal.
    """
    if editor not in EDITORS:
        near = nearest(editor, EDITORS, 1)
        raise CliError(f"no editor is called {editor!r}; {f'did you mean {near[0]!r}?' if near else 'there are ' + ', '.join(EDITORS)}")
    project = find_project()
    folders = list(dict.fromkeys(project.stubs.values()))
    if not project.configs and not folders:
        raise CliError('nothing to set up: map files to a registry, [tool.typed-registry.configs] "configs/*.yaml" = "pkg.mod:NAME"')
    wanted = associations(project.configs, project.schema_of)
    changes, by_hand = stub_path_changes(project.root, folders)
    if wanted:
        settings = EDITORS[editor](project.root, wanted)
        changes += [settings.change] if settings.change is not None else []
        by_hand += [settings.by_hand] if settings.by_hand else []
    if modeline:
        changes += _modelines(project)
    _carry_out([change for change in changes if (change.before or "") != change.after], is_asked=write, is_whole=not by_hand)
    for note in [*by_hand, *_notes(project, editor)]:
        print(note, file=sys.stderr)
    return 1 if by_hand else 0


def _carry_out(changes: Sequence[Change], *, is_asked: bool, is_whole: bool) -> None:
    """Show the changes, and write them if that is asked for, or agreed to on a terminal."""
    print("".join(change.diff() for change in changes), end="", flush=True)
    if not changes and is_whole:
        print("all of it is set up already", file=sys.stderr)
    elif changes and (is_asked or _is_agreed()):
        for change in changes:
            change.write()
    elif changes:
        print("nothing is written; --write does it", file=sys.stderr)


def _is_agreed() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and click.confirm("Write this?")


def _modelines(project: Project) -> list[Change]:
    """The changes to the YAML files that the project maps."""
    jobs = [job for job in find_jobs(project, (), None) if isinstance(job, Job)]
    files = [(Path(job.path), project.root / project.schema_of(job.target.name)) for job in jobs]
    return [modeline_change(file, schema) for file, schema in files if file.suffix in (".yaml", ".yml")]


def _notes(project: Project, editor: str) -> list[str]:
    """What else has to be done."""
    used = dict.fromkeys(target for glob, target in project.configs.items() if not glob.endswith(".toml"))
    missing = [schema for target in used if not (project.root / (schema := project.schema_of(target))).is_file()]
    option = "" if used.keys() <= project.schemas.keys() else " -o .typed-registry/"
    unwritten = [f"not there yet: {', '.join(missing)}; typed-registry schema{option} writes it"] if missing else []
    toml = [glob for glob in project.configs if glob.endswith(".toml")]
    untold = [f"no schema is set up for TOML files: {', '.join(toml)}"] if toml else []
    return [*unwritten, *untold, NOTES[editor]]
