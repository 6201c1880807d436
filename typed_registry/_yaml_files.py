"""YAML as data, by the core schema of YAML 1.2, and where in the text each value stands.

PyYAML's composer makes nodes of the text; what they mean is decided here. Anchors and merge keys are resolved.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from typed_registry._spots import Repeated, Source, Spot
from typed_registry.errors import ConfigError, LoadError, shown

__all__ = ["yaml_data", "yaml_spots"]

_MAX_LEVELS = 1_000
_MAX_VALUES = 1_000_000  # with aliases written out

_Node: TypeAlias = Any  # a node of PyYAML's tree


def _composed(source: Source) -> _Node | None:
    try:
        import yaml
    except ImportError as error:
        raise LoadError("yaml", "config files", "yaml", str(error), missing=("yaml",), extra="typed-registry[yaml]") from error
    try:
        make: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        _refuse_depth(source, yaml.parse(source.text, make))
        loader: Any = make(source.text)
        loader.resolve = _resolved
        root: _Node | None = loader.get_single_node()
    except yaml.YAMLError as error:
        raise _yaml_fault(source, error) from None
    return root


def _alias_uses(source: Source, root: _Node) -> dict[tuple[int, int], int]:
    """Where the aliases stand, by the identity of what holds them and their position in it: an alias has no node of its own."""
    import yaml

    uses: dict[tuple[int, int], int] = {}
    opened: list[tuple[_Node, Iterator[tuple[int, _Node]]]] = []
    events: Iterator[Any] = yaml.parse(source.text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
        elif isinstance(event, yaml.NodeEvent):
            position, node = next(opened[-1][1]) if opened else (0, root)
            if isinstance(event, yaml.AliasEvent) and event.start_mark is not None:
                uses[id(opened[-1][0]), position] = event.start_mark.index
            elif isinstance(event, yaml.CollectionStartEvent):
                inside = node.value if node.id == "sequence" else [each for pair in node.value for each in pair]
                opened.append((node, enumerate(inside)))
    return uses


def _refuse_depth(source: Source, events: Iterator[Any]) -> None:
    """Refuse what is nested too deeply before it is composed: the C loader calls itself for each level, and knows no limit."""
    openings = source.text.count("[") + source.text.count("{")
    if openings + max(map(len, source.text.splitlines()), default=0) < _MAX_LEVELS:  # a block needs a column for each level
        return
    depth = 0
    for event in events:
        depth += hasattr(event, "flow_style") - (type(event).__name__ in ("SequenceEndEvent", "MappingEndEvent"))
        if depth > _MAX_LEVELS:
            raise source.error(event.start_mark.index, f"nested too deeply: more than {_MAX_LEVELS:,} levels")


def _resolved(kind: _Node, value: str, implicit: tuple[bool, bool]) -> str:
    """The tag of a node that bears none; PyYAML's own choice is that of YAML 1.1."""
    if kind.id != "scalar":
        return _MAP if kind.id == "mapping" else _SEQ
    if not implicit[0] or (value and value[0] not in _PLAIN_STARTS):
        return _STR
    match = _PLAIN.fullmatch(value)
    return f"{_TAG}{match.lastgroup}" if match else _STR


def _yaml_fault(source: Source, error: Any) -> ConfigError:
    character = getattr(error, "character", None)
    if character is not None:
        return source.error(source.text.index(chr(character)), f"character U+{character:04X} is not allowed in YAML")
    begun = f" (line {source.line(error.context_mark.index)})" if error.context_mark else ""
    context = f"{error.context}{begun}, " if error.context else ""
    return source.error(error.problem_mark.index, context + error.problem)


class _YamlReader:
    """Makes data of nodes. What an alias stands for is made anew each time, so nothing is shared, and all of it counts."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.repeated: dict[int, Repeated] = {}  # by place, as an alias leads to it again
        self.opened: set[_Node] = set()
        self.spots: dict[_Node, Spot] = {}
        self.uses: dict[tuple[int, int], int] = {}  # where aliases stand, by the identity of what holds them and their position in it
        self.left = max(_MAX_VALUES, len(source.text))  # without aliases a value takes at least one character

    def value(self, root: _Node) -> Any:
        """The data of a node; without recursion, as the interpreter's limit on it can't be raised safely while other threads run."""
        top: list[Any] = [None]
        todo: list[tuple[Any, Any, _Node, tuple[str | int, ...]]] = [(top, 0, root, ())]
        while todo:
            holder, key, node, path = todo.pop()
            if holder is None:  # all inside of the node is done
                self.opened.discard(node)
            elif node.id == "scalar":
                holder[key] = node.value if node.tag == _STR else self.scalar(node)
            else:
                self.open(node)
                todo.append((None, None, node, path))
                todo.extend(reversed(self.inside(holder, key, node, path)))
        return top[0]

    def inside(
        self, holder: Any, key: Any, node: _Node, path: tuple[str | int, ...]
    ) -> list[tuple[Any, Any, _Node, tuple[str | int, ...]]]:
        """Put an empty container in the node's place; gives what belongs into it."""
        if node.id == "mapping":
            pairs = self.pairs(node, path)
            holder[key] = data = dict.fromkeys(pairs)
            return [(data, name, pair[1], (*path, name)) for name, pair in pairs.items()]
        holder[key] = items = [None] * len(node.value)
        return [(items, index, item, (*path, index)) for index, item in enumerate(node.value)]

    def open(self, node: _Node) -> None:
        if node.tag != (_MAP if node.id == "mapping" else _SEQ):
            raise self.refused(node)
        if node in self.opened:
            raise self.error(node, "this value holds an alias of itself")
        self.opened.add(node)
        self.left -= len(node.value)
        if self.left < 0:
            raise self.error(node, f"with aliases written out, the file has more than {_MAX_VALUES:,} values")

    def pairs(self, node: _Node, path: tuple[str | int, ...]) -> dict[Any, tuple[_Node, _Node]]:
        """The keys of a mapping, each with its node and that of its value. What `<<` brings comes first, and loses."""
        own: dict[Any, tuple[_Node, _Node]] = {}
        for pair in node.value:
            key = self.key(pair[0])
            if key in own:
                self.repeat(path, key, own[key][0], pair[0])
            else:
                own[key] = pair
        merge = own.pop(_MERGED, None)
        return self.merged(merge[1], path) | own if merge else own

    def repeat(self, path: tuple[str | int, ...], key: object, first: _Node, again: _Node) -> None:
        known = self.repeated.get(again.start_mark.index)
        if known is None or known.path[-1:] == ("<<",):  # a merge key may lead to it before its own path does
            spot = Repeated(path, "<<" if key is _MERGED else key, first.start_mark.index, again.start_mark.index)
            self.repeated[spot.again] = spot

    def merged(self, node: _Node, path: tuple[str | int, ...]) -> dict[Any, tuple[_Node, _Node]]:
        pairs: dict[Any, tuple[_Node, _Node]] = {}
        for each in reversed(node.value) if node.id == "sequence" else [node]:
            if each.id != "mapping":
                raise self.error(each, "'<<' takes a mapping or a list of mappings")
            self.open(each)
            pairs |= self.pairs(each, (*path, "<<"))
            self.opened.discard(each)
        return pairs

    def key(self, node: _Node) -> object:
        if node.id != "scalar":
            raise self.error(node, f"a key is a plain value, not a {node.id}")
        return node.value if node.tag == _STR else _MERGED if node.tag == _MERGE else self.scalar(node)

    def scalar(self, node: _Node) -> object:
        if node.tag not in _CONVERT:
            raise self.refused(node)
        try:
            return _CONVERT[node.tag](node.value)
        except (ValueError, KeyError):
            raise self.error(node, f"{shown(node.value)} can't be read as {node.tag.removeprefix(_TAG)}") from None

    def spot(self, root: _Node) -> Spot:
        """Where a node and all inside of it stand; without recursion, as above."""
        todo, self.spots[root] = [root], Spot(root.start_mark.index)
        self.uses = _alias_uses(self.source, root)
        while todo:
            node = todo.pop()
            spot = self.spots[node]
            inside: dict[Any, tuple[_Node, _Node]] = {}
            if node.id == "mapping":
                inside = self.pairs(node, ())
                brought = dict(self.brought(node))
                spot.used = {key: brought[id(pair)] for key, pair in inside.items() if id(pair) in brought}
            elif node.id == "sequence":
                inside = {index: (item, item) for index, item in enumerate(node.value)}
                spot.used = {index: self.uses[id(node), index] for index in inside if (id(node), index) in self.uses}
            for _, value in inside.values():
                if value not in self.spots:
                    self.spots[value] = Spot(value.start_mark.index)
                    todo.append(value)
            spot.items = {key: (name.start_mark.index, self.spots[value]) for key, (name, value) in inside.items()}
        return self.spots[root]

    def brought(self, node: _Node, used: int | None = None) -> Iterator[tuple[int, int]]:
        """The pairs of a mapping that aliases brought, by their identities, each with where the outermost of these aliases stands."""
        for position, pair in enumerate(node.value):
            name, value = pair
            at = self.uses.get((id(node), 2 * position + 1)) if used is None else used
            if name.tag != _MERGE:
                if at is not None:
                    yield id(pair), at
            elif value.id == "mapping":
                yield from self.brought(value, at)
            else:
                for index, each in enumerate(value.value):
                    yield from self.brought(each, self.uses.get((id(value), index)) if at is None else at)

    def refused(self, node: _Node) -> ConfigError:
        tag = re.sub(f"^{_TAG}", "!!", node.tag)
        return self.error(node, f"tag {shown(tag)} is not allowed here: a config holds plain data")

    def error(self, node: _Node, message: str) -> ConfigError:
        return self.source.error(node.start_mark.index, message)


def yaml_data(source: Source) -> object:
    reader = _YamlReader(source)
    root = _composed(source)
    data = None if root is None else reader.value(root)
    if reader.repeated:
        raise source.twice(reader.repeated.values())
    return data


def yaml_spots(source: Source) -> Spot:
    root = _composed(source)
    return Spot(0) if root is None else _YamlReader(source).spot(root)


_TAG = "tag:yaml.org,2002:"
_STR, _SEQ, _MAP, _MERGE = f"{_TAG}str", f"{_TAG}seq", f"{_TAG}map", f"{_TAG}merge"
_MERGED = object()  # stands for the key `<<`, as a quoted "<<" is a string
_PLAIN_STARTS = frozenset("-+.0123456789nN~tTfF<")
_PLAIN = re.compile(
    r"""(?P<int> [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ )
    | (?P<float> [-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)? | [-+]?\.(?:inf|Inf|INF) | \.(?:nan|NaN|NAN) )
    | (?P<null> null | Null | NULL | ~ | ) | (?P<bool> true | True | TRUE | false | False | FALSE ) | (?P<merge> << )""",
    re.VERBOSE,
)
_CONVERT: dict[str, Callable[[str], object]] = {
    _STR: str,
    _MERGE: str,
    f"{_TAG}int": lambda text: int(text, {"0o": 8, "0x": 16}.get(text[:2], 10)),
    f"{_TAG}float": lambda text: float(text.replace(".", "") if text[-1:] in "fFnN" else text),
    f"{_TAG}bool": lambda text: {"true": True, "false": False}[text.lower()],
    f"{_TAG}null": lambda _: None,
}
