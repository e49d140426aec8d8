"""Reading one entry of a map from a row: an attribute name, a dotted path or a callable."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable
from typing import Any

Entry = str | Callable[[Any], Any]


def read(entry: Entry, obj: object) -> Any:
    """Return what an entry says about a row.

    Args:
        entry: `"email"`, `"user.email"`, or a callable that takes the row.
        obj: The row.

    Returns:
        The value; None when any link of a path is None.

    Raises:
        AttributeError: The row has no such attribute; the message names the class, the attribute and
            the nearest one there is.

    >>> from types import SimpleNamespace
    >>> read("user.email", SimpleNamespace(user=None)) is None
    True
    """
    if callable(entry):
        return entry(obj)
    value: Any = obj
    for name in entry.split("."):
        if value is None:
            return None
        value = _attribute(value, name)
    return value


def _attribute(obj: Any, name: str) -> Any:
    try:
        value = getattr(obj, name)
    except AttributeError:
        if hasattr(type(obj), name):
            # The attribute is there and its own code failed: that error is the host's to see.
            raise
        raise AttributeError(missing(type(obj), name, options=dir(obj)), name=name, obj=obj) from None
    if inspect.ismethod(value):
        owner = type(obj).__name__
        raise AttributeError(
            f"{owner}.{name} is a method; map a callable instead, such as lambda row: row.{name}().",
            name=name,
            obj=obj,
        )
    return value


def missing(cls: type, name: str, *, options: Iterable[str]) -> str:
    """Return the sentence about an attribute that a class does not have."""
    guess = nearest(name, (option for option in options if not option.startswith("_")))
    hint = f"; did you mean {guess!r}?" if guess else "."
    return f"{cls.__name__} has no attribute {name!r}{hint}"


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Return the option most like a word, whatever the case, or None when none is near.

    >>> nearest("e_mail", ["name", "email"])
    'email'
    """
    by_folded = {option.casefold(): option for option in options}
    found = difflib.get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None
