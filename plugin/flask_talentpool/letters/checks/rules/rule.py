"""What a rule is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """What a finding does: hold the letter, or stand beside its text."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Example:
    """Words that break a rule, and words that say it better."""

    bad: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule for letters.

    Attributes:
        code: Its name in findings, tests and the guide.
        level: What breaking it does. Harm to a person and a broken promise are errors.
        title: What it is about, in a few words.
        message: What a recruiter reads beside the text: what is wrong, and the remedy.
        explanation: Why there is such a rule; for the guide.
        examples: Bad words and better ones, by language.
        patterns: Regular expressions by language, for text in lower case.
        unless: Regular expressions by language: what makes a sentence innocent all the same.
        exact: Whether capitals count: the patterns then see the text as it is written.
        looked_up: The function of the checker that finds it, where words alone cannot.
        in_a_line: Whether it is looked for in a person's own line, too.
        suggests: Whether its better words can be taken over; what a line should say in another language no example knows.
    """

    code: str
    level: Level
    title: str
    message: str
    explanation: str
    examples: Mapping[str, Example]
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exact: bool = False
    looked_up: str = ""
    in_a_line: bool = True
    suggests: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has examples in."""
        return tuple(self.examples)

    def better(self, language: str) -> str:
        """Return a better wording in a language, in English where there is none."""
        found = self.examples.get(language) or self.examples["en"]
        return found.better
