"""The command `typed-registry`, one module for each of its commands, loaded when it is called."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command line; returns its exit status: 0 right, 1 something is wrong, 2 it could not run."""
    try:
        from typed_registry.cli._app import run
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        print(f"the command line needs {error.name}: pip install 'typed-registry[cli]'", file=sys.stderr)
        return 2
    return run(sys.argv[1:])
