"""Catalogues: a types-only module for a registry, from which checkers and editors know its names, arguments and products.

Needs the extra `cli`, as it reads docstrings.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from typed_registry._records import Record
from typed_registry._signatures import SignatureError
from typed_registry._slots import RegistryNode
from typed_registry._stub_expressions import UnresolvedError, expression
from typed_registry._stub_layout import ComponentLayout
from typed_registry._stub_names import Imports, class_name, distinct, is_key, is_method, module_name
from typed_registry._stub_parts import Component
from typed_registry._stub_reading import read_loaded
from typed_registry._stub_sources import Meaning, Sources
from typed_registry._stub_static import read_static
from typed_registry._stub_text import WIDTH, bracketed, comment, docstring, indented, quoted
from typed_registry._stub_types import TypeWriter
from typed_registry._stub_unions import SharedUnions
from typed_registry._stub_values import union
from typed_registry._stub_written import Written
from typed_registry.errors import ContractError, LoadError, Place, Problem
from typed_registry.registry import Registry

__all__ = ["MARK", "GeneratedStub", "generate_stub", "stub_module_name"]

MARK = "# Written by `typed-registry stubs`"
_MANY = 50  # components, from which on a checker's time for unions of them tells


@dataclass(frozen=True)
class GeneratedStub:
    """A generated catalogue.

    Args:
        text: The source.
        problems: What couldn't be read; of it there is a comment in the source.
        notes: What was read in another way than it was asked to.
    """

    text: str
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def stub_module_name(registry: Registry[Any, Any]) -> str:
    """The name of the module that holds a registry's catalogue.

    Example:
        >>> stub_module_name(Registry("vision", int))
        'vision_specs'
    """
    return module_name(registry.name)


def generate_stub(
    registry: Registry[Any, Any],
    /,
    *,
    as_stub: bool = False,
    import_targets: bool = True,
    modules: Mapping[Registry[Any, Any], str] | None = None,
) -> GeneratedStub:
    """The catalogue of a registry, as the source of a module.

    Args:
        registry: The registry.
        as_stub: Whether it is for a `.pyi` in a folder of stubs; else it is a `.py` that does nothing when it is imported.
        import_targets: Whether lazy entries are imported; else their sources are read, as are those of which a package is missing.
        modules: The modules of the catalogues of other registries, which slots take configs of.

    Example:
        >>> NUMBERS = Registry("numbers", float)
        >>> @NUMBERS.register("half")
        ... def half(of: float, *, rounded: bool = False) -> float: ...
        >>> stub = generate_stub(NUMBERS)
        >>> "def half(self, *, of: float, rounded: bool = False) -> BuildSpec[float]:" in stub.text, stub.problems
        (True, ())
    """
    others = {other.__registry_node__: (module, other.name) for other, module in (modules or {}).items() if other is not registry}
    return _Stub(registry.__registry_node__, as_stub, others).generated(import_targets)


@dataclass(frozen=True)
class _Row:
    """An entry as one registry finds it: the names that a config may give, the best first."""

    names: tuple[str, ...]
    place: RegistryNode
    record: Record[Any]


class _Stub:
    """The making of one catalogue."""

    def __init__(self, node: RegistryNode, as_stub: bool, others: Mapping[RegistryNode, tuple[str, str]]) -> None:
        self._node = node
        self._as_stub = as_stub
        self._others = others
        self._sources = Sources()
        self._problems: list[Problem] = []
        self._notes: list[str] = []
        self._left_out: list[str] = []
        self._lazy: set[str] = set()
        self._definitions: list[list[str]] = []
        self._prefix = class_name(node.name, "Registry")
        self._configs, self._specs = f"{self._prefix}Config", f"{self._prefix}Specs"

    def generated(self, import_targets: bool) -> GeneratedStub:
        """The catalogue."""
        read = self._read(import_targets)
        names = [row.names[0] for row, _ in read]
        wanted = ((name, f"{class_name(name, 'Entry')}Config") for name in names)
        configs = distinct(wanted, {self._configs, self._specs})
        self._dicts = frozenset(configs.values())
        keys = {argument.name for _, component in read for argument in component.arguments if is_key(argument.name)}
        self._hidden = {"type", "__build__", "__getitem__", *keys, *filter(is_method, names)}
        self._imports = Imports({"TYPE_CHECKING", self._configs, self._specs, *configs.values()}, self._hidden)
        # what a method or a key hides is reached by another name
        self._own = self._imports.declare(f"_{self._configs}") if self._configs in self._hidden else self._configs
        self._are_many = len(configs) > _MANY
        self._unions = SharedUnions(self._own, [*configs.values()] if self._are_many else [], self._prefix, self._imports)
        self._writer = TypeWriter(self._node, self._sources, self._imports, self._slot_of, self._unions.named, self._is_decorated)
        roots = {node.root for node in (self._node, *self._others)}
        tables = [node.table for root in roots for node in root.tree()]
        self._decorated = {id(record.factory) for table in tables for record in table.records.values() if not record.lazy}
        layouts = [
            ComponentLayout(row.names, configs[row.names[0]], component, self._writer, self._reporter(row.record))
            for row, component in read
        ]
        targets = [component.target for row, component in read if row.names[0] in self._lazy and component.target is not None]
        body = self._body(layouts, targets)
        return GeneratedStub(self._whole(body), tuple(self._problems), tuple(self._notes))

    # --- reading ---

    def _read(self, import_targets: bool) -> list[tuple[_Row, Component]]:
        for place in self._node.root.tree():
            try:
                place.load_locations()
            except LoadError as error:
                self._problems.append(Problem((error.entry,), str(error), error.target, code=error.code))
        rows = _rows(self._node)
        self._lazy = {row.names[0] for row in rows if row.record.lazy}
        if import_targets:
            for row in rows:  # before they are listed, as what is imported may register more
                self._load(row)
        read = [(row, self._component(row)) for row in sorted(_rows(self._node), key=lambda row: (row.names[0].lower(), row.names[0]))]
        return [(row, component) for row, component in read if component is not None]

    def _load(self, row: _Row) -> None:
        try:
            row.record.load(row.place.name)
        except LoadError as error:
            if not error.missing:
                self._leave_out(row, error)
            else:
                lacking = ", ".join(error.missing)
                self._notes.append(
                    f"{row.names[0]}: read from its source, as {lacking} {'is' if len(error.missing) == 1 else 'are'} missing"
                )

    def _component(self, row: _Row) -> Component | None:
        record = row.record
        if any(problem.path == (row.names[0],) for problem in self._problems):
            return None
        try:
            if record.factory is None:
                component = read_static(record.target, self._sources)
                return component if record.deprecated is None else _deprecated(component, record.deprecated)
            return read_loaded(record, self._node.protocol, self._sources)
        except UnresolvedError as error:
            self._leave_out(
                row, LoadError(row.names[0], row.place.name, record.target, f"it can't be read without being imported: {error}")
            )
        except SignatureError as error:
            reason = f"{row.names[0]!r} ({record.target})"
            self._leave_out(row, ContractError(reason, row.place.name, error.reason, (), record.where, error.remedy))
        return None

    def _leave_out(self, row: _Row, error: LoadError | ContractError) -> None:
        self._problems.append(Problem((row.names[0],), str(error), row.record.target, place=Place(*row.record.where), code=error.code))
        self._left_out.append(f"{row.names[0]!r} is left out: {' '.join(str(error).split())}")

    def _reporter(self, record: Record[Any]) -> Any:
        def report(name: str, message: str) -> None:
            text = f"{name!r} of registry {self._node.name!r} ({record.target}): {message}"
            self._problems.append(Problem((name,), text, record.target, place=Place(*record.where), code=ContractError.code))

        return report

    # --- writing ---

    def _is_decorated(self, meaning: Meaning) -> bool:
        """Whether a class, one around it or one of its bases is registered where it is defined."""
        values = meaning.value, Sources.value(meaning.module, meaning.name.partition(".")[0])
        return any(id(base) in self._decorated for value in values if isinstance(value, type) for base in value.__mro__)

    def _config_of(self, node: RegistryNode) -> str:
        if node is self._node:
            return self._own
        if node in self._others:
            self._unions.is_apart = False
            module, name = self._others[node]
            return self._imports.name(module, f"{class_name(name, 'Registry')}Config")
        return self._any_config()

    def _any_config(self) -> str:
        mapping, string = self._imports.name("collections.abc", "Mapping"), self._imports.name("builtins", "str")
        return f"{mapping}[{string}, {self._imports.name('builtins', 'object')}]"

    def _slot_of(self, node: RegistryNode, beside: list[ast.expr]) -> ast.expr:
        """What a slot takes."""
        return union([expression(self._config_of(node)), *beside])

    def _alias(self, name: str, members: list[str]) -> list[str]:
        alias = self._imports.name("typing", "TypeAlias")
        one_line = f"{name}: {alias} = {' | '.join(members)}"
        if len(one_line) <= WIDTH:
            return [one_line]
        # Union, as pyright reads no more than 256 operators in a row, and jedi takes seconds for a hundred; dicts in quotes, as it would
        # follow the flow of control from each back to its class, a quarter of an editor's wait with three hundred
        members = [quoted(member) if member in self._dicts and not self._as_stub else member for member in members]
        return bracketed(f"{name}: {alias} = {self._imports.name('typing', 'Union')}[", members, "]")

    def _body(self, layouts: list[ComponentLayout], targets: list[Meaning]) -> list[list[str]]:
        """The definitions, each apart."""
        dicts = [layout.typed_dict(self._unions) for layout in layouts]
        specs = self._specs_classes(layouts)
        union = self._union([layout.config for layout in layouts])
        check = self._check(targets)
        variables = [self._variable(limit, alias) for (_, limit), alias in self._writer.variables.items()]
        instances = [self._instance(reference, name) for reference, name in self._writer.instances.items()]
        comments = [comment(text) for text in self._left_out]
        slots = [self._alias(name, members) for name, members in self._unions.aliases().items()]
        return [part for part in (variables, *instances, *dicts, comments, union, *slots, *self._definitions, *specs, check) if part]

    def _union(self, configs: list[str]) -> list[str]:
        alias = self._imports.name("typing", "TypeAlias")
        if not configs:
            mapping = self._imports.name("collections.abc", "Mapping")
            lines = [comment("There is no entry yet."), f"{self._configs}: {alias} = {mapping}[str, object]"]
        else:
            lines = self._alias(self._configs, configs)
        return [*lines, *([f"{self._own}: {alias} = {self._configs}"] if self._own != self._configs else [])]

    def _specs_classes(self, layouts: list[ComponentLayout]) -> list[list[str]]:
        """The catalogue; of many components it has a generic base with the methods, whose type variables it gives their unions."""
        methods: list[list[str]] = []
        table: list[tuple[str, str]] = []
        for layout in layouts:
            if is_method(layout.name):
                methods.append(layout.method(layout.name, self._declare_keys, self._unions.in_method))
            else:
                table.append((layout.name, self._declare_protocol(layout)))
        methods += self._table(table)
        made = self._writer.text(Written(None, value=self._node.protocol), is_product=True).text
        build = self._imports.name("typed_registry.typing", "Build")
        told = [docstring(f"Each component of registry {self._node.name!r}, as a spec."), [f"__build__: {build}[{made}, {self._own}]"]]
        # of many configs no more than that they are mappings, as checkers often read a base
        base = f"{self._imports.name('typed_registry', 'Specs')}[{self._any_config() if self._are_many else self._configs}]"
        variables = self._unions.variables
        if not variables:
            return [_class(self._specs, base, [*told, *methods])]
        bound = [self._variable("", name) for name in variables.values()]
        above = self._imports.declare(f"_{self._prefix}Methods")
        generic = f"{self._imports.name('typing', 'Generic')}[{', '.join(variables.values())}]"
        return [bound, _class(above, f"{base}, {generic}", methods), _class(self._specs, f"{above}[{', '.join(variables)}]", told)]

    def _declare_keys(self, config: str, items: list[str]) -> str:
        name = self._imports.declare(f"_{config.removesuffix('Config')}Keys")
        typed_dict = self._imports.name("typing", "TypedDict")
        self._definitions.append(bracketed(f"{name} = {typed_dict}({quoted(name)}, {{", items, "})"))
        return name

    def _declare_protocol(self, layout: ComponentLayout) -> str:
        name = self._imports.declare(f"_{layout.config.removesuffix('Config')}Spec")
        method = layout.method("__call__", self._declare_keys)
        self._definitions.append([f"class {name}({self._imports.name('typing', 'Protocol')}):", *indented(method)])
        return name

    def _table(self, table: list[tuple[str, str]]) -> list[list[str]]:
        """`specs["face-v2"]`, for names that are no identifiers."""
        if not table:
            return []
        literal = self._imports.name("typing", "Literal")
        rows = [f"def __getitem__(self, name: {literal}[{quoted(name)}], /) -> {made}: ..." for name, made in table]
        if len(rows) == 1:
            return [rows]
        # the last is never the only one that fits, but some servers complete the names of the last alone
        names = ", ".join(quoted(name) for name, _ in table)
        products = f"{self._imports.name('typing', 'Union')}[{', '.join(made for _, made in table)}]"
        whole = f"def __getitem__(self, name: {literal}[{names}], /) -> {products}: ..."
        overload = self._imports.name("typing", "overload")
        string, anything = self._imports.name("builtins", "str"), self._imports.name("builtins", "object")
        implementation = [] if self._as_stub else [f"def __getitem__(self, name: {string}, /) -> {anything}: ..."]
        return [[line for row in (*rows, whole) for line in (f"@{overload}", row)] + implementation]

    def _check(self, targets: list[Meaning]) -> list[str]:
        """A list that has checkers verify that each lazy target is there and makes what it should; others are checked where they are."""
        if not targets:
            return []
        protocol = self._writer.text(Written(None, value=self._node.protocol), is_product=True).text
        made = f"{self._imports.name('collections.abc', 'Callable')}[..., {protocol}]"
        references = dict.fromkeys(ast.unparse(self._writer.reference(target)) for target in targets)
        name = self._imports.declare("_lazy_targets")
        lines = bracketed(f"{name}: {self._imports.name('builtins', 'list')}[{made}] = [", list(references), "]")
        return [comment("Checkers see here that each lazy target is there, and makes what it should."), *lines]

    def _variable(self, limit: str, alias: str) -> str:
        return f"{alias} = {self._imports.name('typing', 'TypeVar')}({quoted(alias)}{limit})"

    def _instance(self, reference: str, name: str) -> list[str]:
        property_, type_ = self._imports.name("builtins", "property"), self._imports.name("builtins", "type")
        method = f"def __class__(self) -> {type_}[{reference}]: ...  # type: ignore[override]"
        return [
            comment(f"An instance of {reference}: pyright would need the type of the registry to tell what its decorator makes of it."),
            f"class {name}({self._imports.name('typing', 'Protocol')}):",
            *indented([f"@{property_}  # type: ignore[misc]", f"{method} # pyright: ignore[reportIncompatibleVariableOverride]"]),
        ]

    def _field_stand_ins(self, body: list[str]) -> list[str]:
        """What stands for pydantic's `Field` in an `Annotated`."""
        names = self._imports.give_up("Field", ("pydantic", "pydantic.fields"), body)
        anything = self._imports.name("builtins", "object")
        lines = [f"def {name}(*args: {anything}, **kwargs: {anything}) -> {anything}: ..." for name in names]
        why = comment(
            "Stands for pydantic.Field, whose calls tell checkers nothing here; pyright would read pydantic's core for its types."
        )
        return [why, *lines, ""] if lines else []

    def _whole(self, body: list[list[str]]) -> str:
        module = self._node.module
        lines = [line for part in body for line in (*part, "")][:-1]
        lines = [*self._field_stand_ins(lines), *lines] if self._are_many else lines
        head = [
            f"{MARK} from registry {self._node.name!r} of {module}. Don't edit it: run that again.",
            "# fmt: off",
            "# isort: skip_file",
            "# ruff: noqa",
            "# ruff: noqa: PGH004",
            "# pyright: reportPrivateUsage=false, reportDeprecated=false",
            *docstring(f"The components of registry {self._node.name!r}, for checkers and editors alone: import it under TYPE_CHECKING."),
            "",
        ]
        lines = [*self._imports.lines(lines), "", *lines]
        if not self._as_stub:
            head += ["from __future__ import annotations", "", "from typing import TYPE_CHECKING", "", "if TYPE_CHECKING:"]
            lines = indented(lines)
        return "\n".join([*head, *lines, ""])


def _class(name: str, bases: str, parts: list[list[str]]) -> list[str]:
    body = [line for part in parts for line in (*part, "")][:-1]
    return [f"class {name}({bases}):", *indented(body)]


def _rows(node: RegistryNode) -> list[_Row]:
    """The entries that a registry finds, its own and its parents', and by scope those of the whole tree."""
    found: dict[int, tuple[RegistryNode, Record[Any], list[str]]] = {}
    seen: set[str] = set()
    for place in node.lineage():
        for name, record in place.table.lookup.items():
            if name not in seen:
                found.setdefault(id(record), (place, record, []))[2].append(name)
        seen.update(place.table.lookup)
    for place in node.root.tree():
        for name, record in place.table.lookup.items() if place.scope is not None else ():
            found.setdefault(id(record), (place, record, []))[2].append(f"{place.scope}.{name}")
    return [_Row(_best_first(names, record.name), place, record) for place, record, names in found.values()]


def _best_first(names: list[str], own: str) -> tuple[str, ...]:
    """Its own name before aliases, plain names before those with a scope."""
    return tuple(sorted(names, key=lambda name: ("." in name, name.rpartition(".")[2] != own)))


def _deprecated(component: Component, text: str) -> Component:
    return replace(component, deprecated=text)
