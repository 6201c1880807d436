"""Where a loaded factory's annotations are written: the functions and classes that tell of its parameters, as source."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from types import FunctionType, MethodType
from typing import Annotated, Any, NotRequired, Required, Unpack, get_args, get_origin

import typing_extensions

from typed_registry._kwargs import Scope
from typed_registry._stub_expressions import UnresolvedError, parsed
from typed_registry._stub_sources import UNKNOWN, Definition, NameScope, Sources
from typed_registry._stub_written import Written

__all__ = ["Places", "arguments_of", "variables_of"]

_UNPACK = (Unpack, typing_extensions.Unpack)
_KEY_MARKS = (Required, NotRequired, typing_extensions.ReadOnly)

_KINDS: dict[str, ast.expr] = {"ParamSpec": ast.List([], ast.Load()), "TypeVarTuple": ast.Starred(ast.Constant(None), ast.Load())}


class Places:
    """The annotations of one factory.

    Args:
        sources: Where modules are looked up.
        factory: The class or function, or what wraps one.
        local_names: The names of the function around it.
    """

    def __init__(self, sources: Sources, factory: object, local_names: Mapping[str, object]) -> None:
        self._sources = sources
        self._local_names = local_names
        self._found: dict[str, list[tuple[Written, Scope]]] = {}
        self._returns: Written | None = None
        self._collect(factory)

    def written(self, name: str, value: object, *, is_item: bool = False) -> Written:
        """The type of a parameter, from the nearest place that says what it really is.

        Args:
            name: The parameter.
            value: What its annotation is; UNKNOWN where that can't be resolved when it runs.
            is_item: Whether it is `*args`, of which the annotation tells of one.
        """
        for written, scope in self._found.get(name, ()):
            if value is UNKNOWN or _means(written, scope, value, is_item=is_item):
                return replace(written, value=value, is_item=is_item)
        if is_item:
            value = (get_args(value) or (Any,))[0]
        return Written(None, value=value, is_item=is_item)

    def returned(self, value: object) -> Written | None:
        """The type of what a function returns, if it says so."""
        return None if self._returns is None else replace(self._returns, value=value)

    def texts(self) -> Iterator[tuple[Written, Scope]]:
        """All annotations, and where they are understood when they run."""
        for places in self._found.values():
            yield from places

    def _collect(self, factory: object) -> None:
        if isinstance(factory, partial):
            self._collect(factory.func)
        elif isinstance(factory, MethodType):
            owner = factory.__self__ if isinstance(factory.__self__, type) else type(factory.__self__)
            function = inspect.unwrap(factory.__func__)
            self._function(function, next((base for base in owner.__mro__ if function.__name__ in vars(base)), owner))
        elif isinstance(factory, type):
            self._class(factory)
        elif callable(factory):
            function = inspect.unwrap(factory)
            if isinstance(function, FunctionType):
                self._function(function, None)
            elif isinstance(function, MethodType):
                self._collect(function)
            elif any(isinstance(vars(base).get("__call__"), FunctionType) for base in type(function).__mro__):
                self._collect(function.__call__)

    def _class(self, cls: type) -> None:
        for base in cls.__mro__[:-1]:
            for name in ("__init__", "__new__"):
                function = inspect.unwrap(vars(base)[name]) if callable(vars(base).get(name)) else None
                if isinstance(function := getattr(function, "__func__", function), FunctionType):
                    self._function(function, base)
            self._fields(base)

    def _function(self, function: FunctionType, owner: type | None) -> None:
        module: str = getattr(function, "__module__", None) or "?"
        node = self._sources.module(module).definition(function.__qualname__, function.__code__.co_firstlineno)
        scope = self._scope(module, owner, {**self._local_names, **_cells(function)}, node)
        if isinstance(node, ast.FunctionDef):
            found: dict[str, ast.expr | None] = {each.arg: each.annotation for each in arguments_of(node)}
            returns = node.returns
        else:
            texts = {name: text for name, text in function.__annotations__.items() if isinstance(text, str)}
            found = {name: _quiet(text) for name, text in texts.items()}
            returns = found.pop("return", None)
        self._add(found, scope, Scope(function, owner, self._local_names))
        self._returns = Written(returns, scope) if returns is not None and owner is None else self._returns
        kwargs = function.__annotations__.get(node.args.kwarg.arg) if isinstance(node, ast.FunctionDef) and node.args.kwarg else None
        if kwargs is not None:
            self._keys(kwargs, Scope(function, owner, self._local_names))

    def _keys(self, annotation: object, scope: Scope) -> None:
        try:
            unpacked: Any = scope.evaluate(annotation)
        except Exception:  # whatever an annotation raises
            return
        if get_origin(unpacked) in _UNPACK:
            self._fields(get_origin(get_args(unpacked)[0]) or get_args(unpacked)[0])

    def _fields(self, cls: Any) -> None:
        """What the body of a class declares."""
        body: Mapping[str, Any] = cls.__dict__
        bases: tuple[Any, ...] = body.get("__orig_bases__", ()) if hasattr(cls, "__required_keys__") else ()
        node = self._sources.module(cls.__module__).definition(cls.__qualname__)
        texts: dict[str, object] = body.get("__annotations__") or {}
        if isinstance(node, ast.ClassDef):
            declared = [each for each in node.body if isinstance(each, ast.AnnAssign)]
            found: dict[str, ast.expr | None] = {each.target.id: each.annotation for each in declared if isinstance(each.target, ast.Name)}
        else:
            found = {name: _quiet(text) for name, text in texts.items() if isinstance(text, str)}
        self._add(found, self._scope(cls.__module__, cls, self._local_names, node), Scope(None, cls, self._local_names))
        for base in bases:
            if hasattr(origin := get_origin(base) or base, "__required_keys__"):
                self._fields(origin)

    def _add(self, found: Mapping[str, ast.expr | None], scope: NameScope, run: Scope) -> None:
        for name, node in found.items():
            if node is not None:
                self._found.setdefault(name, []).append((Written(node, scope), run))

    def _scope(self, module: str, owner: type | None, local: Mapping[str, object], node: Definition | None) -> NameScope:
        own = self._sources.module(owner.__module__).definition(owner.__qualname__) if owner is not None else None
        variables = {**variables_of(own), **variables_of(node)}
        return NameScope(self._sources, module, owner.__qualname__ if owner is not None else None, variables, local)


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """The parameters of a function, but for `**kwargs`."""
    args = function.args
    return [*args.posonlyargs, *args.args, *([args.vararg] if args.vararg else []), *args.kwonlyargs]


def variables_of(node: ast.AST | None) -> dict[str, ast.expr | None]:
    """The type parameters in brackets behind the name of a class or function, and their bounds; see `NameScope`."""
    parameters: list[Any] = getattr(node, "type_params", [])
    return {each.name: _KINDS.get(type(each).__name__, getattr(each, "bound", None)) for each in parameters}


def _cells(function: FunctionType) -> dict[str, object]:
    cells: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=False):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # to be filled later
            continue
    return cells


def _quiet(text: object) -> ast.expr | None:
    try:
        return parsed(text) if isinstance(text, str) else None
    except UnresolvedError:
        return None


def _means(written: Written, scope: Scope, value: object, *, is_item: bool) -> bool:
    assert written.node is not None
    try:
        found: Any = scope.evaluate(ast.unparse(written.node))
        while get_origin(found) in _KEY_MARKS:
            found = get_args(found)[0]
        return _is_same(list[found] if is_item else found, value)
    except Exception:  # whatever an annotation, or a comparison with one, raises
        return False


def _is_same(one: Any, other: Any) -> bool:
    """Whether two types are one, but for what `Annotated` adds, which may not compare as equal."""
    if get_origin(one) is Annotated and get_origin(other) is Annotated:
        return _is_same(one.__origin__, other.__origin__)
    arguments, others = get_args(one), get_args(other)
    if not arguments or get_origin(one) is not get_origin(other) or len(arguments) != len(others):
        return bool(one == other)
    return all(_is_same(argument, another) for argument, another in zip(arguments, others, strict=True))
