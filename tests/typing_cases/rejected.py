"""Each line marked `# E` is an error; a checker named after `not` is known to miss it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.vision import VISION, Good, Wrap

from typed_registry import deferred

if TYPE_CHECKING:
    from vision_specs import VisionConfig


@VISION.register  # E: not pyrefly
class Missing:
    def fwd(self, x: list[float]) -> list[float]:
        return x


@VISION.register("m2")  # E: not pyrefly
class Missing2:
    def fwd(self, x: list[float]) -> list[float]:
        return x


@VISION.register("wrong")  # E: not pyrefly
class WrongSignature:
    def forward(self, x: str) -> list[float]:
        return []


@VISION.register()  # E: not pyrefly
class WrongReturn:
    def forward(self, x: list[float]) -> int:
        return 3


@VISION.register("bad")  # E
def make_bad(n: int) -> int:
    return n


@VISION.register  # E
def make_bad2(n: int) -> int:
    return n


VISION.register(3)  # E
VISION.register()(Good(3))  # E
VISION.spec(Good, "x")  # E
VISION.spec(Good, 3, dorp=0.5)  # E
VISION.spec(Good)  # E
VISION.spec(int)  # E
VISION.spec(Wrap, deferred(VISION.spec(Good, "3")), n=2)  # E
VISION.spec(Wrap, VISION.spec(Good, 3), n=2)  # E
VISION.specs.Goood(hidden=3)  # E
VISION.specs.Good(hiden=3)  # E
VISION.specs.wrap(inner=VISION.specs.Good(hidden="x"))  # E
VISION.specs.wrap(inner={"type": "Good", "hiden": 3})  # E
VISION.build(VISION.specs.Good(hidden=3)).exra  # E
VISION.build({"type": "Good", "hidden": 3}).extra  # E
nested: VisionConfig = {"type": "wrap", "inner": {"type": "Good", "hidden": "3"}}  # E
VISION.spec_of(int)  # E
VISION.spec_of(Good)("x")  # E
VISION.build(3)  # E
VISION.build({"type": "Goood", "hidden": 3})  # E
VISION.build({"type": "Good", "hiden": 3})  # E
VISION.build({"type": "wrap", "inner": {"type": "Good", "hidden": "3"}})  # E
