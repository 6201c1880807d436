"""What a class, a function or an instance lacks to satisfy a protocol.

`missing_members` is cheap and runs at registration; `signature_findings` reads signatures and annotations, and runs at the first load.
Both report only what is certain: what can't be known (a `__getattr__`, an annotation that doesn't resolve, a type variable) passes.
"""

from __future__ import annotations

import dis
import inspect
import re
import types
from collections import abc, defaultdict, deque
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from inspect import Parameter, Signature
from types import CodeType, CoroutineType, FunctionType, MethodDescriptorType, MethodType, WrapperDescriptorType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Union, get_args, get_origin, get_overloads
from weakref import WeakKeyDictionary

import typing_extensions as te

from typed_registry.errors import Finding, shown

__all__ = [
    "Members",
    "abstract_methods",
    "callable_problem",
    "instance_findings",
    "is_protocol",
    "missing_members",
    "protocol_members",
    "return_findings",
    "signature_findings",
]

_EMPTY: Final = Signature.empty
_FOREIGN: Final = {"dataclasses", "typing", "typing_extensions"}  # what they put into a class says nothing of the class's own attributes
_READABLE: Final = {"abc", "builtins", "enum", "functools", "types", "typing"}  # the homes of descriptors whose functions can be seen
_PARTS: Final = ("__func__", "fget", "fset", "fdel", "func", "__wrapped__", "__code__")
_GETTERS: Final[dict[type, str]] = {property: "fget", cached_property: "func"}
_KINDS: Final[dict[type, str]] = {FunctionType: "method", classmethod: "classmethod", staticmethod: "staticmethod"}
_DYNAMIC: Final = {"__dict__", "__setattr__", "exec", "setattr", "vars"}
_FROZEN: Final = {"FrozenInstanceError", "__dataclass_builtins_object__"}  # a frozen dataclass sets its own, annotated fields alone
_HEAP_TYPE: Final = 1 << 9  # the flag of classes that a class statement makes
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_REST: Final = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
_PROMOTED: Final[dict[type, tuple[type, ...]]] = {int: (float, complex), float: (complex,), bytearray: (bytes,), memoryview: (bytes,)}
_INVARIANT: Final = {list, set, dict, deque, defaultdict, abc.MutableSequence, abc.MutableSet, abc.MutableMapping}
_ABSTRACT: Final = {abc.Collection, abc.Container, abc.Iterable, abc.Iterator, abc.Mapping, abc.Reversible, abc.Sequence, abc.Set}
_ELEMENTWISE: Final = _INVARIANT | _ABSTRACT | {frozenset, tuple, type, abc.AsyncIterable, abc.AsyncIterator, abc.Awaitable}
_UNIONS: Final = (Union, types.UnionType)
_NO_FACTORY: Final = {
    inspect.CO_COROUTINE: "a coroutine function gives a coroutine, not what it returns in the end",
    inspect.CO_ASYNC_GENERATOR: "an async generator function gives an async generator, not what it yields",
    inspect.CO_GENERATOR: "a generator function gives a generator, not what it yields",
}


class Members(NamedTuple):
    """The names that a protocol asks for, in the order of their definition.

    Example:
        >>> from typing import SupportsIndex
        >>> protocol_members(SupportsIndex)
        Members(methods=('__index__',), data=())
    """

    methods: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


class _Declared(NamedTuple):
    owner: type
    value: object = _EMPTY
    annotation: object = _EMPTY


_annotations: Final = partial(te.get_annotations, format=te.Format.FORWARDREF)
_MEMBERS: Final[WeakKeyDictionary[type, Members]] = WeakKeyDictionary()


def is_protocol(obj: object) -> bool:
    """Whether it is a protocol class, or a parametrised one."""
    return te.is_protocol(_class_of(obj) or object)


def protocol_members(protocol: object) -> Members:
    """The methods and data members of a protocol and of those it extends; none for another class."""
    contract = _class_of(protocol) or object
    members = _MEMBERS.get(contract)
    if members is None:
        members = _MEMBERS[contract] = _read_members(contract) if te.is_protocol(contract) else Members()
    return members


def abstract_methods(cls: type) -> tuple[str, ...]:
    """The names of the methods that are still abstract, sorted."""
    return tuple(sorted(getattr(cls, "__abstractmethods__", ())))


def missing_members(protocol: object, cls: type) -> tuple[Finding, ...]:
    """What a class certainly lacks; no signature is read for it."""
    contract = _class_of(protocol) or object
    if not te.is_protocol(contract):
        return () if issubclass(cls, contract) else (Finding(contract.__name__, f"a subclass of {contract.__name__}", "no subclass of it"),)
    methods, data = protocol_members(contract)
    values = [base.__dict__ for base in cls.__mro__]
    lacking = [name for name in methods if next((names[name] for names in values if name in names), None) is None]
    lacking += [name for name in data if not any(name in names for names in values)]
    return _certainly_missing(lacking, data, cls) if lacking and contract not in cls.__mro__ else ()


def signature_findings(protocol: object, cls: type) -> tuple[Finding, ...]:
    """Where signatures and types of a class don't fit those of the protocol, or of the base class whose public methods it overrides."""
    contract = _class_of(protocol) or object
    methods, data = protocol_members(contract)
    if not te.is_protocol(contract) and contract in cls.__mro__:
        methods = tuple(name for base in contract.__mro__[:-1] for name in base.__dict__ if not name.startswith("_"))
    declared = [(name, _declared(contract, name), _declared(cls, name)) for name in dict.fromkeys((*methods, *data))]
    own = [(name, wanted, given) for name, wanted, given in declared if wanted and given and given.owner not in contract.__mro__]
    return tuple(filter(None, ((_data_finding if name in data else _method_finding)(name, wanted, given) for name, wanted, given in own)))


def instance_findings(protocol: object, instance: object) -> tuple[Finding, ...]:
    """What a ready instance lacks; its properties are not evaluated."""
    contract, members = _class_of(protocol) or object, protocol_members(protocol)
    if not te.is_protocol(contract) and isinstance(instance, contract):
        return ()
    if not te.is_protocol(contract) or (isinstance(instance, type) and members != Members(("__call__",))):
        found = f"the class {instance.__name__}" if isinstance(instance, type) else f"an instance of {type(instance).__name__}"
        return (Finding(contract.__name__, f"an instance of {contract.__name__}", found),)
    findings = [_absence(name, "a method" if name in members.methods else "a data member", instance) for names in members for name in names]
    if isinstance(instance, FunctionType | MethodType):
        findings.append(
            _comparison("__call__", _method(_declared(contract, "__call__")), _method(_Declared(FunctionType, staticmethod(instance))))
        )
    return tuple(finding for finding in findings if finding)


def return_findings(protocol: object, annotation: object) -> tuple[Finding, ...]:
    """What the product of a factory lacks, going by the factory's resolved return annotation."""
    contract, product = _class_of(protocol) or object, _plain(annotation)
    if get_origin(product) in _UNIONS:
        return tuple(finding for member in get_args(product) for finding in return_findings(protocol, member))
    made = _class_of(product)
    if made is None or Any in made.__mro__:
        return ()
    if made is types.NoneType and contract not in made.__mro__:
        return (Finding(contract.__name__, f"a {contract.__name__}", "None"),)
    return missing_members(contract, made) or signature_findings(contract, made)


def callable_problem(obj: object) -> str | None:
    """Why an object can't be a factory, if it can't."""
    if not callable(obj):
        return f"{shown(obj)} can't be called"
    return next((problem for flag, problem in _NO_FACTORY.items() if _code_flags(obj) & flag), None)


def _code_flags(obj: Callable[..., object]) -> int:
    while isinstance(obj, partial | MethodType | staticmethod):
        obj = obj.func if isinstance(obj, partial) else obj.__func__
    code = getattr(obj if hasattr(type(obj), "__code__") else type(obj).__call__, "__code__", None)
    return code.co_flags if isinstance(code, CodeType) else 0


def _class_of(protocol: object) -> type | None:
    contract = get_origin(protocol) or protocol
    return contract if isinstance(contract, type) and contract not in (types.UnionType, _EMPTY) else None


def _declared(cls: type, name: str) -> _Declared | None:
    found = (_Declared(base, base.__dict__.get(name, _EMPTY), _annotations(base).get(name, _EMPTY)) for base in cls.__mro__)
    return next((each for each in found if each.value is not _EMPTY or each.annotation is not _EMPTY), None)


def _read_members(protocol: type) -> Members:
    members: dict[bool, list[str]] = {True: [], False: []}
    names = (name for base in reversed(protocol.__mro__[:-1]) for name in (*base.__dict__, *_annotations(base)))
    for name in dict.fromkeys(name for name in names if name in te.get_protocol_members(protocol)):
        found = _declared(protocol, name)
        if found and (found.value is not None or found.annotation is not _EMPTY):  # `__eq__` leaves `__hash__ = None` behind
            members[found.annotation is _EMPTY and (callable(found.value) or isinstance(found.value, classmethod))].append(name)
    return Members(tuple(members[True]), tuple(members[False]))


def _absence(name: str, kind: str, instance: object) -> Finding | None:
    value: object = inspect.getattr_static(instance, name, _EMPTY)
    if value is not _EMPTY and not isinstance(value, types.MemberDescriptorType):
        is_wrong = kind == "a method" and not hasattr(type(value), "__get__") and not callable(value)
        return Finding(name, kind, shown(value)) if is_wrong else None
    try:
        return None if hasattr(instance, name) else Finding(name, kind, "nothing")
    except Exception:  # whatever a foreign __getattr__ raises, that is no proof of absence
        return None


def _certainly_missing(lacking: list[str], data: tuple[str, ...], cls: type) -> tuple[Finding, ...]:
    names = set(lacking).difference(*map(_annotations, cls.__mro__))
    bases = [base for base in (*cls.__mro__, *inspect.getmro(type(cls))) if base not in (object, type) and base.__module__ not in _FOREIGN]
    values = [value for base in bases for value in tuple(base.__dict__.values())] if names else []
    codes = [code for value in values for code in _codes(value, set())]
    dynamic = [code for code in codes if not _DYNAMIC.isdisjoint(code.co_names)]
    is_open = bool(names) and (any(map(_is_open, bases)) or any(_FROZEN.isdisjoint(code.co_names + code.co_freevars) for code in dynamic))
    relevant = [code for code in codes if not names.isdisjoint(code.co_names)]
    names -= {step.argval for code in relevant for step in dis.get_instructions(code) if step.opname == "STORE_ATTR"}
    sure = [name for name in lacking if name in names and not (is_open and name in data)]
    return tuple(Finding(name, "a data member" if name in data else "a method", "nothing") for name in sure)


def _is_open(base: type) -> bool:
    """Whether it may have attributes that can't be seen: by `__getattr__`, or where C code or a foreign descriptor sets them."""
    is_dynamic = "__getattr__" in base.__dict__ or "__getattribute__" in base.__dict__
    return is_dynamic or not base.__flags__ & _HEAP_TYPE or any(_is_unreadable(value, base) for value in base.__dict__.values())


def _is_unreadable(value: object, base: type) -> bool:
    if isinstance(value, MethodDescriptorType | WrapperDescriptorType):
        return value.__objclass__ is base
    is_foreign = type(value).__module__ not in _READABLE and not isinstance(value, type)
    return is_foreign and (hasattr(type(value), "__get__") or callable(value))


def _codes(item: object, seen: set[int]) -> Iterator[CodeType]:
    """The code behind an attribute of a class: also that of nested and wrapped functions."""
    is_foreign = isinstance(item, FunctionType) and item.__module__ in _FOREIGN
    if id(item) in seen or is_foreign or type(item).__module__ not in _READABLE or isinstance(item, type | types.ModuleType):
        return
    seen.add(id(item))
    if isinstance(item, CodeType):
        yield item
    cells = (cell.cell_contents for cell in getattr(item, "__closure__", None) or () if cell != types.CellType())
    for part in (*(getattr(item, name, None) for name in _PARTS), *getattr(item, "co_consts", ()), *cells):
        yield from _codes(part, seen)


class _Method(NamedTuple):
    owner: type
    kind: str
    function: Callable[..., object]
    signature: Signature

    def parameters(self) -> list[Parameter]:
        """Those that a caller gives; a leading `__x`, which the class mangles, is the old way to write positional-only."""
        given = list(self.signature.parameters.values())
        given = given[1:] if self.kind in ("method", "classmethod") and given and given[0].kind in _POSITIONAL else given
        private = re.compile(rf"(_{self.owner.__name__.lstrip('_')})?__.*(?<!__)$")
        plain = next((at for at, each in enumerate(given) if each.kind not in _POSITIONAL or not private.match(each.name)), len(given))
        return [each.replace(kind=Parameter.POSITIONAL_ONLY) for each in given[:plain]] + given[plain:]

    def resolved(self, annotation: object) -> object:
        return _resolved(annotation, self.function, self.owner)

    def is_async(self) -> set[bool]:
        """Whether a call gives a coroutine; both where a wrapper may or may not await what it wraps."""
        outer, inner = (bool(_code_flags(each) & inspect.CO_COROUTINE) for each in (self.function, inspect.unwrap(self.function)))
        return {True} if outer else {outer, inner}

    def text(self, name: str) -> str:
        prefix = f"@{self.kind} " if self.kind in ("classmethod", "staticmethod") and self.owner is not FunctionType else ""
        prefix += "async " if True in self.is_async() else ""
        own = self.signature.parameters.values()
        safe = [each if each.default is _EMPTY else each.replace(default=_Bare(shown(each.default))) for each in own]
        return prefix + name + re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(self.signature.replace(parameters=safe)))


class _Bare(str):
    __repr__ = str.__str__


def _method(declared: _Declared | None) -> _Method | None:
    """None for what is no method, and for one whose signature can't be known."""
    owner, value = declared[:2] if declared else (object, None)
    kind = next((kind for cls, kind in _KINDS.items() if isinstance(value, cls)), "function")
    function = getattr(value, "__func__", None) if kind in ("classmethod", "staticmethod") else value
    if kind == "function" and hasattr(type(value), "__get__"):
        kind = "method" if hasattr(value, "__wrapped__") else ""
    is_overloaded = isinstance(function, FunctionType) and (function.__module__ in _FOREIGN or get_overloads(function))
    if not kind or is_overloaded or isinstance(function, type) or not callable(function):
        return None
    try:
        return _Method(owner, kind, function, inspect.signature(function))
    except Exception:  # builtins have no signature, and a foreign __signature__ may raise anything
        return None


def _method_finding(name: str, wanted: _Declared, given: _Declared) -> Finding | None:
    expected, kind = _method(wanted) if wanted.annotation is _EMPTY else None, _data_type(given)
    if expected is None or expected.kind == "function":
        return None
    if _clash(kind, abc.Callable):
        return Finding(name, expected.text(name), f"{name}: {inspect.formatannotation(kind)}")
    return _comparison(name, expected, _method(given) if given.annotation is _EMPTY else None)


def _comparison(name: str, expected: _Method | None, found: _Method | None) -> Finding | None:
    if expected is None or found is None or not (_parameters_clash(expected, found) or _products_clash(expected, found)):
        return None
    name_shown = getattr(found.function, "__name__", name) if found.owner is FunctionType else name
    return Finding(name, expected.text(name), found.text(name_shown))


def _parameters_clash(expected: _Method, found: _Method) -> bool:
    wanted, given = expected.parameters(), found.parameters()
    rest = [each.annotation for each in wanted if each.kind in _REST]
    is_gradual = len(rest) == 2 and all(annotation in (_EMPTY, Any, "Any") for annotation in rest)  # to checkers that is `...`
    partners = list(_partners([each for each in wanted if not is_gradual or each.kind not in _REST], given))
    required = {each.name for each in given if each.default is _EMPTY and each.kind not in _REST}
    spare = required - {partner.name for _, partner in partners if partner}
    if (found.kind == "method" != expected.kind) or (spare and not is_gradual):
        return True
    if any(partner is None or (each.default is not _EMPTY and partner.name in required) for each, partner in partners):
        return True
    taken = [(each.annotation, partner.annotation) for each, partner in partners if partner]
    return any(_clash(expected.resolved(given), found.resolved(accepted)) for given, accepted in taken)


def _partners(wanted: list[Parameter], given: list[Parameter]) -> Iterator[tuple[Parameter, Parameter | None]]:
    """Each parameter of the contract, with the one that takes what is given for it."""
    rest: dict[object, Parameter] = {each.kind: each for each in given if each.kind in _REST}
    positional = [each for each in given if each.kind in _POSITIONAL]
    takes_any = any(each.kind == Parameter.VAR_POSITIONAL for each in wanted)
    filled = positional if takes_any else positional[: sum(each.kind in _POSITIONAL for each in wanted)]
    named = {each.name: None if each in filled else each for each in given if each.kind not in (*_REST, Parameter.POSITIONAL_ONLY)}
    for index, each in enumerate(wanted):
        by_name = named.get(each.name, rest.get(Parameter.VAR_KEYWORD))
        partner = by_name if each.kind == Parameter.KEYWORD_ONLY else rest.get(each.kind)
        if each.kind in _POSITIONAL and index < len(positional):
            is_same = (each.name, each.kind) == (positional[index].name, positional[index].kind)
            partner = positional[index] if is_same or each.kind == Parameter.POSITIONAL_ONLY else None
        elif each.kind in _POSITIONAL and (by_name or each.kind == Parameter.POSITIONAL_ONLY):
            partner = rest.get(Parameter.VAR_POSITIONAL)
        yield each, partner


def _products_clash(expected: _Method, found: _Method) -> bool:
    is_async = True in expected.is_async()
    promised, given = (each.resolved(each.signature.return_annotation) for each in (expected, found))
    if is_async in found.is_async():
        return _clash(given, promised)
    if (found if is_async else expected).signature.return_annotation is _EMPTY:
        return True
    return _clash(given, abc.Awaitable) if is_async else _clash(CoroutineType, promised)


def _data_finding(name: str, wanted: _Declared, given: _Declared) -> Finding | None:
    expected, found = _data_type(wanted), _data_type(given)
    texts = (f"{name}: {inspect.formatannotation(kind)}" for kind in (expected, found))
    return Finding(name, *texts) if _clash(found, expected) else None


def _data_type(declared: _Declared) -> object:
    owner, value, annotation = declared
    getter = getattr(value, _GETTERS[type(value)]) if type(value) in _GETTERS else None
    if annotation is _EMPTY and getter is None:
        return _EMPTY if value is None or (hasattr(type(value), "__get__") and not isinstance(value, FunctionType)) else type(value)
    return _resolved(getattr(getter, "__annotations__", {}).get("return", annotation), getter or owner, owner)


def _resolved(annotation: object, source: Callable[..., object], owner: type) -> object:
    if not isinstance(annotation, str):
        return annotation
    try:
        return eval(annotation, getattr(inspect.unwrap(source), "__globals__", None) or vars(inspect.getmodule(source)), dict(vars(owner)))
    except Exception:  # it is any expression, of names that may not be there at run time
        return _EMPTY


def _clash(given: object, wanted: object) -> bool:
    """Whether a value of the type `given` certainly is no `wanted`."""
    given, wanted = _plain(given), _plain(wanted)
    if get_origin(given) in _UNIONS:
        return any(_clash(member, wanted) for member in get_args(given))
    if get_origin(wanted) in _UNIONS:
        return all(_clash(given, member) for member in get_args(wanted))
    one, other = _class_of(given), _class_of(wanted)
    if one is None or other is None or any(Any in cls.__mro__ or te.is_protocol(cls) for cls in (one, other)):
        return False
    pairs = list(zip(get_args(given), get_args(wanted), strict=False)) if {one, other} <= _ELEMENTWISE else []
    pairs += [(its, mine) for mine, its in pairs] if one is other and one in _INVARIANT else []
    return not _is_subclass(one, other) or (len(get_args(given)) == len(get_args(wanted)) and any(_clash(*pair) for pair in pairs))


def _is_subclass(one: type, other: type) -> bool:
    try:
        return issubclass(one, other) or any(issubclass(one, small) and other in large for small, large in _PROMOTED.items())
    except Exception:  # a foreign __subclasscheck__ may raise anything
        return True


def _plain(annotation: object) -> object:
    if type(annotation).__name__ == "TypeAliasType":
        return _plain(getattr(annotation, "__value__", _EMPTY))
    if get_origin(annotation) in (Annotated, ClassVar, Final, te.ReadOnly):
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return Union[tuple(map(type, get_args(annotation)))]  # noqa: UP007 - there is no other way to make one of a tuple
    return types.NoneType if annotation is None else annotation
