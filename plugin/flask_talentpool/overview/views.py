"""The first page: what waits for the person who is signed in."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.overview.queries import SHOWN, waiting
from flask_talentpool.web.request import page, request_context


def register(blueprint: Blueprint) -> None:
    """Register the first page."""
    blueprint.add_url_rule("/", "index", index)


def index() -> ResponseReturnValue:
    """Show what waits for the acting person."""
    current = request_context()
    current.require(Action.VIEW)
    model = waiting(
        current.ctx,
        current.visible,
        asks=current.may(Action.LETTER_WRITE),
        reads=current.may(Action.LETTER_READ),
    )
    return page(
        "overview.html",
        model,
        shown=SHOWN,
        may_write=current.may(Action.POOL_WRITE),
        may_invite=current.may(Action.INVITE),
    )
