"""What a catalogue is made of: components and their arguments, as they were read and before they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from typed_registry._kinds import is_dict, is_sequence
from typed_registry._parameters import NOTHING
from typed_registry._stub_sources import Meaning
from typed_registry._stub_text import double_quoted
from typed_registry._stub_types import TypeWriter
from typed_registry._stub_written import Written

__all__ = ["Argument", "Component", "default_source"]

_LONGEST = 60  # characters of a default in a signature


@dataclass(frozen=True)
class Argument:
    """One key of a component's config.

    Args:
        name: The key.
        type: What it takes.
        required: Whether a config must give it.
        default: The default; NOTHING where it can't be told.
        default_text: The default as people read it.
        doc: What is told of it.
    """

    name: str
    type: Written
    required: bool
    default: Any = NOTHING
    default_text: str | None = None
    doc: str | None = None


@dataclass(frozen=True)
class Component:
    """One entry of a registry.

    Args:
        product: What it makes.
        arguments: Its keys.
        takes_more: Whether it takes others too.
        target: The class or function, where it can be imported.
        doc: What is told of it.
        deprecated: What to use instead.
    """

    product: Written
    arguments: tuple[Argument, ...] = ()
    takes_more: bool = False
    target: Meaning | None = None
    doc: str | None = None
    deprecated: str | None = None


def default_source(argument: Argument, writer: TypeWriter) -> str:
    """A default in a signature: itself where it can be written there, else `...`."""
    value = argument.default
    if value is NOTHING or _is_odd(value, argument.type.value):
        return "..."
    if isinstance(value, Enum):
        return _member(value, writer)
    text = double_quoted(repr(value)) if _is_literal(value) else "..."
    return text if len(text) <= _LONGEST else "..."


def _is_odd(default: Any, type_: Any) -> bool:
    """Whether None is the default of what can't be None: checkers would say so in the generated file."""
    return default is None and isinstance(type_, type) and type_ not in (Any, object)


def _member(value: Enum, writer: TypeWriter) -> str:
    made = type(value)
    if "<locals>" in made.__qualname__ or not hasattr(made, str(value.name)):  # or a combination of flags
        return "..."
    return f"{writer.text(Written(None, value=made)).text}.{value.name}"


def _is_literal(value: Any) -> bool:
    if isinstance(value, float):
        return type(value) is float and value - value == 0  # finite
    if is_sequence(value):
        return type(value) in (list, tuple) and _are_literals(value)
    if is_dict(value):
        return type(value) is dict and _are_literals(value) and _are_literals(value.values())
    return type(value) in (bool, bytes, int, str, type(None)) and not (type(value) is int and abs(value) > 10**_LONGEST)


def _are_literals(values: Iterable[Any]) -> bool:
    return all(_is_literal(value) for value in values)
