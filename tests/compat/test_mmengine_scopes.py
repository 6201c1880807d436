"""Default scopes, the root registries and what is counted of them. The tests run on the original too, where it is installed."""

from __future__ import annotations

import ast
import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.compat.doubles import HAS_MMENGINE, Log
from tests.modules import Modules


class Dogs:
    """root > c1 > g, root > c2; each with an entry of its own."""

    def __init__(self, face: Any) -> None:
        self.root = face.Registry("roots", scope="root")
        self.c1 = face.Registry("ones", parent=self.root, scope="c1")
        self.c2 = face.Registry("twos", parent=self.root, scope="c2")
        self.g = face.Registry("grandchildren", parent=self.c1, scope="g")
        for registry, name in ((self.root, "InRoot"), (self.c1, "InC1"), (self.c2, "InC2"), (self.g, "InG")):
            registry.register_module(name=name, module=lambda name=name: name)


@pytest.fixture
def tree(face: Any) -> Dogs:
    return Dogs(face)


def current(face: Any) -> str | None:
    instance = face.DefaultScope.get_current_instance()
    return None if instance is None else instance.scope_name


# --- default scopes ---


def test_the_scope_made_last_holds(face: Any) -> None:
    """Asking for one that is there doesn't change that."""
    assert current(face) is None
    first = face.DefaultScope.get_instance("first", scope_name="c1")
    face.DefaultScope.get_instance("second", scope_name="c2")
    assert face.DefaultScope.get_instance("first") is first
    assert (current(face), first.scope_name, first.instance_name) == ("c2", "c1", "first")
    assert [face.DefaultScope.check_instance_created(name) for name in ("second", "third")] == [True, False]


def test_a_scope_is_a_str_and_given(ours: Any) -> None:
    """In the original a constructor that raises leaves a lock held, so that it isn't asked."""
    with pytest.raises(AssertionError, match="scope_name should be a string, but got None"):
        ours.DefaultScope.get_instance("x", scope_name=None)
    with pytest.raises(TypeError, match="scope_name"):
        ours.DefaultScope.get_instance("x")
    with pytest.raises(AssertionError, match="type of name should be str"):
        ours.DefaultScope.get_instance(3, scope_name="c1")
    assert current(ours) is None


def test_a_scope_is_overwritten_within_a_block(face: Any) -> None:
    """Blocks nest, None changes nothing, an error leaves them."""
    face.DefaultScope.get_instance("outer", scope_name="c1")
    seen: list[str | None] = []
    with face.DefaultScope.overwrite_default_scope("c2"):
        seen.append(current(face))
        with face.DefaultScope.overwrite_default_scope("g"), face.DefaultScope.overwrite_default_scope(None):
            seen.append(current(face))
        seen.append(current(face))
    with pytest.raises(ZeroDivisionError), face.DefaultScope.overwrite_default_scope("c2"):
        raise ZeroDivisionError
    assert [*seen, current(face)] == ["c2", "g", "c2", "c1"]


def test_what_is_made_within_the_block_holds_there_and_goes_with_it(face: Any) -> None:
    """What was there before is found in it."""
    face.DefaultScope.get_instance("outer", scope_name="c1")
    with face.DefaultScope.overwrite_default_scope("c2"):
        face.DefaultScope.get_instance("inner", scope_name="g")
        assert current(face) == "g"
        assert [face.DefaultScope.check_instance_created(name) for name in ("inner", "outer")] == [True, True]
    assert (current(face), face.DefaultScope.check_instance_created("inner")) == ("c1", False)


def test_init_default_scope(face: Any, log: Log) -> None:
    """The first makes it; where another holds, it is made again and a warning tells."""
    face.init_default_scope("c1")
    assert (current(face), log.at(30)) == ("c1", [])
    face.init_default_scope("c1")
    assert (current(face), log.at(30)) == ("c1", [])
    face.init_default_scope("c2")
    assert (current(face), log.at(30)) == ("c2", [])
    face.init_default_scope("c1")
    [warning] = log.at(30)
    assert current(face) == "c1"
    assert warning == 'The current default scope "c2" is not "c1", `init_default_scope` will force set the currentdefault scope to "c1".'


# --- switching ---


def test_switching_gives_the_registry_of_the_scope_at_any_depth(face: Any, tree: Dogs, log: Log) -> None:
    """From whichever registry it is asked, and the scope holds in the block."""
    for registry in (tree.root, tree.c2, tree.g):
        for scope in ("root", "c1", "c2", "g"):
            with registry.switch_scope_and_registry(scope) as found:
                assert (found, current(face)) == ({"root": tree.root, "c1": tree.c1, "c2": tree.c2, "g": tree.g}[scope], scope)
    assert current(face) is None


def test_switching_to_none_gives_the_default_scopes_registry(face: Any, tree: Dogs, log: Log) -> None:
    """Its own without one."""
    with tree.c1.switch_scope_and_registry(None) as found:
        assert found is tree.c1
    face.DefaultScope.get_instance("task", scope_name="c2")
    with tree.c1.switch_scope_and_registry(None) as found:
        assert found is tree.c2


def test_an_unknown_scope_gives_the_registry_itself_with_warnings(face: Any, tree: Dogs, log: Log) -> None:
    """With MMEngine's words."""
    with tree.c1.switch_scope_and_registry("unknown") as found:
        assert (found, current(face)) == (tree.c1, "unknown")
    first, second = log.at(30)
    assert first == "Failed to import `unknown.registry` make sure the registry.py exists in `unknown` package."
    assert second == (
        'Failed to search registry with scope "unknown" in the "roots" registry tree. As a workaround, the current "ones" registry in "c1" '
        "is used to build instance. This may cause unexpected failure when running the built modules. "
        'Please check whether "unknown" is a correct scope, or whether the registry is initialized.'
    )


def test_a_scope_whose_registries_are_of_other_trees_is_told_alone(tree: Dogs, log: Log, modules: Modules) -> None:
    """Its registry module can be imported, whether it was before or not."""
    modules.write("otherpkg.registry", "")
    for _ in range(2):
        with tree.c1.switch_scope_and_registry("otherpkg") as found:
            assert found is tree.c1
    assert [message.split(" in the")[0] for message in log.at(30)] == ['Failed to search registry with scope "otherpkg"'] * 2


def test_a_scope_of_openmmlab_that_is_not_installed_is_told(tree: Dogs, log: Log) -> None:
    """With what pip installs it by."""
    with tree.c1.switch_scope_and_registry("mmaction"):
        pass
    assert log.at(30)[0] == (
        "mmaction is not installed and its modules will not be registered. If you want to use modules defined in mmaction, "
        "Please install mmaction by `pip install mmaction2."
    )


def test_a_build_looks_into_the_default_scopes_registry(face: Any, tree: Dogs, log: Log) -> None:
    """And into no other, whichever registry is asked."""
    assert tree.c1.build({"type": "InC1"}) == "InC1"
    face.DefaultScope.get_instance("task", scope_name="c2")
    assert tree.c1.build({"type": "InC2"}) == "InC2"
    assert tree.c1.build({"type": "c1.InC1"}) == "InC1"
    assert tree.c1.get("InC1") is not None
    with pytest.raises(KeyError, match=re.escape("InC1 is not in the c2::twos registry.")):
        tree.c1.build({"type": "InC1"})


def test_a_build_falls_back_to_its_own_registry(face: Any, tree: Dogs, log: Log) -> None:
    """Where the default scope is nowhere in the tree."""
    face.DefaultScope.get_instance("task", scope_name="nowhere")
    assert tree.c1.build({"type": "InC1"}) == "InC1"


def test_the_scope_of_a_config_holds_for_what_is_built_in_it(face: Any, tree: Dogs, log: Log) -> None:
    """And no longer, also where the build fails."""
    seen: list[str | None] = []

    def outer(inner: Any) -> Any:
        seen.append(current(face))
        return tree.root.build(inner)

    tree.c2.register_module(module=outer)

    assert tree.root.build({"type": "outer", "_scope_": "c2", "inner": {"type": "InC2"}}) == "InC2"
    assert tree.root.build({"type": "outer", "_scope_": "c2", "inner": {"type": "c1.InC1"}}) == "InC1"
    assert tree.root.build({"type": "InG", "_scope_": "g"}) == "InG"
    with pytest.raises(KeyError, match="Nothing is not in the c2::twos registry"):
        tree.root.build({"type": "outer", "_scope_": "c2", "inner": {"type": "Nothing"}})
    assert (seen, current(face)) == (["c2", "c2", "c2"], None)


# --- counting ---


def test_a_tree_is_told_from_its_root(face: Any, tree: Dogs) -> None:
    """From whichever registry it is asked: number, scope, and the names by the folder of the module that they come from."""
    tree.c1.register_module(name=["decoder", "again"], module=json.JSONDecoder)
    from_root = face.traverse_registry_tree(tree.root, verbose=False)
    assert from_root == face.traverse_registry_tree(tree.g, verbose=False)
    assert [(each["scope"], each["num_modules"]) for each in from_root] == [("root", 1), ("c1", 3), ("g", 1), ("c2", 1)]
    assert from_root[1]["json"] == ["decoder", "again"]
    assert from_root[0]["/".join(__name__.split(".")[:-1])] == ["InRoot"]


def test_what_is_told_is_logged(face: Any, tree: Dogs, log: Log) -> None:
    """A line for each registry."""
    face.traverse_registry_tree(tree.c2)
    assert log.at(20)[:2] == ["Find 1 modules in root's 'roots' registry ", "Find 1 modules in c1's 'ones' registry "]
    assert len(log.at(20)) == 4


@pytest.mark.skipif(HAS_MMENGINE, reason="MMEngine is installed, whose own modules would be imported, which need torch")
def test_the_root_registries_are_counted(ours: Any, log: Log, tmp_path: Path) -> None:
    """And written to a file of MMEngine's name, if a folder is given."""
    found = ours.count_registered_modules(str(tmp_path))
    assert list(found) == ["scan_date", "registries"]
    assert len(found["registries"]) == 23
    assert found["registries"]["HOOKS"] == [{"num_modules": 0, "scope": "mmengine"}]
    assert [path.name for path in tmp_path.iterdir()] == ["modules_statistic_results.json"]
    assert json.loads((tmp_path / "modules_statistic_results.json").read_text()) == found
    assert len(log.at(20)) == 25
    ours.count_registered_modules(verbose=False)
    assert len(log.at(20)) == 25


# --- roots ---

# The names, what each is called, and the build functions that aren't the default.
ROOTS = {
    "RUNNERS": ("runner", "build_runner_from_cfg"),
    "RUNNER_CONSTRUCTORS": ("runner constructor", "build_from_cfg"),
    "LOOPS": ("loop", "build_from_cfg"),
    "HOOKS": ("hook", "build_from_cfg"),
    "STRATEGIES": ("strategy", "build_from_cfg"),
    "DATASETS": ("dataset", "build_from_cfg"),
    "DATA_SAMPLERS": ("data sampler", "build_from_cfg"),
    "TRANSFORMS": ("transform", "build_from_cfg"),
    "MODELS": ("model", "build_model_from_cfg"),
    "MODEL_WRAPPERS": ("model_wrapper", "build_from_cfg"),
    "WEIGHT_INITIALIZERS": ("weight initializer", "build_from_cfg"),
    "OPTIMIZERS": ("optimizer", "build_optimizer_from_cfg"),
    "OPTIM_WRAPPERS": ("optim_wrapper", "build_from_cfg"),
    "OPTIM_WRAPPER_CONSTRUCTORS": ("optimizer wrapper constructor", "build_from_cfg"),
    "PARAM_SCHEDULERS": ("parameter scheduler", "build_scheduler_from_cfg"),
    "METRICS": ("metric", "build_from_cfg"),
    "EVALUATOR": ("evaluator", "build_from_cfg"),
    "TASK_UTILS": ("task util", "build_from_cfg"),
    "VISUALIZERS": ("visualizer", "build_from_cfg"),
    "VISBACKENDS": ("vis_backend", "build_from_cfg"),
    "LOG_PROCESSORS": ("log_processor", "build_from_cfg"),
    "INFERENCERS": ("inferencer", "build_from_cfg"),
    "FUNCTIONS": ("function", "build_from_cfg"),
}


@pytest.mark.parametrize("name", ROOTS)
def test_a_root_registry(face: Any, name: str) -> None:
    """Its name, its scope and its build function."""
    registry = getattr(face, name)
    assert (registry.name, registry.build_func.__name__) == ROOTS[name]
    assert (registry.scope, registry.parent, registry.build_func) == ("mmengine", None, getattr(face, ROOTS[name][1]))


def test_the_root_registries_are_those_of_the_installed_mmengine() -> None:
    """No more and no fewer, read from its `root.py`."""
    if not HAS_MMENGINE:
        pytest.skip(reason="MMEngine isn't installed")
    spec = find_spec("mmengine")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).with_name("registry").joinpath("root.py").read_text(encoding="utf-8"))
    made = {
        node.targets[0].id: node.value.args[0].value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.args[0], ast.Constant)
    }
    assert made == {name: called for name, (called, _) in ROOTS.items()}
