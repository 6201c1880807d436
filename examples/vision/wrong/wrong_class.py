"""A class that is no vision model: it detects, but under another name and with other types."""

from __future__ import annotations

from examples.vision import VISION

__all__ = ["EdgeFinder"]


@VISION.register("edges")
class EdgeFinder:
    """Finds edges."""

    def find(self, image: str) -> list[str]:
        """Find the edges."""
        return [image]
