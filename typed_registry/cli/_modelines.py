"""The first line of a YAML file that tells its schema: `# yaml-language-server: $schema=...`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from typed_registry.cli._changes import Change, read_text

__all__ = ["modeline_change"]

_MODELINE = re.compile(r"^(\ufeff?#[ \t]*yaml-language-server:.*?[ \t]\$schema=)(\S+)", re.MULTILINE)


def modeline_change(file: Path, schema: Path) -> Change:
    """The change that has a YAML file name its schema, relative to the file; a modeline that is there is changed.

    Raises:
        CliError: The file can't be read.
    """
    before = read_text(file) or ""
    path = os.path.relpath(schema, file.parent).replace(os.sep, "/")
    return Change(file, before, _with_modeline(before, path if path.startswith(".") else f"./{path}"))


def _with_modeline(text: str, schema: str) -> str:
    found = _MODELINE.search(text, 0, _head(text))
    if found is not None:
        return text[: found.start(2)] + schema + text[found.end(2) :]
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if "\r\n" in text else "\n"
    return f"{mark}# yaml-language-server: $schema={schema}{newline}{text.removeprefix(mark)}"


def _head(text: str) -> int:
    """Where the comments at the top of a text end."""
    found = re.match(r"\ufeff?(?:[ \t]*(?:#[^\n]*)?\n)*(?:#[^\n]*)?", text)
    return found.end() if found is not None else 0
