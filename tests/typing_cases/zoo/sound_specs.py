"""As the generator writes it beside a module: types only, imported under TYPE_CHECKING alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from typed_registry import BuildSpec, Specs
from zoo.sound import Mix as _Mix
from zoo.sound import Sound as _Sound
from zoo.sound import Tone as _Tone


class ToneConfig(TypedDict):
    type: Literal["tone"]
    pitch: float
    volume: NotRequired[float]


class MixConfig(TypedDict):
    type: Literal["mix"]
    parts: Sequence[SoundConfig | BuildSpec[_Sound] | _Sound]


SoundConfig: TypeAlias = ToneConfig | MixConfig


class SoundSpecs(Specs[SoundConfig]):
    """Each component of SOUND, as a spec."""

    def tone(self, *, pitch: float, volume: float = 1.0) -> BuildSpec[_Tone]:
        raise NotImplementedError

    def mix(self, *, parts: Sequence[SoundConfig | BuildSpec[_Sound] | _Sound]) -> BuildSpec[_Mix]:
        raise NotImplementedError
