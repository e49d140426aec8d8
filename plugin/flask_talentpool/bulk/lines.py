"""The lists of those whom an act on many reaches, or does not."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from flask_talentpool.access import Visible
from flask_talentpool.bulk.choices import LETTER, letter_in, why
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """One of many in a list."""

    name: str
    job: str
    application_key: str
    decision_id: int | None
    letter_id: int | None
    """Of a letter that is one of many by itself."""
    is_letter: bool
    state: str
    sentence: str
    detail: str
    notice: str


def lines_of(
    ctx: Context, row: BulkMixin, visible: Visible, which: tuple[Any, ...], *, offset: int = 0
) -> tuple[BulkLine, ...]:
    """Read some of them, with names only where this person may see the decision."""
    item, decision, letter = ctx.models.bulk_item, ctx.models.decision, ctx.models.letter
    clock, sent = ctx.models.clock, aliased(letter)
    seen = visible(sa.select(decision)).with_only_columns(decision.id)
    met = visible(sa.select(clock)).with_only_columns(clock.id)
    read = visible(sa.select(letter)).with_only_columns(letter.id)
    rows = ctx.session.execute(
        sa.select(
            item,
            decision.id.label("seen_id"),
            sa.func.coalesce(decision.job_label, clock.job_label).label("job_label"),
            sa.func.coalesce(
                sa.func.nullif(letter.to_name, ""), sa.func.nullif(sent.to_name, ""), clock.name
            ).label("to_name"),
            sent.id.label("sent_id"),
        )
        .outerjoin(decision, sa.and_(decision.id == item.decision_id, decision.id.in_(seen)))
        .outerjoin(letter, sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME))
        # Nobody decided about yet has no letter; who was interviewed is known by their answer clock.
        .outerjoin(clock, sa.and_(clock.application_key == item.application_key, clock.id.in_(met)))
        .outerjoin(
            sent,
            sa.and_(sent.id == item.letter_id, item.application_key.startswith(LETTER), sent.id.in_(read)),
        )
        .where(item.bulk_id == row.id, *which)
        .order_by(item.id)
        .limit(PAGE_SIZE)
        .offset(offset)
    )
    return tuple(
        BulkLine(
            name=found.to_name or _named(found[0].application_key),
            job=found.job_label or "",
            application_key=found[0].application_key,
            decision_id=found.seen_id,
            letter_id=found.sent_id,
            is_letter=letter_in(found[0].application_key) is not None,
            state=found[0].state,
            sentence=why(found[0].because) if found[0].because else "",
            detail=found[0].detail,
            notice=found[0].notice,
        )
        for found in rows
    )


def _named(key: str) -> str:
    letter_id = letter_in(key)
    return f"Application {key}" if letter_id is None else f"Letter {letter_id}"
