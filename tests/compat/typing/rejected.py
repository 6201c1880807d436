"""Each line marked `# E` is an error; a checker named after `not` is known to miss it."""

# ruff: noqa: C408
# `dict(...)` is how MMEngine's users write configs.

from __future__ import annotations

from typing import assert_type

from typed_registry.compat.mmengine import DefaultScope, Registry, build_from_cfg, init_default_scope


class Module:
    def train(self) -> None: ...


NETS: Registry[Module] = Registry("net")
NUMBERS: Registry[int] = Registry("number")


@NETS.register_module()  # E: not pyrefly
class NoModule: ...


@NETS.register_module(name="no")  # E: not pyrefly
class NoModuleEither: ...


@NETS.register_module()  # E
def make_int(x: int) -> int:
    return x


@NETS.register_module  # E: not mypy, pyrefly
class NoParentheses(Module): ...  # E: only mypy


class Net(Module): ...


class Plain: ...


def make_plain(x: int) -> Plain:
    return Plain()


NETS.register_module(module=Plain)  # E
NETS.register_module(name="plain", module=make_plain)  # E
NETS.register_module("plain", False, Plain)  # E
NETS.register_module(name=3)  # E
NETS.register_module(force="yes")  # E
NETS.register_module(module=3)  # E
NETS.register_module(Net)  # E
Registry("x", scope=3)  # E
Registry("x", locations=3)  # E
Registry("x", parent="net")  # E
Registry("x", allow_import_paths="mmengine")  # E
Registry("x", build_func=3)  # E
Registry("x", build_func=lambda cfg: cfg)  # E
Registry("x", build_func=int)  # E
Registry("x", locations="one.module")  # E
CHILD: Registry[int] = Registry("child", parent=NETS)  # E
number: int = NETS.build(dict(type="Net"))  # E
net: Net = NETS.build(dict(type="Net"))  # E
NETS.build("Net")  # E
NETS.build(("Net",))  # E
NETS.get(3)  # E
NETS.get("Net").train()  # E
build_from_cfg(dict(type="Net"), "net")  # E
build_from_cfg(dict(type="Net"), NETS, 3)  # E
init_default_scope(3)  # E
with DefaultScope.overwrite_default_scope(3):  # E
    pass
assert_type(NUMBERS.build(dict(type="x")), str)  # E
Registry.allow_import_paths = "mmengine"  # E
NETS.module_dict["x"] = 3  # E
