"""What is wrong with a file that is a config of a pydantic model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from typing_extensions import TypeIs

from typed_registry._components import Component
from typed_registry._kinds import is_mapping, is_sequence
from typed_registry._naming import nearest
from typed_registry._problems import Report, collecting, config_path
from typed_registry._records import SpecMarker
from typed_registry.errors import Problem, shown

__all__ = ["is_model", "model_problems"]

_Path = tuple[str | int, ...]
_UNKNOWN_KEY = ("extra_forbidden", "unexpected_keyword_argument")


def is_model(value: object) -> TypeIs[type[BaseModel]]:
    """Whether it is a pydantic model, and no spec."""
    return isinstance(value, type) and issubclass(value, BaseModel) and not issubclass(value, SpecMarker)


def model_problems(model: type[BaseModel], data: Any) -> list[Problem]:
    """All that is wrong with the data of a model, also in the components that it holds, with paths of the data."""
    report = Report(model.__name__, Component(data))
    with collecting() as doubts:
        try:
            model.model_validate(data)
        except ValidationError as error:
            errors = _of_nearest_members(error.errors(include_url=False), data)
            for each in errors:
                own = _of_key(model, each, data) if each["type"] in _UNKNOWN_KEY else _of_tag(each, data)
                if own is None:
                    report.invalid(report.top, [each], data, model.__name__)
                else:
                    report.problems.append(own)
    doubts = [replace(doubt, path=_path_to(doubt.input, data) or doubt.path) for doubt in doubts]
    return list(dict.fromkeys([*report.problems, *doubts]))  # a union's members may each have found the same


def _of_nearest_members(errors: list[ErrorDetails], data: Any) -> list[ErrorDetails]:
    """Of each union, the errors of the nearest members: of the right kind, then with the fewest errors; the others were never meant."""
    members = [[error["loc"][: at + 1] for at in _labels(error, data)] for error in errors]
    counts = Counter(member for each in members for member in each)
    of_other_kinds = {error["loc"] for error in errors}  # what is wrong is the whole value
    distances = {member: (member in of_other_kinds, count) for member, count in counts.items()}
    nearest_of: dict[_Path, tuple[bool, int]] = {}
    for member, distance in distances.items():
        nearest_of[member[:-1]] = min(distance, nearest_of.get(member[:-1], distance))
    return [error for error, each in zip(errors, members, strict=True) if all(distances[one] == nearest_of[one[:-1]] for one in each)]


def _labels(error: ErrorDetails, data: Any) -> Iterator[int]:
    """Where in a location there is the label of a union's member, and not a key or an index."""
    value = data
    location = error["loc"][:-1] if error["type"] == "missing" else error["loc"]
    for at, part in enumerate(location):
        if is_mapping(value) and part in value:
            value = value[part]
        elif is_sequence(value) and isinstance(part, int):
            value = value[part] if part < len(value) else None
        else:
            yield at


def _of_key(model: type[BaseModel], error: ErrorDetails, data: Any) -> Problem:
    *outer, key = config_path(error["loc"], data)
    path = tuple(outer)
    owners = _models_at(model, path)
    names = dict.fromkeys(each.alias or name for owner in owners for name, each in owner.model_fields.items())
    given = _value_at(path, data)
    near = nearest(key, [name for name in names if not (is_mapping(given) and name in given)], 1)
    of_one = f" of {owners[0].__name__!r}" if len(owners) == 1 else ""
    listed = f"; it takes {', '.join(names)}" if of_one and names and not near else ""
    message = f"unknown argument {shown(key)}{of_one}{listed}"
    return Problem(path, message, error["input"], near[0] if near else None, None, "TR203", key)


def _of_tag(error: ErrorDetails, data: Any) -> Problem | None:
    """A problem with the key that tells the members of a union apart."""
    context = error.get("ctx", {})
    key = str(context.get("discriminator", "")).strip("'")
    path = config_path(error["loc"], data)
    if error["type"] == "union_tag_not_found":
        return Problem(path, f"missing key {key!r}", error["input"], code="TR204")
    if error["type"] != "union_tag_invalid" or not is_mapping(error["input"]) or key not in error["input"]:
        return None
    near = nearest(context["tag"], re.findall("'([^']*)'", context["expected_tags"]), 1)
    message = f"input should be one of {context['expected_tags']}, not {shown(context['tag'])}"
    return Problem((*path, key), message, context["tag"], near[0] if near else None)


def _models_at(model: type[BaseModel], path: _Path) -> list[type[BaseModel]]:
    """The models that may stand at a path; a part that none of them has as a field leads into a container."""
    owners = list(_models_in(model))
    for part in path:
        fields = [each for owner in owners for name, each in owner.model_fields.items() if part in (each.alias, name)]
        owners = list(dict.fromkeys(inner for each in fields for inner in _models_in(each.annotation))) if fields else owners
    return owners


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if is_model(annotation):
        if annotation.__pydantic_root_model__:
            yield from _models_in(annotation.model_fields["root"].annotation)
        else:
            yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _value_at(path: _Path, data: Any) -> Any:
    for part in path:
        data = data[part]
    return data


def _path_to(wanted: object, data: Any) -> _Path | None:
    """Where in the data a mapping stands that was found in it."""
    todo: list[tuple[_Path, Any]] = [((), data)]
    while todo:
        path, value = todo.pop()
        if value is wanted:
            return path
        if is_mapping(value):
            todo.extend(((*path, key), inner) for key, inner in value.items())
        elif is_sequence(value):
            todo.extend(((*path, index), inner) for index, inner in enumerate(value))
    return None
