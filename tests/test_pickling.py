"""Pickling: registries go by their place, specs as registry and config, entries as registry and name."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import sys
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.modules import Modules
from tests.vision import BRANCH, VISION, FaceDetector, QrReader, VisionModel, new_vision, tiny_face, untyped
from typed_registry import BuildSpec, Registry
from typed_registry.errors import UnknownEntryError

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
LOCAL: Registry[VisionModel] = Registry("local", VisionModel)
LOCAL.register("tiny")(tiny_face)


def build_in_child(spec: BuildSpec[VisionModel]) -> list[str]:
    """What a spec's component finds, for another process."""
    return spec.build().detect("child")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_registry(protocol: int) -> None:
    """A registry at the top of its module is found there again, by any protocol and by a copy."""
    assert pickle.loads(pickle.dumps(VISION, protocol)) is VISION
    assert pickle.loads(pickle.dumps([BRANCH, LOCAL], protocol)) == [BRANCH, LOCAL]


def test_registry_is_small() -> None:
    """Its place is all that is pickled, not its entries."""
    data = pickle.dumps(VISION)
    assert (len(data) < 150, b"tests.vision" in data, b"FaceDetector" in data) == (True, True, False)


def test_registry_without_a_place(vision: Registry[VisionModel]) -> None:
    """A registry that its module doesn't hold can't be pickled, and the remedy is told."""
    with pytest.raises(pickle.PicklingError, match=r"registry 'vision' is no attribute of module 'tests.vision'.*assign it to a name"):
        pickle.dumps(vision)


def test_registry_by_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found by identity, under whatever name it has when it is pickled; a name that means another isn't used."""
    moved = new_vision()
    monkeypatch.setattr("tests.vision.MOVED", moved, raising=False)
    assert pickle.loads(pickle.dumps(moved)) is moved
    monkeypatch.setattr("tests.vision.MOVED", new_vision())
    with pytest.raises(pickle.PicklingError):
        pickle.dumps(moved)


def test_registry_of_a_forgotten_module(modules: Modules) -> None:
    """Nor can one whose module is gone."""
    module = modules.load("zoo_gone", "from tests.vision import *\nfrom typed_registry import Registry\nZOO = Registry('zoo', VisionModel)")
    made = module.ZOO
    assert pickle.loads(pickle.dumps(made)) is made
    del sys.modules["zoo_gone"]
    with pytest.raises(pickle.PicklingError, match="zoo_gone"):
        pickle.dumps(made)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_entries(protocol: int) -> None:
    """An entry is found in its registry, by its own name."""
    assert pickle.loads(pickle.dumps(VISION["faces"], protocol)) is VISION["face"]
    assert pickle.loads(pickle.dumps(BRANCH["qr"], protocol)) is VISION["qr"]


def test_entry_in_another_scope() -> None:
    """What it was pickled from is what comes back, whatever scope is in use then."""
    data = pickle.dumps([VISION["face"], BRANCH["face"]])
    with VISION.using("branch"):
        assert pickle.loads(data) == [dict(VISION.items())["face"], dict(BRANCH.items())["face"]]


def test_entry_that_is_gone() -> None:
    """An entry that was taken out meanwhile is unknown."""
    with VISION.temporary():
        VISION.register("short")(QrReader)
        data = pickle.dumps(VISION["short"])
        copied = copy.deepcopy(VISION["short"])
        assert copied is VISION["short"]
    with pytest.raises(UnknownEntryError):
        pickle.loads(data)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_specs(protocol: int) -> None:
    """A spec comes back equal and builds the same, nested ones too."""
    specs = [
        VISION.spec(FaceDetector, scale=2.0),
        VISION.parse({"type": "faces", "scale": 3}),
        VISION.parse({"type": "ensemble", "models": [{"type": "qr"}, {"type": "face", "scale": 2}, VISION.spec(QrReader)]}),
        VISION.parse({"type": "branch.face"}),
        BRANCH.parse({"type": "qr"}),
    ]
    again = pickle.loads(pickle.dumps(specs, protocol))
    assert (again, [spec.to_config() for spec in again]) == (specs, [spec.to_config() for spec in specs])
    assert [spec.build().detect("x") for spec in again] == [spec.build().detect("x") for spec in specs]


def test_specs_are_immutable_values() -> None:
    """A copy of a spec is the spec, alone and inside other things."""
    spec = VISION.spec(FaceDetector, scale=2.0)
    assert (copy.copy(spec) is spec, copy.deepcopy({"a": [spec]})["a"][0] is spec) == (True, True)


def test_spec_without_a_place(vision: Registry[VisionModel]) -> None:
    """A spec of a registry that can't be pickled can't either."""
    vision.register("face")(FaceDetector)
    with pytest.raises(pickle.PicklingError, match="assign it to a name at the top of the module"):
        pickle.dumps(vision.parse({"type": "face"}))


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_other_process(method: str) -> None:
    """A spec is built in another process, of any kind."""
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(reason=f"{method} is not to be had here")
    spec = VISION.parse({"type": "ensemble", "models": [{"type": "qr"}, {"type": "branch.face"}]})
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        assert pool.submit(build_in_child, spec).result(timeout=60) == ["qr in child", "face in child"]


def test_from_another_process(modules: Modules) -> None:
    """What a new interpreter pickled from a module is found here in the same module, and the module is imported for it."""
    modules.write(
        "zoo_pickled",
        """
        from tests.vision import FaceDetector, VisionModel
        from typed_registry import Registry
        ZOO: Registry[VisionModel] = Registry("zoo", VisionModel)
        ZOO.register("face")(FaceDetector)
        """,
    )
    source = "import pickle, zoo_pickled as z; print(pickle.dumps([z.ZOO, z.ZOO['face'], z.ZOO.spec(z.FaceDetector, scale=2.0)]).hex())"
    registry, entry, spec = pickle.loads(bytes.fromhex(modules.run("-c", source)))
    zoo = modules.load("zoo_pickled").ZOO
    assert (registry is zoo, entry is zoo["face"], spec == zoo.parse({"type": "face", "scale": 2.0})) == (True, True, True)
    assert untyped(spec.build()).scale == 2.0


def test_main_module(modules: Modules) -> None:
    """A registry of a script is found in __main__, as the script's classes are."""
    path = modules.write(
        "zoo_script",
        """
        import pickle
        from tests.vision import QrReader, VisionModel
        from typed_registry import Registry
        ZOO: Registry[VisionModel] = Registry("zoo", VisionModel)
        ZOO.register(QrReader)
        data = pickle.dumps([ZOO, ZOO["QrReader"], ZOO.spec(QrReader)])
        print(b"__main__" in data, pickle.loads(data) == [ZOO, ZOO["QrReader"], ZOO.spec(QrReader)])
        """,
    )
    assert modules.run(str(path)) == "True True\n"
