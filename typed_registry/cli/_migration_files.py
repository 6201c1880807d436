"""The Python files that are migrated: finding them, telling what modules they are, writing."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from typed_registry.cli._project import CliError, existing_file

__all__ = ["Source", "find_sources"]


@dataclass(frozen=True)
class Source:
    """A file's content and the module that it is."""

    path: Path
    module: str
    data: bytes

    @property
    def package(self) -> str:
        """The package that its relative imports start from."""
        return self.module if self.path.name == "__init__.py" else self.module.rpartition(".")[0]

    @property
    def scope(self) -> str | None:
        """What MMEngine infers for a registry of the module: its top package; None for a file that is in none."""
        return self.module.partition(".")[0] if self.package else None


def find_sources(paths: Iterable[Path]) -> list[Source]:
    """The files that were named and the Python files of the folders that were, each once.

    Raises:
        CliError: One isn't there or can't be read, or there is none at all.
    """
    found: dict[Path, Source] = {}
    for path in paths:
        for file in _python_files(path) if path.is_dir() else [existing_file(path)]:
            found.setdefault(file.resolve(), Source(file, _module_of(file.resolve()), _content(file)))
    if not found:
        raise CliError(f"there is no Python file in {', '.join(map(str, paths))}")
    return list(found.values())


def _python_files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        kept = [each for each in sorted(folders) if not each.startswith(".") and each not in {"__pycache__", "node_modules"}]
        folders[:] = [each for each in kept if not Path(root, each, "pyvenv.cfg").exists()]
        yield from (Path(root, file) for file in sorted(files) if file.endswith(".py") and not file.startswith("."))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CliError(f"{path} can't be read: {error.strerror or error}") from None


def _module_of(path: Path) -> str:
    parts = [] if path.name == "__init__.py" else [path.stem]
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        parts.append(folder.name)
    return ".".join(reversed(parts))
