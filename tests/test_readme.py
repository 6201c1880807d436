"""The README is true: its code runs, its messages are what is said."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
FENCE = re.compile(r"^(<!-- (?P<note>.*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str | None, str]]:
    """The fenced blocks of a language, each with the note above it."""
    found = FENCE.finditer(README.read_text())
    return [(match["note"], match["text"]) for match in found if match["language"] == language]


@pytest.fixture(scope="module")
def module() -> types.ModuleType:
    """A module to run the README's code in, where annotations and reloads can find it."""
    made = types.ModuleType("readme_blocks")
    sys.modules[made.__name__] = made
    return made


def test_python_blocks_run_in_order(module: types.ModuleType) -> None:
    """Every block runs as it stands; the wrong class is refused at its decorator, and the wrong config is told as shown."""
    outputs: list[str] = []
    for _, text in blocks("python"):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            if "class Missing" in text:
                with pytest.raises(TypeError, match="detect"):
                    exec(compile(text, str(README), "exec"), vars(module))
            else:
                exec(compile(text, str(README), "exec"), vars(module))
        outputs.append(out.getvalue())
    shown = [text for note, text in blocks("text") if note is None]
    assert [output for output in outputs if output] == shown


def test_mypy_says_what_is_shown(tmp_path: Path) -> None:
    """mypy's message for the wrong class is the one in the README, and it has nothing else to say of its code."""
    source = tmp_path / "readme_code.py"
    source.write_text("\n".join(text for _, text in blocks("python")))
    command = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "--cache-dir", str(tmp_path / "cache"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    errors = [line.split(": ", 1)[1] for line in done.stdout.splitlines() if ": error: " in line]
    assert errors == [text.strip() for note, text in blocks("text") if note == "mypy"], done.stdout


def test_the_two_commands_are_lines_of_their_own() -> None:
    """The first two shell blocks are one line each, which is what the project's check runs."""
    commands = [text for _, text in blocks("sh")][:2]
    assert [len(text.splitlines()) for text in commands] == [1, 1]
    assert "-m examples.vision" in commands[0]
    assert "-m pytest" in commands[1]
