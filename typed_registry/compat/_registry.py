"""MMEngine's Registry on this package's table of entries: typed by what its components are."""

# pyright: reportOverlappingOverload=false, reportInvalidTypeVarUse=false
# They overlap on purpose; `typed_registry.typing` tells why.

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Generator, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from types import FrameType
from typing import Any, Generic, Protocol, TypeAlias, cast, overload

from typed_registry._importing import import_whole
from typed_registry._records import calling_frame
from typed_registry._registration import Registrar
from typed_registry.compat._building import Config, RegistryMarker, T, build_from_cfg
from typed_registry.compat._default_scope import DefaultScope
from typed_registry.compat._import_paths import MODULE2PACKAGE, Allowed, checked, import_registry_of, not_installed, object_at
from typed_registry.compat._log import print_log
from typed_registry.compat._module_dict import ModuleDict
from typed_registry.typing import C, ClassMaking, Makes, P, Q, R

__all__ = ["BuildFunc", "Names", "Registry"]

Names: TypeAlias = str | Sequence[str] | None


class BuildFunc(Protocol):
    """What makes products of configs in a registry's stead."""

    def __call__(self, cfg: Any, /, *, registry: Any) -> Any: ...


class Registry(RegistryMarker, Generic[T]):
    """A registry with the behaviour of `mmengine.registry.Registry`, of what its annotation says.

    `MODELS: Registry[nn.Module] = Registry("model")` holds torch's modules, and checkers refuse others; not annotated it holds anything.

    Args:
        name: What it is called.
        build_func: What `build` calls, with the registry as keyword; else the parent's, else `build_from_cfg`.
        parent: The registry that is asked for what this one doesn't have.
        scope: The name by which it is found in its tree; else the top package of the caller.
        locations: Modules that register entries of it, imported by the first `get`.
        allow_import_paths: Which import paths `get` follows: none, those under the given packages or modules, or all; else the class's.

    Raises:
        AssertionError: The parent is no registry, the scope is no str, or another child of the parent has it.

    Example:
        >>> MODELS: Registry[float] = Registry("model", scope="toy")
        >>> @MODELS.register_module(name=["half", "1/2"])
        ... def half(of: float) -> float:
        ...     return of / 2
        >>> MODELS.build({"type": "1/2", "of": 3})
        1.5
        >>> len(MODELS), "half" in MODELS, MODELS.get("os.getcwd")
        (2, True, None)
    """

    allow_import_paths: Allowed = False

    def __init__(
        self,
        name: str,
        build_func: BuildFunc | None = None,
        parent: Registry[T] | None = None,
        scope: str | None = None,
        locations: list[str] | tuple[str, ...] = (),
        *,
        allow_import_paths: Allowed | None = None,
    ) -> None:
        if parent is not None and not isinstance(parent, Registry):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(f"parent must be a Registry or None, but got {type(parent)}")
        if scope is not None and not isinstance(scope, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise AssertionError(f"scope must be a str or None, but got {type(scope)}")
        if isinstance(cast("object", locations), str):  # callers without a checker
            raise TypeError(f"locations are a sequence of modules; write [{locations!r}] for one")
        self._name = name
        self._scope = self.infer_scope() if scope is None else scope
        self._children: dict[str, Registry[T]] = {}
        self._module_dict: ModuleDict[T] = ModuleDict(name)
        self._locations = tuple(locations)
        self._importing: list[int] = []  # the threads that import the locations
        self._imported = not self._locations and self._scope not in MODULE2PACKAGE
        if allow_import_paths is not None:
            self.allow_import_paths = checked(allow_import_paths)
        self.parent: Registry[T] | None = parent
        if parent is not None:
            parent._add_child(self)
        inherited = build_from_cfg if parent is None else parent.build_func
        self.build_func: Callable[..., Any] = inherited if build_func is None else build_func

    @property
    def name(self) -> str:
        """What it is called."""
        return self._name

    @property
    def scope(self) -> str:
        """The name by which it is found in its tree."""
        return self._scope

    @property
    def module_dict(self) -> MutableMapping[str, Callable[..., T]]:
        """What is registered, by name; changing it changes the registry."""
        return self._module_dict

    @property
    def children(self) -> dict[str, Registry[T]]:
        """The registries whose parent it is, by scope."""
        return self._children

    @property
    def root(self) -> Registry[T]:
        """The registry at the top of the tree."""
        return self._get_root_registry()

    def __len__(self) -> int:
        return len(self._module_dict.table.records)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __repr__(self) -> str:
        width = max((len(name) for name in self._module_dict), default=0)
        rows = [f"  {name:{width}}  {module}" for name, module in sorted(self._module_dict.items())]
        return "\n".join([f"Registry of {self._name}", *rows])

    @staticmethod
    def infer_scope() -> str:
        """The top package of the module that calls `Registry(...)`."""
        frame = calling_frame().f_back
        while frame is not None and frame.f_globals.get("__name__") == "typing":  # the call of a `Registry[nn.Module]`
            frame = frame.f_back
        module = None if frame is None else inspect.getmodule(frame)
        if module is not None:
            return module.__name__.split(".")[0]
        print_log(
            'set scope as "mmengine" when scope can not be inferred. You can silence this warning by passing a "scope" argument to '
            'Registry like `Registry(name, scope="toy")`',
            logging.WARNING,
        )
        return "mmengine"

    @staticmethod
    def split_scope_key(key: str) -> tuple[str | None, str]:
        """The scope before the first dot, None without one, and the rest."""
        scope, dot, rest = key.partition(".")
        return (scope, rest) if dot else (None, key)

    # --- registering ---

    # All have defaults, so that a subclass may override it by one signature of Any; without `module` the first is always chosen.
    @overload
    def register_module(self, name: Names = ..., force: bool = ..., module: None = ...) -> Registrar[T]: ...
    @overload
    def register_module(self, name: Names = ..., force: bool = ..., module: ClassMaking[T, T, C] = ...) -> C: ...
    @overload
    def register_module(self, name: Names = ..., force: bool = ..., module: Makes[P, Q, T, R] = ...) -> Callable[P, R]: ...
    @overload
    def register_module(self, name: Names = ..., force: bool = ..., module: type[T] = ...) -> type[T]: ...
    def register_module(self, name: Any = None, force: bool = False, module: Any = None) -> Any:
        """Register a class or function, as a decorator or by a call; it comes back unchanged.

        Args:
            name: The name, or several; else the object's own.
            force: Replace what has the name.
            module: The class or function; None gives a decorator.

        Raises:
            KeyError: Something has the name, be it the same object; nothing is registered then.
            TypeError: An argument is of the wrong type.
        """
        if not isinstance(force, bool):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise TypeError(f"force must be a boolean, but got {type(force)}")
        if not (name is None or isinstance(name, str) or _is_sequence_of_str(name)):
            raise TypeError(f"name must be None, an instance of str, or a sequence of str, but got {type(name)}")
        if module is not None:
            self._register_module(module, name, force, calling_frame())
            return module
        return Registrar[T](lambda obj, frame: self._register_module(obj, name, force, frame))

    # --- looking up ---

    def get(self, key: str) -> Callable[..., T] | None:
        """What is registered under a name: here or above, or in the registry that `scope.Name` says; None if nothing is.

        Args:
            key: The name. A scope may be this registry's, a child's, the root's or one of the root's children's; a longer path goes on
                through children. A name with a scope is looked for in that registry alone.

        Raises:
            RuntimeError: The key is an import path that is allowed, and a module of it fails.
            TypeError: The key is no str.
        """
        if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise TypeError(f"The key argument of `Registry.get` must be a str, got {type(key)}")
        if not self._imported:
            self.import_from_location()
        record = self._module_dict.table.lookup.get(key)
        if record is not None and "." not in key:
            return record.factory
        found = self._find(key)
        if found is None:
            found = cast("Callable[..., T] | None", object_at(key, checked(self.allow_import_paths)))
        return found

    def known_names(self) -> tuple[str, ...]:
        """The names that are registered here and above."""
        return tuple(dict.fromkeys(name for registry in self._lineage() for name in registry._module_dict.table.lookup))

    def refusal_of(self, key: str) -> str:
        """What is said of a missing key that could be an import path; nothing of another."""
        if "." not in key or self.allow_import_paths is True:
            return ""
        flag = f"`allow_import_paths` is {self.allow_import_paths!r}"
        return f" As an import path it is not followed: {flag}. Allow those of a package by its name in a tuple, or all by True"

    def import_from_location(self) -> None:
        """Import the locations, once; an error of one is raised as it is, what it had registered is taken back, and it is tried again."""
        if self._imported:
            return
        thread = get_ident()
        is_first = thread not in self._importing  # a location that is being imported may call `get` itself, of what the others have
        self._importing.append(thread)
        try:
            for location in self._locations:
                import_whole(location)
            if is_first:
                self._register_all_modules()
                self._imported = True
        finally:
            self._importing.remove(thread)

    # --- scopes ---

    @contextmanager
    def switch_scope_and_registry(self, scope: str | None) -> Generator[Registry[T], None, None]:
        """Let a scope hold until the block is left, and give the registry of the default scope that holds then; None leaves the scope."""
        with DefaultScope.overwrite_default_scope(scope):
            yield self.in_default_scope()

    def in_default_scope(self) -> Registry[T]:
        """The registry of the default scope that holds now; this one if there is none."""
        current = DefaultScope.get_current_instance()
        return self if current is None else self._of_scope(current.scope_name)

    # --- building ---

    def build(self, cfg: Config | list[Any], *args: Any, **kwargs: Any) -> T:
        """What `build_func` makes of a config."""
        product: T = self.build_func(cfg, *args, **kwargs, registry=self)
        return product

    # --- behind them; some of the names are MMEngine's own, which its users and tests call ---

    def _register_module(self, module: Any, module_name: Any = None, force: bool = False, frame: FrameType | None = None) -> None:
        if not callable(module):
            raise TypeError(f"module must be Callable, but got {type(module)}")
        if module_name is None:
            module_name = module.__name__
        names = [module_name] if isinstance(module_name, str) else list(module_name)
        at = calling_frame() if frame is None else frame
        for number, name in enumerate(names if not force else ()):
            record = self._module_dict.table.lookup.get(name)
            if record is not None or name in names[:number]:
                existing: Any = module if record is None else record.factory
                raise KeyError(f"{name} is already registered in {self._name} at {existing.__module__}")
        factory: Any = module
        for name in names:
            self._module_dict.put(name, factory, at)

    def _add_child(self, registry: Registry[T]) -> None:
        if registry.scope in self._children:
            raise AssertionError(f"scope {registry.scope} exists in {self._name} registry")
        self._children[registry.scope] = registry

    def _lineage(self) -> Iterator[Registry[T]]:
        registry: Registry[T] | None = self
        while registry is not None:
            yield registry
            registry = registry.parent

    def _get_root_registry(self) -> Registry[T]:
        *_, root = self._lineage()
        return root

    def _search_child(self, scope: str) -> Registry[T] | None:
        waiting: list[Registry[T]] = [self]
        while waiting:
            registry = waiting.pop()
            if registry._scope == scope:
                return registry
            if registry._children:
                waiting.extend(reversed(registry._children.values()))
        return None

    def _find(self, key: str) -> Callable[..., T] | None:
        scope, name = self.split_scope_key(key)
        if scope is None:
            return next((found for registry in self._lineage() if (found := registry._own(name)) is not None), None)
        if scope == self._scope:
            return self._own(name)
        place = self._neighbour(scope)
        if place is None and import_registry_of(scope):
            place = self._neighbour(scope)
        return None if place is None else place._within(name)

    def _own(self, name: str) -> Callable[..., T] | None:
        self.import_from_location()
        record = self._module_dict.table.lookup.get(name)
        return None if record is None else record.factory

    def _neighbour(self, scope: str) -> Registry[T] | None:
        """The registry that a scope says: a child, the root, or a child of the root."""
        root = self._get_root_registry()
        if scope in self._children:
            return self._children[scope]
        return root if scope == root.scope else root._children.get(scope)

    def _within(self, path: str) -> Callable[..., T] | None:
        """What a path says here: an own name, or one of a child; the root is no way to its children."""
        scope, name = self.split_scope_key(path)
        if scope is None or scope == self._scope:
            return self._own(name)
        child = self._children.get(scope)
        return None if child is None else child._within(name)

    def _of_scope(self, scope: str) -> Registry[T]:
        root = self._get_root_registry()
        found = root._search_child(scope)
        if found is None:
            if not import_registry_of(scope):
                missing = f"Failed to import `{scope}.registry` make sure the registry.py exists in `{scope}` package."
                print_log(not_installed(scope) if scope in MODULE2PACKAGE else missing, logging.WARNING)
            found = root._search_child(scope)
        if found is not None:
            return found
        print_log(
            f'Failed to search registry with scope "{scope}" in the "{root.name}" registry tree. As a workaround, the current '
            f'"{self.name}" registry in "{self.scope}" is used to build instance. This may cause unexpected failure when running the built '
            f'modules. Please check whether "{scope}" is a correct scope, or whether the registry is initialized.',
            logging.WARNING,
        )
        return self

    def _register_all_modules(self) -> None:
        """Register what a package of OpenMMLab has, as was done before there were locations."""
        if self._locations:
            return
        try:
            module = import_whole(f"{self._scope}.utils")
        except (ImportError, AttributeError):
            print_log(not_installed(self._scope), logging.WARNING)
        else:
            module.register_all_modules(False)


def _is_sequence_of_str(names: object) -> bool:
    return isinstance(names, Sequence) and all(isinstance(name, str) for name in cast("Sequence[object]", names))
