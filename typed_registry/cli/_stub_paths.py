"""Where mypy, pyright, pyrefly and ty are told of a folder of stubs, added to what they are told already."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from configparser import ConfigParser
from configparser import Error as IniError
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from typed_registry._kinds import is_list
from typed_registry.cli._changes import Change, read_text
from typed_registry.cli._jsonc import JsoncError, UnsafeMergeError, merged, parse
from typed_registry.cli._project import CliError

__all__ = ["stub_path_changes"]


class _Checker(NamedTuple):
    """Where a checker looks for its settings, the first file that is there, and what they call the stubs' folder."""

    name: str
    files: tuple[tuple[str, tuple[str, ...]], ...]  # and the table in each
    table: tuple[str, ...]  # in pyproject.toml
    key: str


_CHECKERS = (
    _Checker("mypy", (("mypy.ini", ("mypy",)), (".mypy.ini", ("mypy",))), ("tool", "mypy"), "mypy_path"),
    _Checker("pyright", (("pyrightconfig.json", ()),), ("tool", "pyright"), "stubPath"),
    _Checker("pyrefly", (("pyrefly.toml", ()),), ("tool", "pyrefly"), "search-path"),
    _Checker("ty", (("ty.toml", ("environment",)),), ("tool", "ty", "environment"), "extra-paths"),
)
_NEW = {"search-path": [".", "{}"], "extra-paths": ["{}"]}  # given a search path, pyrefly no longer looks beside its own file


def stub_path_changes(root: Path, folders: Sequence[str]) -> tuple[list[Change], list[str]]:
    """What has to be changed for the checkers to see folders, and what has to be done by hand.

    Raises:
        CliError: A file of theirs can't be read.
    """
    changes: dict[Path, Change] = {}
    by_hand: list[str] = []
    for checker, folder in product(_CHECKERS, folders):
        path, table = _place(root, checker)
        change = changes.get(path) or Change(path, before := read_text(path), before or "")
        try:
            after = _edited(path, change.after, table, checker.key, folder)
        except UnsafeMergeError as error:
            by_hand.append(f"{path}: {checker.name} is not told of {folder}: {error}; add it to {'.'.join((*table, checker.key))}")
        except (JsoncError, tomllib.TOMLDecodeError, IniError) as error:
            raise CliError(f"{path}: {error}") from None
        else:
            changes[path] = Change(path, change.before, after)
    return list(changes.values()), by_hand


def _place(root: Path, checker: _Checker) -> tuple[Path, tuple[str, ...]]:
    own = next(((root / name, table) for name, table in checker.files if (root / name).is_file()), None)
    if own is not None:
        return own
    project, config = root / "pyproject.toml", root / "setup.cfg"
    is_in_config = checker.name == "mypy" and re.search(r"^\[mypy\]", read_text(config) or "", re.MULTILINE)
    if is_in_config and not re.search(r"^\s*\[+tool\.mypy\b", read_text(project) or "", re.MULTILINE):
        return config, ("mypy",)  # which would be hidden by such a table in pyproject.toml
    return project, checker.table


def _edited(path: Path, text: str, table: Sequence[str], key: str, folder: str) -> str:
    if path.suffix == ".json":
        node = parse(text)
        return merged(text, [key], _with_folder(key, None if node is None else node.data.get(key), folder))
    read = _read_toml if path.suffix == ".toml" else _read_ini
    expected = copy.deepcopy(read(text))
    holder: Any = expected
    for name in table:
        holder = holder.setdefault(name, {})
    old = holder.get(key)
    holder[key] = _with_folder(key, old, folder)
    if holder[key] == old:
        return text
    quote = json.dumps if path.suffix == ".toml" else str
    for candidate in _candidates(text, table, key, old, holder[key], quote):
        try:
            if read(candidate) == expected:
                return candidate
        except (tomllib.TOMLDecodeError, IniError):
            continue
    raise UnsafeMergeError("it is written in a way that can't be changed safely")


def _with_folder(key: str, old: object, folder: str) -> Any:
    """The value of a key with a folder added."""
    if old is None:
        return [each.format(folder) for each in _NEW[key]] if key in _NEW else folder
    if is_list(old):
        return old if folder in old else [*old, folder]
    given = str(old)
    if folder in (each.strip().removeprefix("./").rstrip("/") for each in re.split("[,:]", given)):
        return old
    if key == "stubPath":
        raise UnsafeMergeError(f"there is only one {key}, and it is {given!r}")
    return f"{given}, {folder}"


def _candidates(text: str, table: Sequence[str], key: str, old: object, new: Any, quote: Any) -> Iterator[str]:
    """Ways to write the value; which of them is right is seen by reading the outcome."""
    newline = "\r\n" if "\r\n" in text else "\n"
    if is_list(old):
        for found in re.finditer(rf"^(.*\b{key}[\"']?[ \t]*=[ \t]*\[.*?)(,?\s*)\]", text, re.MULTILINE | re.DOTALL):
            yield f"{text[: found.end(1)]}{', ' if old else ''}{quote(new[-1])}{found[2].replace(',', '', 1)}{text[found.end() - 1 :]}"
    elif old is not None:
        for found in re.finditer(rf"^(.*\b{key}[\"']?[ \t]*[=:][ \t]*)(.*?)([ \t]*(?:#.*)?)$", text, re.MULTILINE):
            yield f"{text[: found.end(1)]}{quote(new)}{text[found.start(3) :]}"
    else:
        line = f"{key} = {quote(new)}{newline}"
        for found in re.finditer(rf"^[ \t]*\[[ \t]*{re.escape('.'.join(table))}[ \t]*\][^\n]*\n", text, re.MULTILINE):
            yield text[: found.end()] + line + text[found.end() :]
        if not table:
            yield line + text
        separator = "" if not text else newline if text.endswith("\n") else newline * 2
        yield f"{text}{separator}[{'.'.join(table)}]{newline}{line}"


def _read_toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def _read_ini(text: str) -> dict[str, Any]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}
