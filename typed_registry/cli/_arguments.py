"""The arguments of `typed-registry list`, read without click: it takes longer to import than a small registry takes to be listed."""

from __future__ import annotations

__all__ = ["list_arguments"]

_REGISTRY = ("--registry", "-r")
_WITH_VALUE = (*_REGISTRY, "--tag")


def list_arguments(given: list[str]) -> tuple[str, tuple[str, ...], tuple[str, ...], bool] | None:
    """The glob, registries, tags, and whether it is to be JSON, of a plainly written line; None leaves others, and faults, to click.

    Example:
        >>> list_arguments(["f*", "--tag", "detector"])
        ('f*', (), ('detector',), False)
        >>> list_arguments(["--taag", "detector"]) is None
        True
    """
    globs: list[str] = []
    registries: list[str] = []
    tags: list[str] = []
    as_json = False
    rest = iter(given)
    for argument in rest:
        if argument in _WITH_VALUE:
            value = next(rest, None)
            if value is None or value.startswith("-"):
                return None
            (registries if argument in _REGISTRY else tags).append(value)
        elif argument == "--json":
            as_json = True
        elif argument.startswith("-") or globs:
            return None
        else:
            globs.append(argument)
    return globs[0] if globs else "*", tuple(registries), tuple(tags), as_json
