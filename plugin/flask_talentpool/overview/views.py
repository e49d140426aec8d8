"""The first page: what waits for the person who is signed in."""

import sqlalchemy as sa
from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.errors import NotAllowed
from flask_talentpool.letters.delivery import pause
from flask_talentpool.noticing import brake
from flask_talentpool.overview.queries import SHOWN, waiting
from flask_talentpool.web.answers import answered
from flask_talentpool.web.request import RequestContext, page, posted, request_context


def register(blueprint: Blueprint) -> None:
    """Register the first page."""
    blueprint.add_url_rule("/", "index", index)
    blueprint.add_url_rule("/mail/try-again", "mail_try_again", try_again, methods=["POST"])
    blueprint.add_url_rule("/look/go-on", "look_go_on", go_on, methods=["POST"])


def index() -> ResponseReturnValue:
    """Show what waits for the acting person."""
    current = request_context()
    current.require(Action.VIEW)
    model = waiting(
        current.ctx,
        current.visible,
        asks=current.may(Action.LETTER_WRITE),
        reads=current.may(Action.LETTER_READ),
        invites=current.may(Action.INVITE),
    )
    return page(
        "overview.html",
        model,
        shown=SHOWN,
        may_write=current.may(Action.POOL_WRITE),
        may_correct=current.may(Action.LETTER_WRITE),
        may_invite=current.may(Action.INVITE),
        may_bulk=current.may(Action.LETTER_BULK),
        may_go_on=(model.braked or model.pause) is not None and _may_go_on(current, current.ctx),
    )


def go_on() -> ResponseReturnValue:
    """Let the next look end what it finds gone or taken back, however much that is."""
    current = request_context()
    current.require(Action.LETTER_BULK)
    number = posted().get("number", type=int)

    def work(ctx: Context) -> None:
        if not _may_go_on(current, ctx):
            raise NotAllowed
        brake.go_on(ctx, number=number or 0, by=current.signed_in)

    current.change(work)
    return answered("The next look goes on. Nothing has changed yet.", url_for("talentpool.index"))


def try_again() -> ResponseReturnValue:
    """End the pause after the mail server refused what we send: somebody says that it is mended."""
    current = request_context()
    current.require(Action.LETTER_BULK)

    def work(ctx: Context) -> None:
        if not _may_go_on(current, ctx):
            raise NotAllowed
        if pause.end(ctx):
            ctx.record(current.signed_in, "try_again", "mail", 0)

    current.change(work)
    return answered("Letters are handed over again with the next round.", url_for("talentpool.index"))


def _may_go_on(current: RequestContext, ctx: Context) -> bool:
    """Whether somebody may say so of everything a look or the mail server reaches: both are about all scopes."""
    if not current.may(Action.LETTER_BULK):
        return False
    seen, decision = current.scopes, ctx.models.decision
    if seen is None:
        return True
    stands = decision.live_for.is_not(None)
    return set(ctx.session.scalars(sa.select(decision.scope).where(stands).distinct())) <= seen
