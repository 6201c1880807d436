"""`typed-registry schema`: the JSON Schema of registries' and models' configs, for editors and for validators that know no Python."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path

import click

from typed_registry.cli._generated import all_that_is_wrong, put_files, tell_unreadable
from typed_registry.cli._models import is_model
from typed_registry.cli._project import CliError, Project, as_registry, find_project, load_target, registry_option
from typed_registry.jsonschema import config_schema, model_schema, schema_text

__all__ = ["command"]

_TABLE = '[tool.typed-registry.schemas] "pkg.mod:NAME" = "schemas/name.json"'


@click.command("schema")
@registry_option
@click.option("--model", "-m", "models", multiple=True, metavar="PKG.MOD:NAME", help="A pydantic model.")
@click.option("--output", "-o", metavar="FILE or DIR", help="Where it is written; a folder for several, or with a / at its end.")
@click.option("--check", is_flag=True, help="Write nothing; show what would change.")
@click.option("--keep-going", "-k", is_flag=True, help="Write of entries that can't be loaded only the names, and tell of them.")
def command(registries: tuple[str, ...], models: tuple[str, ...], output: str | None, check: bool, keep_going: bool) -> int:
    """Write the JSON Schema of configs: of what is given, else of what pyproject.toml names.

    Exit status: 0 done or up to date, 1 a file isn't up to date (--check) or an entry can't be loaded (--keep-going), 2 a schema can't
    be made.
    """
    project = find_project()
    targets = _targets(project, registries, models)
    places = _places(project, targets, output, is_given=bool(registries or models))
    if places is None and check:
        raise CliError(f"--check needs a file to look at: give -o, or {_TABLE}")
    if places is None and len(targets) > 1:
        raise CliError(f"{len(targets)} schemas: give -o DIR, or {_TABLE} for each")
    unreadable: list[str] = []
    told = unreadable if keep_going else None
    texts = [_schema_of(project, target, told, is_given_model=target in models) for target in targets]
    if places is None:
        print(texts[0], end="")
        return tell_unreadable(unreadable, 0)
    return tell_unreadable(unreadable, put_files(list(zip(places, texts, strict=True)), "typed-registry schema", check=check))


def _targets(project: Project, registries: tuple[str, ...], models: tuple[str, ...]) -> list[str]:
    targets = [*registries, *models] or list(project.schemas) or [*project.registries, *project.configs.values()]
    if not targets:
        raise CliError(f"no registry is named: give --registry or --model, or {_TABLE}")
    return list(dict.fromkeys(targets))


def _places(project: Project, targets: list[str], output: str | None, *, is_given: bool) -> list[Path] | None:
    """The file of each schema; None for standard output."""
    if output is not None:
        path = Path(output)
        if len(targets) == 1 and not (output.endswith(("/", "\\")) or path.is_dir()):
            return [path]
        if path.is_file():
            raise CliError(f"{output} is a file, and there are {len(targets)} schemas: give -o DIR")
        return [path / f"{target.replace(':', '.')}.schema.json" for target in targets]
    if all(target in project.schemas for target in targets) and (not is_given or len(targets) > 1):
        return [project.root / project.schemas[target] for target in targets]
    return None


def _schema_of(project: Project, target: str, unreadable: list[str] | None, *, is_given_model: bool) -> str:
    found = load_target(target, project.root)
    try:
        with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
            if is_model(found):
                return schema_text(model_schema(found, unreadable))
            if is_given_model:
                raise CliError(f"{target} is no pydantic model, but a {type(found).__name__}")
            return schema_text(config_schema(as_registry(target, found), unreadable))
    except CliError:
        raise
    except (Exception, SystemExit) as error:  # of an entry that can't be used, or whatever a module raises that is imported lazily
        raise CliError(f"the schema of {target} can't be made:{all_that_is_wrong(found, error)}") from None
