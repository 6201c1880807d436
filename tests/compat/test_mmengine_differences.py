"""Where the compat module differs from MMEngine by intent: what a config can make be imported, and the original's traps."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from functools import partial
from importlib.util import find_spec
from typing import Any, ClassVar

import pytest

from tests.compat.doubles import Log, module_of
from tests.modules import Modules
from typed_registry.compat import mmengine as compat
from typed_registry.compat.mmengine import DefaultScope, Registry, build_from_cfg, traverse_registry_tree


@pytest.fixture(autouse=True)
def scopes(ours: Any) -> None:
    """No default scope from other tests."""


@pytest.fixture
def root() -> Registry[Any]:
    return Registry("roots", scope="root")


@pytest.fixture
def paths(modules: Modules) -> str:
    """A package with something at every kind of path."""
    modules.write(
        "paths.inner",
        """
        import os
        from json import dumps
        from os import getcwd, system
        NUMBER = 3
        def make(): return "made"
        class Made:
            def method(self): return "method"
            @staticmethod
            def build(): return "built"
        def both(): return "the function"
        """,
    )
    modules.write("paths.both", "")
    (modules.folder / "paths" / "__init__.py").write_text("from paths.inner import both\n")
    modules.write("paths.fails", "raise ValueError('no')\n")
    modules.write("paths.lacks", "import there_is_no_such_module\n")
    return "paths"


# --- import paths ---


@pytest.mark.parametrize("key", ["os", "os.getcwd", "json.dumps", "", ".x", "x.", "...", "paths.inner.make", "paths"])
def test_an_import_path_is_a_miss_by_default(root: Registry[Any], paths: str, key: str) -> None:
    """Nothing is imported, nothing is found."""
    assert (root.get(key), key in root) == (None, False)
    assert not {name for name in sys.modules if name.split(".")[0] == paths}


def test_the_error_of_a_build_names_the_flag(root: Registry[Any]) -> None:
    """After MMEngine's text; of a plain name it doesn't."""
    with pytest.raises(KeyError, match=r"os\.getcwd is not in the root::roots registry.*`allow_import_paths` is False"):
        root.build({"type": "os.getcwd"})
    root.allow_import_paths = ("paths",)
    with pytest.raises(KeyError, match=r"`allow_import_paths` is \('paths',\)"):
        root.build({"type": "os.getcwd"})
    with pytest.raises(KeyError) as caught:
        root.build({"type": "getcwd"})
    assert "allow_import_paths" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("paths.inner.make", "made"),
        ("paths.inner.Made.build", "built"),
        ("paths.both", "the function"),
        ("paths.inner.dumps", None),
        ("paths.inner.getcwd", None),
        ("paths.inner.missing", None),
        ("paths.inner.Made.missing", None),
        ("paths.lacks", None),
        ("there_is_no_such_module.x", None),
    ],
)
@pytest.mark.parametrize("allowed", [True, ("paths",), ("paths.inner", "paths.both", "other")])
def test_allowed_import_paths_are_followed(root: Registry[Any], paths: str, key: str, expected: str | None, allowed: Any) -> None:
    """To functions, classes' functions and modules; under prefixes what a module has from elsewhere isn't its own."""
    root.allow_import_paths = allowed
    found: Any = root.get(key)
    if key in ("paths.inner.dumps", "paths.inner.getcwd"):
        assert (found is not None) == (allowed is True)
    else:
        assert (None if found is None else found()) == expected


def test_modules_are_found_by_their_path(root: Registry[Any], paths: str) -> None:
    """As MMEngine does it; a module that another has imported lies elsewhere."""
    root.allow_import_paths = ("paths",)
    module: Any = root.get("paths.inner")
    assert module is sys.modules["paths.inner"]
    assert (root.get("paths.inner.os"), root.get("paths.inner.os.system"), root.get("paths.inner.system")) == (None, None, None)
    assert (root.get("paths.inner.NUMBER"), root.get("pathsother.x")) == (None, None)


def test_a_module_of_an_allowed_path_that_fails_is_a_runtime_error(root: Registry[Any], paths: str) -> None:
    """With MMEngine's text, and the error as its cause."""
    root.allow_import_paths = True
    with pytest.raises(RuntimeError, match=r"^Failed to get paths\.fails$") as caught:
        root.get("paths.fails")
    assert isinstance(caught.value.__cause__, ValueError)


def test_what_is_registered_wins_over_an_import_path(root: Registry[Any]) -> None:
    """Of the same name."""
    root.register_module(name="json", module=int)
    root.allow_import_paths = True
    assert root.get("json") is int
    assert root.get("json.dumps") is sys.modules["json"].dumps


def test_the_flag_is_the_class_s_or_the_registry_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The own one is given when it is made; a parent's isn't taken over."""
    own = Registry("own", scope="own", allow_import_paths=("json",))
    child = Registry("child", parent=own, scope="child")
    assert (own.get("json.dumps") is None, child.get("json.dumps")) == (False, None)
    monkeypatch.setattr(Registry, "allow_import_paths", True)
    assert child.get("json.dumps") is not None
    assert Registry("closed", scope="closed", allow_import_paths=False).get("json.dumps") is None


@pytest.mark.parametrize("wrong", ["json", ["json"], ("json", 3), ("",), 1])
def test_a_wrong_flag_is_refused(root: Registry[Any], wrong: Any) -> None:
    """A text would allow each of its letters."""
    with pytest.raises(TypeError, match="allow_import_paths is a bool or a tuple of packages and modules"):
        Registry("x", scope="x", allow_import_paths=wrong)
    root.allow_import_paths = wrong
    with pytest.raises(TypeError, match="allow_import_paths is a bool or a tuple"):
        root.get("json.dumps")


def test_a_scope_runs_no_module_that_is_not_a_package_with_registries(root: Registry[Any], modules: Modules) -> None:
    """A config may name any scope; the original imports whatever has its name."""
    modules.write("plainmodule", "raise SystemExit('run')\n")
    modules.write("plainpackage.other", "")
    (modules.folder / "plainpackage" / "__init__.py").write_text("raise SystemExit('run')\n")
    assert [root.get(key) for key in ("plainmodule.X", "plainpackage.X", "not-a-name.X", "__main__.X")] == [None] * 4
    assert build_from_cfg({"type": int, "_scope_": "plainmodule"}, root) == 0


# --- lookups ---


def test_a_qualified_name_has_no_fall_back(root: Registry[Any]) -> None:
    """The original finds a parent's entry in the child, seen from elsewhere, and another scope's through it."""
    child = Registry("child", parent=root, scope="child")
    other = Registry("other", parent=root, scope="other")
    root.register_module(module=int)
    other.register_module(module=float)
    assert [registry.get("child.int") for registry in (root, child, other)] == [None, None, None]
    assert (root.get("child.other.float"), root.get("other.float")) == (None, float)


def test_the_locations_of_parents_are_imported_for_children(modules: Modules) -> None:
    """The original finds nothing until somebody asks the parent."""
    parent = Registry[Any]("parent", scope="parentscope", locations=["parent_location"])
    modules.load("parent_base", "").PARENT = parent
    modules.write("parent_location", "from parent_base import PARENT\nPARENT.register_module('late', False, int)\n")
    assert Registry("child", parent=parent, scope="child").get("late") is int


def test_what_a_failing_location_had_registered_is_taken_back(modules: Modules) -> None:
    """So that its own error comes again, where the original says `already registered` the second time."""
    registry = Registry[Any]("late", scope="late", locations=["half_location"])
    modules.load("half_base", "").REGISTRY = registry
    modules.write("half_location", "from half_base import REGISTRY\nREGISTRY.register_module('half', False, int)\n1 / 0\n")
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            registry.get("half")
        assert len(registry) == 0


def test_threads_that_ask_first_at_the_same_time_wait_for_the_location(modules: Modules) -> None:
    """Also where the location asks its registry itself."""
    registry = Registry[Any]("late", scope="late", locations=["slow_location"])
    modules.load("slow_base", "").REGISTRY = registry
    source = (
        "import time\nfrom slow_base import REGISTRY\nREGISTRY.get('x')\ntime.sleep(0.2)\nREGISTRY.register_module('late', False, int)\n"
    )
    modules.write("slow_location", source)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(registry.get("late"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [int] * 4


def test_a_registry_that_is_there_needs_no_import(root: Registry[Any], modules: Modules) -> None:
    """The original tries to import `scope.registry` at each build and each look-up of a qualified name."""
    modules.write("therepkg.registry", "raise SystemExit('run')\n")
    there = Registry("there", parent=root, scope="therepkg")
    there.register_module(module=int)
    assert (root.get("therepkg.int"), root.build({"type": "int", "_scope_": "therepkg"})) == (int, 0)


def test_a_registry_module_that_fails_is_told_in_the_log(root: Registry[Any], modules: Modules, log: Log) -> None:
    """The original tells it when debugging only, and without the reason."""
    modules.write("failspkg.registry", "import there_is_no_such_module\n")
    assert root.get("failspkg.X") is None
    [message] = log.at(logging.WARNING)
    assert message == "`failspkg.registry` failed while it was imported: ModuleNotFoundError: No module named 'there_is_no_such_module'"


def test_the_error_of_a_build_tells_the_nearest_names(root: Registry[Any]) -> None:
    """In a note, as the text is MMEngine's."""
    child = Registry("child", parent=root, scope="child")
    root.register_module(name="ResNet", module=int)
    with pytest.raises(KeyError) as caught:
        child.build({"type": "ResNett"})
    assert caught.value.__notes__ == ["The nearest names are ResNet."]


# --- registering ---


def test_several_names_are_registered_wholly_or_not_at_all(root: Registry[Any]) -> None:
    """The original keeps those before the one that is taken."""
    root.register_module(name="taken", module=int)
    with pytest.raises(KeyError, match="taken is already registered"):
        root.register_module(name=["new", "taken", "newer"], module=float)
    assert root.module_dict == {"taken": int}


def test_errors_are_raised_without_assertions() -> None:
    """`python -O` takes nothing away."""
    code = """
from typed_registry.compat.mmengine import DefaultScope, Registry
parent = Registry("p", scope="p")
Registry("c", parent=parent, scope="c")
for wrong in (
    lambda: Registry("c", parent=parent, scope="c"), lambda: Registry("c", parent=3, scope="c"), lambda: Registry("c", scope=3),
    lambda: DefaultScope("", "x"), lambda: DefaultScope("x", 3), lambda: DefaultScope.get_instance(3, scope_name="x"),
):
    try:
        wrong()
    except AssertionError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-O", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == [
        "scope c exists in p registry",
        "parent must be a Registry or None, but got <class 'int'>",
        "scope must be a str or None, but got <class 'int'>",
        "name argument must be an non-empty string.",
        "scope_name should be a string, but got 3",
        "type of name should be str, but got <class 'int'>",
    ]


def test_locations_are_no_text(root: Registry[Any]) -> None:
    """Of which the original imports each letter."""
    with pytest.raises(TypeError, match=r"locations are a sequence of modules; write \['os'\] for one"):
        Registry("x", scope="x", locations="os")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_the_scope_of_a_subscripted_call_is_the_callers() -> None:
    """The frame of `typing` that lies between isn't the caller."""
    assert Registry[int]("x").scope == __name__.partition(".")[0]


def test_a_repr_shows_any_name_as_it_is(root: Registry[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The original takes brackets for markup, cuts long names and writes colours."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    root.register_module(name=["[/x]", "[bold]b[/bold]", "long" * 30], module=int)
    lines = repr(root).splitlines()
    assert lines[0] == "Registry of roots"
    assert [line.split()[0] for line in lines[1:]] == ["[/x]", "[bold]b[/bold]", "long" * 30]


# --- scopes ---


def test_a_scope_of_a_block_is_not_seen_by_other_threads() -> None:
    """It is the context's own; the original's is everybody's, and what others make meanwhile is lost at its end."""
    DefaultScope.get_instance("task", scope_name="outer")
    seen: list[str] = []

    def look() -> None:
        current = DefaultScope.get_current_instance()
        seen.append("" if current is None else current.scope_name)
        DefaultScope.get_instance("made meanwhile", scope_name="made")

    with DefaultScope.overwrite_default_scope("inner"):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert DefaultScope.get_current_instance().scope_name == "inner"  # type: ignore[union-attr]
    assert seen == ["outer"]
    assert DefaultScope.check_instance_created("made meanwhile")


def test_a_constructor_that_fails_holds_no_lock() -> None:
    """In the original every other thread waits forever after that."""
    with pytest.raises(TypeError):
        DefaultScope.get_instance("x")
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(DefaultScope.get_instance("y", scope_name="y").scope_name == "y"), daemon=True)
    thread.start()
    thread.join(10)
    assert done == [True]


def test_the_scope_that_fails_to_import_is_named(root: Registry[Any], log: Log) -> None:
    """The original names the argument, which is None."""
    DefaultScope.get_instance("task", scope_name="nowhere")
    root.register_module(module=int)
    assert root.build({"type": "int"}) == 0
    assert log.at(logging.WARNING)[0].startswith("Failed to import `nowhere.registry`")


# --- logging and packages ---


def test_without_mmengine_its_logger_of_the_standard_library_tells(
    root: Registry[Any], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name that MMEngine gives its own."""
    monkeypatch.delitem(sys.modules, "mmengine.logging", raising=False)
    with root.switch_scope_and_registry("nowhere"):
        assert {(record.name, record.levelname) for record in caplog.records} == {("mmengine", "WARNING")}


def test_look_ups_and_builds_log_nothing(root: Registry[Any], log: Log) -> None:
    """The original writes what it found, at each, for whoever debugs."""
    root.register_module(module=int)
    root.build({"type": "int"})
    assert log.lines == []


def test_one_model_is_built_without_torch() -> None:
    """It takes a list to ask for it."""
    code = """
import sys
sys.modules["torch"] = sys.modules["mmengine"] = None
from typed_registry.compat.mmengine import MODELS
MODELS.register_module(module=dict)
print(MODELS.build({"type": "dict", "x": 1}))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "{'x': 1}\n"


def test_the_module_needs_neither_mmengine_nor_pydantic() -> None:
    """And loads nothing else that is large."""
    code = """
import sys
import typed_registry.compat.mmengine
print(sorted({"pydantic", "mmengine", "torch", "rich", "yaml"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def test_a_class_of_mmengines_own_mixin_is_asked_for_its_instance(root: Registry[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is known by the module that it comes from, which needn't be imported for that."""

    class ManagerMixin:
        _instance_dict: ClassVar[dict[str, Any]] = {}

        @classmethod
        def get_instance(cls, name: str) -> str:
            return f"the instance {name}"

    class Other:
        _instance_dict: ClassVar[dict[str, Any]] = {}

    monkeypatch.setitem(sys.modules, "mmengine.utils.manager", module_of("mmengine.utils.manager", ManagerMixin=ManagerMixin))
    root.register_module(name="managed", module=type("Managed", (ManagerMixin,), {}))
    root.register_module(name="other", module=Other)
    assert root.build({"type": "managed", "name": "x"}) == "the instance x"
    assert isinstance(root.build({"type": "other"}), Other)


@pytest.mark.skipif(find_spec("mmengine") is not None, reason="MMEngine is installed, whose Sequential is taken")
def test_without_mmengine_a_list_of_models_is_torchs_sequential(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is imported then, and not before."""

    def sequential(*modules: Any) -> Any:
        return "torch", modules

    nn = module_of("torch.nn", Sequential=sequential)
    monkeypatch.setitem(sys.modules, "torch.nn", nn)
    models = Registry[Any]("model", compat.build_model_from_cfg, scope="lab")
    assert models.build([{"type": int}]) == ("torch", (0,))


def test_a_tree_is_told_whatever_its_modules_are_called(root: Registry[Any]) -> None:
    """A folder may have the name of what is counted, and an object may come from no module."""

    def homeless() -> None: ...

    def scoped() -> None: ...

    homeless.__module__ = None  # type: ignore[assignment]
    scoped.__module__ = "scope.module"
    root.register_module(module=homeless)
    root.register_module(module=scoped)
    root.register_module(name="partial", module=partial(int, 3))
    assert traverse_registry_tree(root, verbose=False) == [
        {"num_modules": 3, "scope": "root", "": ["homeless", "partial"], "scope/": ["scoped"]},
    ]
