"""What completes, is told and is reported in real language servers, and how fast."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.editor.cases import CALLS, DICTS, NAME_SET, YAML_COMPLETIONS, YES, labels
from tests.editor.measuring import CONFIG_ROWS, PYTHON_ROWS, TIMED, Lab, editor_settings, table, until_settled
from tests.editor.servers import BASEDPYRIGHT, CONFIG_SERVERS, PYREFLY, PYRIGHT, PYTHON_SERVERS, TY, YAML, Server

DOCS = Path(__file__).parents[2] / "docs" / "editors.md"
LIMIT = 300.0  # milliseconds
# It evaluates every class to tell which names are deprecated; docs/editors.md says what it would cost to keep it from that.
LIMITS = {(BASEDPYRIGHT, CALLS[0].title): 1000.0}

_PYRIGHTS = (PYRIGHT, BASEDPYRIGHT)
TARGETS: Mapping[str, tuple[Server, ...]] = {
    CALLS[0].title: PYTHON_SERVERS,
    CALLS[1].title: PYTHON_SERVERS,
    CALLS[2].title: (*_PYRIGHTS, PYREFLY, TY),
    CALLS[3].title: (*_PYRIGHTS, PYREFLY, TY),
    CALLS[4].title: _PYRIGHTS,
    **{case.title: _PYRIGHTS for case in DICTS[:6]},
    **{case.title: (*_PYRIGHTS, PYREFLY) for case in DICTS[6:11]},
    DICTS[11].title: _PYRIGHTS,
}


def name_of(value: object) -> str:
    return value.name if isinstance(value, Server) else str(value)


@pytest.mark.parametrize(("row", "server"), [(row, server) for row, servers in TARGETS.items() for server in servers], ids=name_of)
def test_python_completes(lab: Lab, row: str, server: Server) -> None:
    """All that is due is offered; in dicts pyright offers the keys of others too."""
    assert lab.python(server)[row] in ((YES, "with others'") if "keys" in row else (YES,))


@pytest.mark.parametrize("row", CONFIG_ROWS)
@pytest.mark.parametrize("server", CONFIG_SERVERS, ids=name_of)
def test_configs_complete_and_are_checked(lab: Lab, row: str, server: Server) -> None:
    """YAML and JSON have it all, with one message for each fault, by the settings that `init-editor` writes."""
    assert lab.config(server)[row] == YES


@pytest.mark.parametrize("server", [*PYTHON_SERVERS, *CONFIG_SERVERS], ids=name_of)
def test_completions_are_fast(lab: Lab, server: Server) -> None:
    """With 300 components none takes longer than the limit, once the server is warm."""
    times = lab.times(server)
    print("".join(f"\n{server.name}: {title}: {time:.0f} ms" for title, time in times.items()))
    assert {title: time for title, time in times.items() if time > LIMITS.get((server, title), LIMIT)} == {}


def test_the_modeline_is_enough(lab: Lab) -> None:
    """A YAML file with the modeline that `init-editor --modeline` writes needs no settings."""
    root = lab.small
    (root / "configs" / "told.yaml").write_text("type: face\n")
    run(root, "init-editor", "vscode", "--modeline", "--write")
    text = (root / "configs" / "told.yaml").read_text()
    assert text.count("\n") == 2
    settings = editor_settings(root)
    with YAML.start(lab.folder, root, {"yaml": {**settings["yaml"], "schemas": {}}}) as client:
        document = client.show("configs/told.yaml", text.replace("face", "<|>"))
        assert labels(client.completions(document)) == NAME_SET


def test_a_glob_that_comes_first_wins(lab: Lab) -> None:
    """Of two schemas whose globs take a file, the server uses the one that the command line uses."""
    root = lab.small
    project = root / "pyproject.toml"
    kept = project.read_text()
    project.write_text(
        kept.replace("[tool.typed-registry.configs]\n", '[tool.typed-registry.configs]\n"configs/other*.yaml" = "zoo.other:OTHER"\n')
    )
    (root / ".typed-registry").mkdir(exist_ok=True)
    (root / ".typed-registry" / "zoo.other.OTHER.schema.json").write_text("true\n")
    try:
        run(root, "init-editor", "vscode", "--write")
        settings = editor_settings(root)
    finally:
        project.write_text(kept)
        run(root, "init-editor", "vscode", "--write")
    with YAML.start(lab.folder, root, settings) as client:
        until_settled(client, "yaml")
        assert not client.diagnostics(client.show("configs/other_1.yaml", "type: whatever\n"))


def test_the_docs_tell_what_was_measured(lab: Lab, pytestconfig: pytest.Config) -> None:
    """The tables of docs/editors.md are those of this run; `--write-table` writes them, and the times with them."""
    measured = {
        "python": table(PYTHON_ROWS, PYTHON_SERVERS, lambda server, row: lab.python(server)[row]),
        "configs": table(CONFIG_ROWS, CONFIG_SERVERS, lambda server, row: lab.config(server)[row]),
    }
    text = DOCS.read_text()
    if pytestconfig.getoption("--write-table"):
        measured["times"] = table([case.title for case in TIMED], PYTHON_SERVERS, lambda server, row: f"{lab.times(server)[row]:.0f}")
        measured["config-times"] = table(
            [case.title for case in YAML_COMPLETIONS[:3]], CONFIG_SERVERS, lambda server, row: f"{lab.times(server)[row]:.0f}"
        )
        for name, rows in measured.items():
            before, _, after = between(text, name)
            text = before + rows + after
        DOCS.write_text(text)
    assert {name: between(text, name)[1] for name in measured} == measured


def between(text: str, name: str) -> tuple[str, str, str]:
    """What stands before, between and after the two marks of a table."""
    begin, end = f"<!-- {name}: written by tests/editor -->\n", f"<!-- {name}: end -->"
    start, stop = text.index(begin) + len(begin), text.index(end)
    return text[:start], text[start:stop], text[stop:]


def run(root: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "typed_registry", *arguments], cwd=root, check=True, capture_output=True)
