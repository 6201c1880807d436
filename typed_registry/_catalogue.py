"""The catalogue of a registry at run time: what a generated `Specs` class declares, `registry.specs.face(scale=1.3)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from typed_registry._entries import Entry

__all__ = ["Catalogue"]


class CatalogueSource(Protocol):
    """What a catalogue needs of its registry."""

    def __getitem__(self, name: str, /) -> Entry[Any]: ...
    def __iter__(self) -> Iterator[str]: ...


class Catalogue:
    """One attribute or item for each name; each is called with keyword arguments and gives a spec."""

    __slots__ = ("_registry", "_spec")

    def __init__(self, registry: CatalogueSource, spec: Callable[[str, dict[str, object]], Any]) -> None:
        self._registry = registry
        self._spec = spec

    def __getitem__(self, name: str) -> Callable[..., Any]:
        entry = self._registry[name]
        make = self._spec

        def spec(**kwargs: object) -> Any:
            return make(name, kwargs)

        spec.__name__ = spec.__qualname__ = entry.name
        spec.__doc__ = entry.doc
        return spec

    def __getattr__(self, name: str) -> Callable[..., Any]:
        try:
            return self[name]
        except KeyError as error:
            raise AttributeError(str(error), name=name, obj=self) from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *(name for name in self._registry if name.isidentifier())]
