"""The guide's pages, for readers without a session: candidates, recruiters, developers."""

from dataclasses import dataclass

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_talentpool import guide
from flask_talentpool.portal.pages import show
from flask_talentpool.web.csrf import public

HOME = "index"


@dataclass(frozen=True, slots=True)
class GuideView:
    """One page of the guide, with the others to go on to."""

    key: str
    title: str
    html: str
    others: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class NoSuchPage:
    """There is no page of this key, but one that is near."""

    title: str
    nearest: str
    nearest_title: str
    code: str = "not_found"


def register(blueprint: Blueprint) -> None:
    """Register the guide."""
    blueprint.add_url_rule("/guide/", "guide_index", index)
    blueprint.add_url_rule("/guide/<key>/", "guide_page", page)


@public
def index() -> ResponseReturnValue:
    """Show the guide's first page."""
    return _show(HOME)


@public
def page(key: str) -> ResponseReturnValue:
    """Show a page of the guide; for an unknown key, say which one is nearest."""
    try:
        return _show(key)
    except guide.UnknownGuidePage as unknown:
        near = guide.load(unknown.nearest)
        model = NoSuchPage("There is no such page", near.key, near.title)
        return _open(show("guide_gone.html", model, status=404, company=_company()))


def _show(key: str) -> ResponseReturnValue:
    found = guide.load(key)
    pages = guide.keys()
    others = tuple((other, guide.load(other).title) for other in pages if other != key)
    model = GuideView(found.key, found.title, found.html, others)
    html = _scrolling(found.html)
    # The HTML comes from the package itself, never from a user.
    return _open(show("guide.html", model, body=Markup(html), company=_company()))  # noqa: S704


def _scrolling(html: str) -> str:
    """Let wide examples and tables scroll sideways on a phone, by keyboard too."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    table = '<div class="tp-scroll" role="region" aria-label="Table" tabindex="0"><table>'
    return html.replace("<table>", table).replace("</table>", "</table></div>")


def _company() -> str:
    company: str = current_app.extensions["talentpool"].settings.company
    return company


def _open(response: ResponseReturnValue) -> ResponseReturnValue:
    """Let everybody find and keep the guide: it says nothing about anyone."""
    made = current_app.make_response(response)
    del made.headers["X-Robots-Tag"]
    made.headers["Cache-Control"] = "public, max-age=300"
    return made
