"""The host's own reason: what it means here, and whether its records confirm it, so that a letter may say it by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from flask_talentpool.context import Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.decisions.facts import Facts
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import Outcome, StageReached, stage_rank
from flask_talentpool.host.seen import Seen, key_text
from flask_talentpool.host.values import folded


def is_said(decision: DecisionMixin) -> bool:
    """Whether a person has said why, or that no reason is given: then the host's is not asked."""
    return bool(decision.reason_code or decision.reason_by)


def code_of(ctx: Context, word: str) -> str:
    """Return the code of the reason that a word of the host's means: by the map, else by itself; empty for none."""
    if not word:
        return ""
    mapped = ctx.host.reason_code(word)
    if mapped is not None:
        return mapped
    own = folded(word)
    return next(
        (
            code
            for code, reason in ctx.settings.reasons.items()
            if own in (folded(code), folded(reason.label))
        ),
        "",
    )


def is_internal(ctx: Context, decision: DecisionMixin) -> bool:
    """Whether the host's words must not appear in a letter: they mean no reason that may be shared."""
    reason = ctx.settings.reasons.get(code_of(ctx, decision.reason))
    return bool(decision.reason) and (reason is None or not reason.may_be_shared)


def by_itself(ctx: Context, decisions: Sequence[DecisionMixin], rows: Sequence[Facts]) -> list[str]:
    """Return for each decision the code of the reason that its letter gives by itself; empty for none.

    A number of statements that does not grow with theirs, and none where nothing is given so. What the host says is
    read from its rows as they are now; a fact that does not hold silences the reason.

    Args:
        ctx: The unit of work; nothing is written.
        decisions: They need not be stored.
        rows: What the host says of each, in the same order.
    """
    codes = [_asked(ctx, decision, row) for decision, row in zip(decisions, rows, strict=True)]
    wanted = [at for at, code in enumerate(codes) if code]
    if not wanted:
        return codes
    met = _met(ctx, [decisions[at] for at in wanted])
    hires = _hires(ctx, [decisions[at] for at in wanted], [rows[at].application for at in wanted])
    for at in wanted:
        decision, application = decisions[at], rows[at].application
        hired = hires.get(_job(ctx, decision, application))
        if decision.application_key in met or not _holds(ctx, codes[at], decision, rows[at], hired=hired):
            codes[at] = ""
    return codes


_BEFORE_INTERVIEW = (StageReached.APPLIED, StageReached.SCREENED)


def _asked(ctx: Context, decision: DecisionMixin, row: Facts) -> str:
    if row.application is None or is_said(decision) or decision.outcome != Outcome.REJECTED:
        return ""
    if not ctx.settings.reasons_by_host or _reached(ctx, decision, row) not in _BEFORE_INTERVIEW:
        return ""
    code = code_of(ctx, " ".join(str(ctx.host.read("reason", row.application) or "").split()))
    return code if code in ctx.settings.reasons_by_host else ""


def _reached(ctx: Context, decision: DecisionMixin, row: Facts) -> str:
    """Return how far it came by what we wrote down and what the host says now, whichever is further."""
    before: str = decision.stage_reached
    if decision.stage_by:
        return before
    if ctx.host.moment("interviewed_at", row.application, assume=ctx.settings.timezone) is not None:
        return StageReached.INTERVIEWED
    now = ctx.host.stage_reached(_seen(ctx, row).stage)
    return max(before, now, key=stage_rank)


def _seen(ctx: Context, row: Facts) -> Seen:
    return row.seen or ctx.host.seen_in_object(row.application)


def _met(ctx: Context, decisions: Sequence[DecisionMixin]) -> set[str]:
    """Return the applications that have an answer clock: somebody met these people, whatever the host says now."""
    clock = ctx.models.clock
    keys = padded([decision.application_key for decision in decisions])
    return set(ctx.session.scalars(sa.select(clock.application_key).where(clock.application_key.in_(keys))))


def _holds(ctx: Context, code: str, decision: DecisionMixin, row: Facts, *, hired: bool | None) -> bool:
    """Whether the host's records confirm a reason now.

    Args:
        ctx: The unit of work.
        code: Of the reason.
        decision: The decision.
        row: What the host says of it.
        hired: Whether whoever was hired for the job worked there already, as far as the map can say; None for nobody.
    """
    opened = ctx.host.read("job_open", ctx.host.job_of(row.application, ctx.session))
    is_closed = opened is not None and not opened
    if code == "other_person":
        return hired is not None
    if code == "filled_internally":
        return bool(hired)
    if code == "job_closed":
        return is_closed and hired is None
    is_first = bool(decision.stage_by) or ctx.host.knows_stage(_seen(ctx, row).stage)
    is_unread = is_first and _reached(ctx, decision, row) == StageReached.APPLIED
    return is_unread and (opened is None or is_closed or hired is not None)


# Hires for the same job

_Job = tuple[str, str, str]
"""Scope, the job's key, and what it is called where the host has no jobs."""


def _job(ctx: Context, decision: DecisionMixin, application: Any) -> _Job:
    if decision.job_key:
        return decision.scope, decision.job_key, ""
    return decision.scope, "", decision.job_label or ctx.host.label_of(application, ctx.session)


def _hires(
    ctx: Context, decisions: Sequence[DecisionMixin], applications: Sequence[Any]
) -> Mapping[_Job, bool]:
    """Return the jobs for which somebody was hired, as the host's rows still say, and whether from inside.

    Where the map does not say who works there already, everybody may.
    """
    model = ctx.models.decision
    jobs = {_job(ctx, one, row) for one, row in zip(decisions, applications, strict=True)}
    keys, labels = ({job[at] for job in jobs} - {""} for at in (1, 2))
    which: list[sa.ColumnElement[bool]] = [model.job_key.in_(padded(sorted(keys)))] if keys else []
    if labels:
        which.append(sa.and_(model.job_key == "", model.job_label.in_(padded(sorted(labels)))))
    if not which:
        return {}
    # One hire a job, the last: of a job that hires hundreds no more are read.
    last = (
        sa.select(sa.func.max(model.id))
        .where(sa.or_(*which), model.outcome == Outcome.HIRED, model.live_for.is_not(None))
        .group_by(model.scope, model.job_key, sa.case((model.job_key == "", model.job_label), else_=""))
    )
    found = ctx.session.scalars(sa.select(model).where(model.id.in_(last))).all()
    there = _still_hired(ctx, [one.application_id for one in found if one.application_id is not None])
    return {_job(ctx, one, None): there[one.application_key] for one in found if one.application_key in there}


def _still_hired(ctx: Context, keys: Sequence[Any]) -> dict[str, bool]:
    host, cls = ctx.host, ctx.host.map.application
    rows = (
        sa.select(cls)
        .where(getattr(cls, host.key_attribute(cls)).in_(padded(keys)))
        .execution_options(populate_existing=True)
    )
    found = {}
    for application in ctx.session.scalars(rows).unique() if keys else ():
        seen = host.seen_in_object(application)
        if host.verdict(seen.status, declined=seen.declined).outcome == Outcome.HIRED:
            is_from_inside = "internal" not in host.readers or bool(host.read("internal", application))
            found[key_text(seen.key)] = is_from_inside
    return found
