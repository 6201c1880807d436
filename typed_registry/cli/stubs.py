"""`typed-registry stubs`: the catalogues of registries, from which checkers and editors know names, arguments and products."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from typed_registry._showing import printable
from typed_registry.cli._changes import read_text
from typed_registry.cli._generated import put_files
from typed_registry.cli._project import (
    CliError,
    NamedRegistry,
    Project,
    find_project,
    load_registries,
    registry_option,
    users_place,
)
from typed_registry.cli._watching import watch
from typed_registry.registry import Registry
from typed_registry.stubgen import MARK, GeneratedStub, generate_stub, stub_module_name

__all__ = ["command"]


@dataclass(frozen=True)
class _Place:
    """Where a catalogue is written, and how it is imported."""

    path: Path
    module: str

    @property
    def is_stub(self) -> bool:
        """Whether only checkers find it."""
        return self.path.suffix == ".pyi"


@click.command("stubs")
@registry_option
@click.option("--output", "-o", metavar="DIR", help="A folder of stubs, instead of a module beside the registry's.")
@click.option("--check", is_flag=True, help="Write nothing; show what would change.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print it instead.")
@click.option("--watch", "watching", is_flag=True, help="Write it again whenever a source file changes.")
@click.option("--no-import", is_flag=True, help="Read the sources of lazy entries instead of importing them.")
@click.option("--keep-going", is_flag=True, help="Write what can be read, though something can't.")
def command(
    registries: tuple[str, ...], output: str | None, check: bool, to_stdout: bool, watching: bool, no_import: bool, keep_going: bool
) -> int:
    """Write catalogues: types by which configs complete and are checked in Python, for what is given, else for what pyproject.toml names.

    Exit status: 0 done or up to date, 1 a file isn't up to date (--check) or an entry can't be read, 2 nothing could be done.
    """
    if check + to_stdout + watching > 1:
        raise CliError("--check, --stdout and --watch exclude each other")
    project = find_project()
    if watching:
        arguments = [argument for argument in sys.argv[1:] if argument != "--watch"]
        return watch(project.root, lambda: subprocess.call([sys.executable, "-m", "typed_registry", *arguments]), is_ours=_is_ours)
    chosen = load_registries(project, registries)
    places = _places(project, chosen, output)
    modules = {**_configured(project, chosen), **{registry: place.module for registry, place in places.items()}}
    stubs = {registry: _stub(registry, place, modules, no_import) for registry, place in places.items()}
    status = _tell(list(stubs.values()))
    if to_stdout:
        print("\n".join(stub.text for stub in stubs.values()), end="")
        return status
    if status and not (keep_going or check):
        print("nothing is written; --keep-going writes what could be read", file=sys.stderr)
        return status
    files = [(places[registry].path, stub.text) for registry, stub in stubs.items()]
    for path, _ in files:
        _refuse_a_users_file(path)
    return put_files(files, "typed-registry stubs", check=check) or status


def _tell(stubs: Sequence[GeneratedStub]) -> int:
    """Tell of what couldn't be read; the exit status."""
    for note in dict.fromkeys(note for stub in stubs for note in stub.notes):
        print(f"note: {printable(note)}", file=sys.stderr)
    problems = list(dict.fromkeys(str(problem) for stub in stubs for problem in stub.problems))
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _stub(registry: Registry[Any], place: _Place, modules: Mapping[Registry[Any], str], no_import: bool) -> GeneratedStub:
    try:
        with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
            return generate_stub(registry, as_stub=place.is_stub, import_targets=not no_import, modules=modules)
    except (Exception, SystemExit) as error:  # whatever a user's module raises
        raise CliError(
            f"the catalogue of registry {registry.name!r} can't be made: {type(error).__name__}: {error}{users_place(error)}"
        ) from error


def _places(project: Project, chosen: Sequence[NamedRegistry], output: str | None) -> dict[Registry[Any], _Place]:
    """Where the catalogue of each registry goes.

    Raises:
        CliError: Two would go to the same file, or one to a place that isn't the project's.
    """
    places: dict[Registry[Any], _Place] = {}
    targets: dict[Path, str] = {}
    for named in chosen:
        place = _place(project, named, output)
        if named.registry in places:
            continue
        other = targets.setdefault(place.path, named.target)
        if other != named.target:
            raise CliError(f"{other} and {named.target} would both be written to {place.path}: give one registry another name")
        places[named.registry] = place
    return places


def _place(project: Project, named: NamedRegistry, output: str | None) -> _Place:
    name = stub_module_name(named.registry)
    folder = Path(output) if output is not None else project.root / project.stubs[named.target] if named.target in project.stubs else None
    if folder is not None:
        return _Place(_from_here(folder / f"{name}.pyi"), name)
    module = sys.modules.get(named.registry.__registry_node__.module) or sys.modules[named.target.partition(":")[0]]
    file = getattr(module, "__file__", None)
    if file is None or not Path(file).resolve().is_relative_to(project.root):
        raise CliError(f"{named.target} is defined in {file or module.__name__}, outside of the project {project.root}: give -o DIR")
    package = module.__name__ if hasattr(module, "__path__") else module.__name__.rpartition(".")[0]
    return _Place(_from_here(Path(file).resolve().with_name(f"{name}.py")), f"{package}.{name}" if package else name)


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _configured(project: Project, chosen: Sequence[NamedRegistry]) -> dict[Registry[Any], str]:
    """The modules of the other catalogues that the project has; those that can't be loaded have none."""
    given = {named.target for named in chosen}
    modules: dict[Registry[Any], str] = {}
    for target in project.registries:
        if target not in given:
            try:
                (named,) = load_registries(project, (target,))
                modules[named.registry] = _place(project, named, None).module
            except CliError:  # told of when it is its turn
                continue
    return modules


def _refuse_a_users_file(path: Path) -> None:
    text = read_text(path)
    if text is not None and text.strip() and not text.startswith(MARK):
        raise CliError(f"{path} is there, and was not written by this command: move it, or give the registry another name")


def _is_ours(path: Path) -> bool:
    try:
        return path.read_bytes().startswith(MARK.encode())
    except OSError:  # gone since
        return False
