"""Types of which there is only the object, turned back into source."""

from __future__ import annotations

import ast
import types
from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, Unpack, get_args, get_origin

import typing_extensions

from typed_registry._kinds import is_list

__all__ = ["source_of", "subscripted", "type_arguments", "union", "union_members"]

_UNPACK = (Unpack, typing_extensions.Unpack)
_OF_TWO = frozenset({"ChainMap", "ItemsView", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "dict"})
_OF_ONE = frozenset(
    {"AsyncIterable", "AsyncIterator", "Awaitable", "Collection", "Container", "Counter", "Iterable", "Iterator", "KeysView", "Match"}
    | {"MutableSequence", "MutableSet", "Pattern", "Reversible", "Sequence", "Set", "ValuesView", "deque", "frozenset", "list", "set"}
)
_STANDARD = frozenset({"builtins", "collections", "collections.abc", "re"})


def source_of(value: Any) -> tuple[ast.expr, dict[str, Any]] | None:
    """An annotation as source, with what the names in it stand for; None where it holds a text that nothing tells the meaning of."""
    names: dict[str, Any] = {}
    try:
        return _Source(names).of(value), names
    except _NoSourceError:
        return None


class _NoSourceError(Exception):
    """A forward reference, which only its module can tell."""


class _Source:
    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def of(self, value: Any) -> ast.expr:
        """The source of a type."""
        origin, arguments = get_origin(value), get_args(value)
        if value is None or value is type(None) or value is Ellipsis:
            return ast.Constant(... if value is Ellipsis else None)
        if isinstance(value, (str, ForwardRef)):
            raise _NoSourceError
        if is_list(value):  # the parameters of a Callable
            return ast.List([self.of(item) for item in value], ast.Load())
        if origin in (Union, types.UnionType):
            return union([self.of(argument) for argument in arguments])
        if origin is Literal:
            return subscripted(self._name(Literal), [self._member(argument) for argument in arguments])
        if origin is Annotated:
            registries = [item for item in value.__metadata__ if hasattr(item, "__registry_node__")]
            base = self.of(value.__origin__)
            return subscripted(self._name(Annotated), [base, *map(self._name, registries)]) if registries else base
        if origin in _UNPACK:
            return ast.Starred(self.of(arguments[0]), ast.Load())
        if origin is not None and (arguments or origin is tuple):
            items = [self.of(argument) for argument in arguments]
            return subscripted(self._name(origin), items or [ast.Tuple([], ast.Load())])
        return self._name(value)

    def _member(self, value: Any) -> ast.expr:
        if isinstance(value, Enum):
            return ast.Attribute(self._name(type(value)), value.name, ast.Load())
        return ast.Constant(value)

    def _name(self, value: Any) -> ast.expr:
        name: Any = getattr(value, "__name__", None)
        wanted = name if isinstance(name, str) and name.isidentifier() else "value"
        while self._names.get(wanted, value) is not value:
            wanted += "_"
        self._names[wanted] = value
        return ast.Name(wanted, ast.Load())


def subscripted(head: ast.expr, items: list[ast.expr]) -> ast.expr:
    """`head[items]`."""
    return ast.Subscript(head, ast.Tuple(items, ast.Load()) if len(items) > 1 else items[0], ast.Load())


def union(members: Iterable[ast.expr]) -> ast.expr:
    """The members with `|` between them, each once."""
    flat = {ast.dump(member): member for each in members for member in union_members(each)}
    first, *others = flat.values()
    for other in others:
        first = ast.BinOp(first, ast.BitOr(), other)
    return first


def union_members(node: ast.expr) -> list[ast.expr]:
    """What stands between the `|` of a union."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*union_members(node.left), *union_members(node.right)]
    return [node]


def type_arguments(value: Any) -> tuple[str, ...]:
    """What a generic type takes that stands without arguments; an empty text for one that may be anything."""
    made: Any = get_origin(value) or value
    if not isinstance(made, type) or get_args(value):
        return ()
    if made is tuple:
        return "", "..."
    if made is type:
        return ("",) if value is not type else ()
    if (made.__module__, made.__name__) == ("collections.abc", "Callable"):
        return "...", ""
    if made.__module__ in _STANDARD:
        return ("",) * ((made.__name__ in _OF_ONE) + 2 * (made.__name__ in _OF_TWO))
    variables: tuple[Any, ...] = getattr(made, "__parameters__", ())
    return ("",) * len(variables) if all(map(_needs_argument, variables)) else ()


def _needs_argument(variable: Any) -> bool:
    return isinstance(variable, (TypeVar, typing_extensions.TypeVar)) and not _has_default(variable)


def _has_default(variable: Any) -> bool:
    return getattr(variable, "__default__", typing_extensions.NoDefault) is not typing_extensions.NoDefault
