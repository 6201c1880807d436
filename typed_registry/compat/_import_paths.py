"""What a string makes import: the object at an import path, where paths are allowed, and the `registry` module of a scope."""

from __future__ import annotations

import logging
import sys
from importlib.machinery import PathFinder
from importlib.util import find_spec
from operator import attrgetter
from types import ModuleType
from typing import TypeAlias, cast

from typed_registry._importing import import_whole
from typed_registry.compat._log import print_log

__all__ = ["MODULE2PACKAGE", "Allowed", "allows", "checked", "import_registry_of", "not_installed", "object_at"]

Allowed: TypeAlias = bool | tuple[str, ...]

# The packages that MMEngine knows: most are imported by the name that pip installs them by.
_PACKAGES = (
    *("mmcls", "mmdet", "mmdet3d", "mmtrack", "mmpose", "mmedit", "mmocr", "mmgen", "mmfewshot", "mmrazor"),
    *("mmflow", "mmhuman3d", "mmrotate", "mmselfsup", "mmyolo", "mmpretrain", "mmagic"),
)
MODULE2PACKAGE = {"mmseg": "mmsegmentation", "mmaction": "mmaction2", **{name: name for name in _PACKAGES}}


def checked(allowed: object) -> Allowed:
    """What was given as `allow_import_paths`.

    Raises:
        TypeError: It is neither a bool nor a tuple of names.
    """
    if isinstance(allowed, bool):
        return allowed
    prefixes = cast("tuple[object, ...]", allowed) if isinstance(allowed, tuple) else ("",)
    if not all(isinstance(prefix, str) and prefix for prefix in prefixes):
        raise TypeError(f"allow_import_paths is a bool or a tuple of packages and modules such as ('mmengine',), not {allowed!r}")
    return cast("tuple[str, ...]", prefixes)


def allows(allowed: Allowed, path: str) -> bool:
    """Whether a path may be followed."""
    return allowed if isinstance(allowed, bool) else any(_is_under(path, prefix) for prefix in allowed)


def object_at(path: str, allowed: Allowed) -> object:
    """The module or object at an import path; None where there is none, or where it isn't allowed.

    With prefixes the object's own module must lie under one too: what a module has imported from elsewhere isn't its own.

    Raises:
        RuntimeError: A module of the path raises something other than ImportError.
    """
    if not allows(allowed, path):
        return None
    try:
        found = _follow(path)
    except ImportError:
        return None
    except Exception as error:  # a user's module may raise anything
        raise RuntimeError(f"Failed to get {path}") from error
    return found if allowed is True or allows(allowed, _module_of(found)) else None


def import_registry_of(scope: str) -> bool:
    """Import `scope.registry`, and say whether it could be.

    Only a package that has such a module is imported: the scope comes from a config, which may name anything.
    """
    name = f"{scope}.registry"
    if name in sys.modules:
        return True
    try:
        if _has_registry(scope):
            import_whole(name)
            return True
    except (ImportError, AttributeError) as error:
        print_log(f"`{name}` failed while it was imported: {type(error).__name__}: {error}", logging.WARNING)
    return False


def not_installed(scope: str) -> str:
    """The message of a package that MMEngine knows and that can't be imported."""
    return (
        f"{scope} is not installed and its modules will not be registered. If you want to use modules defined in {scope}, "
        f"Please install {scope} by `pip install {MODULE2PACKAGE[scope]}."
    )


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}.")


def _module_of(found: object) -> str:
    module = found.__name__ if isinstance(found, ModuleType) else getattr(found, "__module__", None)
    return module if isinstance(module, str) else ""


def _follow(path: str) -> object:
    names = path.split(".")
    module = _module(names[0])
    for number, name in enumerate(names[1:], 1):
        held = getattr(module, name, None)
        if held is not None and not isinstance(held, ModuleType):  # a function wins over the submodule of its name
            return _attribute(module, names[number:])
        module = _module(".".join(names[: number + 1]))
    return module


def _module(name: str) -> ModuleType:
    return sys.modules.get(name) or import_whole(name)


def _attribute(module: ModuleType, names: list[str]) -> object:
    try:
        return attrgetter(".".join(names))(module)
    except AttributeError:
        return None


def _has_registry(scope: str) -> bool:
    if not scope.isidentifier():
        return False
    loaded = sys.modules.get(scope)
    spec = find_spec(scope) if loaded is None else None
    folders = getattr(loaded, "__path__", None) if spec is None else spec.submodule_search_locations
    return folders is not None and PathFinder.find_spec(f"{scope}.registry", list(folders)) is not None
