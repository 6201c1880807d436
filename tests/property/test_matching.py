"""Laws of choosing by config: no order decides, the index changes nothing, what is proved apart is apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.vision import VisionModel
from typed_registry import Match, Registry
from typed_registry.dispatch import Rule, RuleIndex, overlap, value_at
from typed_registry.errors import AmbiguousMatchError, MatchError, NoMatchError

Config = dict[str, Any]

ARCHITECTURES = ["A", "B", "AForCausalLM"]
MODEL_TYPES = ["a", "b"]
PATHS = ["x", "x.y", "x.y.z", "x.0", "v", "model_type", "architectures", "architectures.0", "text_config", "text_config.architectures.0"]
TAGS = ["fast", "small"]
LEAVES: st.SearchStrategy[Any] = st.sampled_from([None, True, False, 0, 1, 1.0, 2, "", "A", "a", "b", float("nan")])
VALUES: st.SearchStrategy[Any] = LEAVES | st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("yz0"), inner, max_size=2), max_leaves=3
)
ARCHITECTURE_LISTS = st.none() | st.just("A") | st.lists(st.sampled_from([*ARCHITECTURES, "C", None]), max_size=2)


def always(config: object) -> bool:
    return True


def never(config: object) -> bool:
    return False


def fails(config: object) -> bool:
    raise ValueError("fails")


def names(of: list[str]) -> st.SearchStrategy[list[str]]:
    return st.just(list[str]()) | st.lists(st.sampled_from(of), max_size=2)


RULES: st.SearchStrategy[Match[Any]] = st.builds(
    Match,
    architectures=names(ARCHITECTURES),
    model_types=names(MODEL_TYPES),
    has=names(PATHS),
    lacks=names(PATHS),
    where=st.just(dict[str, list[Any]]()) | st.dictionaries(st.sampled_from(PATHS), st.lists(VALUES, max_size=3), max_size=2),
)
RANKED = st.builds(
    Match,
    architectures=names(ARCHITECTURES),
    model_types=names(MODEL_TYPES),
    has=names(["x", "v"]),
    where=st.just(dict[str, list[Any]]()) | st.fixed_dictionaries({"v": st.lists(LEAVES, min_size=1, max_size=3)}),
    predicate=st.sampled_from([None, None, None, always, never, fails]),
    priority=st.integers(0, 1),
    fallback=st.booleans(),
)
CONFIGS: st.SearchStrategy[Config] = st.fixed_dictionaries(
    {},
    optional={
        "architectures": ARCHITECTURE_LISTS,
        "auto_map": st.fixed_dictionaries({}, optional={"AutoModel": st.sampled_from(["m.A", "repo--m.B", None, ["m.A"]])}),
        "model_type": st.none() | st.sampled_from([*MODEL_TYPES, "c", 3]),
        "text_config": st.none() | st.fixed_dictionaries({}, optional={"architectures": ARCHITECTURE_LISTS}),
        "x": VALUES,
        "v": LEAVES,
    },
)


def placed(config: Config, path: str, value: object) -> Config:
    """A config with a value at a path, mappings being made on the way."""
    first, _, rest = path.partition(".")
    if not rest:
        return {**config, first: value}
    inner = config.get(first)
    return {**config, first: placed(dict(inner) if isinstance(inner, Mapping) else {}, rest, value)}  # pyright: ignore[reportUnknownArgumentType]


@st.composite
def configs_for(draw: st.DrawFn, rule: Match[Any]) -> Config:
    """Configs many of which a rule takes."""
    config = draw(CONFIGS)
    if rule.architectures:
        config["architectures"] = [draw(st.sampled_from(list(rule.architectures)))]
    if rule.model_types:
        config["model_type"] = draw(st.sampled_from(list(rule.model_types)))
    for path in rule.has:
        config = placed(config, path, draw(VALUES))
    for path in rule.lacks:
        if value_at(config, path) is not None and draw(st.booleans()):
            config = placed(config, path, None)
    for path, values in rule.where.items():
        if values:
            config = placed(config, path, draw(st.sampled_from(list(values))))
    return config


def registry_of(rules: list[tuple[str, Match[Any], list[str]]]) -> Registry[VisionModel]:
    registry: Registry[VisionModel] = Registry("models", VisionModel)
    for name, rule, tags in rules:
        registry.register_lazy(name, f"models:{name}", match=rule, tags=tags)
    return registry


def answer(registry: Registry[VisionModel], config: Config, needs: list[str]) -> object:
    """The name of the entry, or the error without the lines of the registrations."""
    try:
        return registry.match(config, needs=needs).name
    except NoMatchError as error:
        return type(error), str(error), error.nearest, error.similar
    except AmbiguousMatchError as error:
        return type(error), error.subject, [name for name, _ in error.entries]
    except MatchError as error:
        return type(error), error.entry, error.reason


@given(st.data(), st.lists(st.tuples(RANKED, names(TAGS)), min_size=1, max_size=6), names(TAGS))
def test_no_order_decides(data: st.DataObject, entries: list[tuple[Match[Any], list[str]]], needs: list[str]) -> None:
    """The answer, or the error with its text, is the same in every order of registration."""
    rules = [(f"entry{number}", rule, tags) for number, (rule, tags) in enumerate(entries)]
    shuffled = data.draw(st.permutations(rules))
    config = data.draw(configs_for(data.draw(st.sampled_from(entries))[0]))
    assert answer(registry_of(rules), config, needs) == answer(registry_of(shuffled), config, needs)


@given(st.data(), st.lists(RULES, min_size=1, max_size=8))
def test_the_index_changes_nothing(data: st.DataObject, rules: list[Match[Any]]) -> None:
    """Asking what the index leads to finds the same as asking every rule."""
    index = RuleIndex(Rule(number, rule) for number, rule in enumerate(rules))
    config = data.draw(configs_for(data.draw(st.sampled_from(rules))))
    taking = [number for number, rule in enumerate(rules) if rule.failure(config) is None]
    assert sorted(rule.key for rule in index.candidates(config) if rule.match.failure(config) is None) == taking


@given(st.data(), st.lists(RANKED, min_size=1, max_size=6))
def test_the_chosen_entry(data: st.DataObject, rules: list[Match[Any]]) -> None:
    """The registry gives what asking every rule and taking the greatest rank gives."""
    config = data.draw(configs_for(data.draw(st.sampled_from(rules))))
    assume(not any(rule.predicate is fails for rule in rules))
    taking = {f"entry{number}": (not rule.fallback, rule.priority) for number, rule in enumerate(rules) if rule.failure(config) is None}
    best = sorted(name for name, rank in taking.items() if rank == max(taking.values()))
    found = answer(registry_of([(f"entry{number}", rule, []) for number, rule in enumerate(rules)]), config, [])
    if len(best) == 1:
        assert found == best[0]
    else:
        assert isinstance(found, tuple)
        assert found[0] is (AmbiguousMatchError if best else NoMatchError)


@settings(max_examples=400)
@given(st.data(), RULES, RULES)
def test_rules_that_are_proved_apart_take_no_config_both(data: st.DataObject, one: Match[Any], other: Match[Any]) -> None:
    """Where `overlap` says that no config is taken by both, none is: not one made for the first rule, nor one made for both."""
    assume(overlap(one, other) is None)
    config = data.draw(configs_for(one))
    for path in other.has:
        if value_at(config, path) is not None and data.draw(st.booleans()):
            config = placed(config, path, data.draw(VALUES))
    assert (one.failure(config) is None and other.failure(config) is None) is False


@settings(max_examples=300)
@given(RULES, RULES)
def test_overlap_is_symmetric_and_its_examples_are_taken_by_both(one: Match[Any], other: Match[Any]) -> None:
    """Both orders give the same answer, and an example is a config that both rules take."""
    found = overlap(one, other)
    assert (overlap(other, one) is None) == (found is None)
    assert bool(overlap(other, one)) == bool(found)
    if found:
        assert (one.failure(found), other.failure(found)) == (None, None)


@given(st.data(), RULES)
def test_a_rule_that_takes_a_config_overlaps_itself(data: st.DataObject, rule: Match[Any]) -> None:
    """A rule that some config satisfies isn't proved apart from itself."""
    config = data.draw(configs_for(rule))
    assume(rule.failure(config) is None)
    assert overlap(rule, rule) is not None


@given(st.data(), st.lists(RULES, min_size=2, max_size=5))
def test_what_ties_was_told_by_check(data: st.DataObject, rules: list[Match[Any]]) -> None:
    """Two rules that tie for some config are a pair that the index tells of beforehand."""
    config = data.draw(configs_for(data.draw(st.sampled_from(rules))))
    index = RuleIndex(Rule(number, rule) for number, rule in enumerate(rules))
    told = {(first.key, second.key) for first, second, _ in index.overlaps()}
    taking = [number for number, rule in enumerate(rules) if rule.failure(config) is None]
    assert {(one, other) for one in taking for other in taking if one < other} <= told


@given(st.recursive(VALUES, lambda inner: st.dictionaries(st.sampled_from([*PATHS, "auto_map"]), inner, max_size=4)), RULES)
def test_nothing_raises(config: object, rule: Match[Any]) -> None:
    """Whatever a config is, a rule takes it or says why not, and its explanation agrees."""
    told = rule.explain("it", config)
    assert told.takes == (rule.failure(config) is None)
