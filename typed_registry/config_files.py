"""Config files as data, and where in the file each value stands.

`read_config_file` parses a file once. Places cost nothing until one is asked for: then PyYAML's composer, or a light scanner of JSON and
TOML, goes through the text again, and what it finds is kept.

YAML is read by the core schema of YAML 1.2, with anchors and merge keys: `1e-3` is a float, `on` is a string, a date is a string, and a tag
never makes an object.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any, NamedTuple, NoReturn, TypeAlias, cast

from typed_registry._scanning import Repeated, Spot, refused_number, scan_json, scan_toml
from typed_registry.errors import ConfigError, LoadError, Place, Problem, shown

__all__ = ["ConfigFile", "read_config_file"]

_MAX_LEVELS = 1_000  # of a YAML file
_MAX_VALUES = 1_000_000  # values of a YAML file with its aliases written out


@dataclass(frozen=True)
class ConfigFile:
    r"""What a config file holds, and where each part of it stands.

    Args:
        path: The path of the file, as it was given.
        data: What it holds. A string under `$schema` at the top is left out: it is there for editors.
        text: The text of the file.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "face.toml")
        ...     _ = path.write_text('type = "face"\nscale = 1.3\n')
        ...     file = read_config_file(path)
        >>> file.data
        {'type': 'face', 'scale': 1.3}
        >>> place = file.place(("scale",))
        >>> place.line, place.column
        (2, 9)
    """

    path: str
    data: object
    text: str = field(repr=False)

    def place(self, path: tuple[str | int, ...], *, key: object = None) -> Place:
        """Where the value at `path` begins, or with `key` where that key stands in the mapping at `path`.

        A path that goes deeper than the file, or a key that isn't there, gives the nearest thing above it. A value that came through an
        alias or a merge key stands where it is written.
        """
        spot = self._root
        for part in path:
            if part not in spot.items:
                return _Source(self.path, self.text).place(spot.start)
            spot = spot.items[part][1]
        return _Source(self.path, self.text).place(spot.items[key][0] if key in spot.items else spot.start)

    @cached_property
    def _root(self) -> Spot:
        return _format_of(self.path).spots(_Source(self.path, self.text))

    def __reduce__(self) -> tuple[object, ...]:
        return ConfigFile, (self.path, self.data, self.text)


def read_config_file(path: str | os.PathLike[str]) -> ConfigFile:
    """Reads a `.yaml`, `.yml`, `.json` or `.toml` file, UTF-8 with or without a byte order mark.

    Raises:
        ConfigError: The suffix is another one, the file is no UTF-8 or has a wrong syntax (TR209), or a key is given twice (TR208).
        LoadError: It is YAML, and PyYAML isn't installed.
        OSError: The file can't be read.
    """
    file = os.fspath(path)
    parse = _format_of(file).parse
    with open(file, "rb") as stream:
        source = _decoded(file, stream.read())
    try:
        data = parse(source)
    except RecursionError:
        raise ConfigError([Problem((), "the values are nested too deeply", place=Place(file), code="TR209")], file) from None
    _drop_schema(data)
    return ConfigFile(file, data, source.text)


def _drop_schema(data: object) -> None:
    if isinstance(data, dict):
        top = cast(dict[object, object], data)
        if isinstance(top.get("$schema"), str):
            del top["$schema"]


class _Source(NamedTuple):
    """The text of a file; tells places in it from indices."""

    file: str
    text: str

    def place(self, index: int) -> Place:
        return Place(self.file, self.text.count("\n", 0, index) + 1, index - self.text.rfind("\n", 0, index))

    def error(self, index: int, message: str) -> ConfigError:
        return ConfigError([Problem((), message, place=self.place(index), code="TR209")], self.file)

    def twice(self, repeated: Iterable[Repeated]) -> ConfigError:
        problems: list[Problem] = []
        for path, key, first, again in sorted(repeated, key=attrgetter("again")):
            message = f"key {shown(key)} is given twice; first in line {self.place(first).line}"
            problems.append(Problem(path, message, place=self.place(again), code="TR208"))
        return ConfigError(problems, self.file)


def _decoded(file: str, raw: bytes) -> _Source:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        byte = f"0x{error.object[error.start]:02x}"
        raise _Source(file, before).error(len(before), f"byte {byte} is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        raise _Source(file, text).error(text.index("\0"), "a text has no NUL characters; save the file as UTF-8")
    return _Source(file, text)


_Node: TypeAlias = Any  # a node of PyYAML's tree


def _composed(source: _Source) -> _Node | None:
    try:
        import yaml
    except ImportError as error:
        raise LoadError("yaml", "config files", "yaml", str(error), missing=("yaml",), extra="typed-registry[yaml]") from error
    try:
        make: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        _refuse_depth(source, yaml.parse(source.text, make))
        loader: Any = make(source.text)
        loader.resolve = _resolved
        root: _Node | None = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _yaml_fault(source, error) from None
    return root


def _refuse_depth(source: _Source, events: Iterator[Any]) -> None:
    """Refuse what is nested too deeply before it is composed: the C loader calls itself for each level, and knows no limit."""
    openings = source.text.count("[") + source.text.count("{")
    if openings + max(map(len, source.text.splitlines()), default=0) < _MAX_LEVELS:  # a block needs a column for each level
        return
    depth = 0
    for event in events:
        depth += hasattr(event, "flow_style") - (type(event).__name__ in ("SequenceEndEvent", "MappingEndEvent"))
        if depth > _MAX_LEVELS:
            raise source.error(event.start_mark.index, f"nested too deeply: more than {_MAX_LEVELS:,} levels")


def _resolved(kind: _Node, value: str, implicit: tuple[bool, bool]) -> str:
    """The tag of a node that bears none; PyYAML's own choice is that of YAML 1.1."""
    if kind.id != "scalar":
        return _MAP if kind.id == "mapping" else _SEQ
    if not implicit[0] or (value and value[0] not in _PLAIN_STARTS):
        return _STR
    match = _PLAIN.fullmatch(value)
    return f"{_TAG}{match.lastgroup}" if match else _STR


def _yaml_fault(source: _Source, error: Any) -> ConfigError:
    character = getattr(error, "character", None)
    if character is not None:
        return source.error(source.text.index(chr(character)), f"character U+{character:04X} is not allowed in YAML")
    begun = f" (line {source.place(error.context_mark.index).line})" if error.context_mark else ""
    context = f"{error.context}{begun}, " if error.context else ""
    return source.error(error.problem_mark.index, context + error.problem)


class _YamlReader:
    """Makes data of nodes. What an alias stands for is made anew each time, so nothing is shared, and all of it counts."""

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.repeated: dict[int, Repeated] = {}  # by place, as an alias leads to it again
        self.opened: set[_Node] = set()
        self.spots: dict[_Node, Spot] = {}
        self.left = max(_MAX_VALUES, len(source.text))  # without aliases a value takes at least one character

    def value(self, root: _Node) -> Any:
        """The data of a node; without recursion, as the interpreter's limit on it can't be raised safely while other threads run."""
        top: list[Any] = [None]
        todo: list[tuple[Any, Any, _Node, tuple[str | int, ...]]] = [(top, 0, root, ())]
        while todo:
            holder, key, node, path = todo.pop()
            if holder is None:  # all inside of the node is done
                self.opened.discard(node)
            elif node.id == "scalar":
                holder[key] = node.value if node.tag == _STR else self.scalar(node)
            else:
                self.open(node)
                todo.append((None, None, node, path))
                todo.extend(reversed(self.inside(holder, key, node, path)))
        return top[0]

    def inside(
        self, holder: Any, key: Any, node: _Node, path: tuple[str | int, ...]
    ) -> list[tuple[Any, Any, _Node, tuple[str | int, ...]]]:
        """Put an empty container in the node's place; gives what belongs into it."""
        if node.id == "mapping":
            pairs = self.pairs(node, path)
            holder[key] = data = dict.fromkeys(pairs)
            return [(data, name, pair[1], (*path, name)) for name, pair in pairs.items()]
        holder[key] = items = [None] * len(node.value)
        return [(items, index, item, (*path, index)) for index, item in enumerate(node.value)]

    def open(self, node: _Node) -> None:
        if node.tag != (_MAP if node.id == "mapping" else _SEQ):
            raise self.refused(node)
        if node in self.opened:
            raise self.error(node, "this value holds an alias of itself")
        self.opened.add(node)
        self.left -= len(node.value)
        if self.left < 0:
            raise self.error(node, f"with aliases written out, the file has more than {_MAX_VALUES:,} values")

    def pairs(self, node: _Node, path: tuple[str | int, ...]) -> dict[Any, tuple[_Node, _Node]]:
        """The keys of a mapping, each with its node and that of its value. What `<<` brings comes first, and loses."""
        own: dict[Any, tuple[_Node, _Node]] = {}
        for pair in node.value:
            key = self.key(pair[0])
            if key in own:
                self.repeat(path, key, own[key][0], pair[0])
            else:
                own[key] = pair
        merge = own.pop(_MERGED, None)
        return self.merged(merge[1], path) | own if merge else own

    def repeat(self, path: tuple[str | int, ...], key: object, first: _Node, again: _Node) -> None:
        known = self.repeated.get(again.start_mark.index)
        if known is None or known.path[-1:] == ("<<",):  # a merge key may lead to it before its own path does
            spot = Repeated(path, "<<" if key is _MERGED else key, first.start_mark.index, again.start_mark.index)
            self.repeated[spot.again] = spot

    def merged(self, node: _Node, path: tuple[str | int, ...]) -> dict[Any, tuple[_Node, _Node]]:
        pairs: dict[Any, tuple[_Node, _Node]] = {}
        for each in reversed(node.value) if node.id == "sequence" else [node]:
            if each.id != "mapping":
                raise self.error(each, "'<<' takes a mapping or a list of mappings")
            self.open(each)
            pairs |= self.pairs(each, (*path, "<<"))
            self.opened.discard(each)
        return pairs

    def key(self, node: _Node) -> object:
        if node.id != "scalar":
            raise self.error(node, f"a key is a plain value, not a {node.id}")
        return node.value if node.tag == _STR else _MERGED if node.tag == _MERGE else self.scalar(node)

    def scalar(self, node: _Node) -> object:
        if node.tag not in _CONVERT:
            raise self.refused(node)
        try:
            return _CONVERT[node.tag](node.value)
        except (ValueError, KeyError):
            raise self.error(node, f"{shown(node.value)} can't be read as {node.tag.removeprefix(_TAG)}") from None

    def spot(self, root: _Node) -> Spot:
        """Where a node and all inside of it stand; without recursion, as above."""
        todo, self.spots[root] = [root], Spot(root.start_mark.index)
        while todo:
            node = todo.pop()
            inside: dict[Any, tuple[_Node, _Node]] = {}
            if node.id == "mapping":
                inside = self.pairs(node, ())
            elif node.id == "sequence":
                inside = {index: (item, item) for index, item in enumerate(node.value)}
            for _, value in inside.values():
                if value not in self.spots:
                    self.spots[value] = Spot(value.start_mark.index)
                    todo.append(value)
            self.spots[node].items = {key: (name.start_mark.index, self.spots[value]) for key, (name, value) in inside.items()}
        return self.spots[root]

    def refused(self, node: _Node) -> ConfigError:
        tag = re.sub(f"^{_TAG}", "!!", node.tag)
        return self.error(node, f"tag {shown(tag)} is not allowed here: a config holds plain data")

    def error(self, node: _Node, message: str) -> ConfigError:
        return self.source.error(node.start_mark.index, message)


def _yaml_data(source: _Source) -> object:
    reader = _YamlReader(source)
    root = _composed(source)
    data = None if root is None else reader.value(root)
    if reader.repeated:
        raise source.twice(reader.repeated.values())
    return data


def _yaml_spots(source: _Source) -> Spot:
    root = _composed(source)
    return Spot(0) if root is None else _YamlReader(source).spot(root)


_TAG = "tag:yaml.org,2002:"
_STR, _SEQ, _MAP, _MERGE = f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map", f"{_TAG}merge"
_MERGED = object()  # stands for the key `<<`, as a quoted "<<" is a string
_PLAIN_STARTS = frozenset("-+.0123456789nN~tTfF<")
_PLAIN = re.compile(
    r"""(?P<int> [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ )
    | (?P<float> [-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)? | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN) )
    | (?P<null> null | Null | NULL | ~ | ) | (?P<bool> true | True | TRUE | false | False | FALSE ) | (?P<merge> << )""",
    re.VERBOSE,
)
_CONVERT: dict[str, Callable[[str], object]] = {
    _STR: str,
    _MERGE: str,
    f"{_TAG}int": lambda text: int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)),
    f"{_TAG}float": lambda text: float(text.replace(".", "") if text[-1:] in "fFnN" else text),
    f"{_TAG}bool": lambda text: {"true": True, "false": False}[text.lower()],
    f"{_TAG}null": lambda _: None,
}


def _json_data(source: _Source) -> object:
    repeated = False

    def mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
        nonlocal repeated
        made = dict(pairs)
        repeated |= len(made) != len(pairs)
        return made

    try:
        data: object = json.loads(source.text, object_pairs_hook=mapping, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise source.error(error.pos, error.msg) from None
    except ValueError as error:
        raise source.error(refused_number(source.text), str(error).partition(";")[0]) from None
    if repeated:
        raise source.twice(scan_json(source.text).repeated)
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not allowed in JSON")


def _toml_data(source: _Source) -> object:
    try:
        return tomllib.loads(source.text)
    except ValueError as error:
        message, index = _toml_fault(source.text, str(error))
    repeated = scan_toml(source.text).repeated
    if any(each.again < index for each in repeated):  # tomllib found no other fault before that index
        raise source.twice(repeated)
    raise source.error(index, message)


def _toml_fault(text: str, told: str) -> tuple[str, int]:
    message, _, where = told.removesuffix(")").rpartition(" (at ")
    place = re.fullmatch(r"line (\d+), column (\d+)", where)
    if place:
        before = text.split("\n")[: int(place[1]) - 1]
        return message, sum(len(line) + 1 for line in before) + int(place[2]) - 1
    return (message, len(text)) if where == "end of document" else (told.partition(";")[0], refused_number(text))


def _json_spots(source: _Source) -> Spot:
    return scan_json(source.text).root


def _toml_spots(source: _Source) -> Spot:
    return scan_toml(source.text).root


class _Format(NamedTuple):
    parse: Callable[[_Source], object]
    spots: Callable[[_Source], Spot]


_YAML = _Format(_yaml_data, _yaml_spots)
_FORMATS = {".yaml": _YAML, ".yml": _YAML, ".json": _Format(_json_data, _json_spots), ".toml": _Format(_toml_data, _toml_spots)}


def _format_of(file: str) -> _Format:
    suffix = os.path.splitext(file)[1]
    if suffix.lower() in _FORMATS:
        return _FORMATS[suffix.lower()]
    message = f"{f'{suffix!r} files are' if suffix else 'a file without suffix is'} not read; known are {', '.join(_FORMATS)}"
    raise ConfigError([Problem((), message, place=Place(file), code="TR209")], file)
