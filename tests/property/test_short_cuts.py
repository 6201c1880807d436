"""Short cuts that spare imports give what the long ways give."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable
from types import new_class
from typing import Any, Protocol, SupportsAbs

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from typed_registry import Registry
from typed_registry._admission import admit
from typed_registry._fitting import certainly_fits
from typed_registry.cli import _project
from typed_registry.cli import list as list_module
from typed_registry.cli._arguments import list_arguments
from typed_registry.errors import ContractError, Where

NAMES = ("detect", "name", "size")


def method(self: object) -> int:
    return 1


async def coroutine() -> int:
    return 1


def generator() -> Any:
    yield 1


a_classmethod: classmethod[Any, ..., int] = classmethod(method)
MEMBERS: dict[str, Callable[[], object]] = {
    "method": lambda: method,
    "property": lambda: property(method),
    "classmethod": lambda: a_classmethod,
    "staticmethod": lambda: staticmethod(method),
    "none": lambda: None,
    "value": lambda: 3,
    "class": lambda: int,
}


@st.composite
def namespaces(draw: st.DrawFn) -> dict[str, object]:
    """What a class holds: members of every kind, and annotations."""
    kinds = draw(st.dictionaries(st.sampled_from(NAMES), st.sampled_from(sorted(MEMBERS))))
    annotations = draw(st.dictionaries(st.sampled_from(NAMES), st.just(int)))
    made: dict[str, object] = {name: MEMBERS[kind]() for name, kind in kinds.items()}
    return {**made, "__annotations__": annotations, "__module__": __name__}


def class_of(bases: tuple[Any, ...], namespace: dict[str, object]) -> Any:
    return new_class("Made", bases, exec_body=lambda body: body.update(namespace))


@example(of_protocol={}, above=None, own={}, inherited={}, is_protocol=False, extends_standard=True)
@given(
    of_protocol=namespaces(),
    above=st.one_of(st.none(), namespaces()),
    own=namespaces(),
    inherited=namespaces(),
    is_protocol=st.booleans(),
    extends_standard=st.booleans(),
)
def test_what_certainly_fits_is_admitted(
    of_protocol: dict[str, object],
    above: dict[str, object] | None,
    own: dict[str, object],
    inherited: dict[str, object],
    is_protocol: bool,
    extends_standard: bool,
) -> None:
    """The names of members never say yes where the full check says no."""
    bases = (*((SupportsAbs,) if extends_standard else ()), *((class_of((Protocol,), above),) if above is not None else ()), Protocol)
    protocol = class_of(bases, of_protocol)
    cls = class_of((Protocol,) if is_protocol else (class_of((), inherited),), own)
    if certainly_fits(cls, protocol):
        admit(cls, "m:Made", Where("m.py", 1), "made", protocol)


@pytest.mark.parametrize("function", [coroutine, generator])
def test_function_that_makes_something_else(function: Callable[[], object]) -> None:
    """What gives a coroutine or a generator is refused, by the long way."""
    assert not certainly_fits(function, Protocol)
    registry: Any = Registry("numbers", int)
    with pytest.raises(ContractError):
        registry.register("it")(function)


def test_flags_are_those_of_inspect() -> None:
    """The numbers that stand for inspect's are right on this Python."""
    from typed_registry import _fitting, _runs

    assert vars(_fitting)["_NO_FACTORY"] == inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
    assert vars(_runs)["_NEW_LOCALS"] == inspect.CO_NEWLOCALS


WORDS = st.sampled_from(["-r", "--registry", "--tag", "--json", "face*", "a.b:C", "fast", "--jsn", "--", "-", "--tag=x", "-ra:B", "*", ""])


@given(st.lists(WORDS, max_size=5))
def test_arguments_of_list_are_read_as_click_reads_them(given_words: list[str]) -> None:
    """What is read without click is what click would have read; the rest is left to it."""
    plain = list_arguments(given_words)
    if plain is not None:
        with click.Context(list_module.command) as context:
            list_module.command.parse_args(context, list(given_words))
        values = context.params
        assert plain == (values["glob"], values["registries"], values["tags"], values["as_json"])


NAME = st.sampled_from(["a", "zoo", "b_c"])
ITEM = st.builds('"{}.{}:{}"'.format, NAME, NAME, NAME) | st.sampled_from(["'x:y'", '"x"', '"x:\\u0079"', '"""x:y"""', "3"])
SPACE = st.sampled_from(["", " ", "\n", "\n  ", " # a comment\n", "\t"])
BEFORE = st.sampled_from(["", "[tool.other]\na = 1\n", 'text = """\n', "# x\n", "[[tool.typed-registry]]\n"])
HEADER = st.sampled_from(
    ["[tool.typed-registry]\n", "[tool.typed-registry] # ours\n", "[tool]\ntyped-registry.x = 1\n", "[tool.'typed-registry']\n"]
)
AFTER = st.sampled_from(["", "\n", ' # so "it" is\n', "\nconfigs = {}\n", ' x = "]"\n', "\r\n"])
MORE = st.sampled_from(["", "[tool.ruff]", "[tool.typed-registry.configs]"])


@st.composite
def tables(draw: st.DrawFn) -> str:
    """What may stand in a pyproject.toml, plainly written or not."""
    items = ",".join(f"{draw(SPACE)}{item}{draw(SPACE)}" for item in draw(st.lists(ITEM)))
    end = draw(st.sampled_from(["", ",", ", ", "\n"]))
    return f"{draw(BEFORE)}{draw(HEADER)}{draw(SPACE)}registries ={draw(SPACE)}[{items}{end}]{draw(AFTER)}{draw(MORE)}"


@example('[tool.typed-registry]\nregistries = [\n  "a.zoo:b_c",\n]\n[tool.typed-registry.configs]\n')
@given(tables())
def test_registries_of_a_plain_table_are_those_of_tomllib(text: str) -> None:
    """What is read without tomllib is what tomllib reads, of each file that it can read."""
    plain = _project.plain_registries(text)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    if plain is not None:
        assert list(plain) == read["tool"]["typed-registry"]["registries"]


def test_plain_table_is_read_without_tomllib() -> None:
    """The usual ways to write it are plain."""
    for written in ('["a.b:C"]', '["a.b:C", "d:E"]', '[\n    "a.b:C",\n    "d:E",\n]'):
        text = f"[project]\nname = 'x'\n\n[tool.typed-registry]\nregistries = {written}\n\n[tool.ruff]\n"
        assert _project.plain_registries(text) == tuple(tomllib.loads(text)["tool"]["typed-registry"]["registries"])
