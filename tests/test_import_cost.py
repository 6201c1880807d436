"""What `import typed_registry` loads, told by module names in a child process."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "pydantic",
    "pydantic_core",
    "importlib.metadata",
    "yaml",
    "click",
    "rich",
    "ast",
    "dataclasses",
    "inspect",
    "pickle",
    "typing_extensions",
)


def loaded_after(code: str) -> set[str]:
    """Which of the heavy modules a fresh interpreter holds after some code."""
    script = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_is_light() -> None:
    """Importing the package loads neither pydantic nor anything else that is heavy."""
    bare = loaded_after("")
    assert loaded_after("import typed_registry") == bare


def test_registering_and_listing_is_light() -> None:
    """Registering and listing load no more than importing does."""
    code = """
from typing import Protocol
from typed_registry import Registry
class Greeter(Protocol):
    def greet(self) -> str: ...
GREETERS: Registry[Greeter] = Registry("greeters", Greeter)
@GREETERS.register
class Hello:
    def greet(self) -> str:
        return "hello"
GREETERS.register_lazy("bye", "nowhere:Bye")
assert list(GREETERS) == ["Hello", "bye"]
assert GREETERS.all_names() and not GREETERS["bye"].is_loaded
"""
    assert loaded_after(code) == loaded_after("")


def test_building_loads_pydantic_core_but_not_its_generator() -> None:
    """Plain annotations are validated without pydantic's schema generator."""
    code = """
from typing import Protocol
from typed_registry import Registry
class Greeter(Protocol):
    def greet(self) -> str: ...
GREETERS: Registry[Greeter] = Registry("greeters", Greeter)
@GREETERS.register
class Hello:
    def __init__(self, times: int = 1) -> None: ...
    def greet(self) -> str:
        return "hello"
GREETERS.build({"type": "Hello", "times": 2})
"""
    assert "pydantic_core" in loaded_after(code)
