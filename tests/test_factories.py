"""Factories of every kind: what a config gives reaches the constructor, whatever way it was written."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import KW_ONLY, InitVar, dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, Generic, Literal, NamedTuple, NotRequired, Required, TypedDict, TypeVar, Unpack

import pydantic.dataclasses
import pytest
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypeAliasType
from typing_extensions import TypedDict as ExtendedTypedDict  # pydantic asks for it before Python 3.12

from tests.components import registry_of_parts
from typed_registry import Registry
from typed_registry.errors import ConfigError, ContractError

T = TypeVar("T")


class Weighs:
    """Fits the protocol; holds what it was given."""

    got: dict[str, Any]

    def weight(self) -> float:
        return 0.0


def keeps(**values: Any) -> Weighs:
    made = Weighs()
    made.got = values
    return made


@dataclass
class Plain(Weighs):
    number: int
    name: str = "n"
    sizes: list[int] = field(default_factory=lambda: [1])
    secret: InitVar[int] = 0
    _: KW_ONLY
    last: bool = False
    derived: int = field(init=False, default=7)

    def __post_init__(self, secret: int) -> None:
        self.got = {"number": self.number, "name": self.name, "sizes": self.sizes, "secret": secret, "last": self.last}


@dataclass(frozen=True, slots=True)
class Frozen:
    number: int
    name: str = "n"

    @property
    def got(self) -> dict[str, Any]:
        return {"number": self.number, "name": self.name}

    def weight(self) -> float:
        return 0.0


class Model(BaseModel):
    number: Annotated[int, Field(ge=0)]
    name: str = "n"

    @property
    def got(self) -> dict[str, Any]:
        return {"number": self.number, "name": self.name}

    def weight(self) -> float:
        return 0.0


@pydantic.dataclasses.dataclass
class PydanticDataclass:
    number: Annotated[int, Field(ge=0)]
    name: str = "n"

    @property
    def got(self) -> dict[str, Any]:
        return {"number": self.number, "name": self.name}

    def weight(self) -> float:
        return 0.0


class Tuple(NamedTuple):
    number: int
    name: str = "n"

    @property
    def got(self) -> dict[str, Any]:
        return {"number": self.number, "name": self.name}

    def weight(self) -> float:
        return 0.0


class OnlyNew:
    got: dict[str, Any]

    def __new__(cls, number: int, name: str = "n") -> OnlyNew:
        made = super().__new__(cls)
        made.got = {"number": number, "name": name}
        return made

    def weight(self) -> float:
        return 0.0


class Parent(Weighs):
    def __init__(self, number: int, name: str = "n") -> None:
        self.got = {"number": number, "name": name}


class Inherits(Parent):
    pass


class Follows(Parent):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)


class FollowsTwice(Follows):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PositionalOnly(Weighs):
    def __init__(self, number: int, name: str = "n", /) -> None:
        self.got = {"number": number, "name": name}


class KeywordOnly(Weighs):
    def __init__(self, *, number: int, name: str = "n") -> None:
        self.got = {"number": number, "name": name}


class OldStyle(Weighs):
    def __init__(self, number: "int", name: "str" = "n") -> None:  # noqa: UP037
        self.got = {"number": number, "name": name}

    @classmethod
    def make(cls, number: int, name: str = "n") -> OldStyle:
        return cls(number, name)

    @staticmethod
    def make_static(number: int, name: str = "n") -> OldStyle:
        return OldStyle(number, name)


class Options(TypedDict, total=False):
    number: Required[int]
    name: str


def unpacked(**options: Unpack[Options]) -> Weighs:
    return keeps(**{"name": "n", **options})


def three(extra: int, number: int, name: str = "n") -> Weighs:
    return keeps(number=number, name=name)


class Maker:
    def __call__(self, number: int, name: str = "n") -> Weighs:
        return keeps(number=number, name=name)

    def method(self, number: int, name: str = "n") -> Weighs:
        return keeps(number=number, name=name)


def passes_on(function: Callable[..., Weighs]) -> Callable[..., Weighs]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Weighs:
        return function(*args, **kwargs)

    return wrapper


@passes_on
def wrapped(number: int, name: str = "n") -> Weighs:
    return keeps(number=number, name=name)


class Generically(Weighs, Generic[T]):
    def __init__(self, number: int, name: str = "n", value: T | None = None) -> None:
        self.got = {"number": number, "name": name}


FACTORIES: list[Any] = [
    *(Plain, Frozen, Model, PydanticDataclass, Tuple, OnlyNew, Inherits, Follows, FollowsTwice, PositionalOnly, KeywordOnly, OldStyle),
    *(
        OldStyle.make,
        OldStyle.make_static,
        unpacked,
        functools.partial(three, 1),
        functools.partial(three, extra=1),
        Maker(),
        Maker().method,
    ),
    *(wrapped, Generically),
]


@pytest.mark.parametrize("factory", FACTORIES, ids=lambda factory: getattr(factory, "__name__", type(factory).__name__))
def test_factories(factory: Any) -> None:
    """Each kind is called with validated arguments, keeps its default, and refuses what is wrong."""
    registry = registry_of_parts()
    registry.register("it")(factory)
    for _ in range(2):
        for config, number, name in (({"number": "3"}, 3, "n"), ({"name": "x", "number": 4}, 4, "x")):
            for built in (registry.build({"type": "it", **config}), registry.parse({"type": "it", **config}).build()):
                got: Any = built
                assert (got.got["number"], got.got["name"]) == (number, name)
    for wrong, code, path in (({"number": "x"}, "TR205", ("number",)), ({}, "TR204", ()), ({"number": 1, "nmae": 2}, "TR203", ())):
        with pytest.raises(ConfigError) as caught:
            registry.build({"type": "it", **wrong})
        assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]
    assert [name for name, parameter in registry["it"].parameters.items() if parameter.required] == ["number"]
    assert registry.check() == []


def test_dataclass_fields() -> None:
    """InitVars are parameters, fields without init are none, factories make defaults anew."""
    registry = registry_of_parts()
    registry.register("it")(Plain)
    one: Any = registry.build({"type": "it", "number": 1, "secret": "5", "last": "yes"})
    other: Any = registry.build({"type": "it", "number": 1})
    assert one.got == {"number": 1, "name": "n", "sizes": [1], "secret": 5, "last": True}
    assert one.sizes is not other.sizes
    with pytest.raises(ConfigError, match="unknown argument 'derived'"):
        registry.build({"type": "it", "number": 1, "derived": 3})


def test_star_args() -> None:
    """They are given as a list under their name, after what comes before them."""

    def spread(first: int, /, second: int = 2, *rest: int, last: int = 9) -> Weighs:
        return keeps(first=first, second=second, rest=rest, last=last)

    registry = registry_of_parts()
    registry.register("it")(spread)
    got: Any = registry.build({"type": "it", "first": 1, "rest": ["3", 4]})
    assert got.got == {"first": 1, "second": 2, "rest": (3, 4), "last": 9}
    got = registry.spec(spread, 1, 2, 3, 4, last=5).build()
    assert got.got == {"first": 1, "second": 2, "rest": (3, 4), "last": 5}
    with pytest.raises(ConfigError) as caught:
        registry.build({"type": "it", "first": 1, "rest": [3, "x"]})
    assert [problem.path for problem in caught.value.problems] == [("rest", 1)]


def test_typed_kwargs() -> None:
    """What else is given has the annotated type."""

    def loose(number: int = 0, **more: list[int]) -> Weighs:
        return keeps(number=number, **more)

    registry = registry_of_parts()
    registry.register("it")(loose)
    got: Any = registry.build({"type": "it", "a": ["1"], "b": [2]})
    assert got.got == {"number": 0, "a": [1], "b": [2]}
    with pytest.raises(ConfigError) as caught:
        registry.build({"type": "it", "a": 1, "b": ["x"]})
    assert [problem.path for problem in caught.value.problems] == [("a",), ("b", 0)]


def test_kwargs_followed_into_super() -> None:
    """The keys that a parent takes are known, and so is that there are no others."""
    registry = registry_of_parts()
    registry.register("it")(FollowsTwice)
    assert list(registry["it"].parameters) == ["number", "name"]


def test_partial_with_a_keyword() -> None:
    """What a partial holds is a default."""
    registry = registry_of_parts()
    registry.register("it")(functools.partial(three, 1, name="held"))
    got: Any = registry.build({"type": "it", "number": 2})
    assert got.got == {"number": 2, "name": "held"}
    got = registry.build({"type": "it", "number": 2, "name": "given"})
    assert got.got == {"number": 2, "name": "given"}


def test_class_written_in_c() -> None:
    """A class whose signature Python can tell is a factory; others are told to have none."""
    registry: Registry[Any] = Registry("objects", object)
    registry.register("space")(SimpleNamespace)
    registry.register("delta")(timedelta)
    registry.register("fraction")(float)
    for name, arguments, expected in (("delta", {"days": 2}, timedelta(days=2)), ("fraction", {"x": "1.5"}, 1.5)):
        try:
            built = registry.build({"type": name, **arguments})
        except ContractError as error:
            assert "signature can't be read" in str(error)  # noqa: PT017
        else:
            assert built == expected


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Point(BaseModel):
    model_config = ConfigDict(extra="forbid")
    x: int
    y: int = 0


class Region(ExtendedTypedDict):
    corner: Point
    name: NotRequired[str]


class Custom:
    """No type that pydantic knows."""


Tree = TypeAliasType("Tree", "dict[str, Tree] | list[Tree] | int")
Sizes = TypeAliasType("Sizes", "list[Annotated[int, Field(gt=0)]]")


@pytest.mark.parametrize(
    ("annotation", "given", "expected", "wrong", "path"),
    [
        (Color, "red", Color.RED, "rde", ()),
        (Literal["a", 1, None], 1, 1, 2, ()),
        (Path, "a/b", Path("a/b"), 3, ()),
        (datetime, "2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5), "never", ()),
        (date | None, "2020-01-02", date(2020, 1, 2), "never", ()),
        (Point, {"x": "1"}, Point(x=1), {"x": 1, "z": 2}, ("z",)),
        (list[Point], [{"x": 1}], [Point(x=1)], [{"x": 1}, {"x": "q"}], (1, "x")),
        (Region, {"corner": {"x": 1}}, {"corner": Point(x=1)}, {"corner": {"x": "q"}}, ("corner", "x")),
        (dict[str, Point | int], {"a": 1, "b": {"x": 2}}, {"a": 1, "b": Point(x=2)}, None, ()),
        (Tree, {"a": [1, {"b": 2}]}, {"a": [1, {"b": 2}]}, None, None),
        (Sizes, ["1"], [1], [1, 0], (1,)),
        (set[int], ["1", 1], {1}, ["q"], (0,)),
        (Frozen, {"number": "1"}, Frozen(1), {"number": "q"}, ("number",)),
        (type[int], bool, bool, str, ()),
        (bytes, b"x", b"x", 3, ()),
        (tuple[int, str], ["1", "a"], (1, "a"), [1], ()),
        (tuple[()], [], (), [1], ()),
        (Any, [{"type": "it"}], [{"type": "it"}], None, None),
        (object, {"type": "it"}, {"type": "it"}, None, None),
        (None, None, None, 1, ()),
        (complex, "1+2j", 1 + 2j, "q", ()),
    ],
    ids=str,
)
def test_types_of_parameters(annotation: Any, given: Any, expected: object, wrong: Any, path: Any) -> None:
    """Everything that pydantic validates can be a parameter, and a mistake is told at its place."""

    def takes(it: Any) -> Weighs:
        return keeps(it=it)

    takes.__annotations__["it"] = annotation
    registry = registry_of_parts()
    registry.register("takes")(takes)
    spec = registry.parse({"type": "takes", "it": given})
    for built in (spec.build(), registry.build({"type": "takes", "it": given}), registry.parse(spec.to_config()).build()):
        got: Any = built
        assert got.got == {"it": expected}
    assert spec == registry.parse(spec.to_config())
    if path is not None:
        with pytest.raises(ConfigError) as caught:
            registry.parse({"type": "takes", "it": wrong})
        assert {problem.path for problem in caught.value.problems} == {("it", *path)}


def test_types_that_pydantic_does_not_know() -> None:
    """An instance is asked for, and passed on."""

    def takes(it: Custom, more: dict[str, Custom | None] | None = None) -> Weighs:
        return keeps(it=it, more=more)

    registry = registry_of_parts()
    registry.register("takes")(takes)
    custom = Custom()
    got: Any = registry.build({"type": "takes", "it": custom, "more": {"a": custom, "b": None}})
    assert got.got["it"] is got.got["more"]["a"] is custom
    with pytest.raises(ConfigError) as caught:
        registry.build({"type": "takes", "it": 3, "more": {"a": 4}})
    assert [problem.path for problem in caught.value.problems] == [("it",), ("more", "a")]


def test_keys_are_not_tags_in_recursive_types() -> None:
    """Keys that are called like the members of a union stay in the path, and members' names stay out of it."""

    def takes(it: Tree) -> Weighs:
        return keeps(it=it)

    registry = registry_of_parts()
    registry.register("takes")(takes)
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "takes", "it": {"int": {"list[Tree]": "q"}}})
    paths = {problem.path for problem in caught.value.problems}
    assert paths == {("it",), ("it", "int"), ("it", "int", "list[Tree]")}


def test_unresolvable_annotations() -> None:
    """The first use and check() say which parameter and which name."""
    registry = registry_of_parts()

    def takes(it: Missing) -> Weighs:  # type: ignore[name-defined] # noqa: F821 # pyright: ignore[reportUndefinedVariable, reportUnknownParameterType]
        return keeps()

    registry.register("takes")(takes)  # pyright: ignore[reportUnknownArgumentType]
    with pytest.raises(ContractError, match="'Missing' of parameter 'it' can't be resolved"):
        registry.parse({"type": "takes", "it": 1})
    assert [problem.path for problem in registry.check()] == [("takes",)]


def test_annotations_are_resolved_where_they_were_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An inherited constructor's annotations belong to its own module."""
    module = tmp_path / "far_away_parts.py"
    module.write_text(
        "from __future__ import annotations\n"
        "from pathlib import PurePosixPath as Where\n"
        "class Far:\n"
        "    def __init__(self, where: Where, *others: Where) -> None:\n"
        "        self.got = {'where': where, 'others': others}\n"
        "    def weight(self) -> float:\n"
        "        return 0.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    far = __import__("far_away_parts").Far

    class Near(far):  # type: ignore[misc, valid-type]
        pass

    registry = registry_of_parts()
    registry.register("near")(Near)
    registry.register_lazy("far", "far_away_parts:Far")
    for name in ("near", "far"):
        got: Any = registry.build({"type": name, "where": "a", "others": ["b"]})
        assert (str(got.got["where"]), [str(each) for each in got.got["others"]]) == ("a", ["b"])
    monkeypatch.delitem(sys.modules, "far_away_parts")


def test_registering_reads_no_signature() -> None:
    """Annotations are only looked at when the entry is first used."""

    class Never:
        def __get__(self, instance: object, owner: object) -> Any:
            raise AssertionError("read")

    class Unread(Weighs):
        __signature__ = Never()

        def __init__(self, it: NotThere) -> None: ...  # type: ignore[name-defined] # noqa: F821 # pyright: ignore[reportUndefinedVariable]

    registry = registry_of_parts()
    registry.register("unread")(Unread)  # pyright: ignore[reportUnknownArgumentType]
    assert list(registry) == ["unread"]
