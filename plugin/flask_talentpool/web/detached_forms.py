"""Forms of a widget that stand outside of it, so that it works inside a form of the host's.

HTML knows no nested forms. A widget's buttons and fields therefore name their form by ``form="tp-…"``,
and the forms themselves are put at the end of the page once the host has answered. A widget is written
with plain links first; the links are exchanged for buttons only in an answer that can carry the forms,
so an answer that is streamed, JSON or kept in a cache shows links that work.
"""

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Flask, Response, after_this_request, has_request_context, request
from markupsafe import Markup

from flask_talentpool.web import csrf

logger = logging.getLogger("flask_talentpool")

# Kept with the request, not on ``g``: an app context may outlive a request.
KEY = "flask_talentpool.outside"
ANSWERED = "flask_talentpool.answered"
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)


@dataclass(slots=True)
class Forms:
    """The forms of one piece of a page, by the ids their buttons name."""

    prefix: str
    markup: list[Markup] = field(default_factory=list)

    def open(self, action: str, hidden: Mapping[str, str] | None = None) -> str:
        """Make a form that posts to ``action``; its id, for the ``form`` attribute of buttons and fields."""
        form_id = f"{self.prefix}-{len(self.markup) + 1}"
        fields = {csrf.field_name(): csrf.token(), **(hidden or {})}
        inputs = Markup("").join(
            Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
            for name, value in fields.items()
            if value
        )
        self.markup.append(
            Markup('<form id="{}" method="post" action="{}" hidden>{}</form>').format(form_id, action, inputs)
        )
        return form_id

    def render(self) -> Markup:
        """Return the forms themselves; they must not stand inside another form."""
        return Markup("").join(self.markup)


@dataclass(slots=True)
class Outside:
    """What one answer of the host still has to be given."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(4))
    pieces: list[tuple[Markup, Forms]] = field(default_factory=list)
    has_stylesheet: bool = False

    def forms(self) -> Forms:
        """Start the forms of one piece."""
        return Forms(f"tp-{self.nonce}-{len(self.pieces) + 1}")

    def swap_in(self, links: Markup, buttons: Markup, forms: Forms) -> Markup:
        """Return ``links``, marked to become ``buttons`` where the answer can carry their forms."""
        self.pieces.append((buttons, forms))
        mark = f"tp-{self.nonce}-{len(self.pieces)}"
        return Markup("<!--{0}-->{1}<!--/{0}-->").format(mark, links)

    def finish(self, response: Response) -> Response:
        """Exchange links for buttons and put their forms at the end of the page, if this is a page."""
        try:
            if self.pieces and _is_page(response):
                response.set_data(self._put(response.get_data()))
        except Exception:  # the host's answer goes out whatever happens here; the links in it work
            logger.exception("the forms of the talent pool's widgets could not be added to a page")
        return response

    def _put(self, body: bytes) -> bytes:
        forms: list[Markup] = []

        def buttons(found: re.Match[bytes]) -> bytes:
            piece, its_forms = self.pieces[int(found[1]) - 1]
            forms.append(its_forms.render())
            return piece.encode()

        pattern = rb"<!--tp-%s-(\d+)-->.*?<!--/tp-%s-\1-->" % (self.nonce.encode(), self.nonce.encode())
        body = re.sub(pattern, buttons, body, flags=re.DOTALL)
        ends = list(_BODY_END.finditer(body))
        at = ends[-1].start() if ends else len(body)
        return body[:at] + Markup("").join(forms).encode() + body[at:]


def _is_page(response: Response) -> bool:
    charset = response.mimetype_params.get("charset", "utf-8").casefold()
    return (
        response.mimetype == "text/html"
        and charset in {"utf-8", "utf8"}
        and response.is_sequence
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
    )


def current() -> Outside | None:
    """Return what this request's answer is given; None where there is none, or it is on its way already."""
    if not has_request_context() or request.environ.get(ANSWERED, False):
        return None
    outside: Outside | None = request.environ.get(KEY)
    if outside is None:
        outside = request.environ[KEY] = Outside()
        after_this_request(outside.finish)
    return outside


def mark_answers(app: Flask) -> None:
    """Remember when a request was answered: what a stream renders afterwards gets no forms any more."""

    def answered(response: Response) -> Response:
        request.environ[ANSWERED] = True
        return response

    app.after_request(answered)
