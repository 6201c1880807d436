"""Which names of a code base are registries, found without changing or importing any of it."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple

from typed_registry._naming import name_problem
from typed_registry.cli._migration_files import Source
from typed_registry.cli._migration_names import BUILD_FROM_CFG, ROOTS, mmengine_name, parent_note

__all__ = ["Kind", "Known", "Options", "Table", "Target"]

_OURS = ("typed_registry.Registry", "typed_registry.registry.Registry")
_PARAMETERS = ("name", "build_func", "parent", "scope", "locations")


class Kind(Enum):
    """What becomes of a registry."""

    ROOT = auto()  # MMEngine's own, left to it
    MOVING = auto()
    TYPED = auto()  # is one of ours already
    STAYING = auto()  # MMEngine's class, in a way that isn't understood


class Target(NamedTuple):
    """What `module:qualname` names."""

    module: str
    qualname: str


@dataclass(frozen=True)
class Options:
    """What the command was told.

    Args:
        protocols: What registries make, by the registry's name, its variable, or `module:VARIABLE`.
        roots: The module that holds typed registries in place of MMEngine's roots.
    """

    protocols: Mapping[str, Target] = field(default_factory=dict[str, Target])
    roots: str | None = None


@dataclass(eq=False)
class Known:
    """A registry that some name is bound to."""

    kind: Kind
    label: str
    protocol: Target | None = None
    parent: Known | None = None
    drops_parent: bool = False
    scope: str | None = None
    infers_scope: bool = False
    lost_scope: bool = False
    notes: list[str] = field(default_factory=list[str])
    reason: str = ""

    @property
    def top(self) -> Known:
        """The root of its tree, as far as it is migrated."""
        return self if self.parent is None else self.parent.top


class _Binding(NamedTuple):
    """What a name at the top of a module is bound to: something imported, an expression, or neither."""

    imported: str | None = None
    value: ast.expr | None = None
    annotation: ast.expr | None = None


class Table:
    """The registries of a code base, and where names lead to through imports and assignments."""

    def __init__(self, sources: Sequence[Source], options: Options) -> None:
        self.options = options
        self.unused = set(options.protocols)
        self.failures: dict[Source, str] = {}
        self.imports: set[str] = set()  # all that some file imports from a module, as dotted paths
        self._bindings: dict[str, dict[str, list[_Binding]]] = {}
        self._sources: dict[str, Source] = {}
        self._known: dict[str, Known | None] = {}
        for source in sources:
            self._read(source)
        self._settle()

    @property
    def has_registries(self) -> bool:
        """Whether any registry is migrated, or was before."""
        return any(each is not None and each.kind in (Kind.MOVING, Kind.TYPED) for each in self._known.values())

    def names(self) -> frozenset[str]:
        """The names that lead to registries somewhere in the code base."""
        return frozenset(name for module, names in self._bindings.items() for name in names if self.known(f"{module}.{name}"))

    def origin(self, dotted: str) -> str:
        """Where a name was first bound, through imports and aliases of the code base."""
        seen: set[str] = set()
        while dotted not in seen:
            seen.add(dotted)
            module, _, name = dotted.rpartition(".")
            bound = self._bindings.get(module, {}).get(name, [])
            if len(bound) != 1:
                break
            dotted = bound[0].imported or self._path(module, bound[0].value) or dotted
        return dotted

    def origins(self, dotted: str) -> set[str]:
        """Where a name may have been bound first, by all the ways there are, such as those of a `try` and its `except`."""
        found: set[str] = set()
        seen: set[str] = set()
        waiting = [dotted]
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            module, _, name = each.rpartition(".")
            bound = self._bindings.get(module, {}).get(name, [])
            further = [path for binding in bound if (path := binding.imported or self._path(module, binding.value))]
            waiting += further
            if not bound or len(further) < len(bound):
                found.add(each)
        return found

    def known(self, dotted: str) -> Known | None:
        """The registry that a name leads to."""
        origin = self.origin(dotted)
        if (name := mmengine_name(origin)) is not None:
            origin = f"mmengine.registry.{name}"
        if origin not in self._known:
            self._known[origin] = None  # what leads to itself is none
            self._known[origin] = self._find(origin)
        return self._known[origin]

    def may_be_known(self, dotted: str) -> bool:
        """Whether one of several things that a name is bound to is a registry."""
        module, _, name = self.origin(dotted).rpartition(".")
        bound = self._bindings.get(module, {}).get(name, [])
        paths = [each.imported or self._path(module, each.value) for each in bound]
        return len(bound) > 1 and (any(path and self.known(path) for path in paths) or any(self._is_call(module, each) for each in bound))

    def plan(self, source: Source, variable: str, call: ast.Call, parent: Known | None, annotation: Target | None) -> Known:
        """What becomes of a call of MMEngine's `Registry`; its parent must be known already."""
        given = _arguments(call)
        if isinstance(given, str):
            return Known(Kind.STAYING, variable, reason=given)
        reason = self._refusal(source, given, parent)
        if reason:
            return Known(Kind.STAYING, variable, reason=reason)
        label = _text(given["name"]) or variable
        known = Known(Kind.MOVING, label, protocol=annotation, parent=parent)
        if parent is not None and parent.kind is Kind.ROOT:
            known.parent, known.drops_parent = None, True
            known.notes.append(parent_note(parent.label))
        self._choose_protocol(known, source, variable)
        known.scope = _text(given.get("scope"))
        if given.get("scope") is None and source.scope is not None:
            known.scope, known.infers_scope = source.scope, True
        return known

    def take_scope(self, known: Known, taken: set[str]) -> None:
        """Give up a scope that another registry of the tree has."""
        if known.scope in taken:
            known.notes.append(f"its scope {known.scope!r} is its tree's already, so it has none now; give it one of its own")
            known.scope, known.infers_scope, known.lost_scope = None, False, True
        elif known.scope is not None:
            taken.add(known.scope)

    # --- reading ---

    def _read(self, source: Source) -> None:
        try:
            tree = ast.parse(source.data)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # ValueError: a null byte, before Python 3.12
            self.failures[source] = _told(error)
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                self.imports.update(f"{_absolute(node, source)}.{each.name}" for each in node.names)
        bindings: dict[str, list[_Binding]] = defaultdict(list)
        for statement in _statements(tree.body):
            for name, binding in _bound(statement, source):
                if binding not in bindings[name]:
                    bindings[name].append(binding)
        if source.module in self._bindings:  # two scripts of one name: nobody can tell which of them is imported
            bindings = defaultdict(list, {name: [_Binding(), _Binding()] for name in bindings | self._bindings[source.module]})
        self._bindings[source.module] = dict(bindings)
        self._sources[source.module] = source

    def _path(self, module: str, value: ast.expr | None) -> str | None:
        """The dotted path of an expression at the top of a module."""
        if isinstance(value, ast.Attribute):
            holder = self._path(module, value.value)
            return f"{holder}.{value.attr}" if holder else None
        if not isinstance(value, ast.Name):
            return None
        bound = self._bindings.get(module, {}).get(value.id, [])
        if not bound:
            return None
        return bound[0].imported if len(bound) == 1 and bound[0].imported else f"{module}.{value.id}"

    def _is_call(self, module: str, binding: _Binding) -> bool:
        value = binding.value
        if not isinstance(value, ast.Call):
            return False
        origin = self.origin(self._path(module, value.func) or "")
        return mmengine_name(origin) == "Registry" or origin in _OURS

    def _find(self, origin: str) -> Known | None:
        module, _, name = origin.rpartition(".")
        if mmengine_name(origin) is not None:
            return self._root(name) if name in ROOTS else None
        bound = self._bindings.get(module, {}).get(name, [])
        if len(bound) != 1 or not self._is_call(module, bound[0]):
            return None
        call = bound[0].value
        assert isinstance(call, ast.Call), "it was found to be one"
        if mmengine_name(self.origin(self._path(module, call.func) or "")) != "Registry":
            return Known(Kind.TYPED, name, protocol=self._target(module, call.args[1]) if len(call.args) > 1 else None)
        given = _arguments(call)
        above = given.get("parent") if not isinstance(given, str) else None
        path = self._path(module, above)
        made = self._made(module, bound[0].annotation)
        return self.plan(self._sources[module], name, call, self.known(path) if path else None, made)

    def _made(self, module: str, annotation: ast.expr | None) -> Target | None:
        """The `T` of an annotation `Registry[T]`."""
        if (text := _text(annotation)) is not None:
            try:
                annotation = ast.parse(text, mode="eval").body
            except (SyntaxError, ValueError):
                return None
        if not isinstance(annotation, ast.Subscript):
            return None
        target = self._target(module, annotation.slice)
        return None if target == Target("typing", "Any") else target

    def _root(self, name: str) -> Known | None:
        if self.options.roots is None:
            return Known(Kind.ROOT, name)
        mine = self.known(f"{self.options.roots}.{name}")
        return Known(Kind.MOVING, name, protocol=mine.protocol if mine is not None else None)

    def _target(self, module: str, value: ast.expr) -> Target | None:
        """How another module imports what an expression names."""
        names: list[str] = []
        while isinstance(value, ast.Attribute):
            names.insert(0, value.attr)
            value = value.value
        bound = self._bindings[module].get(value.id, []) if isinstance(value, ast.Name) else []
        if not isinstance(value, ast.Name) or len(bound) > 1:
            return None
        if not bound:
            return Target("builtins", value.id) if not names else None
        holder, _, name = (bound[0].imported or f"{module}.{value.id}").rpartition(".")
        if not holder:  # import torch: what is in it comes from there
            holder, name, names = name, names[0], names[1:]
        return Target(holder, ".".join([name, *names]))

    # --- planning ---

    def _refusal(self, source: Source, given: Mapping[str, ast.expr | None], parent: Known | None) -> str:
        if "name" not in given:
            return "it has no name"
        build = given.get("build_func")
        if build is not None and mmengine_name(self.origin(self._path(source.module, build) or "")) != BUILD_FROM_CFG:
            return "build_func has no counterpart; what it does for a config belongs into a function that is registered, or calls build()"
        if given.get("parent") is not None and parent is None:
            return "its parent isn't known; migrate it in the same run"
        if parent is not None and parent.kind is Kind.STAYING:
            return f"its parent {parent.label} is"
        scope = _text(given.get("scope"))
        if scope is not None and name_problem(scope):
            return f"no scope can be {scope!r}: {name_problem(scope)}"
        return ""

    def _choose_protocol(self, known: Known, source: Source, variable: str) -> None:
        for key in (f"{source.module}:{variable}", variable, known.label):
            if key in self.options.protocols:
                self.unused.discard(key)
                known.protocol = self.options.protocols[key]
                return
        if known.protocol is None and known.parent is not None:
            known.protocol = known.parent.protocol
        if known.protocol is None or known.protocol == Target("builtins", "object"):
            known.notes.insert(0, "name the protocol" + ("; it must be its parent's" if known.parent is not None else ""))

    def _settle(self) -> None:
        """Plan every registry, and give each scope of a tree to one of them, to those first that ask for it."""
        found = [self.known(f"{module}.{name}") for module, names in self._bindings.items() for name in names]
        moving = list(dict.fromkeys(known for known in found if known is not None and known.kind is Kind.MOVING))
        taken: dict[Known, set[str]] = defaultdict(set)
        for known in sorted(moving, key=lambda each: each.infers_scope):
            self.take_scope(known, taken[known.top])


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at the top of a module, also those in its blocks."""
    for statement in body:
        yield statement
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _statements(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def _bound(statement: ast.stmt, source: Source) -> Iterator[tuple[str, _Binding]]:
    """The names that a statement binds."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from _imported(statement, source)
    elif isinstance(statement, ast.Assign) and all(isinstance(target, ast.Name) for target in statement.targets):
        yield from ((target.id, _Binding(value=statement.value)) for target in statement.targets if isinstance(target, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        if statement.value is not None:
            yield statement.target.id, _Binding(value=statement.value, annotation=statement.annotation)
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name, _Binding(value=ast.Constant(statement.lineno))
    else:
        stored = (node for node in _own_nodes(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        yield from ((node.id, _Binding(value=node)) for node in stored)


def _imported(statement: ast.Import | ast.ImportFrom, source: Source) -> Iterator[tuple[str, _Binding]]:
    for each in statement.names:
        if isinstance(statement, ast.ImportFrom):
            yield each.asname or each.name, _Binding(f"{_absolute(statement, source)}.{each.name}")
        else:
            whole = each.name if each.asname else each.name.partition(".")[0]
            yield each.asname or whole, _Binding(whole)


def _own_nodes(statement: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement apart from the statements in it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.ExceptHandler)):
            yield child
            yield from _own_nodes(child)


def _absolute(statement: ast.ImportFrom, source: Source) -> str:
    if not statement.level:
        return statement.module or ""
    holders = source.package.split(".")
    holder = ".".join(holders[: len(holders) - statement.level + 1])
    return ".".join(filter(None, [holder, statement.module]))


def _arguments(call: ast.Call) -> dict[str, ast.expr | None] | str:
    """The arguments of a `Registry(...)` by name, or why they can't be told."""
    if any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords):
        return "its arguments are unpacked"
    given: dict[str, ast.expr | None] = dict(zip(_PARAMETERS, call.args, strict=False))
    given.update({each.arg: each.value for each in call.keywords if each.arg is not None})
    if len(call.args) > len(_PARAMETERS) or not given.keys() <= set(_PARAMETERS):
        return "it is given arguments that MMEngine's Registry doesn't have"
    return {name: None if isinstance(value, ast.Constant) and value.value is None else value for name, value in given.items()}


def _text(value: ast.expr | None) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _told(error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f"line {error.lineno}: {error.msg}"
    return str(error) or type(error).__name__
