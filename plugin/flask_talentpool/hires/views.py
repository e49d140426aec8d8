"""The pages of openings and of hires that are asked about, and what their buttons do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import sqlalchemy as sa
from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.enums import HireState
from flask_talentpool.errors import NotFound
from flask_talentpool.hires import answers, asked, calendar, queries
from flask_talentpool.hires import openings as service
from flask_talentpool.hires.model import HireMixin
from flask_talentpool.letters.internal_mail import page_url
from flask_talentpool.recalls.bench import on_a_bench
from flask_talentpool.web.csrf import public
from flask_talentpool.web.request import RequestContext, done, page, posted, request_context, row_ids


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/openings", "openings", openings)
    blueprint.add_url_rule(
        "/openings/<int:opening_id>/not-again", "opening_not_again", not_again, methods=["POST"]
    )
    blueprint.add_url_rule(
        "/openings/<int:opening_id>/put-back", "opening_put_back", put_back, methods=["POST"]
    )
    blueprint.add_url_rule("/hires", "hires", hires)
    blueprint.add_url_rule("/calendar/<feed>.ics", "hires_calendar", calendar_file)
    blueprint.add_url_rule("/hires/still-here", "hires_still_here", still_here, methods=["POST"])
    blueprint.add_url_rule("/hires/<int:hire_id>/left", "hire_left", left, methods=["POST"])
    blueprint.add_url_rule(
        "/hires/<int:hire_id>/never-started", "hire_never_started", never_started, methods=["POST"]
    )
    blueprint.add_url_rule("/hires/<int:hire_id>/undo", "hire_undo", undo, methods=["POST"])


def openings() -> ResponseReturnValue:
    """Show the openings that nobody settled, and those that somebody did."""
    current = request_context()
    current.require(Action.VIEW)
    model = queries.openings_page(
        current.ctx,
        current.visible,
        runners_up=on_a_bench(current.ctx),
        may_settle=current.may(Action.INVITE),
    )
    return page("openings.html", model)


def not_again(opening_id: int) -> ResponseReturnValue:
    """Say that the job is not filled again."""
    return _change(opening_id, service.settle, "Noted: it is not filled again. Below it can be put back.")


def put_back(opening_id: int) -> ResponseReturnValue:
    """Put an opening back that somebody settled."""
    return _change(opening_id, service.unsettle, "It is open again.")


def _change(opening_id: int, act: Callable[..., None], message: str) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.INVITE)

    def work(ctx: Context) -> None:
        row = current.one(ctx.models.opening, opening_id, ctx=ctx)
        current.require(Action.INVITE, row)
        act(ctx, row, by=current.signed_in)

    current.change(work)
    return done(message, url_for("talentpool.openings"), opening_id=opening_id)


def hires() -> ResponseReturnValue:
    """Show the hires that are asked about, and what was answered lately; managers see the openings that come of it."""
    current = request_context()
    current.require(Action.INVITE)
    model, key = asked.hires_page(current.ctx, current.visible), current.ctx.settings.calendar_key
    if key is not None:
        feed = calendar.sealed(key, current.scopes, today=_today(current.ctx))
        model = replace(model, calendar=page_url(current.ctx, f"/calendar/{feed}.ics"))
    return page("hires.html", model)


@public
def calendar_file(feed: str) -> ResponseReturnValue:
    """Give the calendar of whoever took this address; one that is unknown, over or revoked is not here."""
    ctx = request_context().ctx
    found = calendar.opened(ctx.settings.calendar_key, feed, today=_today(ctx))
    if found is None:
        return Response("There is no such calendar.", 404, content_type="text/plain; charset=utf-8")
    response = Response(
        calendar.calendar(ctx, found, url=page_url(ctx, "")), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _today(ctx: Context) -> date:
    return ctx.now().astimezone(ctx.settings.timezone).date()


def still_here() -> ResponseReturnValue:
    """Say of all that are ticked that they have started, and that their jobs are filled."""
    current = request_context()
    current.require(Action.INVITE)
    ids = sorted(set(row_ids(posted().getlist("hire"))))[: asked.LISTED]

    def work(ctx: Context) -> int:
        # One that was erased since the page was made keeps none of the others from being answered.
        hire = ctx.models.hire
        found = ctx.session.scalars(current.visible(sa.select(hire).where(hire.id.in_(ids)))).all()
        mine = [row for row in found if current.may(Action.INVITE, row)]
        if ids and not mine:
            raise NotFound
        return answers.still_here(ctx, mine, by=current.signed_in)

    number = current.change(work)
    message = "Noted. It can be undone below." if number else "Nothing was asked about those any more."
    return done(message, url_for("talentpool.hires"), changed=number)


def left(hire_id: int) -> ResponseReturnValue:
    """Say that somebody has left, so that the job is open."""
    message = "Noted. The job stands under “Open again” with its bench. No candidate is written to."
    return _answer(hire_id, partial(answers.fell, state=HireState.LEFT), message)


def never_started(hire_id: int) -> ResponseReturnValue:
    """Say that somebody never started, so that the job is open."""
    message = "Noted. The job stands under “Open again” with its bench. No candidate is written to."
    return _answer(hire_id, partial(answers.fell, state=HireState.NEVER_STARTED), message)


def undo(hire_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    return _answer(hire_id, answers.undo, "Taken back: it is asked again.")


def _answer(hire_id: int, act: Callable[..., None], message: str) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.INVITE)

    def work(ctx: Context) -> None:
        act(ctx, _hire(current, ctx, hire_id), by=current.signed_in)

    current.change(work)
    return done(message, url_for("talentpool.hires"), hire_id=hire_id)


def _hire(current: RequestContext, ctx: Context, hire_id: int) -> HireMixin:
    row: HireMixin = current.one(ctx.models.hire, hire_id, ctx=ctx)
    current.require(Action.INVITE, row)
    return row
