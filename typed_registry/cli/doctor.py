"""`typed-registry doctor`: what is registered, what is broken and why, what is out of date, and which versions are at work."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click

from typed_registry.cli._output import print_json
from typed_registry.cli._project import CliError, NamedRegistry, Project, find_project, load_registries, load_target, registry_option

__all__ = ["command"]

PACKAGES = ("typed-registry", "pydantic", "pydantic-core", "PyYAML", "mypy", "pyright", "basedpyright", "pyrefly", "ty")


@click.command("doctor")
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(registries: tuple[str, ...], as_json: bool) -> int:
    """Load all that is registered and say what is broken; exit status 1 if something is."""
    project = find_project()
    told: dict[str, Any] = {
        "project": str(project.root),
        "versions": _versions(),
        "registries": [_registry(project, target) for target in registries or project.registries],
        "configs": [_config(project, glob, target) for glob, target in project.configs.items()],
        "generated": list(_generated(project, registries)),
    }
    if not told["registries"]:
        raise CliError('no registry is named: give --registry pkg.mod:NAME, or [tool.typed-registry] registries = ["pkg.mod:NAME"]')
    told["broken"] = sum(len(each["problems"]) for each in told["registries"])
    told["broken"] += sum(each["problem"] is not None for each in told["configs"])
    told["broken"] += sum(len(each["outdated"]) for each in told["generated"])
    if as_json:
        print_json(told)
    else:
        print("\n".join(_lines(told)))
    return 1 if told["broken"] else 0


def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def _registry(project: Project, target: str) -> dict[str, Any]:
    told: dict[str, Any] = {"registry": target, "name": None, "entries": 0, "loaded": 0, "duplicates": [], "hides": [], "problems": []}
    try:
        [named] = load_registries(project, (target,))
    except CliError as error:
        told["problems"] = [{"code": None, "entry": None, "message": str(error), "file": None, "line": None}]
        return told
    with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
        problems = named.registry.check()
    told.update(name=named.registry.name, entries=len(named.registry))
    told.update(loaded=sum(entry.is_loaded for entry in named.registry.values()), duplicates=_duplicates(named), hides=list(_hidden(named)))
    for problem in problems:
        place = problem.place
        told["problems"].append(
            {
                "code": problem.code,
                "entry": problem.path[0] if problem.path else None,
                "message": problem.message,
                "file": place.file if place is not None else None,
                "line": place.line if place is not None else None,
            }
        )
    return told


def _duplicates(named: NamedRegistry) -> list[dict[str, Any]]:
    """What is registered under several names, each with its own entry."""
    names: dict[str, list[str]] = defaultdict(list)
    for name, entry in named.registry.items():
        names[entry.target].append(name)
    return [{"target": target, "entries": entries} for target, entries in names.items() if len(entries) > 1 and "<" not in target]


def _hidden(named: NamedRegistry) -> Iterator[dict[str, str]]:
    """Names and aliases that a registry above has too."""
    own, *above = named.registry.__registry_node__.lineage()
    for node in above:
        yield from ({"name": name, "of": node.name} for name in own.table.lookup if name in node.table.lookup)


def _config(project: Project, glob: str, target: str) -> dict[str, Any]:
    problem = None
    files = [path for path in project.root.glob(glob) if path.is_file()]
    if not files:
        problem = "no file is like this"
    try:
        load_target(target, project.root)
    except CliError as error:
        problem = str(error)
    return {"glob": glob, "target": target, "files": len(files), "problem": problem}


def _generated(project: Project, registries: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Which generated files are there, and are no longer what would be written; told by the commands that write them."""
    yield _drift("stubs", *(part for target in registries for part in ("--registry", target)))
    if project.schemas and not registries:
        yield _drift("schema")


def _drift(command: str, *arguments: str) -> dict[str, Any]:
    shown = [sys.executable, "-m", "typed_registry", command, "--check", *arguments]
    done = subprocess.run(shown, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    changed = re.findall(r"^--- (.+)\n\+\+\+ ", done.stdout, re.MULTILINE)  # one that was never written is none that is out of date
    problem = done.stderr.strip().removeprefix("Error: ") if done.returncode not in (0, 1) else None
    return {"command": f"typed-registry {command}", "outdated": [file for file in changed if file != "/dev/null"], "problem": problem}


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"project {told['project']}"
    installed = [f"{package} {number}" for package, number in told["versions"].items() if number is not None]
    yield f"versions {', '.join(installed)}"
    for each in told["registries"]:
        yield ""
        yield f"{each['registry']}: {each['entries']} {'entry' if each['entries'] == 1 else 'entries'}, {len(each['problems'])} broken"
        for problem in each["problems"]:
            place = f" ({problem['file']}:{problem['line']})" if problem["file"] else ""
            entry = f"{problem['entry']}: {problem['code']} " if problem["entry"] else ""
            yield from _broken(f"{entry}{problem['message']}{place}")
        for same in each["duplicates"]:
            yield f"  note: {same['target']} is registered as {', '.join(same['entries'])}"
        for name in each["hides"]:
            yield f"  note: {name['name']} hides the entry of registry {name['of']!r} above it"
    if told["configs"]:
        yield from ("", "configs:")
    for each in told["configs"]:
        line = f"{each['glob']} = {each['target']}: {each['files']} {'file' if each['files'] == 1 else 'files'}"
        yield from [f"  {line}"] if each["problem"] is None else _broken(f"{line}: {each['problem']}")

    for each in told["generated"]:
        yield from _generated_lines(each)


def _generated_lines(told: dict[str, Any]) -> Iterator[str]:
    if told["outdated"] or told["problem"]:
        yield from ("", f"{told['command']}:")
    for file in told["outdated"]:
        yield from _broken(f"{file} is out of date; run it")
    if told["problem"]:
        yield f"  note: it could not look: {' '.join(told['problem'].split())}"


def _broken(text: str) -> list[str]:
    return [f"  broken: {text.splitlines()[0]}", *(f"    {line}" for line in text.splitlines()[1:])]
