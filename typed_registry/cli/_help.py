"""What the commands are, told without importing any of them, nor click."""

from __future__ import annotations

__all__ = ["COMMANDS", "overview"]

COMMANDS = {
    "check": "Check config files: what mypy is for code.",
    "doctor": "Say what is registered, what is broken, and why.",
    "graph": "Draw the tree of components that a config file builds.",
    "list": "List what is registered.",
    "match": "Say which entry takes a config, and why.",
    "show": "Tell all about one entry.",
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
