"""Reloads: a definition that is run again takes its own place, and only that."""

from __future__ import annotations

import importlib
import sys
import textwrap
from types import ModuleType

import pytest

from tests.modules import Modules
from tests.vision import QrReader, VisionModel, new_vision
from typed_registry import Registry
from typed_registry.errors import DuplicateEntryError, InvalidNameError, LoadError

BASE = """
    from tests.vision import new_vision, VisionModel, Activation
    from typed_registry import Registry
    VISION = new_vision()
    FUNCTIONS = Registry("functions", Activation)
    def detector(name):
        def register(cls):
            return VISION.register(name)(cls)
        return register
"""
FACE = """
    from tests.vision import QrReader
    from zoo_reload.base import VISION
    @VISION.register("face", aliases=("faces",))
    class Face(QrReader):
        version = 1
"""


@pytest.fixture
def zoo(modules: Modules) -> Modules:
    """A package with a registry in `zoo_reload.base`."""
    modules.write("zoo_reload.base", BASE)
    return modules


def vision_of(zoo: Modules) -> Registry[VisionModel]:
    registry: Registry[VisionModel] = zoo.load("zoo_reload.base").VISION
    return registry


class TestReload:
    def test_by_importlib(self, zoo: Modules) -> None:
        """A reloaded class takes the place of the old one, in every name; specs are of the new one."""
        module = zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        old = module.Face
        zoo.write("zoo_reload.face", FACE.replace("version = 1", "version = 2"))
        importlib.reload(module)
        assert (module.Face is old, vision["faces"].load() is module.Face, vision.spec(module.Face).__spec_name__) == (False, True, "face")
        assert (list(vision), module.Face.version, vision["face"].aliases) == (["face"], 2, ("faces",))

    def test_many_times(self, zoo: Modules) -> None:
        """Once more, and once more, in the same place of the order, though lines move."""
        module = zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        zoo.load("zoo_reload.other", FACE.replace("face", "other").replace("Face", "Other"))
        for count in range(1, 4):
            zoo.write("zoo_reload.face", "\n" * count + FACE)
            importlib.reload(module)
            assert (list(vision), vision["face"].load() is module.Face) == (["face", "other"], True)

    def test_builds_the_new_one(self, zoo: Modules) -> None:
        """Builds, the quick ones too, and specs made before give the new class."""
        module = zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        spec = vision.parse({"type": "face"})
        for _ in range(3):
            vision.build({"type": "face"})
        importlib.reload(module)
        assert (type(vision.build({"type": "face"})), type(spec.build())) == (module.Face, module.Face)

    def test_deleted_and_imported_again(self, zoo: Modules) -> None:
        """A module that was taken out of sys.modules and imported again is a reload."""
        zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        del sys.modules["zoo_reload.face"]
        again = zoo.load("zoo_reload.face")
        assert (list(vision), vision["face"].load() is again.Face) == (["face"], True)

    def test_old_module_is_still_held(self, zoo: Modules) -> None:
        """Also while somebody holds the old module."""
        held = zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        del sys.modules["zoo_reload.face"]
        again = zoo.load("zoo_reload.face")
        assert (held.Face is again.Face, vision["face"].load() is again.Face) == (False, True)

    def test_function(self, zoo: Modules) -> None:
        """A function is reloaded as a class is."""
        source = """
            from tests.vision import QrReader
            from zoo_reload.base import VISION
            @VISION.register
            def face() -> QrReader: return QrReader()
        """
        module = zoo.load("zoo_reload.face", source)
        importlib.reload(module)
        assert vision_of(zoo)["face"].load() is module.face

    @pytest.mark.parametrize("line", ["VISION.register('face')(Face)", "register()", "detector('face')(Face)"])
    def test_plain_calls(self, line: str, zoo: Modules) -> None:
        """So is what a call registers, in the module, in a function of it or in one of another module."""
        source = f"""
            from tests.vision import QrReader
            from zoo_reload.base import VISION, detector
            class Face(QrReader): ...
            def register(): VISION.register("face")(Face)
            {line}
        """
        module = zoo.load("zoo_reload.face", source)
        importlib.reload(module)
        assert vision_of(zoo)["face"].load() is module.Face

    def test_decorator_of_another_module(self, zoo: Modules) -> None:
        """A project's own decorator, around the registry's, changes nothing."""
        source = """
            from tests.vision import QrReader
            from zoo_reload.base import detector
            @detector("face")
            class Face(QrReader): ...
        """
        module = zoo.load("zoo_reload.face", source)
        importlib.reload(module)
        assert vision_of(zoo)["face"].load() is module.Face
        with pytest.raises(DuplicateEntryError):
            zoo.load("zoo_reload.twin", source)

    def test_class_in_a_class(self, zoo: Modules) -> None:
        """A class in a class is reloaded too."""
        source = """
            from tests.vision import QrReader
            from zoo_reload.base import VISION
            class Faces:
                @VISION.register("face")
                class Face(QrReader): ...
        """
        module = zoo.load("zoo_reload.face", source)
        importlib.reload(module)
        assert vision_of(zoo)["face"].load() is module.Faces.Face

    def test_values(self, zoo: Modules) -> None:
        """Values are reloaded: functions, lambdas and instances."""
        source = """
            from zoo_reload.base import FUNCTIONS
            class Scale:
                def __init__(self, by): self.by = by
                def __call__(self, x, /): return x * self.by
            def relu(x, /): return max(x, 0.0)
            twice = Scale(2.0)
            negative = lambda x, /: -x
            FUNCTIONS.register_value("relu", relu)
            FUNCTIONS.register_value("twice", twice)
            FUNCTIONS.register_value("negative", negative)
        """
        module = zoo.load("zoo_reload.functions", source)
        importlib.reload(module)
        functions = zoo.load("zoo_reload.base").FUNCTIONS
        assert [entry.build() for entry in functions.values()] == [module.relu, module.twice, module.negative]

    def test_registered_by_a_call_after_the_reload(self, modules: Modules) -> None:
        """A class that is registered from elsewhere may be so again after its module was reloaded."""
        module = modules.load("zoo_plain", "from tests.vision import QrReader\nclass Face(QrReader): ...")
        vision = new_vision()
        for _ in range(3):
            vision.register("face")(module.Face)
            importlib.reload(module)
        vision.register("face")(module.Face)
        assert vision["face"].load() is module.Face

    def test_two_names(self, zoo: Modules) -> None:
        """An object with several names is reloaded in all of them."""
        source = FACE.replace("@VISION", '@VISION.register("second")\n    @VISION')
        module = zoo.load("zoo_reload.face", source)
        importlib.reload(module)
        vision = vision_of(zoo)
        assert ([entry.load() for entry in vision.values()], vision.spec(module.Face).__spec_name__) == ([module.Face] * 2, "face")

    def test_renamed_file(self, zoo: Modules) -> None:
        """The same class in another module is another."""
        zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        with pytest.raises(DuplicateEntryError, match=r"zoo_reload\.copy:Face"):
            zoo.load("zoo_reload.copy", FACE)
        assert vision["face"].target == "zoo_reload.face:Face"

    def test_new_alias_that_is_taken(self, zoo: Modules) -> None:
        """A reload can't take another entry's name; the old class stays whole."""
        module = zoo.load("zoo_reload.face", FACE)
        vision = vision_of(zoo)
        old = module.Face
        zoo.load("zoo_reload.other", FACE.replace("face", "other").replace("Face", "Other"))
        zoo.write("zoo_reload.face", FACE.replace('"faces"', '"faces", "others"'))
        with pytest.raises(DuplicateEntryError, match="'others'"):
            importlib.reload(module)
        assert (vision["face"].load(), vision["faces"].load(), vision["others"].name) == (old, old, "other")

    def test_registry_is_reloaded_too(self, zoo: Modules) -> None:
        """A reloaded registry's module makes a new registry; nothing hangs on the old one."""
        module = zoo.load("zoo_reload.face", FACE)
        base = zoo.load("zoo_reload.base")
        old = base.VISION
        importlib.reload(base)
        importlib.reload(module)
        assert (base.VISION is old, base.VISION["face"].load() is module.Face) == (False, True)

    def test_reload_after_an_error(self, zoo: Modules) -> None:
        """A module that failed half-way may be imported again once it is mended."""
        zoo.write("zoo_reload.face", FACE + "    1 / 0\n")
        with pytest.raises(ZeroDivisionError):
            zoo.load("zoo_reload.face")
        module = zoo.load("zoo_reload.face", FACE)
        assert vision_of(zoo)["face"].load() is module.Face


class TestSecondDefinitions:
    """Two definitions of one name in one run are two, and both places are told."""

    @pytest.mark.parametrize(
        "second",
        [
            '@VISION.register("face")\n    class Face(QrReader): ...',
            'if True:\n        @VISION.register("face")\n        class Face(QrReader): ...',
            'for _ in range(1):\n        @VISION.register("face")\n        class Face(QrReader): ...',
            '@VISION.register("face")\n    def Face() -> QrReader: return QrReader()',
        ],
    )
    def test_in_one_module(self, second: str, zoo: Modules) -> None:
        """A second class of the same name further down in the module is another."""
        path = zoo.write("zoo_reload.face", FACE + "    " + second + "\n")
        with pytest.raises(DuplicateEntryError) as caught:
            zoo.load("zoo_reload.face")
        error = caught.value
        assert (error.old, error.new) == ("zoo_reload.face:Face", "zoo_reload.face:Face")
        assert (error.old_where.file, error.new_where.file) == (str(path), str(path))
        assert error.old_where.line < error.new_where.line
        assert f"{path}:{error.old_where.line}" in str(error)
        assert f"{path}:{error.new_where.line}" in str(error)

    def test_in_classes_of_the_same_name(self, zoo: Modules) -> None:
        """So is one in the second of two classes of the same name."""
        source = """
            from tests.vision import QrReader
            from zoo_reload.base import VISION
            class Faces:
                @VISION.register("face")
                class Face(QrReader): ...
            class Faces:
                @VISION.register("face")
                class Face(QrReader): ...
        """
        with pytest.raises(DuplicateEntryError):
            zoo.load("zoo_reload.face", source)

    def test_in_functions(self, zoo: Modules) -> None:
        """Classes with <locals> in their names are never a reload, not even after one."""
        source = """
            from tests.vision import QrReader
            from zoo_reload.base import VISION
            def make():
                @VISION.register("face")
                class Face(QrReader): ...
            make()
        """
        module = zoo.load("zoo_reload.face", source)
        with pytest.raises(DuplicateEntryError, match=r"make\.<locals>\.Face"):
            module.make()
        with pytest.raises(DuplicateEntryError):
            importlib.reload(module)

    def test_values_of_one_class(self, zoo: Modules) -> None:
        """Two instances of one class are two values, from whichever functions of the module they come."""
        source = """
            from zoo_reload.base import FUNCTIONS
            class Scale:
                def __init__(self, by): self.by = by
                def __call__(self, x, /): return x * self.by
            def one(): FUNCTIONS.register_value("scale", Scale(1.0))
            def two(): FUNCTIONS.register_value("scale", Scale(2.0))
        """
        module = zoo.load("zoo_reload.functions", source)
        module.one()
        with pytest.raises(DuplicateEntryError):
            module.two()

    def test_values_of_one_class_from_two_modules(self, zoo: Modules) -> None:
        """Also when two modules use one function to register them."""
        zoo.write(
            "zoo_reload.functions",
            """
            from zoo_reload.base import FUNCTIONS
            class Scale:
                def __init__(self, by): self.by = by
                def __call__(self, x, /): return x * self.by
            def scale(by): FUNCTIONS.register_value("scale", Scale(by))
            """,
        )
        zoo.load("zoo_reload.a", "from zoo_reload.functions import scale\nscale(1.0)")
        with pytest.raises(DuplicateEntryError):
            zoo.load("zoo_reload.b", "from zoo_reload.functions import scale\nscale(2.0)")


class TestMain:
    def test_run_as_main_and_imported(self, zoo: Modules) -> None:
        """A module that is run by -m and imported under its own name too is one file, and its class one entry."""
        zoo.write(
            "zoo_reload.face",
            FACE
            + """
    if __name__ == "__main__":
        from zoo_reload import face
        import __main__
        assert VISION["face"].load() is face.Face is not __main__.Face
        print(list(VISION), VISION["face"].target, VISION.build({"type": "faces"}).version)
    """,
        )
        assert zoo.run("-m", "zoo_reload.face") == "['face'] zoo_reload.face:Face 1\n"

    def test_imported_before_it_is_run(self, zoo: Modules) -> None:
        """The other way round as well: the package imports the module before it runs as main."""
        zoo.write("zoo_reload.face", FACE + "    if __name__ == '__main__': print(list(VISION), VISION['face'].target)\n")
        zoo.write("zoo_reload.__init__", "import zoo_reload.face")
        out = zoo.run("-W", "ignore", "-m", "zoo_reload.face")
        assert out == "['face'] __main__:Face\n"

    def test_run_by_its_path(self, zoo: Modules) -> None:
        """A script that is run by its path, through a link too, and imported under its name."""
        path = zoo.write("zoo_script", FACE + "    if __name__ == '__main__':\n        import zoo_script\n        print(list(VISION))\n")
        link = zoo.folder / "link.py"
        link.symlink_to(path)
        assert [zoo.run(str(path)), zoo.run("zoo_script.py"), zoo.run(str(link))] == ["['face']\n"] * 3

    def test_another_file_as_main(self, zoo: Modules) -> None:
        """A class of the same name in another file that is run is another."""
        zoo.write("zoo_reload.face", FACE)
        zoo.write("zoo_script", FACE + "    import zoo_reload.face\n")
        assert "DuplicateEntryError" in zoo.run("-m", "zoo_script")


class TestNotebooks:
    CELL = """
@VISION.register("face", aliases=("faces",))
class Face(QrReader):
    version = {version}

@VISION.register
def tiny() -> QrReader:
    return QrReader()

FUNCTIONS.register_value("relu", lambda x, /: max(x, 0.0))
"""

    @pytest.fixture
    def notebook(self, zoo: Modules, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
        """The module of a kernel, in which cells are run."""
        main = ModuleType("__main__")
        monkeypatch.setitem(sys.modules, "__main__", main)
        base = zoo.load("zoo_reload.base")
        exec("from tests.vision import QrReader", main.__dict__)
        main.__dict__.update(VISION=base.VISION, FUNCTIONS=base.FUNCTIONS)
        return main

    @staticmethod
    def run(notebook: ModuleType, source: str, file: str) -> None:
        """Run a cell."""
        exec(compile(source, file, "exec"), notebook.__dict__)

    @pytest.mark.parametrize(
        "files",
        [
            ("<ipython-input-1-0123456789ab>", "<ipython-input-2-ba9876543210>", "<ipython-input-2-ba9876543210>"),
            ("/tmp/ipykernel_1/1.py", "/tmp/ipykernel_1/2.py", "/tmp/ipykernel_1/2.py"),
            ("<stdin>", "<stdin>", "<stdin>"),
        ],
    )
    def test_cell_run_again(self, files: tuple[str, ...], notebook: ModuleType) -> None:
        """A cell that is run again, changed or not, gives the new definitions."""
        for version, file in enumerate(files):
            self.run(notebook, self.CELL.format(version=version), file)
            vision = notebook.VISION
            assert (list(vision), vision.build({"type": "faces"}).version, vision["tiny"].load()) == (
                ["face", "tiny"],
                version,
                notebook.tiny,
            )
        assert len(notebook.FUNCTIONS) == 1

    def test_names_of_cells_in_code(self, notebook: ModuleType) -> None:
        """Some kernels name the code of a cell by its line."""
        for _ in range(2):
            code = compile(self.CELL.format(version=1), "/tmp/ipykernel_1/1.py", "exec").replace(co_name="<cell line: 1>")
            exec(code, notebook.__dict__)
        assert notebook.VISION["face"].load() is notebook.Face

    def test_another_name_is_another(self, notebook: ModuleType) -> None:
        """Another class in another cell is refused."""
        self.run(notebook, self.CELL.format(version=1), "<ipython-input-1-0123456789ab>")
        with pytest.raises(DuplicateEntryError, match="__main__:Other"):
            self.run(notebook, '@VISION.register("face")\nclass Other(QrReader): ...', "<ipython-input-2-0123456789ab>")

    def test_twice_in_one_cell(self, notebook: ModuleType) -> None:
        """A second definition in the same cell is refused."""
        cell = '@VISION.register("face")\nclass Face(QrReader): ...\n'
        with pytest.raises(DuplicateEntryError):
            self.run(notebook, cell + cell, "<ipython-input-1-0123456789ab>")

    def test_a_modules_class_is_no_cells(self, zoo: Modules, notebook: ModuleType) -> None:
        """A cell's class doesn't take the place of a module's of the same name."""
        zoo.load("zoo_reload.face", FACE)
        with pytest.raises(DuplicateEntryError):
            self.run(notebook, '@VISION.register("face")\nclass Face(QrReader): ...\n', "<ipython-input-1-0123456789ab>")


CHILD = """
    from tests.vision import QrReader
    from zoo_reload.base import VISION, VisionModel, Registry
    MINE: Registry[VisionModel] = Registry("mine", VisionModel, parent=VISION, scope="mine")
    INNER: Registry[VisionModel] = Registry("inner", VisionModel, parent=MINE, scope="inner")
    @MINE.register("face")
    class Face(QrReader): ...
    @INNER.register("qr")
    class Qr(QrReader): ...
"""


class TestRegistries:
    """A registry of a tree whose line is run again."""

    def test_a_reloaded_child_takes_its_place(self, zoo: Modules) -> None:
        """The new registries are found by their scopes, each in the place of the old; what was deeper is so still."""
        module = zoo.load("zoo_reload.mine", CHILD)
        vision = vision_of(zoo)
        seg = new_vision(parent=module.MINE, scope="seg")
        seg.register("seg")(QrReader)
        for _ in range(3):
            old = module.MINE
            zoo.write("zoo_reload.mine", "\n" + CHILD)
            importlib.reload(module)
            assert module.MINE is not old
            assert [vision[name].load() for name in ("mine.face", "inner.qr", "mine.inner.qr")] == [module.Face, module.Qr, module.Qr]
            assert (seg["face"].load(), module.MINE["mine.seg.seg"].load()) == (module.Face, QrReader)
            assert sorted(vision.all_names()) == ["inner.qr", "mine.face", "seg.seg"]

    def test_a_cell_that_is_run_again(self, zoo: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
        """So does one that a cell of a notebook makes."""
        notebook = ModuleType("__main__")
        monkeypatch.setitem(sys.modules, "__main__", notebook)
        vision = vision_of(zoo)
        for number in (1, 2):
            exec(compile(textwrap.dedent(CHILD), f"<ipython-input-{number}-0>", "exec"), notebook.__dict__)
        assert vision["mine.face"].load() is notebook.Face

    def test_a_second_line_is_another(self, zoo: Modules) -> None:
        """Registries of one run, of two modules, or of two names can't share a scope, nor can one move in the tree."""
        again = '    Registry("again", VisionModel, parent=VISION, scope="mine")\n'
        zoo.write("zoo_reload.mine", CHILD + again)
        with pytest.raises(InvalidNameError, match="registry 'mine' of the same tree has this scope"):
            zoo.load("zoo_reload.mine")
        module = zoo.load("zoo_reload.mine", CHILD)
        with pytest.raises(InvalidNameError):
            zoo.load("zoo_reload.theirs", CHILD)
        for changed in ('"mine", VisionModel, parent=Registry("v", VisionModel, parent=VISION)', '"yours", VisionModel, parent=VISION'):
            zoo.write("zoo_reload.mine", CHILD.replace('"mine", VisionModel, parent=VISION', changed))
            with pytest.raises(InvalidNameError):
                importlib.reload(module)
        assert vision_of(zoo)["mine.face"].load() is module.Face

    def test_run_as_main_and_imported(self, zoo: Modules) -> None:
        """A file that is run and imported too makes two registries that are both in use, so they can't share a scope."""
        zoo.write("zoo_reload.mine", CHILD + "    import zoo_reload.mine\n")
        assert "registry 'mine' of the same tree has this scope" in zoo.run("-m", "zoo_reload.mine")

    def test_a_module_that_fails_when_it_is_imported_again(self, zoo: Modules) -> None:
        """What it had made goes, and the old registries are in their places again."""
        module = zoo.load("zoo_reload.mine", CHILD)
        located = Registry("located", VisionModel, parent=vision_of(zoo), locations=("zoo_reload.mine",))
        del sys.modules["zoo_reload.mine"]
        zoo.write("zoo_reload.mine", CHILD + "    1 / 0\n")
        with pytest.raises(LoadError, match="ZeroDivisionError"):
            located.load_all()
        assert [located[name].load() for name in ("mine.face", "inner.qr", "mine.inner.qr")] == [module.Face, module.Qr, module.Qr]
        assert module.INNER["face"].load() is module.Face
