"""Catalogues as text: names, types, slots, docs and defaults, and what can't be read."""

from __future__ import annotations

import ast
import inspect
import math
import sys
import textwrap
from itertools import pairwise
from typing import Any, TypedDict, TypeGuard, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("docstring_parser")

from typing_extensions import Unpack

from tests.modules import Modules
from typed_registry import Registry
from typed_registry.stubgen import GeneratedStub, generate_stub, stub_module_name

HEAD = """
from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from typed_registry import Registry


class Net(Protocol):
    def forward(self, x: float) -> float: ...


NETS: Registry[Net] = Registry("nets", Net)


class Base:
    def forward(self, x: float) -> float:
        return x


"""


def stub_of(modules: Modules, source: str, name: str = "NETS", *, as_stub: bool = True, **options: Any) -> GeneratedStub:
    """The catalogue of a registry in a module that begins with HEAD."""
    module = modules.load("shop.nets", HEAD + textwrap.dedent(source))
    return generate_stub(getattr(module, name), as_stub=as_stub, **options)


def keys(stub: GeneratedStub, name: str) -> dict[str, str]:
    """The keys of a TypedDict and their types."""
    found = next(node for node in ast.walk(ast.parse(stub.text)) if isinstance(node, ast.ClassDef) and node.name == name)
    return {ast.unparse(node.target): ast.unparse(node.annotation) for node in found.body if isinstance(node, ast.AnnAssign)}


def method(stub: GeneratedStub, name: str) -> str:
    """The signature of a method."""
    found = next(node for node in ast.walk(ast.parse(stub.text)) if isinstance(node, ast.FunctionDef) and node.name == name)
    returns = ast.unparse(found.returns) if found.returns is not None else ""
    return f"({ast.unparse(found.args)}) -> {returns}"


# --- names ---


@pytest.mark.parametrize(
    ("registry", "module", "union"),
    [
        ("vision", "vision_specs", "VisionConfig"),
        ("my layers", "my_layers_specs", "MyLayersConfig"),
        ("data-sets", "data_sets_specs", "DataSetsConfig"),
        ("3d", "registry_3d_specs", "Registry3dConfig"),
        ("!", "registry_specs", "RegistryConfig"),
        ("ﬁne", "fine_specs", "FineConfig"),
        ("\N{RUMI DIGIT ONE} rumi", "rumi_specs", "RumiConfig"),  # a digit to regular expressions alone
        ("\N{RUMI DIGIT ONE}", "registry_specs", "RegistryConfig"),
    ],
)
def test_names_come_from_the_registry(registry: str, module: str, union: str) -> None:
    """`vision` gives the module `vision_specs` with `VisionConfig`; whatever the name, they are identifiers."""
    made = Registry(registry, float)
    assert stub_module_name(made) == module
    assert f"{union}: TypeAlias = " in generate_stub(made).text


def test_each_component_has_a_dict_of_its_own_name(modules: Modules) -> None:
    """Names that would give the same class are numbered, also the one that would be the union of all."""
    source = """
        for name in ("face", "face-v2", "face_v2", "Face", "class", "3d", "nets", "_private", "?"):
            NETS.register(name)(Base)
    """
    stub = stub_of(modules, source)
    literals = {
        node.name: keys(stub, node.name)["type"]
        for node in ast.parse(stub.text).body
        if isinstance(node, ast.ClassDef) and "Config" in node.name
    }
    assert literals == {
        "EntryConfig": "Literal['?']",
        "Entry3dConfig": "Literal['3d']",
        "PrivateConfig": "Literal['_private']",
        "ClassConfig": "Literal['class']",
        "FaceConfig": "Literal['Face']",
        "FaceConfig2": "Literal['face']",
        "FaceV2Config": "Literal['face-v2']",
        "FaceV2Config2": "Literal['face_v2']",
        "NetsConfig2": "Literal['nets']",
    }
    table = [node for node in ast.walk(ast.parse(stub.text)) if isinstance(node, ast.FunctionDef) and node.name == "__getitem__"]
    annotations = [node.args.posonlyargs[1].annotation for node in table]
    assert [ast.unparse(each) for each in annotations if each is not None] == [
        *("Literal['3d']", "Literal['?']", "Literal['_private']", "Literal['class']", "Literal['face-v2']"),
        "Literal['3d', '?', '_private', 'class', 'face-v2']",
    ]


def test_aliases_are_names_too(modules: Modules) -> None:
    """The type of a config may be any of the names, the own one first."""
    stub = stub_of(modules, 'NETS.register("net", aliases=("old", "a"))(Base)')
    assert keys(stub, "NetConfig")["type"] == "Literal['net', 'old', 'a']"
    assert method(stub, "net") == "(self) -> BuildSpec[_Base]"


def test_a_child_has_what_it_resolves(modules: Modules) -> None:
    """A registry below another one has its entries too, but for hidden ones, and every entry with a scope by that name."""
    source = """
        CHILD: Registry[Net] = Registry("child", Net, parent=NETS, scope="kid")
        NETS.register("a", aliases=("aa",))(Base)
        NETS.register("b")(Base)
        @CHILD.register("a")
        class Own(Base):
            def __init__(self, own: int) -> None: ...
    """
    child = stub_of(modules, source, "CHILD")
    assert keys(child, "AConfig") == {"type": "Literal['a', 'kid.a']", "own": "int"}
    assert keys(child, "AaConfig") == {"type": "Literal['aa']"}
    assert keys(child, "BConfig") == {"type": "Literal['b']"}
    parent = generate_stub(sys.modules["shop.nets"].NETS, as_stub=True)
    assert keys(parent, "AConfig") == {"type": "Literal['a', 'aa']"}
    assert keys(parent, "KidAConfig") == {"type": "Literal['kid.a']", "own": "int"}
    assert '__getitem__(self, name: Literal["kid.a"], /)' in parent.text


def test_an_empty_registry(modules: Modules) -> None:
    """Without entries there is nothing to choose from, and the file is right nevertheless."""
    text = stub_of(modules, "").text
    assert "NetsConfig: TypeAlias = Mapping[str, object]" in text
    assert "class NetsSpecs(Specs[NetsConfig]):" in text


# --- types ---


@pytest.mark.parametrize(
    ("before", "annotation", "written", "imported"),
    [
        ("", "int | None", "int | None", ""),
        ("from typing import Optional", "Optional[int]", "Optional[int]", "from typing import"),
        ("import typing as t", "t.Optional[int]", "_t.Optional[int]", "import typing as _t"),
        ("from typing_extensions import Literal", "Literal['a', 1]", "Literal['a', 1]", ""),
        ("import decimal", "decimal.Decimal", "_decimal.Decimal", "import decimal as _decimal"),
        (
            "import collections.abc",
            "collections.abc.Sequence[int]",
            "_collections_abc.Sequence[int]",
            "import collections.abc as _collections_abc",
        ),
        ("import xml.etree.ElementTree as ET", "ET.Element", "_ET.Element", "import xml.etree.ElementTree as _ET"),
        ("from pathlib import Path as P", "list[P]", "list[_Path]", "from pathlib import Path as _Path"),
        ("from typing import NewType\nSize = NewType('Size', int)", "Size", "_Size", "Size as _Size"),
        ("Alias = dict[str, int]", "Alias", "_Alias", "Alias as _Alias"),
        ("class Outer:\n    class Inner: ...", "Outer.Inner", "_Outer.Inner", "Outer as _Outer"),
        ("from enum import Enum\nclass Kind(Enum):\n    A = 1", "'Kind'", "_Kind", "Kind as _Kind"),
        (
            "from typing import Literal\nfrom enum import Enum\nclass Kind(Enum):\n    A = 1",
            "Literal[Kind.A]",
            "Literal[_Kind.A]",
            "Kind as _Kind",
        ),
        (
            "from typing import Annotated\nfrom pydantic import Field\nMOST = 3",
            "Annotated[int, Field(le=MOST)]",
            "Annotated[int, _Field(le=_MOST)]",
            "MOST as _MOST",
        ),
        (
            "from typing import Annotated\nfrom pydantic import AfterValidator",
            "Annotated[int, AfterValidator(lambda x: abs(x))]",
            "Annotated[int, _AfterValidator(lambda x: abs(x))]",
            "",
        ),
        (
            "if TYPE_CHECKING:\n    from zipfile import ZipFile",
            "ZipFile | None",
            "_ZipFile | None",
            "from zipfile import ZipFile as _ZipFile",
        ),
        ("if TYPE_CHECKING:\n    from nowhere import Thing", "list[Thing]", "list[_Thing]", "from nowhere import Thing as _Thing"),
        (
            "try:\n    from json import JSONDecoder\nexcept ImportError:\n    JSONDecoder = None",
            "JSONDecoder",
            "_JSONDecoder",
            "from json import JSONDecoder as _JSONDecoder",
        ),
        ("from dataclasses import InitVar", "InitVar[int]", "int", ""),
        ("from typing import Final", "Final[int]", "int", ""),
        ("from typing import TypeVar\nS = TypeVar('S', bound=Base)", "S", "_Base", ""),
        ("from typing import TypeVar\nS = TypeVar('S', int, str)", "list[S]", "list[int | str]", ""),
        ("from typing import TypeVar\nS = TypeVar('S', bound='Later')\nclass Later: ...", "list[S]", "list[_Later]", "Later as _Later"),
        ("from typing import TypeVar\nS = TypeVar('S', 'Later', int)\nclass Later: ...", "S", "_Later | int", ""),
        ("from os import *", "list[PathLike[str]]", "list[_PathLike[str]]", "from os import PathLike as _PathLike"),
    ],
)
def test_types_are_written_as_they_are(modules: Modules, before: str, annotation: str, written: str, imported: str) -> None:
    """Each name is imported from where the user imports it, or from where it is defined, and nothing else is changed."""
    source = f"{before}\n\n\n@NETS.register('net')\nclass Made(Base):\n    def __init__(self, it: {annotation}) -> None: ...\n"
    stub = stub_of(modules, source)
    assert stub.problems == ()
    assert keys(stub, "NetConfig")["it"] == written
    assert imported in stub.text


@pytest.mark.parametrize(
    ("annotation", "written"),
    [
        ("dict", "dict[Any, Any]"),
        ("t.Optional[t.List]", "_t.Optional[_t.List[Any]]"),
        ("list[set] | None", "list[set[Any]] | None"),
        ("tuple", "tuple[Any, ...]"),
        ("t.Callable", "_t.Callable[..., Any]"),
        ("t.Mapping", "_t.Mapping[Any, Any]"),
        ("t.Type", "_t.Type[Any]"),
        ("type", "_type"),
        ("Box", "_Box[Any]"),
        ("'Box[list]'", "_Box[list[Any]]"),
    ],
)
def test_generic_types_without_arguments(modules: Modules, annotation: str, written: str) -> None:
    """They have Any for them, which is what they mean, as strict checkers ask for arguments."""
    source = f"""
        import typing as t
        S = t.TypeVar("S")
        class Box(t.Generic[S]): ...
        @NETS.register("net")
        class Made(Base):
            def __init__(self, it: {annotation}) -> None: ...
    """
    stub = stub_of(modules, source)
    assert keys(stub, "NetConfig")["it"] == written
    assert method(stub, "net").startswith(f"(self, *, it: {written})")


@pytest.mark.parametrize("future", [True, False])
def test_types_without_the_future_import(modules: Modules, future: bool) -> None:
    """An alias is kept also where annotations are evaluated, so that its name is only in the source."""
    source = f"""
        {"from __future__ import annotations" if future else ""}
        from typing import Annotated
        from pydantic import Field
        from typed_registry import Registry
        Sizes = tuple[int, ...]
        NETS = Registry("nets", float)
        @NETS.register("net")
        def net(sizes: Sizes, scale: Annotated[float, Field(gt=1)] = 1.5) -> float: return 1.0
    """
    stub = generate_stub(modules.load("shop.plain", source).NETS, as_stub=True)
    assert keys(stub, "NetConfig") == {"type": "Literal['net']", "sizes": "_Sizes", "scale": "NotRequired[Annotated[float, _Field(gt=1)]]"}


def test_types_of_what_has_no_source() -> None:
    """Where nothing but objects is left, they are turned back into types."""
    numbers = Registry("numbers", float)
    names: dict[str, Any] = {}
    code = """
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal, Optional, Union
def make(
    a: Optional[Decimal], b: Union[int, str], c: Literal["x", 1], d: list[tuple[int, ...]],
    e: Callable[[int], str], f: Annotated[int, 3], g: Callable[..., None],
) -> float:
    return 1.0
"""
    exec(code, names)
    numbers.register("made")(names["make"])
    stub = generate_stub(numbers, as_stub=True)
    assert list(keys(stub, "MadeConfig").values())[1:] == [
        "_Decimal | None",
        "int | str",
        "Literal['x', 1]",
        "list[tuple[int, ...]]",
        "Callable[[int], str]",
        "int",
        "Callable[..., None]",
    ]


def test_a_local_class_is_widened(modules: Modules) -> None:
    """What another module can't import is told of, and its nearest base that it can is taken for it."""
    source = """
        def define():
            class Local(Base):
                def __init__(self, kind: Kind, other: "Kind | None" = None) -> None: ...
            class Kind(Base): ...
            NETS.register("local")(Local)
        define()
    """
    stub = stub_of(modules, source)
    assert stub.problems == ()
    assert keys(stub, "LocalConfig") == {"type": "Literal['local']", "kind": "_Base", "other": "NotRequired[_Base | None]"}
    assert "# Kind is local to a function: any Base is taken for it" in stub.text
    assert method(stub, "local").endswith("-> BuildSpec[_Net]")


def test_names_that_a_class_body_hides(modules: Modules) -> None:
    """A key or a component that is called like a type doesn't hide it: the type gets another name."""
    source = """
        from typing import Literal
        @NETS.register("int")
        class A(Base):
            def __init__(self, str: str, kind: type[Base], number: int, choice: Literal["a"], Literal: float) -> None: ...
        NETS.register("BuildSpec")(Base)
        NETS.register("NetsConfig")(Base)
    """
    stub = stub_of(modules, source)
    assert keys(stub, "IntConfig") == {
        "type": "_Literal['int']",
        "str": "_str",
        "kind": "Any",  # as Base is registered itself
        "number": "_int",
        "choice": "_Literal['a']",
        "Literal": "float",
    }
    assert method(stub, "NetsConfig") == "(self) -> _BuildSpec[_Base]"
    assert "_NetsConfig: TypeAlias = NetsConfig" in stub.text


def test_generic_classes_stay_generic(modules: Modules) -> None:
    """What an argument tells of the product is kept; in a dict, which tells nothing, a variable is what it stands for at most."""
    source = """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        N = TypeVar("N", bound=float)
        U = TypeVar("U")
        @NETS.register("pair")
        class Pair(Base, Generic[T, N, U]):
            def __init__(self, left: T, right: list[N], rest: U | None = None) -> None: ...
        @NETS.register("fixed")
        def fixed(left: T) -> Pair[int, float, str]: ...
    """
    stub = stub_of(modules, source)
    assert keys(stub, "PairConfig") == {"type": "Literal['pair']", "left": "Any", "right": "list[float]", "rest": "NotRequired[Any | None]"}
    assert method(stub, "pair") == "(self, *, left: _T, right: list[_N], rest: Any | None=None) -> BuildSpec[_Pair[_T, _N, Any]]"
    assert method(stub, "fixed") == "(self, *, left: Any) -> BuildSpec[_Pair[int, float, str]]"
    assert '_N = TypeVar("_N", bound=float)' in stub.text


@pytest.mark.skipif(sys.version_info < (3, 12), reason="the syntax is of Python 3.12")
def test_type_parameters_in_brackets(modules: Modules) -> None:
    """Type parameters and aliases in the syntax of Python 3.12 are read like the older ones, imported or not."""
    source = """
        from typed_registry import Registry
        NETS = Registry("nets", float)
        type Sizes = list[int]
        @NETS.register("box")
        class Box[T, N: (int, str), *Ts](float):
            def __init__(self, item: T, sizes: Sizes, number: N, bound: list[T]) -> None: ...
        @NETS.register("made")
        def made[K: float](item: K, other: K) -> Box[K, int, str]: ...
        NETS.register_lazy("later", "shop.later:Later")
    """
    modules.write("shop.later", "class Later[T: float](float):\n    def __init__(self, item: T) -> None: ...\n")
    module = modules.load("shop.newer", source)
    for stub in (generate_stub(module.NETS, as_stub=True, import_targets=False), generate_stub(module.NETS, as_stub=True)):
        assert stub.problems == ()
        assert keys(stub, "BoxConfig") == {
            "type": "Literal['box']",
            "item": "Any",
            "sizes": "_Sizes",
            "number": "int | str",
            "bound": "list[Any]",
        }
        parameters = "(self, *, item: _T, sizes: _Sizes, number: _N, bound: list[_T])"
        assert method(stub, "box") == f"{parameters} -> BuildSpec[_Box[_T, _N, *tuple[Any, ...]]]"
        assert method(stub, "made") == "(self, *, item: _K, other: _K) -> BuildSpec[_Box[_K, int, str]]"
        assert method(stub, "later").startswith("(self, *, item: _T")


@pytest.mark.parametrize("import_targets", [True, False])
def test_variables_of_other_kinds(modules: Modules, import_targets: bool) -> None:
    """A ParamSpec and a TypeVarTuple can be anything, whether the class is imported or read."""
    modules.write(
        "shop.kinds",
        """
        from collections.abc import Callable
        from typing import Generic, ParamSpec, TypeVar, TypeVarTuple
        P = ParamSpec("P")
        R = TypeVar("R")
        Ts = TypeVarTuple("Ts")
        class Calls(Generic[P, R]):
            def __init__(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> None: ...
            def forward(self, x: float) -> float: ...
        class Many(Generic[R, *Ts]):
            def __init__(self, first: R, rest: tuple[*Ts]) -> None: ...
            def forward(self, x: float) -> float: ...
        """,
    )
    source = 'NETS.register_lazy("calls", "shop.kinds:Calls")\nNETS.register_lazy("many", "shop.kinds:Many")'
    stub = stub_of(modules, source, import_targets=import_targets)
    assert stub.problems == ()
    assert keys(stub, "CallsConfig")["function"] == "Callable[..., Any]"
    assert method(stub, "calls").endswith("-> BuildSpec[_Calls[..., _R]]")
    assert "rest: tuple[*tuple[Any, ...]]," in stub.text
    assert "-> BuildSpec[_Many[_R, *tuple[Any, ...]]]: ..." in stub.text


def test_a_type_that_means_nothing(modules: Modules) -> None:
    """It is `object`, with a comment, and is told of with the place of its entry; everything else is written."""
    source = """
        @NETS.register("net")
        class Made(Base):
            def __init__(self, bad: Mising, good: int = 3, worse: "list[" = None) -> None: ...
        @NETS.register("made")
        def made() -> Unknown: ...
    """
    stub = stub_of(modules, source)
    assert keys(stub, "NetConfig") == {
        "type": "Literal['net']",
        "bad": "object",
        "good": "NotRequired[int]",
        "worse": "NotRequired[object]",
    }
    assert "# Its type can't be resolved: name 'Mising' is not defined in module shop.nets" in stub.text
    assert method(stub, "made") == "(self) -> BuildSpec[_Net]"
    assert [(problem.path, problem.code, problem.place is not None) for problem in stub.problems] == [
        (("made",), "TR104", True),
        (("net",), "TR104", True),
        (("net",), "TR104", True),
    ]


# --- slots ---


def test_slots_take_configs_specs_and_instances(modules: Modules) -> None:
    """Wherever a component is due; the registry of a slot may be another one, with a catalogue or without."""
    source = """
        from collections.abc import Callable
        from typing import Annotated, Protocol
        from pydantic import Field
        from typed_registry import BuildSpec
        class Loss(Protocol):
            def loss(self) -> float: ...
        class Sound(Protocol):
            def hum(self) -> None: ...
        LOSSES: Registry[Loss] = Registry("losses", Loss)
        SOUNDS: Registry[Sound] = Registry("sounds", Sound)
        Nets = list[Net]
        @NETS.register("net")
        class Made(Base):
            def __init__(
                self, one: Net, many: Nets, named: dict[str, Net | None], loss: Loss, sound: Sound, later: Callable[[int], Net],
                some: Annotated[list[Net], Field(min_length=1)], pair: tuple[Net, int], spec: BuildSpec[Net], of: Annotated[Net, NETS],
                takes: Callable[[Net], int],
            ) -> None: ...
    """
    module = modules.load("shop.nets", HEAD + textwrap.dedent(source))
    stub = generate_stub(module.NETS, as_stub=True, modules={module.LOSSES: "shop.losses_specs"})
    net = "NetsConfig | BuildSpec[_Net] | _Net"
    assert keys(stub, "NetConfig") == {
        "type": "Literal['net']",
        "one": net,
        "many": f"Sequence[{net}]",
        "named": f"Mapping[str, {net} | None]",
        "loss": "_LossesConfig | BuildSpec[_Loss] | _Loss",
        "sound": "Mapping[str, object] | BuildSpec[_Sound] | _Sound",
        "later": "Mapping[str, object] | Callable[[int], _Net]",
        "some": f"Annotated[Sequence[{net}], _Field(min_length=1)]",
        "pair": f"tuple[{net}, int]",
        "spec": "NetsConfig | BuildSpec[_Net]",
        "of": net,
        "takes": "Callable[[_Net], int]",
    }
    assert "from shop.losses_specs import LossesConfig as _LossesConfig" in stub.text


def sixty(parameters: str) -> str:
    """Source of so many components that take these."""
    return f"""
def add(number: int) -> None:
    @NETS.register(f"net{{number:02}}")
    class It(Base):
        def __init__(self, {parameters}) -> None: ...

for number in range(60):
    add(number)
"""


def test_slots_of_a_large_registry_share_one_flat_union(modules: Modules) -> None:
    """It is written once for each kind of slot, however many components there are: checkers are slow at unions made anew."""
    stub = stub_of(modules, sixty("inner: Net, others: list[Net], last: Net | None = None"))
    assert not stub.problems
    assert keys(stub, "Net07Config")["inner"] == "_NetsSlot"
    assert keys(stub, "Net07Config")["others"] == "Sequence[_NetsSlot]"
    assert keys(stub, "Net07Config")["last"] == "NotRequired[_NetsSlot2]"
    aliases = {node.target.id: ast.unparse(node.value) for node in ast.walk(ast.parse(stub.text)) if is_alias(node)}
    configs = [f"Net{number:02}Config" for number in range(60)]
    assert aliases == {
        "NetsConfig": f"Union[{', '.join(configs)}]",
        "_NetsSlot": f"Union[{', '.join([*configs, '_SpecOf[_Net]', '_Net'])}]",
        "_NetsSlot2": f"Union[{', '.join([*configs, '_SpecOf[_Net]', '_Net', 'None'])}]",
    }
    for parameter in ("inner: _NetsSlotVariable", "others: Sequence[_NetsSlotVariable]", "last: _NetsSlot2Variable | None = None"):
        assert f"{parameter},\n" in stub.text
    assert "class _NetsMethods(Specs[Mapping[str, object]], Generic[_NetsSlotVariable, _NetsSlot2Variable]):" in stub.text
    assert "class NetsSpecs(_NetsMethods[_NetsSlot, _NetsSlot2]):" in stub.text


def test_dicts_of_a_large_registry_with_many_kinds_of_slots_write_them_out(modules: Modules) -> None:
    """mypy would follow every path through the dicts from one alias to the others; methods have their type variables all the same."""
    some = "inner: Net, last: Net | None = None, some: Net | list[Net] = (), kind: Literal['_NetsSlot'] = '_NetsSlot'"
    stub = stub_of(modules, f"from typing import Literal\n{sixty(some)}")
    assert not stub.problems
    one = "NetsConfig | _SpecOf[_Net] | _Net"
    assert keys(stub, "Net07Config") == {
        "type": "Literal['net07']",
        "inner": one,
        "last": f"NotRequired[{one} | None]",
        "some": f"NotRequired[{one} | Sequence[{one}]]",
        "kind": "NotRequired[Literal['_NetsSlot']]",
    }
    aliases = {node.target.id: ast.unparse(node.value) for node in ast.walk(ast.parse(stub.text)) if is_alias(node)}
    assert {name: text for name, text in aliases.items() if name != "NetsConfig"} == {
        "_NetsSlot": one,
        "_NetsSlot2": f"{one} | None",
        "_NetsSlot3": f"{one} | Sequence[_NetsSlot]",
    }
    assert 'kind: Literal["_NetsSlot"] = "_NetsSlot"' in stub.text
    assert "class NetsSpecs(_NetsMethods[_NetsSlot, _NetsSlot2, _NetsSlot3]):" in stub.text


def test_dicts_of_a_large_registry_that_speak_of_another_write_slots_out(modules: Modules) -> None:
    """The other's dicts may speak of this one's, and mypy would follow the paths through both; of one without a catalogue they can't."""
    source = """
    from typing import Protocol

    class Loss(Protocol):
        def loss(self) -> float: ...
    LOSSES: Registry[Loss] = Registry("losses", Loss)
    """
    module = modules.load("shop.nets", HEAD + textwrap.dedent(source) + sixty("inner: Net, loss: Loss"))
    stub = generate_stub(module.NETS, as_stub=True, modules={module.LOSSES: "shop.losses_specs"})
    assert keys(stub, "Net07Config")["inner"] == "NetsConfig | _SpecOf[_Net] | _Net"
    assert keys(generate_stub(module.NETS, as_stub=True), "Net07Config")["inner"] == "_NetsSlot"


def test_dicts_of_a_large_registry_need_no_pydantic(modules: Modules) -> None:
    """pyright would read its core for a `BuildSpec` or a `Field`, anew after each change, and follow the flow of control to each dict."""
    given = "inner: Net, plain: Annotated[int, Field(gt=1)], spec: BuildSpec[Net] | None = None"
    source = f"from typing import Annotated\nfrom pydantic import Field\nfrom typed_registry import BuildSpec\n{sixty(given)}"
    stub = stub_of(modules, source, as_stub=False)
    assert not stub.problems
    assert "pydantic import" not in stub.text
    assert "def _Field(*args: object, **kwargs: object) -> object: ..." in stub.text
    tree = ast.parse(stub.text)
    dicts = "\n".join(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name.endswith("Config"))
    assert "plain: Annotated[int, _Field(gt=1)]" in dicts
    aliases = {node.target.id: ast.unparse(node.value) for node in ast.walk(tree) if is_alias(node)}
    assert "BuildSpec" not in dicts + "".join(aliases.values())
    quoted = [f"'Net{number:02}Config'" for number in range(60)]
    assert aliases["NetsConfig"] == f"Union[{', '.join(quoted)}]"
    assert aliases["_NetsSlot2"] == f"Union[{', '.join([*quoted, '_SpecOf[_Net]', 'None'])}]"


def is_alias(node: ast.AST) -> TypeGuard[Any]:
    """Whether it declares a type alias."""
    return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def test_what_is_given_up_leaves_no_import(modules: Modules) -> None:
    """Of a type with a name that means nothing the rest isn't imported either: a checker would report what isn't used."""
    source = """
        from decimal import Decimal
        @NETS.register("net")
        class Made(Base):
            def __init__(self, it: "dict[Decimal, Missing]", other: int) -> None: ...
    """
    stub = stub_of(modules, source)
    assert keys(stub, "NetConfig") == {"type": "Literal['net']", "it": "object", "other": "int"}
    assert "name 'Missing' is not defined" in str(stub.problems[0])
    assert "Decimal" not in stub.text


def test_an_ambiguous_slot_is_reported(modules: Modules) -> None:
    """Where several registries make what is due, and nothing tells which is meant, no config can be right."""
    source = """
        from typing import Protocol
        class Loss(Protocol):
            def loss(self) -> float: ...
        ONE: Registry[Loss] = Registry("one", Loss)
        TWO: Registry[Loss] = Registry("two", Loss)
        @NETS.register("net")
        class Made(Base):
            def __init__(self, loss: Loss) -> None: ...
    """
    stub = stub_of(modules, source)
    assert keys(stub, "NetConfig")["loss"] == "object"
    assert "registries 'one', 'two' all make it" in str(stub.problems[0])


# --- docs and defaults ---


def test_docs_and_defaults_are_told(modules: Modules) -> None:
    """Of the component, and of each argument with its default; only what the user wrote, not what Python or a dataclass adds."""
    source = '''
        from dataclasses import dataclass, field
        from typing import Generic, TypeVar
        T = TypeVar("T")
        @NETS.register("net")
        class Made(Base, Generic[T]):
            """A net.

            Args:
                size: How large,
                    in pixels.
                ratio: What \\\\ it "is".
            """
            def __init__(self, size: int = 3, *, ratio: float, names: list[str] = [], odd: float = float("nan")) -> None: ...
        @NETS.register("data")
        @dataclass
        class Data(Base, Generic[T]):
            items: list[int] = field(default_factory=list)
        @NETS.register("old", deprecated='use "net"')
        class Old(Base): ...
    '''
    stub = stub_of(modules, source)
    assert method(stub, "net").startswith("(self, *, size: int=3, ratio: float, names: list[str]=[], odd: float=...)")
    found = {
        node.name: ast.get_docstring(node) for node in ast.walk(ast.parse(stub.text)) if isinstance(node, (ast.ClassDef, ast.FunctionDef))
    }
    assert found["NetConfig"] == "A net."
    assert found["net"] == (
        "A net.\n\nArgs:\n    size: How large, in pixels. Default: 3.\n"
        '    ratio: What \\ it "is".\n    names: Default: [].\n    odd: Default: nan.'
    )
    assert found["DataConfig"] is None
    assert found["data"] == "Args:\n    items: Default: []."
    assert found["OldConfig"] == 'Deprecated: use "net"'
    assert '@deprecated("use \\"net\\"")' in stub.text


@pytest.mark.parametrize("import_targets", [True, False])
def test_a_default_that_does_not_fit_its_type(modules: Modules, import_targets: bool) -> None:
    """It is told, and no signature has it: a checker would report that in the generated file."""
    wrong = ["int = None", "List[int] = None", "'dict[str, int]' = None", "Union[int, str] = None", "str = 3", "float = 'auto'"]
    wrong += ["Literal['a'] = 'b'", "bool = 0", "list[int] = ()", "Tuple[int, int] = [1, 2]", "Sequence[int] = 'ab'", "Id = 3"]
    wrong += ["tuple[int, int] = (1,)", "dict[str, int] = {'a': 'b'}", "Later = None", "list[Later] = None", "T = 3"]
    right = ["Optional[int] = None", "'int | None' = None", "float = 1", "Sequence[str] = 'ab'", "Sequence[int] = (1, 2)"]
    right += ["Literal['a', 1] = 1", "dict[str, list[int]] = {'a': [1]}", "tuple[int, str] = (1, 'a')", "int = True", "object = None"]
    right += ["Later | None = None", "'Optional[Later]' = None", "Any = 3", "Annotated[int, 3] = 3", "tuple[int, ...] = ()"]
    source = """
        from collections.abc import Sequence
        from typing import Annotated, Any, List, Literal, NewType, Optional, Tuple, TypeVar, Union
        if TYPE_CHECKING:
            from decimal import Decimal as Later
        Id = NewType("Id", int)
        T = TypeVar("T")
        class Made(Base):
            def __init__(self, *, {}) -> None: ...
        NETS.register_lazy("net", "shop.nets:Made")
    """
    parameters = [f"{kind}{number}: {each}" for kind, all_ in (("wrong", wrong), ("right", right)) for number, each in enumerate(all_)]
    stub = stub_of(modules, source.format(", ".join(parameters)), import_targets=import_targets)
    assert stub.problems == ()
    found = next(node for node in ast.walk(ast.parse(stub.text)) if isinstance(node, ast.FunctionDef) and node.name == "net")
    defaults = {each.arg: ast.unparse(told) for each, told in zip(found.args.kwonlyargs, found.args.kw_defaults, strict=True) if told}
    expected = dict.fromkeys((f"wrong{number}" for number in range(len(wrong))), "...")
    expected |= {f"right{number}": each.rpartition(" = ")[2] for number, each in enumerate(right)}
    assert defaults == expected
    assert stub.text.count('"""Default: ') == len(parameters)


@pytest.mark.parametrize(
    ("default", "told"),
    [
        ("object()", "<object object>"),
        ("[object(), {'a': Bad()}]", "[<object object>, {'a': <shop.nets.Bad object>}]"),
        ("tuple(object() for _ in range(20))", "(<object object>, <object object>, <ob...ect>, <object object>, <object object>)"),
        ("math", "<module 'math'>"),
        ("Raising()", "<Raising instance>"),
        ("frozenset({Kind.B, Kind.A, Kind.C, Kind.D})", "frozenset({<Kind.A: 1>, <Kind.B: 2>, <Kind.C: 3>, <Kind.D: 4>})"),
        ("{10, 9}", "{9, 10}"),
        ("Holding(frozenset('edcba'))", "Holding(names=frozenset({'a', 'b', 'c', 'd', 'e'}))"),
        ("['{b, a}']", "['{b, a}']"),
        ("Base.forward", "Base.forward"),
        ("Bad().run", "Bad.run"),
        ("'at 0x12 from'", "'at 0x12 from'"),
    ],
)
def test_a_default_is_told_alike_in_each_process(modules: Modules, default: str, told: str) -> None:
    """Neither where an object is in memory nor the order of hashes is told, so that two runs give the same file."""
    source = f"""
        from dataclasses import dataclass
        from enum import Enum
        from typing import Any
        import math
        Kind = Enum("Kind", ["A", "B", "C", "D"])
        class Bad:
            def run(self) -> None: ...
        @dataclass(frozen=True)
        class Holding:
            names: frozenset[str]
        class Raising:
            def __repr__(self) -> str: raise RuntimeError
        @NETS.register("net")
        class Made(Base):
            def __init__(self, it: Any = {default}) -> None: ...
    """
    assert f"Default: {told}." in stub_of(modules, source).text


def test_a_class_that_is_deprecated_by_its_own_decorator(modules: Modules) -> None:
    """What is deprecated where it is defined is so in its catalogue, be it imported or read."""
    source = """
        from typing_extensions import deprecated
        @NETS.register("old")
        @deprecated("use another")
        class Old(Base): ...
        NETS.register_lazy("late", "shop.late:Late")
    """
    modules.write(
        "shop.late",
        "from typing_extensions import deprecated\n@deprecated('use none')\nclass Late:\n    def forward(self, x: float) -> float: ...\n",
    )
    stub = stub_of(modules, source, import_targets=False)
    assert stub.text.count('@deprecated("use another")') == stub.text.count('@deprecated("use none")') == 1


DESCRIBED = """
from __future__ import annotations
from typing import Annotated
from pydantic import BaseModel, Field
from pydantic.dataclasses import dataclass
from typing_extensions import Doc

class Model(BaseModel):
    \'\'\'A model.

    Args:
        told: By the docstring.
    \'\'\'

    given: float = Field(1.2, gt=1, description="By the field.")
    beside: Annotated[int, Field(gt=0, description="By its metadata,\\n    in two lines.")] = 3
    told: int = Field(3, description="Not this.")
    bare: int = 4
    def forward(self, x: float) -> float: ...

@dataclass
class Data:
    given: float = Field(1.2, description="By the field.")
    beside: Annotated[int, Doc("By its metadata, in two lines.")] = 3
    told: Annotated[int, "whatever", Field(description="By the docstring.")] = 3
    bare: int = 4
    def forward(self, x: float) -> float: ...

class Plain:
    def __init__(
        self,
        given: Annotated[float, Doc("By the field.")] = 1.2,
        beside: Annotated[int, Field(gt=0, description="By its metadata, in two lines.")] = 3,
        told: Annotated[int, Doc("By the docstring.")] = 3,
        bare: int = 4,
    ) -> None: ...
    def forward(self, x: float) -> float: ...
"""


@pytest.mark.parametrize("imported", [True, False])
@pytest.mark.parametrize("name", ["Model", "Data", "Plain"])
def test_descriptions_of_fields_and_in_annotations_are_told(modules: Modules, name: str, imported: bool) -> None:
    """pydantic's `Field(description=...)` and PEP 727's `Doc(...)`; a docstring comes first."""
    modules.write("shop.described", DESCRIBED)
    stub = stub_of(modules, f'NETS.register_lazy("it", "shop.described:{name}")', import_targets=imported)
    assert not stub.problems
    found = next(node for node in ast.walk(ast.parse(stub.text)) if isinstance(node, ast.ClassDef) and node.name == "ItConfig")
    told = {
        before.target.id: after.value.value
        for before, after in pairwise(found.body)
        if isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }
    assert told == {
        "given": "By the field. Default: 1.2.",
        "beside": "By its metadata, in two lines. Default: 3.",
        "told": "By the docstring. Default: 3.",
        "bare": "Default: 4.",
    }


def test_a_default_that_has_a_description_is_no_doc(modules: Modules) -> None:
    """Only what makes a field describes it."""
    source = "from dataclasses import dataclass\nclass Own:\n    def __init__(self, description: str) -> None: ...\n"
    source += "@dataclass\nclass It:\n    own: Own = Own(description='nothing')\n    def forward(self, x: float) -> float: ...\n"
    modules.write("shop.described", source)
    stub = stub_of(modules, 'NETS.register_lazy("it", "shop.described:It")', import_targets=False)
    assert '"""Default: Own(description=\'nothing\')."""' in stub.text


def test_fields_of_attrs_are_read_from_source(modules: Modules) -> None:
    """A default within `attr.ib` is the field's; a field without one is required."""
    source = "import attr\n@attr.define\nclass It:\n    size: int = attr.ib(default=3)\n    name: str = attr.ib()\n"
    modules.write("shop.described", f"{source}    def forward(self, x: float) -> float: ...\n")
    stub = stub_of(modules, 'NETS.register_lazy("it", "shop.described:It")', import_targets=False)
    assert not stub.problems
    assert method(stub, "it") == "(self, *, size: int=3, name: str) -> BuildSpec[_It]"


def test_a_field_with_an_alias_is_told_by_it(modules: Modules) -> None:
    """Its description, and what a docstring tells of its name."""
    source = """
    from pydantic import BaseModel, Field

    @NETS.register("it")
    class It(BaseModel):
        \'\'\'It.

        Args:
            size: How large.
        \'\'\'
        size: int = Field(alias="Size")
        step: int = Field(alias="Step", description="How far.")
        def forward(self, x: float) -> float: ...
    """
    stub = stub_of(modules, source)
    assert 'Size: int\n    """How large."""' in stub.text
    assert 'Step: int\n    """How far."""' in stub.text


TEXTS = st.text(st.characters(), max_size=30)
NAMES = TEXTS.filter(lambda name: name and not set(name) & set(".:"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=5,
)


def same(one: object, other: object) -> bool:
    return repr(one) == repr(other)


@settings(max_examples=150)
@given(names=st.lists(NAMES, min_size=1, max_size=4, unique=True), doc=TEXTS, default=VALUES, deprecated=st.none() | TEXTS, registry=NAMES)
def test_nothing_breaks_out_of_the_file(names: list[str], doc: str, default: object, deprecated: str | None, registry: str) -> None:
    """Whatever names, docs and defaults hold, the file parses, holds what it should and nothing more, and each text is as it was."""

    def make(value: object = default, *, other: int = 3) -> float:
        return 1.0

    make.__doc__ = doc
    numbers = Registry(registry, float)
    numbers.register(names[0], aliases=tuple(names[1:]), deprecated=deprecated)(make)
    text = generate_stub(numbers, as_stub=True).text
    assert text == generate_stub(numbers, as_stub=True).text
    text.encode()
    tree = ast.parse(text)
    assert {type(node) for node in tree.body} <= {ast.ImportFrom, ast.ClassDef, ast.AnnAssign, ast.Assign, ast.Expr}
    config = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    kind = next(node for node in config.body if isinstance(node, ast.AnnAssign))
    assert ast.literal_eval(ast.unparse(kind.annotation).partition("[")[2].removesuffix("]") + ",") == tuple(names)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.args.kw_defaults)
    written = function.args.kw_defaults[0]
    assert written is not None
    assert ast.unparse(written) == "..." or same(ast.literal_eval(written), default)
    told = inspect.cleandoc(doc)
    if (
        told and told.isprintable() and not any(mark in told for mark in (":", "@", "-", "=", "\\"))
    ):  # what a parser of docstrings takes apart
        assert (ast.get_docstring(function) or "").startswith(told.strip())
    if deprecated:
        marks = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).lstrip("_") == "deprecated"]
        assert [ast.literal_eval(node.args[0]) for node in marks] == [deprecated]


@settings(max_examples=100)
@given(keys=st.lists(TEXTS.filter(lambda key: key != "type"), min_size=1, max_size=5, unique=True))
def test_keys_of_any_text(keys: list[str]) -> None:
    """What is no name of a parameter is a key in quotes, and given to the method by `**`; what is one, is one."""

    def make(**others: Any) -> float:
        return 1.0

    fields: Any = TypedDict("fields", dict.fromkeys(keys, int))  # type: ignore[misc]
    make.__annotations__ = {"others": Unpack[fields], "return": float}
    numbers = Registry("numbers", float)
    numbers.register("made")(make)
    tree = ast.parse(generate_stub(numbers, as_stub=True).text)
    written: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            written |= {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
        elif isinstance(node, ast.ClassDef) and node.name == "MadeConfig":
            written |= {each.target.id for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)}
    assert written == {"type", *keys}
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    names = [each.arg for each in function.args.kwonlyargs]
    assert set(names) <= set(keys)
    assert (function.args.kwarg is not None) == (len(names) < len(keys))


# --- reading ---


def test_a_missing_package_is_no_fault_of_the_catalogue(modules: Modules) -> None:
    """A lazy entry whose package isn't installed is read from its source, and it is said so."""
    modules.write(
        "shop.heavy", "import torch_of_no_one\nclass Heavy:\n    '''Large.'''\n    def __init__(self, size: int = 3) -> None: ...\n"
    )
    stub = stub_of(modules, 'NETS.register_lazy("heavy", "shop.heavy:Heavy", requires="torch_of_no_one")')
    assert stub.problems == ()
    assert stub.notes == ("heavy: read from its source, as torch_of_no_one is missing",)
    assert method(stub, "heavy") == "(self, *, size: int=3) -> BuildSpec[_Heavy]"
    assert "_lazy_targets: list[Callable[..., _Net]] = [_Heavy]" in stub.text


def test_sources_are_read_without_importing(modules: Modules) -> None:
    """With `import_targets=False` not a line of a target's module runs, whatever it is made of."""
    modules.write(
        "shop.bases", "from shop.kinds import Kind\nclass Above:\n    def __init__(self, kind: Kind, *, deep: bool = False) -> None: ...\n"
    )
    modules.write("shop.kinds", "class Kind: ...\nSIZE = 7\n")
    modules.write(
        "shop.late",
        """
        raise RuntimeError("imported")
        from shop import kinds
        from shop.bases import Above
        from shop.kinds import SIZE
        class Late(Above):
            def __init__(self, size: int = SIZE, kind: kinds.Kind = kinds.Kind(), **kwargs: object) -> None:
                super().__init__(kind, **kwargs)
        class Bare(Above): ...
        Again = Late
        def make(late: Late, *sizes: int) -> Late: ...
        """,
    )
    modules.write("shop.hub", "from shop.late import Late as Shown\n")
    source = """
        for name, target in {"late": "shop.late:Late", "bare": "shop.late:Bare", "again": "shop.late:Again", "made": "shop.late:make",
                             "hub": "shop.hub:Shown"}.items():
            NETS.register_lazy(name, target)
    """
    stub = stub_of(modules, source, import_targets=False)
    assert stub.problems == ()
    late = "(self, *, size: int=7, kind: _kinds.Kind=..., deep: bool=False) -> BuildSpec[_Late]"
    assert [method(stub, name) for name in ("late", "again", "hub")] == [late] * 3
    assert method(stub, "bare") == "(self, *, kind: _Kind, deep: bool=False) -> BuildSpec[_Bare]"
    assert method(stub, "made") == "(self, *, late: _Late, sizes: list[int]=...) -> BuildSpec[_Late]"
    assert "shop.late" not in sys.modules


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("shop.late:Nope", "the source of shop.late tells of no 'Nope'"),
        ("shop.late:made", "shop.late:made is made when it is imported"),
        ("shop.late:silent", "shop.late:silent doesn't say what it returns"),
        ("shop.late:Child", "the source of hidden.Parent, a base of Child, isn't there"),
        ("no.such:Thing", "the source of no.such tells of no 'Thing'"),
    ],
)
def test_what_a_source_does_not_tell(modules: Modules, target: str, told: str) -> None:
    """An entry that can only be known by importing it is left out, with a comment, and reported."""
    modules.write("shop.late", "import hidden\nmade = hidden.make()\ndef silent(): ...\nclass Child(hidden.Parent): ...\n")
    stub = stub_of(modules, f'NETS.register_lazy("late", "{target}")\nNETS.register("net")(Base)', import_targets=False)
    assert [problem.path for problem in stub.problems] == [("late",)]
    assert told in str(stub.problems[0])
    assert "# 'late' is left out: " in stub.text
    assert method(stub, "net") == "(self) -> BuildSpec[_Base]"


def test_an_entry_that_cannot_be_loaded_is_left_out(modules: Modules) -> None:
    """One broken target doesn't hide the others."""
    modules.write("shop.broken", "1 / 0\n")
    stub = stub_of(modules, 'NETS.register_lazy("broken", "shop.broken:It")\nNETS.register("net")(Base)')
    assert [(problem.path, problem.code) for problem in stub.problems] == [(("broken",), "TR105")]
    assert "ZeroDivisionError" in str(stub.problems[0])
    assert stub.text.count("# 'broken' is left out") == 1


def test_a_location_that_cannot_be_imported_is_reported(modules: Modules) -> None:
    """What it would have registered is missing, so the catalogue isn't whole; the rest of it is right."""
    source = 'MORE: Registry[Net] = Registry("more", Net, locations=("shop.nowhere",))\nMORE.register("net")(Base)'
    stub = stub_of(modules, source, "MORE")
    assert ["location shop.nowhere" in str(problem.path) for problem in stub.problems] == [True]
    assert method(stub, "net") == "(self) -> BuildSpec[_Base]"


def test_locations_and_what_loading_registers_are_in_it(modules: Modules) -> None:
    """What is only registered when a location or a lazy target is imported is there too."""
    modules.write("shop.place", "from shop.nets import NETS, Base\nNETS.register('placed')(Base)\n")
    source = """
        MORE: Registry[Net] = Registry("more", Net, locations=("shop.late",))
    """
    modules.write("shop.late", "from shop.nets import MORE, Base\n@MORE.register('late')\nclass Late(Base): ...\n")
    stub = stub_of(modules, source, "MORE")
    assert method(stub, "late") == "(self) -> BuildSpec[_Late]"


def test_the_runtime_catalogue_has_the_same_names(modules: Modules) -> None:
    """What the generated class declares, `registry.specs` has: as methods, and by item what is no identifier."""
    source = """
        @NETS.register("net")
        class Made(Base):
            def __init__(self, size: int = 3) -> None: ...
        NETS.register("net-v2")(Made)
    """
    module = modules.load("shop.nets", HEAD + textwrap.dedent(source))
    assert module.NETS.specs.net(size=4).to_config() == {"type": "net", "size": 4}
    assert module.NETS.specs["net-v2"](size=4).to_config() == {"type": "net-v2", "size": 4}
    with pytest.raises(AttributeError, match="did you mean 'net'"):
        _ = module.NETS.specs.nett


def test_what_python_offers_by_itself(modules: Modules) -> None:
    """A function written in C has no annotations, and takes anything by the names that it tells."""
    numbers = Registry("numbers", float)
    numbers.register("root")(math.sqrt)
    stub = generate_stub(numbers, as_stub=True)
    assert method(stub, "root") == "(self, *, x: Any) -> BuildSpec[float]"


def test_values_take_nothing() -> None:
    """An entry that is a product itself has no arguments, and is what the registry's protocol says."""
    numbers = Registry("numbers", float)
    numbers.register_value("pi", math.pi)
    assert method(generate_stub(numbers, as_stub=True), "pi") == "(self) -> BuildSpec[float]"


def test_the_result_is_a_record() -> None:
    """A catalogue says what couldn't be read, apart from its text."""
    assert GeneratedStub("text") == GeneratedStub("text", (), ())
    assert get_args(list[GeneratedStub]) == (GeneratedStub,)
