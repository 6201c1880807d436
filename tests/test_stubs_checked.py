"""Generated catalogues as mypy, pyright, ty and pyrefly see them: clean themselves, and what they accept and refuse of users' code."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytest.importorskip("click")
pytest.importorskip("docstring_parser")
pytest.importorskip("mypy")
pytest.importorskip("numpy")
pytest.importorskip("pyrefly")
pytest.importorskip("pyright")
pytest.importorskip("ty")

from tests.checkers import PARSED, output
from tests.modules import REPOSITORY

CASES = REPOSITORY / "tests" / "typing_cases" / "generated"
SECONDS = 300

# `# E`: every checker reports the line; `# E: not ty`: all but it.
MARK = re.compile(r"#\s*E(?:: not ([a-z, ]+))?\s*$")
Reports = set[tuple[str, int]]


OWN = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
ARGUMENTS: dict[str, tuple[str, ...]] = {
    "mypy": ("--cache-dir", ".cache", "--python-executable", sys.executable, "--output", "json"),
    "pyright": ("--pythonpath", sys.executable, "--outputjson"),
    "ty": ("check", "--python", sys.prefix, "--output-format", "gitlab"),
    "pyrefly": ("check", "--config", "pyrefly.toml", "--python-interpreter-path", sys.executable, "--output-format", "json"),
}
CHECKERS = tuple(ARGUMENTS)


def checked(checker: str, folder: Path, files: list[str]) -> Reports:
    """What a checker reports, as file and line."""
    printed = output(folder, checker, *ARGUMENTS[checker], *files, environment=OWN)
    return {(Path(os.path.relpath(folder / each.file, folder)).as_posix(), each.line) for each in PARSED[checker](printed)}


# The command in the layout that catalogues of many components have: the limit is lowered, as 50 of each kind would take checkers minutes.
MANY = "import sys; from typed_registry import stubgen; stubgen._MANY = 1; from typed_registry.cli import main; sys.exit(main())"


@pytest.fixture(scope="module", params=["few", "many"])
def layout(request: pytest.FixtureRequest) -> str:
    """The layout of the catalogues: for few components, or for many."""
    return str(request.param)


def stubs(folder: Path, layout: str, *arguments: str) -> str:
    """What `typed-registry stubs` prints."""
    if layout == "few":
        return output(folder, "typed-registry", "stubs", *arguments, environment=OWN)
    done = subprocess.run(
        [sys.executable, "-c", MANY, "stubs", *arguments], cwd=folder, env=OWN, capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def zoo(layout: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases with their catalogues, written by the command."""
    folder = tmp_path_factory.mktemp("stubs") / "zoo"
    shutil.copytree(CASES, folder, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    printed = stubs(folder, layout)
    assert printed.count(": written") == 4, printed
    assert ("class _VisionMethods(" in (folder / "zoo" / "vision_specs.py").read_text()) == (layout == "many")
    return folder


@pytest.fixture(scope="module")
def reports(zoo: Path) -> dict[str, Reports]:
    """What each checker reports, as file and line."""
    files = ["accepted_generated.py", "rejected_generated.py", *sorted(path.relative_to(zoo).as_posix() for path in modules_of(zoo))]

    def reports_of(checker: str) -> Reports:
        return checked(checker, zoo, files)

    with ThreadPoolExecutor(len(CHECKERS)) as pool:
        return dict(zip(CHECKERS, pool.map(reports_of, CHECKERS), strict=True))


def modules_of(zoo: Path) -> list[Path]:
    return [*zoo.glob("zoo/*.py"), *zoo.glob("stubs/*.pyi")]


def marked(checker: str) -> dict[int, str]:
    """The lines of the rejected cases that a checker must report."""
    lines = enumerate((CASES / "rejected_generated.py").read_text().splitlines(), 1)
    found = [(number, line.strip(), MARK.search(line)) for number, line in lines]
    return {number: line for number, line, mark in found if mark is not None and checker not in (mark[1] or "").split(", ")}


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_catalogues_and_right_uses_are_clean(reports: dict[str, Reports], checker: str) -> None:
    """Neither a generated file, nor the module that uses it, nor right code has a fault in any checker, be it strict."""
    assert {(file, line) for file, line in reports[checker] if file != "rejected_generated.py"} == set()


@pytest.mark.parametrize("checker", CHECKERS)
def test_each_mistake_is_reported(reports: dict[str, Reports], checker: str) -> None:
    """Unknown names and keys, wrong types, missing keys, at any depth, and configs of another registry; and nothing else."""
    said = {line for file, line in reports[checker] if file == "rejected_generated.py"}
    expected = marked(checker)
    assert (sorted(expected.keys() - said), sorted(said - expected.keys())) == ([], [])


def test_what_is_caught() -> None:
    """Every checker sees all of it."""
    counts = {checker: len(marked(checker)) for checker in CHECKERS}
    assert min(counts.values()) == max(counts.values()) > 40


@pytest.mark.parametrize("first", ["accepted_generated.py", "zoo/vision.py", "zoo/lazy.py", "zoo/vision_specs.py", "stubs/sound_specs.pyi"])
def test_pyright_does_not_go_round_in_circles(zoo: Path, first: str) -> None:
    """Whichever module it looks at first, it knows the type of the registry, whose catalogue speaks of what its decorator returns."""
    assert checked("pyright", zoo, [first, "accepted_generated.py", "zoo/vision.py"]) == set()


LAZY = """
from __future__ import annotations
from typing import TYPE_CHECKING, Protocol
from typed_registry import Registry
if TYPE_CHECKING:
    from shop.nets_specs import NetsSpecs
class Net(Protocol):
    def forward(self, x: float) -> float: ...
NETS: Registry[Net, NetsSpecs] = Registry("nets", Net)
for name in ("Fits", "fits", "Unfit", "unfit", "Gone"):
    NETS.register_lazy(name, f"shop.late:{name}")
"""
LATE = """
class Fits:
    def forward(self, x: float) -> float:
        return x
class Unfit:
    def forward(self, x: str) -> float:
        return 1
def fits() -> Fits: ...
def unfit() -> int: ...
"""


@pytest.mark.parametrize("checker", CHECKERS)
def test_lazy_targets_are_verified(tmp_path: Path, checker: str) -> None:
    """A checker reports, in the catalogue, a lazy target that isn't there, and the list of those that must make what is due."""
    shutil.copytree(
        CASES, tmp_path, ignore=shutil.ignore_patterns("zoo", "*.py", "pyproject.toml", "__pycache__", ".*"), dirs_exist_ok=True
    )
    shop = tmp_path / "shop"
    for folder in (shop, tmp_path / "stubs"):
        folder.mkdir()
    (shop / "__init__.py").touch()
    (shop / "nets.py").write_text(LAZY)
    (shop / "late.py").write_text(f"{LATE}\nclass Gone(Fits): ...\n")
    output(tmp_path, "typed-registry", "stubs", "--registry", "shop.nets:NETS", "--no-import", environment=OWN)
    lines = (shop / "nets_specs.py").read_text().splitlines()
    found = {line for file, line in checked(checker, tmp_path, ["shop/nets_specs.py"]) if file.endswith("nets_specs.py")}
    assert found
    assert [lines[line - 1] for line in found if not re.search("_lazy_targets|_[Uu]nfit", lines[line - 1])] == []
    (shop / "late.py").write_text(LATE)
    gone = {line for file, line in checked(checker, tmp_path, ["shop/nets_specs.py"]) if file.endswith("nets_specs.py")} - found
    assert any("Gone" in lines[line - 1] for line in gone)


USES = """
from examples.vision import VISION, FaceDetector
from examples.vlm import VISION as VLM
from typing_extensions import assert_type

assert_type(VISION.build(VISION.specs.face(scale=1.3)), FaceDetector)
VISION.build({"type": "upscale", "model": {"type": "ensemble", "models": [{"type": "faces"}]}})
VISION.build({"type": "upscale", "model": {"type": "ensemble", "models": [{"type": "fases"}]}})  # E
VISION.specs.face(scael=1.3)  # E
VLM.specs.Qwen2VLModel(model_path="a", hf_config="b", backend="pytorch")  # E
"""


def test_the_examples_opt_in(tmp_path: Path) -> None:
    """Both examples have a catalogue, one beside its module and one in the folder of stubs, and their users' mistakes are reported."""
    pytest.importorskip("skimage")
    pytest.importorskip("zxingcpp")
    file = tmp_path / "uses.py"
    file.write_text(USES)
    printed = output(REPOSITORY, "mypy", "--cache-dir", str(tmp_path / "cache"), "--output", "json", str(file), environment=OWN)
    found = [json.loads(line) for line in printed.splitlines()]
    expected = {number for number, line in enumerate(USES.splitlines(), 1) if line.endswith("# E")}
    assert {each["line"] for each in found if each["severity"] == "error"} == expected


def test_reading_sources_gives_the_same_catalogues(zoo: Path, layout: str) -> None:
    """Whether lazy entries are imported or their sources are read makes no difference."""
    assert stubs(zoo, layout, "--check", "--no-import") == ""


def test_the_catalogues_import_nothing(zoo: Path) -> None:
    """At run time a catalogue beside its module is empty: neither components nor this package are loaded for it."""
    code = (
        "import sys, zoo.vision_specs; print(sorted(name for name in sys.modules if name.startswith(('zoo', 'typed_registry', 'numpy'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=zoo, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.stdout.strip(), done.stderr) == ("['zoo', 'zoo.vision_specs']", "")


def test_accepted_code_runs(zoo: Path) -> None:
    """What the checkers accept is right when it runs, with the names and arguments of the catalogues."""
    path = os.pathsep.join([str(REPOSITORY), str(zoo)])
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "accepted_generated.py"],
        cwd=zoo,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_formatters_and_linters_leave_them_alone(zoo: Path) -> None:
    """`ruff format --check` and all of ruff's rules pass, whatever the project asks for."""
    if shutil.which("ruff", path=sysconfig.get_path("scripts")) is None:
        pytest.skip(reason="ruff isn't installed")
    files = [str(path) for path in modules_of(zoo) if path.stem.endswith("_specs")]
    assert len(files) == 4
    formatted = output(zoo, "ruff", "format", "--isolated", "--check", "--line-length", "60", *files)
    linted = output(zoo, "ruff", "check", "--isolated", "--select", "ALL", "--output-format", "concise", *files)
    assert "already formatted" in formatted
    assert "All checks passed" in linted
