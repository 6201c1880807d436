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
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, NoReturn, cast

from typed_registry._scanning import refused_number, scan_json, scan_toml
from typed_registry._spots import Source, Spot
from typed_registry._yaml_files import yaml_data, yaml_spots
from typed_registry.errors import ConfigError, Place, Problem

__all__ = ["ConfigFile", "read_config_file"]


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

        A path that goes deeper than the file, or a key that isn't there, gives the nearest thing above it. What came through an
        alias or a merge key stands where it is written, and the place tells where the first of them is used.
        """
        source, spot, used = Source(self.path, self.text), self._root, None
        for part in path:
            if part not in spot.items:
                return source.place(spot.start, used)
            used = spot.used.get(part) if used is None else used
            spot = spot.items[part][1]
        if key not in spot.items:
            return source.place(spot.start, used)
        return source.place(spot.items[key][0], spot.used.get(key) if used is None else used)

    @cached_property
    def _root(self) -> Spot:
        return _format_of(self.path).spots(Source(self.path, self.text))

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


def _decoded(file: str, raw: bytes) -> Source:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode()
        byte = f"0x{error.object[error.start]:02x}"
        raise Source(file, before).error(len(before), f"byte {byte} is not UTF-8; save the file as UTF-8") from None
    if "\0" in text:
        raise Source(file, text).error(text.index("\0"), "a text has no NUL characters; save the file as UTF-8")
    return Source(file, text)


def _json_data(source: Source) -> object:
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


def _toml_data(source: Source) -> object:
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


def _json_spots(source: Source) -> Spot:
    return scan_json(source.text).root


def _toml_spots(source: Source) -> Spot:
    return scan_toml(source.text).root


class _Format(NamedTuple):
    parse: Callable[[Source], object]
    spots: Callable[[Source], Spot]


_YAML = _Format(yaml_data, yaml_spots)
_FORMATS = {".yaml": _YAML, ".yml": _YAML, ".json": _Format(_json_data, _json_spots), ".toml": _Format(_toml_data, _toml_spots)}


def _format_of(file: str) -> _Format:
    suffix = os.path.splitext(file)[1]
    if suffix.lower() in _FORMATS:
        return _FORMATS[suffix.lower()]
    message = f"{f'{suffix!r} files are' if suffix else 'a file without suffix is'} not read; known are {', '.join(_FORMATS)}"
    raise ConfigError([Problem((), message, place=Place(file), code="TR209")], file)
