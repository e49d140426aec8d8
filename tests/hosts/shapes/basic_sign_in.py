"""Staff signs in by HTTP Basic, which the browser sends with every request, to another site's form as well."""

import functools
from types import SimpleNamespace

from flask import g, request

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "basic_sign_in"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.BASIC, Trait.CSRF_NONE, Trait.JOB_RELATIONSHIP})


def refuse():
    return "sign in first", 401, {"WWW-Authenticate": "Basic"}


class Shape(HostShape):
    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))

    def add_users(self, app):
        @app.before_request
        def who_calls():
            sent = request.authorization
            is_basic = sent is not None and sent.type == "basic"
            g.account = self.find_user(sent.username) if is_basic else None

    def guard(self, view):
        @functools.wraps(view)
        def guarded(**values):
            return refuse() if g.account is None else view(**values)

        return guarded

    def access(self):
        from tests.hosts.own_access import OwnAccess

        return OwnAccess(current_user=lambda: g.get("account"), deny=refuse)

    def sign_in(self, client, role="recruiter"):
        del client
        from werkzeug.datastructures import Authorization

        who = {"username": self.staff_email(role), "password": "a password"}
        return {"Authorization": Authorization("basic", who).to_header()}
