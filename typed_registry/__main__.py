"""`python -m typed_registry` is the command `typed-registry`."""

from __future__ import annotations

import sys

from typed_registry.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    sys.exit(main())
