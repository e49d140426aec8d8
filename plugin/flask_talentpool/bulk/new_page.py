"""What the page shows on which somebody says what to do to many."""

from dataclasses import dataclass

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.bulk.choices import LETTER, MOST, Keys, Which, why
from flask_talentpool.bulk.selection import count, failed, selected
from flask_talentpool.context import Context
from flask_talentpool.enums import Act, LetterKind
from flask_talentpool.letters.holds import TOGETHER

OFFERED: dict[str, tuple[Act, ...]] = {
    "held": (Act.APPROVE, Act.SEND_NOW, Act.SET, Act.TAKE_BACK, Act.TELL),
    "waiting": (Act.HOLD, Act.SEND_NOW, Act.SET, Act.TAKE_BACK, Act.TELL),
    "untold": (Act.APPROVE, Act.SEND_NOW, Act.HOLD, Act.SET, Act.TAKE_BACK, Act.TELL),
    "failed": (Act.SEND_AGAIN,),
}
"""What can be done, by where the letters stand; the first is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage:
    """Choosing what to do to many."""

    state: str
    because: str
    sentence: str
    job: str
    count: int
    total: int
    """Of how many, where only the first go at once."""
    most: int
    keys: tuple[str, ...]
    acts: tuple[str, ...]


def new_page(
    ctx: Context, visible: Visible, *, which: Which | None = None, letters: tuple[int, ...] = ()
) -> NewPage:
    """Read what is chosen: all letters that stand somewhere, or some of them by id."""
    decision, letter = ctx.models.decision, ctx.models.letter
    if which is not None:
        found = failed(ctx, which.because) if which.state == "failed" else selected(ctx, which)
        number = total = count(ctx, visible(found))
        if which.state == "failed" or which.because in TOGETHER:
            number = min(total, MOST)
        keys: tuple[str, ...] = ()
    else:
        ticked = sa.select(letter.decision_id).where(
            letter.id.in_(letters), letter.kind == LetterKind.OUTCOME
        )
        rows = visible(sa.select(decision).where(decision.id.in_(ticked), decision.live_for.is_not(None)))
        keys = tuple(ctx.session.scalars(rows.with_only_columns(decision.application_key)))
        number = total = len(keys)
    state = which.state if which is not None else "untold"
    because = which.because if which is not None else ""
    return NewPage(
        state=state,
        because=because,
        sentence=why(because) if because else "",
        job=which.job if which is not None else "",
        count=number,
        total=total,
        most=MOST,
        keys=keys,
        acts=tuple(OFFERED[state]),
    )


def keys_page(keys: Keys, *, can_reject: bool) -> NewPage:
    """Return the page for what was chosen by key: applications somewhere else, or letters that failed."""
    has_failed = any(key.startswith(LETTER) for key in keys.keys)
    acts = (*OFFERED["untold"], *((Act.REJECT,) if can_reject else ()))
    return NewPage(
        state="failed" if has_failed else "untold",
        because="",
        sentence="",
        job="",
        count=len(keys.keys),
        total=len(keys.keys),
        most=MOST,
        keys=keys.keys,
        acts=OFFERED["failed"] if has_failed else acts,
    )
