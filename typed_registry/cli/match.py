"""`typed-registry match`: which entry takes a config, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from typed_registry.cli._project import CliError, NamedRegistry, find_project, load_registries, registry_option
from typed_registry.errors import AmbiguousMatchError, ConfigError, MatchError, NoMatchError
from typed_registry.huggingface import HfConfig

__all__ = ["command"]


@click.command("match")
@click.argument("config", type=click.Path(path_type=Path))
@registry_option
@click.option("--needs", multiple=True, metavar="TAG", help="A tag that the entry must have.")
@click.option("--explain", is_flag=True, help="Say of every entry why it takes the config, or why not.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(config: Path, registries: tuple[str, ...], needs: tuple[str, ...], explain: bool, as_json: bool) -> int:
    """Say which entry takes CONFIG, a config.json or the folder of one; of each registry that has rules, if several are named.

    Exit status: 0 one takes it, 1 none does, 2 it could not be asked. JSON is an object, or a list of them for several registries.
    """
    try:
        given = HfConfig.from_path(config)
    except (ConfigError, OSError) as error:
        raise CliError(str(error)) from None
    named = load_registries(find_project(), registries)
    with_rules = [each for each in named if each.registry.has_rules()]
    if not with_rules:
        raise CliError(f"no entry of {', '.join(each.target for each in named)} has a rule: register(..., match=Match(...))")
    chosen = [_answer(each, given, needs, explain) for each in with_rules]
    if as_json:
        click.echo(json.dumps(chosen[0] if len(chosen) == 1 else chosen, indent=2, ensure_ascii=False))
    else:
        for answer in chosen:
            _print(answer)
    return 0 if any(answer["entry"] is not None for answer in chosen) else 1


def _answer(named: NamedRegistry, config: HfConfig, needs: tuple[str, ...], explain: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {"registry": named.target, "entry": None, "target": None, "error": None}
    try:
        entry = named.registry.match(config, needs=needs)
        answer.update(entry=entry.name, target=entry.target)
    except (NoMatchError, AmbiguousMatchError, MatchError) as error:
        answer["error"] = {"code": error.code, "message": str(error)}
        if isinstance(error, MatchError):  # it can't be explained either
            return answer
    if explain:
        found = named.registry.explain(config)
        answer["explain"] = [{"entry": each.entry, "takes": each.takes, "reason": each.reason} for each in found]
    return answer


def _print(answer: dict[str, Any]) -> None:
    if answer["entry"] is not None:
        click.echo(f"{answer['registry']}: {answer['entry']} ({answer['target']})")
    else:
        click.echo(f"{answer['registry']}: {answer['error']['code']} {answer['error']['message']}")
    for each in answer.get("explain", ()):
        click.echo(f"  {'+' if each['takes'] else '-'} {each['entry']}: {each['reason']}")
