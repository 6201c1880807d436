"""Choosing an entry by a config: rules that are data, so that they can be indexed, told apart by proof, and explained.

The shape of a rule, and that a tie is an error and never settled by order, come from what went wrong in registries whose entries are asked
one after the other until one says yes: order decides there, and one bad rule breaks all that come after it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Any, Generic, NamedTuple, TypeAlias

from typing_extensions import TypeVar

from typed_registry._kinds import is_mapping, is_sequence, is_set
from typed_registry.errors import shown

__all__ = [
    "MISSING",
    "Clause",
    "Explanation",
    "Match",
    "Names",
    "Rule",
    "RuleIndex",
    "effective_architecture",
    "overlap",
    "texts",
    "value_at",
]

Names: TypeAlias = set[str] | frozenset[str] | list[str] | tuple[str, ...]
Config_contra = TypeVar("Config_contra", contravariant=True, default=Any)

MISSING: Any = object()
_NESTED = ("language_config", "text_config", "llm_config")  # where a multimodal config keeps that of its language model
_AUTO_CLASSES = ("AutoModelForCausalLM", "AutoModel")
_SCALARS = (str, bytes, int, float, complex, type(None))  # what they have as attributes is no part of a config
_MAX_LISTED = 4  # allowed values in one text


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


@dataclass(frozen=True, kw_only=True)  # no slots: Match[X](...) sets an attribute, which such a class refuses with the wrong error
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
        TypeError: A text, or what can't be counted on to hold the same twice, stands where a collection is due.

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
        if not is_mapping(self.where):
            raise TypeError(f"where takes a mapping of dotted paths to values, not {shown(self.where)}")
        texts("where", list(self.where))
        values = {path: _values(path, allowed) for path, allowed in self.where.items()}
        object.__setattr__(self, "where", values)
        if self.predicate is not None and not callable(self.predicate):
            raise TypeError(f"predicate takes a function, not {shown(self.predicate)}")
        if not isinstance(self.priority, int):  # pyright: ignore[reportUnnecessaryIsInstance] # a wrong one would break every match
            raise TypeError(f"priority takes an int, not {shown(self.priority)}")

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
        """Its clauses up to the first that fails; a predicate that raises is a clause that fails."""
        told: list[Clause] = []
        try:
            for clause in self.clauses(config):
                told.append(clause)
                if clause.failure is not None:
                    return Explanation(entry, False, tuple(told))
        except Exception as error:  # a predicate is the user's code, and may raise anything
            return Explanation(entry, False, (*told, Clause("predicate", f"the predicate raised {shown(error)}")))
        return Explanation(entry, True, tuple(told))


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
        """The pairs that nothing proves disjoint, with a config that both take where one can be made; in the order of the rules."""
        order = {id(rule): number for number, rule in enumerate(self.rules)}
        found: dict[tuple[int, int], dict[str, Any]] = {}
        for one, other in self._comparable():
            same_rank = (one.match.priority, one.match.fallback) == (other.match.priority, other.match.fallback)
            if same_rank and (may := overlap(one.match, other.match)) is not None:
                first, second = sorted((order[id(one)], order[id(other)]))
                found[first, second] = may
        for first, second in sorted(found):
            yield self.rules[first], self.rules[second], found[first, second] or None

    def _comparable(self) -> Iterator[tuple[Rule, Rule]]:
        """Pairs that the index doesn't already tell apart, some of them twice."""
        for group in (*self._by_architecture.values(), *self._by_model_type.values(), self._others):
            yield from combinations(group, 2)
        by_architecture = [rule for rule in self.rules if rule.match.architectures]
        by_model_type = [rule for rule in self.rules if rule.match.model_types and not rule.match.architectures]
        yield from product(by_architecture, by_model_type)
        yield from product((*by_architecture, *by_model_type), self._others)


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
    try:
        for part in path.split("."):
            value = _member(value, part)
            if value is MISSING:
                break
    except Exception:  # a foreign object's attribute may raise anything; what can't be read isn't there
        return MISSING
    return value


def _member(value: Any, part: str) -> Any:
    if is_mapping(value):
        return value.get(part, MISSING)  # not by item, as a defaultdict would make one
    if is_sequence(value):
        return value[int(part)]
    if isinstance(value, _SCALARS):
        return MISSING
    fields = _pydantic_fields(value)
    if fields is None or part in fields:
        return getattr(value, part)
    return value.model_extra[part]  # not an attribute: a model's methods are no part of a config


def _pydantic_fields(value: object) -> Mapping[str, object] | None:
    return getattr(type(value), "__pydantic_fields__", None)  # not of the instance, which may answer to any name


def overlap(one: Match[Any], other: Match[Any]) -> dict[str, Any] | None:
    """None where two rules can't both take a config; else one that both take, empty where none could be made.

    Example:
        >>> overlap(Match(has={"vision_config"}), Match(where={"version": {1, 2}}))
        {'version': 1, 'vision_config': {}}
        >>> overlap(Match(has={"vision_config"}), Match(lacks={"vision_config"})) is None
        True
    """
    architectures = tuple(one.architectures or other.architectures)
    if one.architectures and other.architectures:
        architectures = tuple(name for name in sorted(one.architectures) if name in other.architectures)
        if not architectures:
            return None
    there = {*one.has, *other.has}
    allowed = _allowed((one, other), there)
    if any(not values for values in allowed.values()):
        return None
    if one.predicate is not None or other.predicate is not None:
        return {}
    example = _example(architectures, allowed, there)
    return example if one.failure(example) is None and other.failure(example) is None else {}


def _allowed(rules: Iterable[Match[Any]], there: set[str]) -> dict[str, list[Any]]:
    """The values that all rules allow at a path, None for what isn't there; empty where they contradict each other."""
    allowed: dict[str, list[Any]] = {}
    for rule in rules:
        clauses = [*rule.where.items(), *((path, (None,)) for path in rule.lacks)]
        for path, values in (*clauses, *([("model_type", rule.model_types)] if rule.model_types else [])):
            allowed[path] = [value for value in values if _is_one_of(value, allowed.get(path, values))]
    needed = there | {path for path, values in allowed.items() if not any(value is None for value in values)}
    holders = {path[:end] for path in needed for end, char in enumerate(path) if char == "."}
    for path in (needed | holders) & allowed.keys():
        allowed[path] = [value for value in allowed[path] if value is not None]
    return allowed


def _example(architectures: tuple[str, ...], allowed: Mapping[str, list[Any]], there: set[str]) -> dict[str, Any]:
    example: dict[str, Any] = {"architectures": [architectures[0]]} if architectures else {}
    for path in sorted({*allowed, *there}):
        now = _none_if_missing(value_at(example, path))
        if path not in allowed and now is None:
            example = _with(example, path.split("."), {})
        elif path in allowed and not _is_one_of(now, allowed[path]):
            example = _with(example, path.split("."), min(allowed[path], key=shown))
    return example or {"model_type": "any"}


def _with(holder: Any, path: list[str], value: object) -> Any:
    """A copy of a config in which a value stands at a path; a list is made for the index 0."""
    if not path:
        return value
    first, *rest = path
    if first == "0" and not is_mapping(holder):
        return [_with(None, rest, value)]
    own: Mapping[str, Any] = holder if is_mapping(holder) else {}
    return {**own, first: _with(own.get(first), rest, value)}


def _is_there(config: object, path: str) -> bool:
    return _none_if_missing(value_at(config, path)) is not None


def _none_if_missing(value: object) -> object:
    return None if value is MISSING else value


def _first_text(value: object) -> str | None:
    try:
        return value[0] if is_sequence(value) and value and isinstance(value[0], str) else None
    except Exception:  # a list of a kind of its own may raise anything
        return None


def _one_of(what: str, value: object, allowed: Collection[object]) -> Clause:
    if _is_one_of(value, allowed):
        return Clause(f"{what} {shown(value)}", None)
    listed = ", ".join([*sorted(map(shown, allowed))[:_MAX_LISTED], *["..."] * (len(allowed) > _MAX_LISTED)])
    return Clause(what, f"{what} is {shown(value)}, not one of {listed}")


def _is_one_of(value: object, allowed: Iterable[object]) -> bool:
    return any(_same(value, each) for each in allowed)


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
    if not (is_set(given) or is_sequence(given)) or not all(isinstance(each, str) for each in given):
        hint = f"; write {{{shown(given)}}} for one" if isinstance(given, str) else ""
        raise TypeError(f"{name} takes a set, list or tuple of str, not {shown(given)}{hint}")
    return tuple(sorted(given) if is_set(given) else dict.fromkeys(given))


def _values(path: str, allowed: Any) -> tuple[Any, ...]:
    if not (is_set(allowed) or is_sequence(allowed)):
        raise TypeError(
            f"Match(where={{{path!r}: ...}}) takes a collection of values, not {shown(allowed)}; write {{{shown(allowed)}}} for one"
        )
    return tuple(sorted(allowed, key=repr) if is_set(allowed) else allowed)
