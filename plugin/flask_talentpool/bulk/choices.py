"""What can be done to many decisions at once, and what is chosen for all of them."""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import LONGEST_DETAIL
from flask_talentpool.decisions.telling.told import CHANNELS
from flask_talentpool.enums import Act, BulkState, Door, LetterState, sentence_of
from flask_talentpool.errors import Refused

MOST = 5000
"""How many decisions one act may reach."""
TYPED_ABOVE = 30
"""From how many on the number has to be typed before anything happens."""


@dataclass(frozen=True, slots=True)
class BulkWords:
    """How pages speak of an act."""

    title: str
    button: str
    """With ``{n}`` for how many of what."""
    of: tuple[str, str]
    """Of what, one and many."""
    done: str
    """Stands before the number of those done."""
    effect: str
    """What will happen, in sentences."""
    announces: str = "drops"
    """What that is for the letters, as ``_macros.html`` names it."""

    def press(self, number: int) -> str:
        """Return what stands on the button.

        >>> WORDS[Act.HOLD].press(1), WORDS[Act.HOLD].press(1200)
        ('Hold 1 letter', 'Hold 1,200 letters')
        """
        return self.button.format(n=f"{number:,} {self.of[0] if number == 1 else self.of[1]}")


_LETTERS, _PEOPLE, _DECISIONS = ("letter", "letters"), ("person", "people"), ("decision", "decisions")

WORDS: dict[str, BulkWords] = {
    Act.APPROVE: BulkWords("Let letters go", "Let {n} go", _LETTERS, "Going at their time", "Each goes at its own time, to its person in their language. Until it has gone it can be held or taken back.", "goes"),
    Act.SEND_NOW: BulkWords("Send now", "Send {n} now", _LETTERS, "On their way", "They go with the next round of the worker, each to its person in their language. What has gone cannot be undone.", "goes"),
    Act.HOLD: BulkWords("Hold", "Hold {n}", _LETTERS, "Held", "Nothing goes until somebody approves it."),
    Act.TAKE_BACK: BulkWords("Take back", "Take {n} back", _DECISIONS, "Taken back", "The decisions no longer stand here and nothing is sent. Your ATS still says rejected: change it there as well."),
    Act.SET: BulkWords("Set door, reason or “no line”", "Set this for {n}", _PEOPLE, "Set for", "The letters that wait are written anew with it. Where no line is needed any more, one that waited for nothing else goes at its time, to its person in their language.", "moves"),
    Act.TELL: BulkWords("Mark as told", "Mark {n} as told", _PEOPLE, "Marked as told", "No letter of ours goes to them. This cannot be undone."),
    Act.REJECT: BulkWords("Turn down", "Turn down {n}", _PEOPLE, "Turned down", "Your ATS is told, and each gets an outcome letter in their language: after the delay, or later where it waits for a line or for somebody to read it.", "goes"),
    Act.SEND_AGAIN: BulkWords("Send again", "Send {n} again", _LETTERS, "Set to go again", "Each is looked at anew and goes with the next round of the worker, to its person in their language, under the same number, so that a mail program sees one letter. Mend first what the mail server said. What has gone cannot be undone.", "goes"),
}  # fmt: skip


def words_of(act: str) -> BulkWords:
    """Return how pages speak of an act; one that another version was asked for is shown as it is, and not done."""
    effect = "This version knows no such act; another version was asked for it. Nothing is done."
    return WORDS.get(act) or BulkWords(str(act), "{n}", _DECISIONS, "Done", effect)


WHY: dict[str, str] = {
    "told": "Told already.",
    "ended": "The decision no longer stands.",
    "going_out": "The letter is going out right now. Reload in a minute to see whether it went.",
    "fate_unknown": "The letter may have arrived. Find out, then say so on the letters page.",
    "no_letter": "No letter is written for this decision. The worker writes it in its next round, unless the mode is “off” or the first sync has not been.",
    "goes_already": "Goes at its time already.",
    "held_already": "Held already.",
    "decided": "Decided by now.",
    "has_offer": "Has an offer of ours. Settle the offer in your ATS first; or turn this person down alone, on a page that names the offer.",
    "not_there": "The application is no longer in your ATS.",
    "same_already": "Says so already.",
    "changed": "Somebody changed it since; it stays as they left it.",
    "cannot_undo": "Somebody was told. That cannot be undone.",
    "no_such_address": "There is no such address, the mail server says. Correct it in your ATS and send this one again by itself, or tell the person another way.",
    "not_failed": "It waits again already, or was cancelled.",
    "error": "Something went wrong with this one; the server’s log says what. The others went on.",
}
"""Why one of many is left out, failed or stays, where no reason of a letter says it."""


def why(because: str) -> str:
    """Return the sentence for why one of many is not done."""
    return WHY.get(because) or sentence_of(because)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkChoices:
    """What is set for all of them; an empty one changes nothing."""

    door: str = ""
    reason: str = ""
    reason_detail: str = ""
    no_line: bool = False
    channel: str = ""
    is_alone: bool = False
    """Whether one person alone was chosen: then the page names their offer, and may be told to go on."""
    despite_offer: bool = False
    """Whether somebody said so, of a person with an offer of ours."""
    not_there: int = 0
    """How many of the keys asked for are not there, or belong to somebody else; nobody can tell which."""

    @property
    def opens(self) -> bool:
        """Whether this promises people a place."""
        return self.door == Door.OPEN

    def as_json(self) -> str:
        """Return the choices that say something, as kept."""
        return json.dumps({key: value for key, value in asdict(self).items() if value})

    @classmethod
    def from_json(cls, kept: str) -> "BulkChoices":
        """Read choices as kept."""
        found: dict[str, Any] = json.loads(kept or "{}")
        return cls(**{field.name: found[field.name] for field in fields(cls) if field.name in found})


STATES: dict[str, tuple[LetterState, ...]] = {
    "waiting": (LetterState.DUE,),
    "held": (LetterState.HELD,),
    "untold": (LetterState.HELD, LetterState.DUE),
    "failed": (LetterState.FAILED,),
}
LETTER = "letter:"
"""Begins the key of one of many that is a letter of any kind, and no application."""


def letter_in(key: str) -> int | None:
    """Return the id of the letter that a key names; None where it names none.

    >>> letter_in("letter:17"), letter_in("17"), letter_in("letter:" + "9" * 30)
    (17, None, None)
    """
    text = key.removeprefix(LETTER) if key.startswith(LETTER) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _TOO_LONG else None


_TOO_LONG = 19
"""So many digits are more than an id column holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """All outcome letters that stand somewhere, as a page lists them; of those that failed, letters of all kinds.

    Attributes:
        state: ``waiting``, ``held``, ``untold`` (both) or ``failed``.
        because: Only those held, or failed, for this reason.
        job: Only those for the job of this key.
    """

    state: str
    because: str = ""
    job: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Applications by the host's keys, as text."""

    keys: tuple[str, ...]


TRANSITIONS: dict[BulkState, frozenset[BulkState]] = {
    BulkState.LOOKING: frozenset({BulkState.READY, BulkState.STOPPED}),
    BulkState.READY: frozenset({BulkState.RUNNING, BulkState.STOPPED}),
    BulkState.RUNNING: frozenset({BulkState.DONE, BulkState.STOPPED}),
    BulkState.STOPPED: frozenset({BulkState.LOOKING, BulkState.RUNNING, BulkState.UNDOING}),
    BulkState.DONE: frozenset({BulkState.UNDOING}),
    BulkState.UNDOING: frozenset({BulkState.UNDONE, BulkState.STOPPED}),
    BulkState.UNDONE: frozenset(),
}
"""Which state work on many may go to."""


def checked(ctx: Context, act: Act, choices: BulkChoices, *, by: Actor) -> BulkChoices:
    """Return what of the choices matters to this act; refuse what it cannot do, with the remedy.

    Raises:
        Refused: Something is missing, unknown, or not mapped in this host.
    """
    if act is Act.REJECT and ctx.host.map.reject is None:
        raise Refused(
            "Nobody can be rejected from here: map HostMap.reject, or set the outcome in your ATS.", "reject"
        )
    if act is Act.TELL and choices.channel not in CHANNELS:
        raise Refused(f"Say how they were told: one of {', '.join(CHANNELS)}.", "channel")
    if act is Act.SET:
        return _checked_set(ctx, choices, by=by)
    return BulkChoices(channel=choices.channel) if act is Act.TELL else BulkChoices()


def _checked_set(ctx: Context, choices: BulkChoices, *, by: Actor) -> BulkChoices:
    if not (choices.door or choices.reason or choices.no_line):
        raise Refused("Choose what to set: a door, a reason, or “no line”.", "choices")
    if choices.door and choices.door not in set(Door):
        raise Refused("There is no such door: open, unlatched or closed.", "door")
    if choices.opens and not by.name.strip():
        raise Refused(
            "An open door is said by a person with a name. Give your user a name in the ATS first.", "door"
        )
    if not choices.reason:
        return replace(choices, channel="", reason_detail="")
    reason = ctx.settings.reasons.get(choices.reason)
    if reason is None:
        raise Refused(f"There is no such reason; choose one of {', '.join(ctx.settings.reasons)}.", "reason")
    detail = " ".join(choices.reason_detail.split())[:LONGEST_DETAIL] if reason.needs_detail else ""
    if reason.needs_detail and not detail:
        raise Refused("This reason names a stated requirement: say which.", "reason_detail")
    return replace(choices, channel="", reason_detail=detail)
