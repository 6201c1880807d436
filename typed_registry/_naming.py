"""Names and targets as strings: what a name may be, how a target is written, which names are near to a wrong one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only what is misspelt needs them
    from difflib import SequenceMatcher

__all__ = ["name_problem", "nearest", "split_target", "target_of"]

_CANDIDATES = 6  # names that are compared letter by letter, the costly part
_PER_PIECE = 16  # names looked at for one shared piece
_SHORT = 6  # letters from which on a name has three pieces of two
_SPELT_OUT = 20  # letters up to which one is spelt out in any case; of longer ones hardly any share a piece
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_ALIKE = 0.6  # the ratio from which on difflib's own documentation calls two strings close


def name_problem(name: object) -> str | None:
    """Why no entry can have this name: it is no str, is empty, or holds a dot (which separates scopes) or a colon (which marks targets)."""
    if not isinstance(name, str):
        return "a name is a str"
    if not name:
        return "it is empty"
    for char, use in ((".", "separates a scope from a name"), (":", "separates a module from a name in targets")):
        if char in name:
            return f"{char!r} {use}; use '_' or '-'"
    return None


def split_target(target: object) -> tuple[str, str] | None:
    """The module and the qualified name in `module:qualname`; None if it isn't written like that.

    Example:
        >>> split_target("package.module:Class.method")
        ('package.module', 'Class.method')
    """
    if not isinstance(target, str):
        return None
    module, colon, qualname = target.partition(":")
    is_right = colon and all(part.isidentifier() for part in (*module.split("."), *qualname.split(".")))
    return (module, qualname) if is_right else None


def target_of(obj: object) -> str:
    """`module:qualname` of a class or function; for a partial or an instance, of what is behind it."""
    named = obj if hasattr(obj, "__qualname__") else getattr(obj, "func", type(obj))
    return f"{getattr(named, '__module__', '?')}:{getattr(named, '__qualname__', '?')}"


def nearest(wrong: object, names: Collection[str], limit: int = 3) -> tuple[str, ...]:
    """The names most like a wrong one, best first; fast at 10,000 names, as each name is only searched for in C.

    Those with one wrong letter come first; they are found by spelling them out (the method of Norvig's spelling corrector). Two wrong
    letters leave one of three pieces of a name whole, so the other candidates are names that share a piece with it.

    Example:
        >>> nearest("fcae", ["face", "qr", "ocr"])
        ('face',)
    """
    if not isinstance(wrong, str) or not wrong or len(wrong) > 200:
        return ()
    from difflib import SequenceMatcher

    candidates = names if len(names) <= _CANDIDATES else _likely(wrong, names)
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wrong.lower())
    scored = [(-_likeness(matcher, name.lower(), wrong.lower()), name) for name in candidates]
    return tuple(name for score, name in sorted(scored)[:limit] if -score >= _ALIKE)


def _likeness(matcher: SequenceMatcher[str], name: str, wanted: str) -> float:
    """The share of letters in common, above 1 with one wrong letter."""
    matcher.set_seq1(name)
    if _is_one_slip(name, wanted):
        return 1 + matcher.ratio()
    if min(len(name), len(wanted)) > 1 and (wanted.startswith(name) or name.startswith(wanted)):
        return max(_ALIKE, matcher.ratio())  # 'qrcode' for 'qr': much is missing, nothing is wrong
    return matcher.ratio() if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE else 0.0


def _is_one_slip(one: str, other: str) -> bool:
    """Whether at most one letter is missing, too many, another, or swapped with the next."""
    same = next((i for i, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))
    left, right = one[same:], other[same:]
    if max(len(one), len(other)) < 2:  # a letter for another is all of a name
        return not left and not right
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


def _likely(wrong: str, names: Collection[str]) -> set[str]:
    import heapq

    text = "\n".join(["", *names, ""])
    if text.count("\n") > len(names) + 1:
        names = [name for name in names if "\n" not in name]
        text = "\n".join(["", *names, ""])
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters grow when lowered, and positions would no longer agree
        lowered = text
    wanted = wrong.lower().replace("\n", " ")
    third = max(2, len(wanted) // 3)
    weights: dict[str, float] = defaultdict(float)
    capped = False
    for piece in {f"\n{wanted}\n", wanted[:third], wanted[third : 2 * third], wanted[2 * third :]} - {""}:
        sharing = list(_lines_with(piece, lowered, text))
        capped = capped or len(sharing) == _PER_PIECE
        for name in sharing:  # a piece that few names have says more
            weights[name] += 1 / len(sharing) ** 2
    likely = set(heapq.nsmallest(_CANDIDATES, weights, key=lambda name: (-weights[name], abs(len(name) - len(wrong)), name)))
    if capped or len(wrong) <= _SPELT_OUT:
        near = _one_letter_away(wrong)
        if wanted != wrong:
            near |= _one_letter_away(wanted)
        if len(wrong) < _SHORT:
            near |= {name.capitalize() for name in near}
        likely.update(heapq.nsmallest(_CANDIDATES, near.intersection(names), key=lambda name: (-len(name), name)))  # the most alike
    return likely


def _lines_with(piece: str, lowered: str, text: str) -> Iterator[str]:
    position = 0
    for _ in range(_PER_PIECE):
        found = lowered.find(piece, position)
        if found < 0:
            return
        start = text.rindex("\n", 0, found + 1) + 1
        position = text.index("\n", start)
        yield text[start:position]


def _one_letter_away(wrong: str) -> set[str]:
    if len(wrong) > 2 * _SPELT_OUT:
        return set()
    halves = [(wrong[:i], wrong[i:]) for i in range(len(wrong) + 1)]
    without = [left + right[1:] for left, right in halves]
    swapped = [left + right[1:2] + right[:1] + right[2:] for left, right in halves]
    lettered = [f"{left}{letter}{rest}" for left, right in halves for rest in (right, right[1:]) for letter in _ALPHABET]
    return {*without, *swapped, *lettered}
