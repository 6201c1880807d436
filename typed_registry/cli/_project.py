"""What a project says of itself in pyproject.toml, and the registries and models that its targets name."""

from __future__ import annotations

import importlib
import operator
import sys
import tomllib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from typed_registry._kinds import is_list, is_mapping
from typed_registry._naming import nearest, split_target
from typed_registry.registry import Registry

__all__ = ["CliError", "NamedRegistry", "Project", "find_project", "load_registries", "load_target", "registry_option"]


class CliError(click.ClickException):
    """Why a command could not run; exit status 2."""

    exit_code = 2


@dataclass(frozen=True)
class NamedRegistry:
    """A registry and the target that names it."""

    target: str
    registry: Registry[Any]


@dataclass(frozen=True)
class Project:
    """The part of pyproject.toml that is ours.

    Args:
        root: The folder of pyproject.toml; the current one where there is none.
        registries: Targets such as `examples.vision:VISION`.
        configs: For each glob, relative to the root, the target of the registry or model that its files are of.
    """

    root: Path
    registries: tuple[str, ...] = ()
    configs: Mapping[str, str] = field(default_factory=dict[str, str])


def registry_option(command: Any) -> Any:
    """The option `--registry`, which may be given several times."""
    return click.option(
        "--registry", "-r", "registries", multiple=True, metavar="PKG.MOD:NAME", help="A registry; default: pyproject.toml's."
    )(command)


def find_project(start: Path | None = None) -> Project:
    """The project that a folder is in: that of the nearest pyproject.toml upwards that has a table `tool.typed-registry`.

    Raises:
        CliError: The file or the table can't be read.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if path.is_file() and (table := _table(path)) is not None:
            return _project(path, table)
    return Project(here)


def load_registries(project: Project, targets: tuple[str, ...]) -> list[NamedRegistry]:
    """The registries that were asked for, else the project's.

    Raises:
        CliError: None is named, or one can't be loaded or is no registry.
    """
    named = targets or project.registries
    if not named:
        raise CliError('no registry is named: give --registry pkg.mod:NAME, or [tool.typed-registry] registries = ["pkg.mod:NAME"]')
    return [NamedRegistry(target, _as_registry(target, load_target(target, project.root))) for target in named]


def load_target(target: str, root: Path) -> Any:
    """What `package.module:Name` names, imported with the project's root first on the path.

    Raises:
        CliError: It isn't written like that, can't be imported, or isn't there; with the place in the user's code.
    """
    parts = split_target(target)
    if parts is None:
        raise CliError(f"{target!r} is no target: write package.module:NAME")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    module_name, name = parts
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # a user's module may raise anything
        raise CliError(f"{target} can't be imported: {type(error).__name__}: {error}{_place(error)}") from None
    try:
        return operator.attrgetter(name)(module)
    except AttributeError:
        near = nearest(name, [key for key in vars(module) if not key.startswith("_")], 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise CliError(f"{module_name} has no {name!r}{hint}") from None


def _as_registry(target: str, found: object) -> Registry[Any]:
    if not isinstance(found, Registry):
        raise CliError(f"{target} is no registry, but a {type(found).__name__}")
    return found


def _place(error: BaseException) -> str:
    """Where in the user's code it was raised: the last frame that is neither ours nor the import system's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = str(Path(__file__).parent.parent)
    users = [frame for frame in frames if not frame.filename.startswith((ours, "<frozen")) and "/importlib/" not in frame.filename]
    if isinstance(error, SyntaxError) and error.filename is not None:
        return f" ({error.filename}:{error.lineno})"
    return f" ({users[-1].filename}:{users[-1].lineno})" if users else ""


def _table(path: Path) -> Any:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("typed-registry")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CliError(f"{path}: {error}") from None


def _project(path: Path, table: Any) -> Project:
    where = f"{path}: [tool.typed-registry]"
    if not is_mapping(table):
        raise CliError(f"{where} is a table")
    unknown = sorted(set(table) - {"registries", "configs"})
    if unknown:
        near = nearest(unknown[0], ["registries", "configs"], 1)
        raise CliError(f"{where} has no key {unknown[0]!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    registries, configs = table.get("registries", []), table.get("configs", {})
    if not (is_list(registries) and all(isinstance(target, str) for target in registries)):
        raise CliError(f'{where} registries is a list of texts, such as ["pkg.mod:NAME"]')
    if not (is_mapping(configs) and all(isinstance(target, str) for target in configs.values())):
        raise CliError(f'{where} configs maps globs to targets, such as {{"configs/*.yaml" = "pkg.mod:NAME"}}')
    return Project(path.parent, tuple(registries), dict(configs))
