"""`typed-registry graph`: the tree of components that a config file builds."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from typed_registry.cli._diagrams import DIAGRAMS
from typed_registry.cli._project import CliError, as_registry, existing_file, find_project, load_target, registry_option
from typed_registry.cli._tree import tree_of
from typed_registry.errors import ConfigError, ContractError, LoadError

__all__ = ["command"]


@click.command("graph")
@click.argument("file", type=click.Path(path_type=Path))
@registry_option
@click.option("--format", "form", type=click.Choice(list(DIAGRAMS)), default="mermaid", show_default=True, help="What to print.")
def command(file: Path, registries: tuple[str, ...], form: str) -> int:
    """Draw the tree of components that FILE builds; nothing is built by it. The registry is pyproject.toml's for that file."""
    project = find_project()
    target = _target(registries, project.target_of(existing_file(file)), file)
    registry = as_registry(target, load_target(target, project.root))
    try:
        with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
            top = tree_of(registry.parse_file(file))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    except (ContractError, LoadError, OSError) as error:
        raise CliError("\n".join([str(error), *getattr(error, "__notes__", [])])) from None
    print(DIAGRAMS[form](top), end="")
    return 0


def _target(given: tuple[str, ...], of_project: str | None, file: Path) -> str:
    if len(given) > 1:
        raise CliError("a file is of one registry: give --registry once")
    target = given[0] if given else of_project
    if target is None:
        raise CliError(f"which registry is {file} of? Give --registry pkg.mod:NAME, or a glob for it in [tool.typed-registry.configs]")
    return target
