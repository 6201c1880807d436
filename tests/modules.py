"""Real modules in a temporary folder, for what can only be seen in an import, a reload or another process."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]


class Modules:
    """Writes, imports, reloads and runs modules of one folder, which is on the path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: set[str] = set()

    def write(self, name: str, source: str) -> Path:
        """The file of a module with that source; packages on the way are made."""
        path = self.folder.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        for folder in path.parents:
            if folder == self.folder:
                break
            (folder / "__init__.py").touch()
        path.write_text(textwrap.dedent(source).lstrip())
        self.names.add(name.partition(".")[0])
        return path

    def load(self, name: str, source: str | None = None) -> Any:
        """The module, imported; with a source, written first."""
        if source is not None:
            self.write(name, source)
        importlib.invalidate_caches()
        return importlib.import_module(name)

    def run(self, *arguments: str) -> str:
        """What a new interpreter that finds the modules prints."""
        path = os.pathsep.join((str(self.folder), str(REPOSITORY), os.environ.get("PYTHONPATH", "")))
        done = subprocess.run(
            [sys.executable, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        )
        return done.stdout + done.stderr

    def forget(self) -> None:
        """Take the modules out of `sys.modules`."""
        for name in [each for each in sys.modules if each.partition(".")[0] in self.names]:
            del sys.modules[name]
