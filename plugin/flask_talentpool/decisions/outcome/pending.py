"""Decisions that wait for their letter to be written, or written anew."""

import dataclasses
import logging
from functools import partial

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.outcome.hold_reasons import REVIEWS
from flask_talentpool.decisions.outcome.letter import answer
from flask_talentpool.enums import DecisionState, HoldReason, LetterKind, LetterState, Outcome
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.noticing.sync import BATCH, SyncReport
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")

REASSESSED = (
    HoldReason.WHO_WRITES,
    HoldReason.SETTINGS,
    HoldReason.NO_ADDRESS,
    HoldReason.BAD_ADDRESS,
    HoldReason.NO_NAME,
    HoldReason.TEXT,
    HoldReason.IDENTITY,
    HoldReason.REVIEW,
    HoldReason.HOST_WRITES,
    *REVIEWS,
    HoldReason.PERSONAL,
    HoldReason.FEEDBACK,
    HoldReason.OFFER_OPEN,
    HoldReason.OFFER_FELL,
    HoldReason.CHECK,
    HoldReason.RETURNED,
)
"""Reasons that can go away by themselves: letters held for them are looked at again, some only in time."""


def waiting_decisions(ctx: Context, *, after: int, limit: int) -> list[int]:
    """Return ids, up to so many, of decisions that still want facts or a letter, or whose letter is held for a reason that may be gone."""
    decision, letter = ctx.models.decision, ctx.models.letter
    unread = decision.completed_at.is_(None)
    its_own = sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME)
    wanting = sa.and_(
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
        sa.or_(
            ~sa.exists().where(its_own),
            sa.exists().where(
                its_own,
                letter.state == LetterState.HELD,
                letter.because.in_(list(REASSESSED)),
                sa.or_(letter.held_until.is_(None), letter.held_until <= ctx.now()),
            ),
        ),
    )
    link = ctx.models.candidate_link
    is_linked = sa.exists().where(link.candidate_key == decision.candidate_key, link.scope == decision.scope)
    live = sa.and_(decision.state == DecisionState.LIVE, sa.or_(unread, wanting))
    # Somebody from before the first start came into a pool: their history is read as well.
    before = sa.and_(decision.state == DecisionState.BASELINE, unread, is_linked)
    statement = sa.select(decision.id).where(
        decision.id > after, decision.application_id.is_not(None), sa.or_(live, before)
    )
    return list(ctx.session.scalars(statement.order_by(decision.id).limit(limit)))


def answer_waiting(transact: Transact, report: SyncReport) -> None:
    """Read the facts of decisions and compose their letters, each in a transaction.

    What cannot be read or composed is left to the next sync; it keeps none of the others from being answered.

    Args:
        transact: Does something in a transaction of its own, again where a race was lost.
        report: Counts what was done.
    """
    after = 0
    while ids := transact(partial(waiting_decisions, after=after, limit=BATCH)):
        for decision_id in ids:
            _answer(transact, decision_id, report)
        after = ids[-1]


def _answer(transact: Transact, decision_id: int, report: SyncReport) -> None:
    mine = dataclasses.replace(report)
    try:
        transact(lambda ctx: answer_one(ctx, decision_id, mine))
    except (BeingHandedOver, Refused):
        return  # it went, or somebody settled it, while this looked
    except Exception:  # one letter that cannot be composed must not keep the others from going
        logger.exception("decision %s could not be answered; it is tried again at the next sync", decision_id)
        report.failed += 1
        return
    report.composed, report.held = mine.composed, mine.held


def answer_one(ctx: Context, decision_id: int, report: SyncReport) -> None:
    """Read the facts of one decision and compose its letter."""
    decision = ctx.session.get_one(ctx.models.decision, decision_id)
    before = letter_of(ctx, decision)
    letter = answer(ctx, decision)
    if letter is None:
        return
    if before is None:
        report.composed += 1
    if letter.state == LetterState.HELD:
        report.held += 1
