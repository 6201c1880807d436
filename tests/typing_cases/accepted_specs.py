"""Specs: what they give, those written by hand, and those that are fields of a pydantic model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, Protocol, assert_type

from pydantic import BaseModel, Field
from zoo.vision import VISION, Good, VisionModel

from typed_registry import BuildSpec, Registry, deferred


class Detector(Protocol):
    def detect(self, image: bytes) -> list[str]: ...


DETECTORS: Registry[Detector] = Registry("detectors", Detector)


class FaceSpec(BuildSpec["FaceDetector"]):
    type: Literal["face"] = "face"
    scale: Annotated[float, Field(gt=1)] = 1.2
    inside: Annotated[BuildSpec[VisionModel], VISION] | None = None


@DETECTORS.register(spec=FaceSpec)
class FaceDetector:
    def __init__(self, scale: float = 1.2, inside: VisionModel | None = None) -> None:
        self.scale = scale
        self.inside = inside

    def detect(self, image: bytes) -> list[str]:
        return ["face"] * len(image)


class LabelSpec(BuildSpec["LabelDetector"]):
    type: Literal["label"] = "label"
    label: str


@DETECTORS.register("label", spec=LabelSpec, tags=("label",))
class LabelDetector(FaceDetector):
    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label


face = FaceSpec(scale=1.3)
assert_type(FaceDetector(1.3).detect(b""), list[str])
assert_type(face, FaceSpec)
assert_type(face.scale, float)
assert_type(face.type, Literal["face"])
assert_type(face.build(), FaceDetector)
assert_type(face.build().scale, float)
assert_type(FaceSpec().build(), FaceDetector)
assert_type(LabelSpec(label="a").build().label, str)
assert_type(DETECTORS.build(face), FaceDetector)
assert_type(DETECTORS.build(LabelSpec(label="a")).label, str)
assert_type(DETECTORS.spec(FaceDetector, scale=1.3), BuildSpec[FaceDetector])
assert_type(deferred(face), FaceDetector)
wider: BuildSpec[Detector] = face
specs: list[BuildSpec[Detector]] = [face, LabelSpec(label="a"), DETECTORS.spec(LabelDetector, "b"), DETECTORS.parse({"type": "face"})]

spec = VISION.spec(Good, 3)
assert_type(spec.build(), Good)
assert_type(spec.arguments, Mapping[str, object])
assert_type(spec.to_config(), dict[str, object])
assert_type(spec.to_json(), str)
assert_type(spec.fingerprint(), str)
assert_type(spec.replace(hidden=4), BuildSpec[Good])
assert_type(spec.replace(hidden=4).build().extra, int)
assert_type(spec == VISION.parse({"type": "Good", "hidden": 3}), bool)
assert_type({spec: 1}, dict[BuildSpec[Good], int])


class Pipeline(BaseModel):
    model: Annotated[BuildSpec[VisionModel], VISION]
    more: list[Annotated[BuildSpec[VisionModel], VISION]] = []
    named: dict[str, Annotated[BuildSpec[VisionModel], VISION]] = {}
    other: Annotated[BuildSpec[VisionModel], VISION] | None = None
    detector: BuildSpec[Detector] = FaceSpec()


pipeline = Pipeline(model=spec, more=[VISION.parse({"type": "Good", "hidden": 3})], other=spec)
assert_type(pipeline.model, BuildSpec[VisionModel])
assert_type(pipeline.model.build(), VisionModel)
assert_type(pipeline.more[0].build(), VisionModel)
assert_type(pipeline.named.get("a"), BuildSpec[VisionModel] | None)
assert_type(pipeline.detector.build().detect(b""), list[str])
assert_type(Pipeline.model_validate({"model": {"type": "Good", "hidden": 3}}).model.build(), VisionModel)


class Needs:
    def __init__(self, model: Annotated[VisionModel, VISION], detector: Detector | None = None) -> None:
        self.model = model

    def detect(self, image: bytes) -> list[str]:
        return []


DETECTORS.register("needs")(Needs)
assert_type(DETECTORS.spec(Needs, deferred(VISION.spec(Good, 3)), deferred(face)).build().model, VisionModel)
