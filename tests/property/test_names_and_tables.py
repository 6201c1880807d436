"""Laws of names, of a registry as a mapping, of JSON and of copies, for whatever hypothesis thinks of."""

from __future__ import annotations

import json
import math
from collections import OrderedDict, defaultdict
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.vision import QrReader, VisionModel, new_vision, untyped
from typed_registry import Registry
from typed_registry._copying import CycleError, copy_containers
from typed_registry._json_values import equal_values, json_text, json_value
from typed_registry._kinds import is_dict, is_sequence
from typed_registry._naming import name_problem, nearest, split_target
from typed_registry.errors import DuplicateEntryError, InvalidNameError, UnknownEntryError

NAMES = st.sampled_from("abcdef")
ALIASES = st.lists(NAMES, max_size=3)
CLASSES: list[type[QrReader]] = [type(f"Model{number}", (QrReader,), {}) for number in range(4)]


class Owned:
    """What the model knows of one entry."""

    def __init__(self, cls: type, aliases: tuple[str, ...]) -> None:
        self.cls = cls
        self.aliases = aliases


class RegistryMachine(RuleBasedStateMachine):
    """A registry against a naive model: a dict of names to classes and aliases."""

    def __init__(self) -> None:
        super().__init__()
        self.registry: Registry[VisionModel] = new_vision()
        self.model: dict[str, Owned] = {}
        self.saved: list[tuple[AbstractContextManager[None], dict[str, Owned]]] = []

    def owner(self, name: str) -> str | None:
        return next((own for own, entry in self.model.items() if name == own or name in entry.aliases), None)

    def refuses(self, name: str, aliases: tuple[str, ...], cls: type) -> bool:
        owners = {each: self.owner(each) for each in (name, *aliases)}
        same = self.model[name].cls is cls if name in self.model else False
        return any(own is not None and not (own == name and same) for own in owners.values())

    def put(self, name: str, aliases: tuple[str, ...], cls: type) -> None:
        made: dict[str, Owned] = {}
        for own, entry in self.model.items():
            if own == name:
                made[name] = Owned(cls, aliases)
            elif own not in aliases:
                made[own] = Owned(entry.cls, tuple(each for each in entry.aliases if each not in (name, *aliases)))
        made.setdefault(name, Owned(cls, aliases))
        self.model = made

    @rule(name=NAMES, aliases=ALIASES, cls=st.sampled_from(CLASSES), override=st.booleans())
    def register(self, name: str, aliases: list[str], cls: type[QrReader], override: bool) -> None:
        others = tuple(dict.fromkeys(alias for alias in aliases if alias != name))
        if not override and self.refuses(name, others, cls):
            with pytest.raises(DuplicateEntryError):
                self.registry.register(name, aliases=aliases)(cls)
        else:
            assert self.registry.register(name, aliases=aliases, override=override)(cls) is cls
            self.put(name, others, cls)

    @rule(name=NAMES, bad=st.sampled_from(["", "a.b", "a:b"]), cls=st.sampled_from(CLASSES))
    def register_badly(self, name: str, bad: str, cls: type[QrReader]) -> None:
        with pytest.raises(InvalidNameError):
            self.registry.register(name, aliases=(name + "x", bad), override=True)(cls)

    @rule(name=NAMES)
    def unregister(self, name: str) -> None:
        own = self.owner(name)
        if own is None:
            with pytest.raises(UnknownEntryError):
                self.registry.unregister(name)
        else:
            self.registry.unregister(name)
            del self.model[own]

    @precondition(lambda self: len(self.saved) < 3)
    @rule()
    def enter_temporary(self) -> None:
        block = self.registry.temporary()
        block.__enter__()
        self.saved.append((block, dict(self.model)))

    @precondition(lambda self: bool(self.saved))
    @rule()
    def leave_temporary(self) -> None:
        block, self.model = self.saved.pop()
        block.__exit__(None, None, None)

    @rule(name=NAMES)
    def build(self, name: str) -> None:
        own = self.owner(name)
        assume(own is not None)
        assert type(self.registry.build({"type": name})) is self.model[str(own)].cls

    @invariant()
    def lists_the_same(self) -> None:
        names = list(self.model)
        assert (list(self.registry), len(self.registry), list(self.registry.keys())) == (names, len(names), names)
        assert {name: (entry.load(), entry.aliases) for name, entry in self.registry.items()} == {
            name: (entry.cls, entry.aliases) for name, entry in self.model.items()
        }
        assert sorted(self.registry.all_names()) == sorted(each for own, entry in self.model.items() for each in (own, *entry.aliases))

    @invariant()
    def resolves_the_same(self) -> None:
        for name in "abcdef":
            own = self.owner(name)
            assert (name in self.registry) is (own is not None)
            found = self.registry.get(name)
            assert (found.name if found is not None else None) == own
            if own is not None:
                assert self.registry[name] is self.registry[own] is found

    @invariant()
    def specs_use_the_first(self) -> None:
        for cls in CLASSES:
            first = next((name for name, entry in self.model.items() if entry.cls is cls), None)
            if first is None:
                with pytest.raises(UnknownEntryError):
                    untyped(self.registry).spec(cls)
            else:
                assert untyped(self.registry).spec(cls).__spec_name__ == first

    def teardown(self) -> None:
        while self.saved:
            self.leave_temporary()
            self.lists_the_same()


TestRegistryAsMapping: Any = untyped(RegistryMachine).TestCase
TestRegistryAsMapping.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)


# --- names ---

WORDS = st.text(st.sampled_from("abcdefgh_-0123456789"), min_size=2, max_size=14)
TEXTS = st.text(max_size=12)


def edits(name: str, letters: str = "abcz_9") -> set[str]:
    """All that one slip makes of a name."""
    halves = [(name[:i], name[i:]) for i in range(len(name) + 1)]
    made = {left + right[1:] for left, right in halves if right}
    made |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    made |= {left + letter + right[1:] for left, right in halves if right for letter in letters}
    made |= {left + letter + right for left, right in halves for letter in letters}
    return made - {name, ""}


def distance(one: str, other: str) -> int:
    """The number of slips between two names."""
    if one == other:
        return 0
    rows = list(range(len(other) + 1))
    before: list[int] = []
    for i, left in enumerate(one, 1):
        new = [i]
        for j, right in enumerate(other, 1):
            new.append(min(rows[j] + 1, new[-1] + 1, rows[j - 1] + (left != right)))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                new[j] = min(new[j], before[j - 2] + 1)
        before, rows = rows, new
    return rows[-1]


@given(st.lists(WORDS, min_size=1, max_size=30, unique=True), st.data())
@example(["face", *(f"other-{number}" for number in range(20))], None)
def test_one_slip_is_found(names: list[str], data: st.DataObject | None) -> None:
    """A name with one slip in it is found among the three nearest, unless others are as near."""
    name = names[0] if data is None else data.draw(st.sampled_from(names))
    slips = sorted(edits(name)) if data is None else [data.draw(st.sampled_from(sorted(edits(name))))]
    for wrong in slips:
        rivals = sum(distance(wrong, other) <= 1 for other in names if other != name)
        if wrong not in names and rivals < 3:
            assert name in nearest(wrong, names)


@given(st.lists(TEXTS, max_size=30), TEXTS, st.integers(1, 5))
@example(["\n", "a\nb", *"cdefgh"], "\n", 3)
@example([*"abcdefg", "İİ"], "ab\n", 3)
def test_nearest_gives_names(names: list[str], wrong: str, limit: int) -> None:
    """Only names are given, no more than asked for, none twice, the same from any collection."""
    found = nearest(wrong, names, limit)
    assert (set(found) <= set(names), len(found) <= limit) == (True, True)
    assert nearest(wrong, tuple(names), limit) == found
    assert len(set(nearest(wrong, dict.fromkeys(names), limit))) == len(nearest(wrong, dict.fromkeys(names), limit))


@given(st.lists(WORDS, min_size=1, max_size=30, unique=True), st.data())
def test_the_name_itself_is_nearest(names: list[str], data: st.DataObject) -> None:
    """A name is nearest to itself, also in other letters."""
    name = data.draw(st.sampled_from(names))
    assert nearest(name, names)[0] == name
    assert nearest(name.upper(), names)[0] == name


@given(st.lists(WORDS, max_size=20, unique=True), st.randoms(use_true_random=False), WORDS)
def test_order_of_names_is_no_matter(names: list[str], random: Any, wrong: str) -> None:
    """The nearest of a few names don't hang on the order in which they were registered."""
    few = names[:6]
    shuffled = few[:]
    random.shuffle(shuffled)
    assert nearest(wrong, shuffled) == nearest(wrong, few)


@given(st.lists(st.text(min_size=1, max_size=10), max_size=12))
def test_names_are_listed_in_order(names: list[str]) -> None:
    """A registry takes exactly the names that are none of the wrong ones, and lists them in the order in which they came."""
    registry = new_vision()
    taken: list[str] = []
    for name in names:
        if name_problem(name) is None:
            registry.register(name)(QrReader)
            taken.append(name)
        else:
            with pytest.raises(InvalidNameError):
                registry.register(name)(QrReader)
    assert list(registry) == list(dict.fromkeys(taken))
    assert [name for name in taken if registry[name].name != name] == []


@given(st.text(max_size=20))
def test_targets(text: str) -> None:
    """A target is split where it is written as one, into what it is made of."""
    parts = split_target(text)
    assert parts is None or (":".join(parts) == text and all(each.isidentifier() for part in parts for each in part.split(".")))


# --- JSON ---


class Pair(NamedTuple):
    left: Any
    right: Any


LEAF = object()
KEYS = st.text(max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans())
def test_json_round_trip(value: Any, sort_keys: bool) -> None:
    """JSON data is written as the json module writes it, and read back equal."""
    made, problems = json_value(value)
    text = json_text(made, sort_keys=sort_keys)
    assert (made, problems, text) == (value, [], json.dumps(value, ensure_ascii=False, sort_keys=sort_keys))
    assert equal_values(json.loads(text), value)


@given(st.dictionaries(KEYS, JSON, max_size=6), st.randoms(use_true_random=False))
def test_json_of_any_order(value: dict[str, Any], random: Any) -> None:
    """With sorted keys, equal mappings have the same text, however they are ordered."""
    items = list(value.items())
    random.shuffle(items)
    assert json_text(dict(items), sort_keys=True) == json_text(value, sort_keys=True)


MEMBERS = st.recursive(
    st.text(max_size=3) | st.integers(-3, 3), lambda inner: st.frozensets(inner, max_size=3) | st.tuples(inner), max_leaves=5
)


@given(st.lists(MEMBERS, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_json_of_sets(members: list[Any], random: Any) -> None:
    """A set, of sets too, is written in one order, whatever the order of its members."""
    shuffled = members[:]
    random.shuffle(shuffled)
    made, problems = json_value({"a": set(members)})
    assert (made, problems) == (json_value({"a": frozenset(shuffled)})[0], [])
    assert len(made["a"]) == len(set(members))


@given(JSON, st.sampled_from([object(), b"x", 1j, math.nan, math.inf, QrReader]))
def test_json_problems(value: Any, odd: object) -> None:
    """What JSON can't have is told with its path, and the rest is written."""
    made, problems = json_value({"a": value, "b": [value, {"c": odd}]})
    assert [(problem.path, problem.input is odd) for problem in problems] == [(("b", 1, "c"), True)]
    assert made == {"a": value, "b": [value, {"c": None}]}


class Colour(Enum):
    RED = "red"
    ONE = 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, "red"),
        (Colour.ONE, 1),
        (PurePosixPath("a/b"), "a/b"),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 12, 30), "2024-02-29 12:30:00"),
        (time(1, 2, 3), "01:02:03"),
        (timedelta(minutes=1.5), 90.0),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ((1, (2,)), [1, [2]]),
        ({"b", "a"}, ["a", "b"]),
        (frozenset({2, 10, 1}), [1, 10, 2]),
        (Pair(1, [2]), [1, [2]]),
    ],
)
def test_json_of_other_values(value: object, expected: object) -> None:
    """What has a usual form in JSON is written so, at any depth."""
    assert json_value(value) == (expected, [])
    assert json_value({"a": [value]}) == ({"a": [expected]}, [])


def test_json_keys() -> None:
    """Whole numbers may be keys, which become texts; what else is no text is told and left out."""
    made, problems = json_value({1: "a", "b": {(1, 2): "c", None: "d"}})
    assert ([(problem.path, problem.input) for problem in problems], json_text(made)) == (
        [(("b",), (1, 2)), (("b",), None)],
        '{"1": "a", "b": {}}',
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": [1, (2,)]}, MappingProxyType({"a": (1, [2])}), True),
        ({"a": 1}, {"b": 1}, False),
        ([1], [1, 2], False),
        ([1], {"a": 1}, False),
        ("1", 1, False),
        (object(), object(), False),
        (LEAF, LEAF, True),
    ],
)
def test_equal_values(one: object, other: object, expected: bool) -> None:
    """Two configs are equal when they hold the same, in whatever kinds of mappings and sequences."""
    assert (equal_values(one, other), equal_values(other, one)) == (expected, expected)


def test_equality_that_raises() -> None:
    """What can't say whether it is equal is equal to itself alone."""

    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ZeroDivisionError

        def __hash__(self) -> int:
            return 0

    odd = Odd()
    assert (equal_values([odd], [odd]), equal_values([odd], [Odd()])) == (True, False)


@pytest.mark.parametrize("depth", [10, 5_000])
def test_json_of_any_depth(depth: int) -> None:
    """Depth is no matter."""
    value: Any = 1
    for _ in range(depth):
        value = {"a": [value]}
    made, problems = json_value(value)
    text = json_text(made)
    assert (problems, text.count("["), equal_values(made, copy_containers(value))) == ([], depth, True)


# --- copies ---


class Colours(list[Any]):
    """A list of a class of its own."""


def containers(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.lists(inner, max_size=3).map(Colours),
        st.dictionaries(KEYS, inner, max_size=3).map(OrderedDict),
        st.dictionaries(KEYS, inner, max_size=2).map(lambda items: defaultdict(list, items)),
        st.builds(Pair, inner, inner),
        inner.map(lambda shared: [shared, (shared, shared), {"a": shared}]),
    )


MUTABLE: tuple[type, ...] = (list, dict, set, bytearray)
VALUES = st.recursive(
    st.none() | st.integers() | st.just(LEAF) | st.sets(st.integers(), max_size=3) | st.binary(max_size=3).map(bytearray),
    containers,
    max_leaves=10,
)


def walk(value: Any) -> list[Any]:
    """A value and all in it, in order."""
    inner: list[Any] = list(value.values()) if is_dict(value) else list(value) if is_sequence(value) else []
    return [value, *(each for item in inner for each in walk(item))]


@given(VALUES)
@example([((1,),)] * 2)
@example([Pair((1,), [2])] * 3)
def test_copies_are_equal_and_apart(value: Any) -> None:
    """A copy is equal, of the same types, and shares no container with the original; what is no container is the same object."""
    made = copy_containers(value)
    before, after = walk(value), walk(made)
    assert made == value
    assert [type(each) for each in after] == [type(each) for each in before]
    assert {id(each) for each in before if isinstance(each, MUTABLE)} & {id(each) for each in after if isinstance(each, MUTABLE)} == set()
    assert all(one is other for one, other in zip(before, after, strict=True) if not isinstance(one, (*MUTABLE, tuple)))


@given(VALUES)
def test_copies_keep_what_is_shared(value: Any) -> None:
    """What is one object in two places of the original is one in the copy, and what is two stays two."""
    made = copy_containers([value, value])
    before, after = walk([value, value]), walk(made)
    places = [(one, other) for one, other in zip(before, after, strict=True) if isinstance(one, MUTABLE)]
    for left, left_copy in places:
        for right, right_copy in places:
            assert (left is right) == (left_copy is right_copy)


@given(VALUES)
def test_replacements(value: Any) -> None:
    """What is to be replaced is so in every place, and the rest is copied."""
    made = copy_containers([value, LEAF, {"a": (LEAF,)}], {id(LEAF): "leaf"})
    assert (made[1:], any(each is LEAF for each in walk(made))) == (["leaf", {"a": ("leaf",)}], False)


@given(st.lists(st.sampled_from(["list", "dict", "tuple"]), max_size=5))
def test_cycles_are_refused(layers: list[str]) -> None:
    """A container that holds itself, however deep inside, is an error."""
    top: list[Any] = []
    inner: Any = top
    for layer in layers:
        inner = [inner] if layer == "list" else {"a": inner} if layer == "dict" else (inner,)
    top.append(inner)
    with pytest.raises(CycleError):
        copy_containers({"a": top})
