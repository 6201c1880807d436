"""Fixtures: a fresh registry, and real modules that are forgotten afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.modules import Modules
from tests.vision import VisionModel, new_vision
from typed_registry import Registry

settings.register_profile("no deadline", deadline=None)  # the first example of a test pays for imports
settings.load_profile("no deadline")


@pytest.fixture
def vision() -> Registry[VisionModel]:
    """An empty registry."""
    return new_vision()


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Modules]:
    """A folder of modules on the path."""
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    monkeypatch.setattr("sys.dont_write_bytecode", True)  # a cache of the same second and size would hide a change from a reload
    made = Modules(tmp_path)
    yield made
    made.forget()
