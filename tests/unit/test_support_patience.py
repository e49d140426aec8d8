"""The tests' own waits: longer where the machine is busy or slow, and never for ever."""

import os

import pytest

from tests.support import patience as waits
from tests.support.patience import patience


@pytest.fixture
def machine(monkeypatch):
    """Call it with what this machine is to be like: its load for each of two cores, and how slow it is."""

    def be(*, load, slowness=1.0):
        monkeypatch.setattr(os, "getloadavg", lambda: (2 * load, 0.0, 0.0))
        monkeypatch.setattr(waits, "_cores", lambda: 2)
        monkeypatch.setattr(waits, "SLOWNESS", slowness)

    return be


@pytest.mark.parametrize(
    ("load", "slowness", "seconds"),
    [
        pytest.param(0.0, 1.0, 5, id="idle"),
        pytest.param(0.9, 1.0, 5, id="a core is free"),
        pytest.param(3.0, 1.0, 15, id="three for each core"),
        pytest.param(0.0, 4.0, 20, id="slow"),
        pytest.param(2.0, 4.0, 40, id="slow and busy"),
        pytest.param(500.0, 4.0, 100, id="what never comes"),
    ],
)
def test_a_test_waits_as_much_longer_as_the_machine_is_slower(machine, load, slowness, seconds):
    machine(load=load, slowness=slowness)

    assert patience(5) == seconds
