"""The stubs of mmengine.registry: what mypy and pyright say by search path alone, ty and pyrefly with the partial package installed.

Each checker looks at a fresh environment that holds a small mmengine without types, and no typed_registry; where the real mmengine is
installed, at that too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.checkers import PARSED, Report, output, skip_without

ROOT = Path(__file__).parent.parent.parent
STUBS = ROOT / "stubs"
CASES = Path(__file__).parent / "mmengine_stubs"
FILES = ("accepted.py", "rejected.py", "rest.py")
SECONDS = 300

# `# E`: every checker reports the line; `# E: not ty`: all but it; `# E: only ty`: it alone.
MARK = re.compile(r"#\s*E(?:: (not|only) ([a-z, ]+))?\s*$")

UNTYPED_MMENGINE = {
    "__init__.py": "from .config import *\nfrom .fileio import *\nfrom .logging import *\nfrom .registry import *\nfrom .utils import *\n",
    "version.py": "__version__ = '0'\ndef parse_version_info(version_str):\n    return (0,)\n",
    "config/__init__.py": "from .config import Config, ConfigDict\n__all__ = ['Config', 'ConfigDict']\n",
    "config/config.py": (
        "class ConfigDict(dict):\n    def __getattr__(self, name):\n        return self[name]\n\n"
        "class Config:\n    def __init__(self, cfg_dict=None):\n        self._cfg_dict = cfg_dict\n"
        "    @staticmethod\n    def fromfile(filename: str) -> 'Config':\n        return Config()\n"
        "    @property\n    def filename(self) -> str:\n        return ''\n"
        "    @property\n    def pretty_text(self) -> str:\n        return ''\n"
        "    def __getattr__(self, name):\n        return getattr(self._cfg_dict, name)\n"
    ),
    "fileio/__init__.py": "__all__ = ['dump', 'load']\ndef dump(obj, file=None):\n    pass\ndef load(file):\n    pass\n",
    "logging/__init__.py": "__all__ = ['MMLogger']\nclass MMLogger:\n    pass\n",
    "registry/__init__.py": "from .registry import Registry\n__all__ = ['Registry']\n",
    "registry/registry.py": "class Registry:\n    def __init__(self, name):\n        self.name = name\n",
    "utils/__init__.py": (
        "__all__ = ['ManagerMixin', 'is_str']\nclass ManagerMixin:\n    pass\n\ndef is_str(x):\n    return isinstance(x, str)\n"
    ),
}

pytestmark = pytest.mark.skipif(not STUBS.is_dir(), reason="the stubs are not here, only the tests")
needs_mmengine = pytest.mark.skipif(importlib.util.find_spec("mmengine") is None, reason="mmengine is not installed")
HAS_BUILD = all(importlib.util.find_spec(name) is not None for name in ("build", "hatchling"))
needs_build = pytest.mark.skipif(not HAS_BUILD, reason="build and hatchling are not installed")


@dataclass(frozen=True)
class Place:
    """Where a checker runs: a folder with the cases, the interpreter whose packages it sees, and a search path that holds the stubs."""

    cases: Path
    python: Path
    search: Path


def run(place: Place, name: str, *arguments: str, expected: tuple[int, ...] = (0, 1), **variables: str) -> str:
    """What a program prints, run from the folder of the cases, and with none of this process's paths; skipped without the program."""
    skip_without(name)
    around = {key: value for key, value in os.environ.items() if key not in ("MYPYPATH", "PYTHONPATH", "VIRTUAL_ENV")}
    return output(place.cases, name, *arguments, expected=expected, environment={**around, **variables})


def said_by(checker: str, printed: str) -> Iterator[Report]:
    return (replace(each, file=Path(each.file).name) for each in PARSED[checker](printed))


def mypy(place: Place) -> Iterator[Report]:
    arguments = ("--strict", "--no-incremental", "--python-executable", str(place.python), "--output", "json")
    return said_by("mypy", run(place, "mypy", *arguments, *FILES, MYPYPATH=str(place.search)))


def pyright(place: Place) -> Iterator[Report]:
    options = {"typeCheckingMode": "strict", "stubPath": str(place.search), "reportUnusedExpression": False}
    options |= {"reportDeprecated": False, "reportUnnecessaryTypeIgnoreComment": False}  # the cases write List as mmengine does
    place.cases.joinpath("pyrightconfig.json").write_text(json.dumps(options), encoding="utf-8")
    return said_by("pyright", run(place, "pyright", "--pythonpath", str(place.python), "--outputjson"))


def ty(place: Place) -> Iterator[Report]:
    return said_by("ty", run(place, "ty", "check", "--python", str(place.python), "--output-format", "gitlab", *FILES))


def pyrefly(place: Place) -> Iterator[Report]:
    place.cases.joinpath("pyrefly.toml").write_text('preset = "strict"\n[errors]\nmissing-override-decorator = false\n', encoding="utf-8")
    arguments = ("check", "--python-interpreter-path", str(place.python), "--output-format", "json")
    return said_by("pyrefly", run(place, "pyrefly", *arguments, *FILES))


BY_PATH: dict[str, Callable[[Place], Iterator[Report]]] = {"mypy": mypy, "pyright": pyright}
INSTALLED: dict[str, Callable[[Place], Iterator[Report]]] = {"ty": ty, "pyrefly": pyrefly}
CHECKERS = {**BY_PATH, **INSTALLED}


def environment(folder: Path) -> Path:
    """The interpreter of a new environment without any package."""
    venv.create(folder, symlinks=os.name != "nt", with_pip=False)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def packages(python: Path) -> Path:
    """Where the packages of an environment lie."""
    (found,) = [path for path in python.parent.parent.rglob("site-packages") if path.parent.name != "lib64"]
    return found


def install_stubs(python: Path) -> None:
    shutil.copytree(STUBS / "mmengine", packages(python) / "mmengine-stubs")


def install_untyped(python: Path) -> None:
    for name, text in UNTYPED_MMENGINE.items():
        path = packages(python) / "mmengine" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def install_real(python: Path) -> None:
    """Let the real mmengine, and what it imports, be found in an environment."""
    spec = importlib.util.find_spec("mmengine")
    assert spec is not None
    assert spec.origin is not None
    (packages(python) / "mmengine").symlink_to(Path(spec.origin).parent)


Install = Callable[[Path], None]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Install], Place]:
    """Makes a place for a checker."""

    def make(checker: str, install: Install) -> Place:
        folder = tmp_path_factory.mktemp(checker)
        python = environment(folder / "environment")
        install(python)
        if checker in INSTALLED:
            install_stubs(python)
        else:
            shutil.copytree(STUBS / "mmengine", folder / "search" / "mmengine")  # alone: beside it lie stubs of other packages
        shutil.copytree(CASES, folder / "cases")
        return Place(folder / "cases", python, folder / "search")

    return make


@pytest.fixture(scope="module")
def reports(place: Callable[[str, Install], Place]) -> Callable[[str, Install], list[Report]]:
    """What a checker reports of the cases, found once."""
    known: dict[tuple[str, Install], list[Report]] = {}

    def find(checker: str, install: Install) -> list[Report]:
        key = (checker, install)
        if key not in known:
            known[key] = list(CHECKERS[checker](place(checker, install)))
        return known[key]

    return find


def wrong_reports(file: str, checker: str, found: list[Report]) -> list[str]:
    """Marked lines that a checker doesn't report, and reports of lines that aren't marked."""
    lines = dict(enumerate((CASES / file).read_text(encoding="utf-8").splitlines(), 1))
    marks = {number: mark for number, line in lines.items() if (mark := MARK.search(line))}
    named = {number: (mark[2] or "").split(", ") for number, mark in marks.items()}
    assert {name for number, mark in marks.items() if mark[1] for name in named[number]} <= CHECKERS.keys()
    expected = {number for number, mark in marks.items() if mark[1] is None or (checker in named[number]) == (mark[1] == "only")}
    said = {report.line: report.message for report in found if report.file == file}
    missed = [f"{number}: not reported: {lines[number].strip()}" for number in expected - said.keys()]
    return missed + [f"{number}: {lines[number].strip()}: {text}" for number, text in said.items() if number not in expected]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_reports_the_marked_lines_and_no_other(reports: Callable[[str, Install], list[Report]], checker: str, file: str) -> None:
    """Wrong kinds and arguments are reported, right code and the rest of mmengine are not."""
    wrong = wrong_reports(file, checker, reports(checker, install_untyped))
    assert wrong == [], "\n".join(wrong)


@needs_mmengine
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_says_the_same_beside_the_real_mmengine(reports: Callable[[str, Install], list[Report]], checker: str, file: str) -> None:
    """The installed mmengine changes nothing of it: none of its own names is hidden."""
    wrong = wrong_reports(file, checker, reports(checker, install_real))
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("checker", CHECKERS)
def test_no_checker_finds_a_fault_in_the_stubs(reports: Callable[[str, Install], list[Report]], checker: str) -> None:
    """Users see reports of their own files alone."""
    assert [report for report in reports(checker, install_untyped) if report.file not in FILES] == []


def test_mypy_without_mmengine_beside_it_is_content_with_the_stubs(place: Callable[[str, Install], Place]) -> None:
    """In an environment that has no mmengine, as that of a hook, the registry is still typed."""
    where = place("mypy", lambda python: None)
    code = "from mmengine.registry import Registry\nx: 'Registry[int]' = Registry('x')\nreveal_type(x.build({}))\n"
    said = run(where, "mypy", "--strict", "--python-executable", str(where.python), "-c", code, MYPYPATH=str(where.search), expected=(0,))
    assert 'Revealed type is "int"' in said
    assert "no issues found" in said


@needs_mmengine
def test_accepted_code_runs() -> None:
    """What the checkers accept is right when it runs."""
    done = subprocess.run([sys.executable, str(CASES / "accepted.py")], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr


@needs_mmengine
def test_the_stubs_are_true_of_the_real_mmengine(tmp_path: Path) -> None:
    """Stubtest finds nothing but what the allowlist names, which is one thing, with a reason, and still so."""
    shutil.copytree(STUBS / "mmengine", tmp_path / "mmengine")
    allowlist = STUBS / "mmengine.allowlist"
    entries = [line for line in allowlist.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert entries == ["mmengine.registry.default_scope.DefaultScope"]
    where = Place(tmp_path, Path(sys.executable), tmp_path)
    said = run(where, "stubtest", "mmengine.registry", "--allowlist", str(allowlist), MYPYPATH=str(tmp_path), expected=(0,))
    assert "no issues found" in said


@needs_build
def test_the_wheel_holds_the_partial_package(tmp_path: Path) -> None:
    """`pip install ./stubs` gives mmengine-stubs with all of the stubs, marked partial."""
    for name in ("mmengine", "pyproject.toml"):
        (shutil.copytree if (STUBS / name).is_dir() else shutil.copy)(STUBS / name, tmp_path / name)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path / "dist"), str(tmp_path)]
    done = subprocess.run(build, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (tmp_path / "dist").iterdir()
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        assert archive.read("mmengine-stubs/py.typed") == b"partial\n"
    written = [path for path in (STUBS / "mmengine").rglob("*") if path.is_file()]
    assert held == {f"mmengine-stubs/{path.relative_to(STUBS / 'mmengine').as_posix()}" for path in written}
