"""Registry: the names of the classes and functions that make components of one kind. Here the parts meet."""

# pyright: reportOverlappingOverload=false
# They overlap on purpose; `typed_registry.typing` tells why.

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from os import PathLike
from types import FrameType, UnionType
from typing import TYPE_CHECKING, Any, Generic, Protocol, cast, get_origin, overload

from typed_registry._fitting import certainly_fits
from typed_registry._matching import EntryChooser
from typed_registry._naming import split_target, target_of
from typed_registry._records import UNDONE, Constant, EntryTable, Record, calling_frame, where_of
from typed_registry._registration import Options, Registrar, new_record, own_name
from typed_registry._runs import run_of
from typed_registry._scopes import USING, Node, using
from typed_registry.errors import ContractError, InvalidNameError, UnknownEntryError
from typed_registry.typing import Build, C, Catalogued, Cfg, ClassMaking, Makes, P, Q, R, S_co, SpecOf, Specs, T, TypeForm

if TYPE_CHECKING:
    from typed_registry._building import Builder
    from typed_registry.discovery import EntryPoints
    from typed_registry.dispatch import Match
    from typed_registry.errors import Problem
    from typed_registry.specs import BuildSpec

__all__ = ["Registrar", "Registry"]


_OPTIONS = frozenset({"aliases", "deprecated", "match", "override", "spec", "tags"})


class _BuildMethod(Protocol):
    """Builds what the catalogue declares, else what its base names, which is any mapping where there is no catalogue."""

    @overload
    def __get__(self, registry: None, owner: object) -> Callable[..., Any]: ...
    @overload
    def __get__(self, registry: Catalogued[R], owner: object = ...) -> R: ...
    @overload
    def __get__(self, registry: Registry[T, Specs[Cfg]], owner: object = ...) -> Build[T, Cfg]: ...


def _build_method(method: Callable[..., Any]) -> _BuildMethod:
    """The method itself, typed as what gives a `Build`."""
    return cast("_BuildMethod", method)


class Registry(EntryChooser[T], Generic[T, S_co]):
    """A registry of what makes a T: a mapping of its own names to their entries.

    Args:
        name: What it is called in messages and generated files.
        protocol: What its components are: a Protocol, an ABC or a class.
        parent: The registry that is asked for what this one doesn't have.
        scope: The name by which its entries are reached from the whole tree, as `scope.Name`.
        locations: Modules that register entries of it, imported when a name is first missed.
        entry_points: Entry points of installed packages that are entries of it, by their group; read when a name is first missed.
        strict: Whether arguments are validated without conversions (pydantic's strict mode).

    Raises:
        InvalidNameError: The name is empty, or the scope is taken in this tree.
        ContractError: The parent is no registry, or is of another protocol.

    Example:
        >>> from typing import Protocol
        >>> class Greeter(Protocol):
        ...     def greet(self) -> str: ...
        >>> GREETERS: Registry[Greeter] = Registry("greeters", Greeter)
        >>> @GREETERS.register("hello", aliases=("hi",))
        ... class Hello:
        ...     def __init__(self, name: str, *, loud: bool = False) -> None:
        ...         self.text = f"hello {name}"
        ...     def greet(self) -> str:
        ...         return self.text
        >>> GREETERS.build({"type": "hi", "name": "Ada"}).greet()
        'hello Ada'
        >>> GREETERS.build({"type": "hello", "nam": "Ada", "loud": "maybe"})
        Traceback (most recent call last):
        typed_registry.errors.ConfigError: 3 problems in a config of registry 'greeters':
          TR203 unknown argument 'nam' of 'hello'; did you mean 'name'?
          TR204 missing argument 'name' of 'hello'
          loud: TR205 input should be a valid boolean, unable to interpret input, not 'maybe'
    """

    # TypeForm, not type: mypy refuses a Protocol where type[T] is due ("Only concrete class can be given").
    def __init__(
        self,
        name: str,
        protocol: TypeForm[T],
        /,
        *,
        parent: Registry[T, Specs[Any]] | None = None,
        scope: str | None = None,
        locations: tuple[str, ...] | list[str] = (),
        entry_points: EntryPoints | str | None = None,
        strict: bool = False,
    ) -> None:
        if not name or not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
            raise InvalidNameError(name, str(name), "a registry's name is a str that is not empty")
        if not isinstance(get_origin(protocol) or protocol, type) or get_origin(protocol) is UnionType:
            raise ContractError(f"registry {name!r}", name, f"{protocol!r} is no class", remedy="Bind it to a Protocol, an ABC or a class.")
        if hasattr(self, "_node"):
            raise ContractError(f"registry {name!r}", name, "it is made already; its place in the tree stays, so that no tree has a cycle")
        above: Any = getattr(parent, "_node", parent)
        made_at = calling_frame()
        run = run_of(made_at) if scope is not None else None
        node: Node[EntryTable[T]] = Node(name, protocol, EntryTable(name), parent=above, scope=scope, strict=strict, run=run)
        if locations or entry_points is not None:
            from typed_registry.discovery import Discovery

            node.discover = Discovery(node, locations, entry_points)
        super().__init__(node, made_at, self._build)
        self._builder: Builder[T] | None = None

    @property
    def specs(self) -> S_co:
        """The catalogue: `registry.specs.face(scale=1.3)` is a spec of the entry `face`."""
        from typed_registry._catalogue import Catalogue

        return cast(S_co, Catalogue(self, lambda name, arguments: self._build().spec_of_name(name, arguments)))

    # --- registering ---

    @overload
    def register(
        self,
        name: str | None = None,
        /,
        *,
        aliases: tuple[str, ...] | list[str] = ...,
        tags: tuple[str, ...] | list[str] | set[str] | frozenset[str] = ...,
        match: Match[Any] | None = ...,
        spec: type[SpecOf[T]] | None = ...,
        override: bool = ...,
        deprecated: str | None = ...,
    ) -> Registrar[T]: ...
    @overload
    def register(self, cls: ClassMaking[T, T, C], /) -> C: ...
    @overload
    def register(self, function: Makes[P, Q, T, R], /) -> Callable[P, R]: ...
    @overload
    def register(self, cls: type[T], /) -> type[T]: ...  # never chosen, as in Registrar
    def register(self, target: Any = None, /, **options: Any) -> Any:
        """Register a class or function, as a decorator or by a call; it comes back unchanged.

        Args:
            target: The class or function, registered under its own name; or the name to register under, which gives a decorator.
            **options: Each given by name. `aliases`: other names. `tags`: what it can do. `match`: which configs it takes. `spec`: a
                BuildSpec written by hand that holds for its arguments. `override`: replace what has the name. `deprecated`: what to use
                instead, told once when it is built.

        Raises:
            ContractError: It can't be what the registry asks for.
            DuplicateEntryError: Another object has the name.
            FrozenRegistryError: The registry is frozen.
            InvalidNameError: The name is none.
            TypeError: An option is unknown, or isn't what is due: a Match, a class of BuildSpec.
        """
        if unknown := sorted(options.keys() - _OPTIONS):
            raise TypeError(f"register() got an unexpected keyword argument {unknown[0]!r}; it takes {', '.join(sorted(_OPTIONS))}")
        chosen = Options(**options)
        if target is None or isinstance(target, str):
            return Registrar[T](lambda obj, frame: self._add(target, obj, chosen, frame))
        self._add(None, target, chosen, calling_frame())
        return target

    def register_lazy(
        self,
        name: str,
        target: str,
        /,
        *,
        requires: str | tuple[str, ...] | list[str] = (),
        extra: str | None = None,
        aliases: tuple[str, ...] | list[str] = (),
        tags: tuple[str, ...] | list[str] | set[str] | frozenset[str] = (),
        match: Match[Any] | None = None,
        override: bool = False,
        deprecated: str | None = None,
    ) -> None:
        """Register what is imported when it is first used.

        Args:
            name: The entry's name.
            target: Where the class or function is, as `package.module:Name`.
            requires: Import names of the packages that it needs; they are looked for before the target is imported.
            extra: What the error tells to install when it can't be imported.
            aliases: Other names.
            tags: What it can do.
            match: Which configs it takes.
            override: Replace what has the name.
            deprecated: What to use instead.

        Raises:
            DuplicateEntryError: Another target has the name.
            FrozenRegistryError: The registry is frozen.
            InvalidNameError: A name or the target isn't written as one.
        """
        if split_target(target) is None:
            raise InvalidNameError(target, self.name, "a target is written 'package.module:Name'")
        options = Options(aliases, tags, match, None, override, deprecated, requires, extra)
        self._put(name, None, target, options, calling_frame())

    def register_value(
        self,
        name: str,
        value: T,
        /,
        *,
        aliases: tuple[str, ...] | list[str] = (),
        tags: tuple[str, ...] | list[str] | set[str] | frozenset[str] = (),
        override: bool = False,
        deprecated: str | None = None,
    ) -> None:
        """Register what is a T already, such as an activation function; building the entry gives the object itself.

        Raises:
            ContractError: It is no T.
            DuplicateEntryError: Another object has the name.
            FrozenRegistryError: The registry is frozen.
            InvalidNameError: The name is none.
        """
        from typed_registry._admission import admit

        frame, target = calling_frame(), target_of(value)
        admit(value, target, where_of(frame), self.name, self._node.protocol, is_value=True)
        self._put(name, Constant(value), target, Options(aliases, tags, None, None, override, deprecated), frame)

    def unregister(self, name: str) -> None:
        """Take out the own entry of that name or alias, with all its names.

        Raises:
            FrozenRegistryError: The registry is frozen.
            UnknownEntryError: There is none.
        """
        self._node.table.refuse_if_frozen(f"unregister {name!r}")
        self._node.table.remove(name)

    def freeze(self) -> None:
        """Refuse every change from now on."""
        self._node.table.is_frozen = True

    @contextmanager
    def temporary(self) -> Generator[None, None, None]:
        """Undo, when the block is left in whatever way, all that was registered and unregistered in it, in the whole tree."""
        restores = [node.snapshot() for node in self._node.root.tree()]
        try:
            yield
        finally:
            for restore in restores:
                restore()

    @contextmanager
    def using(self, scope: str) -> Generator[None, None, None]:
        """Look into the registry of that scope first, in the current thread or task, until the block is left.

        Raises:
            UnknownEntryError: The tree has no such scope.
        """
        with using(self._node, scope):
            yield

    # --- specs and building ---

    def spec(self, factory: Makes[P, Q, T, R], /, *args: P.args, **kwargs: P.kwargs) -> BuildSpec[R]:
        """A checked config of a registered class or function, written like its call.

        Raises:
            ConfigError: The arguments are wrong.
            ContractError: The factory isn't what the registry asks for.
            UnknownEntryError: It isn't registered.
        """
        found = self._node.find_object(get_origin(factory) or factory)  # Gen[int] is a way to call Gen
        if found is None:
            raise UnknownEntryError(target_of(factory), self.name, (), tuple(self))
        return self._build().spec(found[1], found[0], args, kwargs)

    def spec_of(self, factory: Makes[P, Q, T, R], /) -> Callable[P, BuildSpec[R]]:
        """`spec` in two steps, which more editors complete: `registry.spec_of(Face)(scale=1.3)`."""

        def spec(*args: P.args, **kwargs: P.kwargs) -> BuildSpec[R]:
            return self.spec(factory, *args, **kwargs)

        return spec

    def parse(self, data: object, /, *, defaults: Mapping[str, object] | None = None) -> BuildSpec[T]:
        """The spec of a config, all of it validated and nothing built.

        Args:
            data: A mapping with the key `type`, or a spec.
            defaults: Fill what the top level of the config leaves out, and are validated with it.

        Raises:
            ConfigError: All that is wrong with it.
            ContractError: An entry isn't what its registry asks for.
            LoadError: A lazy target can't be imported.
        """
        return self._build().parse(data, defaults)

    def parse_file(self, path: str | PathLike[str], /, *, defaults: Mapping[str, object] | None = None) -> BuildSpec[T]:
        """The spec of a YAML, JSON or TOML file.

        Raises:
            ConfigError: All that is wrong with it, with the places in the file.
            ContractError: An entry isn't what its registry asks for.
            LoadError: A lazy target, or what reads YAML, can't be imported.
            OSError: The file can't be read.
        """
        from typed_registry.config_files import read_config_file

        source = read_config_file(path)
        return self._build().parse(source.data, defaults, source)

    @_build_method
    def build(self, spec: Any, /, *, defaults: Any = None) -> Any:
        """The component of a spec or a config, built when all of it is known to be right.

        Args:
            spec: A spec, or a mapping with the key `type`.
            defaults: Fill what the top level of the config leaves out, and are validated with it.

        Raises:
            ConfigError: All that is wrong with it; nothing was built.
            ContractError: An entry, or what it built, isn't what its registry asks for.
            LoadError: A lazy target can't be imported.
        """
        if defaults is None and spec.__class__ is dict and not USING.get():
            try:
                quick = self._node.table.lookup[spec["type"]].quick
            except (KeyError, TypeError):  # no own name, no name at all, or one that can't be hashed
                quick = None
            if quick is not None and (product := quick(spec)) is not UNDONE:
                return product
        return self._build().build(spec, defaults)

    def check(self, *, static: bool = False) -> list[Problem]:
        """All that is wrong with the own entries, each of which is loaded: targets, contracts, annotations, rules that may tie.

        Args:
            static: Import nothing: of what isn't loaded yet only look whether the target's file is there and names it.
        """
        problems = [] if static or self._node.discover is None else self._node.discover.check()
        records = tuple(self._node.table.records.values())
        lazy = [(record.name, record.target, record.where) for record in records if static and record.factory is None]
        if lazy:
            from typed_registry._static import dangling

            problems += dangling(self.name, lazy)
        if len(lazy) < len(records):
            problems += self._build().check(loaded_only=static)
        return [*problems, *self.ambiguities()]

    # --- behind them ---

    def __get_pydantic_core_schema__(self, source: Any, handler: object) -> Any:
        from typed_registry._spec_fields import field_schema

        return field_schema(self, source)

    def _build(self) -> Builder[T]:
        if self._builder is None:
            from typed_registry._building import Builder  # pydantic is loaded with it

            self._builder = Builder(self._node)
        return self._builder

    def _add(self, name: str | None, obj: Any, options: Options, frame: FrameType) -> None:
        target = target_of(obj)
        if not certainly_fits(obj, self._node.protocol):
            from typed_registry._admission import admit

            admit(obj, target, where_of(frame), self.name, self._node.protocol)
        if options.spec is not None:
            name = self._build().name_in_spec(options.spec, name)
        self._put(own_name(obj, target, self.name) if name is None else name, obj, target, options, frame)

    def _put(self, name: str, factory: Any, target: str, options: Options, frame: FrameType) -> None:
        table = self._node.table
        table.refuse_if_frozen(f"register {name!r}")
        record: Record[T] = new_record(name, factory, target, options, frame, self.name)
        replaced = table.replaced_by(record, override=options.override)
        if options.spec is not None:
            self._build().adopt(record, options.spec)
        table.put(record, replaced)
