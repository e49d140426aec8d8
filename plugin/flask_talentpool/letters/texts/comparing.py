"""Two versions of a text side by side."""

import difflib
from dataclasses import dataclass

from flask_talentpool.letters.texts.syntax import normalised


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison: ``same``, ``out`` (only in the old text) or ``in`` (only in the new one)."""

    kind: str
    text: str


def compare(old: str, new: str) -> tuple[DiffLine, ...]:
    r"""Compare two texts line by line.

    >>> [(line.kind, line.text) for line in compare("a\nb\n", "a\nc\n")]
    [('same', 'a'), ('out', 'b'), ('in', 'c')]
    """
    before, after = normalised(old).splitlines(), normalised(new).splitlines()
    found: list[DiffLine] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [DiffLine("same", line) for line in before[a:b]]
        else:
            found += [DiffLine("out", line) for line in before[a:b]]
            found += [DiffLine("in", line) for line in after[c:d]]
    return tuple(found)
