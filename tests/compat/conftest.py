"""What lies here and is no test, and fixtures: each behaviour is asked of the compat module and of the original, where it is installed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.compat.doubles import FACES, Log, face_of, no_scopes

collect_ignore = ["mmengine_upstream.py", "typing"]  # a plugin that imports MMEngine, and code for checkers


@pytest.fixture(params=FACES)
def face(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The names of the compat module or the original, without a default scope."""
    found = face_of(request.param)
    with no_scopes(found):
        yield found


@pytest.fixture
def ours() -> Iterator[Any]:
    """The names of the compat module alone, for what differs by intent."""
    found = face_of("compat")
    with no_scopes(found):
        yield found


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """What is logged in the test."""
    recorded = Log()
    monkeypatch.setitem(sys.modules, "mmengine.logging", recorded.module())
    if "mmengine.registry.utils" in sys.modules:  # which has imported print_log already
        monkeypatch.setattr(sys.modules["mmengine.registry.utils"], "print_log", recorded.print_log)
    return recorded
