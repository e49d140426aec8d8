"""What errors say."""

import pickle

import pytest

from flask_talentpool import errors
from flask_talentpool.errors import (
    BeingHandedOver,
    ConfigError,
    MapError,
    NotAllowed,
    Refused,
    TablesMissing,
    TalentPoolError,
)

EVERY = [
    value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, TalentPoolError)
]


@pytest.mark.parametrize("error", EVERY)
def test_every_error_has_a_sentence_of_its_own(error):
    assert error.__doc__
    assert len(error.default_message()) > 20
    assert "\n" not in error.default_message()


def test_the_docstring_is_the_message():
    assert str(NotAllowed()).startswith("Your role does not include this. Someone who")
    assert "flask db upgrade" in str(TablesMissing())
    assert str(TablesMissing("Run the migration.")) == "Run the migration."


@pytest.mark.parametrize("error", [ConfigError, MapError])
def test_all_problems_are_told_together(error):
    told = error(["one is wrong.", "two is wrong."])

    assert told.problems == ["one is wrong.", "two is wrong."]
    assert str(told).endswith("put right what is listed here.\n  - one is wrong.\n  - two is wrong.")


def test_one_problem_may_be_given_as_text():
    assert ConfigError("one is wrong.").problems == ["one is wrong."]


def test_a_refusal_carries_a_code_for_programs():
    assert Refused().code == "refused"
    refused = Refused("This job is closed.", "job_closed")
    assert (str(refused), refused.code) == ("This job is closed.", "job_closed")


def test_a_letter_being_handed_over_is_a_refusal():
    with pytest.raises(Refused, match="being handed to the mail server") as refused:
        raise BeingHandedOver
    assert refused.value.code == "being_handed_over"


@pytest.mark.parametrize(
    "error",
    [ConfigError(["a", "b"]), NotAllowed(), Refused("No.", "no"), BeingHandedOver(), TalentPoolError("Text")],
)
def test_an_error_survives_the_way_between_processes(error):
    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), str(copy)) == (type(error), str(error))
    for attribute in ("problems", "code"):
        assert getattr(copy, attribute, None) == getattr(error, attribute, None)
