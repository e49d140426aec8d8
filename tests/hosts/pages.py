"""The web side of a miniature host: templates, sign-in, and one page per application."""

import re
from collections.abc import Callable
from typing import Any, ClassVar

import flask_login
from flask import Flask, abort, redirect, render_template, request
from flask.testing import FlaskClient

LAYOUT = """<!doctype html>
<html lang="en"><head><title>{% block title %}Jobs{% endblock %}</title></head>
<body><header>Our ATS</header><main>{% block content %}{% endblock %}</main></body></html>
"""

LOGIN_BODY = """<form method="post">
{% if csrf_token is defined %}<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">{% endif %}
<input name="email"><button>Sign in</button></form>"""

APPLICATION_BODY = """<h1>{{ candidate_name }}</h1>
{% if talentpool is defined %}
<p>{{ talentpool.recall_button(candidate) }} {{ talentpool.badges(candidate) }}</p>
{{ talentpool.letter_panel(application) }}
{% endif %}"""

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Pages:
    """What a page host with Flask-Login and one role column has; other hosts override."""

    JSON_ONLY: ClassVar[bool] = False

    layout: ClassVar[str] = LAYOUT
    """The host's base template."""
    layout_name: ClassVar[str] = "layout.html"
    block: ClassVar[str] = "content"
    """The block of the base template that holds a page."""
    role_entry: Any = "role"
    """What ``FlaskLoginAccess(role=…)`` is given."""
    roles: ClassVar[dict[str, Any]] = {
        "recruiter": "recruiter",
        "manager": "manager",
        "admin": "admin",
        "outsider": "employee",
    }
    """The host's role values; an outsider is signed in and may nothing."""

    db: Any
    models: Any
    application: Callable[[Any], Any]
    candidate_in: Callable[[Any], Any]
    name_of: Callable[[Any], str]
    parse_key: Callable[[str], Any]

    def templates(self) -> dict[str, str]:
        """Return the host's templates by name."""
        return {
            self.layout_name: self.layout,
            "login.html": self.page(LOGIN_BODY),
            "application.html": self.page(APPLICATION_BODY),
        }

    def page(self, body: str) -> str:
        """Put the text of a page into the host's base template."""
        return f'{{% extends "{self.layout_name}" %}}{{% block {self.block} %}}{body}{{% endblock %}}'

    def view_context(self) -> dict[str, Any]:
        """Return what every view of the host passes to its template beside its own names."""
        return {}

    def add_users(self, app: Flask) -> None:
        """Give the app its way of signing in."""
        login = flask_login.LoginManager(app)
        login.login_view = "login"
        login.user_loader(self.load_user)
        self.add_login_view(app)

    def add_login_view(self, app: Flask) -> None:
        """Give the app its sign-in page."""

        @app.route("/login", methods=["GET", "POST"])
        def login() -> Any:
            if request.method == "GET":
                return render_template("login.html", **self.view_context())
            user = self.find_user(request.form["email"])
            if user is None:
                abort(401)
            self.let_in(user)
            return redirect("/")

    def let_in(self, user: Any) -> None:
        """Remember a user who has signed in."""
        flask_login.login_user(user)

    def load_user(self, key: str) -> Any:
        """Return the user of a session."""
        return self.db.session.get(self.models.User, int(key))

    def find_user(self, email: str) -> Any:
        """Return the user with an address, or None."""
        users = self.models.User
        return self.db.session.query(users).filter_by(email=email).one_or_none()

    def guard(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Let only signed-in users see a view."""
        return flask_login.login_required(view)

    def add_pages(self, app: Flask) -> None:
        """Give the app its pages."""

        @app.get("/")
        def home() -> str:
            return "Our ATS"

        @self.guard
        def application_page(key: str) -> str:
            application = self.application(self.parse_key(key))
            if application is None:
                abort(404)
            candidate = self.candidate_in(application)
            return render_template(
                "application.html",
                application=application,
                candidate=candidate,
                candidate_name=self.name_of(candidate),
                **self.view_context(),
            )

        app.add_url_rule("/applications/<key>", "application_page", application_page)

    def make_staff(self) -> list[Any]:
        """Return one unsaved user per role."""
        return [self.make_user(role, value) for role, value in self.roles.items()]

    def make_user(self, role: str, value: Any) -> Any:
        """Return an unsaved user who has the host's value of a role."""
        return self.models.User(name=f"{role.title()} Miller", email=self.staff_email(role), role=value)

    def staff_email(self, role: str) -> str:
        """Return the address of the staff member with a role."""
        return f"{role}@ats.example"

    def access(self) -> Any:
        """Return what the mount is told about rights."""
        from flask_talentpool import FlaskLoginAccess

        return FlaskLoginAccess(
            role=self.role_entry,
            recruiters={self.roles["recruiter"]},
            managers={self.roles["manager"]},
            admins={self.roles["admin"]},
        )

    def sign_in(self, client: FlaskClient, role: str = "recruiter") -> dict[str, str]:
        """Sign the client in by the host's own login page; the headers to send from then on."""
        data = {"email": self.staff_email(role)}
        token = TOKEN.search(client.get("/login").text)
        if token:
            data["csrf_token"] = token[1]
        answer = client.post("/login", data=data)
        if answer.status_code != 302:
            msg = f"the host refused the sign-in of {role}: {answer.status}"
            raise AssertionError(msg)
        return {}

    def candidate_page(self, key: Any) -> str | None:
        """Return the address of the host page that shows the widgets, None for a JSON-only host."""
        return None if self.JSON_ONLY else f"/applications/{key}"
