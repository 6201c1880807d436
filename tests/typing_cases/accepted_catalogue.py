"""A catalogue beside the module, and specs inside configs at any depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from zoo.sound import SOUND, Mix, Sound, Tone
from zoo.vision import VISION, Good, VisionModel

from typed_registry import BuildSpec, Registry, Specs, deferred

if TYPE_CHECKING:
    from vision_specs import VisionConfig, VisionSpecs
    from zoo.sound_specs import SoundConfig, SoundSpecs, ToneConfig

assert_type(SOUND.specs.tone(pitch=440.0), BuildSpec[Tone])
assert_type(SOUND.specs.mix(parts=[SOUND.specs.tone(pitch=440.0), {"type": "tone", "pitch": 220.0}, Tone(110.0)]).build(), Mix)
assert_type(SOUND.build({"type": "mix", "parts": [{"type": "mix", "parts": [{"type": "tone", "pitch": 1.0}]}]}), Sound)
assert_type(SOUND.build({"type": "mix", "parts": [SOUND.spec(Tone, 440.0), SOUND.specs.tone(pitch=1.0)]}), Sound)
assert_type(SOUND.spec(Mix, [deferred(SOUND.spec(Tone, 440.0)), Tone(220.0)]), BuildSpec[Mix])
chord: SoundConfig = {"type": "mix", "parts": [{"type": "tone", "pitch": 440.0, "volume": 0.5}, SOUND.spec(Tone, 550.0)]}
tone: ToneConfig = {"type": "tone", "pitch": 440.0}
assert_type(SOUND.build(chord), Sound)
assert_type(SOUND.build(tone), Sound)
assert_type(SOUND.build({"type": "mix", "parts": [chord, tone]}), Sound)

# A spec written where a config may stand, as an argument, an item and at depth.
assert_type(VISION.specs.wrap(inner=VISION.spec(Good, 3)).build().forward([]), list[float])
inner_spec: VisionConfig = {"type": "wrap", "inner": VISION.spec(Good, 3)}
deeper: VisionConfig = {"type": "wrap", "inner": {"type": "wrap", "inner": VISION.spec(Good, 3)}}
assert_type(VISION.build({"type": "wrap", "inner": VISION.spec(Good, 3)}), VisionModel)
assert_type(VISION.build({"type": "wrap", "inner": VISION.spec_of(Good)(3)}), VisionModel)
assert_type(VISION.build({"type": "wrap", "inner": VISION.parse(deeper)}), VisionModel)


# What was loaded is any object: it goes through `parse`.
def from_data(data: object) -> VisionModel:
    assert_type(VISION.parse(data), BuildSpec[VisionModel])
    return VISION.build(VISION.parse(data))


assert_type(from_data({"type": "Good", "hidden": 3}), VisionModel)


# A registry with a catalogue is a registry of its components, whoever asks.
def entries(registry: Registry[VisionModel]) -> list[str]:
    return list(registry)


def with_catalogue(registry: Registry[VisionModel, VisionSpecs]) -> BuildSpec[Good]:
    return registry.specs.Good(hidden=3)


def of_sounds(registry: Registry[Sound, SoundSpecs] | Registry[Sound]) -> BuildSpec[Sound]:
    return registry.parse({"type": "tone", "pitch": 440.0})


plain: Registry[VisionModel] = VISION
assert_type(entries(VISION), list[str])
assert_type(with_catalogue(VISION), BuildSpec[Good])
assert_type(of_sounds(SOUND).build().samples(0.5), list[float])
base: Specs[VisionConfig] = VISION.specs
CHILD: Registry[VisionModel] = Registry("child", VisionModel, parent=VISION)
assert_type(Registry("grandchild", VisionModel, parent=CHILD, scope="grand"), Registry[VisionModel])
