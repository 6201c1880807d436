"""A project of its own for a test, in which the installed command is run in child processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.modules import REPOSITORY

SCRIPT = Path(sys.executable).with_name("typed-registry")
COMMAND = [str(SCRIPT)] if SCRIPT.exists() else [sys.executable, "-m", "typed_registry"]
Done = subprocess.CompletedProcess[str]


class Project:
    """A folder with a pyproject.toml and what a test writes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def read(self, name: str) -> Any:
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def configure(self, text: str) -> None:
        self.write("pyproject.toml", f"[tool.typed-registry]\n{textwrap.dedent(text)}\n")

    def run(self, *arguments: str) -> Done:
        path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH", ""))))
        env = {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}
        return subprocess.run(
            [*COMMAND, *arguments], cwd=self.root, env=env, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
