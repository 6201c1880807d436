"""Components read from source alone: nothing is imported, so neither torch nor a GPU is needed to write a catalogue."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from typed_registry._docstrings import described_in, parameter_docs_in
from typed_registry._parameters import default_of
from typed_registry._stub_expressions import UnresolvedError, chain_of, expression
from typed_registry._stub_parts import Argument, Component
from typed_registry._stub_places import arguments_of, variables_of
from typed_registry._stub_sources import UNKNOWN, Definition, Meaning, ModuleSource, NameScope, Sources
from typed_registry._stub_written import Written

__all__ = ["read_static"]

_FIELD_MAKERS = frozenset({"Field", "attrib", "ib", "field"})
_DATACLASSES = frozenset({"dataclass", "dataclass_transform", "define", "frozen"})


def read_static(target: str, sources: Sources) -> Component:
    """The component that a lazy target is.

    Args:
        target: `module:qualname`.
        sources: Where modules are looked up.

    Raises:
        UnresolvedError: Its source isn't there, or doesn't tell.
    """
    module, _, qualname = target.partition(":")
    found = sources.find(module, qualname)
    if found is None:
        raise UnresolvedError(f"the source of {module} tells of no {qualname!r}")
    source, name, node = found
    if isinstance(node, ast.ClassDef):
        return _Class(source, name, node, sources).component()
    if isinstance(node, ast.FunctionDef):
        return _function(source, name, node, sources)
    behind = chain_of(node.value) if isinstance(node, ast.Assign) else None
    meaning = NameScope(sources, source.name).meaning(behind) if behind is not None else None
    if meaning is None or not meaning.name or (meaning.module, meaning.name) == (module, qualname):
        raise UnresolvedError(f"{target} is made when it is imported")
    return read_static(f"{meaning.module}:{meaning.name}", sources)


@dataclass(frozen=True)
class _Parameters:
    """What one function, or the body of one class, tells of its arguments."""

    arguments: tuple[Argument, ...]
    takes_more: bool = False
    passed_on: ast.Call | None = None  # where the rest goes


def _function(source: ModuleSource, name: str, node: ast.FunctionDef, sources: Sources) -> Component:
    scope = NameScope(sources, source.name, variables=variables_of(node))
    doc = ast.get_docstring(node)
    parameters = _parameters(node, scope, skip=0)
    if node.returns is None:
        raise UnresolvedError(f"{source.name}:{name} doesn't say what it returns")
    return Component(
        Written(node.returns, scope),
        _told(parameters.arguments, [doc]),
        parameters.takes_more,
        Meaning(source.name, name, name, UNKNOWN),
        described_in(doc),
        _deprecated(node),
    )


class _Class:
    """A class and its bases, as their sources tell of them."""

    def __init__(self, source: ModuleSource, name: str, node: ast.ClassDef, sources: Sources) -> None:
        self._own = (source, name, node)
        self._sources = sources
        self._missing: list[str] = []
        self._roots: set[str] = set()
        self._lineage = self._bases_of(source, name, node)

    def component(self) -> Component:
        """The component that a class is."""
        source, name, node = self._own
        parameters = self._constructor(self._lineage)
        docs = [doc for each in reversed(self._lineage) for doc in _docs(each[2])]
        own = next((doc for each in self._lineage if (doc := ast.get_docstring(each[2]))), None)
        return Component(
            self._product(),
            _told(parameters.arguments, docs),
            parameters.takes_more,
            Meaning(source.name, name, name, UNKNOWN),
            described_in(own),
            _deprecated(node),
        )

    def _bases_of(self, source: ModuleSource, name: str, node: ast.ClassDef) -> list[tuple[ModuleSource, str, ast.ClassDef]]:
        """The class and its bases; of one that comes twice, the later place counts, as in a method resolution order."""
        found = [(source, name, node)]
        for base in node.bases:
            chain = chain_of(base.value if isinstance(base, ast.Subscript) else base)
            meaning = NameScope(self._sources, source.name).meaning(chain) if chain is not None else None
            place = self._sources.find(meaning.module, meaning.name) if meaning is not None and meaning.name else None
            if meaning is not None and meaning.module.partition(".")[0] in (
                "abc",
                "builtins",
                "enum",
                "pydantic",
                "typing",
                "typing_extensions",
            ):
                self._roots.add(meaning.name)
            elif place is not None and isinstance(place[2], ast.ClassDef):
                found += self._bases_of(place[0], place[1], place[2])
            else:
                self._missing.append(chain or ast.unparse(base))
        last = {id(each[2]): index for index, each in enumerate(found)}
        return [each for index, each in enumerate(found) if last[id(each[2])] == index]

    def _constructor(self, lineage: Sequence[tuple[ModuleSource, str, ast.ClassDef]]) -> _Parameters:
        for index, (source, name, node) in enumerate(lineage):
            methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
            function = methods.get("__init__") or methods.get("__new__")
            if function is not None:
                scope = NameScope(self._sources, source.name, name, {**variables_of(node), **variables_of(function)})
                return self._followed(_parameters(function, scope, skip=1), lineage[index + 1 :])
            if self._declares_fields(node):
                return self._fields(lineage[index:])
        if self._missing:
            raise UnresolvedError(f"the source of {self._missing[0]}, a base of {self._own[1]}, isn't there")
        return _Parameters(())

    def _followed(self, own: _Parameters, rest: Sequence[tuple[ModuleSource, str, ast.ClassDef]]) -> _Parameters:
        """With the parameters of the next constructor, where `**kwargs` goes there."""
        call = own.passed_on
        if call is None or ast.unparse(call.func) != "super().__init__":
            return own
        after = self._constructor(rest)
        gone = {each.name for each in own.arguments} | {each.arg for each in call.keywords}
        gone |= {each.name for each in after.arguments[: len(call.args)]}
        added = tuple(each for each in after.arguments if each.name not in gone)
        return _Parameters((*own.arguments, *added), after.takes_more)

    def _declares_fields(self, node: ast.ClassDef) -> bool:
        decorators = {_last_name(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list}
        return not decorators.isdisjoint(_DATACLASSES) or bool(self._roots & {"BaseModel", "NamedTuple"})

    def _fields(self, lineage: Sequence[tuple[ModuleSource, str, ast.ClassDef]]) -> _Parameters:
        found: dict[str, Argument] = {}
        last: set[str] = set()  # those that go by keyword alone
        for source, name, node in reversed(lineage):
            scope = NameScope(self._sources, source.name, name, variables_of(node))
            by_keyword = any(_is_set(each, "kw_only") for each in node.decorator_list)
            for each in node.body:
                if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name) and not _is_class_variable(each.annotation):
                    argument = _field(each.target.id, each.annotation, each.value, scope)
                    by_keyword = by_keyword or _last_name(each.annotation) == "KW_ONLY"
                    if argument is not None:
                        found[each.target.id] = replace(argument, doc=_described(each.value, each.annotation))
                        last |= {each.target.id} if by_keyword or _is_set(each.value, "kw_only") else set()
        return _Parameters(tuple(sorted(found.values(), key=lambda argument: argument.name in last)))

    def _product(self) -> Written:
        source, name, node = self._own
        own = [f"*{each}" if isinstance(limit, ast.Starred) else each for each, limit in variables_of(node).items()]
        scope = NameScope(self._sources, source.name, None, variables_of(node))
        variables = own or list(dict.fromkeys(self._variables(node, scope)))
        return Written(expression(f"{name}[{', '.join(variables)}]" if variables else name), scope)

    def _variables(self, node: ast.ClassDef, scope: NameScope) -> Iterator[str]:
        """The type variables among what its bases are given."""
        for base in sorted(node.bases, key=lambda base: "Generic" not in ast.unparse(base)):
            nodes = list(ast.walk(base.slice)) if isinstance(base, ast.Subscript) else []
            starred = [each.value for each in nodes if isinstance(each, ast.Starred)]
            for each in nodes:
                if isinstance(each, ast.Starred):
                    yield ast.unparse(each)
                elif isinstance(each, ast.Name) and each not in starred and (meaning := scope.meaning(each.id)) is not None:
                    is_variable = (
                        type(meaning.value).__name__ in ("ParamSpec", "TypeVar") or self._sources.kind_of_variable(meaning) is not None
                    )
                    yield from [each.id] if is_variable else []


def _parameters(node: ast.FunctionDef, scope: NameScope, skip: int) -> _Parameters:
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    defaults: dict[str, ast.expr | None] = dict(zip([each.arg for each in reversed(positional)], reversed(args.defaults), strict=False))
    defaults.update((each.arg, default) for each, default in zip(args.kwonlyargs, args.kw_defaults, strict=True))
    found: list[Argument] = []
    for each in arguments_of(node)[skip:]:
        written = _written(each.annotation, scope)
        if each is args.vararg:
            found.append(Argument(each.arg, replace(written, is_item=True), required=False, default_text="[]"))
        else:
            argument = _argument(each.arg, written, defaults.get(each.arg), scope)
            found.append(replace(argument, doc=_described(each.annotation)))
    if args.kwarg is None:
        return _Parameters(tuple(found))
    keys = _unpacked(args.kwarg.annotation, scope)
    return _Parameters((*found, *keys), not keys, _forwarding(node, args.kwarg.arg))


def _written(annotation: ast.expr | None, scope: NameScope) -> Written:
    return Written(None, value=Any) if annotation is None else Written(annotation, scope)


def _argument(name: str, written: Written, default: ast.expr | None, scope: NameScope) -> Argument:
    if default is None:
        return Argument(name, written, required=True)
    value = _evaluated(default, scope)
    if value is UNKNOWN:
        return Argument(name, written, required=False, default_text=ast.unparse(default))
    text, _ = default_of(_Default(value))
    return Argument(name, written, required=False, default=value, default_text=text)


@dataclass(frozen=True)
class _Default:
    default: object
    default_factory: object = None


def _evaluated(node: ast.expr, scope: NameScope) -> Any:
    """A default, as far as it is known without running anything."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        pass
    chain = chain_of(node)
    meaning = scope.meaning(chain) if chain is not None else None
    if meaning is None or not meaning.name or meaning.value is not UNKNOWN:
        return UNKNOWN if meaning is None else meaning.value
    found = scope.sources.find(meaning.module, meaning.name)
    value = getattr(found[2], "value", None) if found is not None else None
    return _evaluated(value, NameScope(scope.sources, found[0].name)) if found is not None and isinstance(value, ast.expr) else UNKNOWN


def _field(name: str, annotation: ast.expr, value: ast.expr | None, scope: NameScope) -> Argument | None:
    """A field of a dataclass or a model; None for one that no config gives."""
    written = Written(annotation, scope)
    if not isinstance(value, ast.Call) or _last_name(value.func) not in _FIELD_MAKERS:
        return None if name.startswith("_") and value is None else _argument(name, written, value, scope)
    given: dict[str | None, ast.expr] = {each.arg: each.value for each in value.keywords}
    if value.args:
        given.setdefault("default", value.args[0])
    if isinstance(init := given.get("init"), ast.Constant) and init.value is False:
        return None
    default = given.get("default")
    if isinstance(default, ast.Constant) and default.value is ...:
        default = None
    if (made := given.get("default_factory")) is not None:
        made = made.value if isinstance(made, ast.Subscript) else made
        text, _ = default_of(_Default(inspect.Parameter.empty, _evaluated(made, scope)))
        known = text if _evaluated(made, scope) is not UNKNOWN else f"made by {ast.unparse(made)}()"
        return Argument(name, written, required=False, default_text=known)
    return _argument(name, written, default, scope)


def _described(*places: ast.expr | None) -> str | None:
    """What a `Field(description=...)` or a `Doc(...)` tells, the value of a field or in an `Annotated`."""
    calls = [each for place in places for each in (place, *_metadata(place)) if isinstance(each, ast.Call)]
    return next((" ".join(text.split()) for text in map(_text_of, calls) if text), None)


def _text_of(call: ast.Call) -> str | None:
    name = _last_name(call.func)
    given = [each.value for each in call.keywords if each.arg == "description"] if name in _FIELD_MAKERS else []
    texts = call.args[:1] if name == "Doc" else given
    return next((each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str)), None)


def _metadata(annotation: ast.expr | None) -> list[ast.expr]:
    match annotation:
        case ast.Subscript(value=head, slice=ast.Tuple(elts=[_, *others])) if _last_name(head) == "Annotated":
            return others
        case _:
            return []


def _last_name(node: ast.expr) -> str:
    return (chain_of(node) or "").rpartition(".")[2]


def _is_set(call: ast.expr | None, keyword: str) -> bool:
    """Whether a call is given an option as true."""
    given = call.keywords if isinstance(call, ast.Call) else []
    return any(each.arg == keyword and isinstance(each.value, ast.Constant) and each.value.value is True for each in given)


def _is_class_variable(annotation: ast.expr) -> bool:
    return _last_name(annotation.value if isinstance(annotation, ast.Subscript) else annotation) == "ClassVar"


def _unpacked(annotation: ast.expr | None, scope: NameScope) -> tuple[Argument, ...]:
    """The keys of `**kwargs: Unpack[Keys]`."""
    match annotation:
        case ast.Subscript(value=head, slice=inner) if _last_name(head) == "Unpack":
            meaning = scope.meaning(chain_of(inner) or "?")
            found = scope.sources.find(meaning.module, meaning.name) if meaning is not None and meaning.name else None
            return _keys(found[0], found[1], found[2], scope.sources) if found is not None and isinstance(found[2], ast.ClassDef) else ()
        case _:
            return ()


def _keys(source: ModuleSource, name: str, node: ast.ClassDef, sources: Sources) -> tuple[Argument, ...]:
    scope = NameScope(sources, source.name, name, variables_of(node))
    found: dict[str, Argument] = {}
    for base in node.bases:
        meaning = scope.meaning(chain_of(base) or "?")
        place = sources.find(meaning.module, meaning.name) if meaning is not None and meaning.name else None
        if place is not None and isinstance(place[2], ast.ClassDef) and place[0].name not in ("typing", "typing_extensions"):
            found.update((each.name, each) for each in _keys(place[0], place[1], place[2], sources))
    is_total = not any(each.arg == "total" and isinstance(each.value, ast.Constant) and not each.value.value for each in node.keywords)
    for each in node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            text = ast.unparse(each.annotation)
            required = "NotRequired[" not in text and (is_total or "Required[" in text)
            found[each.target.id] = Argument(each.target.id, Written(each.annotation, scope), required)
    return tuple(found.values())


def _forwarding(node: ast.FunctionDef, kwargs: str) -> ast.Call | None:
    """The call that gets all of `**kwargs`."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            spread = [one.value for one in each.keywords if one.arg is None]
            if len(spread) == 1 and isinstance(spread[0], ast.Name) and spread[0].id == kwargs:
                return each
    return None


def _docs(node: ast.ClassDef) -> Iterator[str | None]:
    yield ast.get_docstring(node)
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name in ("__new__", "__init__"):
            yield ast.get_docstring(each)


def _told(arguments: tuple[Argument, ...], docs: Sequence[str | None]) -> tuple[Argument, ...]:
    told = parameter_docs_in(docs)
    return tuple(replace(each, doc=told.get(each.name, each.doc)) for each in arguments)


def _deprecated(node: Definition) -> str | None:
    for each in node.decorator_list:
        if isinstance(each, ast.Call) and _last_name(each.func) == "deprecated" and each.args:
            text = each.args[0]
            return text.value if isinstance(text, ast.Constant) and isinstance(text.value, str) else None
    return None
