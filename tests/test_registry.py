"""The registry: registering, names, the mapping, freezing, temporary changes, values and deprecation."""

from __future__ import annotations

import copy
import gc
import sys
import threading
import warnings
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, Protocol

import pytest
from pydantic import BaseModel, Field

from tests.modules import Modules
from tests.vision import Activation, Deaf, Ensemble, FaceDetector, QrReader, VisionModel, new_vision, relu, tiny_face, untyped
from typed_registry import BuildSpec, Entry, Registry
from typed_registry.errors import (
    ContractError,
    DuplicateEntryError,
    FrozenRegistryError,
    InvalidNameError,
    LoadError,
    UnknownEntryError,
    Where,
)


def here() -> Where:
    """The file and line that called."""
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
    return Where(frame.f_code.co_filename, frame.f_lineno)


def state(registry: Registry[Any]) -> dict[str, tuple[Any, ...]]:
    """All that can be seen of a registry's own entries."""
    entries = {name: (entry.target, entry.aliases, entry.tags, entry.where, entry.deprecated) for name, entry in registry.items()}
    return {**entries, "": (tuple(registry), tuple(registry.all_names()))}


class TestRegister:
    def test_bare(self, vision: Registry[VisionModel]) -> None:
        """A bare decorator takes the class's own name and gives the class back."""

        @vision.register
        class Blob:
            def detect(self, image: str) -> list[str]:
                return []

        assert (list(vision), vision["Blob"].load()) == (["Blob"], Blob)

    def test_called_without_name(self, vision: Registry[VisionModel]) -> None:
        """A decorator that is called without a name takes the own name too."""
        assert (vision.register()(QrReader), list(vision)) == (QrReader, ["QrReader"])

    def test_named(self, vision: Registry[VisionModel]) -> None:
        """A given name is the one that counts."""
        assert (vision.register("qr")(QrReader), list(vision)) == (QrReader, ["qr"])

    def test_plain_call(self, vision: Registry[VisionModel]) -> None:
        """A plain call registers and gives the object back."""
        assert (vision.register(QrReader), list(vision)) == (QrReader, ["QrReader"])

    def test_function(self, vision: Registry[VisionModel]) -> None:
        """A function that makes a component is one too."""
        assert vision.register(tiny_face) is tiny_face
        assert vision.build({"type": "tiny_face", "scale": 2.0}).detect("x") == ["face in x"]

    def test_bound_method(self, vision: Registry[VisionModel]) -> None:
        """A classmethod is a factory, known again though Python makes it anew each time it is read."""
        vision.register("small")(FaceDetector.small)
        vision.register("small")(FaceDetector.small)
        assert vision.spec(FaceDetector.small).__spec_name__ == "small"

    def test_builtin_method(self) -> None:
        """A method written in C is known again too."""
        dates: Registry[datetime] = Registry("dates", datetime)
        untyped(dates).register("now")(datetime.now)
        untyped(dates).register("now")(datetime.now)
        assert dates["now"].load() == datetime.now

    def test_partial_needs_a_name(self, vision: Registry[VisionModel]) -> None:
        """A partial has no name of its own, and the error asks for one."""
        made = partial(tiny_face, scale=3.0)
        with pytest.raises(InvalidNameError, match=r"has no name of its own; give one: register\('name'\)"):
            vision.register(made)
        vision.register("tiny")(made)
        assert untyped(vision.build({"type": "tiny"})).scale == 3.0

    def test_lambda_needs_a_name(self, vision: Registry[VisionModel]) -> None:
        """Nor has a lambda."""
        with pytest.raises(InvalidNameError, match="has no name of its own"):
            vision.register(lambda: QrReader())
        assert len(vision) == 0

    def test_where_is_the_decorator(self, vision: Registry[VisionModel]) -> None:
        """An entry knows the file and the line of its decorator."""
        before = here()

        @vision.register(
            "blob",
            tags=("detector",),
        )
        class Blob:
            def detect(self, image: str) -> list[str]:
                return []

        assert vision["blob"].where == Where(before.file, before.line + 2)
        assert vision["blob"].load() is Blob

    @pytest.mark.parametrize("kind", ["register", "plain", "lazy", "value"])
    def test_where_of_calls(self, kind: str, vision: Registry[VisionModel]) -> None:
        """An entry knows the line of a call too."""
        calls: dict[str, Callable[[], tuple[Where, object]]] = {
            "register": lambda: (here(), vision.register("x")(QrReader)),
            "plain": lambda: (here(), vision.register(QrReader)),
            "lazy": lambda: (here(), untyped(vision).register_lazy("x", "nowhere:Thing")),
            "value": lambda: (here(), untyped(vision).register_value("x", QrReader())),
        }
        expected, _ = calls[kind]()
        assert [entry.where for entry in vision.values()] == [expected]

    def test_options_are_kept(self, vision: Registry[VisionModel]) -> None:
        """Aliases, tags and the hint of a deprecated entry can be read."""
        vision.register("face", aliases=["faces", "f"], tags={"detector", "cpu"}, deprecated="use face2")(FaceDetector)
        entry = vision["f"]
        assert (entry.name, entry.aliases, entry.tags, entry.deprecated) == (
            "face",
            ("faces", "f"),
            frozenset({"detector", "cpu"}),
            "use face2",
        )

    def test_unknown_option(self, vision: Registry[VisionModel]) -> None:
        """A misspelt option is an error, and nothing is registered."""
        with pytest.raises(TypeError, match="alias"):
            untyped(vision).register("face", alias=("faces",))
        assert list(vision) == []

    def test_alias_that_is_the_name(self, vision: Registry[VisionModel]) -> None:
        """Aliases are told once, and without the name itself."""
        vision.register("face", aliases=("face", "faces", "faces"))(FaceDetector)
        assert (vision["face"].aliases, vision.all_names()) == (("faces",), ["face", "faces"])

    def test_many_threads(self, vision: Registry[VisionModel]) -> None:
        """Registering from threads loses nothing."""

        def register(number: int) -> None:
            for index in range(50):
                vision.register(f"m{number}-{index}")(QrReader)

        threads = [threading.Thread(target=register, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (len(vision), len(set(vision))) == (400, 400)


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "reason"),
        [("", "it is empty"), ("a.b", "separates a scope"), (".", "separates a scope"), ("a:b", "separates a module"), ("a:b.c", "'.'")],
    )
    def test_bad_names(self, name: str, reason: str, vision: Registry[VisionModel]) -> None:
        """A name is not empty and holds neither dot nor colon, be it a name, an alias or a lazy entry's."""
        attempts: list[Callable[[], object]] = [
            lambda: vision.register(name)(QrReader),
            lambda: vision.register("good", aliases=("fine", name))(QrReader),
            lambda: vision.register_lazy(name, "m:X"),
            lambda: vision.register_lazy("good", "m:X", aliases=(name,)),
            lambda: vision.register_value(name, QrReader()),
        ]
        for attempt in attempts:
            with pytest.raises(InvalidNameError) as caught:
                attempt()
            assert (caught.value.name, reason in caught.value.reason) == (name, True)
        assert vision.all_names() == []

    @pytest.mark.parametrize("name", ["a b", "Ä", "face-v2", "名", "a\nb", "x" * 5_000, "None", "__init__", "1", "\x1b[31m"])
    def test_other_names(self, name: str, vision: Registry[VisionModel]) -> None:
        """Any other text is a name, compared exactly."""
        vision.register(name)(QrReader)
        assert (name in vision, vision[name].name, vision.get(name + " "), name.swapcase() + "!" in vision) == (True, name, None, False)

    def test_names_are_compared_exactly(self, vision: Registry[VisionModel]) -> None:
        """Case counts."""
        vision.register("qr")(QrReader)
        vision.register("QR")(FaceDetector)
        assert (vision["qr"].load(), vision["QR"].load()) == (QrReader, FaceDetector)

    @pytest.mark.parametrize("option", ["aliases", "tags"])
    def test_a_text_is_no_collection(self, option: str, vision: Registry[VisionModel]) -> None:
        """A str where a collection is due is a mistake, not a collection of letters."""
        with pytest.raises(InvalidNameError, match=r"write \(name,\) for one"):
            untyped(vision).register("face", **{option: "faces"})(FaceDetector)
        with pytest.raises(InvalidNameError, match=r"write \(name,\) for one"):
            untyped(vision).register_lazy("face", "m:X", **{option: "faces"})
        assert vision.all_names() == []

    def test_alias_that_is_no_text(self, vision: Registry[VisionModel]) -> None:
        """An alias is a str."""
        with pytest.raises(InvalidNameError, match="5 can't be a name in registry 'vision': a name is a str"):
            untyped(vision).register("face", aliases=(5,))(FaceDetector)
        assert vision.all_names() == []

    @pytest.mark.parametrize("target", ["", "m", "m:", ":X", "m.X", "m:X:Y", "m-n:X", "m:X()", "m:X.", ".m:X", "m :X", None, 5, QrReader])
    def test_bad_targets(self, target: object, vision: Registry[VisionModel]) -> None:
        """A lazy target is written as module and name."""
        with pytest.raises(InvalidNameError, match=r"a target is written 'package.module:Name'"):
            untyped(vision).register_lazy("ocr", target)
        assert vision.all_names() == []

    def test_registry_without_name(self) -> None:
        """A registry has a name."""
        with pytest.raises(InvalidNameError, match="is not empty"):
            Registry("", VisionModel)

    def test_own_name_that_is_none(self, vision: Registry[VisionModel]) -> None:
        """A class whose own name can't be one is refused."""
        made = type("Face.v2", (FaceDetector,), {})
        with pytest.raises(InvalidNameError, match="use '_' or '-'"):
            vision.register(made)
        assert vision.register("face-v2")(made) is made

    @pytest.mark.parametrize("thing", [5, None, "x", object(), [], FaceDetector()], ids=lambda thing: type(thing).__name__)
    def test_what_is_no_factory(self, thing: object, vision: Registry[VisionModel]) -> None:
        """What can't be called makes nothing."""
        with pytest.raises(ContractError):
            untyped(vision).register("thing")(thing)
        assert list(vision) == []

    def test_class_of_another_kind(self, vision: Registry[VisionModel]) -> None:
        """A class without the protocol's method is refused at its decorator, with the place."""
        with pytest.raises(ContractError, match="detect") as caught:
            untyped(vision).register(Deaf)
        assert [finding.member for finding in caught.value.findings] == ["detect"]
        assert (caught.value.where is not None and caught.value.where.file, list(vision)) == (__file__, [])

    def test_protocol_itself(self, vision: Registry[VisionModel]) -> None:
        """The protocol can't be instantiated, so it is no component."""
        with pytest.raises(ContractError, match="Protocol"):
            untyped(vision).register(VisionModel)
        assert list(vision) == []

    def test_coroutines_and_generators(self, vision: Registry[VisionModel]) -> None:
        """What gives a coroutine or a generator doesn't make a component."""

        async def coroutine() -> QrReader:
            return QrReader()

        def generator() -> Iterator[QrReader]:
            yield QrReader()

        async def both() -> AsyncIterator[QrReader]:
            yield QrReader()

        for function in (coroutine, generator, both):
            with pytest.raises(ContractError):
                untyped(vision).register(function)
        assert list(vision) == []


class TestDuplicates:
    def test_names_both_places(self, vision: Registry[VisionModel]) -> None:
        """Another object under a taken name is refused, and both places are told."""
        first, _ = here(), vision.register("face")(FaceDetector)
        with pytest.raises(DuplicateEntryError) as caught:
            vision.register("face")(QrReader)
        error = caught.value
        assert (error.name, error.registry, error.old, error.new) == (
            "face",
            "vision",
            "tests.vision:FaceDetector",
            "tests.vision:QrReader",
        )
        assert (error.old_where, error.new_where) == (first, Where(first.file, first.line + 2))
        assert f"{first.file}:{first.line}" in str(error)
        assert f"{first.file}:{first.line + 2}" in str(error)
        assert vision["face"].load() is FaceDetector

    @pytest.mark.parametrize(("name", "aliases"), [("faces", ()), ("new", ("face",)), ("new", ("faces",)), ("new", ("fine", "faces"))])
    def test_taken_in_any_way(self, name: str, aliases: tuple[str, ...], vision: Registry[VisionModel]) -> None:
        """A name is taken by a name or an alias, for a name or an alias; nothing is half registered."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        before = state(vision)
        with pytest.raises(DuplicateEntryError):
            vision.register(name, aliases=aliases)(QrReader)
        assert state(vision) == before
        with pytest.raises(UnknownEntryError):
            vision.spec(QrReader)

    def test_same_object_twice(self, vision: Registry[VisionModel]) -> None:
        """The same object under the same name is no error, and stays one entry in its place."""
        vision.register("face")(FaceDetector)
        vision.register("qr")(QrReader)
        vision.register("face", tags=("new",))(FaceDetector)
        assert (list(vision), vision["face"].tags) == (["face", "qr"], frozenset({"new"}))

    def test_same_object_again_under_an_alias_of_another(self, vision: Registry[VisionModel]) -> None:
        """The same object again can't take another entry's name along."""
        vision.register("face")(FaceDetector)
        vision.register("qr")(QrReader)
        before = state(vision)
        with pytest.raises(DuplicateEntryError):
            vision.register("face", aliases=("qr",))(FaceDetector)
        assert state(vision) == before

    def test_several_names_for_one_object(self, vision: Registry[VisionModel]) -> None:
        """An object may have several entries; a spec of it uses the first."""
        for name in ("b", "a", "c"):
            vision.register(name)(FaceDetector)
        assert (list(vision), vision.spec(FaceDetector).__spec_name__) == (["b", "a", "c"], "b")
        vision.unregister("b")
        assert vision.spec(FaceDetector).__spec_name__ == "a"
        vision.unregister("a")
        assert vision.spec(FaceDetector).__spec_name__ == "c"
        vision.unregister("c")
        with pytest.raises(UnknownEntryError, match=r"tests\.vision:FaceDetector"):
            vision.spec(FaceDetector)

    def test_classes_in_functions(self, vision: Registry[VisionModel]) -> None:
        """Classes made by two calls of a function are two, though of one name, place and line."""

        def make() -> type[QrReader]:
            class Made(QrReader): ...

            return Made

        vision.register("made")(make())
        with pytest.raises(DuplicateEntryError):
            vision.register("made")(make())

    def test_two_partials_of_one_function(self, vision: Registry[VisionModel]) -> None:
        """Two partials of one function are two."""
        vision.register("tiny")(partial(tiny_face, scale=1.0))
        with pytest.raises(DuplicateEntryError):
            vision.register("tiny")(partial(tiny_face, scale=2.0))

    def test_lazy_twice(self, vision: Registry[VisionModel]) -> None:
        """The same lazy line twice is no error; another target is."""
        vision.register_lazy("ocr", "m:Ocr")
        vision.register_lazy("ocr", "m:Ocr", tags=("text",))
        with pytest.raises(DuplicateEntryError, match="m:Ocr"):
            vision.register_lazy("ocr", "m:Other")
        assert vision["ocr"].tags == frozenset({"text"})


class TestOverride:
    def test_takes_the_place(self, vision: Registry[VisionModel]) -> None:
        """What overrides has the name and the place, and what it replaces is gone, with its aliases."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        vision.register("qr")(QrReader)
        vision.register("face", override=True)(tiny_face)
        assert (list(vision), vision["face"].load(), "faces" in vision) == (["face", "qr"], tiny_face, False)
        with pytest.raises(UnknownEntryError):
            vision.spec(FaceDetector)

    def test_takes_an_alias(self, vision: Registry[VisionModel]) -> None:
        """Who loses an alias keeps the rest."""
        vision.register("face", aliases=("faces", "f"), tags=("detector",))(FaceDetector)
        vision.register("faces", override=True)(QrReader)
        assert (list(vision), vision["face"].aliases, vision["face"].tags) == (["face", "faces"], ("f",), frozenset({"detector"}))
        assert (vision["faces"].load(), vision["f"].load(), vision.spec(FaceDetector).__spec_name__) == (QrReader, FaceDetector, "face")

    def test_takes_an_alias_after_a_build(self, vision: Registry[VisionModel]) -> None:
        """It goes on being built as before, and what took the alias is built by it."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        vision.build({"type": "faces"})
        vision.register("new", aliases=("faces",), override=True)(QrReader)
        assert [type(vision.build({"type": name})) for name in ("face", "faces", "new")] == [FaceDetector, QrReader, QrReader]

    def test_an_alias_takes_a_name(self, vision: Registry[VisionModel]) -> None:
        """Whose own name goes, goes wholly."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        vision.register("qr", aliases=("face",), override=True)(QrReader)
        assert (list(vision), vision.all_names(), vision["face"].name) == (["qr"], ["qr", "face"], "qr")

    def test_takes_from_two(self, vision: Registry[VisionModel]) -> None:
        """One entry may replace several."""
        vision.register("a", aliases=("x",))(FaceDetector)
        vision.register("b", aliases=("y",))(QrReader)
        vision.register("c", aliases=("a", "y"), override=True)(tiny_face)
        assert (list(vision), sorted(vision.all_names())) == (["b", "c"], ["a", "b", "c", "y"])

    def test_nothing_to_replace(self, vision: Registry[VisionModel]) -> None:
        """It is no error when the name is free."""
        vision.register("qr", override=True)(QrReader)
        assert list(vision) == ["qr"]

    def test_a_quick_build_ends(self, vision: Registry[VisionModel]) -> None:
        """What was built before isn't built again after it was replaced or taken out."""
        vision.register("face")(FaceDetector)
        assert [type(vision.build({"type": "face"})) for _ in range(3)] == [FaceDetector] * 3
        vision.register("face", override=True)(QrReader)
        assert type(vision.build({"type": "face"})) is QrReader
        vision.unregister("face")
        with pytest.raises(ValueError, match="unknown name 'face'"):
            vision.build({"type": "face"})

    def test_held_entry_stays(self, vision: Registry[VisionModel]) -> None:
        """An entry that somebody holds goes on building what it was."""
        vision.register("face")(FaceDetector)
        held = vision["face"]
        vision.register("face", override=True)(QrReader)
        assert (type(held.build()), type(vision["face"].build())) == (FaceDetector, QrReader)


class TestUnregister:
    @pytest.mark.parametrize("name", ["face", "faces"])
    def test_by_any_name(self, name: str, vision: Registry[VisionModel]) -> None:
        """All names go, by whichever it is asked."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        vision.unregister(name)
        assert (list(vision), vision.all_names(), "face" in vision, "faces" in vision) == ([], [], False, False)

    def test_unknown(self, vision: Registry[VisionModel]) -> None:
        """What isn't there can't go, and the nearest is told."""
        vision.register("face")(FaceDetector)
        with pytest.raises(UnknownEntryError) as caught:
            vision.unregister("fase")
        assert (caught.value.nearest, caught.value.known) == (("face",), ("face",))

    def test_parents_entry_stays(self, vision: Registry[VisionModel]) -> None:
        """A child can't take out what is its parent's."""
        vision.register("face")(FaceDetector)
        child = new_vision(parent=vision, scope="child")
        with pytest.raises(UnknownEntryError):
            child.unregister("face")
        assert "face" in child

    def test_again(self, vision: Registry[VisionModel]) -> None:
        """A name that is free again may be taken by another, at the end."""
        vision.register("face")(FaceDetector)
        vision.register("qr")(QrReader)
        vision.unregister("face")
        vision.register("face")(tiny_face)
        assert list(vision) == ["qr", "face"]


class TestMapping:
    def test_own_names_in_order(self, vision: Registry[VisionModel]) -> None:
        """It lists its own canonical names, in order of registration."""
        vision.register("b", aliases=("x",))(FaceDetector)
        child = new_vision(parent=vision, scope="child")
        child.register("z")(QrReader)
        child.register("a", aliases=("y",))(FaceDetector)
        assert (list(child), len(child), list(child.keys()), [entry.name for entry in child.values()]) == (
            ["z", "a"],
            2,
            ["z", "a"],
            ["z", "a"],
        )
        assert [(name, entry.name) for name, entry in child.items()] == [("z", "z"), ("a", "a")]
        assert dict(child) == dict(child.items())

    def test_is_a_mapping(self, vision: Registry[VisionModel]) -> None:
        """It is a Mapping to whoever asks."""
        vision.register("qr")(QrReader)
        assert isinstance(vision, Mapping)
        match vision:
            case {"qr": Entry() as entry}:
                assert entry is vision["qr"]
            case _:
                pytest.fail("it matches no mapping pattern")

    def test_resolving(self, vision: Registry[VisionModel]) -> None:
        """An alias, a parent's name and a scoped name resolve, though they aren't listed."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        child = new_vision(parent=vision, scope="child")
        child.register("qr")(QrReader)
        for registry, name in [(child, "face"), (child, "faces"), (child, "qr"), (child, "child.qr"), (vision, "child.qr")]:
            assert (name in registry, registry[name].load() in (FaceDetector, QrReader), registry.get(name) is registry[name]) == (
                True,
            ) * 3
        assert ("qr" in vision, vision.get("qr"), list(child)) == (False, None, ["qr"])

    def test_always_true(self, vision: Registry[VisionModel]) -> None:
        """An empty registry is true, so that `registry or DEFAULT` means what it says."""
        assert (bool(vision), len(vision)) == (True, 0)

    def test_identity(self, vision: Registry[VisionModel]) -> None:
        """It equals itself alone, and is a key of sets and dicts."""
        other = new_vision()
        assert (vision == other, vision != other, vision == {}, vision == untyped(vision)) == (False, True, False, True)
        assert len({vision, other, vision}) == 2

    def test_never_copied(self, vision: Registry[VisionModel]) -> None:
        """Copies of any depth are the registry itself."""
        assert copy.copy(vision) is vision
        assert copy.deepcopy([vision])[0] is vision

    def test_weakly_referenced(self) -> None:
        """It can be weakly referenced, and goes when nobody holds it."""
        made = new_vision()
        made.register(QrReader)
        reference = weakref.ref(made)
        assert reference() is made
        del made
        gc.collect()
        assert reference() is None

    @pytest.mark.parametrize("key", [None, 5, ("qr",), [], b"qr", QrReader], ids=repr)
    def test_keys_that_are_no_names(self, key: object, vision: Registry[VisionModel]) -> None:
        """What is no str isn't in it, hashable or not."""
        vision.register("qr")(QrReader)
        assert (key in vision, untyped(vision).get(key), untyped(vision).get(key, 1)) == (False, None, 1)
        with pytest.raises(UnknownEntryError):
            untyped(vision)[key]

    @pytest.mark.parametrize("key", ["", ".", "..", "a.", ".a", "vision.qr", "qr.", "qr.qr", "\n", "qr\n", "\x00", "q" * 100_000])
    def test_odd_names(self, key: str) -> None:
        """An odd name is unknown, whatever it looks like and however many there are."""
        for count in (1, 20):
            vision = new_vision(scope="s")
            for index in range(count):
                vision.register(f"qr{index}")(QrReader)
            assert (key in vision, vision.get(key)) == (False, None)
            with pytest.raises(UnknownEntryError) as caught:
                vision[key]
            assert set(caught.value.nearest) <= set(vision.all_names())

    def test_get_default(self, vision: Registry[VisionModel]) -> None:
        """A default is given for an unknown name, for another not."""
        vision.register("qr")(QrReader)
        assert (vision.get("q", 7), vision.get("qr", 7)) == (7, vision["qr"])

    def test_unknown_name(self, vision: Registry[VisionModel]) -> None:
        """An unknown name is a KeyError with the nearest names and those that are known."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        vision.register("qr")(QrReader)
        with pytest.raises(KeyError) as caught:
            vision["fcae"]
        error = caught.value
        assert isinstance(error, UnknownEntryError)
        assert (error.name, error.registry, error.nearest, error.known) == ("fcae", "vision", ("face", "faces"), ("face", "faces", "qr"))
        assert str(error) == "registry 'vision' has no entry 'fcae'; did you mean 'face' or 'faces'?\nKnown: 'face', 'faces', 'qr'."

    def test_listing_while_registering(self, vision: Registry[VisionModel]) -> None:
        """A loop over the names or entries may register more."""
        vision.register("a")(QrReader)
        for name in vision:
            vision.register(f"{name}2")(QrReader)
        for entry in vision.values():
            vision.unregister(entry.name)
        assert list(vision) == []

    def test_listing_loads_nothing(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Whatever is listed or looked up, nothing is imported."""
        modules.write("zoo_listed", "raise RuntimeError('imported')")
        vision.register_lazy("ocr", "zoo_listed:Ocr", aliases=("text",))
        child = new_vision(parent=vision, scope="child")
        assert ("ocr" in vision, "text" in child, vision["ocr"].name, repr(vision["ocr"]) != "", repr(vision) != "") == (
            True,
            True,
            "ocr",
            True,
            True,
        )
        assert ([*vision, *vision.keys()], len(vision.values()), vision.all_names(), child.all_names()) == (
            ["ocr", "ocr"],
            1,
            ["ocr", "text"],
            ["ocr", "text"],
        )
        assert (vision["ocr"].doc, vision["ocr"].is_loaded, vision["ocr"].where.file) == (None, False, __file__)
        with pytest.raises(UnknownEntryError):
            vision["orc"]
        assert "zoo_listed" not in sys.modules

    def test_all_names(self) -> None:
        """All that resolves is told: own names and aliases, parents', and scoped ones of the whole tree."""
        root = new_vision(scope="root")
        child = new_vision(parent=root, scope="child")
        other = new_vision(parent=root, scope="other")
        root.register("face", aliases=("faces",))(FaceDetector)
        child.register("qr")(QrReader)
        other.register("face")(tiny_face)
        expected = ["face", "faces", "root.face", "root.faces", "child.qr", "other.face"]
        assert root.all_names() == expected
        assert child.all_names() == ["qr", *expected]
        assert [name for name in child.all_names() if name not in child] == []

    def test_repr(self, vision: Registry[VisionModel]) -> None:
        """Its repr says what it is."""
        vision.register("qr")(QrReader)
        vision.register_lazy("ocr", "m:Ocr")
        assert repr(vision) == "<Registry 'vision' of VisionModel: 2 entries>"
        assert repr(new_vision(scope="s")) == "<Registry 'vision' of VisionModel, scope 's': 0 entries>"
        assert repr(vision["qr"]) == "<Entry 'qr' of registry 'vision': tests.vision:QrReader>"
        assert repr(vision["ocr"]) == "<Entry 'ocr' of registry 'vision': m:Ocr, not loaded>"


class TestFreeze:
    def test_refuses_every_change(self, vision: Registry[VisionModel]) -> None:
        """A frozen registry refuses what would change it, and stays what it is."""
        vision.register("qr")(QrReader)
        before = state(vision)
        vision.freeze()
        attempts: list[Callable[[], object]] = [
            lambda: vision.register(FaceDetector),
            lambda: vision.register("face")(FaceDetector),
            lambda: vision.register("qr", override=True)(FaceDetector),
            lambda: vision.register("qr")(QrReader),
            lambda: vision.register_lazy("ocr", "m:Ocr"),
            lambda: vision.register_value("one", QrReader()),
            lambda: vision.unregister("qr"),
        ]
        for attempt in attempts:
            with pytest.raises(FrozenRegistryError):
                attempt()
        assert state(vision) == before

    def test_still_builds(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What only reads goes on, loading too."""
        modules.write("zoo_frozen", "from tests.vision import QrReader as Ocr")
        vision.register_lazy("ocr", "zoo_frozen:Ocr")
        vision.freeze()
        vision.freeze()
        assert vision.build({"type": "ocr"}).detect("x") == ["qr in x"]

    def test_is_the_own_matter(self, vision: Registry[VisionModel]) -> None:
        """A child of a frozen registry isn't frozen, nor is the parent of a frozen one."""
        child = new_vision(parent=vision)
        vision.freeze()
        child.register(QrReader)
        assert list(child) == ["QrReader"]


class TestTemporary:
    def test_undoes_everything(self, vision: Registry[VisionModel]) -> None:
        """Additions, removals and overrides are undone, in order and in all names."""
        vision.register("face", aliases=("faces", "f"))(FaceDetector)
        vision.register("qr")(QrReader)
        vision.register("ensemble")(Ensemble)
        before = state(vision)
        with vision.temporary():
            vision.unregister("face")
            vision.register("qr", aliases=("faces",), override=True)(tiny_face)
            vision.register("new")(FaceDetector)
            assert list(vision) == ["qr", "ensemble", "new"]
        assert state(vision) == before
        assert (vision.spec(FaceDetector).__spec_name__, vision.spec(QrReader).__spec_name__) == ("face", "qr")
        with pytest.raises(UnknownEntryError):
            vision.spec(tiny_face)

    def test_alias_that_was_taken_over(self, vision: Registry[VisionModel]) -> None:
        """An entry that lost an alias has it back."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        held = vision["face"]
        with vision.temporary():
            vision.register("faces", override=True)(QrReader)
        assert (vision["faces"] is held, vision["face"] is held, held.aliases) == (True, True, ("faces",))

    def test_by_an_exception(self, vision: Registry[VisionModel]) -> None:
        """An exception leaves the block as a return does."""
        with pytest.raises(ZeroDivisionError), vision.temporary():
            print(1 / len(vision))
        with pytest.raises(ZeroDivisionError), vision.temporary():
            print(vision.register(QrReader), 1 / (len(vision) - 1))
        assert list(vision) == []

    def test_whole_tree(self) -> None:
        """The tree's other registries are restored too, from whichever it was asked."""
        root = new_vision(scope="root")
        child = new_vision(parent=root, scope="child")
        other = new_vision(parent=root, scope="other")
        root.register("a")(FaceDetector)
        other.register("b")(FaceDetector)
        with child.temporary():
            root.unregister("a")
            child.register("c")(QrReader)
            other.register("b", override=True)(QrReader)
        assert (list(root), list(child), other["b"].load()) == (["a"], [], FaceDetector)

    def test_nested(self, vision: Registry[VisionModel]) -> None:
        """Blocks may be nested; each undoes its own."""
        with vision.temporary():
            vision.register("a")(QrReader)
            with vision.temporary():
                vision.register("b")(QrReader)
                vision.unregister("a")
            assert list(vision) == ["a"]
        assert list(vision) == []

    def test_once_more(self, vision: Registry[VisionModel]) -> None:
        """What is registered after a block isn't undone by a later one."""
        for _ in range(2):
            with vision.temporary():
                vision.register("a")(QrReader)
            assert list(vision) == []
        vision.register("b")(QrReader)
        with vision.temporary():
            vision.register("a")(QrReader)
        assert list(vision) == ["b"]

    def test_as_a_decorator(self, vision: Registry[VisionModel]) -> None:
        """A function may be wrapped in it."""

        @vision.temporary()
        def run() -> list[str]:
            vision.register("a")(QrReader)
            return list(vision)

        assert (run(), list(vision), run(), list(vision)) == (["a"], [], ["a"], [])

    def test_specs_made_before(self, vision: Registry[VisionModel]) -> None:
        """A spec builds what its name means then, within and after."""
        vision.register("face")(FaceDetector)
        spec = vision.parse({"type": "face"})
        with vision.temporary():
            vision.register("face", override=True)(QrReader)
            assert type(spec.build()) is QrReader
        assert type(spec.build()) is FaceDetector

    def test_loaded_stays_loaded(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What was imported meanwhile stays imported, as Python's modules do."""
        modules.write("zoo_temporary", "from tests.vision import QrReader as Ocr")
        vision.register_lazy("ocr", "zoo_temporary:Ocr")
        with vision.temporary():
            vision["ocr"].load()
        assert vision["ocr"].is_loaded


class TestValues:
    def test_building_gives_the_object(self) -> None:
        """An entry that is a product is built by giving it."""
        functions: Registry[Activation] = Registry("functions", Activation)
        functions.register_value("relu", relu, aliases=("ramp",), tags=("cheap",))
        assert (functions.build({"type": "ramp"}), functions["relu"].build(), functions.parse({"type": "relu"}).build()) == (relu,) * 3
        assert (functions["relu"].doc, functions["relu"].target, dict(functions["relu"].parameters)) == (
            "The positive part.",
            "tests.vision:relu",
            {},
        )

    def test_takes_no_arguments(self) -> None:
        """There is nothing to configure."""
        functions: Registry[Activation] = Registry("functions", Activation)
        functions.register_value("relu", relu)
        with pytest.raises(ValueError, match="unknown argument 'x'"):
            functions.build({"type": "relu", "x": 1.0})

    def test_what_is_no_product(self, vision: Registry[VisionModel]) -> None:
        """An object without the protocol's methods is none, nor is a class whose instances have them."""
        with pytest.raises(ContractError, match="detect"):
            untyped(vision).register_value("deaf", Deaf())
        with pytest.raises(ContractError):
            untyped(vision).register_value("class", 5)
        assert list(vision) == []

    def test_same_and_another(self) -> None:
        """The same object twice is no error, another is, also where it is an equal one of the same class."""
        vision = new_vision()
        one, other = FaceDetector(), FaceDetector()
        vision.register_value("face", one)
        vision.register_value("face", one)
        with pytest.raises(DuplicateEntryError):
            vision.register_value("face", other)
        assert vision.build({"type": "face"}) is one

    def test_lambdas(self) -> None:
        """Two lambdas are two, though both are called <lambda>."""
        functions: Registry[Activation] = Registry("functions", Activation)
        functions.register_value("f", lambda x: x)
        with pytest.raises(DuplicateEntryError):
            functions.register_value("f", lambda x: -x)

    def test_value_and_factory_of_one_object(self, vision: Registry[VisionModel]) -> None:
        """A product and a factory are two entries, though the object is the same."""

        class Both:
            def detect(self, image: str) -> list[str]:
                return []

            def __call__(self) -> QrReader:
                return QrReader()

        both = Both()
        vision.register("both")(both)
        with pytest.raises(DuplicateEntryError):
            vision.register_value("both", both)


class TestDeprecation:
    def test_warns_once_when_built(self, vision: Registry[VisionModel]) -> None:
        """It is told once, when it is built and not before, under whatever name."""
        vision.register("old", aliases=("older",), deprecated="use face")(FaceDetector)
        spec = vision.parse({"type": "older"})
        assert (vision["old"].load(), vision.check(), spec.__spec_name__) == (FaceDetector, [], "old")
        with pytest.warns(DeprecationWarning, match=r"'old' of registry 'vision' is deprecated: use face") as caught:
            vision.build({"type": "older"})
        assert len(caught) == 1
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            for _ in range(3):
                vision.build({"type": "old"})
            spec.build()
            vision["old"].build()

    @pytest.mark.parametrize("way", ["entry", "spec", "nested"])
    def test_warns_however_it_is_built(self, way: str, vision: Registry[VisionModel]) -> None:
        """An entry's build, a spec's and a nested config's tell it too."""
        vision.register("old", deprecated="use face")(FaceDetector)
        vision.register("ensemble")(Ensemble)
        builds: dict[str, Callable[[], object]] = {
            "entry": vision["old"].build,
            "spec": vision.parse({"type": "old"}).build,
            "nested": lambda: vision.build({"type": "ensemble", "models": [{"type": "old"}, {"type": "old"}]}),
        }
        with pytest.warns(DeprecationWarning, match="use face") as caught:
            builds[way]()
        assert len(caught) == 1

    def test_lazy_and_value(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A lazy entry and a value can be deprecated."""
        modules.write("zoo_deprecated", "from tests.vision import QrReader as Ocr")
        vision.register_lazy("ocr", "zoo_deprecated:Ocr", deprecated="use text")
        vision.register_value("one", QrReader(), deprecated="use two")
        with pytest.warns(DeprecationWarning, match="use text"):
            vision.build({"type": "ocr"})
        with pytest.warns(DeprecationWarning, match="use two"):
            vision.build({"type": "one"})


class TestWrittenSpecs:
    def test_duplicate_leaves_the_spec_free(self, vision: Registry[VisionModel]) -> None:
        """A spec class whose entry was refused is bound to no registry."""

        class FaceSpec(BuildSpec["FaceDetector"]):
            type: Literal["face"] = "face"
            scale: Annotated[float, Field(gt=1)] = 1.5

        vision.register("face")(QrReader)
        with pytest.raises(DuplicateEntryError):
            vision.register(spec=FaceSpec)(FaceDetector)
        assert FaceSpec().__spec_registry__ is None
        other = new_vision()
        other.register(spec=FaceSpec)(FaceDetector)
        assert (FaceSpec().__spec_registry__, FaceSpec().build().scale) == (other, 1.5)

    def test_wrong_spec_registers_nothing(self, vision: Registry[VisionModel]) -> None:
        """A spec with a field that is no parameter refuses the entry."""

        class FaceSpec(BuildSpec["FaceDetector"]):
            type: Literal["face"] = "face"
            colour: str = "red"

        with pytest.raises(ContractError, match="colour"):
            vision.register(spec=FaceSpec)(FaceDetector)
        assert (list(vision), FaceSpec().__spec_registry__) == ([], None)

    def test_names_must_agree(self, vision: Registry[VisionModel]) -> None:
        """The spec's type is the name; another is an error."""

        class FaceSpec(BuildSpec["FaceDetector"]):
            type: Literal["face"] = "face"

        with pytest.raises(InvalidNameError, match="'face'"):
            vision.register("faces", spec=FaceSpec)(FaceDetector)
        vision.register("face", spec=FaceSpec)(FaceDetector)
        assert list(vision) == ["face"]


class TestCheck:
    def test_all_problems(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Everything is loaded and each dangling target is told with its place; the rest goes on."""
        modules.write("zoo_checked", "from tests.vision import Deaf, QrReader as Ocr")
        vision.register_lazy("ocr", "zoo_checked:Ocr")
        line = here().line + 1
        vision.register_lazy("gone", "zoo_checked:Gone")
        vision.register_lazy("missing", "zoo_missing:X")
        vision.register_lazy("deaf", "zoo_checked:Deaf")
        vision.register(QrReader)
        problems = vision.check()
        assert [(problem.path, problem.code) for problem in problems] == [
            (("gone",), "TR105"),
            (("missing",), "TR105"),
            (("deaf",), "TR104"),
        ]
        assert problems[0].place is not None
        assert (problems[0].place.file, problems[0].place.line) == (__file__, line)
        assert vision["ocr"].is_loaded

    def test_nothing_wrong(self, vision: Registry[VisionModel]) -> None:
        """A sound registry has no problems."""
        vision.register(QrReader)
        vision.register(Ensemble)
        assert vision.check() == []

    def test_load_all(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Everything is loaded, or the first failure is raised."""
        modules.write("zoo_all", "from tests.vision import QrReader as Ocr")
        vision.register_lazy("ocr", "zoo_all:Ocr")
        vision.load_all()
        assert vision["ocr"].is_loaded
        vision.register_lazy("gone", "zoo_all:Gone")
        with pytest.raises(LoadError):
            vision.load_all()


class TestCatalogue:
    def test_by_attribute_and_item(self, vision: Registry[VisionModel]) -> None:
        """A spec can be had by the entry's name, as an attribute or an item."""
        vision.register("face")(FaceDetector)
        vision.register("face-v2")(tiny_face)
        specs = untyped(vision.specs)
        assert (specs.face(scale=2.0).to_config(), specs["face-v2"]().__spec_name__) == ({"type": "face", "scale": 2.0}, "face-v2")
        assert (specs.face.__name__, specs.face.__doc__) == ("face", "Finds faces.")
        assert ("face" in dir(specs), "face-v2" in dir(specs)) == (True, False)

    def test_unknown(self, vision: Registry[VisionModel]) -> None:
        """An unknown name is an AttributeError or an UnknownEntryError, with the nearest."""
        vision.register("face")(FaceDetector)
        with pytest.raises(AttributeError, match="did you mean 'face'"):
            untyped(vision.specs).fase
        with pytest.raises(UnknownEntryError):
            untyped(vision.specs)["fase"]
        assert not hasattr(vision.specs, "__deepcopy__")


class TestKinds:
    def test_class_bound(self) -> None:
        """A registry may be of a class: what is no subclass is refused."""
        models: Registry[BaseModel] = Registry("models", BaseModel)

        class Point(BaseModel):
            x: int = 0

        models.register("point")(Point)
        assert models.build({"type": "point", "x": 3}) == Point(x=3)
        with pytest.raises(ContractError):
            untyped(models).register("qr")(QrReader)

    def test_protocol_property(self, vision: Registry[VisionModel]) -> None:
        """A registry tells what it is of."""
        assert (vision.name, vision.protocol, vision.scope) == ("vision", VisionModel, None)

    def test_subscripted(self) -> None:
        """A registry made by a subscripted class is one like any other."""
        made = Registry[VisionModel]("vision", VisionModel)
        made.register(QrReader)
        assert list(made) == ["QrReader"]

    def test_empty_protocol(self) -> None:
        """A protocol that asks for nothing takes every class."""

        class Anything(Protocol): ...

        things: Registry[Anything] = Registry("things", Anything)
        things.register(Deaf)
        assert type(things.build({"type": "Deaf"})) is Deaf


class TestWarnings:
    """Where the package's warnings point."""

    def test_deprecation_points_at_the_users_line(self, vision: Registry[VisionModel]) -> None:
        """Python's default filters show a DeprecationWarning only where it points at the user's own code."""
        vision.register("old", deprecated="use 'new'")(QrReader)
        with pytest.warns(DeprecationWarning, match="use 'new'") as told:
            vision.build({"type": "old"})
        assert told[0].filename == __file__

    def test_shown_by_default(self, modules: Modules) -> None:
        """A script that builds a deprecated entry says so, without any option."""
        modules.write(
            "script",
            """
            from typing import Protocol
            from typed_registry import Registry
            class Thing(Protocol):
                def it(self) -> int: ...
            THINGS: Registry[Thing] = Registry("things", Thing)
            @THINGS.register(deprecated="use another")
            class One:
                def it(self) -> int:
                    return 1
            THINGS.build({"type": "One"})
            """,
        )
        assert "script.py:10: DeprecationWarning: 'One' of registry 'things' is deprecated: use another" in modules.run("script.py")


@pytest.mark.parametrize("protocol", [3, int | str, "VisionModel", None])
def test_a_registry_is_bound_to_a_class(protocol: Any) -> None:
    """What is no class could hold nothing against a contract."""
    with pytest.raises(ContractError, match="is no class"):
        Registry("wrong", protocol)


def test_load_tells_of_an_ambiguous_slot() -> None:
    """A slot that several registries make is told at the first load, not only when a config is built."""

    class Sound(Protocol):
        def play(self) -> str: ...

    one, two = Registry("one sound", Sound), Registry("two sounds", Sound)
    registry: Registry[VisionModel] = Registry("vision", VisionModel)

    @registry.register
    class Alarm:
        def __init__(self, sound: Sound) -> None: ...
        def detect(self, image: str) -> list[str]:
            return []

    with pytest.raises(ContractError, match=r"registries 'one sound', 'two sounds' all make it"):
        registry["Alarm"].load()
    assert (one.name, two.name) == ("one sound", "two sounds")
