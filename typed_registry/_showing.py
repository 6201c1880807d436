"""Values and paths as short printable texts, whatever they hold."""

from __future__ import annotations

from reprlib import Repr

__all__ = ["path_text", "portable", "printable", "shown"]

MAX_SHOWN = 80  # characters of one shown input


def path_text(path: tuple[str | int, ...]) -> str:
    """The path as one would write it: `models[0].scale`.

    Example:
        >>> path_text(("models", 0, "scale"))
        'models[0].scale'
    """
    text = ""
    for part in path:
        if isinstance(part, str) and part.isidentifier():
            text += f".{part}" if text else part
        else:
            text += f"[{part!r}]"
    return text


def shown(value: object) -> str:
    """A repr of at most 80 printable characters that never raises.

    Example:
        >>> shown("x" * 200) == repr("x" * 200)[:38] + "..." + repr("x" * 200)[-39:]
        True
    """
    try:
        text = _REPR.repr(value)
    except Exception:  # a foreign __repr__ may raise anything
        text = f"<{type(value).__qualname__}>"
    text = printable(text)
    return text if len(text) <= MAX_SHOWN else f"{text[:38]}...{text[-39:]}"


_REPR = Repr()
_REPR.maxstring = _REPR.maxother = _REPR.maxlong = MAX_SHOWN
_REPR.maxlist = _REPR.maxtuple = _REPR.maxdict = _REPR.maxset = 8


def printable(text: str) -> str:
    """The text with what isn't printable escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii") for char in text)


def portable(value: object) -> object:
    """The value, or where it can't be pickled its short text."""
    import pickle  # most runs of a program need none of it

    try:
        pickle.dumps(value)
    except Exception:  # whatever a foreign object's pickling raises, the error itself must travel
        return shown(value)
    return value
