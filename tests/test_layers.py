"""The layers of the package: a module imports only from lower ones, also inside functions and under TYPE_CHECKING."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGE = Path(next(iter(find_spec("typed_registry").submodule_search_locations)))  # type: ignore[union-attr, arg-type]
LAYERS: list[set[str]] = [
    {"typing", "_fitting", "_naming", "_kinds", "_kwargs", "_importing", "_runs", "_showing", "_warning"},
    {"_error_records", "_stub_sources", "_stub_text", "_stub_values"},
    {"errors", "_stub_expressions", "_stub_names", "_stub_written"},
    {
        "_records",
        "_schema_shapes",
        "_scopes",
        "_contracts",
        "_signatures",
        "_spots",
        "_stub_places",
        "_stub_unions",
        "_copying",
        "_json_values",
        "_static",
        "_annotations",
        "dispatch",
    },
    {"_docstrings", "discovery", "_entries", "_registration", "_scanning", "_table", "_yaml_files"},
    {"config_files", "_slots", "_components", "_admission"},
    {"_validators", "_problems", "_spec_fields", "_stub_slots"},
    {"specs", "_plans", "_portable", "_stub_types"},
    {"_building", "_mapping", "_catalogue", "_parameters"},
    {"_matching", "_stand_ins", "_stub_parts", "_value_schemas"},
    {"registry", "_stub_layout", "_stub_reading", "_stub_static"},
    {"huggingface", "jsonschema", "stubgen", "compat"},
    {"manifest"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
CLI_LAYERS: list[set[str]] = [
    {"_arguments", "_findings", "_help", "_jsonc", "_migration_calls", "_migration_names", "_models", "_output", "_project", "_tree"},
    {"_changes", "_completion", "_files", "_formats", "_layout", "_listing", "_migration_changes", "_migration_files", "_sarif"},
    {"_checking", "_diagrams", "_generated", "_editors", "_migration_table", "_modelines", "_stub_paths", "_template", "_watching"},
    {"_migration_meanings", "_workers"},
    {"_migration_imports", "_migration_uses"},
    {"_migration"},
    {"check", "doctor", "graph", "init_editor", "list", "manifest", "match", "migrate", "schema", "show", "stubs"},
    {"_app"},
    {"__init__"},
]
LAYER = {module: number for number, modules in enumerate(LAYERS) for module in modules}
CLI_LAYER = {module: number for number, modules in enumerate(CLI_LAYERS) for module in modules}


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


def imported_by_command(path: Path) -> set[str]:
    """The modules of the command line that a file imports anywhere in it, `__init__` where it imports the package itself."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "typed_registry.cli":
            names.update(alias.name if alias.name in CLI_LAYER else "__init__" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.module.startswith("typed_registry.cli."):
            names.add(node.module.split(".")[2])
        elif isinstance(node, ast.Import):
            names.update([*alias.name.split("."), "__init__"][2] for alias in node.names if alias.name.startswith("typed_registry.cli"))
    return names


def modules() -> list[Path]:
    return sorted(PACKAGE.glob("*.py"))


def commands() -> list[Path]:
    return sorted((PACKAGE / "cli").glob("*.py"))


def test_every_module_has_a_layer() -> None:
    """The tables know every module, and know no other."""
    assert {path.stem for path in modules()} | {"cli", "compat"} == set(LAYER)
    assert {path.stem for path in commands()} == set(CLI_LAYER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.stem)
def test_imports_go_down(path: Path) -> None:
    """No module imports from its own layer or from above."""
    upward = {name for name in imported(path) if LAYER[name] >= LAYER[path.stem]}
    assert upward == set()


@pytest.mark.parametrize("path", commands(), ids=lambda path: path.stem)
def test_imports_of_the_command_line_go_down(path: Path) -> None:
    """It imports anything of the package below it, and of its own modules those that are lower; only `python -m` imports it."""
    assert {name for name in imported(path) if LAYER[name] > LAYER["cli"]} == set()
    assert {name for name in imported_by_command(path) if CLI_LAYER[name] >= CLI_LAYER[path.stem]} == set()


@pytest.mark.parametrize("path", [*modules(), *commands()], ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_modules_are_small(path: Path) -> None:
    """A module fits on a few screens and says what it exports."""
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert "\n__all__ = [" in text or "\n__all__: list[str] = []" in text
