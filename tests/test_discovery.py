"""Locations and entry points: loaded on the first miss, never by listing; what fails is told, taken back and tried again."""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from pathlib import Path

import pytest

from tests.modules import Modules
from tests.vision import VisionModel
from typed_registry import Registry
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
        threads = [threading.Thread(target=lambda: found.append(place["one"].name)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        async def look() -> list[str]:
            return await asyncio.gather(*(asyncio.to_thread(lambda: place["two"].name) for _ in range(8)))

        assert (found, asyncio.run(look())) == (["one"] * 8, ["two"] * 8)
        assert modules.load("counted").IMPORTS == ["one"]


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
        assert (list(found), found["good"].load().__name__) == (["broken", "good"], "QrReader")
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
