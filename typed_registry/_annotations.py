"""Annotations as people read them: the type, as it was written where that is known, and apart from it what else it asks for."""

from __future__ import annotations

import ast
import inspect
import types
from collections.abc import Iterator
from enum import Enum
from functools import partial
from types import FunctionType
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin

from typed_registry._kinds import is_list
from typed_registry._kwargs import Scope
from typed_registry._showing import shown

__all__ = ["constraint_text", "described_by_metadata", "type_text", "written_types"]

_LIMITS = {
    "gt": "> {}",
    "ge": ">= {}",
    "lt": "< {}",
    "le": "<= {}",
    "multiple_of": "a multiple of {}",
    "min_length": "length >= {}",
    "max_length": "length <= {}",
    "pattern": "matches {!r}",
    "max_digits": "at most {} digits",
    "decimal_places": "at most {} decimal places",
}


def type_text(annotation: Any) -> str:
    """The type, without what `Annotated` adds to it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is None or annotation is type(None):
        return "None"
    if origin is Annotated:
        return type_text(arguments[0])
    if origin in (Union, types.UnionType):
        return " | ".join(map(type_text, arguments))
    if origin is Literal:
        return f"Literal[{', '.join(map(_literal, arguments))}]"
    if is_list(annotation):  # the parameters of a Callable
        return f"[{', '.join(map(type_text, annotation))}]"
    if annotation is Ellipsis:
        return "..."
    if origin is not None:
        return f"{_name(origin)}[{', '.join(map(type_text, arguments))}]" if arguments else _name(origin)
    return _name(annotation)


def constraint_text(annotation: Any) -> str | None:
    """What values must be beside their type."""
    return ", ".join(dict.fromkeys(_constraints(annotation))) or None


def described_by_metadata(annotation: Any) -> str | None:
    """What `Field(description=...)`, or `Doc(...)`, tells of it."""
    found = (getattr(item, name, None) for item in getattr(annotation, "__metadata__", ()) for name in ("description", "documentation"))
    return next((" ".join(text.split()) for text in found if isinstance(text, str)), None)


def written_types(factory: object) -> dict[str, tuple[str, object]]:
    """The annotations of a factory's parameters as they are written, each with what it means; those that can't be told are left out."""
    found: dict[str, tuple[str, object]] = {}
    for text, name, scope in _written(factory):
        try:
            found[name] = _without_metadata(text), scope.evaluate(text)
        except Exception:  # whatever an annotation raises, as written it can't be compared
            found.pop(name, None)
    return found


def _written(factory: object) -> Iterator[tuple[str, str, Scope]]:
    """The text of each annotation that is one, with the parameter's name and where it is to be understood, the nearest last."""
    if isinstance(factory, type):
        for base in reversed(factory.__mro__[:-1]):
            if "__dataclass_fields__" in vars(base) or "model_fields" in dir(base):
                yield from _texts(base, Scope(None, base, {}))
            for name in ("__new__", "__init__"):
                if isinstance(function := vars(base).get(name), FunctionType):
                    yield from _texts(function, Scope(function, base, {}))
    elif isinstance(factory, partial):
        yield from _written(factory.func)
    elif callable(factory):
        function = inspect.unwrap(factory)
        yield from _texts(getattr(function, "__func__", function), Scope(function, None, {}))


def _texts(obj: Any, scope: Scope) -> Iterator[tuple[str, str, Scope]]:
    own: Any = vars(obj) if isinstance(obj, type) else {"__annotations__": getattr(obj, "__annotations__", None)}
    annotations: dict[str, object] = own.get("__annotations__") or {}
    for name, annotation in annotations.items():
        if isinstance(annotation, str):
            yield annotation, name, scope


class _Bare(ast.NodeTransformer):
    """Takes `Annotated` off."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:  # named as ast asks for
        name = getattr(node.value, "attr", getattr(node.value, "id", None))
        if name == "Annotated" and isinstance(node.slice, ast.Tuple):
            bare: ast.AST = self.visit(node.slice.elts[0])
            return bare
        return self.generic_visit(node)


def _without_metadata(text: str) -> str:
    return ast.unparse(_Bare().visit(ast.parse(text, mode="eval")))


def _constraints(annotation: Any) -> Iterator[str]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _constraints(arguments[0])
        for item in annotation.__metadata__:
            yield from _limits(item)
    elif origin in (Union, types.UnionType):
        for member in arguments:
            yield from _constraints(member)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield f"one of {', '.join(shown(member.value) for member in annotation)}"
    elif origin is not None and origin is not Literal:
        for argument in arguments:
            yield from (each if each.startswith("within: ") else f"within: {each}" for each in _constraints(argument))


def _limits(item: Any) -> Iterator[str]:
    """What one thing in an `Annotated` asks for: pydantic's and annotated_types' by their attributes, functions by name."""
    if is_list(inner := getattr(item, "metadata", None)):  # a Field
        for each in inner:
            yield from _limits(each)
        return
    for name, text in _LIMITS.items():
        if (limit := getattr(item, name, None)) is not None and not callable(limit):
            yield text.format(limit)
    if getattr(item, "strict", None) is True:
        yield "not converted"
    if getattr(item, "allow_inf_nan", None) is False:
        yield "finite"
    if callable(function := getattr(item, "func", None)):
        yield f"checked by {getattr(function, '__name__', type(function).__name__)}"


def _literal(value: object) -> str:
    return f"{type(value).__name__}.{value.name}" if isinstance(value, Enum) else repr(value)


def _name(annotation: Any) -> str:
    if isinstance(annotation, (TypeVar, ParamSpec)):
        return annotation.__name__
    name = getattr(annotation, "__qualname__", None) or getattr(annotation, "__name__", None)
    return name.rpartition("<locals>.")[2] if isinstance(name, str) else shown(annotation).removeprefix("typing.")
