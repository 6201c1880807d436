"""The tree of registries: parents, scopes, the current scope, and which registry has a protocol."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar
from weakref import ReferenceType, WeakSet, ref

from typed_registry._importing import watch
from typed_registry._naming import name_problem, nearest
from typed_registry._runs import Run
from typed_registry._warning import warn_user
from typed_registry.errors import ContractError, InvalidNameError, UnknownEntryError, shown

if TYPE_CHECKING:
    from typed_registry.errors import Problem

__all__ = ["USING", "Discovers", "Node", "Table", "roots_with", "using"]


class Table(Protocol):
    """What the tree asks of a registry's own entries."""

    @property
    def lookup(self) -> Mapping[str, Any]: ...
    def of_object(self, obj: object, /) -> Any: ...
    def snapshot(self) -> Callable[[], None]: ...
    def mark(self) -> Callable[[], None]: ...


class Discovers(Protocol):
    """What looks for more entries of a node; calling it looks, and gives the error of what couldn't be looked at."""

    def __call__(self) -> Exception | None: ...
    def waiting(self) -> tuple[str, ...]: ...
    def check(self) -> list[Problem]: ...
    def snapshot(self) -> Callable[[], None]: ...


R = TypeVar("R")
T = TypeVar("T", bound=Table)


class Node(Generic[T]):
    """A registry's place in its tree; `T` is the table of its own entries.

    The same line run again, by a reload or in a notebook, makes a new registry, which takes the place of the one that it made before.

    Raises:
        InvalidNameError: The scope is no name, or another registry of the tree has it.
        ContractError: The parent is no registry, or is of another protocol.
    """

    def __init__(
        self,
        name: str,
        protocol: object,
        table: T,
        *,
        parent: Node[T] | None = None,
        scope: str | None = None,
        strict: bool = False,
        run: Run | None = None,
    ) -> None:
        if parent is not None and not isinstance(parent, Node):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise ContractError(f"registry {name!r}", name, f"a parent is a registry, not {shown(parent)}")
        self.name = name
        self.protocol = protocol
        self.table = table
        self.parent = parent
        self.scope = scope
        self.strict = strict
        self.children: list[Node[T]] = []
        self.root: Node[T] = parent.root if parent is not None else self
        self.face: Any = None  # the registry itself, which lower layers hand on without knowing it
        self.module = "__main__"  # that made it
        self.discover: Discovers | None = None
        self.number: int = next(_NUMBERS)
        self._run = run
        self._before: ReferenceType[Node[T]] | None = None  # whose place it took
        old = self._check()
        if old is not None:
            self._take_place(old)
        elif parent is not None:
            parent.children.append(self)
        _NODES.add(self)
        watch(self)

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
        scoped = self.reach(scope) if dot else None
        unqualified = self.lineage() if canonical else self.places()
        for place in unqualified if not dot else () if scoped is None else (scoped,):
            record = place.table.lookup.get(own)
            if record is None and place.discover is not None:
                record = place.discovered(lambda table: table.lookup.get(own))
            if record is not None:
                return place, record
        return None

    def find_object(self, obj: object) -> tuple[Node[T], Any] | None:
        """The record of a registered object, and the nearest node that has it."""
        for place in self.places():
            record = place.table.of_object(obj) or place.discovered(lambda table: table.of_object(obj))
            if record is not None:
                return place, record
        return None

    def reach(self, path: str) -> Node[T] | None:
        """The node of a scope path; where there is none yet, the locations of the whole tree are loaded, one of which may make it.

        Raises:
            Exception: A location can't be loaded, and no other made it.
        """
        node = self.scoped(path)
        if node is not None or not path:
            return node
        errors: list[Exception] = []
        seen: set[Node[T]] = set()
        while new := [each for each in self.root.tree() if each not in seen]:  # what is loaded may make children, with locations of theirs
            seen.update(new)
            errors += [error for each in new if each.discover is not None and (error := each.discover()) is not None]
        node = self.scoped(path)
        _tell(errors, is_found=node is not None)
        return node

    def discovered(self, look: Callable[[T], R | None]) -> R | None:
        """What is looked for in this node's table once it has discovered all that it can.

        What is found is the answer although something else failed, as it is from then on; what isn't found may be in what failed.

        Raises:
            Exception: A location can't be loaded, and no other has it.
        """
        error = self.discover() if self.discover is not None else None
        found = look(self.table)
        _tell([error] if error is not None else [], is_found=found is not None)
        return found

    def load_locations(self) -> None:
        """Discover all there is.

        Raises:
            Exception: A location can't be loaded.
        """
        error = self.discover() if self.discover is not None else None
        _tell([error] if error is not None else [], is_found=False)

    def name_of(self, place: Node[T], name: str, *, load: bool = True) -> str | None:
        """How this node calls an entry of `place` in any scope: plain, or qualified where a nearer node has the name, or may have it.

        Args:
            place: The node that has the entry.
            name: One of its own names.
            load: Whether nearer nodes discover what they have.

        Returns:
            None where it is out of reach: hidden, and of a node without scope.
        """
        for node in self.lineage():
            if node is place:
                return name
            if node.has(name, load=load):
                break
        return f"{place.scope}.{name}" if place.scope is not None and place.root is self.root else None

    def canonical(self, place: Node[T], name: str) -> str:
        """The name by which this node finds an entry of `place` in any scope.

        Raises:
            ContractError: There is none, as in the scope in use a node without scope had it.
        """
        found = self.name_of(place, name)
        if found is None:
            reason = f"registry {place.name!r}, which has it, is reached from {self.name!r} by a scope in use alone and has none itself"
            raise ContractError(
                f"entry {name!r}", self.name, reason, remedy="Give that registry a scope, by which specs can name its entries."
            )
        return found

    def has(self, name: str, *, load: bool = True) -> bool:
        """Whether this node itself has a name, or may have it, as what it couldn't load isn't known."""
        if name in self.table.lookup:
            return True
        failed = self.discover() is not None if load and self.discover is not None else False
        return failed or name in self.table.lookup

    def names(self) -> Collection[str]:
        """Every name that resolves from here without loading anything, the nearest registry's first."""
        if self.root is self and not self.children and self.scope is None:
            return self.table.lookup.keys()
        found = dict.fromkeys(name for node in self.places() for name in node.table.lookup)
        found.update(dict.fromkeys(f"{node.scope}.{name}" for node in self.root.tree() if node.scope for name in node.table.lookup))
        return tuple(found)

    def snapshot(self) -> Callable[[], None]:
        """A function that puts the entries back to what they are now, and what was discovered since to be discovered again."""
        restores = [self.table.snapshot(), *([self.discover.snapshot()] if self.discover is not None else [])]

        def restore() -> None:
            for each in restores:
                each()

        return restore

    def mark(self) -> Callable[[], None]:
        """A function that takes back what modules that failed registered since, and the children that they made."""
        take_back_entries, children = self.table.mark(), list(self.children)

        def take_back() -> None:
            take_back_entries()
            stays = {child: child in children or child.module in sys.modules for child in self.children}
            self.children[:] = [kept for child in stays if (kept := child if stays[child] else child.give_back()) is not None]

        return take_back

    def give_back(self) -> Node[T] | None:
        """The node whose place it took, if any, with its children again."""
        old = self._before() if self._before is not None else None
        for child in old.children if old is not None else ():
            child.parent = old
        return old

    def _take_place(self, old: Node[T]) -> None:
        """Be in the tree instead of another node; what that one's entries were is for the code that is run again to say."""
        self._before = ref(old)
        self.children = list(old.children)
        for child in self.children:
            child.parent = self
        siblings = old.parent.children if old.parent is not None else []
        siblings[:] = [self if each is old else each for each in siblings]

    def _is_rerun_of(self, old: Node[T]) -> bool:
        if self._run is None or old._run is None or old.parent is not self.parent or old.name != self.name:
            return False
        return self._run.module == old._run.module and self._run.follows(old._run)

    def _check(self) -> Node[T] | None:
        """The node whose place it takes."""
        if self.parent is not None and self.parent.protocol != self.protocol:
            raise ContractError(
                f"registry {self.name!r}",
                self.parent.name,
                f"a child has its parent's protocol, {self.parent.protocol!r}, not {self.protocol!r}",
            )
        if self.scope is None:
            return None
        if problem := name_problem(self.scope):
            raise InvalidNameError(self.scope, self.name, problem)
        for node in self.root.tree() if self.parent is not None else ():
            if node.scope == self.scope:
                if self._is_rerun_of(node):
                    return node
                raise InvalidNameError(self.scope, self.name, f"registry {node.name!r} of the same tree has this scope")
        return None


def _tell(errors: list[Exception], *, is_found: bool) -> None:
    """Raise the first error, with the others as notes; where what was looked for is found all the same, warn."""
    if not errors:
        return
    first, *others = errors
    if is_found:
        warn_user("; ".join(map(str, errors)), RuntimeWarning)
        return
    for other in others:
        first.add_note(str(other))
    raise first


_NUMBERS = count()
_NODES: WeakSet[Node[Any]] = WeakSet()
USING: ContextVar[Mapping[object, Node[Any]]] = ContextVar("typed_registry.using", default={})  # noqa: B039 # never changed in place


@contextmanager
def using(node: Node[T], scope: str) -> Generator[None, None, None]:
    """Look into the registry of that scope first, in this thread or task, until the block is left.

    Raises:
        UnknownEntryError: The tree has no such scope.
    """
    target = node.reach(scope)
    if target is None:
        scopes = tuple(other.scope for other in node.root.tree() if other.scope is not None)
        raise UnknownEntryError(scope, node.name, nearest(scope, scopes), scopes, "scope")
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
        import gc

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
