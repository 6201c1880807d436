"""What is done with registries in one file: registering, building, looking up, and what has no counterpart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import Assignment
from typing_extensions import override

from typed_registry.cli._migration_calls import built, built_by_registry, found, registered, registry_argument, string_value
from typed_registry.cli._migration_changes import Changes
from typed_registry.cli._migration_meanings import Meanings
from typed_registry.cli._migration_names import ATTRIBUTE_NOTES, BUILD_FROM_CFG, NAME_NOTES, is_mmengine
from typed_registry.cli._migration_table import Kind, Known

__all__ = ["Uses"]

_OURS = (Kind.MOVING, Kind.TYPED)
_ONLY_MMENGINES = (
    *("register_module", "module_dict", "_module_dict", "build_func", "children"),
    *("switch_scope_and_registry", "import_from_location"),
)
_TEXT_METHODS = ("capitalize", "format", "join", "lower", "lstrip", "replace", "rstrip", "strip", "title", "upper")
_REFUSED = "functions that are coroutines or generators can't be registered: what they give is not what they make in the end"
_NO_KEY_ERROR = "for an unknown name it raises ConfigError, for a taken one DuplicateEntryError: they are ValueErrors, no KeyErrors"


class Uses(cst.CSTVisitor):
    """Goes through a file and gathers what changes where registries are used."""

    def __init__(self, meanings: Meanings, changes: Changes) -> None:
        super().__init__()
        self._meanings = meanings
        self._changes = changes
        self._noted = NAME_NOTES.keys() | {
            each.name for each in meanings.imports() if meanings.mmengine_path(meanings.path_of(each)) in NAME_NOTES
        }
        self._seen: set[cst.CSTNode] = set()  # attributes that were dealt with as part of a call
        self.left_roots: set[str] = set()

    @override
    def visit_Import(self, node: cst.Import) -> bool:
        return False

    @override
    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        if isinstance(node.names, cst.ImportStar) and is_mmengine(self._meanings.module_of(node)):
            self._changes.note(node, "left as it is: import what is used by name")
        return False

    @override
    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute):
            method = {"register_module": self._register, "build": self._build, "get": self._get}.get(node.func.attr.value)
            known = self._meanings.known(node.func.value) if method is not None else None
            if method is not None and known is not None:
                self._seen.add(node.func)
                if known.kind in _OURS:
                    if self._meanings.is_dotted_root(node.func.value):
                        self._changes.note(node, f"left as it is: import the registry from {self._meanings.table.options.roots}")
                    else:
                        method(node, known)
                    return
                if known.kind is Kind.ROOT:
                    self.left_roots.add(known.label)
            elif method is not None and self._means_another(node, method) and self._meanings.may_be_known(node.func.value):
                self._changes.note(node, "left as it is: this may be one of several registries")
        self._function(node)

    @override
    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if name in ATTRIBUTE_NOTES and node not in self._seen:
            known = self._meanings.known(node.value)
            if known is not None and (known.kind is Kind.MOVING or (known.kind is Kind.TYPED and name in _ONLY_MMENGINES)):
                self._changes.note(node, ATTRIBUTE_NOTES[name])
        self._name(node)

    @override
    def visit_Name(self, node: cst.Name) -> None:
        self._name(node)

    @override
    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        if any(self._meanings.mmengine(each.value) == "Registry" for each in node.bases):
            self._changes.note(node, "left as it is: a subclass of MMEngine's Registry, and so are the registries that are made from it")

    @override
    def visit_Arg(self, node: cst.Arg) -> None:
        if node.keyword is not None and node.keyword.value == "_scope_":
            self._scope(node)

    @override
    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        if string_value(node) == "_scope_":
            self._scope(node)

    # --- methods of registries ---

    def _means_another(self, node: cst.Call, method: Callable[[cst.Call, Known], None]) -> bool:
        """Whether a method's call would be written otherwise if it were certain that a registry of ours is asked."""
        return method != self._build or len(node.args) != 1 or node.args[0].keyword is not None or bool(node.args[0].star)

    def _register(self, node: cst.Call, known: Known) -> None:
        holder = self._meanings.parents[node]
        if isinstance(holder, cst.Decorator) and (problem := self._cannot_register(self._meanings.parents[holder])):
            self._changes.note(node, problem)
            return
        self._edit(node, lambda call: registered(call, self._is_text), lambda call: registered(call, lambda _: True))
        self._errors(node, known)

    def _build(self, node: cst.Call, known: Known) -> None:
        keywords = {each.keyword.value for each in node.args if each.keyword is not None}
        if known.kind is Kind.TYPED and not keywords & {"cfg", "default_args"}:
            return
        if keywords or len(node.args) != 1 or node.args[0].star:
            self._edit(node, built, built)
        self._errors(node, known)
        if node.args and not node.args[0].star:
            self._config(node.args[0].value)

    def _get(self, node: cst.Call, known: Known) -> None:
        holder = self._meanings.parents[node]
        if known.kind is Kind.TYPED or self._is_only_tested(node, holder):
            return
        certainly = (isinstance(holder, cst.Call) and holder.func is node) or (isinstance(holder, cst.Attribute) and holder.value is node)
        bare = isinstance(holder, (cst.Assign, cst.AnnAssign, cst.Return, cst.Arg))
        self._edit(node, lambda call: found(call, certainly=certainly, bare=bare), lambda call: found(call, certainly=certainly, bare=bare))
        key = string_value(node.args[0].value) if len(node.args) == 1 else None
        if key is not None and "." in key:
            self._changes.note(node, "names are scope.Name, never paths of modules")

    def _errors(self, node: cst.Call, known: Known) -> None:
        """Note where a KeyError is expected, which MMEngine raises for names that are unknown or taken."""
        inner: cst.CSTNode = node
        for each in self._meanings.ancestors(node):
            if isinstance(each, (cst.FunctionDef, cst.Lambda)) and not isinstance(inner, cst.Decorator):
                return
            caught: Sequence[cst.CSTNode] = ()
            if isinstance(each, cst.Try) and each.body is inner:
                caught = [handler.type for handler in each.handlers if handler.type is not None]
            elif isinstance(each, cst.With) and each.body is inner:
                caught = each.items
            if known.kind is Kind.MOVING and any(map(_names_key_error, caught)):
                self._changes.note(node, _NO_KEY_ERROR)
                return
            inner = each

    def _edit(self, node: cst.Call, tried: Callable[[cst.Call], Any], made: Callable[[cst.Call], Any]) -> None:
        """Note why a call can't be changed, or change it when all that is inside it was."""
        reason = tried(node)
        if isinstance(reason, str):
            self._changes.note(node, reason)
            return
        self._changes.edits[node] = made

    def _cannot_register(self, holder: cst.CSTNode) -> str:
        if isinstance(holder, cst.FunctionDef) and (holder.asynchronous is not None or _yields(holder.body)):
            return _REFUSED
        if isinstance(holder, cst.ClassDef) and any(_is_abstract(each) for each in holder.body.body):
            return "an abstract class can't be registered: nothing can be built from it"
        return ""

    @staticmethod
    def _is_only_tested(node: cst.Call, holder: cst.CSTNode) -> bool:
        """Whether only the truth of an Entry or None counts, which is that of the class or None."""
        if isinstance(holder, cst.Comparison) and holder.left is node and len(holder.comparisons) == 1:
            target = holder.comparisons[0]
            is_none = isinstance(target.comparator, cst.Name) and target.comparator.value == "None"
            return is_none and isinstance(target.operator, (cst.Is, cst.IsNot))
        if isinstance(holder, (cst.If, cst.While, cst.IfExp, cst.Assert)):
            return holder.test is node
        return isinstance(holder, cst.UnaryOperation) and isinstance(holder.operator, cst.Not)

    # --- functions of mmengine.registry ---

    def _function(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Name) and node.func.value == "len" and len(node.args) == 1:
            known = self._meanings.known(node.args[0].value)
            if known is not None and known.kind is Kind.MOVING:
                self._changes.note(node, "len counts entries, not their names; all_names() has aliases and parents' names too")
        elif self._meanings.mmengine(node.func) == BUILD_FROM_CFG:
            self._build_from_cfg(node)

    def _build_from_cfg(self, node: cst.Call) -> None:
        registry = registry_argument(node)
        known = self._meanings.known(registry) if registry is not None else None
        if known is None:
            return  # the name itself is noted
        self._seen.add(node.func)
        if known.kind in _OURS:
            self._edit(node, built_by_registry, built_by_registry)
            if node in self._changes.edits:
                self._changes.replace(node.func)
            self._errors(node, known)
            self._config(node.args[0].value)

    def _name(self, node: cst.Name | cst.Attribute) -> None:
        last = node.attr.value if isinstance(node, cst.Attribute) else node.value
        if last not in self._noted or node in self._seen or node in self._changes.replaced:
            return
        holder = self._meanings.parents[node]
        is_part = (isinstance(holder, cst.Attribute) and holder.attr is node) or (isinstance(holder, cst.Arg) and holder.keyword is node)
        names = set[str]() if is_part or isinstance(holder, (cst.AssignTarget, cst.Param)) else self._meanings.mmengine_names(node)
        for name in sorted(names & NAME_NOTES.keys()):
            self._changes.note(node, NAME_NOTES[name])

    # --- configs ---

    def _scope(self, node: cst.CSTNode) -> None:
        self._changes.note(node, "_scope_ isn't read: write scope.Name as the type, or build within `with REGISTRY.using(scope):`")

    def _config(self, node: cst.BaseExpression) -> None:
        """Note what a config that is written out holds that isn't taken."""
        if isinstance(node, (cst.List, cst.ListComp, cst.Tuple)):
            self._changes.note(node, "build takes one config, no list of them")
        kind = _type_of(node)
        if isinstance(kind, cst.Lambda) or (isinstance(kind, (cst.Name, cst.Attribute)) and self._is_class(kind)):
            self._changes.note(
                node, "the type in a config is the name of an entry; a class is built by REGISTRY.build(REGISTRY.spec(cls, ...))"
            )

    def _is_class(self, node: cst.Name | cst.Attribute) -> bool:
        if any(isinstance(getattr(each, "node", None), (cst.ClassDef, cst.FunctionDef)) for each in self._meanings.assignments(node)):
            return isinstance(node, cst.Name)
        name = (node.attr if isinstance(node, cst.Attribute) else node).value
        return name[:1].isupper() and not name.isupper()

    def _is_text(self, node: cst.BaseExpression) -> bool:
        """Whether an expression certainly is a str."""
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)):
            return True
        if isinstance(node, cst.BinaryOperation):
            return self._is_text(node.left) and isinstance(node.operator, (cst.Add, cst.Modulo))
        if isinstance(node, cst.Attribute):
            return node.attr.value in ("__name__", "__qualname__")
        if isinstance(node, cst.Call):
            called = node.func
            is_method = isinstance(called, cst.Attribute) and called.attr.value in _TEXT_METHODS and self._is_text(called.value)
            return is_method or (isinstance(called, cst.Name) and called.value == "str")
        bound = self._meanings.assignments(node) if isinstance(node, cst.Name) else ()
        return bool(bound) and all(isinstance(each, Assignment) and self._is_bound_to_text(each) for each in bound)

    def _is_bound_to_text(self, assignment: Assignment) -> bool:
        node = assignment.node
        if isinstance(node, cst.Param):
            return (
                node.annotation is not None
                and isinstance(node.annotation.annotation, cst.Name)
                and node.annotation.annotation.value == "str"
            )
        holder = self._meanings.parents.get(node)
        statement = self._meanings.parents.get(holder) if isinstance(holder, cst.AssignTarget) else holder
        value = statement.value if isinstance(statement, (cst.Assign, cst.AnnAssign)) else None
        return isinstance(value, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString))


def _type_of(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The type in a config that is written as a dict."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "dict":
        return next((each.value for each in node.args if each.keyword is not None and each.keyword.value == "type"), None)
    if isinstance(node, cst.Dict):
        pairs = [each for each in node.elements if isinstance(each, cst.DictElement)]
        return next((each.value for each in pairs if string_value(each.key) == "type"), None)
    return None


def _names_key_error(node: cst.CSTNode) -> bool:
    return (isinstance(node, cst.Name) and node.value in ("KeyError", "LookupError")) or any(map(_names_key_error, node.children))


def _yields(node: cst.CSTNode) -> bool:
    """Whether a function's body yields, apart from functions in it."""
    inner = (cst.FunctionDef, cst.Lambda, cst.ClassDef, cst.GeneratorExp)
    return isinstance(node, cst.Yield) or any(_yields(child) for child in node.children if not isinstance(child, inner))


def _is_abstract(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.FunctionDef):
        return False
    marks = [each.decorator for each in node.decorators]
    return any(
        (each.attr if isinstance(each, cst.Attribute) else each).value == "abstractmethod"
        for each in marks
        if isinstance(each, (cst.Name, cst.Attribute))
    )
