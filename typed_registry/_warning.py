"""Warnings that point at the user's line, however many calls of this package lie between."""

from __future__ import annotations

import sys
import warnings

__all__ = ["warn_user"]


def warn_user(message: str, category: type[Warning]) -> None:
    """Warn at the nearest line outside of this package; Python's default filters hide what points elsewhere."""
    level = 2
    frame = sys._getframe(1)  # pyright: ignore[reportPrivateUsage] # inspect's way takes microseconds
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "typed_registry":
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, level)
