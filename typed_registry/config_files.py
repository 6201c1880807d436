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
import sys
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, wraps
from threading import RLock
from typing import Any, NamedTuple, NoReturn, Protocol, TypeVar

from typed_registry.errors import ConfigError, LoadError, Place, Problem, shown

__all__ = ["ConfigFile", "read_config_file"]

_R = TypeVar("_R")

_MAX_VALUES = 1_000_000  # values of a YAML file with its aliases written out
_FRAMES = 5_000  # Python frames that YAML and TOML may take; tomllib needs four for each level of inline tables


@dataclass(frozen=True)
class ConfigFile:
    """What a config file holds, and where each part of it stands.

    Args:
        path: The path of the file, as it was given.
        data: What it holds. A string under `$schema` at the top is left out: it is there for editors.
        text: The text of the file.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder, "face.toml")
        ...     _ = path.write_text('type = "face"\\nscale = 1.3\\n')
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

    def place(self, path: tuple[str | int, ...], *, key: str | None = None) -> Place:
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
    def _root(self) -> _Spot:
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
    if isinstance(data, dict) and isinstance(data.get("$schema"), str):
        del data["$schema"]
    return ConfigFile(file, data, source.text)


class _Source(NamedTuple):
    """The text of a file; tells places in it from indices."""

    file: str
    text: str

    def place(self, index: int) -> Place:
        return Place(self.file, self.text.count("\n", 0, index) + 1, index - self.text.rfind("\n", 0, index))

    def error(self, index: int, message: str) -> ConfigError:
        return ConfigError([Problem((), message, place=self.place(index), code="TR209")], self.file)

    def repeated(self, path: tuple[str | int, ...], key: object, first: int, again: int) -> Problem:
        message = f"key {shown(key)} is given twice; first in line {self.place(first).line}"
        return Problem(path, message, place=self.place(again), code="TR208")


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


class _Spot(Protocol):
    """A value in the text: where it begins, and for each key or index in it where that stands and the spot of its value."""

    @property
    def start(self) -> int: ...
    @property
    def items(self) -> Mapping[Any, tuple[int, _Spot]]: ...


def _roomy(function: Callable[[_Source], _R]) -> Callable[[_Source], _R]:
    """Lets a function that calls itself for each level of a file go deeper than the interpreter's limit, when it has to."""

    @wraps(function)
    def with_room(source: _Source) -> _R:
        with suppress(RecursionError):
            return function(source)
        with _LIMIT_LOCK:
            limit = sys.getrecursionlimit()
            sys.setrecursionlimit(max(limit, _FRAMES))  # safe: all its frames are Python's own, which take no C stack
            try:
                return function(source)
            finally:
                sys.setrecursionlimit(limit)

    return with_room


_LIMIT_LOCK = RLock()


class _Node(Protocol):
    """What is used of PyYAML's nodes."""

    id: str
    tag: str
    value: Any
    start_mark: Any


@_roomy
def _composed(source: _Source) -> _Node | None:
    try:
        import yaml
    except ImportError as error:
        raise LoadError("yaml", "config files", "yaml", str(error), missing=("yaml",), extra="typed-registry[yaml]") from error
    try:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
        loader.resolve = _resolved
        root: _Node | None = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _yaml_fault(source, error) from None
    return root


def _resolved(kind: type[_Node], value: str, implicit: tuple[bool, bool]) -> str:
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
        self.problems: dict[int, Problem] = {}
        self.opened: set[_Node] = set()
        self.left = max(_MAX_VALUES, len(source.text))  # without aliases a value takes at least one character

    def value(self, node: _Node, path: tuple[str | int, ...]) -> Any:
        if node.id == "scalar":
            return node.value if node.tag == _STR else self.scalar(node)
        self.open(node)
        data: Any
        if node.id == "mapping":
            data = {key: self.value(pair[1], (*path, key)) for key, pair in self.pairs(node, path).items()}
        else:
            data = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        self.opened.discard(node)
        return data

    def open(self, node: _Node) -> None:
        if node.tag != (_MAP if node.id == "mapping" else _SEQ):
            raise self.error(node, f"tag {_short(node.tag)} is not allowed: a config holds plain data")
        if node in self.opened:
            raise self.error(node, "this value holds an alias of itself")
        self.opened.add(node)
        self.left -= len(node.value)
        if self.left < 0:
            raise self.error(node, f"with aliases written out, the file has more than {_MAX_VALUES:,} values")

    def pairs(self, node: _Node, path: tuple[str | int, ...] = ()) -> dict[Any, tuple[_Node, _Node]]:
        """The keys of a mapping with their nodes and those of their values. What `<<` brings comes first, and loses."""
        own: dict[Any, tuple[_Node, _Node]] = {}
        merged: dict[Any, tuple[_Node, _Node]] = {}
        for pair in node.value:
            key = self.key(pair[0])
            if key in own:
                again = pair[0].start_mark.index
                self.problems.setdefault(again, self.source.repeated(path, _shown_key(key), own[key][0].start_mark.index, again))
                continue
            own[key] = pair
            if key is _MERGED:
                merged = self.merged(pair[1], path)
        own.pop(_MERGED, None)
        return merged | own if merged else own

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
        if node.tag == _STR:
            return node.value
        return _MERGED if node.tag == _MERGE else self.scalar(node)

    def scalar(self, node: _Node) -> object:
        convert = _CONVERT.get(node.tag)
        if convert is None:
            raise self.error(node, f"tag {_short(node.tag)} is not allowed: a config holds plain data")
        try:
            return convert(node.value)
        except (ValueError, KeyError):
            raise self.error(node, f"{shown(node.value)} can't be read as {_short(node.tag)}") from None

    def error(self, node: _Node, message: str) -> ConfigError:
        return self.source.error(node.start_mark.index, message)
