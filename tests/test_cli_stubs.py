"""`typed-registry stubs`: what it writes where, what it tells of, and what it leaves alone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

pytest.importorskip("click")
pytest.importorskip("docstring_parser")
pytest.importorskip("yaml")

from tests.modules import REPOSITORY, Modules
from typed_registry.cli._app import run
from typed_registry.stubgen import MARK

NETS = """
    from __future__ import annotations

    from typing import TYPE_CHECKING, Protocol

    from typed_registry import Registry

    if TYPE_CHECKING:
        from shop.nets_specs import NetsSpecs


    class Net(Protocol):
        def forward(self, x: float) -> float: ...


    NETS: Registry[Net, NetsSpecs] = Registry("nets", Net)
    LOSSES: Registry[Net] = Registry("losses", Net, parent=NETS)


    @NETS.register("linear")
    class Linear:
        def __init__(self, factor: float = 1.5) -> None:
            self.factor = factor

        def forward(self, x: float) -> float:
            return x * self.factor
"""
PROJECT = """
    [tool.typed-registry]
    registries = ["shop.nets:NETS", "shop.nets:LOSSES"]

    [tool.typed-registry.stubs]
    "shop.nets:LOSSES" = "typings"
"""
BROKEN = """
    @NETS.register("broken")
    class Broken(Linear):
        def __init__(self, what: Mising) -> None: ...
"""


class Done(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def shop(modules: Modules, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with two registries, whose folder is the current one."""
    modules.write("shop.nets", NETS)
    (modules.folder / "pyproject.toml").write_text(textwrap.dedent(PROJECT).lstrip())
    monkeypatch.chdir(modules.folder)
    return modules.folder


@pytest.fixture
def cli(shop: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `typed-registry stubs` in this process, in the folder of the project."""

    def call(*arguments: str) -> Done:
        status = run(["stubs", *arguments])
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return call


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH", ""))))}


def add(shop: Path, source: str) -> None:
    path = shop / "shop" / "nets.py"
    path.write_text(path.read_text() + "\n\n" + textwrap.dedent(source))


def files(shop: Path) -> list[str]:
    return sorted(path.relative_to(shop).as_posix() for path in shop.rglob("*_specs.py*") if path.suffix in (".py", ".pyi"))


def test_each_catalogue_goes_to_its_place(cli: Run, shop: Path) -> None:
    """Beside the registry's module, or into the folder of stubs that pyproject.toml names for it; a second time nothing is written."""
    written = f"{Path('shop', 'nets_specs.py')}: written\n{Path('typings', 'losses_specs.pyi')}: written\n"
    assert cli() == Done(0, written, "")
    assert files(shop) == ["shop/nets_specs.py", "typings/losses_specs.pyi"]
    times = [path.stat().st_mtime_ns for path in shop.rglob("*_specs.py*")]
    assert cli() == Done(0, written.replace("written", "unchanged"), "")
    assert [path.stat().st_mtime_ns for path in shop.rglob("*_specs.py*")] == times
    assert "if TYPE_CHECKING:" in (shop / "shop" / "nets_specs.py").read_text()
    assert "if TYPE_CHECKING:" not in (shop / "typings" / "losses_specs.pyi").read_text()


def test_output_names_the_folder_of_all(cli: Run, shop: Path) -> None:
    """With -o all go to one folder of stubs, which is made, and each finds the others there."""
    assert cli("-o", "more/stubs").status == 0
    assert files(shop) == ["more/stubs/losses_specs.pyi", "more/stubs/nets_specs.pyi"]


def test_one_registry(cli: Run, shop: Path) -> None:
    """Only what is given is written, though the others are known."""
    assert cli("--registry", "shop.nets:NETS").status == 0
    assert files(shop) == ["shop/nets_specs.py"]


def test_to_standard_output(cli: Run, shop: Path) -> None:
    """With --stdout the text is printed, and no file is written."""
    done = cli("--stdout", "-r", "shop.nets:NETS")
    assert (done.status, done.err, files(shop)) == (0, "", [])
    assert done.out.startswith(MARK)
    cli("-r", "shop.nets:NETS")
    assert (shop / "shop" / "nets_specs.py").read_text() == done.out


def test_drift_is_shown(cli: Run, shop: Path) -> None:
    """--check writes nothing, shows what would change, and exits with 1; when all is up to date it is silent."""
    missing = cli("--check")
    assert missing.status == 1
    assert "+++ shop/nets_specs.py" in missing.out
    assert files(shop) == []
    cli()
    assert cli("--check") == Done(0, "", "")
    path = shop / "shop" / "nets_specs.py"
    path.write_text(path.read_text().replace("1.5", "2.5"))
    drifted = cli("--check")
    assert drifted.status == 1
    assert re.findall(r"^[-+] .*", drifted.out, re.MULTILINE)
    assert "1 of 2 files would change: run typed-registry stubs" in drifted.err
    assert "2.5" in path.read_text()


def test_what_cannot_be_resolved_is_reported(cli: Run, shop: Path) -> None:
    """Exit status 1 with the place, and nothing is written; with --keep-going all the rest is, and what is wrong is `object`."""
    add(shop, BROKEN)
    done = cli()
    assert (done.status, done.out, files(shop)) == (1, "", [])
    assert re.search(
        r"nets\.py:\d+: broken: TR104 'broken' .* the type of 'what' can't be resolved: name 'Mising' is not defined", done.err
    )
    assert done.err.endswith("nothing is written; --keep-going writes what could be read\n")
    going = cli("--keep-going")
    assert (going.status, len(files(shop))) == (1, 2)
    text = (shop / "shop" / "nets_specs.py").read_text()
    assert "what: object" in text
    assert "factor: NotRequired[float]" in text
    assert cli("--check").status == 1


def test_a_lazy_entry_that_is_broken_is_left_out(cli: Run, shop: Path) -> None:
    """It is named in a comment and in the report, once, and the rest is written with --keep-going."""
    add(shop, 'NETS.register_lazy("late", "shop.late:Late")')
    done = cli("--keep-going", "-r", "shop.nets:NETS")
    assert done.status == 1
    assert done.err.count("TR105") == 1
    assert "# 'late' is left out" in (shop / "shop" / "nets_specs.py").read_text()


def test_lazy_entries_are_imported_or_read(cli: Run, shop: Path, modules: Modules) -> None:
    """--no-import imports none of them, and gives the same text; what they print is no part of the output."""
    modules.write("shop.late", "print('imported')\nfrom shop.nets import Linear\nclass Late(Linear): ...\n")
    add(shop, 'NETS.register_lazy("late", "shop.late:Late")')
    quiet = cli("--stdout", "--no-import", "-r", "shop.nets:NETS")
    assert "shop.late" not in sys.modules
    loud = cli("--stdout", "-r", "shop.nets:NETS")
    assert (loud.status, loud.out, loud.err, quiet.err) == (0, quiet.out, "imported\n", "")


def test_a_missing_package_is_noted(cli: Run, shop: Path, modules: Modules) -> None:
    """Where a package isn't installed the source is read instead; that is told of, and no fault."""
    modules.write("shop.late", "import torch_of_no_one\nfrom shop.nets import Linear\nclass Late(Linear): ...\n")
    add(shop, 'NETS.register_lazy("late", "shop.late:Late")')
    done = cli("-r", "shop.nets:NETS")
    assert (done.status, done.err) == (0, "note: late: read from its source, as torch_of_no_one is missing\n")


def test_a_users_file_is_left_alone(cli: Run, shop: Path) -> None:
    """What this command didn't write isn't overwritten, and nothing else is written then; an empty file is nobody's."""
    path = shop / "shop" / "nets_specs.py"
    path.write_text("mine = 3\n")
    assert cli() == Done(
        2,
        "",
        f"Error: {Path('shop', 'nets_specs.py')} is there, and was not written by this command:"
        " move it, or give the registry another name\n",
    )
    assert (path.read_text(), files(shop)) == ("mine = 3\n", ["shop/nets_specs.py"])
    path.write_text("")
    assert cli().status == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--check", "--stdout"], "--check, --stdout and --watch exclude each other"),
        (["-r", "shop.nets:Net"], "shop.nets:Net is no registry"),
        (["-r", "shop.nets:NETTS"], "shop.nets has no 'NETTS'; did you mean 'NETS'?"),
        (["-o", "pyproject.toml"], "can't be"),
    ],
)
def test_what_could_not_be_done(cli: Run, shop: Path, arguments: list[str], told: str) -> None:
    """One error, exit status 2, and nothing is written."""
    done = cli(*arguments)
    assert (done.status, done.out, files(shop)) == (2, "", [])
    assert told in done.err
    assert done.err.count("\n") <= 3


def test_a_registry_of_an_installed_package(cli: Run, shop: Path, modules: Modules) -> None:
    """Beside its module nothing is written, as that isn't the project's; with -o its catalogue goes to the project's own stubs."""
    project = shop / "project"
    project.mkdir()
    os.chdir(project)
    (project / "pyproject.toml").write_text("[tool.typed-registry]\n")
    done = cli("-r", "shop.nets:NETS")
    assert (done.status, files(shop)) == (2, [])
    assert "outside of the project" in done.err
    assert cli("-r", "shop.nets:NETS", "-o", "stubs").status == 0
    assert files(shop) == ["project/stubs/nets_specs.pyi"]


def test_two_registries_of_one_name(cli: Run, shop: Path) -> None:
    """They can't be written to one file."""
    add(shop, 'SAME: Registry[Net] = Registry("nets", Net)')
    done = cli("-r", "shop.nets:NETS", "-r", "shop.nets:SAME")
    assert (done.status, files(shop)) == (2, [])
    assert "shop.nets:NETS and shop.nets:SAME would both be written to" in done.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("stubs = 3", "stubs maps targets to folders"),
        ('[tool.typed-registry.stubs]\n"shop.nets:NETS" = ""', "stubs maps targets to folders"),
        ("stub = 3", "has no key 'stub'; did you mean 'stubs'?"),
    ],
)
def test_the_table_in_pyproject(cli: Run, shop: Path, line: str, told: str) -> None:
    """Its key `stubs` is a table of folders."""
    (shop / "pyproject.toml").write_text(f'[tool.typed-registry]\nregistries = ["shop.nets:NETS"]\n{line}\n')
    done = cli()
    assert done.status == 2
    assert told in done.err


def test_the_installed_command(shop: Path) -> None:
    """In a process of its own it writes, finds all up to date, and tells what it can do."""
    command = [str(Path(sys.executable).with_name("typed-registry")), "stubs"]

    def call(*arguments: str) -> Done:
        done = subprocess.run([*command, *arguments], cwd=shop, env=environment(), capture_output=True, text=True, timeout=120, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    assert [call().status, call("--check")] == [0, Done(0, "", "")]
    assert set(re.findall(r"--[a-z-]+", call("--help").out)) >= {
        "--registry",
        "--output",
        "--check",
        "--stdout",
        "--watch",
        "--no-import",
        "--keep-going",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="it is interrupted by a signal")
def test_watching(shop: Path) -> None:
    """A change of a source file is written at once; what it wrote itself is none; it ends when it is interrupted."""
    output = shop / "shop" / "nets_specs.py"
    with subprocess.Popen(
        [sys.executable, "-m", "typed_registry", "stubs", "--watch", "-r", "shop.nets:NETS"],
        cwd=shop,
        env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            wait_for(lambda: output.is_file() and "factor: float = 1.5" in output.read_text())
            time.sleep(1)
            path = shop / "shop" / "nets.py"
            path.write_text(path.read_text().replace("1.5", "2.25"))
            wait_for(lambda: "factor: float = 2.25" in output.read_text())
            time.sleep(1)
        finally:
            os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0, printed
    assert printed.count("written") == 2, printed


def wait_for(is_so: Callable[[], bool]) -> None:
    for _ in range(300):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


@pytest.mark.parametrize("file", ["examples/vision/vision_specs.py", "stubs/vlm_specs.pyi"])
def test_the_examples_have_theirs(file: str) -> None:
    """Both examples have a catalogue, one beside its module, one in the folder of stubs."""
    path = REPOSITORY / file
    if not path.parent.is_dir():
        pytest.skip(reason="the repository isn't there")
    assert path.read_text().startswith(MARK)


def test_the_examples_are_up_to_date() -> None:
    """Their catalogues are what the command writes, be torch there or not."""
    pytest.importorskip("skimage")
    pytest.importorskip("zxingcpp")
    command = [str(Path(sys.executable).with_name("typed-registry")), "stubs", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (0, "")
