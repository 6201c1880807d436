"""`typed-registry init-editor`, run as the installed command: what it adds to settings, and what it leaves alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("click")
pytest.importorskip("yaml")

from typed_registry._kinds import is_dict, is_list
from typed_registry.cli._jsonc import JsoncError, UnsafeMergeError, appended, merged, parse

SCRIPT = Path(sys.executable).with_name("typed-registry")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "typed_registry"]
PROJECT = """\
[tool.typed-registry]
registries = ["zoo:VISION"]

[tool.typed-registry.schemas]
"zoo:VISION" = "schemas/vision.json"

[tool.typed-registry.configs]
"configs/*.yaml" = "zoo:VISION"
"configs/*.json" = "zoo:VISION"
"""
WITH_COMMENTS = """\
// What all of us use.
{
    "editor.rulers": [100], // a ruler
    /* schemas */
    "yaml.schemas": {
        "https://example.org/other.json": "other/*.yml", // not ours
    },
    "z": {"a": "// no comment"},
}
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose configs are mapped to a registry."""
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "configs").mkdir()
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "vision.json").write_text("{}")
    return tmp_path


@pytest.fixture
def run(project: Path) -> Run:
    """Runs the command in the project."""

    def run(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, "init-editor", *arguments],
            cwd=project,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def without_comments(text: str) -> Any:
    bare = re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda found: found[1] or "", text, flags=re.DOTALL)
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", bare))


# --- what is written, and when ---


@pytest.mark.parametrize("editor", ["vscode", "zed", "pycharm", "neovim"])
def test_only_shown_until_it_is_asked_for(run: Run, project: Path, editor: str) -> None:
    """A diff first; `--write` writes what it shows; then there is nothing left to do."""
    before = snapshot(project)
    shown = run(editor)
    assert snapshot(project) == before
    assert "--- /dev/null" in shown.stdout
    assert "schemas/vision.json" in shown.stdout
    assert "nothing is written" in shown.stderr
    assert run(editor, "--write").stdout == shown.stdout
    written = snapshot(project)
    assert len(written) == len(before) + 1
    again = run(editor, "--write")
    assert again.stdout == ""
    assert "already" in again.stderr
    assert snapshot(project) == written


def test_vscode(run: Run, project: Path) -> None:
    """YAML files by the settings of the YAML extension, JSON files by VS Code's own."""
    run("vscode", "--write")
    assert json.loads((project / ".vscode" / "settings.json").read_text()) == {
        "yaml.schemas": {"./schemas/vision.json": ["configs/*.yaml"]},
        "json.schemas": [{"fileMatch": ["configs/*.json"], "url": "./schemas/vision.json"}],
    }


def test_zed(run: Run, project: Path) -> None:
    """By the settings of the YAML language server."""
    run("zed", "--write")
    found = json.loads((project / ".zed" / "settings.json").read_text())
    assert found["lsp"]["yaml-language-server"]["settings"]["yaml"]["schemas"] == {"./schemas/vision.json": ["configs/*.yaml"]}


def test_pycharm(run: Run, project: Path) -> None:
    """By a mapping in `.idea`, beside those that are there."""
    run("pycharm", "--write")
    path = project / ".idea" / "jsonSchemas.xml"
    other = path.read_text().replace("schemas/vision.json", "other.json").replace("configs/*", "other/*")
    path.write_text(other)
    run("pycharm", "--write")
    patterns = [option.get("value") for option in ElementTree.parse(path).iterfind(".//Item/option[@name='path']")]
    assert patterns == ["other/*.yaml", "other/*.json", "configs/*.yaml", "configs/*.json"]
    project.joinpath("pyproject.toml").write_text(PROJECT.replace("configs/*.json", "more/*.json"))
    run("pycharm", "--write")
    patterns = [option.get("value") for option in ElementTree.parse(path).iterfind(".//Item/option[@name='path']")]
    assert patterns == ["other/*.yaml", "other/*.json", "configs/*.yaml", "more/*.json"]


def test_neovim(run: Run, project: Path) -> None:
    """By a block of `.nvim.lua`, which is put in the place of an older one; what else is there stays."""
    path = project / ".nvim.lua"
    path.write_text("vim.o.number = true")
    run("neovim", "--write")
    project.joinpath("pyproject.toml").write_text(PROJECT.replace("configs/*.json", 'a"b\\\\c/*.json'.replace('"', '\\"')))
    run("neovim", "--write")
    text = path.read_text()
    assert text.startswith("vim.o.number = true\n\n-- typed-registry")
    assert text.count('vim.lsp.config("yamlls"') == 1
    assert '{ "configs/*.yaml" }' in text
    assert r'{ "a\"b\\c/*.json" }' in text


# --- what is there already ---


def test_comments_and_order_survive(run: Run, project: Path) -> None:
    """Every line of the settings stays as it was, and where it was."""
    path = project / ".vscode" / "settings.json"
    path.parent.mkdir()
    path.write_text(WITH_COMMENTS)
    run("vscode", "--write")
    text = path.read_text()
    kept = iter(text.splitlines())
    assert all(line in kept for line in WITH_COMMENTS.splitlines())
    assert without_comments(text) == {
        "editor.rulers": [100],
        "yaml.schemas": {"https://example.org/other.json": "other/*.yml", "./schemas/vision.json": ["configs/*.yaml"]},
        "z": {"a": "// no comment"},
        "json.schemas": [{"fileMatch": ["configs/*.json"], "url": "./schemas/vision.json"}],
    }


@pytest.mark.parametrize("text", ["", "\n", "{}", "// nothing yet\n", '\ufeff{\r\n\t"a": 1\r\n}\r\n', '{"json.schemas": []}'])
def test_settings_of_all_kinds(run: Run, project: Path, text: str) -> None:
    """Empty ones, a byte order mark, line ends of Windows, tabs."""
    path = project / ".vscode" / "settings.json"
    path.parent.mkdir()
    path.write_bytes(text.encode())
    run("vscode", "--write")
    found = path.read_bytes().decode()
    assert found.startswith("\ufeff") == text.startswith("\ufeff")
    assert found.count("\r\n") == (found.count("\n") if "\r" in text else 0)
    node = parse(found)
    assert node is not None
    assert node.data["yaml.schemas"] == {"./schemas/vision.json": ["configs/*.yaml"]}
    assert len(node.data["json.schemas"]) == 1


def test_what_is_ours_is_brought_up_to_date(run: Run, project: Path) -> None:
    """When the globs change, so does the entry of the schema, and no other."""
    run("vscode", "--write")
    project.joinpath("pyproject.toml").write_text(PROJECT.replace("configs/*", "conf/**/*"))
    run("vscode", "--write")
    assert json.loads((project / ".vscode" / "settings.json").read_text()) == {
        "yaml.schemas": {"./schemas/vision.json": ["conf/**/*.yaml"]},
        "json.schemas": [{"fileMatch": ["conf/**/*.json"], "url": "./schemas/vision.json"}],
    }


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', "3:3: a comma or '}' is due here"),
        ('{"a": tru}', "1:7: a value is due here"),
        ("{a: 1}", "1:2: a key in double quotes is due here"),
        ('{"a": [1', "1:9: "),
        ("{} {}", "1:4: there is more after the end of the value"),
    ],
)
@pytest.mark.parametrize("editor", ["vscode", "zed"])
def test_wrong_json(run: Run, project: Path, editor: str, text: str, place: str) -> None:
    """One error with the place, and nothing is written anywhere."""
    path = project / f".{editor}" / "settings.json"
    path.parent.mkdir()
    path.write_text(text)
    before = snapshot(project)
    done = run(editor, "--write", "--modeline", status=2)
    assert f"settings.json:{place}" in done.stderr
    assert done.stdout == ""
    assert snapshot(project) == before


@pytest.mark.parametrize("text", ["[1]", '{"yaml.schemas": "x"}', '{"yaml.schemas": {"./schemas/vision.json": [/* mine */ "a"]}}'])
def test_what_cant_be_merged_is_left_to_the_user(run: Run, project: Path, text: str) -> None:
    """It tells what to add, changes nothing in that file, and the status is 1."""
    path = project / ".vscode" / "settings.json"
    path.parent.mkdir()
    path.write_text(text)
    done = run("vscode", "--write", status=1)
    assert path.read_text() == text
    assert '"./schemas/vision.json"' in done.stderr
    assert "add by hand" in done.stderr


def test_wrong_xml(run: Run, project: Path) -> None:
    """Broken XML is told of, and XML without a map is left to the user."""
    path = project / ".idea" / "jsonSchemas.xml"
    path.parent.mkdir()
    path.write_text("<project>")
    assert "jsonSchemas.xml" in run("pycharm", "--write", status=2).stderr
    path.write_text("<project />")
    assert "<entry" in run("pycharm", "--write", status=1).stderr
    assert path.read_text() == "<project />"


# --- what the command is asked for ---


def test_unknown_editors(run: Run) -> None:
    """The nearest is suggested, else all are named."""
    assert "did you mean 'vscode'?" in run("vscod", status=2).stderr
    assert "vscode, zed, pycharm, neovim" in run("emacs", status=2).stderr


def test_nothing_is_mapped(run: Run, project: Path) -> None:
    """Without configs and stubs there is nothing to set up, and the remedy is told."""
    project.joinpath("pyproject.toml").write_text("[tool.typed-registry]\nregistries = []\n")
    assert "[tool.typed-registry.configs]" in run("vscode", status=2).stderr


def test_schemas_that_are_not_there_yet(run: Run, project: Path) -> None:
    """What writes them is told."""
    (project / "schemas" / "vision.json").unlink()
    assert "typed-registry schema writes it" in run("vscode").stderr


def test_no_editor_is_told_of_toml(run: Run, project: Path) -> None:
    """Globs of TOML files are named, and set up nowhere."""
    with project.joinpath("pyproject.toml").open("a") as file:
        file.write('"train/*.toml" = "zoo:VISION"\n')
    done = run("vscode")
    assert "TOML files: train/*.toml" in done.stderr
    assert "train" not in done.stdout


def test_the_first_glob_wins(run: Run, project: Path) -> None:
    """Files that an earlier glob gives to another registry are taken out; globs that can't meet are not."""
    project.joinpath("pyproject.toml").write_text(
        "[tool.typed-registry.configs]\n"
        '"smoke/a*.yaml" = "zoo:A"\n"data/*.json" = "zoo:A"\n"smoke/*.yaml" = "zoo:B"\n"other/*.yaml" = "zoo:B"\n'
    )
    run("vscode", "--write")
    found = json.loads((project / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    assert found == {
        "./.typed-registry/zoo.A.schema.json": ["smoke/a*.yaml"],
        "./.typed-registry/zoo.B.schema.json": ["smoke/*.yaml", "other/*.yaml", "!smoke/a*.yaml"],
    }


# --- modelines ---

LINE = "# yaml-language-server: $schema=../schemas/vision.json"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("type: face\n", f"{LINE}\ntype: face\n"),
        ("type: face\r\na: 1\r\n", f"{LINE}\r\ntype: face\r\na: 1\r\n"),
        ("\ufefftype: face\n", f"\ufeff{LINE}\ntype: face\n"),
        ("", f"{LINE}\n"),
        ("# mine\n---\ntype: face\n", f"{LINE}\n# mine\n---\ntype: face\n"),
        ("# yaml-language-server: $schema=./old.json\ntype: face\n", f"{LINE}\ntype: face\n"),
        ("\n# mine\n# yaml-language-server: $schema=./old.json\ntype: face", f"\n# mine\n{LINE}\ntype: face"),
        ("type: face\n# yaml-language-server: $schema=late.json\n", f"{LINE}\ntype: face\n# yaml-language-server: $schema=late.json\n"),
    ],
)
def test_modelines(run: Run, project: Path, before: str, after: str) -> None:
    """The first line, or the one that is there; byte order mark and line ends stay, and a second time changes nothing."""
    path = project / "configs" / "a.yaml"
    path.write_bytes(before.encode())
    (project / "configs" / "a.json").write_text("{}")
    assert f"+{LINE}" in run("vscode", "--modeline").stdout
    assert path.read_bytes().decode() == before
    run("vscode", "--modeline", "--write")
    assert path.read_bytes().decode() == after
    assert run("vscode", "--modeline", "--write").stdout == ""
    assert path.read_bytes().decode() == after
    assert (project / "configs" / "a.json").read_text() == "{}"


def test_a_config_that_isnt_utf8(run: Run, project: Path) -> None:
    """It is told of, and nothing is written."""
    (project / "configs" / "a.yaml").write_bytes(b"type: \xff\n")
    before = snapshot(project)
    assert "a.yaml" in run("vscode", "--modeline", "--write", status=2).stderr
    assert snapshot(project) == before


# --- where the stubs are ---


@pytest.fixture
def stubs(project: Path) -> Path:
    """The pyproject.toml of a project whose catalogue is in a folder of stubs."""
    path = project / "pyproject.toml"
    path.write_text(f'{PROJECT}\n[tool.typed-registry.stubs]\n"zoo:VISION" = "stubs"\n')
    return path


def test_checkers_are_told_of_the_stubs(run: Run, stubs: Path) -> None:
    """mypy, pyright, pyrefly and ty, in pyproject.toml, which is otherwise as it was."""
    before = stubs.read_text()
    run("vscode", "--write")
    assert stubs.read_text().startswith(before)
    tool = tomllib.loads(stubs.read_text())["tool"]
    assert (tool["mypy"], tool["pyright"], tool["pyrefly"], tool["ty"]) == (
        {"mypy_path": "stubs"},
        {"stubPath": "stubs"},
        {"search-path": [".", "stubs"]},
        {"environment": {"extra-paths": ["stubs"]}},
    )
    assert "already" in run("vscode").stderr


def test_settings_of_checkers_are_merged(run: Run, stubs: Path) -> None:
    """Lists get one more folder, tables one more key; comments stay."""
    more = """
[tool.mypy] # strict
strict = true
mypy_path = "typings" # theirs
[tool.pyright]
strict = ["."]
[tool.pyrefly]
search-path = [
    "src",
    "lib",
]
[tool.ty.environment]
extra-paths = ["lib"]
"""
    stubs.write_text(stubs.read_text() + more)
    run("vscode", "--write")
    text = stubs.read_text()
    tool = tomllib.loads(text)["tool"]
    assert tool["mypy"] == {"strict": True, "mypy_path": "typings, stubs"}
    assert tool["pyright"] == {"strict": ["."], "stubPath": "stubs"}
    assert tool["pyrefly"] == {"search-path": ["src", "lib", "stubs"]}
    assert tool["ty"] == {"environment": {"extra-paths": ["lib", "stubs"]}}
    assert "[tool.mypy] # strict" in text
    assert "# theirs" in text


def test_checkers_with_files_of_their_own(run: Run, stubs: Path) -> None:
    """Each is told where it looks."""
    root = stubs.parent
    before = stubs.read_text()
    (root / "mypy.ini").write_text("[mypy]\nstrict = True\n\n[mypy-foo.*]\nignore_errors = True\n")
    (root / "pyrightconfig.json").write_text('{\n  // ours\n  "strict": ["."]\n}\n')
    (root / "pyrefly.toml").write_text('preset = "strict"\n')
    (root / "ty.toml").write_text('[environment]\npython-version = "3.11"\n')
    run("vscode", "--write")
    assert stubs.read_text() == before
    parser = ConfigParser()
    parser.read(root / "mypy.ini")
    assert dict(parser["mypy"]) == {"strict": "True", "mypy_path": "stubs"}
    assert (root / "pyrightconfig.json").read_text() == '{\n  // ours\n  "strict": ["."],\n  "stubPath": "stubs"\n}\n'
    assert tomllib.loads((root / "pyrefly.toml").read_text()) == {"preset": "strict", "search-path": [".", "stubs"]}
    assert tomllib.loads((root / "ty.toml").read_text())["environment"] == {"python-version": "3.11", "extra-paths": ["stubs"]}


def test_mypy_in_setup_cfg(run: Run, stubs: Path) -> None:
    """It stays there: a table in pyproject.toml would hide it."""
    config = stubs.parent / "setup.cfg"
    config.write_text("[mypy]\nstrict = True\n")
    run("vscode", "--write")
    assert "mypy_path = stubs" in config.read_text()
    assert "mypy" not in tomllib.loads(stubs.read_text())["tool"]


def test_what_cant_be_told_to_a_checker(run: Run, stubs: Path) -> None:
    """Another stubPath, and a list that ends in a comment, are left as they are and told of; the status is 1."""
    stubs.write_text(stubs.read_text() + '[tool.pyright]\nstubPath = "typings"\n[tool.ty.environment]\nextra-paths = [\n  "a", # a\n]\n')
    done = run("vscode", "--write", status=1)
    tool = tomllib.loads(stubs.read_text())["tool"]
    assert tool["pyright"] == {"stubPath": "typings"}
    assert tool["ty"] == {"environment": {"extra-paths": ["a"]}}
    assert tool["mypy"] == {"mypy_path": "stubs"}
    assert "add it to tool.pyright.stubPath" in done.stderr
    assert "add it to tool.ty.environment.extra-paths" in done.stderr


# --- JSON with comments ---

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
GAPS = st.sampled_from(["", " ", "\n", "\n    ", " // , } ]\n", '/* {[" */', "\t"])


@st.composite
def jsonc(draw: st.DrawFn, value: Any) -> str:
    """A value as JSON with comments and trailing commas."""

    def gap() -> str:
        return draw(GAPS)

    if is_dict(value) or is_list(value):
        parts = [f"{json.dumps(key)}{gap()}:{gap()}{draw(jsonc(each))}" for key, each in value.items()] if is_dict(value) else []
        parts = parts or [draw(jsonc(each)) for each in value]
        body = ",".join(f"{gap()}{part}{gap()}" for part in parts) + (draw(st.sampled_from(["", ","])) if parts else "") + gap()
        return f"{{{body}}}" if is_dict(value) else f"[{body}]"
    return json.dumps(value)


@given(st.data(), st.dictionaries(st.text(max_size=3), VALUES, max_size=3), st.lists(st.text(max_size=3), min_size=1, max_size=3), VALUES)
def test_a_merge_changes_one_value(data: st.DataObject, old: dict[str, Any], path: list[str], new: Any) -> None:
    """However it is written: afterwards the value is there, all else is as before, and merging again changes nothing."""
    text = data.draw(GAPS) + data.draw(jsonc(old)) + data.draw(GAPS)
    expected: Any = json.loads(json.dumps(old))
    holder: Any = expected
    for key in path[:-1]:
        holder = holder.setdefault(key, {}) if is_dict(holder) else None
    try:
        after = merged(text, path, new)
    except UnsafeMergeError:
        return
    assert is_dict(holder)
    holder[path[-1]] = new
    node = parse(after)
    assert node is not None
    assert node.data == expected
    assert merged(after, path, new) == after


@given(st.data(), st.lists(VALUES, max_size=3), VALUES)
def test_an_item_is_appended(data: st.DataObject, old: list[Any], new: Any) -> None:
    """A list has one more item at its end, and nothing else changes."""
    text = data.draw(jsonc({"a": old, "b": old}))
    node = parse(appended(text, ["a"], new))
    assert node is not None
    assert node.data == {"a": [*old, new], "b": old}


@given(st.text(alphabet='{}[]",:/*\\ \n1at'))
def test_any_text_is_read_or_refused(text: str) -> None:
    """What JSON takes is read the same; nothing but the error of this module is raised."""
    try:
        node = parse(text)
    except JsoncError:
        with pytest.raises(json.JSONDecodeError):
            json.loads(text)
        return
    if node is not None and "/" not in text and "," not in text:
        assert node.data == json.loads(text)
