"""`typed-registry schema`, run as people and CI run it: in child processes, on a project of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.projects import Project

pytest.importorskip("click")
pytest.importorskip("docstring_parser")
jsonschema: Any = pytest.importorskip("jsonschema")

PLANTS = '''
"""A registry of plants."""
from typing import Annotated, Protocol
from pydantic import BaseModel
from typed_registry import BuildSpec, Registry

print("plants are loaded")

class Plant(Protocol):
    """What grows."""
    def grow(self) -> int: ...

PLANTS: Registry[Plant] = Registry("plants", Plant)
HERBS: Registry[Plant] = Registry("herbs", Plant)
OTHERS = "none"

@PLANTS.register("tree")
class Tree:
    """A tree."""
    def __init__(self, height: int = 1) -> None: ...
    def grow(self) -> int: return 1

@HERBS.register("mint")
class Mint(Tree): ...

class Garden(BaseModel):
    """Where plants are."""
    name: str
    plant: Annotated[BuildSpec[Plant], PLANTS]
'''


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("plants.py", PLANTS)
    made.configure('registries = ["plants:PLANTS"]')
    return made


def is_taken(schema: Any, config: object) -> bool:
    jsonschema.Draft202012Validator.check_schema(schema)
    taken: bool = jsonschema.Draft202012Validator(schema).is_valid(config)
    return taken


def test_one_schema_is_printed(project: Project) -> None:
    """Without a file it goes to standard output, and nothing else does."""
    done = project.run("schema")
    assert (done.returncode, done.stderr) == (0, "plants are loaded\n")
    schema = json.loads(done.stdout)
    assert is_taken(schema, {"type": "tree", "height": 3})
    assert not is_taken(schema, {"type": "mint"})


def test_what_cannot_be_loaded_is_left_open(project: Project) -> None:
    """With `--keep-going` all else is written, each such entry is told of once, and the exit status is 1, up to date or not."""
    project.write("plants.py", PLANTS + "\nPLANTS.register_lazy('moss', 'no_moss:Moss')\n")
    assert project.run("schema", "-o", "plants.json").returncode == 2
    assert not (project.root / "plants.json").exists()
    done = project.run("schema", "-r", "plants:PLANTS", "-m", "plants:Garden", "-o", "made/", "--keep-going")
    assert done.returncode == 1
    assert [line.partition(":")[2][:45] for line in done.stderr.splitlines() if "Error" in line] == [
        " 'moss' of registry 'plants' can't be loaded "
    ]
    for name, config in (("PLANTS", {"type": "moss", "any": 1}), ("Garden", {"name": "", "plant": {"type": "moss", "any": 1}})):
        assert is_taken(project.read(f"made/plants.{name}.schema.json"), config)
    assert not is_taken(project.read("made/plants.PLANTS.schema.json"), {"type": "tree", "any": 1})
    again = project.run("schema", "-r", "plants:PLANTS", "-o", "made/plants.PLANTS.schema.json", "--check", "--keep-going")
    assert (again.returncode, again.stdout) == (1, "")


def test_a_file(project: Project) -> None:
    """It is written with its folder, once; a second run leaves it alone."""
    done = project.run("schema", "-o", "made/plants.json")
    assert (done.returncode, done.stdout) == (0, "made/plants.json: written\n")
    assert is_taken(project.read("made/plants.json"), {"type": "tree"})
    before = (project.root / "made/plants.json").stat()
    again = project.run("schema", "-o", "made/plants.json")
    assert (again.returncode, again.stdout) == (0, "made/plants.json: unchanged\n")
    assert (project.root / "made/plants.json").stat().st_mtime_ns == before.st_mtime_ns
    assert os.listdir(project.root / "made") == ["plants.json"]


def test_a_folder_for_several(project: Project) -> None:
    """Registries and models each get a file, named by their targets."""
    done = project.run("schema", "-r", "plants:PLANTS", "-r", "plants:HERBS", "-m", "plants:Garden", "-o", "schemas")
    assert done.returncode == 0
    names = sorted(os.listdir(project.root / "schemas"))
    assert names == ["plants.Garden.schema.json", "plants.HERBS.schema.json", "plants.PLANTS.schema.json"]
    garden = project.read("schemas/plants.Garden.schema.json")
    assert is_taken(garden, {"name": "x", "plant": {"type": "tree"}})
    assert not is_taken(garden, {"name": "x", "plant": {"type": "mint"}})
    one = project.run("schema", "-r", "plants:HERBS", "-o", "more/")
    assert one.returncode == 0
    assert os.listdir(project.root / "more") == ["plants.HERBS.schema.json"]


def test_check_shows_what_would_change(project: Project) -> None:
    """It ends with 1 on drift, shows a diff, and writes nothing."""
    assert project.run("schema", "-o", "plants.json", "--check").returncode == 1
    assert not (project.root / "plants.json").exists()
    project.run("schema", "-o", "plants.json")
    assert project.run("schema", "-o", "plants.json", "--check").returncode == 0
    project.write("plants.py", PLANTS.replace("height: int", "heights: int"))
    done = project.run("schema", "-o", "plants.json", "--check")
    assert done.returncode == 1
    assert '\n-        "height": {\n+        "heights": {\n' in done.stdout
    assert done.stderr.endswith("1 of 1 files would change: run typed-registry schema\n")
    assert "height" in project.read("plants.json")["$defs"]["plants.tree"]["properties"]


def test_the_project_says_where_schemas_are(project: Project) -> None:
    """With a table in pyproject.toml, all its schemas are written and checked without an argument."""
    project.configure("""
        [tool.typed-registry.schemas]
        "plants:PLANTS" = "schemas/plants.json"
        "plants:Garden" = "garden.json"
    """)
    assert project.run("schema", "--check").returncode == 1
    done = project.run("schema")
    assert done.returncode == 0
    assert (project.read("schemas/plants.json")["title"], project.read("garden.json")["title"]) == ("plants", "Garden")
    assert project.run("schema", "--check").returncode == 0
    (project.root / "garden.json").write_text("{}")
    done = project.run("schema", "--check")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "1 of 2 files would change: run typed-registry schema")


def test_editors_find_what_the_file_names(project: Project) -> None:
    """A config that names its schema is right for `check`, too."""
    project.run("schema", "-o", "plants.json")
    project.write("tree.json", '{"$schema": "./plants.json", "type": "tree"}')
    assert is_taken(project.read("plants.json"), project.read("tree.json"))
    assert project.run("check", "-r", "plants:PLANTS", "tree.json").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--check",), "--check needs a file to look at"),
        (("-r", "plants:PLANTS", "-r", "plants:HERBS"), "2 schemas: give -o DIR"),
        (("-r", "plants:PLANTS", "-m", "plants:Garden", "-o", "plants.py"), "plants.py is a file, and there are 2 schemas"),
        (("-r", "plants:HERB"), "plants has no 'HERB'; did you mean 'HERBS'?"),
        (("-r", "plant:PLANTS"), "did you mean 'plants'?"),
        (("-r", "plants:OTHERS"), "plants:OTHERS is no registry, but of type str"),
        (("-m", "plants:PLANTS"), "plants:PLANTS is no pydantic model, but a Registry"),
        (("-o", "plants.py/x.json"), "plants.py/x.json can't be"),
    ],
)
def test_what_could_not_run(project: Project, arguments: tuple[str, ...], message: str) -> None:
    """One clear line, exit status 2, and nothing is written."""
    before = sorted(project.root.iterdir())
    done = project.run("schema", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert [path for path in sorted(project.root.iterdir()) if path.name != "__pycache__"] == before


def test_nothing_is_named(project: Project) -> None:
    """A project without registries is told how to name one."""
    project.configure("")
    done = project.run("schema")
    assert done.returncode == 2
    assert "no registry is named: give --registry or --model" in done.stderr


def test_entries_that_cannot_be_loaded(project: Project) -> None:
    """All of them are told of at once, with their reasons; the file stays as it was."""
    project.run("schema", "-o", "plants.json")
    before = project.read("plants.json")
    rose, lily = 'PLANTS.register_lazy("rose", "roses:Rose")', 'PLANTS.register_lazy("lily", "plants:Lily", requires="no_lilies")'
    project.write("plants.py", f"{PLANTS}\n{rose}\n{lily}\n")
    done = project.run("schema", "-o", "plants.json")
    assert done.returncode == 2
    assert "the schema of plants:PLANTS can't be made:" in done.stderr
    assert "'rose' of registry 'plants' can't be loaded from roses:Rose" in done.stderr
    assert "no_lilies is not installed" in done.stderr
    assert project.read("plants.json") == before


def test_a_wrong_table(project: Project) -> None:
    """What pyproject.toml says is checked."""
    project.configure('schemas = "schemas"')
    done = project.run("schema")
    assert done.returncode == 2
    assert 'schemas maps targets to files, such as {"pkg.mod:NAME" = "schemas/name.json"}' in done.stderr
