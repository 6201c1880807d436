"""Hugging Face's `config.json` as data: read as the plain JSON it is.

Neither transformers nor a network is needed, and code that a model's repository ships is never run: `auto_map` only says what it is called.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ValidationError

from typed_registry._copying import copy_containers
from typed_registry._kinds import is_dict, is_mapping, is_sequence
from typed_registry.config_files import ConfigFile, read_config_file
from typed_registry.dispatch import effective_architecture
from typed_registry.errors import ConfigError, Place, Problem, shown

__all__ = ["HfConfig", "effective_architecture"]

_MAX_LEVELS = 250  # deeper values could be read but not written: pydantic's model_dump_json stops at 255
_TOO_DEEP = f"the values are nested too deeply, more than {_MAX_LEVELS} levels"


class HfConfig(BaseModel, extra="allow", frozen=True):
    """The config of a Hugging Face model: four keys by name and type, every other as it is.

    The other keys are attributes too, and all of them are in `model_extra`; one that is called as a method is (`copy`) is only there.

    Args:
        architectures: Names of the model's classes, the first of which counts.
        model_type: What transformers calls this kind of config.
        auto_map: For auto classes, the class in the repository's own code: a text, or a list of a text and a text or null.
        torch_dtype: The type of the weights; newer files call it `dtype`, which is kept as any other key.

    Example:
        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = pathlib.Path(folder, "config.json").write_text('{"architectures": ["MiniCPMV"], "version": 2.6, "slice": {"max": 9}}')
        ...     config = HfConfig.from_path(folder, overrides={"model_type": "minicpmv", "slice": {"min": 1}})
        >>> config.architectures, config.model_type, config.model_extra
        (['MiniCPMV'], 'minicpmv', {'version': 2.6, 'slice': {'max': 9, 'min': 1}})
    """

    architectures: list[str] | None = None
    model_type: str | None = None
    auto_map: dict[str, object] | None = None
    torch_dtype: str | None = None

    @classmethod
    def from_path(
        cls, path: str | os.PathLike[str], /, *, overrides: Mapping[str, object] | None = None, max_bytes: int = 64 * 1024 * 1024
    ) -> Self:
        """Reads a `.json` file, or the `config.json` of a folder.

        Args:
            path: The file or the folder.
            overrides: What to change, as with `--hf-overrides` of vLLM and LMDeploy. A key replaces the file's, or is added; where both
                hold a mapping these are merged likewise, at every depth, so an empty one changes nothing. A dotted key is just a key.
            max_bytes: A larger file is refused, and isn't read.

        Raises:
            ConfigError: The file is too large or no plain file, or holds no JSON object (TR209); a key is given twice (TR208); one of the
                four keys that have a type is of another (TR205).
            OSError: The file can't be read; a FileNotFoundError where there is none, or no `config.json` in the folder.
            TypeError: `overrides` is no mapping.
        """
        changes = _checked({} if overrides is None else overrides)
        file = _read(os.fspath(path), max_bytes)
        data = _object(file)
        _merge(data, copy_containers(changes))
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            problems = [_problem(file, changes, each["loc"], each["msg"], each["input"]) for each in error.errors()]
        raise ConfigError(problems, file.path)


def _checked(overrides: object) -> dict[Any, object]:
    if not is_mapping(overrides):
        raise TypeError(f"overrides must be a mapping, not {shown(overrides)}")
    if _is_deep(overrides):
        raise ConfigError([Problem((), _TOO_DEEP, code="TR209")], "overrides")
    return dict(overrides)


def _read(path: str, max_bytes: int) -> ConfigFile:
    file = os.path.join(path, "config.json") if os.path.isdir(path) else path
    try:
        about = os.stat(file)
    except FileNotFoundError:
        if file == path:
            raise
        raise FileNotFoundError(errno.ENOENT, "no config.json in the folder", path) from None
    if not stat.S_ISREG(about.st_mode):
        raise _unreadable(file, "it is no plain file")
    if about.st_size > max_bytes:
        raise _unreadable(file, f"the file has {about.st_size} bytes, more than max_bytes={max_bytes}")
    if about.st_size == 0:
        raise _unreadable(file, "the file is empty")
    if not file.lower().endswith(".json"):
        raise _unreadable(file, "only .json files are read, and folders with a config.json")
    return read_config_file(file)


def _object(file: ConfigFile) -> dict[Any, object]:
    # read_config_file leaves out a `$schema`, which is a key like any other here
    data: object = json.loads(file.text) if '"$schema"' in file.text else file.data
    if not is_dict(data):
        raise ConfigError([Problem((), f"a JSON object is due, not {shown(data)}", data, place=file.place(()), code="TR209")], file.path)
    if _is_deep(data):
        raise _unreadable(file.path, _TOO_DEEP)
    return data


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_MAX_LEVELS):
        inner = (each for holder in level for each in (holder.values() if is_mapping(holder) else holder if is_sequence(holder) else ()))
        level = list({id(each): each for each in inner if is_mapping(each) or is_sequence(each)}.values())
    return bool(level)


def _merge(data: dict[str, object], overrides: dict[Any, object]) -> None:
    todo: list[tuple[dict[Any, object], Mapping[Any, object]]] = [(data, overrides)]
    while todo:
        target, changes = todo.pop()
        for key, value in changes.items():
            old = target.get(key)
            if is_dict(old) and is_mapping(value):
                todo.append((old, value))
            else:
                target[key] = value


def _problem(file: ConfigFile, overrides: Mapping[Any, object], path: tuple[int | str, ...], told: str, value: object) -> Problem:
    message = f"{told[:1].lower()}{told[1:]}, not {shown(value)}"
    if path and path[0] in overrides:
        return Problem(path, f"{message} (from overrides)", value)
    return Problem(path, message, value, place=file.place(path))


def _unreadable(file: str, message: str) -> ConfigError:
    return ConfigError([Problem((), message, place=Place(file), code="TR209")], file)
