"""Misspelt names, wrong uses of the mapping, wrong trees, and wrong things made of what it gives."""

# ruff: noqa: F401, I001 # one import a line, since each misspelt one is a case

from __future__ import annotations

import typed_registry
import typed_registry.errors
from typed_registry import BuildSpek  # E
from typed_registry import Registri  # E
from typed_registry import Entry, Registry, _Registry  # E
from typed_registry.errors import ConfigErorr  # E
from typed_registry.specs import Deferred  # E
from zoo.parts import LAYERS, METRICS, Layer, Metric
from zoo.vision import VISION, Good, VisionModel

typed_registry.BuildSpecs  # E
typed_registry.defered  # E
typed_registry.errors.UnknownError  # E

entry = VISION["Good"]
VISION[3]  # E
VISION.Good  # E
VISION["Good"] = Good  # E
del VISION["Good"]  # E
entry.nam  # E
entry.name = "other"  # E
entry.build(3)  # E
entry.build().extra  # E
entry.load()(3).extra  # E
entry.parameters[3]  # E
good: Good = entry.build()  # E
narrower: Entry[Good] = entry  # E
VISION.get()  # E
VISION.get("Good").build()  # E
VISION.get(3)  # E
for name in VISION:
    name.build()  # E
for each in VISION.values():
    each.build().extra  # E
VISION.parse()  # E
VISION.parse({}).build().extra  # E
VISION.parse({}, default={})  # E
VISION.parse({}, defaults=3)  # E
VISION.parse_file(3)  # E
VISION.parse_file("pipeline.yaml").bild()  # E
VISION.register_module()  # E
VISION.freeze(True)  # E
VISION.unregister(Good)  # E
VISION.using()  # E
VISION.check()[0].mesage  # E
VISION.build({"type": "Good"}, defaults=3)  # E
VISION.build({"type": "Good"}, {"hidden": 3})  # E
VISION.build(VISION.spec(Good, 3), defaults="hidden")  # E
VISION.build({"type": "Good"}, defaults={"hidden": 3}).extra  # E

Registry()  # E
Registry("layers")  # E
Registry(Layer, "layers")  # E
Registry(name="layers", protocol=Layer)  # E
Registry("layers", Layer, LAYERS)  # E
Registry("layers", Layer, scope=3)  # E
Registry("layers", Layer, stirct=True)  # E
Registry("layers", Layer, parent="models")  # E
Registry("layers", Layer, parent=METRICS)  # E
Registry("metrics", Metric, parent=LAYERS)  # E
wrong: Registry[Metric] = Registry("metrics", Layer)  # E
wrong_catalogue: Registry[Layer, Layer] = Registry("layers", Layer)  # E
Registry[Layer]("layers", Metric)  # E
Registry[VisionModel]("plain", VisionModel).build({"type": "Good"}).extra  # E
Registry("plain", VisionModel).build(3)  # E
Registry("plain", VisionModel).build([("type", "Good")])  # E
