"""The command `typed-registry`, one module for each of its commands, loaded when it is called."""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper

from typed_registry.cli._help import overview

__all__ = ["main"]

OF_THE_EXTRA = ("click", "docstring_parser", "rich", "yaml")


def main() -> int:
    """Run the command line; returns its exit status: 0 right, 1 something is wrong, 2 it could not run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # what a terminal's encoding lacks is no reason to fail
    try:
        status = _run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # of `typed-registry list | head`: what reads has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would tell of it when it ends
        return 1
    except ModuleNotFoundError as error:
        if error.name not in OF_THE_EXTRA:
            raise
        print(f"the command line needs {error.name}: pip install 'typed-registry[cli]'", file=sys.stderr)
        return 2
    return status


def _run(arguments: list[str]) -> int:
    if arguments in (["--help"], ["-h"]):  # it takes no click to tell what there is
        print(overview(), end="")
        return 0
    if arguments[:1] == ["list"]:
        gc.disable()  # most such processes end before there is anything to collect
        from typed_registry.cli._arguments import list_arguments

        if plain := list_arguments(arguments[1:]):
            return _list(*plain)
        gc.enable()
    from typed_registry.cli._app import run

    return run(arguments)


def _list(glob: str, registries: tuple[str, ...], tags: tuple[str, ...], as_json: bool) -> int:
    from typed_registry.cli._listing import list_entries
    from typed_registry.cli._project import CliError

    try:
        return list_entries(glob, registries, tags, as_json=as_json)
    except CliError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    finally:
        gc.freeze()  # nor does the end of it have to look through all that is there
