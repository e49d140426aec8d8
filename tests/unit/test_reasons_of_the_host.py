"""What a map and the settings say of the host's own reasons, and of the last stages, before anything starts."""

import enum

import pytest

from flask_talentpool.config.reasons import Reason
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import StageReached
from flask_talentpool.errors import ConfigError
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.stages import Stages
from flask_talentpool.host.values import HostWords


class Why(enum.Enum):
    FILLED = "Position filled"
    GONE = 7


STAGES = ("applied", "screen", "interview")


def reached(stage, *, stages=STAGES, **entries):
    host_map = HostMap(candidate=object, application=object, stages=stages, **entries)
    return Stages(host_map).reached(stage, interviewed=False)


@pytest.mark.parametrize("text", ["Position filled", " position  FILLED", "filled", "Why.FILLED"])
def test_a_word_of_the_host_is_found_however_its_row_says_it(text):
    assert HostWords({Why.FILLED: "other_person"}).get(text) == "other_person"


def test_a_number_is_a_word_too():
    words = HostWords({Why.GONE: "job_closed", 3: "other_person"})

    assert (words.get("7"), words.get("3"), words.get("4")) == ("job_closed", "other_person", None)


def test_the_last_stage_makes_a_finalist():
    assert reached("interview", interviewed_from="screen") is StageReached.FINALIST
    assert reached("interview") is StageReached.FINALIST


def test_the_last_stage_makes_no_finalist_where_it_is_the_first_interview():
    assert reached("interview", interviewed_from="interview") is StageReached.INTERVIEWED


def test_the_map_says_from_which_stage_on_somebody_is_a_finalist():
    stages = (*STAGES, "final", "offer")
    found = {
        stage: reached(stage, stages=stages, interviewed_from="interview", final_from="final")
        for stage in stages
    }

    assert found == {
        "applied": "applied",
        "screen": "screened",
        "interview": "interviewed",
        "final": "finalist",
        "offer": "finalist",
    }
    assert reached("interview", interviewed_from="interview", final_from="interview") == "finalist"


def test_codes_that_no_record_can_confirm_are_refused_with_those_there_are():
    with pytest.raises(ConfigError) as error:
        Settings.from_config({"TALENTPOOL_REASONS_BY_HOST": ["requirement", "other_person"]})

    assert "names 'requirement', which no record of your ATS can confirm" in str(error.value)
    assert "other_person, job_closed, filled_internally, closed_before_review" in str(error.value)


@pytest.mark.parametrize("value", ["job_closed", 5, [["job_closed"]]])
def test_what_is_no_set_of_codes_is_refused(value):
    with pytest.raises(ConfigError, match="TALENTPOOL_REASONS_BY_HOST"):
        Settings.from_config({"TALENTPOOL_REASONS_BY_HOST": value})


@pytest.mark.parametrize(
    "reasons",
    [
        {"other": Reason("Other")},
        {"job_closed": Reason("Closed")},
        {"job_closed": Reason("Closed", {"en": "Closed: {detail}."})},
    ],
)
def test_a_reason_without_a_sentence_of_its_own_cannot_be_given_by_itself(reasons):
    with pytest.raises(ConfigError, match="has no sentence of that code"):
        Settings.from_config({"TALENTPOOL_REASONS": reasons, "TALENTPOOL_REASONS_BY_HOST": {"job_closed"}})


def test_no_reason_is_given_by_itself_unless_somebody_says_so():
    assert Settings.from_config({}).reasons_by_host == frozenset()
    assert Settings.from_config({"TALENTPOOL_REASONS_BY_HOST": ()}).reasons_by_host == frozenset()
