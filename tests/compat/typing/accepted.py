"""Code as MMEngine's users write it, with the compat module: all of this is right, and each type is the one asserted."""

# ruff: noqa: C408
# `dict(...)` is how MMEngine's users write configs.

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, assert_type

from typed_registry.compat.mmengine import (
    FUNCTIONS,
    HOOKS,
    MODELS,
    DefaultScope,
    Registry,
    build_from_cfg,
    build_model_from_cfg,
    init_default_scope,
)


class Module:
    """Stands in for torch's, which checkers may not see."""

    def train(self, mode: bool = True) -> None:
        self.training = mode


NETS: Registry[Module] = Registry("net", scope="accepted")
DETECTORS: Registry[Module] = Registry("detector", build_model_from_cfg, NETS, "det", ["json"])
CHILD: Registry[Module] = Registry("child", parent=NETS, scope="child", allow_import_paths=("mmengine",))
ANYTHING = Registry("anything", scope="accepted")
assert_type(CHILD.parent, Registry[Module] | None)


@NETS.register_module()
class ResNet(Module):
    def __init__(self, depth: int) -> None:
        self.depth = depth


@NETS.register_module(name="other")
class Other(Module): ...


@NETS.register_module(name=("two", "names"), force=True)
class Two(Module): ...


@NETS.register_module("made")
def make(depth: int, *, wide: bool = False) -> ResNet:
    return ResNet(depth)


class Plain(Module): ...


assert_type(ResNet(50).depth, int)
assert_type(make(50, wide=True), ResNet)
assert_type(NETS.register_module(module=Plain), type[Plain])  # E: only pyrefly
assert_type(NETS.register_module("positional", False, Plain), type[Plain])  # E: only pyrefly
assert_type(NETS.register_module(name=["a", "b"], module=make)(50), ResNet)
NETS.register_module("partial", False, partial(make, 50))
NETS.register_module(name="lambda", module=lambda: ResNet(18))

assert_type(NETS.build(dict(type="ResNet", depth=50)), Module)
assert_type(NETS.build({"type": ResNet, "depth": 50}, default_args={"depth": 18}), Module)
assert_type(NETS.build(dict(type="Plain")), Module)
assert_type(build_from_cfg({"type": "Plain"}, NETS), Module)
assert_type(build_from_cfg({}, NETS, {"type": "Plain"}), Module)
assert_type(NETS.get("ResNet"), Callable[..., Module] | None)
assert_type(NETS.module_dict["ResNet"](depth=50), Module)
NETS.module_dict.pop("Plain", None)
with DETECTORS.switch_scope_and_registry("det") as switched:
    assert_type(switched, Registry[Module])
assert_type((NETS.name, NETS.scope, len(NETS), "ResNet" in NETS), tuple[str, str, int, bool])
assert_type(DETECTORS.root, Registry[Module])
assert_type(NETS.children, dict[str, Registry[Module]])


def build_lists(configs: list[dict[str, Any]]) -> Module:
    return DETECTORS.build(configs)


class Forced(Registry[Module]):
    def register_module(self, name: Any = None, force: bool = True, module: Any = None) -> Any:  # E: only pyrefly
        return super().register_module(name, force, module)  # E: only pyright


@ANYTHING.register_module()
class Whatever:
    x = 3


@HOOKS.register_module()
class Hook:
    x = 3


@FUNCTIONS.register_module()
def activation(x: float) -> float:
    return x


assert_type(Whatever().x, int)
assert_type(Hook().x, int)
assert_type(activation(1.0), float)
LOCAL: Registry[Module] = Registry("local", parent=MODELS, scope="local")
anything: Any = ANYTHING.build(dict(type="Whatever"))

init_default_scope("child")
current = DefaultScope.get_current_instance()
if current is not None:
    assert_type(current.scope_name, str)
Registry.allow_import_paths = ("mmengine",)
Registry.allow_import_paths = False
