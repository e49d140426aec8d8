"""What a letter's text may say: which texts there are, their values, and the links each of them may hold."""

from collections.abc import Mapping
from types import MappingProxyType

from flask_talentpool.enums import Door, StageReached
from flask_talentpool.links import Purpose

PLAIN = "outcome/plain"
TOGETHER = "outcome/together"
"""One letter about several applications; the door follows as in other outcomes, an open one excepted."""
DECIDED = "progress_decided"
"""What says to somebody decided about that we owe them the answer, and by which day."""
NAMES = (
    *(f"outcome/{stage}.{door}" for stage in StageReached for door in Door),
    PLAIN,
    *(f"{TOGETHER}.{door}" for door in (Door.UNLATCHED, Door.CLOSED)),
    *(f"confirmation.{door}" for door in Door),
    "correction",
    "progress",
    DECIDED,
    "recall",
    "recall_member",
    "enquiry",
    "recall_reminder",
)
"""Every text there is, in the order in which pages list them."""

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "name": "The person’s full name.",
        "company": "What letters call the company.",
        "writer": "Who signs: the job’s owner, else the deputy or the hiring team.",
        "reply_address": "The address that answers go to.",
        "job": "The job’s title; may be empty.",
        "earlier_job": "The job of the earlier application; may be empty, and only in “enquiry”.",
        "jobs": "The jobs, each in a paragraph of its own with the sentence of its reason; only in “together”.",
        "writer_role": "What the writer does; may be empty.",
        "interviewed_on": "The day of the interview; may be empty.",
        "applied_on": "The day of the application; may be empty.",
        "reason": "The sentence of the reason, where it may be shared; may be empty.",
        "line": "The one personal line; may be empty.",
        "feedback": "Feedback to share, in paragraphs of its own; may be empty.",
        "pool": "The pool in which a place is offered; only where the door is open.",
        "wanted_by": "Who said “we want them back”; only where the door is open.",
        "keep_months": "How many months a place lasts.",
        "answer_by": "Until when an invitation can be answered; may be empty.",
        "next_by": "By when we write again, or the answer is there; only in “progress” and “progress_decided”.",
        "told_how": "How the person was told, such as “on the phone”; may be empty.",
        "told_on": "On which day the person was told, or written to; may be empty.",
        "why": "Why what we wrote no longer holds; only in “correction”.",
        "formal": "Whether TALENTPOOL_FORM_OF_ADDRESS is “formal”; only to ask for with if.",
        "own_address": "Whether the address that answers go to is the writer’s own; only to ask for with if.",
        "by_name": "Whether a person signs, and not the hiring team; only to ask for with if.",
        "again": "Whether we wrote that it is still open before; only to ask for with if.",
        "last": "Whether we ask no more until the person writes to us; only to ask for with if.",
        "kept": "Whether the person has a place in a pool already; only to ask for with if.",
    }
)
"""Each name that a text may use, with what it stands for."""

FLAGS = frozenset({"formal", "own_address", "by_name", "again", "kept", "last"})
"""Names that answer a question and have no words of their own."""

REQUIRED = ("name", "company", "writer", "reply_address")
"""What every letter needs."""
_ALSO_REQUIRED = {
    f"{TOGETHER}.{Door.UNLATCHED}": ("jobs",),
    f"{TOGETHER}.{Door.CLOSED}": ("jobs",),
    "recall": ("job",),
    "recall_member": ("job",),
    "enquiry": ("job",),
    "recall_reminder": ("job", "answer_by", "told_on"),
    "progress": ("next_by",),
    DECIDED: ("next_by",),
    "correction": ("why",),
}

_PURPOSES = {
    "outcome": (Purpose.STAY,),
    "confirmation": (Purpose.STAY,),
    "recall": (Purpose.ANSWER,),
    "recall_member": (Purpose.ANSWER,),
    "enquiry": (Purpose.ANSWER,),
    "recall_reminder": (Purpose.ANSWER,),
    "": (Purpose.STAY, Purpose.ANSWER),
}


def required_for(name: str) -> tuple[str, ...]:
    """Return the values without which a text is not written.

    >>> required_for("progress")[-1]
    'next_by'
    """
    return REQUIRED + _ALSO_REQUIRED.get(name, ())


def purposes_for(name: str) -> tuple[Purpose, ...]:
    """Return what the personal links of a text may be for; for no name, of any text.

    Where the door is closed there is no way back, so there is no link to one.

    >>> purposes_for("outcome/finalist.unlatched"), purposes_for("outcome/finalist.closed")
    ((<Purpose.STAY: 'stay'>,), ())
    """
    if name == PLAIN or name.endswith(f".{Door.CLOSED}"):
        return ()
    return _PURPOSES.get(name.partition("/")[0].partition(".")[0], ())
