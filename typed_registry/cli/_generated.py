"""Files that a command makes of the code: written where they have changed, or held against the code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from typed_registry._showing import printable
from typed_registry.cli._changes import Change, read_text
from typed_registry.cli._project import users_place
from typed_registry.errors import ContractError, LoadError
from typed_registry.registry import Registry

__all__ = ["all_that_is_wrong", "put_files", "tell_unreadable"]


def put_files(files: Sequence[tuple[Path, str]], command: str, *, check: bool) -> int:
    """Write files that aren't as they should be, or only tell of them; the exit status.

    Args:
        files: Paths, and what is to be in them.
        command: What writes them, for the message of a check.
        check: Whether nothing is written.

    Raises:
        CliError: One can't be read or written.
    """
    changes = [Change(path, read_text(path), text) for path, text in files]
    changed = [change for change in changes if change.before is None or change.before.replace("\r\n", "\n") != change.after]
    if check:
        for change in changed:
            print(change.diff(), end="")
        if changed:
            print(f"{len(changed)} of {len(changes)} files would change: run {command}", file=sys.stderr)
        return 1 if changed else 0
    for change in changed:
        change.write()
    for change in changes:
        print(f"{change.path}: {'written' if change in changed else 'unchanged'}")
    return 0


def tell_unreadable(messages: Sequence[str], status: int) -> int:
    """Tell of entries of which only the names could be written; the exit status."""
    for message in dict.fromkeys(messages):
        print(f"Error: {printable(message)}", file=sys.stderr)
    return 1 if messages else status


def all_that_is_wrong(found: object, error: BaseException) -> str:
    """Why nothing can be made of a registry: the problems of all its entries, each in a line of its own, else the error itself."""
    if not isinstance(error, (ContractError, LoadError)):
        return f" {type(error).__name__}: {error}{users_place(error)}"
    problems = [problem.message for problem in found.check()] if isinstance(found, Registry) else []
    return "".join(f"\n  {message}" for message in problems) if len(problems) > 1 else f" {error}"
