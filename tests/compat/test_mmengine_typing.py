"""The typed face of the compat module: what mypy, pyright, ty and pyrefly accept and refuse of users' code in `typing`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkers import PARSED, output, skip_without

CASES = Path(__file__).parent / "typing"
FILES = ("accepted.py", "rejected.py")
SECONDS = 300

# `# E`: every checker reports the line; `# E: not ty`: all but it; `# E: only ty`: it alone, by a gap or mistake of its own.
MARK = re.compile(r"#\s*E(?:: (not|only) ([a-z, ]+))?\s*$")


ARGUMENTS: dict[str, tuple[str, ...]] = {
    "mypy": ("--python-executable", sys.executable, "--output", "json", *FILES),
    "pyright": ("--pythonpath", sys.executable, "--outputjson", *FILES),
    "ty": ("check", "--python", sys.prefix, "--output-format", "gitlab", *FILES),
    "pyrefly": ("check", "--config", "pyrefly.toml", "--python-interpreter-path", sys.executable, "--output-format", "json", *FILES),
}
CHECKERS = tuple(ARGUMENTS)


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
    skip_without(checker)
    cached = ("--cache-dir", str(tmp_path)) if checker == "mypy" else ()
    found = PARSED[checker](output(CASES, checker, *cached, *ARGUMENTS[checker]))
    said = {(Path(each.file).name, each.line): each.message for each in found}
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
