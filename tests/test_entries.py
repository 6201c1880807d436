"""Entries: what is told of one, lazy targets, and what goes wrong when they are loaded."""

from __future__ import annotations

import copy
import importlib.machinery
import sys
import threading
import weakref
from typing import Any

import pytest

from tests.modules import Modules
from tests.vision import Deaf, FaceDetector, QrReader, VisionModel, new_vision, tiny_face, untyped
from typed_registry import Registry
from typed_registry.errors import ConfigError, ContractError, DuplicateEntryError, LoadError, UnknownEntryError

OCR = """
    from tests.vision import QrReader
    class Ocr(QrReader):
        "Finds text."
        def __init__(self, language: str = "en") -> None:
            self.language = language
        class Inner(QrReader): ...
"""


class TestEntry:
    def test_what_is_told(self, vision: Registry[VisionModel]) -> None:
        """An entry tells what was registered."""
        vision.register("face", aliases=("faces",), tags=("detector",))(FaceDetector)
        entry = vision["faces"]
        assert (entry.name, entry.aliases, entry.tags, entry.target) == (
            "face",
            ("faces",),
            frozenset({"detector"}),
            "tests.vision:FaceDetector",
        )
        assert (entry.where.file, entry.doc, entry.is_loaded, entry.deprecated) == (__file__, "Finds faces.", True, None)
        assert entry.load() is FaceDetector

    def test_parameters(self, vision: Registry[VisionModel]) -> None:
        """The parameters are those of the factory, in order."""
        vision.register("face")(FaceDetector)
        parameters = vision["face"].parameters
        assert [(name, each.annotation, each.default, each.required) for name, each in parameters.items()] == [
            ("scale", float, 1.2, False),
            ("min_size", int, 40, False),
        ]

    def test_build(self, vision: Registry[VisionModel]) -> None:
        """It builds from arguments, which are validated."""
        vision.register("face")(FaceDetector)
        assert untyped(vision["face"].build(scale="2.5")).scale == 2.5
        with pytest.raises(ConfigError, match="did you mean 'scale'"):
            vision["face"].build(scael=2.5)

    def test_parameters_of_any_name(self, vision: Registry[VisionModel]) -> None:
        """A parameter may be called as one of the method's own."""

        @vision.register("odd")
        class Odd(QrReader):
            def __init__(self, *, kwargs: int = 0, name: int = 0) -> None:
                self.given = (kwargs, name)

        assert untyped(vision["odd"].build(kwargs=1, name=2)).given == (1, 2)
        assert vision["odd"].load() is Odd

    def test_identity(self, vision: Registry[VisionModel]) -> None:
        """One registration has one entry, by whichever name, also for copies and weak references."""
        vision.register("face", aliases=("faces",))(FaceDetector)
        entry = vision["face"]
        assert all(each is entry for each in (vision["faces"], vision.get("face"), next(iter(vision.values())), copy.copy(entry)))
        assert (copy.deepcopy([entry])[0] is entry, weakref.ref(entry)() is entry, len({entry, vision["faces"]})) == (True, True, 1)

    def test_of_a_parent(self, vision: Registry[VisionModel]) -> None:
        """The entry that a child finds in its parent is the parent's."""
        vision.register("face")(FaceDetector)
        child = new_vision(parent=vision, scope="child")
        assert child["face"] is vision["face"]

    def test_doc_of_a_function_and_of_none(self, vision: Registry[VisionModel]) -> None:
        """The docstring is the object's; None where it has none."""

        def undocumented() -> QrReader:
            return QrReader()

        vision.register("tiny")(tiny_face)
        vision.register("undocumented")(undocumented)
        assert (vision["tiny"].doc, vision["undocumented"].doc) == ("A face detector for small faces.", None)


class TestLazy:
    def test_loaded_on_use(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """The target is imported when it is first built, and then known."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("ocr", "zoo_ocr:Ocr", tags=("text",))
        entry = vision["ocr"]
        assert (entry.is_loaded, entry.doc, entry.target, "zoo_ocr" in sys.modules) == (False, None, "zoo_ocr:Ocr", False)
        assert untyped(vision.build({"type": "ocr", "language": "de"})).language == "de"
        assert (entry.is_loaded, entry.doc, vision["ocr"] is entry, entry.tags) == (True, "Finds text.", True, frozenset({"text"}))

    @pytest.mark.parametrize("way", ["load", "parameters", "build", "parse", "check", "load_all"])
    def test_loaded_by(self, way: str, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Each way to use an entry loads it."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("ocr", "zoo_ocr:Ocr")
        entry = vision["ocr"]
        ways: dict[str, Any] = {
            "load": entry.load,
            "parameters": lambda: entry.parameters,
            "build": entry.build,
            "parse": lambda: vision.parse({"type": "ocr"}),
            "check": vision.check,
            "load_all": vision.load_all,
        }
        ways[way]()
        assert entry.is_loaded

    def test_nested_name(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A target may be a class in a class."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("inner", "zoo_ocr:Ocr.Inner")
        assert vision.build({"type": "inner"}).detect("x") == ["qr in x"]

    def test_in_a_package(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A target may be deep in a package, whose module isn't imported yet."""
        modules.write("zoo_pack.models.ocr", OCR)
        vision.register_lazy("ocr", "zoo_pack.models.ocr:Ocr")
        assert type(vision.build({"type": "ocr"})).__module__ == "zoo_pack.models.ocr"

    def test_run_once(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """The module runs once, however often and from however many threads it is asked for."""
        modules.write(
            "zoo_once", "import builtins, time\nbuiltins.zoo_runs.append(1)\ntime.sleep(0.05)\nfrom tests.vision import QrReader as Ocr"
        )
        runs: list[int] = []
        untyped(sys.modules["builtins"]).zoo_runs = runs
        vision.register_lazy("ocr", "zoo_once:Ocr")
        found: list[object] = []
        threads = [threading.Thread(target=lambda: found.append(vision["ocr"].load())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        vision.build({"type": "ocr"})
        del untyped(sys.modules["builtins"]).zoo_runs
        assert (runs, found) == ([1], [QrReader] * 8)

    def test_wrong_kind_is_found_on_load(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What registration couldn't see is refused when it is loaded, with the place of the line, each time."""
        modules.write("zoo_deaf", "from tests.vision import Deaf")
        vision.register_lazy("deaf", "zoo_deaf:Deaf")
        for _ in range(2):
            with pytest.raises(ContractError, match="detect") as caught:
                vision.build({"type": "deaf"})
            assert caught.value.where is not None
            assert caught.value.where.file == __file__

    def test_spec_of_a_class_that_its_user_imported(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A lazily registered class is known by a spec too, whether or not the registry has loaded it."""
        modules.write("zoo_pack.ocr", OCR)
        modules.write("zoo_pack.face", "from zoo_pack.ocr import Ocr")
        vision.register_lazy("ocr", "zoo_pack.face:Ocr")
        module = modules.load("zoo_pack.face")
        assert vision.spec(module.Ocr, language="de").to_config() == {"type": "ocr", "language": "de"}
        with pytest.raises(UnknownEntryError):
            vision.spec(Deaf)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    def test_unknown_class_imports_nothing(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A spec of an unregistered class looks into no module that isn't imported, and asks none for what it would import."""
        modules.write("zoo_unasked", "raise RuntimeError")
        modules.load("zoo_asked", "def __getattr__(name):\n    raise RuntimeError(name)")
        vision.register_lazy("a", "zoo_unasked:X")
        vision.register_lazy("b", "zoo_asked:X")
        with pytest.raises(UnknownEntryError):
            vision.spec(QrReader)
        assert "zoo_unasked" not in sys.modules


class TestSelfRegistering:
    """A lazy line whose module registers the class itself, under the same name."""

    REGISTRY = """
        from tests.vision import VisionModel, new_vision
        VISION = new_vision()
        VISION.register_lazy("ocr", "zoo_self.ocr:Ocr", aliases=("text",), tags=("slow",), requires="json")
    """
    OCR = """
        from tests.vision import QrReader
        from zoo_self.base import VISION
        @VISION.register("ocr", aliases=("read",), tags=("text",))
        class Ocr(QrReader): ...
    """

    @pytest.mark.parametrize("name", ["ocr", "text"])
    def test_loaded_through_the_registry(self, name: str, modules: Modules) -> None:
        """It is no error, one entry remains, and all names that resolved before still do."""
        modules.write("zoo_self.ocr", self.OCR)
        vision = modules.load("zoo_self.base", self.REGISTRY).VISION
        assert [type(vision.build({"type": name})).__name__ for _ in range(2)] == ["Ocr", "Ocr"]
        entry = vision["ocr"]
        assert (list(vision), entry.aliases, entry.tags) == (["ocr"], ("read", "text"), frozenset({"slow", "text"}))
        assert (entry.is_loaded, vision["text"] is entry, vision.spec(entry.load()).__spec_name__, vision.check()) == (
            True,
            True,
            "ocr",
            [],
        )

    def test_imported_by_its_user(self, modules: Modules) -> None:
        """Nor is it one when the user imports the module first."""
        modules.write("zoo_self.base", self.REGISTRY)
        module = modules.load("zoo_self.ocr", self.OCR)
        vision = module.VISION
        assert (vision["ocr"].load(), vision["text"].load(), vision.spec(module.Ocr).__spec_name__) == (module.Ocr, module.Ocr, "ocr")

    def test_line_comes_last(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """The lazy line may come after the class."""
        vision.register("face")(FaceDetector)
        vision.register_lazy("face", "tests.vision:FaceDetector")
        assert (vision.spec(FaceDetector).__spec_name__, vision["face"].load()) == ("face", FaceDetector)

    def test_another_class(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Another class under the line's name is refused, and told with both places."""
        vision.register_lazy("ocr", "zoo_other:Ocr")
        with pytest.raises(DuplicateEntryError, match="zoo_other:Ocr"):
            vision.register("ocr")(QrReader)

    def test_another_class_while_loading(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Also when that comes out while the target's module is imported."""
        modules.write(
            "zoo_clash",
            """
            from tests.vision import QrReader, untyped
            import builtins
            @builtins.zoo_vision.register("ocr")
            class Other(QrReader): ...
            class Ocr(QrReader): ...
            """,
        )
        untyped(sys.modules["builtins"]).zoo_vision = vision
        vision.register_lazy("ocr", "zoo_clash:Ocr")
        with pytest.raises(LoadError, match="DuplicateEntryError") as caught:
            vision["ocr"].load()
        del untyped(sys.modules["builtins"]).zoo_vision
        assert isinstance(caught.value.__cause__, DuplicateEntryError)


class TestLoadErrors:
    def load_error(self, vision: Registry[VisionModel]) -> LoadError:
        """The error of loading the only entry; the same each time, also as an ImportError."""
        entry = next(iter(vision.values()))
        texts: list[str] = []
        for attempt in (entry.load, entry.build, lambda: entry.parameters):
            with pytest.raises(ImportError) as caught:
                attempt()
            texts.append(str(caught.value))
        assert len(set(texts)) == 1
        assert isinstance(caught.value, LoadError)
        assert not entry.is_loaded
        return caught.value

    def test_missing_module(self, vision: Registry[VisionModel]) -> None:
        """A module that isn't there is told as what is missing."""
        vision.register_lazy("ocr", "zoo_nowhere.models:Ocr")
        error = self.load_error(vision)
        assert (error.entry, error.registry, error.target, error.missing, error.extra) == (
            "ocr",
            "vision",
            "zoo_nowhere.models:Ocr",
            ("zoo_nowhere",),
            None,
        )
        assert str(error) == (
            "'ocr' of registry 'vision' can't be loaded from zoo_nowhere.models:Ocr: ModuleNotFoundError: No module named 'zoo_nowhere'\n"
            "Install what provides 'zoo_nowhere'."
        )
        assert isinstance(error.__cause__, ModuleNotFoundError)

    def test_missing_module_of_a_package(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A module that its own package lacks is a wrong target: there is nothing to install."""
        modules.write("zoo_pack.ocr", OCR)
        vision.register_lazy("ocr", "zoo_pack.orc:Ocr")
        error = self.load_error(vision)
        assert error.missing == ()
        assert "zoo_pack.orc" in error.reason
        assert "Install" not in str(error)

    def test_missing_dependency(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What the module itself lacks is told by its name."""
        modules.write("zoo_needy", "import zoo_nowhere.deep")
        vision.register_lazy("ocr", "zoo_needy:Ocr")
        assert self.load_error(vision).missing == ("zoo_nowhere",)

    def test_missing_attribute(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A name that the module lacks is told with the nearest that it has."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("ocr", "zoo_ocr:Orc")
        assert self.load_error(vision).reason == "zoo_ocr has no 'Orc'; did you mean 'Ocr'?"

    def test_missing_attribute_alone(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Where nothing is near, nothing is suggested."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("ocr", "zoo_ocr:Entirely")
        assert self.load_error(vision).reason == "zoo_ocr has no 'Entirely'"

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("raise RuntimeError('no GPU')", "RuntimeError: no GPU"),
            ("1 / 0", "ZeroDivisionError: division by zero"),
            ("def broken(:", "SyntaxError: "),
            ("from tests.vision import Nothing", "ImportError: cannot import name 'Nothing'"),
            ("class Odd(Exception):\n    def __str__(self): return 'odd'\nraise Odd", "Odd: odd"),
        ],
    )
    def test_module_that_raises(self, source: str, reason: str, modules: Modules, vision: Registry[VisionModel]) -> None:
        """Whatever a module raises is the cause, and nothing is said to be missing."""
        modules.write("zoo_raising", source)
        vision.register_lazy("ocr", "zoo_raising:Ocr")
        error = self.load_error(vision)
        assert (error.reason.startswith(reason), error.missing) == (True, ())
        assert error.__cause__ is not None

    def test_attribute_that_raises(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A module that makes its names when asked may fail then; that is a LoadError too."""
        modules.write("zoo_dynamic", "def __getattr__(name):\n    raise ImportError(f'{name} needs torch')")
        vision.register_lazy("ocr", "zoo_dynamic:Ocr")
        assert self.load_error(vision).reason == "ImportError: Ocr needs torch"

    def test_next_time_again(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """A failure isn't remembered: what is mended is loaded."""
        modules.write("zoo_mended", "raise RuntimeError")
        vision.register_lazy("ocr", "zoo_mended:Ocr")
        self.load_error(vision)
        modules.write("zoo_mended", OCR)
        assert vision.build({"type": "ocr"}).detect("x") == ["qr in x"]

    @pytest.mark.parametrize(
        ("requires", "missing"),
        [
            ("zoo_nowhere", ("zoo_nowhere",)),
            (("json", "zoo_nowhere"), ("zoo_nowhere",)),
            (["zoo_nowhere", "zoo_never"], ("zoo_nowhere", "zoo_never")),
            ("zoo_nowhere.part", ("zoo_nowhere.part",)),
            ("", ("",)),
        ],
    )
    def test_requires(
        self, requires: str | tuple[str, ...] | list[str], missing: tuple[str, ...], modules: Modules, vision: Registry[VisionModel]
    ) -> None:
        """What is required is looked for first; without an extra, what is missing is named, and nothing is imported."""
        modules.write("zoo_ocr", OCR)
        vision.register_lazy("ocr", "zoo_ocr:Ocr", requires=requires)
        error = self.load_error(vision)
        assert (error.missing, error.extra, "zoo_ocr" in sys.modules) == (missing, None, False)
        assert str(error).splitlines()[1] == f"Install what provides {', '.join(map(repr, missing))}."

    def test_extra(self, vision: Registry[VisionModel]) -> None:
        """With an extra, the error tells to install it."""
        vision.register_lazy("ocr", "zoo_ocr:Ocr", requires="zoo_nowhere", extra="zoo[ocr]")
        error = self.load_error(vision)
        assert (error.missing, error.extra) == (("zoo_nowhere",), "zoo[ocr]")
        assert str(error).splitlines() == [
            "'ocr' of registry 'vision' can't be loaded from zoo_ocr:Ocr: zoo_nowhere is not installed",
            "Install it: pip install 'zoo[ocr]'",
        ]

    def test_requires_what_is_there(self, modules: Modules, vision: Registry[VisionModel]) -> None:
        """What is installed is enough, imported or not."""
        modules.write("zoo_ocr", OCR)
        modules.write("zoo_there", "raise RuntimeError('it was imported')")
        vision.register_lazy("ocr", "zoo_ocr:Ocr", requires=("json", "zoo_there"))
        assert vision["ocr"].load().__name__ == "Ocr"

    def test_blocked_module(self, modules: Modules, monkeypatch: pytest.MonkeyPatch, vision: Registry[VisionModel]) -> None:
        """A None in sys.modules says that there is none; so it is for what is required and for the target."""
        modules.write("zoo_ocr", OCR)
        monkeypatch.setitem(sys.modules, "zoo_there", None)
        vision.register_lazy("ocr", "zoo_ocr:Ocr", requires="zoo_there")
        assert self.load_error(vision).missing == ("zoo_there",)
        vision.unregister("ocr")
        vision.register_lazy("there", "zoo_there:Thing")
        assert self.load_error(vision).missing == ("zoo_there",)

    def test_module_without_a_spec(self, modules: Modules, monkeypatch: pytest.MonkeyPatch, vision: Registry[VisionModel]) -> None:
        """A module made by hand, which has no spec, counts as installed."""
        modules.write("zoo_ocr", OCR)
        made = type(sys)("zoo_made")
        made.__spec__ = untyped(None)
        monkeypatch.setitem(sys.modules, "zoo_made", made)
        assert isinstance(sys.__spec__, importlib.machinery.ModuleSpec)
        vision.register_lazy("ocr", "zoo_ocr:Ocr", requires="zoo_made")
        assert vision["ocr"].load().__name__ == "Ocr"

    def test_note_when_a_config_needs_it(self, vision: Registry[VisionModel]) -> None:
        """It is no fault of the config: the error comes at once, with the path as a note."""
        vision.register_lazy("ocr", "zoo_nowhere:Ocr")
        with pytest.raises(LoadError) as caught:
            vision.parse({"type": "ocr"})
        assert caught.value.__notes__ == ["while checking the config: 'ocr' of registry 'vision'"]
