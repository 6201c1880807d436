"""What becomes of `Registry(...)` and of the imports in one file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata import BaseAssignment, GlobalScope, ImportAssignment
from typing_extensions import override

from typed_registry.cli._migration_calls import constructed
from typed_registry.cli._migration_changes import Changes
from typed_registry.cli._migration_meanings import Meanings
from typed_registry.cli._migration_names import BUILD_FROM_CFG, ROOTS, is_mmengine
from typed_registry.cli._migration_table import Kind, Known, Target

__all__ = ["Constructions", "Imports"]

_ANY = Target("builtins", "object")


@dataclass
class _Line:
    """An import statement: which of its parts go, and what comes after it."""

    dropped: list[cst.ImportAlias] = field(default_factory=list[cst.ImportAlias])
    new: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class _Construction:
    """A call of MMEngine's `Registry` that becomes one of ours."""

    call: cst.Call
    known: Known


class Constructions(cst.CSTVisitor):
    """Finds the calls of MMEngine's `Registry`, and notes those that stay."""

    def __init__(self, meanings: Meanings, changes: Changes) -> None:
        super().__init__()
        self._meanings = meanings
        self._changes = changes
        self.found: list[_Construction] = []

    @override
    def visit_Call(self, node: cst.Call) -> None:
        if self._meanings.mmengine(node.func) != "Registry":
            if "Registry" in self._meanings.mmengine_names(node.func):
                self._changes.note(node, "left as it is: what is called may be MMEngine's Registry, or another")
            return
        known = self._meanings.called(node)
        reason = self._obstacle(node, known)
        if known is None or reason:
            if known is not None:
                known.kind = Kind.STAYING  # so are its uses, also those in other files
            self._changes.note(node, f"left as MMEngine's: {reason}")
            return
        self.found.append(_Construction(node, known))
        dropped = [node.func, _argument(node, "build_func", 1), _argument(node, "parent", 2) if known.drops_parent else None]
        for each in filter(None, dropped):
            self._changes.replace(each)
        for text in known.notes:
            self._changes.note(node, text)

    def _obstacle(self, node: cst.Call, known: Known | None) -> str:
        if known is None or known.kind is not Kind.MOVING:
            return known.reason if known is not None and known.reason else "it isn't assigned to a name that is bound once"
        if not isinstance(self._meanings.parents[_import_of(self._meanings, node.func)[0]], cst.SimpleStatementLine):
            return "the import of Registry doesn't stand on a line of its own"
        above = _argument(node, "parent", 2)
        if above is not None and not known.drops_parent and self._meanings.is_dotted_root(above):
            return f"import its parent from {self._meanings.table.options.roots}"
        return ""


class Imports:
    """Rewrites the constructions and the imports that they and all else need."""

    def __init__(self, meanings: Meanings, changes: Changes, constructions: Sequence[_Construction]) -> None:
        self._meanings = meanings
        self._changes = changes
        self._constructions = constructions
        self._lines: dict[cst.CSTNode, _Line] = {}
        self._names = meanings.global_names()
        self._exported = _exported(meanings.source.data)
        self._typed: dict[cst.CSTNode, cst.BaseExpression] = {}  # what Registry is called, by the part of an import that it came by

    def plan(self) -> None:
        """Gather all changes."""
        for each in self._constructions:
            self._construct(each)
        for alias, assignments in self._parts().items():
            self._import(alias, assignments)
        for line, edit in self._lines.items():
            self._changes.lines[line] = self._edit(edit)

    # --- constructions ---

    def _construct(self, each: _Construction) -> None:
        node, alias = _import_of(self._meanings, each.call.func)
        line = self._line(node)
        if alias not in self._typed:
            self._typed[alias] = self._registry_name(each.call.func, line, alias)
        name = self._typed[alias]
        protocol = self._protocol(each, line)
        known = each.known
        has_scope = _argument(each.call, "scope", 3) is not None
        scope = known.scope if known.infers_scope else None
        drops = has_scope and (scope is not None or known.lost_scope)

        def rewritten(call: cst.Call) -> cst.CSTNode:
            return constructed(
                call,
                name.deep_clone(),
                protocol.deep_clone(),
                drops_parent=known.drops_parent,
                scope=scope,
                drops_scope=drops,
            )

        self._changes.edits[each.call] = rewritten
        self._annotate(each.call, name, protocol)

    def _annotate(self, call: cst.Call, name: cst.BaseExpression, protocol: cst.BaseExpression) -> None:
        made = cst.Annotation(cst.Subscript(name.deep_clone(), [cst.SubscriptElement(cst.Index(protocol.deep_clone()))]))
        holder = self._meanings.parents[call]
        if isinstance(holder, cst.AnnAssign):
            self._changes.replace(holder.annotation)
            self._changes.edits[holder.annotation] = lambda before: made.with_changes(
                whitespace_before_indicator=before.whitespace_before_indicator, whitespace_after_indicator=before.whitespace_after_indicator
            )
        elif isinstance(holder, cst.Assign) and len(holder.targets) == 1:
            self._changes.edits[holder] = lambda before: cst.AnnAssign(
                before.targets[0].target, made, before.value, semicolon=before.semicolon
            )

    def _registry_name(self, func: cst.BaseExpression, line: _Line, alias: cst.ImportAlias) -> cst.BaseExpression:
        """What our Registry is called where MMEngine's was, and the import of it."""
        if isinstance(func, cst.Name) and not self._stays(func):
            line.dropped.append(alias)
            line.new.append("from typed_registry import Registry" + (f" as {func.value}" if func.value != "Registry" else ""))
            return func
        name = next(each for each in ("Registry", "TypedRegistry", "TypedRegistry_") if each not in self._names)
        self._names.add(name)
        line.new.append("from typed_registry import Registry" + (f" as {name}" if name != "Registry" else ""))
        return cst.Name(name)

    def _stays(self, func: cst.Name) -> bool:
        """Whether MMEngine's Registry is still called, or subclassed, by the name that it is called by here."""
        for assignment in self._meanings.assignments(func):
            for node in (access.node for access in assignment.references):
                holder = self._meanings.parents[node]
                is_base = isinstance(holder, cst.Arg) and isinstance(self._meanings.parents[holder], cst.ClassDef)
                if node not in self._changes.replaced and (is_base or (isinstance(holder, cst.Call) and holder.func is node)):
                    return True
        return False

    def _protocol(self, each: _Construction, line: _Line) -> cst.BaseExpression:
        target = each.known.protocol or _ANY
        written = self._annotated(each.call)
        if written is not None and target == each.known.protocol:
            return written
        first, _, rest = target.qualname.partition(".")
        if target.module == "builtins" or target.module == self._meanings.source.module:
            return cst.parse_expression(target.qualname)
        if first in self._names and not self._is_from(first, f"{target.module}.{first}"):
            line.new.append(f"import {target.module}")
            return cst.parse_expression(f"{target.module}.{target.qualname}")
        self._names.add(first)
        if (text := f"from {target.module} import {first}") not in line.new and not self._is_bound_at_run_time(first):
            line.new.append(text)
        return cst.parse_expression(f"{first}.{rest}" if rest else first)

    def _annotated(self, call: cst.Call) -> cst.BaseExpression | None:
        """The T of an annotation `Registry[T]` that was there, if it has a value when the module runs."""
        holder = self._meanings.parents[call]
        if not isinstance(holder, cst.AnnAssign):
            return None
        node: cst.BaseExpression = holder.annotation.annotation
        if isinstance(node, cst.SimpleString):
            node = cst.parse_expression(str(node.evaluated_value))
        if not isinstance(node, cst.Subscript) or not isinstance(node.slice[0].slice, cst.Index):
            return None
        written = node.slice[0].slice.value
        first = written
        while isinstance(first, cst.Attribute):
            first = first.value
        return written if isinstance(first, cst.Name) and self._is_bound_at_run_time(first.value) else None

    def _globals(self, name: str) -> list[BaseAssignment]:
        return [each for scope in self._meanings.scopes() if isinstance(scope, GlobalScope) for each in scope[name]]

    def _is_bound_at_run_time(self, name: str) -> bool:
        return any(not self._is_checked_only(each) for each in self._globals(name))

    def _is_checked_only(self, assignment: BaseAssignment) -> bool:
        node = getattr(assignment, "node", None)
        around = self._meanings.ancestors(node) if isinstance(node, cst.CSTNode) else ()
        return any(isinstance(each, cst.If) and "TYPE_CHECKING" in self._meanings.module.code_for_node(each.test) for each in around)

    def _is_from(self, name: str, origin: str) -> bool:
        paths = {self._meanings.path_of(each) for each in self._globals(name)}
        return paths <= {origin}

    # --- imports ---

    def _parts(self) -> dict[cst.ImportAlias, list[ImportAssignment]]:
        """The parts of all imports that stand on lines of their own, with the names that they bind."""
        parts: dict[cst.ImportAlias, list[ImportAssignment]] = {}
        for each in self._meanings.imports():
            found = self._meanings.imported(each)
            if found is not None and self._stands_alone(found[0]):
                parts.setdefault(found[1], []).append(each)
        return parts

    def _stands_alone(self, node: cst.CSTNode) -> bool:
        return isinstance(self._meanings.parents[node], cst.SimpleStatementLine)

    def _line(self, node: cst.CSTNode) -> _Line:
        return self._lines.setdefault(self._meanings.parents[node], _Line())

    def _import(self, alias: cst.ImportAlias, assignments: Sequence[ImportAssignment]) -> None:
        node = assignments[0].node
        path = self._meanings.path_of(assignments[0])
        name = self._meanings.mmengine_path(path)
        if name in ROOTS and self._meanings.table.options.roots is not None and isinstance(node, cst.ImportFrom):
            self._move_root(node, alias, name or "")
        elif (name in ROOTS or name == BUILD_FROM_CFG or (path is not None and is_mmengine(path))) and self._is_unused(assignments):
            self._line(node).dropped.append(alias)

    def _move_root(self, node: cst.ImportFrom, alias: cst.ImportAlias, name: str) -> None:
        line = self._line(node)
        local = alias.evaluated_alias or alias.evaluated_name
        line.dropped.append(alias)
        line.new.append(f"from {self._meanings.table.options.roots} import {name}" + (f" as {local}" if local != name else ""))

    def _is_unused(self, assignments: Sequence[ImportAssignment]) -> bool:
        """Whether all that used an import went away, and nobody else can ask the module for it."""
        used = [access.node for each in assignments for access in each.references]
        names = {each.name for each in assignments}
        asked_for = names & self._exported or any(
            f"{self._meanings.source.module}.{name}" in self._meanings.table.imports for name in names
        )
        return bool(used) and not asked_for and all(node in self._changes.replaced for node in used)

    def _edit(self, line: _Line) -> Callable[[cst.SimpleStatementLine], list[cst.SimpleStatementLine]]:
        kept_names = [(each.evaluated_name, each.evaluated_alias) for each in line.dropped]

        def edited(statement: cst.SimpleStatementLine) -> list[cst.SimpleStatementLine]:
            kept = [small for each in statement.body if (small := _without(each, kept_names)) is not None]
            new = [cst.parse_statement(text) for text in dict.fromkeys(line.new)]
            lines = [each for each in new if isinstance(each, cst.SimpleStatementLine)]
            if kept:
                body = [*kept[:-1], kept[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)]
                return [statement.with_changes(body=body), *lines]
            if not lines:
                return []
            first = lines[0].with_changes(leading_lines=statement.leading_lines, trailing_whitespace=statement.trailing_whitespace)
            return [first, *lines[1:]]

        return edited


def _import_of(meanings: Meanings, func: cst.BaseExpression) -> tuple[cst.Import | cst.ImportFrom, cst.ImportAlias]:
    """The import that a name of MMEngine's came by."""
    imports = [each for each in meanings.assignments(func) if isinstance(each, ImportAssignment)]
    return next(found for each in imports if (found := meanings.imported(each)) is not None)


def _argument(call: cst.Call, name: str, position: int) -> cst.BaseExpression | None:
    named = [each.value for each in call.args if each.keyword is not None and each.keyword.value == name]
    by_place = [each.value for each in call.args[position : position + 1] if each.keyword is None]
    return next(iter(named + by_place), None)


def _without(node: cst.BaseSmallStatement, names: Sequence[tuple[str, str | None]]) -> cst.BaseSmallStatement | None:
    """An import without some of its parts; None when nothing is left of it."""
    if not isinstance(node, (cst.Import, cst.ImportFrom)) or isinstance(node.names, cst.ImportStar):
        return node
    kept = [each for each in node.names if (each.evaluated_name, each.evaluated_alias) not in names]
    if not kept:
        return None
    is_open = isinstance(node, cst.ImportFrom) and node.lpar is not None
    last = kept[-1].with_changes(comma=node.names[-1].comma if is_open else cst.MaybeSentinel.DEFAULT)
    return node.with_changes(names=[*kept[:-1], last])


def _exported(data: bytes) -> set[str]:
    """The names in a module's `__all__`."""
    found: set[str] = set()
    for node in ast.parse(data).body:
        if isinstance(node, (ast.Assign, ast.AugAssign)) and "__all__" in ast.unparse(node).partition("=")[0]:
            found.update(each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))
    return found
