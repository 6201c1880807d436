"""Checking one file against what it is a config of; nothing in it raises, whatever the file or the user's code is like."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stdout
from functools import cache, partial
from pathlib import Path
from typing import Any

from typing_extensions import TypeIs

from typed_registry._building import Builder
from typed_registry._problems import collecting
from typed_registry._showing import printable
from typed_registry.cli._changes import read_text
from typed_registry.cli._files import Job, Target
from typed_registry.cli._findings import Checked, Finding
from typed_registry.cli._models import is_model, model_problems
from typed_registry.cli._project import CliError, existing_file, load_target, users_place
from typed_registry.config_files import read_config_file
from typed_registry.errors import ConfigError, ConfigWarning, LoadError, Place, Problem, shown
from typed_registry.registry import Registry

__all__ = ["check_all", "check_file", "only_target"]

_Check = Callable[[Any], list[Problem]]
_Placed = tuple[Problem, Place | None]
_KINDS = {"registry": "registry", "model": "pydantic model", "either": "registry and no pydantic model"}


def check_all(jobs: Sequence[Job], root: Path) -> list[Checked]:
    """What becomes of some files; a process may be asked for it."""
    return [check_file(job, root) for job in jobs]


def check_file(job: Job, root: Path) -> Checked:
    """What is wrong with a file, or why it can't be checked."""
    check = _check_of(job.target, root)
    if isinstance(check, str):
        return Checked(job.shown, failure=check)
    try:
        file = read_config_file(job.path)
    except ConfigError as error:
        return Checked(job.shown, _findings(job, _raw_text(job.path), [(problem, problem.place) for problem in error.problems]))
    except (LoadError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        return Checked(job.shown, failure=f"{job.shown}: {reason or ' '.join(str(error).split())}")
    try:
        with redirect_stdout(sys.stderr):  # what a lazily imported module prints is no part of our output
            problems = check(file.data)
    except (Exception, SystemExit) as error:  # of a validator, or a module that is imported lazily
        return Checked(job.shown, failure=_relative(f"{job.shown}: {type(error).__name__}: {error}{users_place(error)}"))
    if not problems:
        return Checked(job.shown)
    return Checked(job.shown, _findings(job, file.text, [(each, file.place(each.path, key=each.key)) for each in problems]))


@cache
def _check_of(target: Target, root: Path) -> _Check | str:
    """What checks the configs of a target, or why nothing does; the modules of broken ones run only once, too."""
    if target.manifest is not None:
        return _check_by_manifest(target.name, target.manifest)
    try:
        found: object = load_target(target.name, root)
    except CliError as error:
        return _relative(str(error))
    if target.kind != "model" and _is_registry(found):
        return partial(_registry_problems, Builder[Any](found.__registry_node__))
    if target.kind != "registry" and is_model(found):
        return partial(model_problems, found)
    return f"{target.name} is no {_KINDS[target.kind]}, but {shown(found)}"


def _check_by_manifest(target: str, path: str) -> _Check | str:
    try:
        return partial(_registry_problems, _manifest(path).builder(target))
    except (CliError, ValueError) as error:
        return str(error) if isinstance(error, CliError) else f"{path}: {error}"


@cache
def _manifest(path: str) -> Any:
    """What a manifest tells of; read once, and only where one is asked for, as it needs docstring_parser.

    Raises:
        CliError: It can't be read.
    """
    from typed_registry.manifest import Manifest

    text = read_text(existing_file(Path(path)))
    try:
        return Manifest(text or "")
    except ValueError as error:
        raise CliError(f"{path}: {error}") from None


def only_target(manifest: str) -> Target | None:
    """The one target that a manifest tells of, if it is the only one.

    Raises:
        CliError: The manifest can't be read.
    """
    targets: list[str] = list(_manifest(manifest).targets)
    return Target(targets[0]) if len(targets) == 1 else None


def _is_registry(found: object) -> TypeIs[Registry[Any]]:
    return isinstance(found, Registry)


def _registry_problems(builder: Builder[Any], data: object) -> list[Problem]:
    with collecting() as doubts:
        try:
            builder.validate(data)
        except ConfigError as error:
            return [*error.problems, *doubts]
    return doubts


def _findings(job: Job, text: str, problems: Iterable[_Placed]) -> tuple[Finding, ...]:
    lines = text.split("\n")
    found = [_finding(job, lines, problem, place) for problem, place in problems]
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column)))


def _finding(job: Job, lines: list[str], problem: Problem, place: Place | None) -> Finding:
    line, column = (place.line or 1, place.column or 1) if place is not None else (1, 1)
    path = tuple(part if type(part) in (str, int) else shown(part) for part in problem.path)  # a key of YAML may be null
    return Finding(
        file=job.shown,
        line=line,
        column=column,
        path=path,
        code=problem.code,
        message=printable(_relative(problem.message)),
        suggestion=problem.suggestion,
        input=shown(problem.input),
        is_doubt=problem.code == ConfigWarning.code,
        source=lines[line - 1].rstrip("\r") if line <= len(lines) else "",
        used_at=place.used_at if place is not None else None,
    )


def _relative(text: str) -> str:
    """The text with the paths of files as one would write them here, so that it is the same on every machine."""
    return text.replace(f"{os.getcwd()}{os.sep}", "")


def _raw_text(path: str) -> str:
    """The text of a file that can't be read as a config, perhaps as it isn't even text."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return ""
