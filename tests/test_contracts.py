"""Contracts: what a class, a function or an instance lacks to satisfy a protocol."""

from __future__ import annotations

import functools
import gc
import inspect
import re
import sys
import timeit
import types
import weakref
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter, Signature
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar, Union, overload

import pytest
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st

from typed_registry._contracts import (
    Members,
    abstract_methods,
    callable_problem,
    instance_findings,
    is_protocol,
    missing_members,
    protocol_members,
    return_findings,
    signature_findings,
)
from typed_registry.errors import Finding

CONTAINERS = (Iterable, Mapping, Sequence)  # annotations that are resolved in this module name them
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
NO_METHOD = Finding("detect", "a method", "nothing")
NO_DATA = Finding("name", "a data member", "nothing")


class Image: ...


class Detection: ...


class Box(Detection): ...


class Detector(Protocol):
    def detect(self, image: Image) -> list[Detection]: ...


class Named(Protocol):
    name: str


class Both(Detector, Named, Protocol):
    @property
    def size(self) -> float: ...


class Activation(Protocol):
    def __call__(self, x: float, /) -> float: ...


class Loader(Protocol[T_co]):
    def load(self) -> T_co: ...


class Base(ABC):
    label: str = "base"
    forward: Callable[..., Any] = print

    @abstractmethod
    def detect(self, image: Image) -> list[Detection]: ...

    def _hook(self, image: Image) -> None: ...

    @property
    def width(self) -> int:
        return 1


def names(findings: Iterable[Finding]) -> list[str]:
    return [finding.member for finding in findings]


def contract_of(function: Callable[..., object]) -> type:
    """A protocol with that function as its one method `run`."""
    return types.new_class("Contract", (Protocol,), exec_body=lambda space: space.update(run=function, __module__=__name__))


def class_of(function: object, name: str = "run") -> type:
    return type("Component", (), {name: function, "__module__": __name__})


def refused(wanted: Callable[..., object], given: object) -> bool:
    return signature_findings(contract_of(wanted), class_of(given)) != ()


# Protocols and their members


def test_members_of_a_protocol_are_those_of_its_bases_too() -> None:
    """Methods and data members come in the order of their definition, properties as data."""
    assert protocol_members(Both) == Members(methods=("detect",), data=("name", "size"))


def test_members_leave_out_what_typing_puts_there() -> None:
    """A method of the class machinery, and the `__hash__` that `__eq__` switches off, are no members."""

    class Comparable(Protocol):
        """Doc."""

        __slots__ = ()

        def __init__(self) -> None: ...
        def __eq__(self, other: object, /) -> bool: ...
        def __len__(self) -> int: ...

    assert protocol_members(Comparable) == Members(methods=("__eq__", "__len__"), data=())


def test_members_tell_callables_that_are_annotated_from_methods() -> None:
    """An annotated attribute is data whatever its type; class and static methods are methods."""

    class Mixed(Protocol):
        hook: Callable[[int], int]
        limit: ClassVar[int] = 3

        @classmethod
        def make(cls) -> int: ...
        @staticmethod
        def help() -> str: ...

    assert protocol_members(Mixed) == Members(methods=("make", "help"), data=("limit", "hook"))


def test_members_of_a_parametrised_protocol_are_those_of_its_origin() -> None:
    """`Loader[int]` asks for what `Loader` asks for."""
    assert protocol_members(Loader[int]) == Members(methods=("load",))


def test_members_of_other_classes_are_none() -> None:
    """An ABC or a class is asked for by inheritance."""
    assert protocol_members(Base) == Members()


def test_members_work_for_the_backport() -> None:
    """Protocols of typing_extensions are protocols."""

    class Backport(typing_extensions.Protocol):
        name: str

        def run(self) -> int: ...

    assert is_protocol(Backport)
    assert set(protocol_members(Backport).methods + protocol_members(Backport).data) == {"run", "name"}


def test_members_keep_no_class_alive() -> None:
    """A protocol whose members were read can be collected."""

    class Passing(Protocol):
        def run(self) -> int: ...

    protocol_members(Passing)
    reference = weakref.ref(Passing)
    del Passing
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        (Detector, True),
        (Loader[int], True),
        (Base, False),
        (int, False),
        (list[int], False),
        (int | None, False),
        (3, False),
        (Protocol, False),
    ],
)
def test_is_protocol(obj: object, expected: bool) -> None:
    """Protocol classes are protocols, their implementations and `Protocol` itself are not."""
    assert is_protocol(obj) is expected


def test_is_protocol_is_false_for_an_implementation() -> None:
    """A class that inherits a protocol is a class."""

    class Explicit(Detector): ...

    assert is_protocol(Explicit) is False


def test_abstract_methods() -> None:
    """Those that are still to be written, sorted; none once they are."""

    class Whole(Base):
        def detect(self, image: Image) -> list[Detection]:
            return []

    assert (abstract_methods(Base), abstract_methods(Whole), abstract_methods(type)) == (("detect",), (), ())


# Registration: missing members


def test_missing_method() -> None:
    """A class without the method lacks it; a class with it does not."""

    class Right:
        def detect(self, image: Image) -> list[Detection]:
            return []

    assert missing_members(Detector, Right) == ()
    assert missing_members(Detector, Image) == (NO_METHOD,)


def test_missing_method_switched_off() -> None:
    """`None` in the class takes away what the base has."""

    class Right:
        def detect(self, image: Image) -> list[Detection]:
            return []

    class Off(Right):
        detect = None  # type: ignore[assignment]

    assert missing_members(Detector, Off) == (NO_METHOD,)


def test_method_in_other_forms_is_present() -> None:
    """Annotated, assigned in code, inherited: all are methods to a checker."""

    class Annotates:
        detect: Callable[[Image], list[Detection]]

    class Assigns:
        def __init__(self, detect: Callable[[Image], list[Detection]]) -> None:
            self.detect = detect

    class Inherits(Assigns): ...

    assert [missing_members(Detector, cls) for cls in (Annotates, Assigns, Inherits)] == [(), (), ()]


def test_method_that_is_only_called_is_missing() -> None:
    """Reading an attribute is no proof that it is there."""

    class Calls:
        def run(self) -> object:
            return self.detect(Image())  # type: ignore[attr-defined]

    assert missing_members(Detector, Calls) == (NO_METHOD,)


def test_method_is_not_given_by_getattr_nor_the_metaclass() -> None:
    """A `__getattr__` may give data; the `__call__` of `type` makes no instance callable."""

    class Dynamic:
        def __getattr__(self, name: str) -> Any: ...

    assert missing_members(Detector, Dynamic) == (NO_METHOD,)
    assert missing_members(Activation, Image) == (Finding("__call__", "a method", "nothing"),)


def test_missing_data_member() -> None:
    """A class in which nothing could set it lacks it; its own other attributes don't count."""

    class Other:
        def __init__(self) -> None:
            self.nom = "x"

    assert missing_members(Named, Other) == (NO_DATA,)


def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any) -> Any:
        return function(*args)

    return wrapper


def wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    return functools.wraps(function)(decorated(function))


class Annotates:
    name: str


class Slotted:
    __slots__ = ("name",)


@dataclass
class Data:
    name: str


@dataclass(frozen=True, slots=True)
class Frozen:
    name: str


class Record(NamedTuple):
    name: str


class Computes:
    @property
    def name(self) -> str:
        return ""


class Caches:
    @functools.cached_property
    def name(self) -> str:
        return ""


class Assigns:
    def __init__(self) -> None:
        self.name = "x"


class Inherits(Assigns):
    def __init__(self) -> None:
        super().__init__()


class AssignsLater:
    def fit(self) -> None:
        self.name = "x"


class AssignsInside:
    def fit(self: Any) -> None:
        def nested() -> None:
            self.name = "x"

        nested()


class AssignsInProperty:
    @property
    def label(self) -> str:
        self.name = "x"
        return self.name


class AssignsInSetter:
    @property
    def label(self) -> str:
        return ""

    @label.setter
    def label(self, value: str) -> None:
        self.name = value


class AssignsInClassMethod:
    @classmethod
    def make(cls) -> AssignsInClassMethod:
        made = cls()
        made.name = "x"  # type: ignore[attr-defined]
        return made


class AssignsUnderDecorator:
    @decorated
    def __init__(self) -> None:
        self.name = "x"


class AssignsUnderWraps:
    @wrapped
    def __init__(self) -> None:
        self.name = "x"


class AssignsUnderCache:
    @functools.lru_cache
    def fit(self) -> None:
        self.name = "x"


class AssignsInPartial:
    def _fit(self, name: str) -> None:
        self.name = name

    fit = functools.partialmethod(_fit, "x")


class Meta(type):
    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().__call__(*args, **kwargs)
        made.name = "x"
        return made


class AssignedByMeta(metaclass=Meta): ...


class Subclasses:
    def __init_subclass__(cls) -> None:
        cls.name = "x"  # type: ignore[attr-defined]


class AssignedBySubclassHook(Subclasses): ...


class Explicit(Named): ...


PRESENT = [
    *(Annotates, Slotted, Data, Frozen, Record, Computes, Caches, Assigns, Inherits, AssignsLater, AssignsInside, AssignsInProperty),
    *(AssignsInSetter, AssignsInClassMethod, AssignsUnderDecorator, AssignsUnderWraps, AssignsUnderCache, AssignsInPartial),
    *(AssignedByMeta, AssignedBySubclassHook, Explicit),
]


@pytest.mark.parametrize("cls", PRESENT, ids=lambda cls: cls.__name__)
def test_data_member_is_present(cls: type) -> None:
    """Wherever the class, a base or its metaclass may have it from."""
    assert missing_members(Named, cls) == ()


class GetsAttributes:
    def __getattr__(self, name: str) -> Any: ...


class GetsAll:
    def __getattribute__(self, name: str) -> Any: ...


class Updates:
    def __init__(self, **kwargs: object) -> None:
        self.__dict__.update(kwargs)


class UpdatesByVars:
    def __init__(self, **kwargs: object) -> None:
        vars(self).update(kwargs)


class Sets:
    def __init__(self, **kwargs: object) -> None:
        for key, value in kwargs.items():
            setattr(self, key, value)


class InC(SimpleNamespace): ...


class IsError(Exception): ...


class Descriptor:
    def __get__(self, instance: object, owner: type | None = None) -> str:
        return ""


class HasForeignDescriptor:
    label = Descriptor()


@pytest.mark.parametrize(
    "cls", [GetsAttributes, GetsAll, Updates, UpdatesByVars, Sets, InC, IsError, HasForeignDescriptor], ids=lambda cls: cls.__name__
)
def test_data_member_is_not_certainly_absent(cls: type) -> None:
    """Where anything may be set, nothing is refused for data; a method is still missing."""
    assert missing_members(Named, cls) == ()
    assert missing_members(Detector, cls) == (NO_METHOD,)


class OtherProtocol(Protocol):
    def other(self) -> None: ...


class OfOther(OtherProtocol): ...


class OfGeneric(Generic[T]): ...


class OfAbc(ABC): ...


class OfSized(Sized):
    def __len__(self) -> int:
        return 0


@dataclass(frozen=True)
class FrozenOther:
    nom: str


@dataclass(slots=True)
class SlottedOther:
    nom: str


class HasConstant:
    act = abs
    kinds = (1, 2)
    alias = list[int]


class Nests:
    class Inner:
        def __init__(self) -> None:
            self.name = "x"


@pytest.mark.parametrize(
    "cls",
    [OfOther, OfGeneric, OfGeneric[int], OfAbc, OfSized, FrozenOther, SlottedOther, HasConstant, Nests],
    ids=lambda cls: str(getattr(cls, "__name__", cls)),
)
def test_data_member_is_certainly_absent(cls: type) -> None:
    """What typing, abc and dataclasses put into a class opens no door, nor does a nested class."""
    assert missing_members(Named, typing_extensions.get_origin(cls) or cls) == (NO_DATA,)


def test_missing_members_of_a_used_protocol_class() -> None:
    """A class that inherits a protocol stays as it was after its first instance, for which typing replaces its `__init__`."""

    class Late(OtherProtocol):
        def other(self) -> None:
            return None

    Late()
    assert missing_members(Named, Late) == (NO_DATA,)


def test_missing_members_come_all_at_once() -> None:
    """Methods first, then data."""
    assert names(missing_members(Both, Image)) == ["detect", "name", "size"]


def test_missing_members_by_inheritance() -> None:
    """An explicit implementation has the members of its protocol, a child of one base protocol those of the base."""

    class Half(Detector): ...

    class Full(Both): ...

    assert (names(missing_members(Both, Half)), missing_members(Both, Full)) == (["name", "size"], ())


def test_missing_members_of_dunder_protocols() -> None:
    """Special methods count as others do; those of `object` are there."""

    class Hashes(Protocol):
        def __hash__(self) -> int: ...
        def __len__(self) -> int: ...

    class Unhashable:
        def __eq__(self, other: object) -> bool:
            return True

        def __len__(self) -> int:
            return 0

    assert names(missing_members(Hashes, Image)) == ["__len__"]
    assert names(missing_members(Hashes, Unhashable)) == ["__hash__"]


def test_missing_for_a_base_class() -> None:
    """An ABC or a class asks for inheritance; a virtual subclass is one."""

    class Virtual: ...

    Base.register(Virtual)
    assert missing_members(Base, Virtual) == ()
    assert missing_members(int, bool) == ()
    assert missing_members(Base, Image) == (Finding("Base", "a subclass of Base", "no subclass of it"),)


def test_missing_members_reads_no_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registration must be cheap, also where something is missing."""
    monkeypatch.setattr(inspect, "signature", None)
    assert names(missing_members(Both, Assigns)) == ["detect", "size"]


def test_missing_members_is_fast() -> None:
    """A whole class is passed in microseconds; the bound is generous, as other things run beside the test."""

    class Whole:
        name = ""
        size = 1.0

        def detect(self, image: Image) -> list[Detection]:
            return []

    fastest = min(timeit.repeat(lambda: missing_members(Both, Whole), number=100, repeat=20)) / 100
    assert fastest < 50e-6


# First load: signatures


def test_signature_that_fits() -> None:
    """The same signature, and a narrower result."""

    class Same:
        def detect(self, image: Image) -> list[Detection]:
            return []

    assert signature_findings(Detector, Same) == ()


def test_finding_shows_both_signatures() -> None:
    """Expected and found read as they were written."""

    class Renamed:
        def detect(self, picture: Image, scale: str = "x") -> list[Detection]:
            return []

    assert signature_findings(Detector, Renamed) == (
        Finding(
            "detect",
            "detect(self, image: Image) -> list[Detection]",
            "detect(self, picture: Image, scale: str = 'x') -> list[Detection]",
        ),
    )


def test_finding_shows_async_and_kind() -> None:
    """What stands before `def` is shown where it is the difference."""

    class Contract(Protocol):
        @classmethod
        def make(cls) -> int: ...
        def run(self) -> int: ...

    class Component:
        def make(self) -> int:
            return 1

        async def run(self) -> int:
            return 1

    assert signature_findings(Contract, Component) == (
        Finding("make", "@classmethod make(cls) -> int", "make(self) -> int"),
        Finding("run", "run(self) -> int", "async run(self) -> int"),
    )


def test_finding_survives_a_default_with_a_broken_repr() -> None:
    """A foreign `__repr__` may raise."""

    class Broken:
        def __repr__(self) -> str:
            raise RuntimeError

    def run(self: object, a: int, b: object = Broken()) -> None: ...
    def wanted(self: object) -> None: ...

    (finding,) = signature_findings(contract_of(wanted), class_of(run))
    assert re.fullmatch(r"run\(self: object, a: int, b: object = <.*Broken.*>\) -> None", finding.found)


def plain(self: Any, a: Any, b: Any) -> None: ...
def defaulted(self: Any, a: Any, b: Any = 0) -> None: ...
def positional(self: Any, a: Any, b: Any, /) -> None: ...
def keyword(self: Any, *, a: Any, b: Any) -> None: ...
def anything(self: Any, *args: Any, **kwargs: Any) -> None: ...
def extra(self: Any, a: Any, b: Any, c: Any) -> None: ...
def extra_default(self: Any, a: Any, b: Any, c: Any = 0) -> None: ...
def swapped(self: Any, b: Any, a: Any) -> None: ...
def renamed(self: Any, x: Any, y: Any) -> None: ...
def fewer(self: Any, a: Any) -> None: ...
def starred(self: Any, a: Any, *args: Any) -> None: ...
def keyword_extra(self: Any, a: Any, b: Any, *, c: Any) -> None: ...
def keyword_swapped(self: Any, *, b: Any, a: Any) -> None: ...
def untyped(self: Any, *args: Any, **kwargs: Any) -> None: ...
def typed_rest(self: object, *args: int, **kwargs: int) -> None: ...
def typed_args(self: object, *args: int) -> None: ...
def any_rest(self: object, a: int, *args: Any, **kwargs: Any) -> None: ...
def one(self: Any, a: Any) -> None: ...


untyped.__annotations__.clear()


@pytest.mark.parametrize(
    ("wanted", "given_function", "expected"),
    [
        (plain, defaulted, False),
        (plain, anything, False),
        (plain, extra_default, False),
        (plain, positional, True),
        (plain, extra, True),
        (plain, swapped, True),
        (plain, renamed, True),
        (plain, fewer, True),
        (plain, starred, True),
        (plain, keyword, True),
        (plain, keyword_extra, True),
        (defaulted, plain, True),
        (defaulted, extra_default, True),
        (positional, renamed, False),
        (positional, swapped, False),
        (positional, starred, False),
        (positional, fewer, True),
        (keyword, plain, False),
        (keyword, keyword_swapped, False),
        (keyword, swapped, False),
        (keyword, positional, True),
        (keyword, fewer, True),
        (keyword, anything, False),
        (anything, plain, False),  # *args and **kwargs of any type are `...` to checkers
        (untyped, plain, False),
        (any_rest, plain, False),
        (any_rest, renamed, True),
        (typed_rest, anything, False),
        (typed_rest, plain, True),
        (typed_rest, typed_args, True),
        (typed_args, typed_rest, False),
        (typed_args, fewer, True),
        (one, starred, False),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_parameters(wanted: Callable[..., object], given_function: Callable[..., object], expected: bool) -> None:
    """An implementation must take every call that the protocol's method takes."""
    assert refused(wanted, given_function) is expected


def test_old_style_positional_only() -> None:
    """Names with two underscores in front, which a class mangles, are positional-only; dunder names are not."""

    class Old(Protocol):
        def run(self, __a: int, __b__: int) -> None: ...

    class Right:
        def run(self, x: int, __b__: int) -> None: ...

    class Wrong:
        def run(self, x: int, y: int) -> None: ...

    assert (signature_findings(Old, Right), names(signature_findings(Old, Wrong))) == ((), ["run"])


NAMES = ("a", "b", "c")


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    """Any parameter list of few names, untyped but for the rest parameters, which would mean `...` without a type."""
    order = draw(st.permutations(NAMES))[: draw(st.integers(0, 3))]
    kinds = sorted(
        draw(st.sampled_from((Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY))) for _ in order
    )
    parameters: list[Parameter] = []
    has_default = False
    for name, kind in zip(order, kinds, strict=True):
        wants_default = draw(st.booleans())
        has_default = wants_default or (has_default and kind != Parameter.KEYWORD_ONLY)
        parameters.append(Parameter(name, kind, default=0 if has_default else Parameter.empty))
    if draw(st.booleans()):
        first_keyword = sum(parameter.kind != Parameter.KEYWORD_ONLY for parameter in parameters)
        parameters.insert(first_keyword, Parameter("args", Parameter.VAR_POSITIONAL, annotation=object))
    if draw(st.booleans()):
        parameters.append(Parameter("kwargs", Parameter.VAR_KEYWORD, annotation=object))
    return Signature(parameters)


def callable_with(signature: Signature) -> Callable[..., object]:
    def run(*args: object, **kwargs: object) -> None: ...

    own = Parameter("self", Parameter.POSITIONAL_ONLY)
    run.__signature__ = signature.replace(parameters=[own, *signature.parameters.values()])  # type: ignore[attr-defined]
    return run


def bare(signature: Signature) -> Callable[..., object]:
    """A real function with those parameters; `Signature.bind` has faults in Python 3.11."""
    parameters = [each.replace(annotation=Parameter.empty) for each in signature.parameters.values()]
    function: Callable[..., object] = eval(f"lambda {str(Signature(parameters))[1:-1]}: None")
    return function


def takes(function: Callable[..., object], args: tuple[int, ...], kwargs: dict[str, int]) -> bool:
    try:
        function(*args, **kwargs)
    except TypeError:
        return False
    return True


CALLS = [
    ((0,) * count, dict.fromkeys(keywords, 0))
    for count in range(6)
    for keywords in [
        [name for at, name in enumerate((*NAMES, "other")) if mask & 1 << at] for mask in range(16)
    ]
]  # fmt: skip


@given(signatures(), signatures())
def test_what_is_passed_takes_every_call_of_the_protocol(wanted: Signature, given_signature: Signature) -> None:
    """The law: no finding means that each call which binds to the protocol's signature binds to the implementation's.

    A keyword that only the protocol's `**kwargs` takes must not be the name of a parameter of the implementation: checkers allow that too.
    """
    if refused(callable_with(wanted), callable_with(given_signature)):
        return
    own = {each.name for each in wanted.parameters.values() if each.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)}
    caller, called = bare(wanted), bare(given_signature)
    calls = [(args, kwargs) for args, kwargs in CALLS if takes(caller, args, kwargs) and kwargs.keys() <= own | {"other"}]
    assert [call for call in calls if not takes(called, *call)] == []


@given(signatures())
def test_a_signature_satisfies_itself(signature: Signature) -> None:
    """Whatever its parameters are."""
    assert refused(callable_with(signature), callable_with(signature)) is False


@given(signatures(), signatures())
def test_what_takes_every_call_is_rarely_refused(wanted: Signature, given_signature: Signature) -> None:
    """Where the implementation's parameters begin with the protocol's and add only defaults, it is passed."""
    extra_ones = [
        each.replace(name=f"{each.name}_more", kind=Parameter.KEYWORD_ONLY, default=0)
        for each in given_signature.parameters.values()
        if each.name in NAMES
    ]
    own = list(wanted.parameters.values())
    rest = [each for each in own if each.kind == Parameter.VAR_KEYWORD]
    longer = Signature([*(each for each in own if each not in rest), *extra_ones, *rest])
    assert refused(callable_with(wanted), callable_with(longer)) is False


# async


async def gives(self: object) -> int:
    return 1


def plain_gives(self: object) -> int:
    return 1


def awaitable(self: object) -> Awaitable[int]:
    raise NotImplementedError


def coroutine(self: object) -> Coroutine[Any, Any, int]:
    raise NotImplementedError


def unannotated(self: object) -> int:
    return 1


unannotated.__annotations__.clear()


def gives_any(self: object) -> Any:
    return 1


def gives_object(self: object) -> object:
    return 1


async def gives_text(self: object) -> str:
    return ""


async def stream(self: object) -> AsyncIterator[int]:
    yield 1


def stream_stub(self: object) -> AsyncIterator[int]:
    raise NotImplementedError


async def awaited_stream(self: object) -> AsyncIterator[int]:
    raise NotImplementedError


@functools.wraps(gives)
def wrapper(self: object) -> Any:
    return gives(self)


@functools.wraps(plain_gives)
async def async_wrapper(self: object) -> int:
    return 1


@pytest.mark.parametrize(
    ("wanted", "given_function", "expected"),
    [
        (gives, gives, False),
        (gives, plain_gives, True),
        (gives, unannotated, True),
        (gives, awaitable, False),
        (gives, coroutine, False),
        (gives, gives_any, False),
        (gives, wrapper, False),
        (gives, async_wrapper, False),
        (gives, gives_text, True),
        (plain_gives, gives, True),
        (plain_gives, wrapper, False),  # the wrapper may run it to its end
        (plain_gives, async_wrapper, True),
        (unannotated, gives, True),
        (awaitable, gives, False),
        (coroutine, gives, False),
        (gives_any, gives, False),
        (gives_object, gives, False),
        (stream_stub, stream, False),
        (stream, stream, False),
        (stream_stub, awaited_stream, True),
        (awaited_stream, stream, True),
        (plain_gives, stream, True),
    ],
    ids=lambda value: getattr(value, "__qualname__", str(value)),
)
def test_async(wanted: Callable[..., object], given_function: Callable[..., object], expected: bool) -> None:
    """A coroutine function for a plain method, and the other way round, are found; so is `await` where one would iterate."""
    assert refused(wanted, given_function) is expected


# class and static methods


def make(cls: type, a: int) -> int:
    return a


def make_static(a: int) -> int:
    return a


KINDS: list[tuple[Any, Any, bool]] = [
    (make, make, False),
    (make, classmethod(make), False),
    (make, staticmethod(make_static), False),
    (make, staticmethod(make), True),
    (classmethod(make), classmethod(make), False),
    (classmethod(make), staticmethod(make_static), False),
    (classmethod(make), make, True),
    (staticmethod(make_static), classmethod(make), False),
    (staticmethod(make_static), make, True),
]


@pytest.mark.parametrize(("wanted", "value", "expected"), KINDS)
def test_kinds_of_methods(wanted: Any, value: object, expected: bool) -> None:
    """What needs no instance may stand for a method; a method can't be called without an instance."""
    assert refused(wanted, value) is expected


# types


@pytest.mark.parametrize(
    ("promised", "actual", "expected"),
    [
        ("list[Detection]", "list[Detection]", False),
        ("Detection", "Box", False),
        ("Box", "Detection", True),
        ("int", "bool", False),
        ("int", "str", True),
        ("float", "int", False),
        ("complex", "bool", False),
        ("int", "float", True),
        ("None", "int", True),
        ("int", "None", True),
        ("int | None", "int", False),
        ("int | None", "None", False),
        ("int", "int | None", True),
        ("int | str", "bool | str", False),
        ("int | str", "bytes", True),
        ("list[int]", "list[str]", True),
        ("list[Detection]", "list[Box]", True),
        ("Sequence[Detection]", "list[Box]", False),
        ("Sequence[Detection]", "Sequence[Box]", False),
        ("Iterable[str]", "list[int]", True),
        ("Mapping[str, int]", "dict[str, str]", True),
        ("Mapping[str, float]", "dict[str, int]", False),
        ("dict[str, object]", "dict[str, int]", True),
        ("list[Any]", "list[int]", False),
        ("list[int]", "list[Any]", False),
        ("list[int]", "list", False),
        ("tuple[int, str]", "tuple[int, int]", True),
        ("tuple[float, ...]", "tuple[int, ...]", False),
        ("type[Detection]", "type[Box]", False),
        ("type[Box]", "type[Image]", True),
        ("Any", "int", False),
        ("int", "Any", False),
        ("object", "int", False),
        ("int", "object", True),
        ("T", "int", False),
        ("int", "T", False),
        ("Named", "int", False),
        ("int", "Named", False),
        ("Missing", "int", False),
        ("int", "Missing.thing(", False),
        ("Annotated[int, 'x']", "Annotated[bool, 'y']", False),
        ("Annotated[int, 'x']", "str", True),
        ("Literal['a']", "str", False),
        ("str", "Literal['a']", False),
        ("int", "Literal['a']", True),
        ("Callable[[int], str]", "Callable[[str], int]", False),
        ("Callable[[int], str]", "int", True),
        ("typing_extensions.Self", "int", False),
        ("int", "typing_extensions.Never", False),
        ("Strange", "int", False),
        ("bytes", "bytearray", False),
    ],
)
def test_types_of_results(promised: str, actual: str, expected: bool) -> None:
    """A result must be what was promised, or narrower; only what is certainly something else is found."""

    def wanted(self: object) -> None: ...
    def given_function(self: object) -> None: ...

    wanted.__annotations__ = {"return": promised}
    given_function.__annotations__ = {"return": actual}
    assert refused(wanted, given_function) is expected


class StrangeMeta(type):
    def __subclasscheck__(cls, other: type) -> bool:
        raise RuntimeError


class Strange(metaclass=StrangeMeta): ...


def test_types_of_parameters() -> None:
    """A parameter must take all that was promised, or more."""

    def wanted(self: object, a: Box, *, b: int) -> None: ...
    def wider(self: object, a: Detection, *, b: float) -> None: ...
    def narrower(self: object, a: Box, *, b: bool) -> None: ...
    def rest(self: object, *args: object, **kwargs: object) -> None: ...
    def narrow_rest(self: object, a: Box, **kwargs: str) -> None: ...

    assert [refused(wanted, function) for function in (wider, narrower, rest, narrow_rest)] == [False, True, False, True]


def test_types_of_real_annotations() -> None:
    """Annotations that are no strings are taken as they are."""

    def wanted(self: object) -> None: ...
    def given_function(self: object) -> None: ...

    wanted.__annotations__ = {"return": list[Detection]}
    given_function.__annotations__ = {"return": list[int]}
    (finding,) = signature_findings(contract_of(wanted), class_of(given_function))
    assert (finding.expected.startswith("run(self) -> list["), finding.found) == (True, "run(self) -> list[int]")


def test_types_of_classes_with_any_as_a_base() -> None:
    """A class that derives from Any may be anything."""

    def wanted(self: object) -> Box: ...  # type: ignore[empty-body]
    def given_function(self: object) -> None: ...

    given_function.__annotations__ = {"return": type("Unknown", tuple[Any, ...]([Any]), {})}
    assert refused(wanted, given_function) is False


def test_overloads_are_not_compared() -> None:
    """Their runtime signature says nothing of what they take."""

    class Overloaded(Protocol):
        @overload
        async def run(self, a: int) -> int: ...
        @overload
        async def run(self, a: str) -> str: ...

    class Component:
        @overload
        def detect(self, image: Image) -> list[Detection]: ...
        @overload
        def detect(self, image: str) -> str: ...
        def detect(self, image: object) -> object:
            return image

    assert signature_findings(Overloaded, class_of(gives)) == ()
    assert signature_findings(Detector, Component) == ()


def test_method_that_is_something_else() -> None:
    """A value or a property that can't be called is no method; one that may be called passes."""

    class Value:
        detect = 3

    class Annotated_:
        detect: int

    class Property:
        @property
        def detect(self) -> int:
            return 1

    class CallableProperty:
        @property
        def detect(self) -> Callable[[Image], list[Detection]]:
            raise NotImplementedError

    class Attribute:
        detect: Callable[[int], int]

    class Off:
        detect = None

    expected = "detect(self, image: Image) -> list[Detection]"
    assert signature_findings(Detector, Value) == (Finding("detect", expected, "detect: int"),)
    assert signature_findings(Detector, Annotated_) == (Finding("detect", expected, "detect: int"),)
    assert signature_findings(Detector, Property) == (Finding("detect", expected, "detect: int"),)
    assert [signature_findings(Detector, cls) for cls in (CallableProperty, Attribute, Off)] == [(), (), ()]


class CallableObject:
    def __call__(self, image: Image) -> list[Detection]:
        return []


class CallableOther:
    def __call__(self, picture: Image) -> list[Detection]:
        return []


def test_method_that_is_a_callable_object() -> None:
    """It gets no `self`, and its signature is compared."""
    right, wrong = class_of(CallableObject(), "detect"), class_of(CallableOther(), "detect")
    assert (signature_findings(Detector, right), names(signature_findings(Detector, wrong))) == ((), ["detect"])


def test_methods_whose_signature_cannot_be_known_pass() -> None:
    """Builtins, classes and foreign descriptors are not judged."""
    for value in (max, functools.partialmethod(make), functools.singledispatchmethod(make), Image, str.split):
        assert refused(plain, value) is False


def test_cached_methods_are_compared() -> None:
    """What functools wraps has the signature of the function inside."""
    assert (refused(plain, functools.lru_cache(plain)), refused(plain, functools.lru_cache(renamed))) == (False, True)


def test_members_inherited_from_the_protocol_are_not_compared() -> None:
    """Only what an explicit implementation overrides is."""

    class Half(Both):
        name = 3  # type: ignore[assignment]

    assert names(signature_findings(Both, Half)) == ["name"]
    assert signature_findings(Both, Explicit) == ()


def test_types_of_data_members() -> None:
    """Values, annotations and properties are compared with the protocol's; None may be filled later."""

    class Value:
        name = 3

    class Annotation:
        name: int

    class Property:
        @property
        def name(self) -> int:
            return 1

    class Cached:
        @functools.cached_property
        def name(self) -> int:
            return 1

    class Method:
        def name(self) -> str:
            return ""

    class Later:
        name = None

    class Same:
        name: Literal["a"] = "a"

    class Constant:
        name: ClassVar[str] = "a"

    wrong = (Finding("name", "name: str", "name: int"),)
    assert [signature_findings(Named, cls) for cls in (Value, Annotation, Property, Cached)] == [wrong] * 4
    assert names(signature_findings(Named, Method)) == ["name"]
    assert [signature_findings(Named, cls) for cls in (Later, Same, Constant, Slotted, Computes, Assigns)] == [()] * 6


def test_type_of_a_property_of_the_protocol() -> None:
    """A property is satisfied by any attribute of its type."""

    class Right:
        size = 3

    class Wrong:
        size: str

    assert (signature_findings(Both, Right), signature_findings(Both, Wrong)) == ((), (Finding("size", "size: float", "size: str"),))


def test_overridden_methods_of_a_base_class() -> None:
    """Public methods are compared; private ones, properties and annotated attributes are not."""

    class Wrong(Base):
        forward = 3  # type: ignore[assignment]
        width = "x"  # type: ignore[assignment]

        def __init__(self, other: int) -> None: ...
        def detect(self, picture: Image) -> list[Detection]:  # pyright: ignore[reportIncompatibleMethodOverride]
            return []

        def _hook(self) -> None: ...  # type: ignore[override]

    class Right(Base):
        def detect(self, image: object, scale: float = 1.0) -> list[Detection]:
            return []

    assert names(signature_findings(Base, Wrong)) == ["detect"]
    assert (signature_findings(Base, Right), signature_findings(Base, Image)) == ((), ())


# Ready instances


def test_instance_with_all_members() -> None:
    """Attributes of the instance count, also methods."""

    class Whole:
        def __init__(self) -> None:
            self.name = "x"
            self.size = 1.0
            self.detect = Fine().detect

    assert instance_findings(Both, Whole()) == ()


def test_instance_lacks_what_is_only_declared() -> None:
    """An annotation or an empty slot is no value."""
    assert instance_findings(Named, Annotates()) == (NO_DATA,)
    assert instance_findings(Named, Slotted()) == (NO_DATA,)
    slotted = Slotted()
    slotted.name = "x"  # type: ignore[attr-defined]
    assert instance_findings(Named, slotted) == ()


def test_instance_with_a_failing_property() -> None:
    """A property counts and is not evaluated."""

    class Fails:
        @property
        def name(self) -> str:
            raise RuntimeError

    assert instance_findings(Named, Fails()) == ()


def test_instance_with_dynamic_attributes() -> None:
    """`__getattr__` is asked; an error other than AttributeError proves nothing."""

    class Gives:
        def __getattr__(self, name: str) -> str:
            if name == "name":
                return "x"
            raise AttributeError(name)

    class Raises:
        def __getattr__(self, name: str) -> str:
            raise RuntimeError

    assert [names(instance_findings(Both, instance)) for instance in (Gives(), Raises())] == [["detect", "size"], []]


def test_instance_with_a_method_that_is_none() -> None:
    """A value that can't be called is no method."""
    wrong = SimpleNamespace(detect=None)
    assert instance_findings(Detector, wrong) == (Finding("detect", "a method", "None"),)


def test_class_given_as_an_instance() -> None:
    """It is none, whatever it defines; except where all that is asked for is to be callable."""
    expected = (Finding("Detector", "an instance of Detector", "the class Image"),)
    assert instance_findings(Detector, Image) == expected
    assert instance_findings(Activation, Image) == ()
    assert instance_findings(Base, Image) == (Finding("Base", "an instance of Base", "the class Image"),)
    assert instance_findings(type, Image) == ()


def test_instance_of_a_base_class() -> None:
    """An ABC or a class asks for an instance of it."""
    assert instance_findings(int, True) == ()
    assert instance_findings(Base, 3) == (Finding("Base", "an instance of Base", "an instance of int"),)


def test_function_for_a_callback_protocol() -> None:
    """Its signature is compared, without `self`."""

    def right(value: float) -> float:
        return value

    def wrong(value: str) -> float:
        return 0

    class Holder:
        def method(self, value: float) -> float:
            return value

    assert [instance_findings(Activation, given) for given in (right, Holder().method, CallableObject(), abs)] == [(), (), (), ()]
    assert instance_findings(Activation, wrong) == (
        Finding("__call__", "__call__(self, x: float, /) -> float", "wrong(value: str) -> float"),
    )
    assert instance_findings(Activation, 3) == (Finding("__call__", "a method", "nothing"),)


# Return annotations


class Fine:
    def detect(self, image: Image) -> list[Detection]:
        return []


class Misfit:
    def detect(self) -> int:
        return 1


class GenericFine(Fine, Generic[T]): ...


class Wider(Detector, Protocol):
    def more(self) -> None: ...


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (Signature.empty, []),
        (Any, []),
        (T, []),
        ("Unresolved", []),
        (typing_extensions.Never, []),
        (typing_extensions.Self, []),
        (Detector, []),
        (Wider, []),
        (Fine, []),
        (GenericFine[int], []),
        (Annotated[Fine, "x"], []),
        (Fine | GenericFine[int], []),
        (None, ["Detector"]),
        (type(None), ["Detector"]),
        (Fine | None, ["Detector"]),
        (
            Union[Fine, None],  # noqa: UP007 - the old way must work too
            ["Detector"],
        ),
        (Fine | Misfit, ["detect"]),
        (Misfit, ["detect"]),
        (Image, ["detect"]),
        (Named, ["detect"]),
        (list[Fine], ["detect"]),
        (Annotated[Image, "x"], ["detect"]),
        (object, ["detect"]),
    ],
    ids=str,
)
def test_return_annotation(annotation: object, expected: list[str]) -> None:
    """What a factory says it makes must be what the registry asks for, as far as it says."""
    assert names(return_findings(Detector, annotation)) == expected


def test_return_annotation_for_a_base_class() -> None:
    """An ABC's subclass is fine, and another class is not."""

    class Whole(Base): ...

    assert (return_findings(Base, Whole), return_findings(Base, Base)) == ((), ())
    assert names(return_findings(Base, Image)) == ["Base"]
    assert return_findings(object, None) == ()


def test_return_annotation_of_a_callback() -> None:
    """A `Callable[...]` can be called; a number can't."""
    assert (return_findings(Activation, Callable[[float], float]), names(return_findings(Activation, int))) == ((), ["__call__"])


# Factories


def generate() -> Iterator[int]:
    yield 1


class AsyncCallable:
    async def __call__(self) -> None: ...


class StaticAsyncCallable:
    @staticmethod
    async def __call__() -> None: ...


class SyncCallable:
    def __call__(self) -> None: ...


class AsyncInit:
    async def build(self) -> None: ...


@pytest.mark.parametrize(
    ("obj", "problem"),
    [
        (Image, ""),
        (plain_gives, ""),
        (len, ""),
        (functools.partial(plain_gives, None), ""),
        (SyncCallable(), ""),
        (SyncCallable, ""),
        (AsyncCallable, ""),
        (wrapper, ""),
        (3, "3 can't be called"),
        (None, "None can't be called"),
        (gives, "a coroutine function"),
        (functools.partial(functools.partial(gives), None), "a coroutine function"),
        (AsyncCallable(), "a coroutine function"),
        (StaticAsyncCallable(), "a coroutine function"),
        (functools.partial(AsyncCallable()), "a coroutine function"),
        (AsyncInit().build, "a coroutine function"),
        (staticmethod(gives), "a coroutine function"),
        (generate, "a generator function"),
        (stream, "an async generator function"),
    ],
)
def test_callable_problem(obj: object, problem: str) -> None:
    """A factory is called and gives the product at once."""
    found = callable_problem(obj) or ""
    assert found[: len(problem)] == problem
    assert bool(found) is bool(problem)


def test_contract_that_is_no_class() -> None:
    """Nothing can be said of it, so nothing is."""
    contract = int | str
    assert (missing_members(contract, int), signature_findings(contract, int), instance_findings(contract, 3)) == ((), (), ())


def test_enum_members_are_left_alone() -> None:
    """An enum as a component has what its members have."""

    class Colour(Enum):
        RED = 1

        def detect(self, image: Image) -> list[Detection]:
            return []

    assert (names(missing_members(Both, Colour)), signature_findings(Detector, Colour)) == ([], ())


def test_values_with_broken_attributes_do_no_harm() -> None:
    """What lies in a class may raise whatever it likes when it is looked at."""

    class Lazy:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError

    class Component:
        label = Lazy()
        detect = Lazy()

    assert missing_members(Named, Component) == (NO_DATA,)
    assert names(signature_findings(Detector, Component)) == ["detect"]
    assert names(instance_findings(Both, Component())) == ["detect", "name", "size"]


def test_unresolved_result_and_async() -> None:
    """A result whose type isn't known may be awaitable."""

    def wanted(self: object) -> None: ...

    wanted.__annotations__ = {"return": "Missing"}
    assert refused(wanted, gives) is False


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is new in Python 3.12")
def test_new_generic_syntax() -> None:
    """`class P[T](Protocol)` and `type X = ...` are the same as the old ways."""
    source = """
class Box[T](Protocol):
    name: str
    def run(self, a: T) -> Text: ...

type Text = str

class Right:
    name = ""
    def run(self, a: int) -> str: return ""

class Wrong:
    name = ""
    def run(self, a: int) -> int: return 1
"""
    space: dict[str, Any] = {"Protocol": Protocol, "__name__": __name__}
    exec(source, space)
    box = space["Box"]
    assert set(protocol_members(box)[0] + protocol_members(box[int])[1]) == {"run", "name"}
    assert [names(signature_findings(box, space[name])) for name in ("Right", "Wrong")] == [[], ["run"]]
    assert names(missing_members(box[int], Image)) == ["run", "name"]
    assert names(return_findings(Detector, space["Text"])) == ["detect"]
