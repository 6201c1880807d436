"""The JSON Schema of configs: its shape, what it tells, what it refers to, and where it differs from `parse`."""

from __future__ import annotations

import datetime
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeAlias

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    StringConstraints,
    model_validator,
)
from typing_extensions import TypedDict

from tests.components import PARTS, Part
from tests.modules import Modules
from typed_registry import BuildSpec, Registry
from typed_registry.errors import ConfigError, LoadError

pytest.importorskip("docstring_parser")
jsonschema: Any = pytest.importorskip("jsonschema")

from typed_registry.jsonschema import config_schema, model_schema, schema_text  # noqa: E402 # it needs docstring_parser

OurPart: TypeAlias = Annotated[Part, PARTS]  # other tests have registries of parts too

Config = dict[str, Any]


class Reader(Protocol):
    """What reads."""

    def read(self) -> str: ...


class Writer(Protocol):
    """What writes, and reads too."""

    def read(self) -> str: ...
    def write(self, text: str) -> None: ...


class Book:
    """A book.

    It may be thick.

    Args:
        pages: How many there are.
    """

    def __init__(
        self, pages: Annotated[int, Field(ge=1, title="Pages")], *, title: str = "none", kind: Literal["novel", "poem"] = "novel"
    ) -> None: ...

    def read(self) -> str:
        return ""


class Pen(Book):
    def __init__(self) -> None: ...

    def write(self, text: str) -> None: ...


def new_readers(**options: Any) -> Registry[Reader]:
    return Registry("readers", Reader, **options)


def validator(schema: dict[str, Any]) -> Callable[[object], bool]:
    """What says whether a config is taken."""
    jsonschema.Draft202012Validator.check_schema(schema)
    taken: Callable[[object], bool] = jsonschema.Draft202012Validator(schema).is_valid
    return taken


def is_parsed(registry: Registry[Any], config: object) -> bool:
    try:
        registry.parse(config)
    except ConfigError:
        return False
    return True


def errors(schema: dict[str, Any], config: object) -> list[tuple[str, str]]:
    """The path and the message of each error."""
    found = jsonschema.Draft202012Validator(schema).iter_errors(config)
    return sorted((each.json_path, each.message) for each in found)


# --- shape ---


def test_the_shape_is_the_one_that_language_servers_are_quick_with() -> None:
    """The name picks one closed member by if and then; beside that it is required, and described name by name."""
    readers = new_readers()
    readers.register("book", aliases=("tome",))(Book)
    schema = config_schema(readers)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["type"]
    assert schema["allOf"] == [
        {
            "if": {"type": "object", "properties": {"type": {"const": name}}, "required": ["type"]},
            "then": {"$ref": "#/$defs/readers.book"},
        }
        for name in ("book", "tome")
    ]
    assert schema["properties"]["type"] == {
        "anyOf": [
            {"const": "book", "description": "A book.\n\nIt may be thick."},
            {"const": "tome", "description": "Another name of 'book'.\n\nA book.\n\nIt may be thick."},
        ]
    }
    assert not re.search("oneOf|discriminator|unevaluated", schema_text(schema))


def test_descriptions_of_a_model_are_told() -> None:
    """Those of its fields, given as a default or in an `Annotated`."""
    readers = new_readers()

    @readers.register("shelf")
    class Shelf(BaseModel):
        width: int = Field(3, description="How wide.")
        depth: Annotated[int, Field(description="How deep.")] = 4

        def read(self) -> str:
            return ""

    properties = config_schema(readers)["$defs"]["readers.shelf"]["properties"]
    assert {name: properties[name]["description"] for name in ("width", "depth")} == {"width": "How wide.", "depth": "How deep."}


def test_members_tell_all_that_is_known() -> None:
    """Titles, docs, defaults, constraints and what is required; nothing else is taken."""
    readers = new_readers()
    readers.register("book")(Book)
    member = config_schema(readers)["$defs"]["readers.book"]
    assert member["title"] == "book"
    assert member["description"] == "A book.\n\nIt may be thick."
    assert member["required"] == ["type", "pages"]
    assert member["additionalProperties"] is False
    properties = member["properties"]
    assert list(properties) == ["type", "pages", "title", "kind", "$schema"]
    pages = properties["pages"]
    assert (pages["type"], pages["minimum"], pages["title"], pages["description"]) == (
        ["integer", "string"],
        1,
        "Pages",
        "How many there are.",
    )
    assert properties["title"] == {"type": "string", "default": "none"}
    assert properties["kind"] == {"enum": ["novel", "poem"], "type": "string", "default": "novel"}


def test_deprecated_entries_are_said_to_be() -> None:
    """In the standard keyword, in the description of the name, and in the message that editors show."""
    readers = new_readers()
    readers.register("book", deprecated="use 'tome'")(Book)
    schema = config_schema(readers)
    assert schema["properties"]["type"]["anyOf"][0]["deprecated"] is True
    assert schema["properties"]["type"]["anyOf"][0]["description"].startswith("Deprecated: use 'tome'\n\n")
    member = schema["$defs"]["readers.book"]
    assert member["deprecated"] is True
    assert member["properties"]["type"]["deprecationMessage"] == "'book' is deprecated: use 'tome'"


def test_only_the_top_has_a_place_for_the_schema() -> None:
    """A file names its schema at its top, as `parse_file` allows it; deeper it is a key like any other."""
    taken = validator(config_schema(PARTS))
    assert taken({"$schema": "./parts.json", "type": "leaf"})
    assert not taken({"$schema": 1, "type": "leaf"})
    assert not taken({"type": "pair", "first": {"type": "leaf", "$schema": "x"}, "second": {"type": "leaf"}})


def test_an_empty_registry_takes_nothing() -> None:
    """Its schema is one all the same."""
    taken = validator(config_schema(new_readers()))
    assert not taken({"type": "book"})
    assert not taken({})


def test_any_letter_may_be_in_a_name() -> None:
    """References stay free of what would have to be escaped in them, and different names never share a definition."""
    readers = new_readers()
    names = ["a/b", "a~b", "a b", "größe", "a%20b", "#", "$defs"]
    for index, name in enumerate(names):
        readers.register(name)(type(f"Pen{index}", (Pen,), {}))
    schema = config_schema(readers)
    assert len(schema["$defs"]) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", key) for key in schema["$defs"])
    taken = validator(schema)
    assert [taken({"type": name}) for name in names] == [True] * len(names)


def test_the_text_is_the_same_in_every_process(modules: Modules) -> None:
    """Neither hashes of texts nor addresses of objects have a part in it."""
    modules.write(
        "zoo",
        """
        from pydantic import BaseModel
        from tests.components import PARTS, Leaf
        from typed_registry.jsonschema import config_schema, schema_text

        class Box(BaseModel):
            size: int

        @PARTS.register("boxed", tags=("b", "a", "c"))
        class Boxed(Leaf):
            def __init__(self, box: Box, names: set[str] = {"x", "y", "z"}) -> None: ...

        print(schema_text(config_schema(PARTS)))
        """,
    )
    first = modules.run("-m", "zoo")
    assert first.startswith("{")
    assert modules.run("-m", "zoo") == first


# --- what it refers to ---


def test_problems_are_told_at_their_places() -> None:
    """Each mistake in a nested config is an error of its own, as only the member that is named is looked into."""
    schema = config_schema(PARTS)
    config = {
        "type": "many",
        "items": [{"type": "leaf", "value": "much"}, {"type": "leef"}, {"type": "leaf", "lable": "x"}, {}],
    }
    assert [path for path, _ in errors(schema, config)] == ["$.items[0].value", "$.items[1].type", "$.items[2]", "$.items[3]"]


def test_names_are_those_that_parse_finds() -> None:
    """A child has its parent's names, and names of other registries by their scopes, also by a longer path."""
    root = new_readers(scope="top")
    child = new_readers(parent=root, scope="low")
    root.register("book")(Book)
    child.register("book")(Pen)
    child.register("pen", aliases=("quill",))(Pen)
    everywhere = {"low.book", "low.pen", "low.quill", "top.low.pen"}
    for registry, own in ((root, {"book", "top.book"}), (child, {"book", "pen", "quill"})):
        names = {each["const"] for each in config_schema(registry)["properties"]["type"]["anyOf"]}
        assert own | everywhere <= names
        assert all(registry.get(name) is not None for name in names)
    assert validator(config_schema(root))({"type": "book", "pages": 1})
    assert not validator(config_schema(child))({"type": "book", "pages": 1})


def test_a_slot_takes_what_the_registry_in_use_has() -> None:
    """Inside a config of a child registry, slots of its parent's entries take the child's entries first."""
    root = new_readers()

    @root.register("shelf")
    class Shelf(Pen):
        def __init__(self, first: Reader) -> None: ...

    root.register("book")(Book)
    child = new_readers(parent=root)
    child.register("book")(Pen)
    config = {"type": "shelf", "first": {"type": "book"}}
    for registry in (root, child):
        assert validator(config_schema(registry))(config) == is_parsed(registry, config) == (registry is child)


def test_a_slot_takes_only_what_it_asks_for() -> None:
    """A narrower protocol leaves entries out, and a callable those with too few parameters, and what comes later."""
    readers = new_readers()
    readers.register("book")(Book)
    readers.register("pen")(Pen)

    @readers.register("desk")
    class Desk(Pen):
        def __init__(self, writer: Annotated[Writer, readers] | None = None, make: Callable[[int], Reader] | None = None) -> None: ...

    taken = validator(config_schema(readers))
    cases: tuple[tuple[Config, bool], ...] = (
        ({"type": "desk", "writer": {"type": "pen"}}, True),
        ({"type": "desk", "writer": {"type": "book", "pages": 3}}, False),
        ({"type": "desk", "make": {"type": "book", "title": "x"}}, True),
        ({"type": "desk", "make": {"type": "book", "pages": 3}}, False),
        ({"type": "desk", "make": {"type": "pen"}}, False),
    )
    for config, expected in cases:
        assert taken(config) == is_parsed(readers, config) == expected, config


def test_a_slot_of_another_registry_refers_to_it() -> None:
    """Its entries are defined once, however often they are referred to."""
    readers = new_readers()

    @readers.register("machine")
    class Machine(Pen):
        def __init__(self, parts: list[OurPart], spare: OurPart | None = None, either: OurPart | Reader | None = None) -> None: ...

    schema = config_schema(readers)
    parts = schema["$defs"]["readers.machine"]["properties"]["parts"]
    assert parts == {"type": "array", "items": {"$ref": "#/$defs/registry.parts"}}
    taken = validator(schema)
    cases: tuple[tuple[Config, bool], ...] = (
        ({"type": "machine", "parts": [{"type": "leaf"}, {"type": "chain", "inner": {"type": "sheet"}}]}, True),
        ({"type": "machine", "parts": [{"type": "machine", "parts": []}]}, False),
        ({"type": "machine", "parts": [], "either": {"type": "machine", "parts": []}}, True),
        ({"type": "machine", "parts": [], "either": {"type": "leaf", "value": 1}}, True),
        ({"type": "machine", "parts": [], "either": {"type": "leaf", "size": 1}}, False),
    )
    for config, expected in cases:
        assert taken(config) == is_parsed(readers, config) == expected, config


def test_a_written_spec_is_what_holds() -> None:
    """Its fields, defaults and constraints stand in the place of the factory's; its slots are checked deeply all the same."""
    readers = new_readers()

    class StackSpec(BuildSpec[Any]):
        """A stack.

        Args:
            height: How high it is.
        """

        type: Literal["stack"] = "stack"
        height: Annotated[int, Field(le=9)] = 3
        books: Annotated[list[Reader], Field(max_length=1)]

    @readers.register(spec=StackSpec)
    class Stack(Pen):
        def __init__(self, books: list[Reader], height: int, colour: str = "red") -> None: ...

    readers.register("book")(Book)
    schema = config_schema(readers)
    height = schema["$defs"]["readers.stack"]["properties"]["height"]
    assert (height["maximum"], height["default"], height["description"]) == (9, 3, "How high it is.")
    taken = validator(schema)
    cases: tuple[tuple[Config, bool], ...] = (
        ({"type": "stack", "books": [{"type": "book", "pages": 1}], "height": 9}, True),
        ({"type": "stack", "books": []}, True),
        ({"type": "stack"}, False),
        ({"type": "stack", "books": [], "height": 10}, False),
        ({"type": "stack", "books": [], "colour": "red"}, False),
        ({"type": "stack", "books": [{"type": "book", "pages": 0}]}, False),
        ({"type": "stack", "books": [{"type": "stack", "books": []}] * 2}, False),
    )
    for config, expected in cases:
        assert taken(config) == is_parsed(readers, config) == expected, config


# --- models ---


class Library(BaseModel):
    """Where books are."""

    model_config = ConfigDict(extra="forbid")
    name: str
    best: Annotated[BuildSpec[Part], PARTS] | None = None
    others: list[Annotated[BuildSpec[Part], PARTS]] = []
    branches: dict[str, Library] = {}


def test_a_model_refers_to_the_registry_of_its_slots() -> None:
    """Its own fields are pydantic's, its specs are configs of the registry; the file may name its schema."""
    schema = model_schema(Library)
    assert schema["title"] == "Library"
    assert schema["description"] == "Where books are."
    assert schema["properties"]["others"]["items"] == {"$ref": "#/$defs/registry.parts"}
    taken = validator(schema)
    configs: tuple[Config, ...] = (
        {"name": "x"},
        {"name": "x", "best": {"type": "leaf"}},
        {"name": "x", "best": None, "branches": {"y": {"name": "y", "others": [{"type": "sheet", "value": 2}]}}},
        {"name": "x", "best": {"type": "leef"}},
        {"name": "x", "branches": {"y": {"name": "y", "others": [{"type": "leaf", "size": 2}]}}},
        {"name": "x", "extra": 1},
        {"best": {"type": "leaf"}},
    )
    for config in configs:
        try:
            Library.model_validate(config)
        except ValueError:
            assert not taken(config), config
        else:
            assert taken(config), config
            assert taken({"$schema": "library.json", **config})
    assert not taken({"name": "x", "branches": {"y": {"name": "y", "$schema": "x"}}})


def test_a_model_that_is_no_mapping() -> None:
    """A list has no place for a schema's name."""
    taken = validator(model_schema(RootModel[list[Annotated[BuildSpec[Part], PARTS]]]))
    assert taken([{"type": "leaf"}])
    assert not taken([{"type": "leef"}])


def test_what_no_file_can_hold_is_refused_or_left_out() -> None:
    """An instance or a function can't be in a file: where nothing else is due nothing is taken, in a union the rest is."""

    class Engine: ...

    readers = new_readers()

    @readers.register("device")
    class Device(Pen):
        def __init__(self, engine: Engine | str | None = None, hook: Callable[[], None] | None = None, only: Engine = Engine()) -> None: ...

    schema = config_schema(readers)
    assert schema["$defs"]["readers.device"]["properties"]["only"] == {"not": {}}
    taken = validator(schema)
    for argument, value in (("engine", "v8"), ("engine", None), ("engine", 8), ("hook", None), ("hook", "print"), ("only", "v8")):
        config = {"type": "device", argument: value}
        assert taken(config) == is_parsed(readers, config), config


def test_an_entry_that_cannot_be_loaded_is_told_of(modules: Modules) -> None:
    """A schema without it would say that it isn't there."""
    readers = new_readers()
    readers.register_lazy("gone", "no_such_module:Gone")
    with pytest.raises(LoadError, match="'gone' of registry 'readers' can't be loaded"):
        config_schema(readers)


def test_locations_are_loaded(modules: Modules) -> None:
    """What `parse` would only look for when a name is missed is told of, too."""
    modules.write(
        "shelves",
        """
        from tests.test_jsonschema import new_readers
        READERS = new_readers(locations=["shelves_more"])
        """,
    )
    modules.write(
        "shelves_more",
        """
        from shelves import READERS
        from tests.test_jsonschema import Book
        READERS.register("book")(Book)
        """,
    )
    assert validator(config_schema(modules.load("shelves").READERS))({"type": "book", "pages": 1})


def test_entries_that_cannot_be_loaded_may_be_left_open(modules: Modules) -> None:
    """Such an entry may have any arguments then, in slots too; all others are as ever."""
    readers = new_readers()
    readers.register("book")(Book)
    readers.register_lazy("gone", "no_such_module:Gone", aliases=("lost",))

    @readers.register("shelf")
    class Shelf(Pen):
        def __init__(self, inner: Reader) -> None: ...

    told: list[str] = []
    schema = config_schema(readers, told)
    assert [text.partition(":")[0] for text in told] == ["'gone' of registry 'readers' can't be loaded from no_such_module"]
    assert "so its arguments aren't known" in schema["$defs"]["readers.gone"]["description"]
    taken = validator(schema)
    assert taken({"type": "shelf", "inner": {"type": "lost", "anything": [1]}})
    assert not taken({"type": "shelf", "inner": {"type": "gones"}})
    assert not taken({"type": "book", "pages": 0})


class Choosing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(validation_alias=AliasChoices("Size", AliasPath("sizes", 0)))


class Named(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True)
    size: int = Field(alias="Size")


class Before(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = 1

    @model_validator(mode="before")
    @classmethod
    def of_number(cls, value: Any) -> Any:
        return {"size": value} if isinstance(value, int) else value


class Keys(TypedDict):
    size: int


class Twig(BaseModel):
    size: int = 1


class Tree(BaseModel):
    twig: Twig | None = None
    trees: list[Tree] = []


class Colour(Enum):
    RED = "red"
    PAIR = (1, 2)


LIKE_PARSE: dict[str, tuple[Any, list[object]]] = {
    "alias choices": (Choosing, [{"Size": 1}, {"sizes": [1]}, {}]),
    "names beside aliases": (Named, [{"Size": 1}, {"size": 1}, {"size": "x"}, {}]),
    "before": (Annotated[int, BeforeValidator(lambda value: 3 if value == "three" else value)], ["three", 3]),
    "before a model": (Before, [3, {"size": 3}]),
    "typed dicts": (Keys, [{"size": "1"}, {"size": "x"}]),
    "models in recursive types": (Tree, [{"twig": {"size": "1"}}, {"trees": [{"twig": {"size": "x"}}]}, {"trees": [{}]}]),
    "the same models beside them": (Twig, [{"size": "1"}, {"size": "x"}]),
    "sequences of anything": (Sequence, ["text", ["text"], 1]),
    "urls": (AnyUrl, ["http://here.org", 1]),
    "members of enums as literals": (Literal[Colour.RED, "blue"], ["red", "blue"]),
    "enums of tuples": (Colour, [[1, 2]]),
    "ordered dicts": (OrderedDict[str, int], [{"a": 1}, {"a": "x"}]),
    "patterns of Rust": (Annotated[str, Field(pattern=r"(?i)\Aone\z")], ["One"]),
}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("name", LIKE_PARSE)
def test_ways_that_pydantic_does_not_tell_of(name: str, strict: bool) -> None:
    """Other names of fields, functions that come first, settings of their own: the schema takes what `parse` takes, and no more."""
    annotation, values = LIKE_PARSE[name]
    readers = new_readers(strict=strict)

    @readers.register("entry")
    class Entry(Pen):
        def __init__(self, others: Any = None, *, value: Any) -> None: ...

    Entry.__init__.__annotations__ |= {"value": annotation, "others": Tree | None}
    taken = validator(config_schema(readers))
    for value in values:
        config: Config = {"type": "entry", "value": value}
        assert taken(config) == is_parsed(readers, config), value


# --- where it differs from `parse`; the documentation has the same list ---


@dataclass(frozen=True)
class Difference:
    """A value on which they differ, and which of the two takes it."""

    annotation: Any
    value: object
    taken_by: Literal["parse", "schema"]
    strict: bool = False


DIFFERENCES = {
    "true and false as numbers": Difference(int, True, "parse"),
    "1 and true in Literal": Difference(Literal[1], True, "parse"),
    "odd texts of numbers": Difference(int, "0-2", "parse"),
    "bounds on texts": Difference(Annotated[int, Field(ge=1)], "0", "schema"),
    "underscores in numbers": Difference(float, "1__0", "schema"),
    "1.0 for an int in strict mode": Difference(int, 1.0, "schema", strict=True),
    "huge whole floats": Difference(int, 1e300, "schema"),
    "texts of dates": Difference(datetime.date, "tomorrow", "schema"),
    "texts of decimals": Difference(Decimal, "much", "schema"),
    "digits of decimals": Difference(Annotated[Decimal, Field(max_digits=2)], 1.234, "schema"),
    "lengths of sets": Difference(Annotated[set[int], Field(min_length=2)], [1, 1], "schema"),
    "lengths of bytes": Difference(Annotated[bytes, Field(max_length=1)], "é", "schema"),
    "fractions of multiple_of": Difference(Annotated[float, Field(multiple_of=0.1)], 0.25, "schema"),
    "numbers as IP addresses": Difference(IPv4Address, 1, "parse"),
    "texts that are converted": Difference(Annotated[str, StringConstraints(to_upper=True, pattern="^a")], "b", "schema"),
    "items of sets": Difference(set[Any], [[1]], "schema"),
    "fields with several keys": Difference(Named, {"Size": 1, "size": 1}, "schema"),
    "own functions": Difference(Annotated[int, AfterValidator(lambda value: 1 // 0 if value else value)], 1, "schema"),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_are_known(name: str) -> None:
    """They are as documented; that there are no others is what the property test looks for."""
    difference = DIFFERENCES[name]
    readers = new_readers(strict=difference.strict)

    @readers.register("entry")
    class Entry(Pen):
        def __init__(self, value: Any) -> None: ...

    Entry.__init__.__annotations__["value"] = difference.annotation
    config = {"type": "entry", "value": difference.value}
    try:
        parsed = is_parsed(readers, config)
    except ZeroDivisionError:
        parsed = False
    assert (parsed, validator(config_schema(readers))(config)) == (difference.taken_by == "parse", difference.taken_by == "schema")


def test_differences_are_documented() -> None:
    """The page lists each of them by its name."""
    text = (Path(__file__).parent.parent / "docs" / "schemas.md").read_text(encoding="utf-8")
    assert [name for name in DIFFERENCES if f"| {name} |" not in text] == []


def test_the_schema_is_json() -> None:
    """It can be written, and read again as the same."""
    schema = config_schema(PARTS)
    assert json.loads(schema_text(schema)) == schema
