# Written by `typed-registry stubs` from registry 'vision' of examples.vision.protocol. Don't edit it: run that again.
# fmt: off
# isort: skip_file
# ruff: noqa
# ruff: noqa: PGH004
# pyright: reportPrivateUsage=false, reportDeprecated=false
"""The components of registry 'vision', for checkers and editors alone: import it under TYPE_CHECKING."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from examples.vision.combining import Ensemble as _Ensemble, Upscale as _Upscale
    from examples.vision.face import FaceDetector as _FaceDetector
    from examples.vision.ocr import PaddleOcr as _PaddleOcr
    from examples.vision.protocol import VisionModel as _VisionModel
    from examples.vision.qr import QrReader as _QrReader, Symbology as _Symbology
    from pydantic import Field as _Field
    from typed_registry import BuildSpec, Specs
    from typed_registry.typing import Build as _Build
    from typing import Annotated, Literal, NotRequired, TypeAlias, TypedDict

    class EnsembleConfig(TypedDict):
        """Let several models look at the same image."""

        type: Literal["ensemble"]
        models: Sequence[VisionConfig | BuildSpec[_VisionModel] | _VisionModel]
        """The models."""
        vote: NotRequired[Literal["any", "all"]]
        """With `any`, one model is enough. With `all`, every model must find it: the box is the first model's then, and the score the lowest that any of them gave. Default: 'any'."""
        overlap: NotRequired[Annotated[float, _Field(gt=0, le=1)]]
        """From which intersection over union on two boxes with the same label are of one thing. Default: 0.5."""

    class FaceConfig(TypedDict):
        """Finds faces that look into the camera."""

        type: Literal["face", "faces"]
        scale: NotRequired[Annotated[float, _Field(gt=1)]]
        """By how much the search window grows from one pass over the image to the next; near 1 is thorough and slow. Default: 1.2."""
        min_size: NotRequired[Annotated[int, _Field(ge=24)]]
        """Side of the smallest face to look for, in pixels. Default: 60."""
        neighbours: NotRequired[Annotated[int, _Field(ge=1)]]
        """How many overlapping windows must see a face before it counts. Default: 4."""

    class OcrConfig(TypedDict):
        """Reads lines of text; the label is the line."""

        type: Literal["ocr"]
        min_score: NotRequired[Annotated[float, _Field(ge=0, le=1)]]
        """How sure the engine must be of a line, from 0 to 1. Default: 0.5."""

    class QrConfig(TypedDict):
        """Reads QR codes, and other codes if told to; the label is the text that was read."""

        type: Literal["qr"]
        formats: NotRequired[Annotated[tuple[_Symbology, ...], _Field(min_length=1)]]
        """Which kinds of code to look for. Default: ('QRCode',)."""
        try_harder: NotRequired[bool]
        """Also look for codes that are turned by 90 degrees or very large, which takes longer. Default: True."""

    class UpscaleConfig(TypedDict):
        """Enlarges the image for a model, so that it finds smaller things."""

        type: Literal["upscale"]
        model: VisionConfig | BuildSpec[_VisionModel] | _VisionModel
        """The model that looks at the enlarged image."""
        factor: NotRequired[Annotated[int, _Field(ge=1, le=8)]]
        """How many times larger. Default: 2."""

    VisionConfig: TypeAlias = EnsembleConfig | FaceConfig | OcrConfig | QrConfig | UpscaleConfig

    class VisionSpecs(Specs[VisionConfig]):
        """Each component of registry 'vision', as a spec."""

        __build__: _Build[_VisionModel, VisionConfig]

        def ensemble(
            self,
            *,
            models: Sequence[VisionConfig | BuildSpec[_VisionModel] | _VisionModel],
            vote: Literal["any", "all"] = "any",
            overlap: Annotated[float, _Field(gt=0, le=1)] = 0.5,
        ) -> BuildSpec[_Ensemble]:
            """Let several models look at the same image.

            Args:
                models: The models.
                vote: With `any`, one model is enough. With `all`, every model must find it: the box is the first model's then, and the score the lowest that any of them gave. Default: 'any'.
                overlap: From which intersection over union on two boxes with the same label are of one thing. Default: 0.5.
            """
            ...

        def face(
            self,
            *,
            scale: Annotated[float, _Field(gt=1)] = 1.2,
            min_size: Annotated[int, _Field(ge=24)] = 60,
            neighbours: Annotated[int, _Field(ge=1)] = 4,
        ) -> BuildSpec[_FaceDetector]:
            """Finds faces that look into the camera.

            Args:
                scale: By how much the search window grows from one pass over the image to the next; near 1 is thorough and slow. Default: 1.2.
                min_size: Side of the smallest face to look for, in pixels. Default: 60.
                neighbours: How many overlapping windows must see a face before it counts. Default: 4.
            """
            ...

        def ocr(self, *, min_score: Annotated[float, _Field(ge=0, le=1)] = 0.5) -> BuildSpec[_PaddleOcr]:
            """Reads lines of text; the label is the line.

            Args:
                min_score: How sure the engine must be of a line, from 0 to 1. Default: 0.5.
            """
            ...

        def qr(
            self,
            *,
            formats: Annotated[tuple[_Symbology, ...], _Field(min_length=1)] = ("QRCode",),
            try_harder: bool = True,
        ) -> BuildSpec[_QrReader]:
            """Reads QR codes, and other codes if told to; the label is the text that was read.

            Args:
                formats: Which kinds of code to look for. Default: ('QRCode',).
                try_harder: Also look for codes that are turned by 90 degrees or very large, which takes longer. Default: True.
            """
            ...

        def upscale(
            self,
            *,
            model: VisionConfig | BuildSpec[_VisionModel] | _VisionModel,
            factor: Annotated[int, _Field(ge=1, le=8)] = 2,
        ) -> BuildSpec[_Upscale]:
            """Enlarges the image for a model, so that it finds smaller things.

            Args:
                model: The model that looks at the enlarged image.
                factor: How many times larger. Default: 2.
            """
            ...

    # Checkers see here that each lazy target is there, and makes what it should.
    _lazy_targets: list[Callable[..., _VisionModel]] = [_PaddleOcr]
