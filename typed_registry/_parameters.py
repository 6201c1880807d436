"""What an entry can be given, parameter by parameter, told for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter
from typing import Any, get_origin

from typed_registry._annotations import constraint_text, described_by_metadata, type_text, written_types
from typed_registry._docstrings import parameter_docs
from typed_registry._kinds import is_dict, is_sequence
from typed_registry._plans import Plan
from typed_registry._records import SpecMarker, object_of
from typed_registry._showing import shown
from typed_registry._slots import Slot
from typed_registry._stub_text import steady

__all__ = ["NOTHING", "ParameterText", "SpecField", "default_of", "fields_of", "parameters_of"]

NOTHING: Any = object()  # no default that could be written down
_CONTAINERS: dict[object, tuple[str, Any]] = {list: ("[]", []), dict: ("{}", {}), tuple: ("()", []), set: ("set()", [])}


@dataclass(frozen=True)
class ParameterText:
    """What is told of one parameter.

    Args:
        name: The key in a config.
        type: Its type, as it was written where that is known.
        required: Whether a config must give it.
        default: The default as Python would write it; None where there is none that is known.
        value: The default itself, as far as a file can hold it; else `NOTHING`.
        constraint: What a value must be beside its type.
        doc: What the docstring tells of it.
        takes: Of which registries it takes configs, told in words.
    """

    name: str
    type: str
    required: bool
    default: str | None
    value: Any
    constraint: str | None
    doc: str | None
    takes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """What `--json` tells of it."""
        return {
            "name": self.name,
            "type": self.type,
            "required": self.required,
            "default": self.default,
            "constraint": self.constraint,
            "doc": self.doc,
            "takes": list(self.takes),
        }


def parameters_of(plan: Plan) -> list[ParameterText]:
    """All that an entry can be given: the fields of a spec written by hand, where there is one, else the factory's parameters."""
    product: Any = object_of(plan.record)
    docs = parameter_docs(product)
    if plan.record.spec is not None:
        docs.update(parameter_docs(plan.record.spec))
    written = written_types(plan.record.spec or product)
    told: list[ParameterText] = []
    for parameter in fields_of(plan.record.spec) if plan.record.spec is not None else plan.signature.parameters:
        text, meant = written.get(parameter.name, ("", NOTHING))
        default, value = default_of(parameter)
        told.append(
            ParameterText(
                parameter.name,
                text if _is_same(meant, parameter.annotation) else type_text(parameter.annotation),
                parameter.required,
                default,
                value,
                constraint_text(parameter.annotation),
                docs.get(parameter.name) or described_by_metadata(parameter.annotation),
                tuple(_takes(slot, plan) for slot in plan.slots.get(parameter.name, ())),
            )
        )
    return told


def _takes(slot: Slot, plan: Plan) -> str:
    node = slot.node_for(plan.owner)
    if node is None or slot.missing is not None:
        return str(slot)
    return f"a config of registry {node.name!r}"


@dataclass(frozen=True)
class SpecField:
    """A field of a spec written by hand, as a parameter."""

    name: str
    annotation: object
    default: object
    default_factory: Callable[[], object] | None
    required: bool


def fields_of(spec: Any) -> Iterator[SpecField]:
    """The fields of a spec written by hand, but for its name."""
    for name, info in spec.model_fields.items():
        if name != "type":
            required = info.is_required()
            default = Parameter.empty if required or info.default_factory is not None else info.default
            yield SpecField(name, info.rebuild_annotation(), default, info.default_factory, required)


def default_of(parameter: Any) -> tuple[str | None, Any]:
    """The default as text, which is the same in each process, and as a file can hold it."""
    if parameter.default_factory is not None:
        made_by = get_origin(parameter.default_factory) or parameter.default_factory
        if made_by in _CONTAINERS:
            return _CONTAINERS[made_by]
        return f"made by {getattr(made_by, '__qualname__', None) or steady(shown(made_by), made_by)}()", NOTHING
    default = parameter.default
    if default is Parameter.empty:
        return None, NOTHING
    if isinstance(default, Enum):
        return f"{type(default).__name__}.{default.name}", default.value if _is_plain(default.value) else NOTHING
    if isinstance(default, type) or hasattr(default, "__qualname__"):
        return str(getattr(default, "__qualname__", default)), NOTHING
    return steady(shown(default), default), default if _is_plain(default) and not isinstance(default, SpecMarker) else NOTHING


def _is_plain(value: Any) -> bool:
    """Whether a file can hold it."""
    if is_sequence(value):
        return all(map(_is_plain, value))
    if is_dict(value):
        return all(type(key) is str and _is_plain(inner) for key, inner in value.items())
    return type(value) in (bool, int, float, str, type(None))


def _is_same(meant: object, annotation: object) -> bool:
    try:
        return bool(meant == annotation)
    except Exception:  # annotations may hold objects whose comparison raises
        return False
