"""The typed face of the compat module: what mypy, pyright, ty and pyrefly accept and refuse of users' code in `typing`."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CASES = Path(__file__).parent / "typing"
FILES = ("accepted.py", "rejected.py")
SECONDS = 300

# `# E`: every checker reports the line; `# E: not ty`: all but it; `# E: only ty`: it alone, by a gap or mistake of its own.
MARK = re.compile(r"#\s*E(?:: (not|only) ([a-z, ]+))?\s*$")


def output(command: str, *arguments: str) -> str:
    """What a checker of this environment prints."""
    scripts = sysconfig.get_path("scripts")
    if shutil.which(command, path=scripts) is None:
        pytest.skip(reason=f"{command} isn't installed")
    path = os.pathsep.join([scripts, os.environ.get("PATH", "")])  # where pyright looks for a python
    done = subprocess.run(
        [str(Path(scripts, command)), *arguments],
        cwd=CASES,
        env={**os.environ, "PATH": path, "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in (0, 1), f"{command} could not run:\n{done.stdout}\n{done.stderr}"
    return done.stdout


def mypy(cache: Path) -> Iterator[tuple[str, int, str]]:
    printed = output("mypy", "--cache-dir", str(cache), "--python-executable", sys.executable, "--output", "json", *FILES)
    for found in map(json.loads, printed.splitlines()):
        if found["severity"] == "error":
            yield found["file"], found["line"], found["message"]


def pyright(_: Path) -> Iterator[tuple[str, int, str]]:
    for found in json.loads(output("pyright", "--pythonpath", sys.executable, "--outputjson", *FILES))["generalDiagnostics"]:
        yield found["file"], found["range"]["start"]["line"] + 1, found["message"]


def ty(_: Path) -> Iterator[tuple[str, int, str]]:
    for found in json.loads(output("ty", "check", "--python", sys.prefix, "--output-format", "gitlab", *FILES)):
        yield found["location"]["path"], found["location"]["positions"]["begin"]["line"], found["description"]


def pyrefly(_: Path) -> Iterator[tuple[str, int, str]]:
    settings = ("--config", "pyrefly.toml", "--python-interpreter-path", sys.executable, "--output-format", "json")
    for found in json.loads(output("pyrefly", "check", *settings, *FILES))["errors"]:
        if found["severity"] in ("error", "warn"):
            yield found["path"], found["line"], found["description"]


CHECKERS: dict[str, Callable[[Path], Iterator[tuple[str, int, str]]]] = {"mypy": mypy, "pyright": pyright, "ty": ty, "pyrefly": pyrefly}


def marked(checker: str) -> set[tuple[str, int]]:
    """The lines that a checker must report."""
    lines: set[tuple[str, int]] = set()
    for file in FILES:
        for number, line in enumerate((CASES / file).read_text(encoding="utf-8").splitlines(), 1):
            mark = MARK.search(line)
            named = (mark[2] or "").split(", ") if mark is not None else []
            if mark is not None and (mark[1] is None or (checker in named) == (mark[1] == "only")):
                lines.add((file, number))
    return lines


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_reports_the_marked_lines_and_no_other(checker: str, tmp_path: Path) -> None:
    """Code of MMEngine's kind is clean, each mistake is reported on its line, and known gaps are still gaps."""
    said: dict[tuple[str, int], Any] = {(Path(file).name, line): text for file, line, text in CHECKERS[checker](tmp_path)}
    expected = marked(checker)
    assert {place: text for place, text in said.items() if place not in expected} == {}
    assert expected - said.keys() == set()


def test_the_marks_give_the_count_of_what_is_caught() -> None:
    """Of the mistakes mypy, pyright and ty see all; pyrefly misses those at class decorators."""
    caught = {checker: len({line for file, line in marked(checker) if file == "rejected.py"}) for checker in CHECKERS}
    assert caught == {"mypy": 33, "pyright": 33, "ty": 33, "pyrefly": 30}


def test_accepted_code_runs() -> None:
    """What the checkers accept is also right when it runs."""
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-W", "error", str(CASES / "accepted.py")],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
