"""Real detectors, chosen and configured by a YAML file: `python -m examples.vision`."""

from __future__ import annotations

from examples.vision.combining import Ensemble, Upscale, ensemble
from examples.vision.face import FaceDetector
from examples.vision.protocol import VISION, Box, Detection, Image, VisionModel
from examples.vision.qr import QrReader

__all__ = ["VISION", "Box", "Detection", "Ensemble", "FaceDetector", "Image", "QrReader", "Upscale", "VisionModel", "ensemble"]

VISION.register_lazy("ocr", "examples.vision.ocr:PaddleOcr", requires="rapidocr_onnxruntime", extra="typed-registry[ocr]", tags=("reader",))
