"""Names and targets: what they may be, and which names are near to a wrong one."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.vision import FaceDetector, relu
from typed_registry._naming import name_problem, nearest, split_target, target_of

NAMES = ["face", "faces", "qr", "ocr", "ensemble", "upscale", "ResNet", "resnet50", "convnext_tiny", "convnext_base"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a", None),
        ("a b", None),
        ("名", None),
        ("", "it is empty"),
        ("a.b", "'.' separates a scope from a name; use '_' or '-'"),
        ("a:b", "':' separates a module from a name in targets; use '_' or '-'"),
        (None, "a name is a str"),
        (b"a", "a name is a str"),
    ],
)
def test_name_problem(name: object, problem: str | None) -> None:
    """What is wrong with a name is told."""
    assert name_problem(name) == problem


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ("m:X", ("m", "X")),
        ("p.m:X.y", ("p.m", "X.y")),
        ("m", None),
        (":X", None),
        ("m:", None),
        ("m:X:Y", None),
        ("m-n:X", None),
        ("m:X y", None),
        ("m.:X", None),
        (5, None),
    ],
)
def test_split_target(target: object, parts: tuple[str, str] | None) -> None:
    """A target is a module and a name in it."""
    assert split_target(target) == parts


@pytest.mark.parametrize(
    ("obj", "target"),
    [
        (FaceDetector, "tests.vision:FaceDetector"),
        (FaceDetector.small, "tests.vision:FaceDetector.small"),
        (relu, "tests.vision:relu"),
        (partial(relu, 1.0), "tests.vision:relu"),
        (FaceDetector(), "tests.vision:FaceDetector"),
        (0.5, "builtins:float"),
    ],
)
def test_target_of(obj: object, target: str) -> None:
    """An object is told by its module and name, or by what is behind it."""
    assert target_of(obj) == target


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("face", "face"),
        ("fase", "face"),
        ("fcae", "face"),
        ("ace", "face"),
        ("FACE", "face"),
        ("resnet", "ResNet"),
        ("RESNET50", "resnet50"),
        ("ocrr", "ocr"),
        ("ensembel", "ensemble"),
        ("upsacle", "upscale"),
        ("convnext_tinny", "convnext_tiny"),
    ],
)
def test_nearest_is_first(wrong: str, expected: str) -> None:
    """A misspelt name finds the one that is meant, first, in few names and in many."""
    many = [*NAMES, *(f"other-{index}" for index in range(2_000))]
    assert [nearest(wrong, names)[:1] for names in (NAMES, tuple(NAMES), dict.fromkeys(NAMES), many)] == [(expected,)] * 4


@pytest.mark.parametrize("wrong", ["", "zzzz", "x" * 201, "\n", "\n\n", "ab\n", None, 5, ["face"]])
def test_nothing_near(wrong: Any) -> None:
    """What is like none of them has no nearest, whatever it is."""
    assert [nearest(wrong, names) for names in ([], NAMES, NAMES[:4])] == [()] * 3


def test_limit() -> None:
    """No more are told than asked for, best first."""
    names = [f"face{letter}" for letter in "abcdefghij"]
    assert (len(nearest("face", names)), nearest("facea", names, 1), len(nearest("face", names, 5))) == (3, ("facea",), 5)


def test_many_alike() -> None:
    """Among thousands that are alike, one letter wrong still finds the name."""
    names = [f"model_{index:05d}_large" for index in range(10_000)]
    for wrong in ("model_01234_lrge", "mdel_01234_large", "model_01234_largee"):
        assert "model_01234_large" in nearest(wrong, names)


@pytest.mark.parametrize("odd", ["two\nlines", "\n", "\n\nface\n", "İstanbul", "\x1b[31m", "ﬀ"])
def test_odd_names_among_the_known(odd: str) -> None:
    """Names with newlines, or with letters that grow when lowered, don't disturb the search, and only names are told."""
    names = [*NAMES, odd]
    assert (nearest("fase", names)[0], set(nearest(odd + "x", names)) <= set(names), set(nearest("lines", names)) <= set(names)) == (
        "face",
        True,
        True,
    )
