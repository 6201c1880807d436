"""Puts the names of `typed_registry.compat.mmengine` in the place of MMEngine's own; a pytest plugin for MMEngine's own tests."""

from __future__ import annotations

import sys
from importlib import import_module

from typed_registry.compat import mmengine as compat

compat.Registry.allow_import_paths = ("mmengine",)
for place in map(import_module, ("mmengine", "mmengine.registry", "mmengine.registry.root")):
    for name in compat.__all__:
        if hasattr(place, name) and name != "ManagerMixin":
            setattr(place, name, getattr(compat, name))
assert "mmengine.hooks" not in sys.modules, "what registers is to be imported later, so that it registers here"
