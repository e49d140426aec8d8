"""Checking every POST of ours with the token the host's own CSRFProtect uses too."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_wtf.csrf import CSRFProtect, generate_csrf, validate_csrf
from wtforms import ValidationError

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "talentpool_public"
"""The attribute that marks a view whose link is its own credential: candidates have no session."""


def public(view: View) -> View:
    """Mark a view as one that candidates reach by link, without session or token."""
    setattr(view, PUBLIC, True)
    return view


def is_public() -> bool:
    """Whether the request is for a candidate's page, whose link is its own credential."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), PUBLIC, False) is True


def is_json() -> bool:
    """Whether the client asked for JSON rather than a page."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def sent_json() -> Any:
    """Return what was posted as JSON; None where it is none, or is nested too deeply to be read."""
    try:
        return request.get_json(silent=True) if request.is_json else None
    except RecursionError:
        return None


def field_name() -> str:
    """Return the name of the field that carries the token."""
    return str(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"))


def token() -> str:
    """Return the token for a form of ours."""
    return str(generate_csrf())


def check() -> None:
    """Refuse a POST without a valid token; run before every request to our blueprint."""
    if request.method not in {"POST", "PUT", "PATCH", "DELETE"}:
        return
    if is_public() or not current_app.config.get("WTF_CSRF_ENABLED", True) or _cannot_be_forged():
        return
    field = field_name()
    found = request.form.get(field)
    for name in current_app.config.get("WTF_CSRF_HEADERS", ["X-CSRFToken", "X-CSRF-Token"]):
        found = found or request.headers.get(name)
    sent = None if found else sent_json()
    if isinstance(sent, dict):
        found = sent.get(field)
    try:
        validate_csrf(found)
    except ValidationError:
        abort(
            400,
            "This form has expired or did not come from this site. Go back, reload the page and press again.",
        )


def _cannot_be_forged() -> bool:
    """Whether a request brings what only a program of the sender's own can have put there.

    A browser adds Basic, Digest and Negotiate by itself, to another site's form as well, and a proxy may make an
    ``Authorization`` of its own cookie: so only the schemes that the operator named count, without any cookie, and
    never where the browser says that another site sent it.
    """
    settings = current_app.extensions["talentpool"].settings
    scheme = request.authorization.type if request.authorization is not None else ""
    if scheme.lower() not in settings.tokenless_schemes or request.cookies:
        return False
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "same-site", "none"}
    ours = {request.host, urlsplit(settings.public_url or "").netloc}
    return origin is None or urlsplit(origin).netloc in ours - {""}


def exempt_public(app: Flask) -> None:
    """Exempt the candidates' views from the host's CSRFProtect, in whatever order both were initialised."""
    pending = [True]

    def exempt() -> None:
        if not pending:
            return
        pending.clear()
        protect: CSRFProtect | None = app.extensions.get("csrf")
        if protect is None:
            return
        for view in app.view_functions.values():
            if getattr(view, PUBLIC, False):
                protect.exempt(view)

    # First of all, so that it runs before the host's CSRFProtect looks at the first request.
    app.before_request_funcs.setdefault(None, []).insert(0, exempt)
