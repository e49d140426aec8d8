"""The first page: what waits for the person who is signed in."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.overview.queries import SHOWN, waiting
from flask_talentpool.web.request import desk, page


def register(blueprint: Blueprint) -> None:
    """Register the first page."""
    blueprint.add_url_rule("/", "index", index)


def index() -> ResponseReturnValue:
    """Show what waits for the acting person."""
    here = desk()
    here.require(Action.VIEW)
    model = waiting(
        here.ctx, here.visible, asks=here.may(Action.LETTER_WRITE), reads=here.may(Action.LETTER_READ)
    )
    return page(
        "overview.html",
        model,
        shown=SHOWN,
        may_write=here.may(Action.POOL_WRITE),
        may_invite=here.may(Action.INVITE),
    )
