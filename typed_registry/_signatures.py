"""What a factory can be given: its parameters, read alike from classes, functions, dataclasses, named tuples and pydantic models.

An annotation is resolved where its parameter was written, which for an inherited constructor is another module than that of the class.
Where the source shows `**kwargs` going whole into another call, the parameters of what is called there are added.

Pydantic models are known by their attributes, as this module may not load pydantic.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, Field, InitVar, dataclass, replace
from functools import partial
from inspect import _ParameterKind as Kind  # pyright: ignore[reportPrivateUsage]
from types import FunctionType, MethodType
from typing import Any, Final, NotRequired, ParamSpecArgs, ParamSpecKwargs, Required, get_args, get_origin

import typing_extensions

from typed_registry._kwargs import Forwarding, Scope, forwarding

__all__ = ["Parameter", "Signature", "SignatureError", "bind", "call", "read_signature"]

_EMPTY: Final = inspect.Parameter.empty
_POSITIONAL_ONLY: Final = inspect.Parameter.POSITIONAL_ONLY
_FLEXIBLE: Final = inspect.Parameter.POSITIONAL_OR_KEYWORD
_SPREAD: Final = inspect.Parameter.VAR_POSITIONAL
_KEYWORD_ONLY: Final = inspect.Parameter.KEYWORD_ONLY
_EXTRA: Final = inspect.Parameter.VAR_KEYWORD
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
    reader = _Reader(factory, local_names or {})
    signature = reader.read(factory)
    if reader.problems:
        parameter = next(iter(reader.problems))
        raise SignatureError("; ".join(reader.problems.values()), parameter, "Import at run time what annotations name.")
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
            plural = "" if len(positional) == 1 else "s"
            raise TypeError(f"takes at most {len(positional)} positional argument{plural}, got {len(args)}")
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
    surplus: Any = ()
    for parameter in signature.parameters:
        if parameter.kind is _SPREAD:
            surplus = named.pop(parameter.name, ())
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


class _Reader:
    """Reads one factory; the annotations that can't be resolved are collected, so that none hides another."""

    def __init__(self, factory: object, local_names: Mapping[str, object], followed: set[object] | None = None) -> None:
        self.problems: dict[str, str] = {}
        self._module = getattr(factory, "__module__", None)
        self._local_names = local_names
        self._followed = set[object]() if followed is None else followed

    def read(self, factory: Any) -> Signature:
        """The signature of anything that can be called."""
        if isinstance(factory, MethodType):
            return self._method(factory)
        target = _unwrapped(factory)
        if isinstance(target, MethodType):
            return self._method(target)
        if isinstance(target, type):
            return self._class(cast(type, target))
        if isinstance(target, partial):
            made = cast("partial[object]", target)
            return _applied(self.read(made.func), made)
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
        depths = {name: cls.__mro__.index(_definer(cls.__mro__, name)) for name in ("__init__", "__new__")}
        first, second = sorted(depths, key=depths.__getitem__)
        signature = self._constructor(cls, cls.__mro__, first)
        if _takes_anything(signature) and cls.__mro__[depths[second]] is not object:
            other = self._constructor(cls, cls.__mro__, second)
            return signature if _takes_anything(other) else other
        return signature

    def _constructor(self, cls: type, mro: Sequence[type], name: str) -> Signature:
        owner = _definer(mro, name)
        if owner is object:
            return Signature(())
        function = _unwrapped(vars(owner)[name])
        if not isinstance(function, FunctionType):
            return self._function(owner)  # written in C: only the class may tell its signature
        if function.__module__.partition(".")[0] == "pydantic":
            return self._pydantic(owner if "__dataclass_fields__" in vars(owner) else cls)
        if "__dataclass_fields__" in vars(owner) and function.__code__.co_filename == "<string>":
            return self._dataclass(owner, function)
        return self._function(function, owner, cls, bound=True)

    def _dataclass(self, cls: type, function: FunctionType) -> Signature:
        fields: dict[str, Field[object]] = vars(cls)["__dataclass_fields__"]
        parameters: list[Parameter] = []
        for name, written in list(_raw(function).parameters.items())[1:]:
            made = None if fields[name].default_factory is MISSING else fields[name].default_factory
            annotation = self._resolved(name, fields[name].type, self._scope(None, _declarer(cls, name)))
            parameters.append(Parameter(name, written.kind, annotation, _EMPTY if made else written.default, made))
        return Signature(tuple(parameters))

    def _pydantic(self, model: Any) -> Signature:
        config: Mapping[str, object] = getattr(model, "model_config", None) or getattr(model, "__pydantic_config__", None) or {}
        fields: Mapping[str, Field[object]] = getattr(model, "__dataclass_fields__", {})
        by_name = bool(config.get("populate_by_name") or config.get("validate_by_name"))
        parameters: list[Parameter] = []
        for name, info in model.__pydantic_fields__.items():
            kind = _FLEXIBLE if name in fields and not fields[name].kw_only else _KEYWORD_ONLY
            if name not in fields or fields[name].init:
                annotation = self._resolved(name, info.rebuild_annotation(), self._scope(None, _declarer(model, name)))
                parameters.append(_model_field(name if by_name else _alias(info) or name, kind, annotation, info))
        return Signature(_in_order(parameters), Any if config.get("extra") == "allow" else None)

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
        if extra is None or function in self._followed:
            return own
        self._followed.add(function)
        way = forwarding(function, names.get(_SPREAD), names[_EXTRA])
        target = None if way is None else self._target(way, scope, owner, cls)
        return own if way is None or target is None else _merged(own, target, way)

    def _keys(self, alias: Any) -> Iterator[Parameter]:
        keys = get_origin(alias) or alias  # a generic TypedDict has its type arguments
        for key, written in keys.__annotations__.items():
            annotation = self._resolved(key, written, self._scope(None, keys))
            omittable = key not in keys.__required_keys__
            while (mark := get_origin(annotation)) in _KEY_MARKS:  # a TypedDict does not see marks that are within strings
                omittable = mark is NotRequired or (omittable and mark is not Required)
                annotation = get_args(annotation)[0]
            yield Parameter(key, _KEYWORD_ONLY, annotation, omittable=omittable)

    def _target(self, way: Forwarding, scope: Scope, owner: type | None, cls: type | None) -> Signature | None:
        head, _, method = way.callee.rpartition(".")
        try:
            if method not in ("__init__", "__new__"):
                return self._called(scope.lookup(way.callee))
            if owner is None or cls is None:
                return None
            if not head.startswith("super("):
                base = scope.lookup(head)
                return self._constructor(cls, base.__mro__, method) if isinstance(base, type) else None
            after = owner if head == "super()" else scope.lookup(head.removeprefix("super(").partition(",")[0])
            return self._constructor(cls, cls.__mro__[cls.__mro__.index(after) + 1 :], method) if after in cls.__mro__ else None
        except SignatureError:  # what is called can't be read, so anything may go there
            return None

    def _called(self, target: object) -> Signature | None:
        if not isinstance(target, (type, FunctionType)):
            return None
        reader = _Reader(target, self._names_at(target), self._followed)
        signature = reader.read(target)
        return None if reader.problems else signature

    def _names_at(self, definer: object) -> Mapping[str, object]:
        return self._local_names if getattr(definer, "__module__", None) == self._module else {}

    def _scope(self, function: object, owner: type | None = None) -> Scope:
        return Scope(function, owner, self._names_at(owner or function))

    def _resolved(self, name: str, annotation: object, scope: Scope) -> object:
        if annotation is _EMPTY:
            return Any
        if isinstance(annotation, type):
            return annotation
        try:
            found = scope.evaluate(annotation)
        except Exception as error:  # whatever the annotation's own code raises
            text = getattr(annotation, "__forward_arg__", annotation)
            spot = f" in module {scope.module}" if isinstance(error, NameError) else ""
            self.problems[name] = f"annotation {text!r} of parameter {name!r} can't be resolved: {error}{spot}"
            return Any
        if isinstance(found, InitVar):
            return self._resolved(name, found.type, scope)
        return get_args(found)[0] if get_origin(found) is Final else found


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


def _definer(mro: Sequence[type], name: str) -> type:
    """The first class that has a method of its own; what typing puts into protocols only passes on to the next."""
    own = (base for base in mro if name in vars(base))
    return next(base for base in own if getattr(vars(base)[name], "__module__", None) not in ("typing", "typing_extensions"))


def _declarer(cls: type, name: str) -> type:
    made = (base for base in cls.__mro__ if "__dataclass_fields__" in vars(base) or "__pydantic_fields__" in vars(base))
    return next((base for base in made if name in inspect.get_annotations(base)), cls)


def _list_of(annotation: Any) -> object:
    unpacked = getattr(annotation, "__unpacked__", False) or get_origin(annotation) in _UNPACK
    return list[Any] if unpacked or isinstance(annotation, ParamSpecArgs) else list[annotation]


def _model_field(name: str, kind: Kind, annotation: object, info: Any) -> Parameter:
    made = info.default_factory
    if getattr(info, "default_factory_takes_validated_data", False):  # only the model itself can call it
        return Parameter(name, kind, annotation, omittable=True)
    return Parameter(name, kind, annotation, _EMPTY if made or info.is_required() else info.default, made)


def _alias(info: Any) -> str | None:
    alias = info.validation_alias or info.alias
    return next((name for name in (alias, *getattr(alias, "choices", ())) if isinstance(name, str)), None)


def _takes_anything(signature: Signature) -> bool:
    stars = len(signature.parameters) + (signature.extra is not None)
    return stars > 0 and all(parameter.kind is _SPREAD for parameter in signature.parameters)


def _in_order(parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    return tuple(sorted(parameters, key=lambda parameter: parameter.kind))


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
    return Signature(_in_order([*kept, *added]), None if way.alone and target.extra is None else extra)


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
