"""Wrong uses of mmengine's registry: each line marked `# E` must be reported."""

# ruff: noqa: F401, UP037 # an import of what isn't there; and annotations as mmengine's Registry needs them when it runs
from __future__ import annotations

from functools import partial
from typing import Any, Protocol

from mmengine.registry import MODEL, DefaultScope, Registry, build_from_cfg  # E
from mmengine.registry import MODELS as ROOT_MODELS


class Model:
    def forward(self, x: float) -> float:
        return x


class Loss(Protocol):
    def __call__(self, guess: float, truth: float, /) -> float: ...


MODELS: "Registry[Model]" = Registry("model")
LOSSES: "Registry[Loss]" = Registry("loss")
ANYTHING = Registry("anything")


class Net(Model):
    depth: int = 3


class Head:
    depth: int = 3


def make_head(depth: int) -> Head:
    return Head()


# The wrong kind.


@MODELS.register_module()  # E: not pyrefly
class Backbone: ...


@MODELS.register_module(name="neck", force=True)  # E: not pyrefly
class Neck(Head): ...


@LOSSES.register_module()  # E: not pyrefly
class NoLoss:
    def __call__(self, guess: float) -> float:
        return guess


@MODELS.register_module()  # E
def make_number(depth: int) -> int:
    return depth


@MODELS.register_module("perhaps")  # E
def make_perhaps(depth: int) -> Net | None:
    return Net() if depth else None


MODELS.register_module()(Head)  # E
MODELS.register_module(module=Head)  # E
MODELS.register_module("head", False, Head)  # E
MODELS.register_module("head", module=make_head)  # E
MODELS.register_module("head", False, make_head)  # E
MODELS.register_module("head", module=lambda: Head())  # E
MODELS.register_module("head", module=partial(make_head, 3))  # E
MODELS.register_module("head2", module=partial(Head))  # E: not ty
MODELS.register_module("head", module=len)  # E


# Wrong arguments.


@MODELS.register_module(name=3)  # E
class Numbered(Model): ...


@ANYTHING.register_module(name=3)  # E
class NumberedToo: ...


@ROOT_MODELS.register_module(name=["a", 3])  # E
class HalfNumbered: ...


@MODELS.register_module  # E: not mypy, pyrefly
class Bare(Model): ...  # E: only mypy


@ANYTHING.register_module  # E: not mypy, pyrefly
class BareToo: ...  # E: only mypy


@ANYTHING.register_module  # E
def bare() -> int:
    return 3


MODELS.register_module(Net)  # E
ANYTHING.register_module(Head)  # E
ANYTHING.register_module(force=1)  # E
ANYTHING.register_module(module=3)  # E
ANYTHING.register_module("text", False, "text")  # E
ANYTHING.register_module(nam="text")  # E
MODELS.register_modul()  # E


def without_registry(cfg: dict[str, Any]) -> Model:
    return Net()


def without_anything() -> Model:
    return Net()


Registry("x", build_func=without_registry)  # E
Registry("x", without_registry)  # E
Registry("x", build_func=without_anything)  # E
Registry("x", build_func=lambda cfg: Net())  # E
Registry("x", build_func="build_from_cfg")  # E
Registry("x", parent="model")  # E
Registry("x", scope=3)  # E
Registry("x", locations="somewhere.models")  # E
Registry()  # E
Registry("x", build_fun=build_from_cfg)  # E


# Wrong things made of what it gives.

MODELS.build(3)  # E
MODELS.build("Net")  # E
MODELS.build()  # E
MODELS.build({"type": "Net"}).depth  # E
MODELS.build([{"type": "Net"}]).depth  # E
number: int = MODELS.build({"type": "Net"})  # E
head: Head = build_from_cfg({"type": "Head"}, MODELS)  # E
LOSSES.build({"type": "Squared"})("text", "text")  # E
build_from_cfg({"type": "Net"}, "model")  # E
build_from_cfg(3, MODELS)  # E
MODELS.get(3)  # E
MODELS.get("Net").depth  # E
MODELS.nam  # E
MODELS.name = "other"  # E
DefaultScope.get_current_instance().scope_name  # E
DefaultScope("task").scope_nam  # E
HEADS: "Registry[Head]" = MODELS  # E
