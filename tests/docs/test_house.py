"""CONTRIBUTING says where things are: every folder and every rule it names is there."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

import flask_talentpool

PACKAGE = Path(flask_talentpool.__file__).parent
PAGE = (PACKAGE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
RULES = re.findall(
    r"^\| [^|]+ \| `([a-z_.]+(?:[A-Za-z_]+)?)` \|$", PAGE.split("Where is the rule", 1)[1], re.MULTILINE
)
HOW = (PACKAGE.parents[1] / "site/developers/how-it-works.md").read_text(encoding="utf-8")
LIFE = re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", HOW.split("{#life}", 1)[1].split("\n## ", 1)[0])
DRAWN = HOW.split("{#house}", 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
FLOORS = [re.match(r"[a-z_]+(?: {3}[a-z_]+)*", line)[0].split() for line in DRAWN.splitlines()]
TREE = PAGE.split("flask_talentpool/\n", 1)[1].split("```", 1)[0]


def test_there_are_at_least_twelve_rules():
    assert len(RULES) >= 12


@pytest.mark.parametrize("rule", [*RULES, *LIFE])
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


def test_the_life_of_a_rejection_is_told_from_commit_to_told():
    assert len(LIFE) >= 15
    assert (LIFE[0], LIFE[-1]) == ("noticing.hook.notice", "decisions.telling.told.visible_status")


def test_the_house_is_drawn_as_its_imports_are_checked():
    pyproject = tomllib.loads((PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    layers = pyproject["tool"]["importlinter"]["contracts"][0]["layers"]
    place = {name: floor for floor, names in enumerate(layers) for name in re.findall(r"[a-z_]+", names)}
    floors = [place[name] for names in FLOORS for name in names]
    assert len(floors) >= 20
    assert floors == sorted(floors)
