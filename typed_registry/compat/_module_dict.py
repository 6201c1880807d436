"""What a registry of MMEngine's kind has registered, as a live mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping
from types import FrameType
from typing import Any, Generic

from typed_registry._importing import watch
from typed_registry._naming import target_of
from typed_registry._records import EntryTable, Record, calling_frame, where_of
from typed_registry._runs import run_of
from typed_registry.typing import T

__all__ = ["ModuleDict"]


class ModuleDict(MutableMapping[str, Callable[..., T]], Generic[T]):
    """What is registered, by name; changing it changes the registry. Each name is an entry of its own."""

    def __init__(self, registry: str) -> None:
        self.table: EntryTable[T] = EntryTable(registry)
        watch(self.table)

    def __getitem__(self, name: str) -> Callable[..., T]:
        return self.table.records[name].load(self.table.registry)

    def __setitem__(self, name: str, module: Callable[..., T]) -> None:
        self.put(name, module, calling_frame())

    def __delitem__(self, name: str) -> None:
        if name not in self.table.records:
            raise KeyError(name)
        self.table.remove(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.records)

    def __len__(self) -> int:
        return len(self.table.records)

    def __repr__(self) -> str:
        return repr(self.copy())

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.table.registry, self.copy())

    def copy(self) -> dict[str, Callable[..., T]]:
        """The names and what they stand for, as a dict."""
        return dict(self)

    def put(self, name: str, module: Callable[..., T], frame: FrameType) -> None:
        """Register under one name, in the place of what has it; the frame tells where."""
        record = Record(name=name, target=target_of(module), where=where_of(frame), factory=module, run=run_of(frame))
        self.table.put(record, self.table.replaced_by(record, override=True))


def _restored(registry: str, modules: dict[str, Callable[..., Any]]) -> ModuleDict[Any]:
    restored: ModuleDict[Any] = ModuleDict(registry)
    restored.update(modules)
    return restored
