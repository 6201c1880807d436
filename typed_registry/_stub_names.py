"""Names in generated Python: of modules, classes and methods, and of what is imported there."""

from __future__ import annotations

import builtins
import re
import unicodedata
from collections.abc import Collection, Iterable
from keyword import iskeyword

from typed_registry._stub_text import bracketed

__all__ = ["Imports", "class_name", "distinct", "is_key", "is_method", "module_name"]

_PLAIN = frozenset({"builtins", "collections.abc", "typed_registry", "typing", "typing_extensions"})


def module_name(registry: str) -> str:
    """The module of a registry's catalogue.

    Example:
        >>> module_name("vision"), module_name("Data-sets v2"), module_name("3d")
        ('vision_specs', 'data_sets_v2_specs', 'registry_3d_specs')
    """
    words = "_".join(re.findall(r"\w+", _normal(registry))).lower().strip("_")
    return f"{words if words.isidentifier() else f'registry_{words}'.strip('_')}_specs"


def class_name(name: str, other: str) -> str:
    """The beginning of the names of classes: each word of a name with a capital; `other` before what begins with a digit.

    Example:
        >>> class_name("face", "Entry"), class_name("face-v2", "Entry"), class_name("3d", "Entry"), class_name("VGG16_bn", "Entry")
        ('Face', 'FaceV2', 'Entry3d', 'VGG16Bn')
    """
    words = "".join(word[0].upper() + word[1:] for word in re.findall(r"[^\W_]+", _normal(name)))
    return words if words.isidentifier() else f"{other}{words}"


def distinct(names: Iterable[tuple[str, str]], taken: Collection[str]) -> dict[str, str]:
    """For each key the name that it asks for, numbered where an earlier key has it already."""
    chosen: dict[str, str] = {}
    used = set(taken)
    for key, wanted in names:
        chosen[key] = _free(wanted, used)
        used.add(chosen[key])
    return chosen


def is_method(name: str) -> bool:
    """Whether a component can be a method: what begins with an underscore is private to checkers."""
    return is_key(name) and not name.startswith("_")


def is_key(name: str) -> bool:
    """Whether a key can be written as a name in a class, where two underscores at its beginning would be made into others."""
    is_name = name.isidentifier() and not iskeyword(name) and unicodedata.normalize("NFKC", name) == name
    return is_name and not name.startswith("__")


class Imports:
    """What a generated file imports, each thing under one name.

    Args:
        own: The names that the file defines.
        hidden: The names of methods and keys, which hide what has the same name wherever a class body mentions it.
    """

    def __init__(self, own: Collection[str], hidden: Collection[str]) -> None:
        self._used = {*own, *hidden}
        self._hidden = frozenset(hidden)
        self._names: dict[tuple[str, str | None], str] = {}

    def name(self, module: str, name: str) -> str:
        """How `name` of a module is called here.

        What isn't Python's own gets a private alias, so that the file offers its own names alone.
        """
        key = (module, name)
        if key not in self._names:
            if module == "builtins" and name not in self._used:
                return name
            self._names[key] = self.declare(name if module in _PLAIN else f"_{name.lstrip('_')}")
        return self._names[key]

    def module(self, dotted: str, alias: str) -> str:
        """How a module is called here."""
        key = (dotted, None)
        if key not in self._names:
            self._names[key] = self.declare(f"_{alias.lstrip('_')}")
        return self._names[key]

    def declare(self, wanted: str) -> str:
        """A name that nothing else has here, nearly the wanted one."""
        is_taken = wanted in self._used or hasattr(builtins, wanted)
        name = _free(f"_{wanted.lstrip('_')}" if is_taken else wanted, self._used)
        self._used.add(name)
        return name

    def give_up(self, name: str, modules: Collection[str], body: Iterable[str]) -> list[str]:
        """How the lines of the file call what these modules have under a name, which is no longer imported."""
        given_up = {key: alias for key, alias in self._mentioned(body).items() if key[1] == name and key[0] in modules}
        for key in given_up:
            del self._names[key]
        return [*given_up.values()]

    def lines(self, body: Iterable[str]) -> list[str]:
        """The import statements, sorted, of what the lines of the file mention."""
        named = self._mentioned(body)
        modules = sorted(f"import {module} as {alias}" for (module, name), alias in named.items() if name is None)
        members: dict[str, list[str]] = {}
        for (module, name), alias in sorted(named.items(), key=lambda item: (item[0][0], item[0][1] or "")):
            if name is not None:
                members.setdefault(module, []).append(name if name == alias else f"{name} as {alias}")
        froms = [line for module, names in members.items() for line in _from(module, names)]
        return [*modules, *froms]

    def _mentioned(self, body: Iterable[str]) -> dict[tuple[str, str | None], str]:
        """Not all that was named: a type may have been given up when it was half written."""
        words = {word for line in body for word in re.findall(r"\w+", line)}
        return {key: alias for key, alias in self._names.items() if alias in words}


def _from(module: str, names: list[str]) -> list[str]:
    line = f"from {module} import {', '.join(names)}"
    return [line] if len(line) <= 100 else bracketed(f"from {module} import (", names, ")")


def _free(wanted: str, used: Collection[str]) -> str:
    return next(name for number in range(1, len(used) + 3) if (name := wanted if number == 1 else f"{wanted}{number}") not in used)


def _normal(name: str) -> str:
    """The name with blanks for what no identifier holds, which isn't all that regular expressions take for no part of a word."""
    return "".join(char if f"_{char}".isidentifier() else " " for char in unicodedata.normalize("NFKC", name))
