"""The page of the checker's rules is what the rules are."""

from pathlib import Path

from flask_talentpool.letters.checks.rules.table import rules_table

PAGE = Path(__file__).resolve().parents[2] / "site" / "letter-rules.md"


def test_the_table_of_rules_is_the_one_in_the_code():
    heading, *rows = rules_table()
    expected = ["| " + " | ".join(row) + " |" for row in (heading, ("---",) * len(heading), *rows)]

    found = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]

    assert found == expected
