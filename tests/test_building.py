"""Building: all of a config is checked first, then its components are made."""

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import pytest
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from tests.components import MADE, PARTS, Chain, Leaf, Many, Opaque, Pair, Part, at_depth, deep, registry_of_parts
from typed_registry import BuildSpec, Registry, deferred
from typed_registry.errors import ConfigError, ConfigWarning, ContractError, LoadError


class Shape(Protocol):
    def area(self) -> float: ...


def problems_of(registry: Registry[Any], config: object) -> list[tuple[tuple[object, ...], str]]:
    """Where and what is wrong, the same for `parse` and `build`, with nothing built."""
    before = list(MADE)
    found: list[list[tuple[tuple[object, ...], str]]] = []
    calls: list[Any] = [registry.parse, registry.build]
    for call in calls:
        with pytest.raises(ConfigError) as caught:
            call(config)
        found.append([(problem.path, problem.code) for problem in caught.value.problems])
    assert before == MADE
    assert found[0] == found[1]
    return found[0]


# --- what is checked ---


def test_all_problems_of_the_whole_tree() -> None:
    """Every branch is looked at, whatever is wrong in another one, and told in the order of the config."""
    config = {
        "type": "pair",
        "second": {"type": "many", "items": [{"type": "leaf", "value": "x"}, {"type": "laef"}, {"value": 1}, 3], "factors": {"a": "b"}},
        "frist": 1,
        "first": {"type": "table", "named": {"a": {"type": "leaf", "vlaue": 2}, "b": {"type": "pair"}}, "rest": 5},
    }
    assert problems_of(PARTS, config) == [
        ((), "TR203"),
        (("second", "items", 0, "value"), "TR205"),
        (("second", "items", 1), "TR201"),
        (("second", "items", 2), "TR202"),
        (("second", "items", 3), "TR206"),
        (("second", "factors", "a"), "TR205"),
        (("first", "named", "a"), "TR203"),
        (("first", "named", "b"), "TR204"),
        (("first", "named", "b"), "TR204"),
        (("first", "rest"), "TR206"),
    ]


def test_problems_hold_the_input_and_the_nearest_name() -> None:
    """A problem says what was given, and what may have been meant."""
    with pytest.raises(ConfigError) as caught:
        PARTS.parse({"type": "pair", "first": {"type": "leaf", "vlaue": 7}, "second": {"type": "leaf", "value": [1]}})
    first, second = caught.value.problems
    assert (first.input, first.suggestion, second.input, second.suggestion) == (7, "value", [1], None)
    assert str(first) == "first: TR203 unknown argument 'vlaue' of 'leaf'; did you mean 'value'?"
    assert str(second) == "second.value: TR205 input should be a valid number, not [1]"


def test_constraints_and_conversions() -> None:
    """Annotations hold as pydantic has them: lax, with Field."""
    got: list[object] = []

    def tuned(scale: Annotated[float, Field(gt=1)], mode: Literal["fast", "slow"] = "fast", *, sizes: tuple[int, ...] = ()) -> Leaf:
        got.extend((scale, mode, sizes))
        return Leaf()

    registry = registry_of_parts()
    registry.register("tuned")(tuned)
    registry.build({"type": "tuned", "scale": "1.5", "sizes": ["3", 4]})
    assert got == [1.5, "fast", (3, 4)]
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "tuned", "scale": 1, "mode": "fats", "sizes": [1, "x"]})
    assert [(problem.path, problem.suggestion) for problem in caught.value.problems] == [
        (("scale",), None),
        (("mode",), "fast"),
        (("sizes", 1), None),
    ]


def test_strict_registries_convert_nothing() -> None:
    """`strict=True` is pydantic's strict mode: for configs, specs, entries, other mappings, repeatedly."""

    def plain(number: float, sizes: list[int] | None = None, limits: Annotated[int, Field(ge=0)] = 0) -> Leaf:
        return Leaf(number)

    def more(number: float, **rest: int) -> Leaf:
        return Leaf(number)

    registry = registry_of_parts(strict=True)
    registry.register("plain")(plain)
    registry.register("more")(more)
    for _ in range(3):
        assert registry.build({"type": "plain", "number": 1.5, "sizes": [1]}) == Leaf(1.5)
        assert registry.spec(plain, 1.5).build() == Leaf(1.5)
        assert registry["plain"].build(number=1.5) == Leaf(1.5)
        assert problems_of(registry, {"type": "plain", "number": "1.5", "sizes": ["1"], "limits": "2"}) == [
            (("number",), "TR205"),
            (("sizes", 0), "TR205"),
            (("limits",), "TR205"),
        ]
        assert problems_of(registry, {"type": "more", "number": "1.5", "a": "1"}) == [(("number",), "TR205"), (("a",), "TR205")]


def test_unions_have_clean_paths() -> None:
    """No tag of a union and no name of a validator comes into a path, whatever the keys are called."""

    def mixed(
        plain: dict[str, int | list[bool]] | None = None,
        checked: Annotated[dict[str, int | list[int]], Field(min_length=1)] | int = 0,
        func: Annotated[list[int], AfterValidator(lambda value: value)] | None = None,
    ) -> Leaf:
        return Leaf()

    registry = registry_of_parts()
    registry.register("mixed")(mixed)
    config = {"type": "mixed", "plain": {"int": "x"}, "checked": {"int": "x", "list[int]": [1, "y"]}, "func": [1, "z"]}
    assert set(problems_of(registry, config)) == {
        (("plain", "int"), "TR205"),
        (("checked",), "TR205"),
        (("checked", "int"), "TR205"),
        (("checked", "list[int]"), "TR205"),
        (("checked", "list[int]", 1), "TR205"),
        (("func", 1), "TR205"),
    }


def test_errors_of_users_validators() -> None:
    """Their text is told at the path; their own error types don't pass for ours."""

    def odd(value: int) -> int:
        raise PydanticCustomError("TRY_AGAIN", "try {value} again", {"value": value})

    def bad(value: int) -> int:
        raise ValueError("no good")

    def checked(one: Annotated[int, AfterValidator(odd)], two: Annotated[int, AfterValidator(bad)]) -> Leaf:
        return Leaf()

    registry = registry_of_parts()
    registry.register("checked")(checked)
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "checked", "one": 1, "two": 2})
    assert [str(problem) for problem in caught.value.problems] == [
        "one: TR205 try 1 again, not 1",
        "two: TR205 value error, no good, not 2",
    ]


def test_children_come_first_in_the_order_of_the_config() -> None:
    """Whatever the order of the parameters, and in containers too."""
    order: list[str] = []

    class Noted(Leaf):
        def __post_init__(self) -> None:
            order.append(self.label)

    registry = registry_of_parts()
    registry.register("noted")(Noted)

    @registry.register("joint")
    def joint(label: str, parts: dict[str, Part] | None = None, one: Part | None = None, **more: Part) -> Leaf:
        order.append(label)
        return Leaf()

    def noted(label: str) -> dict[str, object]:
        return {"type": "noted", "label": label}

    registry.build(
        {
            "type": "joint",
            "extra": noted("a"),
            "one": {"type": "joint", "one": noted("b"), "label": "c", "parts": {"x": noted("d"), "y": noted("e")}},
            "parts": {"z": noted("f")},
            "last": noted("g"),
            "label": "h",
        }
    )
    assert order == ["a", "b", "d", "e", "c", "f", "g", "h"]


# --- construction ---


class RefusedError(Exception):
    """A component's own."""


@pytest.mark.parametrize("kind", [ValueError, TypeError, KeyError, AssertionError, RefusedError, RecursionError])
def test_a_components_own_exception(kind: type[Exception]) -> None:
    """It keeps its type, and one note tells path, name, registry and place of registration."""
    registry = registry_of_parts()
    registry.register("many")(Many)
    error = kind("broken")

    @registry.register("broken")
    def broken(number: int = 1) -> Leaf:
        error.__notes__ = []
        raise error

    where = registry["broken"].where
    assert where.file == __file__
    for config, path in (({"type": "broken"}, "the config"), ({"type": "many", "items": [{"type": "broken"}]}, "items[0]")):
        builds: list[Any] = [registry.build, lambda config: registry.parse(config).build()]
        for build in builds:
            for _ in range(2):  # the second time on the quick way
                with pytest.raises(kind) as caught:
                    build(config)
                assert caught.value is error
                assert caught.value.__notes__ == [f"while building {path}: 'broken' of registry 'own' ({where})"]


def test_notes_tell_the_place_in_the_file(tmp_path: Path) -> None:
    """A spec from a file remembers where each component stands."""
    registry = registry_of_parts()
    registry.register("many")(Many)

    @registry.register("broken")
    def broken() -> Leaf:
        raise RefusedError

    file = tmp_path / "parts.json"
    file.write_text('{"$schema": "x",\n "type": "many",\n "items": [\n  {"type": "broken"}]}')
    spec = registry.parse_file(file)
    assert spec.to_config() == {"type": "many", "items": [{"type": "broken"}]}
    for build in (spec.build, lambda: registry.build(spec)):
        with pytest.raises(RefusedError) as caught:
            build()
        (note,) = caught.value.__notes__
        assert note.startswith("while building items[0]: 'broken' of registry 'own'")
        assert f"from {file}:4" in note


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"type": "leaf",\n "vlaue": 1}'),
        ("a.toml", 'type = "leaf"\nvlaue = 1'),
        ("a.yaml", "type: leaf\nvlaue: 1"),
    ],
)
def test_files_of_three_formats(tmp_path: Path, name: str, text: str) -> None:
    """YAML, JSON and TOML are told apart by suffix; problems carry their place."""
    file = tmp_path / name
    file.write_text(text.replace("vlaue", "value"))
    assert PARTS.parse_file(str(file)) == PARTS.spec(Leaf, 1.0)
    assert PARTS.parse_file(file, defaults={"label": "d", "value": 9}).arguments == {"value": 1, "label": "d"}
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        PARTS.parse_file(file)
    (problem,) = caught.value.problems
    assert (problem.path, problem.place is not None and problem.place.line) == ((), 2)
    assert str(file) in str(caught.value)


def test_building_inside_a_constructor() -> None:
    """A component may use registries while it is being built."""
    registry = registry_of_parts()
    registry.register("leaf")(Leaf)

    @registry.register("outer")
    class Outer:
        def __init__(self, config: dict[str, Any], depth: int = 0) -> None:
            self.inner = registry.build({"type": "outer", "config": config, "depth": depth - 1} if depth else config)

        def weight(self) -> float:
            return self.inner.weight()

    assert registry.build({"type": "outer", "config": {"type": "leaf", "value": 3}, "depth": 20}).weight() == 3
    with pytest.raises(ConfigError, match="vlaue") as caught:
        registry.build({"type": "outer", "config": {"type": "leaf", "vlaue": 3}})
    assert any("while building the config: 'outer'" in note for note in caught.value.__notes__)


def test_a_product_that_breaks_the_contract() -> None:
    """What a factory made is looked at once for each type, and named."""
    registry = registry_of_parts()

    @registry.register("sometimes")
    def sometimes(right: bool) -> Any:
        return Leaf() if right else object()

    assert registry.build({"type": "sometimes", "right": True}) == Leaf()
    for _ in range(2):
        with pytest.raises(ContractError, match="the object that it built is no Part"):
            registry.build({"type": "sometimes", "right": False})


def test_deprecated_entries_warn_once() -> None:
    """The first build tells what to use instead."""
    registry = registry_of_parts()
    registry.register("old", deprecated="use 'new'")(Leaf)
    with pytest.warns(DeprecationWarning, match="'old' of registry 'own' is deprecated: use 'new'"):
        registry.build({"type": "old"})
    registry.build({"type": "old"})


def test_values_are_built_as_they_are() -> None:
    """An entry that is a product itself takes no arguments."""

    class Activation(Protocol):
        def __call__(self, x: float, /) -> float: ...

    def relu(x: float, /) -> float:
        return max(x, 0.0)

    registry: Registry[Activation] = Registry("activations", Activation)
    registry.register_value("relu", relu)
    for _ in range(2):
        assert registry.build({"type": "relu"}) is relu
        assert registry.parse({"type": "relu"}).build() is relu
        assert registry["relu"].build() is relu
        assert problems_of(registry, {"type": "relu", "x": 1}) == [((), "TR203")]
    wrong: Any = registry.register_value
    with pytest.raises(ContractError):
        wrong("three", 3)


# --- lazy targets, near misses, defaults ---


@pytest.mark.parametrize("where", ["top", "nested"])
def test_a_lazy_target_that_can_not_be_loaded(where: str) -> None:
    """That is no fault of the config: it comes at once, before other problems, with the path as a note."""
    registry = registry_of_parts()
    registry.register("pair")(Pair)
    registry.register_lazy("gone", "no_such_package_here:Thing", requires="no_such_package_here", extra="parts[gone]")
    config = {"type": "gone"} if where == "top" else {"type": "pair", "first": {"type": "gone"}, "second": {"type": "nothing"}, "x": 1}
    calls: list[Any] = [registry.parse, registry.build]
    for call in calls:
        with pytest.raises(LoadError, match=r"pip install 'parts\[gone\]'") as caught:
            call(config)
        assert caught.value.missing == ("no_such_package_here",)
        assert caught.value.__notes__ == [f"while checking {'the config' if where == 'top' else 'first'}: 'gone' of registry 'own'"]
    assert [problem.code for problem in registry.check()] == ["TR105"]


def test_lazy_entries_are_loaded_by_use() -> None:
    """Listing imports nothing, building does."""
    registry = registry_of_parts()
    registry.register_lazy("leaf", "tests.components:Leaf")
    assert not registry["leaf"].is_loaded
    assert registry.build({"type": "leaf"}) == Leaf()
    assert registry["leaf"].is_loaded


def test_near_misses_in_untyped_kwargs() -> None:
    """A key that a factory takes without a name of its own, but nearly has one, is most likely a mistake."""

    def loose(scale: float = 1.0, *, size: int = 2, **more: Any) -> Leaf:
        return Leaf()

    registry = registry_of_parts()
    registry.register("loose")(loose)
    registry.register("many")(Many)
    with pytest.warns(ConfigWarning, match=r"TR290 items\[0\]: 'loose' takes any argument, 'scael' too; is 'scale' meant\?"):
        registry.parse({"type": "many", "items": [{"type": "loose", "scael": 2}]})
    registry.parse({"type": "loose", "colour": 2, "scale": 3, "scales": 4})  # no warning: nothing near is absent


def test_defaults() -> None:
    """They fill what the top level leaves out, lose against it, and are validated with it."""
    assert PARTS.build({"type": "leaf", "value": 2}, defaults={"value": 3, "label": "d"}) == Leaf(2.0, "d")
    assert PARTS.build({}, defaults={"type": "leaf"}) == Leaf()
    assert PARTS.build(PARTS.spec(Leaf, 2.0), defaults={"value": 3, "label": "d"}) == Leaf(2.0, "d")
    assert PARTS.build(PARTS.spec(Leaf), defaults={"type": "many", "label": "d"}) == Leaf(1.0, "d")
    spec = PARTS.parse(
        {"type": "pair", "first": {"type": "leaf"}}, defaults={"second": deferred(PARTS.spec(Leaf, 4.0)), "first": {"type": "none"}}
    )
    assert spec.build() == Pair(Leaf(), Leaf(4.0))
    for config in ({"type": "leaf"}, PARTS.spec(Leaf)):
        with pytest.raises(ConfigError) as caught:
            PARTS.build(config, defaults={"vlaue": 3})
        assert [problem.code for problem in caught.value.problems] == ["TR203"]
    with pytest.raises(ConfigError) as caught:
        PARTS.parse({"type": "leaf"}, defaults={"value": "x"})
    assert [problem.path for problem in caught.value.problems] == [("value",)]


def test_defaults_do_not_reach_nested_components() -> None:
    """Only the top level is filled."""
    spec = PARTS.parse({"type": "many", "items": [{"type": "leaf"}]}, defaults={"factors": {"a": 1.0}})
    assert spec.to_config() == {"type": "many", "items": [{"type": "leaf"}], "factors": {"a": 1.0}}


# --- shapes of configs ---


@pytest.mark.parametrize("through_lists", [False, True])
@pytest.mark.parametrize("call", [PARTS.parse, PARTS.build], ids=["parse", "build"])
def test_deep_configs(call: Any, through_lists: bool) -> None:
    """500 levels work, right and wrong, on a stack that is in use already."""
    at_depth(200, lambda: call(deep(500, through_lists=through_lists)))
    config = deep(500, through_lists=through_lists)
    innermost: Any = config
    while innermost["type"] == "chain":
        innermost = innermost["items"][0] if through_lists else innermost["inner"]
    innermost["vlaue"] = 1
    with pytest.raises(ConfigError) as caught:
        at_depth(200, lambda: call(config))
    (problem,) = caught.value.problems
    assert problem.path == (("items", 0) if through_lists else ("inner",)) * 500
    assert len(str(caught.value)) <= 10_000


@pytest.mark.parametrize("through_lists", [False, True])
@pytest.mark.parametrize("call", [PARTS.parse, PARTS.build], ids=["parse", "build"])
def test_too_deep(call: Any, through_lists: bool) -> None:
    """Beyond the limit it is one problem, not a crash."""
    with pytest.raises(ConfigError) as caught:
        call(deep(3_000, through_lists=through_lists))
    assert [problem.code for problem in caught.value.problems] == ["TR210"]
    assert "nested deeper than 1000 levels" in str(caught.value)


def cycles() -> list[tuple[dict[str, Any], tuple[object, ...]]]:
    """Configs that hold themselves in some way, and where that shows."""
    direct: dict[str, Any] = {"type": "chain"}
    direct["inner"] = direct
    listed: dict[str, Any] = {"type": "chain"}
    listed["items"] = [{"type": "leaf"}, {"type": "chain", "inner": listed}]
    ring: list[Any] = [1]
    ring.append({"a": (ring,)})
    return [
        (direct, ("inner",)),
        (listed, ("items", 1, "inner")),
        ({"type": "opaque", "data": ring}, ("data",)),
        ({"type": "many", "items": [{"type": "opaque", "data": ring}]}, ("items", 0, "data")),
    ]


@pytest.mark.parametrize(("config", "path"), cycles(), ids=["direct", "listed", "plain", "nested"])
def test_cycles(config: dict[str, Any], path: tuple[object, ...]) -> None:
    """A config that holds itself is an error that says where."""
    assert problems_of(PARTS, config) == [(path, "TR210")]


def test_the_same_dict_twice() -> None:
    """What a YAML anchor gives: two components, and each mistake in it is told at both places."""
    leaf: dict[str, object] = {"type": "leaf", "value": 2}
    built: Any = PARTS.build({"type": "pair", "first": leaf, "second": leaf})
    assert built == Pair(Leaf(2.0), Leaf(2.0))
    assert built.first is not built.second
    wrong = {"type": "leaf", "vlaue": 2}
    assert problems_of(PARTS, {"type": "table", "rest": wrong, "named": {"a": wrong, "b": {"type": "many", "items": [wrong, wrong]}}}) == [
        (("rest",), "TR203"),
        (("named", "a"), "TR203"),
        (("named", "b", "items", 0), "TR203"),
        (("named", "b", "items", 1), "TR203"),
    ]


def test_the_same_dict_as_data_and_as_component() -> None:
    """A problem is told where the component is due, not where the same dict is only data."""

    def both(data: Any, part: Part) -> Leaf:
        return Leaf()

    registry = registry_of_parts()
    registry.register("both")(both)
    registry.register("leaf")(Leaf)
    wrong = {"type": "leaf", "vlaue": 2}
    assert problems_of(registry, {"type": "both", "data": [wrong], "part": wrong}) == [(("part",), "TR203")]


def test_wide_configs() -> None:
    """A long list is no problem, nor are many problems."""
    assert PARTS.build({"type": "many", "items": [{"type": "leaf"}] * 2_000}).weight() == 2_000
    found = problems_of(PARTS, {"type": "many", "items": [{"type": "leaf", "vlaue": 1}] * 100})
    assert found == [(("items", index), "TR203") for index in range(100)]


# --- threads ---


@pytest.fixture
def hurried_threads() -> Iterator[None]:
    """Threads that take turns as often as can be."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("hurried_threads")
def test_first_use_by_many_threads() -> None:
    """An entry's validator may be made by several threads at once."""
    for _ in range(20):
        registry = registry_of_parts()

        class Local:
            pass

        @registry.register("local")
        def local(
            number: int, other: Local | None = None, part: Part | None = None, sizes: Annotated[list[int], Field(max_length=3)] = []
        ) -> Leaf:
            return Leaf(number)

        registry.register("pair")(Pair)
        start = threading.Barrier(8)

        def build(number: int, registry: Registry[Part] = registry, start: threading.Barrier = start) -> float:
            start.wait()
            inner = {"type": "local", "number": str(number)}
            return registry.build({"type": "pair", "first": inner, "second": inner}).weight()

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(build, range(8))) == [2.0 * number for number in range(8)]


def test_registry_change_after_a_build() -> None:
    """A spec builds what its name stands for now; what is no longer there is told."""
    registry = registry_of_parts()
    registry.register("leaf")(Leaf)
    spec: BuildSpec[Any] = registry.parse({"type": "leaf"})
    assert spec.build() == Leaf()
    registry.register("leaf", override=True)(Opaque)
    assert spec.build() == Opaque()
    registry.unregister("leaf")
    with pytest.raises(ConfigError, match="unknown name 'leaf'"):
        spec.build()


def test_check_finds_what_first_use_would() -> None:
    """Annotations that can't be validated are known without a config."""
    registry = registry_of_parts()

    class Silent:
        @classmethod
        def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
            raise NotImplementedError

    @registry.register
    def silent(value: Silent) -> Leaf:
        return Leaf()

    (problem,) = registry.check()
    assert (problem.path, problem.code) == (("silent",), "TR104")
    assert "parameter 'value' can't be validated: NotImplementedError" in problem.message
    with pytest.raises(ContractError, match="silent"):
        registry.parse({"type": "silent"})


def test_a_parameter_called_type_is_refused() -> None:
    """It could never be given."""
    registry = registry_of_parts()

    @registry.register
    def typed(type: str) -> Leaf:  # noqa: A002
        return Leaf()

    with pytest.raises(ContractError, match="Rename the parameter 'type'"):
        registry.parse({"type": "typed"})
    assert [problem.path for problem in registry.check()] == [("typed",)]


def test_depth_of_products_does_not_matter() -> None:
    """The components themselves are as deep as the config says."""
    built: Any = PARTS.build(deep(500))
    levels = 0
    while isinstance(built, Chain):
        built, levels = built.inner, levels + 1
    assert (levels, built) == (500, Leaf())
