"""BuildSpec: a config that names a component of a registry and is known to be right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, PrivateAttr
from pydantic_core import CoreSchema
from typing_extensions import TypeIs

from typed_registry._copying import copy_containers, pack, unpack
from typed_registry._json_values import equal_values, json_text, json_value
from typed_registry._problems import type_given
from typed_registry._records import SpecMarker
from typed_registry._spec_fields import spec_type_schema, written_spec_schema
from typed_registry.config_files import ConfigFile
from typed_registry.errors import ConfigError, ContractError, Finding, RegistryError, shown
from typed_registry.typing import R, R_co

__all__ = [
    "BuildSpec",
    "SpecOwner",
    "bind_spec_class",
    "deferred",
    "is_spec",
    "is_spec_class",
    "make_spec",
    "source_of",
    "written_spec_findings",
]


class SpecOwner(Protocol):
    """What a spec asks of the registry that it holds."""

    @property
    def face(self) -> Any: ...
    @property
    def name(self) -> str: ...
    def build_spec(self, spec: BuildSpec[Any], /) -> Any: ...
    def parse(self, data: object, /) -> BuildSpec[Any]: ...
    def resolved(self, spec: BuildSpec[Any], /, *, name_defaults: bool = False) -> dict[str, object]: ...


class _State(NamedTuple):
    owner: SpecOwner
    name: str
    given: dict[str, object]
    source: ConfigFile | None


class BuildSpec(BaseModel, SpecMarker, Generic[R_co]):
    """A checked config of a component R: which entry of which registry, and its arguments.

    `Registry.spec` and `Registry.parse` make them. One may also be written by hand, as a model whose `type` is the entry's name, and be
    given to `Registry.register(spec=...)`; its fields and constraints are then the ones that hold.

    Specs are values: they compare by registry, name and resolved config, pickle as registry and config, and never change.

    Example:
        >>> from typing import Protocol
        >>> from typed_registry import Registry
        >>> class Greeter(Protocol):
        ...     def greet(self) -> str: ...
        >>> GREETERS = Registry("greeters", Greeter)
        >>> @GREETERS.register("polite")
        ... class Polite:
        ...     def __init__(self, name: str, times: int = 1) -> None:
        ...         self.text = ", ".join([f"dear {name}"] * times)
        ...     def greet(self) -> str:
        ...         return self.text
        >>> spec = GREETERS.spec(Polite, "Ada")
        >>> spec.to_config()
        {'type': 'polite', 'name': 'Ada'}
        >>> spec.replace(times=2).build().greet()
        'dear Ada, dear Ada'
        >>> spec == GREETERS.parse({"type": "polite", "name": "Ada", "times": 1})
        True
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", arbitrary_types_allowed=True, frozen=True)

    _bound: ClassVar[tuple[SpecOwner, str] | None] = None  # of a class written by hand, once it is registered
    __slots__ = ("_state",)  # set where a registry made it; pydantic's private attributes cost a microsecond each time they are read
    if TYPE_CHECKING:
        _state: _State = PrivateAttr()

    def build(self) -> R_co:
        """The component, built anew by each call.

        Raises:
            ConfigError: The config is no longer right, since the registry has changed.
            ContractError: It isn't what its registry asks for, or the spec's class was never registered.
            LoadError: A lazy target can't be imported.
        """
        built: R_co = self._bound_owner().build_spec(self)
        return built

    # What it knows of itself has names that no parameter has, as the fields of a spec written by hand may have any other.

    @property
    def __spec_registry__(self) -> Any:
        """The registry that it belongs to; None for a class written by hand that isn't registered."""
        owner = self._find_owner()
        return owner.face if owner is not None else None

    @property
    def __spec_name__(self) -> str:
        """The canonical name of its entry."""
        state = self._made()
        if state is not None:
            return state.name
        bound = type(self)._bound
        return bound[1] if bound is not None else str(self.__dict__.get("type", ""))

    @property
    def __spec_arguments__(self) -> Mapping[str, object]:
        """What was given, by name, not to be changed."""
        state = self._made()
        if state is not None:
            return state.given
        given = self.model_fields_set - {"type"}
        return {name: self.__dict__[name] for name in type(self).model_fields if name in given}

    @property
    def arguments(self) -> Mapping[str, object]:
        """What was given, by name; a copy. Parameters of any name are found here, also `copy` or `build`."""
        arguments: dict[str, object] = copy_containers(dict(self.__spec_arguments__))
        return MappingProxyType(arguments)

    def to_config(self) -> dict[str, object]:
        """A plain dict of what was given, which `Registry.parse` takes back; ready instances stay what they are."""
        config: dict[str, object] = copy_containers(self, expand=_expanded)
        return config

    def to_json(self) -> str:
        """The config as JSON.

        Raises:
            ConfigError: It holds objects that JSON can't; their paths are told.
        """
        return json_text(self._as_json(self.to_config()))

    def replace(self, /, **kwargs: object) -> BuildSpec[R_co]:
        """A spec with some arguments changed.

        Raises:
            ConfigError: The new arguments are wrong.
        """
        owner = self._bound_owner()
        if "type" in kwargs:
            raise type_given(self.__spec_name__, owner.name, kwargs["type"])
        return owner.parse({"type": self.__spec_name__, **self.__spec_arguments__, **kwargs})

    def fingerprint(self) -> str:
        """A hash of the config with defaults filled in, as 64 hexadecimal digits; the same in every process.

        Raises:
            ConfigError: The config, or a default, holds objects that JSON can't.
        """
        config = self._as_json(self._bound_owner().resolved(self, name_defaults=True), finite=False)
        return hashlib.sha256(json_text(config, sort_keys=True).encode("utf-8", "surrogatepass")).hexdigest()

    def __eq__(self, other: Any) -> bool:
        if not is_spec(other):
            return NotImplemented
        if self is other:
            return True
        mine, owner = self._find_owner(), other._find_owner()
        if mine is None or owner is None:
            return type(self) is type(other) and self.__dict__ == other.__dict__
        if mine.face is not owner.face or self.__spec_name__ != other.__spec_name__:
            return False
        try:
            return equal_values(mine.resolved(self), owner.resolved(other))
        except RegistryError:  # the registry has changed, and no longer takes them
            return equal_values(self.to_config(), other.to_config())

    def __hash__(self) -> int:
        return hash((id(self.__spec_registry__), self.__spec_name__))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> BuildSpec[R_co]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Itself, or with an update what `replace` gives; pydantic's own would change the spec in place, unchecked."""
        return self.replace(**update) if update else self

    def __copy__(self) -> BuildSpec[R_co]:
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> BuildSpec[R_co]:
        return self

    def __repr__(self) -> str:
        owner = self._find_owner()
        arguments = ", ".join(f"{key}={shown(value)}" for key, value in self.__spec_arguments__.items())
        return f"<BuildSpec {self.__spec_name__}({arguments}) of registry {owner.name if owner is not None else None!r}>"

    __str__ = __repr__

    def __reduce__(self) -> Any:
        return (_revive, (self.__spec_registry__, pack(self.to_config()))) if self._find_owner() is not None else super().__reduce__()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A field of this type takes a config of the registry that has the type's protocol, or a spec."""
        if getattr(cls, "__pydantic_fields__", None):
            return written_spec_schema(handler(source))
        arguments = cls.__pydantic_generic_metadata__["args"]
        return spec_type_schema(cls, arguments[0] if arguments else None)

    def _made(self) -> _State | None:
        return getattr(self, "_state", None)

    def _find_owner(self) -> SpecOwner | None:
        state = self._made()
        if state is not None:
            return state.owner
        bound = type(self)._bound
        return bound[0] if bound is not None else None

    def _bound_owner(self) -> SpecOwner:
        owner = self._find_owner()
        if owner is None:
            reason = "it is of no registry yet"
            raise ContractError(type(self).__name__, "?", reason, remedy=f"Register it: @REGISTRY.register(spec={type(self).__name__}).")
        return owner

    def _as_json(self, config: dict[str, object], *, finite: bool = True) -> object:
        data, problems = json_value(config, finite=finite)
        if problems:
            raise ConfigError(problems, f"the config of {self.__spec_name__!r} as JSON")
        return data


def deferred(spec: BuildSpec[R], /) -> R:
    """The spec itself, typed as the component that it will build, so that it fits where a component is due inside another spec.

    Example:
        >>> from typing import Protocol
        >>> from typed_registry import Registry
        >>> class Shape(Protocol):
        ...     def area(self) -> float: ...
        >>> SHAPES = Registry("shapes", Shape)
        >>> @SHAPES.register
        ... class Square:
        ...     def __init__(self, side: float) -> None:
        ...         self.side = side
        ...     def area(self) -> float:
        ...         return self.side**2
        >>> @SHAPES.register
        ... class Half:
        ...     def __init__(self, of: Shape) -> None:
        ...         self.of = of
        ...     def area(self) -> float:
        ...         return self.of.area() / 2
        >>> SHAPES.spec(Half, deferred(SHAPES.spec(Square, 2.0))).build().area()
        2.0
    """
    return spec  # type: ignore[return-value] # that is the point: what builds an R stands for it


def make_spec(owner: SpecOwner, name: str, arguments: dict[str, object], source: ConfigFile | None = None) -> BuildSpec[Any]:
    """A spec whose arguments were validated."""
    plain: type[BuildSpec[Any]] = BuildSpec
    spec = plain.model_construct()
    object.__setattr__(spec, "_state", _State(owner, name, arguments, source))
    return spec


def is_spec(value: object) -> TypeIs[BuildSpec[Any]]:
    """Whether it is a spec, in a way that checkers follow."""
    return isinstance(value, BuildSpec)


def is_spec_class(value: object) -> TypeIs[type[BuildSpec[Any]]]:
    """Whether it is a class of specs, in a way that checkers follow."""
    return isinstance(value, type) and issubclass(value, BuildSpec)


def source_of(spec: BuildSpec[Any]) -> ConfigFile | None:
    """The file that a spec came from."""
    state: _State | None = getattr(spec, "_state", None)
    return state.source if state is not None else None


def bind_spec_class(spec: type[BuildSpec[Any]], owner: SpecOwner, name: str) -> None:
    """Tell a class of specs written by hand which entry its specs build."""
    spec._bound = (owner, name)  # pyright: ignore[reportPrivateUsage] # a method would hide a parameter of its name


def written_spec_findings(spec: type[BuildSpec[Any]], parameters: Mapping[str, bool], takes_more: bool) -> tuple[Finding, ...]:
    """Where a spec written by hand departs from the factory's parameters (name to whether it is required)."""
    fields = {name for name in spec.model_fields if name != "type"}
    unknown = () if takes_more else sorted(fields - parameters.keys())
    reserved = sorted(fields & _RESERVED)
    lacking = sorted(name for name, required in parameters.items() if required and name not in fields)
    return (
        *(Finding(name, "a field that doesn't hide what every spec has", f"one that hides BuildSpec.{name}") for name in reserved),
        *(Finding(name, "a parameter of the factory", "a field that is none") for name in unknown),
        *(Finding(name, "a field, as the parameter has no default", "none") for name in lacking),
    )


_RESERVED = frozenset({"arguments", "build", "fingerprint", "replace", "to_config", "to_json"})


def _revive(registry: Any, parts: list[Any]) -> BuildSpec[Any]:
    spec: BuildSpec[Any] = registry.parse(unpack(parts))
    return spec


def _expanded(value: object) -> object:
    return {"type": value.__spec_name__, **value.__spec_arguments__} if isinstance(value, BuildSpec) else value
