"""`typed-registry check`: config files held against their registries and models."""

from __future__ import annotations

import os
import sys

import click

from typed_registry._showing import printable
from typed_registry.cli._checking import only_target
from typed_registry.cli._files import Job, Target, find_jobs
from typed_registry.cli._findings import Outcome
from typed_registry.cli._formats import as_github, as_json, as_text
from typed_registry.cli._project import find_project
from typed_registry.cli._workers import check_jobs

__all__ = ["command"]

_FORMATS = ("text", "json", "github", "sarif")


@click.command("check")
@click.argument("files", nargs=-1, metavar="[FILES or folders]...", type=click.Path())
@click.option("--registry", "-r", metavar="PKG.MOD:NAME", help="The registry that every file is a config of.")
@click.option("--model", "-m", metavar="PKG.MOD:NAME", help="The pydantic model that every file is a config of.")
@click.option("--manifest", metavar="FILE", help="Check by what typed-registry manifest wrote, and import nothing of the project.")
@click.option("--format", "-f", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="What is printed.")
@click.option("--strict", is_flag=True, help="Take what is only likely to be wrong (TR290) for an error.")
@click.option("--jobs", "-j", type=click.IntRange(min=1), default=1, metavar="N", help="Check in so many processes.")
def command(
    files: tuple[str, ...], registry: str | None, model: str | None, manifest: str | None, form: str, strict: bool, jobs: int
) -> int:
    """Check config files; without any, all those that a glob of pyproject.toml's [tool.typed-registry.configs] takes.

    Exit status: 0 all are right, 1 one is wrong, 2 one could not be checked.
    """
    if registry is not None and model is not None:
        raise click.UsageError("--registry and --model can't be given both")
    if model is not None and manifest is not None:
        raise click.UsageError("a manifest tells of registries, not of models: --model and --manifest can't be given both")
    forced = Target(registry, "registry") if registry is not None else Target(model, "model") if model is not None else None
    project = find_project()
    if manifest is not None and forced is None and not project.configs:
        forced = only_target(manifest)
    found = find_jobs(project, files, forced)
    if manifest is not None:
        found = [job._replace(target=job.target._replace(manifest=manifest)) if isinstance(job, Job) else job for job in found]
    outcome = Outcome(check_jobs(found, project.root, jobs), strict)
    text = _formatted(outcome, form)
    if text:
        click.echo(text)
    for message, unchecked in outcome.failures.items():
        more = f" ({len(unchecked)} files not checked)" if len(unchecked) > 1 else ""
        click.echo(f"Error: {printable(message)}{more}", err=True)
    return outcome.status


def _formatted(outcome: Outcome, form: str) -> str:
    if form == "text":
        return as_text(outcome, coloured=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    if form == "json":
        return as_json(outcome)
    if form == "github":
        return as_github(outcome)
    from typed_registry.cli._sarif import as_sarif

    return as_sarif(outcome)
