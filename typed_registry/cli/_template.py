"""A YAML config of an entry to start from: what must be given is there to be filled in, all else is a comment."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from typed_registry._kinds import is_dict, is_sequence
from typed_registry._parameters import NOTHING, ParameterText
from typed_registry._showing import printable

__all__ = ["template_of"]

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WORDS = {"false", "n", "no", "null", "off", "on", "true", "y", "yes"}  # that YAML 1.1 or 1.2 reads as something else


def template_of(name: str, about: Iterable[str], parameters: Iterable[ParameterText], *, takes_more: str | None = None) -> str:
    """The text of the template.

    Args:
        name: What the entry is called in configs.
        about: Paragraphs on the whole.
        parameters: What it can be given.
        takes_more: The type of what else it takes.
    """
    lines = [*_comment("\n".join(about)), f"type: {_scalar(name)}"]
    for parameter in parameters:
        lines += ["", *_comment(_told(parameter)), _line(parameter)]
    if takes_more is not None:
        lines += ["", f"# Other keys are taken too: {printable(takes_more)}"]
    return "\n".join(lines) + "\n"


def _told(parameter: ParameterText) -> str:
    parts = [parameter.type, parameter.constraint or "", *parameter.takes]
    facts = "; ".join(part for part in parts if part)
    return f"{parameter.doc} ({facts})" if parameter.doc else facts


def _line(parameter: ParameterText) -> str:
    key = _scalar(parameter.name)
    if parameter.required:
        return f"{key}: # required"
    if parameter.value is not NOTHING:
        return f"# {key}: {_flow(parameter.value)}"
    return f"# {key}: # default: {printable(parameter.default)}" if parameter.default is not None else f"# {key}: # may be left out"


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for part in wrap(printable(line.strip()), WIDTH, break_long_words=False, break_on_hyphens=False):
            yield f"# {part}"


def _flow(value: Any) -> str:
    """A plain value as YAML in one line."""
    if is_dict(value):
        return f"{{{', '.join(f'{_scalar(key)}: {_flow(inner)}' for key, inner in value.items())}}}"
    if is_sequence(value):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _scalar(text: str) -> str:
    """A text as a scalar that any YAML reads as that text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
