"""What a factory can be given: its parameters, read alike from classes, functions, dataclasses, named tuples and pydantic models.

An annotation is resolved where its parameter was written, which for an inherited constructor is another module than that of the class.
Where the source shows `**kwargs` going whole into another call, the parameters of what is called there are added.
Pydantic models are known by their attributes, as this module may not load pydantic.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, Field, dataclass, replace
from functools import partial
from inspect import _ParameterKind as Kind  # pyright: ignore[reportPrivateUsage]
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any, Final, NamedTuple, NotRequired, ParamSpecArgs, ParamSpecKwargs, Required, cast, get_args, get_origin

import typing_extensions

from typed_registry._kwargs import Forwarding, Scope, declarer, definer, forwarding

__all__ = ["Parameter", "Signature", "SignatureError", "bind", "call", "field_key", "read_signature"]

_EMPTY: Final = inspect.Parameter.empty
_POSITIONAL_ONLY: Final = inspect.Parameter.POSITIONAL_ONLY
_FLEXIBLE: Final = inspect.Parameter.POSITIONAL_OR_KEYWORD
_SPREAD: Final = inspect.Parameter.VAR_POSITIONAL
_KEYWORD_ONLY: Final = inspect.Parameter.KEYWORD_ONLY
_EXTRA: Final = inspect.Parameter.VAR_KEYWORD
_BY_KIND: Final = attrgetter("kind")
_BY_POSITION: Final = (_POSITIONAL_ONLY, _FLEXIBLE)
_UNPACK: Final = (typing.Unpack, typing_extensions.Unpack)
_KEY_MARKS: Final = (Required, NotRequired, typing_extensions.ReadOnly)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that a factory can be given.

    Args:
        name: The key in a config.
        kind: One of the kinds of `inspect.Parameter`; `**kwargs` is no parameter.
        annotation: Resolved, with its `Annotated`; `Any` where there is none, and a list for `*args`.
        default: `inspect.Parameter.empty` where there is none.
        default_factory: What makes the default of a field anew each time.
        omittable: It has no default that is known, and may be left out nevertheless, such as a `NotRequired` key.

    Example:
        >>> Parameter("scale", inspect.Parameter.KEYWORD_ONLY, float, 1.2).required
        False
    """

    name: str
    kind: Kind
    annotation: object = Any
    default: object = _EMPTY
    default_factory: Callable[[], object] | None = None
    omittable: bool = False

    @property
    def required(self) -> bool:
        """Whether a config must give it."""
        return self.default is _EMPTY and self.default_factory is None and not self.omittable


@dataclass(frozen=True, slots=True)
class Signature:
    """Everything that a factory can be given.

    Args:
        parameters: In the order of a call, without `self` and without `**kwargs`.
        extra: The annotation of the values of `**kwargs`, or None where unknown keys are errors.
        returns: The resolved return annotation of a function, else `inspect.Signature.empty`.

    Example:
        >>> def blur(image: bytes, /, radius: int = 3) -> bytes: ...
        >>> [parameter.name for parameter in read_signature(blur).parameters]
        ['image', 'radius']
    """

    parameters: tuple[Parameter, ...]
    extra: object | None = None
    returns: object = _EMPTY

    @property
    def by_keyword(self) -> bool:
        """Whether `factory(**values)` is enough to call it."""
        return not any(parameter.kind in (_POSITIONAL_ONLY, _SPREAD) for parameter in self.parameters)


class SignatureError(Exception):
    """Why a factory's parameters can't be read, at which parameter, and what helps."""

    def __init__(self, reason: str, parameter: str | None = None, remedy: str = "") -> None:
        super().__init__(reason, parameter, remedy)
        self.reason = reason
        self.parameter = parameter
        self.remedy = remedy

    def __str__(self) -> str:
        return self.reason


def read_signature(factory: Callable[..., object], local_names: Mapping[str, object] | None = None) -> Signature:
    """The parameters of a class, function, method, partial or callable object.

    Args:
        factory: What is to be called.
        local_names: The names of the function that defines the factory, for annotations of local classes.

    Raises:
        SignatureError: The signature can't be read, an annotation can't be resolved, or a parameter is called `type`.
    """
    signature = _Reader(factory, local_names or {}).read(factory)
    if unresolved := _unresolved(signature):
        reason = "; ".join(one.reason for one in unresolved)
        raise SignatureError(reason, unresolved[0].parameter, "Import what annotations name outside of `if TYPE_CHECKING:`.")
    if any(parameter.name == "type" for parameter in signature.parameters):
        raise SignatureError("the key 'type' names the component in configs", "type", "Rename the parameter 'type'.")
    return signature


def bind(signature: Signature, args: Sequence[object], kwargs: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a call as values by name, in the order of the parameters; unknown names are kept, at the end.

    Raises:
        TypeError: There are too many positional arguments, or one is given twice.
    """
    positional = [parameter.name for parameter in signature.parameters if parameter.kind in _BY_POSITION]
    values = dict(zip(positional, args, strict=False))
    if surplus := args[len(positional) :]:
        spread = next((parameter.name for parameter in signature.parameters if parameter.kind is _SPREAD), None)
        if spread is None:
            raise TypeError(f"takes at most {len(positional)} positional argument{'s' * (len(positional) != 1)}, got {len(args)}")
        values[spread] = list(surplus)
    if twice := values.keys() & kwargs.keys():
        raise TypeError(f"argument {min(twice)!r} is given twice")
    values.update(kwargs)
    known = [parameter.name for parameter in signature.parameters if parameter.name in values]
    return {name: values[name] for name in dict.fromkeys([*known, *values])}


def call(factory: Callable[..., object], signature: Signature, values: Mapping[str, object]) -> object:
    """Calls the factory with values by name, by position where it must be.

    Raises:
        TypeError: A value that must go by position is missing, or what the factory itself raises.
    """
    if signature.by_keyword:
        return factory(**values)
    named = dict(values)
    surplus: Any = next((named.pop(one.name, ()) for one in signature.parameters if one.kind is _SPREAD), ())
    placed = [one for one in signature.parameters if one.kind is _POSITIONAL_ONLY or (surplus and one.kind is _FLEXIBLE)]
    while placed and not surplus and placed[-1].name not in named:
        placed.pop()
    args = [named.pop(one.name) if one.name in named else _default(one) for one in placed]
    return factory(*args, *surplus, **named)


def _default(parameter: Parameter) -> object:
    if parameter.default_factory is not None:
        return parameter.default_factory()
    if parameter.default is _EMPTY:
        raise TypeError(f"missing argument {parameter.name!r}")
    return parameter.default


class _Unresolved(NamedTuple):
    """Stands for an annotation that can't be resolved."""

    parameter: str
    reason: str


class _Reader:
    """Reads one factory; an annotation that can't be resolved leaves an `_Unresolved`, so that none hides another."""

    def __init__(self, factory: object, local_names: Mapping[str, object], seen: set[object] | None = None) -> None:
        self._module = getattr(factory, "__module__", None)
        self._local_names = local_names
        self._scopes: dict[tuple[object, type | None], Scope] = {}
        self._seen = set[object]() if seen is None else seen

    def read(self, factory: Any) -> Signature:
        """The signature of anything that can be called."""
        if isinstance(factory, MethodType):
            return self._method(factory)
        target = _unwrapped(factory)
        if isinstance(target, MethodType):
            return self._method(target)
        if isinstance(target, type):
            return self._class(target)
        if isinstance(target, partial):
            _raw(target)  # refuses what the function does not take
            return _applied(self.read(target.func), cast("partial[object]", target))
        if any(isinstance(vars(base).get("__call__"), (FunctionType, staticmethod, classmethod)) for base in type(target).__mro__):
            return self.read(target.__call__)
        return self._product(target, self._function(target))

    def _method(self, method: MethodType) -> Signature:
        cls = method.__self__ if isinstance(method.__self__, type) else type(method.__self__)
        function = _unwrapped(method.__func__)
        owner = next((base for base in cls.__mro__ if getattr(function, "__name__", None) in vars(base)), cls)
        return self._product(function, self._function(function, owner, cls, bound=True))

    def _product(self, function: object, signature: Signature) -> Signature:
        annotation = getattr(function, "__annotations__", {}).get("return", _EMPTY)
        with suppress(Exception):  # whatever an annotation raises, what is returned is then not known
            return replace(signature, returns=annotation if annotation is _EMPTY else self._scope(function).evaluate(annotation))
        return signature

    def _class(self, cls: type) -> Signature:
        depths = {name: cls.__mro__.index(definer(cls.__mro__, name)) for name in ("__init__", "__new__")}
        first, second = sorted(depths, key=depths.__getitem__)
        signature = self._constructor(cls, cls.__mro__, first)
        if _takes_anything(signature) and cls.__mro__[depths[second]] is not object:
            other = self._constructor(cls, cls.__mro__, second)
            return signature if _takes_anything(other) else other
        return signature

    def _constructor(self, cls: type, mro: Sequence[type], name: str) -> Signature:
        owner = definer(mro, name)
        if owner is object:
            return Signature(())
        function = _unwrapped(vars(owner)[name])
        if not isinstance(function, FunctionType):
            return self._function(owner)  # written in C: only the class may tell its signature
        if str(function.__module__).partition(".")[0] == "pydantic":
            return self._pydantic(owner if "__dataclass_fields__" in vars(owner) else cls)
        if "__dataclass_fields__" in vars(owner) and "__create_fn__" in function.__code__.co_qualname:  # it wrote this one
            return self._dataclass(owner, function)
        return self._function(function, owner, cls, bound=True)

    def _dataclass(self, cls: type, function: FunctionType) -> Signature:
        parameters: list[Parameter] = []
        for name, written in list(_raw(function).parameters.items())[1:]:
            field: Field[Any] = vars(cls)["__dataclass_fields__"][name]
            annotation = self._resolved(name, cast(object, field.type), self._scope(None, declarer(cls, name)))
            made: Any = None if field.default_factory is MISSING else field.default_factory
            parameters.append(Parameter(name, written.kind, annotation, written.default if made is None else _EMPTY, made))
        return Signature(tuple(parameters))

    def _pydantic(self, model: Any) -> Signature:
        config: Mapping[str, object] = getattr(model, "model_config", None) or getattr(model, "__pydantic_config__", None) or {}
        fields: Mapping[str, Field[Any]] = getattr(model, "__dataclass_fields__", {})
        by_name = bool(config.get("populate_by_name") or config.get("validate_by_name"))
        parameters: list[Parameter] = []
        for name, info in model.__pydantic_fields__.items():
            kind = _FLEXIBLE if name in fields and not fields[name].kw_only else _KEYWORD_ONLY
            if name not in fields or fields[name].init:
                annotation = self._resolved(name, info.rebuild_annotation(), self._scope(None, declarer(model, name)))
                parameters.append(_model_field(name if by_name else field_key(name, info), kind, annotation, info))
        return Signature(tuple(sorted(parameters, key=_BY_KIND)), Any if config.get("extra") == "allow" else None)

    def _function(self, function: Any, owner: type | None = None, cls: type | None = None, *, bound: bool = False) -> Signature:
        scope = self._scope(function, owner)
        written = list(_raw(function).parameters.values())
        if bound and written and written[0].kind in _BY_POSITION:
            del written[0]
        names = {one.kind: one.name for one in written}
        parameters: list[Parameter] = []
        extra: object | None = None
        for one in written:
            annotation = self._resolved(one.name, one.annotation, scope)
            if one.kind is _SPREAD:
                parameters.append(Parameter(one.name, one.kind, _list_of(annotation), default_factory=list))
            elif one.kind is not _EXTRA:
                parameters.append(Parameter(one.name, one.kind, annotation, one.default))
            elif get_origin(annotation) in _UNPACK:
                parameters.extend(self._keys(get_args(annotation)[0]))
            else:
                extra = Any if isinstance(annotation, ParamSpecKwargs) else annotation
        own = Signature(tuple(parameters), extra)
        return own if extra is None else self._followed(own, function, names, scope, cls)

    def _followed(self, own: Signature, function: Any, names: Mapping[Kind, str], scope: Scope, cls: type | None) -> Signature:
        way = None if function in self._seen else forwarding(function, names.get(_SPREAD), names[_EXTRA])
        self._seen.add(function)
        with suppress(SignatureError):  # what can't be read takes anything
            if way is not None and (target := self._target(way, scope, cls)) is not None:
                return _merged(own, target, way)
        return own

    def _keys(self, alias: Any) -> Iterator[Parameter]:
        keys = get_origin(alias) or alias  # a generic TypedDict has its type arguments
        for key, written in keys.__annotations__.items():
            annotation = self._resolved(key, written, self._scope(None, keys))
            omittable = key not in keys.__required_keys__
            while (mark := get_origin(annotation)) in _KEY_MARKS:  # a TypedDict does not see marks that are within strings
                omittable = mark is NotRequired or (omittable and mark is not Required)
                annotation = get_args(annotation)[0]
            yield Parameter(key, _KEYWORD_ONLY, annotation, omittable=omittable)

    def _target(self, way: Forwarding, scope: Scope, cls: type | None) -> Signature | None:
        head, _, method = way.callee.rpartition(".")
        if method not in ("__init__", "__new__"):
            return self._called(scope.lookup(way.callee))
        mro = scope.searched(head, cls)
        return self._constructor(cls, mro, method) if cls is not None and mro else None

    def _called(self, target: object) -> Signature | None:
        if not isinstance(target, (type, FunctionType)):
            return None
        found = _Reader(target, self._names_at(target), self._seen).read(target)
        return None if _unresolved(found) else found

    def _names_at(self, definer: object) -> Mapping[str, object]:
        return self._local_names if getattr(definer, "__module__", None) == self._module else {}

    def _scope(self, function: object, owner: type | None = None) -> Scope:
        return self._scopes.setdefault((function, owner), Scope(function, owner, self._names_at(function if owner is None else owner)))

    def _resolved(self, name: str, annotation: object, scope: Scope) -> object:
        try:
            return Any if annotation is _EMPTY else scope.evaluate(annotation)
        except Exception as error:  # whatever the annotation's own code raises
            text = getattr(annotation, "__forward_arg__", annotation)
            spot = f" in module {scope.module}" if isinstance(error, NameError) else ""
            return _Unresolved(name, f"annotation {text!r} of parameter {name!r} can't be resolved: {error}{spot}")


def _unwrapped(function: Any) -> Any:
    try:
        return inspect.unwrap(function, stop=lambda wrapper: isinstance(wrapper, MethodType) or hasattr(wrapper, "__signature__"))
    except ValueError as error:
        raise SignatureError(f"its signature can't be read: {error}") from error


def _raw(function: Any) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise SignatureError(f"its signature can't be read: {error}") from error


def _unresolved(signature: Signature) -> list[_Unresolved]:
    annotations = [*(parameter.annotation for parameter in signature.parameters), signature.extra]
    return [annotation for annotation in annotations if isinstance(annotation, _Unresolved)]


def _list_of(annotation: Any) -> object:
    if isinstance(annotation, _Unresolved):
        return annotation
    unpacked = getattr(annotation, "__unpacked__", False) or get_origin(annotation) in _UNPACK
    return list[Any] if unpacked or isinstance(annotation, ParamSpecArgs) else list[annotation]


def _model_field(name: str, kind: Kind, annotation: object, info: Any) -> Parameter:
    if getattr(info, "default_factory_takes_validated_data", False):  # only the model itself can call it
        return Parameter(name, kind, annotation, omittable=True)
    made = info.default_factory
    return Parameter(name, kind, annotation, _EMPTY if made is not None or info.is_required() else info.default, made)


def field_key(name: str, info: Any) -> str:
    """What a config calls a field of a pydantic model."""
    alias = info.validation_alias or info.alias
    return next((key for key in (alias, *getattr(alias, "choices", ())) if isinstance(key, str)), name)


def _takes_anything(signature: Signature) -> bool:
    stars = len(signature.parameters) + (signature.extra is not None)
    return stars > 0 and all(parameter.kind is _SPREAD for parameter in signature.parameters)


def _merged(own: Signature, target: Signature, way: Forwarding) -> Signature:
    """The function's own parameters and those of what it gives its `**kwargs` to."""
    named = {parameter.name for parameter in own.parameters if parameter.kind is not _SPREAD} | way.keywords
    positional = [parameter for parameter in target.parameters if parameter.kind in _BY_POSITION]
    gone = named.union(parameter.name for parameter in positional[: way.positional])
    added = [parameter for parameter in target.parameters if parameter.name not in gone]
    kept = list(own.parameters)
    if way.spreads and all(one.kind is _FLEXIBLE and one.name not in named for one in positional[way.positional :]):
        kept = [parameter for parameter in kept if parameter.kind is not _SPREAD]
    else:
        added = [replace(one, kind=_KEYWORD_ONLY) for one in added if one.kind in (_FLEXIBLE, _KEYWORD_ONLY)]
    if way.filled:
        added = [replace(parameter, default=_EMPTY, default_factory=None, omittable=True) for parameter in added]
    extra = own.extra if not way.alone or own.extra is not Any else target.extra
    return Signature(tuple(sorted([*kept, *added], key=_BY_KIND)), None if way.alone and target.extra is None else extra)


def _applied(signature: Signature, made: partial[object]) -> Signature:
    left, keywords_from_here = len(made.args), False
    parameters: list[Parameter] = []
    for parameter in signature.parameters:
        kind = parameter.kind
        if kind in _BY_POSITION and left:
            left -= 1
            continue
        given = parameter.name in made.keywords and kind in (_FLEXIBLE, _KEYWORD_ONLY)
        keywords_from_here = keywords_from_here or given
        if given:
            parameter = replace(parameter, default=made.keywords[parameter.name], default_factory=None, omittable=False)
        if not (keywords_from_here and kind is _SPREAD):
            parameters.append(replace(parameter, kind=_KEYWORD_ONLY) if keywords_from_here else parameter)
    return Signature(tuple(parameters), signature.extra, signature.returns)
