"""Building from configs as MMEngine does it: names looked up, arguments handed on as they are, nothing validated, nothing nested built."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, TypeAlias

from typing_extensions import TypeVar

from typed_registry._naming import nearest
from typed_registry.compat._default_scope import ManagerMixin

__all__ = [
    "Config",
    "ConfigLike",
    "RegistryMarker",
    "ScopedLookup",
    "T",
    "build_from_cfg",
    "build_model_from_cfg",
    "build_optimizer_from_cfg",
    "build_runner_from_cfg",
    "build_scheduler_from_cfg",
]

T = TypeVar("T", default=Any)
T_co = TypeVar("T_co", default=Any, covariant=True)

_MORE = "https://mmengine.readthedocs.io/en/latest/advanced_tutorials/config.html#import-the-custom-module"


class ConfigLike(Protocol):
    """MMEngine's `Config`, told by its shape; its `ConfigDict` is a dict."""

    @property
    def pretty_text(self) -> str: ...
    def merge_from_dict(self, options: dict[Any, Any], /) -> None: ...


Config: TypeAlias = dict[str, Any] | ConfigLike


class RegistryMarker:
    """Base of `Registry`, by which the build functions know one."""

    __slots__ = ()


class ScopedLookup(Protocol[T_co]):
    """What the build functions ask of a registry."""

    @property
    def name(self) -> str: ...
    @property
    def scope(self) -> str: ...
    def get(self, key: str) -> Callable[..., T_co] | None: ...
    def refusal_of(self, key: str) -> str: ...
    def known_names(self) -> tuple[str, ...]: ...
    def in_default_scope(self) -> ScopedLookup[T_co]: ...
    def switch_scope_and_registry(self, scope: str | None) -> AbstractContextManager[ScopedLookup[T_co]]: ...


def build_from_cfg(cfg: Config, registry: ScopedLookup[T], default_args: Config | None = None) -> T:
    """Call what the key `type` names with the other keys as arguments.

    Args:
        cfg: The config; it is left as it is.
        registry: Where the name is looked up, unless a default scope holds or `_scope_` names one.
        default_args: What the config leaves out, `type` and `_scope_` too.

    Raises:
        KeyError: There is no `type`, or the registry doesn't know it.
        TypeError: An argument is of the wrong type.
    """
    if not _is_config(cfg):
        raise TypeError(f"cfg should be a dict, ConfigDict or Config, but got {type(cfg)}")
    given: Any = cfg
    defaults: Any = default_args
    if "type" not in given and (defaults is None or "type" not in defaults):
        raise KeyError(f'`cfg` or `default_args` must contain the key "type", but got {cfg}\n{default_args}')
    if not isinstance(registry, RegistryMarker):  # pyright: ignore[reportUnnecessaryIsInstance] # callers without a checker
        raise TypeError(f"registry must be a mmengine.Registry object, but got {type(registry)}")
    if defaults is not None and not _is_config(defaults):
        raise TypeError(f"default_args should be a dict, ConfigDict, Config or None, but got {type(default_args)}")
    arguments = _merged(given, defaults)
    scope = arguments.pop("_scope_", None)
    if scope is None:
        return _product(arguments, registry.in_default_scope())
    with registry.switch_scope_and_registry(scope) as place:
        return _product(arguments, place)


def build_model_from_cfg(cfg: Config | list[Any], registry: ScopedLookup[T], default_args: Config | None = None) -> T:
    """`build_from_cfg`; a list of configs gives a Sequential of what they give, for which torch is imported."""
    if not isinstance(cfg, list):
        return build_from_cfg(cfg, registry, default_args)
    sequential = _sequential()
    model: T = sequential(*(build_from_cfg(each, registry, default_args) for each in cfg))
    return model


def build_runner_from_cfg(cfg: Config, registry: ScopedLookup[T]) -> T:
    """Call `from_cfg` of the class that the key `runner_type` names, `Runner` without it.

    Raises:
        AssertionError: An argument is of the wrong type.
        KeyError: The registry doesn't know the name.
        TypeError: It is neither a name nor a class.
    """
    _assert_types(cfg, registry)
    arguments = _merged(cfg, None)
    with registry.switch_scope_and_registry(arguments.pop("_scope_", None)) as place:
        runner: T = _factory(arguments.get("runner_type", "Runner"), place, _is_class).from_cfg(arguments)
        return runner


def build_scheduler_from_cfg(cfg: Config, registry: ScopedLookup[T], default_args: Config | None = None) -> T:
    """`build_from_cfg`; with the key `convert_to_iter_based` the class's `build_iter_from_epoch` is called instead of the class.

    Raises:
        AssertionError: An argument is of the wrong type, or the scheduler isn't by epoch or lacks `epoch_length`.
        KeyError: There is no `type`, or the registry doesn't know it.
        TypeError: It is neither a name nor a class.
    """
    _assert_types(cfg, registry)
    arguments = _merged(cfg, default_args)
    with registry.switch_scope_and_registry(arguments.pop("_scope_", None)) as place:
        if not arguments.pop("convert_to_iter_based", False):
            arguments.pop("epoch_length", None)
            return build_from_cfg(arguments, place)
        scheduler_type = arguments.pop("type")
        if "epoch_length" not in arguments or not arguments.get("by_epoch", True):
            raise AssertionError(
                "Only epoch-based parameter scheduler can be converted to iter-based, and `epoch_length` should be set",
            )
        scheduler: T = _factory(scheduler_type, place, _is_class).build_iter_from_epoch(**arguments)
        return scheduler


def build_optimizer_from_cfg(cfg: Config, registry: ScopedLookup[T], default_args: Config | None = None) -> T:
    """`build_from_cfg`, with a hint where torch's Adafactor may be meant."""
    given: Any = cfg
    if _is_config(cfg) and given.get("type") == "Adafactor" and _torch_version() >= (2, 5):
        print("the torch version of Adafactor is registered as TorchAdafactor")
    return build_from_cfg(cfg, registry, default_args)


def _is_config(cfg: object) -> bool:
    return isinstance(cfg, dict) or isinstance(getattr(cfg, "_cfg_dict", None), dict)


def _assert_types(cfg: object, registry: object) -> None:
    if not _is_config(cfg):
        raise AssertionError(f"cfg should be a dict, ConfigDict or Config, but got {type(cfg)}")
    if not isinstance(registry, RegistryMarker):
        raise AssertionError("registry should be a mmengine.Registry object", f"but got {type(registry)}")


def _merged(cfg: Any, defaults: Any) -> Any:
    arguments = cfg.copy()
    if defaults is not None:
        for name, value in defaults.items():
            arguments.setdefault(name, value)
    return arguments


def _product(arguments: Any, place: ScopedLookup[T]) -> T:
    factory = _factory(arguments.pop("type"), place, callable, tells_scope=True)
    product: T = factory.get_instance(**arguments) if _is_managed(factory) else factory(**arguments)
    return product


def _factory(chosen: object, place: ScopedLookup[Any], is_factory: Callable[[object], bool], *, tells_scope: bool = False) -> Any:
    """What a config's type stands for.

    Raises:
        KeyError: The registry doesn't know the name.
        TypeError: It is neither a name nor what `is_factory` takes.
    """
    if isinstance(chosen, str):
        found = place.get(chosen)
        if found is None:
            raise _unknown(chosen, place, f"{place.scope}::{place.name}" if tells_scope else place.name)
        return found
    if not is_factory(chosen):
        raise TypeError(f"type must be a str or valid type, but got {type(chosen)}")
    return chosen


def _unknown(name: str, place: ScopedLookup[Any], where: str) -> KeyError:
    text = (
        f"{name} is not in the {where} registry. Please check whether the value of `{name}` is correct or it was registered "
        f"as expected. More details can be found at {_MORE}{place.refusal_of(name)}"
    )
    error = KeyError(text)
    near = nearest(name, place.known_names())
    if near:
        error.add_note(f"The nearest names are {', '.join(near)}.")
    return error


def _is_class(chosen: object) -> bool:
    return isinstance(chosen, type)


def _is_managed(factory: object) -> bool:
    """Whether it is a class whose instances have names, by MMEngine's ManagerMixin or by the one here."""
    if not isinstance(factory, type) or not hasattr(factory, "_instance_dict"):
        return False
    theirs = getattr(sys.modules.get("mmengine.utils.manager"), "ManagerMixin", ManagerMixin)
    return issubclass(factory, (ManagerMixin, theirs))


def _sequential() -> Any:
    """MMEngine's Sequential, which also initializes weights, where it is installed; else torch's."""
    return import_module("torch.nn" if find_spec("mmengine") is None else "mmengine.model").Sequential


def _torch_version() -> tuple[int, ...]:
    version: str = import_module("torch").__version__
    return tuple(int(part) for part in version.split(".")[:2])
