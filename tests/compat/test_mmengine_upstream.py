"""MMEngine's own tests of its registries, run with the names of the compat module in the place of its own.

They aren't kept here. `TYPED_REGISTRY_MMENGINE_TESTS` names the folder that holds them, `tests/test_registry` of MMEngine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compat.doubles import HAS_MMENGINE

VARIABLE = "TYPED_REGISTRY_MMENGINE_TESTS"


def outcome(folder: Path, *plugins: str) -> str:
    """How many passed and how many were skipped, of all in the folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    counts = re.search(r"^((?:\d+ (?:passed|skipped|failed|error)s?(?:, )?)+)", done.stdout.splitlines()[-1] if done.stdout else "")
    assert counts is not None, done.stdout + done.stderr
    return counts[1].removesuffix(", ")


def test_mmengines_own_tests_pass_as_with_the_original() -> None:
    """As many pass and are skipped (which need torch), and none fails."""
    if not HAS_MMENGINE:
        pytest.skip(reason="MMEngine isn't installed")
    if VARIABLE not in os.environ:
        pytest.skip(reason=f"{VARIABLE} names no folder of MMEngine's tests")
    folder = Path(os.environ[VARIABLE])
    ours = outcome(folder, "-p", "tests.compat.mmengine_upstream")
    assert ours == outcome(folder)
    assert re.fullmatch(r"2\d passed(, \d skipped)?", ours)
