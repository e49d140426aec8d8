"""Several plain refusals of one person on one day: one letter names all the jobs, the others wait for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import filtering, padded
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.outcome.facts import LetterFacts
from flask_talentpool.decisions.outcome.other import is_plain
from flask_talentpool.decisions.outcome.release import mode_of, next_moment
from flask_talentpool.decisions.outcome.schedule import zone_of
from flask_talentpool.enums import DecisionState, Door, HoldReason, LetterKind, LetterState, Mode, Outcome
from flask_talentpool.letters import outbox
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import signer_of
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.letters.texts.render import columns_of
from flask_talentpool.letters.texts.vocabulary import TOGETHER

_LEADS = (LetterState.DUE, LetterState.SENDING, LetterState.UNKNOWN)
"""Where a letter stands that others wait for."""


@dataclass(slots=True)
class Waiting:
    """One letter that may tell of others, or be told by another, with what is known of it."""

    facts: LetterFacts
    letter: LetterMixin


def may_go_together(ctx: Context, facts: LetterFacts) -> bool:
    """Whether a letter that nothing holds could be told in one with another of the same person."""
    return is_alike(ctx, facts) and any(
        other.outcome == Outcome.REJECTED
        and other.decision_id is not None
        and other.told_at is None
        and other.is_plain
        and not other.is_going
        for other in facts.person.others
    )


def is_alike(ctx: Context, facts: LetterFacts) -> bool:
    """Whether nothing in a letter is this application's alone: nobody approved it, it has no line, and so on."""
    decision, letter = facts.decision, facts.letter
    is_approved = letter is not None and letter.approved_at is not None
    return is_plain(decision) and not is_approved and mode_of(ctx, decision) is Mode.AUTO


def in_common(ctx: Context, facts: LetterFacts) -> tuple[Any, ...]:
    """Return what letters have in common that can be one: the person by name and address, and whom it comes from."""
    application = facts.host.application
    to, language = drafts.addressed_to(ctx, application), language_for(ctx, application)
    return (
        facts.decision.scope,
        facts.decision.person_id,
        " ".join(to["to_name"].casefold().split()),
        to["to_address"].casefold(),
        str(ctx.host.read("client", application) or ""),
        language,
        signer_of(ctx, application, language=language),
    )


# Gathering


def with_mates(ctx: Context, ids: Sequence[int]) -> list[int]:
    """Return decisions together with those of the same people whose letters may be told in one with theirs."""
    decision, letter = ctx.models.decision, ctx.models.letter
    people = sa.select(decision.person_id).where(decision.id.in_(padded(ids)))
    lead = aliased(letter)
    in_the_air = sa.exists().where(lead.id == letter.with_letter_id, lead.state.in_(outbox.IN_THE_AIR))
    waits = sa.or_(
        letter.state == LetterState.DUE,
        sa.and_(letter.state == LetterState.HELD, letter.because == HoldReason.TOGETHER, ~in_the_air),
    )
    mates = (
        sa.select(decision.id)
        .join(letter, sa.and_(letter.decision_id == decision.id, letter.kind == LetterKind.OUTCOME))
        .where(
            decision.person_id.in_(people),
            decision.state == DecisionState.LIVE,
            decision.told_at.is_(None),
            waits,
        )
    )
    return sorted({*ids, *ctx.session.scalars(mates)})


def ungathered(ctx: Context, *, after: int, limit: int) -> list[int]:
    """Return ids, up to so many, of decisions whose letter waits to be told together and has no letter to wait for."""
    decision, letter = ctx.models.decision, ctx.models.letter
    lead = aliased(letter)
    has_lead = sa.exists().where(
        lead.id == letter.with_letter_id,
        lead.state.in_(_LEADS),
        sa.or_(lead.state != LetterState.DUE, lead.approved_at.is_(None)),
    )
    statement = (
        sa.select(decision.id)
        .join(letter, letter.decision_id == decision.id)
        .where(
            decision.id > after,
            letter.kind == LetterKind.OUTCOME,
            letter.state == LetterState.HELD,
            letter.because == HoldReason.TOGETHER,
            ~has_lead,
        )
    )
    return list(ctx.session.scalars(statement.order_by(decision.id).limit(limit)))


def gather(ctx: Context, waiting: Iterable[Waiting]) -> None:
    """Let the first letter of each person and day tell of all: it is due, the others wait for it.

    Args:
        ctx: The unit of work.
        waiting: Letters that are locked, and held to be told together.
    """
    in_order = sorted(waiting, key=lambda one: one.letter.id)
    by_id = {one.letter.id: one.letter for one in in_order}
    days: dict[tuple[Any, ...], list[Waiting]] = defaultdict(list)
    for one in in_order:
        # What waits for another goes on the day of that one, which may have been put off.
        due_at = by_id.get(one.letter.with_letter_id or 0, one.letter).due_at
        day = due_at.astimezone(zone_of(ctx, one.facts.candidate)).date()
        days[*in_common(ctx, one.facts), day].append(one)
    for those in days.values():
        lead, riders = those[0], those[1:]
        riders = riders if not riders or tell_of(ctx, lead, riders) else []
        for alone in those if not riders else [lead]:
            due_at = max(one.letter.due_at for one in [alone, *riders])
            alone.letter.due_at = next_moment(ctx, due_at, alone.facts.candidate)
            alone.letter.with_letter_id = None
            outbox.move(alone.letter, LetterState.DUE)
        for rider in riders:
            rider.letter.with_letter_id = lead.letter.id


def tell_of(ctx: Context, lead: Waiting, riders: Sequence[Waiting]) -> bool:
    """Write the words of a letter that tells of others as well; say whether they can be told so.

    Several applications for one job are told as one.
    """
    jobs: dict[tuple[str, str], str] = {}
    for one in (lead, *riders):
        decision = one.facts.decision
        language = language_for(ctx, one.facts.host.application)
        reason = drafts.reason_sentence(ctx, decision, language, why=one.facts.why)
        job = decision.job_key, " ".join(decision.job_label.casefold().split())
        jobs.setdefault(job, f"{decision.job_label}: {reason}" if reason else decision.job_label)
    if len(jobs) == 1:
        return True
    if not all(jobs.values()):
        return False
    is_open = any(one.facts.decision.door == Door.UNLATCHED for one in (lead, *riders))
    draft = drafts.draft(
        ctx,
        lead.facts.decision,
        lead.facts.host.application,
        pool_name="",
        text=f"{TOGETHER}.{Door.UNLATCHED if is_open else Door.CLOSED}",
        more={"jobs": "\n".join(jobs.values())},
        is_kept=bool(lead.facts.is_kept),
    )
    if draft.written is None or draft.has_error:
        return False
    for name, value in columns_of(draft.written).items():
        setattr(lead.letter, name, value)
    return True


# At hand-over


def riders_of(ctx: Context, leads: Iterable[LetterMixin]) -> dict[int, list[LetterMixin]]:
    """Take the letters that wait for others for this transaction, by id, and read them again."""
    letter = ctx.models.letter
    ids = padded(sorted(lead.id for lead in leads))
    statement = (
        sa.select(letter)
        .where(letter.with_letter_id.in_(ids), filtering(letter.state) == LetterState.HELD)
        .order_by(letter.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[LetterMixin]] = defaultdict(list)
    for row in ctx.session.scalars(statement) if ids else ():
        if row.with_letter_id is not None:
            found[row.with_letter_id].append(row)
    return found


def let_ride_alone(riders: Iterable[LetterMixin]) -> None:
    """Let letters wait for another no more; who may lead them, the next round says."""
    for rider in riders:
        rider.with_letter_id = None


def told_with(ctx: Context, leads: Sequence[LetterMixin]) -> None:
    """Letters went: those that waited for them never go, having been told by them."""
    letter = ctx.models.letter
    ctx.session.execute(
        sa.update(letter)
        .where(
            letter.with_letter_id.in_(padded([lead.id for lead in leads])),
            filtering(letter.state) == LetterState.HELD,
        )
        .values(state=LetterState.CANCELLED, because=HoldReason.TOLD_TOGETHER, detail=""),
        execution_options={"synchronize_session": False},
    )
