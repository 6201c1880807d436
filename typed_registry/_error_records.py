"""The records that errors carry: what is wrong with a config, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from typed_registry._showing import path_text, portable, printable

__all__ = ["Finding", "Place", "Problem"]


@dataclass(frozen=True)
class Place:
    """A place in a config file; line and column count from 1 and are None where they are not known.

    What came through an alias or a merge key of YAML stands where it is written; `used_at` is the line that uses it.
    """

    file: str
    line: int | None = None
    column: int | None = None
    used_at: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a config.

    Args:
        path: Keys and indices from the top of the config to the value; for an unknown or missing name, to the mapping that lacks it.
        message: What is wrong, in one line.
        input: The value that was given. It takes no part in comparisons.
        suggestion: The nearest right name, if there is one.
        place: Where it stands in the file that the config came from, if it came from one.
        code: The stable code, such as `TR203`.
        key: The key of the mapping at `path` that the problem is with, such as one that is unknown. It takes no part in comparisons.

    Example:
        >>> print(Problem(("models", 0), "unknown argument 'scael' of 'face'", 1.3, suggestion="scale", code="TR203"))
        models[0]: TR203 unknown argument 'scael' of 'face'; did you mean 'scale'?
    """

    path: tuple[str | int, ...]
    message: str
    input: object = field(default=None, compare=False)
    suggestion: str | None = None
    place: Place | None = None
    code: str = "TR205"
    key: object = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        hint = f"; did you mean {self.suggestion!r}?" if self.suggestion is not None else ""
        spot = ": ".join(text for text in (str(self.place) if self.place else "", path_text(self.path)) if text)
        used = f" (used at line {self.place.used_at})" if self.place is not None and self.place.used_at is not None else ""
        return printable(f"{spot + ': ' if spot else ''}{self.code} {self.message}{hint}{used}")

    def __reduce__(self) -> tuple[object, ...]:
        return Problem, (self.path, self.message, portable(self.input), self.suggestion, self.place, self.code, portable(self.key))


class Finding(NamedTuple):
    """One member in which a class or function departs from its contract."""

    member: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.member}: expected {self.expected}, found {self.found}"
