"""The command: which class takes the model in a folder and why, and why the nearest others don't."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Iterable, Sequence
from typing import get_args

from examples.vlm import VISION
from examples.vlm.loading import needs_of
from examples.vlm.protocol import Backend
from typed_registry.dispatch import Explanation, effective_architecture
from typed_registry.errors import AmbiguousMatchError, ConfigError, NoMatchError
from typed_registry.huggingface import HfConfig

__all__ = ["main"]

NEAREST = 3  # how many of the other classes are told of


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, or 1 if no class can be told."""
    options = _parser().parse_args(argv)
    try:
        config = HfConfig.from_path(options.folder)
        if options.explain:
            print(_lines(VISION.explain(config)), end="\n\n")
        entry = VISION.match(config, needs=needs_of(options.backend, options.with_llm))
    except (NoMatchError, AmbiguousMatchError, ConfigError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"can't read the config of {options.folder}: {error.strerror or error}", file=sys.stderr)
        return 1
    found = {each.entry: each for each in VISION.explain(config)}
    print(f"{entry.name} takes it: {found.pop(entry.name).reason}")
    print(f"It is {entry.target}, with the tags {', '.join(sorted(entry.tags))}.")
    if not options.explain:
        print("\nThe nearest others don't:")
        print(_lines(_nearest(found.values(), effective_architecture(config) or "")))
    return 0


def _nearest(others: Iterable[Explanation], architecture: str) -> list[Explanation]:
    def likeness(other: Explanation) -> tuple[int, float]:
        return len(other.clauses), difflib.SequenceMatcher(None, _stem(architecture), _stem(other.entry)).ratio()

    return sorted(others, key=likeness, reverse=True)[:NEAREST]


def _stem(name: str) -> str:
    return re.sub(r"(Chat|Vision|For(Causal|ConditionalGeneration).*|Model)+$", "", name).lower()


def _lines(explanations: Iterable[Explanation]) -> str:
    told = list(explanations)
    width = max((len(each.entry) for each in told), default=0)
    return "\n".join(f"  {'+' if each.takes else '-'} {each.entry.ljust(width)}  {each.reason}" for each in told)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m examples.vlm", description="Tell which class takes a vision-language model, by its config.json alone."
    )
    parser.add_argument("folder", metavar="FOLDER", help="a folder with a config.json, or the file itself")
    parser.add_argument("--backend", choices=get_args(Backend), help="the class must work with this engine")
    parser.add_argument("--with-llm", action="store_true", help="the class must be able to hold its language model too")
    parser.add_argument("--explain", action="store_true", help="tell of every class why it takes the config, or why not")
    return parser


if __name__ == "__main__":
    sys.exit(main())
