"""The group of commands: each is imported when it is called, so that none pays for what another one needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

from typed_registry._naming import nearest
from typed_registry.cli._help import COMMANDS, overview
from typed_registry.cli._project import CliError

__all__ = ["run"]


class _CouldNotRunError(click.ClickException):
    exit_code = 2


class _Commands(click.Group):
    """A group whose commands are modules of this package with a `command` of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"typed_registry.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        near = nearest(args[0], COMMANDS, 1) if args[0] not in COMMANDS else ()
        if near:
            ctx.fail(f"No such command {args[0]!r}; did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(overview())

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CliError as error:
            raise _CouldNotRunError(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="typed-registry")
def app() -> None:
    """A statically type-safe registry: look at what is registered, and check config files like code."""


def run(arguments: Sequence[str]) -> int:
    """Run a command; returns its exit status."""
    try:
        status: object = app.main(list(arguments), "typed-registry", standalone_mode=False)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.Abort:
        print("interrupted", file=sys.stderr)
        return 2
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return status if isinstance(status, int) else 0
