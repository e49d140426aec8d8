"""CONTRIBUTING says where things are: every folder and every rule it names is there."""

import importlib
import re
from pathlib import Path

import pytest

import flask_talentpool

PACKAGE = Path(flask_talentpool.__file__).parent
PAGE = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
RULES = re.findall(
    r"^\| [^|]+ \| `([a-z_.]+(?:[A-Za-z_]+)?)` \|$", PAGE.split("Where is the rule", 1)[1], re.MULTILINE
)
TREE = PAGE.split("flask_talentpool/\n", 1)[1].split("```", 1)[0]


def test_there_are_at_least_twelve_rules():
    assert len(RULES) >= 12


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_stands_where_the_table_says(rule):
    parts = rule.split(".")
    for length in range(len(parts), 0, -1):
        name = "flask_talentpool." + ".".join(parts[:length])
        try:
            found = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        for attribute in parts[length:]:
            found = getattr(found, attribute)
        return
    pytest.fail(f"there is no {rule}")


def test_the_tree_names_every_folder_and_only_those():
    named, above = set(), ""
    for line in TREE.splitlines():
        depth = len(line) - len(line.lstrip())
        folders = re.findall(r"(?:^|\s)([a-z_]+)/(?=\s)", line)
        if depth == 2:
            named |= set(folders)
            above = folders[0] if folders else ""
        else:
            named |= {f"{above}/{folder}" for folder in folders}
    there = {
        str(found.parent.relative_to(PACKAGE))
        for found in PACKAGE.rglob("__init__.py")
        if found.parent != PACKAGE
    } - {"letters/checks/rules"}
    assert named == there


def test_no_room_is_too_full():
    full = {
        str(folder.relative_to(PACKAGE)): number
        for folder in {found.parent for found in PACKAGE.rglob("*.py")} - {PACKAGE, PACKAGE / "commands"}
        if (number := len([one for one in folder.glob("*.py") if one.name != "__init__.py"])) > 15
    }
    assert full == {}
