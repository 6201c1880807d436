"""What a check found, as SARIF 2.1.0: the format in which code hosts and editors take the results of static analysis."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from typed_registry._showing import path_text
from typed_registry.cli._findings import Finding, Outcome

__all__ = ["as_sarif"]

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_RULES = {
    "TR104": ("EntryBreaksContract", "An entry that isn't what its registry asks for."),
    "TR105": ("EntryNotLoadable", "A lazy target that can't be loaded."),
    "TR201": ("UnknownName", "An unknown name."),
    "TR202": ("MissingType", "A missing type."),
    "TR203": ("UnknownArgument", "An unknown argument."),
    "TR204": ("MissingArgument", "A missing argument."),
    "TR205": ("WrongValue", "A wrong value."),
    "TR206": ("WrongKind", "The wrong kind in a place for a component."),
    "TR207": ("NoConfig", "No config at all."),
    "TR208": ("RepeatedKey", "A key given twice."),
    "TR209": ("UnreadableFile", "A file that can't be read as a config."),
    "TR210": ("NestedTooDeep", "A config that is nested too deep, or holds itself."),
    "TR290": ("LikelyMisspelt", "A key that is most likely misspelt."),
}


def as_sarif(outcome: Outcome) -> str:
    """A log of one run; the artifacts are relative to the current folder."""
    codes = sorted({finding.code for finding in outcome.findings})
    driver = {"name": "typed-registry", "version": version("typed-registry"), "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(outcome)],
        "results": [_result(finding, outcome.level(finding), codes) for finding in outcome.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(code: str) -> dict[str, Any]:
    name, text = _RULES[code]
    return {"id": code, "name": name, "shortDescription": {"text": text}}


def _invocation(outcome: Outcome) -> dict[str, Any]:
    notifications = [
        {"level": "error", "message": {"text": message}, "locations": [{"physicalLocation": _artifact(file)} for file in files]}
        for message, files in outcome.failures.items()
    ]
    return {"executionSuccessful": not notifications, "exitCode": outcome.status, "toolExecutionNotifications": notifications}


def _result(finding: Finding, level: str, codes: list[str]) -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {**_artifact(finding.file), "region": {"startLine": finding.line, "startColumn": finding.column}}
    }
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": path_text(finding.path)}]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": level,
        "message": {"text": finding.text},
        "locations": [location],
    }


def _artifact(file: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": quote(file, errors="surrogateescape")}}
