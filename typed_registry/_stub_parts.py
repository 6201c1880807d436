"""What a catalogue is made of: components and their arguments, as they were read and before they are written."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, ForwardRef, Literal, Union, get_args, get_origin

from typed_registry._kinds import is_dict, is_sequence, is_tuple
from typed_registry._parameters import NOTHING
from typed_registry._stub_expressions import chain_of, evaluated
from typed_registry._stub_sources import UNKNOWN, Meaning, NameScope
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
    if not (isinstance(value, Enum) or _is_literal(value)) or not _fits(value, argument.type):
        return "..."
    if isinstance(value, Enum):
        return _member(value, writer)
    text = double_quoted(repr(value))
    return text if len(text) <= _LONGEST else "..."


def _fits(default: Any, written: Written) -> bool:
    """Whether checkers take a default for its type, as far as that is known: they would say so in the generated file."""
    type_ = _meant(written)
    if type_ is not UNKNOWN:
        return _is_of(default, type_)
    if default is None:
        return written.node is None or _admits_none(written.node)
    return not isinstance(written.node, (ast.Name, ast.Attribute))


def _meant(written: Written) -> Any:
    if written.value is not UNKNOWN or written.node is None or written.scope is None:
        return written.value
    return _value_of(written.node, written.scope, ())


def _value_of(node: ast.expr, scope: NameScope, aliases: tuple[ast.expr, ...]) -> Any:
    """What a type is, also one that has a name in sources alone."""

    def named(piece: ast.expr) -> Any:
        meaning = scope.meaning(chain_of(piece) or "")
        if meaning is None or meaning.value is not UNKNOWN:
            return UNKNOWN if meaning is None else meaning.value
        found = scope.sources.find(meaning.module, meaning.name)
        value = getattr(found[2], "value", None) if found is not None else None
        if found is None or not isinstance(value, ast.expr) or value in aliases:
            return UNKNOWN
        return _value_of(value, NameScope(scope.sources, found[0].name), (*aliases, value))

    try:
        return evaluated(node, named)
    except Exception:  # whatever a foreign __class_getitem__ or __or__ raises
        return UNKNOWN


def _admits_none(node: ast.expr) -> bool:
    """Whether a type that isn't known says by its text that it may be None."""
    match node:
        case ast.Constant(value=value):
            return value is None or (isinstance(value, str) and "None" in value)
        case ast.BinOp(left=left, right=right):
            return _admits_none(left) or _admits_none(right)
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            items = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            told = items if name == "Union" else items[:1] if name in ("Annotated", "InitVar") else []
            return name == "Optional" or any(map(_admits_none, told))
        case _:
            return False


def _is_of(default: Any, type_: Any) -> bool:
    origin, inner = get_origin(type_), get_args(type_)
    if type_ is Any or type_ is object:
        return True
    if hasattr(type_, "__value__"):
        return _is_of(default, type_.__value__)
    if origin is Annotated:
        return _is_of(default, inner[0])
    if origin is Literal:
        return any(type(each) is type(default) and each == default for each in inner)
    if origin in (Union, UnionType):
        return any(_is_of(default, each) for each in inner)
    if default is None:
        return type_ is None or type_ is NoneType
    if isinstance(type_, (str, ForwardRef)):
        return True
    return _is_instance(default, origin or type_) and all(_is_of(item, each) for item, each in _items(default, inner))


def _is_instance(default: Any, made: Any) -> bool:
    if made in (float, complex):
        return isinstance(default, (int, float, made))
    try:
        return isinstance(default, made) and isinstance(made, type)
    except TypeError:  # a NewType, a variable, or a protocol that is for checkers alone
        return False


def _items(default: Any, types: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """What a container holds, each with the type that it should have."""
    if is_dict(default) and len(types) == 2:
        for item in default.items():
            yield from zip(item, types, strict=True)
    elif is_tuple(default) and len(types) > 1 and types[1:] != (...,):
        yield from zip(default, types, strict=True) if len(default) == len(types) else [(default, NoneType)]
    elif types:
        yield from ((item, types[0]) for item in default)


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
