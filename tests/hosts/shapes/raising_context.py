"""A context processor that reads the signed-in user's department, and so raises wherever nobody is signed in."""

from types import SimpleNamespace

import flask_login
from flask import redirect, request

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "raising_context"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.ROLE_COLUMN,
        Trait.RAISING_CONTEXT,
        Trait.BASE_CONTEXT,
        Trait.CSRF_AFTER,
        Trait.JOB_RELATIONSHIP,
    }
)

LAYOUT = """<!doctype html>
<html lang="en"><head><title>{% block title %}Jobs{% endblock %}</title></head>
<body><header>{{ department.name }}</header><main>{% block content %}{% endblock %}</main></body></html>
"""
FORM = """<form method="post"><input type="hidden" name="csrf_token" value="{token}"><input name="email"></form>"""


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True
    layout = LAYOUT

    def make_models(self, db):
        return SimpleNamespace(User=staff_model(db), **vars(classic_models(db)))

    def settings(self):
        return {"TALENTPOOL_BASE_TEMPLATE": "layout.html"}

    def add_pages(self, app):
        super().add_pages(app)

        @app.context_processor
        def department():
            return {"department": {"name": f"Department of {flask_login.current_user.name}"}}

    def add_login_view(self, app):
        """A sign-in page without a template: no page of this host renders for somebody who is not signed in."""

        @app.route("/login", methods=["GET", "POST"])
        def login():
            from flask_wtf.csrf import generate_csrf

            if request.method == "GET":
                return FORM.format(token=generate_csrf())
            self.let_in(self.find_user(request.form["email"]))
            return redirect("/")
