"""The typed face: what mypy, pyright, ty and pyrefly accept, refuse and say of users' code in `typing_cases`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.checkers import PARSED, Report, output

CASES = Path(__file__).parent / "typing_cases"
PACKAGE = ("zoo/__init__.py", "zoo/parts.py", "zoo/sound.py", "zoo/sound_specs.py", "zoo/vision.py", "stubs/vision_specs.pyi")
CASE_FILES = tuple(sorted(path.name for path in CASES.glob("*.py")))
SECONDS = 300

RUN = "import runpy, sys; sys.path.insert(0, sys.argv[1]); runpy.run_path(f'{sys.argv[1]}/{sys.argv[2]}', run_name='cases')"

# `# E`: every checker reports the line; `# E: not ty`: all but it; `# E: only ty`: it alone, by a mistake of its own.
MARK = re.compile(r"#\s*E(?:: (not|only) ([a-z, ]+))?\s*$")
PROMISE = re.compile(r"#\s*by (\w+): (.+)$")


@dataclass(frozen=True)
class Promise:
    """What a checker must say of a line."""

    line: int
    checker: str
    text: str


ALL = (*CASE_FILES, *PACKAGE)
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "mypy": ("--python-executable", sys.executable, "--output", "json", *ALL),
    "pyright": ("--pythonpath", sys.executable, "--outputjson", *ALL),
    "ty": ("check", "--python", sys.prefix, "--output-format", "gitlab", *ALL),
    "pyrefly": ("check", "--config", "pyrefly.toml", "--python-interpreter-path", sys.executable, "--output-format", "json", *ALL),
}
CHECKERS = tuple(ARGUMENTS)


def relative(path: str) -> str:
    """A path as it is written from the folder of the cases."""
    return Path(os.path.relpath(CASES / path, CASES)).as_posix()


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Report]]:
    """All that each checker reports, found once."""
    cache = tmp_path_factory.mktemp("mypy_cache")

    def reports_of(checker: str) -> list[Report]:
        cached = ("--cache-dir", str(cache)) if checker == "mypy" else ()
        found = PARSED[checker](output(CASES, checker, *cached, *ARGUMENTS[checker]))
        return [replace(report, file=relative(report.file)) for report in found]

    with ThreadPoolExecutor(len(CHECKERS)) as pool:
        return dict(zip(CHECKERS, pool.map(reports_of, CHECKERS), strict=True))


def source_lines(file: str) -> list[tuple[int, str]]:
    return list(enumerate((CASES / file).read_text(encoding="utf-8").splitlines(), 1))


def marked(file: str, checker: str) -> dict[int, str]:
    """The lines of a file that a checker must report."""
    expected: dict[int, str] = {}
    for number, line in source_lines(file):
        mark = MARK.search(line)
        if mark is None:
            continue
        named = (mark[2] or "").split(", ")
        assert mark[1] is None or set(named) <= set(CHECKERS), f"{file}:{number}: unknown checker in {mark[0]!r}"
        if mark[1] is None or (checker in named) == (mark[1] == "only"):
            expected[number] = line.strip()
    return expected


def promises(file: str) -> list[Promise]:
    """What is promised of each line by the comments above it."""
    found: list[Promise] = []
    waiting: list[tuple[str, str]] = []
    for number, line in source_lines(file):
        promise = PROMISE.match(line)
        if promise is not None:
            waiting.append((promise[1], promise[2]))
        else:
            found.extend(Promise(number, checker, text) for checker, text in waiting)
            waiting = []
    return found


@pytest.mark.parametrize("checker", CHECKERS)
@pytest.mark.parametrize("file", [name for name in CASE_FILES if name != "messages.py"] + list(PACKAGE))
def test_a_checker_reports_the_marked_lines_and_no_other(reports: dict[str, list[Report]], file: str, checker: str) -> None:
    """Right code is clean, each mistake is reported on its line, and known gaps are still gaps."""
    lines = dict(source_lines(file))
    said = {report.line: report.message for report in reports[checker] if report.file == file}
    expected = marked(file, checker)
    missed = [f"{file}:{number}: not reported: {line}" for number, line in expected.items() if number not in said]
    unexpected = [f"{file}:{number}: {lines[number].strip()}: {text}" for number, text in said.items() if number not in expected]
    assert missed + unexpected == []


@pytest.mark.parametrize("promise", promises("messages.py"), ids=lambda promise: f"{promise.checker}-{promise.line}")
def test_a_checker_says_what_is_promised(reports: dict[str, list[Report]], promise: Promise) -> None:
    """The message for a mistake holds the text that the documentation shows."""
    said = [report.message for report in reports[promise.checker] if (report.file, report.line) == ("messages.py", promise.line)]
    assert [message for message in said if promise.text in message], f"{promise.checker} said {said}, not {promise.text!r}"


@pytest.mark.parametrize("checker", CHECKERS)
def test_messages_are_said_of_the_promised_lines_alone(reports: dict[str, list[Report]], checker: str) -> None:
    """No line of messages.py is reported of which nothing is promised."""
    known = {promise.line for promise in promises("messages.py")}
    assert [report for report in reports[checker] if report.file == "messages.py" and report.line not in known] == []


def test_every_report_is_in_the_cases(reports: dict[str, list[Report]]) -> None:
    """No checker finds a fault in the package itself when users' code is checked."""
    outside = [(name, report) for name, found in reports.items() for report in found if report.file not in (*CASE_FILES, *PACKAGE)]
    assert outside == []


def test_the_marks_give_the_table_of_what_is_caught() -> None:
    """Of the core's mistakes mypy, pyright and ty see all; pyrefly misses class decorators."""
    seen = {checker: len(marked("rejected.py", checker)) for checker in CHECKERS}
    assert seen == {"mypy": 27, "pyright": 27, "ty": 27, "pyrefly": 23}


@pytest.mark.parametrize("file", [name for name in CASE_FILES if name.startswith("accepted")])
def test_accepted_code_runs(file: str) -> None:
    """What the checkers accept is also right when it runs."""
    done = subprocess.run(
        [sys.executable, "-P", "-B", "-W", "error", "-c", RUN, str(CASES), file],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_public_types_are_complete() -> None:
    """Every public name of the package has a type that users' checkers know."""
    printed = output(CASES, "pyright", "--verifytypes", "typed_registry", "--ignoreexternal", "--outputjson")
    found = json.loads(printed)["typeCompleteness"]
    unknown = [symbol["name"] for symbol in found["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]]
    assert (found["completenessScore"], unknown) == (1, [])
