"""Errors: codes, data, pickling and texts that stay readable, bounded and printable whatever they are made of."""

from __future__ import annotations

import builtins
import copy
import importlib
import pickle
import re
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.modules import Modules
from tests.vision import VISION, Deaf, FaceDetector, QrReader, VisionModel, new_vision, untyped
from typed_registry import Registry, errors
from typed_registry.errors import (
    ConfigError,
    ConfigWarning,
    ContractError,
    DuplicateEntryError,
    Finding,
    FrozenRegistryError,
    InvalidNameError,
    LoadError,
    Place,
    Problem,
    RegistryError,
    UnknownEntryError,
    Where,
    path_text,
    shown,
)

HERE, THERE = Where("here.py", 3), Where("there.py", 14)
PROBLEMS = (
    Problem(("models", 0), "unknown argument 'scael' of 'face'", 1.3, "scale", Place("p.yaml", 7, 5), "TR203"),
    Problem((), "missing key 'type'", {"a": [1]}, code="TR202"),
)


class Sample:
    """One error with what it must be."""

    def __init__(self, error: RegistryError, builtin: type[Exception], code: str, text: str, **data: object) -> None:
        self.error = error
        self.builtin = builtin
        self.code = code
        self.text = text
        self.data = data


SAMPLES = [
    Sample(
        InvalidNameError("a.b", "vision", "it has a dot"),
        ValueError,
        "TR101",
        "'a.b' can't be a name in registry 'vision': it has a dot",
        name="a.b",
        registry="vision",
        reason="it has a dot",
    ),
    Sample(
        DuplicateEntryError("face", "vision", "m:Old", HERE, "m:New", THERE),
        ValueError,
        "TR102",
        "'face' is registered twice in registry 'vision':\n  first: m:Old (here.py:3)\n  again: m:New (there.py:14)\n"
        "Give one of them another name, or replace the first with override=True.",
        name="face",
        registry="vision",
        old="m:Old",
        old_where=HERE,
        new="m:New",
        new_where=THERE,
    ),
    Sample(
        UnknownEntryError("fase", "vision", ("face",), ("face", "qr")),
        KeyError,
        "TR103",
        "registry 'vision' has no entry 'fase'; did you mean 'face'?\nKnown: 'face', 'qr'.",
        name="fase",
        registry="vision",
        nearest=("face",),
        known=("face", "qr"),
    ),
    Sample(
        UnknownEntryError("x", "vision"),
        KeyError,
        "TR103",
        "registry 'vision' has no entry 'x'\nNothing is registered: is the module that registers it imported?",
        name="x",
        registry="vision",
        nearest=(),
        known=(),
    ),
    Sample(
        ContractError("m:Deaf", "vision", "it is no VisionModel", (Finding("detect", "a method", "nothing"),), HERE, "Add it."),
        TypeError,
        "TR104",
        "m:Deaf (here.py:3) can't be used in registry 'vision': it is no VisionModel\n  detect: expected a method, found nothing\nAdd it.",
        subject="m:Deaf",
        registry="vision",
        reason="it is no VisionModel",
        findings=(Finding("detect", "a method", "nothing"),),
        where=HERE,
        remedy="Add it.",
    ),
    Sample(
        LoadError("ocr", "vision", "m:Ocr", "torch is not installed", ("torch",), None),
        ImportError,
        "TR105",
        "'ocr' of registry 'vision' can't be loaded from m:Ocr: torch is not installed\nInstall what provides 'torch'.",
        entry="ocr",
        registry="vision",
        target="m:Ocr",
        reason="torch is not installed",
        missing=("torch",),
        extra=None,
    ),
    Sample(
        LoadError("ocr", "vision", "m:Ocr", "torch is not installed", ("torch",), "zoo[ocr]"),
        ImportError,
        "TR105",
        "'ocr' of registry 'vision' can't be loaded from m:Ocr: torch is not installed\nInstall it: pip install 'zoo[ocr]'",
        extra="zoo[ocr]",
    ),
    Sample(
        FrozenRegistryError("vision", "register 'x'"),
        RuntimeError,
        "TR106",
        "registry 'vision' is frozen: can't register 'x'. Do it before freeze() is called.",
        registry="vision",
        action="register 'x'",
    ),
    Sample(
        ConfigError(PROBLEMS, "a config of registry 'vision'"),
        ValueError,
        "TR200",
        "2 problems in a config of registry 'vision':\n"
        "  p.yaml:7:5: models[0]: TR203 unknown argument 'scael' of 'face'; did you mean 'scale'?\n"
        "  TR202 missing key 'type'",
        problems=list(PROBLEMS),
        subject="a config of registry 'vision'",
    ),
]


def ids(sample: Sample) -> str:
    return type(sample.error).__name__


@pytest.mark.parametrize("sample", SAMPLES, ids=ids)
class TestEach:
    def test_kind_code_and_data(self, sample: Sample) -> None:
        """Each is a RegistryError and the builtin that one would catch, with its code and its data in attributes."""
        assert isinstance(sample.error, RegistryError)
        assert isinstance(sample.error, sample.builtin)
        assert (sample.error.code, {name: getattr(sample.error, name) for name in sample.data}) == (sample.code, sample.data)

    def test_text(self, sample: Sample) -> None:
        """Its text says what, where, what is known, and the remedy."""
        assert (str(sample.error), f"{sample.error}") == (sample.text, sample.text)

    def test_pickled(self, sample: Sample) -> None:
        """It comes back from pickle, by each protocol, and from a copy, with its text, its data and its notes."""
        sample.error.add_note("while testing")
        protocols = range(pickle.HIGHEST_PROTOCOL + 1)
        again = [pickle.loads(pickle.dumps(sample.error, protocol)) for protocol in protocols]
        for error in (*again, copy.copy(sample.error), copy.deepcopy(sample.error)):
            assert (type(error), str(error), error.args, error.code) == (type(sample.error), sample.text, sample.error.args, sample.code)
            assert {name: getattr(error, name) for name in sample.data} == sample.data
            assert error.__notes__[-1] == "while testing"


def test_every_error_has_a_sample() -> None:
    """The samples are of all errors, whose codes differ."""
    classes = {cls for name in errors.__all__ if isinstance(cls := getattr(errors, name), type) and issubclass(cls, RegistryError)}
    sampled = {type(sample.error) for sample in SAMPLES}
    assert {cls for cls in sampled if cls not in classes} == set()
    codes = [cls.code for cls in classes]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"TR\d{3}", code) for code in codes)


def test_every_code_has_a_page() -> None:
    """The docs have a page for each code."""
    folder = Path(errors.__file__).parents[1] / "docs" / "errors"
    if not folder.is_dir():
        pytest.skip(reason="the docs don't come with the package")
    codes = {sample.code for sample in SAMPLES} | {problem.code for problem in PROBLEMS} | {ConfigWarning.code}
    assert {code for code in codes if not (folder / f"{code}.md").is_file()} == set()


def test_base() -> None:
    """The base shows what it is given."""
    error = RegistryError("one", 2)
    assert (str(error), error.code, str(pickle.loads(pickle.dumps(error)))) == ("one\n2", "TR100", "one\n2")


def test_warning() -> None:
    """The warning is a UserWarning with a code."""
    assert (issubclass(ConfigWarning, UserWarning), ConfigWarning.code) == (True, "TR290")


class TestPickling:
    def test_unpicklable_name(self, vision: Registry[VisionModel]) -> None:
        """What can't travel is shown in its place; the text stays the same."""
        lock = threading.Lock()
        with pytest.raises(UnknownEntryError) as caught:
            untyped(vision)[lock]
        again = pickle.loads(pickle.dumps(caught.value))
        assert (caught.value.name, again.name) == (lock, shown(lock))
        assert again.known == caught.value.known

    def test_unpicklable_input(self) -> None:
        """So is the input of a problem."""
        problem = Problem(("a",), "no good", threading.Lock())
        error = ConfigError([problem, PROBLEMS[0]], "a config")
        again = pickle.loads(pickle.dumps(error))
        assert (again.problems, str(again), again.problems[0].input) == (error.problems, str(error), shown(problem.input))
        assert again.problems[1].input == 1.3

    def test_pickling_that_raises(self) -> None:
        """Whatever an input's own pickling raises."""

        class Odd:
            def __reduce__(self) -> str:
                raise ZeroDivisionError

        again = pickle.loads(pickle.dumps(Problem((), "no good", Odd())))
        assert again == Problem((), "no good")

    def test_real_ones(self, vision: Registry[VisionModel]) -> None:
        """Errors as they are raised come back from another process."""
        vision.register("face")(FaceDetector)
        vision.register_lazy("ocr", "zoo_nowhere:Ocr", requires="zoo_nowhere")
        for attempt in raising(vision):
            with pytest.raises(RegistryError) as caught:
                attempt()
            again = pickle.loads(pickle.dumps(caught.value))
            assert (type(again), str(again)) == (type(caught.value), str(caught.value))


def raising(vision: Registry[VisionModel]) -> list[Callable[[], object]]:
    """One way to each error, in a registry with a `face` and an `ocr` that can't be loaded."""

    def change_frozen() -> None:
        frozen = new_vision()
        frozen.freeze()
        frozen.unregister("face")

    return [
        lambda: vision.register("a.b")(QrReader),
        lambda: vision.register("face")(QrReader),
        lambda: vision["fase"],
        lambda: untyped(vision).register(Deaf),
        lambda: vision["ocr"].load(),
        change_frozen,
        lambda: vision.build({"type": "face", "scael": 2, "min_size": "x"}),
        lambda: vision.spec(QrReader),
    ]


class ANSI:
    def __repr__(self) -> str:
        return "\x1b[31mred\x1b[0m\r\n\x07\u202e"


class Failing:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Huge:
    def __repr__(self) -> str:
        return "x" * 10_000_000


class Endless:
    def __repr__(self) -> str:
        return repr(self)


class NoText:
    def __repr__(self) -> str:
        text: str = untyped(5)
        return text


def nested(depth: int) -> list[Any]:
    made: list[Any] = []
    for _ in range(depth):
        made = [made]
    return made


def cyclic() -> dict[str, Any]:
    made: dict[str, Any] = {}
    made["self"] = made
    return made


ODD: list[Any] = [
    ANSI(),
    Failing(),
    Huge(),
    Endless(),
    NoText(),
    "x" * 1_000_000,
    b"\x00" * 1_000_000,
    10**5_000,
    nested(100_000),
    cyclic(),
]
ODD.extend([[Failing(), ANSI()], {"a\nb": Huge()}, "two\nlines\t\x1b[2J", "\ud800", {1, "a"}, range(10**9), Failing, float("nan"), None])


class TestShown:
    @pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
    def test_bounded_and_printable(self, value: object) -> None:
        """Whatever is shown has at most 80 printable characters, and showing never raises."""
        text = shown(value)
        assert (0 < len(text) <= 80, text.isprintable()) == (True, True)

    @pytest.mark.parametrize("value", [1, 1.5, "face", None, True, [1, "a"], {"a": (1, 2)}, b"x", "it's", "é名"])
    def test_small_ones_are_their_repr(self, value: object) -> None:
        """What is small is shown as it is."""
        assert shown(value) == repr(value)

    def test_both_ends(self) -> None:
        """Of what is long, both ends are shown."""
        text = shown("begin" + "-" * 1_000 + "end")
        assert (text.startswith("'begin-"), text.endswith("-end'"), "..." in text) == (True, True, True)

    def test_failing_repr(self) -> None:
        """A failing repr gives the type."""
        assert "Failing" in shown(Failing())

    def test_class_with_a_containers_name(self) -> None:
        """A class that is called as a container is shown as what it is."""
        for name in ("list", "dict", "set", "deque", "array", "tuple"):
            assert len(shown(type(name, (), {})())) <= 80


class TestTexts:
    """Texts of the errors that a registry raises for odd values and names."""

    @staticmethod
    def sound(error: BaseException) -> str:
        """The text, which is bounded and printable."""
        text = str(error)
        assert len(text) < 10_000
        assert [line for line in text.split("\n") if not line.isprintable()] == []
        assert len(text.split("\n")) <= 30
        return text

    @pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
    def test_odd_inputs(self, value: object) -> None:
        """Odd values as names, types, configs and arguments make no odd texts."""
        attempts: list[Callable[[], object]] = [
            lambda: untyped(VISION)[value],
            lambda: untyped(VISION).build(value),
            lambda: untyped(VISION).build({"type": value}),
            lambda: VISION.build({"type": "face", "scale": "no", "min_size": value, "odd": value}),
            lambda: VISION.build({"type": "ensemble", "models": [value]}),
            lambda: untyped(VISION).register("x", aliases=("y", value, "a.b"))(QrReader),
            lambda: untyped(VISION).register("x")(untyped(value) if not callable(value) else 5),
        ]
        for attempt in attempts:
            with pytest.raises((RegistryError, TypeError)) as caught:
                attempt()
            assert isinstance(caught.value, RegistryError)
            self.sound(caught.value)
        assert "x" not in VISION

    @pytest.mark.parametrize("name", ["two\nlines", "\x1b[31mred", "x" * 1_000_000, "\ud800", "\u202eright", "'quoted\"", "\x00"])
    def test_odd_names(self, name: str) -> None:
        """Odd names, of entries, registries and arguments, make no odd texts either."""
        vision: Registry[VisionModel] = Registry(name, VisionModel)
        vision.register(name, aliases=(name + "2",))(FaceDetector)
        vision.register_lazy(name + "3", "zoo_nowhere:X")
        attempts: list[Callable[[], object]] = [
            lambda: vision[name + "4"],
            lambda: vision.register(name)(QrReader),
            lambda: vision.register(name + ".")(QrReader),
            lambda: vision.build({"type": name + "4"}),
            lambda: untyped(vision).build({"type": name, name: 1, "scale": name}),
            lambda: vision[name + "3"].load(),
            lambda: vision.unregister(name + "4"),
            lambda: vision.using(name).__enter__(),
            lambda: vision.spec(QrReader),
            lambda: vision.register(tags=untyped(name))(QrReader),
        ]
        for attempt in attempts:
            with pytest.raises(RegistryError) as caught:
                attempt()
            self.sound(caught.value)
        vision.freeze()
        with pytest.raises(FrozenRegistryError) as frozen:
            vision.unregister(name)
        self.sound(frozen.value)

    def test_many_problems(self) -> None:
        """A text shows at most 20 problems and says how many more there are; the data holds all."""
        config = {"type": "ensemble", "models": [{"type": "face", "scael": index} for index in range(300)]}
        with pytest.raises(ConfigError) as caught:
            VISION.build(config)
        lines = self.sound(caught.value).splitlines()
        assert (len(caught.value.problems), lines[0], len(lines), lines[-1]) == (
            300,
            "300 problems in a config of registry 'vision':",
            22,
            "  and 280 more",
        )

    def test_twenty_and_twenty_one(self) -> None:
        """Twenty are all shown; one more is told as one."""
        problems = [Problem((index,), "no good") for index in range(21)]
        assert "more" not in str(ConfigError(problems[:20], "x"))
        assert str(ConfigError(problems, "x")).endswith("  and 1 more")
        assert str(ConfigError(problems[:1], "x")).startswith("1 problem in x:")

    def test_many_names(self, vision: Registry[VisionModel]) -> None:
        """Of many known names, a few are listed and the rest counted."""
        for index in range(1_000):
            vision.register(f"name{index}")(QrReader)
        with pytest.raises(UnknownEntryError) as caught:
            vision["zzz"]
        assert (len(caught.value.known), str(caught.value).endswith("'name7' and 992 more.")) == (1_000, True)

    def test_long_parts_are_cut(self) -> None:
        """A text that would be longer than 10,000 characters is cut, and says so."""
        for error in (
            ContractError("m:X", "r", "y" * 50_000),
            LoadError("n", "r", "m:X", "z\n" * 50_000),
            FrozenRegistryError("r" * 50_000, "a"),
        ):
            text = str(error)
            assert (len(text) < 10_000, text.endswith("(cut)")) == (True, True)

    def test_a_reason_with_lines(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What a module said when it failed is shown, its odd characters escaped."""
        modules.write("zoo_loud", "raise RuntimeError('a\\n\\x1b[31mb' + 'c' * 100_000)")
        vision.register_lazy("loud", "zoo_loud:X")
        with pytest.raises(LoadError) as caught:
            vision["loud"].load()
        assert r"a\n\x1b[31mbc" in self.sound(caught.value)


def test_texts_import_nothing(vision: Registry[VisionModel], monkeypatch: pytest.MonkeyPatch) -> None:
    """Making a text, a repr or a suggestion imports nothing and loads no entry."""
    vision.register("face")(FaceDetector)
    vision.register_lazy("ocr", "zoo_nowhere:Ocr", requires="zoo_nowhere")
    raised: list[RegistryError] = []
    for attempt in raising(vision):
        with pytest.raises(RegistryError) as caught:
            attempt()
        raised.append(caught.value)

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError(f"imported {args[0]}")

    with monkeypatch.context() as patch:
        patch.setattr(importlib, "import_module", refuse)
        patch.setattr(builtins, "__import__", refuse)
        texts = [(str(error), repr(error)) for error in (*raised, *(sample.error for sample in SAMPLES))]
    assert (len(texts), vision["ocr"].is_loaded, "zoo_nowhere" in sys.modules) == (len(raised) + len(SAMPLES), False, False)


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "text"),
        [
            ((), ""),
            (("a",), "a"),
            (("a", "b"), "a.b"),
            (("models", 0, "scale"), "models[0].scale"),
            ((0, "a"), "[0].a"),
            (("a b", "c"), "['a b'].c"),
            (("a", "1"), "a['1']"),
        ],
    )
    def test_path_text(self, path: tuple[str | int, ...], text: str) -> None:
        """A path is written as one would in Python."""
        assert path_text(path) == text

    def test_records(self) -> None:
        """Places and problems are told in one line, and can't be changed."""
        assert [str(place) for place in (Place("f"), Place("f", 1), Place("f", 1, 2), HERE)] == ["f", "f:1", "f:1:2", "here.py:3"]
        with pytest.raises(AttributeError):
            untyped(PROBLEMS[0]).message = "x"

    def test_input_takes_no_part(self) -> None:
        """Problems compare and hash by what they say, whatever their inputs are."""

        class Odd:
            def __eq__(self, other: object) -> bool:
                raise ZeroDivisionError

            def __hash__(self) -> int:
                raise ZeroDivisionError

        one, other = Problem(("a",), "m", Odd()), Problem(("a",), "m", [1])
        assert (one == other, hash(one) == hash(other), one == Problem(("a",), "n")) == (True, True, False)


def test_catching_by_builtin(vision: Registry[VisionModel]) -> None:
    """Who catches the builtin catches ours, with a text that can be read."""
    attempts: list[tuple[Callable[[], object], type[Exception]]] = [
        (lambda: vision["x"], LookupError),
        (lambda: vision.register("")(QrReader), ValueError),
        (lambda: vision.build({}), ValueError),
    ]
    for attempt, builtin in attempts:
        with pytest.raises(builtin) as caught:
            attempt()
        assert "vision" in str(caught.value)


def test_data_is_the_callers(vision: Registry[VisionModel]) -> None:
    """A config error keeps the inputs as they were given."""
    given: Mapping[str, object] = {"type": "face", "scale": ["odd"]}
    vision.register("face")(FaceDetector)
    with pytest.raises(ConfigError) as caught:
        vision.build(given)
    assert (caught.value.problems[0].path, caught.value.problems[0].input, caught.value.problems[0].code) == (("scale",), ["odd"], "TR205")
