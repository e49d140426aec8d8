"""Mounting the pages of every part as one blueprint on the host, and how a page answers what cannot be done."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError, StatementError
from werkzeug.exceptions import HTTPException

from flask_talentpool.answer_clock import views as unanswered
from flask_talentpool.bulk import views as bulks
from flask_talentpool.clock import day_and_time
from flask_talentpool.db.binds import read_where_written
from flask_talentpool.decisions.pages import grid_views
from flask_talentpool.decisions.pages import views as decisions
from flask_talentpool.decisions.telling import views as telling
from flask_talentpool.errors import NotAllowed, NotFound, Refused, TablesMissing
from flask_talentpool.guide import views as guide
from flask_talentpool.hires import views as hires
from flask_talentpool.letters import views as letters
from flask_talentpool.letters.incoming import views as incoming
from flask_talentpool.letters.texts import views as text_views
from flask_talentpool.overview import views as overview
from flask_talentpool.people import views as people
from flask_talentpool.pools import recall_to_pool
from flask_talentpool.pools import views as pools
from flask_talentpool.portal import unsubscribe
from flask_talentpool.portal import views as portal
from flask_talentpool.recalls import views as recalls
from flask_talentpool.web import csrf, detached_forms, sent
from flask_talentpool.web.errors import Failure, failed
from flask_talentpool.web.request import request_context, set_policy

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

logger = logging.getLogger("flask_talentpool")

PARTS: tuple[Callable[[Blueprint], None], ...] = (
    overview.register,
    unanswered.register,
    pools.register,
    recall_to_pool.register,
    people.register,
    letters.register,
    bulks.register,
    incoming.register,
    decisions.register,
    telling.register,
    grid_views.register,
    recalls.register,
    hires.register,
    text_views.register,
    portal.register,
    unsubscribe.register,
    guide.register,
)
"""Each part that has pages, and how it registers them."""


def mount(talentpool: "TalentPool", app: Flask) -> None:
    """Register the blueprint ``talentpool`` with every part's pages."""
    with app.app_context():
        prefix = talentpool.settings.url_prefix
    blueprint = Blueprint(
        "talentpool",
        "flask_talentpool",
        url_prefix=prefix,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    blueprint.add_app_template_filter(day_and_time, "talentpool_time")
    blueprint.before_request(csrf.check)
    blueprint.before_request(_read_what_is_changed)
    blueprint.before_request(sent.check)
    for register in PARTS:
        register(blueprint)
    blueprint.register_error_handler(NotAllowed, _not_allowed)
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(Refused, _refused)
    blueprint.register_error_handler(TablesMissing, _tables_missing)
    blueprint.register_error_handler(OperationalError, _database)
    blueprint.register_error_handler(ProgrammingError, _database)
    blueprint.register_error_handler(DataError, _no_such_value)
    blueprint.register_error_handler(OverflowError, _no_such_value)
    blueprint.register_error_handler(StatementError, _not_stored)
    app.register_blueprint(blueprint)
    csrf.exempt_public(app)
    set_policy(app)
    detached_forms.mark_answers(app)


def _read_what_is_changed() -> None:
    """Let a request that may change something read where the host writes; only pages may read a replica."""
    if request.method not in ("GET", "HEAD", "OPTIONS"):
        read_where_written(current_app.extensions["talentpool"].context().session)


def _not_allowed(error: NotAllowed) -> ResponseReturnValue:
    del error
    current = request_context()
    try:
        return current.access.deny(current.actor)
    except HTTPException as refusal:
        # Raised inside an error handler it would end as a 500: it gets the host's own page for it.
        return current_app.handle_http_exception(refusal)


def _not_found(error: NotFound) -> ResponseReturnValue:
    return failed(Failure("Not here", str(error)), 404)


def _refused(error: Refused) -> ResponseReturnValue:
    return failed(Failure("Not done", str(error), error.code), 409)


def _tables_missing(error: TablesMissing) -> ResponseReturnValue:
    return failed(Failure("The talent pool is not set up yet", str(error), "tables_missing"), 503)


def _database(error: Exception) -> ResponseReturnValue:
    _rolled_back(error)
    text = f"{TablesMissing.default_message()} If they are there, the database is busy or away: try again in a moment."
    return failed(Failure("The database did not answer", text, "database"), 503)


def _no_such_value(error: Exception) -> ResponseReturnValue:
    """Answer a value that no column holds, such as a key of more digits than the host's."""
    _rolled_back(error)
    if request.view_args:
        return _not_found(NotFound())
    return failed(
        Failure("Please look at this again", "What was sent is larger than anything stored.", "too_large"),
        400,
    )


def _not_stored(error: StatementError) -> ResponseReturnValue:
    _rolled_back(error)
    text = "Nothing was changed. The server's log says what the database said; try again, or tell whoever runs this."
    return failed(Failure("The database refused", text, "database"), 500)


def _rolled_back(error: Exception) -> None:
    logger.error("the talent pool's page met a database error", exc_info=error)
    current_app.extensions["talentpool"].context().session.rollback()
