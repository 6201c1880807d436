"""Slots: parameters whose type is, or contains, what a registry makes."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import gc
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Generic, Optional, Protocol, TypeVar, Union

import pytest
from pydantic import Field

from tests.components import PARTS, SOUNDS, Bell, Leaf, Many, Pair, Part, Sound, registry_of_parts
from typed_registry import BuildSpec, Registry, deferred
from typed_registry.errors import ConfigError, ContractError

P = TypeVar("P", bound=Part)
LEAF = {"type": "leaf", "value": 2}
BELL = {"type": "bell"}


class Got:
    """Keeps what it was made with."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def weight(self) -> float:
        return 0.0


def build(function: Callable[..., Any], config: dict[str, Any]) -> Any:
    """What a factory gets for its only parameter, in a registry that has a few parts."""
    return taking(function).build({"type": "it", **config}).weight.__self__.values  # type: ignore[attr-defined]


def taking(function: Callable[..., Any]) -> Registry[Part]:
    registry = registry_of_parts()
    registry.register("leaf")(Leaf)
    registry.register("pair")(Pair)
    registry.register("many")(Many)
    registry.register("it")(function)
    return registry


def wrong(registry: Registry[Any], config: object) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(ConfigError) as caught:
        registry.parse(config)
    return [(problem.path, problem.code) for problem in caught.value.problems]


def plain(it: Part) -> Got:
    return Got(it=it)


def optional(it: Optional[Part] = None) -> Got:  # noqa: UP045
    return Got(it=it)


def union(it: Union[str, Part, None]) -> Got:  # noqa: UP007
    return Got(it=it)


def listed(it: list[Part]) -> Got:
    return Got(it=it)


def mapped(it: dict[str, Part]) -> Got:
    return Got(it=it)


def fixed(it: tuple[int, Part]) -> Got:
    return Got(it=it)


def variadic(it: tuple[Part, ...]) -> Got:
    return Got(it=it)


def sequence(it: Sequence[Part]) -> Got:
    return Got(it=it)


def mapping(it: Mapping[str, Part]) -> Got:
    return Got(it=it)


def nested(it: dict[str, list[Part | None] | Part]) -> Got:
    return Got(it=it)


def constrained(it: Annotated[list[Part], Field(min_length=1)]) -> Got:
    return Got(it=it)


def bound(it: P) -> Got:  # pyright: ignore[reportInvalidTypeVarUse]
    return Got(it=it)


def spread(*it: Part) -> Got:
    return Got(it=it)


def sounding(it: Part | Sound) -> Got:
    return Got(it=it)


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        (plain, LEAF, Leaf(2.0)),
        (optional, LEAF, Leaf(2.0)),
        (optional, None, None),
        (union, LEAF, Leaf(2.0)),
        (union, "text", "text"),
        (union, None, None),
        (listed, [LEAF, LEAF], [Leaf(2.0), Leaf(2.0)]),
        (listed, [], []),
        (mapped, {"a": LEAF, "type": LEAF}, {"a": Leaf(2.0), "type": Leaf(2.0)}),
        (fixed, [3, LEAF], (3, Leaf(2.0))),
        (variadic, [LEAF, LEAF], (Leaf(2.0), Leaf(2.0))),
        (sequence, [LEAF], [Leaf(2.0)]),
        (sequence, (LEAF,), (Leaf(2.0),)),
        (mapping, {"a": LEAF}, {"a": Leaf(2.0)}),
        (nested, {"a": [LEAF, None], "b": LEAF}, {"a": [Leaf(2.0), None], "b": Leaf(2.0)}),
        (constrained, [LEAF], [Leaf(2.0)]),
        (bound, LEAF, Leaf(2.0)),
        (spread, [LEAF, LEAF], (Leaf(2.0), Leaf(2.0))),
        (sounding, LEAF, Leaf(2.0)),
        (sounding, BELL, Bell()),
    ],
)
def test_configs_in_slots(function: Callable[..., Any], given: Any, expected: object) -> None:
    """Wherever the protocol stands, a config is built, a spec too, and an instance is passed on."""
    assert build(function, {"it": given}) == {"it": expected}
    assert build(function, {"it": expected}) == {"it": expected}


def test_specs_and_instances_side_by_side() -> None:
    """A slot takes a config, a spec or a ready instance; the instance is the very same object."""
    instance = Leaf(7.0)
    registry = taking(listed)
    got: Any = registry.build({"type": "it", "it": [LEAF, deferred(registry.spec(Leaf, 3.0)), PARTS.spec(Leaf, 4.0), instance]})
    assert got.values["it"] == [Leaf(2.0), Leaf(3.0), Leaf(4.0), instance]
    assert got.values["it"][3] is instance


@pytest.mark.parametrize(
    ("function", "given", "expected"),
    [
        (plain, 3, [(("it",), "TR206")]),
        (plain, Bell(), [(("it",), "TR206")]),
        (plain, Leaf, [(("it",), "TR206")]),
        (plain, BELL, [(("it",), "TR201")]),
        (plain, {"value": 2}, [(("it",), "TR202")]),
        (plain, SOUNDS.spec(Bell), [(("it",), "TR206")]),
        (plain, None, [(("it",), "TR206")]),
        (optional, 3, [(("it",), "TR206")]),
        (union, 3, [(("it",), "TR206")]),
        (listed, LEAF, [(("it",), "TR205")]),
        (listed, [LEAF, 3, {"type": "leaf", "vlaue": 1}], [(("it", 1), "TR206"), (("it", 2), "TR203")]),
        (mapped, {"a": LEAF, "b": [LEAF]}, [(("it", "b"), "TR206")]),
        (fixed, ["x", {"type": "none"}], [(("it", 0), "TR205"), (("it", 1), "TR201")]),
        (nested, {"a": [LEAF, 3], "b": 4}, [(("it", "a", 1), "TR206"), (("it", "b"), "TR206")]),
        (constrained, [], [(("it",), "TR205")]),
        (spread, [3], [(("it", 0), "TR206")]),
        (sounding, {"type": "none"}, [(("it",), "TR201")]),
        (sounding, 3, [(("it",), "TR206")]),
    ],
)
def test_what_does_not_fit(function: Callable[..., Any], given: Any, expected: list[tuple[tuple[object, ...], str]]) -> None:
    """The wrong kind in a slot is told at its path, with no tag inside."""
    assert wrong(taking(function), {"type": "it", "it": given}) == expected


def test_a_wrong_instance_is_explained() -> None:
    """The message says what is due and what the instance lacks."""
    with pytest.raises(ConfigError, match=r"it: TR206 expected a config .*weight: expected a method, found nothing"):
        taking(plain).parse({"type": "it", "it": Bell()})


def test_spec_of_the_wrong_kind_from_a_function() -> None:
    """A function's return annotation tells what its spec would build."""
    sounds: Registry[Sound] = Registry("more sounds", Sound)

    @sounds.register
    def ring(times: int = 1) -> Bell:
        return Bell(times)

    assert wrong(taking(plain), {"type": "it", "it": sounds.spec(ring)}) == [(("it",), "TR206")]


def test_slots_of_two_registries_in_one_union() -> None:
    """Configs go to the registry that knows the name; specs of either fit."""
    registry = taking(sounding)
    for given, expected in ((LEAF, Leaf(2.0)), (BELL, Bell()), (SOUNDS.spec(Bell, 3), Bell(3)), (registry.spec(Leaf), Leaf())):
        got: Any = registry.build({"type": "it", "it": given})
        assert got.values["it"] == expected
    with pytest.raises(ConfigError, match="unknown name 'bel' in 'own' or 'sounds'; did you mean 'bell'") as caught:
        registry.parse({"type": "it", "it": {"type": "bel"}})
    assert caught.value.problems[0].suggestion == "bell"


def test_slots_in_kwargs() -> None:
    """What lands in `**kwargs: Part` is a slot each."""

    def parts(first: Part, **more: Part) -> Got:
        return Got(first=first, **more)

    assert build(parts, {"first": LEAF, "a": {"type": "leaf"}, "b": Leaf(3.0)}) == {"first": Leaf(2.0), "a": Leaf(), "b": Leaf(3.0)}
    registry = taking(parts)
    assert (
        wrong(registry, {"type": "it", "first": LEAF, "a": {"type": "leaf", "vlaue": 1}, "b": 3})
        == [(("b",), "TR206"), (("a",), "TR203")][::-1]
    )
    spec = registry.parse({"type": "it", "first": LEAF, "a": {"type": "leaf"}})
    assert registry.parse(spec.to_config()) == spec == registry.parse({"type": "it", "first": LEAF, "a": {"type": "leaf", "value": 1}})


def test_a_spec_as_default() -> None:
    """`deferred(spec)` as a default is built when the config leaves the part out, anew each time."""

    def with_default(it: Part = deferred(PARTS.spec(Leaf, 9.0))) -> Got:
        return Got(it=it)

    registry = taking(with_default)
    one: Any = registry.build({"type": "it"})
    other: Any = registry.build({"type": "it"})
    assert one.values["it"] == other.values["it"] == Leaf(9.0)
    assert one.values["it"] is not other.values["it"]
    assert registry.parse({"type": "it"}).to_config() == {"type": "it"}


# --- callables ---


def optimizer(params: list[int], rates: list[float], inner: Part | None = None, *, memo: dict[str, list[int]] | None = None) -> Got:
    return Got(params=params, rates=rates, inner=inner, memo=memo)


def training(make: Callable[[list[int]], Part]) -> Got:
    return Got(make=make)


def open_training(make: Callable[..., Part]) -> Got:
    return Got(make=make)


def nothing_missing(make: Callable[[], Part]) -> Got:
    return Got(make=make)


@pytest.mark.parametrize("function", [training, open_training])
def test_callable_slots(function: Callable[..., Any]) -> None:
    """The config lacks the first parameters; each call supplies them and builds anew, nested components too."""
    registry = taking(function)
    registry.register("optimizer")(optimizer)
    got: Any = registry.build(
        {"type": "it", "make": {"type": "optimizer", "rates": [1, "2"], "inner": {"type": "many", "items": [LEAF]}, "memo": {"a": [1]}}}
    )
    make = got.values["make"]
    params = [1]
    one, other = make(params), make([2])
    assert one.values == {"params": [1], "rates": [1.0, 2.0], "inner": Many([Leaf(2.0)]), "memo": {"a": [1]}}
    assert one.values["params"] is params
    assert other.values["params"] == [2]
    for name in ("rates", "inner", "memo"):
        assert one.values[name] is not other.values[name]
    assert one.values["memo"]["a"] is not other.values["memo"]["a"]
    assert one.values["inner"].items is not other.values["inner"].items
    one.values["rates"].append(5.0)
    assert make([3]).values["rates"] == [1.0, 2.0]
    with pytest.raises(TypeError, match=r"from its config already"):
        make([3], [4.0])


def test_callable_slots_are_checked_before() -> None:
    """Wrong arguments, missing ones, and those that the caller supplies are told when the config is checked."""
    registry = taking(training)
    registry.register("optimizer")(optimizer)

    def make(**arguments: object) -> dict[str, object]:
        return {"type": "it", "make": {"type": "optimizer", **arguments}}

    assert wrong(registry, make()) == [(("make",), "TR204")]
    assert wrong(registry, make(rates="x")) == [(("make", "rates"), "TR205")]
    assert wrong(registry, make(rates=[1], params=[2])) == [(("make",), "TR203")]
    assert wrong(registry, {"type": "it", "make": 3}) == [(("make",), "TR206")]
    assert wrong(registry, {"type": "it", "make": {"type": "many", "items": [], "x": 1}})[0] == (("make",), "TR203")


def test_ready_callables_and_specs_in_callable_slots() -> None:
    """A function is passed on, a spec waits like a config."""
    registry = taking(nothing_missing)
    got: Any = registry.build({"type": "it", "make": Leaf})
    assert got.values["make"] is Leaf
    got = registry.build({"type": "it", "make": registry.spec(Leaf, 3.0)})
    one, other = got.values["make"](), got.values["make"]()
    assert one == other == Leaf(3.0)
    assert one is not other


def test_callable_slots_round_trip() -> None:
    """A config with a waiting component can be dumped, compared and hashed."""
    registry = taking(training)
    registry.register("optimizer")(optimizer)
    config = {"type": "it", "make": {"type": "optimizer", "rates": [1.0], "inner": {"type": "leaf"}}}
    spec = registry.parse(config)
    assert spec.to_config() == config
    assert registry.parse(config) == spec
    assert registry.parse(config).fingerprint() == spec.fingerprint()


def test_errors_of_a_waiting_component() -> None:
    """They carry the path of its config."""
    registry = taking(training)

    @registry.register
    def failing(params: list[int]) -> Got:
        raise ValueError("no")

    got: Any = registry.build({"type": "it", "make": {"type": "failing"}})
    with pytest.raises(ValueError, match="no") as caught:
        got.values["make"]([1])
    assert [note.split(" (")[0] for note in caught.value.__notes__] == ["while building make: 'failing' of registry 'own'"]


def test_bare_callables_are_values() -> None:
    """`Callable` without arguments is no slot."""

    def calling(it: Callable = len, other: Callable[[int], int] = abs) -> Got:  # type: ignore[type-arg]
        return Got(it=it, other=other)

    assert build(calling, {"it": print}) == {"it": print, "other": abs}
    assert wrong(taking(calling), {"type": "it", "other": 3}) == [(("other",), "TR205")]


# --- which registry ---


def test_the_own_registry_comes_first() -> None:
    """Registries that share a protocol each build their own."""
    one, other = taking(plain), taking(plain)
    other.register("only")(Leaf)
    assert other.build({"type": "it", "it": {"type": "only"}}).weight() == 0
    assert wrong(one, {"type": "it", "it": {"type": "only"}}) == [(("it",), "TR201")]


def test_the_only_other_registry() -> None:
    """A protocol that a single other registry has needs no mark; it may be made later."""

    class Tone(Protocol):
        def tone(self) -> str: ...

    class Low:
        def tone(self) -> str:
            return "low"

    def toned(it: Tone) -> Got:
        return Got(it=it)

    registry = registry_of_parts()
    registry.register("it")(toned)
    assert wrong(registry, {"type": "it", "it": {"type": "low"}}) == [(("it",), "TR201")]
    tones: Registry[Tone] = Registry("tones", Tone)
    tones.register("low")(Low)
    got: Any = registry.build({"type": "it", "it": {"type": "low"}})
    assert got.values["it"].tone() == "low"


def test_several_other_registries() -> None:
    """Nothing says which one is meant: an error at first use and in check(), unless a mark says it or they are one tree."""

    class Tone(Protocol):
        def tone(self) -> str: ...

    class Low:
        def tone(self) -> str:
            return "low"

    one: Registry[Tone] = Registry("one tones", Tone)
    other: Registry[Tone] = Registry("other tones", Tone)
    other.register("low")(Low)

    def toned(it: Tone) -> Got:
        return Got(it=it)

    def marked(it: Annotated[Tone, other], more: list[Annotated[Tone, other] | None] | None = None) -> Got:
        return Got(it=it, more=more)

    registry = registry_of_parts()
    registry.register("it")(toned)
    registry.register("marked")(marked)
    (problem,) = registry.check()
    for text in ("'one tones'", "'other tones'", "Annotated[Tone, REGISTRY]"):
        assert text in problem.message
    with pytest.raises(ContractError, match="registries 'one tones', 'other tones' all make it"):
        registry.parse({"type": "it"})
    got: Any = registry.build({"type": "marked", "it": {"type": "low"}, "more": [None, {"type": "low"}]})
    assert [got.values["it"].tone(), got.values["more"][1].tone()] == ["low", "low"]
    assert list(one) == []


class Note(Protocol):
    """What registries that come and go make."""

    def sing(self) -> str: ...


class High:
    def sing(self) -> str:
        return "high"


def sung(it: Note) -> Got:
    return Got(it=it)


def passing_registry() -> None:
    """Uses a registry that nobody holds afterwards."""
    registry: Registry[Note] = Registry("passing", Note)
    registry.register("high")(High)
    registry.register("sung")(lambda it: High())
    assert taking(sung).build({"type": "it", "it": {"type": "high"}}).weight() == 0.0


def test_a_registry_that_is_gone_is_no_candidate() -> None:
    """The index from protocols to registries is weak, also where the collector has not run."""
    gc.collect()
    gc.disable()
    try:
        passing_registry()
        staying: Registry[Note] = Registry("staying", Note)
        staying.register("high")(High)
        got: Any = taking(sung).build({"type": "it", "it": {"type": "high"}})
    finally:
        gc.enable()
    assert got.values["it"].sing() == "high"


def test_one_tree_is_one_candidate() -> None:
    """Its root builds, and knows the scopes of its children."""

    class Tone(Protocol):
        def tone(self) -> str: ...

    class Low:
        def tone(self) -> str:
            return "low"

    root: Registry[Tone] = Registry("root tones", Tone)
    child: Registry[Tone] = Registry("child tones", Tone, parent=root, scope="deep")
    child.register("low")(Low)

    def toned(it: Tone) -> Got:
        return Got(it=it)

    registry = registry_of_parts()
    registry.register("it")(toned)
    got: Any = registry.build({"type": "it", "it": {"type": "deep.low"}})
    assert got.values["it"].tone() == "low"
    assert wrong(registry, {"type": "it", "it": {"type": "low"}}) == [(("it",), "TR201")]


def test_nested_names_are_looked_up_where_the_build_began() -> None:
    """A parent's wrapper, built from a child, takes the child's components."""
    root = taking(plain)
    child = registry_of_parts("child", parent=root, scope="kid")
    child.register("own")(Leaf)
    got: Any = child.build({"type": "it", "it": {"type": "own"}})
    assert got.values["it"] == Leaf()
    assert wrong(root, {"type": "it", "it": {"type": "own"}}) == [(("it",), "TR201")]
    got = root.build({"type": "it", "it": {"type": "kid.own"}})
    assert got.values["it"] == Leaf()


def test_narrower_types() -> None:
    """`Annotated[Narrow, REGISTRY]` takes the entries that are narrow, and no others."""

    class Heavy(Part, Protocol):
        def crush(self) -> None: ...

    class Anvil(Leaf):
        def crush(self) -> None: ...

    registry = registry_of_parts()

    def smithy(it: Annotated[Heavy, registry], more: Annotated[Leaf, registry] | None = None) -> Got:
        return Got(it=it, more=more)

    registry.register("it")(smithy)
    registry.register("leaf")(Leaf)
    registry.register("anvil")(Anvil)

    @registry.register
    def hidden(right: bool = True) -> Any:
        return Anvil() if right else Leaf()

    got: Any = registry.build({"type": "it", "it": {"type": "anvil", "value": 2}, "more": LEAF})
    assert (type(got.values["it"]), got.values["more"]) == (Anvil, Leaf(2.0))
    assert wrong(registry, {"type": "it", "it": LEAF}) == [(("it",), "TR206")]
    assert wrong(registry, {"type": "it", "it": Leaf()}) == [(("it",), "TR206")]
    assert wrong(registry, {"type": "it", "it": registry.spec(Leaf)}) == [(("it",), "TR206")]
    assert type(registry.build({"type": "it", "it": {"type": "hidden"}})) is Got
    with pytest.raises(ContractError, match="crush"):
        registry.build({"type": "it", "it": {"type": "hidden", "right": False}})


class Base(ABC):
    @abstractmethod
    def run(self) -> int: ...


class Runner(Base):
    def __init__(self, inner: Base | None = None, speed: int = 1) -> None:
        self.inner = inner
        self.speed = speed

    def run(self) -> int:
        return self.speed + (self.inner.run() if self.inner else 0)


class Duck:
    def run(self) -> int:
        return 1


def test_abstract_and_plain_base_classes() -> None:
    """Registries of classes ask for subclasses, in slots as at the decorator."""
    for protocol in (Base, Runner):
        registry: Registry[Any] = Registry("runners", protocol)
        registry.register("runner")(Runner)
        assert registry.build({"type": "runner", "inner": {"type": "runner", "speed": 2}}).run() == 3
        if protocol is Base:
            assert wrong(registry, {"type": "runner", "inner": Duck()}) == [(("inner",), "TR206")]


class Box(Generic[P]):
    """A generic component."""

    def __init__(self, content: P, others: Sequence[P] = ()) -> None:
        self.content = content
        self.others = others

    def weight(self) -> float:
        return self.content.weight()


class LeafBox(Box[Leaf]):
    pass


def test_generic_components() -> None:
    """A type variable bound to the protocol is a slot."""
    registry = registry_of_parts()
    registry.register("box")(Box)
    registry.register("leaf_box")(LeafBox)
    registry.register("leaf")(Leaf)
    got: Any = registry.build({"type": "box", "content": {"type": "leaf_box", "content": LEAF}, "others": [LEAF]})
    assert (got.weight(), got.others) == (2.0, [Leaf(2.0)])
    assert wrong(registry, {"type": "box", "content": 3}) == [(("content",), "TR206")]


def test_spec_typed_parameters_stay_specs() -> None:
    """`BuildSpec[Part]` as a parameter gets the spec, not what it builds."""
    registry = registry_of_parts()

    @registry.register
    def later(part: Annotated[BuildSpec[Part], PARTS], more: list[Annotated[BuildSpec[Part], PARTS]] | None = None) -> Got:
        return Got(part=part, more=more)

    got: Any = registry.build({"type": "later", "part": LEAF, "more": [LEAF]})
    assert got.values == {"part": PARTS.spec(Leaf, 2.0), "more": [PARTS.spec(Leaf, 2.0)]}
    assert wrong(registry, {"type": "later", "part": {"type": "leaf", "vlaue": 1}, "more": [3]}) == [
        (("part",), "TR203"),
        (("more", 0), "TR207"),
    ]


def test_a_missing_item_of_a_tuple() -> None:
    """It has the path of the tuple that lacks it."""
    registry = registry_of_parts()

    @registry.register("both")
    def both(pair: tuple[Part, Part]) -> Part:
        return pair[0]

    registry.register("leaf")(Leaf)
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "both", "pair": [{"type": "leaf"}]})
    assert [(problem.code, problem.path, problem.message) for problem in caught.value.problems] == [("TR204", ("pair",), "missing item 1")]
