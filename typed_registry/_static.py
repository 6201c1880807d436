"""Whether a lazy target is there, seen from its file alone: nothing is imported, so neither torch nor a GPU is needed to check a table."""

from __future__ import annotations

import ast
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pkgutil import get_importer
from typing import Any

from typed_registry.errors import LoadError, Place, Problem, Where, shown

__all__ = ["dangling"]

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, *_COMPREHENSIONS)


def dangling(registry: str, targets: Iterable[tuple[str, str, Where]]) -> list[Problem]:
    """A problem for each target, given with its entry's name and place, that certainly can't be loaded."""
    lookup = _Lookup()
    problems: list[Problem] = []
    for name, target, where in targets:
        reason = lookup.problem(target)
        if reason is not None:
            error = LoadError(name, registry, target, reason)
            problems.append(Problem((name,), str(error), target, place=Place(*where), code=error.code))
    return problems


class _Lookup:
    """Looks for targets; each file is read once.

    Only what is certain is reported: a compiled module, a star import or a module's `__getattr__` may hold any name.
    """

    def __init__(self) -> None:
        self._specs: dict[str, ModuleSpec | None] = {}
        self._bodies: dict[str, list[ast.stmt] | str] = {}

    def problem(self, target: str) -> str | None:
        """Why `module:qualname` can't be there; None if it is, or may be."""
        module, _, qualname = target.partition(":")
        spec = self._spec(module)
        if spec is None:
            return None if module in sys.modules else f"there is no module {self._first_missing(module)!r}"
        if module not in self._bodies:
            self._bodies[module] = _body(spec, module)
        body = self._bodies[module]
        if isinstance(body, str):
            return f"{spec.origin} can't be read: {body}"
        names = qualname.split(".")
        loaded = sys.modules.get(module)
        is_there = not body or _holds(body, names) or (loaded is not None and names[0] in vars(loaded))
        return None if is_there else f"{spec.origin} has no {qualname!r}"

    def _spec(self, module: str) -> ModuleSpec | None:
        """Where a module is; a parent is only looked for, as find_spec of a dotted name would import it."""
        if module not in self._specs:
            package, _, own = module.rpartition(".")
            if not package:
                self._specs[module] = _root(own)
            else:
                above = self._spec(package)
                self._specs[module] = _inside(above.submodule_search_locations or (), own) if above is not None else None
        return self._specs[module]

    def _first_missing(self, module: str) -> str:
        parts = module.split(".")
        paths = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        return next((path for path in paths if self._spec(path) is None), module)


def _root(name: str) -> ModuleSpec | None:
    try:
        return find_spec(name)
    except (ImportError, ValueError):  # ValueError: a module such as __main__ that has no spec
        return None


def _inside(locations: Iterable[str], name: str) -> ModuleSpec | None:
    folders: list[str] = []
    for location in locations:
        finder = get_importer(location)
        spec = finder.find_spec(name) if finder is not None else None
        if spec is not None and spec.loader is not None:
            return spec
        folders += (spec.submodule_search_locations or ()) if spec is not None else ()
    if not folders:
        return None
    namespace = ModuleSpec(name, None, is_package=True)
    namespace.submodule_search_locations = folders
    return namespace


def _body(spec: ModuleSpec, module: str) -> list[ast.stmt] | str:
    """The statements of a module; none where it has no source, and a text where it can't be read."""
    loader: Any = spec.loader
    try:
        source = loader.get_source(spec.name) if hasattr(loader, "get_source") else None
        return ast.parse(source, module).body if source is not None else []
    except (ImportError, OSError, RecursionError, SyntaxError, ValueError) as error:
        return shown(error)


def _holds(body: Iterable[ast.AST], names: list[str]) -> bool:
    """Whether a name may be found; inside a class that inherits, any may."""
    first, *rest = names
    for node in _in_scope(body):
        bound = set(_bound(node))
        if first in bound:
            return not rest or not isinstance(node, ast.ClassDef) or _may_inherit(node) or _holds(node.body, rest)
        if "*" in bound or "__getattr__" in bound:
            return True
    return False


def _may_inherit(cls: ast.ClassDef) -> bool:
    return bool(cls.bases or cls.keywords or cls.decorator_list)


def _in_scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes whose names are bound in the same scope, also those below `if`, `try`, `with` and loops."""
    todo = deque(body)
    while todo:
        node = todo.popleft()
        yield node
        if not isinstance(node, _SCOPES):
            todo.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node by itself gives a value."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
