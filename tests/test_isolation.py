"""Isolation: no build shares a container with another, with the config, with a spec or with a default."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import Field

from tests.components import PARTS, Leaf, Opaque, Part, registry_of_parts
from typed_registry import BuildSpec, Registry, deferred

CONTAINERS = (list, dict, set, bytearray)


class Pair(NamedTuple):
    left: Any
    right: Any


class Got:
    def __init__(self, **values: Any) -> None:
        self.values = values

    def weight(self) -> float:
        return 0.0


def containers_in(value: object) -> Iterator[object]:
    """The mutable containers in a value at every depth, and the tuples that hold some."""
    if isinstance(value, Got):
        yield from containers_in(value.values)
    elif isinstance(value, Opaque):
        yield from containers_in(value.data)
    elif isinstance(value, (list, tuple, dict)):
        inner: list[object] = [each for item in (value.values() if isinstance(value, dict) else value) for each in containers_in(item)]
        yield from inner
        if not isinstance(value, tuple) or inner:
            yield value
    elif isinstance(value, CONTAINERS):
        yield value


def assert_apart(*values: object) -> None:
    """No container of one value is a container of another one."""
    seen: dict[int, int] = {}
    for number, value in enumerate(values):
        found = list(containers_in(value))
        assert found, "there is something to share"
        for container in found:
            assert seen.setdefault(id(container), number) == number, f"{container!r} is shared"


def untyped(it: Any = None) -> Got:
    return Got(it=it)


def unannotated(it=None):  # type: ignore[no-untyped-def]
    return Got(it=it)


def objects(it: object = None) -> Got:
    return Got(it=it)


def listed(it: list[Any]) -> Got:
    return Got(it=it)


def bare(it: list) -> Got:  # type: ignore[type-arg]
    return Got(it=it)


def typed(it: list[dict[str, list[int]]]) -> Got:
    return Got(it=it)


def constrained(it: Annotated[list[list[int]], Field(min_length=1)]) -> Got:
    return Got(it=it)


def positional(it: list[Any], /) -> Got:
    return Got(it=it)


def spread(*it: list[Any]) -> Got:
    return Got(it=list(it))


def loose(**more: Any) -> Got:
    return Got(**more)


def typed_loose(**more: list[Any]) -> Got:
    return Got(**more)


def union(it: int | list[list[int]] | dict[str, Any]) -> Got:
    return Got(it=it)


def sets(it: list[set[int]]) -> Got:
    return Got(it=it)


def opaque_tuple(it: tuple[Any, ...]) -> Got:
    return Got(it=it)


CASES: list[tuple[Callable[..., Any], Any]] = [
    (untyped, [1, [2, {"a": ([3], {4}, bytearray(b"5"))}]]),
    (untyped, Pair([1], {"a": {2}})),
    (untyped, OrderedDict(a=[1], b=({},))),
    (untyped, [{"type": "leaf", "value": [1]}]),
    (unannotated, {"a": [1]}),
    (objects, {"a": [1]}),
    (listed, [[1], {"a": []}]),
    (bare, [[1], {"a": []}]),
    (typed, [{"a": [1]}]),
    (constrained, [[1], [2]]),
    (positional, [[1]]),
    (spread, [[1], [[2]]]),
    (loose, [[1], {"a": {}}]),
    (typed_loose, [[1], {"a": {}}]),
    (union, [[1], [2]]),
    (union, {"a": [[1]]}),
    (sets, [{1}, {2}]),
    (opaque_tuple, ([1], [2])),
]


@pytest.mark.parametrize(("function", "given"), CASES, ids=lambda value: getattr(value, "__name__", None))
def test_builds_share_nothing(function: Callable[..., Any], given: Any) -> None:
    """Neither with each other nor with the config nor with a spec, on the first way and on the quick one."""
    registry = registry_of_parts()
    registry.register("it")(function)
    config = {"type": "it", "it": given}
    before = copy.deepcopy(config)
    spec = registry.parse(config)
    builds = [
        registry.build(config),
        registry.build(config),
        spec.build(),
        spec.build(),
        registry.build(spec),
        registry["it"].build(it=given),
    ]
    assert_apart(given, *builds, spec.to_config(), spec.to_config(), spec.replace().to_config(), spec.arguments["it"])
    assert config == before
    for built in builds:
        assert type(built.values["it"]) is type(builds[0].values["it"])  # type: ignore[attr-defined]
        for container in containers_in(built):
            if isinstance(container, list):
                container.append("changed")
            elif isinstance(container, dict):
                container["changed"] = True
    assert config == before
    assert spec.to_config() == before == registry.parse(config).to_config()


DEFAULT_LIST: list[Any] = [1, [2], {"a": {3}}]
DEFAULT_TUPLE = ([1], {"a": [2]})
DEFAULT_DICT: dict[str, Any] = {"a": [1], "b": ({},)}


def with_list(it: list[Any] = DEFAULT_LIST) -> Got:
    return Got(it=it)


def with_tuple(it: Any = DEFAULT_TUPLE) -> Got:
    return Got(it=it)


def with_dict(*, it: dict[str, Any] = DEFAULT_DICT) -> Got:
    return Got(it=it)


def with_set(it: set[int] = {1}, other: bytearray = bytearray(b"x")) -> Got:
    return Got(it=it, other=other)


def by_position(it: list[Any] = DEFAULT_LIST, other: int = 0, /) -> Got:
    return Got(it=it)


class Fields(NamedTuple):
    it: list[Any] = DEFAULT_LIST

    @property
    def values(self) -> dict[str, Any]:
        return {"it": self.it}

    def weight(self) -> float:
        return 0.0


@pytest.mark.parametrize("function", [with_list, with_tuple, with_dict, with_set, by_position, Fields], ids=lambda each: each.__name__)
def test_defaults_are_not_shared(function: Any) -> None:
    """A mutable default of a signature stays what it is, whatever the components do with theirs."""
    registry = registry_of_parts()
    registry.register("it")(function)
    spec = registry.parse({"type": "it"})
    builds: list[Any] = [registry.build({"type": "it"}), registry.build({"type": "it"}), spec.build(), spec.build(), registry["it"].build()]
    assert_apart(
        *[built.values for built in builds],
        DEFAULT_LIST,
        DEFAULT_TUPLE,
        DEFAULT_DICT,
        function.__defaults__ if function is with_set else [],
    )
    assert spec.to_config() == {"type": "it"}
    assert all(built.values == builds[0].values for built in builds)


def test_other_objects_are_passed_on() -> None:
    """Instances, functions and what is immutable are the same object in the component as in the config."""

    class Array:
        pass

    array, instance, text = Array(), Leaf(), "t" * 5
    given = [array, instance, len, {"a": array}, text, frozenset({1})]
    for config in ({"type": "opaque", "data": given}, PARTS.parse({"type": "opaque", "data": given})):
        built: Any = PARTS.parse(config).build()
        assert built.data[0] is array
        assert built.data[1] is instance
        assert built.data[2] is len
        assert built.data[3]["a"] is array
        assert built.data[5] is given[5]


def test_what_is_shared_inside_one_component_stays_so() -> None:
    """The same list twice in one argument is one list in the component too, another one than in the config."""
    shared = [1]
    built: Any = PARTS.build({"type": "opaque", "data": [shared, {"a": shared}]})
    assert built.data[0] is built.data[1]["a"]
    assert built.data[0] is not shared


def test_defaults_argument_is_not_kept() -> None:
    """`defaults=` is the caller's as well."""
    defaults = {"data": [1, [2]]}
    builds: list[Any] = [PARTS.build({"type": "opaque"}, defaults=defaults) for _ in range(2)]
    spec = PARTS.parse({"type": "opaque"}, defaults=defaults)
    assert_apart(defaults, *builds, spec.to_config(), spec.build())
    assert defaults == {"data": [1, [2]]}


def test_arguments_of_a_spec_call_are_not_kept() -> None:
    """What `spec(...)` was given may be changed afterwards."""
    given: list[Any] = [1, [2]]
    spec = PARTS.spec(Opaque, given)
    given[1].append(3)
    given.append(4)
    assert spec.to_config() == {"type": "opaque", "data": [1, [2]]}
    assert_apart(given, spec.build(), spec.to_config())


def test_nested_components_share_nothing() -> None:
    """Not with the config either when the same dict stands in it twice, and not through nested specs."""
    inner = {"type": "opaque", "data": [[1]]}
    spec = PARTS.spec(Opaque, [[1]])
    config = {"type": "many", "items": [inner, inner, deferred(spec), deferred(spec)], "factors": {"a": 1}}
    one: Any = PARTS.build(config)
    other: Any = PARTS.parse(config).build()
    assert_apart(inner, spec.to_config(), *one.items, *other.items)
    assert one.items is not other.items
    assert one.items is not config["items"]
    assert one.factors is not other.factors


def test_waiting_components_share_nothing() -> None:
    """Each call of one callable builds from copies, whatever an earlier product did to its arguments."""

    def waits(first: int, plain: list[int], it: Any, *, named: dict[str, Any] = DEFAULT_DICT) -> Got:
        return Got(plain=plain, it=it, named=named)

    def taker(make: Callable[[int], Part]) -> Got:
        return Got(make=make)

    registry = registry_of_parts()
    registry.register("waits")(waits)
    registry.register("taker")(taker)
    config = {"type": "taker", "make": {"type": "waits", "plain": [1], "it": {"a": [2]}}}
    built: Any = registry.build(config)
    make = built.values["make"]
    assert_apart(config, DEFAULT_DICT, make(1), make(2), make(3))


class HeldSpec(BuildSpec[Got]):
    type: Literal["held"] = "held"
    it: list[Any] = [1, [2]]  # noqa: RUF012
    more: dict[str, list[int]] = Field(default_factory=lambda: {"a": [1]})


def held(it: list[Any], more: dict[str, list[int]]) -> Got:
    return Got(it=it, more=more)


HELD: Registry[Part] = Registry("held", Part)
HELD.register(spec=HeldSpec)(held)


def test_written_specs_share_nothing() -> None:
    """Their defaults and arguments are copied for each build."""
    given = [[1]]
    spec: Any = HeldSpec(it=given)
    builds: list[Any] = [spec.build(), spec.build(), HeldSpec().build(), HeldSpec().build(), HELD.build({"type": "held", "it": given})]
    assert_apart(given, *builds, spec.to_config(), HeldSpec.model_fields["it"].default)
    assert_apart(*[built.values["more"] for built in builds])
