"""Config files: what is read, where it stands, and what is said of files that are wrong."""

from __future__ import annotations

import datetime
import json
import math
import pickle
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias, cast

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from typed_registry.config_files import ConfigFile, read_config_file
from typed_registry.errors import ConfigError, LoadError, Place, Problem

Write: TypeAlias = Callable[[str, str | bytes], Path]
KeyPath: TypeAlias = tuple[str | int, ...]
SUFFIXES = (".yaml", ".json", ".toml")
UNLIMITED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a config file with a given suffix and returns its path."""

    def written(suffix: str, text: str | bytes) -> Path:
        path = tmp_path / f"config{suffix}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def attempt(path: Path) -> tuple[ConfigFile | None, list[Problem]]:
    """The file, or what is wrong with it."""
    try:
        return read_config_file(path), []
    except ConfigError as error:
        return None, error.problems


def spot(file: ConfigFile, *path: str | int, key: str | None = None) -> tuple[int | None, int | None]:
    place = file.place(path, key=key)
    assert place.file == file.path
    return place.line, place.column


def problems(path: Path) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        read_config_file(path)
    assert caught.value.subject == str(path)
    assert caught.value.__cause__ is None
    return caught.value.problems


def fault(path: Path) -> tuple[int | None, int | None, str]:
    """Line, column and message of the one TR209 that the file has."""
    (problem,) = problems(path)
    assert problem.place is not None
    assert (problem.code, problem.path, problem.place.file) == ("TR209", (), str(path))
    assert "\n" not in problem.message
    return problem.place.line, problem.place.column, problem.message


def repeats(path: Path) -> list[tuple[KeyPath, int | None, int | None, str]]:
    """Path, line, column and message of each TR208 of the file."""
    found = [(each.code, each.path, each.place, each.message) for each in problems(path)]
    assert {code for code, *_ in found} == {"TR208"}
    return [(where, place.line, place.column, message) for _, where, place, message in found if place is not None]


def index_of(text: str, place: Place) -> int:
    assert place.line is not None
    assert place.column is not None
    return sum(len(line) + 1 for line in text.split("\n")[: place.line - 1]) + place.column - 1


def values(data: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """Every value of the data, with its path."""
    yield path, data
    if isinstance(data, dict):
        for key, value in cast(dict[str, object], data).items():
            yield from values(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(cast(list[object], data)):
            yield from values(value, (*path, index))


# ----- what is read


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".yaml", "model: {type: face, scales: [1.5, 2]}\n"),
        (".yml", "model:\n  type: face\n  scales:\n  - 1.5\n  - 2\n"),
        (".YAML", "model:\n  type: face\n  scales: [1.5, 2]\n"),
        (".json", '{"model": {"type": "face", "scales": [1.5, 2]}}'),
        (".toml", '[model]\ntype = "face"\nscales = [1.5, 2]\n'),
    ],
)
def test_reads_each_format(write: Write, suffix: str, text: str) -> None:
    """The suffix says what a file is, and each format gives the same plain data."""
    path = write(suffix, text)
    file = read_config_file(path)
    assert file.data == {"model": {"type": "face", "scales": [1.5, 2]}}
    assert file.path == str(path)
    assert file.text == text


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("1e-3", 0.001),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1.5E+2", -150.0),
        ("+.inf", math.inf),
        ("-.INF", -math.inf),
        ("10", 10),
        ("-3", -3),
        ("+3", 3),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("No", "No"),
        ("y", "y"),
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("tRUE", "tRUE"),
        ("~", None),
        ("null", None),
        ("", None),
        ("nULL", "nULL"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0b1", "0b1"),
        ("-0x1F", "-0x1F"),
        ("08", 8),
        ("٣", "٣"),
        ("2020-01-31", "2020-01-31"),
        ("2020-01-31T12:00:00Z", "2020-01-31T12:00:00Z"),
        ("1.2.3", "1.2.3"),
        ("-", [None]),
        (".", "."),
        ("=", "="),
        ("<<", "<<"),
        ("'1'", "1"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 3", 3.0),
        ("!!bool 'true'", True),
        ("!!null ''", None),
        ("!!seq [1]", [1]),
        ("!!map {a: 1}", {"a": 1}),
    ],
)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_yaml_scalars(write: Write, monkeypatch: pytest.MonkeyPatch, scalar: str, value: object, loader: str) -> None:
    """A plain scalar is what YAML 1.2's core schema says, with and without the C parser."""
    if loader == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")
    data = read_config_file(write(".yaml", f"a:\n  {scalar}\n")).data
    assert data == {"a": value}
    assert type(cast(dict[str, object], data)["a"]) is type(value)


def test_yaml_nan(write: Write) -> None:
    """YAML has a scalar for what is not a number."""
    data = cast(list[float], read_config_file(write(".yaml", "[.nan, .NaN]")).data)
    assert [math.isnan(value) for value in data] == [True, True]


def test_yaml_keys_keep_their_type(write: Write) -> None:
    """A key that is no string stays what it is, and has its place."""
    file = read_config_file(write(".yaml", "1: a\nfalse: b\n1.5: c\n~: d\n'1': e\n"))
    assert file.data == {1: "a", False: "b", 1.5: "c", None: "d", "1": "e"}
    assert (spot(file, 1), spot(file, "1"), spot(file, key="1")) == ((1, 4), (5, 6), (5, 1))


def test_toml_keeps_dates(write: Write) -> None:
    """TOML's dates are dates."""
    assert read_config_file(write(".toml", "day = 2020-01-31\n")).data == {"day": datetime.date(2020, 1, 31)}


@pytest.mark.parametrize(
    ("suffix", "text", "data"),
    [(".yaml", "", None), (".yaml", "# nothing\n", None), (".yaml", "---\n", None), (".toml", "", {}), (".toml", "# nothing\n", {})],
)
def test_files_without_content(write: Write, suffix: str, text: str, data: object) -> None:
    """A YAML file without content is None, a TOML file an empty table; both have a place."""
    file = read_config_file(write(suffix, text))
    assert file.data == data
    assert spot(file, "a")[1] == 1


@pytest.mark.parametrize(("suffix", "text"), [(".yaml", "a: é"), (".json", '{"a": "é"}'), (".toml", "a = 'é'")])
def test_byte_order_mark(write: Write, suffix: str, text: str) -> None:
    """A byte order mark changes neither data nor places."""
    plain = read_config_file(write(suffix, text))
    marked = read_config_file(write(suffix, text.encode("utf-8-sig")))
    assert marked.data == {"a": "é"}
    assert marked.place(("a",)) == plain.place(("a",))


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".yaml", '$schema: "x.json"\na: {$schema: y}\n'),
        (".json", '{"$schema": "x.json", "a": {"$schema": "y"}}'),
        (".toml", '"$schema" = "x.json"\na = {"$schema" = "y"}'),
    ],
)
def test_schema_is_left_out_at_the_top(write: Write, suffix: str, text: str) -> None:
    """The top-level `$schema` string is for editors; one further down is data."""
    assert read_config_file(write(suffix, text)).data == {"a": {"$schema": "y"}}


def test_schema_that_is_no_string_is_kept(write: Write) -> None:
    """Only a string under `$schema` is left out."""
    assert read_config_file(write(".yaml", "$schema: 1\n")).data == {"$schema": 1}


# ----- YAML's aliases


def test_alias_gives_equal_but_separate_data(write: Write) -> None:
    """An alias stands for the value of its anchor, and nothing of it is shared."""
    data = cast(dict[str, list[int]], read_config_file(write(".yaml", "a: &x [1]\nb: *x\n")).data)
    assert data == {"a": [1], "b": [1]}
    assert data["a"] is not data["b"]


def test_merge_keys(write: Write) -> None:
    """Own keys win over merged ones, and of several mappings the first one wins; merged keys stand where they are written."""
    text = "one: &one {x: 1, y: 2}\ntwo: &two {x: 3, z: 4}\nall:\n  y: 5\n  <<: [*one, *two]\nnested: {<<: {<<: *one, w: 6}}\n"
    file = read_config_file(write(".yaml", text))
    data = cast(dict[str, object], file.data)
    assert data["all"] == {"x": 1, "y": 5, "z": 4}
    assert data["nested"] == {"x": 1, "y": 2, "w": 6}
    assert [spot(file, "all", name) for name in "xyz"] == [(1, 15), (4, 6), (2, 21)]
    assert spot(file, "all", key="x") == (1, 12)
    assert spot(file, "nested", "w") == (6, 28)


@pytest.mark.parametrize(
    ("path", "key", "place"),
    [
        (("base", "x"), None, (1, 17, None)),
        (("list", 0, "a"), None, (2, 17, None)),
        (("list", 1, "a"), None, (3, 6, None)),
        (("list", 2, "x"), None, (1, 17, 4)),
        (("all", "a"), None, (2, 17, 6)),
        (("all", "inner", "q"), None, (1, 31, 6)),
        (("all",), "inner", (1, 20, 6)),
        (("all", "z", "x"), None, (1, 17, 7)),
        (("all", "z"), "misspelt", (1, 7, 7)),
        (("nested", "a"), None, (2, 17, 8)),
        (("outer", "p", "x"), None, (1, 17, 9)),
        (("again", "p", "x"), None, (1, 17, 10)),
        (("again",), "p", (9, 16, 10)),
        (("many", "a"), None, (2, 17, 12)),
    ],
)
def test_what_came_through_an_alias_tells_where_it_is_used(
    write: Write, path: tuple[str | int, ...], key: str | None, place: tuple[int, int, int | None]
) -> None:
    """It stands where it is written, and is used at the line of the first alias or merge key on the way to it."""
    text = """\
base: &base {x: 1, inner: {q: 2}}
list: [&one {a: 1},
 {a: 1},
 {<<: *base, y: 3}]
all:
  <<: [*one, *base]
  z: *base
nested: {<<: {<<: *one}}
outer: &outer {p: *base}
again: *outer
merges: &merges [*one]
many: {<<: *merges}
"""
    found = read_config_file(write(".yaml", text)).place(path, key=key)
    assert (found.line, found.column, found.used_at) == place


def test_problem_through_an_alias_tells_where_it_is_used(write: Write) -> None:
    """The text of an error names both lines."""
    file = read_config_file(write(".yaml", "a: &a\n  scale: 1\nb: *a\n"))
    problem = Problem(("b", "scale"), "too small", place=file.place(("b", "scale")))
    assert str(problem).endswith(":2:10: b.scale: TR205 too small (used at line 3)")


def test_quoted_merge_key_is_a_string(write: Write) -> None:
    """A quoted `<<` is a key like others, also beside a merge key."""
    assert read_config_file(write(".yaml", "'<<': 1\n<<: {a: 2}\n")).data == {"<<": 1, "a": 2}


@pytest.mark.parametrize("value", ["1", "[{a: 1}, 2]", "[[{a: 1}]]"])
def test_merge_of_what_is_no_mapping(write: Write, value: str) -> None:
    """A merge key takes mappings."""
    assert fault(write(".yaml", f"<<: {value}\n"))[2] == "'<<' takes a mapping or a list of mappings"


@pytest.mark.parametrize(
    ("text", "column"),
    [("&a [*a]", 1), ("a: &a {b: [*a]}", 4), ("a: &a {<<: *a}", 4), ("a: &a {<<: &b {<<: *a}}", 4), ("x: {<<: &y {<<: &z {<<: *y}}}", 9)],
)
def test_alias_of_itself(write: Write, text: str, column: int) -> None:
    """A value that holds itself is refused at its place."""
    assert fault(write(".yaml", text)) == (1, column, "this value holds an alias of itself")


@pytest.mark.parametrize("line", ["{name}: &{name} [{many}]", "{name}: &{name} {{<<: [{many}]}}", "{name}: &{name} {{k: [{many}]}}"])
def test_billion_laughs(write: Write, line: str) -> None:
    """A small file that aliases blow up is refused before it is built."""
    lines = ["a: &a {x: 1}"]
    for before, name in zip("abcdefghi", "bcdefghij", strict=True):
        lines.append(line.format(name=name, many=", ".join([f"*{before}"] * 10)))
    assert fault(write(".yaml", "\n".join(lines)))[2] == "with aliases written out, the file has more than 1,000,000 values"


def test_many_aliases_that_are_no_bomb(write: Write) -> None:
    """Aliases may be used often."""
    file = read_config_file(write(".yaml", "a: &a {x: [1, 2, 3]}\nb: [" + "*a, " * 2_000 + "]\n"))
    assert cast(dict[str, list[object]], file.data)["b"] == [{"x": [1, 2, 3]}] * 2_000
    assert spot(file, "b", 1_999, "x", 2) == (1, 18)


# ----- places


YAML_TEXT = """\
# a comment
model:
  type: face
  heads:
  - {name: "a", size: 3}
  -
    - 4
base: &base
  lr: 0.1
copy: *base
empty:
"""


def test_places_in_yaml(write: Write) -> None:
    """Values, keys, indices and mappings have line and column, counted from 1."""
    file = read_config_file(write(".yaml", YAML_TEXT))
    assert spot(file) == (2, 1)
    assert spot(file, "model") == (3, 3)
    assert spot(file, key="model") == (2, 1)
    assert spot(file, "model", "heads", 0) == (5, 5)
    assert spot(file, "model", "heads", 0, key="size") == (5, 17)
    assert spot(file, "model", "heads", 0, "size") == (5, 23)
    assert spot(file, "model", "heads", 1, 0) == (7, 7)
    assert spot(file, "copy", "lr") == (9, 7)
    assert spot(file, "empty") == (11, 7)


JSON_TEXT = """\

{"a" : {"b": [ 1, {"c\\n": "x]\\"{"}]},
 "":{},
 "é": null, "😀": [[], true]}
"""


def test_places_in_json(write: Write) -> None:
    """Brackets in strings, escapes in keys and wide characters don't confuse the scanner."""
    file = read_config_file(write(".json", JSON_TEXT))
    assert spot(file) == (2, 1)
    assert spot(file, "a") == (2, 8)
    assert spot(file, key="a") == (2, 2)
    assert spot(file, "a", "b") == (2, 14)
    assert spot(file, "a", "b", 0) == (2, 16)
    assert spot(file, "a", "b", 1, "c\n") == (2, 27)
    assert spot(file, "") == (3, 5)
    assert spot(file, "é") == (4, 7)
    assert spot(file, "😀", 1) == (4, 23)


def test_places_in_json_without_container(write: Write) -> None:
    """A file may hold a lone scalar."""
    file = read_config_file(write(".json", "\n 3"))
    assert (file.data, spot(file)) == (3, (2, 2))


TOML_TEXT = '''\
# a = 1
a = 1 # , b = 2
"x y".b = [ # ]
  1, 'two]', """three"]
  """"", 1979-05-27 07:32:00, {d.e = 07:32:00, "f#" = {}}, # six = 6
]
[t]
'k=' = "=" # c
t.u = 0x1F
[t.v."w.w"]
[[l]]
n = 1
[[l]]
[l.m]
o = -inf
[[l.p]]
q = []
[r.s]
[r]
'''


def test_places_in_toml(write: Write) -> None:
    """Tables begin at their header, dotted keys and arrays of tables are followed, comments and strings are passed over."""
    file = read_config_file(write(".toml", TOML_TEXT))
    assert spot(file) == (1, 1)
    assert spot(file, "a") == (2, 5)
    assert spot(file, key="a") == (2, 1)
    assert spot(file, key="x y") == (3, 1)
    assert spot(file, "x y", key="b") == (3, 7)
    assert [spot(file, "x y", "b", index) for index in range(5)] == [(4, 3), (4, 6), (4, 14), (5, 10), (5, 31)]
    assert spot(file, "x y", "b", 4, "d", "e") == (5, 38)
    assert spot(file, "x y", "b", 4, "f#") == (5, 55)
    assert spot(file, "t") == (7, 1)
    assert spot(file, key="t") == (7, 2)
    assert spot(file, "t", "k=") == (8, 8)
    assert spot(file, "t", "t", "u") == (9, 7)
    assert spot(file, "t", "v", "w.w") == (10, 1)
    assert spot(file, "t", "v", key="w.w") == (10, 6)
    assert (spot(file, "l"), spot(file, "l", 0), spot(file, "l", 1)) == ((11, 1), (11, 1), (13, 1))
    assert spot(file, "l", 0, "n") == (12, 5)
    assert spot(file, "l", 1, "m", "o") == (15, 5)
    assert spot(file, "l", 1, "p", 0, "q") == (17, 5)
    assert (spot(file, "r"), spot(file, "r", "s")) == ((19, 1), (18, 1))


@pytest.mark.parametrize(("suffix", "text"), [(".yaml", "a:\n  b: [1]"), (".json", '{"a":\n  {"b": [1]}}'), (".toml", "\n[a]\nb = [1]")])
def test_place_of_what_is_not_there(write: Write, suffix: str, text: str) -> None:
    """The nearest thing above stands in for what the file doesn't have."""
    file = read_config_file(write(suffix, text))
    inner = file.place(("a",))
    assert inner.line == 2
    assert file.place(("a", "x")) == inner
    assert file.place(("a", "x", 1), key="b") == inner
    assert file.place(("a",), key="x") == inner
    assert file.place(("a", "b", 7)) == file.place(("a", "b"))
    assert file.place(("a", "b", 0, "deep")) == file.place(("a", "b", 0))
    assert file.place(("a", "b", "0")) == file.place(("a", "b"))


@pytest.mark.parametrize(("suffix", "text"), [(".yaml", "a: 1\r\nb:\r\n  c: 2\r\n"), (".toml", "a = 1\r\n\r\nb.c = 2\r\n")])
def test_windows_line_ends(write: Write, suffix: str, text: str) -> None:
    """A carriage return belongs to its line's end."""
    file = read_config_file(write(suffix, text))
    assert file.data == {"a": 1, "b": {"c": 2}}
    assert spot(file, "b", "c")[0] == 3


# ----- keys that are given twice


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".yaml", "model:\n  scale: 1\n  size: 2\n  scale: 3\n"),
        (".json", '{"model":\n {"scale": 1,\n  "size": 2,\n  "sc\\u0061le": 3}}'),
        (".toml", "[model]\nscale = 1\nsize = 2\n  'scale' = 3\n"),
    ],
)
def test_key_given_twice(write: Write, suffix: str, text: str) -> None:
    """A repeated key is a problem at its second place that names the line of the first."""
    assert repeats(write(suffix, text)) == [(("model",), 4, 3, "key 'scale' is given twice; first in line 2")]


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".yaml", "a: 1\nb: [{c: 1, c: 2}]\na: 2\na: 3\n"),
        (".json", '{"a": 1,\n"b": [{"c": 1, "c": 2}],\n"a": 2,\n"a": 3}'),
    ],
)
def test_all_repeated_keys_are_told_together(write: Write, suffix: str, text: str) -> None:
    """One error has all of them, in the order of the file."""
    found = [(path, line, message) for path, line, _, message in repeats(write(suffix, text))]
    assert found == [
        (("b", 0), 2, "key 'c' is given twice; first in line 2"),
        ((), 3, "key 'a' is given twice; first in line 1"),
        ((), 4, "key 'a' is given twice; first in line 1"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1\nb = 2\na = 3\nb = 4\n", [((), 3, 1, "a", 1), ((), 4, 1, "b", 2)]),
        ("[a]\n[b]\n[a]\nx = 1\n", [((), 3, 2, "a", 1)]),
        ("[a.b]\n[a]\n[a.b]\n", [(("a",), 3, 4, "b", 1)]),
        ("a = {b = 1, b = 2}", [(("a",), 1, 13, "b", 1)]),
        ("a.b = 1\n\na.b = 2", [(("a",), 3, 3, "b", 1)]),
        ("a.b = 1\n[a]\n", [((), 2, 2, "a", 1)]),
        ("[[a]]\n[a]\n", [((), 2, 2, "a", 1)]),
        ("[a]\n[[a]]\n", [((), 2, 3, "a", 1)]),
        ("[[a]]\nx = 1\n[[a]]\nx = 1\nx = 2\n", [(("a", 1), 5, 1, "x", 4)]),
        ("a = 1\r\na = 2\r\n", [((), 2, 1, "a", 1)]),
        ("a = 1\na = 2\nb = [\n", [((), 2, 1, "a", 1)]),
        ("a = 1\na = 2\n[#\n", [((), 2, 1, "a", 1)]),
        ('a = 1\na = 2\n"\\q" = 1\na = 3\n', [((), 2, 1, "a", 1)]),
    ],
)
def test_toml_key_given_twice(write: Write, text: str, expected: list[tuple[KeyPath, int, int, str, int]]) -> None:
    """Tables, dotted keys and inline tables can repeat a key, too."""
    told = [(*where, f"key {key!r} is given twice; first in line {first}") for *where, key, first in expected]
    assert repeats(write(".toml", text)) == told


@pytest.mark.parametrize("text", ["a = 1\n[a.b]\n", "a = {x = 1}\n[a.y]\n", "[a.b]\n[a.b.c]\n[a]\nb.d = 1\n"])
def test_toml_tables_that_clash_otherwise(write: Write, text: str) -> None:
    """What clashes without a repeated key is told in tomllib's words."""
    assert fault(write(".toml", text))[2].startswith("Cannot ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1: a\n1: b\n", "key 1 is given twice; first in line 1"),
        ("true: a\nTrue: b\n", "key True is given twice; first in line 1"),
        ("~: a\n~: b\n", "key None is given twice; first in line 1"),
        ("0x10: a\n16: b\n", "key 16 is given twice; first in line 1"),
        ("<<: {a: 1}\n<<: {b: 1}\n", "key '<<' is given twice; first in line 1"),
    ],
)
def test_yaml_keys_are_compared_by_value(write: Write, text: str, message: str) -> None:
    """Two ways to write a key are the same key, and a merge key is one as well."""
    assert repeats(write(".yaml", text)) == [((), 2, 1, message)]


def test_repeated_key_behind_aliases_is_told_once(write: Write) -> None:
    """A mapping that is used at many places has each repeated key once, at its own path."""
    found = repeats(write(".yaml", "a: &a\n  k: 1\n  k: 2\nb: *a\n<<: *a\nc: {<<: {l: 1, l: 2}}\n"))
    assert [(path, line) for path, line, *_ in found] == [(("a",), 3), (("c", "<<"), 6)]


# ----- files that are wrong


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("a: [1,\nb: 2\n", 3, 1, "while parsing a flow sequence (line 1), did not find expected ',' or ']'"),
        ("a: b: c", 1, 5, "mapping values are not allowed in this context"),
        ("a: *b", 1, 4, "found undefined alias"),
        ("a: 1\n---\nb: 2", 2, 1, "expected a single document in the stream (line 1), but found another document"),
        ("é: 1\nb: \x07", 2, 4, "character U+0007 is not allowed in YAML"),
        ("a: !!int x", 1, 4, "'x' can't be read as int"),
        ("a: !!bool yes", 1, 4, "'yes' can't be read as bool"),
        ("a: !!float x", 1, 4, "'x' can't be read as float"),
        ("? [a]\n: 1", 1, 3, "a key is a plain value, not a sequence"),
        ("? !!str {a: 1}\n: 1", 1, 3, "a key is a plain value, not a mapping"),
    ],
)
def test_wrong_yaml(write: Write, text: str, line: int, column: int, message: str) -> None:
    """A fault of YAML has its place and one clear line."""
    assert fault(write(".yaml", text)) == (line, column, message)


@pytest.mark.parametrize(
    ("text", "line", "column", "tag"),
    [
        ("a:\n  - !!python/object/apply:os.system [ls]", 2, 5, "!!python/object/apply:os.system"),
        ("a: !!python/name:os.system", 1, 4, "!!python/name:os.system"),
        ("a: !Face {b: 1}", 1, 4, "!Face"),
        ("a: !!int [1]", 1, 4, "!!int"),
        ("a: !!seq 1", 1, 4, "!!seq"),
        ("<<: !Face {b: 1}", 1, 5, "!Face"),
        ("!Face a: 1", 1, 1, "!Face"),
    ],
)
def test_yaml_tags_that_are_refused(write: Write, text: str, line: int, column: int, tag: str) -> None:
    """A tag that would make an object, or doesn't fit its value, is refused where it stands."""
    assert fault(write(".yaml", text)) == (line, column, f"tag '{tag}' is not allowed here: a config holds plain data")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1,\nb: 2\n", 3, 1),
        ("a: b: c", 1, 5),
        ("é: 1\nb: \x07", 2, 4),
        ("a: !!python/name:os.system", 1, 4),
        ("\tb: @", 1, 1),
        ("a: &b [*b]", 1, 4),
    ],
)
def test_wrong_yaml_without_the_c_parser(write: Write, monkeypatch: pytest.MonkeyPatch, text: str, line: int, column: int) -> None:
    """PyYAML's own parser serves where libyaml is missing."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert fault(write(".yaml", text))[:2] == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "Expecting value"),
        ('{"a": 1\n "b": 2}', 2, 2, "Expecting ',' delimiter"),
        ('{"a": 1} x', 1, 10, "Extra data"),
        ('{"NaN": "NaN",\n "a": NaN}', 2, 7, "NaN is not allowed in JSON"),
        ("[1, -Infinity]", 1, 5, "-Infinity is not allowed in JSON"),
        ("{a: 1}", 1, 2, "Expecting property name enclosed in double quotes"),
    ],
)
def test_wrong_json(write: Write, text: str, line: int, column: int, message: str) -> None:
    """A fault of JSON has its place and json's own short message."""
    assert fault(write(".json", text)) == (line, column, message)


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a", 1, 2), ("a = 1\nb =\n", 2, 4), ("a = [1,\n", 2, 1), ("a = 'x", 1, 7), ("[a\n", 1, 3), ("a = 1\r\nb = @\r\n", 2, 5)],
)
def test_wrong_toml(write: Write, text: str, line: int, column: int) -> None:
    """A fault of TOML has its place, also at the end of the file, and nothing of it in the message."""
    *place, message = fault(write(".toml", text))
    assert place == [line, column]
    assert not re.search(r"line|column|\(at", message)


@pytest.mark.parametrize(("suffix", "before", "after"), [(".yaml", "a: ", ""), (".json", '["1", ', "]"), (".toml", "a = ", "")])
def test_number_of_too_many_digits(write: Write, suffix: str, before: str, after: str) -> None:
    """A number that Python refuses to convert is a problem at its place."""
    line, found, message = fault(write(suffix, "\n" + before + "9" * 5_000 + after))
    assert (line, found) == (2, len(before) + 1)
    assert len(message) < 150


@pytest.mark.parametrize(
    ("raw", "line", "column", "message"),
    [
        ("a: 1\né: ü".encode("latin-1"), 2, 1, "byte 0xe9 is not UTF-8; save the file as UTF-8"),
        ("é: ".encode() + b"\x80", 1, 4, "byte 0x80 is not UTF-8; save the file as UTF-8"),
        (b"\xef\xbb\xbfa: \xff", 1, 4, "byte 0xff is not UTF-8; save the file as UTF-8"),
        ("a: 1".encode("utf-16"), 1, 1, "byte 0xff is not UTF-8; save the file as UTF-8"),
        ("a: 1".encode("utf-16-le"), 1, 2, "a text has no NUL characters; save the file as UTF-8"),
    ],
)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_other_encodings(write: Write, suffix: str, raw: bytes, line: int, column: int, message: str) -> None:
    """A file that is not UTF-8 is told at the first byte that shows it."""
    assert fault(write(suffix, raw)) == (line, column, message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("config.ini", "'.ini' files are not read; known are .yaml, .yml, .json, .toml"),
        ("config", "a file without suffix is not read; known are .yaml, .yml, .json, .toml"),
    ],
)
def test_other_suffixes(tmp_path: Path, name: str, message: str) -> None:
    """A suffix that isn't known is told together with those that are."""
    assert fault(tmp_path / name) == (None, None, message)


def test_missing_file_keeps_its_error(tmp_path: Path) -> None:
    """A file that can't be opened is no wrong config."""
    with pytest.raises(FileNotFoundError):
        read_config_file(tmp_path / "none.yaml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(OSError, match=r"folder\.toml"):
        read_config_file(str(tmp_path / "folder.toml"))


NESTED = {
    ".yaml list": ("", "[", "1", "]", ()),
    ".yaml mapping": ("", "{a: ", "1", "}", ()),
    ".json list": ("", "[", "1", "]", ()),
    ".json mapping": ("", '{"a": ', "1", "}", ()),
    ".toml list": ("a = ", "[", "1", "]", ("a",)),
    ".toml mapping": ("a = ", "{a = ", "1", "}", ("a",)),
}


@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
def test_five_hundred_levels(write: Write, monkeypatch: pytest.MonkeyPatch, kind: str, loader: str) -> None:
    """Values five hundred levels deep are read and found, two hundred where a reader written in Python calls itself for each."""
    if loader == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")
    suffix, step = kind.split()
    start, opening, inner, closing, path = NESTED[kind]
    levels = 200 if loader == "SafeLoader" or suffix == ".toml" else 500
    file = read_config_file(write(suffix, start + opening * levels + inner + closing * levels))
    deep: KeyPath = (*path, *((0,) if step == "list" else ("a",)) * levels)
    assert spot(file, *deep) == (1, len(start) + len(opening) * levels + 1)
    value: object = file.data
    for part in deep:
        value = cast(dict[str | int, object], value)[part]
    assert value == 1


@pytest.mark.parametrize("kind", NESTED)
def test_hundred_thousand_levels(write: Write, kind: str) -> None:
    """Values nested without end are a problem, not a crash."""
    start, opening, inner, closing, _ = NESTED[kind]
    message = fault(write(kind.split()[0], start + opening * 100_000 + inner + closing * 100_000))[2]
    assert "nest" in message


def test_deep_files_in_several_threads(write: Write) -> None:
    """Threads that read deep files at the same time are in nobody's way, and leave the recursion limit as it was."""
    path = write(".yaml", "{a: " * 900 + "1" + "}" * 900)
    limit = sys.getrecursionlimit()
    read: list[str] = []
    threads = [threading.Thread(target=lambda: read.append(read_config_file(path).path)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [str(path)] * 8
    assert sys.getrecursionlimit() == limit


def test_missing_pyyaml(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without PyYAML the error says what to install; JSON and TOML don't need it."""
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(LoadError) as caught:
        read_config_file(write(".yaml", "a: 1"))
    assert (caught.value.missing, caught.value.extra) == (("yaml",), "typed-registry[yaml]")
    assert read_config_file(write(".json", "{}")).data == {}
    assert read_config_file(write(".toml", "")).data == {}


def test_import_does_not_load_yaml() -> None:
    """PyYAML is imported when a YAML file is read, not before."""
    code = "import sys, typed_registry.config_files; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize(("suffix", "text"), [(".yaml", "a: &x [1]\nb: *x"), (".json", '{"a": [1]}'), (".toml", "a = [1]")])
def test_pickles(write: Write, suffix: str, text: str) -> None:
    """A file that was read travels between processes, before and after a place was asked for."""
    file = read_config_file(write(suffix, text))
    fresh = pickle.loads(pickle.dumps(file))
    place = file.place(("a", 0))
    used = pickle.loads(pickle.dumps(file))
    assert fresh == used == file
    assert fresh.place(("a", 0)) == used.place(("a", 0)) == place


def test_file_may_be_gone_when_a_place_is_asked_for(write: Write) -> None:
    """Places come from the text that was read."""
    path = write(".yaml", "a:\n  b: 1\n")
    file = read_config_file(path)
    path.unlink()
    assert spot(file, "a", "b") == (2, 6)


# ----- laws

WORDS = st.text("abz {}[]:,#='\"\\/.<*&!\né🙂", max_size=6)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.booleans() | NUMBERS | WORDS


def nested(scalars: st.SearchStrategy[object], keys: st.SearchStrategy[str]) -> st.SearchStrategy[object]:
    return st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4), max_leaves=20)


@UNLIMITED
@given(
    data=nested(st.none() | SCALARS | st.text(max_size=5), st.text(max_size=5)),
    indent=st.sampled_from([None, 0, 1, "\t"]),
    separators=st.sampled_from([(",", ":"), (" , ", " : "), ("\n,", "\n:\r\n")]),
    ascii_only=st.booleans(),
)
def test_json_places_point_at_values(
    write: Write, data: object, indent: int | str | None, separators: tuple[str, str], ascii_only: bool
) -> None:
    """At the place of a value of any JSON file stands text that decodes to the value, and at that of a key the key."""
    text = json.dumps(data, indent=indent, separators=separators, ensure_ascii=ascii_only)
    file = read_config_file(write(".json", text))
    assert file.data == data
    check_json_places(file)


@UNLIMITED
@given(
    data=nested(st.none() | SCALARS, WORDS),
    indent=st.sampled_from([None, 1, 4]),
    separators=st.sampled_from([(",", ":"), (" , ", " : "), (",", ": ")]),
)
def test_json_read_as_yaml(write: Write, data: object, indent: int | None, separators: tuple[str, str]) -> None:
    """JSON is YAML: the same data, at the same places."""
    text = json.dumps(data, indent=indent, separators=separators, ensure_ascii=False)
    file = read_config_file(write(".yaml", text))
    assert file.data == data
    check_json_places(file)


def check_json_places(file: ConfigFile) -> None:
    decoder = json.JSONDecoder()
    for path, value in values(file.data):
        assert decoder.raw_decode(file.text, index_of(file.text, file.place(path)))[0] == value
        for key in cast(dict[str, object], value) if isinstance(value, dict) else ():
            assert decoder.raw_decode(file.text, index_of(file.text, file.place(path, key=key)))[0] == key


@UNLIMITED
@given(
    tree=nested(st.just(0), st.text("kxyz", min_size=1, max_size=4)), flow=st.sampled_from([True, False, None]), indent=st.integers(2, 5)
)
def test_yaml_places_point_at_leaves(write: Write, tree: object, flow: bool | None, indent: int) -> None:
    """In any style of YAML, a leaf's place is where the leaf is written and a block mapping's place is its first key."""
    leaves = iter(range(1_000, 9_999))

    def numbered(node: object) -> object:
        if isinstance(node, dict):
            return {key: numbered(value) for key, value in cast(dict[str, object], node).items()}
        if isinstance(node, list):
            return [numbered(item) for item in cast(list[object], node)]
        return next(leaves)

    data = numbered(tree)
    text = yaml.safe_dump(  # pyright: ignore[reportUnknownMemberType] # by some versions of types-PyYAML
        data, default_flow_style=flow, indent=indent, sort_keys=False
    )
    file = read_config_file(write(".yaml", text))
    assert file.data == data
    for path, value in values(data):
        at = index_of(text, file.place(path))
        if isinstance(value, int):
            assert text.startswith(str(value), at)
        elif isinstance(value, dict) and value and flow is False:
            assert file.place(path, key=next(iter(cast(dict[str, object], value)))) == file.place(path)
        for key in cast(dict[str, object], value) if isinstance(value, dict) else ():
            assert re.compile(rf"(\? )?{key}").match(text, index_of(text, file.place(path, key=key)))


class TomlText:
    """Writes a mapping as TOML, and keeps what each path's key and value look like there."""

    def __init__(self, data: dict[str, object], headers: bool) -> None:
        self.headers = headers
        self.shapes: dict[KeyPath, tuple[str, str]] = {}
        self.lines: list[str] = []
        self.table(data, ())

    def table(self, data: dict[str, object], path: KeyPath) -> None:
        later: list[str] = []
        for key, value in data.items():
            if self.headers and self.is_tables(value):
                later.append(key)
            else:
                self.lines.append(f"{self.key(key)} = {self.inline(value, (*path, key))}  # ] }} = ' \"")
                self.shapes[(*path, key)] = self.key(key), self.inline(value, (*path, key))
        for key in later:
            where = (*path, key)
            name = ".".join(self.key(part) for part in where if isinstance(part, str))
            if isinstance(data[key], dict):
                self.lines.append(f" [ {name} ]")
                self.shapes[where] = self.key(key), f"[ {name} ]"
                self.table(cast(dict[str, object], data[key]), where)
                continue
            for index, item in enumerate(cast(list[dict[str, object]], data[key])):
                self.lines.append(f"[[{name}]] # [")
                self.shapes[(*where, index)] = f"[[{name}]]", f"[[{name}]]"
                self.table(item, (*where, index))

    @staticmethod
    def is_tables(value: object) -> bool:
        if isinstance(value, dict):
            return True
        return (
            isinstance(value, list)
            and bool(cast(list[object], value))
            and all(isinstance(item, dict) for item in cast(list[object], value))
        )

    @staticmethod
    def key(key: str) -> str:
        return key if re.fullmatch("[a-z]+", key) else json.dumps(key, ensure_ascii=False)

    def inline(self, value: object, path: KeyPath) -> str:
        if isinstance(value, dict):
            parts: list[str] = []
            for key, item in cast(dict[str, object], value).items():
                self.shapes[(*path, key)] = self.key(key), self.inline(item, (*path, key))
                parts.append(f"{self.key(key)} = {self.shapes[(*path, key)][1]}")
            return "{" + ", ".join(parts) + "}"
        if isinstance(value, list):
            items: list[str] = []
            for index, item in enumerate(cast(list[object], value)):
                items.append(self.inline(item, (*path, index)))
                self.shapes[(*path, index)] = items[-1], items[-1]
            return "[ # '\n" + ",\n".join(items) + "]"
        return json.dumps(value, ensure_ascii=False)


@UNLIMITED
@given(data=st.dictionaries(WORDS, nested(SCALARS, WORDS), max_size=4), headers=st.booleans())
@example(data={"a": {"b": [{"c": [{"d": {}}]}, {"c": []}]}, "e": [{}, {}]}, headers=True)
def test_toml_places_point_at_keys_and_values(write: Write, data: dict[str, object], headers: bool) -> None:
    """At the place of a value stands the value or its table's header, and at that of a key the key."""
    written = TomlText(data, headers)
    text = "\n".join(written.lines)
    file = read_config_file(write(".toml", text))
    assert file.data == data
    for path, (key, value) in written.shapes.items():
        assert text.startswith(value, index_of(text, file.place(path)))
        if isinstance(path[-1], str):
            assert text.startswith(key, index_of(text, file.place(path[:-1], key=path[-1])))


SYNTAX = [
    *"[]{}:,-\"'#=&*<!|>%?\\\n\r\t ab01.~",
    "a: ",
    "b = ",
    "- ",
    "\n  ",
    "[a.b]\n",
    "[[a]]\n",
    "&a ",
    "*a",
    "<<: ",
    '"a":',
    '"""',
    "'''",
]
PIECES = st.lists(st.sampled_from(SYNTAX), max_size=25).map("".join)
REFERENCES: dict[str, Callable[[str], object]] = {".json": json.loads, ".toml": tomllib.loads}


@settings(UNLIMITED, max_examples=400)
@given(text=PIECES | st.text(max_size=20), suffix=st.sampled_from(SUFFIXES))
def test_any_text_is_data_or_a_config_error(write: Write, text: str, suffix: str) -> None:
    """Whatever a file holds, it is read or is a ConfigError with places in the file; and it is read when its format allows it."""
    lines = range(1, text.count("\n") + 2)
    file, found = attempt(write(suffix, text))
    assert [each for each in found if each.place is None or each.place.line not in lines] == []
    if suffix in REFERENCES:
        try:
            expected = REFERENCES[suffix](text.removeprefix("\ufeff"))
        except ValueError:
            assert found
        else:
            assert file is None or repr(file.data) == repr(expected)
    if file is not None:
        assert [path for path, _ in values(file.data) if file.place(path).line not in lines] == []


def test_any_bytes_are_data_or_a_config_error(write: Write) -> None:
    """Each single byte after a right beginning is read or told at its place."""
    for byte in range(256):
        path = write(".yaml", b"a: 'x'\n#" + bytes([byte]))
        file, found = attempt(path)
        assert file is None or file.data == {"a": "x"}
        assert [str(each.place) for each in found] == ([] if file else [f"{path}:2:2"])
