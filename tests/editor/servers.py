"""The language servers under test, of fixed versions, installed once into a folder that is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.editor.client import Client

NPM = ("pyright@1.1.414", "yaml-language-server@2.0.0", "vscode-langservers-extracted@4.10.0")
PYPI = ("basedpyright==1.40.2", "pyrefly==1.4.1", "ty==0.0.107", "jedi-language-server==0.47.0", "jedi==0.20.1")


@dataclass(frozen=True, eq=False)  # hashed by identity
class Server:
    """How a server is started and what it is told.

    Args:
        name: What it is called in the table.
        script: Its command, from the folder that all are installed in.
        language: The language of its documents.
        settings: What it is told when it asks; `PYTHON` is the interpreter.
        options: Its `initializationOptions`.
        publishes: Whether it sends diagnostics for every document.
    """

    name: str
    script: tuple[str, ...]
    language: str
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    publishes: bool = True

    def start(self, folder: Path, root: Path, settings: Mapping[str, Any] | None = None) -> Client:
        """The running server, with a folder open; `settings` in place of its own."""
        command = [str(folder / self.script[0]), *self.script[1:]]
        return Client(command, root, self.language, settings or self.settings, self.options, publishes=self.publishes)


_ANALYSIS = {"diagnosticMode": "openFilesOnly", "autoImportCompletions": False}
PYRIGHT = Server(
    "pyright",
    ("npm/node_modules/.bin/pyright-langserver", "--stdio"),
    "python",
    {"python": {"pythonPath": sys.executable, "analysis": _ANALYSIS}},
)
BASEDPYRIGHT = Server(
    "basedpyright",
    ("venv/bin/basedpyright-langserver", "--stdio"),
    "python",
    {"python": {"pythonPath": sys.executable}, "basedpyright": {"analysis": _ANALYSIS}},
)
PYREFLY = Server("pyrefly", ("venv/bin/pyrefly", "lsp"), "python", {"python": {"pythonPath": sys.executable}})
TY = Server("ty", ("venv/bin/ty", "server"), "python")
JEDI = Server(
    "jedi",
    ("venv/bin/jedi-language-server",),
    "python",
    options={"workspace": {"environmentPath": sys.executable}, "diagnostics": {"enable": False}},
    publishes=False,
)
YAML = Server("yaml-language-server", ("npm/node_modules/.bin/yaml-language-server", "--stdio"), "yaml")
JSON = Server(
    "vscode-json-language-server",
    ("npm/node_modules/.bin/vscode-json-language-server", "--stdio"),
    "json",
    options={"handledSchemaProtocols": ["file"], "provideFormatter": False},
)
PYTHON_SERVERS = (PYRIGHT, BASEDPYRIGHT, PYREFLY, TY, JEDI)
CONFIG_SERVERS = (YAML, JSON)


def install(folder: Path) -> str | None:
    """Install the servers into a folder, unless they are there; gives the reason if it can't be done."""
    marker = folder / "installed.txt"
    wanted = "\n".join((*NPM, *PYPI, sys.version))
    if marker.is_file() and marker.read_text() == wanted:
        return None
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "npm and node, which most language servers need, are not installed"
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(folder / "venv")],
        [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "--quiet", *PYPI],
        [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder / "npm"), *NPM],
    ):
        (folder / "npm").mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "npm_config_update_notifier": "false"}
        )
        if done.returncode != 0:
            return f"the language servers can't be installed: {' '.join(command)}\n{done.stdout}{done.stderr}"
    marker.write_text(wanted)
    return None
