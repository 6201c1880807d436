"""What the commands are, told without importing any of them, nor click."""

from __future__ import annotations

__all__ = ["COMMANDS", "overview"]

COMMANDS = {
    "check": "Check config files: what mypy is for code.",
    "doctor": "Say what is registered, what is broken, and why.",
    "graph": "Draw the tree of components that a config file builds.",
    "init-editor": "Set an editor up, so that it completes and checks configs.",
    "list": "List what is registered.",
    "manifest": "Write all that is registered to a file, so that configs are checked without the project.",
    "match": "Say which entry takes a config, and why.",
    "migrate": "Move code from MMEngine's registry to this one.",
    "schema": "Write the JSON Schema of a registry's configs.",
    "show": "Tell all about one entry.",
    "stubs": "Write the catalogue of a registry, so that its configs complete and are checked in Python.",
}


def overview() -> str:
    """The text of `typed-registry --help`."""
    width = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:{width}}  {text}" for name, text in COMMANDS.items())
    return f"""Usage: typed-registry [OPTIONS] COMMAND [ARGS]...

  A statically type-safe registry: look at what is registered, and check config files like code.

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit. Each command has it too.

Commands:
{commands}
"""
