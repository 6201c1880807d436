"""Where keys and values stand in the text of a JSON or TOML file: neither json nor tomllib tells.

The text is one that was parsed before, so the scanner only looks for what separates values. Of a wrong text it scans what comes before the
fault.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Callable
from contextlib import suppress

from typed_registry._spots import Repeated, Spot

__all__ = ["Scan", "refused_number", "scan_json", "scan_toml"]

_QUOTED = "|".join(
    (
        r'"""(?:[^\\]|\\.)*?"{3,5}',  # a text may end in two quotes of its own
        r"'''.*?'{3,5}",
        r'"(?:[^"\\\n]|\\.)*"',
        r"'[^'\n]*'",
    )
)
_SKIPPED = re.compile(r"(?:[\s,]|#[^\n]*)*+")
_KEY = re.compile(rf"((?:{_QUOTED}|[^=:\"'\[\]{{}},#])++)[=:]", re.DOTALL)
_NAME = re.compile(rf"{_QUOTED}|[^\s.\"']+", re.DOTALL)
_HEADER = re.compile(rf"\[(\[?)((?:{_QUOTED}|[^\[\]\"'\n])++)\]*", re.DOTALL)
_SCALAR = re.compile(rf"{_QUOTED}|[^\s,\]}}#\"'][^,\]}}#\n]*", re.DOTALL)
_BARE = re.compile(rf"{_QUOTED}|#[^\n]*|([^\s\[\]{{}},=:\"'#]+)", re.DOTALL)


class Scan:
    """What was found in a text: the spot of the whole, and the repeated keys. It takes no recursion, however deep the values are.

    Example:
        >>> Scan("", str).root
        Spot(start=0, items={}, used={}, path=(), declared=True)
    """

    def __init__(self, text: str, name: Callable[[str], str]) -> None:
        self.text = text
        self.name = name
        self.root = Spot(0)
        self.repeated: list[Repeated] = []

    def match(self, pattern: re.Pattern[str], at: int) -> re.Match[str]:
        found = pattern.match(self.text, at)
        if found is None:
            raise ValueError(at)
        return found

    def skip(self, at: int) -> int:
        return self.match(_SKIPPED, at).end()

    def put(self, owner: Spot, key: str | int, at: int, start: int) -> Spot:
        """Notes the value that begins at `start`, with its key at `at`; of equal keys the first one counts."""
        spot = Spot(start, path=(*owner.path, key))
        if owner.items.setdefault(key, (at, spot))[1] is not spot:
            self.repeated.append(Repeated(owner.path, key, owner.items[key][0], at))
        return spot

    def names(self, start: int, end: int) -> list[tuple[str, int]]:
        """The parts of a key, dotted in TOML, and where each begins."""
        return [(self.name(part[0]), part.start()) for part in _NAME.finditer(self.text, start, end)]

    def entry(self, owner: Spot, at: int) -> tuple[Spot, int]:
        """Notes the key at `at`; returns the spot of its value and where that begins."""
        key = self.match(_KEY, at)
        *outer, (name, name_at) = self.names(*key.span(1))
        for part, part_at in outer:
            owner = owner.items[part][1] if part in owner.items else self.put(owner, part, part_at, part_at)
        start = self.skip(key.end())
        return self.put(owner, name, name_at, start), start

    def fill(self, spot: Spot, at: int) -> int:
        """Notes what is in the value at `at`; returns where the next thing begins."""
        opened: list[Spot] = []
        while True:
            if self.text.startswith(("[", "{"), at):
                opened.append(spot)
                at += 1
            else:
                at = self.match(_SCALAR, at).end()
            at = self.skip(at)
            while opened and self.text.startswith(("]", "}"), at):
                opened.pop()
                at = self.skip(at + 1)
            if not opened:
                return at
            if self.text[opened[-1].start] == "{":
                spot, at = self.entry(opened[-1], at)
            else:
                spot = self.put(opened[-1], len(opened[-1].items), at, at)

    def header(self, at: int) -> tuple[Spot, int]:
        """Notes a header of TOML; returns the spot of its table and where the next thing begins."""
        header = self.match(_HEADER, at)
        *outer, (name, name_at) = self.names(*header.span(2))
        owner = self.root
        for part, part_at in outer:
            if part not in owner.items:
                self.put(owner, part, part_at, at).declared = False
            owner = _last_table(owner.items[part][1])
        declare = self.add_table if header[1] else self.open_table
        return declare(owner, name, name_at, at), self.skip(header.end())

    def open_table(self, owner: Spot, key: str, key_at: int, at: int) -> Spot:
        """The table of a header `[key]` at `at`."""
        if key not in owner.items or owner.items[key][1].declared:
            return self.put(owner, key, key_at, at)
        table = owner.items[key][1]
        table.start, table.declared = at, True
        return table

    def add_table(self, owner: Spot, key: str, key_at: int, at: int) -> Spot:
        """The table of a header `[[key]]` at `at`."""
        known = key in owner.items and 0 in owner.items[key][1].items
        tables = owner.items[key][1] if known else self.put(owner, key, key_at, at)
        return self.put(tables, len(tables.items), at, at)


def _last_table(spot: Spot) -> Spot:
    """The table that a header speaks of: of an array of tables, the last one."""
    return spot.items[len(spot.items) - 1][1] if 0 in spot.items else spot


def scan_json(text: str) -> Scan:
    """Scans a JSON text.

    Example:
        >>> scan_json('{"a": 1, "a": 2}').repeated
        [Repeated(path=(), key='a', first=1, again=9)]
    """
    scan = Scan(text, json.loads)
    scan.root.start = scan.skip(0)
    scan.fill(scan.root, scan.root.start)
    return scan


def scan_toml(text: str) -> Scan:
    r"""Scans a TOML text.

    Example:
        >>> sorted(scan_toml("[a]\nb.c = 1\n").root.items["a"][1].items["b"][1].items)
        ['c']
    """
    scan = Scan(text, _toml_name)
    table, at = scan.root, scan.skip(0)
    with suppress(ValueError):
        while at < len(text):
            if text[at] == "[":
                table, at = scan.header(at)
            else:
                at = scan.fill(*scan.entry(table, at))
    return scan


def _toml_name(written: str) -> str:
    (name,) = tomllib.loads(f"{written} = 0")
    return name


def refused_number(text: str) -> int:
    """Where the number stands that json or tomllib refuses without telling its place: NaN, or one of thousands of digits.

    Example:
        >>> refused_number('["NaN", NaN]')
        8
    """
    bare = ((match[1], match.start()) for match in _BARE.finditer(text) if match[1])
    most = sys.get_int_max_str_digits()
    return next((at for word, at in bare if word.lstrip("-") in ("NaN", "Infinity") or len(word) > most), 0)
