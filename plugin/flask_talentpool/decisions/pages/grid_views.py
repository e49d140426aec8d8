"""The grid: one line, door, reason and finish for each of many people, saved by one press."""

from dataclasses import replace

import sqlalchemy as sa
from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.pages import grid
from flask_talentpool.enums import sentence_of
from flask_talentpool.errors import BeingHandedOver, NotAllowed, NotFound, Refused
from flask_talentpool.web.request import RequestContext, done, page, posted, request_context, row_ids
from flask_talentpool.web.sent import asked_number

MOST_CHOSEN = 1000


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/decisions/grid", "decision_grid", show)
    blueprint.add_url_rule("/decisions/grid", "decision_grid_save", save, methods=["POST"])


def show() -> ResponseReturnValue:
    """Show a page of the grid."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    return page("decisions_grid.html", _model(current), sentence_of=sentence_of, address=_address)


def _chosen() -> tuple[str, tuple[str, ...]]:
    """Return which decisions are asked for: a job's, chosen applications', or all that wait."""
    return request.args.get("job", "").strip(), tuple(request.args.getlist("application")[:MOST_CHOSEN])


def _address(number: int = 1, job: str = "") -> str:
    asked, applications = _chosen()
    return url_for(
        "talentpool.decision_grid",
        job=job or asked or None,
        application=list(applications) or None,
        page=number if number > 1 else None,
    )


def _model(current: RequestContext) -> grid.GridPage:
    ctx = current.ctx
    decision = ctx.models.decision
    job, applications = _chosen()
    jobs: tuple[grid.GridJob, ...] = ()
    if not applications:
        jobs, job = grid.jobs_of(ctx, current.visible, job)
    statement = sa.select(decision).where(*grid.wanted(ctx))
    if job:
        statement = statement.where(sa.or_(decision.job_key == job, decision.job_label == job))
    if applications:
        statement = statement.where(decision.application_key.in_(applications))
    statement = current.visible(statement)
    found = ctx.session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    pages = max(1, -(-found // grid.PAGE_SIZE))
    number = min(max(1, asked_number("page", 1)), pages)
    order = (decision.job_label, decision.finish.is_(None), decision.finish, decision.id)
    rows = list(
        ctx.session.scalars(
            statement.order_by(*order).limit(grid.PAGE_SIZE).offset((number - 1) * grid.PAGE_SIZE)
        )
    )
    return grid.GridPage(
        title=(rows[0].job_label or "No job named") if job and rows else "",
        jobs=jobs if len(jobs) > 1 else (),
        rows=grid.rows_of(ctx, rows, may_write=current.may(Action.LETTER_WRITE)),
        reasons=tuple(
            grid.Choice(code=code, label=reason.label, may_be_shared=reason.may_be_shared)
            for code, reason in ctx.settings.reasons.items()
        ),
        number=number,
        pages=pages,
        found=found,
        may_write=current.may(Action.LETTER_WRITE),
        job=job,
        applications=applications,
    )


def save() -> ResponseReturnValue:
    """Save the rows that somebody changed, each in a transaction of its own; those that fail come back as typed."""
    current = request_context()
    current.require(Action.LETTER_LINE)
    ids = row_ids(posted().getlist("decision"))[: grid.PAGE_SIZE]
    results = {decision_id: _save(current, decision_id) for decision_id in dict.fromkeys(ids)}
    saved = sum(result.changed for result in results.values())
    failed = {key: result for key, result in results.items() if result.error}
    if not failed:
        changed = [key for key, result in results.items() if result.changed]
        message = grid.became(current.ctx, changed) if changed else "Nothing was changed."
        return done(message, _address(asked_number("page", 1)), saved=saved, failed=0)
    current.ctx.session.rollback()
    model = _model(current)
    shown = {row.decision_id for row in model.rows}
    rows = [_as_typed(row, failed) for row in model.rows]
    rows += [_lost(key, result) for key, result in failed.items() if key not in shown]
    model = replace(model, rows=tuple(rows), saved=saved, failed=len(failed))
    return page("decisions_grid.html", model, status=409, sentence_of=sentence_of, address=_address)


def _typed(decision_id: int) -> grid.Cells:
    sent = posted()
    typed = grid.Cells(**{name: str(sent.get(f"{name}-{decision_id}", "")) for name in grid.FIELDS})
    if typed.reason or not sent.get("reason-all"):
        return typed
    return replace(
        typed, reason=str(sent["reason-all"]), detail=typed.detail or str(sent.get("detail-all", ""))
    )


def _save(current: RequestContext, decision_id: int) -> grid.Saved:
    version = str(posted().get(f"version-{decision_id}", ""))
    no_line = f"none-{decision_id}" in posted()

    def work(ctx: Context) -> grid.Saved:
        row: DecisionMixin = current.one(ctx.models.decision, decision_id, ctx=ctx)
        current.require(Action.LETTER_LINE, row)
        may_write = current.may(Action.LETTER_WRITE, row)
        typed = grid.within_rights(_typed(decision_id), may_write=may_write)
        if typed.version() == version and not no_line:
            return grid.Saved(decision_id=decision_id)
        locked = grid.lock(ctx, decision_id)
        if locked is None:
            raise NotFound
        return grid.save_row(
            ctx,
            locked,
            typed,
            version=version,
            by=current.signed_in,
            may_write=may_write,
            no_line=no_line,
        )

    try:
        result: grid.Saved = current.change(work)
    except (Refused, BeingHandedOver, NotFound, NotAllowed) as error:
        return grid.Saved(decision_id=decision_id, error=str(error))
    return result


def _as_typed(row: grid.GridRow, failed: dict[int, grid.Saved]) -> grid.GridRow:
    """Return a row with what was typed in it; its version is the one of now, so that saving again keeps the typed."""
    result = failed.get(row.decision_id)
    return row if result is None else replace(row, cells=_typed(row.decision_id), error=result.error)


def _lost(decision_id: int, result: grid.Saved) -> grid.GridRow:
    """Return a row that is no longer one of the grid's, so that what was typed in it is not lost."""
    return grid.GridRow(
        decision_id=decision_id,
        name="No longer here",
        job="",
        stage_reached="",
        cells=_typed(decision_id),
        version="",
        door_is_fixed=False,
        waits_because="",
        error=result.error,
    )
