"""The unions of a catalogue with many components, each named once: a checker's time for a union made anew tells then.

pyright compares each member of a union with all others wherever one is made, and a `|` makes one; mypy goes through all of one that
stands in a signature. So what a slot takes is one alias, and methods speak of it by a type variable, which their class is given.

Dicts speak of the aliases only where there are few, and of no other registry's configs, which may speak of these. mypy follows every path
from an alias through the dicts to another alias, all of them again for each alias more: with six, it took minutes for forty dicts. With the
union of the configs alone it turns back each time.

A spec in a union is told as a `SpecOf`, which pyright need not read pydantic for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence

from typed_registry._stub_expressions import expression
from typed_registry._stub_names import Imports
from typed_registry._stub_text import double_quoted
from typed_registry._stub_values import subscripted, union, union_members

__all__ = ["SharedUnions"]

_MOST_IN_DICTS = 2  # aliases
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")


class SharedUnions:
    """The aliases of one catalogue.

    Args:
        configs: What the union of the registry's configs is called.
        members: Its members; none where there are few, and unions are written where they stand.
        stem: What the names begin with.
        imports: What the file imports.
    """

    def __init__(self, configs: str, members: Sequence[str], stem: str, imports: Imports) -> None:
        self._configs = configs
        self._members = members
        self._stem = stem
        self._imports = imports
        self._aliases: dict[tuple[str, ...], str] = {}
        self.variables: dict[str, str] = {}
        self.is_apart = True  # whether no dict speaks of another registry's configs

    def named(self, type_: ast.expr) -> ast.expr:
        """A type with aliases for the unions in it that hold all configs, and a `SpecOf` for a spec in a union."""
        named: ast.expr = _Naming(self._configs, self._alias, self._imports).visit(type_) if self._members else type_
        return named

    def aliases(self) -> dict[str, list[str]]:
        """The members of each alias."""
        configs = self._members if self._is_for_dicts else [self._configs]
        return {alias: [*configs, *others] for others, alias in self._aliases.items()}

    def in_dict(self, text: str) -> str:
        """The source of a type, with the unions written out where dicts may not speak of their aliases."""
        return text if self._is_for_dicts else self._replaced(text, self._written_out)

    def in_method(self, text: str) -> str:
        """The source of a type with a type variable for each alias."""
        return self._replaced(text, self._variable)

    def mentions(self, text: str) -> bool:
        """Whether the source of a type speaks of what is defined after the dicts."""
        return bool(re.search(rf"\b(?:{'|'.join([self._configs, *self._aliases.values()])})\b", text))

    @property
    def _is_for_dicts(self) -> bool:
        return self.is_apart and len(self._aliases) <= _MOST_IN_DICTS

    def _replaced(self, text: str, by: Callable[[str], str]) -> str:
        if not self._aliases:
            return text
        pattern = rf"{_STRING.pattern}|\b({'|'.join(self._aliases.values())})\b"
        return re.sub(pattern, lambda found: by(found[0]) if found[1] else found[0], text)

    def _others(self, alias: str) -> tuple[str, ...]:
        return next(others for others, name in self._aliases.items() if name == alias)

    def _written_out(self, alias: str) -> str:
        return self.in_dict(" | ".join([self._configs, *self._others(alias)]))

    def _alias(self, others: tuple[str, ...]) -> str:
        if others not in self._aliases:
            self._aliases[others] = self._imports.declare(f"_{self._stem}Slot")
        return self._aliases[others]

    def _variable(self, alias: str) -> str:
        if alias not in self.variables:
            self.variables[alias] = self._imports.declare(f"{alias}Variable")
        return f"{self.variables[alias]} | None" if "None" in self._others(alias) else self.variables[alias]  # None may be the default then


class _Naming(ast.NodeTransformer):
    """Puts an alias for each union that holds all configs, and a `SpecOf` for a spec in a union."""

    def __init__(self, configs: str, alias: Callable[[tuple[str, ...]], str], imports: Imports) -> None:
        self._configs = configs
        self._alias = alias
        self._imports = imports

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # named as ast asks for
        members = [self._lighter(self.visit(member)) for member in union_members(node)]
        others = tuple(double_quoted(ast.unparse(member)) for member in members if ast.unparse(member) != self._configs)
        return expression(self._alias(others)) if len(others) < len(members) else union(members)

    def _lighter(self, member: ast.expr) -> ast.expr:
        match member:
            case ast.Subscript(value=ast.Name(name)) if name == self._imports.name("typed_registry", "BuildSpec"):
                return subscripted(expression(self._imports.name("typed_registry.typing", "SpecOf")), [member.slice])
            case _:
                return member
