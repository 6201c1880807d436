"""Real language servers: collected only where this folder is named, `python -m pytest tests/editor`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.editor.measuring import Lab
from tests.editor.servers import install
from tests.editor.zoo import write_zoo

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-table", action="store_true", help="write what was measured into docs/editors.md, instead of comparing")


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    named = [Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args]
    return None if any(path.is_relative_to(HERE) for path in named) else True


@pytest.fixture(scope="session")
def lab(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The servers, installed once into $TYPED_REGISTRY_EDITOR_SERVERS or pytest's cache, and the two projects that they are shown."""
    kept = os.environ.get("TYPED_REGISTRY_EDITOR_SERVERS")
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)  # without the plugin there is none
    folder = Path(kept) if kept else cache.mkdir("editor-servers") if cache is not None else tmp_path_factory.mktemp("servers")
    reason = install(folder)
    if reason is not None:
        pytest.skip(reason=reason)
    small, large = (tmp_path_factory.mktemp(name) / "project" for name in ("small", "large"))
    write_zoo(small, components=4)
    write_zoo(large, components=300)
    return Lab(folder, small, large)
