"""Choosing by config: rules, typed predicates, matching, narrowing."""

from __future__ import annotations

from typing import Protocol, assert_type

from zoo.vision import VISION, Good, VisionModel

from typed_registry import Entry, Match, Registry
from typed_registry.dispatch import Clause, Explanation, effective_architecture, overlap
from typed_registry.errors import AmbiguousMatchError, MatchError, NoMatchError, Problem, Where
from typed_registry.huggingface import HfConfig


class SupportsQuantize(Protocol):
    def quantize(self, bits: int) -> bytes: ...


MODELS = Registry("models", VisionModel)


@MODELS.register("quick", match=Match(architectures={"Quick"}, has=("vision_config",), lacks=["gen_head_config"]), tags={"quantize"})
class Quick:
    def forward(self, x: list[float]) -> list[float]:
        return x

    def quantize(self, bits: int) -> bytes:
        return bytes(bits)


MODELS.register("versioned", match=Match(model_types=frozenset({"v"}), where={"version": {2.5, 2.6}, "size": [1, "large", None]}))(Good)
MODELS.register_lazy("lazy", "zoo.vision:Good", match=Match(architectures=["Lazy"], priority=1))
MODELS.register_lazy("none", "zoo.vision:Wrap", match=None)
MODELS.register_lazy("last", "zoo.vision:make_good", match=Match(fallback=True, has={"anything"}))
MODELS.removed("Old", since="0.9", hint="Use Quick.")
MODELS.removed("Older")


def is_large(config: HfConfig) -> bool:
    return config.model_type == "large"


def is_anything(config: object) -> bool:
    return config is not None


def is_mapping(config: dict[str, object]) -> bool:
    return "large" in config


typed = Match[HfConfig](architectures=("Large",), predicate=is_large)
assert_type(typed, Match[HfConfig])
by_less: Match[HfConfig] = Match(predicate=is_anything)
by_lambda = Match[HfConfig](predicate=lambda config: config.architectures is None)
inferred = Match(predicate=is_mapping)
assert_type(inferred, Match[dict[str, object]])
MODELS.register_lazy("large", "zoo.vision:Gen", match=typed)

config = HfConfig(architectures=["Quick"])
assert_type(MODELS.match({"architectures": ["Lazy"]}), Entry[VisionModel])
assert_type(MODELS.match({"model_type": "v", "version": 2.5}, needs=()), Entry[VisionModel])
assert_type(MODELS.try_match(config, needs={"quantize"}), Entry[VisionModel] | None)
assert_type(MODELS.try_match(config, needs=["quantize"]), Entry[VisionModel] | None)
assert_type(MODELS.explain(config), list[Explanation])
for explanation in MODELS.explain(config):
    assert_type(explanation.entry, str)
    assert_type(explanation.takes, bool)
    assert_type(explanation.reason, str)
    assert_type(explanation.clauses, tuple[Clause, ...])

entry = MODELS.match({"architectures": ["Quick"], "vision_config": {}})
narrowed = entry.narrow(SupportsQuantize)
assert_type(narrowed, Entry[SupportsQuantize])
assert_type(narrowed.build(), SupportsQuantize)
assert_type(narrowed.build().quantize(4), bytes)
assert_type(entry.narrow(Quick), Entry[Quick])
assert_type(VISION["Good"].narrow(Good).build(hidden=3).extra, int)

assert_type(MODELS.check(static=True), list[Problem])
assert_type(effective_architecture(config), str | None)
found = overlap(typed, Match(has={"vision_config"}))
assert found == {}

try:
    MODELS.match({"architectures": ["Old"]})
except NoMatchError as error:
    assert_type(error.nearest, tuple[tuple[str, str], ...])
    assert_type(error.similar, tuple[str, ...])
    assert_type(error.removed, str | None)
except AmbiguousMatchError as error:
    assert_type(error.entries, tuple[tuple[str, Where], ...])
except MatchError as error:
    assert_type(error.entry, str)
