"""The rules as a table, for the guide."""

from flask_talentpool.letters.checks.rules import RULES
from flask_talentpool.letters.checks.rules.rule import Level

_DOES = {Level.ERROR: "holds the letter", Level.WARNING: "stands beside the text"}


def rules_table() -> list[tuple[str, ...]]:
    """Return the rules as rows of Markdown cells for the guide, the heading first.

    The examples of all languages stand in one cell, one below the other.
    """
    heading = ("rule", "what it does", "why", "instead of", "better")
    rows = [
        (
            f"{rule.title} (`{rule.code}`)",
            _DOES[rule.level],
            _cell(rule.explanation),
            "<br>".join(_cell(example.bad) for example in rule.examples.values()),
            "<br>".join(_cell(example.better) for example in rule.examples.values()),
        )
        for rule in RULES
    ]
    return [heading, *rows]


def _cell(words: str) -> str:
    """Return words that Markdown neither makes a link of nor cuts in two."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), ("[", "&#91;"), ("]", "&#93;"), ("|", "&#124;")):
        words = words.replace(char, entity)
    return words
