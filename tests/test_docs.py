"""The docs are complete and true: a page for each code, code that runs, links that lead somewhere."""

from __future__ import annotations

import re
import sys
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
SOURCES = [path.read_text() for path in (ROOT / "typed_registry").glob("*.py")]
CODES = sorted({code for text in SOURCES for code in re.findall(r'"(TR\d\d\d)', text)} - {"TR100"})  # TR100 is the base's


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_page(code: str) -> None:
    """Each code in the package has its page, which begins with it and tells what to do, and is listed in the guide."""
    text = (DOCS / "errors" / f"{code}.md").read_text()
    assert text.startswith(f"# {code}: ")
    assert "## How to put it right" in text
    assert f"[{code}](errors/{code}.md)" in (DOCS / "README.md").read_text()


def test_no_page_is_left_over() -> None:
    """No page is of a code that is gone."""
    assert {path.stem for path in (DOCS / "errors").glob("*.md")} == set(CODES)


def test_the_guide_runs() -> None:
    """The guide's Python blocks run from the first to the last."""
    module = types.ModuleType("guide_blocks")
    sys.modules[module.__name__] = module
    path = DOCS / "README.md"
    blocks = re.findall(r"^```python\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL)
    assert len(blocks) > 3
    for text in blocks:
        exec(compile(text, str(path), "exec"), vars(module))


@pytest.mark.parametrize("path", [ROOT / "README.md", *DOCS.rglob("*.md")], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link is a file or folder of the project."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []
