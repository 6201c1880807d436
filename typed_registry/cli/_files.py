"""Which files are to be checked, and what each of them is a config of."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from typed_registry.cli._findings import Checked
from typed_registry.cli._project import CliError, Project, existing_file

__all__ = ["Job", "Target", "find_jobs"]

_SUFFIXES = (".json", ".toml", ".yaml", ".yml")
_CONFIGS = "[tool.typed-registry.configs]"
_UNSEARCHED = frozenset({"__pycache__", "node_modules"})


class Target(NamedTuple):
    """What names a registry or model, which of them it has to be, and the manifest that tells of it in place of the code."""

    name: str
    kind: Literal["registry", "model", "either"] = "either"
    manifest: str | None = None


class Job(NamedTuple):
    """A file to check."""

    path: str
    shown: str
    target: Target


def find_jobs(project: Project, given: Sequence[str], forced: Target | None) -> list[Job | Checked]:
    """The files to check, or why one can't be, in the order given, each once.

    Args:
        project: Maps files to targets.
        given: Files and folders; none for all files that the project maps.
        forced: What every file is of, whatever the project says.

    Raises:
        CliError: There is nothing to check.
    """
    if given:
        found = [job for path in given for job in _of_argument(project, path, forced)]
    elif forced is not None:
        raise CliError(f"give the files that are to be checked against {forced.name}")
    elif not project.configs:
        raise CliError(f'nothing to check: give files, or map them to a registry, {_CONFIGS} "configs/*.yaml" = "pkg.mod:NAME"')
    else:
        found = list(_jobs(project, _mapped(project), None))
        if not found:
            raise CliError(f"nothing to check: no file matches a glob of {_CONFIGS} in {project.root / 'pyproject.toml'}")
    return list({os.path.abspath(job.path) if isinstance(job, Job) else job: job for job in found}.values())


def _of_argument(project: Project, path: str, forced: Target | None) -> list[Job | Checked]:
    shown = _shown(path)
    if os.path.isdir(path):
        found: list[Job | Checked] = list(_jobs(project, sorted(_below(path)), forced))
        return found or [Checked(shown, failure=f"{shown}: no file in this folder is one that a glob of {_CONFIGS} takes")]
    try:
        existing_file(Path(path))
    except CliError as error:
        return [Checked(shown, failure=str(error))]
    found = list(_jobs(project, [path], forced))
    remedy = "add one, or give --registry or --model"
    return found or [Checked(shown, failure=f"{shown}: no glob of {_CONFIGS} takes this file; {remedy}")]


def _jobs(project: Project, paths: Iterable[str], forced: Target | None) -> Iterator[Job]:
    for path in paths:
        if forced is not None:
            yield Job(path, _shown(path), forced)
        elif (name := project.target_of(path)) is not None:
            yield Job(path, _shown(path), Target(name))


def _mapped(project: Project) -> list[str]:
    """The files below the folders that the globs begin with."""
    paths: set[str] = set()
    for glob in project.configs:
        fixed = re.split(r"[*?\[]", glob, maxsplit=1)[0]
        if fixed == glob:
            paths.add(os.path.join(project.root, glob))
            continue
        folder = fixed.rpartition("/")[0]
        depth = None if "**" in glob else glob.count("/") - folder.count("/") - bool(folder)
        paths.update(_below(os.path.join(project.root, folder), depth))
    return sorted(path for path in paths if os.path.isfile(path))


def _below(folder: str, depth: int | None = None) -> Iterator[str]:
    """The files of a folder that may be configs, not deeper than so many folders, and not in those of tools."""
    for here, folders, names in os.walk(folder):
        is_deepest = depth is not None and os.path.relpath(here, folder).count(os.sep) + (here != folder) >= depth
        folders[:] = [] if is_deepest else [each for each in folders if _is_searched(here, each)]
        yield from (os.path.join(here, name) for name in names if _is_config(name))


def _is_config(name: str) -> bool:
    return name.lower().endswith(_SUFFIXES) and name != "pyproject.toml"


def _is_searched(folder: str, name: str) -> bool:
    if name.startswith(".") or name in _UNSEARCHED:
        return False
    return not os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))


def _shown(path: str) -> str:
    try:
        path = os.path.relpath(path)
    except ValueError:  # on another drive
        path = os.path.abspath(path)
    return path.replace(os.sep, "/")
