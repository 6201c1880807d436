"""Rules for configs: what they read, what they say, which two of them can be proved apart."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import FrozenInstanceError
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np
import pytest
from pydantic import BaseModel

from typed_registry import Match
from typed_registry.dispatch import MISSING, Clause, Explanation, Rule, RuleIndex, effective_architecture, overlap, value_at
from typed_registry.huggingface import HfConfig


class Raises:
    """Whose every attribute raises, but for those that pytest looks for."""

    def __getattr__(self, name: str) -> NoReturn:
        raise (AttributeError if name == "__name__" else ValueError)(name)


class AnyName:
    """Which has every attribute, as some config classes do."""

    def __getattr__(self, name: str) -> str:
        return f"<{name}>"


class BadList(list[Any]):
    def __len__(self) -> int:
        raise ValueError("no length")


class LlamaConfig:
    """Has attributes alone, no `get`; its model type is of the class, as in transformers."""

    model_type = "llama"

    def __init__(self, *architectures: str) -> None:
        self.architectures = list(architectures) or None


class Nested(BaseModel, extra="allow"):
    depth: int = 3


class TestValueAt:
    @pytest.mark.parametrize(
        ("config", "path", "expected"),
        [
            ({"a": {"b": 1}}, "a.b", 1),
            ({"a": [{"b": 1}]}, "a.0.b", 1),
            ({"a": ({"b": 1}, {"b": 2})}, "a.1.b", 2),
            ({"a": None}, "a", None),
            ({"a": {}}, "a", {}),
            (SimpleNamespace(a=SimpleNamespace(b=[1])), "a.b.0", 1),
            ({"language_config": LlamaConfig("X")}, "language_config.architectures.0", "X"),
            (LlamaConfig(), "model_type", "llama"),
            (Nested.model_validate({"b": {"c": 1}}), "b.c", 1),
            (Nested(), "depth", 3),
            (HfConfig.model_validate({"vision_config": {"depth": 2}, "copy": 5}), "vision_config.depth", 2),
            (HfConfig.model_validate({"copy": 5}), "copy", 5),
            ({"": {"": 1}}, ".", 1),
        ],
    )
    def test_finds(self, config: object, path: str, expected: object) -> None:
        """A path leads through mappings, sequences, models and plain objects."""
        assert value_at(config, path) == expected

    @pytest.mark.parametrize(
        ("config", "path"),
        [
            ({}, "a"),
            ({"a": 1}, "a.b"),
            ({"a": None}, "a.b"),
            ({"a": [1]}, "a.1"),
            ({"a": [1]}, "a.x"),
            ({"a": [1]}, "a."),
            ({}, ""),
            (None, "a"),
            (3, "real"),
            ({"a": "text"}, "a.upper"),
            ({"a": None}, "a.__class__"),
            ({}, "a.__class__"),
            (Raises(), "architectures"),
            ({"a": Raises()}, "a.b.c"),
            (Nested(), "copy"),
            (Nested(), "model_dump"),
            (HfConfig(), "model_fields_set"),
        ],
    )
    def test_is_missing(self, config: object, path: str) -> None:
        """What isn't there, can't be read, or is a method or an attribute of a plain value is missing."""
        assert value_at(config, path) is MISSING

    def test_makes_nothing(self) -> None:
        """Looking into a defaultdict neither finds what it would make nor makes it."""
        config: defaultdict[str, Any] = defaultdict(dict, model_type="x")
        counts = Counter("aab")
        assert (value_at(config, "vision_config"), value_at(counts, "c"), value_at(counts, "a")) == (MISSING, MISSING, 2)
        assert dict(config) == {"model_type": "x"}

    def test_an_object_that_answers_to_any_name(self) -> None:
        """An object with every attribute isn't taken for a pydantic model."""
        assert value_at(AnyName(), "model_type") == "<model_type>"


class TestEffectiveArchitecture:
    @pytest.mark.parametrize(
        ("config", "expected"),
        [
            ({"architectures": ["A", "B"]}, "A"),
            ({"architectures": ("A",)}, "A"),
            ({"architectures": ["A"], "auto_map": {"AutoModel": "m.B"}}, "A"),
            ({"architectures": None, "auto_map": {"AutoModel": "m.B"}}, "B"),
            ({"architectures": [], "auto_map": {"AutoModelForCausalLM": "repo--m.B", "AutoModel": "m.C"}}, "B"),
            ({"auto_map": {"AutoModel": ["m.B", None]}}, "B"),
            ({"auto_map": {"AutoModel": [None, "m.B"]}, "text_config": {"architectures": ["T"]}}, "T"),
            ({"auto_map": {"AutoConfig": "m.Config"}, "llm_config": {"architectures": ["L"]}}, "L"),
            ({"text_config": {"architectures": ["T"]}, "language_config": {"architectures": ["G"]}}, "G"),
            ({"architectures": None, "language_config": LlamaConfig("G")}, "G"),
            (SimpleNamespace(architectures=["A"]), "A"),
            (HfConfig(architectures=["A"]), "A"),
            (HfConfig.model_validate({"text_config": {"architectures": ["T"]}}), "T"),
        ],
    )
    def test_the_first_that_there_is(self, config: object, expected: str) -> None:
        """The own ones go before what `auto_map` names, this before the nested language config's."""
        assert effective_architecture(config) == expected

    @pytest.mark.parametrize(
        "config",
        [
            None,
            3,
            "LlamaForCausalLM",
            [],
            {},
            {"architectures": None},
            {"architectures": []},
            {"architectures": "LlamaForCausalLM"},
            {"architectures": [None]},
            {"architectures": [3, "A"]},
            {"architectures": {"0": "A"}},
            {"architectures": BadList(["A"])},
            {"auto_map": "m.A"},
            {"auto_map": {"AutoModel": 3}},
            {"auto_map": {"AutoModel": []}},
            {"text_config": "A"},
            {"text_config": [{"architectures": ["A"]}]},
            {3: 4},
            Raises(),
            {"language_config": Raises()},
            {"architectures": Raises(), "auto_map": Raises()},
            LlamaConfig(),
            HfConfig(),
        ],
    )
    def test_none_of_odd_shapes(self, config: object) -> None:
        """An odd config has no architecture, and never raises."""
        assert effective_architecture(config) is None


class TestMatch:
    @pytest.mark.parametrize("name", ["architectures", "model_types", "has", "lacks"])
    def test_a_text_is_no_collection(self, name: str) -> None:
        """A text where a collection is due is refused, with what to write."""
        untyped: Any = Match
        with pytest.raises(TypeError, match=rf"{name} takes a set, list or tuple of str, not 'abc'; write \{{'abc'\}} for one"):
            untyped(**{name: "abc"})

    @pytest.mark.parametrize("given", [iter(["a"]), {"a": 1}, None, 3, [3], ["a", None], b"a"])
    @pytest.mark.parametrize("name", ["architectures", "model_types", "has", "lacks"])
    def test_other_collections(self, name: str, given: object) -> None:
        """What isn't a set, list or tuple of str is refused; an iterator would be empty the second time, and the rule take anything."""
        untyped: Any = Match
        with pytest.raises(TypeError, match=f"{name} takes a set, list or tuple of str, not "):
            untyped(**{name: given})

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"where": {"version": 2.5}}, r"where=\{'version': ...\}\) takes a collection of values, not 2.5; write \{2.5\} for one"),
            ({"where": {"model": "abc"}}, r"takes a collection of values, not 'abc'"),
            ({"where": {"model": None}}, r"takes a collection of values, not None"),
            ({"where": {3: [1]}}, r"where takes a set, list or tuple of str"),
            ({"where": ["version"]}, r"where takes a mapping of dotted paths to values, not \['version'\]"),
            ({"predicate": 3}, r"predicate takes a function, not 3"),
            ({"priority": "1"}, r"priority takes an int, not '1'"),
        ],
    )
    def test_wrong_clauses(self, options: dict[str, Any], message: str) -> None:
        """Each other wrong argument is refused where the rule is made, not where a config comes."""
        with pytest.raises(TypeError, match=message):
            Match(**options)

    def test_is_data(self) -> None:
        """Equal rules are equal whatever the kind and the order of a set; they hash, and don't change."""
        rule: Match[Any] = Match(architectures={"B", "A"}, where={"v": {2, 1}})
        assert (rule, hash(rule)) == (Match(architectures=frozenset({"A", "B"}), where={"v": {1, 2}}), hash(rule))
        assert (rule.architectures, rule.where) == (("A", "B"), {"v": (1, 2)})
        with pytest.raises(FrozenInstanceError):
            setattr(rule, "priority", 3)

    @pytest.mark.parametrize(
        ("rule", "config", "failure"),
        [
            (Match(), None, None),
            (Match(architectures={"A"}), {"architectures": ["B", "A"]}, "architecture is 'B', not one of 'A'"),
            (Match(architectures={"A"}), {"architectures": "A"}, "architecture is None, not one of 'A'"),
            (Match(architectures={"A"}), Raises(), "architecture is None, not one of 'A'"),
            (Match(architectures=["A", "B"]), {"architectures": ["B"]}, None),
            (Match(model_types=("a",)), LlamaConfig(), "model_type is 'llama', not one of 'a'"),
            (Match(model_types={"llama"}), LlamaConfig(), None),
            (Match(has={"a"}), {"a": {}}, None),
            (Match(has={"a"}), {"a": []}, None),
            (Match(has={"a"}), {"a": 0}, None),
            (Match(has={"a"}), {"a": None}, "a is not there"),
            (Match(has={"a.b"}), {"a": {}}, "a.b is not there"),
            (Match(lacks={"a"}), {"a": None}, None),
            (Match(lacks={"a"}), {"a": {}}, "a is there"),
            (Match(lacks={"a"}), {"a": False}, "a is there"),
            (Match(where={"v": {2.5, 2.6}}), {"v": 2.6}, None),
            (Match(where={"v": {2.5, 2.6}}), {"v": "2.6"}, "v is '2.6', not one of 2.5, 2.6"),
            (Match(where={"v": {2.5, 2.6}}), {}, "v is None, not one of 2.5, 2.6"),
            (Match(where={"v": [None, 1]}), {}, None),
            (Match(where={"v": [1]}), {"v": 1.0}, None),
            (Match(where={"v": [1]}), {"v": True}, "v is True, not one of 1"),
            (Match(where={"v": [True]}), {"v": 1}, "v is 1, not one of True"),
            (Match(where={"v": [False]}), {"v": False}, None),
            (Match(where={"v": [[1, {"a": 2}]]}), {"v": [1, {"a": 2}]}, None),
            (Match(where={"v": [[1]]}), {"v": {"a": [1]}}, "v is {'a': [1]}, not one of [1]"),
            (Match(where={"v": [math.nan]}), {"v": math.nan}, "v is nan, not one of nan"),
            (Match(where={"v": [1]}), {"v": np.array([1, 1])}, "v is array([1, 1]), not one of 1"),
            (Match(where={"v": ()}), {"v": 1}, "v is 1, not one of "),
            (Match(where={"v": tuple(range(9))}), {"v": 9}, "v is 9, not one of 0, 1, 2, 3, ..."),
            (Match(predicate=bool), {}, "the predicate says no"),
            (Match(predicate=bool), {"a": 1}, None),
        ],
    )
    def test_failure(self, rule: Match[Any], config: object, failure: str | None) -> None:
        """A rule says why it doesn't take a config, or takes it."""
        assert rule.failure(config) == failure

    def test_the_predicate_is_asked_last(self) -> None:
        """What another clause refuses never reaches the predicate."""
        asked: list[object] = []

        def predicate(config: object) -> bool:
            asked.append(config)
            return True

        rule: Match[Any] = Match(has={"a"}, where={"v": [1]}, predicate=predicate)
        failures = [rule.failure(config) for config in ({}, {"a": 1}, {"a": 1, "v": 1})]
        assert (failures, asked) == (["a is not there", "v is None, not one of 1", None], [{"a": 1, "v": 1}])

    def test_explain(self) -> None:
        """The clauses up to the first that fails are told, and what holds, with its value."""
        rule: Match[Any] = Match(architectures={"A"}, has={"b"}, lacks={"c"}, where={"v": {1}})
        right = {"architectures": ["A"], "b": 1, "v": 1}
        held = (Clause("architecture 'A'", None), Clause("has b", None), Clause("lacks c", None), Clause("v 1", None))
        assert rule.explain("it", right) == Explanation("it", True, held)
        assert rule.explain("it", right).reason == "architecture 'A', has b, lacks c, v 1"
        failed = (*held[:2], Clause("lacks c", "c is there"))
        assert rule.explain("it", {**right, "c": 1}) == Explanation("it", False, failed)
        assert rule.explain("it", {**right, "c": 1}).reason == "c is there"
        assert Match[Any]().explain("it", {}).reason == "takes any config"

    def test_explain_of_a_predicate_that_raises(self) -> None:
        """A predicate that raises is a clause that fails."""
        rule: Match[Any] = Match(has={"a"}, predicate=lambda config: config.missing)
        told = rule.explain("it", {"a": 1})
        assert (told.takes, [clause.name for clause in told.clauses]) == (False, ["has a", "predicate"])
        assert told.reason.startswith("the predicate raised AttributeError(")


def rule(**clauses: Any) -> Match[Any]:
    return Match(**clauses)


class TestOverlap:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (rule(architectures={"A"}), rule(architectures={"B"})),
            (rule(model_types={"a"}), rule(model_types={"b"})),
            (rule(model_types={"a"}), rule(where={"model_type": {"b"}})),
            (rule(model_types={"a"}), rule(lacks={"model_type"})),
            (rule(has={"a"}), rule(lacks={"a"})),
            (rule(has={"a.b"}), rule(lacks={"a"})),
            (rule(has={"a.b.c"}), rule(lacks={"a"})),
            (rule(has={"a.b"}), rule(where={"a": [None]})),
            (rule(where={"a": [1]}), rule(lacks={"a"})),
            (rule(where={"a.b": [1]}), rule(lacks={"a"})),
            (rule(where={"a": [None]}), rule(has={"a"})),
            (rule(where={"a": {1, 2}}), rule(where={"a": {3}})),
            (rule(where={"a": [True]}), rule(where={"a": [1]})),
            (rule(where={"a": [math.nan]}), rule(where={"a": [math.nan]})),
            (rule(where={"a": []}), rule()),
            (rule(has={"a"}, lacks={"a"}), rule()),
            (rule(architectures={"A"}, where={"v": {1}}), rule(architectures={"A"}, where={"v": {2}})),
            (rule(architectures={"A"}, has={"x"}, predicate=bool), rule(architectures={"A"}, lacks={"x"})),
            (rule(where={"a": [[1, 2]]}), rule(where={"a": [[2, 1]]})),
        ],
    )
    def test_disjoint(self, one: Match[Any], other: Match[Any]) -> None:
        """Rules that contradict each other can't take the same config, whichever is asked about first."""
        assert (overlap(one, other), overlap(other, one)) == (None, None)

    @pytest.mark.parametrize(
        ("one", "other", "example"),
        [
            (rule(architectures={"A", "B"}), rule(architectures={"B", "C"}), {"architectures": ["B"]}),
            (rule(architectures={"A"}), rule(model_types={"a"}), {"architectures": ["A"], "model_type": "a"}),
            (rule(architectures={"A"}), rule(), {"architectures": ["A"]}),
            (rule(), rule(), {"model_type": "any"}),
            (rule(lacks={"a"}), rule(lacks={"b"}), {"model_type": "any"}),
            (rule(has={"a"}), rule(lacks={"a.b"}), {"a": {}}),
            (rule(has={"a"}), rule(has={"a.b"}), {"a": {"b": {}}}),
            (rule(has={"a.b"}), rule(has={"a.c"}), {"a": {"b": {}, "c": {}}}),
            (rule(where={"v": [1, None]}), rule(lacks={"v"}, has={"x"}), {"x": {}}),
            (rule(where={"v": [None, 1]}), rule(has={"v"}), {"v": 1}),
            (rule(where={"v": [1, None]}), rule(where={"v": [None, 2]}, has={"x"}), {"x": {}}),
            (rule(where={"v": [3, 2]}), rule(where={"v": [2, 3]}), {"v": 2}),
            (rule(where={"v": [[1], [2]]}), rule(where={"v": [[2]]}), {"v": [2]}),
            (rule(where={"v": [{"a": 1}]}), rule(where={"v.b": [2]}), {}),
            (
                rule(where={"language_config.architectures.0": {"L"}}),
                rule(has={"vision_config"}),
                {"language_config": {"architectures": ["L"]}, "vision_config": {}},
            ),
            (rule(architectures={"A"}), rule(has={"architectures.0"}), {"architectures": ["A"]}),
            (rule(where={"v": [1]}), rule(has={"v.b"}), {}),
            (rule(architectures={"A"}), rule(lacks={"architectures"}), {}),
            (rule(architectures={"A"}, predicate=bool), rule(architectures={"A"}), {}),
        ],
    )
    def test_may_overlap(self, one: Match[Any], other: Match[Any], example: dict[str, Any]) -> None:
        """Where nothing proves them apart there is a config that both take, empty if none could be made; the same in both orders."""
        assert (overlap(one, other), overlap(other, one)) == (example, example)
        if example:
            assert (one.failure(example), other.failure(example)) == (None, None)

    def test_a_rule_is_not_changed(self) -> None:
        """Making an example leaves the values of the rules as they are."""
        value: dict[str, Any] = {"a": {"b": 1}}
        one, other = rule(where={"v": [value]}), rule(has={"v.c", "v.a.d"})
        assert (overlap(one, other), value, one.where) == ({}, {"a": {"b": 1}}, {"v": ({"a": {"b": 1}},)})

    def test_values_that_compare_to_arrays(self) -> None:
        """Values whose comparison has no truth value are equal to nothing, and raise nothing."""
        assert overlap(rule(where={"v": [np.array([1, 2])]}), rule(where={"v": [np.array([1, 2])]})) is None


class TestRuleIndex:
    def test_candidates(self) -> None:
        """The index leads to the rules that name the architecture or else the model type, and to those that name neither."""
        rules = {
            "by architecture": rule(architectures={"A", "B"}),
            "other": rule(architectures={"C"}),
            "by type": rule(model_types={"a"}),
            "both": rule(architectures={"A"}, model_types={"z"}),
            "neither": rule(has={"x"}),
        }
        index = RuleIndex(Rule(name, each) for name, each in rules.items())

        def led_to(config: object) -> list[str]:
            return [each.key for each in index.candidates(config)]

        assert led_to({"architectures": ["A"], "model_type": "a"}) == ["by architecture", "both", "by type", "neither"]
        assert led_to({"model_type": "z"}) == ["neither"]
        assert led_to({"model_type": ["a"]}) == led_to(Raises()) == ["neither"]
        assert sorted(index.architectures) == ["A", "B", "C"]
        assert [each.key for each in index.rules] == list(rules)

    def test_overlaps(self) -> None:
        """Each pair that may tie is told once, in the order of the rules; other ranks can't tie."""
        rules = {
            "one": rule(architectures={"A", "B"}),
            "two": rule(architectures={"B", "A"}),
            "typed": rule(model_types={"a"}),
            "typed too": rule(model_types={"a", "b"}, lacks={"x"}),
            "scanned": rule(has={"x"}),
            "first": rule(architectures={"A"}, priority=1),
            "last": rule(fallback=True),
            "apart": rule(architectures={"A"}, model_types={"c"}, lacks={"x"}, where={"v": [1]}),
        }
        index = RuleIndex(Rule(name, each) for name, each in rules.items())
        assert [(one.key, other.key) for one, other, _ in index.overlaps()] == [
            ("one", "two"),
            ("one", "typed"),
            ("one", "typed too"),
            ("one", "scanned"),
            ("one", "apart"),
            ("two", "typed"),
            ("two", "typed too"),
            ("two", "scanned"),
            ("two", "apart"),
            ("typed", "typed too"),
            ("typed", "scanned"),
        ]

    @pytest.mark.parametrize(
        ("other", "example"), [(rule(architectures={"A"}), {"architectures": ["A"]}), (rule(architectures={"A"}, predicate=bool), None)]
    )
    def test_overlap_without_an_example(self, other: Match[Any], example: object) -> None:
        """Where no example could be made there is None."""
        index = RuleIndex([Rule("a", rule(architectures={"A"})), Rule("b", other)])
        assert [found for _, _, found in index.overlaps()] == [example]
