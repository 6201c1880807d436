"""Registries of other packages, made anew on this one: each module here takes the place of theirs."""

from __future__ import annotations

__all__: list[str] = []
