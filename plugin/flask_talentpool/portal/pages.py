"""How a candidate's pages are answered: no session, no cookie, nothing kept, nothing passed on."""

import functools
from dataclasses import dataclass
from typing import Any

import jinja2
from flask import Response, current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.config.settings import Settings
from flask_talentpool.letters.texts.files import languages, match
from flask_talentpool.portal.wording import PortalWords, folder_for, own_folder, words_for
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.request import plain

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that says one thing."""

    title: str
    message: str
    code: str
    language: str


def show(template: str, model: Any, *, status: int = 200, **extras: Any) -> Response:
    """Answer with one of the candidate's pages, or with the same facts as JSON."""
    if is_json():
        response = jsonify(plain(model))
    else:
        response = current_app.make_response(
            _templates().get_template(f"talentpool/portal/{template}").render(page=model, **extras)
        )
    response.status_code = status
    return quiet(response)


@functools.cache
def _templates() -> jinja2.Environment:
    """Return our own environment: no context processor, user loader or template of the host's has a say here.

    They may ask for somebody who is signed in, and a candidate never is.
    """
    environment = jinja2.Environment(loader=jinja2.PackageLoader("flask_talentpool"), autoescape=True)
    environment.globals["url_for"] = url_for
    return environment


def quiet(response: Response) -> Response:
    """Put the headers of a candidate's page on a response."""
    response.headers.update(HEADERS)
    response.headers["Vary"] = "Accept"
    return response


def gone() -> ResponseReturnValue:
    """Answer for a link that does not open.

    There is one answer for links that are unknown, expired or revoked, so that nobody can tell them apart;
    its language is the reader's, since a letter's would tell that there was one.
    """
    return say("gone", status=404, code="link_gone")


def later() -> ResponseReturnValue:
    """Answer when the database is away."""
    return say("later", status=503, code="later")


def say(part: str, *, status: int, code: str, template: str = "gone.html") -> Response:
    """Answer with what the words under ``part`` say, in the reader's language."""
    words = reader_words(part.partition(".")[0])
    title, message = words.say(f"{part}.title"), " ".join(words.paragraphs(f"{part}.text"))
    response = show(template, Notice(title, message, code, words.folder), words=words, status=status)
    response.headers["Vary"] = "Accept, Accept-Language"
    return response


def reader_words(page: str) -> PortalWords:
    """Return the words of a page in the language that the browser asks for, else in the host's."""
    settings: Settings = current_app.extensions["talentpool"].settings
    available = languages(own_folder(settings))
    asked = (match(tag, available) for tag, quality in request.accept_languages if quality > 0)
    found = next((language for language in asked if language is not None), None)
    return words_for(settings, folder_for(settings, found) if found else None, page)
