"""What may come into a registry: the cheap checks at registration, the signatures at first load, the first product of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from typed_registry._contracts import (
    abstract_methods,
    callable_problem,
    instance_findings,
    is_protocol,
    missing_members,
    return_findings,
    signature_findings,
)
from typed_registry._records import Record
from typed_registry._signatures import SignatureError, read_signature
from typed_registry.errors import ContractError, Finding, Where

__all__ = ["admit", "admit_product", "load", "narrow"]


def admit(obj: object, target: str, where: Where, registry: str, protocol: object, *, is_value: bool = False) -> None:
    """Hold a candidate against the protocol as far as that is cheap: no signature is read.

    Args:
        obj: The class or function; with `is_value`, the product itself.
        target: What to call it.
        where: Where it is registered.
        registry: The registry's name.
        protocol: What the registry's components are.
        is_value: Whether the object is a product.

    Raises:
        ContractError: It is not a class or callable, lacks members, is abstract, or is a protocol itself.
    """
    made = getattr(protocol, "__name__", str(protocol))

    def refuse(reason: str, findings: tuple[Finding, ...] = (), remedy: str = "") -> None:
        raise ContractError(target, registry, reason, findings, where, remedy)

    if is_value:
        findings = missing_members(protocol, type(obj))
        if findings:
            refuse(f"it is no {made}", findings)
    elif not isinstance(obj, type):
        problem = callable_problem(obj)
        if problem is not None:
            refuse(problem, remedy=f"Register a class or function that makes a {made}; what is one already, by register_value().")
    elif is_protocol(obj):
        refuse("it is a Protocol, which can't be instantiated", remedy="Register a class that implements it.")
    elif abstract := abstract_methods(obj):
        refuse(f"it is abstract: {', '.join(abstract)} {'is' if len(abstract) == 1 else 'are'} not implemented")
    elif findings := missing_members(protocol, obj):
        refuse(f"it is no {made}", findings)


def load(record: Record[Any], registry: str, protocol: object) -> Callable[..., Any]:
    """The factory of an entry; on its first load it is held against the protocol, signatures and all.

    Raises:
        LoadError: A lazy target can't be imported.
        ContractError: It isn't what the registry asks for.
    """
    local_names = record.local_names  # before the test, as another thread may be about to drop them
    factory = record.load(registry)
    if record.checked:
        return factory
    if record.lazy:
        admit(factory, record.target, record.where, registry, protocol)
    try:
        signature = read_signature(factory, local_names)
    except SignatureError as error:
        raise ContractError(f"{record.name!r} ({record.target})", registry, error.reason, (), record.where, error.remedy) from error
    record.signature = signature
    findings = _findings(record, factory, protocol)
    if findings:
        made = getattr(protocol, "__name__", str(protocol))
        reason = f"its methods aren't those of {made}" if isinstance(factory, type) else f"it doesn't make a {made}"
        raise ContractError(f"{record.name!r} ({record.target})", registry, reason, findings, record.where)
    record.checked = True
    record.local_names = None  # they were needed for the signature, and may hold much
    return factory


def narrow(record: Record[Any], registry: str, protocol: object) -> None:
    """Hold a loaded entry against another protocol than its registry's.

    Raises:
        ContractError: Its components aren't of that protocol.
    """
    factory = record.load(registry)
    findings = missing_members(protocol, factory) if isinstance(factory, type) else ()
    findings = findings or _findings(record, factory, protocol)
    if findings:
        made = getattr(protocol, "__name__", str(protocol))
        raise ContractError(f"{record.name!r} ({record.target})", registry, f"it makes no {made}", findings, record.where)


def _findings(record: Record[Any], factory: Callable[..., Any], protocol: object) -> tuple[Finding, ...]:
    if record.is_value:
        return instance_findings(protocol, factory())
    if isinstance(factory, type):
        return signature_findings(protocol, factory)
    return return_findings(protocol, record.signature.returns)


def admit_product(product: object, record: Record[Any], registry: str, protocol: object) -> None:
    """Hold a built component against the protocol.

    Raises:
        ContractError: It lacks members that the protocol asks for.
    """
    findings = instance_findings(protocol, product)
    if findings:
        made = getattr(protocol, "__name__", str(protocol))
        reason = f"the {type(product).__qualname__} that it built is no {made}"
        raise ContractError(f"{record.name!r} ({record.target})", registry, reason, findings, record.where)
