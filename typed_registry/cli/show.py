"""`typed-registry show`: all that is known of one entry."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

import click

from typed_registry._annotations import type_text
from typed_registry._docstrings import described
from typed_registry._naming import nearest, target_of
from typed_registry._parameters import parameters_of
from typed_registry._plans import Plan, plan_of
from typed_registry._records import object_of
from typed_registry.cli._completion import complete_names
from typed_registry.cli._output import print_json
from typed_registry.cli._project import CliError, NamedRegistry, find_project, load_registries, registry_option
from typed_registry.cli._template import template_of
from typed_registry.errors import ContractError, LoadError

__all__ = ["command"]


@click.command("show")
@click.argument("name", shell_complete=complete_names)
@registry_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--template", type=click.Choice(["yaml"]), help="Print a config to start from, with comments.")
def command(name: str, registries: tuple[str, ...], as_json: bool, template: str | None) -> int:
    """Tell all about the entry NAME: what it can be given, what for, and where it is. It is loaded for that."""
    if as_json and template is not None:
        raise CliError("--json and --template can't be had at once")
    chosen = load_registries(find_project(), registries)
    holders = [named for named in chosen if name in named.registry]
    if not holders:
        known = list(dict.fromkeys(each for named in chosen for each in named.registry.all_names()))
        near = nearest(name, known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; typed-registry list tells the {len(known)} there are" if known else ""
        raise CliError(f"no entry is called {name!r} in {', '.join(named.target for named in chosen)}{hint}")
    with redirect_stdout(sys.stderr):  # what a module prints when it is imported is no part of our output
        told = [_Told(named, name) for named in holders]
    if template is not None:
        return _print_template(told)
    if as_json:
        print_json(told[0].facts if len(told) == 1 else [each.facts for each in told])
    else:
        print("\n".join(_text(each.facts) for each in told), end="")
    return 1 if any(each.facts["problem"] is not None for each in told) else 0


class _Told:
    """All that is known of one entry; `plan` is None where it can't be loaded."""

    def __init__(self, named: NamedRegistry, name: str) -> None:
        node = named.registry.__registry_node__
        found = node.find(name)
        assert found is not None, "the registry has it"
        place, record = found
        self.plan: Plan | None = None
        problem: str | None = None
        try:
            self.plan = plan_of(record, place)
        except (ContractError, LoadError) as error:
            problem = str(error)
        product = object_of(record)
        self.name = node.canonical(place, record.name)
        self.parameters = parameters_of(self.plan) if self.plan is not None else []
        extra = self.plan.signature.extra if self.plan is not None and record.spec is None else None
        self.extra = None if extra is None else type_text(extra)
        self.facts: dict[str, Any] = {
            "registry": named.target,
            "name": self.name,
            "aliases": list(record.aliases),
            "tags": sorted(record.tags),
            "target": record.target,
            "doc": described(product) if record.factory is not None else None,
            "state": "loaded" if problem is None else "broken",
            "problem": problem,
            "protocol": target_of(node.protocol),
            "registered": {"file": record.where.file, "line": record.where.line},
            "defined": _definition(product),
            "deprecated": record.deprecated,
            "parameters": [each.as_json() for each in self.parameters],
            "extra": self.extra,
        }


def _definition(product: Any) -> dict[str, Any] | None:
    """Where a class or function is written; None where its source isn't there."""
    try:
        written = inspect.unwrap(product)
        file = inspect.getsourcefile(written)
        return {"file": file, "line": inspect.getsourcelines(written)[1]} if file is not None else None
    except (OSError, TypeError, ValueError):
        return None


def _print_template(told: list[_Told]) -> int:
    each = told[0]
    if len(told) > 1:
        targets = ", ".join(each.facts["registry"] for each in told)
        raise CliError(f"{each.name!r} is in several registries: {targets}; say which with --registry")
    if each.facts["problem"] is not None:
        raise CliError(each.facts["problem"])
    about = [f"{each.name}, of {each.facts['registry']}", *filter(None, [each.facts["doc"]])]
    print(template_of(each.name, about, each.parameters, takes_more=each.extra), end="")
    return 0


def _text(facts: Mapping[str, Any]) -> str:
    lines = [f"{facts['name']} of {facts['registry']}", *_indented(facts["doc"] or ""), ""]
    rows = {
        "aliases": ", ".join(facts["aliases"]),
        "tags": ", ".join(facts["tags"]),
        "deprecated": facts["deprecated"],
        "makes": facts["protocol"],
        "target": facts["target"],
        "registered": _place(facts["registered"]),
        "defined": _place(facts["defined"]),
    }
    lines += [f"  {title:10}  {value}" for title, value in rows.items() if value]
    if facts["problem"] is not None:
        return "\n".join([*lines, "", "broken:", *_indented(facts["problem"]), ""])
    lines += ["", "parameters:" if facts["parameters"] or facts["extra"] else "no parameters"]
    for each in facts["parameters"]:
        lines += _parameter(each)
    if facts["extra"]:
        lines.append(f"  any other: {facts['extra']}")
    return "\n".join([*lines, ""])


def _parameter(each: Mapping[str, Any]) -> list[str]:
    default = f" = {each['default']}" if each["default"] is not None else "" if each["required"] else " (may be left out)"
    facts = [*filter(None, [each["constraint"]]), *each["takes"], *(["required"] if each["required"] else [])]
    more = f"  ({'; '.join(facts)})" if facts else ""
    return [f"  {each['name']}: {each['type']}{default}{more}", *(f"    {line}" for line in _indented(each["doc"] or ""))]


def _indented(text: str) -> list[str]:
    return [f"  {line}".rstrip() for line in text.splitlines()]


def _place(place: Mapping[str, Any] | None) -> str | None:
    return f"{place['file']}:{place['line']}" if place is not None else None
