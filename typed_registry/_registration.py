"""Registration: from what a user gives to the record of an entry, its names checked."""

# pyright: reportOverlappingOverload=false
# They overlap on purpose; `typed_registry.typing` tells why.

from __future__ import annotations

from collections.abc import Callable, Collection
from types import FrameType
from typing import TYPE_CHECKING, Any, Generic, overload

from typed_registry._naming import name_problem
from typed_registry._records import Record, calling_frame, where_of
from typed_registry._runs import run_of
from typed_registry.errors import InvalidNameError, shown
from typed_registry.typing import C, ClassMaking, Makes, P, Q, R, T

if TYPE_CHECKING:
    from typed_registry.dispatch import Match

__all__ = ["Options", "Registrar", "new_record", "own_name"]


class Registrar(Generic[T]):
    """What `Registry.register(...)` gives: a decorator for a class or function, which it returns unchanged."""

    def __init__(self, add: Callable[[Any, FrameType], None]) -> None:
        self._add = add

    @overload
    def __call__(self, cls: ClassMaking[T, T, C], /) -> C: ...
    @overload
    def __call__(self, function: Makes[P, Q, T, R], /) -> Callable[P, R]: ...
    @overload
    def __call__(self, cls: type[T], /) -> type[T]: ...  # never chosen: makes checkers say `expected "type[VisionModel]"`
    def __call__(self, target: Any, /) -> Any:
        """Register a class or function."""
        self._add(target, calling_frame())
        return target


class Options:
    """What may be said of an entry beside its name and target."""

    def __init__(
        self,
        aliases: Collection[str] = (),
        tags: Collection[str] = (),
        match: Match[Any] | None = None,
        spec: Any = None,  # a class of BuildSpec, which loads pydantic
        override: bool = False,
        deprecated: str | None = None,
        requires: str | Collection[str] = (),
        extra: str | None = None,
    ) -> None:
        self.aliases = aliases
        self.tags = tags
        self.match = match
        self.spec = spec
        self.override = override
        self.deprecated = deprecated
        self.requires = requires
        self.extra = extra


def own_name(obj: object, target: str, registry: str) -> str:
    """The name of a class or function.

    Raises:
        InvalidNameError: It has none, as a partial or a lambda.
    """
    name = getattr(obj, "__name__", None)
    if not isinstance(name, str) or name == "<lambda>":
        raise InvalidNameError(name, registry, f"{target} has no name of its own; give one: register('name')")
    return name


def _refuse_if_no_rule(match: object) -> None:
    if match is None:
        return
    from typed_registry.dispatch import Match  # only who chooses by config needs it

    if not isinstance(match, Match):
        raise TypeError(f"match takes a Match, not {shown(match)}")  # it would break every match of the registry


def new_record(name: str, factory: Any, target: str, options: Options, frame: FrameType, registry: str) -> Record[Any]:
    """The record of an entry that is about to be registered.

    Raises:
        InvalidNameError: A name is none, or a text stands where a collection of names is due.
        TypeError: `match` is no rule.
    """
    for text in (given for given in (options.aliases, options.tags) if isinstance(given, str)):
        raise InvalidNameError(text, registry, "aliases and tags are collections of str; write (name,) for one")
    _refuse_if_no_rule(options.match)
    for each in (name, *options.aliases):
        if problem := name_problem(each):
            raise InvalidNameError(each, registry, problem)
    return Record(
        name=name,
        target=target,
        where=where_of(frame),
        factory=factory,
        aliases=tuple(dict.fromkeys(alias for alias in options.aliases if alias != name)),
        tags=frozenset(options.tags),
        deprecated=options.deprecated,
        requires=(options.requires,) if isinstance(options.requires, str) else tuple(options.requires),
        extra=options.extra,
        spec=options.spec,
        match=options.match,
        run=run_of(frame),
        local_names=dict(frame.f_locals) if "<locals>" in target else None,
    )
