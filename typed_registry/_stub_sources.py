"""The source of modules, read without importing them: what is defined where, and what the names in it mean."""

from __future__ import annotations

import ast
import builtins
import operator
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final, NamedTuple

from typed_registry._kinds import is_list

__all__ = ["UNKNOWN", "Definition", "Meaning", "ModuleSource", "NameScope", "Sources"]

UNKNOWN: Final[Any] = object()  # what a name stands for, where its module isn't imported

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_HOPS = 20  # from one module that only imports a name to the next
# What typing_extensions hands on from typing, in every Python that is supported.
_OF_TYPING = frozenset(
    {
        *("Annotated", "Any", "Callable", "ClassVar", "Final", "Generic", "Literal", "NewType", "NotRequired", "Optional", "ParamSpec"),
        *("Protocol", "Required", "Self", "TypeAlias", "TypeVar", "TypeVarTuple", "TypedDict", "Union", "Unpack"),
    }
)

_MAKERS = ("ParamSpec", "TypeVar", "TypeVarTuple")


class Meaning(NamedTuple):
    """What a name in an annotation stands for.

    Args:
        module: Where it can be imported from; "" for what can't be imported.
        name: Its name there, dotted below a class; "" for the module itself.
        alias: How the user calls it, or the module that it is reached through.
        value: The object, or UNKNOWN.
        through_module: Whether the user imports the module, and names it with a dot.
    """

    module: str
    name: str
    alias: str
    value: Any
    through_module: bool = False

    @property
    def is_importable(self) -> bool:
        """Whether another module can import it."""
        return bool(self.module) and "<locals>" not in self.name


class _Imported(NamedTuple):
    module: str
    name: str | None


@dataclass
class ModuleSource:
    """A module's source, if it has any.

    Args:
        name: The module.
        body: Its statements.
        is_package: Whether relative imports start at it.
        definitions: Classes and functions by qualified name as Python gives it, several where there are several.
    """

    name: str
    body: list[ast.stmt] = field(default_factory=list[ast.stmt])
    is_package: bool = False
    definitions: dict[str, list[Definition]] = field(default_factory=lambda: dict[str, list[Definition]]())

    def __post_init__(self) -> None:
        self._collect(self.body, "")

    @cached_property
    def bound(self) -> dict[str, _Imported | ast.AST]:
        """What each name at the top is bound to: an import, or the statement that makes it."""
        found: dict[str, _Imported | ast.AST] = {}
        second = dict.fromkeys(_second_choices(self.body))  # what stands in for what can't be imported
        for node in (*second, *(node for node in _statements(self.body) if node not in second)):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    root = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or root] = _Imported(root, None)
            elif isinstance(node, ast.ImportFrom):
                found.update((alias.asname or alias.name, _Imported(self._absolute(node), alias.name)) for alias in node.names)
            else:
                found.update((name, node) for name in _names(node))
        return found

    @cached_property
    def stars(self) -> list[str]:
        """The modules of which everything is imported."""
        froms = (node for node in _statements(self.body) if isinstance(node, ast.ImportFrom))
        return [self._absolute(node) for node in froms if node.names[0].name == "*"]

    @cached_property
    def dotted(self) -> frozenset[str]:
        """The modules below others that are imported by their whole names."""
        imports = (node for node in _statements(self.body) if isinstance(node, ast.Import))
        return frozenset(alias.name for node in imports for alias in node.names if not alias.asname)

    def definition(self, qualname: str, line: int | None = None) -> Definition | None:
        """The class or function of that name: that whose code begins at the line, or else the last."""
        found = self.definitions.get(qualname, [])
        of_line = (node for node in found if line in (node.lineno, *(each.lineno for each in node.decorator_list)))
        return next(of_line, found[-1] if found and line is None else None)

    def _collect(self, body: Iterable[ast.AST], prefix: str) -> None:
        for node in _statements(body):
            if isinstance(node, _DEFINITIONS):
                qualname = f"{prefix}{node.name}"
                self.definitions.setdefault(qualname, []).append(node)
                self._collect(node.body, f"{qualname}." if isinstance(node, ast.ClassDef) else f"{qualname}.<locals>.")

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        base = parts[: len(parts) - node.level + self.is_package]
        return ".".join([*base, *([node.module] if node.module else [])])


class Sources:
    """The sources of modules, each read once."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleSource] = {}
        self._specs: dict[str, ModuleSpec | None] = {}

    def module(self, name: str) -> ModuleSource:
        """The source of a module; empty where there is none that can be read."""
        if name not in self._modules:
            spec = self._spec(name)
            is_package = spec is not None and spec.submodule_search_locations is not None
            self._modules[name] = ModuleSource(name, _body(spec), is_package)
        return self._modules[name]

    @staticmethod
    def value(module: str, qualname: str) -> Any:
        """The object of that name in a module that is loaded; else UNKNOWN."""
        return _value(module, qualname)

    def find(self, module: str, qualname: str) -> tuple[ModuleSource, str, ast.AST] | None:
        """Where something is defined: the module, its qualified name there, and the node; through modules that only import it."""
        first, _, rest = qualname.partition(".")
        for _ in range(_HOPS):
            source = self.module(module)
            node = source.bound.get(first) or self._behind_star(source, first)
            if isinstance(node, _Imported):
                if node.name is None:
                    return None
                module, first = node.module, node.name
                continue
            if node is None:
                return None
            whole = f"{first}.{rest}" if rest else first
            defined = source.definition(whole)
            return (source, whole, defined if defined is not None else node) if defined is not None or not rest else None
        return None

    def meaning(self, source: ModuleSource, name: str) -> Meaning | None:
        """What a name at the top of a module stands for."""
        bound = source.bound.get(name) or self._behind_star(source, name)
        if isinstance(bound, _Imported):
            return self._imported(bound, name)
        if bound is not None:
            return Meaning(source.name, name, name, _value(source.name, name))
        value = _value(source.name, name)
        if value is not UNKNOWN:
            return _of_value(source.name, name, value)
        return Meaning("builtins", name, name, getattr(builtins, name)) if hasattr(builtins, name) else None

    def kind_of_variable(self, meaning: Meaning) -> str | None:
        """What makes a name of a module that isn't loaded, if it is a type variable: `TypeVar`, `ParamSpec` or `TypeVarTuple`."""
        found = self.find(meaning.module, meaning.name) if meaning.module else None
        made: Any = getattr(found[2], "value", None) if found is not None else None
        function = getattr(made, "func", None)
        name: object = getattr(function, "attr", getattr(function, "id", None))
        return name if isinstance(name, str) and name in _MAKERS else None

    def _imported(self, imported: _Imported, alias: str) -> Meaning:
        module, name = imported
        if name is None:
            return Meaning(module, "", alias, sys.modules.get(module, UNKNOWN))
        value = _value(module, name)
        below = f"{module}.{name}"
        if isinstance(value, ModuleType) or (value is UNKNOWN and name not in self.module(module).bound and self._spec(below) is not None):
            return Meaning(below, "", alias, value)
        return Meaning("typing" if module == "typing_extensions" and name in _OF_TYPING else module, name, alias, value)

    def _behind_star(self, source: ModuleSource, name: str) -> _Imported | None:
        for module in source.stars:
            if _value(module, name) is not UNKNOWN or name in self.module(module).bound:
                return _Imported(module, name)
        return None

    def _spec(self, name: str) -> ModuleSpec | None:
        if name not in self._specs:
            self._specs[name] = self._found(name)
        return self._specs[name]

    def _found(self, name: str) -> ModuleSpec | None:
        loaded: Any = sys.modules.get(name)
        if getattr(loaded, "__spec__", None) is not None:
            spec: ModuleSpec = loaded.__spec__
            return spec
        package = name.rpartition(".")[0]
        try:
            if not package:
                return find_spec(name)
            above = self._spec(package)  # find_spec of a dotted name would import it
            return PathFinder.find_spec(name, above.submodule_search_locations) if above is not None else None
        except (ImportError, ValueError):  # ValueError: a module such as __main__ that has no spec
            return None


@dataclass(frozen=True)
class NameScope:
    """Where an annotation is written, for what the names in it mean.

    Args:
        sources: All sources.
        module: The module.
        owner: The qualified name of the class whose body it is in.
        variables: The type parameters of the class and the function, with what each may stand for at most: a type, or a tuple of some.
            That of a TypeVarTuple is starred, that of a ParamSpec a list.
        local: Names of functions around it.
    """

    sources: Sources
    module: str
    owner: str | None = None
    variables: Mapping[str, ast.expr | None] = field(default_factory=dict[str, ast.expr | None])
    local: Mapping[str, object] = field(default_factory=dict[str, object])

    def meaning(self, chain: str) -> Meaning | None:
        """What a dotted name stands for; None where nothing tells."""
        root, _, rest = chain.partition(".")
        found = self._root(root)
        if found is None or not rest:
            return found
        if not found.name:
            return self._of_module(found, root, rest)
        return found._replace(name=f"{found.name}.{rest}", value=_below(found.value, rest))

    def _root(self, name: str) -> Meaning | None:
        source = self.sources.module(self.module)
        if self.owner is not None and "<locals>" not in self.owner:
            inner = f"{self.owner}.{name}"
            if isinstance(source.definition(inner), ast.ClassDef) or _is_type(_value(self.module, inner)):
                return Meaning(self.module, inner, name, _value(self.module, inner))
        if name in self.local:
            return _of_value("", name, self.local[name])
        return self.sources.meaning(source, name)

    def _of_module(self, found: Meaning, root: str, rest: str) -> Meaning:
        """`np.uint8` is of `numpy`; `a.b.c.D` is of `a.b.c`, if that is imported by its whole name."""
        module, names = found.module, rest.split(".")
        dotted = self.sources.module(self.module).dotted if root == found.module else frozenset[str]()
        while len(names) > 1 and any(each == f"{module}.{names[0]}" or each.startswith(f"{module}.{names[0]}.") for each in dotted):
            module = f"{module}.{names.pop(0)}"
        alias = found.alias if module == found.module else module.replace(".", "_")
        name = ".".join(names)
        return Meaning(module, name, alias, _value(module, name), through_module=True)


def _value(module: str, qualname: str) -> Any:
    """The object of that name in a module that is loaded."""
    loaded = sys.modules.get(module)
    return UNKNOWN if loaded is None else _below(loaded, qualname)


def _below(value: Any, qualname: str) -> Any:
    if value is UNKNOWN:
        return UNKNOWN
    try:
        return operator.attrgetter(qualname)(value)
    except AttributeError:
        return UNKNOWN


def _of_value(module: str, name: str, value: Any) -> Meaning:
    """What a name stands for of which there is no more than its object."""
    if isinstance(value, ModuleType):
        return Meaning(value.__name__, "", name, value)
    own = getattr(value, "__module__", None), getattr(value, "__qualname__", getattr(value, "__name__", None))
    if isinstance(own[0], str) and isinstance(own[1], str) and _value(own[0], own[1]) is value:
        return Meaning(own[0], own[1], name, value)
    return Meaning(module, name, name, value)


def _is_type(value: object) -> bool:
    return isinstance(value, type) or type(value).__module__ in ("typing", "types", "typing_extensions")


def _body(spec: ModuleSpec | None) -> list[ast.stmt]:
    loader: Any = getattr(spec, "loader", None)
    try:
        source = loader.get_source(spec.name) if spec is not None and hasattr(loader, "get_source") else None
        return ast.parse(source).body if source is not None else []
    except (ImportError, OSError, RecursionError, SyntaxError, ValueError):
        return []


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements of one scope, also those below `if`, `try`, `with` and loops."""
    for node in body:
        yield node
        if not isinstance(node, _DEFINITIONS):
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner: Any = getattr(node, name, ())
                yield from _statements(inner if is_list(inner) else ())


def _second_choices(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements of one scope that only run where an import fails, or is for checkers alone."""
    for node in _statements(body):
        if isinstance(node, ast.ExceptHandler):
            yield from _statements(node.body)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not isinstance(node.test, ast.UnaryOp):
            yield from _statements(node.orelse)


def _names(node: ast.AST) -> Iterator[str]:
    """The names that a statement by itself gives a value."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) or hasattr(node, "type_params"):
        named: Any = node
        targets: list[ast.AST] = getattr(named, "targets", None) or [getattr(named, "target", None) or named.name]
        yield from (each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name))
