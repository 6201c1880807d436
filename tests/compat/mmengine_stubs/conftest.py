"""Cases for checkers, which test_mmengine_stubs.py gives them; pytest imports none of them."""

from __future__ import annotations

collect_ignore_glob = ["*.py"]
