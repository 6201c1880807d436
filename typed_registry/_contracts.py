"""What a class, a function or an instance lacks to satisfy a protocol.

`missing_members` is cheap and runs at registration; `signature_findings` reads signatures and annotations, and runs when an entry is loaded.
Both report only what is certain: what can't be known (a `__getattr__`, an annotation that doesn't resolve, a type variable) passes.
"""

from __future__ import annotations

import dis
import inspect
import sys
import types
from collections import abc, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from inspect import Parameter, Signature
from types import CodeType, CoroutineType, FunctionType, MethodType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, Union, get_args, get_origin, get_overloads
from weakref import WeakKeyDictionary

from typing_extensions import Format, ReadOnly, TypeIs, get_annotations, get_protocol_members
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
_DYNAMIC: Final = {"__dict__", "__setattr__", "exec", "setattr", "vars"}
_HEAP_TYPE: Final = 1 << 9  # the flag of classes that a class statement makes
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_NAMED: Final = (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_PROMOTED: Final = {int: (float, complex), float: (complex,), bytearray: (bytes,), memoryview: (bytes,)}
_INVARIANT: Final = {list, set, dict, deque, defaultdict, abc.MutableSequence, abc.MutableSet, abc.MutableMapping}
_COVARIANT: Final = {frozenset, type, abc.Awaitable, abc.AsyncIterable, abc.AsyncIterator, abc.Iterable, abc.Iterator, abc.Reversible}
_ELEMENTWISE: Final = _INVARIANT | _COVARIANT | {abc.Collection, abc.Container, abc.Mapping, abc.Sequence, abc.Set}
_NO_FACTORY: Final = {
    inspect.CO_COROUTINE: "a coroutine function gives a coroutine, not what it returns in the end",
    inspect.CO_ASYNC_GENERATOR: "an async generator function gives an async generator, not what it yields",
    inspect.CO_GENERATOR: "a generator function gives a generator, not what it yields",
}


class Members(NamedTuple):
    """The names that a protocol asks for, in the order of their definition.

    Example:
        >>> protocol_members(abc.Sized)
        Members(methods=(), data=())
    """

    methods: tuple[str, ...] = ()
    data: tuple[str, ...] = ()


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
        return () if issubclass(cls, contract) else (Finding(_title(contract), f"a subclass of {_title(contract)}", "no subclass of it"),)
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
        methods = tuple(name for base in contract.__mro__[:-1] for name in base.__dict__ if not name.startswith("_"))
    findings = [_method_finding(name, contract, cls) for name in dict.fromkeys(methods)]
    findings += [_data_finding(name, contract, cls) for name in data]
    return tuple(finding for finding in findings if finding)


def instance_findings(protocol: object, instance: object) -> tuple[Finding, ...]:
    """What a ready instance lacks; its properties are not evaluated."""
    contract = _class_of(protocol)
    members = protocol_members(contract)
    if contract is None or (not is_protocol_class(contract) and isinstance(instance, contract)):
        return ()
    is_class = isinstance(instance, type) and members != Members(("__call__",))
    if is_class or not is_protocol_class(contract):
        found = f"the class {_title(instance)}" if isinstance(instance, type) else f"an instance of {_title(type(instance))}"
        return (Finding(_title(contract), f"an instance of {_title(contract)}", found),)
    findings = [_absence(name, "a method", instance) for name in members.methods]
    findings += [_absence(name, "a data member", instance) for name in members.data]
    if "__call__" in members.methods and isinstance(instance, FunctionType | MethodType):
        findings.append(_comparison("__call__", _declared(contract, "__call__"), _Declared(type(instance), staticmethod(instance))))
    return tuple(finding for finding in findings if finding)


def return_findings(protocol: object, annotation: object) -> tuple[Finding, ...]:
    """What the product of a factory lacks, going by the factory's resolved return annotation."""
    contract, product = _class_of(protocol), _plain(annotation)
    if contract is None or product is _EMPTY:
        return ()
    if _is_union(product):
        return tuple(finding for member in get_args(product) for finding in return_findings(contract, member))
    made = _class_of(product)
    if made is None or Any in made.__mro__:
        return ()
    if made is types.NoneType and contract not in made.__mro__:
        return (Finding(_title(contract), f"a {_title(contract)}", "None"),)
    return missing_members(contract, made) or signature_findings(contract, made)


def callable_problem(obj: object) -> str | None:
    """Why an object can't be a factory, if it can't."""
    if not callable(obj):
        return f"{shown(obj)} can't be called"
    return next((problem for flag, problem in _NO_FACTORY.items() if _code_flags(obj) & flag), None)


def _code_flags(obj: object) -> int:
    while isinstance(obj, partial | MethodType | staticmethod):
        obj = obj.func if isinstance(obj, partial) else obj.__func__
    code = getattr(obj if isinstance(obj, FunctionType | type) else type(obj).__call__, "__code__", None)
    return code.co_flags if isinstance(code, CodeType) else 0
