"""`check(static=True)`: lazy targets verified from their files alone, with nothing imported."""

from __future__ import annotations

import importlib.util
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.modules import Modules
from tests.vision import VisionModel, new_vision, untyped
from typed_registry import Match, Registry
from typed_registry.errors import Place, Problem

ROWS = 803  # as many as transformers has of configs

SOURCE = """
    raise RuntimeError("a static check must not run this")

    from elsewhere import Imported, other as Renamed
    import package.inner

    class Plain:
        limit = 3
        class Inner:
            pass
        def method(self): ...

    class Child(Imported):
        pass

    @decorated
    def function(): ...
    async def coroutine(): ...

    assigned = first, (second, *third) = 1, (2, 3)
    annotated: int = 3
    if annotated:
        conditional = 1
    else:
        class Otherwise: ...
    try:
        import fast as chosen
    except ImportError:
        chosen_late = None
    with open("x") as opened:
        for looped in opened:
            pass
    while (walrus := annotated):
        deep = 1
    match annotated:
        case 3:
            matched = 1
    def outer():
        hidden = 1
        def nested(): ...
    squares = [element for element in range(3)]
"""
CLASSES = ["Plain", "Plain.Inner", "Plain.limit", "Plain.method", "Child", "Child.anything", "Otherwise"]
IMPORTED = ["Imported", "Imported.anything", "Renamed", "package", "chosen", "chosen_late"]
NAMED = ["function", "coroutine", "assigned", "first", "second", "third", "annotated", "annotated.anything", "conditional", "squares"]
THERE = [*CLASSES, *IMPORTED, *NAMED, "opened", "looped", "walrus", "deep", "matched"]
MISSING = ["Plane", "Plain.Outer", "Plain.Inner.method", "hidden", "nested", "element", "other", "inner", "elsewhere", "ImportError"]


def told(registry: Registry[VisionModel]) -> dict[str, str]:
    """What the check says of each target, without what all say."""
    problems = registry.check(static=True)
    assert {problem.code for problem in problems} <= {"TR105"}
    return {str(problem.input): problem.message.partition(f"can't be loaded from {problem.input}: ")[2] for problem in problems}


def lazy(*targets: str) -> Registry[VisionModel]:
    registry = new_vision()
    for number, target in enumerate(targets):
        registry.register_lazy(f"entry{number}", target)
    return registry


@pytest.fixture(autouse=True)
def nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No module is loaded by a test but those that it loads by itself, and none is looked for by a dotted name."""
    whole = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        assert "." not in name, "this imports the parents"
        return whole(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    monkeypatch.setattr("typed_registry._static.find_spec", find_spec)
    before = set(sys.modules)
    yield
    assert {name for name in set(sys.modules) - before if name.startswith(("static_", "transformers"))} == set()


class TestTargets:
    @pytest.mark.parametrize("place", ["static_module", "static_package.inner.module"])
    def test_names_in_a_file(self, place: str, modules: Modules) -> None:
        """Whatever a module's own statements name is there; what is local to a function, a class or a comprehension isn't."""
        path = modules.write(place, SOURCE)
        targets = [f"{place}:{name}" for name in (*THERE, *MISSING)]
        assert told(lazy(*targets)) == {f"{place}:{name}": f"{path} has no {name!r}" for name in MISSING}

    def test_problems(self, modules: Modules) -> None:
        """A dangling target is a problem with its entry, target and place of registration."""
        path = modules.write("static_one", "class Plain: ...")
        registry = lazy("static_one:Plain", "static_one:Plane")
        message = f"'entry1' of registry {registry.name!r} can't be loaded from static_one:Plane: {path} has no 'Plane'"
        assert registry.check(static=True) == [
            Problem(("entry1",), message, place=Place(*registry["entry1"].where), code="TR105"),
        ]
        assert registry["entry0"].is_loaded is False

    def test_missing_modules(self, modules: Modules) -> None:
        """The first part of the path that is missing is named."""
        modules.write("static_package.inner.module", SOURCE)
        modules.write("static_module", SOURCE)
        said = {
            "static_nowhere:X": "static_nowhere",
            "static_nowhere.a.b:X": "static_nowhere",
            "static_package.outer.module:X": "static_package.outer",
            "static_package.inner.modul:X": "static_package.inner.modul",
            "static_module.inner:X": "static_module.inner",
        }
        assert told(lazy(*said)) == {target: f"there is no module {missing!r}" for target, missing in said.items()}

    def test_packages(self, modules: Modules) -> None:
        """A package is its `__init__`; a folder without one holds modules and no names."""
        modules.write("static_package.module", SOURCE)
        modules.folder.joinpath("static_package", "__init__.py").write_text("class Own: ...")
        space = modules.folder / "static_space" / "inner"
        space.mkdir(parents=True)
        (space / "module.py").write_text("class Own: ...")
        targets = ("static_package:Own", "static_package:Other", "static_space.inner.module:Own", "static_space.inner.module:Other")
        assert list(told(lazy(*targets))) == ["static_package:Other", "static_space.inner.module:Other"]

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("class Open(:", "SyntaxError("),
            ("x = '\x00'", "can't be read"),
            ("(" * 100_000 + "3" + ")" * 100_000, "can't be read"),
        ],
        ids=["syntax", "null", "deep"],
    )
    def test_files_that_are_not_python(self, source: str, message: str, modules: Modules) -> None:
        """A file that can't be parsed is a problem of each entry that names it."""
        modules.write("static_broken", "").write_text(source)
        said = told(lazy("static_broken:A", "static_broken:B"))
        assert [message in text for text in said.values()] == [True, True]

    def test_bytes_that_are_no_text(self, modules: Modules) -> None:
        """So is one of another encoding than it says; one that says which it has is read."""
        modules.write("static_bytes", "").write_bytes(b"name = '\xff'")
        modules.write("static_latin", "").write_bytes(b"# coding: latin-1\nname = '\xff'")
        assert list(told(lazy("static_bytes:name", "static_latin:name"))) == ["static_bytes:name"]

    def test_what_may_hold_any_name(self, modules: Modules) -> None:
        """A star import, a module's `__getattr__` and what has no source are given the benefit of the doubt."""
        modules.write("static_star", "from elsewhere import *")
        modules.write("static_getattr", "def __getattr__(name): ...")
        targets = ["static_star:X", "static_getattr:X", "sys:no_such_name", "time:no_such_name", "math:no_such_name"]
        assert told(lazy(*targets)) == {}

    def test_modules_made_at_run_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A module that is loaded and has no file is there, and so is a name that was put into one."""
        monkeypatch.setitem(sys.modules, "made_at_run_time", ModuleType("made_at_run_time"))
        monkeypatch.setattr("tests.vision.put_there", 3, raising=False)
        assert list(told(lazy("made_at_run_time:X", "tests.vision:put_there", "tests.vision:not_there"))) == ["tests.vision:not_there"]

    def test_archives(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Modules in a zip file are found and read too."""
        with zipfile.ZipFile(tmp_path / "static.zip", "w") as archive:
            archive.writestr("static_zipped/__init__.py", "")
            archive.writestr("static_zipped/module.py", "class Plain: ...")
        monkeypatch.syspath_prepend(tmp_path / "static.zip")  # pyright: ignore[reportUnknownMemberType]
        assert list(told(lazy("static_zipped.module:Plain", "static_zipped.module:Plane"))) == ["static_zipped.module:Plane"]


class TestCheck:
    def test_what_is_loaded_is_checked_as_ever(self, modules: Modules) -> None:
        """Entries that need no import are held against the protocol, and rules that may tie are told of."""
        modules.write("static_one", "class Plain: ...")
        registry = lazy("static_one:Plain", "static_one:Plane")

        @untyped(registry).register("wrong")
        class Wrong:
            def detect(self, image: int) -> list[str]:
                return []

        registry.register_lazy("a", "static_one:Plain", match=Match(architectures={"A"}))
        registry.register_lazy("b", "static_one:Plain", match=Match(architectures={"A"}))
        assert [(problem.path, problem.code) for problem in registry.check(static=True)] == [
            (("entry1",), "TR105"),
            (("wrong",), "TR104"),
            (("a",), "TR302"),
        ]
        assert [entry.is_loaded for entry in registry.values()] == [False, False, True, False, False]

    def test_what_was_loaded_before(self, vision: Registry[VisionModel], modules: Modules) -> None:
        """A lazy entry that was used already isn't looked for again."""
        modules.write("used_before", "from tests.test_matching import Reader")
        vision.register_lazy("it", "used_before:Reader")
        vision["it"].load()
        modules.folder.joinpath("used_before.py").unlink()
        assert vision.check(static=True) == []

    def test_empty(self, vision: Registry[VisionModel]) -> None:
        """An empty registry has no problems."""
        assert vision.check(static=True) == vision.check() == []

    def test_finds_what_loading_finds(self, modules: Modules) -> None:
        """A whole table: 803 rows in files that can't be run, some of them dangling, verified with nothing imported, then matched."""
        registry = new_vision()
        for number in range(ROWS):
            package = f"static_zoo.model{number}"
            modules.write(f"{package}.modeling", f"raise RuntimeError\nclass Model{number}: ...")
            name = f"Model{number}" if number % 100 else "Gone"
            registry.register_lazy(f"m{number}", f"{package}.modeling:{name}", match=Match(model_types={f"m{number}"}))
        gone = [f"m{number}" for number in range(0, ROWS, 100)]
        assert [(problem.code, problem.path[0]) for problem in registry.check(static=True)] == [("TR105", name) for name in gone]
        assert registry.match({"model_type": "m802"}).target == "static_zoo.model802.modeling:Model802"

    def test_in_a_new_interpreter(self, modules: Modules) -> None:
        """Neither pydantic nor any part of the target's package is loaded."""
        modules.write("static_package.inner.module", SOURCE)
        code = """
            import sys
            from typed_registry import Registry
            models = Registry("models", object)
            models.register_lazy("there", "static_package.inner.module:Plain")
            models.register_lazy("gone", "static_package.inner.module:Plane")
            print([problem.path[0] for problem in models.check(static=True)])
            print([name for name in sys.modules if name.startswith(("static_package", "pydantic"))])
        """
        modules.write("static_main", code)
        assert modules.run("static_main.py") == "['gone']\n[]\n"


TABLE = """
import json
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES
classes = {name: CONFIG_MAPPING[name] for name in CONFIG_MAPPING_NAMES}
print(json.dumps({name: f"{cls.__module__}:{cls.__qualname__}" for name, cls in classes.items()}))
"""


@pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="transformers is not installed: pip install transformers")
def test_transformers(modules: Modules, vision: Registry[VisionModel]) -> None:
    """All configs of transformers, registered lazily and verified without importing it; no class of another name passes."""
    modules.write("print_table", TABLE)
    table: dict[str, str] = json.loads(modules.run("print_table.py").splitlines()[-1])
    assert len(table) > 300
    for name, target in table.items():
        vision.register_lazy(name.replace(".", "_"), target, match=Match(model_types={name}))
    assert vision.check(static=True) == []
    assert vision.match({"model_type": "llama"}).target == "transformers.models.llama.configuration_llama:LlamaConfig"
    wrong = lazy(*(f"{target}Gone" for target in table.values()))
    assert len(wrong.check(static=True)) == len(table)
