"""What a class, a function or an instance lacks to satisfy a protocol.

`missing_members` is cheap and runs at registration; `signature_findings` reads signatures and annotations, and runs at the first load.
Both report only what is certain: what can't be known (a `__getattr__`, an annotation that doesn't resolve, a type variable) passes.
"""

from __future__ import annotations

import dis
import inspect
import re
import sys
import types
from collections import abc, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from inspect import Parameter, Signature
from types import CodeType, CoroutineType, FunctionType, MethodDescriptorType, MethodType, WrapperDescriptorType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Union, get_args, get_origin, get_overloads
from weakref import WeakKeyDictionary

from typing_extensions import Format, ReadOnly, get_annotations, get_protocol_members
from typing_extensions import is_protocol as is_protocol_class

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
_HEAP_TYPE: Final = 1 << 9  # the flag of classes that a class statement makes
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_REST: Final = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
_PROMOTED: Final[dict[type, tuple[type, ...]]] = {int: (float, complex), float: (complex,), bytearray: (bytes,), memoryview: (bytes,)}
_INVARIANT: Final = {list, set, dict, deque, defaultdict, abc.MutableSequence, abc.MutableSet, abc.MutableMapping}
_COVARIANT: Final = {
    frozenset,
    tuple,
    type,
    abc.Awaitable,
    abc.AsyncIterable,
    abc.AsyncIterator,
    abc.Iterable,
    abc.Iterator,
    abc.Reversible,
}
_ELEMENTWISE: Final = _INVARIANT | _COVARIANT | {abc.Collection, abc.Container, abc.Mapping, abc.Sequence, abc.Set}
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


_MEMBERS: Final[WeakKeyDictionary[type, Members]] = WeakKeyDictionary()


def is_protocol(obj: object) -> bool:
    """Whether it is a protocol class, or a parametrised one."""
    contract = _class_of(obj)
    return contract is not None and is_protocol_class(contract)


def protocol_members(protocol: object) -> Members:
    """The methods and data members of a protocol and of those it extends; none for another class."""
    contract = _class_of(protocol) or object
    members = _MEMBERS.get(contract)
    if members is None:
        members = _MEMBERS[contract] = _read_members(contract) if is_protocol_class(contract) else Members()
    return members


def abstract_methods(cls: type) -> tuple[str, ...]:
    """The names of the methods that are still abstract, sorted."""
    return tuple(sorted(getattr(cls, "__abstractmethods__", ())))


def missing_members(protocol: object, cls: type) -> tuple[Finding, ...]:
    """What a class certainly lacks; no signature is read for it."""
    contract = _class_of(protocol)
    if contract is None or contract in cls.__mro__:
        return ()
    if not is_protocol_class(contract):
        return () if issubclass(cls, contract) else (Finding(contract.__name__, f"a subclass of {contract.__name__}", "no subclass of it"),)
    methods, data = protocol_members(contract)
    values = [base.__dict__ for base in cls.__mro__]
    lacking = [name for name in methods if next((names[name] for names in values if name in names), None) is None]
    lacking += [name for name in data if not any(name in names for names in values)]
    return _certainly_missing(lacking, data, cls) if lacking else ()


def signature_findings(protocol: object, cls: type) -> tuple[Finding, ...]:
    """Where signatures and types of a class don't fit those of the protocol, or of the base class whose public methods it overrides."""
    contract = _class_of(protocol)
    if contract is None:
        return ()
    methods, data = protocol_members(contract)
    if not is_protocol_class(contract) and contract in cls.__mro__:
        methods = tuple(name for base in contract.__mro__[:-1] for name in base.__dict__ if name[0] != "_")
    findings = [_method_finding(name, contract, cls) for name in dict.fromkeys(methods)]
    findings += [_data_finding(name, contract, cls) for name in data]
    return tuple(finding for finding in findings if finding)


def instance_findings(protocol: object, instance: object) -> tuple[Finding, ...]:
    """What a ready instance lacks; its properties are not evaluated."""
    contract, members = _class_of(protocol), protocol_members(protocol)
    if contract is None or (not is_protocol_class(contract) and isinstance(instance, contract)):
        return ()
    if not is_protocol_class(contract) or (isinstance(instance, type) and members != Members(("__call__",))):
        found = f"the class {instance.__name__}" if isinstance(instance, type) else f"an instance of {type(instance).__name__}"
        return (Finding(contract.__name__, f"an instance of {contract.__name__}", found),)
    findings = [_absence(name, "a method", instance) for name in members.methods]
    findings += [_absence(name, "a data member", instance) for name in members.data]
    wanted = _declared(contract, "__call__") if isinstance(instance, FunctionType | MethodType) else None
    expected = _method(wanted) if wanted else None
    own = _method(_Declared(FunctionType, staticmethod(instance))) if callable(instance) else None
    if expected and own:
        findings.append(_comparison("__call__", expected, own._replace(kind="function")))
    return tuple(finding for finding in findings if finding)


def return_findings(protocol: object, annotation: object) -> tuple[Finding, ...]:
    """What the product of a factory lacks, going by the factory's resolved return annotation."""
    contract, product = _class_of(protocol), _plain(annotation)
    if _is_union(product):
        return tuple(finding for member in get_args(product) for finding in return_findings(protocol, member))
    made = _class_of(product)
    if contract is None or made is None or Any in made.__mro__:
        return ()
    if made is types.NoneType and not (contract is object or contract is made):
        return (Finding(contract.__name__, f"a {contract.__name__}", "None"),)
    return missing_members(contract, made) or signature_findings(contract, made)


def callable_problem(obj: object) -> str | None:
    """Why an object can't be a factory, if it can't."""
    if not callable(obj):
        return f"{shown(obj)} can't be called"
    flags = _code_flags(obj)
    return next((problem for flag, problem in _NO_FACTORY.items() if flags & flag), None)


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


def _annotations(cls: type) -> Mapping[str, object]:
    return get_annotations(cls, format=Format.FORWARDREF)


def _read_members(protocol: type) -> Members:
    wanted = get_protocol_members(protocol)
    ordered = dict.fromkeys(name for base in reversed(protocol.__mro__[:-1]) for name in (*base.__dict__, *_annotations(base)))
    members: dict[bool, list[str]] = {True: [], False: []}
    for name in ordered:
        found = _declared(protocol, name) if name in wanted else None
        if found and not (found.value is None and found.annotation is _EMPTY):  # a class with `__eq__` gets `__hash__ = None`
            is_method = found.annotation is _EMPTY and (callable(found.value) or isinstance(found.value, classmethod))
            members[is_method].append(name)
    return Members(tuple(members[True]), tuple(members[False]))


def _absence(name: str, kind: str, instance: object) -> Finding | None:
    value = inspect.getattr_static(instance, name, _EMPTY)
    if value is not _EMPTY and not isinstance(value, types.MemberDescriptorType):
        is_wrong = kind == "a method" and not callable(value) and not hasattr(type(value), "__get__")
        return Finding(name, kind, shown(value)) if is_wrong else None
    try:
        return None if hasattr(instance, name) else Finding(name, kind, "nothing")
    except Exception:  # whatever a foreign __getattr__ raises, that is no proof of absence
        return None


def _certainly_missing(lacking: list[str], data: tuple[str, ...], cls: type) -> tuple[Finding, ...]:
    annotated = {name for base in cls.__mro__ for name in _annotations(base)}
    lacking = [name for name in lacking if name not in annotated]
    bases = [base for base in (*cls.__mro__, *inspect.getmro(type(cls))) if base not in (object, type) and base.__module__ not in _FOREIGN]
    seen: set[int] = set()
    codes = [code for base in bases for value in tuple(base.__dict__.values()) for code in _codes(value, seen)] if lacking else []
    is_open = any(map(_is_open, bases)) or any(not _DYNAMIC.isdisjoint(code.co_names) for code in codes)
    sure = [name for name in lacking if not (is_open and name in data) and not any(_assigns(code, name) for code in codes)]
    return tuple(Finding(name, "a data member" if name in data else "a method", "nothing") for name in sure)


def _is_open(base: type) -> bool:
    """Whether it may have attributes that can't be seen: by `__getattr__`, or where C code or a foreign descriptor sets them."""
    is_dynamic = "__getattr__" in base.__dict__ or "__getattribute__" in base.__dict__
    return is_dynamic or not base.__flags__ & _HEAP_TYPE or any(_is_unreadable(value, base) for value in base.__dict__.values())


def _is_unreadable(value: object, base: type) -> bool:
    if isinstance(value, MethodDescriptorType | WrapperDescriptorType):
        return value.__objclass__ is base
    home = type(value).__module__
    return home not in _READABLE and (hasattr(value, "__get__") or callable(value)) and not isinstance(value, type)


def _assigns(code: CodeType, name: str) -> bool:
    return name in code.co_names and any(step.opname == "STORE_ATTR" and step.argval == name for step in dis.get_instructions(code))


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
        prefix = f"@{self.kind} " if self.kind in ("classmethod", "staticmethod") else ""
        prefix += "async " if True in self.is_async() else ""
        given = [
            each if each.default is _EMPTY else each.replace(default=_Bare(shown(each.default)))
            for each in self.signature.parameters.values()
        ]
        return prefix + name + re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(self.signature.replace(parameters=given)))


class _Bare(str):
    __slots__ = ()
    __repr__ = str.__str__


def _method(declared: _Declared) -> _Method | None:
    """None for what is no method, and for one whose signature can't be known."""
    value = declared.value
    kind = next((kind for cls, kind in _KINDS.items() if isinstance(value, cls)), "function")
    function = getattr(value, "__func__", None) if kind in ("classmethod", "staticmethod") else value
    if kind == "function" and hasattr(type(value), "__get__"):
        kind = "method" if hasattr(value, "__wrapped__") else ""
    is_overloaded = isinstance(function, FunctionType) and (function.__module__ in _FOREIGN or get_overloads(function))
    if not kind or is_overloaded or isinstance(function, type) or not callable(function):
        return None
    try:
        return _Method(declared.owner, kind, function, inspect.signature(function))
    except Exception:  # builtins have no signature, and a foreign __signature__ may raise anything
        return None


def _method_finding(name: str, contract: type, cls: type) -> Finding | None:
    wanted, given = _declared(contract, name), _declared(cls, name)
    expected = _method(wanted) if wanted and wanted.annotation is _EMPTY else None
    if expected is None or expected.kind == "function" or given is None or given.owner in contract.__mro__:
        return None
    kind = _data_type(given)
    if _clash(kind, Callable):
        return Finding(name, expected.text(name), f"{name}: {inspect.formatannotation(kind)}")
    found = _method(given) if given.annotation is _EMPTY else None
    return found and _comparison(name, expected, found)


def _comparison(name: str, expected: _Method, found: _Method) -> Finding | None:
    is_unbound = found.kind == "method" and expected.kind != "method"
    if not is_unbound and not _parameters_clash(expected, found) and not _products_clash(expected, found):
        return None
    name_shown = getattr(found.function, "__name__", name) if found.owner is FunctionType else name
    return Finding(name, expected.text(name), found.text(name_shown))


def _parameters_clash(expected: _Method, found: _Method) -> bool:
    wanted, given = expected.parameters(), found.parameters()
    rest = [each for each in wanted if each.kind in _REST]
    is_gradual = len(rest) == 2 and all(each.annotation in (_EMPTY, Any, "Any") for each in rest)  # as `...`, to checkers
    partners = list(_partners(wanted, given))
    required = {each.name for each in given if each.default is _EMPTY and each.kind not in _REST}
    spare = required - {partner.name for _, partner in partners if partner}
    return bool(spare and not is_gradual) or any(
        (not (is_gradual and each in rest))
        if partner is None
        else (each.default is not _EMPTY and partner.name in required)
        or _clash(expected.resolved(each.annotation), found.resolved(partner.annotation))
        for each, partner in partners
    )


def _partners(wanted: list[Parameter], given: list[Parameter]) -> Iterator[tuple[Parameter, Parameter | None]]:
    """Each parameter of the contract, with the one that takes what is given for it."""
    rest: dict[object, Parameter] = {each.kind: each for each in given if each.kind in _REST}
    positional = [each for each in given if each.kind in _POSITIONAL]
    takes_any = any(each.kind == Parameter.VAR_POSITIONAL for each in wanted)
    free = given[len(positional if takes_any else positional[: sum(each.kind in _POSITIONAL for each in wanted)]) :]
    named = {each.name: each for each in free if each.kind in (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)}
    for index, each in enumerate(wanted):
        by_name = named.get(each.name) or rest.get(Parameter.VAR_KEYWORD)
        partner = by_name if each.kind == Parameter.KEYWORD_ONLY else rest.get(each.kind)
        if each.kind in _POSITIONAL and index < len(positional):
            is_same = (each.name, each.kind) == (positional[index].name, positional[index].kind)
            partner = positional[index] if is_same or each.kind == Parameter.POSITIONAL_ONLY else None
        elif each.kind in _POSITIONAL and (by_name or each.kind == Parameter.POSITIONAL_ONLY):
            partner = rest.get(Parameter.VAR_POSITIONAL)
        yield each, partner


def _products_clash(expected: _Method, found: _Method) -> bool:
    promised, given = (each.resolved(each.signature.return_annotation) for each in (expected, found))
    is_async = True in expected.is_async()
    if is_async in found.is_async():
        return _clash(given, promised)
    if (given if is_async else promised) is _EMPTY:
        return True
    return _clash(given, abc.Awaitable) if is_async else _clash(CoroutineType, promised)


def _data_finding(name: str, contract: type, cls: type) -> Finding | None:
    wanted, given = _declared(contract, name), _declared(cls, name)
    if wanted is None or given is None or given.owner in contract.__mro__:
        return None
    expected, found = _data_type(wanted), _data_type(given)
    texts = [f"{name}: {inspect.formatannotation(kind)}" for kind in (expected, found)]
    return Finding(name, *texts) if _clash(found, expected) else None


def _data_type(declared: _Declared) -> object:
    owner, value, annotation = declared
    if annotation is not _EMPTY:
        return _resolved(annotation, owner, owner)
    getter = getattr(value, _GETTERS.get(type(value), ""), None)
    if getter is not None:
        return _resolved(getattr(getter, "__annotations__", {}).get("return", _EMPTY), getter, owner)
    is_unknown = value is None or (hasattr(type(value), "__get__") and not isinstance(value, FunctionType))
    return _EMPTY if is_unknown else type(value)


def _resolved(annotation: object, source: Callable[..., object], owner: type) -> object:
    if not isinstance(annotation, str):
        return annotation
    try:
        home = inspect.unwrap(source)
        return eval(annotation, getattr(home, "__globals__", None) or vars(sys.modules[home.__module__]), dict(vars(owner)))
    except Exception:  # it is any expression, of names that may not be there at run time
        return _EMPTY


def _clash(given: object, wanted: object) -> bool:
    """Whether a value of the type `given` certainly is no `wanted`."""
    given, wanted = _plain(given), _plain(wanted)
    if _is_union(given):
        return any(_clash(member, wanted) for member in get_args(given))
    if _is_union(wanted):
        return all(_clash(given, member) for member in get_args(wanted))
    one, other = _class_of(given), _class_of(wanted)
    if one is None or other is None or any(Any in cls.__mro__ or is_protocol_class(cls) for cls in (one, other)):
        return False
    return not _is_subclass(one, other) or _arguments_clash(get_args(given), get_args(wanted), one, other)


def _is_subclass(one: type, other: type) -> bool:
    try:
        return issubclass(one, other) or any(issubclass(one, small) and other in large for small, large in _PROMOTED.items())
    except Exception:  # a foreign __subclasscheck__ may raise anything
        return True


def _arguments_clash(given: tuple[object, ...], wanted: tuple[object, ...], one: type, other: type) -> bool:
    if len(given) != len(wanted) or not {one, other} <= _ELEMENTWISE:
        return False
    is_invariant = one is other and one in _INVARIANT
    return any(_clash(mine, its) or (is_invariant and _clash(its, mine)) for mine, its in zip(given, wanted, strict=True))


def _plain(annotation: object) -> object:
    while True:
        if get_origin(annotation) in (Annotated, ClassVar, Final, ReadOnly):
            annotation = get_args(annotation)[0]
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = getattr(annotation, "__value__", None)
        elif get_origin(annotation) is Literal:
            return Union[tuple(type(value) for value in get_args(annotation))]
        else:
            return types.NoneType if annotation is None else annotation


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)
