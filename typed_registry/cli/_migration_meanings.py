"""What names mean at their places in one file: which registry, or which of MMEngine's functions."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence

import libcst as cst
from libcst.metadata import (
    Assignment,
    BaseAssignment,
    GlobalScope,
    ImportAssignment,
    MetadataWrapper,
    Scope,
    ScopeProvider,
)
from typing_extensions import override

from typed_registry.cli._migration_files import Source
from typed_registry.cli._migration_names import ROOTS, mmengine_name
from typed_registry.cli._migration_table import Kind, Known, Table

__all__ = ["Meanings"]


class Meanings:
    """Looks names up by the scopes of the file, and from there by the table of the code base."""

    def __init__(self, table: Table, source: Source, wrapper: MetadataWrapper) -> None:
        self.table = table
        self.source = source
        self.module = wrapper.module
        self.parents = _parents(wrapper.module)
        self._scopes = wrapper.resolve(ScopeProvider)
        self._all_scopes = list(dict.fromkeys(scope for scope in self._scopes.values() if scope is not None))
        self._local: dict[cst.CSTNode, Known] = {}

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around a node, from the inside."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def scopes(self) -> list[Scope]:
        """The scopes of the file."""
        return self._all_scopes

    def imports(self) -> list[ImportAssignment]:
        """The names that imports bind, anywhere in the file."""
        return [each for scope in self.scopes() for each in scope.assignments if isinstance(each, ImportAssignment)]

    def global_names(self) -> set[str]:
        """The names at the top of the file."""
        return {each.name.partition(".")[0] for scope in self.scopes() if isinstance(scope, GlobalScope) for each in scope.assignments}

    def assignments(self, node: cst.BaseExpression) -> Collection[BaseAssignment]:
        """All that the name at the start of an expression may be bound to there."""
        while isinstance(node, cst.Attribute):
            node = node.value
        scope = self._scopes.get(node)
        return scope[node.value] if isinstance(node, cst.Name) and scope is not None else ()

    def mmengine(self, node: cst.BaseExpression) -> str | None:
        """The name that an expression has in mmengine.registry."""
        return self.mmengine_path(self._path(node))

    def mmengine_names(self, node: cst.BaseExpression) -> set[str]:
        """The names that an expression may have in mmengine.registry, by one of several assignments."""
        origins = {origin for path in self._paths(node) for origin in self.table.origins(path)}
        return {name for origin in origins if (name := mmengine_name(origin)) is not None}

    def known(self, node: cst.BaseExpression) -> Known | None:
        """The registry that an expression certainly is."""
        found = {self._meaning(each, node) for each in self.assignments(node)}
        return found.pop() if len(found) == 1 else None

    def may_be_known(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a registry by one of several assignments."""
        found = {self._meaning(each, node) for each in self.assignments(node)}
        paths = self._paths(node)
        is_one = len(paths) > 1 and any(self.table.known(path) for path in paths)
        return (len(found) > 1 and found != {None}) or is_one or any(self.table.may_be_known(path) for path in paths)

    def called(self, call: cst.Call) -> Known | None:
        """What becomes of a call of MMEngine's `Registry`, by the name that it is assigned to; None if there is none."""
        holder = self.parents[call]
        targets: Sequence[cst.BaseAssignTargetExpression] = ()
        if isinstance(holder, cst.Assign):
            targets = [each.target for each in holder.targets]
        elif isinstance(holder, cst.AnnAssign):
            targets = [holder.target]
        found = {self.known(target) for target in targets}
        return found.pop() if len(found) == 1 else None

    def imported(self, assignment: ImportAssignment) -> tuple[cst.Import | cst.ImportFrom, cst.ImportAlias] | None:
        """The import and the part of it that binds a name."""
        node = assignment.node
        if isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar):
            for alias in node.names:
                if assignment.name in (alias.evaluated_alias, alias.evaluated_name):
                    return node, alias
        if isinstance(node, cst.Import):  # `import a.b` binds `a` too
            return next(((node, alias) for alias in node.names if alias.evaluated_name.startswith(f"{assignment.name}.")), None)
        return None

    def module_of(self, node: cst.ImportFrom) -> str:
        """The module that an import is from."""
        name = self.module.code_for_node(node.module) if node.module is not None else None
        if not node.relative:
            return name or ""
        holders = self.source.package.split(".")
        return ".".join(filter(None, [*holders[: len(holders) - len(node.relative) + 1], name]))

    def path_of(self, assignment: BaseAssignment) -> str | None:
        """The dotted path of what is imported or bound at the top of the file."""
        if isinstance(assignment, ImportAssignment):
            found = self.imported(assignment)
            if found is None:
                return None
            node, alias = found
            if isinstance(node, cst.ImportFrom):
                return f"{self.module_of(node)}.{alias.evaluated_name}"
            return alias.evaluated_name if alias.evaluated_alias else assignment.name.partition(".")[0]
        return f"{self.source.module}.{assignment.name}" if isinstance(assignment.scope, GlobalScope) else None

    def mmengine_path(self, path: str | None) -> str | None:
        """The name in mmengine.registry of what a dotted path leads to."""
        return mmengine_name(self.table.origin(path)) if path is not None else None

    def is_dotted_root(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is one of MMEngine's root registries by way of a module, so that no import of it can be moved."""
        return isinstance(node, cst.Attribute) and self.mmengine(node) in ROOTS

    def _path(self, node: cst.BaseExpression) -> str | None:
        """The dotted path of an expression whose first name is bound once, by an import or at the top of the file."""
        paths = self._paths(node)
        is_bound_else = any(self.path_of(each) is None for each in self.assignments(node))
        return paths.pop() if len(paths) == 1 and not is_bound_else else None

    def _paths(self, node: cst.BaseExpression) -> set[str]:
        """The dotted paths of an expression, by each import and assignment that its first name may be bound by."""
        names: list[str] = []
        first = node
        while isinstance(first, cst.Attribute):
            names.insert(0, first.attr.value)
            first = first.value
        return {".".join([path, *names]) for each in self.assignments(node) if (path := self.path_of(each)) is not None}

    def _meaning(self, assignment: BaseAssignment, node: cst.BaseExpression) -> Known | None:
        if isinstance(assignment, ImportAssignment) or isinstance(assignment.scope, GlobalScope):
            path = self._path(node)
            return self.table.known(path) if path is not None else None
        return self._of_local(assignment) if isinstance(node, cst.Name) and isinstance(assignment, Assignment) else None

    def _of_local(self, assignment: Assignment) -> Known | None:
        """A registry that is made in a function."""
        holder = next(self.ancestors(assignment.node), None)
        statement = self.parents.get(holder) if isinstance(holder, cst.AssignTarget) else holder
        if not isinstance(statement, (cst.Assign, cst.AnnAssign)) or assignment.scope.__class__.__name__ != "FunctionScope":
            return None
        value = statement.value
        if isinstance(value, cst.Call) and self.mmengine(value.func) == "Registry":
            if value not in self._local:
                self._local[value] = Known(Kind.STAYING, assignment.name)  # what is its own parent
                self._local[value] = self._plan_local(value, assignment.name)
            return self._local[value]
        return None

    def _plan_local(self, call: cst.Call, name: str) -> Known:
        written = ast.parse(self.module.code_for_node(call).strip(), mode="eval").body
        assert isinstance(written, ast.Call), "it is the same call"
        above = next((each.value for each in call.args if each.keyword is not None and each.keyword.value == "parent"), None)
        if above is None and len(call.args) > 2 and all(each.keyword is None for each in call.args[:3]):
            above = call.args[2].value
        known = self.table.plan(self.source, name, written, self.known(above) if above is not None else None, None)
        if known.kind is Kind.MOVING and known.parent is not None:
            self.table.take_scope(known, {each.scope for each in _above(known) if each.scope is not None})
        return known


class _ParentFinder(cst.CSTVisitor):
    """libcst's own provider takes three times as long."""

    def __init__(self) -> None:
        super().__init__()
        self.parents: dict[cst.CSTNode, cst.CSTNode] = {}
        self._around: list[cst.CSTNode] = []

    @override
    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._around:
            self.parents[node] = self._around[-1]
        self._around.append(node)
        return True

    @override
    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._around.pop()


def _parents(module: cst.Module) -> dict[cst.CSTNode, cst.CSTNode]:
    finder = _ParentFinder()
    module.visit(finder)
    return finder.parents


def _above(known: Known) -> Iterator[Known]:
    while known.parent is not None:
        known = known.parent
        yield known
