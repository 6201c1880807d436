"""The core, with a catalogue in a stub folder: all of this is right, and each type is the one asserted."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from zoo.vision import VISION, Child, Gen, Good, VisionModel, Wrap, make_good

from typed_registry import BuildSpec, Registry, deferred

if TYPE_CHECKING:
    from vision_specs import VisionConfig

assert_type(Good(3), Good)
assert_type(Good(3).extra, int)
assert_type(Wrap.make(), Wrap)
assert_type(Child(Good(1)).z.extra, int)
assert_type(make_good(3), Good)
assert_type(Gen(3), Gen[int])
annotated: Gen[int] = Gen(3)

assert_type(VISION.spec(Good, 3, drop=0.5), BuildSpec[Good])
assert_type(VISION.spec(make_good, 3).build().extra, int)
assert_type(VISION.spec(Wrap, deferred(VISION.spec(Good, 3)), n=2).build(), Wrap)
assert_type(VISION.spec(Wrap, deferred(VISION.spec(Wrap, deferred(VISION.spec(Good, 3))))), BuildSpec[Wrap])
assert_type(VISION.spec(Wrap, Good(3)), BuildSpec[Wrap])
assert_type(VISION.specs.Good(hidden=3), BuildSpec[Good])
assert_type(VISION.build(VISION.specs.Good(hidden=3)).extra, int)
assert_type(VISION.build(VISION.specs.wrap(inner=VISION.specs.Good(hidden=3), n=2)), Wrap)
assert_type(VISION.build({"type": "Good", "hidden": 3}), VisionModel)
assert_type(VISION.build({"type": "wrap", "inner": {"type": "wrap", "inner": VISION.spec(Good, 3)}, "n": 2}), VisionModel)
assert_type(VISION.build({"type": "wrap", "inner": Good(3)}), VisionModel)
config: VisionConfig = {"type": "wrap", "inner": {"type": "Good", "hidden": 3}}
assert_type(VISION.build(config), VisionModel)
assert_type(VISION.spec_of(Good)(3, drop=0.1), BuildSpec[Good])
assert_type(VISION.spec_of(Good)(hidden=3).build(), Good)
assert_type(VISION.spec_of(make_good)(3).build(), Good)
assert_type(VISION.build({"type": "Good"}, defaults={"hidden": 3}), VisionModel)
assert_type(VISION.build(VISION.spec(Good, 3), defaults={"drop": 0.1}), Good)
assert_type(VISION.build(VISION.spec(Good, 3), defaults=None), Good)
assert_type(VISION.build({"type": "Good", "hidden": 3}, defaults=None), VisionModel)

PLAIN = Registry("plain", VisionModel)
assert_type(PLAIN, Registry[VisionModel])
PLAIN.register("Anything")(make_good)
PLAIN.register(Good)
assert_type(PLAIN.build({"type": "Anything", "n": 1}), VisionModel)


def anywhere(registry: Registry[VisionModel]) -> VisionModel:
    return registry.build({"type": "Good", "hidden": 3})


assert_type(anywhere(VISION), VisionModel)
assert_type(anywhere(PLAIN), VisionModel)
