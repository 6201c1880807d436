"""What a class, a function or an instance lacks to satisfy a protocol.

`missing_members` is cheap and runs at registration; `signature_findings` reads signatures and annotations, and runs when an entry is loaded.
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
_DYNAMIC: Final = {"__dict__", "__setattr__", "exec", "setattr", "vars"}
_HEAP_TYPE: Final = 1 << 9  # the flag of classes that a class statement makes
_POSITIONAL: Final = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
_REST: Final = {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}
_PROMOTED: Final[dict[type, tuple[type, ...]]] = {int: (float, complex), float: (complex,), bytearray: (bytes,), memoryview: (bytes,)}
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
    if "__call__" in members.methods and isinstance(instance, FunctionType | MethodType):
        wanted = _declared(contract, "__call__")
        findings.append(wanted and _comparison("__call__", wanted, _Declared(type(instance), staticmethod(instance))))
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


def _code_flags(obj: object) -> int:
    while isinstance(obj, partial | MethodType | staticmethod):
        obj = obj.func if isinstance(obj, partial) else obj.__func__
    code = getattr(obj if hasattr(type(obj), "__code__") else getattr(type(obj), "__call__", None), "__code__", None)
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
    bases = [base for base in (*cls.__mro__, *type(cls).__mro__) if base not in (object, type) and base.__module__ not in _FOREIGN]
    codes = [code for base in bases for code in _codes_in(base)] if lacking else []
    is_open = any(map(_is_open, bases)) or any(not _DYNAMIC.isdisjoint(code.co_names) for code in codes)
    sure = [name for name in lacking if not (is_open and name in data) and not any(_assigns(code, name) for code in codes)]
    return tuple(Finding(name, "a data member" if name in data else "a method", "nothing") for name in sure)


def _is_open(base: type) -> bool:
    """Whether it may have attributes that can't be seen: by `__getattr__`, or where a foreign descriptor or C code sets them."""
    is_dynamic = "__getattr__" in base.__dict__ or "__getattribute__" in base.__dict__
    return is_dynamic or not base.__flags__ & _HEAP_TYPE or any(_is_unreadable(value, base) for value in base.__dict__.values())


def _is_unreadable(value: object, base: type) -> bool:
    if isinstance(value, MethodDescriptorType | WrapperDescriptorType):
        return value.__objclass__ is base
    is_function = callable(value) or hasattr(type(value), "__get__")
    return is_function and not isinstance(value, type) and type(value).__module__ not in _READABLE


def _assigns(code: CodeType, name: str) -> bool:
    return name in code.co_names and any(step.opname == "STORE_ATTR" and step.argval == name for step in dis.get_instructions(code))


def _codes_in(base: type) -> Iterator[CodeType]:
    is_generated = "__dataclass_fields__" in base.__dict__  # a frozen dataclass sets its fields, which are annotated, by __setattr__
    seen: set[int] = set()
    for value in tuple(base.__dict__.values()):
        yield from (code for code in _codes(value, seen) if not (is_generated and code.co_filename == "<string>"))


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
        private = ("__", f"_{self.owner.__name__.lstrip('_')}__")
        plain = next((index for index, each in enumerate(given) if not each.name.startswith(private)), len(given))
        old_style = [each.replace(kind=Parameter.POSITIONAL_ONLY) for each in given[:plain] if each.kind in _POSITIONAL]
        return old_style + given[len(old_style) :]

    def is_async(self) -> set[bool]:
        """Whether a call gives a coroutine; both where a wrapper may or may not await what it wraps."""
        found, function = set[bool](), self.function
        while function is not None and True not in found:
            found.add(bool(_code_flags(function) & inspect.CO_COROUTINE))
            function = getattr(function, "__wrapped__", None)
        return found

    def product(self) -> object:
        """The type that a call gives, but for `async`; generators have one without an annotation too."""
        flags, annotation = _code_flags(self.function), self.signature.return_annotation
        if annotation is _EMPTY and flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR):
            return types.GeneratorType if flags & inspect.CO_GENERATOR else types.AsyncGeneratorType
        return _resolved(annotation, self.function, self.owner)

    def text(self, name: str) -> str:
        prefix = f"@{self.kind} " if self.kind in ("classmethod", "staticmethod") else ""
        prefix += "async " if _code_flags(self.function) & inspect.CO_COROUTINE else ""
        ...


def _method(declared: _Declared) -> _Method | None:
    """None for what is no method, and for one whose signature can't be known."""
    value, kind = declared.value, "method"
    function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
    if function is not value:
        kind = type(value).__name__
    elif not hasattr(type(value), "__get__"):
        kind = "function"
    elif not isinstance(value, FunctionType | MethodDescriptorType | WrapperDescriptorType) and not hasattr(value, "__wrapped__"):
        return None
    ...


def _method_finding(name: str, contract: type, cls: type) -> Finding | None:
    wanted, given = _declared(contract, name), _declared(cls, name)
    expected = wanted and wanted.annotation is _EMPTY and _method(wanted)
    if not expected or expected.kind == "function" or given is None or given.owner in contract.__mro__:
        return None
    if _clash(_data_type(given), abc.Callable):
        return Finding(name, expected.text(name), _data_text(name, given))
    return _comparison(name, expected, given)


def _comparison(name, expected, given): ...
