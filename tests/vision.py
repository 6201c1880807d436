"""A protocol and a few fakes that stand for detectors, for tests that don't look at what is detected."""

from __future__ import annotations

from typing import Any, Protocol

from typed_registry import Registry


class VisionModel(Protocol):
    """What finds things in an image."""

    def detect(self, image: str) -> list[str]: ...


class QrReader:
    """Finds QR codes."""

    def detect(self, image: str) -> list[str]:
        return [f"qr in {image}"]


class FaceDetector:
    """Finds faces."""

    def __init__(self, scale: float = 1.2, *, min_size: int = 40) -> None:
        self.scale = scale
        self.min_size = min_size

    def detect(self, image: str) -> list[str]:
        return [f"face in {image}"]

    @classmethod
    def small(cls) -> FaceDetector:
        """One for small faces."""
        return cls(min_size=10)


class Ensemble:
    """Finds what any of its models finds."""

    def __init__(self, models: list[VisionModel]) -> None:
        self.models = models

    def detect(self, image: str) -> list[str]:
        return [found for model in self.models for found in model.detect(image)]


def tiny_face(scale: float = 1.0) -> FaceDetector:
    """A face detector for small faces."""
    return FaceDetector(scale, min_size=8)


class Deaf:
    """No detector at all."""


class Activation(Protocol):
    """A function on numbers."""

    def __call__(self, x: float, /) -> float: ...


def relu(x: float, /) -> float:
    """The positive part."""
    return max(x, 0.0)


def new_vision(**options: Any) -> Registry[VisionModel]:
    """An empty registry of detectors."""
    return Registry("vision", VisionModel, **options)


def untyped(value: Any) -> Any:
    """The same without its type, for calls that checkers refuse, as they should."""
    return value


VISION: Registry[VisionModel] = Registry("vision", VisionModel)
VISION.register("face", aliases=("faces",), tags=("detector",))(FaceDetector)
VISION.register("qr")(QrReader)
VISION.register("ensemble")(Ensemble)

BRANCH: Registry[VisionModel] = Registry("branch", VisionModel, parent=VISION, scope="branch")
BRANCH.register("face")(tiny_face)
