"""`Registry[T]`: what it makes is a T, and what is registered keeps its own type.

Python has no type variable bound to another one, but a value given where a protocol is due must satisfy every overload of each of the
protocol's methods. So one overload captures what was registered, and a second one, which no call can choose, demands T of it.
"""

# pyright: reportOverlappingOverload=false
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Protocol, overload

from typing_extensions import Never, ParamSpec, Self, TypeAlias, TypeVar  # noqa: UP035 - users check with older Pythons too

_T = TypeVar("_T", default=Any)
_C = TypeVar("_C")
_R = TypeVar("_R")
_I = TypeVar("_I")
_P = ParamSpec("_P")
_Q = ParamSpec("_Q")
_T_co = TypeVar("_T_co", covariant=True)
_R_co = TypeVar("_R_co", covariant=True)
_U_co = TypeVar("_U_co", covariant=True)
_C_co = TypeVar("_C_co", covariant=True)
_T_contra = TypeVar("_T_contra", contravariant=True)
_I_contra = TypeVar("_I_contra", contravariant=True)

class _Makes(Protocol[_P, _Q, _T_co, _R_co]):
    @overload
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R_co: ...
    @overload
    def __call__(self, *args: _Q.args, **kwargs: _Q.kwargs) -> _T_co: ...

# Every class has `__subclasses__`, a list of its own type: there pyright checks T. mypy checks it in `__call__`, where pyright sees Any;
# so T is given twice.
class _ClassMaking(Protocol[_T_co, _U_co, _C_co]):
    def __call__(self, *args: Any, **kwargs: Any) -> _U_co: ...
    @overload
    def __subclasses__(self) -> Iterable[_C_co]: ...
    @overload
    def __subclasses__(self) -> Iterable[type[_T_co]]: ...  # type: ignore[overload-cannot-match]

class _Decorator(Protocol[_T_contra]):
    @overload
    def __call__(self, module: _ClassMaking[_T_contra, _T_contra, _C], /) -> _C: ...
    @overload
    def __call__(self, module: _Makes[_P, _Q, _T_contra, _R], /) -> Callable[_P, _R]: ...
    @overload
    def __call__(self, module: type[_T_contra], /) -> Any: ...  # chosen by no right call: it makes the messages for wrong ones short

_Names: TypeAlias = str | Sequence[str] | None

class _RegisterModule(Protocol[_T_contra]):
    @overload
    def __call__(self, name: _Names = None, force: bool = False, module: None = None) -> _Decorator[_T_contra]: ...
    @overload
    def __call__(self, name: _Names = None, force: bool = False, *, module: _ClassMaking[_T_contra, _T_contra, _C]) -> _C: ...
    @overload
    def __call__(self, name: _Names, force: bool, module: _ClassMaking[_T_contra, _T_contra, _C]) -> _C: ...
    @overload
    def __call__(self, name: _Names = None, force: bool = False, *, module: _Makes[_P, _Q, _T_contra, _R]) -> Callable[_P, _R]: ...
    @overload
    def __call__(self, name: _Names, force: bool, module: _Makes[_P, _Q, _T_contra, _R]) -> Callable[_P, _R]: ...
    @overload
    def __call__(self, name: _Names = None, force: bool = False, *, module: type[_T_contra]) -> Any: ...
    @overload
    def __call__(self, name: _Names, force: bool, module: type[_T_contra]) -> Any: ...

class _OverridableRegisterModule(Protocol):
    @overload
    def __call__(self, name: Any = None, force: Any = False, module: None = None) -> Callable[[_C], _C]: ...
    @overload
    def __call__(self, name: Any = None, force: Any = False, *, module: Any) -> Any: ...
    @overload
    def __call__(self, name: Any, force: Any, module: Any) -> Any: ...

# Subclasses override `register_module` with mmengine's own annotations, which are narrower than what it takes and wider than what it gives.
# As a method of the type above it could not be overridden so. Hence a descriptor, which any function is: pyright then allows every
# override; mypy looks at what the descriptor gives, and for a subclass, which `Registry[Any]` as a contravariant argument tells from
# Registry itself, that is a type which such functions fit. `Callable[..., Never]` adds nothing to the result of a call; it is there
# because mypy lets a method override one member of a union.
class _Method(Protocol[_I_contra, _T_contra]):  # type: ignore[misc]  # pyright: ignore[reportInvalidTypeVarUse]
    @overload
    def __get__(self: _Method[Registry[Any], _T_contra], instance: _I, owner: Any, /) -> _RegisterModule[_T_contra]: ...  # pyright: ignore[reportInvalidTypeVarUse]
    @overload
    def __get__(self, instance: _I, owner: Any, /) -> _OverridableRegisterModule | Callable[..., Never]: ...  # pyright: ignore[reportInvalidTypeVarUse]

# mmengine.config.Config, which is no Mapping and has no types of its own.
class _Config(Protocol):
    @property
    def filename(self) -> Any: ...
    @property
    def pretty_text(self) -> Any: ...

_ConfigLike: TypeAlias = Mapping[str, Any] | _Config

class _BuildFunc(Protocol):
    def __call__(self, cfg: Any, /, *, registry: Registry[Any]) -> Any: ...

class Registry(Generic[_T]):
    parent: Registry[Any] | None
    build_func: Callable[..., Any]
    register_module: _Method[Self, _T]
    _name: str
    _scope: str
    _module_dict: dict[str, Any]
    _children: dict[str, Registry[Any]]
    _locations: list[str] | tuple[str, ...]
    _imported: bool
    def __init__(
        self,
        name: str,
        build_func: _BuildFunc | None = None,
        parent: Registry[Any] | None = None,
        scope: str | None = None,
        locations: list[str] | tuple[str, ...] = [],
    ) -> None: ...
    def __len__(self) -> int: ...
    def __contains__(self, key: str) -> bool: ...
    @staticmethod
    def infer_scope() -> str: ...
    @staticmethod
    def split_scope_key(key: str) -> tuple[str | None, str]: ...
    @property
    def name(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def module_dict(self) -> dict[str, Any]: ...
    @property
    def children(self) -> dict[str, Registry[Any]]: ...
    @property
    def root(self) -> Registry[Any]: ...
    @contextmanager
    def switch_scope_and_registry(self, scope: str | None) -> Generator[Registry[_T]]: ...
    def import_from_location(self) -> None: ...
    def get(self, key: str) -> type[Any] | None: ...
    def build(self, cfg: _ConfigLike | list[Any], *args: Any, **kwargs: Any) -> _T: ...
    def _get_root_registry(self) -> Registry[Any]: ...
    def _search_child(self, scope: str) -> Registry[Any] | None: ...
    def _add_child(self, registry: Registry[Any]) -> None: ...
    def _register_module(self, module: Callable[..., Any], module_name: _Names = None, force: bool = False) -> None: ...
