"""What is told of a component and of each of its parameters.

By docstrings, be they written Google's, NumPy's or Sphinx's way, and by what pydantic's fields say of themselves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from docstring_parser import Docstring, ParseError, parse

from typed_registry._signatures import field_key

__all__ = ["described", "described_in", "innermost", "parameter_docs", "parameter_docs_in"]

_NOT_THE_USERS = ("abc", "builtins", "enum", "pydantic", "typed_registry", "typing", "typing_extensions")


def described(obj: object) -> str | None:
    """The text of an object's docstring, without its sections; None where it says nothing of its own."""
    return described_in(_own_doc(obj) if isinstance(obj, type) else inspect.getdoc(obj))


def described_in(doc: str | None) -> str | None:
    """The text of a docstring, without its sections."""
    parsed = _parsed(doc)
    if parsed is None:
        return None
    parts = [part.strip() for part in (parsed.short_description, parsed.long_description) if part]
    return "\n\n".join(parts) or None


def parameter_docs(factory: Callable[..., object]) -> dict[str, str]:
    """What is told of each parameter by the docstrings of a factory; of a class, also those of its constructor and its bases.

    What they don't tell is told by the `description` of a pydantic model's fields; one with an alias is told by either name.
    """
    docs = parameter_docs_in(_docstrings(factory))
    for name, info in getattr(innermost(factory), "__pydantic_fields__", {}).items():
        text = docs.get(name) or " ".join((info.description or "").split())
        docs.update((key, text) for key in (name, field_key(name, info)) if text)
    return docs


def parameter_docs_in(docstrings: Iterable[object]) -> dict[str, str]:
    """What docstrings tell of each parameter, the last of them first."""
    docs: dict[str, str] = {}
    for doc in docstrings:
        parsed = _parsed(doc)
        for told in parsed.params if parsed is not None else ():
            text = " ".join((told.description or "").split())
            for name in told.arg_name.split(","):  # NumPy's way may tell of several at once
                if text:
                    docs[name.strip().lstrip("*\\")] = text
    return docs


def innermost(factory: Any) -> Any:
    """What is called in the end by a partial; else the factory itself."""
    while isinstance(factory, partial):
        factory = factory.func
    return factory


def _own_doc(cls: type) -> str | None:
    """The docstring of a class or of its nearest base that has one written for it: neither of Python's own, nor made by a dataclass."""
    for base in cls.__mro__:
        doc, names = vars(base).get("__doc__"), vars(base).keys()
        is_made = isinstance(doc, str) and doc.startswith(f"{base.__name__}(") and not names.isdisjoint(("_fields", "__dataclass_fields__"))
        if isinstance(doc, str) and not is_made and base.__module__.partition(".")[0] not in _NOT_THE_USERS:
            return inspect.cleandoc(doc)
    return None


def _docstrings(factory: object) -> Iterator[str | None]:
    """All that may tell of its parameters, the nearest last."""
    factory = innermost(factory)
    if isinstance(factory, type):
        for base in reversed(factory.__mro__[:-1]):
            yield vars(base).get("__doc__")
            for name in ("__new__", "__init__"):
                yield getattr(vars(base).get(name), "__doc__", None)
    else:
        yield getattr(factory, "__doc__", None)


def _parsed(doc: object) -> Docstring | None:
    if not isinstance(doc, str):
        return None
    try:
        return parse(doc)
    except ParseError:  # of no way that it knows
        return None
