"""Puts Harbour together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy import event

from . import config as settings
from . import models
from .extensions import csrf, db, login_manager, migrate
from .mount import talentpool
from .views import account, applications, candidates, jobs, mailbox
from .views.filters import FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.exceptions import HTTPException


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Return Harbour with its talent pool.

    Args:
        config: Settings that replace the demo's; `{"ATS_TALENTPOOL": False}` leaves the talent
            pool out, and Harbour works as it did before.
    """
    state = settings.state_folder()
    app = Flask(__name__, instance_path=str(state))
    app.config.update(settings.defaults(state))
    app.config.update(config or {})

    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.MIGRATIONS))
    csrf.init_app(app)
    login_manager.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", prepare_sqlite)

    for view in (account, jobs, candidates, applications):
        app.register_blueprint(view.blueprint)
    if app.config["ATS_DEMO"]:
        app.register_blueprint(mailbox.blueprint)
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(STAGES=models.STAGES, STATUSES=models.STATUSES, ROLES=models.ROLES)
    for code in (400, 403, 404):
        app.register_error_handler(code, error_page)
    app.register_error_handler(CSRFError, error_page)

    if app.config["ATS_TALENTPOOL"]:
        talentpool.init_app(app)
    # Links to the talent pool's pages are shown where there are any.
    app.jinja_env.globals["pool_pages"] = "talentpool" in app.blueprints
    return app


@login_manager.user_loader
def load_user(user_id: str) -> models.User | None:
    """Return the signed-in user from the id in the session."""
    return db.session.get(models.User, int(user_id))


def prepare_sqlite(connection: Any, _record: object) -> None:
    """Set up a new SQLite connection: keys are kept, and readers do not wait for writers."""
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
        connection.execute(f"PRAGMA {pragma}")


def error_page(error: HTTPException) -> tuple[str, int]:
    """Say in Harbour's own frame what went wrong."""
    code = error.code or 500
    return render_template("error.html", code=code, text=error.description), code
