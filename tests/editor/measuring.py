"""Puts the questions to the servers; each is asked once in a run of the tests."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from tests.editor.cases import (
    CALLS,
    DICTS,
    FACE,
    FAULTS,
    HEAD,
    JSON_COMPLETIONS,
    NO,
    YAML_COMPLETIONS,
    YES,
    Case,
    labels,
    verdict,
)
from tests.editor.client import CURSOR, Client, Document
from tests.editor.servers import JSON, PYTHON_SERVERS, YAML, Server
from typed_registry._kinds import is_list

WARMING, ROUNDS, SERIES = 15, 7, 3
DOC = "Finds faces that look into the camera"
PYTHON_ROWS = (
    *(case.title for case in (*CALLS, *DICTS)),
    "hover with the component's doc",
    "signature help",
    "go to the definition of `VISION.specs.face`",
)
CONFIG_ROWS = (
    *(case.title for case in YAML_COMPLETIONS),
    "hover on a name",
    "hover on a key",
    *(f"reported: {fault.title}" for fault in FAULTS),
)
TIMED = (CALLS[0], CALLS[1], *DICTS[:2], *DICTS[6:8])


class Lab:
    """Servers and projects, and what has been measured with them.

    Args:
        folder: Where the servers are.
        small: A project with few components.
        large: One with 300.
    """

    def __init__(self, folder: Path, small: Path, large: Path) -> None:
        self.folder = folder
        self.small = small
        self.large = large
        self.python = cache(self._python)
        self.config = cache(self._config)
        self.times = cache(self._times)

    def _python(self, server: Server) -> dict[str, str]:
        """The verdict of each row of the table of Python."""
        with server.start(self.folder, self.small) as client:
            found = {case.title: _completed(client, f"case_{number}.py", case, HEAD) for number, case in enumerate((*CALLS, *DICTS))}
            hover, signature, definition = PYTHON_ROWS[-3:]
            found[hover] = _judged(
                DOC in str(client.ask("textDocument/hover", client.show("hover.py", f"{HEAD}VISION.specs.fa<|>ce(scale=1.3)\n")))
            )
            shown = client.ask("textDocument/signatureHelp", client.show("signature.py", f"{HEAD}VISION.specs.face(<|>)\n"))
            found[signature] = _judged(bool(shown) and any(all(name in each["label"] for name in FACE) for each in shown["signatures"]))
            found[definition] = self._definition(client)
        return found

    def _definition(self, client: Client) -> str:
        """Whether it leads to the class, or to the catalogue's method, whose result leads there."""
        place = _place(client.ask("textDocument/definition", client.show("definition.py", f"{HEAD}VISION.specs.fa<|>ce(scale=1.3)\n")))
        for steps in (YES, "in 2 steps"):
            if place is None:
                return NO
            path, line = place
            text = path.read_text()
            start = sum(map(len, text.splitlines(keepends=True)[:line]))
            if text.startswith(("class FaceDetector", '@VISION.register("face")'), start):
                return steps
            result = re.compile(r"->[^\n]*?(?=FaceDetector\])").search(text, start)
            if result is None:
                return NO
            marked = f"{text[: result.end()]}{CURSOR}{text[result.end() :]}"
            place = _place(client.ask("textDocument/definition", client.show(str(path.relative_to(self.small)), marked)))
        return NO

    def _config(self, server: Server) -> dict[str, str]:
        """The verdict of each row of the table of YAML and JSON."""
        kind = server.language
        found: dict[str, str] = {}
        with server.start(self.folder, self.small, editor_settings(self.small)) as client:
            until_settled(client, kind)
            for number, case in enumerate(YAML_COMPLETIONS if server is YAML else JSON_COMPLETIONS):
                found[case.title] = _completed(client, f"configs/case_{number}.{kind}", case)
            name, key = (
                ("type: fa<|>ce\n", "type: face\nsca<|>le: 1.3\n")
                if server is YAML
                else ('{"type": "fa<|>ce"}', '{"type": "face", "sc<|>ale": 1.3}')
            )
            for row, code, told in (("name", name, DOC), ("key", key, "By how much the search window grows")):
                found[f"hover on a {row}"] = _judged(
                    told in str(client.ask("textDocument/hover", client.show(f"configs/{row}.{kind}", code)))
                )
            for number, fault in enumerate(FAULTS):
                shown = client.show(f"configs/fault_{number}.{kind}", fault.yaml if server is YAML else fault.json)
                found[f"reported: {fault.title}"] = _reported(client, shown)
        return found

    def _times(self, server: Server) -> dict[str, float]:
        """Milliseconds from a change to the completions after it, with 300 components: the best median of a few, once it is warm.

        Each change comes when the server is done with the one before, as when someone has paused.
        """
        found: dict[str, float] = {}
        settings = editor_settings(self.large) if server in (YAML, JSON) else None
        timed = {YAML: YAML_COMPLETIONS[:3], JSON: JSON_COMPLETIONS[:3]}.get(server, TIMED)
        with server.start(self.folder, self.large, settings) as client:
            if settings is not None:
                until_settled(client, server.language)
            for number, case in enumerate(timed):
                file = f"configs/case_{number}.{server.language}" if settings is not None else f"case_{number}.py"
                document = client.show(file, case.code if settings is not None else HEAD + case.code)
                for _ in range(WARMING):
                    client.completions(client.retype(document))
                found[case.title] = min(statistics.median(_time(client, document) for _ in range(ROUNDS)) for _ in range(SERIES))
                client.hide(document)
        return found


def editor_settings(root: Path) -> dict[str, Any]:
    """What VS Code's settings of a project tell the YAML and the JSON language server."""
    settings = json.loads((root / ".vscode" / "settings.json").read_text())
    schemas = [{**each, "url": (root / each["url"]).as_uri()} for each in settings["json.schemas"]]  # as VS Code does
    return {
        "yaml": {
            "schemas": settings["yaml.schemas"],
            "validate": True,
            "hover": True,
            "completion": True,
            "schemaStore": {"enable": False},
        },
        "json": {"schemas": schemas, "validate": {"enable": True}},
    }


def until_settled(client: Client, kind: str) -> None:
    """Wait until a server has taken its settings in: until it reports what is wrong by the schema."""
    for number in range(100):
        document = client.show(f"configs/settling_{number}.{kind}", '{"type": "no such name"}\n')
        if client.diagnostics(document):
            return
        client.hide(document)
        time.sleep(0.1)
    raise AssertionError("the server knows no schema of the config")


def _completed(client: Client, name: str, case: Case, head: str = "") -> str:
    document = client.show(name, head + case.code)
    found = verdict(case, labels(client.completions(document)))
    client.hide(document)
    return found


def _reported(client: Client, document: Document) -> str:
    messages = client.diagnostics(document)
    here = [each for each in messages if each["range"]["start"]["line"] == document.position["line"]]
    return NO if not here else YES if len(messages) == 1 else f"{len(messages)} messages"


def _judged(is_there: bool) -> str:
    return YES if is_there else NO


def _time(client: Client, document: Document) -> float:
    start = time.perf_counter()
    changed = client.retype(document)
    client.completions(changed)
    seconds = time.perf_counter() - start
    client.until_known(changed)
    return seconds * 1e3


def _place(answer: Any) -> tuple[Path, int] | None:
    """The file and line, from 0, of the first place in an answer."""
    if not answer:
        return None
    first: Any = answer[0] if is_list(answer) else answer
    return Path(unquote(urlparse(str(first["uri"])).path)), first["range"]["start"]["line"]


def table(titles: Sequence[str], servers: Sequence[Server], cell: Callable[[Server, str], str]) -> str:
    """A table in Markdown, a row for each title and a column for each server."""
    rows = [["", *(server.name for server in servers)], ["---"] * (len(servers) + 1)]
    rows += [[title, *(cell(server, title) for server in servers)] for title in titles]
    return "".join(f"| {' | '.join(row)} |\n".replace("|  |", "| |") for row in rows)


__all__ = ["CONFIG_ROWS", "PYTHON_ROWS", "PYTHON_SERVERS", "TIMED", "Lab", "editor_settings", "table", "until_settled"]
