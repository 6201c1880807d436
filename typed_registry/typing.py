"""The typing core: how a checker can demand that a class is a T and yet remember what it is.

Python has no intersection type and no type variable bound to another one, so `def register(cls: type[S]) -> type[S]` with S below T can't
be written. A value given where a protocol is due must satisfy *every* overload of each of the protocol's methods, though. So one overload
captures what the value really is, and a second one demands T of it; mypy, pyright, ty and pyrefly all understand that, without a plugin.

The second overloads can never be chosen by a call, which mypy reports as `overload-cannot-match`: that is their purpose.
"""

# pyright: reportOverlappingOverload=false
from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    import typing_extensions as te
    from typing_extensions import TypeForm
else:  # the annotations that use it are strings, and resolve to something harmless
    TypeForm = type

__all__ = [
    "Build",
    "Builds",
    "C",
    "Catalogued",
    "Cfg",
    "ClassMaking",
    "Makes",
    "P",
    "Q",
    "R",
    "R_co",
    "S_co",
    "SpecOf",
    "Specs",
    "T",
    "T_co",
    "TypeForm",
]

T = TypeVar("T")
R = TypeVar("R")
C = TypeVar("C")
P = ParamSpec("P")
Q = ParamSpec("Q")
Cfg = TypeVar("Cfg")
T_co = TypeVar("T_co", covariant=True)
R_co = TypeVar("R_co", covariant=True)
_U_co = TypeVar("_U_co", covariant=True)
_C_co = TypeVar("_C_co", covariant=True)
_Cfg_co = TypeVar("_Cfg_co", covariant=True)
_Cfg_contra = TypeVar("_Cfg_contra", contravariant=True)


class Makes(Protocol[P, Q, T_co, R_co]):
    """A callable with parameters P whose result is an R (captured) and a T (demanded)."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: Q.args, **kwargs: Q.kwargs) -> T_co: ...


class ClassMaking(Protocol[T_co, _U_co, _C_co]):
    """A class object C (captured whole, so that generic classes stay generic) whose instances are T (demanded).

    Every class has `__subclasses__`, typed as a list of its own type: that captures C and lets pyright check T. mypy checks T through
    `__call__`, where pyright sees `type.__call__ -> Any`. Hence two parameters for it, to be used as `ClassMaking[T, T, C]`.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> _U_co: ...
    @overload
    def __subclasses__(self) -> Iterable[_C_co]: ...
    @overload
    def __subclasses__(self) -> Iterable[type[T_co]]: ...  # type: ignore[overload-cannot-match]


class Builds(Protocol[T_co, R_co]):
    """Anything whose `build()` gives an R (captured) that is a T (demanded)."""

    @overload
    def build(self) -> R_co: ...
    @overload
    def build(self) -> T_co: ...  # type: ignore[overload-cannot-match]


class SpecOf(Protocol[T_co]):
    """A `BuildSpec` of a T, told without its class, where an editor waits: in `register` and in catalogues of many components.

    `BuildSpec` is a pydantic model. Where a type speaks of one, pyright reads the core of pydantic, anew after each change of a file.
    """

    @property
    def __spec_name__(self) -> str: ...
    def build(self) -> T_co: ...


class Build(Protocol[T, _Cfg_contra]):
    """What `registry.build` is: how a registry of T builds, if its configs are those.

    The configs are known when `build` is read of the registry, before anything is passed to it: in a call, ty and pyrefly would widen them
    to whatever is passed.
    """

    # Builds comes first: with the config first, pyright stops completing its keys.
    @overload
    def __call__(self, spec: Builds[T, R], /, *, defaults: Mapping[str, object] | None = ...) -> R: ...
    @overload
    def __call__(self, config: _Cfg_contra, /, *, defaults: None = ...) -> T: ...
    @overload
    def __call__(self, config: Mapping[str, object], /, *, defaults: Mapping[str, object]) -> T: ...


class Specs(Generic[_Cfg_co]):
    """Base of a generated catalogue: one method per component; the parameter is the union of the config dicts."""


class _HasBuild(Protocol[R_co]):
    @property
    def __build__(self) -> R_co: ...


class Catalogued(Protocol[R_co]):
    """A registry whose catalogue declares how it builds: mypy takes 16 seconds to find a thousand configs in the base of one."""

    @property
    def specs(self) -> _HasBuild[R_co]: ...


# Without a catalogue any mapping may be built. A union of TypedDicts is a Mapping[str, object], and the parameter is covariant, so a
# registry with a catalogue still is a `Registry[T]` and may be handed to a function that asks for one.
# typing's own TypeVar has defaults from Python 3.13 on; typing_extensions takes as long to import as typing itself, so at run time
# `Registry[T]` fills the parameter in by itself.
if TYPE_CHECKING:
    S_co = te.TypeVar("S_co", bound=Specs[Any], default=Specs[Mapping[str, object]], covariant=True)
else:
    S_co = TypeVar("S_co", bound=Specs[Any], covariant=True)
