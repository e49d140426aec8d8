"""What each reason to hold a letter means: whether it passes, whether a person may approve past it, and until when."""

from dataclasses import dataclass
from datetime import timedelta

from flask_talentpool.enums import HoldReason

_SOON, _HOURLY = timedelta(minutes=10), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a reason means for an outcome letter that is held for it; what is not said here is not so."""

    passes: bool = False
    """Whether it may go away without anybody approving the letter, which is therefore looked at again."""
    again_after: timedelta | None = None
    """After how long it is looked at again; None for every round. Whoever acts on the letter does so at once."""
    is_approvable: bool = False
    """Whether a person's approval removes it; others must go away first."""
    is_alone: bool = False
    """Whether it is approved where it is read alone, and never among many."""
    is_open: bool = False
    """Whether what becomes of the job is still open for as long: then a letter may say so."""
    has_last_day: bool = False
    """Whether somebody decided about waits for ever, unless a person resolves it: not where the letter goes by itself
    in time, where the host writes, or where the person may have heard an outcome already."""


_ENDED = Meaning()
"""It does not hold: it says why a letter was cancelled or failed."""

MEANINGS: dict[HoldReason, Meaning] = {
    HoldReason.WHO_WRITES: Meaning(passes=True, has_last_day=True),
    HoldReason.SETTINGS: Meaning(passes=True, has_last_day=True),
    HoldReason.NO_ADDRESS: Meaning(passes=True, has_last_day=True),
    HoldReason.BAD_ADDRESS: Meaning(passes=True, has_last_day=True),
    HoldReason.NO_NAME: Meaning(passes=True, has_last_day=True),
    HoldReason.TEXT: Meaning(passes=True, has_last_day=True),
    HoldReason.REVIEW: Meaning(passes=True, is_approvable=True, has_last_day=True),
    HoldReason.HOST_WRITES: Meaning(passes=True, is_approvable=True),
    HoldReason.TOLD_BEFORE: Meaning(passes=True, is_approvable=True),
    HoldReason.LATE: Meaning(passes=True, is_approvable=True),
    HoldReason.NEVER_POOL: Meaning(is_approvable=True, has_last_day=True),
    HoldReason.INTERNAL: Meaning(passes=True, is_approvable=True, has_last_day=True),
    HoldReason.IDENTITY: Meaning(passes=True, has_last_day=True),
    HoldReason.ROW_GONE: Meaning(has_last_day=True),
    # Approved, it goes once the ATS shows the row again, whatever else would have made it wait.
    HoldReason.HIDDEN: Meaning(passes=True, is_approvable=True, has_last_day=True),
    # Nothing goes by itself to somebody who may have heard long ago, not even that it takes longer.
    HoldReason.BEFORE_START: Meaning(is_approvable=True),
    HoldReason.IMPORTED: Meaning(is_approvable=True),
    HoldReason.AFTER_A_PAUSE: Meaning(is_approvable=True),
    HoldReason.RESTORED: Meaning(is_approvable=True),
    HoldReason.BY_HAND: Meaning(is_approvable=True, has_last_day=True),
    HoldReason.PLACE_ENDED: Meaning(has_last_day=True),
    HoldReason.SIGNED_ANEW: Meaning(is_approvable=True, has_last_day=True),
    HoldReason.PERSONAL: Meaning(passes=True, is_approvable=True),
    HoldReason.FEEDBACK: Meaning(passes=True, again_after=_HOURLY, has_last_day=True),
    HoldReason.OFFER_OPEN: Meaning(
        passes=True, again_after=_SOON, is_approvable=True, is_open=True, has_last_day=True
    ),
    HoldReason.OFFER_FELL: Meaning(passes=True, again_after=_SOON, is_approvable=True, is_open=True),
    HoldReason.OFFER_IN_HAND: Meaning(passes=True, is_approvable=True, is_alone=True, has_last_day=True),
    HoldReason.CAME_BACK: Meaning(passes=True, is_approvable=True, is_alone=True, has_last_day=True),
    HoldReason.CHECK: Meaning(passes=True, again_after=_SOON, has_last_day=True),
    HoldReason.RETURNED: Meaning(passes=True, again_after=_SOON, has_last_day=True),
    HoldReason.REPLY_UNREAD: Meaning(has_last_day=True),
    HoldReason.SAME_JOB_HIRED: Meaning(passes=True),
    HoldReason.SAME_JOB_OFFER: Meaning(passes=True, has_last_day=True),
    HoldReason.SAME_JOB_INTERVIEW: Meaning(passes=True, has_last_day=True),
    HoldReason.SAME_JOB_OPEN: Meaning(passes=True, has_last_day=True),
    HoldReason.SAME_JOB_TOLD: Meaning(passes=True),
    HoldReason.SAME_JOB_FIRST: Meaning(passes=True, has_last_day=True),
    HoldReason.HIRED_ELSEWHERE: Meaning(passes=True),
    HoldReason.LETTER_TODAY: Meaning(passes=True),
    HoldReason.TOGETHER: Meaning(is_approvable=True),
    HoldReason.TAKEN_BACK: _ENDED,
    HoldReason.TOLD_TOGETHER: _ENDED,
    HoldReason.HOST_SAYS_OTHERWISE: _ENDED,
    HoldReason.TOLD_ELSEWHERE: _ENDED,
    HoldReason.RECALL_CLOSED: _ENDED,
    HoldReason.LEFT_POOL: _ENDED,
    HoldReason.OBJECTED: _ENDED,
    HoldReason.FORGOTTEN: _ENDED,
    HoldReason.STALE: _ENDED,
    HoldReason.ANSWERED: _ENDED,
    HoldReason.SERVER_REFUSED: _ENDED,
    HoldReason.TRIES_SPENT: _ENDED,
    HoldReason.NO_ANSWER: _ENDED,
}
"""One line for each reason: with its word and sentence in ``enums`` all that a new one costs."""

PASSING = frozenset(because for because, meaning in MEANINGS.items() if meaning.passes)
APPROVABLE = frozenset(because for because, meaning in MEANINGS.items() if meaning.is_approvable)
APPROVED_AMONG_MANY = APPROVABLE - {because for because, meaning in MEANINGS.items() if meaning.is_alone}
STILL_OPEN = frozenset(because for because, meaning in MEANINGS.items() if meaning.is_open)
"""Why a finalist's letter waits for what becomes of the job."""
TOGETHER = (
    HoldReason.BEFORE_START,
    HoldReason.IMPORTED,
    HoldReason.AFTER_A_PAUSE,
    HoldReason.RESTORED,
    HoldReason.HIDDEN,
)
"""Reasons that come over many letters at once, and that a person settles for all of them."""
WITH_LAST_DAY = frozenset(because for because, meaning in MEANINGS.items() if meaning.has_last_day)
BY_THEMSELVES = frozenset({HoldReason.LETTER_TODAY, HoldReason.TOGETHER})
"""What needs nobody: it goes in its turn, or with another."""


def meaning_of(because: str | None) -> Meaning:
    """Return what a stored reason means; of one that this version does not know, or of none, nothing is so."""
    return MEANINGS.get(HoldReason(because), _ENDED) if because in _WORDS else _ENDED


_WORDS = frozenset(HoldReason)
