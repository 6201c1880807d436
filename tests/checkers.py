"""Type checkers as child processes: how they are run, and what they print as reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

__all__ = ["PARSED", "Report", "output", "skip_without"]

SECONDS = 300


@dataclass(frozen=True)
class Report:
    """One error or warning of a checker, with the path as it gives it."""

    file: str
    line: int
    message: str


def skip_without(command: str) -> None:
    """Skip the test where a program isn't in this Python's environment."""
    if shutil.which(command, path=sysconfig.get_path("scripts")) is None:
        pytest.skip(reason=f"{command} is not installed")


def output(
    folder: Path, command: str, *arguments: str, expected: tuple[int, ...] = (0, 1), environment: Mapping[str, str] | None = None
) -> str:
    """What a program of this Python's environment prints, run in a folder.

    Args:
        folder: Where it is run.
        command: Its name.
        arguments: What it is run with.
        expected: The exit statuses by which it says that it could run.
        environment: Variables in the place of this process's own.
    """
    scripts = sysconfig.get_path("scripts")
    around = os.environ if environment is None else environment
    path = os.pathsep.join([scripts, around.get("PATH", "")])  # where pyright looks for a python
    done = subprocess.run(
        [str(Path(scripts, command)), *arguments],
        cwd=folder,
        env={**around, "PATH": path, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in expected, f"{command} could not run:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _mypy(printed: str) -> Iterator[Report]:
    for found in map(json.loads, printed.splitlines()):
        if found["severity"] == "error":
            yield Report(found["file"], found["line"], found["message"])


def _pyright(printed: str) -> Iterator[Report]:
    for found in json.loads(printed)["generalDiagnostics"]:
        if found["severity"] in ("error", "warning"):
            yield Report(found["file"], found["range"]["start"]["line"] + 1, found["message"].replace("\xa0", " "))


def _ty(printed: str) -> Iterator[Report]:
    for found in json.loads(printed):
        place: Any = found["location"]
        yield Report(place["path"], place["positions"]["begin"]["line"], found["description"])


def _pyrefly(printed: str) -> Iterator[Report]:
    for found in json.loads(printed)["errors"]:
        if found["severity"] in ("error", "warn"):
            yield Report(found["path"], found["line"], found["description"])


# Of each checker, what it says in its JSON.
PARSED: dict[str, Callable[[str], Iterator[Report]]] = {"mypy": _mypy, "pyright": _pyright, "ty": _ty, "pyrefly": _pyrefly}
