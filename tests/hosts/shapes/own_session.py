"""No Flask-Login: a key in the host's own session; every view tells the base template what it shows."""

import functools
from types import SimpleNamespace

from flask import g, redirect, session

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models
from tests.hosts.traits import Trait

NAME = "own_session"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.OWN_SESSION,
        Trait.BASE_BLOCK,
        Trait.BASE_CONTEXT,
        Trait.CSRF_BEFORE,
        Trait.JOB_RELATIONSHIP,
    }
)

LAYOUT = """<!doctype html>
<html lang="en"><head><title>{{ heading }}</title></head>
<body data-active="{{ active }}"><h1>{{ heading }}</h1>{% block main %}{% endblock %}</body></html>
"""

BRIDGE = """{% extends "base.html" %}
{% set active = "talent-pool" %}
{% set heading = "Talent pool" %}
{% block main %}{% block content %}{% endblock %}{% endblock %}
"""


class Shape(HostShape):
    CSRF = True
    layout = LAYOUT
    layout_name = "base.html"
    block = "main"

    def make_models(self, db):
        class User(db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False)

        return SimpleNamespace(User=User, **vars(classic_models(db)))

    def templates(self):
        return super().templates() | {"talentpool_base.html": BRIDGE}

    def settings(self):
        return {"TALENTPOOL_BASE_TEMPLATE": "talentpool_base.html"}

    def view_context(self):
        return {"active": "applications", "heading": "Applications"}

    def add_users(self, app):
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
