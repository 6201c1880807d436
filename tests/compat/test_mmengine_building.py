"""Building from configs of MMEngine's kind. The tests run on the original too, where it is installed."""

from __future__ import annotations

import functools
import re
import sys
import types
import warnings
from typing import Any

import pytest

from tests.compat.doubles import Config, ConfigDict, Lazy, module_of


class Net:
    """Remembers its arguments."""

    def __init__(self, depth: int, stages: int = 4, **more: Any) -> None:
        self.depth = depth
        self.stages = stages
        self.more = more


def bark(word: str, times: int) -> list[str]:
    return [word] * times


def nothing(self: object) -> None: ...


@pytest.fixture
def registry(face: Any) -> Any:
    """One entry, `Net`."""
    registry = face.Registry("net", scope="lab")
    registry.register_module(module=Net)
    return registry


def test_build_calls_the_build_function_with_the_registry(face: Any) -> None:
    """All other arguments are handed on."""

    def build(*args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    registry = face.Registry("net", build, scope="lab")
    assert registry.build({"a": 1}, 2, x=3) == (({"a": 1}, 2), {"x": 3, "registry": registry})


def test_default_args_are_given_by_name(registry: Any) -> None:
    """A second positional argument is the registry's place."""
    assert registry.build({"type": "Net", "depth": 50}, default_args={"stages": 3}).stages == 3
    with pytest.raises(TypeError, match="got multiple values for argument 'registry'"):
        registry.build({"type": "Net", "depth": 50}, {"stages": 3})


def test_each_kind_of_config_is_taken(face: Any, registry: Any) -> None:
    """dict, ConfigDict and Config, also for the defaults."""
    for kind in face.config_types:
        built = registry.build(kind({"type": "Net", "depth": 50}), default_args=kind({"stages": 3, "depth": 18}))
        assert (type(built), built.depth, built.stages) == (Net, 50, 3)
    assert registry.build({"type": "Net"}, default_args={"depth": 18}).depth == 18


def test_a_lazy_type_of_a_config_dict_is_made_when_it_is_read(ours: Any) -> None:
    """So that the registry isn't asked at all."""
    registry = ours.Registry("net", scope="lab")
    for config in (ConfigDict(type=Lazy(Net), depth=50), Config({"type": Lazy(Net), "depth": 50})):
        assert registry.build(config).depth == 50


@pytest.mark.parametrize("cfg", ["Net", 3, None, [{"type": "Net"}], types.MappingProxyType({"type": "Net"})])
def test_a_config_is_of_these_kinds(face: Any, registry: Any, cfg: Any) -> None:
    """No other mapping is one."""
    with pytest.raises(TypeError, match=re.escape(f"cfg should be a dict, ConfigDict or Config, but got {type(cfg)}")):
        face.build_from_cfg(cfg, registry)


@pytest.mark.parametrize("defaults", [None, {"depth": 3}])
def test_there_is_a_type(face: Any, registry: Any, defaults: Any) -> None:
    """In the config or in the defaults."""
    with pytest.raises(KeyError) as caught:
        face.build_from_cfg({"stages": 4}, registry, defaults)
    assert caught.value.args == (f"`cfg` or `default_args` must contain the key \"type\", but got {{'stages': 4}}\n{defaults}",)


@pytest.mark.parametrize("kind", [dict, "ConfigDict", "Config"])
def test_types_of_the_other_arguments(face: Any, registry: Any, kind: Any) -> None:
    """The registry is one, and the defaults are a config or None."""
    make = {"ConfigDict": face.config_types[1], "Config": face.config_types[2]}.get(kind, dict)
    cfg = make({"type": "Net", "depth": 50})
    with pytest.raises(TypeError, match=re.escape("registry must be a mmengine.Registry object, but got <class 'str'>")):
        face.build_from_cfg(cfg, "net")
    with pytest.raises(TypeError, match="default_args should be a dict, ConfigDict, Config or None, but got <class 'int'>"):
        face.build_from_cfg(cfg, registry, 1)


def test_defaults_fill_what_is_missing_at_the_top(registry: Any) -> None:
    """A None isn't filled, a nested dict stays as it is, values are handed on themselves."""
    shared = [1]
    cfg = {"type": "Net", "depth": None, "inner": {"a": 1}}
    built = registry.build(cfg, default_args={"depth": 3, "inner": {"b": 2}, "shared": shared})
    assert (built.depth, built.more["inner"]) == (None, {"a": 1})
    assert (built.more["shared"] is shared, built.more["inner"] is cfg["inner"]) == (True, True)


def test_the_callers_config_stays_as_it_is(registry: Any) -> None:
    """And so do the defaults."""
    cfg, defaults = {"type": "Net", "depth": 50, "_scope_": "lab"}, {"stages": 3}
    registry.build(cfg, default_args=defaults)
    assert (cfg, defaults) == ({"type": "Net", "depth": 50, "_scope_": "lab"}, {"stages": 3})


def test_type_and_scope_may_come_from_the_defaults(face: Any, registry: Any) -> None:
    """The type also as a class; one in the config wins, also a None."""
    child = face.Registry("child", parent=registry, scope="low")
    child.register_module(name="Low", module=Net)
    assert registry.build({"depth": 50}, default_args={"type": "Net"}).depth == 50
    assert registry.build({"depth": 50}, default_args={"type": Net}).depth == 50
    assert registry.build({"depth": 50}, default_args={"type": "Low", "_scope_": "low"}).depth == 50
    with pytest.raises(TypeError, match="type must be a str or valid type, but got <class 'NoneType'>"):
        registry.build({"type": None, "depth": 50}, default_args={"type": "Net"})


def test_an_unknown_type_is_a_key_error_that_names_scope_and_registry(registry: Any) -> None:
    """With MMEngine's words."""
    with pytest.raises(KeyError) as caught:
        registry.build({"type": "VGG"})
    assert caught.value.args[0] == (
        "VGG is not in the lab::net registry. Please check whether the value of `VGG` is correct or it was registered as expected. "
        "More details can be found at "
        "https://mmengine.readthedocs.io/en/latest/advanced_tutorials/config.html#import-the-custom-module"
    )


def test_a_type_may_be_any_callable_though_it_is_not_registered(face: Any) -> None:
    """Classes, functions, partials; nothing else."""
    registry = face.Registry("net", scope="lab")
    assert registry.build({"type": Net, "depth": 50}).depth == 50
    assert registry.build({"type": bark, "word": "wow", "times": 1}) == ["wow"]
    assert registry.build({"type": functools.partial(Net, depth=18)}).depth == 18
    with pytest.raises(TypeError, match="type must be a str or valid type, but got <class 'int'>"):
        registry.build({"type": 1000})


def test_registered_functions_are_called(face: Any) -> None:
    """Lambdas and partials, too."""
    registry = face.Registry("fn", scope="lab")
    registry.register_module(module=bark)
    registry.register_module(name="three", module=lambda: 3)
    registry.register_module(name="woof", module=functools.partial(bark, "woof"))
    assert registry.build({"type": "three"}) == 3
    assert registry.build({"type": "bark", "word": "meow", "times": 2}) == ["meow", "meow"]
    assert registry.build({"type": "woof", "times": 1}) == ["woof"]


def test_an_instance_with_a_name_is_made_once(face: Any) -> None:
    """A class of ManagerMixin is asked for it; the second config's other arguments are ignored with a warning."""
    registry = face.Registry("visualizer", scope="lab")

    class Visualizer(face.ManagerMixin):  # type: ignore[misc]
        def __init__(self, name: str, size: int = 1) -> None:
            super().__init__(name)  # pyright: ignore[reportUnknownMemberType]
            self.size = size

    registry.register_module(module=Visualizer)
    with pytest.raises(RuntimeError, match=re.escape("Before calling Visualizer.get_current_instance(), you should call get_instance")):
        Visualizer.get_current_instance()
    first = registry.build({"type": "Visualizer", "name": "main", "size": 2})
    assert (Visualizer.get_current_instance(), first.instance_name, first.size) == (first, "main", 2)
    with pytest.warns(UserWarning, match="instance named of main has been created, the method `get_instance` should not accept any other"):
        assert registry.build({"type": Visualizer, "name": "main", "size": 3}) is first
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert registry.build({"type": "Visualizer", "name": "main"}) is first
    assert registry.build({"type": "Visualizer", "name": "other"}) is Visualizer.get_current_instance()
    assert (Visualizer.check_instance_created("other"), Visualizer.check_instance_created("third")) == (True, False)
    with pytest.raises(TypeError, match="name"):
        registry.build({"type": "Visualizer"})


def test_a_class_with_names_has_a_name_in_its_constructor(face: Any) -> None:
    """And it isn't empty."""
    with pytest.raises(AssertionError, match="must have the `name` argument"):
        type("Nameless", (face.ManagerMixin,), {"__init__": nothing})

    class Named(face.ManagerMixin):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            super().__init__(name)  # pyright: ignore[reportUnknownMemberType]

    with pytest.raises(AssertionError, match=re.escape("name argument must be an non-empty string.")):
        Named("")


def test_errors_of_constructors_go_through(registry: Any) -> None:
    """As they are."""
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'depth'"):
        registry.build({"type": "Net"})
    with pytest.raises(ZeroDivisionError):
        registry.build({"type": lambda: 1 / 0})


def test_nested_configs_are_handed_on_as_dicts(registry: Any) -> None:
    """Whoever takes them builds them."""
    inner = {"type": "Net", "depth": 1}
    assert registry.build({"type": "Net", "depth": 2, "inner": inner}).more["inner"] is inner


# --- models ---


@pytest.fixture
def torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As much of torch as is asked for."""

    class Sequential:
        def __init__(self, *modules: Any) -> None:
            self.modules = list(modules)

    nn = module_of("torch.nn", Sequential=Sequential)
    monkeypatch.setitem(sys.modules, "torch", module_of("torch", nn=nn, __version__="2.5.1+cpu"))
    monkeypatch.setitem(sys.modules, "torch.nn", nn)
    if "mmengine" in sys.modules:
        monkeypatch.setitem(sys.modules, "mmengine.model", module_of("mmengine.model", Sequential=Sequential))


@pytest.mark.usefixtures("torch")
def test_a_list_of_models_is_a_sequence(face: Any) -> None:
    """Each with the same defaults; a tuple is none, nor is a list in the list."""
    models = face.Registry("model", face.build_model_from_cfg, scope="lab")
    models.register_module(module=Net)
    assert models.build({"type": "Net", "depth": 50}).depth == 50
    built = models.build([{"type": "Net"}, {"type": Net, "depth": 50}], default_args={"depth": 18})
    assert (type(built).__name__, [each.depth for each in built.modules]) == ("Sequential", [18, 50])
    assert models.build([]).modules == []
    for wrong in (({"type": "Net"},), [[{"type": "Net"}]]):
        with pytest.raises(TypeError, match="cfg should be a dict, ConfigDict or Config"):
            models.build(wrong)


# --- runners ---


class Runner:
    """Made from its config."""

    def __init__(self, cfg: Any) -> None:
        self.cfg = cfg

    @classmethod
    def from_cfg(cls, cfg: Any) -> Runner:
        return cls(cfg)


class OtherRunner(Runner):
    """Another one."""


@pytest.fixture
def runners(face: Any) -> Any:
    runners = face.Registry("runner", face.build_runner_from_cfg, scope="lab")
    runners.register_module(module=Runner)
    runners.register_module(module=OtherRunner)
    return runners


def test_a_runner_is_made_from_its_whole_config(runners: Any) -> None:
    """`Runner`, or what `runner_type` says, which stays in the config."""
    plain = runners.build({"work_dir": "x"})
    assert (type(plain), plain.cfg) == (Runner, {"work_dir": "x"})
    other = runners.build({"runner_type": "OtherRunner", "_scope_": "lab"})
    assert (type(other), other.cfg) == (OtherRunner, {"runner_type": "OtherRunner"})
    assert type(runners.build({"runner_type": OtherRunner})) is OtherRunner


def test_errors_of_runners(face: Any, runners: Any) -> None:
    """They are of other types than those of other builds, and the text has no scope."""
    with pytest.raises(AssertionError, match="cfg should be a dict, ConfigDict or Config, but got <class 'str'>"):
        runners.build("Runner")
    with pytest.raises(AssertionError, match="registry should be a mmengine"):
        face.build_runner_from_cfg({}, "runner")
    with pytest.raises(TypeError, match="type must be a str or valid type, but got <class 'function'>"):
        runners.build({"runner_type": lambda: 3})
    with pytest.raises(KeyError, match=re.escape("Nothing is not in the runner registry. Please check whether the value of `Nothing`")):
        runners.build({"runner_type": "Nothing"})
    with pytest.raises(TypeError, match="unexpected keyword argument 'default_args'"):
        runners.build({}, default_args={"work_dir": "x"})


# --- schedulers ---


class Scheduler:
    """By epoch, or by iteration."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments
        self.by = "epoch"

    @classmethod
    def build_iter_from_epoch(cls, **arguments: Any) -> Scheduler:
        made = cls(**arguments)
        made.by = "iteration"
        return made


@pytest.fixture
def schedulers(face: Any) -> Any:
    schedulers = face.Registry("scheduler", face.build_scheduler_from_cfg, scope="lab")
    schedulers.register_module(module=Scheduler)
    return schedulers


def test_a_scheduler_is_built_without_the_epochs_length(schedulers: Any) -> None:
    """Defaults are merged first."""
    made = schedulers.build({"type": "Scheduler", "epoch_length": 10, "convert_to_iter_based": False}, default_args={"lr": 0.1})
    assert (made.by, made.arguments) == ("epoch", {"lr": 0.1})


@pytest.mark.parametrize("kind", ["Scheduler", Scheduler])
def test_a_scheduler_is_converted_to_iterations(schedulers: Any, kind: Any) -> None:
    """By its own method, which gets the length."""
    made = schedulers.build({"type": kind, "convert_to_iter_based": True}, default_args={"epoch_length": 10})
    assert (made.by, made.arguments) == ("iteration", {"epoch_length": 10})


def test_errors_of_schedulers(face: Any, schedulers: Any) -> None:
    """Those of the conversion differ from those of a build."""
    convert = {"type": "Scheduler", "convert_to_iter_based": True}
    for wrong in (convert, {**convert, "epoch_length": 10, "by_epoch": False}):
        with pytest.raises(AssertionError, match="Only epoch-based parameter scheduler can be converted to iter-based, and `epoch_length`"):
            schedulers.build(wrong)
    with pytest.raises(KeyError, match=re.escape("No is not in the scheduler registry. Please check whether the value of `No` is correct")):
        schedulers.build({**convert, "type": "No", "epoch_length": 10})
    with pytest.raises(KeyError, match=re.escape("No is not in the lab::scheduler registry.")):
        schedulers.build({"type": "No"})
    with pytest.raises(TypeError, match="type must be a str or valid type, but got <class 'int'>"):
        schedulers.build({**convert, "type": 3, "epoch_length": 10})
    with pytest.raises(KeyError, match=r"^'type'$"):
        schedulers.build({"convert_to_iter_based": True, "epoch_length": 10})
    with pytest.raises(TypeError, match="type must be a str or valid type, but got <class 'NoneType'>"):
        schedulers.build(face.config_types[1]({"convert_to_iter_based": True, "epoch_length": 10}))
    with pytest.raises(AssertionError, match="cfg should be a dict, ConfigDict or Config, but got <class 'int'>"):
        schedulers.build(3)
    with pytest.raises(AssertionError, match="registry should be a mmengine"):
        face.build_scheduler_from_cfg({}, "scheduler")


# --- optimizers ---


@pytest.mark.usefixtures("torch")
def test_an_optimizer_is_built_and_adafactor_hinted_at(face: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """By a line that is printed, with a torch that has its own."""
    optimizers = face.Registry("optimizer", face.build_optimizer_from_cfg, scope="lab")
    optimizers.register_module(name=["Adafactor", "SGD"], module=Net)
    optimizers.build({"type": "SGD", "depth": 1})
    assert capsys.readouterr().out == ""
    assert optimizers.build({"type": "Adafactor"}, default_args={"depth": 1}).depth == 1
    assert capsys.readouterr().out == "the torch version of Adafactor is registered as TorchAdafactor\n"
    vars(sys.modules["torch"])["__version__"] = "2.4.0"
    optimizers.build({"type": "Adafactor", "depth": 1})
    assert capsys.readouterr().out == ""
    with pytest.raises(TypeError):
        optimizers.build(3)
