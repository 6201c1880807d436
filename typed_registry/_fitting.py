"""What certainly fits a protocol, told from names alone: most of what is registered, at a fraction of the cost of the full check.

`_contracts` has the full check; with what it needs (inspect, dis, typing_extensions) it takes longer to import than Python takes to start.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

__all__ = ["certainly_fits"]

_NO_FACTORY = 0x20 | 0x80 | 0x200  # inspect's CO_GENERATOR, CO_COROUTINE and CO_ASYNC_GENERATOR
_MEMBERS = (FunctionType, property, classmethod, staticmethod)
_NO_MEMBERS = frozenset(
    {
        "__abstractmethods__",
        "__callable_proto_members_only__",
        "__dict__",
        "__doc__",
        "__firstlineno__",
        "__init__",
        "__module__",
        "__non_callable_proto_members__",
        "__orig_bases__",
        "__parameters__",
        "__protocol_attrs__",
        "__qualname__",
        "__slots__",
        "__static_attributes__",
        "__subclasshook__",
        "__type_params__",
        "__weakref__",
        "_abc_impl",
        "_is_protocol",
        "_is_runtime_protocol",
    }
)


def certainly_fits(obj: object, protocol: object) -> bool:
    """Whether a class has every member of a protocol, or a function can be a factory. False is no verdict.

    Example:
        >>> from typing import SupportsAbs
        >>> certainly_fits(int, SupportsAbs), certainly_fits(str, SupportsAbs)
        (True, False)
    """
    if type(obj) is FunctionType:
        return not obj.__code__.co_flags & _NO_FACTORY
    if not isinstance(obj, type) or getattr(obj, "_is_protocol", False) or getattr(obj, "__abstractmethods__", None):
        return False
    contract: Any = getattr(protocol, "__origin__", protocol)
    if not getattr(contract, "_is_protocol", False):
        return contract in obj.__mro__
    names = _member_names(contract)
    return names is not None and all(_value(obj, name) is not None for name in names)


def _member_names(contract: type) -> set[str] | None:
    """What a protocol asks for; None where it holds what takes a closer look."""
    names: set[str] = set()
    for base in contract.__mro__[:-1]:
        if base.__name__ in ("Generic", "Protocol") and base.__module__ in ("typing", "typing_extensions"):
            continue
        for name, value in vars(base).items():
            if name == "__annotations__":
                names.update(value)
            elif isinstance(value, _MEMBERS):
                names.add(name)
            elif name not in _NO_MEMBERS:
                return None
    return names - _NO_MEMBERS


def _value(cls: type, name: str) -> object:
    return next((base.__dict__[name] for base in cls.__mro__ if name in base.__dict__), None)
