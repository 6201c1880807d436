"""Right uses of generated catalogues, and the type of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from zoo.kinds import Anchor, Norm
from zoo.lazy import Lazy, LazyGeneric
from zoo.sound import SOUND, Sound, Tone
from zoo.trees import ACTIVATIONS, CHILD, Activation, ChildFace
from zoo.vision import VISION, FaceDetector, FaceV2, Keyed, Pair, Slots, ThreeD, VisionModel

from typed_registry import BuildSpec

if TYPE_CHECKING:
    from sound_specs import SoundConfig
    from zoo.activations_specs import ActivationsConfig
    from zoo.child_specs import ChildConfig
    from zoo.vision_specs import FaceConfig, LazyDataConfig, VisionConfig, VisionSpecs

assert_type(VISION.specs.face(scale=1.3), BuildSpec[FaceDetector])
assert_type(VISION.build(VISION.specs.face(scale=1.3)), FaceDetector)
assert_type(VISION.build(VISION.specs.slots(one=VISION.specs.face(), many=[FaceDetector(), {"type": "face"}])), Slots)
assert_type(VISION.build({"type": "face", "scale": 1.3}), VisionModel)
assert_type(VISION.build({"type": "faces"}), VisionModel)
assert_type(VISION.specs["face-v2"](scale=1.5), BuildSpec[FaceV2])
assert_type(VISION.specs["3d"](), BuildSpec[ThreeD])
assert_type(VISION.specs.keyed(**{"class": 3}, inner={"type": "face"}), BuildSpec[Keyed])
assert_type(VISION.specs.generic(left="a", choice=3), BuildSpec[Pair[str, float, int]])
assert_type(VISION.specs.lazy_generic(item=3), BuildSpec[LazyGeneric[int]])
assert_type(VISION.specs.small_face(min_size=3), BuildSpec[FaceDetector])
assert_type(VISION.specs.by_method(anchor=Anchor(0, 1)), BuildSpec[FaceDetector])
assert_type(VISION.specs.any_model(self=3), BuildSpec[VisionModel])
assert_type(VISION.specs.int(number=3, other={"type": "face"}).build().detect([]), list[float])
assert_type(VISION.specs.open(size=3, anything=0.5).build().detect([]), list[float])
assert_type(VISION.specs.unpacked(first=3, mode="fast", width=3).build().name, str)

config: VisionConfig = {"type": "slots", "one": {"type": "slots", "one": {"type": "face", "min_size": 20}}}
face: FaceConfig = {"type": "face"}
data: LazyDataConfig = {"type": "lazy_data", "size": 3, "norm": Norm.BATCH}
sound: SoundConfig = {"type": "spoken", "model": {"type": "slots", "one": face, "sound": {"type": "tone", "pitch": 440.0}}}
assert_type(VISION.build(config), VisionModel)
assert_type(VISION.build(face), VisionModel)
if TYPE_CHECKING:  # an annotation of it is imported for checkers alone, so that it can't be built
    assert_type(SOUND.build(sound), Sound)
    assert_type(SOUND.specs.spoken(model=FaceDetector(), voice=Tone(3)).build().samples(1), list[float])
odd: VisionConfig = {"type": "keyed", "class": 3, "with-dash": 0.5}
wide: VisionConfig = {"type": "slots", "one": face, "waiting": {"type": "face"}, "named": {"a": face, "b": VISION.specs.face()}}
either: VisionConfig = {"type": "slots", "one": face, "either": {"type": "tone", "pitch": 3}}


def lazily(specs: VisionSpecs) -> BuildSpec[Lazy]:
    raise NotImplementedError


def anywhere(model: BuildSpec[VisionModel]) -> VisionModel:
    return model.build()


anywhere(VISION.specs.data(size=3))
assert_type(CHILD.build(CHILD.specs.face(smile=True)), ChildFace)
assert_type(CHILD.specs.small_face(min_size=3), BuildSpec[FaceDetector])
below: ChildConfig = {"type": "slots", "one": {"type": "face", "smile": True}}
above: VisionConfig = {"type": "kid.face", "smile": True}
assert_type(ACTIVATIONS.build(ACTIVATIONS.specs.sin()), Activation)
assert_type(ACTIVATIONS.specs["relu-6"](), BuildSpec[Activation])
sine: ActivationsConfig = {"type": "sin"}
