"""A code base moved from MMEngine's registry, file by file, in memory."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import MetadataWrapper

from typed_registry.cli._migration_changes import Changes
from typed_registry.cli._migration_files import Source
from typed_registry.cli._migration_imports import Constructions, Imports
from typed_registry.cli._migration_meanings import Meanings
from typed_registry.cli._migration_table import Options, Table
from typed_registry.cli._migration_uses import Uses

__all__ = ["Migrated", "Migration", "migrate"]

_WORDS = rb"mmengine|register_module"


@dataclass(frozen=True)
class Migrated:
    """A file that changes."""

    source: Source
    before: str
    after: str
    data: bytes
    notes: int


@dataclass
class Migration:
    """What a run found: the files that change, those that can't be read and why, and what else the user should know."""

    changed: list[Migrated] = field(default_factory=list[Migrated])
    failures: list[tuple[Source, str]] = field(default_factory=list[tuple[Source, str]])
    left_roots: set[str] = field(default_factory=set[str])
    unused_protocols: set[str] = field(default_factory=set[str])


def migrate(sources: Sequence[Source], options: Options) -> Migration:
    """Find the registries of all files, then change each file that has to do with them."""
    table = Table(sources, options)
    names = b"|".join(re.escape(name.encode()) for name in sorted(table.names()))
    is_about = re.compile(_WORDS + (rb"|\b(?:" + names + rb")\b" if names else b""))
    result = Migration(unused_protocols=table.unused)
    for source in sorted(
        sources, key=lambda each: b"mmengine" not in each.data
    ):  # first those that make registries, as some may have to stay
        if not is_about.search(source.data):
            continue
        if source in table.failures:
            result.failures.append((source, table.failures[source]))
            continue
        try:
            migrated = _migrated(source, table, result.left_roots)
        except (cst.ParserSyntaxError, RecursionError) as error:
            result.failures.append((source, _told(error)))
            continue
        if migrated is not None:
            result.changed.append(migrated)
    result.changed.sort(key=lambda each: sources.index(each.source))
    return result


def _migrated(source: Source, table: Table, left_roots: set[str]) -> Migrated | None:
    wrapper = MetadataWrapper(cst.parse_module(source.data), unsafe_skip_copy=True)
    meanings = Meanings(table, source, wrapper)
    changes = Changes(wrapper, meanings.parents)
    constructions = Constructions(meanings, changes)
    wrapper.module.visit(constructions)
    uses = Uses(meanings, changes)
    if table.has_registries:
        wrapper.module.visit(uses)
    left_roots |= uses.left_roots
    Imports(meanings, changes, constructions.found).plan()
    module, notes = changes.made()
    if module is wrapper.module:
        return None
    return Migrated(source, wrapper.module.code, module.code, module.bytes, notes)


def _told(error: Exception) -> str:
    if isinstance(error, cst.ParserSyntaxError):
        return f"line {error.raw_line}: {error.message.splitlines()[0]}"
    return "it is nested too deeply"
