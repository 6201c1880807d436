"""Runs of module code: what tells a definition that was run again, by a reload or in a notebook, from a second one of the same name."""

from __future__ import annotations

import os.path
import sys
from types import CodeType, FrameType
from weakref import ReferenceType, ref

__all__ = ["Run", "held", "run_of", "same_file"]


_NEW_LOCALS = 0x2  # inspect.CO_NEWLOCALS; inspect takes longer to import than a registry takes to fill


class Run:
    """One run of a module's code; a reload runs the same file's code again, compiled anew."""

    module: str
    file: str
    code: ReferenceType[CodeType]

    def __init__(self, module: str, file: str, code: ReferenceType[CodeType]) -> None:
        self.module = module
        self.file = file
        self.code = code

    def follows(self, other: Run) -> bool:
        """Whether the same file, or a notebook's cell, was run again, be it as `__main__` and then under its own name."""
        is_cell = self.module == other.module == "__main__" and _is_cell(self.file) and _is_cell(other.file)
        return self.code() is not other.code() and (is_cell or same_file(self.file, other.file))


def run_of(frame: FrameType) -> Run | None:
    """The run that a frame is part of: that of the nearest module, through functions and bodies of classes."""
    at: FrameType | None = frame
    while at is not None:
        if not at.f_code.co_flags & _NEW_LOCALS and at.f_locals is at.f_globals:
            return Run(at.f_globals.get("__name__", "?"), at.f_code.co_filename, ref(at.f_code))
        at = at.f_back
    return None


def same_file(one: str, other: str) -> bool:
    """Whether two paths lead to one file."""
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def held(module: str, qualname: str) -> object:
    """What an imported module has by that name, without its `__getattr__`, which may import; None if nothing."""
    found: object = sys.modules.get(module)
    for name in qualname.split("."):
        found = getattr(found, "__dict__", {}).get(name)
    return found


def _is_cell(file: str) -> bool:
    return file.startswith("<") or "ipykernel" in file
