"""Choosing by config: which entry of a registry takes it, what is told where none does or several do, and what changes that."""

from __future__ import annotations

import importlib
import pickle
import sys
from collections.abc import Callable
from itertools import permutations
from types import SimpleNamespace
from typing import Any, NoReturn, Protocol

import pytest
from pydantic import BaseModel

from tests.modules import Modules
from tests.vision import VisionModel, new_vision
from typed_registry import Match, Registry
from typed_registry.dispatch import Clause, Explanation
from typed_registry.errors import (
    AmbiguousMatchError,
    ContractError,
    FrozenRegistryError,
    LoadError,
    MatchError,
    NoMatchError,
    Place,
)
from typed_registry.huggingface import HfConfig

LMDEPLOY = {
    "CogVLMForCausalLM",
    "DeepseekVLV2ForCausalLM",
    "Gemma3ForConditionalGeneration",
    "InternVLChatModel",
    "Llama4ForConditionalGeneration",
    "LlavaForConditionalGeneration",
    "LlavaLlamaForCausalLM",
    "MiniCPMV",
    "MolmoForCausalLM",
    "MultiModalityCausalLM",
    "Phi3VForCausalLM",
    "Qwen2VLForConditionalGeneration",
    "Qwen3_5ForConditionalGeneration",
}


class SupportsQuantize(Protocol):
    def quantize(self, bits: int) -> str: ...


class Reader:
    def detect(self, image: str) -> list[str]:
        return [image]


class Quantizing(Reader):
    def quantize(self, bits: int) -> str:
        return f"{bits} bits"


def quantizing() -> Quantizing:
    return Quantizing()


def reader() -> Reader:
    return Reader()


def with_rules(**rules: Match[Any]) -> Registry[VisionModel]:
    """A registry that has an entry for each rule, none of which can be loaded."""
    registry = new_vision()
    for name, rule in rules.items():
        registry.register_lazy(name, f"no_such_models.{name}:Model", match=rule)
    return registry


def for_architecture(name: str, **options: Any) -> Match[Any]:
    return Match(architectures={name}, **options)


def config_of(architecture: str, **rest: object) -> dict[str, object]:
    return {"architectures": [architecture], **rest}


def raising(config: object) -> NoReturn:
    raise ValueError(f"cannot read {len(str(config))} characters")


class TestMatching:
    def test_gives_the_entry(self, vision: Registry[VisionModel]) -> None:
        """The entry whose rule takes the config comes back, be it registered as a class, a function or lazily."""
        vision.register("class", match=for_architecture("A"))(Reader)
        vision.register("function", match=for_architecture("B"))(reader)
        vision.register_lazy("lazy", "no_such_module:Model", match=for_architecture("C"))
        vision.register("ruleless")(Quantizing)
        assert [vision.match(config_of(name)).name for name in "ABC"] == ["class", "function", "lazy"]
        assert vision.match(config_of("A")) is vision["class"]
        assert vision.match(config_of("C")).is_loaded is False

    @pytest.mark.parametrize(
        "config",
        [
            {"architectures": ["DeepseekForCausalLM"], "language_config": {"depth": 3}},
            {"architectures": None, "auto_map": {"AutoModel": "code.DeepseekForCausalLM"}, "language_config": {"depth": 3}},
            SimpleNamespace(architectures=["DeepseekForCausalLM"], language_config=SimpleNamespace(depth=3)),
            HfConfig.model_validate({"architectures": ["DeepseekForCausalLM"], "language_config": {"depth": 3}}),
            type("Config", (BaseModel,), {"model_config": {"extra": "allow"}})(
                architectures=["DeepseekForCausalLM"], language_config=SimpleNamespace(depth=3)
            ),
        ],
        ids=["mapping", "auto_map", "object", "HfConfig", "pydantic"],
    )
    def test_configs_of_all_kinds(self, config: object) -> None:
        """Mappings, plain objects and pydantic models are read alike, and what is nested in them."""
        registry = with_rules(it=for_architecture("DeepseekForCausalLM", where={"language_config.depth": {3}}))
        assert registry.match(config).name == "it"

    @pytest.mark.parametrize(
        "config", [{}, None, 3, "text", [], {"architectures": None}, {"architectures": []}, {"architectures": "A"}, {"architectures": [3]}]
    )
    def test_odd_shapes_match_nothing(self, config: object) -> None:
        """An odd config is no match, and no other error."""
        registry = with_rules(a=for_architecture("A"), b=Match(model_types={"b"}), c=Match(has={"c.d.0"}), d=Match(where={"e": [1]}))
        assert registry.try_match(config) is None
        with pytest.raises(NoMatchError, match="takes a config of no architecture and no model type"):
            registry.match(config)

    def test_priority(self) -> None:
        """The greater priority wins, whatever the order of registration; one that doesn't take the config has no say."""
        rules = {
            "low": for_architecture("A", priority=-1),
            "usual": for_architecture("A"),
            "high": for_architecture("A", priority=5, has={"fork"}),
        }
        for order in permutations(rules):
            registry = with_rules(**{name: rules[name] for name in order})
            assert registry.match(config_of("A")).name == "usual"
            assert registry.match(config_of("A", fork={})).name == "high"

    def test_fallback(self) -> None:
        """A fallback is asked when no other takes the config, however great its priority."""
        registry = with_rules(
            last=Match(fallback=True), late=Match(fallback=True, priority=1, has={"x"}), usual=for_architecture("A", priority=-9)
        )
        assert [registry.match(config).name for config in (config_of("A", x=1), {"x": 1}, {})] == ["usual", "late", "last"]

    def test_predicates_of_what_is_decided_already(self) -> None:
        """A predicate of a lower rank isn't asked when a greater priority has decided."""
        registry = with_rules(high=for_architecture("A", priority=1), low=for_architecture("A", predicate=raising))
        assert registry.match(config_of("A")).name == "high"

    def test_needs(self, vision: Registry[VisionModel]) -> None:
        """An entry without the tags that are needed isn't chosen; one of lower rank that has them is."""
        vision.register_lazy("fast", "m:Fast", match=for_architecture("A", priority=1), tags={"gpu"})
        vision.register_lazy("small", "m:Small", match=for_architecture("A"), tags={"quantize", "gpu"})
        assert [vision.match(config_of("A"), needs=needs).name for needs in ((), {"gpu"}, ["quantize"], ("gpu", "quantize"))] == [
            "fast",
            "fast",
            "small",
            "small",
        ]
        assert vision.try_match(config_of("A"), needs={"train"}) is None

    @pytest.mark.parametrize("needs", ["quantize", 3, None, [3], iter(["quantize"])])
    def test_wrong_needs(self, needs: Any, vision: Registry[VisionModel]) -> None:
        """A text where a collection of tags is due is a TypeError, before anything is asked."""
        vision.register_lazy("it", "m:It", match=for_architecture("A"))
        for method in (vision.match, vision.try_match):
            with pytest.raises(TypeError, match="needs takes a set, list or tuple of str"):
                method(config_of("A"), needs=needs)


class TestTies:
    def test_a_tie_names_all(self, vision: Registry[VisionModel]) -> None:
        """Several entries of equal priority are an error that names each and its place, also where one is more specific."""
        vision.register_lazy("wide", "m:Wide", match=for_architecture("A"))
        vision.register_lazy("narrow", "m:Narrow", match=for_architecture("A", has={"x"}, where={"v": [1]}))
        vision.register_lazy("other", "m:Other", match=for_architecture("A", lacks={"x"}))
        with pytest.raises(AmbiguousMatchError) as caught:
            vision.match(config_of("A", x=1, v=1))
        error = caught.value
        assert error.entries == (("narrow", vision["narrow"].where), ("wide", vision["wide"].where))
        assert (error.registry, error.subject) == (vision.name, "architecture 'A' and no model type")
        assert str(error).splitlines() == [
            f"2 entries of registry {vision.name!r} take a config of architecture 'A' and no model type:",
            f"  narrow ({vision['narrow'].where})",
            f"  wide ({vision['wide'].where})",
            "Give one of them a greater priority, or a clause that tells them apart.",
        ]

    def test_try_match_raises_too(self) -> None:
        """A tie is no missing match."""
        registry = with_rules(a=for_architecture("A"), b=Match(model_types={"a"}))
        assert registry.try_match(config_of("B")) is None
        with pytest.raises(AmbiguousMatchError):
            registry.try_match(config_of("A", model_type="a"))

    def test_of_fallbacks(self) -> None:
        """Two fallbacks tie as others do."""
        with pytest.raises(AmbiguousMatchError):
            with_rules(a=Match(fallback=True), b=Match(fallback=True)).match({})

    def test_tags_break_a_tie(self, vision: Registry[VisionModel]) -> None:
        """Where one of them alone has the needed tags there is no tie."""
        vision.register_lazy("a", "m:A", match=for_architecture("A"))
        vision.register_lazy("b", "m:B", match=for_architecture("A"), tags={"quantize"})
        assert vision.match(config_of("A"), needs={"quantize"}).name == "b"

    def test_check_finds_it_first(self) -> None:
        """`check` tells of each pair that may tie, with a config that both take, at the place of the first."""
        registry = with_rules(
            one=for_architecture("A", has={"x"}),
            two=for_architecture("A", where={"v": {2, 1}}),
            ranked=for_architecture("A", priority=-1),
            other=for_architecture("B"),
        )
        (problem,) = [each for each in registry.check() if each.code == "TR302"]
        example: dict[str, object] = {"architectures": ["A"], "v": 1, "x": {}}
        assert (problem.path, problem.input, problem.place) == (("one",), example, Place(*registry["one"].where))
        assert problem.message == f"'one' and 'two' ({registry['two'].where}) may both take a config, such as {example}"
        with pytest.raises(AmbiguousMatchError):
            registry.try_match(problem.input)

    def test_check_without_an_example(self) -> None:
        """Where a predicate hides what a rule takes there is no example, and the pair is told of all the same."""
        registry = with_rules(one=for_architecture("A"), two=for_architecture("A", predicate=bool))
        (problem,) = [each for each in registry.check() if each.code == "TR302"]
        assert (problem.input, problem.message) == (None, f"'one' and 'two' ({registry['two'].where}) may both take a config")

    def test_registering_an_overlap_is_allowed(self) -> None:
        """Rules that may tie register, and do no harm to configs that one of them alone takes."""
        registry = with_rules(one=for_architecture("A"), two=Match(has={"x"}))
        assert [registry.match(config).name for config in (config_of("A"), {"x": 1})] == ["one", "two"]


class TestNoMatch:
    def test_the_clause_that_failed(self) -> None:
        """The error names the entries that the config led to, the nearest first, each with the clause that failed."""
        registry = with_rules(
            scanned=Match(lacks={"version"}),
            other=for_architecture("B"),
            mini=for_architecture("MiniCPMV", where={"version": {2.5, 2.6}}),
            miniature=for_architecture("MiniCPMV", has={"version", "tiny"}),
        )
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("MiniCPMV", version=4.0, model_type="minicpmv"))
        error = caught.value
        assert (error.registry, error.subject) == (registry.name, "architecture 'MiniCPMV' and model type 'minicpmv'")
        assert sorted(error.nearest) == [
            ("mini", "version is 4.0, not one of 2.5, 2.6"),
            ("miniature", "tiny is not there"),
            ("scanned", "version is there"),
        ]
        assert (error.nearest[-1][0], error.similar, error.removed) == ("scanned", (), None)

    def test_what_it_can_not_do(self, vision: Registry[VisionModel]) -> None:
        """Where an entry takes the config but lacks tags, these are named; another clause that fails is told instead."""
        vision.register_lazy("it", "m:It", match=for_architecture("A"), tags={"gpu"})
        vision.register_lazy("picky", "m:Picky", match=for_architecture("A", has={"x"}))
        with pytest.raises(NoMatchError) as caught:
            vision.match(config_of("A"), needs={"train", "quantize", "gpu"})
        assert sorted(caught.value.nearest) == [("it", "it lacks what is needed: quantize, train"), ("picky", "x is not there")]

    def test_a_predicate_of_what_is_not_able_is_no_match_error(self, vision: Registry[VisionModel]) -> None:
        """A predicate that wasn't asked since tags lack may raise when the reason is looked for; it is told, not raised."""
        vision.register_lazy("it", "m:It", match=for_architecture("A", predicate=raising))
        assert vision.try_match(config_of("A"), needs={"gpu"}) is None
        with pytest.raises(NoMatchError) as caught:
            vision.match(config_of("A"), needs={"gpu"})
        assert caught.value.nearest[0][1].startswith("the predicate raised ValueError('cannot read")

    @pytest.mark.parametrize(
        ("unknown", "similar"),
        [
            ("DeepseekOCRForCausalLM", "DeepseekVLV2ForCausalLM"),
            ("MiniCPMV4_6ForConditionalGeneration", "MiniCPMV"),
            ("Qwen2_5_VLForConditionalGeneration", "Qwen2VLForConditionalGeneration"),
            ("LlavaForCausalLM", "LlavaForConditionalGeneration"),
            ("Gemma4ForCausalLM", "Gemma3ForConditionalGeneration"),
            ("InternVLForConditionalGeneration", "InternVLChatModel"),
        ],
    )
    @pytest.mark.parametrize("scanned", [False, True], ids=["", "scanned"])
    def test_similar_architectures(self, unknown: str, similar: str, scanned: bool) -> None:
        """A suggestion compares what is left without the suffixes that all have; an entry that is always asked doesn't hide it."""
        registry = with_rules(**{f"model{name}": for_architecture(name) for name in LMDEPLOY})
        if scanned:
            registry.register_lazy("scanned", "m:Scanned", match=Match(has={"zoo"}))
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of(unknown))
        assert (caught.value.similar[0], "CogVLMForCausalLM" in caught.value.similar) == (similar, False)
        assert f"Known architectures of a like name: '{similar}'" in str(caught.value)

    def test_architectures_that_differ_in_the_suffix_alone(self) -> None:
        """All architectures of the like name are named."""
        registry = with_rules(a=for_architecture("LlavaForCausalLM"), b=for_architecture("LlavaForConditionalGeneration"))
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("LlavaModel"))
        assert caught.value.similar == ("LlavaForCausalLM", "LlavaForConditionalGeneration")

    @pytest.mark.parametrize("architecture", ["", "Model", "ForCausalLM", "x" * 1_000, "\n\x00", "日本"], ids=len)
    def test_odd_names(self, architecture: str) -> None:
        """No name of an architecture makes the search for like ones fail, or the text long or unprintable."""
        registry = with_rules(**{f"model{name}": for_architecture(name) for name in LMDEPLOY}, bare=for_architecture("Model"))
        if architecture == "Model":
            assert registry.match(config_of(architecture)).name == "bare"
            return
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of(architecture))
        lines = str(caught.value).splitlines()
        assert (len(str(caught.value)) < 500, [line for line in lines if not line.isprintable()]) == (True, [])


LONG = "x" * 1_000_000
HUGE: dict[str, object] = {"architectures": ["A"], "model_type": LONG, "rows": [{"a": "x" * 1_000}] * 9_000, "v": LONG}


class TestShortErrors:
    def test_no_match(self) -> None:
        """A config of 10 MB makes a text of a few lines, however many entries there are and whatever their rules allow."""
        rules = {
            f"n{number}": for_architecture("A", where={"rows": [["z" * 500 + str(each)] for each in range(99)]}) for number in range(50)
        }
        with pytest.raises(NoMatchError) as caught:
            with_rules(**rules, v=for_architecture("A", where={"v": {"w" * 999}})).match(HUGE)
        assert (len(str(caught.value)) < 2_000, len(caught.value.nearest)) == (True, 51)
        assert len(pickle.dumps(caught.value)) < 50_000

    def test_ambiguous(self) -> None:
        """A tie of many is told shortly."""
        with pytest.raises(AmbiguousMatchError) as caught:
            with_rules(**{f"n{number}": for_architecture("A") for number in range(50)}).match(HUGE)
        assert (len(str(caught.value)) < 2_000, len(caught.value.entries)) == (True, 50)

    @pytest.mark.parametrize("error", [ValueError("x" * 1_000_000), KeyError(HUGE)], ids=["text", "key"])
    def test_predicate(self, error: Exception) -> None:
        """An error of a predicate that holds the whole config is told shortly."""

        def predicate(config: object) -> bool:
            raise error

        with pytest.raises(MatchError) as caught:
            with_rules(it=for_architecture("A", predicate=predicate)).match(HUGE)
        assert (len(str(caught.value)) < 500, caught.value.__cause__ is error) == (True, True)

    def test_check(self) -> None:
        """So is an example made of large values."""
        registry = with_rules(a=for_architecture("A", where={"v": {"w" * 10_000}}), b=for_architecture("A"))
        assert [len(str(problem)) < 1_000 for problem in registry.check() if problem.code == "TR302"] == [True]


def no_match() -> None:
    registry = with_rules(it=for_architecture("A", has={"x"}))
    registry.removed("Old", since="0.9", hint="Use A.")
    registry.match(config_of("A"))


def removed() -> None:
    registry = with_rules(it=for_architecture("A"))
    registry.removed("Old", since="0.9", hint="Use A.")
    registry.match(config_of("Old"))


def similar() -> None:
    with_rules(it=for_architecture("LlavaModel")).match(config_of("LlavaForCausalLM"))


def ambiguous() -> None:
    with_rules(one=for_architecture("A"), two=for_architecture("A")).match(config_of("A"))


def failed() -> None:
    with_rules(it=for_architecture("A", predicate=raising)).match(config_of("A"))


@pytest.mark.parametrize("fails", [no_match, removed, similar, ambiguous, failed])
def test_errors_pickle(fails: Callable[[], None]) -> None:
    """An error of matching is the same after pickling: class, text, attributes."""
    with pytest.raises((NoMatchError, AmbiguousMatchError, MatchError)) as caught:
        fails()
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again), vars(again)) == (type(caught.value), str(caught.value), vars(caught.value))


class TestPredicates:
    def test_that_raises(self) -> None:
        """A predicate that raises is a MatchError that names the entry and its place, chained to what was raised."""
        registry = with_rules(bad=for_architecture("A", predicate=raising))
        with pytest.raises(MatchError) as caught:
            registry.match(config_of("A"))
        error = caught.value
        reason = "ValueError('cannot read 24 characters')"
        assert (error.entry, error.registry, error.where, error.reason) == ("bad", registry.name, registry["bad"].where, reason)
        assert repr(error.__cause__) == reason
        assert str(error) == f"the predicate of 'bad' ({registry['bad'].where}) of registry {registry.name!r} failed: {reason}"
        with pytest.raises(MatchError):
            registry.try_match(config_of("A"))

    def test_others_are_not_affected(self) -> None:
        """Configs that the index leads elsewhere never meet it."""
        registry = with_rules(
            bad=for_architecture("A", predicate=raising), good=for_architecture("B"), bad_type=Match(model_types={"c"}, predicate=raising)
        )
        assert [registry.match(config).name for config in (config_of("B"), config_of("B", model_type="d"))] == ["good", "good"]
        assert registry.try_match(config_of("D")) is None

    def test_explain_tells_of_it(self) -> None:
        """`explain` tells of it at its place, and of the others as ever."""
        registry = with_rules(bad=for_architecture("A", predicate=raising), good=for_architecture("A"))
        bad, good = registry.explain(config_of("A"))
        assert (bad.takes, bad.reason) == (False, "the predicate raised ValueError('cannot read 24 characters')")
        assert good == Explanation("good", True, (Clause("architecture 'A'", None),))

    @pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "a", "c")])
    def test_the_same_error_in_every_order(self, order: tuple[str, ...]) -> None:
        """Of two that raise the same one is told of, whatever was registered first."""
        rules = {"a": for_architecture("A"), "b": for_architecture("A", predicate=raising), "c": for_architecture("A", predicate=raising)}
        with pytest.raises(MatchError) as caught:
            with_rules(**{name: rules[name] for name in order}).match(config_of("A"))
        assert caught.value.entry == "b"

    def test_what_they_give_counts_as_true_or_false(self) -> None:
        """A predicate may give anything that has a truth value; it gets the config as it came."""
        config = config_of("A", x=[1])
        seen: list[object] = []

        def predicate(given: Any) -> Any:
            seen.append(given)
            return given["x"]

        registry = with_rules(it=for_architecture("A", predicate=predicate))
        assert (registry.match(config).name, seen[0] is config) == ("it", True)
        assert registry.try_match(config_of("A", x=[])) is None

    def test_interrupts_pass(self) -> None:
        """What isn't an Exception, such as Ctrl-C, isn't caught."""

        def interrupted(config: object) -> bool:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            with_rules(it=for_architecture("A", predicate=interrupted)).match(config_of("A"))


def test_explain() -> None:
    """Every entry that has a rule tells why or why not, own entries first, then the parents'."""
    parent = with_rules(above=Match(has={"x"}))
    child = Registry("child", VisionModel, parent=parent)
    child.register("ruleless")(Reader)
    child.register_lazy("one", "m:One", match=for_architecture("A", has={"x"}))
    child.register_lazy("last", "m:Last", match=Match(fallback=True))
    assert [(each.entry, each.takes, each.reason) for each in child.explain(config_of("A"))] == [
        ("one", False, "x is not there"),
        ("last", True, "takes any config"),
        ("above", False, "x is not there"),
    ]
    assert new_vision().explain({}) == []


class TestTombstones:
    def test_the_hint(self) -> None:
        """The error tells of an architecture that the registry once had, and of no others of like name."""
        registry = with_rules(it=for_architecture("MllamaModel"))
        registry.removed("MllamaForConditionalGeneration", since="0.9", hint="Use LMDeploy 0.8.")
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("MllamaForConditionalGeneration"))
        assert caught.value.removed == "MllamaForConditionalGeneration was removed in 0.9: Use LMDeploy 0.8."
        assert str(caught.value).splitlines()[1:] == [caught.value.removed]

    @pytest.mark.parametrize(
        ("options", "told"),
        [({}, "Old was removed."), ({"since": "0.9"}, "Old was removed in 0.9."), ({"hint": "Use New."}, "Old was removed: Use New.")],
    )
    def test_parts(self, options: dict[str, str], told: str) -> None:
        """Both the release and the hint may be left out."""
        registry = new_vision()
        registry.removed("Old", **options)
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("Old"))
        assert caught.value.removed == told

    def test_of_an_architecture_that_is_registered(self) -> None:
        """An entry that takes the config is chosen; where its rule fails both are told."""
        registry = with_rules(it=for_architecture("A", has={"x"}))
        registry.removed("A", hint="It needs x.")
        assert registry.match(config_of("A", x=1)).name == "it"
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("A"))
        assert (caught.value.removed, caught.value.nearest) == ("A was removed: It needs x.", (("it", "x is not there"),))

    def test_of_a_parent(self) -> None:
        """A child tells of what its parent removed; its own word goes first."""
        parent = new_vision()
        child = Registry("child", VisionModel, parent=parent)
        parent.removed("Old", hint="said above")
        parent.removed("Older", hint="said above")
        child.removed("Old", hint="said below")
        told: list[str | None] = []
        for name in ("Old", "Older"):
            with pytest.raises(NoMatchError) as caught:
                child.match(config_of(name))
            told.append(caught.value.removed)
        assert told == ["Old was removed: said below", "Older was removed: said above"]


class TestChanges:
    def test_unregister_and_override(self, vision: Registry[VisionModel]) -> None:
        """A rule goes with its entry, and is replaced with it."""
        vision.register_lazy("it", "m:It", match=for_architecture("A"))
        assert vision.match(config_of("A")).name == "it"
        vision.register_lazy("it", "m:Other", match=for_architecture("B"), override=True)
        assert (vision.try_match(config_of("A")), vision.match(config_of("B")).target) == (None, "m:Other")
        vision.unregister("it")
        assert vision.try_match(config_of("B")) is None

    def test_the_same_entry_again_with_another_rule(self, vision: Registry[VisionModel]) -> None:
        """Registering the same object again takes its new rule."""
        vision.register("it", match=for_architecture("A"))(Reader)
        vision.register("it", match=for_architecture("B"))(Reader)
        assert (vision.try_match(config_of("A")), vision.match(config_of("B")).name) == (None, "it")

    def test_reload(self, modules: Modules) -> None:
        """A reloaded module's rule takes the place of its old one."""
        source = """
            from tests.vision import VisionModel
            from typed_registry import Match, Registry

            MODELS = globals().get("MODELS") or Registry("models", VisionModel)

            @MODELS.register("it", match=Match(architectures={"OLD"}))
            class It:
                def detect(self, image: str) -> list[str]:
                    return []
        """
        module = modules.load("reloaded_rules", source)
        assert module.MODELS.match(config_of("OLD")).load() is module.It
        modules.write("reloaded_rules", source.replace("OLD", "NEW!"))
        importlib.reload(module)
        assert (module.MODELS.try_match(config_of("OLD")), module.MODELS.match(config_of("NEW!")).load() is module.It) == (None, True)

    def test_temporary(self) -> None:
        """Rules and tombstones of the whole tree are as before when the block is left."""
        parent = with_rules(above=for_architecture("A"))
        child = Registry("child", VisionModel, parent=parent)
        with child.temporary():
            parent.unregister("above")
            child.register_lazy("own", "m:Own", match=for_architecture("B"))
            parent.removed("Old", hint="inside")
            assert (child.try_match(config_of("A")), child.match(config_of("B")).name) == (None, "own")
        assert (child.match(config_of("A")).name, child.try_match(config_of("B"))) == ("above", None)
        with pytest.raises(NoMatchError) as caught:
            child.match(config_of("Old"))
        assert caught.value.removed is None
        with child.temporary():
            child.register_lazy("another", "m:Another", match=for_architecture("C"))
            assert child.match(config_of("C")).name == "another"
        assert child.try_match(config_of("C")) is None

    def test_frozen(self) -> None:
        """A frozen registry matches, and takes no tombstone."""
        registry = with_rules(it=for_architecture("A"))
        registry.freeze()
        assert registry.match(config_of("A")).name == "it"
        with pytest.raises(FrozenRegistryError, match="can't tell that 'Old' was removed"):
            registry.removed("Old")
        with pytest.raises(FrozenRegistryError):
            registry.register_lazy("other", "m:Other", match=for_architecture("B"))

    def test_a_lazy_entry_keeps_its_rule(self, modules: Modules) -> None:
        """A class that registers itself when it is loaded keeps the rule of its lazy line, unless it brings one of its own."""
        modules.load("rules_home", "from tests.vision import new_vision\nMODELS = new_vision()\n")
        body = "class It:\n    def detect(self, image: str) -> list[str]:\n        return []\n"
        head = "from rules_home import MODELS\nfrom typed_registry import Match\n"
        modules.write("rules_kept", f"{head}@MODELS.register('kept')\n{body}")
        modules.write("rules_changed", f"{head}@MODELS.register('changed', match=Match(architectures={{'New'}}))\n{body}")
        models: Registry[VisionModel] = sys.modules["rules_home"].MODELS
        models.register_lazy("kept", "rules_kept:It", match=for_architecture("A"))
        models.register_lazy("changed", "rules_changed:It", match=for_architecture("B"))
        for name in "AB":
            models.match(config_of(name)).load()
        assert [models.match(config_of(name)).name for name in ("A", "New")] == ["kept", "changed"]
        assert models.try_match(config_of("B")) is None

    @pytest.mark.parametrize("rule", [3, {"architectures": {"A"}}, Match, "A"], ids=["int", "dict", "class", "str"])
    def test_a_rule_that_is_none(self, rule: Any, vision: Registry[VisionModel]) -> None:
        """What is no rule is refused where it is registered, as it would break every match of the registry."""
        with pytest.raises(TypeError, match="match takes a Match, not "):
            vision.register("it", match=rule)(Reader)
        with pytest.raises(TypeError, match="match takes a Match, not "):
            vision.register_lazy("it", "m:It", match=rule)
        assert len(vision) == 0

    def test_aliases_and_names_do_not_matter(self, vision: Registry[VisionModel]) -> None:
        """An entry with aliases is one candidate."""
        vision.register_lazy("it", "m:It", aliases=("also", "too"), match=for_architecture("A"))
        assert vision.match(config_of("A")).name == "it"


class TestTrees:
    def test_the_nearest_registry_answers(self) -> None:
        """A child's entry goes before its parent's, whatever the priorities; what it hasn't the parent has; siblings have no say."""
        parent = with_rules(base=for_architecture("A", priority=9), only=for_architecture("B"))
        child = Registry("child", VisionModel, parent=parent)
        sibling = Registry("sibling", VisionModel, parent=parent)
        child.register_lazy("own", "m:Own", match=for_architecture("A"))
        sibling.register_lazy("theirs", "m:Theirs", match=for_architecture("C"))
        assert [child.match(config_of(name)).name for name in "AB"] == ["own", "only"]
        assert [registry.match(config_of("A")).name for registry in (parent, sibling)] == ["base", "base"]
        assert child.try_match(config_of("C")) is None

    def test_needs_look_further(self) -> None:
        """What the nearest can't do the parent's may."""
        parent = new_vision()
        child = Registry("child", VisionModel, parent=parent)
        parent.register_lazy("able", "m:Able", match=for_architecture("A"), tags={"quantize"})
        child.register_lazy("own", "m:Own", match=for_architecture("A"))
        assert child.match(config_of("A"), needs={"quantize"}).name == "able"

    def test_equal_names_in_a_tree(self) -> None:
        """The entry that comes back is that of the registry whose rule took the config."""
        parent = with_rules(it=for_architecture("A"))
        child = Registry("child", VisionModel, parent=parent)
        child.register_lazy("it", "m:Own", match=for_architecture("B"))
        assert [child.match(config_of(name)).target for name in "AB"] == ["no_such_models.it:Model", "m:Own"]

    def test_using(self) -> None:
        """The scope in use is asked first, and the registry itself still after it."""
        root = with_rules(base=for_architecture("A"), only=for_architecture("B"))
        child = Registry("child", VisionModel, parent=root, scope="child")
        child.register_lazy("own", "m:Own", match=for_architecture("A"))
        other = Registry("other", VisionModel, parent=root, scope="other")
        other.register_lazy("theirs", "m:Theirs", match=for_architecture("C"))
        with root.using("child"):
            assert [root.match(config_of(name)).name for name in "AB"] == ["own", "only"]
            assert [each.entry for each in other.explain(config_of("C")) if each.takes] == ["theirs"]
            assert other.match(config_of("C")).name == "theirs"
        assert root.match(config_of("A")).name == "base"

    def test_the_error_speaks_of_the_whole_lineage(self) -> None:
        """Nearest entries and like names come from parents too; the registry that was asked is named."""
        parent = with_rules(above=for_architecture("A", has={"x"}), like=for_architecture("LlavaModel"))
        child = Registry("child", VisionModel, parent=parent)
        child.register_lazy("own", "m:Own", match=for_architecture("A", has={"y"}))
        with pytest.raises(NoMatchError) as caught:
            child.match(config_of("A"))
        assert (caught.value.registry, sorted(caught.value.nearest)) == ("child", [("above", "x is not there"), ("own", "y is not there")])
        with pytest.raises(NoMatchError) as caught:
            child.match(config_of("LlavaForCausalLM"))
        assert caught.value.similar == ("LlavaModel",)


class TestNarrow:
    @pytest.mark.parametrize("factory", [Quantizing, quantizing])
    def test_gives_the_same_entry(self, factory: Any, vision: Registry[VisionModel]) -> None:
        """An entry whose components are of the other protocol too is the same entry, typed by it."""
        vision.register("it", match=for_architecture("A"))(factory)
        entry = vision.match(config_of("A"))
        narrowed = entry.narrow(SupportsQuantize)
        assert id(narrowed) == id(entry)
        assert narrowed.build().quantize(4) == "4 bits"

    @pytest.mark.parametrize("factory", [Reader, reader])
    def test_refuses_what_is_not(self, factory: Any, vision: Registry[VisionModel]) -> None:
        """Another entry is a ContractError that names it, its place, and what it lacks."""
        vision.register("it")(factory)
        with pytest.raises(ContractError) as caught:
            vision["it"].narrow(SupportsQuantize)
        assert (caught.value.reason, caught.value.where) == ("it makes no SupportsQuantize", vision["it"].where)
        assert "quantize" in str(caught.value)

    def test_refuses_another_signature(self, vision: Registry[VisionModel]) -> None:
        """A method of the name with other parameters isn't enough."""

        @vision.register("it")
        class Other(Reader):
            def quantize(self) -> str:
                return ""

        with pytest.raises(ContractError) as caught:
            vision["it"].narrow(SupportsQuantize)
        assert [finding.member for finding in caught.value.findings] == ["quantize"]
        assert vision["it"].load() is Other

    def test_a_class_as_protocol(self, vision: Registry[VisionModel]) -> None:
        """A class narrows to its subclasses."""
        vision.register("sub")(Quantizing)
        vision.register("base")(Reader)
        assert vision["sub"].narrow(Quantizing) is vision["sub"]
        with pytest.raises(ContractError, match="it makes no Quantizing"):
            vision["base"].narrow(Quantizing)

    def test_loads(self, vision: Registry[VisionModel], modules: Modules) -> None:
        """Narrowing loads a lazy entry, or says why it can't."""
        modules.write("lazy_to_narrow", "from tests.test_matching import Quantizing as It")
        vision.register_lazy("there", "lazy_to_narrow:It")
        vision.register_lazy("gone", "no_such_module:It")
        vision["there"].narrow(SupportsQuantize)
        assert vision["there"].is_loaded is True
        with pytest.raises(LoadError, match="no_such_module"):
            vision["gone"].narrow(SupportsQuantize)


def test_a_fallback_is_asked_after_the_whole_tree() -> None:
    """A child's fallback doesn't hide the parent's entry that takes the config; a child's own entry does."""
    parent = with_rules(above=for_architecture("A"))
    child = Registry("child", VisionModel, parent=parent)
    child.register_lazy("last", "m:Last", match=Match(fallback=True))
    assert (child.match(config_of("A")).name, child.match(config_of("B")).name) == ("above", "last")
    child.register_lazy("near", "m:Near", match=for_architecture("A"))
    assert child.match(config_of("A")).name == "near"


class TestNearestOfNoMatch:
    """What the error of a config that nothing takes is told with."""

    def test_entries_of_a_like_architecture(self) -> None:
        """The entry of a nearly right architecture is named, with its clause."""
        registry = with_rules(llava=Match(architectures={"LlavaForConditionalGeneration"}), other=Match(model_types={"mt"}))
        with pytest.raises(NoMatchError) as caught:
            registry.match({"architectures": ["LlavvaForConditionalGeneration"]})
        assert [entry for entry, _ in caught.value.nearest] == ["llava"]
        assert "not one of 'LlavaForConditionalGeneration'" in str(caught.value)

    def test_entries_of_a_like_model_type(self) -> None:
        """So is that of a nearly right model type."""
        registry = with_rules(version=Match(model_types={"minicpmv"}), other=Match(architectures={"A"}))
        with pytest.raises(NoMatchError) as caught:
            registry.match({"model_type": "minicpm_v"})
        assert caught.value.nearest == (("version", "model_type is 'minicpm_v', not one of 'minicpmv'"),)

    def test_lacking(self) -> None:
        """What is lacking of what is needed is told apart from a config that nothing takes."""
        registry = new_vision()
        registry.register_lazy("one", "m:One", match=for_architecture("A"), tags={"fast"})
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("A"), needs={"fast", "quantize"})
        assert caught.value.lacking == ("quantize",)
        with pytest.raises(NoMatchError) as caught:
            registry.match(config_of("B"), needs={"quantize"})
        assert caught.value.lacking == ()
