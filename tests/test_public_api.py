"""The public names are there, at run time and in the list that says so."""

from __future__ import annotations

import importlib
import pkgutil
from typing import get_type_hints

import pytest

import typed_registry
from typed_registry import Entry, errors


def test_all_names_resolve() -> None:
    """Every name in __all__ can be had, also those that are loaded on first use."""
    assert {name for name in typed_registry.__all__ if getattr(typed_registry, name, None) is None} == set()


def test_all_is_sorted() -> None:
    """The list is sorted, so that a difference is easy to read."""
    assert sorted(typed_registry.__all__) == typed_registry.__all__


def test_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name says what it is."""
    with pytest.raises(AttributeError, match="has no attribute 'Registri'"):
        getattr(typed_registry, "Registri")


@pytest.mark.parametrize("module", [name for _, name, _ in pkgutil.iter_modules(typed_registry.__path__) if name != "__main__"])
def test_modules_export_what_they_say(module: str) -> None:
    """Each module's __all__ holds only names that it has."""
    imported = importlib.import_module(f"typed_registry.{module}")
    assert [name for name in imported.__all__ if not hasattr(imported, name)] == []


@pytest.mark.parametrize("cls", [Entry, *(getattr(errors, name) for name in errors.__all__)])
def test_annotations_resolve(cls: object) -> None:
    """Tools that read annotations at run time can read ours."""
    for name, value in vars(cls).items() if isinstance(cls, type) else ():
        if callable(value) and not name.startswith("_"):
            get_type_hints(value)
