"""What is asked of the language servers, and how the answers are judged."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from tests.editor.zoo import NAMES

FACE = frozenset({"scale", "min_size", "mode"})
UPSCALE = frozenset({"model", "factor"})
KEYS = FACE | UPSCALE | {"formats", "tries", "models", "vote"}
HEAD = """from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.vision import VISION, FaceDetector, Upscale

if TYPE_CHECKING:
    from zoo.vision_specs import VisionConfig

"""
YES, NO = "yes", "no"


class Case(NamedTuple):
    """A place in a text where something should be offered.

    Args:
        title: What is asked for, as the table says it.
        code: The text, with the cursor in it.
        expected: What has to be offered.
        foreign: What has not.
    """

    title: str
    code: str
    expected: frozenset[str]
    foreign: frozenset[str] = frozenset()


NAME_SET = frozenset(NAMES)
CALLS = (
    Case("names: `VISION.specs.`", "VISION.specs.<|>\n", NAME_SET),
    Case("arguments: `VISION.specs.face(`", "VISION.specs.face(<|>)\n", FACE, KEYS - FACE),
    Case('a Literal argument: `VISION.specs.face(mode="`', 'VISION.specs.face(mode="<|>")\n', frozenset({"fast", "exact"})),
    Case("arguments: `VISION.spec_of(FaceDetector)(`", "VISION.spec_of(FaceDetector)(<|>)\n", FACE, KEYS - FACE),
    Case("arguments: `VISION.spec(FaceDetector, `", "VISION.spec(FaceDetector, <|>)\n", FACE, KEYS - FACE),
)
DICTS = tuple(
    case
    for where, before, after in (
        ("VISION.build({...})", "VISION.build(", ")\n"),
        ("cfg: VisionConfig = {...}", "cfg: VisionConfig = ", "\n"),
    )
    for case in (
        Case(f'`"type"` in `{where}`', f'{before}{{"type": "<|>"}}{after}', NAME_SET),
        Case(f"keys in `{where}`", f'{before}{{"type": "face", "<|>"}}{after}', FACE, KEYS - FACE),
        Case(f"a Literal value in `{where}`", f'{before}{{"type": "face", "mode": "<|>"}}{after}', frozenset({"fast", "exact"})),
        Case(f'nested `"type"` in `{where}`', f'{before}{{"type": "upscale", "model": {{"type": "<|>"}}}}{after}', NAME_SET),
        Case(f"nested keys in `{where}`", f'{before}{{"type": "upscale", "model": {{"type": "face", "<|>"}}}}{after}', FACE, KEYS - FACE),
        Case(
            f"keys in a list in `{where}`",
            f'{before}{{"type": "ensemble", "models": [{{"type": "face", "<|>"}}]}}{after}',
            FACE,
            KEYS - FACE,
        ),
    )
)


def labels(items: Collection[Mapping[str, Any]]) -> set[str]:
    """The names that are offered, without quotes and equals signs."""
    return {re.sub(r"[\"'=:]", "", item["label"]).strip() for item in items}


def verdict(case: Case, offered: Collection[str]) -> str:
    """What a completion is worth."""
    found = case.expected & set(offered)
    foreign = case.foreign & set(offered)
    if not found:
        return NO
    if found < case.expected:
        return f"{len(found)} of {len(case.expected)}"
    return "with others'" if foreign else YES


# --- configs: YAML and JSON ---

CONFIG_HEAD = frozenset({"type"})
YAML_COMPLETIONS = (
    Case("names: `type: `", "type: <|>\n", NAME_SET),
    Case("the first key", "<|>\n", CONFIG_HEAD, KEYS),
    Case("keys", "type: face\n<|>\n", FACE, KEYS - FACE),
    Case("values of a Literal", "type: face\nmode: <|>\n", frozenset({"fast", "exact"})),
    Case("nested names", "type: upscale\nmodel:\n  type: <|>\n", NAME_SET),
    Case("nested keys", "type: upscale\nmodel:\n  type: face\n  <|>\n", FACE, KEYS - FACE),
    Case("names in a list", "type: ensemble\nmodels:\n  - type: <|>\n", NAME_SET),
    Case("keys in a list", "type: ensemble\nmodels:\n  - type: face\n    <|>\n", FACE, KEYS - FACE),
)
JSON_COMPLETIONS = tuple(
    Case(case.title, code, case.expected, case.foreign)
    for case, code in zip(
        YAML_COMPLETIONS,
        (
            '{"type": <|>}\n',
            "{<|>}\n",
            '{"type": "face", <|>}\n',
            '{"type": "face", "mode": <|>}\n',
            '{"type": "upscale", "model": {"type": <|>}}\n',
            '{"type": "upscale", "model": {"type": "face", <|>}}\n',
            '{"type": "ensemble", "models": [{"type": <|>}]}\n',
            '{"type": "ensemble", "models": [{"type": "face", <|>}]}\n',
        ),
        strict=True,
    )
)


class Fault(NamedTuple):
    """A wrong config; the cursor is on the line that has to be reported."""

    title: str
    yaml: str
    json: str


FAULTS = (
    Fault("unknown key", "type: face\n<|>scael: 1.3\n", '{"type": "face",\n<|>"scael": 1.3}\n'),
    Fault("wrong type", "type: face\n<|>min_size: large\n", '{"type": "face",\n<|>"min_size": "large"}\n'),
    Fault("out of bounds", "type: face\n<|>scale: 0.5\n", '{"type": "face",\n<|>"scale": 0.5}\n'),
    Fault("wrong name", "# a\n<|>type: fcae\n", '{\n<|>"type": "fcae"}\n'),
    Fault("missing key", "# a\n<|>type: qr\n", '<|>{"type": "qr"}\n'),
    Fault(
        "unknown key, nested",
        "type: upscale\nmodel:\n  type: face\n  <|>scael: 1.3\n",
        '{"type": "upscale", "model": {"type": "face",\n<|>"scael": 1.3}}\n',
    ),
    Fault("a key of another component", "type: face\n<|>formats: []\n", '{"type": "face",\n<|>"formats": []}\n'),
)
