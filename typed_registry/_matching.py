"""Matching: which entry of a registry takes a config; the rules are in `typed_registry.dispatch`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic

from typed_registry._entries import Entry
from typed_registry._mapping import EntryMapping
from typed_registry._naming import nearest
from typed_registry._records import Record
from typed_registry.errors import AmbiguousMatchError, MatchError, NoMatchError, shown
from typed_registry.typing import T

if TYPE_CHECKING:  # who only registers and builds needs no rules, nor the time that it takes to import what they are made of
    from typed_registry.dispatch import Explanation, Names, Rule, RuleIndex
    from typed_registry.errors import Problem

__all__ = ["EntryChooser"]

# What architectures have in common says nothing of how near two of them are.
_SUFFIXES = ("ForConditionalGeneration", "ForCausalLM", "ForVision2Seq", "ChatModel", "LMHeadModel", "Model")


class EntryChooser(EntryMapping[T], Generic[T]):
    """Entries chosen by the rules that they were registered with. Base of `Registry`.

    The nearest registry of the tree that has an entry for the config answers, fallbacks last; within it the greatest priority wins, and a
    tie is an error, whatever the order of registration and however specific one of the rules is.
    """

    _index: tuple[int, RuleIndex] | None = None

    def match(self, config: object, /, *, needs: Names = ()) -> Entry[T]:
        """The entry that takes a config.

        Args:
            config: A mapping, a pydantic model, or any object with attributes, such as `HfConfig` or transformers' configs.
            needs: Tags that the entry must have.

        Raises:
            AmbiguousMatchError: Several take it with equal priority.
            MatchError: A predicate raised.
            NoMatchError: None takes it.
        """
        entry = self.try_match(config, needs=needs)
        if entry is None:
            raise self._no_match(config, frozenset(needs))
        return entry

    def try_match(self, config: object, /, *, needs: Names = ()) -> Entry[T] | None:
        """The entry that takes a config; None if none does.

        Raises:
            AmbiguousMatchError: Several take it with equal priority.
            MatchError: A predicate raised.
        """
        from typed_registry.dispatch import texts

        wanted = frozenset(texts("needs", needs))
        for is_fallback in (False, True):  # in the whole tree: a fallback is asked only when no other takes the config
            for face in self._choosers():
                record = face._chosen(config, wanted, is_fallback)
                if record is not None:
                    return self._entry(face._node, record)
        return None

    def explain(self, config: object, /) -> list[Explanation]:
        """Of each entry that has a rule, why it takes the config or why not; own entries first, then parents'.

        A predicate that raises is told of as a clause that fails, so that it doesn't hide what the other entries say.
        """
        return [rule.match.explain(rule.key.name, config) for face in self._choosers() for rule in face._rules().rules]

    def removed(self, architecture: str, /, *, since: str | None = None, hint: str | None = None) -> None:
        """Tell of an architecture that the registry once had, where a config of it comes.

        Raises:
            FrozenRegistryError: The registry is frozen.
        """
        table = self._node.table
        table.refuse_if_frozen(f"tell that {architecture!r} was removed")
        since_when = f" in {since}" if since is not None else ""
        table.version += 1
        table.removed[architecture] = f"{architecture} was removed{since_when}{f': {hint}' if hint is not None else '.'}"

    def ambiguities(self) -> list[Problem]:
        """A problem for each pair of own entries that may both take a config with equal priority, with an example where one can be made."""
        from typed_registry.errors import Place, Problem

        problems: list[Problem] = []
        for first, second, example in self._rules().overlaps():
            one, other = first.key, second.key
            such = f", such as {shown(example)}" if example is not None else ""
            message = f"{one.name!r} and {other.name!r} ({other.where}) may both take a config{such}"
            problems.append(Problem((one.name,), message, example, place=Place(*one.where), code="TR302"))
        return problems

    def has_rules(self) -> bool:
        """Whether any entry, own or inherited, was registered with a rule."""
        return any(face._rules().rules for face in self._choosers())

    def _choosers(self) -> Iterator[EntryChooser[T]]:
        for node in dict.fromkeys(self._node.places()):
            node.load_locations()  # whatever is found already, as a rule in them may be of greater priority
            yield node.face

    def _rules(self) -> RuleIndex:
        from typed_registry.dispatch import Rule, RuleIndex

        table = self._node.table
        if self._index is None or self._index[0] != table.version:
            version, records = table.version, tuple(table.records.values())  # in this order, as another thread may register meanwhile
            self._index = version, RuleIndex(Rule(record, record.match) for record in records if record.match is not None)
        return self._index[1]

    def _chosen(self, config: object, needs: frozenset[str], is_fallback: bool) -> Record[T] | None:
        candidates = [rule for rule in self._rules().candidates(config) if rule.match.fallback == is_fallback]
        candidates.sort(key=_rank_and_name)
        for _, group in groupby(candidates, key=_rank):
            able = [rule.key for rule in group if needs <= rule.key.tags and self._takes(rule, config)]
            if len(able) > 1:
                entries = tuple((record.name, record.where) for record in able)
                raise AmbiguousMatchError(self.name, _subject(config), entries)
            if able:
                record: Record[T] = able[0]
                return record
        return None

    def _takes(self, rule: Rule, config: object) -> bool:
        record: Record[Any] = rule.key
        try:
            return rule.match.failure(config) is None
        except Exception as error:  # a predicate is the user's code, and may raise anything
            raise MatchError(record.name, self.name, record.where, shown(error)) from error

    def _no_match(self, config: object, needs: frozenset[str]) -> NoMatchError:
        from typed_registry.dispatch import effective_architecture, value_at

        architecture, model_type = effective_architecture(config), value_at(config, "model_type")
        indexes = [face._rules() for face in self._choosers()]
        removed = next((text for face in self._choosers() if (text := face._node.table.removed.get(architecture or "")) is not None), None)
        led_to = [rule for index in indexes for rule in index.candidates(config)]
        stems: dict[str, set[str]] = defaultdict(set)
        for name in (name for index in indexes for name in index.architectures):
            stems[_stem(name)].add(name)
        similar = [name for stem in nearest(_stem(architecture or ""), stems) for name in sorted(stems[stem])]
        if removed is not None or architecture in similar:
            similar = []
        types = nearest(model_type, {name for index in indexes for rule in index.rules for name in rule.match.model_types})
        alike = {*similar, *types}
        of_like_names = [rule for index in indexes for rule in index.rules if alike & {*rule.match.architectures, *rule.match.model_types}]
        near: set[tuple[int, str, str]] = set()
        lacking: set[str] = set()
        for rule in (*led_to, *of_like_names):
            told = rule.match.explain(rule.key.name, config)
            lacks = sorted(needs - rule.key.tags) if told.takes else ()
            lacking.update(lacks)
            near.add((-len(told.clauses), told.entry, f"it lacks what is needed: {', '.join(lacks)}" if told.takes else told.reason))
        nearest_first = tuple((entry, failure) for _, entry, failure in sorted(near))
        return NoMatchError(self.name, _subject(config), nearest_first, tuple(similar), removed, tuple(sorted(lacking)))


def _rank(rule: Rule) -> int:
    return -rule.match.priority


def _rank_and_name(rule: Rule) -> tuple[int, str]:
    return _rank(rule), rule.key.name  # by name, so that the order of registration doesn't decide which error is raised


def _stem(architecture: str) -> str:
    return next((architecture.removesuffix(suffix) for suffix in _SUFFIXES if architecture.endswith(suffix)), architecture)


def _subject(config: object) -> str:
    from typed_registry.dispatch import effective_architecture, value_at

    architecture = effective_architecture(config)
    model_type = value_at(config, "model_type")
    parts = (
        f"architecture {shown(architecture)}" if architecture is not None else "no architecture",
        f"model type {shown(model_type)}" if isinstance(model_type, str) else "no model type",
    )
    return " and ".join(parts)
