"""Specs: values that name a component and its arguments, checked and not yet built."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import copy
import hashlib
import json
import pickle
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Protocol

import pytest
from pydantic import Field, ValidationError, field_validator

from tests.components import MADE, PARTS, SOUNDS, Bell, Chain, Leaf, Many, Pair, Part, at_depth, deep, registry_of_parts
from typed_registry import BuildSpec, Registry, deferred
from typed_registry.errors import ConfigError, ContractError, InvalidNameError, UnknownEntryError


class Tuned:
    """Made by a spec written by hand."""

    def __init__(self, scale: float, gain: int = 3, skip: str = "", *, sizes: list[int] | None = None, **more: object) -> None:
        self.got = {"scale": scale, "gain": gain, "skip": skip, "sizes": sizes, **more}

    def weight(self) -> float:
        return 0.0


class TunedSpec(BuildSpec[Tuned]):
    type: Literal["tuned"] = "tuned"
    scale: Annotated[float, Field(gt=1)] = 1.2
    gain: Annotated[int, Field(le=5)] = 4
    sizes: list[int] = [1, 2]  # noqa: RUF012

    @field_validator("gain")
    @classmethod
    def _is_even(cls, gain: int) -> int:
        if gain % 2:
            raise ValueError("it is odd")
        return gain


class HolderOf:
    def __init__(self, part: Part, many: list[Part] | None = None) -> None:
        self.part = part
        self.many = many

    def weight(self) -> float:
        return self.part.weight()


class HolderSpec(BuildSpec[HolderOf]):
    type: Literal["holder"] = "holder"
    part: Part
    many: list[Part] = []  # noqa: RUF012


TUNED: Registry[Part] = Registry("tuned", Part)
TUNED.register(spec=TunedSpec)(Tuned)


# --- making them ---


def test_spec_of_a_call() -> None:
    """`spec` takes arguments by position and by name, like the class."""
    spec = PARTS.spec(Leaf, 2.0, label="a")
    assert (spec.__spec_name__, dict(spec.arguments), spec.__spec_registry__) == ("leaf", {"value": 2.0, "label": "a"}, PARTS)
    assert spec.build() == Leaf(2.0, "a")


def test_spec_of_is_the_same_in_two_steps() -> None:
    """`spec_of(cls)(...)` gives the spec that `spec(cls, ...)` gives."""
    assert PARTS.spec_of(Leaf)(value=2.0) == PARTS.spec(Leaf, value=2.0)


def test_the_catalogue_makes_specs() -> None:
    """`registry.specs.name(...)` is a spec as well."""
    specs: Any = PARTS.specs
    assert specs.leaf(value=2.0) == PARTS.spec(Leaf, value=2.0) == specs["leaf"](value=2.0)


def test_spec_of_an_unregistered_class() -> None:
    """A class without an entry has no specs."""
    with pytest.raises(UnknownEntryError, match="Tuned"):
        PARTS.spec(Tuned, 1.0)


def test_spec_uses_the_first_entry_of_an_object() -> None:
    """Of several entries of one class the first one counts."""
    registry = registry_of_parts()
    registry.register("one")(Leaf)
    registry.register("two")(Leaf)
    assert registry.spec(Leaf).__spec_name__ == "one"


def test_spec_checks_what_checkers_can_not_see() -> None:
    """Arguments are validated, and nothing is built."""
    before = list(MADE)
    wrong: Any = "heavy"
    with pytest.raises(ConfigError) as caught:
        PARTS.spec(Leaf, wrong)
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(("value",), "TR205")]
    assert before == MADE


def test_too_many_positional_arguments() -> None:
    """A call that can't be is told as a problem."""
    wrong: Any = PARTS.spec
    with pytest.raises(ConfigError, match="takes at most 2 positional arguments, got 3"):
        wrong(Leaf, 1.0, "a", 3)
    with pytest.raises(ConfigError, match="'value' is given twice"):
        wrong(Leaf, 1.0, value=2.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda wrong: wrong.spec(Leaf, type="pair"),
        lambda wrong: wrong["leaf"].build(type="pair"),
        lambda wrong: wrong.spec(Leaf).replace(type="pair"),
    ],
    ids=["spec", "build", "replace"],
)
def test_type_is_no_argument(call: Any) -> None:
    """An argument called `type` would silently change or lose the entry, so it is refused."""
    with pytest.raises(ConfigError, match="unknown argument 'type' of 'leaf'"):
        call(PARTS)


def test_parse_validates_all_and_builds_nothing() -> None:
    """A parsed spec has made no component."""
    before = list(MADE)
    spec = PARTS.parse({"type": "pair", "first": {"type": "leaf"}, "second": {"type": "many", "items": [{"type": "sheet", "value": 2}]}})
    assert before == MADE
    assert spec.build() == Pair(Leaf(), Many([Leaf(2.0)]))


def test_parse_of_a_spec_is_the_spec() -> None:
    """A spec is right already."""
    spec = PARTS.spec(Leaf)
    assert PARTS.parse(spec) is spec


def test_parse_of_another_registrys_spec() -> None:
    """A spec of the wrong kind is a problem, at the top as anywhere."""
    with pytest.raises(ConfigError) as caught:
        PARTS.parse(SOUNDS.spec(Bell))
    assert [problem.code for problem in caught.value.problems] == ["TR206"]
    wrong: Any = SOUNDS.spec(Bell)
    with pytest.raises(ConfigError, match="'bell' makes no Part"):
        PARTS.build(wrong)


def test_mappings_of_any_kind_are_configs() -> None:
    """A config need not be a dict."""
    assert PARTS.build(MappingProxyType({"type": "leaf", "value": 3})) == Leaf(3.0)


@pytest.mark.parametrize(
    ("data", "code", "text"),
    [
        ({}, "TR202", "missing key 'type'"),
        ({"value": 1}, "TR202", "missing key 'type'"),
        ({"type": 3}, "TR201", "'type' is the name of an entry as a str, not 3"),
        ({"type": None}, "TR201", "not None"),
        ({"type": ["leaf"]}, "TR201", "not ['leaf']"),
        ({"type": Leaf}, "TR201", "did you mean 'leaf'"),
        ({"type": "leef"}, "TR201", "did you mean 'leaf'"),
        ({"type": "LEAF"}, "TR201", "unknown name 'LEAF'"),
        ({"type": "tests.components.Leaf"}, "TR201", "unknown name"),
        ({"type": ""}, "TR201", "unknown name ''"),
        ("leaf", "TR207", "not 'leaf'"),
        (None, "TR207", "not None"),
        ([{"type": "leaf"}], "TR207", "expected a config of registry 'parts'"),
        (Leaf(), "TR207", "expected a config of registry 'parts'"),
        ({"type": "leaf", 3: 4}, "TR203", "unknown argument 3 of 'leaf'"),
        ({"type": "leaf", "vlaue": 4}, "TR203", "did you mean 'value'"),
        ({"type": "leaf", "zzz": 4}, "TR203", "it takes label, value"),
        ({"type": "pair", "first": {"type": "leaf"}}, "TR204", "missing argument 'second' of 'pair'"),
    ],
)
def test_what_is_no_config(data: object, code: str, text: str) -> None:
    """Each mistake at the top has its own code and says what is allowed."""
    with pytest.raises(ConfigError) as caught:
        PARTS.parse(data)
    (problem,) = caught.value.problems
    assert (problem.path, problem.code) == ((), code)
    assert text in str(problem)


# --- what they tell ---


def test_to_config_is_what_was_given() -> None:
    """A plain dict, with canonical names and without defaults, that gives the spec back."""
    data = {"type": "many", "items": [{"type": "sheet"}, {"type": "leaf", "value": 2}]}
    spec = PARTS.parse(data)
    assert spec.to_config() == {"type": "many", "items": [{"type": "leaf"}, {"type": "leaf", "value": 2}]}
    assert PARTS.parse(spec.to_config()) == spec


def test_to_config_unfolds_nested_specs() -> None:
    """A spec inside a spec is told as a config."""
    spec = PARTS.spec(Pair, deferred(PARTS.spec(Leaf, 2.0)), Leaf(3.0))
    config: Any = spec.to_config()
    assert config["first"] == {"type": "leaf", "value": 2.0}
    assert spec.build() == Pair(Leaf(2.0), Leaf(3.0))


def test_ready_instances() -> None:
    """Configs keep them; JSON and hashes can't, and say where they are."""
    instance = Leaf(3.0)
    spec = PARTS.spec(Many, [instance, deferred(PARTS.spec(Leaf))])
    config: Any = spec.to_config()
    assert config["items"][0] is instance
    built = spec.build()
    assert built.items[0] is instance
    for dump in (spec.to_json, spec.fingerprint):
        with pytest.raises(ConfigError) as caught:
            dump()
        assert [(problem.path, problem.code) for problem in caught.value.problems] == [(("items", 0), "TR211")]


def test_to_json() -> None:
    """The config as JSON, which parses back to the same spec."""
    spec = PARTS.parse({"type": "opaque", "data": {"a": [1, None, "ü", True, 1.5], "b": {}}})
    assert json.loads(spec.to_json()) == {"type": "opaque", "data": {"a": [1, None, "ü", True, 1.5], "b": {}}}
    assert PARTS.parse(json.loads(spec.to_json())) == spec


def test_json_of_values_that_are_not_json() -> None:
    """Paths, dates, enums and sets have a JSON form; infinite floats have none."""

    class Color(Enum):
        RED = "red"

    spec = PARTS.parse({"type": "opaque", "data": [Path("a/b"), date(2020, 1, 2), Color.RED, {2, 1}, (1, 2)]})
    assert json.loads(spec.to_json())["data"] == ["a/b", "2020-01-02", "red", [1, 2], [1, 2]]
    with pytest.raises(ConfigError, match=r"data\[0\]"):
        PARTS.parse({"type": "opaque", "data": [float("inf")]}).to_json()


def test_arguments_are_read_only() -> None:
    """What was given can be read by name, and not be changed."""
    arguments: Any = PARTS.spec(Leaf, 2.0).arguments
    assert arguments == {"value": 2.0}
    with pytest.raises(TypeError):
        arguments["value"] = 3.0


def test_specs_do_not_change() -> None:
    """They are frozen, and copies are the same object."""
    spec: Any = PARTS.spec(Leaf, 2.0)
    with pytest.raises((ValidationError, ValueError, AttributeError)):
        spec.value = 3.0
    assert copy.copy(spec) is spec
    assert copy.deepcopy(spec) is spec
    assert spec.model_copy() is spec


def test_model_copy_with_an_update_is_a_new_checked_spec() -> None:
    """pydantic's own way to copy can neither change the spec nor go around the checks."""
    for spec in (TUNED.spec(Tuned, 1.5), TunedSpec(scale=1.5)):
        assert dict(spec.model_copy(update={"scale": 2.0}).arguments)["scale"] == 2.0
        assert spec.arguments["scale"] == 1.5
        with pytest.raises(ConfigError):
            spec.model_copy(update={"scale": 0.5})


def test_replace() -> None:
    """Some arguments anew, checked, the others as they were."""
    spec = PARTS.spec(Leaf, 2.0, label="a")
    assert spec.replace(value=3.0) == PARTS.spec(Leaf, 3.0, label="a")
    assert spec.arguments["value"] == 2.0
    with pytest.raises(ConfigError, match="unknown argument 'vlaue'"):
        spec.replace(vlaue=1)


def test_parameters_of_any_name() -> None:
    """Names that specs, registries and functions use themselves are parameters like any other."""
    names = (
        "copy",
        "json",
        "build",
        "arguments",
        "name",
        "registry",
        "_x",
        "self",
        "cls",
        "config",
        "defaults",
        "given",
        "factory",
        "args",
        "spec",
    )
    made: dict[str, object] = {}

    def odd(
        copy: int, json: int, build: int, arguments: int, name: int, registry: int, _x: int, self: int, cls: int, config: int,
        defaults: int, given: int, factory: int, args: int, spec: int,
    ) -> Leaf:  # fmt: skip
        made.update(locals())
        return Leaf()

    registry = registry_of_parts()
    registry.register("odd")(odd)
    expected = {name: number for number, name in enumerate(names)}
    for spec in (registry.parse({"type": "odd", **expected}), registry.spec(odd, **expected)):
        made.clear()
        spec.build()
        assert {name: made[name] for name in names} == dict(spec.arguments) == expected
        assert spec.__spec_name__ == "odd"
        assert spec.replace(**expected) == spec == registry.parse(spec.to_config())
    made.clear()
    registry["odd"].build(**expected)
    assert made["_x"] == expected["_x"]
    specs: Any = registry.specs
    assert specs.odd(**expected) == registry.parse({"type": "odd", **expected})


def test_repr_is_short_and_safe() -> None:
    """The name, the arguments and the registry, however big or broken they are."""

    class Broken(Leaf):
        def __repr__(self) -> str:
            raise RuntimeError

    assert repr(PARTS.spec(Leaf, 2.0)) == "<BuildSpec leaf(value=2.0) of registry 'parts'>"
    assert len(repr(PARTS.parse({"type": "opaque", "data": list(range(10_000))}))) < 200
    assert "Broken" in repr(PARTS.spec(Many, [Broken()]))
    assert str(PARTS.spec(Leaf)) == repr(PARTS.spec(Leaf))


# --- comparing ---


def test_equal_by_resolved_config() -> None:
    """Aliases, defaults, conversions and nested specs make no difference; values do."""
    spec = PARTS.parse({"type": "leaf", "value": 1})
    assert spec == PARTS.parse({"type": "sheet", "value": "1.0"}) == PARTS.spec(Leaf) == PARTS.spec(Leaf, label="")
    assert spec != PARTS.spec(Leaf, 2.0)
    assert spec != PARTS.spec(Chain)
    assert spec != {"type": "leaf", "value": 1}
    assert PARTS.spec(Pair, deferred(spec), deferred(spec)) == PARTS.parse(
        {"type": "pair", "first": {"type": "leaf"}, "second": {"type": "leaf"}}
    )


def test_specs_of_different_registries_are_different() -> None:
    """The registry is part of a spec's value."""
    other = registry_of_parts()
    other.register("leaf")(Leaf)
    assert other.spec(Leaf) != PARTS.spec(Leaf)


def test_equal_specs_have_equal_hashes() -> None:
    """They are the same key of a dict."""
    assert len({PARTS.parse({"type": "sheet", "value": 1}), PARTS.spec(Leaf)}) == 1


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ("1", 1), ([], {}), (None, 0), ({"a": 1}, {"a": 2})])
def test_different_values(one: object, other: object) -> None:
    """Values that JSON tells apart make different specs with different fingerprints."""
    left, right = PARTS.parse({"type": "opaque", "data": one}), PARTS.parse({"type": "opaque", "data": other})
    assert left != right
    assert left.fingerprint() != right.fingerprint()


@pytest.mark.parametrize(("one", "other"), [(float("nan"), float("nan")), ((1, 2), [1, 2]), ({"a": 1, "b": 2}, {"b": 2, "a": 1})])
def test_same_values(one: object, other: object) -> None:
    """Values that JSON doesn't tell apart make equal specs with equal fingerprints."""
    left, right = PARTS.parse({"type": "opaque", "data": one}), PARTS.parse({"type": "opaque", "data": other})
    assert left == right
    assert left.fingerprint() == right.fingerprint()


def test_comparing_arguments_that_can_not_be_compared() -> None:
    """An array, for one, has no truth value; only the same one is equal."""

    class Array:
        def __eq__(self, other: object) -> bool:
            raise ValueError("ambiguous")

        __hash__ = None  # type: ignore[assignment]

    array = Array()
    assert PARTS.parse({"type": "opaque", "data": [array]}) == PARTS.parse({"type": "opaque", "data": [array]})
    assert PARTS.parse({"type": "opaque", "data": [array]}) != PARTS.parse({"type": "opaque", "data": [Array()]})


def test_fingerprint() -> None:
    """64 digits that know of defaults and not of the order of keys; the same in every process."""
    spec = PARTS.parse({"label": "a", "type": "sheet"})
    assert spec.fingerprint() == PARTS.parse({"type": "leaf", "label": "a", "value": 1.0}).fingerprint()
    assert spec.fingerprint() == hashlib.sha256(b'{"label": "a", "type": "leaf", "value": 1.0}').hexdigest()
    assert spec.fingerprint() != PARTS.spec(Leaf).fingerprint()


def test_fingerprint_with_a_function_as_default() -> None:
    """A default that is a function or a class counts by its name; one that JSON can't hold is told of."""
    registry = registry_of_parts()

    @registry.register
    def named(key: Any = len) -> Leaf:
        return Leaf()

    @registry.register
    def unnamed(key: Any = object()) -> Leaf:
        return Leaf()

    assert len(registry.spec(named).fingerprint()) == 64
    with pytest.raises(ConfigError, match="key"):
        registry.spec(unnamed).fingerprint()


# --- pickling and depth ---


@pytest.mark.parametrize(
    "spec",
    [
        PARTS.spec(Leaf, 2.0),
        PARTS.spec(Pair, deferred(PARTS.spec(Leaf)), Leaf(3.0)),
        PARTS.parse({"type": "opaque", "data": {"a": ([1], {2}, bytearray(b"x")), "b": [[], {}]}}),
        TunedSpec(scale=3.0),
        TUNED.parse({"type": "tuned", "gain": 2}),
    ],
    ids=repr,
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(spec: BuildSpec[Any], protocol: int) -> None:
    """A spec travels as its registry and its config."""
    back = pickle.loads(pickle.dumps(spec, protocol))
    assert back == spec
    assert (type(back), back.__spec_registry__) == (type(spec), spec.__spec_registry__)
    assert back.to_config() == spec.to_config()


def test_pickled_config_keeps_its_types() -> None:
    """Tuples, sets and what is shared come back as they were."""
    shared = [1]
    back: Any = pickle.loads(pickle.dumps(PARTS.parse({"type": "opaque", "data": [(shared, ()), shared, {3}, frozenset({4})]}))).to_config()
    data = back["data"]
    assert data == [([1], ()), [1], {3}, frozenset({4})]
    assert [type(each) for each in data] == [tuple, list, set, frozenset]
    assert data[0][0] is data[1]


def test_a_registry_that_is_no_global_can_not_be_pickled() -> None:
    """The error says what to do."""
    registry = registry_of_parts("lost")
    registry.register("leaf")(Leaf)
    with pytest.raises(pickle.PicklingError, match="assign it to a name at the top of the module"):
        pickle.dumps(registry.spec(Leaf))


@pytest.mark.parametrize("through_lists", [False, True])
@pytest.mark.parametrize(
    "use",
    [
        lambda spec, same: len(spec.to_config()) == 2,
        lambda spec, same: len(spec.to_json()) > 10_000,
        lambda spec, same: spec.fingerprint() == same.fingerprint(),
        lambda spec, same: spec == same,
        lambda spec, same: hash(spec) == hash(same),
        lambda spec, same: pickle.loads(pickle.dumps(spec)) == same,
        lambda spec, same: spec.replace() == same,
        lambda spec, same: len(repr(spec)) < 300,
        lambda spec, same: isinstance(spec.build(), Chain),
        lambda spec, same: PARTS.parse(spec) is spec,
    ],
    ids=["to_config", "to_json", "fingerprint", "==", "hash", "pickle", "replace", "repr", "build", "parse"],
)
def test_depth_of_500(use: Any, through_lists: bool) -> None:
    """500 levels work for everything that a spec can do, on a stack that is in use already."""
    spec, same = PARTS.parse(deep(500, through_lists=through_lists)), PARTS.parse(deep(500, through_lists=through_lists))
    assert at_depth(200, lambda: use(spec, same))


def test_depth_of_deferred_specs() -> None:
    """Specs of specs are as deep as configs."""
    spec = PARTS.spec(Leaf)
    nested: BuildSpec[Any] = spec
    for _ in range(500):
        nested = PARTS.spec(Chain, deferred(nested))
    assert nested == PARTS.parse(deep(500))
    assert pickle.loads(pickle.dumps(nested)) == nested


# --- written by hand ---


def test_written_spec_is_a_model() -> None:
    """Its fields, defaults and constraints hold, when it is made, parsed and built."""
    assert TunedSpec().build().got == {"scale": 1.2, "gain": 4, "skip": "", "sizes": [1, 2]}
    built: Any = TUNED.build({"type": "tuned", "scale": "2"})
    assert built.got == {"scale": 2.0, "gain": 4, "skip": "", "sizes": [1, 2]}
    with pytest.raises(ValidationError, match="greater than 1"):
        TunedSpec(scale=0.5)


@pytest.mark.parametrize(
    ("arguments", "code", "path"),
    [
        ({"scale": 0.5}, "TR205", ("scale",)),
        ({"gain": 6}, "TR205", ("gain",)),
        ({"gain": 3}, "TR205", ("gain",)),
        ({"skip": "left out"}, "TR203", ()),
        ({"other": 1}, "TR203", ()),
        ({"sizes": [1, "x"]}, "TR205", ("sizes", 1)),
    ],
)
def test_constraints_of_a_written_spec(arguments: dict[str, object], code: str, path: tuple[object, ...]) -> None:
    """Tightened types, validators and left-out fields hold, though the factory itself would take it all."""
    for call in (TUNED.parse, TUNED.build):
        with pytest.raises(ConfigError) as caught:
            call({"type": "tuned", **arguments})
        assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


def test_parse_gives_the_written_class() -> None:
    """Its fields can be read, and `spec` makes it too."""
    parsed = TUNED.parse({"type": "tuned", "gain": 2})
    assert isinstance(parsed, TunedSpec)
    assert (parsed.gain, parsed.scale, parsed.__spec_registry__, parsed.__spec_name__) == (2, 1.2, TUNED, "tuned")
    assert parsed == TunedSpec(gain=2) == TUNED.spec(Tuned, 1.2, gain=2)
    assert dict(parsed.arguments) == {"gain": 2}
    assert parsed.to_config() == {"type": "tuned", "gain": 2}


def test_mutable_defaults_of_a_written_spec() -> None:
    """No two builds share them."""
    spec = TunedSpec()
    one, other = spec.build(), spec.build()
    assert one.got["sizes"] == other.got["sizes"]
    assert one.got["sizes"] is not other.got["sizes"]


def test_slots_in_a_written_spec() -> None:
    """A field of the protocol's type takes configs, specs and instances."""
    registry = registry_of_parts()
    registry.register(spec=HolderSpec)(HolderOf)
    registry.register("leaf")(Leaf)
    built: Any = registry.build({"type": "holder", "part": {"type": "leaf", "value": 2}, "many": [Leaf(4.0), {"type": "leaf"}]})
    assert (built.part, built.many) == (Leaf(2.0), [Leaf(4.0), Leaf()])
    assert HolderSpec(part=Leaf(3.0)).build().part == Leaf(3.0)
    assert HolderSpec(part=deferred(registry.spec(Leaf, 5.0))).build().part == Leaf(5.0)
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "holder", "part": {"type": "leaf", "vlaue": 2}, "many": [{"type": "laef"}]})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("TR203", ("part",)), ("TR201", ("many", 0))]


def test_a_wrong_value_in_a_slot_of_a_written_spec() -> None:
    """It is told of once, in the words for slots; what only the spec's own type tells, in those of the spec."""
    registry = registry_of_parts()
    registry.register(spec=HolderSpec)(HolderOf)
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "holder", "part": 3, "many": ["leaf"]})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("TR206", ("part",)), ("TR206", ("many", 0))]
    assert all("expected a config that makes a Part" in problem.message for problem in caught.value.problems)
    with pytest.raises(ValidationError, match="expected a method, found nothing"):
        HolderSpec.model_validate({"part": 3})

    class Named(Part, Protocol):
        name: str

        def call(self) -> str: ...

    class NarrowerSpec(BuildSpec[HolderOf]):
        type: Literal["narrower"] = "narrower"
        part: Named
        many: tuple[Part, ...] = ()

    registry.register(spec=NarrowerSpec)(HolderOf)
    with pytest.raises(ConfigError, match="call: expected a method, found nothing"):
        registry.parse({"type": "narrower", "part": Leaf()})


def test_a_field_that_is_no_parameter() -> None:
    """The mistake is told at registration."""

    class Narrow:
        def __init__(self, scale: float) -> None: ...
        def weight(self) -> float:
            return 0.0

    class NarrowSpec(BuildSpec[Narrow]):
        type: Literal["narrow"] = "narrow"
        scael: float = 1.0

    registry = registry_of_parts()
    with pytest.raises(ContractError) as caught:
        registry.register(spec=NarrowSpec)(Narrow)
    assert [finding.member for finding in caught.value.findings] == ["scael", "scale"]
    assert list(registry) == []


def test_a_written_spec_names_its_entry() -> None:
    """Another name is an error, and so is none."""

    class Nameless(BuildSpec[Tuned]):
        scale: float

    registry = registry_of_parts()
    with pytest.raises(InvalidNameError, match="'tuned'"):
        registry.register("other", spec=TunedSpec)(Tuned)
    with pytest.raises(InvalidNameError, match="Nameless"):
        registry.register(spec=Nameless)(Tuned)


@pytest.mark.parametrize("spec", [Tuned, TunedSpec(), "tuned"], ids=["class", "spec", "name"])
def test_a_written_spec_is_a_class_of_build_spec(spec: Any) -> None:
    """Anything else is refused where it is registered, and nothing stays."""
    registry = registry_of_parts()
    with pytest.raises(TypeError, match="spec takes a class of BuildSpec, not "):
        registry.register(spec=spec)(Tuned)
    assert list(registry) == []


def test_a_written_spec_that_is_not_registered() -> None:
    """It can't be built, and says why."""

    class Orphan(BuildSpec[Tuned]):
        type: Literal["orphan"] = "orphan"
        scale: float = 1.0

    spec = Orphan()
    assert (spec.__spec_registry__, spec.__spec_name__, spec) == (None, "orphan", Orphan())
    assert spec != Orphan(scale=2.0)
    with pytest.raises(ContractError, match=r"register\(spec="):
        spec.build()


# --- other scopes ---


def test_specs_of_another_scope_keep_their_names() -> None:
    """What a child registry made is found again from its parent."""
    root = registry_of_parts("root")
    child = registry_of_parts("child", parent=root, scope="sub")
    root.register("chain")(Chain)
    child.register("own")(Leaf)
    child.register("wrap")(Chain)
    spec = root.spec(Chain, deferred(child.parse({"type": "wrap", "inner": {"type": "own"}})))
    config = {"type": "chain", "inner": {"type": "sub.wrap", "inner": {"type": "sub.own"}}}
    assert spec.to_config() == config
    assert root.parse(config) == spec
    assert root.build(config) == spec.build() == Chain(Chain(Leaf()))


# --- what specs are equal to ---


class Tint(Enum):
    """A color."""

    RED = "red"


class Coated:
    """A part whose arguments become objects when they are validated."""

    def __init__(self, path: Path, tint: Tint = Tint.RED, time: timedelta = timedelta(seconds=1)) -> None:
        self.path = path

    def weight(self) -> float:
        return 1.0


def test_equal_however_it_was_written() -> None:
    """A path, an enum and a duration are equal to the text, value and number that a file has for them, and hash alike."""
    registry = registry_of_parts()
    registry.register("coated")(Coated)
    written = registry.spec(Coated, Path("a"), Tint.RED, timedelta(seconds=3))
    parsed = registry.parse({"type": "coated", "path": "a", "tint": "red", "time": 3})
    assert written == parsed
    assert written.fingerprint() == parsed.fingerprint()
    assert written != registry.parse({"type": "coated", "path": "b", "tint": "red", "time": 3})


def test_equality_never_raises() -> None:
    """A spec whose entry is gone still equals itself and what says the same."""
    registry = registry_of_parts()
    registry.register("coated")(Coated)
    one, same, other = (registry.parse({"type": "coated", "path": path}) for path in ("a", "a", "b"))
    registry.unregister("coated")
    assert (one == one, one == same, one == other) == (True, True, False)


def test_arguments_are_a_copy() -> None:
    """Nothing that is done to `arguments` changes the spec."""
    registry = registry_of_parts()
    registry.register("many")(Many)
    spec = registry.parse({"type": "many", "items": [{"type": "many", "items": []}]})
    given: Any = spec.arguments["items"]
    given.append(1)
    assert spec.to_config() == {"type": "many", "items": [{"type": "many", "items": []}]}


def test_a_near_name_is_suggested_though_it_is_given() -> None:
    """`replace` with a misspelt name says which one is meant, also when the right one is there."""
    spec = registry_with_leaf().parse({"type": "leaf", "value": 1.0})
    with pytest.raises(ConfigError) as caught:
        spec.replace(valeu=2.0)
    assert caught.value.problems[0].suggestion == "value"


def registry_with_leaf() -> Registry[Part]:
    registry = registry_of_parts()
    registry.register("leaf")(Leaf)
    return registry
