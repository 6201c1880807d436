"""Sound sources; their catalogue lies beside this module, where every checker finds it without a setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from typed_registry import Registry

if TYPE_CHECKING:
    from zoo.sound_specs import SoundSpecs


class Sound(Protocol):
    def samples(self, seconds: float) -> list[float]: ...


SOUND: Registry[Sound, SoundSpecs] = Registry("sound", Sound)


@SOUND.register("tone")
@dataclass
class Tone:
    pitch: float
    volume: float = 1.0

    def samples(self, seconds: float) -> list[float]:
        return [self.pitch * self.volume] * int(seconds)


@SOUND.register("mix")
@dataclass
class Mix:
    parts: list[Sound]

    def samples(self, seconds: float) -> list[float]:
        return [sample for part in self.parts for sample in part.samples(seconds)]
