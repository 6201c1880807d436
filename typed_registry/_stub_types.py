"""Types as source, written as their users wrote them: each name imported from where it is defined, each slot also taking configs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, ForwardRef, ParamSpec, TypeVar, TypeVarTuple

import typing_extensions

from typed_registry._slots import RegistryNode
from typed_registry._stub_expressions import Renaming, UnresolvedError, chain_of, evaluated, expression, parsed
from typed_registry._stub_names import Imports
from typed_registry._stub_slots import is_spec_type, marked, only_root, registry_node, slot_in
from typed_registry._stub_sources import UNKNOWN, Meaning, NameScope, Sources
from typed_registry._stub_text import double_quoted
from typed_registry._stub_values import source_of, subscripted, type_arguments, union
from typed_registry._stub_written import TypeText, Written

__all__ = ["TypeWriter"]

_VARIABLES = (TypeVar, ParamSpec, TypeVarTuple, typing_extensions.TypeVar, typing_extensions.ParamSpec, typing_extensions.TypeVarTuple)
_TYPING = ("typing", "typing_extensions", "dataclasses")
_MARKS = frozenset({"ClassVar", "Final", "InitVar", "NotRequired", "ReadOnly", "Required"})
_SEQUENCES = frozenset({"List", "MutableSequence", "Sequence", "Tuple", "list", "tuple"})
_MAPPINGS = frozenset({"Dict", "Mapping", "MutableMapping", "dict"})
_OPEN = _SEQUENCES | _MAPPINGS | {"Optional", "Union"}


class TypeWriter:
    """Writes the types of one generated file.

    Args:
        node: The registry.
        sources: Where modules are looked up.
        imports: What the file imports.
        slot_of: What a slot of a registry takes, beside what is given.
        named: Puts aliases into a type for unions that have one.
        is_decorated: Whether a class is registered by a decorator, of which a config may not speak (see `instance_of`).
    """

    def __init__(
        self,
        node: RegistryNode,
        sources: Sources,
        imports: Imports,
        slot_of: Callable[[RegistryNode, list[ast.expr]], ast.expr],
        named: Callable[[ast.expr], ast.expr],
        is_decorated: Callable[[Meaning], bool],
    ) -> None:
        self.node = node
        self.sources = sources
        self.imports = imports
        self.slot_of = slot_of
        self.named = named
        self.is_decorated = is_decorated
        self.variables: dict[tuple[str, str], str] = {}
        self.instances: dict[str, str] = {}

    def text(
        self, written: Written, keep: frozenset[str] | None = frozenset(), *, is_product: bool = False, is_config: bool = False
    ) -> TypeText:
        """The source of a type.

        Args:
            written: The type.
            keep: The type variables that may stand in it, others become what they stand for at most; None to learn which there are.
            is_product: Whether it is what is made, which is no config.
            is_config: Whether it stands in a TypedDict, which pyright reads before it knows the registry.

        Raises:
            UnresolvedError: A name in it means nothing.
        """
        try:
            writing = _Writing(self, written.scope, keep, is_plain=is_product, is_config=is_config)
            made = writing.of(written.node)
        except UnresolvedError:
            if written.value is UNKNOWN:
                raise
            writing = _Writing(self, None, keep, is_plain=is_product, is_config=is_config)
            made = writing.of_value(written.value)
        text = double_quoted(ast.unparse(made if is_product else self.named(made)))
        if written.is_item:
            text = f"{self.name('collections.abc', 'Sequence') if writing.has_slot else self.name('builtins', 'list')}[{text}]"
        return TypeText(text, tuple(dict.fromkeys(writing.notes)), frozenset(writing.variables))

    def name(self, module: str, name: str) -> str:
        """How the file calls what a module has."""
        return self.imports.name(module, name)

    def variable(self, name: str, limit: str) -> str:
        """A type variable of this file."""
        if (name, limit) not in self.variables:
            self.variables[name, limit] = self.imports.declare(f"_{name.lstrip('_')}")
        return self.variables[name, limit]

    def instance_of(self, meaning: Meaning) -> str:
        """The protocol that instances of a class satisfy, and no others.

        Where the dicts of a registry spoke of a class that a decorator of it returns, pyright would say that the registry's type depends
        on itself. What a property returns is only looked at when it is needed.
        """
        reference = ast.unparse(self.with_arguments(meaning))
        if reference not in self.instances:
            self.instances[reference] = self.imports.declare(f"_{meaning.name.replace('.', '')}Instance")
        return self.instances[reference]

    def reference(self, meaning: Meaning) -> ast.expr:
        """How the file names something."""
        if meaning.through_module:
            return expression(f"{self.imports.module(meaning.module, meaning.alias)}.{meaning.name}")
        first, dot, rest = meaning.name.partition(".")
        return expression(f"{self.imports.name(meaning.module, first)}{dot}{rest}")

    def with_arguments(self, meaning: Meaning) -> ast.expr:
        """What stands without arguments as a type: checkers that are strict ask a generic one for them."""
        kinds = type_arguments(meaning.value)
        reference = self.reference(meaning)
        return subscripted(reference, [expression(kind or self.name("typing", "Any")) for kind in kinds]) if kinds else reference


@dataclass
class _Writing:
    """The writing of one type."""

    writer: TypeWriter
    scope: NameScope | None
    keep: frozenset[str] | None
    notes: list[str] = field(default_factory=list[str])
    variables: set[str] = field(default_factory=set[str])
    has_slot: bool = False
    is_config: bool = False
    is_plain: bool = False  # inside of what is written without the configs that it may be given as
    is_closed: bool = False  # inside of a type that may not be covariant
    is_unspeakable: bool = False
    inside: tuple[Any, ...] = ()  # aliases that are written out

    def of(self, node: ast.expr | None, explicit: RegistryNode | None = None) -> ast.expr:
        """The type that a piece of an annotation is."""
        match node:
            case ast.Constant(value=str(text)):
                return self.of(parsed(text), explicit)
            case ast.Constant():
                return node
            case ast.Name() | ast.Attribute():
                return self._named(node, explicit)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return union([self.of(left, explicit), self.of(right, explicit)])
            case ast.Subscript():
                return self._subscript(node, explicit)
            case ast.List(elts=items):
                return ast.List([self.of(item, explicit) for item in items], ast.Load())
            case ast.Tuple(elts=items):
                return ast.Tuple([self.of(item, explicit) for item in items], ast.Load())
            case ast.Starred(value=value):
                return ast.Starred(self.of(value, explicit), ast.Load())
            case _:
                raise UnresolvedError("there is no source of it" if node is None else f"{ast.unparse(node)} is no type")

    def of_value(self, value: Any, explicit: RegistryNode | None = None) -> ast.expr:
        """The type that an object is of which there is no source."""
        if hasattr(value, "__value__") and not _is_one_of(value, self.inside):
            self.inside = (*self.inside, value)
            value = value.__value__
        source = source_of(value)
        if source is None:
            raise UnresolvedError("a text in it can't be resolved")
        outer, self.scope = self.scope, NameScope(self.writer.sources, "", local=source[1])
        made = self.of(source[0], explicit)
        self.scope = outer
        return made

    def _named(self, node: ast.Name | ast.Attribute, explicit: RegistryNode | None) -> ast.expr:
        meaning = self._meaning(node)
        value = meaning.value
        if isinstance(value, _VARIABLES):
            return self._variable(value)
        found = self._as_slot(value, explicit, lambda: self._reference(meaning))
        if found is not None:
            return found
        if self._holds_slots(value, explicit):  # an alias
            return self.of_value(value, explicit)
        return self._reference(meaning, self.writer.with_arguments)

    def _meaning(self, node: ast.expr) -> Meaning:
        chain = chain_of(node)
        if chain is None or self.scope is None:
            raise UnresolvedError(f"{ast.unparse(node)} is no type")
        if chain in self.scope.variables:
            limit = self.scope.variables[chain]
            written = "TypeVarTuple" if isinstance(limit, ast.Starred) else "ParamSpec" if isinstance(limit, ast.List) else "TypeVar"
            return Meaning("", chain, chain, _new_variable(chain, written))
        meaning = self.scope.meaning(chain)
        if meaning is None:
            raise UnresolvedError(f"name {chain!r} is not defined in module {self.scope.module}")
        kind = self.scope.sources.kind_of_variable(meaning) if meaning.value is UNKNOWN else None
        if kind is not None:
            return meaning._replace(value=_new_variable(meaning.name, kind))
        return meaning

    def _reference(self, meaning: Meaning, write: Callable[[Meaning], ast.expr] | None = None) -> ast.expr:
        if meaning.module and not meaning.name:
            raise UnresolvedError(f"{meaning.alias} is a module")
        if not meaning.is_importable:
            return self._widened(meaning)
        if self.is_config and self.writer.is_decorated(meaning):
            self.has_slot = True
            self.is_unspeakable = self.is_unspeakable or self.is_closed
            return expression(self.writer.instance_of(meaning))
        return (write or self.writer.reference)(meaning)

    def _widened(self, meaning: Meaning) -> ast.expr:
        """What is local to a function can't be imported: the nearest of its bases that can."""
        for base in getattr(meaning.value, "__mro__", ())[1:]:
            if "<locals>" not in base.__qualname__:
                self.notes.append(f"{meaning.alias} is local to a function: any {base.__qualname__} is taken for it")
                return self.of_value(base)
        raise UnresolvedError(f"{meaning.alias} can't be imported")

    def _subscript(self, node: ast.Subscript, explicit: RegistryNode | None) -> ast.expr:
        head = self._meaning(node.value)
        name = head.name.rpartition(".")[2]
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if head.module in _TYPING and name in _MARKS:
            return self.of(items[0], explicit)
        if head.module in _TYPING and name == "Literal":
            return subscripted(self._reference(head), [self._member(item) for item in items])
        if head.module in _TYPING and name == "Annotated":
            return self._annotated(head, items, explicit)
        if is_spec_type(head.value) and items:
            return self._spec_type(head, items[0], explicit)
        found = self._as_slot(self._value(node), explicit, lambda: self._parts(head, items, None)[0])
        if found is not None:
            return found
        made, has_slot = self._parts(head, items, explicit)
        if has_slot and head.module in _TYPING and name in ("Optional", "Union"):
            assert isinstance(made, ast.Subscript)
            members = made.slice.elts if isinstance(made.slice, ast.Tuple) else [made.slice]
            return union([*members, *([ast.Constant(None)] if name == "Optional" else [])])
        return made

    def _parts(self, head: Meaning, items: list[ast.expr], explicit: RegistryNode | None) -> tuple[ast.expr, bool]:
        """`head[items]`, and whether some of it is a slot: containers are read-only types then, which take lists of each kind of config."""
        name = head.name.rpartition(".")[2]
        if name not in _OPEN:
            return self._closed(head, items), False
        outer, self.has_slot = self.has_slot, False
        inner = [self.of(item, explicit) for item in items]
        has_slot, self.has_slot = self.has_slot, self.has_slot or outer
        is_long = name.lower() == "tuple" and isinstance(last := inner[-1], ast.Constant) and last.value is ...
        reference = self._reference(head)
        if has_slot and name in _SEQUENCES and (is_long or name.lower() != "tuple"):
            return subscripted(expression(self.writer.name("collections.abc", "Sequence")), inner[:1]), True
        if has_slot and name in _MAPPINGS:
            reference = expression(self.writer.name("collections.abc", "Mapping"))
        return subscripted(reference, inner), has_slot

    def _closed(self, head: Meaning, items: list[ast.expr]) -> ast.expr:
        """`head[items]` of a type that takes no configs inside; anything, where a config may not speak of an item."""
        with self._plainly():
            outer, self.is_closed = self.is_closed, True
            made = subscripted(self._reference(head), [self.of(item) for item in items])
            self.is_closed = outer
        if self.is_unspeakable and not outer:
            self.is_unspeakable = False
            self.notes.append("Anything is taken here in a dict: pyright would need the type of the registry to tell what this is")
            return expression(self.writer.name("typing", "Any"))
        return made

    def _annotated(self, head: Meaning, items: list[ast.expr], explicit: RegistryNode | None) -> ast.expr:
        base, *others = items
        values = [self._value(item) for item in others]
        value = self._value(base)
        node = next((found for each in values if (found := registry_node(each)) is not None), None)
        made: ast.expr | None = None
        if node is not None and value is not UNKNOWN and not is_spec_type(value):
            # all of it is one slot, perhaps of a narrower type than the registry's own
            made = self._as_slot(_with_registry(value, node), None, lambda: self.of(base))
        made = self.of(base, node or explicit) if made is None else made
        metadata = [self._metadata(item) for item, each in zip(others, values, strict=True) if registry_node(each) is None]
        kept = [item for item in metadata if item is not None]
        return subscripted(self._reference(head), [made, *kept]) if kept else made

    def _spec_type(self, head: Meaning, item: ast.expr, explicit: RegistryNode | None) -> ast.expr:
        """A spec may be given as a config too."""
        with self._plainly():
            reference = subscripted(self._reference(head), [self.of(item)])
        node = explicit or only_root(self._value(item))
        if node is None or self.is_plain:
            return reference
        self.has_slot = True
        return self.writer.slot_of(node, [reference])

    def _member(self, node: ast.expr) -> ast.expr:
        """A value in a Literal."""
        return self.writer.reference(self._meaning(node)) if isinstance(node, (ast.Name, ast.Attribute)) else node

    def _metadata(self, node: ast.expr) -> ast.expr | None:
        """What else an `Annotated` holds; None where it mentions what can't be imported."""
        try:
            found: ast.expr = Renaming(self.renamed).visit(ast.parse(ast.unparse(node), mode="eval").body)
        except UnresolvedError:
            return None
        return found

    def renamed(self, node: ast.Name | ast.Attribute) -> ast.expr:
        """A name in an expression that is no type."""
        meaning = self._meaning(node)
        if not meaning.is_importable or not meaning.name or (self.is_config and self.writer.is_decorated(meaning)):
            raise UnresolvedError(f"{meaning.alias} can't be imported")
        return self.writer.reference(meaning)

    def _value(self, node: ast.expr) -> Any:
        """What a piece of an annotation is, as far as that is known without running anything of it but subscripts."""
        try:
            return evaluated(node, lambda name: self._meaning(name).value)
        except Exception:  # whatever a foreign __class_getitem__ or __or__ raises
            return UNKNOWN

    def _as_slot(self, value: Any, explicit: RegistryNode | None, itself: Callable[[], ast.expr]) -> ast.expr | None:
        """What a slot takes: a config of its registry, a spec, or an instance; None where the type is no slot."""
        slot = None if value is UNKNOWN or self.is_plain else slot_in(value, self.writer.node, explicit)
        node = slot.node_for(self.writer.node) if slot is not None else None
        if slot is None or node is None:
            return None
        with self._plainly():
            plain = itself()
        self.has_slot = True
        if slot.missing is not None:  # the first arguments come later, so no config of the registry is complete
            return union(
                [expression(f"{self.writer.name('collections.abc', 'Mapping')}[{self._builtin('str')}, {self._builtin('object')}]"), plain]
            )
        spec = subscripted(expression(self.writer.name("typed_registry", "BuildSpec")), [plain])
        return self.writer.slot_of(node, [spec, plain])

    def _builtin(self, name: str) -> str:
        return self.writer.name("builtins", name)

    @contextmanager
    def _plainly(self) -> Generator[None]:
        outer, self.is_plain = self.is_plain, True
        yield
        self.is_plain = outer

    def _holds_slots(self, value: Any, explicit: RegistryNode | None) -> bool:
        if value is UNKNOWN or self.is_plain or _is_one_of(value, self.inside):
            return False
        return marked(value, self.writer.node, explicit) is not None

    def _variable(self, value: Any) -> ast.expr:
        """A type variable, where it may stand; else what it stands for at most."""
        if isinstance(value, (ParamSpec, typing_extensions.ParamSpec)):
            return ast.Constant(...)
        if isinstance(value, (TypeVarTuple, typing_extensions.TypeVarTuple)):
            return expression(f"tuple[{self.writer.name('typing', 'Any')}, ...]")
        outer, self.has_slot = self.has_slot, False
        limits = self._limits(value)
        has_slot, self.has_slot = self.has_slot, self.has_slot or outer
        if has_slot or (self.keep is not None and value.__name__ not in self.keep):
            is_any = not limits or (self.is_plain and len(limits) > 1)  # a product is of one of them
            return expression(self.writer.name("typing", "Any")) if is_any else union(limits)
        self.variables.add(value.__name__)
        if self.keep is None:
            return expression(value.__name__)
        texts = [double_quoted(ast.unparse(limit)) for limit in limits]
        limit = f", bound={texts[0]}" if len(texts) == 1 else "".join(f", {text}" for text in texts)
        return expression(self.writer.variable(value.__name__, limit))

    def _limits(self, value: Any) -> list[ast.expr]:
        written = self.scope.variables.get(value.__name__) if self.scope is not None else None
        if written is not None:
            return [self.of(limit) for limit in (written.elts if isinstance(written, ast.Tuple) else [written])]
        return [
            self._limit(limit, value) for limit in (*value.__constraints__, *([value.__bound__] if value.__bound__ is not None else []))
        ]

    def _limit(self, limit: Any, variable: Any) -> ast.expr:
        if not isinstance(limit, (str, ForwardRef)):
            return self.of_value(limit)
        outer, self.scope = self.scope, NameScope(self.writer.sources, variable.__module__)
        made = self.of(parsed(limit if isinstance(limit, str) else limit.__forward_arg__))
        self.scope = outer
        return made


def _new_variable(name: str, kind: str) -> Any:
    """A type variable of which no more than its name and kind matter."""
    make: Any = {"ParamSpec": ParamSpec, "TypeVarTuple": TypeVarTuple}.get(kind, TypeVar)
    return make(name)


def _with_registry(value: Any, node: RegistryNode) -> Any:
    return Annotated[value, node.face]


def _is_one_of(value: Any, others: tuple[Any, ...]) -> bool:
    return any(value is other for other in others)
