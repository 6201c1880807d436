"""Registries of MMEngine's kind: making them, registering, looking up. The tests run on the original too, where it is installed."""

from __future__ import annotations

import functools
import pickle
import re
from copy import copy, deepcopy
from typing import Any

import pytest

from tests.compat.doubles import Log
from tests.modules import Modules


class Tree:
    """root > c1 > g, root > c2; each with an entry of its own."""

    def __init__(self, face: Any) -> None:
        self.root = face.Registry("roots", scope="root")
        self.c1 = face.Registry("ones", parent=self.root, scope="c1")
        self.c2 = face.Registry("twos", parent=self.root, scope="c2")
        self.g = face.Registry("grandchildren", parent=self.c1, scope="g")
        self.entries: dict[str, Any] = {}
        for registry, name in ((self.root, "InRoot"), (self.c1, "InC1"), (self.c2, "InC2"), (self.g, "InG")):
            self.entries[name] = registry.register_module(module=type(name, (), {}))


@pytest.fixture
def tree(face: Any) -> Tree:
    return Tree(face)


# --- making ---


def test_the_constructor_takes_its_arguments_in_mmengines_order(face: Any) -> None:
    """name, build_func, parent, scope, locations."""

    def build(cfg: Any, registry: Any) -> str:
        return "built"

    parent = face.Registry("parent", None, None, "top")
    child = face.Registry("child", build, parent, "low", [])
    assert (child.name, child.build_func, child.parent, child.scope, child.root) == ("child", build, parent, "low", parent)
    assert (parent.children, parent.parent, parent.root, child.children) == ({"low": child}, None, parent, {})


def test_children_are_live(face: Any) -> None:
    """A child that is taken out of `children` is no child any more."""
    parent = face.Registry("parent", scope="top")
    face.Registry("child", parent=parent, scope="low").register_module(module=int)
    assert parent.get("low.int") is int
    parent.children.pop("low")
    assert parent.get("low.int") is None


def test_the_build_function_is_the_argument_then_the_parents_then_the_default(face: Any) -> None:
    """It is taken over when the registry is made."""

    def build(cfg: Any, registry: Any) -> str:
        return "built"

    parent = face.Registry("parent", build, scope="top")
    child = face.Registry("child", parent=parent, scope="low")
    assert face.Registry("plain", scope="x").build_func is face.build_from_cfg
    assert child.build_func is build
    parent.build_func = face.build_from_cfg
    assert child.build_func is build
    assert face.Registry("other", face.build_model_from_cfg, parent, "o").build_func is face.build_model_from_cfg


@pytest.mark.parametrize("arguments", [{"parent": "cat"}, {"scope": 1}])
def test_a_wrong_parent_or_scope_is_an_assertion_error(face: Any, arguments: dict[str, Any]) -> None:
    """As MMEngine's own tests expect."""
    with pytest.raises(AssertionError):
        face.Registry("cat", **{"scope": "cat", **arguments})


def test_siblings_have_different_scopes(face: Any) -> None:
    """Those of equal scope are refused, others of the tree aren't."""
    parent = face.Registry("parent", scope="top")
    child = face.Registry("child", parent=parent, scope="low")
    with pytest.raises(AssertionError, match="scope low exists in parent registry"):
        face.Registry("child", parent=parent, scope="low")
    assert face.Registry("grandchild", parent=child, scope="low").parent is child
    assert face.Registry("like its parent", parent=parent, scope="top").scope == "top"


def inferring(face: Any) -> str:
    return "typed_registry.compat.mmengine" if face.is_ours else "mmengine.registry"


def test_the_scope_is_the_top_package_of_the_caller(face: Any, modules: Modules) -> None:
    """That of a helper is the helper's; a partial has no frame of its own."""
    modules.write("scopehelp.sub.mod", f"from {inferring(face)} import Registry\nR = Registry('x')\ndef make(): return Registry('y')\n")
    helper = modules.load("scopehelp.sub.mod")
    assert (helper.R.scope, helper.make().scope) == ("scopehelp", "scopehelp")
    assert face.Registry("x").scope == __name__.partition(".")[0]
    assert functools.partial(face.Registry, "x")().scope == __name__.partition(".")[0]


def test_a_subclass_that_calls_the_constructor_gives_its_own_package(face: Any, modules: Modules) -> None:
    """The caller of the constructor is what counts."""
    source = f"""
        from {inferring(face)} import Registry
        class Own(Registry):
            def __init__(self, name):
                super().__init__(name)
    """
    assert modules.load("scopesub", source).Own("x").scope == "scopesub"


def test_the_scope_of_a_script_is_main(face: Any, modules: Modules) -> None:
    """As it is the name of the module that runs."""
    script = modules.write("scopescript", f"from {inferring(face)} import Registry\nprint(Registry('x').scope)\n")
    assert "__main__" in modules.run(str(script)).splitlines()


def test_without_a_module_the_scope_is_mmengine_with_a_warning(face: Any, modules: Modules) -> None:
    """As in a notebook or `python -c`."""
    printed = modules.run("-c", f"from {inferring(face)} import Registry\nprint(Registry('x').scope)\n")
    assert "mmengine" in printed.splitlines()
    assert 'set scope as "mmengine" when scope can not be inferred. You can silence this warning' in printed


@pytest.mark.parametrize(
    ("key", "parts"), [("C", (None, "C")), ("a.C", ("a", "C")), ("a.b.C", ("a", "b.C")), (".C", ("", "C")), ("a.", ("a", ""))]
)
def test_a_key_is_split_at_its_first_dot(face: Any, key: str, parts: tuple[str | None, str]) -> None:
    """The scope is None where there is none."""
    assert face.Registry.split_scope_key(key) == parts


def test_len_counts_every_own_name_and_an_empty_registry_is_false(face: Any) -> None:
    """Names of parents aren't counted."""
    parent = face.Registry("parent", scope="top")
    child = face.Registry("child", parent=parent, scope="low")
    assert (len(parent), bool(parent)) == (0, False)
    parent.register_module(name=["one", "two"], module=int)
    assert (len(parent), bool(parent), len(child)) == (2, True, 0)


def test_in_looks_everywhere_that_get_does(tree: Tree) -> None:
    """It is whether `get` finds something; what is no str is a TypeError."""
    assert [name in tree.g for name in ("InG", "InRoot", "c2.InC2", "InC2")] == [True, True, True, False]
    with pytest.raises(TypeError, match=r"The key argument of `Registry\.get` must be a str, got <class 'int'>"):
        assert 3 in tree.g


def test_the_repr_holds_the_names_in_order(face: Any) -> None:
    """And says whose they are."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(name=["Siamese", "Burmese"], module=int)
    text = repr(registry)
    assert "Registry of cat" in text
    assert text.index("Burmese") < text.index("Siamese")
    assert "<class 'int'>" in text


def test_module_dict_is_live(face: Any) -> None:
    """It equals a dict, taking out unregisters, putting in registers."""
    registry = face.Registry("cat", scope="x")
    assert registry.module_dict == {}
    registry.register_module(name=["a", "b"], module=int)
    assert registry.module_dict == {"a": int, "b": int}
    assert registry.module_dict.pop("a", None) is int
    assert (registry.get("a"), registry.module_dict.pop("a", None), len(registry)) == (None, None, 1)
    registry.module_dict["c"] = float
    assert (registry.get("c"), registry.module_dict.copy(), list(registry.module_dict)) == (float, {"b": int, "c": float}, ["b", "c"])
    with pytest.raises(KeyError):
        del registry.module_dict["a"]
    assert repr(registry.module_dict) == repr({"b": int, "c": float})


def test_the_private_names_that_mmengines_users_call_are_there(tree: Tree) -> None:
    """They are in its own tests and in code of its users."""
    assert tree.g._get_root_registry() is tree.root
    assert (tree.root._search_child("g"), tree.root._search_child("root")) == (tree.g, tree.root)
    assert (tree.c1._search_child("c2"), tree.g._search_child("c1")) == (None, None)
    assert (tree.root._children, tree.c2._module_dict) == (tree.root.children, {"InC2": tree.entries["InC2"]})
    tree.c2._register_module(int, "number")
    assert tree.c2.get("number") is int


class Picklable:
    """A class that is found by its name."""


def test_pickling_takes_the_tree_along_and_a_copy_shares_the_entries(face: Any) -> None:
    """What comes back is another registry with the same entries."""
    parent = face.Registry("parent", scope="top")
    parent.register_module(module=Picklable)
    child = face.Registry("child", parent=parent, scope="low")
    for again in (pickle.loads(pickle.dumps(child)), deepcopy(child)):
        assert again is not child
        assert (again.name, again.scope, again.get("Picklable"), again.parent.children["low"]) == ("child", "low", Picklable, again)
    shared = copy(parent)
    shared.register_module(name="more", module=int)
    assert parent.get("more") is int


# --- registering ---


def test_a_decorator_and_a_call_give_the_object_back(face: Any) -> None:
    """Under its own name, or the one that is given."""
    registry = face.Registry("cat", scope="x")

    @registry.register_module()
    class Cat: ...

    def make() -> None: ...

    assert isinstance(Cat, type)
    assert registry.register_module(name="other")(make) is make
    assert registry.register_module(module=int) is int
    assert registry.register_module("float", False, float) is float
    assert [registry.get(name) for name in ("Cat", "other", "int", "float", "make")] == [Cat, make, int, float, None]


@pytest.mark.parametrize("names", [["a", "b"], ("a", "b")])
def test_several_names_are_of_one_object(face: Any, names: Any) -> None:
    """They come as any sequence."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(name=names, module=int)
    assert (registry.get("a"), registry.get("b"), registry.get("int")) == (int, int, None)


@pytest.mark.parametrize("name", [3, {"a"}, ["a", 3], dict])
def test_a_name_is_a_str_or_a_sequence_of_them(face: Any, name: Any) -> None:
    """The class that is decorated without parentheses is taken for one, too."""
    message = f"name must be None, an instance of str, or a sequence of str, but got {type(name)}"
    with pytest.raises(TypeError, match=re.escape(message)):
        face.Registry("cat", scope="x").register_module(name)


def test_force_is_a_bool(face: Any) -> None:
    """Nothing that is like one."""
    with pytest.raises(TypeError, match="force must be a boolean, but got <class 'int'>"):
        face.Registry("cat", scope="x").register_module(force=1)


def test_a_name_is_taken_once_also_for_the_same_object(face: Any) -> None:
    """The error says where the first is defined; `force` replaces it."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(module=Picklable)
    with pytest.raises(KeyError, match=f"Picklable is already registered in cat at {re.escape(__name__)}"):
        registry.register_module(module=Picklable)
    with pytest.raises(KeyError, match="is already registered in cat at builtins"):
        registry.register_module(name=["twice", "twice"], module=int)
    registry.register_module(name="Picklable", force=True, module=int)
    assert registry.get("Picklable") is int


@pytest.mark.parametrize("module", ["string", 3])
def test_what_is_registered_can_be_called(face: Any, module: Any) -> None:
    """Anything else is refused, as decorated or as argument."""
    message = f"module must be Callable, but got {type(module)}"
    with pytest.raises(TypeError, match=message):
        face.Registry("cat", scope="x").register_module(module=module)
    with pytest.raises(TypeError, match=message):
        face.Registry("cat", scope="x").register_module()(module)


class Called:
    """Its instances can be called."""

    def __call__(self) -> str:
        return "called"

    def method(self) -> str:
        return "method"


CALLED = Called()


@pytest.mark.parametrize("module", [lambda: 3, functools.partial(int, 3), CALLED, CALLED.method, Called, len])
def test_any_callable_is_registered_by_a_name(face: Any, module: Any) -> None:
    """Lambdas, partials, instances and methods, too."""
    registry = face.Registry("cat", scope="x")
    assert registry.register_module(name="it", module=module) is module
    assert registry.get("it") is module


def test_a_lambda_has_a_name_and_a_partial_has_none(face: Any) -> None:
    """The one is registered under it, the other raises what Python says."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(module=lambda: 3)
    assert "<lambda>" in registry
    with pytest.raises(AttributeError, match="__name__"):
        registry.register_module(module=functools.partial(int, 3))


def test_no_names_are_none_and_an_empty_one_is_one(face: Any) -> None:
    """And `module=None` gives a decorator."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(name=[], module=int)
    assert len(registry) == 0
    registry.register_module(name="", module=int)
    assert (len(registry), callable(registry.register_module(module=None))) == (1, True)


def test_a_name_with_a_dot_is_found_by_the_own_scope_alone(face: Any) -> None:
    """What is before the dot is taken for a scope otherwise."""
    registry = face.Registry("cat", scope="x")
    registry.register_module(name="sub.Z", module=int)
    assert (registry.get("sub.Z"), registry.get("x.sub.Z"), registry.module_dict["sub.Z"]) == (None, int, int)


def test_a_subclass_may_register_with_another_default(face: Any) -> None:
    """As OpenCompass does, whose registry replaces what has a name."""

    class Forced(face.Registry):  # type: ignore[misc]
        def register_module(self, name: Any = None, force: bool = True, module: Any = None) -> Any:
            return face.Registry.register_module(self, name, force, module)

    registry = Forced("cat", scope="x")
    registry.register_module(name="a", module=int)
    registry.register_module(name="a")(float)
    assert registry.get("a") is float


# --- looking up ---


@pytest.mark.parametrize(
    ("registry", "key", "expected"),
    [
        ("root", "InRoot", "InRoot"),
        ("c1", "InRoot", "InRoot"),
        ("g", "InRoot", "InRoot"),
        ("g", "InC1", "InC1"),
        ("root", "InC1", None),
        ("root", "root.InRoot", "InRoot"),
        ("root", "c1.InC1", "InC1"),
        ("c1", "c1.InC1", "InC1"),
        ("c1", "c1.InRoot", None),
        ("c2", "c1.InC1", "InC1"),
        ("c2", "g.InG", None),
        ("root", "g.InG", None),
        ("c1", "g.InG", "InG"),
        ("root", "c1.g.InG", "InG"),
        ("c2", "c1.g.InG", "InG"),
        ("c1", "c1.g.InG", None),
        ("g", "root.InRoot", "InRoot"),
        ("g", "c1.InC1", "InC1"),
        ("g", "c2.InC2", "InC2"),
        ("g", "c1.g.InG", "InG"),
        ("root", "root.c1.InC1", None),
        ("root", "c1.c1.InC1", "InC1"),
        ("root", "Nowhere", None),
        ("g", "nowhere.InRoot", None),
        ("g", "c2.InG", None),
        ("root", "x.", None),
    ],
)
def test_get(tree: Tree, registry: str, key: str, expected: str | None) -> None:
    """Own names, those above, those of a scope that is a child's, the root's or one of the root's children's; a miss is None."""
    assert getattr(tree, registry).get(key) is (None if expected is None else tree.entries[expected])


def test_the_nearest_of_a_name_is_found(tree: Tree) -> None:
    """A child's hides its parent's."""
    tree.root.register_module(name="Both", module=int)
    assert tree.g.get("Both") is int
    tree.c1.register_module(name="Both", module=float)
    assert (tree.g.get("Both"), tree.root.get("Both"), tree.c2.get("Both")) == (float, int, int)


@pytest.mark.parametrize("key", [None, 3, ["a"]])
def test_a_key_is_a_str(face: Any, key: Any) -> None:
    """The error names the type, also of what can't be hashed."""
    with pytest.raises(TypeError, match=re.escape(f"The key argument of `Registry.get` must be a str, got {type(key)}")):
        face.Registry("cat", scope="x").get(key)


def test_the_registry_module_of_a_scope_is_imported(face: Any, modules: Modules, tree: Tree) -> None:
    """It makes the registry of that scope, which the tree hasn't yet."""
    modules.load("basetree", "").ROOT = tree.root
    modules.write(
        "latepkg.registry",
        f"""
        from {inferring(face)} import Registry
        from basetree import ROOT
        LATE = Registry('late', parent=ROOT, scope='latepkg')
        LATE.register_module(name='Late', module=int)
        """,
    )
    assert tree.g.get("latepkg.Late") is int


def test_a_registry_module_that_fails_to_import_is_no_error(face: Any, modules: Modules, tree: Tree) -> None:
    """A miss stays None where it raises ImportError; what else it raises goes through."""
    modules.write("brokenpkg.registry", "import there_is_no_such_module\n")
    modules.write("worsepkg.registry", "1 / 0\n")
    assert tree.root.get("brokenpkg.X") is None
    with pytest.raises(ZeroDivisionError):
        tree.root.get("worsepkg.X")


# --- locations ---


@pytest.fixture
def located(face: Any, modules: Modules) -> Any:
    """A registry whose two locations register with it, and count how often they run."""
    registry = face.Registry("late", scope="late", locations=["late_one", "late_two"])
    registry.runs = []
    modules.load("late_base", "").REGISTRY = registry
    for name in ("one", "two"):
        modules.write(
            f"late_{name}",
            f"from late_base import REGISTRY\nREGISTRY.runs.append('{name}')\nREGISTRY.register_module('{name}', False, int)\n",
        )
    return registry


def test_locations_are_imported_once_by_the_first_get(located: Any) -> None:
    """And by `in`, but not by listing."""
    assert (len(located), dict(located.module_dict), "one" in repr(located), located.runs) == (0, {}, False, [])
    assert located.get("two") is int
    assert ("one" in located, located.get("one"), located.runs) == (True, int, ["one", "two"])


def test_locations_are_imported_by_a_build(located: Any) -> None:
    """As it gets its type."""
    assert located.build({"type": "one"}) == 0


def test_a_location_may_ask_its_registry(located: Any, modules: Modules) -> None:
    """Also for what a later one has."""
    modules.write("late_one", "from late_base import REGISTRY\nREGISTRY.register_module('one', False, REGISTRY.get('two'))\n")
    assert located.get("one") is int


def test_the_error_of_a_location_goes_through_and_it_is_tried_again(located: Any, modules: Modules) -> None:
    """Until it can be imported."""
    modules.write("late_two", "raise ValueError('not yet')\n")
    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            located.get("one")
    modules.write("late_two", "from late_base import REGISTRY\nREGISTRY.register_module('two', False, float)\n")
    assert (located.get("two"), located.get("one")) == (float, int)


def test_a_package_of_openmmlab_without_locations_registers_all_its_modules(face: Any, modules: Modules) -> None:
    """Once, by the function that such packages have for it."""
    registry = face.Registry("old", scope="mmocr")
    modules.load("old_base", "").REGISTRY = registry
    modules.write(
        "mmocr.utils",
        """
        from old_base import REGISTRY
        def register_all_modules(init_default_scope):
            assert init_default_scope is False
            REGISTRY.register_module("Ocr", False, int)
        """,
    )
    assert (len(registry), registry.get("Ocr"), registry.get("Ocr")) == (0, int, int)


def test_a_package_of_openmmlab_that_is_not_installed_is_told_in_the_log(face: Any, log: Log) -> None:
    """With what pip installs it by; the registry works without."""
    registry = face.Registry("old", scope="mmseg")
    registry.register_module(module=int)
    assert (registry.get("int"), registry.get("int")) == (int, int)
    [message] = log.at(30)
    assert message == (
        "mmseg is not installed and its modules will not be registered. If you want to use modules defined in mmseg, "
        "Please install mmseg by `pip install mmsegmentation."
    )
