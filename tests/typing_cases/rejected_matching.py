"""Wrong rules, wrong predicates, wrong uses of what matching gives."""

from __future__ import annotations

from typing import Protocol

from zoo.vision import VISION, Good

from typed_registry import Entry, Match
from typed_registry.dispatch import overlap
from typed_registry.huggingface import HfConfig


class SupportsQuantize(Protocol):
    def quantize(self, bits: int) -> bytes: ...


Match(architectures="X")  # E
Match(model_types="x")  # E
Match(has="vision_config")  # E
Match(lacks="vision_config")  # E
Match(architectures=None)  # E
Match(architectures={3})  # E
Match(architectures=["X", None])  # E
Match(architectures={"X": 1})  # E
Match(architectures=(name for name in "XY"))  # E
Match(where={"version": 2.5})  # E
Match(where={"version": "2.5"})  # E
Match(where=["version"])  # E
Match({"X"})  # E
Match(architecture={"X"})  # E
Match(priority="high")  # E
Match(fallback="yes")  # E
Match(predicate=True)  # E
Match().priority = 3  # E


def is_large(config: HfConfig) -> bool:
    return config.model_type == "large"


def gives_nothing(config: HfConfig) -> None: ...


def takes_two(config: HfConfig, other: int) -> bool:
    return True


Match[HfConfig](predicate=gives_nothing)  # E
Match[HfConfig](predicate=takes_two)  # E
Match[int](predicate=is_large)  # E
Match[HfConfig](predicate=lambda config: config.no_such_method())  # E
wrong: Match[dict[str, object]] = Match(predicate=is_large)  # E

VISION.register(match=3)  # E
VISION.register(match={"architectures": ["X"]})  # E
VISION.register("a", match=Match)  # E
VISION.register("a", matches=Match())  # E
VISION.register_lazy("b", "zoo.vision:Good", match="X")  # E
VISION.register_lazy("b", "zoo.vision:Good", match=is_large)  # E
VISION.register_value("c", Good(3), match=Match())  # E

config = {"architectures": ["X"]}
VISION.match()  # E
VISION.match(config, needs="x")  # E
VISION.match(config, needs=3)  # E
VISION.match(config, needs={3})  # E
VISION.match(config, {"x"})  # E
VISION.try_match(config, needs="x")  # E
VISION.try_match(config).name  # E
VISION.match(config).nam  # E
VISION.match(config).build().extra  # E
VISION.explain(config)[0].why  # E
VISION.explain(config, needs=()).pop()  # E
VISION.removed()  # E
VISION.removed("Old", "0.9")  # E
VISION.removed("Old", since=0.9)  # E
VISION.check(True)  # E
VISION.check(static="yes")  # E

entry = VISION.match(config)
entry.narrow(3)  # E
entry.narrow()  # E
entry.narrow(SupportsQuantize).build().forward([1.0])  # E
good: Entry[Good] = entry.narrow(SupportsQuantize)  # E
overlap(Match())  # E
overlap(Match(), {"has": "x"})  # E
