"""What a tree of registries holds, counted."""

from __future__ import annotations

from typing import Any

from typed_registry.compat._log import print_log
from typed_registry.compat._registry import Registry

__all__ = ["traverse_registry_tree"]


def traverse_registry_tree(registry: Registry[Any], verbose: bool = True) -> list[dict[str, Any]]:
    """Of each registry of the tree, from its root on, the scope, how many names it has, and these by the folder that they come from."""
    found: list[dict[str, Any]] = []
    waiting = [registry.root]
    while waiting:
        each = waiting.pop()
        if verbose:
            print_log(f"Find {len(each)} modules in {each.scope}'s '{each.name}' registry ")
        found.append(_info(each))
        waiting.extend(reversed(each.children.values()))
    return found


def _info(registry: Registry[Any]) -> dict[str, Any]:
    info: dict[str, Any] = {"num_modules": len(registry), "scope": registry.scope}
    for name, module in registry.module_dict.items():
        folder = "/".join((module.__module__ or "").split(".")[:-1])
        if folder in ("num_modules", "scope"):  # a package may be called so
            folder += "/"
        info.setdefault(folder, []).append(name)
    return info
