"""A few letters as they would go: what many people are about to read."""

import contextlib
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor, Visible
from flask_talentpool.bulk.choices import BulkChoices
from flask_talentpool.bulk.eligibility import applications
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import Changes, copy_of, imagined, put
from flask_talentpool.decisions.facts import read_facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import preview
from flask_talentpool.enums import Act, Door, ItemState, LetterKind
from flask_talentpool.errors import Refused
from flask_talentpool.letters.reading import Paragraphs, paragraphs

SAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One letter of those that would go."""

    to_name: str
    job: str
    subject: str
    body: Paragraphs


def samples(ctx: Context, bulk: BulkMixin, visible: Visible) -> tuple[Sample, ...]:
    """Read at most five, spread over all of them, as they would go now; stores nothing."""
    act, choices = bulk.act, BulkChoices.from_json(bulk.choices)
    item = ctx.models.bulk_item
    part = (
        sa.select(item.id, sa.func.ntile(SAMPLES).over(order_by=item.id).label("part"))
        .where(item.bulk_id == bulk.id, item.state == ItemState.READY)
        .subquery()
    )
    first = sa.select(sa.func.min(part.c.id)).group_by(part.c.part)
    chosen = ctx.session.execute(
        sa.select(item.application_key, item.decision_id, item.letter_id)
        .where(item.id.in_(first))
        .order_by(item.id)
    ).all()
    if act is Act.REJECT:
        return _of_undecided(ctx, [row.application_key for row in chosen])
    ids = [row.decision_id for row in chosen]
    if act is Act.SET:
        return _of_changed(ctx, ids, choices, visible, by=Actor(bulk.by, bulk.by_name))
    letter = ctx.models.letter
    if act is Act.SEND_AGAIN:
        return _of_letters(ctx, letter.id.in_([row.letter_id for row in chosen]), visible)
    its_own = sa.and_(letter.decision_id.in_(ids), letter.kind == LetterKind.OUTCOME)
    return _of_letters(ctx, its_own, visible)


def _of_letters(ctx: Context, which: sa.ColumnElement[bool], visible: Visible) -> tuple[Sample, ...]:
    letter, decision = ctx.models.letter, ctx.models.decision
    rows = list(ctx.session.scalars(visible(sa.select(letter).where(which)).order_by(letter.id)))
    about = sa.select(decision.id, decision.job_label).where(
        decision.id.in_([row.decision_id for row in rows if row.decision_id is not None])
    )
    jobs = {row.id: row.job_label for row in ctx.session.execute(about)}
    return tuple(
        Sample(
            to_name=row.to_name or "No name",
            job=jobs.get(row.decision_id or 0, ""),
            subject=row.subject,
            body=paragraphs(row.text),
        )
        for row in rows
    )


def _of_changed(
    ctx: Context, ids: list[int], choices: BulkChoices, visible: Visible, *, by: Actor
) -> tuple[Sample, ...]:
    """Write what the letters would say with what is set; on copies, so that nothing is stored."""
    decision = ctx.models.decision
    found = ctx.session.scalars(
        visible(sa.select(decision).where(decision.id.in_(ids))).order_by(decision.id)
    )
    rows = list(found)
    loaded = applications(ctx, [row.application_key for row in rows])
    drafted = []
    for row in rows:
        copy = copy_of(ctx, row)
        changes = Changes(
            door=Door(choices.door) if choices.door else None,
            reason=choices.reason or None,
            detail=choices.reason_detail,
        )
        with contextlib.suppress(Refused):  # what cannot be set is left out when it is worked off
            put(ctx, copy, changes, by=by)
        drafted.append(_drafted(ctx, copy, loaded.get(row.application_key)))
    return tuple(sample for sample in drafted if sample is not None)


def _of_undecided(ctx: Context, keys: list[str]) -> tuple[Sample, ...]:
    """Write what the letters would say if these were rejected now."""
    loaded = applications(ctx, keys)
    drafted = []
    for key in keys:
        application = loaded.get(key)
        if application is None:
            continue
        decision = imagined(ctx, application)
        read_facts(ctx, decision, application)
        drafted.append(_drafted(ctx, decision, application))
    return tuple(sample for sample in drafted if sample is not None)


def _drafted(ctx: Context, decision: DecisionMixin, application: Any) -> Sample | None:
    if application is None:
        return None
    written = preview(ctx, decision, application)
    candidate = ctx.host.candidate_of(application, ctx.session)
    if written is None:
        return None
    return Sample(
        to_name=ctx.host.name_of(candidate) or "No name",
        job=decision.job_label,
        subject=written.subject,
        body=paragraphs(written.text),
    )
