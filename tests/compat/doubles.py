"""What the tests of the compat module run on: it and, where it is installed, the original; and stand-ins for MMEngine's configs."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

HAS_MMENGINE = find_spec("mmengine") is not None
FACES = ["compat", "mmengine"] if HAS_MMENGINE else ["compat"]


class ConfigDict(dict[str, Any]):
    """As MMEngine's: its `pop` never raises, and lazy values are made when they are read."""

    def pop(self, key: str, default: Any = None) -> Any:
        value = super().pop(key, default)
        return value.build() if isinstance(value, Lazy) else value

    def copy(self) -> ConfigDict:
        return ConfigDict(self)


class Lazy:
    """As MMEngine's LazyObject: what an import in a lazy config leaves."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def build(self) -> Any:
        return self._value


class Config:
    """As MMEngine's: no dict, all it can do is its dict's."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._cfg_dict = ConfigDict(values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cfg_dict, name)

    def __getitem__(self, key: str) -> Any:
        return self._cfg_dict[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cfg_dict)

    def copy(self) -> Config:
        return Config(self._cfg_dict)


def face_of(name: str) -> Any:
    """The names of the module or of the original, with the config types that it takes."""
    if name == "compat":
        compat = import_module("typed_registry.compat.mmengine")
        return SimpleNamespace(
            **{each: getattr(compat, each) for each in compat.__all__}, config_types=(dict, ConfigDict, Config), is_ours=True
        )
    original = import_module("mmengine.registry")
    names = {each: getattr(original, each) for each in original.__all__}
    build_optimizer = import_module("mmengine.registry.build_functions").build_optimizer_from_cfg
    config = import_module("mmengine.config")
    mixin = import_module("mmengine.utils").ManagerMixin
    return SimpleNamespace(
        **names,
        build_optimizer_from_cfg=build_optimizer,
        ManagerMixin=mixin,
        config_types=(dict, config.ConfigDict, config.Config),
        is_ours=False,
    )


@contextmanager
def no_scopes(face: Any) -> Generator[None, None, None]:
    """No default scope in the block, and those of before after it."""
    before = face.DefaultScope._instance_dict
    face.DefaultScope._instance_dict = OrderedDict()
    try:
        yield
    finally:
        face.DefaultScope._instance_dict = before


def module_of(name: str, **names: Any) -> ModuleType:
    """A module that holds these names, to be put into `sys.modules`."""
    module = ModuleType(name)
    vars(module).update(names)
    return module


class Log:
    """What was logged: stands in for `mmengine.logging`, which both ask for when they log."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def print_log(self, msg: str, logger: Any = None, level: int = 20) -> None:
        self.lines.append((level, msg))

    def at(self, level: int) -> list[str]:
        return [message for each, message in self.lines if each == level]

    def module(self) -> ModuleType:
        real = sys.modules.get("mmengine.logging")
        return module_of("mmengine.logging", **(vars(real) if real is not None else {}) | {"print_log": self.print_log})
