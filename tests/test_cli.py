"""The command line, but for `check`: run in this process for the bulk, and as the installed command in child processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytest.importorskip("click")
pytest.importorskip("docstring_parser")
pytest.importorskip("yaml")

from tests.modules import REPOSITORY, Modules
from typed_registry import Registry
from typed_registry.cli._app import run
from typed_registry.cli._project import CliError, find_project

ZOO = '''
    """What there is to be looked at."""

    from __future__ import annotations

    import enum
    from collections.abc import Callable
    from dataclasses import dataclass, field
    from typing import Annotated, Any, Literal, Protocol

    from pydantic import Field

    from typed_registry import BuildSpec, Match, Registry


    class Layer(Protocol):
        """What changes a number."""

        def forward(self, value: float) -> float: ...


    class Mode(enum.Enum):
        FAST = "fast"
        SLOW = "slow"


    LAYERS: Registry[Layer] = Registry("layers", Layer)
    MINE: Registry[Layer] = Registry("my layers", Layer, parent=LAYERS, scope="mine")


    class Base:
        def forward(self, value: float) -> float:
            return value


    @LAYERS.register("linear", aliases=("fc",), tags=("trainable", "small"))
    class Linear(Base):
        """A factor.

        Two paragraphs tell of it.

        Args:
            factor: What it multiplies by;
                it may be negative.
            bias: What it adds.
            mode: How.
        """

        def __init__(self, factor: Annotated[float, Field(gt=-5, le=5)], *, bias: float | None = None, mode: Mode = Mode.FAST) -> None: ...


    @LAYERS.register("chain", tags=("small",))
    def chain(parts: list[Layer], names: dict[str, Annotated[int, Field(ge=1)]] = {"<a>": 1}, flag: bool = False) -> Linear:
        """Several layers.

        Parameters
        ----------
        parts : list of Layer
            The layers.
        names, flag : dict
            Told of together.
        """
        return Linear(1.0)


    @LAYERS.register("wrap", deprecated="use 'chain'")
    class Wrap(Base):
        """Wraps one.

        :param inner: What is inside.
        :param make: Makes more of them.
        """

        def __init__(self, inner: Layer, make: Callable[[float], Layer] | None = None, **more: int) -> None: ...


    @LAYERS.register("data")
    @dataclass
    class Data(Base):
        size: Annotated[int, Field(description="How large.", multiple_of=2)] = 2
        items: list[str] = field(default_factory=list)
        hook: Callable[..., Any] = print


    class WrittenSpec(BuildSpec["Written"]):
        """One more.

        Args:
            by: The step.
        """

        type: Literal["written"] = "written"
        by: Annotated[float, Field(ge=0)] = 1.5


    @LAYERS.register(spec=WrittenSpec)
    class Written(Base):
        def __init__(self, by: float, sign: int = 1) -> None: ...


    LAYERS.register_value("identity", Base())
    LAYERS.register_lazy("later", "zoo_more:Later", match=Match(model_types={"later"}))
    LAYERS.register_lazy("gone", "zoo_more:Gone")
    LAYERS.register_lazy("packed", "zoo_more:Later", requires=("no_such_package", "json"), extra="zoo[packed]")


    @MINE.register("linear")
    class MyLinear(Base):
        pass
'''
MORE = '''
    print("imported: zoo_more")


    class Later:
        """Comes later."""

        def __init__(self, size: int = 3) -> None: ...

        def forward(self, value: float) -> float:
            return value
'''
PROJECT = """
    [tool.typed-registry]
    registries = ["zoo:LAYERS"]

    [tool.typed-registry.configs]
    "configs/*.yaml" = "zoo:LAYERS"
    "deep/**/*.json" = "zoo:MINE"
    "models/*.yaml" = "zoo:Layer"
"""
CONFIG = """
    type: chain
    parts:
      - type: fc
        factor: 2
      - {type: wrap, inner: {type: mine.linear}, make: {type: linear, bias: 1}}
"""


class Done(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Done]


@pytest.fixture
def zoo(modules: Modules, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with registries, a pyproject.toml and a config, which is the current one."""
    modules.write("zoo", ZOO)
    modules.write("zoo_more", MORE)
    write(modules.folder / "pyproject.toml", PROJECT)
    write(modules.folder / "configs" / "chain.yaml", CONFIG)
    monkeypatch.chdir(modules.folder)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return modules.folder


@pytest.fixture
def cli(zoo: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process, in the folder of the zoo."""

    def call(*arguments: str) -> Done:
        status = run(arguments)
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return call


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = text.strip("\n").splitlines()
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    path.write_text("\n".join(line[margin:] for line in lines) + "\n")
    return path


def child(*arguments: str, cwd: Path, module: bool = False, code: str | None = None, **environment: str) -> Done:
    """Runs the installed command, `python -m typed_registry`, or some code that runs it, in a child process."""
    command = [str(Path(sys.executable).with_name("typed-registry"))]
    if module:
        command = [sys.executable, "-m", "typed_registry"]
    elif code is not None:
        command = [sys.executable, "-c", code]
    path = os.pathsep.join(filter(None, (str(REPOSITORY), os.environ.get("PYTHONPATH", ""))))
    env = {**os.environ, "PYTHONPATH": path, **environment}
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, cwd=cwd, env=env, timeout=120, check=False)
    return Done(done.returncode, done.stdout, done.stderr)


# --- list ---


def test_list_tells_names_states_and_docs(cli: Run) -> None:
    """A plain table with what is known of each entry; nothing was loaded for it."""
    done = cli("list")
    assert done.status == 0
    lines = [re.split(r"  +", line) for line in done.out.splitlines()]
    assert lines[0] == ["zoo:LAYERS: 9 entries"]
    assert lines[1] == ["NAME", "ALIASES", "STATE", "TAGS", "TARGET", "DOC"]
    assert lines[2] == ["linear", "fc", "loaded", "small, trainable", "zoo:Linear", "A factor."]
    assert ["later", "lazy", "zoo_more:Later"] in lines
    assert ["packed", "broken: no_such_package is not installed", "zoo_more:Later"] in lines
    assert [line[:1] for line in lines if "broken" in " ".join(line)] == [["gone"], ["packed"]]
    assert "zoo_more" not in sys.modules


def test_list_as_json(cli: Run) -> None:
    """One registry is a mapping with its target and its entries."""
    data = cli("list", "--json").data
    assert (data["registry"], data["name"], data["inherited"]) == ("zoo:LAYERS", "layers", [])
    assert [each["name"] for each in data["entries"]] == [
        "linear",
        "chain",
        "wrap",
        "data",
        "written",
        "identity",
        "later",
        "gone",
        "packed",
    ]
    first, wrap, gone = data["entries"][0], data["entries"][2], data["entries"][7]
    assert {key: first[key] for key in ("aliases", "tags", "target", "doc", "state", "problem")} == {
        "aliases": ["fc"],
        "tags": ["small", "trainable"],
        "target": "zoo:Linear",
        "doc": "A factor.",
        "state": "loaded",
        "problem": None,
    }
    assert first["where"]["file"].endswith("zoo.py")
    assert wrap["deprecated"] == "use 'chain'"
    assert (gone["state"], "has no 'Gone'" in gone["problem"]) == ("broken", True)


def test_list_tells_own_and_inherited_apart(cli: Run) -> None:
    """What comes from above is told of with its registry, but for what is hidden by an own entry."""
    data = cli("list", "-r", "zoo:MINE", "--json").data
    assert [each["name"] for each in data["entries"]] == ["linear"]
    assert [each["registry"] for each in data["inherited"]] == ["layers"]
    assert [each["name"] for each in data["inherited"][0]["entries"]][:2] == ["chain", "wrap"]
    assert "1 entry, 8 inherited" in cli("list", "-r", "zoo:MINE").out


def test_list_of_several_registries(cli: Run) -> None:
    """Several are a list."""
    data = cli("list", "-r", "zoo:LAYERS", "-r", "zoo:MINE", "--json").data
    assert [each["registry"] for each in data] == ["zoo:LAYERS", "zoo:MINE"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["f*"], ["linear"]),
        (["?hain"], ["chain"]),
        (["--tag", "small"], ["linear", "chain"]),
        (["--tag", "small", "--tag", "trainable"], ["linear"]),
        (["L*"], []),
    ],
)
def test_list_chooses(cli: Run, arguments: list[str], names: list[str]) -> None:
    """A glob is held against names and aliases; of several tags all are asked for."""
    assert [each["name"] for each in cli("list", "--json", *arguments).data["entries"]] == names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["liner"], "no entry is like 'liner'; did you mean 'linear'?\n"),
        (["--tag", "smal"], "no entry has the tag 'smal'; did you mean 'small'?\n"),
    ],
)
def test_list_of_nothing_says_why(cli: Run, arguments: list[str], told: str) -> None:
    """An empty list is no error, but it is told of, beside the output."""
    assert cli("list", *arguments) == Done(0, "zoo:LAYERS: 0 entries\n", told)


def test_list_loads_nothing(zoo: Path) -> None:
    """In a fresh process, listing light classes loads neither their lazy targets nor pydantic nor rich."""
    write(
        zoo / "light.py",
        """
        from typing import Protocol
        from typed_registry import Registry
        class Greeter(Protocol):
            def greet(self) -> str: ...
        GREETERS: Registry[Greeter] = Registry("greeters", Greeter)
        @GREETERS.register
        class Hello:
            def greet(self) -> str:
                return "hello"
        GREETERS.register_lazy("later", "zoo_more:Later")
        """,
    )
    code = (
        "import sys; sys.argv[1:] = ['list', '-r', 'light:GREETERS', '--json']; from typed_registry.cli import main; main();"
        "print([name for name in ('zoo_more', 'pydantic', 'pydantic_core', 'rich', 'yaml', 'docstring_parser') if name in sys.modules])"
    )
    done = child(cwd=zoo, code=code)
    assert (done.out.splitlines()[-1], done.err) == ("[]", "")
    assert [each["name"] for each in json.loads(done.out.rpartition("[]")[0])["entries"]] == ["Hello", "later"]


# --- show ---


def test_show_tells_all(cli: Run) -> None:
    """Parameters with types as written, limits, defaults and docs; where it is registered and defined."""
    done = cli("show", "fc")
    assert done.status == 0
    place = re.search(r"registered  (.*)\n  defined     (.*)", done.out)
    assert place is not None
    assert place[1].rpartition(":")[0].endswith("zoo.py")
    assert re.sub(r"  registered .*\n  defined .*\n", "", done.out) == (
        "linear of zoo:LAYERS\n"
        "  A factor.\n\n"
        "  Two paragraphs tell of it.\n\n"
        "  aliases     fc\n"
        "  tags        small, trainable\n"
        "  makes       zoo:Layer\n"
        "  target      zoo:Linear\n\n"
        "parameters:\n"
        "  factor: float  (> -5, <= 5; required)\n"
        "      What it multiplies by; it may be negative.\n"
        "  bias: float | None = None\n"
        "      What it adds.\n"
        "  mode: Mode = Mode.FAST  (one of 'fast', 'slow')\n"
        "      How.\n"
    )


PARAMETERS = [
    ("chain", "parts", "list[Layer]", True, None, None, "The layers."),
    ("chain", "names", "dict[str, int]", False, "{'<a>': 1}", "within: >= 1", "Told of together."),
    ("chain", "flag", "bool", False, "False", None, "Told of together."),
    ("wrap", "inner", "Layer", True, None, None, "What is inside."),
    ("wrap", "make", "Callable[[float], Layer] | None", False, "None", None, "Makes more of them."),
    ("data", "size", "int", False, "2", "a multiple of 2", "How large."),
    ("data", "items", "list[str]", False, "[]", None, None),
    ("data", "hook", "Callable[..., Any]", False, "print", None, None),
    ("written", "by", "float", False, "1.5", ">= 0", "The step."),
    ("later", "size", "int", False, "3", None, None),
]


@pytest.mark.parametrize("expected", PARAMETERS, ids=lambda each: f"{each[0]}.{each[1]}")
def test_parameters(cli: Run, expected: tuple[Any, ...]) -> None:
    """Each kind of factory, docstring and default."""
    entry, name, *rest = expected
    [told] = [each for each in cli("show", entry, "--json").data["parameters"] if each["name"] == name]
    assert [told[key] for key in ("type", "required", "default", "constraint", "doc")] == rest


def test_show_as_json(cli: Run) -> None:
    """The shape of it; a module that prints when it is imported doesn't break it."""
    done = cli("show", "later", "--json")
    assert done.err == "imported: zoo_more\n"
    assert list(done.data)[:7] == ["registry", "name", "aliases", "tags", "target", "doc", "state"]
    assert list(done.data)[7:] == ["problem", "protocol", "registered", "defined", "deprecated", "parameters", "extra"]
    assert done.data["doc"] == "Comes later."
    assert cli("show", "wrap", "--json").data["extra"] == "int"
    takes = [each["takes"] for each in cli("show", "wrap", "--json").data["parameters"]]
    assert takes == [["a config of registry 'layers'"], ["a config that makes a callable giving Layer"]]


def test_show_of_what_several_registries_have(cli: Run) -> None:
    """Each of them is told of, as a list."""
    data = cli("show", "linear", "-r", "zoo:LAYERS", "-r", "zoo:MINE", "--json").data
    assert [(each["registry"], each["target"]) for each in data] == [("zoo:LAYERS", "zoo:Linear"), ("zoo:MINE", "zoo:MyLinear")]


@pytest.mark.parametrize("name", ["identity", "mine.linear"])
def test_show_without_parameters(cli: Run, name: str) -> None:
    """A value, and a class that takes nothing."""
    assert cli("show", name).out.endswith("no parameters\n")


def test_show_of_what_is_broken(cli: Run) -> None:
    """What can't be loaded is told of as far as it is known, and why it can't; the status says it."""
    done = cli("show", "packed")
    assert done.status == 1
    assert "target      zoo_more:Later" in done.out
    assert "no_such_package is not installed\n  Install it: pip install 'zoo[packed]'\n" in done.out
    assert cli("show", "gone", "--json").data["state"] == "broken"


FILLED = {
    "linear": {"factor": "2.5"},
    "chain": {"parts": "[{type: linear, factor: 1}]"},
    "wrap": {"inner": "{type: identity}"},
    "data": {},
    "written": {},
    "identity": {},
    "later": {},
}


@pytest.mark.parametrize("name", FILLED)
@pytest.mark.parametrize("all_of_it", [False, True], ids=["required", "all"])
def test_filled_in_templates_are_right(cli: Run, zoo: Path, modules: Modules, name: str, all_of_it: bool) -> None:
    """With the required values filled in, and also with the defaults no longer comments, a template is a config of its entry."""
    text = cli("show", name, "--template", "yaml").out
    required = re.findall(r"^(\w+): # required$", text, re.MULTILINE)
    assert set(required) == set(FILLED[name])
    for key in required:
        text = text.replace(f"{key}: # required", f"{key}: {FILLED[name][key]} # required")
    if all_of_it:
        text = re.sub(r"^# (\w+: [^#\n]+)$", r"\1", text, flags=re.MULTILINE)
    path = zoo / "template.yaml"
    path.write_text(text)
    registry: Registry[Any] = modules.load("zoo").LAYERS
    config = registry.parse_file(path).to_config()
    assert config["type"] == name
    assert set(config) >= set(required)


def test_template_has_docs_as_comments(cli: Run) -> None:
    """The whole text of one."""
    assert cli("show", "linear", "--template", "yaml").out == (
        "# linear, of zoo:LAYERS\n"
        "# A factor.\n"
        "# Two paragraphs tell of it.\n"
        "type: linear\n\n"
        "# What it multiplies by; it may be negative. (float; > -5, <= 5)\n"
        "factor: # required\n\n"
        "# What it adds. (float | None)\n"
        "# bias: null\n\n"
        "# How. (Mode; one of 'fast', 'slow')\n"
        "# mode: fast\n"
    )


# --- graph ---


def test_graph_as_mermaid(cli: Run) -> None:
    """The tree with canonical names and plain arguments; what is built later has a broken line."""
    done = cli("graph", "configs/chain.yaml")
    assert done == Done(
        0,
        "flowchart TD\n"
        '  n0["chain"]\n'
        '  n1["linear<br>factor: 2"]\n'
        '  n0 -->|"parts[0]"| n1\n'
        '  n2["wrap"]\n'
        '  n0 -->|"parts[1]"| n2\n'
        '  n3["mine.linear"]\n'
        '  n2 -->|"inner"| n3\n'
        '  n4["linear<br>bias: 1"]\n'
        '  n2 -.->|"make"| n4\n',
        "",
    )


def test_graph_as_dot(cli: Run, zoo: Path) -> None:
    """Quotes and backslashes are escaped."""
    write(zoo / "configs" / "odd.yaml", r"""{type: chain, parts: [], names: {'a"\<b>': 1}}""")
    assert cli("graph", "configs/odd.yaml", "--format", "dot").out == (
        "digraph components {\n"
        '  node [shape=box, style=rounded, fontname="monospace"];\n'
        '  edge [fontname="monospace"];\n'
        '  n0 [label="chain\\nnames: {\'a\\"\\\\\\\\<b>\': 1}"];\n'
        "}\n"
    )


def test_graph_as_svg(cli: Run, zoo: Path) -> None:
    """It is XML with a box for each component and a line for each but the first; names are escaped, boxes don't overlap."""
    write(zoo / "configs" / "odd.yaml", "{type: chain, parts: [{type: linear, factor: 1}, {type: identity}], names: {'<&>': 1}}")
    text = cli("graph", "configs/odd.yaml", "--format", "svg").out
    assert text == cli("graph", "configs/odd.yaml", "--format", "svg").out
    top = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    texts = [each.text for each in top.iter(f"{space}text")]
    assert texts == ["chain", "names: {'<&>': 1}", "parts[0]", "linear", "factor: 1", "parts[1]", "identity"]
    boxes = [{key: float(each.get(key, 0)) for key in ("x", "y", "width", "height")} for each in top.iter(f"{space}rect")][1:]
    assert len(boxes) == 3
    assert len(list(top.iter(f"{space}path"))) == 2
    left, right = boxes[1:]
    assert left["x"] + left["width"] <= right["x"]
    assert boxes[0]["y"] + boxes[0]["height"] < left["y"] == right["y"]
    assert all(box["x"] + box["width"] <= float(top.get("width", 0)) for box in boxes)


def test_graph_of_a_deep_config(cli: Run, zoo: Path) -> None:
    """Far deeper than Python's stack."""
    config: dict[str, Any] = {"type": "identity"}
    for _ in range(600):
        config = {"type": "wrap", "inner": config}
    write(zoo / "deep" / "a" / "b.json", json.dumps(config))
    done = cli("graph", "deep/a/b.json")
    assert (done.status, done.out.count("wrap")) == (0, 600)
    assert ET.fromstring(cli("graph", "deep/a/b.json", "--format", "svg").out) is not None


def test_graph_of_a_wrong_config(cli: Run, zoo: Path) -> None:
    """What is wrong is told with its place; nothing is drawn."""
    write(zoo / "configs" / "wrong.yaml", "type: linear\nfactro: 1")
    done = cli("graph", "configs/wrong.yaml")
    assert (done.status, done.out) == (1, "")
    assert "configs/wrong.yaml:2:1: TR203 unknown argument 'factro' of 'linear'; did you mean 'factor'?" in done.err


def test_graph_with_a_registry_given(cli: Run, zoo: Path) -> None:
    """It goes before pyproject.toml's, and is needed for a file of which that says nothing."""
    write(zoo / "alone.yaml", "type: linear")
    assert cli("graph", "alone.yaml", "-r", "zoo:MINE").out == 'flowchart TD\n  n0["linear"]\n'


# --- doctor ---


def test_doctor(cli: Run) -> None:
    """What is broken, what is doubled, which globs lead nowhere, and versions; the status tells of the first and third."""
    done = cli("doctor", "--json")
    assert done.status == 1
    data = done.data
    assert list(data) == ["project", "versions", "registries", "configs", "generated", "broken"]
    assert data["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert data["versions"]["pydantic"] is not None
    [told] = data["registries"]
    assert (told["registry"], told["entries"], told["loaded"]) == ("zoo:LAYERS", 9, 7)
    assert [(each["entry"], each["code"]) for each in told["problems"]] == [("gone", "TR105"), ("packed", "TR105")]
    assert told["problems"][0]["file"].endswith("zoo.py")
    assert told["duplicates"] == [{"target": "zoo_more:Later", "entries": ["later", "packed"]}]
    assert [(each["glob"], each["files"], each["problem"]) for each in data["configs"]] == [
        ("configs/*.yaml", 1, None),
        ("deep/**/*.json", 0, "no file is like this"),
        ("models/*.yaml", 0, "no file is like this"),
    ]
    assert data["broken"] == 4


def test_doctor_for_people(cli: Run) -> None:
    """The same as text."""
    out = cli("doctor", "-r", "zoo:MINE").out
    assert "zoo:MINE: 1 entry, 0 broken\n  note: linear hides the entry of registry 'layers' above it\n" in out
    assert "  broken: deep/**/*.json = zoo:MINE: 0 files: no file is like this\n" in out
    assert "  configs/*.yaml = zoo:LAYERS: 1 file\n" in out


def test_doctor_of_a_sound_project(cli: Run, zoo: Path, modules: Modules) -> None:
    """Nothing broken is status 0."""
    modules.write("sound", "from typed_registry import Registry\nNUMBERS = Registry('numbers', int)\nNUMBERS.register_value('one', 1)")
    write(zoo / "pyproject.toml", '[tool.typed-registry]\nregistries = ["sound:NUMBERS"]')
    assert cli("doctor").status == 0


def test_doctor_tells_of_generated_files_that_are_out_of_date(cli: Run, zoo: Path) -> None:
    """Catalogues and schemas that are there are held against the code; those that were never written are none."""
    table = '[tool.typed-registry]\nregistries = ["zoo:MINE"]\n[tool.typed-registry.schemas]\n"zoo:MINE" = "mine.json"\n'
    write(zoo / "pyproject.toml", table)
    options = ("--keep-going",)
    never = cli("doctor", "--json").data["generated"]
    assert [each["outdated"] for each in never] == [[], []]
    child("stubs", *options, cwd=zoo)
    [catalogue] = zoo.glob("*_specs.py")
    catalogue.write_text(catalogue.read_text() + "# more\n")
    done = cli("doctor")
    assert done.status == 1
    assert f"typed-registry stubs:\n  broken: {catalogue.name} is out of date; run it" in done.out


def test_doctor_tells_of_rules_that_tie_and_of_registries_that_fail(cli: Run, modules: Modules) -> None:
    """Neither keeps it from the rest."""
    modules.write(
        "ties",
        """
        from typed_registry import Match, Registry
        NUMBERS = Registry('numbers', int)
        NUMBERS.register("one", match=Match(model_types={"a"}))(lambda: 1)
        NUMBERS.register("two", match=Match(model_types={"a"}))(lambda: 2)
        """,
    )
    modules.write("fails", "raise ValueError('not today')")
    first, second = cli("doctor", "-r", "fails:X", "-r", "ties:NUMBERS", "--json").data["registries"]
    assert "ValueError: not today" in first["problems"][0]["message"]
    assert [each["code"] for each in second["problems"]] == ["TR302"]


# --- match ---


def test_match(cli: Run, zoo: Path) -> None:
    """Which entry takes a config, and why the others don't."""
    write(zoo / "model" / "config.json", '{"model_type": "later"}')
    assert cli("match", "model") == Done(0, "zoo:LAYERS: later (zoo_more:Later)\n", "")
    assert cli("match", "model", "--json", "--explain").data == {
        "registry": "zoo:LAYERS",
        "entry": "later",
        "target": "zoo_more:Later",
        "error": None,
        "explain": [{"entry": "later", "takes": True, "reason": "model_type 'later'"}],
    }


def test_no_match_is_status_1(cli: Run, zoo: Path) -> None:
    """With the code of the error."""
    write(zoo / "config.json", '{"model_type": "other"}')
    done = cli("match", "config.json", "--explain")
    assert done.status == 1
    assert done.out.startswith("zoo:LAYERS: TR301 no entry of registry 'layers' takes a config")
    assert "  - later: model_type is 'other', not one of 'later'\n" in done.out
    assert cli("match", "config.json", "--json").data["error"]["code"] == "TR301"


def test_match_needs_a_file(cli: Run) -> None:
    """One that isn't there is status 2."""
    assert cli("match", "nowhere.json").status == 2


# --- wrong use ---


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["lsit"], "No such command 'lsit'; did you mean 'list'?"),
        (["list", "--jsn"], "--json"),
        (["show", "liner"], "no entry is called 'liner' in zoo:LAYERS; did you mean 'linear'?"),
        (["show", "xxxxxxxx"], "typed-registry list tells the"),
        (["show"], "Missing argument 'NAME'"),
        (["show", "linear", "--json", "--template", "yaml"], "can't be had at once"),
        (["show", "linear", "--template", "yaml", "-r", "zoo:LAYERS", "-r", "zoo:MINE"], "say which with --registry"),
        (["show", "gone", "--template", "yaml"], "has no 'Gone'"),
        (["list", "-r", "zoo"], "'zoo' is no target: write package.module:NAME"),
        (["list", "-r", "zoo:LAYRES"], "zoo has no 'LAYRES'; did you mean 'LAYERS'?"),
        (["list", "-r", "zooo:LAYERS"], "zooo:LAYERS can't be imported: ModuleNotFoundError: No module named 'zooo'; did you mean 'zoo'?"),
        (["list", "-r", "zoo:Layer"], "zoo:Layer is no registry, but of type _ProtocolMeta"),
        (["graph", "configs/chian.yaml"], "there is no file configs/chian.yaml; did you mean 'configs/chain.yaml'?"),
        (["graph", "configs"], "configs is a folder, not a file"),
        (["graph", "pyproject.toml"], "which registry is pyproject.toml of?"),
        (["graph", "configs/chain.yaml", "--format", "png"], "'png' is not one of"),
        (["graph", "configs/chain.yaml", "-r", "zoo:LAYERS", "-r", "zoo:MINE"], "give --registry once"),
    ],
)
def test_wrong_use_is_a_suggestion_and_status_2(cli: Run, arguments: list[str], told: str) -> None:
    """Nothing is printed where output would be."""
    done = cli(*arguments)
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise ValueError('not today')", r"fails:X can't be imported: ValueError: not today \(.*fails.py:1\)"),
        ("def f(:", r"fails:X can't be imported: SyntaxError: .*fails.py:1\)"),
        ("raise SystemExit(3)", r"fails:X can't be imported: SystemExit: 3"),
    ],
)
def test_registries_that_fail(cli: Run, modules: Modules, source: str, told: str) -> None:
    """The place is the user's, and no traceback is shown."""
    modules.write("fails", source)
    done = cli("list", "-r", "fails:X")
    assert done.status == 2
    assert re.search(told, done.err) is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tool.typed-registry", "pyproject.toml: "),
        ("[tool]\ntyped-registry = 1", "is a table"),
        ("[tool.typed-registry]\nregistry = []", "has no key 'registry'; did you mean 'registries'?"),
        ('[tool.typed-registry]\nregistries = "zoo:LAYERS"', "registries is a list of texts"),
        ("[tool.typed-registry]\nconfigs = {a = 1}", "configs maps globs to targets"),
        ("[tool.typed-registry.configs]\n'/etc/*' = 'zoo:LAYERS'", "a glob is relative to the file's folder, not '/etc/*'"),
        ("[tool.other]", "no registry is named: give --registry"),
    ],
)
def test_wrong_pyproject(cli: Run, zoo: Path, text: str, told: str) -> None:
    """What is wrong with the table is told, with its file where it has one."""
    (zoo / "pyproject.toml").write_text(text)
    done = cli("list")
    assert done.status == 2
    assert told in done.err


def test_pyproject_is_looked_for_upwards(zoo: Path) -> None:
    """Also past one that has no table of ours."""
    write(zoo / "below" / "deeper" / "pyproject.toml", "[project]\nname = 'x'")
    assert find_project(zoo / "below" / "deeper").root == zoo.resolve()


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("configs/a.yaml", "zoo:LAYERS"),
        ("configs/b/a.yaml", None),
        ("configs/a.yml", None),
        ("deep/a.json", "zoo:MINE"),
        ("deep/a/b/c.json", "zoo:MINE"),
        ("deeper/a.json", None),
        ("../configs/a.yaml", None),
    ],
)
def test_targets_of_files(zoo: Path, path: str, target: str | None) -> None:
    """A star stays in its folder, two of them are any number of folders."""
    assert find_project(zoo).target_of(zoo / path) == target


@pytest.mark.parametrize(
    ("glob", "name", "is_like"),
    [
        ("**/*.yaml", "a.yaml", True),
        ("a?[bc].yaml", "axb.yaml", True),
        ("a[!bc].yaml", "ab.yaml", False),
        ("a[!bc].yaml", "ax.yaml", True),
        ("a+(b).yaml", "a+(b).yaml", True),
        ("a**b.yaml", "axx/xb.yaml", True),
    ],
)
def test_globs(zoo: Path, glob: str, name: str, is_like: bool) -> None:
    """The marks of a glob mean what they do elsewhere, and all else means itself."""
    (zoo / "pyproject.toml").write_text(f"[tool.typed-registry.configs]\n'{glob}' = 'a:B'")
    assert (find_project(zoo).target_of(zoo / name) is not None) == is_like


def test_project_errors_are_of_one_type(zoo: Path) -> None:
    """Those who call it catch one error."""
    (zoo / "pyproject.toml").write_bytes(b"typed-registry \xff")
    with pytest.raises(CliError):
        find_project(zoo)


# --- the installed command ---


def test_installed_command_and_module_agree(zoo: Path) -> None:
    """`typed-registry` is `python -m typed_registry`, with the same status."""
    done = child("list", "--json", cwd=zoo)
    assert done.status == 0
    assert done == child("list", "--json", cwd=zoo, module=True)
    assert child("show", "liner", cwd=zoo).status == 2
    assert child("show", "packed", cwd=zoo).status == 1


def test_help_needs_no_click(zoo: Path) -> None:
    """Click gives the same text, and each command its own."""
    done = child("--help", cwd=zoo)
    assert done.out.splitlines()[0] == "Usage: typed-registry [OPTIONS] COMMAND [ARGS]..."
    assert (
        child(
            code="import sys; sys.argv = ['x', '--help']; from typed_registry.cli import main; main(); assert 'click' not in sys.modules",
            cwd=zoo,
        )
        == done
    )
    assert child("--help", "list", cwd=zoo).out.strip() == done.out.strip()
    assert child("list", "-h", cwd=zoo).out.startswith("Usage: typed-registry list [OPTIONS] [GLOB]")


def test_every_command_of_the_help_is_there(cli: Run) -> None:
    """What --help promises can be called."""
    names = re.findall(r"^  ([\w-]+)  +\w", cli("--help").out.partition("Commands:")[2], re.MULTILINE)
    assert names == ["check", "doctor", "graph", "init-editor", "list", "manifest", "match", "migrate", "schema", "show", "stubs"]
    assert [cli(name, "--help").status for name in names] == [0] * len(names)


def test_version(cli: Run) -> None:
    """It tells its own."""
    assert re.fullmatch(r"typed-registry, version \d+\.\d+\.\d+\S*\n", cli("--version").out) is not None


@pytest.mark.parametrize("package", ["click", "docstring_parser"])
def test_what_the_extra_brings_is_missing(zoo: Path, package: str) -> None:
    """The message says what to install."""
    code = f"import sys; sys.modules['{package}'] = None; from typed_registry.cli import main; sys.exit(main())"
    done = child("show", "linear", cwd=zoo, code=code)
    assert done == Done(2, "", f"the command line needs {package}: pip install 'typed-registry[cli]'\n")


def test_a_reader_that_has_enough(zoo: Path) -> None:
    """A closed pipe ends the command without a traceback."""
    code = (
        "import os, sys; r, w = os.pipe(); os.close(r); os.dup2(w, 1);"
        "from typed_registry.cli import main; status = main(); assert status == 1; os._exit(status)"
    )
    assert child("list", cwd=zoo, code=code) == Done(1, "", "")
    assert child("show", "linear", "--json", cwd=zoo, code=code) == Done(1, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_only_on_a_terminal(zoo: Path, environment: dict[str, str], coloured: bool) -> None:
    """There is some on a terminal, unless NO_COLOR asks for none, and never in a pipe."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    env = {**{key: value for key, value in os.environ.items() if key != "NO_COLOR"}, "TERM": "xterm-256color", **environment}
    with subprocess.Popen([sys.executable, "-m", "typed_registry", "list"], cwd=zoo, env=env, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        text = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux tells of the end so
                break
            if not part:
                break
            text += part
        assert process.wait(60) == 0
    os.close(ours)
    assert (b"\x1b[" in text, b"linear" in text) == (coloured, True)
    assert "\x1b" not in child("list", cwd=zoo, TERM="xterm-256color").out


def test_output_that_the_encoding_lacks(zoo: Path, modules: Modules) -> None:
    """JSON is JSON in any encoding."""
    modules.write("wide", "from typed_registry import Registry\nN = Registry('n', int)\nN.register_value('größe', 1)")
    done = child("list", "-r", "wide:N", "--json", cwd=zoo, PYTHONIOENCODING="ascii")
    assert done.data["entries"][0]["name"] == "größe"
    assert "gr\\xf6\\xdfe" in child("list", "-r", "wide:N", cwd=zoo, PYTHONIOENCODING="ascii").out


# --- completion ---


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("show li", ["linear"]),
        ("list f", ["fc"]),
        ("show -r zoo:MINE mi", ["mine.linear"]),
        ("show -r zo", ["zoo:LAYERS"]),
        ("show -r nowhere:X li", []),
        ("gr", ["graph"]),
        ("graph --format s", ["svg"]),
    ],
)
def test_completion(zoo: Path, line: str, expected: list[str]) -> None:
    """Names of components, registries, commands; where nothing can be said, nothing is."""
    words = f"typed-registry {line}"
    done = child(cwd=zoo, _TYPED_REGISTRY_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
    assert (done.out.split(), done.err) == ([f"plain,{each}" for each in expected], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(zoo: Path, shell: str) -> None:
    """What switches it on."""
    assert "_TYPED_REGISTRY_COMPLETE" in child(cwd=zoo, _TYPED_REGISTRY_COMPLETE=f"{shell}_source").out
