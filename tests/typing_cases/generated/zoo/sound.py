"""Sounds, which take images, which take sounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

from typed_registry import Registry

if TYPE_CHECKING:
    from sound_specs import SoundSpecs

    from zoo.vision import VisionModel


class Sound(Protocol):
    def samples(self, seconds: float) -> list[float]: ...


class Light(Protocol):
    def shine(self) -> None: ...


SOUND: Registry[Sound, SoundSpecs] = Registry("sound", Sound)
LIGHT: Registry[Light] = Registry("light", Light)


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
    light: Annotated[Light, LIGHT] | None = None

    def samples(self, seconds: float) -> list[float]:
        return [sample for part in self.parts for sample in part.samples(seconds)]


@SOUND.register("spoken")
class Spoken:
    """What a picture says."""

    def __init__(self, model: VisionModel, voice: Sound | None = None) -> None:
        self.model = model

    def samples(self, seconds: float) -> list[float]:
        return self.model.detect([])
