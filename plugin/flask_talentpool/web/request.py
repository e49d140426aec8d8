"""One request at our pages: who acts, what they may see, and how they are answered."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from flask_talentpool.access import Access, Action, Actor
from flask_talentpool.context import Context
from flask_talentpool.errors import NotAllowed, NotFound
from flask_talentpool.web.csrf import field_name, is_json, is_public, sent_json, token

TOO_LARGE = 2**63
"""The first number that is no row's: drivers refuse it instead of finding nothing."""
_HEADERS = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
"""One press sends a letter: no other site may show such a page in a frame, nor learn from its address whose it is."""
_CSP = "frame-ancestors 'self'; object-src 'none'; base-uri 'self'"


class RequestContext:
    """What a view works with: the extension, the acting person, and their rights."""

    def __init__(self, talentpool: Any) -> None:
        self.talentpool = talentpool
        self.access: Access = talentpool.access
        self.actor: Actor | None = self.access.actor()

    @property
    def ctx(self) -> Context:
        """A unit of work for looking; what changes goes through :meth:`change`."""
        ctx: Context = self.talentpool.context()
        return ctx

    @property
    def signed_in(self) -> Actor:
        """The acting person.

        Raises:
            NotAllowed: Nobody is signed in.
        """
        if self.actor is None:
            raise NotAllowed
        return self.actor

    @property
    def scopes(self) -> frozenset[str] | None:
        """The scopes the acting person may see; None for all."""
        return self.access.scopes(self.actor)

    def may(self, action: Action, subject: Any = None) -> bool:
        """Whether the acting person may do this, to ``subject`` or at all."""
        return self.access.may(self.actor, action, subject)

    def require(self, action: Action, subject: Any = None) -> None:
        """Raise :class:`NotAllowed` unless the acting person may do this."""
        if not self.may(action, subject):
            raise NotAllowed

    def visible(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """Narrow a SELECT to the rows the acting person may see."""
        return self.access.visible(self.actor, statement)

    def one(self, model: type[Any], row_id: int, *, ctx: Context | None = None) -> Any:
        """Return a row the acting person may see.

        Raises:
            NotFound: There is no such row, or it is not theirs; both look alike.
        """
        statement = self.visible(sa.select(model).where(model.id == row_id))
        row = (ctx or self.ctx).session.scalars(statement).one_or_none()
        if row is None:
            raise NotFound
        return row

    def change(self, work: Callable[[Context], Any]) -> Any:
        """Do something in a transaction of its own; see ``TalentPool.transact``."""
        return self.talentpool.transact(work)


def set_policy(app: Flask) -> None:
    """Give staff's pages a Content-Security-Policy wherever the host gives none.

    They stand in the host's own base template, whose scripts, styles, pictures and fonts may be inline or from
    anywhere, whose sign-out may be a form to another site, and which may lead there to sign in again after a POST. So
    nothing is said of where these come from or lead to: only what no base template needs is refused, to be framed by
    another site, plug-ins, and a ``<base>`` that would send our links and forms elsewhere.
    """

    def policy(response: Response) -> Response:
        if request.blueprint == "talentpool" and not is_public() and response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", _CSP)
        return response

    # The first in the list is the last to run: whatever the host sets for all its pages stands by then.
    app.after_request_funcs.setdefault(None, []).insert(0, policy)


def request_context() -> RequestContext:
    """Return what this request may see and do."""
    return RequestContext(current_app.extensions["talentpool"])


def posted() -> MultiDict[str, Any]:
    """Return what was posted, as a form whether it came as a form or as JSON."""
    if not request.is_json:
        return request.form
    sent = sent_json()
    if not isinstance(sent, Mapping):
        return MultiDict()
    return MultiDict(
        (key, item if isinstance(item, str) else json.dumps(item))
        for key, value in sent.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    )


def row_ids(texts: Iterable[str]) -> list[int]:
    """Return the ids among these texts; what no id column can hold is none."""
    found = [text for text in texts if text.isascii() and text.isdigit() and len(text) < len(str(TOO_LARGE))]
    return [int(text) for text in found]


def plain(value: Any) -> Any:
    """Return a view model as JSON can hold it; moments as ISO 8601 in UTC."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def page(template: str, model: Any, *, status: int = 200, **extras: Any) -> ResponseReturnValue:
    """Answer with a page, or with the same facts as JSON when that is what was asked for.

    Args:
        template: A template below ``talentpool/``.
        model: A frozen dataclass of plain values; the template sees it as ``page``.
        status: The HTTP status.
        **extras: What only the HTML needs, such as forms.
    """
    if is_json():
        response: Response = jsonify(plain(model))
    else:
        settings = current_app.extensions["talentpool"].settings
        html = render_template(
            f"talentpool/{template}",
            page=model,
            layout=settings.base_template or "talentpool/base.html",
            own_layout=settings.base_template is None,
            request_context=request_context(),
            csrf=token,
            csrf_name=field_name(),
            **extras,
        )
        response = current_app.make_response(html)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    response.headers.setdefault("Vary", "Accept")
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def done(message: str, url: str, **facts: Any) -> ResponseReturnValue:
    """Answer a POST that worked: back to a page that says so, or JSON."""
    if is_json():
        return jsonify({"message": message, **plain(facts)})
    flash(message, "talentpool")
    return redirect(url, code=303)


def back(default: str) -> str:
    """Return where to go after a POST: the page it came from when that is in this host, else ``default``."""
    return own_path(str(posted().get("next", ""))) or default


def own_path(wanted: str) -> str:
    """Return a path if it leads to a page of this host, else an empty text."""
    # No scheme, no "//other.host", no backslash that a browser reads as a slash.
    is_path = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if is_path and all(char >= " " for char in wanted) else ""


def home() -> str:
    """Return the address of the first page."""
    return url_for("talentpool.index")
