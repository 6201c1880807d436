"""A type before it is written, and after."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, NamedTuple

from typed_registry._stub_sources import UNKNOWN, NameScope

__all__ = ["TypeText", "Written"]


@dataclass(frozen=True)
class Written:
    """A type before it is written.

    Args:
        node: Its source; None where there is none.
        scope: Where that is.
        value: What it is; UNKNOWN where nothing was imported.
        is_item: Whether it is that of one of `*args`.
    """

    node: ast.expr | None
    scope: NameScope | None = None
    value: Any = UNKNOWN
    is_item: bool = False


class TypeText(NamedTuple):
    """A type as source.

    Args:
        text: The source.
        notes: What has to be told beside it.
        variables: The names of the type variables in it.
    """

    text: str
    notes: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
