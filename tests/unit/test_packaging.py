"""What is written down about versions agrees with itself, and names no registry."""

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
LOWEST = (REPOSITORY / "tests" / "lowest.in").read_text()


def lower_bounds():
    asked = [*PROJECT["dependencies"]]
    for extra in ("login", "migrate", "postgres"):
        asked += PROJECT["optional-dependencies"][extra]
    return [re.match(r"([\w\[\]-]+)>=([\d.]+)", requirement).groups() for requirement in asked]


def as_release(version):
    return [int(part) for part in version.split(".")]


@pytest.mark.parametrize(("name", "version"), lower_bounds())
def test_the_lowest_versions_are_those_that_are_tested(name, version):
    tested = re.search(rf"^{re.escape(name)}==([\d.]+)$", LOWEST, re.MULTILINE)
    assert tested, f"{name} is missing in tests/lowest.in"
    shorter, longer = sorted([as_release(version), as_release(tested[1])], key=len)
    assert shorter + [0] * (len(longer) - len(shorter)) == longer


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/lowest.lock"])
def test_a_lock_has_hashes_and_no_addresses(lock):
    text = (REPOSITORY / lock).read_text()
    pins = re.findall(r"^[\w.-]+==.*?(?=^[\w.-]+==|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(pins) > 40
    assert all("--hash=sha256:" in pin for pin in pins)
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links", text)


def test_what_the_lock_pins_satisfies_the_project():
    lock = (REPOSITORY / "requirements.lock").read_text()
    for name, _ in lower_bounds():
        assert re.search(rf"^{re.escape(name.partition('[')[0])}==", lock, re.MULTILINE), name
