"""The rules a letter is checked against: data, each with an explanation and an example."""

from flask_talentpool.letters.checks.rules import blanks, fairness, form, promises, protected, style
from flask_talentpool.letters.checks.rules.rule import Example, Level, Rule

RULES: tuple[Rule, ...] = (
    *blanks.RULES,
    *promises.RULES,
    *fairness.RULES,
    *protected.RULES,
    *form.RULES,
    *style.RULES,
)
"""All rules, in the order of the guide: errors before matters of style."""

__all__ = ["RULES", "Example", "Level", "Rule"]
