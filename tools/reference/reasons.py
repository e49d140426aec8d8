"""What is held, cancelled and failed, and why; the states of a letter; the texts and the names they may use."""

from flask_talentpool.enums import HoldReason, LetterState
from flask_talentpool.letters.model import LETTER_TRANSITIONS
from flask_talentpool.letters.texts.vocabulary import FLAGS, NAMES, VARIABLES
from tools.reference.blocks import table

_CANCELLED = (
    HoldReason.TAKEN_BACK,
    HoldReason.HOST_SAYS_OTHERWISE,
    HoldReason.TOLD_ELSEWHERE,
    HoldReason.RECALL_CLOSED,
    HoldReason.OBJECTED,
    HoldReason.FORGOTTEN,
    HoldReason.STALE,
    HoldReason.ANSWERED,
)
_FAILED = (HoldReason.SERVER_REFUSED, HoldReason.TRIES_SPENT, HoldReason.NO_ANSWER)


def blocks() -> dict[str, str]:
    """Return the reasons of the troubleshooting page."""
    held = tuple(because for because in HoldReason if because not in (*_CANCELLED, *_FAILED))
    return {
        "held": _definitions(held),
        "cancelled": _definitions(_CANCELLED),
        "failed": _definitions(_FAILED),
    }


def _definitions(reasons: tuple[HoldReason, ...]) -> str:
    return "\n\n".join(f"`{one.value}` {{ #{one.value} }}\n:   {one.sentence}" for one in reasons)


def state_blocks() -> dict[str, str]:
    """Return the table of a letter's states and where each may go."""
    rows = [
        (
            state.value,
            ", ".join(after.value for after in LetterState if after in LETTER_TRANSITIONS[state])
            or "nowhere: it is over",
        )
        for state in LetterState
    ]
    return {"states": table(("A letter that is", "may become"), rows)}


def text_blocks() -> dict[str, str]:
    """Return the texts there are, and the names they may use."""
    names = [
        (f"`{name}`", "asked for with `if` only" if name in FLAGS else "shown", says)
        for name, says in VARIABLES.items()
    ]
    return {
        "texts": "\n".join(f"- `{name}.txt`" for name in NAMES),
        "names": table(("Name", "How", "What it stands for"), names),
    }
