"""`typed-registry migrate`: code that used MMEngine's registry does the same with ours, and what can't be moved says so at its line."""

from __future__ import annotations

import ast
import io
import re
import sys
import textwrap
import tokenize
import types
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("click")
pytest.importorskip("libcst")

import typed_registry.compat.mmengine as drop_in
from tests.modules import REPOSITORY
from tests.test_cli import Done, child
from typed_registry.cli._app import run

NOTE = "# typed-registry: "


class Project:
    """A folder of files that are migrated by the command."""

    def __init__(self, folder: Path, call: Callable[..., Done]) -> None:
        self.folder = folder
        self.call = call

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode())

    def read(self, name: str) -> str:
        return (self.folder / name).read_bytes().decode()

    def migrated(self, source: str, *arguments: str) -> str:
        """What one file becomes."""
        self.write({"code.py": source})
        assert self.call("migrate", "--write", *arguments, "code.py").status == 0
        return self.read("code.py")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Done:
        capsys.readouterr()
        status = run(arguments)
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return Project(tmp_path, call)


@contextmanager
def mmengine() -> Generator[None, None, None]:
    """MMEngine's modules, with the drop-in for its registry."""
    package, before = types.ModuleType("mmengine"), dict(sys.modules)
    package.__dict__.update({name: getattr(drop_in, name) for name in drop_in.__all__}, registry=drop_in, __path__=[])
    sys.modules.update({"mmengine": package, "mmengine.registry": drop_in})
    try:
        yield
    finally:
        for name in ("mmengine", "mmengine.registry"):
            sys.modules.pop(name)
            if name in before:
                sys.modules[name] = before[name]


def execute(text: str, name: str) -> None:
    """Run a module of that name; its assertions tell whether it does what it should."""
    module = types.ModuleType(name)
    module.__file__ = f"/{name}.py"  # by which MMEngine infers a scope
    sys.modules[name] = module
    try:
        exec(compile(text, module.__file__, "exec"), module.__dict__)
    finally:
        del sys.modules[name]


def comments(text: str) -> list[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return sorted(token.string for token in tokens if token.type == tokenize.COMMENT and not token.string.startswith(NOTE))


def notes(text: str) -> list[str]:
    return [line.strip().removeprefix(NOTE) for line in text.splitlines() if line.strip().startswith(NOTE)]


# --- the same behaviour, before and after ---

IMPORTS = {
    "from mmengine.registry import Registry, build_from_cfg": ("Registry", "build_from_cfg"),
    "from mmengine import Registry\nfrom mmengine.registry import build_from_cfg  # builds": ("Registry", "build_from_cfg"),
    "from mmengine.registry import (\n    Registry as Reg,  # the class\n    build_from_cfg as make,  # the function\n)": ("Reg", "make"),
    "import mmengine.registry": ("mmengine.registry.Registry", "mmengine.registry.build_from_cfg"),
    "import mmengine.registry as reg, os": ("reg.Registry", "reg.build_from_cfg"),
    "import mmengine": ("mmengine.Registry", "mmengine.build_from_cfg"),
    "from mmengine import registry": ("registry.Registry", "registry.build_from_cfg"),
    "try:\n    # inside a block\n    from mmengine.registry import Registry, build_from_cfg\nfinally:\n    pass": (
        "Registry",
        "build_from_cfg",
    ),
}
CONSTRUCTIONS = [
    "<R>('model')",
    '<R>("model", scope="zoo")',
    "<R>(name='model', parent=None, scope='zoo', locations=[])",
    "<R>('model', None, None, 'zoo', [])",
    "<R>(\n    'model',  # what it is\n    build_func=<B>,  # how\n    locations=['json', 'ast'],  # where\n)",
    "<R>('model', locations=LOCATIONS)",
]
PATTERNS = [
    """
    @MODELS.register_module()
    class Plain<n>:  # a class
        def __init__(self, depth=1):
            self.depth = depth
    assert MODELS.build(dict(type='Plain<n>', depth=50)).depth == 50
    assert 'Plain<n>' in MODELS and 'Other<n>' not in MODELS
    """,
    """
    @MODELS.register_module(name='a<n>')
    class A<n>: pass
    @MODELS.register_module("b<n>")  # by place
    class B<n>: pass
    assert type(MODELS.build({'type': 'a<n>'})) is A<n> and type(MODELS.build(cfg={'type': 'b<n>'})) is B<n>
    """,
    """
    # several names
    @MODELS.register_module(name=['first<n>', "second<n>"], force=False)
    class Many<n>: pass
    @MODELS.register_module(name=('one<n>',), force=True)
    class One<n>: pass
    assert type(MODELS.build(dict(type='second<n>'))) is type(MODELS.build(dict(type='first<n>'))) is Many<n>
    assert type(MODELS.build(dict(type='one<n>'))) is One<n>
    """,
    """
    class Old<n>: pass
    class New<n>: pass
    assert MODELS.register_module(name='same<n>', module=Old<n>) is Old<n>
    MODELS.register_module('same<n>', True, New<n>)
    MODELS.register_module(module=Old<n>)
    MODELS.register_module()(New<n>)
    assert type(MODELS.build(dict(type='same<n>'))) is New<n>
    assert type(MODELS.build(dict(type='Old<n>'))) is Old<n> and type(MODELS.build(dict(type='New<n>'))) is New<n>
    """,
    """
    import functools
    @MODELS.register_module()
    def made<n>(size, *, times=2):
        return size * times
    MODELS.register_module(name='square<n>', module=lambda x: x * x)
    MODELS.register_module(name='three<n>', module=functools.partial(made<n>, times=3))
    assert made<n>(2) == 4
    assert [MODELS.build(dict(type=kind, **more)) for kind, more in
            (('made<n>', dict(size=2)), ('square<n>', dict(x=3)), ('three<n>', dict(size=2)))] == [4, 9, 6]
    """,
    """
    @MODELS.register_module()
    class Defaulted<n>:
        def __init__(self, a=1, b=2):
            self.both = (a, b)
    cfg<n> = dict(type='Defaulted<n>', a=3)
    assert MODELS.build(cfg<n>, default_args=dict(b=4)).both == (3, 4)
    assert MODELS.build(default_args={'b': 5}, cfg=cfg<n>).both == (3, 5)
    assert MODELS.build(cfg<n>, default_args=None).both == (3, 2) and cfg<n> == dict(type='Defaulted<n>', a=3)
    assert <B>(cfg<n>, MODELS).both == (3, 2)
    assert <B>(
        cfg<n>,  # the config
        registry=MODELS,  # the registry
        default_args=dict(b=6),  # the rest
    ).both == (3, 6)
    """,
    """
    @MODELS.register_module()
    def fetched<n>(x):
        return x + 1
    name<n> = 'fetched<n>'
    function<n> = MODELS.get(name<n>)
    assert function<n> is fetched<n> and MODELS.get('fetched<n>')(1) == 2 and MODELS.get('fetched<n>').__name__ == name<n>
    assert MODELS.get('missing<n>') is None and (MODELS.get(key='missing<n>') or 3) == 3
    assert [MODELS.get(each) for each in (name<n>, 'missing<n>')] == [fetched<n>, None]
    if not MODELS.get(name<n>):
        raise AssertionError
    def look<n>(key):
        return MODELS.get(key)
    assert look<n>(name<n>) is fetched<n> and look<n>('missing<n>') is None
    """,
    """
    HEADS<n> = <R>('head', scope='heads<n>')
    @HEADS<n>.register_module()
    @MODELS.register_module('both<n>')
    class Both<n>: pass
    assert type(HEADS<n>.build(dict(type='Both<n>'))) is type(MODELS.build(dict(type='both<n>'))) is Both<n>
    """,
    """
    PARENT<n> = <R>('p', scope='p<n>')
    CHILD<n> = <R>('c', parent=PARENT<n>, scope='c<n>')
    OTHER<n> = <R>('o', scope='o<n>', parent=PARENT<n>)
    @PARENT<n>.register_module()
    class Up<n>: pass
    @CHILD<n>.register_module()
    class Down<n>: pass
    assert type(CHILD<n>.build(dict(type='Up<n>'))) is Up<n> and 'Down<n>' not in PARENT<n>
    assert type(OTHER<n>.build(dict(type='c<n>.Down<n>'))) is type(CHILD<n>.build(dict(type='c<n>.Down<n>'))) is Down<n>
    """,
    """
    BACKBONES<n> = NECKS<n> = MODELS
    @BACKBONES<n>.register_module()
    class Backbone<n>:
        def __init__(self, neck=None):
            self.neck = NECKS<n>.build(neck, default_args=dict(neck=None)) if neck else None
    assert MODELS.build(dict(type='Backbone<n>', neck=dict(type='Backbone<n>'))).neck.neck is None
    """,
    """
    def test<n>():
        CATS = <R>('cat', scope='cats')
        NAME = 'tabby'
        @CATS.register_module(name=NAME)
        class Tabby: pass
        for each in (Tabby,):
            CATS.register_module(name=f'{each.__name__}2', module=each)
        assert type(CATS.build(dict(type='tabby'), default_args={})) is CATS.get('Tabby2') is Tabby
    test<n>()
    """,
    """
    class Other<n>:
        "Has the methods of a registry, and is none: MODELS.build(default_args=1)"
        def build(self, cfg, default_args=None): return default_args
        def get(self, key): return key
        def register_module(self, **given): return lambda cls: given
    def shadowed<n>(MODELS):
        return MODELS.build(1, default_args=MODELS.get('a'))
    @Other<n>().register_module(name='x')
    class Registered<n>: pass
    assert shadowed<n>(Other<n>()) == 'a' and Registered<n> == dict(name='x') and {'a': 1}.get('a') == 1
    """,
]


def module_text(imported: str, construction: str, chosen: list[int]) -> str:
    """A module that imports MMEngine's registry, makes one, and uses it in some ways."""
    registry, build = IMPORTS[imported]
    parts = [f'"""A module."""  # its docstring\n{imported}\n\nLOCATIONS = ["json"]\nMODELS = {construction}  # all of them\n']
    parts += [textwrap.dedent(PATTERNS[index]).replace("<n>", str(number)) for number, index in enumerate(chosen)]
    return "".join(parts).replace("<R>", registry).replace("<B>", build)


def both_ways(imported: str, construction: str, chosen: list[int]) -> None:
    before = module_text(imported, construction, chosen)
    with mmengine():
        execute(before, "zoo_before")
    with TemporaryDirectory() as folder:
        path = Path(folder, "zoo.py")
        path.write_text(before)
        assert run(["migrate", folder]) == 1
        assert path.read_text() == before
        assert run(["migrate", folder, "--write"]) == 0
        after = path.read_text()
        assert run(["migrate", folder]) == 0
        assert path.read_text() == after
    assert comments(after) == comments(before)
    assert set(notes(after)) <= {"name the protocol", "name the protocol; it must be its parent's"}
    is_unused = "build_from_cfg" in imported and "<B>" not in construction and not any("<B>" in PATTERNS[index] for index in chosen)
    assert ("mmengine" in after) == is_unused  # what was imported for nothing is left
    with mmengine() if is_unused else nullcontext():
        execute(after, "zoo_after")


@pytest.mark.parametrize("imported", IMPORTS)
def test_migrated_code_does_the_same(imported: str) -> None:
    """Assertions that hold with MMEngine's registry hold with ours, no comment is lost, and a second run changes nothing."""
    construction = CONSTRUCTIONS[list(IMPORTS).index(imported) % len(CONSTRUCTIONS)]
    both_ways(imported, construction, list(range(len(PATTERNS))))


@settings(max_examples=15)
@given(
    st.sampled_from(list(IMPORTS)), st.sampled_from(CONSTRUCTIONS), st.lists(st.sampled_from(range(len(PATTERNS))), min_size=1, max_size=4)
)
def test_any_combination_does_the_same(imported: str, construction: str, chosen: list[int]) -> None:
    """That holds for any choice of what is used, and how often."""
    both_ways(imported, construction, chosen)


FOREIGN = [
    "import mmengine\n",
    "from mmengine.config import Config\n",
    "cfg = Config.fromfile('a.py', default_args=3)\n",
    "@app.register_module(name=['a', 'b'])\nclass A: pass\n",
    "builder.build(cfg, default_args=dict(a=1))  # registers nothing\n",
    "x = MODELS.get('a')\n",
    "def f(MODELS):\n\treturn MODELS.build(1, default_args=2)\n",
    "s = '''from mmengine.registry import Registry\nR = Registry('x')\n'''\n",
    "from mmengine.registry import MODELS, HOOKS\n@MODELS.register_module()\nclass B: pass\n",
    "Registry('model').register_module()\n",
    "d = dict(_scope_='mmdet')\n\f\n",
    "import os; os.environ . get ( 'A' )\n",
    "# é\n",
]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(FOREIGN), min_size=1), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["utf-8", "utf-8-sig", "latin-1"]))
def test_files_without_registries_are_left(parts: list[str], end: str, encoding: str) -> None:
    """What isn't known to be a registry of the code base is left, byte by byte, and no note is made."""
    mark = f"# -*- coding: {encoding} -*-\n" if encoding == "latin-1" else ""
    data = (mark + "".join(parts).rstrip("\n")).replace("\n", end).encode(encoding)
    with TemporaryDirectory() as folder:
        path = Path(folder, "foreign.py")
        path.write_bytes(data)
        assert run(["migrate", folder, "--write"]) == 0
        assert path.read_bytes() == data


# --- single forms ---

HEAD = """
from mmengine.registry import Registry, build_from_cfg
MODELS = Registry('model')
"""
FORMS = {
    "@MODELS.register_module()\nclass A: pass": "@MODELS.register\nclass A: pass",
    "@MODELS.register_module(name='a')\nclass A: pass": "@MODELS.register('a')\nclass A: pass",
    "@MODELS.register_module(['a', \"b\", 'c'])\nclass A: pass": "@MODELS.register('a', aliases=(\"b\", 'c'))\nclass A: pass",
    "@MODELS.register_module(force=True)\nclass A: pass": "@MODELS.register(override=True)\nclass A: pass",
    "@MODELS.register_module(name=None, force=FORCE)\nclass A: pass": "@MODELS.register(override=FORCE)\nclass A: pass",
    "B = MODELS.register_module(module=A)": "B = MODELS.register(A)",
    "MODELS.register_module('a', False, A)": "MODELS.register('a')(A)",
    "for cls in (A, B):\n    MODELS.register_module(cls.__name__.lower(), module=cls)": (
        "for cls in (A, B):\n    MODELS.register(cls.__name__.lower())(cls)"
    ),
    "MODELS.build(cfg, default_args=dict(a=1))": "MODELS.build(cfg, defaults=dict(a=1))",
    "build_from_cfg(cfg, MODELS)": "MODELS.build(cfg)",
    "build_from_cfg(cfg=a, default_args=b, registry=MODELS)": "MODELS.build(a, defaults=b)",
    "x = MODELS.get('a')": "x = MODELS['a'].load() if 'a' in MODELS else None",
    "x = MODELS.get('a')(1).get(2)": "x = MODELS['a'].load()(1).get(2)",
    "def f(c: str):\n    return MODELS.build(dict(type=c), default_args=MODELS.get(c))": (
        "def f(c: str):\n    return MODELS.build(dict(type=c), defaults=MODELS[c].load() if c in MODELS else None)"
    ),
}


@pytest.mark.parametrize("before", FORMS)
def test_forms(project: Project, before: str) -> None:
    """Each use becomes what a person would write."""
    after = project.migrated(f"{HEAD}{before}\n")
    assert after.partition("object)\n")[2] == f"{FORMS[before]}\n"
    assert notes(after) == ["name the protocol"]


NOTED = {
    "@MODELS.register_module\nclass A: pass": "write register",
    "MODELS.register_module(NAMES, module=A)": "one name or several?",
    "@MODELS.register_module(*names)\nclass A: pass": "unpacked",
    "@MODELS.register_module(name=[*names])\nclass A: pass": "unpacked",
    "@MODELS.register_module(name='a.b')\nclass A: pass": "no entry can be called 'a.b'",
    "@MODELS.register_module(name=[])\nclass A: pass": "no names",
    "@MODELS.register_module(group='a')\nclass A: pass": "doesn't take",
    "MODELS.register_module(module=lambda: 1)": "a lambda has no name",
    "@MODELS.register_module()\nasync def a(): pass": "coroutines or generators",
    "@MODELS.register_module()\ndef a():\n    yield 1": "coroutines or generators",
    "@MODELS.register_module()\nclass A(ABC):\n    @abstractmethod\n    def f(self): ...": "abstract class",
    "MODELS.build(cfg, dict(a=1))": "defaults= by name",
    "MODELS.build(cfg, **more)": "unpacked",
    "MODELS.build(cfg, classes=3)": "doesn't take",
    "MODELS.build([cfg, cfg])": "one config, no list",
    "class A: pass\nMODELS.build(dict(type=A, a=1))": "REGISTRY.spec(cls, ...)",
    "MODELS.build({'type': models.ResNet})": "REGISTRY.spec(cls, ...)",
    "MODELS.build(dict(type='a', _scope_='mmdet'))": "_scope_ isn't read",
    "cfg = {'_scope_': 'mmdet'}": "_scope_ isn't read",
    "x = MODELS.get(cfg.pop('type'))": "REGISTRY[name].load()",
    "x = MODELS.get('json.dumps')": "never paths of modules",
    "find = MODELS.get": "get() gives an Entry or None",
    "MODELS.module_dict.pop('a', None)": "unregister(name)",
    "for child in MODELS.children: pass": "scope.Name",
    "with MODELS.switch_scope_and_registry('a') as r: pass": "REGISTRY.using(scope)",
    "MODELS._module_dict.clear()": "unregister(name)",
    "len(MODELS)": "counts entries",
    "with pytest.raises(KeyError):\n    MODELS.build(cfg)": "no KeyErrors",
    "with pytest.raises(KeyError):\n    @MODELS.register_module()\n    class A: pass": "no KeyErrors",
    "try:\n    build_from_cfg(cfg, MODELS)\nexcept (TypeError, KeyError): pass": "no KeyErrors",
    "try: from mmengine.registry import Registry as R\nexcept ImportError: from mmcv import Registry as R\nOTHER = R('a')": "or another",
    "try: from mmengine.registry import build_from_cfg as make\nexcept ImportError: make = None\nmake(cfg, MODELS)": "write REGISTRY.build",
    "if x: from mmengine.registry import HOOKS as H\nelse: H = MODELS\nH.register_module(module=A)": "may be one of several registries",
    "if x: from mmengine.registry import HOOKS as H\nelse: H = MODELS\nH.get('a')": "may be one of several registries",
    "make = build_from_cfg": "REGISTRY.build(cfg, defaults=...)",
    "def f(r): return build_from_cfg(cfg, r)": "REGISTRY.build(cfg, defaults=...)",
    "OTHER = Registry('other', build_func=make)": "left as MMEngine's: build_func",
    "OTHER = Registry('other', parent=unknown)": "its parent isn't known",
    "OTHER = Registry('other', scope='a.b')": "no scope can be 'a.b'",
    "OTHER = Registry(*args)": "unpacked",
    "ALL = {'a': Registry('a')}": "isn't assigned to a name",
    "if x:\n    OTHER = Registry('a')\nelse:\n    OTHER = Registry('b')": "bound once",
    "if x: from mmengine.registry import Registry as R\nA = R('a')\n@A.register_module()\nclass B: pass": "a line of its own",
    "from mmengine.registry import *": "import what is used by name",
    "class Mine(Registry): pass": "a subclass of MMEngine's Registry",
    "from mmengine.registry import DefaultScope\nDefaultScope.get_instance('a', scope_name='b')": "REGISTRY.using(scope)",
    "import mmengine\nmmengine.init_default_scope('a')": "REGISTRY.using(scope)",
    "from mmengine.registry import traverse_registry_tree as t\nt(MODELS)": "typed-registry list",
    "CHILD = Registry('c', scope='s', parent=MODELS)\nMORE = Registry('m', parent=CHILD, scope='s')": "scope 's' is its tree's already",
}


@pytest.mark.parametrize("before", NOTED)
def test_what_is_not_understood_is_noted_once(project: Project, before: str) -> None:
    """It is left with a note at its line, directly above; another run adds none."""
    after = project.migrated(f"{HEAD}{before}\n")
    told = [note for note in notes(after) if not note.startswith("name the protocol")]
    assert [note for note in told if NOTED[before] in note] != []
    assert project.call("migrate", "--write", "code.py") == Done(0, "", "nothing to migrate\n")
    assert project.read("code.py") == after
    ast.parse(after)


NOT_NOTED = (
    "MODELS.build(cfg, **more)",
    "MODELS.build(*[a, b])",
    "if x: from mmengine.registry import HOOKS as H\nelse: H = MODELS\nH.build(cfg)",
    "try:\n    def f(): MODELS.build(cfg)\nexcept KeyError: pass",
    "try:\n    MODELS.build(cfg)\nexcept ValueError:\n    raise KeyError",
)


@pytest.mark.parametrize("before", NOT_NOTED)
def test_nothing_is_noted_for_nothing(project: Project, before: str) -> None:
    """There is no second note of what one tells, and none where all stays the same."""
    told = [note for note in notes(project.migrated(f"{HEAD}{before}\n")) if note != "name the protocol"]
    assert [note for note in told if "unpacked" not in note] == []


def test_a_note_stands_above_the_decorator_it_is_of(project: Project) -> None:
    """Of several decorators each has its own."""
    after = project.migrated(
        HEAD
        + "class Outer:\n    # about A\n    @MODELS.register_module\n    @MODELS.register_module(name='')\n    @other\n    class A: pass\n"
    )
    lines = [line for line in after.splitlines() if line.startswith("    ")]
    assert lines[0] == "    # about A"
    assert [line.startswith(f"    {NOTE}") for line in lines] == [False, True, False, True, False, False, False]


# --- registries ---


def test_a_code_base_of_several_files(project: Project) -> None:
    """Registries are known through imports, relative ones, re-exports and second names; what is like them in name only is left."""
    project.write(
        {
            "zoo/__init__.py": "from .registry import MODELS as ALL_MODELS\n",
            "zoo/registry.py": "from mmengine.registry import Registry\nMODELS = Registry('model', locations=['zoo.models'])\n",
            "zoo/builder.py": "from .registry import MODELS\nBACKBONES = MODELS\n",
            "zoo/models/__init__.py": """
                from zoo import ALL_MODELS
                from ..builder import BACKBONES as B
                import zoo.registry
                @ALL_MODELS.register_module()
                class One: pass
                @B.register_module()
                class Two: pass
                @zoo.registry.MODELS.register_module()
                class Three: pass
            """,
            "other/__init__.py": "",
            "other/models.py": "from other.registry import MODELS\n@MODELS.register_module()\nclass One: pass\n",
        }
    )
    done = project.call("migrate", "zoo", "other", "--write")
    assert (done.status, done.err) == (0, "2 files changed, with 1 note to look at: search for '# typed-registry:'\n")
    assert "MODELS: Registry[object] = Registry('model', object, scope='zoo', locations=('zoo.models',))" in project.read("zoo/registry.py")
    used = [line for line in project.read("zoo/models/__init__.py").splitlines() if line.startswith("@")]
    assert used == ["@ALL_MODELS.register", "@B.register", "@zoo.registry.MODELS.register"]
    code = "from zoo.registry import MODELS; print(type(MODELS.build({'type': 'zoo.Three'})).__name__)"
    assert child(cwd=project.folder, code=code).out == "Three\n"


def test_files_of_a_later_run(project: Project) -> None:
    """What uses a registry that is ours already is migrated too, but for get(), which may be meant as ours."""
    project.write(
        {
            "registry.py": "from typed_registry import Registry\nMODELS: Registry[object] = Registry('model', object)\n",
            "use.py": """
                from registry import MODELS
                @MODELS.register_module(name='a')
                class A: pass
                MODELS.build({'type': 'a'}, default_args={})
                entry = MODELS.get('a')
            """,
        }
    )
    assert project.call("migrate", ".", "--write").status == 0
    assert project.read("use.py").splitlines()[1:] == [
        "@MODELS.register('a')",
        "class A: pass",
        "MODELS.build({'type': 'a'}, defaults={})",
        "entry = MODELS.get('a')",
    ]


def test_children_of_mmengines_roots(project: Project) -> None:
    """Without a module for the roots they lose their parents, with a note; what the Runner looks into is left, which is told."""
    after = project.migrated(
        """
        from mmengine.registry import HOOKS as ROOT_HOOKS
        from mmengine.registry import MODELS as ROOT_MODELS, Registry
        MODELS = Registry('model', parent=ROOT_MODELS)
        HOOKS = Registry('hook', None, ROOT_HOOKS)
        @ROOT_HOOKS.register_module()
        class Hook: pass
        """
    )
    assert [line for line in after.splitlines() if not line.startswith("#")] == [
        "from mmengine.registry import HOOKS as ROOT_HOOKS",
        "from typed_registry import Registry",
        "MODELS: Registry[object] = Registry('model', object)",
        "HOOKS: Registry[object] = Registry('hook', object)",
        "@ROOT_HOOKS.register_module()",
        "class Hook: pass",
    ]
    assert [note.partition(":")[0] for note in notes(after)].count("its parent was MMEngine's MODELS") == 1
    assert "left to MMEngine, whose Runner looks there: HOOKS; --roots PKG.MOD" in project.call("migrate", "code.py").err


def test_roots_of_ones_own(project: Project) -> None:
    """With a module for the roots their imports lead there, parents stay, and the protocol is the root's."""
    project.write(
        {
            "roots.py": """
                from typing import Protocol
                from typed_registry import Registry
                class Hook(Protocol):
                    def run(self) -> str: ...
                HOOKS: Registry[Hook] = Registry("hook", Hook)
            """,
            "hooks.py": """
                from mmengine.registry import HOOKS as ROOT, Registry
                HOOKS = Registry('hook', parent=ROOT, scope='mine')
                @ROOT.register_module()
                class Quiet:
                    def run(self) -> str: return ''
                @HOOKS.register_module()
                class Loud:
                    def run(self) -> str: return '!'
                assert HOOKS.build(dict(type='Quiet')).run() == '' and ROOT.build(dict(type='mine.Loud')).run() == '!'
                assert ROOT.get('Loud') is None and ROOT.get('Quiet') == Quiet
                print('did it')
            """,
        }
    )
    assert project.call("migrate", ".", "--roots", "roots", "--write").status == 0
    text = project.read("hooks.py")
    assert text.splitlines()[:4] == [  # an import sorter comes next
        "from typed_registry import Registry",
        "from roots import Hook",
        "from roots import HOOKS as ROOT",
        "HOOKS: Registry[Hook] = Registry('hook', Hook, parent=ROOT, scope='mine')",
    ]
    assert notes(text) == []
    assert child(cwd=project.folder, code="import hooks").out == "did it\n"
    assert project.call("migrate", ".", "--roots", "roots") == Done(0, "", "nothing to migrate\n")


@pytest.mark.parametrize(
    ("given", "imported", "name"),
    [
        ("model=torch.nn:Module", "from torch.nn import Module", "Module"),
        ("MODELS=torch:nn.Module", "from torch import nn", "nn.Module"),
        ("code:MODELS=taken.mod:Taken", "import taken.mod", "taken.mod.Taken"),
        ("model=already.there:There", "from already.there import There", "There"),
    ],
)
def test_protocols_that_are_given(project: Project, given: str, imported: str, name: str) -> None:
    """By the registry's name, its variable, or the module and the variable; imported once, and never in the way of another name."""
    source = f"from already.there import There\n{HEAD.strip()}\nTaken = 3\nCHILD = Registry('c', parent=MODELS)\n"
    after = project.migrated(source, "-p", given)
    assert f"MODELS: Registry[{name}] = Registry('model', {name})\n" in after
    assert f"CHILD: Registry[{name}] = Registry('c', {name}, parent=MODELS)\n" in after
    assert after.splitlines().count(imported) == 1
    assert notes(after) == []


def test_protocols_that_an_annotation_has(project: Project) -> None:
    """`MODELS: "Registry[nn.Module]"`, as with the stubs, tells the protocol; what only checkers import is imported in earnest."""
    after = project.migrated(
        """
        from typing import TYPE_CHECKING, Any
        from mmengine.registry import Registry
        import numbers as n
        if TYPE_CHECKING:
            from fractions import Fraction
        A: "Registry[n.Real]" = Registry("a")
        B: Registry[Fraction] = Registry("b")
        C: Registry[Any] = Registry("c")
        """
    )
    made = [line for line in after.splitlines() if "= Registry" in line]
    assert made == [
        'A: Registry[n.Real] = Registry("a", n.Real)',
        'B: Registry[Fraction] = Registry("b", Fraction)',
        'C: Registry[object] = Registry("c", object)',
    ]
    execute(after, "annotated")


def test_registries_that_stay_beside_those_that_move(project: Project) -> None:
    """MMEngine's class keeps its name where some of its registries stay; those and their children are left, with all their uses."""
    more = """
        OLD = Registry('old', build_func=make)
        CHILD = Registry('child', parent=OLD)
        @MODELS.register_module()
        @OLD.register_module()
        @CHILD.register_module()
        class A: pass
        build_from_cfg(cfg, OLD, default_args=1)
    """
    after = project.migrated(HEAD + textwrap.dedent(more))
    assert [line for line in after.splitlines() if not line.startswith("#")] == [
        "from mmengine.registry import Registry, build_from_cfg",
        "from typed_registry import Registry as TypedRegistry",
        "MODELS: TypedRegistry[object] = TypedRegistry('model', object)",
        "",
        "OLD = Registry('old', build_func=make)",
        "CHILD = Registry('child', parent=OLD)",
        "@MODELS.register",
        "@OLD.register_module()",
        "@CHILD.register_module()",
        "class A: pass",
        "build_from_cfg(cfg, OLD, default_args=1)",
    ]
    assert notes(after)[2] == "left as MMEngine's: its parent OLD is"


def test_what_others_import_stays(project: Project) -> None:
    """An import isn't dropped when another file asks for it."""
    project.write(
        {
            "a.py": """
                from mmengine.registry import MODELS as ROOT, HOOKS as HOOK_ROOT, Registry
                M = Registry('m', parent=ROOT)
                H = Registry('h', parent=HOOK_ROOT)
            """,
            "b.py": "from a import ROOT\n",
        }
    )
    assert project.call("migrate", ".", "--write").status == 0
    assert project.read("a.py").startswith("from mmengine.registry import MODELS as ROOT\nfrom typed_registry import Registry\n")


# --- files ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends_are_kept(project: Project, encoding: str, end: str) -> None:
    """What is new in a file has its encoding and its line ends; there may be none at the end."""
    mark = f"# -*- coding: {encoding.removesuffix('-sig')} -*-\n# é\n"
    before = f"{mark}from mmengine.registry import Registry\nMODELS = Registry('é')"
    project.write({"code.py": before.replace("\n", end).encode(encoding)})
    assert project.call("migrate", "code.py", "--write").status == 0
    after = f"{mark}from typed_registry import Registry\n{NOTE}name the protocol\nMODELS: Registry[object] = Registry('é', object)"
    assert (project.folder / "code.py").read_bytes() == after.replace("\n", end).encode(encoding)


def test_links_and_modes_are_kept(project: Project) -> None:
    """A link stays one, a file stays executable, and nothing else is left in the folder."""
    project.write({"real/code.txt": HEAD})
    (project.folder / "real/code.txt").chmod(0o751)
    (project.folder / "code.py").symlink_to("real/code.txt")
    assert project.call("migrate", "code.py", "--write").status == 0
    assert (project.folder / "code.py").is_symlink()
    assert (project.folder / "real/code.txt").stat().st_mode & 0o777 == 0o751
    assert "typed_registry" in project.read("real/code.txt")
    assert sorted(path.name for path in project.folder.rglob("*")) == ["code.py", "code.txt", "real"]


def test_files_that_can_not_be_read_as_python(project: Project) -> None:
    """Each is told of with its line, the others are migrated, and the status is 2; one that has nothing to do with it isn't told of."""
    project.write(
        {
            "good.py": HEAD,
            "bad.py": f"{HEAD}print 'x'\n",
            "null.py": b"import mmengine\x00\n",
            "coded.py": b"# coding: nope\nimport mmengine\n",
            "foreign.py": "print 'x'\n",
            "sub/.hidden/a.py": HEAD,
            "sub/venv/pyvenv.cfg": "",
            "sub/venv/b.py": HEAD,
        }
    )
    done = project.call("migrate", ".", "--write")
    assert done.status == 2
    errors = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert [line.split(": ")[1] for line in errors] == ["bad.py", "coded.py", "null.py"]
    assert errors[0].startswith("Error: bad.py: line 3: ")
    assert [path.name for path in project.folder.rglob("*.py") if b"typed_registry" in path.read_bytes()] == ["good.py"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["migrate"], "Missing argument 'PATH...'"),
        (["migrate", "cod.py"], "there is no file cod.py; did you mean 'code.py'?"),
        (["migrate", "empty"], "there is no Python file in empty"),
        (["migrate", ".", "-p", "model=torch.nn.Module"], "write NAME=package.module:Name"),
        (["migrate", ".", "--roots", "a:b"], "write the module's name"),
    ],
)
def test_what_can_not_run(project: Project, arguments: list[str], told: str) -> None:
    """It is told with the remedy, status 2, and nothing is written."""
    project.write({"code.py": HEAD, "empty/readme.md": ""})
    done = project.call(*arguments)
    assert done.status == 2
    assert told in done.err
    assert "mmengine" in project.read("code.py")


def test_a_protocol_for_nothing_is_told(project: Project) -> None:
    """A name that no registry has is most likely misspelt."""
    project.write({"code.py": HEAD})
    done = project.call("migrate", ".", "-p", "modle=a:B")
    assert "--protocol modle=...: no registry that is migrated is called 'modle'" in done.err


def test_the_installed_command(project: Project) -> None:
    """A diff and status 1; with --write the same, written, and status 0; then nothing."""
    project.write({"code.py": HEAD})
    done = child("migrate", ".", cwd=project.folder)
    assert done.status == 1
    assert "-from mmengine.registry import Registry, build_from_cfg\n" in done.out
    assert done.err.endswith("1 file would change, with 1 note to look at: search for '# typed-registry:'; --write does it\n")
    assert child("migrate", ".", "--write", cwd=project.folder).status == 0
    assert child("migrate", ".", cwd=project.folder, PYTHONIOENCODING="ascii") == Done(0, "", "nothing to migrate\n")


def test_without_libcst(project: Project) -> None:
    """It tells what to install."""
    project.write({"code.py": HEAD})
    code = "import sys; sys.modules['libcst'] = None; from typed_registry.cli._app import run; sys.exit(run(['migrate', '.']))"
    done = child(cwd=project.folder, code=code)
    assert (done.status, done.out) == (2, "")
    assert "migrate needs libcst: pip install 'typed-registry[migrate]'" in done.err


def test_the_guide_is_what_the_command_does(project: Project) -> None:
    """The registry.py of the guide, with 20 children, becomes what the guide says, and so does what uses it."""
    guide = (REPOSITORY / "docs" / "from-mmengine.md").read_text()
    before, after, used_before, used_after = re.findall(r"^```py\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)[-4:]
    arguments = re.findall(r"^After `typed-registry (.*)`:$", guide, re.MULTILINE)
    assert before.count(" = Registry(") == 20
    head = "from birdwatch.registry import MODELS\nfrom torch import nn\n"
    project.write({"birdwatch/__init__.py": "", "birdwatch/registry.py": before, "birdwatch/models.py": head + used_before})
    assert project.call(*arguments[0].split()).status == 0
    assert project.read("birdwatch/registry.py") == after
    assert project.read("birdwatch/models.py") == head + used_after
