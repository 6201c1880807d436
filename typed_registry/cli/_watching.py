"""Doing something again whenever a source file of the project changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["watch"]

_SECONDS = 0.3  # between two looks
_SUFFIXES = (".py", ".toml")


def watch(root: Path, run: Callable[[], int], *, is_ours: Callable[[Path], bool]) -> int:
    """Run, and run again after each change, until interrupted; the status of the last run.

    Args:
        root: The folder whose files are looked at.
        run: What is to be done.
        is_ours: Whether a file is what `run` writes, whose change is none.
    """
    status = 0
    try:
        while True:
            before = _times(root)
            status = run()
            while not _changed(before, after := _times(root), is_ours):
                before = after
                time.sleep(_SECONDS)
    except KeyboardInterrupt:
        return status


def _changed(before: dict[str, int], after: dict[str, int], is_ours: Callable[[Path], bool]) -> bool:
    changed = {path for path, _ in before.items() ^ after.items()}
    return any(path not in after or not is_ours(Path(path)) for path in changed)


def _times(root: Path) -> dict[str, int]:
    """When each source file was changed last; what is hidden, and environments, are left out."""
    found: dict[str, int] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if not name.startswith((".", "__pycache__", "node_modules")) and not _is_environment(folder, name)
        ]
        for name in files:
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                path = os.path.join(folder, name)
                try:
                    found[path] = os.stat(path).st_mtime_ns
                except OSError:  # gone since it was listed
                    continue
    return found


def _is_environment(folder: str, name: str) -> bool:
    return os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))
