"""Manifests: what is in them, and that configs are checked by them as by the code, which isn't imported."""

from __future__ import annotations

import gc
import json
import re
import shutil
from collections.abc import Callable, Sequence
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from tests.components import PARTS
from tests.projects import Done, Project
from typed_registry import BuildSpec, Registry
from typed_registry._building import Builder
from typed_registry.errors import ConfigError

pytest.importorskip("click")
pytest.importorskip("docstring_parser")
pytest.importorskip("yaml")

from typed_registry.manifest import Manifest, manifest_of, manifest_text  # it needs docstring_parser

WRONG = Path(__file__).parent / "wrong_configs"
HEAVY = '''
"""What takes long to import."""
from __future__ import annotations
from typing import Annotated, Literal, Protocol
from pydantic import Field
import heavy_library
from typed_registry import Registry

class Model(Protocol):
    """What predicts."""
    def predict(self) -> float: ...

MODELS: Registry[Model] = Registry("models", Model)

@MODELS.register("net", aliases=("network",), tags=("large",), deprecated="use 'tree'")
class Net:
    """A net.

    Args:
        depth: How deep.
    """
    def __init__(
        self, depth: Annotated[int, Field(ge=1)], *, mode: Literal["fast", "slow"] = "fast", inner: Model | None = None
    ) -> None: ...
    def predict(self) -> float: return 0.0

@MODELS.register("forest")
class Forest(Net):
    def __init__(self, trees: list[Model], **more: object) -> None: ...
'''
CONFIG = """
type: forest
trees:
  - type: net
    depth: deep
    mood: fast
  - type: nett
  - {type: network, depth: 0, inner: 3}
  - net
"""


@pytest.fixture
def heavy(tmp_path: Path) -> Project:
    """A project whose library is there at first."""
    project = Project(tmp_path)
    project.write("heavy_library.py", "")
    project.write("heavy.py", HEAVY)
    project.configure("""
        registries = ["heavy:MODELS"]
        [tool.typed-registry.configs]
        "configs/*.yaml" = "heavy:MODELS"
        "others/*.yaml" = "heavy:OTHERS"
    """)
    project.write("configs/forest.yaml", CONFIG)
    return project


def take_away(project: Project) -> None:
    """Let every import of the project fail from now on."""
    project.write("heavy_library.py", "raise ImportError('there is no GPU here')")
    project.write("heavy.py", "raise SystemExit('imported')")


def lines(done: Done) -> list[str]:
    return [line for line in done.stdout.splitlines() if ": TR" in line]


def test_what_is_in_it(heavy: Project) -> None:
    """Names, aliases, targets, signatures, docs and schemas of the configured registries."""
    assert heavy.run("manifest", "-o", "registry.json").returncode == 0
    manifest = heavy.read("registry.json")
    registry = manifest["registries"][manifest["targets"]["heavy:MODELS"]]
    assert (registry["name"], [entry["name"] for entry in registry["entries"]]) == ("models", ["net", "forest"])
    net = registry["entries"][0]
    assert {key: net[key] for key in ("aliases", "tags", "target", "doc", "deprecated")} == {
        "aliases": ["network"],
        "tags": ["large"],
        "target": "heavy:Net",
        "doc": "A net.",
        "deprecated": "use 'tree'",
    }
    depth, mode, inner = net["parameters"]
    assert depth == {
        "name": "depth",
        "type": "int",
        "required": True,
        "default": None,
        "constraint": ">= 1",
        "doc": "How deep.",
        "takes": [],
    }
    assert (mode["type"], mode["default"], inner["takes"]) == ("Literal['fast', 'slow']", "'fast'", ["a config of registry 'models'"])
    assert manifest["schemas"]["heavy:MODELS"]["title"] == "models"


def test_configs_are_checked_without_the_code(heavy: Project) -> None:
    """What is found is the same to the letter, and nothing of the project is imported."""
    heavy.run("manifest", "-o", "registry.json")
    expected = heavy.run("check", "configs/forest.yaml")
    assert len(lines(expected)) == 6
    take_away(heavy)
    assert heavy.run("check", "configs/forest.yaml").returncode == 2
    done = heavy.run("check", "--manifest", "registry.json", "configs/forest.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (1, expected.stdout, "")
    heavy.write("configs/forest.yaml", "type: forest\ntrees: [{type: net, depth: 3}]\nmore: 1\n")
    right = heavy.run("check", "--manifest", "registry.json")
    assert (right.returncode, right.stderr) == (0, "")
    for form in ("json", "github", "sarif"):
        assert heavy.run("check", "--manifest", "registry.json", "--format", form, "--jobs", "2", "configs").returncode == 0


def test_drift_is_found(heavy: Project) -> None:
    """`--check` ends with 1 and a diff when the code has changed, and writes nothing."""
    assert heavy.run("manifest", "-o", "registry.json", "--check").returncode == 1
    heavy.run("manifest", "-o", "registry.json")
    before = heavy.read("registry.json")
    assert heavy.run("manifest", "-o", "registry.json", "--check").returncode == 0
    heavy.write("heavy.py", HEAVY.replace("depth: Annotated", "deep: Annotated"))
    done = heavy.run("manifest", "-o", "registry.json", "--check")
    assert done.returncode == 1
    assert '"deep"' in done.stdout
    assert heavy.read("registry.json") == before


def test_it_is_printed_too(heavy: Project) -> None:
    """Without a file it goes to standard output, the same each time: also of defaults whose text holds an address or an order of hashes."""
    odd = "self, trees: list[Model], odd: object = object(), some: object = frozenset({'a', 'b', 'c', 'd'}), **more: object"
    heavy.write("heavy.py", HEAVY.replace("self, trees: list[Model], **more: object", odd))
    done = heavy.run("manifest")
    assert done.returncode == 0
    assert json.loads(done.stdout)["version"] == 1
    assert heavy.run("manifest").stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "--manifest", "registri.json", "configs"), "there is no file registri.json; did you mean 'registry.json'?"),
        (("check", "--manifest", "heavy.py", "configs"), "heavy.py: it is no manifest"),
        (
            ("check", "--manifest", "old.json", "configs"),
            "old.json: it is of version 0, not 1; write it again with typed-registry manifest",
        ),
        (("check", "--manifest", "broken.json", "configs"), "broken.json: it can't be used here; write it again"),
        (("check", "--manifest", "misled.json", "configs"), "misled.json: it can't be used here; write it again"),
        (
            ("check", "--manifest", "registry.json", "-r", "heavy:MODEL", "configs"),
            "doesn't tell of heavy:MODEL; did you mean 'heavy:MODELS'?",
        ),
        (("check", "--manifest", "registry.json", "others"), "registry.json: it doesn't tell of heavy:OTHERS"),
        (("check", "--manifest", "registry.json", "-m", "heavy:Model", "configs"), "--model and --manifest can't be given both"),
        (("manifest", "--check"), "--check needs the file to look at: give -o FILE"),
        (("manifest", "-r", "broken:MODELS"), "the manifest can't be made: 'gone' of registry 'models' can't be loaded"),
    ],
)
def test_what_could_not_run(heavy: Project, arguments: tuple[str, ...], message: str) -> None:
    """One clear error, and exit status 2."""
    heavy.run("manifest", "-o", "registry.json")
    manifest = heavy.read("registry.json")
    heavy.write("old.json", json.dumps({**manifest, "version": 0}))
    heavy.write("broken.json", json.dumps({**manifest, "registries": 3}))
    heavy.write("misled.json", json.dumps({**manifest, "targets": {"heavy:MODELS": 7}}))
    heavy.write("others/one.yaml", "type: net\ndepth: 1\n")
    heavy.write("broken.py", "from heavy import *\nMODELS.register_lazy('gone', 'gone:Gone')\n")
    done = heavy.run(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_what_cannot_be_loaded_is_not_checked(heavy: Project) -> None:
    """With `--keep-going` the names of such entries are written; their arguments are doubted, and all else is checked."""
    heavy.write("heavy.py", HEAVY + "\nMODELS.register_lazy('gone', 'gone:Gone')\n")
    done = heavy.run("manifest", "-o", "registry.json", "--keep-going")
    assert (done.returncode, done.stderr.count("'gone' of registry 'models' can't be loaded")) == (1, 1)
    take_away(heavy)
    heavy.write("configs/forest.yaml", "type: forest\ntrees:\n- {type: gone, size: [1]}\n- {type: gune}\n")
    wrong = heavy.run("check", "--manifest", "registry.json")
    assert (wrong.returncode, [line.partition(" ")[2].partition(":")[0] for line in lines(wrong)]) == (
        1,
        ["TR290 warning", "TR201 unknown name 'gune' in 'models'; did you mean 'gone'?"],
    )
    heavy.write("configs/forest.yaml", "type: forest\ntrees:\n- {type: gone, size: [1]}\n")
    doubted = heavy.run("check", "--manifest", "registry.json")
    assert doubted.returncode == 0
    doubt = "the arguments of 'gone' aren't checked: it couldn't be loaded when the manifest was written"
    assert lines(doubted) == [f"configs/forest.yaml:3:4: TR290 warning: {doubt}"]
    assert heavy.run("check", "--manifest", "registry.json", "--strict").returncode == 1


def test_a_lone_registry_needs_no_mapping(heavy: Project) -> None:
    """Where the project maps no files, those given are of the one registry that the manifest tells of."""
    heavy.run("manifest", "-o", "registry.json")
    heavy.configure("")
    take_away(heavy)
    done = heavy.run("check", "--manifest", "registry.json", "configs/forest.yaml")
    assert (done.returncode, len(lines(done))) == (1, 6)


def test_wrong_configs_of_every_kind(tmp_path: Path) -> None:
    """Of the wrong configs that `check` is tested with, each gets the very same output by a manifest."""
    project = Project(tmp_path)
    shutil.copytree(WRONG / "steps", tmp_path / "steps")
    shutil.copy(WRONG / "pyproject.toml", tmp_path)
    code = (WRONG / "imaging.py").read_text(encoding="utf-8")
    project.write("imaging.py", re.sub(r"^STEPS.register_lazy.*$", "", code, flags=re.MULTILINE))
    assert project.run("manifest", "-o", "registry.json").returncode == 0
    expected = project.run("check", "steps")
    project.write("imaging.py", "raise SystemExit")
    done = project.run("check", "--manifest", "registry.json", "steps")
    assert len(lines(expected)) > 80
    assert lines(done) == lines(expected)
    assert (done.returncode, done.stdout, done.stderr) == (expected.returncode, expected.stdout, expected.stderr)


def test_a_builder_keeps_its_manifest() -> None:
    """Other registries, which slots only refer to, stay as long as it does."""
    parts: Registry[Solid] = Registry("parts", Solid)
    holders: Registry[Shape] = Registry("holders", Shape)

    @holders.register("holder")
    class Holder(Square):
        def __init__(self, part: Annotated[Solid, parts]) -> None: ...

    parts.register("cube")(Cube)
    builder = Manifest(manifest_text(manifest_of({"holders": holders}))).builder("holders")
    gc.collect()
    builder.validate({"type": "holder", "part": {"type": "cube"}})


class Shape(Protocol):
    def area(self) -> float: ...


class Solid(Shape, Protocol):
    def volume(self) -> float: ...


class Square:
    def __init__(self, side: float = 1.0) -> None: ...

    def area(self) -> float:
        return 1.0


class Cube(Square):
    def volume(self) -> float:
        return 1.0


class Level(IntEnum):
    LOW = 2


class Colour(Enum):
    RED = "red"


class Sizes(RootModel[list[int]]):
    pass


class Values(BaseModel):
    model_config = ConfigDict(str_max_length=3)
    level: Level
    colour: Literal[Colour.RED, "blue"]
    numbers: Sequence[int]
    sizes: Sizes
    short: str


class Box(BaseModel):
    part: Annotated[BuildSpec[Any], PARTS]
    size: Annotated[int, Field(gt=0)]


def test_what_only_objects_can_tell_is_kept() -> None:
    """Narrower slots, specs in models, specs written by hand, scopes, and callables that wait: all told in the same words."""
    shapes: Registry[Shape] = Registry("shapes", Shape, scope="plain")
    more: Registry[Shape] = Registry("more shapes", Shape, parent=shapes, scope="more", strict=True)
    shapes.register("square")(Square)
    shapes.register("cube")(Cube)

    class CircleSpec(BuildSpec[Any]):
        type: Literal["circle"] = "circle"
        radius: Annotated[float, Field(le=9)] = 1.0
        inner: tuple[Shape, ...] = ()

    @shapes.register(spec=CircleSpec)
    class Circle(Cube):
        def __init__(self, inner: tuple[Shape, ...], radius: float, colour: str = "red") -> None: ...

    @shapes.register("stand")
    class Stand(Cube):
        def __init__(
            self, solid: Annotated[Solid, shapes] | None = None, box: Box | None = None, make: Any = None, values: Values | None = None
        ) -> None: ...

    Stand.__init__.__annotations__["make"] = Callable[[float], Shape] | None
    more.register("stand")(Stand)
    more.register("cube")(Cube)
    manifest = Manifest(manifest_text(manifest_of({"shapes": shapes, "more": more})))
    configs: list[object] = [
        {"type": "stand", "solid": {"type": "square"}},
        {"type": "stand", "solid": {"type": "cube"}},
        {"type": "stand", "solid": 3},
        {"type": "stand", "solid": "cube"},
        {"type": "stand", "box": {"part": {"type": "leef"}, "size": 1}},
        {"type": "stand", "box": {"part": 3, "size": 0}},
        {"type": "stand", "box": 3},
        {"type": "stand", "make": {"type": "square"}},
        {"type": "stand", "make": {"type": "square", "side": 3}},
        {"type": "stand", "make": {"type": "more.cube"}},
        {"type": "stand", "make": {"type": "circle"}},
        {"type": "stand", "make": "square"},
        {"type": "circle", "radius": 10, "inner": [{"type": "square", "side": "wide"}], "color": "red"},
        {"type": "circle", "colour": "red"},
        {"type": "stand", "values": {"level": "2", "colour": "green", "numbers": "12", "sizes": ["1"], "short": "long"}},
        {"type": "stand", "values": {"level": "4", "colour": "red", "numbers": [1], "sizes": ["x"], "short": "x"}},
        {"type": "more.stand", "values": {"level": "2", "colour": "red", "numbers": ["1"], "sizes": ["1"], "short": "long"}},
        {"type": "more.cube", "side": "3"},
        {"type": "plain.square", "side": "3"},
        {"type": ["cube"]},
        {"type": "cubes"},
        {},
        None,
    ]
    for target, registry in (("shapes", shapes), ("more", more)):
        for config in configs:
            told: list[list[str]] = []
            for builder in (Builder[Any](registry.__registry_node__), manifest.builder(target)):
                try:
                    builder.validate(config)
                    told.append([])
                except ConfigError as error:
                    told.append([str(problem) for problem in error.problems])
            assert told[0] == told[1], config
