"""Flask-Login is set up and was never told who a user is: asking for `current_user` raises. Staff has the host's session."""

import functools
from types import SimpleNamespace

import flask_login
from flask import g, redirect, session

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "no_user_loader"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.OWN_SESSION,
        Trait.NO_LOADER,
        Trait.CSRF_BEFORE,
        Trait.JOB_RELATIONSHIP,
    }
)


class Shape(HostShape):
    CSRF = True

    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))

    def add_users(self, app):
        flask_login.LoginManager().init_app(app, add_context_processor=False)

        @app.before_request
        def who_is_it():
            g.account = self.db.session.get(self.models.User, session.get("account", 0))

        self.add_login_view(app)

    def let_in(self, user):
        session["account"] = user.id

    def guard(self, view):
        @functools.wraps(view)
        def guarded(**values):
            return redirect("/login") if g.account is None else view(**values)

        return guarded

    def access(self):
        from tests.hosts.own_access import OwnAccess

        return OwnAccess(current_user=lambda: g.get("account"), deny=lambda: redirect("/login"))
