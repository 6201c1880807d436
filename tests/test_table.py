"""The table of a registry: own and inherited entries apart, plain where it is printed, rich's where rich prints it."""

from __future__ import annotations

import io
import sys
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.modules import Modules
from tests.vision import FaceDetector, QrReader, VisionModel, new_vision, tiny_face, untyped
from typed_registry import Registry


@pytest.fixture
def tree() -> Registry[VisionModel]:
    """A child with an own entry, which hides its parent's; the grandparent has a scope, the parent none."""
    top = new_vision(scope="top")
    top.register("qr", aliases=("code",), tags=("fast", "exact"))(QrReader)
    top.register("face")(FaceDetector)
    middle = new_vision(parent=top)
    middle.register("face")(FaceDetector)
    middle.register("tiny", aliases=("own",))(tiny_face)
    child = new_vision(parent=middle, scope="child")
    child.register("face")(tiny_face)
    child.register_lazy("own", "nowhere.at_all:Model")
    return child


def rich_text(registry: Registry[VisionModel], width: int) -> str:
    """What rich prints of a table."""
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(registry.table())
    printed: str = untyped(console.file).getvalue()
    return printed


class TestPlain:
    """What `print` shows."""

    def test_own_and_inherited_apart(self, tree: Registry[VisionModel]) -> None:
        """Own entries come first, then those of each parent that resolve from here, hidden ones by the scope that leads to them."""
        assert str(tree.table()).splitlines() == [
            "registry 'vision' of VisionModel, scope 'child': 2 entries",
            "  NAME  STATE   TARGET                  DOC",
            "  face  loaded  tests.vision:tiny_face  A face detector for small faces.",
            "  own   lazy    nowhere.at_all:Model",
            "",
            "inherited from registry 'vision': 1 entry",
            "  NAME  STATE   TARGET                  DOC",
            "  tiny  loaded  tests.vision:tiny_face  A face detector for small faces.",
            "",
            "inherited from registry 'vision', scope 'top': 2 entries",
            "  NAME      ALIASES  STATE   TAGS         TARGET                     DOC",
            "  qr        code     loaded  exact, fast  tests.vision:QrReader      Finds QR codes.",
            "  top.face           loaded               tests.vision:FaceDetector  Finds faces.",
        ]

    def test_every_name_means_its_entry(self, tree: Registry[VisionModel]) -> None:
        """The names listed are those by which the entries are found."""
        rows = [line.split() for line in str(tree.table()).splitlines() if line.startswith("  ") and "NAME" not in line]
        assert [tree[row[0]].target in row for row in rows] == [True] * 5

    def test_empty(self) -> None:
        """A registry without entries has a table too, and parents without any aren't told of."""
        assert str(new_vision(parent=new_vision()).table()) == "registry 'vision' of VisionModel: no entries"

    def test_loads_nothing_and_tells_what_waits(self, modules: Modules) -> None:
        """Locations and entry points that weren't looked at stay so, and are named."""
        modules.write("waiting_one", "raise RuntimeError('imported')\n")
        parent = new_vision(locations=["waiting_one"], entry_points="typed_registry.no_such_group")
        parent.register_lazy("lazy", "nowhere.at_all:Model")
        child = new_vision(parent=parent, locations=["waiting_two"])
        child.register("tiny")(tiny_face)
        text = str(child.table())
        assert "  not loaded yet: waiting_two" in text
        assert "  not loaded yet: entry points 'typed_registry.no_such_group', waiting_one" in text
        assert repr(child) == "<Registry 'vision' of VisionModel: 1 entry, 1 inherited>"
        assert "waiting_one" not in sys.modules
        assert "not loaded yet" in rich_text(child, 80)

    def test_what_was_loaded_is_not_waiting(self, modules: Modules) -> None:
        """Once it is imported, a location is told of no more."""
        modules.write("loaded_one", "")
        registry = new_vision(locations=["loaded_one"], entry_points="typed_registry.no_such_group")
        registry.load_all()
        assert "not loaded" not in str(registry.table())

    def test_is_what_it_was(self, vision: Registry[VisionModel]) -> None:
        """A table doesn't change when the registry does."""
        table = vision.table()
        vision.register("qr")(QrReader)
        assert ("no entries" in str(table), "1 entry" in str(vision.table()), repr(table) == str(table)) == (True, True, True)

    def test_documentation_of_what_is_no_class(self) -> None:
        """Of a partial it is its function's; a number's is not that of all numbers."""
        registry: Registry[object] = Registry("anything", object)
        registry.register("small")(partial(partial(tiny_face), 1))
        registry.register_value("three", 3)
        registry.register_value("len", len)
        docs = {line.split()[0]: " ".join(line.split()[3:]) for line in str(registry.table()).splitlines()[2:]}
        assert docs == {"small": "A face detector for small faces.", "three": "", "len": len.__doc__}

    def test_documentation_that_raises(self) -> None:
        """An object whose documentation can't be read is listed without."""

        class Rude:
            @property
            def __doc__(self) -> str:  # type: ignore[override] # as rude as can be
                raise RuntimeError("no")

            def detect(self, image: str) -> list[str]:
                return []

        registry = new_vision()
        untyped(registry).register_value("rude", Rude())
        assert "rude" in str(registry.table())

    @given(st.lists(st.text(min_size=1).filter(lambda name: not {".", ":"} & {*name}), min_size=1, max_size=4, unique=True))
    def test_any_name(self, names: list[str]) -> None:
        """Whatever names hold, the text is printable, whole and one line an entry; rich shows them as they are."""
        registry = new_vision()
        for name in names:
            registry.register(name)(QrReader)
        title, heading, *rows = str(registry.table()).split("\n")
        assert (len(rows), title.isprintable(), heading.split()[0]) == (len(names), True, "NAME")
        assert all(row.isprintable() and row.endswith("Finds QR codes.") for row in rows)
        rich_text(registry, 60)


class TestRich:
    """What `rich.print` shows."""

    @pytest.mark.parametrize("name", ["[bold]x[/bold]", "[/x]", "[link=y]z[/link]", "[red"])
    def test_brackets_are_no_markup(self, name: str) -> None:
        """Names, tags and documentation with brackets are shown as they are."""
        registry = new_vision()
        registry.register(name, tags=("[/tag]",))(QrReader)
        printed = rich_text(registry, 120)
        assert name in printed
        assert "[/tag]" in printed

    def test_is_a_table(self, tree: Registry[VisionModel]) -> None:
        """It has a rule below its headings, and own and inherited entries apart."""
        printed = rich_text(tree, 120)
        assert (
            printed.index("scope 'child': 2 entries") < printed.index("own") < printed.index("inherited from") < printed.index("top.face")
        )
        assert printed.count("────") >= 3

    def test_nothing_is_cut_off(self) -> None:
        """In a narrow terminal long names are folded, not truncated."""
        registry = new_vision()
        registry.register("z" * 50)(QrReader)
        printed = rich_text(registry, 40)
        assert (printed.count("z"), "…" in printed) == (50, False)


class TestPrinting:
    """A program that prints a table."""

    @pytest.mark.parametrize("blocked", [True, False])
    def test_with_and_without_rich(self, blocked: bool, modules: Modules) -> None:
        """`print` gives the same plain text, with or without rich, also where colours are forced; it never imports rich."""
        source = f"""
            import os, sys
            os.environ["FORCE_COLOR"] = "1"
            if {blocked}:
                sys.modules["rich"] = None
            from typed_registry import Registry
            NUMBERS = Registry("numbers", int)
            NUMBERS.register_lazy("[bold]x[/bold]", "builtins:int")
            print(NUMBERS.table())
            print(sys.modules.get("rich"))
        """
        modules.write("prints", source)
        assert modules.run("-m", "prints").splitlines() == [
            "registry 'numbers' of int: 1 entry",
            "  NAME            STATE  TARGET",
            "  [bold]x[/bold]  lazy   builtins:int",
            "None",
        ]
