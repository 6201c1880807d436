"""Telling containers apart in data of any kind, in a way that checkers follow (isinstance leaves them with unknown contents)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeIs

__all__ = ["is_dict", "is_list", "is_mapping", "is_sequence", "is_set", "is_tuple"]


def is_mapping(value: object) -> TypeIs[Mapping[Any, Any]]:
    """Whether it is a mapping of any kind."""
    return isinstance(value, Mapping)


def is_dict(value: object) -> TypeIs[dict[Any, Any]]:
    """Whether it is a dict."""
    return isinstance(value, dict)


def is_tuple(value: object) -> TypeIs[tuple[Any, ...]]:
    """Whether it is a tuple."""
    return isinstance(value, tuple)


def is_set(value: object) -> TypeIs[set[Any] | frozenset[Any]]:
    """Whether it is a set."""
    return isinstance(value, (set, frozenset))


def is_list(value: object) -> TypeIs[list[Any]]:
    """Whether it is a list."""
    return isinstance(value, list)


def is_sequence(value: object) -> TypeIs[list[Any] | tuple[Any, ...]]:
    """Whether it is a list or a tuple."""
    return isinstance(value, (list, tuple))
