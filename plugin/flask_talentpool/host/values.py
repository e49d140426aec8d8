"""Status and stage values of the host, and how they are compared."""

import enum
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

Values = Collection[Any]
Answer = TypeVar("Answer")
LONGEST_WORD = 300
"""Of a reason of the host's, as a decision keeps it."""


def value_key(value: Any) -> Any:
    """Return ``value`` in the form in which status and stage values are compared."""
    if isinstance(value, enum.Enum):
        return value
    if isinstance(value, str):
        return value.strip().casefold()
    if isinstance(value, tuple):
        return tuple(value_key(part) for part in value)
    return value


class ValueSet:
    """Status or stage values of the host, compared the forgiving way ``HostMap`` promises."""

    def __init__(self, members: Values) -> None:
        if isinstance(members, str):
            members = (members,)
        self.members = tuple(members)
        self._keys = {value_key(member) for member in self.members}
        self._texts = {key for key in self._keys if isinstance(key, str)}
        for member in self.members:
            if isinstance(member, enum.Enum):
                self._texts |= {value_key(member.name), value_key(str(member.value))}

    def __contains__(self, value: Any) -> bool:
        if value is None:
            return None in self._keys
        key = value_key(value)
        # True == 1 in Python, and a host's integer state 1 is not its boolean True.
        if isinstance(key, bool) or (isinstance(key, int) and not isinstance(key, enum.Enum)):
            return any(type(k) is type(key) and k == key for k in self._keys)
        if isinstance(value, enum.Enum):
            names = {value_key(value.name), value_key(value.value)}
            return key in self._keys or bool(names & self._texts)
        try:
            return key in self._keys or (isinstance(key, str) and key in self._texts)
        except TypeError:
            return False

    def __bool__(self) -> bool:
        return bool(self.members)


class HostWords:
    """Words of the host with what each means to us, compared without regard to case or space.

    A row's word is text by the time it is looked up; of an Enum member its name and value are known as well.
    """

    def __init__(self, words: Mapping[Any, str]) -> None:
        self._meanings: dict[str, str] = {}
        for word, meaning in words.items():
            texts = [str(word)]
            if isinstance(word, enum.Enum):
                texts += [word.name, str(word.value)]
            for text in texts:
                self._meanings.setdefault(folded(text), meaning)

    def get(self, text: str) -> str | None:
        """Return what a word means; None where nobody said."""
        return self._meanings.get(folded(text))


def folded(text: str) -> str:
    """Return a text in the form in which words are compared: as long as we keep it, without case or extra space."""
    return " ".join(text.split())[:LONGEST_WORD].casefold()


def once_for_each(answer: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    """Return ``answer``, asked once for each value: many rows of a host share few of them.

    For one look at many rows. A value that cannot be hashed is asked about each time.
    """
    known: dict[tuple[type, Any], Answer] = {}

    def remembered(value: Any) -> Answer:
        # Beside the value its type: True == 1 in Python, and a host tells the two apart.
        key = (type(value), value)
        try:
            if key not in known:
                known[key] = answer(value)
            return known[key]
        except TypeError:
            return answer(value)

    return remembered
