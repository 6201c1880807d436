"""Laws of trees: what a name means follows from the tree alone, whatever was asked, listed or imported before."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from contextvars import Context
from dataclasses import dataclass, field
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from importlib.util import spec_from_loader
from random import Random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vision import QrReader, VisionModel, untyped
from typed_registry import Registry
from typed_registry.errors import ConfigError, ContractError, LoadError, UnknownEntryError

NAMES: tuple[str, ...] = ("a", "b", "c", "d", "e")
SCOPES = ("s", "t", "u", "v")
NO_SCOPE, FAILED, UNNAMED = "<no such scope>", "<a location failed>", "<found, but can't be named>"


# --- what a tree is to be, and what follows from it ---


@dataclass(eq=False)
class ModulePlan:
    """A location: it registers entries, each under a name and its aliases, and may fail at its end."""

    name: str
    entries: list[tuple[str, ...]]
    is_broken: bool


@dataclass(eq=False)
class NodePlan:
    """A registry: what is registered at once, its locations, and the names of its plugins; `maker` is the module that makes it."""

    number: int
    parent: NodePlan | None
    scope: str | None
    own: list[tuple[str, ...]]
    modules: list[ModulePlan]
    plugins: tuple[str, ...]
    maker: tuple[NodePlan, ModulePlan] | None = None

    @property
    def exists(self) -> bool:
        """Whether it is made in the end."""
        return self.maker is None or (self.maker[0].exists and not self.maker[1].is_broken)

    @property
    def is_broken(self) -> bool:
        return any(module.is_broken for module in self.modules)

    def lineage(self) -> list[NodePlan]:
        return [self, *(self.parent.lineage() if self.parent is not None else [])]

    def label(self, name: str) -> str | None:
        """Which entry it has by a name once all that can be loaded is loaded; plugins make way."""
        groups = [*self.own, *(names for module in self.modules if not module.is_broken for names in module.entries)]
        found = [names[0] for names in groups if name in names]
        return f"{self.number}:{found[0]}" if found else f"{self.number}:plugin:{name}" if name in self.plugins else None

    def names(self) -> set[str]:
        return {name for name in NAMES if self.label(name) is not None}


@dataclass
class Plan:
    """A whole tree; the naive model of what names mean in it."""

    nodes: list[NodePlan] = field(default_factory=list[NodePlan])

    def made(self) -> list[NodePlan]:
        return [node for node in self.nodes if node.exists]

    def at(self, path: str) -> NodePlan | None:
        """The node of a scope path: the first scope anywhere, each next one a child."""
        first, *rest = path.split(".")
        found = [node for node in self.made() if node.scope == first]
        for scope in rest:
            found = [node for node in self.made() if node.scope == scope and found and node.parent is found[0]]
        return found[0] if found else None

    def place(self, node: NodePlan, name: str, using: NodePlan | None) -> NodePlan | str | None:
        """The node whose entry a name means; FAILED where that can't be known."""
        path, dot, own = name.rpartition(".")
        if dot and self.at(path) is None:
            return FAILED if any(each.is_broken for each in self.made()) else None
        scoped = self.at(path)
        places = [scoped] if scoped is not None else [*(using.lineage() if using is not None else []), *node.lineage()]
        for each in places:
            if each.label(own) is not None:
                return each
            if each.is_broken:
                return FAILED
        return None

    def answer(self, node: NodePlan, name: str, using: str | None = None) -> str | None:
        """The label of what a name means."""
        scope = self.at(using) if using is not None else None
        if using is not None and scope is None:
            return FAILED if any(each.is_broken for each in self.made()) else NO_SCOPE
        found = self.place(node, name, scope)
        return found if found is None or isinstance(found, str) else found.label(name.rpartition(".")[2])

    def spec_answer(self, node: NodePlan, name: str, using: str | None) -> str | None:
        """The same for a spec, which needs a name for it that holds without a scope in use."""
        answer = self.answer(node, name, using)
        found = self.place(node, name, self.at(using) if using is not None else None)
        if not isinstance(found, NodePlan) or answer in (None, FAILED, NO_SCOPE) or found.scope is not None:
            return answer
        own = str(answer).rpartition(":")[2]
        for each in node.lineage():
            if each is found:
                return answer
            if each.label(own) is not None or each.is_broken:
                break
        return UNNAMED

    def names(self, node: NodePlan) -> set[str]:
        """All names that resolve from a node."""
        plain = {name for each in node.lineage() for name in each.names()}
        return plain | {f"{each.scope}.{name}" for each in self.made() if each.scope is not None for name in each.names()}


@st.composite
def plans(draw: st.DrawFn, *, has_makers: bool = True) -> Plan:
    """Trees of any shape: some with scopes, locations, failing ones, plugins, and children that a location makes."""
    plan = Plan()
    broken = st.sampled_from(draw(st.sampled_from([(False,), (False, False, True)])))
    for number in range(draw(st.integers(1, 6))):
        early = [node for node in plan.nodes if node.maker is None]
        taken = {node.scope for node in plan.nodes}
        names = list(draw(st.permutations(NAMES)))
        modules = [ModulePlan(f"tree_{number}_{index}", cut(draw, names), draw(broken)) for index in range(draw(st.integers(0, 2)))]
        makers = [(node, module) for node in plan.nodes for module in node.modules]
        plan.nodes.append(
            NodePlan(
                number=number,
                parent=draw(st.sampled_from(early)) if early else None,
                scope=draw(st.sampled_from([None, *(scope for scope in SCOPES if scope not in taken)])),
                own=cut(draw, names),
                modules=modules,
                plugins=draw(st.sampled_from([(), (), (NAMES[0], NAMES[1]), (NAMES[2],)])),
                maker=draw(st.sampled_from([None, *makers])) if makers and has_makers else None,
            )
        )
    return plan


def cut(draw: st.DrawFn, names: list[str]) -> list[tuple[str, ...]]:
    """Up to two entries, each with a name and perhaps an alias, off the end of the names."""
    sizes = draw(st.lists(st.integers(1, 2), max_size=2))
    return [taken for size in sizes if (taken := tuple(names.pop() for _ in range(min(size, len(names)))))]


# --- the tree itself ---


@dataclass
class Stage:
    """The real registries of a plan, made as the modules are imported, and how often each module ran."""

    plan: Plan
    registries: dict[int, Registry[VisionModel]] = field(default_factory=dict[int, Registry[VisionModel]])
    runs: list[str] = field(default_factory=list[str])

    def make(self, node: NodePlan) -> None:
        parent = self.registries[node.parent.number] if node.parent is not None else None
        registry: Registry[VisionModel] = Registry(
            f"r{node.number}",
            VisionModel,
            parent=parent,
            scope=node.scope,
            locations=[module.name for module in node.modules],
            entry_points=f"tree.{node.number}" if node.plugins else None,  # reading them takes longer than all else here
        )
        self.registries[node.number] = registry
        for names in node.own:
            registry.register(names[0], aliases=names[1:])(made_by(f"{node.number}:{names[0]}"))

    def run(self, name: str) -> None:
        """What the module of that name does when it is imported."""
        self.runs.append(name)
        node, module = next((node, module) for node in self.plan.nodes for module in node.modules if module.name == name)
        if node.maker is not None:
            importlib.import_module(node.maker[1].name)
        registry = self.registries[node.number]
        for names in module.entries:
            registry.register(names[0], aliases=names[1:])(made_by(f"{node.number}:{names[0]}"))
        for child in self.plan.nodes:
            if child.maker is not None and child.maker[1] is module:
                self.make(child)
        if module.is_broken:
            for names in node.own:
                registry.register(names[0], override=True)(made_by("broken"))
            raise RuntimeError(name)


def made_by(label: str) -> Callable[[], QrReader]:
    """A factory whose products tell its label."""

    def make() -> QrReader:
        product = QrReader()
        untyped(product).label = label
        return product

    return make


class Finder(DistributionFinder, Loader):
    """Finds the modules of a stage, and a package with its entry points."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.sources = {
            module.name: "import tree_stage\ntree_stage.run(__name__)\n" for node in stage.plan.nodes for module in node.modules
        }
        for node in stage.plan.nodes:
            self.sources[f"tree_plugins_{node.number}"] = "import tree_stage\n" + "\n".join(
                f"{name} = tree_stage.made_by('{node.number}:plugin:{name}')" for name in node.plugins
            )

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        return spec_from_loader(name, self) if name in self.sources else None

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.sources[module.__name__], f"{module.__name__}.py", "exec"), module.__dict__)

    def find_distributions(self, context: object = None) -> Iterator[Distribution]:
        yield Package(self.stage.plan)


class Package(Distribution):
    """An installed package that offers the plugins of a plan."""

    def __init__(self, plan: Plan) -> None:
        lines = {node.number: [f"{name} = tree_plugins_{node.number}:{name}" for name in node.plugins] for node in plan.nodes}
        self.points = "\n".join("\n".join([f"[tree.{number}]", *points]) for number, points in lines.items())

    def read_text(self, filename: str) -> str | None:
        return {"METADATA": "Metadata-Version: 2.1\nName: tree-plugins\nVersion: 1\n", "entry_points.txt": self.points}.get(filename)

    def locate_file(self, path: object) -> Any:
        raise NotImplementedError


@contextmanager
def staged(plan: Plan) -> Generator[Stage, None, None]:
    """The tree, as far as it is there before anything is looked for."""
    stage = Stage(plan)
    finder, module = Finder(stage), ModuleType("tree_stage")
    vars(module).update(run=stage.run, made_by=made_by)
    sys.modules["tree_stage"] = module
    sys.meta_path.insert(0, finder)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "'location tree_", RuntimeWarning)  # the answer is known although a location failed
            for node in plan.nodes:
                if node.maker is None:
                    stage.make(node)
            yield stage
    finally:
        sys.meta_path.remove(finder)
        for name in [*finder.sources, "tree_stage"]:
            sys.modules.pop(name, None)


# --- what is asked of it ---


@dataclass(frozen=True)
class Call:
    """One thing done with a tree: the registry by its place among those made at once, and what is asked of it."""

    how: str
    registry: int
    name: str
    using: str | None


LOOKING = ("get", "in", "[]", "build", "parse")
ANYTHING = (*LOOKING, *LOOKING, "list", "load_all", "check", "import", "temporary", "temporary")


@st.composite
def scripts(draw: st.DrawFn, ways: Sequence[str] = ANYTHING, *, has_makers: bool = True) -> tuple[Plan, list[Call]]:
    """A tree and what is asked of it, mostly names and scopes that are there."""
    plan = draw(plans(has_makers=has_makers))
    scopes = [node.scope for node in plan.nodes if node.scope is not None]
    paths = [*scopes, *(f"{one}.{other}" for one in scopes for other in scopes), "nowhere"]
    words = [*NAMES, "nothing"]
    calls = st.builds(
        Call,
        how=st.sampled_from(ways),
        registry=st.integers(0, 5),
        name=st.sampled_from(words) | st.builds("{}.{}".format, st.sampled_from(paths), st.sampled_from(words)),
        using=st.none() | st.sampled_from(paths),
    )
    return plan, draw(st.lists(calls, min_size=1, max_size=10))


def ask(registry: Registry[VisionModel], call: Call) -> str | None:
    """What a tree says to a call that looks a name up."""
    try:
        if call.using is None:
            return found(registry, call)
        try:
            with registry.using(call.using):
                return found(registry, call)
        except UnknownEntryError:
            return NO_SCOPE
    except LoadError:
        return FAILED
    except ContractError:
        return UNNAMED


def found(registry: Registry[VisionModel], call: Call) -> str | None:
    """The label of what a name means; None if nothing."""
    name = call.name
    if call.how == "in" and name not in registry:
        return None
    if call.how in ("get", "in", "temporary"):
        entry = registry.get(name)
        return None if entry is None else label_of(entry.build())
    try:
        if call.how == "[]":
            return label_of(registry[name].build())
        return label_of(registry.build({"type": name})) if call.how == "build" else spec_label(registry, name)
    except (ConfigError, UnknownEntryError):
        return None


def label_of(product: VisionModel) -> str:
    """The label of what made a product."""
    label: str = untyped(product).label
    return label


def spec_label(registry: Registry[VisionModel], name: str) -> str:
    """What the config of a spec builds where no scope is in use."""
    config = registry.parse({"type": name}).to_config()
    return Context().run(lambda: label_of(registry.build(config)))


def expected(plan: Plan, node: NodePlan, call: Call) -> str | None:
    return (plan.spec_answer if call.how == "parse" else plan.answer)(node, call.name, call.using)


def do(stage: Stage, call: Call) -> None:
    """Make a call, and compare with the model what it says."""
    plan = stage.plan
    early = [node for node in plan.nodes if node.maker is None]
    node = early[call.registry % len(early)]
    registry = stage.registries[node.number]
    if call.how in LOOKING:
        assert ask(registry, call) == expected(plan, node, call)
    elif call.how == "list":
        check_listing(stage, node, call.using)
    elif call.how == "temporary" and early == plan.nodes:
        check_temporary(stage, node, call)
    elif call.how == "load_all":
        with pytest.raises(LoadError) if node.is_broken else nullcontext():
            registry.load_all()
    elif call.how == "check":
        failed = {problem.path[0] for problem in registry.check() if str(problem.path[0]).startswith("location ")}
        assert failed == {f"location {module.name}" for module in node.modules if module.is_broken}
    elif call.how == "import":
        whole = [module.name for each in plan.made() for module in each.modules if not module.is_broken]
        if whole:
            importlib.import_module(whole[call.registry % len(whole)])


def check_listing(stage: Stage, node: NodePlan, using: str | None) -> None:
    """Listing imports nothing, and lists nothing that doesn't resolve."""
    registry, runs = stage.registries[node.number], list(stage.runs)
    listed = registry.all_names()
    assert set(registry) <= set(listed), "own names are listed"
    assert set(listed) <= stage.plan.names(node)
    assert str(registry.table()).startswith(f"registry 'r{node.number}' of VisionModel")
    assert repr(registry).startswith("<Registry")
    assert stage.runs == runs


def check_temporary(stage: Stage, node: NodePlan, call: Call) -> None:
    """What is looked up in a temporary block answers as ever, and leaves no trace in any listing."""
    before = {number: registry.all_names() for number, registry in stage.registries.items()}
    registry = stage.registries[node.number]
    with registry.temporary():
        assert ask(registry, call) == expected(stage.plan, node, call)
    assert {number: registry.all_names() for number, registry in stage.registries.items()} == before


def check_end(stage: Stage) -> None:
    """When all is loaded, exactly the names of the model are listed, each means what it should, and no module ran twice."""
    plan = stage.plan
    with suppress(LoadError):
        stage.registries[0].get("nowhere.nothing")  # what makes more registries is loaded by it
    for node in plan.made():
        registry = stage.registries[node.number]
        assert set(registry.all_names()) == plan.names(node)
        for name in registry.all_names():
            assert ask(registry, Call("get", 0, name, None)) == plan.answer(node, name)
    broken = {module.name for node in plan.nodes for module in node.modules if module.is_broken}
    whole = [name for name in stage.runs if name not in broken]
    assert len(whole) == len(set(whole))


def play(plan: Plan, calls: Sequence[Call]) -> None:
    """Make the calls of a script, one after the other, and look at what is there in the end."""
    with staged(plan) as stage:
        for call in calls:
            do(stage, call)
        check_end(stage)


@given(scripts())
@settings(max_examples=250)
def test_every_answer_follows_from_the_tree(script: tuple[Plan, list[Call]]) -> None:
    """Whatever was done before, a name means what the naive model says."""
    play(*script)


@given(scripts(("temporary", "temporary", "get", "list"), has_makers=False))
@settings(max_examples=150)
def test_temporary_blocks_leave_no_trace(script: tuple[Plan, list[Call]]) -> None:
    """What is looked up in a temporary block is found as ever, in it and after it."""
    play(*script)


@given(scripts(("parse",)))
@settings(max_examples=400)
def test_specs_mean_the_same_without_a_scope_in_use(script: tuple[Plan, list[Call]]) -> None:
    """The config of a spec names the entry that was found, whatever scope was in use and whatever wasn't loaded yet."""
    play(*script)


@given(scripts(LOOKING), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_no_order_decides(script: tuple[Plan, list[Call]], random: Random) -> None:
    """The same questions in another order have the same answers, without any model."""
    plan, calls = script
    assert answers(plan, calls) == answers(plan, random.sample(calls, len(calls)))


def answers(plan: Plan, calls: list[Call]) -> Mapping[Call, str | None]:
    """What a fresh tree says to each of several questions."""
    with staged(plan) as stage:
        early = [stage.registries[node.number] for node in plan.nodes if node.maker is None]
        return {call: ask(early[call.registry % len(early)], call) for call in calls}
