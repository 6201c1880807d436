"""Loading: choose the class by the config, make it, build what the engine needs of it."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

from examples.vlm.entries import VISION
from examples.vlm.protocol import Backend, BackendConfig, VlmModel
from typed_registry.huggingface import HfConfig

__all__ = ["load_vl_model", "needs_of"]


def load_vl_model(
    model_path: str | os.PathLike[str], backend: Backend, with_llm: bool = False, backend_config: BackendConfig | None = None
) -> VlmModel:
    """The vision part of the model in a folder, ready for an engine.

    Its class is found by the config alone, and only that class is imported. Then it is made, its preprocessor is built, and its network if
    the engine doesn't run the vision part by itself, or if the language model is to be in it.

    Args:
        model_path: The folder of the model, or its `config.json`.
        backend: The engine that will run the language model.
        with_llm: Whether the language model is wanted too, as for quantization.
        backend_config: Where and how the vision part runs.

    Raises:
        NoMatchError: No class takes the config, or the one that does can't do what is asked of it. Nothing was imported or built.
        ConfigError: There is no valid JSON in the `config.json`.
        OSError: The `config.json` can't be read.
        Exception: Whatever the class raises while it is imported, made or built; a note tells the step.
    """
    path = os.fspath(model_path)
    config = HfConfig.from_path(path)
    entry = VISION.match(config, needs=needs_of(backend, with_llm))
    arguments = {"model_path": path, "hf_config": config, "backend": backend, "with_llm": with_llm, "backend_config": backend_config}
    with _step(f"making {entry.name}", path):
        model = entry.build(**arguments)
    with _step(f"building the preprocessor of {entry.name}", path):
        model.build_preprocessor()
    if with_llm or (backend == "turbomind" and "native-vision" not in entry.tags):
        with _step(f"building the network of {entry.name}", path):
            model.build_model()
    return model


def needs_of(backend: Backend | None, with_llm: bool) -> frozenset[str]:
    """The tags that an entry must have.

    Example:
        >>> sorted(needs_of("turbomind", with_llm=True)), sorted(needs_of(None, with_llm=False))
        (['turbomind', 'with-llm'], [])
    """
    return frozenset({*([backend] if backend else []), *(["with-llm"] if with_llm else [])})


@contextmanager
def _step(step: str, path: str) -> Generator[None, None, None]:
    try:
        yield
    except Exception as error:
        error.add_note(f"while {step} for {path}")
        raise
