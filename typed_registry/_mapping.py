"""What a registry is to Python: a mapping of names to entries, true, compared by identity, never copied, pickled by its place."""

from __future__ import annotations

import sys
from collections.abc import Callable, ItemsView, Iterator, Mapping, ValuesView
from types import FrameType
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, overload

from typed_registry._entries import Entry, ParameterLike
from typed_registry._naming import nearest
from typed_registry._records import EntryTable, Record
from typed_registry._runs import run_of
from typed_registry._scopes import Node
from typed_registry.errors import UnknownEntryError
from typed_registry.typing import R, T, TypeForm

if TYPE_CHECKING:
    from typed_registry._table import Table

__all__ = ["EntryMapping"]


class EntryMapping(Mapping[str, Entry[T]], Generic[T]):
    """The mapping of a registry's own canonical names, in order of registration; looking one up asks the tree.

    Listing loads nothing. Base of `Registry`, which registers and builds.
    """

    def __init__(self, node: Node[EntryTable[T]], made_at: FrameType, builder: Callable[[], BuildsEntries]) -> None:
        self._node = node
        self._owner = _Owner(self, node, builder)
        self._module: str = made_at.f_globals.get("__name__", "__main__")
        run = run_of(made_at)
        node.module = self._module if run is None else run.module
        node.face = self

    @property
    def name(self) -> str:
        """What it is called."""
        return self._node.name

    @property
    def protocol(self) -> TypeForm[T]:
        """What its components are."""
        protocol: Any = self._node.protocol
        return protocol

    @property
    def scope(self) -> str | None:
        """The name of its scope."""
        return self._node.scope

    def __getitem__(self, name: str) -> Entry[T]:
        entry = self.get(name)
        if entry is None:
            known = self._node.names()
            raise UnknownEntryError(name, self.name, nearest(name, known), tuple(known))
        return entry

    @overload
    def get(self, key: str, /) -> Entry[T] | None: ...
    @overload
    def get(self, key: str, default: Entry[T] | R, /) -> Entry[T] | R: ...
    def get(self, key: object, default: Any = None, /) -> Any:
        """The entry of a name, an alias, a parent's name or `scope.Name`; else the default. Makes no suggestions."""
        found = self._node.find(key) if isinstance(key, str) else None
        return default if found is None else self._entry(found[0], found[1])

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._node.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._node.table.records))

    def __len__(self) -> int:
        return len(self._node.table.records)

    def __bool__(self) -> bool:
        return True

    def items(self) -> ItemsView[str, Entry[T]]:
        """The own names and entries, whatever scope is in use."""
        return {name: self._entry(self._node, record) for name, record in self._node.table.records.items()}.items()

    def values(self) -> ValuesView[Entry[T]]:
        """The own entries, whatever scope is in use."""
        return dict(self.items()).values()

    def all_names(self) -> list[str]:
        """Every name that resolves here without loading anything: own ones and aliases, parents', and `scope.Name` of the tree."""
        return list(self._node.names())

    def table(self) -> Table:
        """What is registered, to be printed: own entries, then those from each parent, apart; loads nothing.

        Example:
            >>> from typed_registry import Registry
            >>> NUMBERS = Registry("numbers", int)
            >>> @NUMBERS.register("sum", aliases=("add",))
            ... def total(left: int, right: int) -> int:
            ...     "The sum of two numbers."
            ...     return left + right
            >>> print(NUMBERS.table())
            registry 'numbers' of int: 1 entry
              NAME  ALIASES  STATE   TARGET                         DOC
              sum   add      loaded  typed_registry._mapping:total  The sum of two numbers.
        """
        from typed_registry._table import table_of

        return table_of(self._node)

    def load_all(self) -> None:
        """Load the locations and every own entry.

        Raises:
            ContractError: The first that isn't what the registry asks for.
            LoadError: The first that can't be imported.
        """
        self._node.load_locations()
        for entry in self.values():
            entry.load()

    @property
    def __registry_node__(self) -> Node[EntryTable[T]]:
        return self._node

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self) >> 4

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        for name, value in vars(sys.modules.get(self._module, sys)).items():
            if value is self:
                return _global, (self._module, name)
        from pickle import PicklingError

        where = f"module {self._module!r}, which created it"
        raise PicklingError(f"registry {self.name!r} is no attribute of {where}; assign it to a name at the top of the module")

    def __repr__(self) -> str:
        made = getattr(self._node.protocol, "__name__", str(self._node.protocol))
        scope = f", scope {self.scope!r}" if self.scope is not None else ""
        inherited = self._count_inherited() if self._node.parent is not None else 0
        more = f", {inherited} inherited" if inherited else ""
        return f"<Registry {self.name!r} of {made}{scope}: {len(self)} {'entry' if len(self) == 1 else 'entries'}{more}>"

    def _count_inherited(self) -> int:
        from typed_registry._table import listed

        return sum(len(names) for place, names in listed(self._node) if place is not self._node)

    @staticmethod
    def _entry(place: Node[EntryTable[T]], record: Record[T]) -> Entry[T]:
        if record.entry is None:
            face: EntryMapping[T] = place.face
            record.entry = Entry(face._owner, record)
        entry: Entry[T] = record.entry
        return entry


class BuildsEntries(Protocol):
    """What builds an entry's component."""

    def build_entry(self, record: Record[Any], arguments: Mapping[str, object], /) -> Any: ...
    def plan(self, record: Record[Any], /) -> object: ...


class _Owner(Generic[T]):
    """What entries ask of their registry, apart from it, so that it isn't among the registry's own methods."""

    def __init__(self, registry: EntryMapping[T], node: Node[EntryTable[T]], builder: Callable[[], BuildsEntries]) -> None:
        self._registry = registry
        self._node = node
        self._builder = builder

    @property
    def registry(self) -> EntryMapping[T]:
        return self._registry

    def load(self, record: Record[T], /) -> Callable[..., T]:
        from typed_registry._admission import load

        factory = load(record, self._node.name, self._node.protocol)
        self._builder().plan(record)  # whether its parameters can be validated, and its slots are of one registry each
        return factory

    def parameters(self, record: Record[T], /) -> Mapping[str, ParameterLike]:
        self.load(record)
        signature: Any = record.signature
        return {parameter.name: parameter for parameter in signature.parameters}

    def narrow(self, record: Record[T], protocol: object, /) -> None:
        from typed_registry._admission import narrow

        self.load(record)
        narrow(record, self._node.name, protocol)

    def build(self, record: Record[T], arguments: Mapping[str, object], /) -> T:
        product: T = self._builder().build_entry(record, arguments)
        return product


def _global(module: str, name: str) -> object:
    __import__(module)
    return getattr(sys.modules[module], name)
