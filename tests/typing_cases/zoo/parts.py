"""Registries without a catalogue: of protocols with each kind of member, of an ABC, of a class, of a callback."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol, Self

from typed_registry import Registry


class Backbone(Protocol):
    channels: int


class Named(Protocol):
    @property
    def title(self) -> str: ...


class Loads(Protocol):
    @classmethod
    def from_file(cls, path: str) -> Self: ...


class Fetches(Protocol):
    async def fetch(self, url: str) -> bytes: ...


class Resizes(Protocol):
    def resize(self, *, width: int, height: int) -> float: ...


class Applies(Protocol):
    def apply(self, value: float, /) -> float: ...


class Activation(Protocol):
    def __call__(self, x: float, /) -> float: ...


class Metric(ABC):
    @abstractmethod
    def score(self, guess: float, truth: float) -> float: ...


class Layer:
    def __init__(self, size: int) -> None:
        self.size = size


BACKBONES = Registry("backbones", Backbone)
NAMED = Registry("named", Named)
LOADS = Registry("loads", Loads)
FETCHES = Registry("fetches", Fetches)
RESIZES = Registry("resizes", Resizes)
APPLIES = Registry("applies", Applies)
ACTIVATIONS = Registry("activations", Activation)
METRICS = Registry("metrics", Metric)
LAYERS = Registry("layers", Layer)
