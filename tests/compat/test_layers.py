"""The layers of `typed_registry.compat`: a module imports only from lower ones of it, and from what is below it in the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import typed_registry.compat
from tests.test_layers import LAYER, imported

PACKAGE = Path(typed_registry.compat.__path__[0])
LAYERS: list[set[str]] = [
    {"_log", "_module_dict"},
    {"_default_scope", "_import_paths"},
    {"_building"},
    {"_registry"},
    {"_survey"},
    {"mmengine"},
    {"__init__"},
]
HERE = {module: number for number, modules in enumerate(LAYERS) for module in modules}


def modules() -> list[Path]:
    return sorted(PACKAGE.glob("*.py"))


def imported_here(path: Path) -> set[str]:
    """The modules of compat that a file imports anywhere in it."""
    names = {node.module for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom) and node.module is not None}
    return {name.removeprefix("typed_registry.compat.") for name in names if name.startswith("typed_registry.compat.")}


def test_every_module_has_a_layer() -> None:
    """The table knows every module, and knows no other."""
    assert {path.stem for path in modules()} == set(HERE)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_imports_go_down(path: Path) -> None:
    """No module imports from its own layer or from above."""
    assert {name for name in imported_here(path) if HERE[name] >= HERE[path.stem]} == set()
    assert {name for name in imported(path) - {"compat"} if LAYER[name] >= LAYER["compat"]} == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_modules_are_small(path: Path) -> None:
    """A module fits on a few screens and says what it exports."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert "\n__all__ = [" in text or "\n__all__: list[str] = []" in text
