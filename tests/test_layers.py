"""The layers of the package: a module imports only from lower ones, also inside functions and under TYPE_CHECKING."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = Path(next(iter(find_spec("typed_registry").submodule_search_locations)))  # type: ignore[union-attr, arg-type]
LAYERS: list[set[str]] = [
    {"typing", "_naming", "_kinds", "_kwargs", "_runs", "_recursion", "_showing", "_warning"},
    {"errors"},
    {"_records", "_scopes", "_contracts", "_signatures", "_scanning", "_copying", "_json_values", "_static", "dispatch"},
    {"config_files", "discovery", "_entries", "_registration"},
    {"_slots", "_components", "_admission"},
    {"_validators", "_problems", "_spec_fields"},
    {"specs", "_plans"},
    {"_building", "_mapping", "_catalogue"},
    {"_matching"},
    {"registry"},
    {"huggingface"},
    {"__init__"},
]
LAYER = {module: number for number, modules in enumerate(LAYERS) for module in modules}


def imported(path: Path) -> set[str]:
    """The modules of the package that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            if node.module == "typed_registry":
                names.update(alias.name if alias.name in LAYER else "__init__" for alias in node.names)
            elif node.module is not None and node.module.startswith("typed_registry."):
                names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names.update(alias.name.split(".")[1] for alias in node.names if alias.name.startswith("typed_registry."))
    return names


def modules() -> list[Path]:
    return sorted(PACKAGE.glob("*.py"))


def test_every_module_has_a_layer() -> None:
    """The table knows every module, and knows no other."""
    assert {path.stem for path in modules()} == set(LAYER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_imports_go_down(path: Path) -> None:
    """No module imports from its own layer or from above."""
    upward = {name for name in imported(path) if LAYER[name] >= LAYER[path.stem]}
    assert upward == set()


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_modules_are_small(path: Path) -> None:
    """A module fits on a few screens and says what it exports."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert "\n__all__ = [" in text
