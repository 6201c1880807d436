"""Trees of registries: parents, scopes and the scope in use."""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from typing import Any, NamedTuple, Protocol

import pytest

from tests.vision import FaceDetector, QrReader, VisionModel, new_vision, tiny_face, untyped
from typed_registry import Registry
from typed_registry.errors import ConfigError, ContractError, InvalidNameError, UnknownEntryError


class Other(Protocol):
    def detect(self, image: str) -> list[str]: ...


class Tree(NamedTuple):
    """root (no scope) <- det (scope det) <- ops (scope ops), and root <- seg (scope seg)."""

    root: Registry[VisionModel]
    det: Registry[VisionModel]
    ops: Registry[VisionModel]
    seg: Registry[VisionModel]


@pytest.fixture
def tree() -> Tree:
    """Each registry has an entry of its own; root, det and seg have a `face`."""
    root = new_vision()
    det = new_vision(parent=root, scope="det")
    tree = Tree(root, det, new_vision(parent=det, scope="ops"), new_vision(parent=root, scope="seg"))
    for name, registry in tree._asdict().items():
        registry.register(name)(made_by(name))
    for name in ("root", "det", "seg"):
        getattr(tree, name).register("face")(made_by(f"{name}-face"))
    return tree


def made_by(label: str) -> Any:
    """A factory whose products tell its label."""

    def make() -> QrReader:
        product = QrReader()
        untyped(product).label = label
        return product

    return make


def label(registry: Registry[VisionModel], name: str) -> str | None:
    """The label of what a name builds; None if it is unknown, in every way to ask."""
    entry = registry.get(name)
    assert (name in registry) is (entry is not None)
    if entry is None:
        with pytest.raises(UnknownEntryError):
            registry[name]
        with pytest.raises(ConfigError):
            registry.build({"type": name})
        return None
    found: str = untyped(registry.build({"type": name})).label
    assert untyped(entry.build()).label == untyped(registry.parse({"type": name}).build()).label == found
    return found


class TestNames:
    @pytest.mark.parametrize(
        ("registry", "name", "expected"),
        [
            ("root", "face", "root-face"),
            ("det", "face", "det-face"),
            ("ops", "face", "det-face"),
            ("seg", "face", "seg-face"),
            ("ops", "root", "root"),
            ("ops", "ops", "ops"),
            ("root", "det", None),
            ("det", "ops", None),
            ("seg", "det", None),
            ("root", "det.face", "det-face"),
            ("root", "det.det", "det"),
            ("root", "ops.ops", "ops"),
            ("root", "det.ops.ops", "ops"),
            ("seg", "ops.ops", "ops"),
            ("seg", "det.face", "det-face"),
            ("det", "det.face", "det-face"),
            ("root", "ops.face", None),
            ("root", "det.root", None),
            ("root", "seg.ops.ops", None),
            ("root", "ops.det.det", None),
            ("root", "det.det.face", None),
            ("root", "nowhere.face", None),
            ("root", "det.ops", None),
            ("root", "det.", None),
            ("root", ".face", None),
            ("root", "det..face", None),
        ],
    )
    def test_resolution(self, registry: str, name: str, expected: str | None, tree: Tree) -> None:
        """A plain name goes up from here, the nearest wins; a scoped one goes to that registry alone."""
        assert label(getattr(tree, registry), name) == expected

    def test_a_child_shadows(self, tree: Tree) -> None:
        """A name that a child takes later shadows its parent's, for its own children too."""
        assert label(tree.ops, "root") == "root"
        tree.det.register("root")(made_by("new"))
        assert (label(tree.ops, "root"), label(tree.det, "root"), label(tree.root, "root"), label(tree.seg, "root")) == (
            "new",
            "new",
            "root",
            "root",
        )
        tree.det.unregister("root")
        assert label(tree.ops, "root") == "root"

    def test_no_duplicates_across_registries(self, tree: Tree) -> None:
        """The same name in two registries of a tree is no duplicate."""
        tree.ops.register("face")(made_by("ops-face"))
        assert (label(tree.ops, "face"), label(tree.det, "face")) == ("ops-face", "det-face")

    def test_names_of_children_in_suggestions(self, tree: Tree) -> None:
        """Suggestions know scoped names."""
        with pytest.raises(UnknownEntryError) as caught:
            tree.root["seg.fase"]
        assert caught.value.nearest[0] == "seg.face"

    def test_spec_of_an_object(self, tree: Tree) -> None:
        """A spec of an object looks up the tree, the nearest first, and not down."""
        tree.root.register("a")(FaceDetector)
        tree.det.register("b")(FaceDetector)
        assert (
            tree.root.spec(FaceDetector).__spec_name__,
            tree.ops.spec(FaceDetector).__spec_name__,
            tree.seg.spec(FaceDetector).__spec_name__,
        ) == ("a", "b", "a")
        tree.ops.register("c")(QrReader)
        with pytest.raises(UnknownEntryError):
            tree.root.spec(QrReader)

    def test_canonical_names_round_trip(self, tree: Tree) -> None:
        """A spec's config means the same registry's entry, however it was written."""
        for name in ("det.face", "seg.face", "ops.ops", "det.ops.ops", "face"):
            config = tree.root.parse({"type": name}).to_config()
            assert untyped(tree.root.build(config)).label == label(tree.root, name)

    def test_aliases_in_scopes(self, tree: Tree) -> None:
        """An alias resolves with a scope too, and the canonical name is the own one."""
        tree.seg.register("segment", aliases=("mask",))(made_by("segment"))
        assert (label(tree.root, "seg.mask"), tree.root.parse({"type": "seg.mask"}).to_config()) == ("segment", {"type": "seg.segment"})


class TestMaking:
    @pytest.mark.parametrize("scope", ["", "a.b", "a:b"])
    def test_bad_scope(self, scope: str) -> None:
        """A scope is written as a name is."""
        root = new_vision()
        with pytest.raises(InvalidNameError):
            new_vision(scope=scope)
        with pytest.raises(InvalidNameError):
            new_vision(parent=root, scope=scope)
        assert root.all_names() == []

    def test_scope_taken(self, tree: Tree) -> None:
        """A scope is one registry's in a tree, wherever in it; in another tree it is free."""
        for parent in tree:
            with pytest.raises(InvalidNameError, match="of the same tree has this scope"):
                new_vision(parent=parent, scope="ops")
        assert new_vision(scope="ops").scope == "ops"

    def test_refused_child_leaves_nothing(self, tree: Tree) -> None:
        """A registry that couldn't be made is in no tree."""
        before = tree.root.all_names()
        with pytest.raises(InvalidNameError):
            new_vision(parent=tree.root, scope="seg")
        assert tree.root.all_names() == before

    def test_parent_that_is_none(self) -> None:
        """A parent is a registry."""
        with pytest.raises(ContractError, match="a parent is a registry, not 'vision'"):
            untyped(new_vision)(parent="vision")

    def test_no_cycles(self, tree: Tree) -> None:
        """A registry's place in the tree is given once, so that it never is below itself."""
        before = [registry.all_names() for registry in tree]
        for parent in tree:
            with pytest.raises(ContractError, match="its place in the tree stays"):
                untyped(tree.root).__init__("vision", VisionModel, parent=parent)
        assert [registry.all_names() for registry in tree] == before
        assert label(tree.root, "nothing") is None

    def test_parent_of_another_protocol(self) -> None:
        """A child is of its parent's protocol."""
        root = new_vision()
        with pytest.raises(ContractError, match="a child has its parent's protocol"):
            untyped(Registry)("other", Other, parent=root)


class TestUsing:
    def test_looks_there_first(self, tree: Tree) -> None:
        """The scope in use is looked into first, with its parents; then the registry that was called."""
        with tree.root.using("det"):
            assert (label(tree.root, "face"), label(tree.root, "det"), label(tree.root, "root"), label(tree.root, "ops")) == (
                "det-face",
                "det",
                "root",
                None,
            )
            assert (label(tree.seg, "face"), label(tree.seg, "seg"), label(tree.ops, "ops")) == ("det-face", "seg", "ops")
        assert label(tree.root, "face") == "root-face"

    def test_scoped_names_stay(self, tree: Tree) -> None:
        """A scoped name means what it says in any scope."""
        with tree.root.using("det"):
            assert (label(tree.root, "seg.face"), label(tree.det, "seg.face")) == ("seg-face", "seg-face")

    def test_path(self, tree: Tree) -> None:
        """A scope may be named by its path."""
        with tree.seg.using("det.ops"):
            assert label(tree.seg, "ops") == "ops"

    def test_nested(self, tree: Tree) -> None:
        """The innermost counts, and leaving brings back the one around, also by an exception."""
        with tree.root.using("det"):
            with tree.root.using("seg"):
                assert label(tree.root, "face") == "seg-face"
            assert label(tree.root, "face") == "det-face"
            with pytest.raises(UnknownEntryError), tree.root.using("seg"):
                tree.root["nothing"]
            assert label(tree.root, "face") == "det-face"

    def test_unknown(self, tree: Tree) -> None:
        """A scope that the tree lacks is an error, with the nearest, and nothing is in use."""
        with pytest.raises(UnknownEntryError) as caught, tree.root.using("dett"):
            pytest.fail("it was entered")
        assert (caught.value.nearest, caught.value.known) == (("det",), ("det", "ops", "seg"))
        assert label(tree.root, "face") == "root-face"

    def test_other_trees_see_nothing(self, tree: Tree) -> None:
        """It holds for its tree alone; two trees may have one in use each."""
        other = new_vision()
        inner = new_vision(parent=other, scope="det")
        other.register("face")(made_by("other"))
        inner.register("face")(made_by("inner"))
        with tree.root.using("seg"):
            assert (label(tree.root, "face"), label(other, "face")) == ("seg-face", "other")
            with other.using("det"):
                assert (label(tree.root, "face"), label(other, "face")) == ("seg-face", "inner")
            assert (label(tree.root, "face"), label(other, "face")) == ("seg-face", "other")

    def test_listing_is_the_own(self, tree: Tree) -> None:
        """What is listed is the registry's own, whatever is in use."""
        names, entries = list(tree.root), dict(tree.root.items())
        with tree.root.using("det"):
            assert (list(tree.root), dict(tree.root.items()), len(tree.root)) == (names, entries, len(entries))
            assert [untyped(entry.build()).label for entry in tree.root.values()] == ["root", "root-face"]

    def test_all_names(self, tree: Tree) -> None:
        """The names that resolve in a scope are those of `all_names` there."""
        with tree.root.using("det"):
            assert [name for name in tree.root.all_names() if "." not in name] == ["det", "face", "root"]
            assert all(name in tree.root for name in tree.root.all_names())
        assert [name for name in tree.root.all_names() if "." not in name] == ["root", "face"]

    def test_an_entry_that_no_name_reaches(self) -> None:
        """An entry of a registry without scope is found through the scope in use, but no spec can hold its name."""
        root = new_vision(scope="top")
        middle = new_vision(parent=root)
        new_vision(parent=middle, scope="det")
        other = new_vision(parent=root, scope="other")
        root.register("face")(made_by("root"))
        middle.register("face")(made_by("middle"))
        with other.using("det"):
            assert untyped(other["face"].build()).label == "middle"
            with pytest.raises(ContractError, match="has none itself"):
                other.parse({"type": "face"})
        assert other.parse({"type": "face"}).to_config() == {"type": "face"}

    def test_threads_in_scopes_of_their_own(self, tree: Tree) -> None:
        """Threads that use different scopes at the same time don't see each other's."""
        inside = threading.Barrier(3, timeout=30)
        found: dict[str, list[str | None]] = {}

        def look(scope: str) -> None:
            with tree.root.using(scope):
                inside.wait()  # all are in their blocks
                found[scope] = [label(tree.root, "face") for _ in range(20)]
                inside.wait()  # none has left
            found[scope].append(label(tree.root, "face"))

        threads = [threading.Thread(target=look, args=(scope,)) for scope in ("det", "seg")]
        for thread in threads:
            thread.start()
        inside.wait()
        outside = [label(tree.root, "face") for _ in range(20)]
        inside.wait()
        for thread in threads:
            thread.join()
        assert outside == ["root-face"] * 20
        assert found == {scope: [*[f"{scope}-face"] * 20, "root-face"] for scope in ("det", "seg")}

    def test_other_threads_see_nothing(self, tree: Tree) -> None:
        """Other threads don't see it."""
        found: list[str | None] = []
        with tree.root.using("det"):
            thread = threading.Thread(target=lambda: found.append(label(tree.root, "face")))
            thread.start()
            thread.join()
        assert found == ["root-face"]

    def test_other_tasks_see_nothing(self, tree: Tree) -> None:
        """Nor do other tasks, in whatever order they go on; a task begun inside sees it."""

        async def look(scope: str | None) -> list[str | None]:
            with ExitStack() as stack:
                if scope is not None:
                    stack.enter_context(tree.root.using(scope))
                seen: list[str | None] = []
                for _ in range(3):
                    await asyncio.sleep(0)
                    seen.append(label(tree.root, "face"))
                inner = await asyncio.create_task(look(None)) if scope is not None else []
                return [*seen, *inner[:1]]

        async def both() -> list[list[str | None]]:
            return list(await asyncio.gather(look("det"), look(None), look("seg")))

        assert asyncio.run(both()) == [["det-face"] * 4, ["root-face"] * 3, ["seg-face"] * 4]

    def test_specs_keep_their_meaning(self, tree: Tree) -> None:
        """A spec parsed in a scope builds the same outside it, and one parsed outside builds the same in it."""
        outside = tree.root.parse({"type": "face"})
        with tree.root.using("det"):
            inside = tree.root.parse({"type": "face"})
            assert [untyped(spec.build()).label for spec in (outside, inside)] == ["root-face", "det-face"]
        assert [untyped(spec.build()).label for spec in (outside, inside)] == ["root-face", "det-face"]
        assert (outside.to_config(), inside.to_config()) == ({"type": "face"}, {"type": "det.face"})

    def test_registering_goes_where_it_is_asked(self, tree: Tree) -> None:
        """Registering is the called registry's matter, whatever is in use."""
        with tree.root.using("det"):
            tree.root.register("tiny")(tiny_face)
            tree.root.unregister("face")
        assert (list(tree.root), "face" in tree.det) == (["root", "tiny"], True)
