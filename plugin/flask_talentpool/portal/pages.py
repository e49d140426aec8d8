"""How a candidate's pages are answered: no session, no cookie, nothing kept, nothing passed on."""

from typing import Any

from flask import Response, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.desk import plain

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

GONE = {
    "title": "This link does not open",
    "message": "It may be too old, or it was not copied whole. Nothing is wrong with your application. "
    "If you want to tell us something, answer the letter the link came with: a person reads it.",
    "code": "link_gone",
}
"""One answer for links that are unknown, expired or revoked, so that nobody can tell them apart."""

LATER = {
    "title": "Please try again in a moment",
    "message": "The page cannot be shown right now. Your link stays as it is, and nothing was changed.",
    "code": "later",
}


def show(template: str, model: Any, *, status: int = 200, **extras: Any) -> Response:
    """Answer with one of the candidate's pages, or with the same facts as JSON."""
    if is_json():
        response = jsonify(plain(model))
    else:
        response = current_app.make_response(
            render_template(f"talentpool/portal/{template}", page=model, **extras)
        )
    response.status_code = status
    return quiet(response)


def quiet(response: Response) -> Response:
    """Put the headers of a candidate's page on a response."""
    response.headers.update(HEADERS)
    response.headers["Vary"] = "Accept"
    return response


def gone() -> ResponseReturnValue:
    """Answer for a link that does not open."""
    return show("gone.html", GONE, status=404)


def later() -> ResponseReturnValue:
    """Answer when the database is away."""
    return show("gone.html", LATER, status=503)
