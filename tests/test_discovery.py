"""Locations and entry points: loaded on the first miss, never by listing; what fails is told, taken back and tried again."""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from tests.modules import Modules
from tests.vision import FaceDetector, VisionModel, new_vision, tiny_face, untyped
from typed_registry import Match, Registry
from typed_registry.discovery import EntryPoints
from typed_registry.errors import LoadError, UnknownEntryError

HEAD = "from tests.vision import QrReader\nfrom place import REGISTRY\n"
PLACE = """
from tests.vision import VisionModel
from typed_registry import Registry
REGISTRY: Registry[VisionModel] = Registry("place", VisionModel, locations=("found_one", "found_two"))
"""


@pytest.fixture
def place(modules: Modules) -> Registry[VisionModel]:
    """A registry with two locations, of which `found_one` registers `one` and counts its imports."""
    modules.write("place", PLACE)
    modules.write("counted", "IMPORTS: list[str] = []\n")
    modules.write("found_one", HEAD + "import counted\ncounted.IMPORTS.append('one')\nREGISTRY.register('one')(QrReader)\n")
    modules.write("found_two", HEAD + "REGISTRY.register('two')(QrReader)\n")
    registry: Registry[VisionModel] = modules.load("place").REGISTRY
    return registry


def together(ask: Callable[[], object], count: int) -> None:
    """Call a function in that many threads at the same time."""
    ready = threading.Barrier(count, timeout=30)

    def run() -> None:
        ready.wait()
        ask()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_tasks(ask: Callable[[], object], count: int) -> None:
    """Call a function in that many tasks, each in a worker thread."""

    async def run() -> None:
        await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(count)))

    asyncio.run(run())


class TestLocations:
    """Modules that register entries of a registry."""

    def test_loaded_on_a_miss(self, place: Registry[VisionModel], modules: Modules) -> None:
        """Listing loads nothing; the first name that is missed loads the locations, once."""
        assert (list(place), len(place), place.all_names()) == ([], 0, [])
        assert place["two"].name == "two"
        assert list(place) == ["one", "two"]
        assert "nothing" not in place
        assert modules.load("counted").IMPORTS == ["one"]

    def test_parse_and_build(self, place: Registry[VisionModel]) -> None:
        """Configs find what is in the locations."""
        assert place.build({"type": "one"}).detect("image") == place.build(place.parse({"type": "two"})).detect("image")

    def test_own_entry_loads_nothing(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A name that the registry has already asks no location."""
        place.register_lazy("own", "tests.vision:QrReader")
        assert place["own"].load().__name__ == "QrReader"
        assert list(place) == ["own"]

    def test_load_all_and_check(self, modules: Modules, place: Registry[VisionModel]) -> None:
        """Both load the locations."""
        assert place.check() == []
        assert list(place) == ["one", "two"]
        modules.write("place_again", PLACE.replace("found_", "again_"))
        modules.write("again_one", HEAD.replace("place", "place_again") + "REGISTRY.register('one')(QrReader)\n")
        modules.write("again_two", "")
        again = modules.load("place_again").REGISTRY
        again.load_all()
        assert list(again) == ["one"]

    def test_parents_locations_count(self, place: Registry[VisionModel]) -> None:
        """A child finds what is in its parent's locations."""
        child: Registry[VisionModel] = Registry("child", VisionModel, parent=place, scope="child")
        assert child["one"] is place["one"]

    def test_own_locations_before_the_parents_entries(self, modules: Modules) -> None:
        """The order is own entries, own locations, then the parent's."""
        parent: Registry[VisionModel] = Registry("parent", VisionModel)
        parent.register_lazy("one", "tests.vision:FaceDetector")
        modules.write("near", "import holder\nfrom tests.vision import QrReader\nholder.CHILD.register('one')(QrReader)\n")
        modules.write("holder", "CHILD: object = None\n")
        child: Registry[VisionModel] = Registry("child", VisionModel, parent=parent, locations=["near"])
        modules.load("holder").CHILD = child
        assert child["one"].target.endswith("QrReader")

    def test_a_failure_is_told_taken_back_and_tried_again(self, place: Registry[VisionModel], modules: Modules) -> None:
        """What a failed module had registered is gone, what was there before is as it was, and the next miss tries again."""
        place.register_lazy("kept", "tests.vision:FaceDetector")
        kept = place["kept"].target
        body = HEAD + "REGISTRY.register('half')(QrReader)\nREGISTRY.register('kept', override=True)(QrReader)\n"
        modules.write("found_two", body + "raise RuntimeError('broken')\n")
        for _ in range(2):
            with pytest.raises(LoadError, match=r"location found_two.*RuntimeError: broken"):
                place["missed"]
            assert (list(place), place["kept"].target) == (["kept", "one"], kept)
        modules.write("found_two", body)
        with pytest.raises(UnknownEntryError):
            place["missed"]
        assert list(place) == ["kept", "one", "half"]

    def test_a_module_that_misses_a_name_itself(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A location that looks into its own registry while it is imported doesn't load itself again."""
        modules.write("found_two", HEAD + "assert REGISTRY.get('nothing') is None\nREGISTRY.register('two')(QrReader)\n")
        assert place["two"].name == "two"

    def test_threads_and_tasks_load_once(self, place: Registry[VisionModel], modules: Modules) -> None:
        """Whoever comes first imports; all find the entry."""
        found: list[str] = []
        modules.write("found_two", HEAD + "import time\ntime.sleep(0.02)\nREGISTRY.register('two')(QrReader)\n")
        together(lambda: found.append(place["two"].name), 8)
        in_tasks(lambda: found.append(place["one"].name), 8)
        assert found == [*["two"] * 8, *["one"] * 8]
        assert modules.load("counted").IMPORTS == ["one"]


class TestFailures:
    """Locations and lazy targets that fail: told, hiding nothing, and leaving nothing behind."""

    def test_others_are_found(self, place: Registry[VisionModel], modules: Modules) -> None:
        """What another location has is found, with a warning that tells what failed; what none has raises, the same as ever."""
        modules.write("found_one", "raise RuntimeError('broken')\n")
        with pytest.warns(RuntimeWarning, match=r"location found_one.*RuntimeError: broken") as told:
            assert place["two"].name == "two"
        assert told[0].filename == __file__
        assert place["two"].name == "two"
        for _ in range(2):
            with pytest.raises(LoadError, match="found_one"):
                place.get("three")
            with pytest.raises(LoadError, match="found_one"):
                place.load_all()

    def test_several_are_told(self, place: Registry[VisionModel], modules: Modules) -> None:
        """Each location that fails is told, with its own reason."""
        modules.write("found_one", "raise RuntimeError('first')\n")
        modules.write("found_two", "import no_such_module_at_all\n")
        with pytest.raises(LoadError, match="first") as caught:
            place.get("one")
        assert (type(caught.value.__cause__), caught.value.target) == (RuntimeError, "found_one")
        assert "no_such_module_at_all" in caught.value.__notes__[0]
        assert [problem.path for problem in place.check()] == [("location found_one",), ("location found_two",)]

    def test_children_are_taken_back(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A child that a failing location made is in the tree no more, so that the next try tells the same reason."""
        child = "from typed_registry import Registry\nCHILD = Registry('child', VisionModel, parent=REGISTRY, scope='child')\n"
        body = HEAD + "from tests.vision import VisionModel\n" + child + "CHILD.register('in_child')(QrReader)\n"
        modules.write("found_two", body + "raise RuntimeError('broken')\n")
        for _ in range(2):
            with pytest.raises(LoadError, match="RuntimeError: broken"):
                place.get("child.in_child")
            assert place.all_names() == ["one"]
        modules.write("found_two", body)
        assert place["child.in_child"].name == "in_child"

    def test_other_trees(self, place: Registry[VisionModel], modules: Modules) -> None:
        """What a failing location registered in registries of other trees is taken back too."""
        modules.load("elsewhere", PLACE.replace("REGISTRY", "OTHER").replace('("found_one", "found_two")', "()"))
        modules.write("found_two", HEAD + "import elsewhere\nelsewhere.OTHER.register('two')(QrReader)\nraise RuntimeError('broken')\n")
        with pytest.raises(LoadError):
            place.get("two")
        assert modules.load("elsewhere").OTHER.all_names() == []

    def test_modules_that_stay_keep_what_they_registered(self, place: Registry[VisionModel], modules: Modules) -> None:
        """What a location imported before it failed won't run again, so its entries stay."""
        modules.write("part", HEAD + "REGISTRY.register('part')(QrReader)\n")
        modules.write("found_two", HEAD + "REGISTRY.register('half')(QrReader)\nimport part\nraise RuntimeError('broken')\n")
        with pytest.raises(LoadError):
            place.get("nothing")
        assert list(place) == ["one", "part"]

    def test_lazy_targets(self, vision: Registry[VisionModel], modules: Modules) -> None:
        """A lazy target whose module fails after it registered things leaves nothing, and raises again when it is used again."""
        modules.load("holder", "VISION: object = None\n").VISION = vision
        body = "import holder\nfrom tests.vision import QrReader\nholder.VISION.register('ocr')(type('Ocr', (QrReader,), {}))\n"
        modules.write("slow", body + "holder.VISION.register('more')(QrReader)\nraise RuntimeError('broken')\n")
        vision.register_lazy("ocr", "slow:Ocr")
        entry = vision["ocr"]
        for each in (entry, entry, vision["ocr"]):
            with pytest.raises(LoadError, match="RuntimeError: broken"):
                each.load()
        assert (list(vision), vision["ocr"] is entry, "more" in vision) == (["ocr"], True, False)

    @pytest.mark.parametrize("error", ["KeyboardInterrupt", "SystemExit"])
    def test_interrupted(self, error: str, place: Registry[VisionModel], modules: Modules) -> None:
        """An interrupt passes through, and leaves nothing half registered either."""
        modules.write("found_two", HEAD + f"REGISTRY.register('half')(QrReader)\nraise {error}\n")
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            place.get("nothing")
        assert list(place) == ["one"]
        modules.write("found_two", HEAD + "REGISTRY.register('half')(QrReader)\n")
        assert place["half"].name == "half"

    def test_seen_half_way(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A location that its user imports, that misses a name meanwhile and then fails, is imported again on the next miss."""
        body = HEAD + "REGISTRY.get('nothing')\n"
        modules.write("found_two", body + "raise RuntimeError('broken')\n")
        with pytest.raises(RuntimeError, match="broken"):
            modules.load("found_two")
        modules.write("found_two", body + "REGISTRY.register('two')(QrReader)\n")
        assert place["two"].name == "two"

    def test_threads(self, place: Registry[VisionModel], modules: Modules) -> None:
        """Threads that come while a location is about to fail are told each, and nothing of any try stays."""
        place.register_lazy("kept", "tests.vision:FaceDetector")
        registered = modules.load("signal_of", "import threading\nREGISTERED = threading.Event()\n").REGISTERED
        register = HEAD + "REGISTRY.register('half')(QrReader)\nREGISTRY.register('kept', override=True)(QrReader)\n"
        fail = "import signal_of, time\nsignal_of.REGISTERED.set()\ntime.sleep(0.1)\nraise RuntimeError('broken')\n"
        modules.write("found_two", register + fail)
        told: list[str] = []

        def look() -> None:
            try:
                place.get("nothing")
            except LoadError as error:
                told.append(error.reason)

        first = threading.Thread(target=look)
        first.start()
        assert registered.wait(30)
        together(look, 3)
        first.join()
        assert told == ["RuntimeError: broken"] * 4
        assert (list(place), place["kept"].target) == (["kept", "one"], "tests.vision:FaceDetector")

    def test_frozen(self, place: Registry[VisionModel]) -> None:
        """A location that wasn't loaded before its registry was frozen tells why it can't be."""
        place.freeze()
        with pytest.raises(LoadError, match=r"registry 'place' is frozen.*Do it before freeze\(\)"):
            place.get("one")


class TestOrder:
    """Nothing depends on what was asked or imported before."""

    def test_temporary(self, place: Registry[VisionModel], modules: Modules) -> None:
        """What is found in a temporary block is undone with it, and found again."""
        for name in ("one", "two", "one"):
            with place.temporary():
                assert place[name].load().__name__ == "QrReader"
            assert list(place) == []
        assert place["one"].name == "one"
        assert (list(place), modules.load("counted").IMPORTS) == (["one", "two"], ["one"])

    @pytest.mark.parametrize("ask_before", [False, True])
    def test_scopes_that_locations_make(self, ask_before: bool, place: Registry[VisionModel], modules: Modules) -> None:
        """A scope that a location's module makes is found by the first who asks for it, in names and in `using`."""
        child = "from typed_registry import Registry\nCHILD = Registry('child', VisionModel, parent=REGISTRY, scope='child')\n"
        modules.write("found_two", HEAD + "from tests.vision import VisionModel\n" + child + "CHILD.register('in_child')(QrReader)\n")
        if ask_before:
            assert place.get("nothing") is None
        with place.using("child"):
            assert place["in_child"] is place["child.in_child"]

    def test_rules(self, place: Registry[VisionModel], modules: Modules) -> None:
        """Rules in locations count from the first config on, whatever else takes it."""
        rule = "from typed_registry import Match\nREGISTRY.register('better', match=Match(architectures=['A'], priority=1))(QrReader)\n"
        modules.write("found_two", HEAD + rule)
        place.register_lazy("good", "tests.vision:QrReader", match=Match(architectures=["A"]))
        assert place.match({"architectures": ["A"]}).name == "better"

    def test_rules_that_cannot_be_known(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A location that fails may hold a better rule, so that its error is raised."""
        modules.write("found_two", "raise RuntimeError('broken')\n")
        place.register_lazy("good", "tests.vision:QrReader", match=Match(architectures=["A"]))
        for _ in range(2):
            with pytest.raises(LoadError, match="found_two"):
                place.match({"architectures": ["A"]})

    def test_specs_of_objects(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A class that a location registers is known to `spec` at once."""
        modules.write("found_two", HEAD + "from tests.vision import FaceDetector\nREGISTRY.register('face')(FaceDetector)\n")
        assert place.spec(FaceDetector, scale=2.0).to_config() == {"type": "face", "scale": 2.0}

    def test_canonical_names(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A spec's config is qualified where a location that wasn't loaded yet hides the plain name."""
        middle: Registry[VisionModel] = Registry("middle", VisionModel, parent=place, scope="middle")
        modules.load("holder", "CHILD: object = None\n")
        modules.write("near", "import holder\nfrom tests.vision import QrReader\nholder.CHILD.register('face')(QrReader)\n")
        child: Registry[VisionModel] = Registry("child", VisionModel, parent=middle, scope="child", locations=["near"])
        modules.load("holder").CHILD = child
        middle.register("face")(FaceDetector)
        config = child.parse({"type": "middle.face"}).to_config()
        assert (config, type(child.build(config))) == ({"type": "middle.face"}, FaceDetector)

    def test_a_location_that_needs_another(self, place: Registry[VisionModel], modules: Modules) -> None:
        """A location that looks up what a later one registers finds it."""
        modules.write("found_one", HEAD + "assert 'two' in REGISTRY\nREGISTRY.register('one')(QrReader)\n")
        assert place["one"].name == "one"

    @pytest.mark.parametrize("registered", ["before", "after", "by a location"])
    def test_plugins_make_way(self, registered: str, plugins: Path, modules: Modules) -> None:
        """What code registers has the name that a plugin has too, whichever is first; check() tells."""
        locations = ["taking"] if registered == "by a location" else []
        found: Registry[VisionModel] = Registry("found", VisionModel, entry_points="typed_registry.tests", locations=locations)
        modules.load("holder", "FOUND: object = None\n").FOUND = found
        modules.write("taking", "import holder\nfrom tests.vision import tiny_face\nholder.FOUND.register('good')(tiny_face)\n")
        if registered == "after":
            assert found.get("nothing") is None
        if not locations:
            found.register("good")(tiny_face)
        assert (found["good"].target, found["denied"].target) == ("tests.vision:tiny_face", "tests.vision:QrReader")
        told = [problem.message for problem in found.check() if problem.path == ("good",)]
        assert [("plugins" in message, "taken by tests.vision:tiny_face" in message) for message in told] == [(True, True)]


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with entry points: a good one, a broken one, one that isn't allowed, two that can't be entries."""
    info = tmp_path / "plugins-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugins\nVersion: 1.0\n")
    points = ["good = tests.vision:QrReader", "broken = nowhere.at_all:Model", "denied = tests.vision:QrReader"]
    points += ["v1.0 = tests.vision:QrReader", "whole = tests.vision"]
    (info / "entry_points.txt").write_text("[typed_registry.tests]\n" + "\n".join(points) + "\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib.invalidate_caches()
    return tmp_path


class TestEntryPoints:
    """Entry points of installed packages as entries."""

    @pytest.fixture
    def found(self, plugins: Path) -> Registry[VisionModel]:
        """A registry of what the package offers."""
        return Registry("found", VisionModel, entry_points=EntryPoints("typed_registry.tests", deny=("denied",)))

    def test_names_without_importing(self, found: Registry[VisionModel]) -> None:
        """A miss reads the names; the targets are imported when they are used."""
        assert list(found) == []
        assert found["good"].is_loaded is False
        assert (list(found), found["good"].load().__name__) == (["broken", "good", "whole"], "QrReader")
        assert "plugins" in found["good"].where.file

    def test_a_broken_one_hides_no_other(self, found: Registry[VisionModel]) -> None:
        """Its use raises its own error; the others work."""
        with pytest.raises(LoadError, match="nowhere"):
            found.build({"type": "broken"})
        assert found.build({"type": "good"}) is not None

    def test_allow_and_deny(self, found: Registry[VisionModel], plugins: Path) -> None:
        """Names that are denied, or not allowed, are no entries."""
        assert "denied" not in found
        allowed = Registry("allowed", VisionModel, entry_points=EntryPoints("typed_registry.tests", allow=("good",)))
        assert ("good" in allowed, "broken" in allowed, list(allowed)) == (True, False, ["good"])

    def test_a_group_by_name(self, plugins: Path) -> None:
        """The name of a group is enough."""
        everything = Registry("everything", VisionModel, entry_points="typed_registry.tests")
        assert "denied" in everything

    def test_check_tells_what_is_no_entry(self, found: Registry[VisionModel]) -> None:
        """A name with a dot, a target that is a whole module, and the broken one are told with the package that they are of."""
        told = {problem.path: problem.message for problem in found.check()}
        assert set(told) == {("broken",), ("v1.0",), ("whole",)}
        assert all("plugins" in told[path] for path in (("v1.0",), ("whole",)))

    def test_an_own_entry_stays(self, found: Registry[VisionModel]) -> None:
        """A name that is taken stays what it is, and check() tells."""
        found.register_lazy("good", "tests.vision:FaceDetector")
        assert found.get("miss") is None
        assert found["good"].target == "tests.vision:FaceDetector"
        assert ("good",) in {problem.path for problem in found.check()}

    def test_one_that_names_no_object(self, found: Registry[VisionModel]) -> None:
        """An entry point that is a whole module is an entry whose use tells so."""
        for _ in range(2):
            with pytest.raises(LoadError, match=r"names no object of a module.*package 'plugins'"):
                found["whole"].load()

    def test_use_in_any_order(self, found: Registry[VisionModel]) -> None:
        """load_all() raises the broken one's error; before and after it the good one works."""
        for _ in range(2):
            assert found["good"].load().__name__ == "QrReader"
            with pytest.raises(LoadError, match="nowhere"):
                found.load_all()

    def test_metadata_that_cannot_be_read(self, found: Registry[VisionModel], plugins: Path) -> None:
        """A package whose entry points aren't written as such hides no other's, and check() names it."""
        info = plugins / "garbage-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: garbage\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[typed_registry.tests]\nno equals sign\n")
        assert found["good"].load().__name__ == "QrReader"
        assert any("'garbage' can't be read" in problem.message for problem in found.check())

    def test_two_packages_with_one_name(self, found: Registry[VisionModel], plugins: Path) -> None:
        """Of two packages that offer the same name one has it, and check() tells of the other; the same target twice is no matter."""
        info = plugins / "other-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
        points = "good = tests.vision:tiny_face\nbroken = nowhere.at_all:Model\n"
        (info / "entry_points.txt").write_text("[typed_registry.tests]\n" + points)
        assert found["good"].target == "tests.vision:QrReader"
        told = {problem.path: problem.message for problem in found.check()}
        assert "package 'other' is no entry: the name is taken by tests.vision:QrReader" in told["good",]

    @pytest.mark.parametrize(
        "points",
        [
            lambda: EntryPoints("group", allow=untyped("good")),
            lambda: EntryPoints("group", deny=untyped("good")),
            lambda: EntryPoints("group", deny=untyped([3])),
            lambda: EntryPoints(""),
            lambda: EntryPoints(untyped(None)),
            lambda: new_vision(entry_points=["group"]),
            lambda: new_vision(entry_points=3),
            lambda: new_vision(entry_points=""),
            lambda: new_vision(locations="package.module"),
        ],
    )
    def test_written_wrong(self, points: Callable[[], object]) -> None:
        """One text for a collection of names, or something else for a group, is refused at once."""
        with pytest.raises(TypeError, match=r"group|takes"):
            points()

    def test_lists_will_do(self) -> None:
        """Names may be given as a list."""
        assert EntryPoints("group", allow=untyped(["good"])).allow == ("good",)

    def test_read_once_by_threads_and_tasks(self, plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many ask at the same time, the metadata is read once, and each of them finds the entry."""
        read: list[str] = []

        def note_good(registry: Registry[VisionModel], found: list[str]) -> None:
            found.append(registry["good"].name)

        def slow_entry_points(*, group: str) -> Any:
            read.append(group)
            time.sleep(0.02)
            return entry_points(group=group)

        monkeypatch.setattr(importlib.metadata, "entry_points", slow_entry_points)
        for ask_all in (together, in_tasks):
            found: list[str] = []
            ask_all(partial(note_good, new_vision(entry_points="typed_registry.tests"), found), 6)
            assert found == ["good"] * 6
        assert read == ["typed_registry.tests"] * 2

    def test_temporary(self, found: Registry[VisionModel]) -> None:
        """What is found in a temporary block is undone with it, and found again."""
        with found.temporary():
            assert found["good"].name == "good"
        assert list(found) == []
        assert found["good"].name == "good"
