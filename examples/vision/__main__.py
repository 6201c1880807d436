"""The command: run a pipeline on a picture, say what was found, draw it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from examples.vision import VISION, VisionModel
from examples.vision.picture import PictureError, annotated, read_picture, sample_photo, save_picture
from examples.vision.report import table
from typed_registry.errors import ConfigError, LoadError

__all__ = ["main"]

PIPELINE = Path(__file__).with_name("pipeline.yaml")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status: 0, or 1 for a pipeline or a picture that can't be used."""
    options = _parser().parse_args(argv)
    try:
        _run(options.pipeline, options.image, options.out)
    except (ConfigError, LoadError, PictureError, _PipelineFileError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class _PipelineFileError(Exception):
    """A pipeline file that can't be read."""


def _run(pipeline: Path, image: Path | None, out: Path) -> None:
    model = _load(pipeline)
    photo = sample_photo() if image is None else read_picture(image)
    found = model.detect(photo)
    print(table(found))
    save_picture(annotated(photo, found), out)
    print(f"\nThe annotated picture is in {out}")


def _load(pipeline: Path) -> VisionModel:
    try:
        spec = VISION.parse_file(pipeline)
    except OSError as error:
        raise _PipelineFileError(f"can't read the pipeline {pipeline}: {error.strerror or error}") from error
    return spec.build()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m examples.vision", description="Find things in a picture, with the models that a file names."
    )
    parser.add_argument(
        "pipeline", type=Path, nargs="?", default=PIPELINE, help="YAML, JSON or TOML; default: the example's own pipeline.yaml"
    )
    parser.add_argument("--image", type=Path, metavar="FILE", help="the picture; default: a photo of an astronaut with a QR code drawn in")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", default=Path("annotated.png"), help="where to write the annotated picture; default: %(default)s"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
