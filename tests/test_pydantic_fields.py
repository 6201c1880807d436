"""Specs as fields of pydantic models, where a registry is an open union with clean paths."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import pydantic.dataclasses
import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from tests.components import MADE, PARTS, SOUNDS, Bell, Leaf, Many, Pair, Part, registry_of_parts
from typed_registry import BuildSpec, Registry
from typed_registry.errors import ConfigError, ContractError

AnyPart = Annotated[BuildSpec[Part], PARTS]


class Pipeline(BaseModel):
    main: AnyPart
    other: AnyPart | None = None
    many: list[AnyPart] = []
    named: dict[str, AnyPart] = {}
    size: int = 1


class Outer(BaseModel):
    inner: Pipeline
    stages: list[Pipeline] = []


LEAF = {"type": "leaf", "value": 2}
DATA: dict[str, Any] = {
    "main": {"type": "pair", "first": LEAF, "second": {"type": "sheet"}},
    "other": LEAF,
    "many": [LEAF, {"type": "many", "items": [LEAF]}],
    "named": {"a": LEAF},
    "size": 3,
}


def paths_of(call: Any) -> list[tuple[tuple[Any, ...], str]]:
    before = list(MADE)
    with pytest.raises(ValidationError) as caught:
        call()
    assert before == MADE
    return [(error["loc"], error["type"]) for error in caught.value.errors()]


def test_fields_take_configs_and_specs() -> None:
    """A config becomes a spec, and nothing is built."""
    before = list(MADE)
    pipeline = Pipeline.model_validate(DATA)
    assert before == MADE
    assert pipeline.main.build() == Pair(Leaf(2.0), Leaf())
    assert (pipeline.other, pipeline.many[1]) == (PARTS.spec(Leaf, 2.0), PARTS.parse({"type": "many", "items": [LEAF]}))
    spec = PARTS.spec(Leaf)
    assert Pipeline(main=spec, named={"x": spec}).named["x"] is spec
    assert Pipeline(main=spec).other is None


def test_dumps_validate_back() -> None:
    """`model_dump` and `model_dump_json` give configs."""
    pipeline = Pipeline.model_validate(DATA)
    canonical = {**DATA, "main": {"type": "pair", "first": LEAF, "second": {"type": "leaf"}}}
    assert pipeline.model_dump() == canonical
    assert json.loads(pipeline.model_dump_json()) == canonical
    assert pipeline.model_dump(mode="json") == canonical
    assert Pipeline.model_validate(pipeline.model_dump()) == pipeline
    assert Pipeline.model_validate_json(pipeline.model_dump_json()) == pipeline
    assert pipeline.model_dump(exclude_none=True, exclude={"main"})["other"] == LEAF


def test_equality_and_copies() -> None:
    """Models compare their specs by value, and copy them."""
    pipeline = Pipeline.model_validate(DATA)
    assert pipeline == Pipeline.model_validate(DATA)
    assert pipeline != Pipeline.model_validate({**DATA, "other": None})
    assert pipeline.model_copy(deep=True) == pipeline


def test_paths_have_no_tags() -> None:
    """All problems of all fields, each at its path in the data, whatever Optional, list and dict are around it."""
    wrong = {
        "inner": {
            "main": {"type": "pair", "first": {"type": "leaf", "value": "x"}, "second": {"type": "laef"}},
            "other": {"type": "leaf", "vlaue": 1},
            "many": [LEAF, 3, {"type": "many", "items": [LEAF, {"value": 1}]}],
            "named": {"a": {"type": "pair"}},
            "size": "q",
        },
        "stages": [{"main": None}],
    }
    assert paths_of(lambda: Outer.model_validate(wrong)) == [
        (("inner", "main", "first", "value"), "TR205"),
        (("inner", "main", "second"), "TR201"),
        (("inner", "other"), "TR203"),
        (("inner", "many", 1), "TR207"),
        (("inner", "many", 2, "items", 1), "TR202"),
        (("inner", "named", "a"), "TR204"),
        (("inner", "named", "a"), "TR204"),
        (("inner", "size"), "int_parsing"),
        (("stages", 0, "main"), "TR207"),
    ]


def test_messages_hold_the_nearest_name() -> None:
    """The text is that of the registry's own problems."""
    with pytest.raises(ValidationError, match="unknown argument 'vlaue' of 'leaf'; did you mean 'value'"):
        Pipeline.model_validate({"main": {"type": "leaf", "vlaue": 1}})


def test_messages_with_braces() -> None:
    """Names in braces are no templates."""
    with pytest.raises(ValidationError) as caught:
        Pipeline.model_validate({"main": {"type": "leaf", "{reason}": 1, "{0}": "{}"}})
    assert [error["msg"].split(" of ")[0] for error in caught.value.errors()] == ["unknown argument '{reason}'", "unknown argument '{0}'"]


def test_specs_of_other_registries_are_refused() -> None:
    """A spec of the wrong kind is an error, an instance is none of what a model holds."""
    bell: Any = SOUNDS.spec(Bell)
    assert paths_of(lambda: Pipeline(main=bell)) == [(("main",), "TR206")]
    leaf: Any = Leaf()
    assert paths_of(lambda: Pipeline(main=leaf)) == [(("main",), "TR207")]


def test_instances_in_a_config() -> None:
    """Plain dumps keep them (but for models and dataclasses, which pydantic dumps too); JSON can't, and says where they are."""

    class Weight:
        def weight(self) -> float:
            return 3.0

    instance = Weight()
    pipeline = Pipeline(main=PARTS.spec(Many, [instance]))
    assert pipeline.model_dump()["main"]["items"][0] is instance
    with pytest.raises(Exception, match=r"items\[0\]") as caught:
        pipeline.model_dump_json()
    assert isinstance(caught.value, (ConfigError, ValueError))


def test_json_schema() -> None:
    """A model with slots has a schema, in both modes, that names the entries."""
    modes: list[Literal["validation", "serialization"]] = ["validation", "serialization"]
    for mode in modes:
        schema = Pipeline.model_json_schema(mode=mode)
        main = schema["properties"]["main"]
        assert (main["type"], main["required"]) == ("object", ["type"])
        assert set(main["properties"]["type"]["examples"]) >= {"leaf", "pair"}
        assert schema["properties"]["many"]["items"]["type"] == "object"
    json.dumps(Outer.model_json_schema())


def test_children_of_a_tree() -> None:
    """The open union is open: later entries and other scopes of the same tree fit."""
    root = registry_of_parts("root")
    child = registry_of_parts("child", parent=root, scope="kid")

    class Holder(BaseModel):
        part: Annotated[BuildSpec[Part], root]

    assert [error[1] for error in paths_of(lambda: Holder.model_validate({"part": {"type": "late"}}))] == ["TR201"]
    root.register("late")(Leaf)
    child.register("own")(Leaf)
    assert Holder.model_validate({"part": {"type": "late"}}).part.build() == Leaf()
    assert Holder.model_validate({"part": {"type": "kid.own"}}).model_dump() == {"part": {"type": "kid.own"}}
    holder = Holder(part=child.spec(Leaf))
    assert Holder.model_validate(holder.model_dump()).part.build() == Leaf()


def test_without_a_mark() -> None:
    """`BuildSpec[Protocol]` alone means the only registry that has the protocol."""

    class Lonely(BaseModel):
        sound: BuildSpec[Any]

    class Sounding(BaseModel):
        sound: Annotated[BuildSpec[Any], SOUNDS]

    assert Sounding.model_validate({"sound": {"type": "bell"}}).sound.build() == Bell()
    assert paths_of(lambda: Lonely.model_validate({"sound": {"type": "bell"}})) == [(("sound",), "TR206")]


def test_a_mark_on_something_else() -> None:
    """A registry marks specs in models; what else it is put on is told at once."""
    with pytest.raises(TypeError, match="annotates a BuildSpec"):

        class Wrong(BaseModel):  # pyright: ignore[reportUnusedClass]
            part: Annotated[int, PARTS]


@pydantic.dataclasses.dataclass
class Settings:
    part: AnyPart
    parts: list[AnyPart] = field(default_factory=lambda: list[BuildSpec[Part]]())


def test_pydantic_dataclasses_and_adapters() -> None:
    """Everything that pydantic validates can hold a slot."""
    settings = TypeAdapter(Settings).validate_python({"part": LEAF, "parts": [LEAF]})
    assert settings.part.build() == settings.parts[0].build() == Leaf(2.0)
    assert TypeAdapter(Settings).dump_python(settings) == {"part": LEAF, "parts": [LEAF]}
    assert paths_of(lambda: TypeAdapter(dict[str, AnyPart]).validate_python({"a": {"type": "leaf", "value": "x"}})) == [
        (("a", "value"), "TR205")
    ]


def test_models_as_components() -> None:
    """A component that is a model gets its specs as specs, and one that takes a model gets the model."""
    registry = registry_of_parts()

    class Stage(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)
        part: AnyPart
        times: int = 1

        def weight(self) -> float:
            return self.part.build().weight() * self.times

    @registry.register("staged")
    @dataclass
    class Staged:
        stage: Stage
        stages: list[Stage] = field(default_factory=lambda: list[Stage]())

        def weight(self) -> float:
            return sum(stage.weight() for stage in (self.stage, *self.stages))

    registry.register("stage")(Stage)
    stage = {"part": LEAF, "times": "2"}
    assert registry.build({"type": "stage", **stage}).weight() == 4
    spec = registry.parse({"type": "staged", "stage": stage, "stages": [stage]})
    assert spec.build().weight() == 8
    assert registry.parse(spec.to_config()) == spec
    with pytest.raises(ConfigError) as caught:
        registry.parse({"type": "staged", "stage": {"part": {"type": "leaf", "vlaue": 1}}, "stages": [{"part": 3}, {}]})
    assert [(problem.path, problem.code, problem.suggestion) for problem in caught.value.problems] == [
        (("stage", "part"), "TR203", "value"),
        (("stages", 0, "part"), "TR207", None),
        (("stages", 1), "TR204", None),
    ]


class Tuned:
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def weight(self) -> float:
        return self.scale


class TunedSpec(BuildSpec[Tuned]):
    type: str = "tuned"
    scale: float = 1.0


def test_written_specs_as_fields() -> None:
    """A field of a written class takes its configs alone, and is dumped as one."""
    registry: Registry[Part] = registry_of_parts()
    registry.register("leaf")(Leaf)
    registry.register(spec=TunedSpec)(Tuned)

    class Holder(BaseModel):
        tuned: TunedSpec
        marked: Annotated[TunedSpec, registry] | None = None
        any: Annotated[BuildSpec[Part], registry] | None = None

    holder = Holder.model_validate({"tuned": {"scale": 2}, "marked": {"type": "tuned", "scale": 3}, "any": {"type": "tuned"}})
    assert (holder.tuned.scale, holder.tuned.build().weight(), type(holder.any)) == (2.0, 2.0, TunedSpec)
    dumped = holder.model_dump()
    assert dumped["tuned"] == {"type": "tuned", "scale": 2.0}
    assert Holder.model_validate(dumped) == holder
    assert paths_of(lambda: Holder.model_validate({"tuned": {}, "marked": {"type": "leaf"}})) == [(("marked",), "TR206")]


def test_ambiguous_protocols_of_unmarked_fields() -> None:
    """Several registries of one protocol: the field says that it needs a mark."""
    one, other = registry_of_parts("one"), registry_of_parts("two")

    class Holder(BaseModel):
        part: BuildSpec[Part]

    with pytest.raises((ValidationError, ContractError), match="Annotated") as caught:
        Holder.model_validate({"part": LEAF})
    assert "'one'" in str(caught.value)
    assert (one.name, other.name) == ("one", "two")
