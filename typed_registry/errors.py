"""Every error and warning of the package, and the records they carry.

The tree (each class also is the builtin that a caller would catch anyway):

    RegistryError
        InvalidNameError (ValueError)        TR101
        DuplicateEntryError (ValueError)     TR102
        UnknownEntryError (KeyError)         TR103
        ContractError (TypeError)            TR104
        LoadError (ImportError)              TR105
        FrozenRegistryError (RuntimeError)   TR106
        ConfigError (ValueError)             TR200, each of its problems TR201 to TR211
        NoMatchError (LookupError)           TR301
        AmbiguousMatchError (LookupError)    TR302
        MatchError (RuntimeError)            TR303
    ConfigWarning (UserWarning)              TR290

An error holds its data in attributes and in `args`, so it pickles; its text is made from that data alone, when it is asked for, and never
imports anything. `docs/errors/` has a page for each code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from typed_registry._showing import path_text, portable, printable, shown

if TYPE_CHECKING:
    from typed_registry._error_records import Finding, Place, Problem
else:  # only what is wrong needs them, and dataclasses take as long to import as the rest of this package

    def __getattr__(name: str) -> object:
        if name not in ("Finding", "Place", "Problem"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from typed_registry import _error_records

        found = globals()[name] = getattr(_error_records, name)
        return found


__all__ = [
    "AmbiguousMatchError",
    "ConfigError",
    "ConfigWarning",
    "ContractError",
    "DuplicateEntryError",
    "Finding",
    "FrozenRegistryError",
    "InvalidNameError",
    "LoadError",
    "MatchError",
    "NoMatchError",
    "Place",
    "Problem",
    "RegistryError",
    "UnknownEntryError",
    "Where",
    "path_text",
    "shown",
]

MAX_PROBLEMS = 20  # problems in one text
MAX_TEXT = 9_000  # characters of one text; stays below the promised 10,000 with a last line added
MAX_LINE = 200  # characters of what is told of one entry
MAX_NAMES = 8  # names in one list of what is known


class Where(NamedTuple("Where", [("file", str), ("line", int)])):  # in this form no annotation has to be compiled
    """Where something was registered: the file and the line, counted from 1."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file  # an entry point is in no line


class RegistryError(Exception):
    """Base of all errors of this package.

    Example:
        >>> from typed_registry import Registry
        >>> try:
        ...     Registry("numbers", int)["one"]
        ... except RegistryError as error:
        ...     print(error.code)
        TR103
    """

    code: ClassVar[str] = "TR100"

    def __str__(self) -> str:
        return _bounded(self._lines())

    def __reduce__(self) -> tuple[object, ...]:
        notes = {"__notes__": self.__notes__} if hasattr(self, "__notes__") else None
        return type(self), tuple(map(portable, self.args)), notes

    def _lines(self) -> Iterable[str]:
        return [str(argument) for argument in self.args]


class InvalidNameError(RegistryError, ValueError):
    """A name that no entry, alias or registry can have."""

    code = "TR101"

    def __init__(self, name: object, registry: str, reason: str) -> None:
        super().__init__(name, registry, reason)
        self.name = name
        self.registry = registry
        self.reason = reason

    def _lines(self) -> Iterable[str]:
        yield f"{shown(self.name)} can't be a name in registry {self.registry!r}: {self.reason}"


class DuplicateEntryError(RegistryError, ValueError):
    """A name that is taken by another object; both places are named."""

    code = "TR102"

    def __init__(self, name: str, registry: str, old: str, old_where: Where, new: str, new_where: Where) -> None:
        super().__init__(name, registry, old, old_where, new, new_where)
        self.name = name
        self.registry = registry
        self.old = old
        self.old_where = old_where
        self.new = new
        self.new_where = new_where

    def _lines(self) -> Iterable[str]:
        yield f"{self.name!r} is registered twice in registry {self.registry!r}:"
        yield f"  first: {self.old} ({self.old_where})"
        yield f"  again: {self.new} ({self.new_where})"
        yield "Give one of them another name, or replace the first with override=True."


class UnknownEntryError(RegistryError, KeyError):
    """A name, or an object, that the registry doesn't know. Its text is readable, where a KeyError shows a repr."""

    code = "TR103"

    def __init__(
        self, name: object, registry: str, nearest: tuple[str, ...] = (), known: tuple[str, ...] = (), kind: str = "entry"
    ) -> None:
        super().__init__(name, registry, nearest, known, kind)
        self.name = name
        self.registry = registry
        self.nearest = nearest
        self.known = known
        self.kind = kind

    def _lines(self) -> Iterable[str]:
        hint = f"; did you mean {' or '.join(map(repr, self.nearest))}?" if self.nearest else ""
        yield f"registry {self.registry!r} has no {self.kind} {shown(self.name)}{hint}"
        nothing = "Nothing is registered: is the module that registers it imported?" if self.kind == "entry" else "None is known."
        yield f"Known: {_listed(self.known)}." if self.known else nothing


class ContractError(RegistryError, TypeError):
    """A class, function or result that isn't what its registry asks for.

    `findings` names each member, what was expected of it and what was found.
    """

    code = "TR104"

    def __init__(
        self, subject: str, registry: str, reason: str, findings: tuple[Finding, ...] = (), where: Where | None = None, remedy: str = ""
    ) -> None:
        super().__init__(subject, registry, reason, findings, where, remedy)
        self.subject = subject
        self.registry = registry
        self.reason = reason
        self.findings = findings
        self.where = where
        self.remedy = remedy

    def _lines(self) -> Iterable[str]:
        place = f" ({self.where})" if self.where else ""
        yield f"{self.subject}{place} can't be used in registry {self.registry!r}: {self.reason}"
        yield from (f"  {finding}" for finding in self.findings)
        if self.remedy:
            yield self.remedy


class LoadError(RegistryError, ImportError):
    """A lazy target that can't be loaded; `missing` are the packages it lacks, `extra` is what to install."""

    code = "TR105"

    def __init__(self, name: str, registry: str, target: str, reason: str, missing: tuple[str, ...] = (), extra: str | None = None) -> None:
        super().__init__(name, registry, target, reason, missing, extra)
        self.entry = name
        self.registry = registry
        self.target = target
        self.reason = reason
        self.missing = missing
        self.extra = extra

    def _lines(self) -> Iterable[str]:
        yield f"{self.entry!r} of registry {self.registry!r} can't be loaded from {self.target}: {self.reason}"
        if self.extra is not None:
            yield f"Install it: pip install {self.extra!r}"
        elif self.missing:
            yield f"Install what provides {', '.join(map(repr, self.missing))}."


class FrozenRegistryError(RegistryError, RuntimeError):
    """A change to a registry after `freeze()`."""

    code = "TR106"

    def __init__(self, registry: str, action: str) -> None:
        super().__init__(registry, action)
        self.registry = registry
        self.action = action

    def _lines(self) -> Iterable[str]:
        yield f"registry {self.registry!r} is frozen: can't {self.action}. Do it before freeze() is called."


class ConfigError(RegistryError, ValueError):
    """A config that is wrong; `problems` holds everything that is wrong with it, in the order of the config.

    Example:
        >>> from typed_registry import Registry
        >>> NUMBERS = Registry("numbers", int)
        >>> @NUMBERS.register("sum")
        ... def add(left: int, right: int) -> int:
        ...     return left + right
        >>> try:
        ...     NUMBERS.build({"type": "sum", "left": "x", "rihgt": 2})
        ... except ConfigError as error:
        ...     print(*(problem.code for problem in error.problems))
        TR203 TR204 TR205
    """

    code = "TR200"

    def __init__(self, problems: Sequence[Problem], subject: str) -> None:
        super().__init__(tuple(problems), subject)
        self.problems: list[Problem] = list(problems)
        self.subject = subject

    def _lines(self) -> Iterable[str]:
        count = len(self.problems)
        yield f"{count} problem{'s' if count != 1 else ''} in {self.subject}:"
        for problem in self.problems[:MAX_PROBLEMS]:
            yield f"  {problem}"
        if count > MAX_PROBLEMS:
            yield f"  and {count - MAX_PROBLEMS} more"


class NoMatchError(RegistryError, LookupError):
    """A config that no entry takes.

    `nearest` are the entries that its architecture or model type led to, each with the clause that failed; `similar` are known
    architectures of a like name; `removed` tells of an architecture that the registry once had; `lacking` are the needed tags that the
    entries that would take it lack.
    """

    code = "TR301"

    def __init__(
        self,
        registry: str,
        subject: str,
        nearest: tuple[tuple[str, str], ...] = (),
        similar: tuple[str, ...] = (),
        removed: str | None = None,
        lacking: tuple[str, ...] = (),
    ) -> None:
        super().__init__(registry, subject, nearest, similar, removed, lacking)
        self.registry = registry
        self.subject = subject
        self.nearest = nearest
        self.similar = similar
        self.removed = removed
        self.lacking = lacking

    def _lines(self) -> Iterable[str]:
        yield f"no entry of registry {self.registry!r} takes a config of {self.subject}"
        if self.removed is not None:
            yield self.removed
        yield from (_cut(f"  {entry}: {failure}") for entry, failure in self.nearest[:MAX_NAMES])
        if self.similar:
            yield f"Known architectures of a like name: {_listed(self.similar)}."


class AmbiguousMatchError(RegistryError, LookupError):
    """A config that several entries take with equal priority; `entries` has the name of each and where it was registered."""

    code = "TR302"

    def __init__(self, registry: str, subject: str, entries: tuple[tuple[str, Where], ...]) -> None:
        super().__init__(registry, subject, entries)
        self.registry = registry
        self.subject = subject
        self.entries = entries

    def _lines(self) -> Iterable[str]:
        yield f"{len(self.entries)} entries of registry {self.registry!r} take a config of {self.subject}:"
        yield from (f"  {name} ({where})" for name, where in self.entries[:MAX_NAMES])
        yield "Give one of them a greater priority, or a clause that tells them apart."


class MatchError(RegistryError, RuntimeError):
    """An entry whose predicate raised; the error that it raised is the cause."""

    code = "TR303"

    def __init__(self, entry: str, registry: str, where: Where, reason: str) -> None:
        super().__init__(entry, registry, where, reason)
        self.entry = entry
        self.registry = registry
        self.where = where
        self.reason = reason

    def _lines(self) -> Iterable[str]:
        yield f"the predicate of {self.entry!r} ({self.where}) of registry {self.registry!r} failed: {self.reason}"


class ConfigWarning(UserWarning):
    """Something in a config that is allowed but most likely a mistake."""

    code: ClassVar[str] = "TR290"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    return ", ".join(map(shown, names[:MAX_NAMES])) + more


def _cut(line: str) -> str:
    return line if len(line) <= MAX_LINE else f"{line[:MAX_LINE]}..."


def _bounded(lines: Iterable[str]) -> str:
    text = "\n".join(printable(line) for line in lines)
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}\n(cut)"
