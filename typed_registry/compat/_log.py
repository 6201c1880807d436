"""Messages for the log: MMEngine's current logger where it is in use, else the standard library's of the same name."""

from __future__ import annotations

import logging
import sys

__all__ = ["print_log"]


def print_log(message: str, level: int = logging.INFO) -> None:
    """Log a message."""
    own = getattr(sys.modules.get("mmengine.logging"), "print_log", None)  # None also while it is being imported
    if own is not None:
        own(message, logger="current", level=level)
    else:
        logging.getLogger("mmengine").log(level, message)
