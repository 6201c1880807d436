"""Choosing an entry by a config: rules that are data, so that they can be indexed, told apart by proof, and explained.

The shape of a rule, and that a tie is an error and never settled by order, come from what went wrong in registries whose entries are asked
one after the other until one says yes: order decides there, and one bad rule breaks all that come after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeAlias

from typing_extensions import TypeVar

from typed_registry._kinds import is_mapping, is_sequence, is_set
from typed_registry.errors import shown

__all__ = ["Clause", "Explanation", "Match", "Names", "Rule", "RuleIndex", "effective_architecture", "overlap", "texts", "value_at"]

Names: TypeAlias = set[str] | frozenset[str] | list[str] | tuple[str, ...]
Config_contra = TypeVar("Config_contra", contravariant=True, default=Any)

MISSING: Any = object()
_NESTED = ("language_config", "text_config", "llm_config")  # where a multimodal config keeps that of its language model
_AUTO_CLASSES = ("AutoModelForCausalLM", "AutoModel")


class Clause(NamedTuple):
    """What one clause of a rule says of a config; `failure` is None where it holds."""

    name: str
    failure: str | None


class Explanation(NamedTuple):
    """Why an entry takes a config, or why not: the clauses of its rule, up to the first that fails."""

    entry: str
    takes: bool
    clauses: tuple[Clause, ...]

    @property
    def reason(self) -> str:
        """The clause that failed, or what held."""
        failed = next((clause.failure for clause in self.clauses if clause.failure is not None), None)
        return failed if failed is not None else ", ".join(clause.name for clause in self.clauses) or "takes any config"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Generic[Config_contra]):
    """A rule: which configs an entry takes. All clauses that are given must hold.

    Args:
        architectures: The config's effective architecture is one of these (see `effective_architecture`).
        model_types: Its `model_type` is one of these.
        has: Dotted paths that are there and not None; an empty dict or list is there.
        lacks: Dotted paths that are not there, or None.
        where: For a dotted path, the values that it may have.
        predicate: Anything else, which can't be indexed or proved; it is asked last.
        priority: Of two rules that take a config, the one with the greater priority wins; with equal ones it is a tie, an error.
        fallback: Ask it only when no other takes the config.

    Raises:
        TypeError: A text stands where a collection of texts is due.

    Example:
        >>> rule = Match(architectures={"MiniCPMV"}, where={"version": {2.5, 2.6}})
        >>> rule.failure({"architectures": ["MiniCPMV"], "version": 2.6}) is None
        True
        >>> rule.failure({"architectures": ["MiniCPMV"], "version": 4.0})
        'version is 4.0, not one of 2.5, 2.6'
    """

    architectures: Names = ()
    model_types: Names = ()
    has: Names = ()
    lacks: Names = ()
    where: Mapping[str, set[Any] | frozenset[Any] | list[Any] | tuple[Any, ...]] = field(
        default_factory=dict[str, tuple[Any, ...]], hash=False
    )
    predicate: Callable[[Config_contra], bool] | None = None
    priority: int = 0
    fallback: bool = False

    def __post_init__(self) -> None:
        for name in ("architectures", "model_types", "has", "lacks"):
            object.__setattr__(self, name, texts(name, getattr(self, name)))
        values = {path: _values(path, allowed) for path, allowed in self.where.items()}
        object.__setattr__(self, "where", values)

    def clauses(self, config: Any) -> Iterator[Clause]:
        """Each clause, and why it fails; the predicate is asked only when all else holds."""
        if self.architectures:
            yield _one_of("architecture", effective_architecture(config), self.architectures)
        if self.model_types:
            yield _one_of("model_type", _none_if_missing(value_at(config, "model_type")), self.model_types)
        for path in self.has:
            yield Clause(f"has {path}", None if _is_there(config, path) else f"{path} is not there")
        for path in self.lacks:
            yield Clause(f"lacks {path}", f"{path} is there" if _is_there(config, path) else None)
        for path, allowed in self.where.items():
            yield _one_of(path, _none_if_missing(value_at(config, path)), allowed)
        if self.predicate is not None:
            yield Clause("predicate", None if self.predicate(config) else "the predicate says no")

    def failure(self, config: Any) -> str | None:
        """Why it doesn't take a config; None if it does."""
        return next((clause.failure for clause in self.clauses(config) if clause.failure is not None), None)

    def explain(self, entry: str, config: Any) -> Explanation:
        """Its clauses up to the first that fails."""
        held: list[Clause] = []
        for clause in self.clauses(config):
            held.append(clause)
            if clause.failure is not None:
                return Explanation(entry, False, tuple(held))
        return Explanation(entry, True, tuple(held))


class Rule(NamedTuple):
    """An entry's rule; `key` is whatever its owner knows the entry by."""

    key: Any
    match: Match[Any]


class RuleIndex:
    """Rules by architecture and model type, so that what a match costs doesn't grow with their number."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules: tuple[Rule, ...] = tuple(rules)
        self._by_architecture: dict[object, list[Rule]] = {}
        self._by_model_type: dict[object, list[Rule]] = {}
        self._others: list[Rule] = []
        for rule in self.rules:
            if rule.match.architectures:
                for name in rule.match.architectures:
                    self._by_architecture.setdefault(name, []).append(rule)
            elif rule.match.model_types:
                for name in rule.match.model_types:
                    self._by_model_type.setdefault(name, []).append(rule)
            else:
                self._others.append(rule)

    @property
    def architectures(self) -> list[str]:
        """Every architecture that some rule names."""
        return [str(name) for name in self._by_architecture]

    def candidates(self, config: object) -> list[Rule]:
        """The rules that may take a config, as far as the index tells; each of them is asked as a whole then."""
        found = list(self._by_architecture.get(effective_architecture(config), ()))
        model_type = value_at(config, "model_type")
        if isinstance(model_type, str):
            found += self._by_model_type.get(model_type, ())
        return found + self._others

    def overlaps(self) -> Iterator[tuple[Rule, Rule, dict[str, Any] | None]]:
        """The pairs that nothing proves disjoint, with a config that both take where one can be made."""
        for first, second in self._comparable():
            same_rank = (first.match.priority, first.match.fallback) == (second.match.priority, second.match.fallback)
            if same_rank and (may := overlap(first.match, second.match)) is not None:
                yield first, second, may or None

    def _comparable(self) -> Iterator[tuple[Rule, Rule]]:
        """Pairs that the index doesn't already tell apart."""
        order = {id(rule): number for number, rule in enumerate(self.rules)}
        pairs: set[tuple[int, int]] = set()
        unnamed = [*self._others, *{id(rule): rule for rules in self._by_model_type.values() for rule in rules}.values()]
        groups = [*self._by_architecture.values(), unnamed]
        by_architecture = [rule for rule in self.rules if rule.match.architectures]
        for group in groups:
            pairs.update((order[id(one)], order[id(other)]) for one in group for other in group if order[id(one)] < order[id(other)])
        pairs.update(
            (min(order[id(one)], order[id(other)]), max(order[id(one)], order[id(other)])) for one in by_architecture for other in unnamed
        )
        for one, other in sorted(pairs):
            yield self.rules[one], self.rules[other]


def effective_architecture(config: object) -> str | None:
    """The one architecture that a config is of.

    The first of `architectures`; where there is none, the class that `auto_map` names; else the first of the nested language config's.
    It never raises, whatever the config is.

    Example:
        >>> effective_architecture({"architectures": None, "language_config": {"architectures": ["DeepseekV2ForCausalLM"]}})
        'DeepseekV2ForCausalLM'
    """
    own = _first_text(value_at(config, "architectures"))
    if own is not None:
        return own
    auto_map = value_at(config, "auto_map")
    for name in _AUTO_CLASSES:
        target = value_at(auto_map, name)
        target = _first_text(target) if is_sequence(target) else target
        if isinstance(target, str):
            return target.rpartition(".")[2]
    nested = (_first_text(value_at(config, f"{part}.architectures")) for part in _NESTED)
    return next((name for name in nested if name is not None), None)


def value_at(config: object, path: str) -> Any:
    """What stands at a dotted path of mappings, sequences and attributes; MISSING where there is nothing. It never raises.

    Example:
        >>> value_at({"language_config": {"architectures": ["Llama"]}}, "language_config.architectures.0")
        'Llama'
    """
    value: Any = config
    for part in path.split("."):
        try:
            if is_mapping(value):
                value = value[part]
            elif is_sequence(value):
                value = value[int(part)]
            elif (fields := getattr(value, "__pydantic_fields__", None)) is not None:  # its methods are no part of a config
                value = getattr(value, part) if part in fields else value.model_extra[part]
            else:
                value = getattr(value, part)
        except Exception:  # a foreign object's attribute may raise anything; what can't be read isn't there
            return MISSING
    return value


def overlap(one: Match[Any], other: Match[Any]) -> dict[str, Any] | None:
    """None where two rules can't both take a config; else one that both take, empty where none could be made."""
    if any(a and b and not set(a) & set(b) for a, b in ((one.architectures, other.architectures), (one.model_types, other.model_types))):
        return None
    if _contradict(one, other) or _contradict(other, one):
        return None
    if any(not _common(one.where[path], other.where[path]) for path in one.where.keys() & other.where.keys()):
        return None
    example = _example(one, other)
    both_take = one.predicate is None and other.predicate is None and one.failure(example) is None and other.failure(example) is None
    return example if both_take else {}


def _contradict(one: Match[Any], other: Match[Any]) -> bool:
    there = (*one.has, *one.where)
    return any(path == absent or path.startswith(f"{absent}.") for path in there for absent in other.lacks)


def _example(one: Match[Any], other: Match[Any]) -> dict[str, Any]:
    example: dict[str, Any] = {}
    architectures = _either(one.architectures, other.architectures)
    if architectures:
        example["architectures"] = [architectures[0]]
    model_types = _either(one.model_types, other.model_types)
    if model_types:
        example["model_type"] = model_types[0]
    for path in (*one.has, *other.has):
        if not _is_there(example, path):
            _put(example, path, {})
    for path in dict.fromkeys((*one.where, *other.where)):
        _put(example, path, _either(one.where.get(path, ()), other.where.get(path, ()))[0])
    return example


def _either(one: Iterable[Any], other: Iterable[Any]) -> list[Any]:
    first, second = list(one), list(other)
    return _common(first, second) if first and second else first or second


def _common(one: Iterable[Any], other: Iterable[Any]) -> list[Any]:
    allowed = list(other)
    return [value for value in one if value in allowed]


def _put(config: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for part in parents:
        config = config.setdefault(part, {}) if is_mapping(config.get(part, {})) else {}
    config[last] = value


def _is_there(config: object, path: str) -> bool:
    return _none_if_missing(value_at(config, path)) is not None


def _none_if_missing(value: object) -> object:
    return None if value is MISSING else value


def _first_text(value: object) -> str | None:
    return value[0] if is_sequence(value) and value and isinstance(value[0], str) else None


def _one_of(what: str, value: object, allowed: Iterable[object]) -> Clause:
    if any(_same(value, each) for each in allowed):
        return Clause(f"{what} {shown(value)}", None)
    return Clause(what, f"{what} is {shown(value)}, not one of {', '.join(sorted(map(shown, allowed)))}")


def _same(value: object, allowed: object) -> bool:
    try:
        return bool(value == allowed) and isinstance(value, bool) == isinstance(allowed, bool)
    except Exception:  # arrays, for one, have no single truth value
        return False


def texts(name: str, given: Any) -> tuple[str, ...]:
    """A collection of texts as a tuple.

    Raises:
        TypeError: It is one text, or holds something else.
    """
    if isinstance(given, str) or not all(isinstance(each, str) for each in given):
        raise TypeError(f"{name} takes a collection of str, not {shown(given)}; write {{{shown(given)}}} for one")
    return tuple(sorted(given) if is_set(given) else dict.fromkeys(given))


def _values(path: str, allowed: Any) -> tuple[Any, ...]:
    if not (is_set(allowed) or is_sequence(allowed)):
        raise TypeError(
            f"Match(where={{{path!r}: ...}}) takes a collection of values, not {shown(allowed)}; write {{{shown(allowed)}}} for one"
        )
    return tuple(sorted(allowed, key=repr) if is_set(allowed) else allowed)
