"""Wrong arguments of specs written by hand, wrong uses of their products, and wrong specs in a model."""

from __future__ import annotations

from typing import Annotated, Literal, Protocol

from pydantic import BaseModel, Field
from zoo.sound import SOUND, Sound, Tone
from zoo.vision import VISION, Good, VisionModel, Wrap

from typed_registry import BuildSpec, Registry, deferred


class Detector(Protocol):
    def detect(self, image: bytes) -> list[str]: ...


DETECTORS: Registry[Detector] = Registry("detectors", Detector)


class FaceSpec(BuildSpec["FaceDetector"]):
    type: Literal["face"] = "face"
    scale: Annotated[float, Field(gt=1)] = 1.2
    label: str


@DETECTORS.register(spec=FaceSpec)
class FaceDetector:
    def __init__(self, label: str, scale: float = 1.2) -> None:
        self.label = label
        self.scale = scale

    def detect(self, image: bytes) -> list[str]:
        return [self.label] * len(image)


class PlainModel(BaseModel):
    type: Literal["face"] = "face"


FaceSpec()  # E
FaceSpec("a")  # E
FaceSpec(label="a", scale=[])  # E
FaceSpec(label="a", sclae=1.3)  # E
FaceSpec(label="a", type="faces")  # E
FaceSpec(label=3)  # E
FaceSpec(label="a").sclae  # E
FaceSpec(label="a").scale = 2.0  # E: not mypy, pyright
FaceSpec(label="a").build().sclae  # E
FaceSpec(label="a").build(3)  # E
DETECTORS.build(FaceSpec(label="a")).sclae  # E
VISION.build(FaceSpec(label="a"))  # E
VISION.spec(Wrap, deferred(FaceSpec(label="a")))  # E
VISION.register(spec=FaceSpec)  # E
DETECTORS.register(spec=PlainModel)  # E
DETECTORS.register(spec=FaceSpec(label="a"))  # E
DETECTORS.register(spec="face")  # E

spec = VISION.spec(Good, 3)
spec.hidden  # E
spec.bild()  # E
spec.arguments["hidden"].real  # E
spec.arguments["hidden"] = 4  # E
spec.build().hiden  # E
spec.replace(4)  # E
spec.to_config().hidden  # E
deferred(Good(3))  # E
deferred(deferred(spec))  # E
deferred()  # E
BuildSpec[Good](3)  # E
of_sounds: BuildSpec[Sound] = spec  # E
narrower: BuildSpec[Good] = VISION.parse({})  # E
text: str = spec.build()  # E


class Pipeline(BaseModel):
    model: Annotated[BuildSpec[VisionModel], VISION]
    sound: Annotated[BuildSpec[Sound], SOUND] | None = None


Pipeline()  # E
Pipeline(model=Good(3))  # E: not pyrefly
Pipeline(model=SOUND.spec(Tone, 440.0))  # E: not ty, pyrefly
Pipeline(model=spec, sound=spec)  # E: not ty, pyrefly
Pipeline(model=spec).model.build().extra  # E
Pipeline(model=spec).sound.build()  # E
