"""Expressions in source: read, and with other names for what they mention."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Literal

from typed_registry._stub_sources import UNKNOWN

__all__ = ["Renaming", "UnresolvedError", "chain_of", "evaluated", "expression", "parsed"]


class UnresolvedError(Exception):
    """Why a type can't be written."""


class Renaming(ast.NodeTransformer):
    """Names what an expression mentions as a generated file does."""

    def __init__(self, renamed: Callable[[ast.Name | ast.Attribute], ast.expr]) -> None:
        self._renamed = renamed
        self._inner: set[str] = set()

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:  # named as ast asks for
        self._inner |= {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return node if node.id in self._inner else self._renamed(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        chain = chain_of(node)
        if chain is None or chain.partition(".")[0] in self._inner:
            return self.generic_visit(node)
        return self._renamed(node)


def chain_of(node: ast.expr) -> str | None:
    """The dotted name that an expression is, if it is one."""
    if isinstance(node, ast.Name):
        return node.id
    above = chain_of(node.value) if isinstance(node, ast.Attribute) else None
    return f"{above}.{node.attr}" if isinstance(node, ast.Attribute) and above is not None else None


def parsed(text: str) -> ast.expr:
    """The expression that a text in an annotation is.

    Raises:
        UnresolvedError: It is none.
    """
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        raise UnresolvedError(f"{text!r} is no type") from None


def evaluated(node: ast.expr, value_of: Callable[[ast.expr], Any]) -> Any:
    """What a piece of an annotation is, without running anything but subscripts and `|`; UNKNOWN where that doesn't tell.

    Raises:
        Exception: Whatever the types in it raise, or `value_of`, which gives the values of names.
    """

    def of(piece: ast.expr) -> Any:
        match piece:
            case ast.Constant(value=str(text)):
                return of(parsed(text))
            case ast.Constant(value=value):
                return value
            case ast.Name() | ast.Attribute():
                return _known(value_of(piece))
            case ast.List(elts=items):
                return [of(item) for item in items]
            case ast.Tuple(elts=items):
                return tuple(of(item) for item in items)
            case ast.Subscript(value=head, slice=inner):
                made = of(head)
                return made[_member(inner, of) if made is Literal else of(inner)]
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return of(left) | of(right)
            case _:
                raise LookupError

    try:
        return of(node)
    except LookupError:
        return UNKNOWN


def _member(node: ast.expr, of: Callable[[ast.expr], Any]) -> Any:
    """What is in a Literal, where a text is itself."""
    if isinstance(node, ast.Tuple):
        return tuple(_member(item, of) for item in node.elts)
    return node.value if isinstance(node, ast.Constant) else of(node)


def _known(value: Any) -> Any:
    if value is UNKNOWN:
        raise LookupError
    return value


def expression(source: str) -> ast.expr:
    """Source of our own as a node."""
    return ast.parse(source, mode="eval").body
