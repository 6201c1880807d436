"""A registry as a mapping, its lazy entries, its tree, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import assert_type

from zoo.parts import LAYERS, Layer
from zoo.vision import VISION, Good, VisionModel

from typed_registry import BuildSpec, Entry, Problem, Registry
from typed_registry.errors import ConfigError, ContractError, LoadError, UnknownEntryError, Where

VISION.register_lazy("lazy", "zoo.vision:Good")
VISION.register_lazy("ocr", "zoo.ocr:Ocr", requires="ocr", extra="zoo[ocr]", aliases=("text",), tags={"slow"})
VISION.register_lazy("ocr", "zoo.ocr:Ocr", requires=["ocr", "numpy"], override=True, deprecated="use lazy")

entry = VISION["Good"]
assert_type(entry, Entry[VisionModel])
assert_type(entry.load(), Callable[..., VisionModel])
assert_type(entry.build(hidden=3, drop=0.1), VisionModel)
assert_type(entry.name, str)
assert_type(entry.aliases, tuple[str, ...])
assert_type(entry.tags, frozenset[str])
assert_type(entry.target, str)
assert_type(entry.where, Where)
assert_type(entry.doc, str | None)
assert_type(entry.deprecated, str | None)
assert_type(entry.is_loaded, bool)
assert_type(list(entry.parameters), list[str])
assert_type(entry.parameters["hidden"].required, bool)
wider: Entry[object] = entry

assert_type(VISION.get("Good"), Entry[VisionModel] | None)
assert_type(VISION.get("Good", None), Entry[VisionModel] | None)
assert_type(VISION.get("Good", entry), Entry[VisionModel])  # E: only ty
assert_type(VISION.get("Good", 3), Entry[VisionModel] | int)  # E: only ty
for name in VISION:
    assert_type(name, str)
for key, value in VISION.items():
    assert_type(key, str)
    assert_type(value, Entry[VisionModel])
assert_type([each.name for each in VISION.values()], list[str])
assert_type(list(VISION.keys()), list[str])
assert_type(VISION.all_names(), list[str])
assert_type("Good" in VISION, bool)
assert_type(len(VISION), int)
assert_type(VISION.name, str)
assert_type(VISION.scope, str | None)
mapping: Mapping[str, Entry[VisionModel]] = VISION

assert_type(VISION.parse({"type": "Good", "hidden": 3}), BuildSpec[VisionModel])
assert_type(VISION.check(), list[Problem])
VISION.unregister("lazy")
with VISION.temporary():
    VISION.register("another")(Good)
LAYERS.freeze()


def needs_files() -> None:
    assert_type(VISION.parse_file("pipeline.yaml"), BuildSpec[VisionModel])
    assert_type(VISION.parse_file(Path("pipeline.yaml"), defaults={"type": "Good"}), BuildSpec[VisionModel])
    VISION.load_all()


def takes_any_data(data: object) -> None:
    assert_type(VISION.parse(data), BuildSpec[VisionModel])
    assert_type(VISION.parse(data, defaults={"hidden": 3}), BuildSpec[VisionModel])
    assert_type(entry.build(), VisionModel)


PARENT = Registry("parent", Layer, scope="top", strict=True)
CHILD = Registry("child", Layer, parent=PARENT, scope="zoo")
GRANDCHILD: Registry[Layer] = Registry("grandchild", Layer, parent=CHILD)
NO_PARENT = Registry("no_parent", Layer, parent=None, scope=None)
assert_type(CHILD, Registry[Layer])
PARENT.register(Layer)
assert_type(CHILD["top.Layer"], Entry[Layer])
with CHILD.using("top"):
    assert_type(CHILD.build({"type": "Layer"}, defaults={"size": 3}), Layer)

unbound: Callable[..., object] = Registry.build
built = VISION.build
assert_type(built({"type": "Good", "hidden": 3}), VisionModel)
assert_type([VISION.build(each) for each in (VISION.spec(Good, 3), VISION.spec(Good, 4))], list[Good])


class Loud(Registry[VisionModel]):
    def once(self) -> VisionModel:
        return super().build({"type": "Good", "hidden": 3})


try:
    VISION.parse({})
except ConfigError as error:
    assert_type(error.problems, list[Problem])
except (ContractError, LoadError, UnknownEntryError):
    pass
