"""What a check found, in the form that every output format shows and that processes can send each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["Checked", "Finding", "Outcome"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or most likely wrong, with a file.

    Args:
        file: The path of the file from the current folder, with `/`.
        line: Counted from 1.
        column: Counted in characters, from 1.
        path: Keys and indices from the top of the config.
        code: Such as `TR203`.
        message: What is wrong, in one printable line.
        suggestion: The nearest right name.
        input: What was given, as a short text.
        is_doubt: Whether it may be right.
        source: The line of the file.
        used_at: The line of the alias or merge key through which it is reached, if it is reached through one.

    Example:
        >>> found = Finding("a.yaml", 2, 1, (), "TR203", "unknown argument 'scael'", "scale", "1.3", False, "scael: 1.3")
        >>> found.text
        "unknown argument 'scael'; did you mean 'scale'?"
    """

    file: str
    line: int
    column: int
    path: tuple[str | int, ...]
    code: str
    message: str
    suggestion: str | None
    input: str
    is_doubt: bool
    source: str
    used_at: int | None = None

    @property
    def text(self) -> str:
        """The message, the suggestion, and where it is used if it doesn't stand there."""
        hint = "" if self.suggestion is None else f"; did you mean {self.suggestion!r}?"
        return f"{self.message}{hint}{'' if self.used_at is None else f' (used at line {self.used_at})'}"


@dataclass(frozen=True)
class Checked:
    """What became of one file: what was found, or why it couldn't be checked.

    Example:
        >>> Checked("a.yaml").failure is None
        True
    """

    file: str
    findings: tuple[Finding, ...] = ()
    failure: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of all files, in their order.

    Example:
        >>> Outcome([Checked("a.yaml"), Checked("b.yaml", failure="there is no file b.yaml")], strict=False).status
        2
    """

    files: Sequence[Checked]
    strict: bool

    @property
    def findings(self) -> list[Finding]:
        """All that was found."""
        return [finding for file in self.files for finding in file.findings]

    @property
    def failures(self) -> dict[str, list[str]]:
        """Why files couldn't be checked, each with those files."""
        failures: dict[str, list[str]] = {}
        for file in self.files:
            if file.failure is not None:
                failures.setdefault(file.failure, []).append(file.file)
        return failures

    @property
    def status(self) -> Literal[0, 1, 2]:
        """The exit status: 0 right, 1 a config is wrong, 2 something could not be checked."""
        if self.failures:
            return 2
        return 1 if self.count("error") else 0

    def level(self, finding: Finding) -> Literal["error", "warning"]:
        """How bad it is."""
        return "warning" if finding.is_doubt and not self.strict else "error"

    def count(self, level: str) -> int:
        """How many there are of one level."""
        return sum(self.level(finding) == level for finding in self.findings)
