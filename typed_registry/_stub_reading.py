"""Components read from what is loaded."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from inspect import Parameter as Kinds
from types import GenericAlias, MethodType
from typing import Any, Self, TypeVarTuple, Unpack

from typed_registry._annotations import described_by_metadata
from typed_registry._docstrings import described, innermost, parameter_docs
from typed_registry._kwargs import Scope
from typed_registry._parameters import default_of, fields_of
from typed_registry._records import Record, object_of
from typed_registry._signatures import Parameter, Signature, SignatureError, read_signature
from typed_registry._stub_parts import Argument, Component
from typed_registry._stub_places import Places
from typed_registry._stub_sources import UNKNOWN, Meaning, Sources
from typed_registry._stub_written import Written

__all__ = ["read_loaded"]


def read_loaded(record: Record[Any], protocol: object, sources: Sources) -> Component:
    """The component of an entry that is loaded.

    Args:
        record: The entry.
        protocol: What its registry makes.
        sources: Where modules are looked up.

    Raises:
        SignatureError: Its parameters can't be read.
    """
    factory: Any = record.factory
    doc = described(innermost(object_of(record)))
    deprecated = record.deprecated or _deprecated(factory)
    if record.is_value:
        return Component(Written(None, value=protocol), doc=doc, deprecated=deprecated)
    local_names = record.local_names or {}
    places = Places(sources, factory, local_names)
    signature = record.signature or _signature(factory, places, local_names)
    told: Any = signature.parameters
    if record.spec is not None:
        told, places = list(fields_of(record.spec)), Places(sources, record.spec, local_names)
    docs = {**parameter_docs(factory), **(parameter_docs(record.spec) if record.spec is not None else {})}
    return Component(
        product=_product(factory, Places(sources, factory, local_names), signature, protocol),
        arguments=tuple(_argument(each, places, docs) for each in told),
        takes_more=signature.extra is not None and record.spec is None,
        target=_target(factory),
        doc=doc,
        deprecated=deprecated,
    )


class _Unknown:
    """Stands for what an annotation names and only checkers know, so that the rest of a signature can be read."""

    def __call__(self) -> None: ...  # typing asks for it

    def __getattr__(self, name: str) -> _Unknown:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, item: object) -> _Unknown:
        return self

    def __or__(self, other: object) -> _Unknown:
        return self

    __ror__ = __or__


def _signature(factory: Callable[..., object], places: Places, local_names: Mapping[str, object]) -> Signature:
    try:
        return read_signature(factory, local_names)
    except SignatureError:
        unknown = dict.fromkeys(_unresolved_names(places), _Unknown())
        try:
            return read_signature(factory, {**local_names, **unknown})
        except SignatureError:
            return _bare_signature(factory)


def _bare_signature(factory: Callable[..., object]) -> Signature:
    """The parameters, where an annotation is none."""
    try:
        raw = inspect.signature(factory)
    except (TypeError, ValueError) as error:
        raise SignatureError(f"its signature can't be read: {error}") from error
    if "type" in raw.parameters:
        return read_signature(factory)  # which says what is wrong with that
    found = [_bare(each) for each in raw.parameters.values() if each.kind is not Kinds.VAR_KEYWORD]
    extra = Any if any(each.kind is Kinds.VAR_KEYWORD for each in raw.parameters.values()) else None
    return Signature(tuple(found), extra, Kinds.empty if raw.return_annotation is Kinds.empty else _Unknown())


def _bare(written: inspect.Parameter) -> Parameter:
    annotation = Any if written.annotation is Kinds.empty else _Unknown()
    is_item = written.kind is Kinds.VAR_POSITIONAL
    return Parameter(written.name, written.kind, annotation, written.default, list if is_item else None)


def _unresolved_names(places: Places) -> set[str]:
    """What annotations name that isn't there when they run."""
    names: set[str] = set()
    for written, scope in places.texts():
        assert written.node is not None
        for text in _texts(written.node):
            names.update(name for name in text if not _is_there(name, scope))
    return names


def _texts(node: ast.expr) -> list[set[str]]:
    own = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    found = [own]
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            try:
                found += _texts(ast.parse(each.value.strip(), mode="eval").body)
            except (SyntaxError, ValueError, RecursionError):  # a value, not a type
                continue
    return found


def _is_there(name: str, scope: Scope) -> bool:
    try:
        scope.evaluate(f"tuple[{name}]")
    except NameError:
        return False
    except Exception:  # it is there, and no type
        return True
    return True


def _argument(parameter: Any, places: Places, docs: Mapping[str, str]) -> Argument:
    text, _ = default_of(parameter)
    is_item = getattr(parameter, "kind", None) is Kinds.VAR_POSITIONAL
    value = UNKNOWN if _holds_unknown(parameter.annotation) else parameter.annotation
    default = parameter.default
    given = {} if default is Kinds.empty else {"default": default}
    return Argument(
        parameter.name,
        places.written(parameter.name, value, is_item=is_item),
        parameter.required,
        default_text=text,
        doc=docs.get(parameter.name) or described_by_metadata(parameter.annotation),
        **given,
    )


def _holds_unknown(annotation: Any) -> bool:
    if isinstance(annotation, _Unknown):
        return True
    inner: Any = (*getattr(annotation, "__args__", ()), getattr(annotation, "__origin__", None))
    return any(_holds_unknown(each) for each in inner if each is not annotation and each is not None)


def _product(factory: Any, places: Places, signature: Signature, protocol: object) -> Written:
    """The type of what a factory makes; the registry's own where it doesn't say."""
    factory = innermost(factory)
    if isinstance(factory, type):
        return _made_by(factory, protocol)
    owner = factory.__self__ if isinstance(factory, MethodType) else None
    if signature.returns is Self and owner is not None:
        return _made_by(owner if isinstance(owner, type) else type(owner), protocol)
    is_known = signature.returns is not Kinds.empty and not _holds_unknown(signature.returns)
    returned = places.returned(signature.returns if is_known else UNKNOWN)
    return returned or Written(None, value=signature.returns if is_known else protocol)


def _made_by(cls: type, protocol: object) -> Written:
    if "<locals>" in cls.__qualname__:
        return Written(None, value=protocol)
    parameters: tuple[Any, ...] = getattr(cls, "__parameters__", ())
    variables = tuple(Unpack[each] if isinstance(each, TypeVarTuple) else each for each in parameters)
    return Written(None, value=GenericAlias(cls, variables) if variables else cls)


def _target(factory: Any) -> Meaning | None:
    """The name by which a class or function can be imported."""
    module, name = getattr(factory, "__module__", None), getattr(factory, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or "<" in name:
        return None
    found = Sources.value(module, name)
    return Meaning(module, name, name, factory) if found is factory or found == factory else None


def _deprecated(factory: object) -> str | None:
    text: object = vars(factory).get("__deprecated__") if hasattr(factory, "__dict__") else None
    return text if isinstance(text, str) else None
