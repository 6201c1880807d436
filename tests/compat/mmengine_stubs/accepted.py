"""Right uses of mmengine's registry: no checker says anything of them, and they run."""

# ruff: noqa: C408, UP006, UP007, UP035, UP037, UP045 # as mmengine's users write it
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, List, Optional, Protocol, Type, TypeVar, Union, assert_type

import mmengine
from mmengine.registry import MODELS as ROOT_MODELS
from mmengine.registry import DefaultScope, Registry, build_from_cfg

S = TypeVar("S")


class Model:
    def forward(self, x: float) -> float:
        return x


class Loss(Protocol):
    def __call__(self, guess: float, truth: float, /) -> float: ...


MODELS: "Registry[Model]" = Registry("model", scope="mine")
LOSSES: "Registry[Loss]" = Registry("loss", scope="mine")
ANYTHING = Registry("anything", build_from_cfg, None, "mine", ["somewhere.models"])
CHILD: "Registry[Model]" = Registry("child", parent=MODELS, scope="child", locations=[])
HOOKS = Registry("hook", parent=mmengine.HOOKS, scope="mine")
OWN_BUILD: "Registry[Model]" = Registry("own", build_func=lambda cfg, registry: Net(cfg["depth"]))

assert_type(ANYTHING, "Registry[Any]")
assert_type(ROOT_MODELS, "Registry[Any]")
assert_type(MODELS.name, str)
assert_type(MODELS.scope, str)
assert_type(CHILD.parent, "Registry[Any] | None")
assert_type(Registry.split_scope_key("a.b"), tuple[str | None, str])
assert_type(len(MODELS), int)
assert_type("Net" in MODELS, bool)


# What is registered keeps its own type.


@MODELS.register_module()
class Net(Model):
    def __init__(self, depth: int = 3) -> None:
        self.depth = depth


@MODELS.register_module(name="wide", force=True)
class Wide(Model):
    width = 3


@MODELS.register_module(("a", "tuple"))
@MODELS.register_module(["a list"])
class Boxed(Model, Generic[S]):
    def __init__(self, content: S) -> None:
        self.content = content


@LOSSES.register_module()
class Squared:
    def __call__(self, guess: float, truth: float, /) -> float:
        return (guess - truth) ** 2


@ANYTHING.register_module()
class Unrelated:
    size = 3


@ROOT_MODELS.register_module()
class OfNoKind:
    size = 3


@MODELS.register_module()
def make_net(depth: int, *, deeper: bool = False) -> Net:
    return Net(depth + deeper)


@MODELS.register_module()
def boxed(content: S) -> Boxed[S]:
    return Boxed(content)


@ANYTHING.register_module()
def doubled(x: int) -> int:
    return 2 * x


assert_type(Net(3), Net)
assert_type(Net(3).depth, int)
assert_type(Wide.width, int)
assert_type(Boxed(3), Boxed[int])
assert_type(Squared()(1.0, 2.0), float)
assert_type(Unrelated().size, int)
assert_type(OfNoKind.size, int)
assert_type(make_net(3, deeper=True), Net)
assert_type(boxed("text"), Boxed[str])
assert_type(doubled(3), int)


# The other ways to register: by keyword and by position, functions, lambdas, partials, what is registered already.

assert_type(MODELS.register_module("net2", module=Net), type[Net])  # E: only pyrefly
assert_type(MODELS.register_module("net3", False, Net)(3).depth, int)
assert_type(MODELS.register_module(name="made", module=make_net)(3), Net)
assert_type(MODELS.register_module("made2", False, make_net)(3, deeper=True), Net)
assert_type(MODELS.register_module("lambda", module=lambda: Net(3))(), Net)
MODELS.register_module("partial", module=partial(make_net, deeper=True))
MODELS.register_module("partial2", True, partial(Net, 3))
ANYTHING.register_module("partial", module=partial(doubled, 3))
ANYTHING.register_module("len", False, len)
ANYTHING.register_module(("one", "two"), force=True, module=lambda: 3)
ANYTHING.register_module("bound", module=Net().forward)
LOSSES.register_module("squared", module=Squared)


# What is built is what the registry is of.

assert_type(MODELS.build({"type": "Net", "depth": 3}), Model)
assert_type(MODELS.build(dict(type=Net), default_args=dict(depth=3)).forward(1.0), float)
assert_type(LOSSES.build({"type": "Squared"})(1.0, 2.0), float)
assert_type(ANYTHING.build({"type": doubled, "x": 3}), Any)
assert_type(build_from_cfg({"type": "Net"}, MODELS), Model)
assert_type(build_from_cfg({"type": "Net"}, MODELS, {"depth": 3}), Model)
assert_type(OWN_BUILD.build({"depth": 3}), Model)
found = MODELS.get("Net")
assert_type(found, "type[Any] | None")


def listed(first: dict[str, int], second: dict[str, Any]) -> Model:
    return MODELS.build([first, second])


def configured(path: str) -> Model:
    whole = mmengine.Config.fromfile(path)
    assert_type(MODELS.build(whole), Model)
    return MODELS.build(whole.model, default_args=whole.defaults)


def anywhere(registry: "Registry[Any]") -> Any:
    return registry.build({"type": "Net"})


anywhere(MODELS)
with MODELS.switch_scope_and_registry(None) as registry:
    assert_type(registry, "Registry[Model]")
scope = DefaultScope.get_instance("task", scope_name="mine")
assert_type(scope, DefaultScope)
assert_type(scope.scope_name, str)
current = DefaultScope.get_current_instance()
assert_type(current, "DefaultScope | None")
with DefaultScope.overwrite_default_scope("mine"):
    pass


# A registry of one's own class: mmengine's annotations, other defaults. ty wants what mmengine's users have not written.

# mmengine's Registry can't be subscripted when it runs.

if TYPE_CHECKING:
    ModelRegistry = Registry[Model]
else:
    ModelRegistry = Registry


class Forced(Registry):
    def register_module(  # E: only ty
        self,
        name: Optional[Union[str, List[str]]] = None,
        force: bool = True,
        module: Optional[Type[Any]] = None,
    ) -> Union[type, Callable[..., Any]]:
        return super().register_module(name, force, module)


class ForcedModels(ModelRegistry):
    def register_module(  # E: only ty
        self, name: str | list[str] | None = None, force: bool = True, module: type[Any] | None = None
    ) -> Any:
        return super().register_module(name, force=force, module=module)


class Counting(ModelRegistry):
    def register_twice(self, module: type[Model]) -> None:
        self.register_module("first", module=module)
        self.register_module("second", False, module)


FORCED = Forced("forced", scope="mine")
FORCED_MODELS = ForcedModels("forced models", scope="mine")
COUNTING = Counting("counting", scope="mine")
COUNTING.register_twice(Net)


@FORCED.register_module()
class Again:
    size = 3


@FORCED_MODELS.register_module("again")
class AgainModel(Model):
    size = 3


@COUNTING.register_module()
class Counted(Model):
    size = 3


@COUNTING.register_module(name="made")
def counted(size: int) -> Net:
    return Net(size)


Again()
AgainModel()
assert_type(Counted().size, int)
assert_type(counted(3).depth, int)
assert_type(COUNTING.build({"type": "Counted"}), Model)
