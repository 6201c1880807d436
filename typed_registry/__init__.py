"""A statically type-safe registry: names for the classes and functions that make components of one kind.

    VISION: Registry[VisionModel] = Registry("vision", VisionModel)

mypy refuses a class of the wrong kind at its decorator; pydantic refuses a wrong config before anything is built.
"""

from __future__ import annotations

# For checkers it is True, whatever stands here; importing typing takes as long as starting Python. Not a plain False, as jedi skips what it
# sees to be false, and would know none of these names.
TYPE_CHECKING = not __name__
if TYPE_CHECKING:
    from typed_registry import errors
    from typed_registry._entries import Entry
    from typed_registry.discovery import EntryPoints
    from typed_registry.dispatch import Match
    from typed_registry.errors import ConfigError, ConfigWarning, Problem, RegistryError
    from typed_registry.registry import Registry
    from typed_registry.specs import BuildSpec, deferred
    from typed_registry.typing import Specs
else:  # where no checker sees it, since a module's __getattr__ would make every misspelt name right

    def __getattr__(name: str) -> object:
        import importlib

        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module = importlib.import_module(f"typed_registry.{_HOMES[name]}")
        found = globals()[name] = module if name == "errors" else getattr(module, name)
        return found


# Where each public name is, and is loaded from when it is first asked for: `typed-registry --help` needs none of them.
_HOMES = {
    "BuildSpec": "specs",
    "ConfigError": "errors",
    "ConfigWarning": "errors",
    "Entry": "_entries",
    "EntryPoints": "discovery",
    "Match": "dispatch",
    "Problem": "errors",
    "Registry": "registry",
    "RegistryError": "errors",
    "Specs": "typing",
    "deferred": "specs",
    "errors": "errors",
}
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
