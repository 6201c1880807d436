"""Laws of specs and building, on random trees of components and random mistakes in them."""

# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.components import MADE, PARTS, Chain, Leaf, Many, Pair, Part, Table
from typed_registry.errors import ConfigError

Config = dict[str, Any]
Path = tuple[Any, ...]

NUMBERS = st.floats(allow_nan=False) | st.integers(-100, 100)
KEYS = st.text("abtype", min_size=1, max_size=4)


def leaves() -> st.SearchStrategy[Config]:
    return st.fixed_dictionaries({"type": st.sampled_from(["leaf", "sheet"])}, optional={"value": NUMBERS, "label": st.text(max_size=3)})


def inner_nodes(children: st.SearchStrategy[Config]) -> st.SearchStrategy[Config]:
    return st.one_of(
        st.fixed_dictionaries({"type": st.just("pair"), "second": children, "first": children}),
        st.fixed_dictionaries(
            {"items": st.lists(children, max_size=3), "type": st.just("many")},
            optional={"factors": st.dictionaries(KEYS, NUMBERS, max_size=2)},
        ),
        st.fixed_dictionaries(
            {"type": st.just("table"), "named": st.dictionaries(KEYS, children, max_size=3)}, optional={"rest": st.none() | children}
        ),
        st.fixed_dictionaries(
            {"type": st.just("chain")}, optional={"inner": st.none() | children, "items": st.lists(children, max_size=2)}
        ),
    )


TREES: st.SearchStrategy[Config] = st.recursive(leaves(), inner_nodes, max_leaves=12)


def constructed(config: Config) -> Any:
    """The component of a right config, by calling the classes."""
    arguments: dict[str, Any] = {key: value for key, value in config.items() if key != "type"}
    match config["type"]:
        case "pair":
            return Pair(constructed(arguments["first"]), constructed(arguments["second"]))
        case "many":
            return Many([constructed(item) for item in arguments["items"]], arguments.get("factors", {}))
        case "table":
            named = {key: constructed(item) for key, item in arguments["named"].items()}
            return Table(named, constructed(arguments["rest"]) if arguments.get("rest") else None)
        case "chain":
            items = [constructed(item) for item in arguments.get("items", [])]
            return Chain(constructed(arguments["inner"]) if arguments.get("inner") else None, items)
        case _:
            return Leaf(**arguments)


def components(config: Config, path: Path = ()) -> list[tuple[Path, Config]]:
    """Every component of a config, and where it is."""
    found = [(path, config)]
    for key, value in config.items():
        if isinstance(value, dict) and "type" in value and key not in ("named", "factors"):
            found += components(value, (*path, key))
        elif isinstance(value, dict) and key == "named":
            found += [each for name, item in value.items() for each in components(item, (*path, key, name))]
        elif isinstance(value, list):
            found += [each for index, item in enumerate(value) for each in components(item, (*path, key, index))]
    return found


def shuffled(value: Any) -> Any:
    """The same with the keys of every mapping the other way round."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def put(config: Config, path: Path, value: object) -> None:
    holder: Any = config
    for part in path[:-1]:
        holder = holder[part]
    holder[path[-1]] = value


@given(TREES)
def test_building_is_calling_the_classes(config: Config) -> None:
    """Build, parse and build, and calling the constructors by hand give the same, with as many components made."""
    before = copy.deepcopy(config)
    made: list[Part] = []
    counts: list[list[str]] = []
    spec = PARTS.parse(config)
    for call in (lambda: PARTS.build(config), spec.build, lambda: PARTS.build(spec), lambda: constructed(config)):
        MADE.clear()
        made.append(call())
        counts.append(sorted(MADE))
    assert made[0] == made[1] == made[2] == made[3]
    assert counts[0] == counts[1] == counts[2] == counts[3]
    assert config == before


@given(TREES)
def test_specs_round_trip(config: Config) -> None:
    """A spec comes back from its config, from JSON and from a pickle."""
    spec = PARTS.parse(config)
    assert PARTS.parse(spec.to_config()) == spec
    assert PARTS.parse(spec.to_config()).to_config() == spec.to_config()
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert spec.replace() == spec
    try:
        text = spec.to_json()
    except ConfigError as error:  # an infinite float
        assert {problem.code for problem in error.problems} == {"TR211"}  # noqa: PT017
    else:
        assert PARTS.parse(json.loads(text)) == spec


@given(TREES, TREES)
def test_fingerprints_tell_specs_apart(one: Config, other: Config) -> None:
    """Equal specs, and only those, have equal fingerprints, in whatever order their keys are."""
    left, right, turned = PARTS.parse(one), PARTS.parse(other), PARTS.parse(shuffled(one))
    assert left == turned
    assert left.fingerprint() == turned.fingerprint()
    assert hash(left) == hash(turned)
    assert (left == right) == (left.fingerprint() == right.fingerprint())


@given(TREES, st.data())
def test_nested_specs_and_instances_are_as_good_as_configs(config: Config, data: st.DataObject) -> None:
    """Any of the components may be given as a spec, or ready made."""
    expected = constructed(config)
    mixed = copy.deepcopy(config)
    paths = [path for path, _ in components(config) if path]
    chosen = data.draw(st.lists(st.sampled_from(paths), unique=True, max_size=4)) if paths else []
    for path in sorted(chosen, key=len, reverse=True):  # the innermost first, as a spec can't be changed afterwards
        found = next((each for where, each in components(config) if where == path), None)
        assert found is not None
        put(mixed, path, PARTS.parse(found) if data.draw(st.booleans()) else constructed(found))
    assert PARTS.build(mixed) == PARTS.parse(mixed).build() == expected


@given(TREES, st.data())
def test_exactly_the_planted_mistakes_are_reported(config: Config, data: st.DataObject) -> None:
    """With k mistakes in a tree, those k problems are told at their paths, and nothing at all was constructed."""
    found = components(config)
    chosen = data.draw(st.lists(st.integers(0, len(found) - 1), unique=True, min_size=1, max_size=6))
    expected: list[tuple[Path, str]] = []
    for index in chosen:
        path, component = found[index]
        kinds = ["argument"]
        if component["type"] in ("leaf", "sheet"):
            kinds += ["name", "untyped", "value"] + (["three"] if path else [])
        elif component["type"] == "many":
            kinds += ["factors"]
        match data.draw(st.sampled_from(kinds)):
            case "argument":
                component["zzz"] = 1
                expected.append((path, "TR203"))
            case "name":
                component["type"] = "zzz"
                expected.append((path, "TR201"))
            case "untyped":
                del component["type"]
                expected.append((path, "TR202"))
            case "value":
                component["value"] = "zzz"
                expected.append(((*path, "value"), "TR205"))
            case "factors":
                component["factors"] = {"a": 1, "b": "zzz"}
                expected.append(((*path, "factors", "b"), "TR205"))
            case _:
                put(config, path, 3)
                expected.append((path, "TR206"))
    MADE.clear()
    for call in (PARTS.parse, PARTS.build):
        with pytest.raises(ConfigError) as caught:
            call(config)
        assert sorted(map(repr, [(problem.path, problem.code) for problem in caught.value.problems])) == sorted(map(repr, expected))
    assert MADE == []
