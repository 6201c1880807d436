"""Wrong uses of a catalogue, and specs and registries given where those of other components are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.sound import SOUND, Mix, Sound, Tone
from zoo.vision import VISION, Good, VisionModel, Wrap

from typed_registry import BuildSpec, Registry

if TYPE_CHECKING:
    from zoo.sound_specs import SoundConfig, SoundSpecs

PLAIN = Registry("plain", Sound)

SOUND.specs.tone()  # E
SOUND.specs.tone(440.0)  # E
SOUND.specs.tone(pitch="high")  # E
SOUND.specs.ton(pitch=440.0)  # E
SOUND.specs.mix(parts=[{"type": "tone"}])  # E
SOUND.specs.mix(parts=[VISION.specs.Good(hidden=3)])  # E
no_type: SoundConfig = {"pitch": 440.0}  # E
bad_type: SoundConfig = {"type": "tome", "pitch": 440.0}  # E
bad_key: SoundConfig = {"type": "tone", "pitch": 440.0, "volum": 0.5}  # E
bad_value: SoundConfig = {"type": "tone", "pitch": "high"}  # E
bad_depth: SoundConfig = {"type": "mix", "parts": [{"type": "mix", "parts": [{"type": "tone", "pitch": "high"}]}]}  # E
bad_spec: SoundConfig = {"type": "mix", "parts": [VISION.specs.Good(hidden=3)]}  # E
bad_instance: SoundConfig = {"type": "mix", "parts": [Good(3)]}  # E
SOUND.build({"pitch": 440.0})  # E
SOUND.build({"type": "tone", "pitch": 440.0, "volum": 0.5})  # E
SOUND.build({"type": "mix", "parts": [{"type": "tone", "pitch": "high"}]})  # E
SOUND.build({"type": "mix", "parts": [VISION.specs.Good(hidden=3)]})  # E
loaded: dict[str, object] = {"type": "tone", "pitch": 440.0}
SOUND.build(loaded)  # E
SOUND.build("tone")  # E
SOUND.build(Tone(440.0))  # E
SOUND.build()  # E

# A spec of another registry.
SOUND.build(VISION.spec(Good, 3))  # E
SOUND.build(VISION.specs.Good(hidden=3))  # E
SOUND.spec(Good, 3)  # E
SOUND.spec_of(Good)  # E
VISION.specs.wrap(inner=SOUND.specs.tone(pitch=440.0))  # E
VISION.spec(Wrap, Tone(440.0))  # E
SOUND.spec(Mix, [Good(3)])  # E
of_sound: BuildSpec[Sound] = VISION.specs.Good(hidden=3)  # E
narrower: BuildSpec[Tone] = SOUND.parse({})  # E

# A registry of other components.
VISION.register("tone")(Tone)  # E
VISION.register(Tone)  # E


def of_sounds(registry: Registry[Sound]) -> None: ...


def with_catalogue(registry: Registry[Sound, SoundSpecs]) -> None: ...


of_sounds(VISION)  # E
with_catalogue(PLAIN)  # E
other: Registry[Sound] = VISION  # E
swapped: Registry[VisionModel, SoundSpecs] = VISION  # E
Registry("child", Sound, parent=VISION)  # E
child: Registry[VisionModel] = Registry("child", VisionModel, parent=SOUND)  # E
parentless: Registry[Sound] = Registry("child", Sound, parent=Sound)  # E
