"""What each reason to hold a letter means."""

from flask_talentpool.enums import HoldReason
from flask_talentpool.letters import holds


def test_every_reason_says_what_it_means() -> None:
    assert set(holds.MEANINGS) == set(HoldReason)


def test_a_reason_that_this_version_does_not_know_is_left_to_a_later_one() -> None:
    assert holds.meaning_of("a_word_of_another_version") == holds.meaning_of("") == holds.Meaning()


def test_what_is_held_by_hand_never_passes_and_is_never_looked_at_again() -> None:
    meaning = holds.meaning_of(HoldReason.BY_HAND)

    assert (meaning.passes, meaning.again_after, meaning.is_approvable) == (False, None, True)
