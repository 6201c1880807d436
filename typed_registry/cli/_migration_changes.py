"""Changes to one file, gathered first and made at once, so that no comment is lost and no note is written twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from typed_registry.cli._migration_names import NOTE

__all__ = ["Changes"]

Edit = Callable[[Any], cst.CSTNode]  # gets the node with the changes inside it
LineEdit = Callable[[Any], list[cst.SimpleStatementLine]]


class Changes:
    """What is to be changed where."""

    def __init__(self, wrapper: MetadataWrapper, parents: Mapping[cst.CSTNode, cst.CSTNode]) -> None:
        self.edits: dict[cst.CSTNode, Edit] = {}
        self.lines: dict[cst.CSTNode, LineEdit] = {}
        self.replaced: set[cst.CSTNode] = set()
        self._notes: dict[cst.CSTNode, list[str]] = {}
        self._wrapper = wrapper
        self._parents = parents

    def note(self, node: cst.CSTNode, text: str) -> None:
        """Have something told at the line of a node."""
        notes = self._notes.setdefault(self._line_of(node), [])
        if text not in notes:
            notes.append(text)

    def replace(self, node: cst.CSTNode) -> None:
        """Remember that a part of the file goes away, so that imports for it may."""
        self.replaced.add(node)
        for child in node.children:
            self.replace(child)

    def made(self) -> tuple[cst.Module, int]:
        """The changed file, and the number of notes that are new in it."""
        notes = self._new_notes()
        if not self.edits and not self.lines and not notes:
            return self._wrapper.module, 0
        changed = self._wrapper.module.visit(_Maker(self.edits, self.lines, notes))
        return changed, sum(map(len, notes.values()))

    def _line_of(self, node: cst.CSTNode) -> cst.CSTNode:
        while not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.Decorator)):
            node = self._parents[node]
        holder = self._parents[node]
        if isinstance(node, cst.Decorator) and isinstance(holder, (cst.FunctionDef, cst.ClassDef)) and holder.decorators[0] is node:
            return holder
        return node

    def _new_notes(self) -> dict[cst.CSTNode, list[str]]:
        if not self._notes:
            return {}
        positions = self._wrapper.resolve(PositionProvider)
        lines = re.split(r"\r\n|\n|\r", self._wrapper.module.code)
        new: dict[cst.CSTNode, list[str]] = {}
        for node, texts in self._notes.items():
            first = node.decorators[0] if isinstance(node, (cst.FunctionDef, cst.ClassDef)) and node.decorators else node
            above = set(_comments_above(lines, positions[first].start.line - 1))
            if missing := [text for text in texts if f"{NOTE}{text}" not in above]:
                new[node] = missing
        return new


class _Maker(cst.CSTTransformer):
    """Makes the changes. What is edited is known by the original node."""

    def __init__(
        self, edits: Mapping[cst.CSTNode, Edit], lines: Mapping[cst.CSTNode, LineEdit], notes: Mapping[cst.CSTNode, list[str]]
    ) -> None:
        super().__init__()
        self._edits = edits
        self._lines = lines
        self._notes = notes
        self._lost: list[list[str]] = []
        self._dropped: set[cst.CSTNode] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _has_line(node):
            self._lost.append([])
        return True

    def on_leave(self, original_node: Any, updated_node: Any) -> Any:
        made = updated_node
        if (edit := self._edits.get(original_node)) is not None:
            made = edit(updated_node)
            if self._lost:
                self._lost[-1].extend(_lost(updated_node, [made]))
        if isinstance(made, (cst.Module, cst.IndentedBlock)):
            return made.with_changes(**self._without_dropped(made))
        return self._line(original_node, made) if _has_line(original_node) else made

    def _line(self, original: cst.CSTNode, made: Any) -> Any:
        above = [*self._lost.pop(), *(f"{NOTE}{text}" for text in self._notes.get(original, ()))]
        edit = self._lines.get(original)
        if edit is None:
            return _told_above(made, above)
        results = edit(made)
        if results:
            return cst.FlattenSentinel([_told_above(results[0], [*_lost(made, results), *above]), *results[1:]])
        self._dropped.add(made)
        return made

    def _without_dropped(self, block: cst.Module | cst.IndentedBlock) -> dict[str, object]:
        """The block's parts without the lines that were dropped, whose comments go to what comes next."""
        body: list[Any] = []
        statements: Sequence[Any] = block.body
        carried: list[cst.EmptyLine] = []
        for each in statements:
            if each in self._dropped:
                carried += [*each.leading_lines, *(_comment_line(text) for text in _comments(each.trailing_whitespace))]
                carried += [_comment_line(text) for small in each.body for text in _comments(small)]
                continue
            body.append(_below(carried, each))
            carried = []
        return {"body": body, "footer": [*(line for line in carried if line.comment), *block.footer]} if carried else {"body": body}


def _has_line(node: cst.CSTNode) -> bool:
    return isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement, cst.Decorator))


def _below(carried: Sequence[cst.EmptyLine], node: Any) -> Any:
    """A statement below the lines of a dropped one: all of them where it has none itself, else their comments."""
    if not carried:
        return node
    own = node.leading_lines
    return node.with_changes(leading_lines=[*(line for line in carried if line.comment or not own), *own])


def _told_above(node: Any, texts: Sequence[str]) -> Any:
    return node.with_changes(leading_lines=[*node.leading_lines, *map(_comment_line, texts)]) if texts else node


def _comment_line(text: str) -> cst.EmptyLine:
    return cst.EmptyLine(comment=cst.Comment(text))


def _comments(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Comment):
        yield node.value
    for child in node.children:
        yield from _comments(child)


def _lost(before: cst.CSTNode, after: Sequence[cst.CSTNode]) -> list[str]:
    left = Counter(text for node in after for text in _comments(node))
    return list((Counter(_comments(before)) - left).elements())


def _comments_above(lines: Sequence[str], line: int) -> Iterator[str]:
    """The comments directly above a line, which is counted from 0."""
    while line > 0 and (text := lines[line - 1].strip()).startswith("#"):
        yield text
        line -= 1
