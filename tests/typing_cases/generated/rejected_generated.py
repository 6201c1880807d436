"""Wrong uses of generated catalogues: each line marked `# E` is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.sound import SOUND, Tone
from zoo.trees import ACTIVATIONS, CHILD
from zoo.vision import VISION

if TYPE_CHECKING:
    from sound_specs import SoundConfig
    from zoo.child_specs import ChildConfig
    from zoo.vision_specs import FaceConfig, VisionConfig

VISION.specs.fase()  # E
VISION.specs.face(scael=1.3)  # E
VISION.specs.face(scale="big")  # E
VISION.specs.face(1.3)  # E
VISION.specs.data()  # E
VISION.specs.slots(one={"type": "fase"})  # E
VISION.specs.slots(one={"type": "face", "scael": 1.3})  # E
VISION.specs.slots(one={"type": "slots", "one": {"type": "slots", "one": {"type": "face", "scale": "big"}}})  # E
VISION.specs.slots(one=VISION.specs.face(), sound={"type": "face"})  # E
VISION.specs.slots(one=SOUND.specs.tone(pitch=3))  # E
VISION.specs.slots(one=Tone(3))  # E
VISION.specs.slots(one={"type": "tone", "pitch": 3})  # E
VISION.specs.tuned(internal=3)  # E
VISION.specs["face-v3"]()  # E
VISION.specs["face-v2"](scael=1.3)  # E
VISION.specs["class"](size=3)  # E
VISION.specs.keyed(**{"class": "x"})  # E
VISION.specs.unpacked(mode="slow")  # E
VISION.specs.lazy_data(size="x")  # E
VISION.build(VISION.specs.face(scale=1.3)).scael  # E
name: VisionConfig = {"type": "fase"}  # E
key: VisionConfig = {"type": "face", "scael": 1.3}  # E
value: VisionConfig = {"type": "face", "scale": "big"}  # E
missing: VisionConfig = {"type": "data"}  # E
no_type: VisionConfig = {"scale": 1.3}  # E
one: FaceConfig = {"type": "face-v2"}  # E
deep: VisionConfig = {"type": "slots", "one": {"type": "slots", "one": {"type": "slots", "one": {"type": "face", "scael": 1.3}}}}  # E
other: VisionConfig = {"type": "tone", "pitch": 3}  # E
other_deep: SoundConfig = {"type": "spoken", "model": {"type": "tone", "pitch": 3}}  # E
many: VisionConfig = {"type": "slots", "one": {"type": "face"}, "many": [{"type": "fase"}]}  # E
odd: VisionConfig = {"type": "keyed", "class": "x"}  # E
VISION.build({"type": "fase"})  # E
VISION.build({"type": "face", "scael": 1.3})  # E
VISION.build({"type": "face", "scale": "big"})  # E
VISION.build({"type": "data"})  # E
VISION.build({"type": "slots", "one": {"type": "slots", "one": {"type": "face", "scale": "big"}}})  # E
VISION.build({"type": "tone", "pitch": 3})  # E
SOUND.build({"type": "face"})  # E
SOUND.build(VISION.specs.face())  # E
CHILD.specs.face(scale=1.3)  # E
VISION.specs.face(smile=True)  # E
wrong_child: ChildConfig = {"type": "face", "scale": 1.3}  # E
CHILD.build({"type": "face", "scale": 1.3})  # E
ACTIVATIONS.specs.sin(x=3)  # E
ACTIVATIONS.specs.cos()  # E
