"""The page of openings, and saying that a job is not filled again."""

from collections.abc import Callable

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.hires import openings as service
from flask_talentpool.hires import queries
from flask_talentpool.recalls.bench import on_a_bench
from flask_talentpool.web.request import back, done, page, request_context


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/openings", "openings", openings)
    blueprint.add_url_rule(
        "/openings/<int:opening_id>/not-again", "opening_not_again", not_again, methods=["POST"]
    )
    blueprint.add_url_rule(
        "/openings/<int:opening_id>/put-back", "opening_put_back", put_back, methods=["POST"]
    )


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
    return _change(
        opening_id, service.settle, "Noted: it is not filled again. Under Openings it can be put back."
    )


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
    return done(message, back(url_for("talentpool.openings")), opening_id=opening_id)
