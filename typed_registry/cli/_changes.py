"""Changes to a user's files: shown as a diff first, then written, each file at once."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from typed_registry.cli._project import CliError

__all__ = ["Change", "read_text", "write_atomically"]


@dataclass(frozen=True)
class Change:
    """What a file holds, None if it isn't there, and what it should hold."""

    path: Path
    before: str | None
    after: str

    def diff(self) -> str:
        """The change as a unified diff; empty if there is none."""
        name = os.path.relpath(self.path).replace(os.sep, "/")
        old = _lines(self.before or "")
        return "".join(difflib.unified_diff(old, _lines(self.after), name if self.before is not None else "/dev/null", name))

    def write(self) -> None:
        """Write the file.

        Raises:
            CliError: It can't be written.
        """
        write_atomically(self.path, self.after.encode())


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file, wholly or not at all; a link stays one, and a file that is there keeps its permissions.

    Raises:
        CliError: It can't be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(name, target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise CliError(f"{path} can't be written: {error.strerror or error}") from None


def read_text(path: Path) -> str | None:
    """What a file holds, with its line ends and byte order mark as they are; None if it isn't there.

    Raises:
        CliError: It can't be read, or isn't UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CliError(f"{path} can't be read: {error}") from None


def _lines(text: str) -> list[str]:
    *whole, last = text.replace("\ufeff", "").replace("\r\n", "\n").split("\n")
    return [*(f"{line}\n" for line in whole), *([f"{last}\n\\ No newline at end of file\n"] if last else [])]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
