"""Decisions that wait for their letter to be written, or written anew."""

import logging
from collections.abc import Callable, Sequence
from functools import partial

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.decisions.outcome.letter import Answered, answer_all, gather_all
from flask_talentpool.decisions.outcome.together import ungathered
from flask_talentpool.enums import DecisionState, LetterKind, LetterState, Outcome
from flask_talentpool.errors import BeingHandedOver, Refused
from flask_talentpool.letters.holds import PASSING
from flask_talentpool.noticing.sync import SyncReport
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")

AT_ONCE = 100
"""How many are answered in one transaction: whoever acts on one of them waits that long, a third of a second, and so
does on SQLite whoever writes anything."""


def waiting_decisions(ctx: Context, *, after: int, limit: int) -> list[int]:
    """Return ids, up to so many, of decisions that still want facts or a letter, or whose letter is held for a reason that may be gone.

    Two statements, each by an index of its own: most decisions of a host are read and told.
    """
    decision, letter = ctx.models.decision, ctx.models.letter
    its_own = sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME)
    live = decision.state == DecisionState.LIVE
    wanting = sa.and_(
        live,
        decision.outcome == Outcome.REJECTED,
        decision.told_at.is_(None),
        sa.or_(
            ~sa.exists().where(its_own),
            sa.exists().where(
                its_own,
                letter.state == LetterState.HELD,
                letter.because.in_(list(PASSING)),
                sa.or_(letter.held_until.is_(None), letter.held_until <= ctx.now()),
            ),
        ),
    )
    unread = sa.and_(live, decision.completed_at.is_(None))
    found = {key for which in (unread, wanting) for key in _first(ctx, which, after=after, limit=limit)}
    return sorted(found)[:limit]


def unread_from_before(ctx: Context, *, after: int, limit: int) -> list[int]:
    """Return ids, up to so many, of unread decisions from before the first start of people who came into a pool since.

    Their history is read as well. It reads all that is from before the first start.
    """
    decision, link = ctx.models.decision, ctx.models.candidate_link
    is_linked = sa.exists().where(link.candidate_key == decision.candidate_key, link.scope == decision.scope)
    unread = sa.and_(decision.state == DecisionState.BASELINE, decision.completed_at.is_(None), is_linked)
    return _first(ctx, unread, after=after, limit=limit)


def _first(ctx: Context, which: sa.ColumnElement[bool], *, after: int, limit: int) -> list[int]:
    decision = ctx.models.decision
    statement = sa.select(decision.id).where(decision.id > after, decision.application_id.is_not(None), which)
    return list(ctx.session.scalars(statement.order_by(decision.id).limit(limit)))


def answer_waiting(transact: Transact, report: SyncReport, *, whole: bool) -> None:
    """Read the facts of decisions and compose their letters, many in a transaction.

    What cannot be read or composed is left to the next sync; it keeps none of the others from being answered.

    Args:
        transact: Does something in a transaction of its own, again where a race was lost.
        report: Counts what was done.
        whole: Read the history of people from before the first start too.
    """
    _answer_all_of(transact, waiting_decisions, report)
    if whole:
        _answer_all_of(transact, unread_from_before, report)
    _answer_all_of(transact, ungathered, report, by=gather_all)


def _answer_all_of(
    transact: Transact,
    which: Callable[..., list[int]],
    report: SyncReport,
    *,
    by: Callable[..., Answered] = answer_all,
) -> None:
    after = 0
    while ids := transact(partial(which, after=after, limit=AT_ONCE)):
        _answer(transact, ids, report, by=by)
        after = ids[-1]


def _answer(
    transact: Transact, ids: Sequence[int], report: SyncReport, *, by: Callable[..., Answered]
) -> None:
    try:
        answered: Answered = transact(partial(by, ids=ids))
    except (BeingHandedOver, Refused):
        if len(ids) == 1:
            return  # it went, or somebody settled it, while this looked
    except Exception:  # one letter that cannot be composed must not keep the others from going
        if len(ids) == 1:
            logger.exception("decision %s could not be answered; it is tried again at the next sync", ids[0])
            report.failed += 1
            return
    else:
        report.composed += answered.composed
        report.held += answered.held
        report.failed += len(answered.unread)
        for decision_id, error in answered.unread.items():
            logger.warning(
                "the application of decision %s cannot be read by the map: %s; it is tried again at the next sync",
                decision_id,
                type(error).__name__,
            )
        return
    for decision_id in ids:
        _answer(transact, [decision_id], report, by=by)
