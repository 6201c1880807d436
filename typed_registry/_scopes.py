"""The tree of registries: parents, scopes, the current scope, and which registry has a protocol."""

from __future__ import annotations

import gc
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

from typed_registry._naming import name_problem, nearest
from typed_registry.errors import ContractError, InvalidNameError, Problem, UnknownEntryError

__all__ = ["USING", "Discovers", "Node", "Table", "roots_with", "using"]


class Table(Protocol):
    """What the tree asks of a registry's own entries."""

    @property
    def lookup(self) -> Mapping[str, Any]: ...


class Discovers(Protocol):
    """What looks for more entries of a node, and says whether there was anything to look at."""

    def __call__(self) -> bool: ...
    def check(self) -> list[Problem]: ...


T = TypeVar("T", bound=Table)


class Node(Generic[T]):
    """A registry's place in its tree; `T` is the table of its own entries.

    Raises:
        InvalidNameError: The scope is no name, or another registry of the tree has it.
        ContractError: The parent is of another protocol.
    """

    def __init__(
        self, name: str, protocol: object, table: T, *, parent: Node[T] | None = None, scope: str | None = None, strict: bool = False
    ) -> None:
        self.name = name
        self.protocol = protocol
        self.table = table
        self.parent = parent
        self.scope = scope
        self.strict = strict
        self.children: list[Node[T]] = []
        self.root: Node[T] = parent.root if parent is not None else self
        self.face: Any = None  # the registry itself, which lower layers hand on without knowing it
        self.discover: Discovers | None = None
        self.number: int = next(_NUMBERS)
        self._check()
        if parent is not None:
            parent.children.append(self)
        _NODES.add(self)

    def lineage(self) -> Iterator[Node[T]]:
        """This node, its parent, and so on to the root."""
        node: Node[T] | None = self
        while node is not None:
            yield node
            node = node.parent

    def tree(self) -> Iterator[Node[T]]:
        """This node and all below it, parents first."""
        yield self
        for child in self.children:
            yield from child.tree()

    def scoped(self, path: str) -> Node[T] | None:
        """The node that a scope path such as `mmdet` or `mmdet.ops` names: the first anywhere in the tree, each next a child."""
        first, *rest = path.split(".")
        node = next((node for node in self.root.tree() if node.scope == first), None)
        for scope in rest:
            node = next((child for child in node.children if child.scope == scope), None) if node is not None else None
        return node

    def places(self) -> Iterator[Node[T]]:
        """Where an unqualified name is looked for, in order: the current scope's lineage first, then the own."""
        current = USING.get().get(self.root)
        if current is not None:
            yield from current.lineage()
        yield from self.lineage()

    def find(self, name: str, *, canonical: bool = False) -> tuple[Node[T], Any] | None:
        """The record of a name, `Name` or `scope.Name`, and the node that has it; a canonical name in any scope.

        A node that lacks the name is asked to discover more, before the next one is looked into.
        """
        scope, dot, own = name.rpartition(".")
        scoped = self.scoped(scope) if dot else None
        unqualified = self.lineage() if canonical else self.places()
        for place in unqualified if not dot else () if scoped is None else (scoped,):
            record = place.table.lookup.get(own)
            if record is None and place.discover is not None and place.discover():
                record = place.table.lookup.get(own)
            if record is not None:
                return place, record
        return None

    def canonical(self, place: Node[T], name: str) -> str:
        """The own name of an entry of `place` as this node finds it in any scope, qualified where it must be."""
        first = next((node for node in self.lineage() if name in node.table.lookup), None)
        if first is place:
            return name
        scopes = [node.scope for node in place.lineage() if node.scope is not None][:1]
        return ".".join((*scopes, name))

    def names(self) -> Collection[str]:
        """Every name that resolves from here without loading anything, the nearest registry's first."""
        if self.root is self and not self.children and self.scope is None:
            return self.table.lookup.keys()
        found = dict.fromkeys(name for node in self.lineage() for name in node.table.lookup)
        found.update(dict.fromkeys(f"{node.scope}.{name}" for node in self.root.tree() if node.scope for name in node.table.lookup))
        return tuple(found)

    def _check(self) -> None:
        if self.parent is not None and self.parent.protocol != self.protocol:
            raise ContractError(
                f"registry {self.name!r}",
                self.parent.name,
                f"a child has its parent's protocol, {self.parent.protocol!r}, not {self.protocol!r}",
            )
        if self.scope is None:
            return
        if problem := name_problem(self.scope):
            raise InvalidNameError(self.scope, self.name, problem)
        for node in self.root.tree() if self.parent is not None else ():
            if node.scope == self.scope:
                raise InvalidNameError(self.scope, self.name, f"registry {node.name!r} of the same tree has this scope")


_NUMBERS = count()
_NODES: WeakSet[Node[Any]] = WeakSet()
USING: ContextVar[Mapping[object, Node[Any]]] = ContextVar("typed_registry.using", default={})  # noqa: B039 # never changed in place


@contextmanager
def using(node: Node[T], scope: str) -> Generator[None, None, None]:
    """Look into the registry of that scope first, in this thread or task, until the block is left.

    Raises:
        UnknownEntryError: The tree has no such scope.
    """
    target = node.scoped(scope)
    if target is None:
        scopes = tuple(other.scope for other in node.root.tree() if other.scope is not None)
        raise UnknownEntryError(f"{scope}.", node.name, nearest(scope, scopes), scopes)
    token = USING.set({**USING.get(), node.root: target})
    try:
        yield
    finally:
        USING.reset(token)


def roots_with(protocol: object) -> list[Node[Any]]:
    """The roots of the living trees that have a protocol, the oldest first (a child has its parent's).

    The index is weak. Registries sit in reference cycles, so one that nobody holds may linger until the collector runs; where that would
    make two candidates of one, it is run, so that the answer doesn't hang on when it last ran.
    """
    if len(_living_roots(protocol)) > 1:  # not kept in a variable, which would keep them alive
        gc.collect()
    return _living_roots(protocol)


def _living_roots(protocol: object) -> list[Node[Any]]:
    roots = {node.root for node in list(_NODES) if _same(node.protocol, protocol)}
    return sorted(roots, key=lambda node: node.number)


def _same(one: object, other: object) -> bool:
    try:
        return one is other or bool(one == other)
    except Exception:  # annotations may hold objects, arrays for one, whose comparison raises
        return False
