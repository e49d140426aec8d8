"""Leaving the pool from a mail program, by the address in a letter's ``List-Unsubscribe`` (RFC 8058).

A mail program posts without cookie or token and waits for success. Looking at the address shows a button and
reads nothing; every POST gets one answer, so nobody learns from it which links there are.
"""

import logging

import sqlalchemy as sa
from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.links import Purpose, hash_token
from flask_talentpool.people.timeline import NOT_KEPT
from flask_talentpool.pools import ending
from flask_talentpool.portal.pages import later, say
from flask_talentpool.portal.queries import last_said
from flask_talentpool.web.csrf import public

logger = logging.getLogger("flask_talentpool")


def register(blueprint: Blueprint) -> None:
    """Register this part's page."""
    blueprint.add_url_rule("/u/<token>", "unsubscribe", unsubscribe, methods=["GET", "POST"])


@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Show a button; a POST leaves every pool and always says so."""
    if request.method != "POST":
        return say("unsubscribe.ask", status=200, code="ask", template="unsubscribe.html")
    talentpool = current_app.extensions["talentpool"]
    try:
        talentpool.transact(lambda ctx: leave(ctx, token))
    except DBAPIError:
        logger.exception("somebody could not leave a pool, since the database is away")
        return later()
    return say("unsubscribe.done", status=200, code="left")


def leave(ctx: Context, token: str) -> None:
    """Let the person behind a link leave every pool, however old the link is; any other one does nothing."""
    link, person = ctx.models.link, ctx.models.person
    # A colleague's link is about a person as well, and is not theirs to leave with.
    asked = sa.select(link).where(link.token_hash == hash_token(token), link.purpose == Purpose.STAY)
    found = ctx.session.scalars(asked).one_or_none()
    if found is None:
        return
    # One press at a time, so that two at once are remembered once.
    update_if(ctx.session, person, person.id == found.person_id, scope=person.scope)
    who = ctx.session.get(person, found.person_id, populate_existing=True)
    if who is None:
        return
    ending.leave(ctx, who)
    if last_said(ctx, who) == NOT_KEPT:
        return
    ctx.session.add(
        ctx.models.touch(
            scope=who.scope,
            person_id=who.id,
            at=ctx.now(),
            direction="in",
            channel="mail",
            what=NOT_KEPT,
            by=f"person:{who.id}",
            letter_id=found.letter_id,
        )
    )
    ctx.session.flush()
