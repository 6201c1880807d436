"""What a check found, as text for people, as JSON, and as workflow commands of GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from unicodedata import combining, east_asian_width

import click

from typed_registry._showing import path_text, printable
from typed_registry.cli._findings import Finding, Outcome

__all__ = ["as_github", "as_json", "as_text"]

_WIDTH = 120  # characters of a shown line
_JSON_VERSION = 1

_Style = Callable[..., str]


def as_text(outcome: Outcome, *, coloured: bool) -> str:
    """A line for each finding as editors know it, below it the line of the file and a caret, at last how many there are."""
    style: _Style = click.style if coloured else _plain
    lines = [line for finding in outcome.findings for line in _text_lines(finding, outcome.level(finding), style)]
    return "\n".join([*lines, _summary(outcome, style)])


def _plain(text: str, **_: object) -> str:
    return text


def _text_lines(finding: Finding, level: str, style: _Style) -> Iterator[str]:
    colour = "red" if level == "error" else "yellow"
    place = style(printable(f"{finding.file}:{finding.line}:{finding.column}"), bold=True)
    yield f"{place}: {style(finding.code, fg=colour)} {'' if level == 'error' else 'warning: '}{printable(finding.text)}"
    source, indent = _cut(finding.source, finding.column)
    gutter = f"  {finding.line} | "
    yield f"{style(gutter, dim=True)}{source}".rstrip()
    where = f" in {printable(path_text(finding.path))}" if len(finding.path) > 1 else ""
    yield f"{style('| '.rjust(len(gutter)), dim=True)}{' ' * indent}{style('^', fg=colour, bold=True)}{where}"


def _cut(source: str, column: int) -> tuple[str, int]:
    """The part of a line that is shown, and how many cells of a terminal are left of the column in it."""
    start = max(0, column - 1 - _WIDTH // 2) if len(source) > _WIDTH else 0
    cells = [_cell(char) for char in source[start : start + _WIDTH]]
    before, after = "..." if start else "", "..." if start + _WIDTH < len(source) else ""
    indent = sum(0 if combining(char) else 1 + (east_asian_width(char) in "WF") for char in cells[: column - 1 - start])
    return f"{before}{''.join(cells)}{after}", len(before) + indent


def _cell(char: str) -> str:
    return char if char.isprintable() else " " if char == "\t" else "\N{REPLACEMENT CHARACTER}"


def _summary(outcome: Outcome, style: _Style) -> str:
    counts = {level: outcome.count(level) for level in ("error", "warning")}
    total, unchecked = len(outcome.files), sum(file.failure is not None for file in outcome.files)
    wrong = sum(bool(file.findings) for file in outcome.files)
    told = " and ".join(_counted(count, level) for level, count in counts.items() if count)
    text = f"{told} in {wrong} of {_counted(total, 'file')}" if told else f"no problem in {_counted(total - unchecked, 'file')}"
    colour = "red" if outcome.status else "yellow" if told else "green"
    return style(f"{text}; {_counted(unchecked, 'file')} not checked" if unchecked else text, fg=colour, bold=True)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def as_json(outcome: Outcome) -> str:
    """One object, in the form that the documentation tells."""
    document: dict[str, Any] = {
        "version": _JSON_VERSION,
        "files": len(outcome.files),
        "errors": outcome.count("error"),
        "warnings": outcome.count("warning"),
        "problems": [_json_problem(finding, outcome.level(finding)) for finding in outcome.findings],
        "failures": [{"message": message, "files": files} for message, files in outcome.failures.items()],
    }
    return json.dumps(document, indent=2)


def _json_problem(finding: Finding, level: str) -> dict[str, Any]:
    return {
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "path": list(finding.path),
        "code": finding.code,
        "level": level,
        "message": finding.message,
        "suggestion": finding.suggestion,
        "input": finding.input,
        "used_at": finding.used_at,
    }


def as_github(outcome: Outcome) -> str:
    """A workflow command for each finding and failure; a run of GitHub's actions shows them in the changed files."""
    found = [
        _command(outcome.level(each), f"{each.code} {each.text}", file=each.file, line=each.line, col=each.column, title=each.code)
        for each in outcome.findings
    ]
    return "\n".join([*found, *(_command("error", message, title="not checked") for message in outcome.failures)])


def _command(level: str, message: str, **properties: str | int) -> str:
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {told}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
