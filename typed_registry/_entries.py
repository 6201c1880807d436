"""Entries: what users see of a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol

from typed_registry._records import Record, object_of
from typed_registry.errors import Where
from typed_registry.typing import R, T, T_co, TypeForm

__all__ = ["Entry", "EntryOwner", "ParameterLike"]


class ParameterLike(Protocol):
    """What an entry tells of one parameter of its factory."""

    @property
    def name(self) -> str: ...
    @property
    def annotation(self) -> object: ...
    @property
    def default(self) -> object: ...
    @property
    def required(self) -> bool: ...


class EntryOwner(Protocol[T]):
    """What an entry asks of the registry that holds it."""

    @property
    def registry(self) -> Mapping[str, Entry[T]]: ...
    def load(self, record: Record[T], /) -> Callable[..., T]: ...
    def parameters(self, record: Record[T], /) -> Mapping[str, ParameterLike]: ...
    def build(self, record: Record[T], arguments: Mapping[str, object], /) -> T: ...
    def narrow(self, record: Record[T], protocol: object, /) -> None: ...


class Entry(Generic[T_co]):
    """What a registry holds under one name. Reading it imports nothing but for `load`, `parameters` and `build`.

    Example:
        >>> from typed_registry import Registry
        >>> NUMBERS = Registry("numbers", float)
        >>> @NUMBERS.register("half", tags=("exact",))
        ... def half(of: float) -> float:
        ...     "Half of a number."
        ...     return of / 2
        >>> entry = NUMBERS["half"]
        >>> entry.name, entry.doc, sorted(entry.tags), list(entry.parameters)
        ('half', 'Half of a number.', ['exact'], ['of'])
        >>> entry.build(of=3)
        1.5
    """

    __slots__ = ("__weakref__", "_owner", "_record")

    def __init__(self, owner: EntryOwner[T_co], record: Record[T_co]) -> None:
        self._owner = owner
        self._record = record

    @property
    def name(self) -> str:
        """The own name, without a scope."""
        return self._record.name

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names."""
        return self._record.aliases

    @property
    def tags(self) -> frozenset[str]:
        """What it can do, as strings."""
        return self._record.tags

    @property
    def target(self) -> str:
        """Where the object is defined, as `module:qualname`."""
        return self._record.target

    @property
    def where(self) -> Where:
        """The file and line of its registration."""
        return self._record.where

    @property
    def deprecated(self) -> str | None:
        """What to use instead, where it is deprecated."""
        return self._record.deprecated

    @property
    def is_loaded(self) -> bool:
        """False for a lazy target that wasn't imported yet."""
        return self._record.factory is not None

    @property
    def doc(self) -> str | None:
        """The docstring of the object; None where it has none or isn't loaded."""
        if self._record.factory is None:
            return None
        import inspect  # it takes longer to import than a registry takes to fill

        return inspect.getdoc(object_of(self._record))

    def load(self) -> Callable[..., T_co]:
        """The class or function itself, imported if need be and held against the registry's protocol.

        Raises:
            LoadError: It can't be imported.
            ContractError: It isn't what the registry asks for.
        """
        return self._owner.load(self._record)

    @property
    def parameters(self) -> Mapping[str, ParameterLike]:
        """The parameters of the factory by name, as in `inspect.Signature.parameters`; loads the entry.

        Raises:
            LoadError: It can't be imported.
            ContractError: It isn't what the registry asks for, or its signature can't be read.
        """
        return self._owner.parameters(self._record)

    def build(self, /, **kwargs: object) -> T_co:
        """The component, built from arguments that are validated first.

        Raises:
            ConfigError: The arguments are wrong; nothing was built.
            LoadError: It can't be imported.
            ContractError: It isn't what the registry asks for.
        """
        return self._owner.build(self._record, kwargs)

    def narrow(self, protocol: TypeForm[R], /) -> Entry[R]:
        """The same entry, typed by what else its components are; loads it.

        Raises:
            ContractError: They aren't.
            LoadError: It can't be imported.
        """
        self._owner.narrow(self._record, protocol)
        narrowed: Any = self
        return narrowed  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        state = "" if self.is_loaded else ", not loaded"
        return f"<Entry {self.name!r} of registry {getattr(self._owner.registry, 'name', '?')!r}: {self.target}{state}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _own_entry, (self._owner.registry, self.name)


def _own_entry(registry: Mapping[str, Entry[T]], name: str) -> Entry[T]:
    return dict(registry.items()).get(name) or registry[name]  # not what the scope in use has by that name
