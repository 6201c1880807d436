"""What the code of a function shows: the names that its annotations and its body mean, and where its `**kwargs` goes."""

from __future__ import annotations

import ast
import builtins
import inspect
import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import InitVar
from functools import cached_property
from types import CellType, SimpleNamespace
from typing import Any, Final, ForwardRef, NamedTuple, TypeGuard, cast

__all__ = ["Forwarding", "Scope", "declarer", "definer", "forwarding"]


class Forwarding(NamedTuple):
    """The one call that a function gives all of its `**kwargs` to.

    Args:
        callee: What is called, as source: `super().__init__`, `Base.__init__`, `make`.
        positional: How many arguments it is given by position, apart from `self` and `*args`.
        keywords: The arguments it is given by name.
        spreads: Whether the function's own `*args` goes there too.
        alone: Whether the function does nothing else with its `**kwargs`.
        filled: Whether it may have put something into it.
    """

    callee: str
    positional: int
    keywords: frozenset[str]
    spreads: bool
    alone: bool
    filled: bool


def forwarding(function: Callable[..., object], args: str | None, kwargs: str) -> Forwarding | None:
    """The call that gets all of `**kwargs`, or None where there is no source, no such call, or no telling which one is meant.

    Args:
        function: A Python function.
        args: The name of its `*args`, if it has one.
        kwargs: The name of its `**kwargs`.
    """
    tree = _parsed(function)
    if tree is None:
        return None
    nodes = list(ast.walk(tree))
    calls = [node for node in nodes if isinstance(node, ast.Call) and _gets(node, kwargs)]
    calls = [call for call in calls if _is_constructor(call)] or calls
    if len(calls) != 1:
        return None
    callee = ast.unparse(calls[0].func)
    taken = [node.arg for node in nodes if isinstance(node, ast.arg)]  # by inner functions, too
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    if taken.count(kwargs) > 1 or args in stored or callee.partition(".")[0] in stored.union(taken):
        return None
    positional = calls[0].args[1:] if _names_self(callee) else calls[0].args
    spreads = bool(positional) and isinstance(positional[-1], ast.Starred) and _is_name(positional[-1].value, args)
    positional = positional[:-1] if spreads else positional
    if any(isinstance(argument, ast.Starred) for argument in positional):
        return None
    keywords = frozenset(keyword.arg for keyword in calls[0].keywords if keyword.arg is not None)
    uses = sum(_is_name(node, kwargs) for node in nodes)
    reads = sum(_reads(node, kwargs) for node in nodes)
    return Forwarding(callee, len(positional), keywords, spreads, alone=uses == 1, filled=uses > reads)


def _parsed(function: Callable[..., object]) -> ast.AST | None:
    try:
        source = inspect.getsource(function)
        # a block around it, as dedenting would break at a text that goes on at the margin
        tree = ast.parse(f"if 1:\n{source}" if source[:1].isspace() else source)
    except Exception:  # no source, only a part of a statement, as a lambda's is, or whatever a file may hold
        return None
    name = getattr(getattr(function, "__code__", None), "co_name", None)
    return next((node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _gets(call: ast.Call, kwargs: str) -> bool:
    unpacked = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return len(unpacked) == 1 and _is_name(unpacked[0], kwargs)


def _is_constructor(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("__init__", "__new__")


def _names_self(callee: str) -> bool:
    return callee.endswith(".__new__") or (callee.endswith(".__init__") and not callee.startswith("super("))


def _is_name(node: ast.AST, name: str | None) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id == name


def _reads(node: ast.AST, name: str) -> bool:
    match node:
        case (
            ast.keyword(arg=None, value=ast.Name(id=used))
            | ast.Attribute(value=ast.Name(id=used), attr="pop" | "get" | "keys" | "values" | "items")
            | ast.Subscript(value=ast.Name(id=used), ctx=ast.Load() | ast.Del())
            | ast.Compare(comparators=[ast.Name(id=used)])
        ):
            return used == name
        case _:
            return False


class Scope:
    """Where the names in the annotations, and in the body, of one function or class are found."""

    def __init__(self, function: object, owner: type | None, local_names: Mapping[str, object]) -> None:
        self._function = function
        self._owner = owner
        self._local_names = local_names
        self.module: str = getattr(function if owner is None else owner, "__module__", None) or "?"

    @cached_property
    def _globals(self) -> list[dict[str, Any]]:
        # generated constructors have globals of their own, which lack the names of the module
        own = getattr(self._function, "__globals__", None)
        module = getattr(sys.modules.get(self.module), "__dict__", None)
        return [names for names in (own, module) if names is not None] or [{}]

    @cached_property
    def _cells(self) -> dict[str, object]:
        names: tuple[str, ...] = getattr(getattr(self._function, "__code__", None), "co_freevars", ())
        return dict(_filled(names, getattr(self._function, "__closure__", None) or ()))

    @cached_property
    def _locals(self) -> dict[str, object]:
        names = {**self._local_names, **self._cells}
        if self._owner is not None:
            if "<locals>" in self._owner.__qualname__:  # while it is being registered, its function does not have it yet
                names[self._owner.__name__] = self._owner
            names.update(_type_parameters(self._owner))
            # methods and values of fields often have the name of a type
            names.update((name, value) for name, value in vars(self._owner).items() if _is_type(value))
        return {**names, **_type_parameters(self._function)}

    def evaluate(self, annotation: object) -> object:
        """The annotation without strings in it, and without the marks that tell of a field rather than of its type."""
        named = self._named(annotation) if isinstance(annotation, str) else annotation  # most are the name of a class
        if isinstance(named, type):
            return named
        written = ForwardRef(annotation, is_argument=False, is_class=True) if isinstance(annotation, str) else annotation
        found: Any = self._hint(SimpleNamespace(__annotations__={"it": written}))
        if isinstance(found, InitVar):
            return self.evaluate(cast(Any, found).type)
        return typing.get_args(found)[0] if typing.get_origin(found) is Final else found

    def _named(self, name: str) -> object:
        return next((names[name] for names in (self._locals, *self._globals, vars(builtins)) if name in names), None)

    def _hint(self, holder: SimpleNamespace) -> object:
        *others, last = self._globals
        for names in others:
            with suppress(NameError):
                return typing.get_type_hints(holder, names, self._locals, include_extras=True)["it"]
        return typing.get_type_hints(holder, last, self._locals, include_extras=True)["it"]

    def lookup(self, dotted: str) -> object:
        """What a dotted name in the function's body means, or None where that is only known when it runs."""
        root, *rest = dotted.split(".")
        code = getattr(self._function, "__code__", None)
        if code is None or root in (*code.co_varnames, *code.co_cellvars):
            return None
        found = self._cells.get(root, self._globals[0].get(root, getattr(builtins, root, None)))
        for part in rest:
            found = getattr(found, part, None)
        return found

    def searched(self, head: str, cls: type | None) -> Sequence[type]:
        """The classes in which `head.__init__` is looked for, where head is `super()` or a class, and the object is a cls."""
        if not head.startswith("super("):
            return getattr(self.lookup(head), "__mro__", ())
        after = self._owner if head == "super()" else self.lookup(head.removeprefix("super(").partition(",")[0])
        mro: tuple[type, ...] = getattr(cls, "__mro__", ())
        return mro[mro.index(after) + 1 :] if after in mro else ()


def definer(mro: Sequence[type], name: str) -> type:
    """The first class that has a method of its own; what typing puts into protocols only passes on to the next."""
    own = (base for base in mro if name in vars(base))
    return next(base for base in own if getattr(vars(base)[name], "__module__", None) not in ("typing", "typing_extensions"))


def declarer(cls: type, name: str) -> type:
    """The dataclass or model that declares a field."""
    made = (base for base in cls.__mro__ if "__dataclass_fields__" in vars(base) or "__pydantic_fields__" in vars(base))
    return next((base for base in made if name in inspect.get_annotations(base)), cls)


def _filled(names: Sequence[str], cells: Sequence[CellType]) -> Iterator[tuple[str, object]]:
    for name, cell in zip(names, cells, strict=False):
        with suppress(ValueError):  # an empty cell, to be filled later
            yield name, cell.cell_contents


def _type_parameters(generic: object) -> dict[str, object]:
    return {parameter.__name__: parameter for parameter in getattr(generic, "__type_params__", ())}


def _is_type(value: object) -> bool:
    return isinstance(value, type) or type(value).__module__ in ("typing", "types", "typing_extensions")
