"""Records of what was registered, and the table of a registry's own ones."""

from __future__ import annotations

import operator
import sys
from _thread import RLock  # threading takes a while to import, and asks for nothing else
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinMethodType, FrameType, MethodType
from typing import Any, Generic

from typed_registry._importing import import_whole
from typed_registry._naming import nearest
from typed_registry._runs import Run, held, same_file
from typed_registry.errors import DuplicateEntryError, FrozenRegistryError, LoadError, UnknownEntryError, Where
from typed_registry.typing import T

__all__ = ["UNDONE", "Constant", "EntryTable", "Record", "SpecMarker", "calling_frame", "object_of", "where_of"]


UNDONE: Any = object()  # what a quick build gives where the long way has to tell what is wrong


class SpecMarker:
    """Base of BuildSpec by which the lower layers know one without importing pydantic."""

    __slots__ = ()


class Constant(Generic[T]):
    """The factory of an entry that is a product itself."""

    __slots__ = ("value",)

    def __init__(self, value: T) -> None:
        self.value = value

    def __call__(self) -> T:
        return self.value


class Record(Generic[T]):
    """All that is kept of one registration; `factory` is None until a lazy target is loaded.

    No dataclass: making one takes a millisecond, and importing dataclasses as long as all that registering needs.
    """

    def __init__(
        self,
        name: str,
        target: str,
        where: Where,
        factory: Callable[..., T] | None,
        *,
        aliases: tuple[str, ...] = (),
        tags: frozenset[str] = frozenset(),
        deprecated: str | None = None,
        requires: tuple[str, ...] = (),
        extra: str | None = None,
        spec: type[SpecMarker] | None = None,
        match: Any = None,
        run: Run | None = None,
        is_plugin: bool = False,
        local_names: Mapping[str, object] | None = None,
    ) -> None:
        self.name = name
        self.target = target
        self.where = where
        self.factory = factory
        self.aliases = aliases
        self.tags = tags
        self.deprecated = deprecated
        self.requires = requires
        self.extra = extra
        self.spec = spec
        self.match = match
        self.run = run
        self.is_plugin = is_plugin  # found in an installed package; makes way for what code registers
        self.local_names = local_names
        self.is_value: bool = isinstance(factory, Constant)
        self.lazy: bool = factory is None
        self.signature: Any = None
        self.plan: Any = None
        self.quick: Callable[..., Any] | None = None
        self.entry: Any = None  # its face, once somebody asked for it
        self.checked: bool = False
        self.warned: bool = False

    def renamed(self, aliases: tuple[str, ...]) -> Record[T]:
        """The same registration under fewer names."""
        record = object.__new__(type(self))
        vars(record).update(vars(self), aliases=aliases, entry=None, plan=None, quick=None)
        return record

    def load(self, registry: str) -> Callable[..., T]:
        """The factory, imported now if it is lazy.

        Two threads may both come here: the import system runs a module once, and both then find the same object in it.

        Raises:
            LoadError: A required package is missing, the module raises, or doesn't hold the name.
        """
        if self.factory is None:
            self.factory = self._import(registry)
        return self.factory

    def is_reload_of(self, old: Record[T]) -> bool:
        """Whether this is the old record's definition, run again: by a reload, a re-run cell, or as `__main__` and under its own name.

        A second definition further down in the same run of the same code isn't: there the old object still is what the module holds.
        """
        old_module, _, old_name = old.target.partition(":")
        module, _, name = self.target.partition(":")
        if name != old_name or "<locals>" in name or self.is_value != old.is_value or old.factory is None or self.factory is None:
            return False
        if module != old_module and "__main__" not in (module, old_module):
            return False
        if self.run is not None and old.run is not None and self.run.follows(old.run):
            return True
        if not old.is_held_by_name or not same_file(self.where.file, old.where.file):
            return False
        return held(old_module, name) is not object_of(old)

    @property
    def is_held_by_name(self) -> bool:
        """Whether the target is the object's own name; a lambda has none, and a value may have but that of its class."""
        return "<" not in self.target and hasattr(object_of(self), "__qualname__")

    def _import(self, registry: str) -> Callable[..., T]:
        missing = tuple(name for name in self.requires if not _is_importable(name))
        if missing:
            raise LoadError(
                self.name,
                registry,
                self.target,
                f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed",
                missing,
                self.extra,
            )
        module_name, _, qualname = self.target.partition(":")
        if not qualname:
            raise LoadError(self.name, registry, self.target, f"it names no object of a module, as 'module:Name' does ({self.where.file})")
        try:
            module = import_whole(module_name)
            found: Callable[..., T] | None = _attribute(module, qualname)
        except Exception as error:  # a module may raise anything while it is imported; the error is kept as the cause
            reason = f"{type(error).__name__}: {error}"
            raise LoadError(
                self.name,
                registry,
                self.target,
                reason,
                _lacking(error, module_name),
                self.extra if isinstance(error, ImportError) else None,
            ) from error
        if found is None:
            like = nearest(qualname, list(vars(module)), 1)
            hint = f"; did you mean {like[0]!r}?" if like else ""
            raise LoadError(self.name, registry, self.target, f"{module_name} has no {qualname!r}{hint}")
        return found


class EntryTable(Generic[T]):
    """The entries of one registry: `records` by own name in order of registration, `lookup` by alias too."""

    def __init__(self, registry: str) -> None:
        self.registry = registry
        self.records: dict[str, Record[T]] = {}
        self.lookup: dict[str, Record[T]] = {}
        self.removed: dict[str, str] = {}  # what is told of names that the registry once had
        self.is_frozen: bool = False
        self.version: int = 0  # of what is in it, for what is made of all of it
        self._by_object: dict[object, list[Record[T]]] = {}
        self._lock = RLock()  # held while it changes, never while foreign code runs
        self._is_shared = False  # whether a snapshot holds the same dicts, so that they are copied before they change

    def refuse_if_frozen(self, action: str) -> None:
        """Refuse a change.

        Raises:
            FrozenRegistryError: The registry is frozen.
        """
        if self.is_frozen:
            raise FrozenRegistryError(self.registry, action)

    def replaced_by(self, record: Record[T], *, override: bool) -> list[Record[T]]:
        """The records that have one of its names and would make way for it.

        Raises:
            DuplicateEntryError: One of the names is taken, and neither is it a reload nor is `override` given.
        """
        replaced: list[Record[T]] = []
        for name in (record.name, *record.aliases):
            old = self.lookup.get(name)
            if old is None or old in replaced:
                continue
            again = old.name == record.name and (_same_object(old, record) or _same_lazy(old, record) or record.is_reload_of(old))
            if not (override or again or (old.is_plugin and not record.is_plugin)):
                raise DuplicateEntryError(name, self.registry, old.target, old.where, record.target, record.where)
            replaced.append(old)
        return replaced

    def put(self, record: Record[T], replaced: Sequence[Record[T]]) -> None:
        """Put a record in, under its name and its aliases, in the place of those that make way for it."""
        with self._lock:
            self._unshare()
            for old in replaced:
                if record.factory is not None and old.lazy and _same_lazy(old, record):  # its other names resolved before it was loaded
                    record.aliases = tuple(dict.fromkeys((*record.aliases, *old.aliases)))
                    record.tags |= old.tags
                    record.match = record.match or old.match
                self._forget(old, record)
            self._remember(record)

    def remove(self, name: str) -> None:
        """Take out the entry of that name or alias, with all its names.

        Raises:
            UnknownEntryError: There is none.
        """
        with self._lock:
            record = self.lookup.get(name)
            if record is None:
                raise UnknownEntryError(name, self.registry, nearest(name, self.lookup), tuple(self.records))
            self._unshare()
            del self.records[record.name]
            self._drop_names(record)

    def of_object(self, obj: object) -> Record[T] | None:
        """The first entry of an object, be it registered lazily and imported by its user."""
        key = _identity(obj)
        known = self._by_object.get(key, [])
        if len(known) == 1:
            return known[0]
        return next((record for record in self.records.values() if _identity(record.factory) == key or _will_be(record, obj)), None)

    def snapshot(self) -> Callable[[], None]:
        """A function that puts the table back to what it is now."""
        with self._lock:
            self._is_shared = True
            records, lookup, removed = self.records, self.lookup, dict(self.removed)

        def restore() -> None:
            with self._lock:
                self._is_shared = True
                self.records, self.lookup, self.removed = records, lookup, dict(removed)
                self._by_object = {}
                for record in records.values():
                    self._remember_object(record)
                self.version += 1

        return restore

    def mark(self) -> Callable[[], None]:
        """A function that takes back what was registered since, but for what is of modules that stay and won't register it again."""
        version, restore = self.version, self.snapshot()

        def take_back() -> None:
            with self._lock:
                if self.version == version:
                    return
                since = list(self.records.values())
                restore()
                for record in since:
                    is_of_module = record.run is None or record.run.module in sys.modules
                    if is_of_module and self.lookup.get(record.name) is not record:
                        self.put(record, self.replaced_by(record, override=True))

        return take_back

    def _unshare(self) -> None:
        if self._is_shared:
            self.records, self.lookup, self._is_shared = dict(self.records), dict(self.lookup), False

    def _remember(self, record: Record[T]) -> None:
        self.records[record.name] = record  # in the place of one that it replaces
        for name in (record.name, *record.aliases):
            self.lookup[name] = record
        self._remember_object(record)
        self.version += 1  # last, so that what another thread makes of the table meanwhile isn't taken for the new

    def _remember_object(self, record: Record[T]) -> None:
        if record.factory is not None:
            self._by_object.setdefault(_identity(record.factory), []).append(record)

    def _forget(self, old: Record[T], new: Record[T]) -> None:
        self._drop_names(old)
        if old.name == new.name:
            return
        if old.name in new.aliases:
            del self.records[old.name]
            return
        kept = tuple(alias for alias in old.aliases if alias != new.name and alias not in new.aliases)
        self._remember(old.renamed(kept))

    def _drop_names(self, record: Record[T]) -> None:
        self.version += 1
        for name in (record.name, *record.aliases):
            self.lookup.pop(name, None)
        of_same_object = self._by_object.get(_identity(record.factory), [])
        if record in of_same_object:
            of_same_object.remove(record)


def calling_frame() -> FrameType:
    """The frame that called the function that asks."""
    return sys._getframe(2)  # pyright: ignore[reportPrivateUsage] # inspect's way takes microseconds


def where_of(frame: FrameType) -> Where:
    """The file and line that a frame is at."""
    return Where(frame.f_code.co_filename, frame.f_lineno)


def object_of(record: Record[Any]) -> object:
    """What was registered: the factory, or the value itself."""
    return record.factory() if record.is_value and record.factory is not None else record.factory


def _identity(obj: object) -> object:
    """By which an object is known again; a bound method is made anew each time it is read from its class."""
    return obj if isinstance(obj, (MethodType, BuiltinMethodType)) else id(obj)  # methods compare by object and function


def _is_importable(name: str) -> bool:
    top = name.partition(".")[0]  # find_spec of a dotted name would import its parents
    if top in sys.modules:
        return sys.modules[top] is not None  # pyright: ignore[reportUnnecessaryComparison] # None there blocks an import
    from importlib.util import find_spec

    try:
        return find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def _same_object(old: Record[T], new: Record[T]) -> bool:
    return old.factory is not None and old.is_value == new.is_value and _identity(object_of(old)) == _identity(object_of(new))


def _same_lazy(old: Record[T], new: Record[T]) -> bool:
    """The same lazy line again, or the class behind it registering itself while or after it is imported."""
    return (new.lazy or old.lazy) and old.target == new.target


def _will_be(record: Record[T], obj: object) -> bool:
    return record.factory is None and held(*record.target.partition(":")[::2]) is obj


def _lacking(error: Exception, module: str) -> tuple[str, ...]:
    """The package that an import lacks; a module that is missing from the target's own package isn't to be installed."""
    own = f"{module.partition('.')[0]}."
    name = error.name if isinstance(error, ModuleNotFoundError) else None
    return () if not name or name.startswith(own) else (name,)


def _attribute(module: object, qualname: str) -> Any:
    try:
        return operator.attrgetter(qualname)(module)
    except AttributeError:
        return None
