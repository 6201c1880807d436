"""A statically type-safe registry: names for the classes and functions that make components of one kind.

    VISION: Registry[VisionModel] = Registry("vision", VisionModel)

mypy refuses a class of the wrong kind at its decorator; pydantic refuses a wrong config before anything is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typed_registry import errors
from typed_registry._entries import Entry
from typed_registry.discovery import EntryPoints
from typed_registry.dispatch import Match
from typed_registry.errors import ConfigError, ConfigWarning, Problem, RegistryError
from typed_registry.registry import Registry
from typed_registry.typing import Specs

if TYPE_CHECKING:
    from typed_registry.specs import BuildSpec, deferred
else:  # where no checker sees it, since a module's __getattr__ would make every misspelt name right

    def __getattr__(name: str) -> Any:
        if name in ("BuildSpec", "deferred"):  # they load pydantic
            from typed_registry import specs

            globals().update(BuildSpec=specs.BuildSpec, deferred=specs.deferred)
            return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "BuildSpec",
    "ConfigError",
    "ConfigWarning",
    "Entry",
    "EntryPoints",
    "Match",
    "Problem",
    "Registry",
    "RegistryError",
    "Specs",
    "deferred",
    "errors",
]
