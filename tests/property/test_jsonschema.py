"""The law of schemas: for two validators of JSON Schema, `config_schema` takes the configs that `parse` takes, and no others."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import collections
import copy
import datetime
import enum
import inspect
import numbers
import re
import uuid
from collections.abc import Callable, Iterable, Sequence, Sized
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, AnyUrl, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from typed_registry import Registry
from typed_registry._building import Builder
from typed_registry._problems import collecting
from typed_registry.errors import ConfigError, Problem

pytest.importorskip("docstring_parser")
jsonschema: Any = pytest.importorskip("jsonschema")
jsonschema_rs: Any = pytest.importorskip("jsonschema_rs")

from typed_registry.jsonschema import config_schema  # noqa: E402 # it needs docstring_parser
from typed_registry.manifest import Manifest, manifest_of, manifest_text  # noqa: E402

Json = Any
Values = st.SearchStrategy[Json]


class Part(Protocol):
    """What the registries make."""

    def weigh(self) -> float: ...


class Tool(Protocol):
    """What another registry makes."""

    def use(self) -> float: ...


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 2
    HIGH = 3


class Lenient(enum.Enum):
    ONLY = "only"

    @classmethod
    def _missing_(cls, value: object) -> Lenient:
        return cls.ONLY


class Point(BaseModel):
    x: int
    y: float = 0.5


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    nested: Closed | None = None


@dataclass
class Pair:
    left: int
    right: str = ""


class Keys(TypedDict, total=False):
    first: int
    second: list[str]


class Circle(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["circle", "round"]
    radius: float


class Square(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["square"] = "square"
    side: int = 1


class Place(NamedTuple):
    x: int
    y: int = 0


class Kind(NamedTuple):
    """An annotation, values that it takes, and others on which both must agree: no differences that the documentation names."""

    annotation: Any
    right: Values
    other: Values

    @property
    def values(self) -> Values:
        """Mostly right ones."""
        return mostly(self.right, self.other)


def mostly(right: Values, other: Values) -> Values:
    return st.sampled_from([True] * 7 + [False]).flatmap(lambda is_right: right if is_right else other)


WORDS = st.sampled_from(["", "a", "red", "any", "many words", "x-1", "\u00e9\n"])
INT_TEXTS = st.sampled_from(["1", " 12 ", "+3", "-0", "007", "1_000", "4.0"])
FLOAT_TEXTS = st.sampled_from(["1.5", "1e3", ".5", "5.", "-inf", "NaN", "Infinity"])
BOOL_TEXTS = st.sampled_from(["yes", "No", "ON", "off", "t", "FALSE", "y", "0"])
INTS = st.integers(-3, 5) | st.just(2**70)
FLOATS = st.sampled_from([0.5, -1.5, 2.25])
CONTAINERS: Values = st.sampled_from([[], {}, [[]], {"a": []}, ["a", None]])


def lists(values: Values) -> Values:
    return st.lists(values, max_size=3)


def mappings(values: Values, keys: st.SearchStrategy[str] = st.sampled_from(["a", "b", "x y"])) -> Values:
    return st.dictionaries(keys, values, max_size=2)


NUMBERS: Values = INTS | FLOATS | st.none() | WORDS | CONTAINERS
LOGICAL = st.booleans()
NAMES = st.sampled_from(["a", "red", "any"])
IN_LAX_MODE: dict[str, Kind] = {
    "int": Kind(int, INTS | INT_TEXTS | st.just(3.0), NUMBERS | FLOAT_TEXTS),
    "float": Kind(float, INTS | FLOATS | INT_TEXTS | FLOAT_TEXTS, NUMBERS),
    "bounded int": Kind(Annotated[int, Field(ge=0, lt=4)], st.integers(0, 3), NUMBERS),
    "bounded float": Kind(Annotated[float, Field(gt=0, le=2.25)], st.sampled_from([0.1, 2.25, 1]), NUMBERS),
    "multiple": Kind(Annotated[int, Field(multiple_of=2)], st.sampled_from([0, -4, 2]), NUMBERS),
    "bool": Kind(bool, LOGICAL | BOOL_TEXTS | st.sampled_from([0, 1, 1.0]), NUMBERS),
    "str": Kind(str, WORDS, NUMBERS | LOGICAL),
    "short": Kind(Annotated[str, Field(min_length=1, max_length=2)], st.sampled_from(["a", "\u00e9\u00e9"]), NUMBERS),
    "pattern": Kind(Annotated[str, Field(pattern="^[a-z]+$")], NAMES, NUMBERS),
    "bytes": Kind(bytes, WORDS, NUMBERS),
    "path": Kind(Path, WORDS, NUMBERS),
    "date": Kind(datetime.date, st.just("2020-02-29") | st.just(0), st.none() | CONTAINERS),
    "none": Kind(None, st.none(), NUMBERS),
    "any": Kind(Any, NUMBERS | LOGICAL, NUMBERS),
    "literal": Kind(Literal["any", "all", 7], st.sampled_from(["all", 7]), NUMBERS),
    "enum": Kind(Colour, st.sampled_from(["red", "blue"]), NUMBERS),
    "int enum": Kind(Level, st.sampled_from([2, 3]), NUMBERS),
    "list": Kind(list[int], lists(INTS), lists(NUMBERS) | NUMBERS),
    "long list": Kind(Annotated[list[str], Field(min_length=1, max_length=2)], st.lists(WORDS, min_size=1, max_size=2), lists(WORDS)),
    "sequence": Kind(Sequence[float], lists(INTS | FLOATS), lists(NUMBERS) | NUMBERS),
    "set": Kind(set[str], lists(WORDS), NUMBERS),
    "tuple": Kind(tuple[int, str], st.tuples(INTS, WORDS).map(list), lists(NUMBERS) | NUMBERS),
    "long tuple": Kind(tuple[int, ...], lists(INTS), lists(NUMBERS) | NUMBERS),
    "dict": Kind(dict[str, int], mappings(INTS), mappings(NUMBERS) | NUMBERS),
    "dict of ints": Kind(dict[int, bool], mappings(LOGICAL, INT_TEXTS), mappings(LOGICAL | NUMBERS, WORDS) | NUMBERS),
    "dict of enums": Kind(dict[Colour, str], mappings(WORDS, st.sampled_from(["red", "blue"])), mappings(WORDS, WORDS) | NUMBERS),
    "union": Kind(int | list[str] | None, INTS | lists(WORDS) | st.none(), NUMBERS),
    "model": Kind(
        Point, st.fixed_dictionaries({"x": INTS}, optional={"y": FLOATS, "z": WORDS}), mappings(NUMBERS, st.sampled_from("xyz")) | NUMBERS
    ),
    "closed model": Kind(
        Closed,
        st.recursive(
            st.just({"name": "a"}), lambda inner: st.fixed_dictionaries({"name": NAMES, "nested": inner | st.none()}), max_leaves=3
        ),
        st.recursive(WORDS, lambda inner: mappings(inner, st.sampled_from(["name", "nested", "z"])), max_leaves=4),
    ),
    "tagged": Kind(
        Annotated[Circle | Square, Field(discriminator="kind")],
        st.fixed_dictionaries({"kind": st.sampled_from(["circle", "round"]), "radius": FLOATS})
        | st.fixed_dictionaries({"kind": st.just("square")}, optional={"side": INTS}),
        mappings(NUMBERS | st.sampled_from(["circle", "square"]), st.sampled_from(["kind", "radius", "side"])) | NUMBERS,
    ),
    "dataclass": Kind(
        Pair,
        st.fixed_dictionaries({"left": INTS}, optional={"right": WORDS}),
        mappings(NUMBERS, st.sampled_from(["left", "right"])) | NUMBERS,
    ),
    "typed dict": Kind(
        Keys,
        st.fixed_dictionaries({}, optional={"first": INTS, "second": lists(WORDS)}),
        mappings(NUMBERS | lists(WORDS), st.sampled_from(["first", "second", "third"])) | NUMBERS,
    ),
}


def holds_no_whole_float(value: Json) -> bool:
    return not isinstance(value, float) or not value.is_integer()


IN_STRICT_MODE: dict[str, Kind] = {
    name: Kind(kind.annotation, kind.right.filter(holds_no_whole_float), kind.other) for name, kind in IN_LAX_MODE.items()
}


class Slots(NamedTuple):
    """A parameter that takes components."""

    annotation: Any
    nest: Callable[[Values], Values]


def one(part: Values) -> Values:
    return part


def or_(other: Values) -> Callable[[Values], Values]:
    def nest(part: Values) -> Values:
        return part | other

    return nest


SLOTS: dict[str, Slots] = {
    "part": Slots(Part, one),
    "optional": Slots(Part | None, or_(st.none())),
    "parts": Slots(list[Part], lists),
    "named": Slots(dict[str, Part], mappings),
    "or text": Slots(Part | str, or_(WORDS)),
    "or mapping": Slots(Part | dict[str, int], or_(mappings(INTS))),
    "waiting": Slots(Callable[[int], Part], one),
    "narrow": Slots(Annotated[list[Part], Field(max_length=1)], lists),
}


def class_of(name: str, parameters: dict[str, Any], optional: set[str], extra: Any = None) -> Any:
    """A class that takes some parameters."""

    class Made:
        def __init__(self, **given: Any) -> None: ...

        def weigh(self) -> float:
            return 1.0

    kinds = inspect.Parameter
    made = [
        kinds(
            each,
            kinds.KEYWORD_ONLY if extra is not None else kinds.POSITIONAL_OR_KEYWORD,
            annotation=kind,
            default=None if each in optional else kinds.empty,
        )
        for each, kind in sorted(parameters.items(), key=lambda item: item[0] in optional)
    ]
    rest = [kinds("more", kinds.VAR_KEYWORD, annotation=extra)] if extra is not None else []
    signature = inspect.Signature([kinds("self", kinds.POSITIONAL_ONLY), *made, *rest])
    Made.__init__.__signature__ = signature  # type: ignore[attr-defined]
    Made.__name__ = Made.__qualname__ = name
    return Made


class World(NamedTuple):
    """A registry, and configs for it that are right or nearly so."""

    registry: Registry[Part]
    configs: Values


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """A registry with a parent or children, of a few entries."""
    strict = draw(st.booleans())
    kinds = IN_STRICT_MODE if strict else IN_LAX_MODE
    root: Registry[Part] = Registry("root", Part, strict=strict, scope=draw(st.sampled_from([None, "top"])))
    child: Registry[Part] = Registry("child", Part, strict=strict, parent=root, scope="low")
    root.register("leaf")(class_of("leaf", {}, set()))
    made: list[tuple[list[str], dict[str, Values], dict[str, Slots], set[str]]] = []
    for number in range(draw(st.integers(1, 3))):
        plain = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=3, unique=True))
        slots = draw(st.lists(st.sampled_from(sorted(SLOTS)), max_size=2, unique=True))
        names = {each: each.replace(" ", "_") for each in (*plain, *slots)}
        optional = {names[each] for each in (*plain, *slots) if draw(st.booleans())}
        annotations = {names[each]: kinds[each].annotation for each in plain} | {names[each]: SLOTS[each].annotation for each in slots}
        entry = f"e{number}"
        aliases = [f"{entry}-alias"] if draw(st.booleans()) else []
        owner, scope = draw(st.sampled_from([(root, "top" if root.__registry_node__.scope else None), (child, "low")]))
        owner.register(entry, aliases=aliases)(class_of(entry, annotations, optional, draw(st.sampled_from([None, None, int, Any]))))
        callings = [entry, *aliases, *([f"{scope}.{entry}"] if scope else []), *(["top.low." + entry] if owner is child else [])]
        made.append((callings, {names[each]: kinds[each].values for each in plain}, {names[each]: SLOTS[each] for each in slots}, optional))

    def configs(children: Values) -> Values:
        choices: list[Values] = []
        for callings, plain, slots, optional in made:
            arguments = plain | {name: slot.nest(children) for name, slot in slots.items()}
            needed = {name: values for name, values in arguments.items() if name not in optional}
            rest = {name: values for name, values in arguments.items() if name in optional}
            right = st.fixed_dictionaries({"type": st.sampled_from(callings), **needed}, optional=rest)
            wrong = st.fixed_dictionaries({"type": st.sampled_from(callings)}, optional=needed | rest | {"scael": INTS | WORDS})
            choices.append(mostly(right, wrong))
        return mostly(
            st.one_of(choices), WORDS | st.none() | CONTAINERS | st.sampled_from([{"type": "e9"}, {"kind": "e0"}, {"type": None}])
        )

    return World(draw(st.sampled_from([root, child])), st.recursive(configs(st.just({"type": "leaf"})), configs, max_leaves=4))


def is_taken(registry: Registry[Part], config: Json) -> bool:
    try:
        registry.parse(copy.deepcopy(config))
    except ConfigError:
        return False
    return True


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(worlds(), st.data())
def test_schema_and_parse_agree(world: World, data: st.DataObject) -> None:
    """Neither of two validators disagrees with `parse` on any config of any registry."""
    schema = config_schema(world.registry)
    jsonschema.Draft202012Validator.check_schema(schema)
    ours, fast = jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)
    for config in data.draw(st.lists(world.configs, min_size=1, max_size=8)):
        told = (ours.is_valid(config), fast.is_valid(config), is_taken(world.registry, config))
        assert len(set(told)) == 1, (told, config)


ANY_TEXT = (
    st.text(max_size=6)
    | st.text("0123456789+-.eE_ infatruey:TZPD", max_size=8).filter(lambda text: not re.search("_|[0-9][+-]", text))
    | st.sampled_from(["2020-01-01T00:00:00Z", "12:30", "P1DT2H", "1_000"])
)
KEYS = st.sampled_from(["x", "left", "first", "name"]) | ANY_TEXT
ANYTHING: Values = st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=5,
)
EVERYTHING: Registry[Part] = Registry("everything", Part)
ODD_KINDS: dict[str, Any] = {
    "decimal": Annotated[Decimal, Field(gt=1, max_digits=5)],
    "complex": complex,
    "datetime": datetime.datetime,
    "time": datetime.time,
    "timedelta": datetime.timedelta,
    "uuid": uuid.UUID,
    "url": AnyUrl,
    "stripped": Annotated[str, StringConstraints(strip_whitespace=True, max_length=3)],
    "fraction": Annotated[float, Field(multiple_of=0.1)],
    "few": Annotated[set[int], Field(max_length=1)],
    "short bytes": Annotated[bytes, Field(min_length=2, max_length=4)],
    "iterable": Iterable[int],
    "deque": collections.deque[int],
    "frozenset": frozenset[str],
    "int or text": int | str,
    "number or true": float | bool,
    "checked": Annotated[int, AfterValidator(lambda value: value)],
    "sized": Sized,
    "named tuple": Place,
    "optional tagged": list[Annotated[Circle | Square, Field(discriminator="kind")] | None],
    "custom": Lenient,
    "class": type[BaseModel],
    "number": numbers.Number,
    "converted": Annotated[int, BeforeValidator(str)],
    "pattern": re.Pattern[str],
}
for _name, _annotation in {**{name: kind.annotation for name, kind in IN_LAX_MODE.items()}, **ODD_KINDS}.items():
    EVERYTHING.register(_name)(class_of(_name, {"value": _annotation}, set()))


@settings(max_examples=400)
@given(st.sampled_from([*IN_LAX_MODE, *ODD_KINDS]), ANYTHING)
def test_what_parse_takes_the_schema_takes(name: str, value: Json) -> None:
    """Whatever the value: an editor never marks what is right. (That true is 1 to Python is a difference that the documentation names.)"""
    config = {"type": name, "value": value}
    if is_taken(EVERYTHING, config):
        assert [validator.is_valid(config) for validator in _VALIDATORS] == [True, True]


_SCHEMA = config_schema(EVERYTHING)
_VALIDATORS = (jsonschema.Draft202012Validator(_SCHEMA), jsonschema_rs.Draft202012Validator(_SCHEMA))


def problems_of(check: Callable[[Json], object], config: Json) -> list[tuple[Any, ...]]:
    with collecting() as doubts:
        try:
            check(copy.deepcopy(config))
            found: list[Problem] = doubts
        except ConfigError as error:
            found = [*error.problems, *doubts]
    # That a text is no Sequence to pydantic is said by a function, which a manifest doesn't hold.
    return [(each.path, each.code, "sequence" in each.path or each.message, each.suggestion, each.key) for each in found]


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
@given(worlds(), st.data())
def test_a_manifest_checks_in_the_same_words(world: World, data: st.DataObject) -> None:
    """All problems of a config are the same by the registry itself and by its manifest, with path, message and suggestion."""
    manifest = Manifest(manifest_text(manifest_of({"zoo:ROOT": world.registry})))
    for config in data.draw(st.lists(world.configs, min_size=1, max_size=8)):
        expected = problems_of(Builder[Any](world.registry.__registry_node__).validate, config)
        assert problems_of(manifest.builder("zoo:ROOT").validate, config) == expected
