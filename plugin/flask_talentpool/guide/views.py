"""The guide's pages, for readers without a session: candidates and recruiters."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from flask import Blueprint, Response, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_talentpool.config.guide_keys import CANDIDATES, HOME, RECRUITERS
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.guide import Guide, GuidePage, UnknownGuidePage
from flask_talentpool.guide.pages import KINDS
from flask_talentpool.portal.pages import HEADERS, show
from flask_talentpool.web.csrf import public

ENGLISH = "en"
INFORMAL = "-informal"
_A_PAGE_STAYS, _A_FILE_STAYS = 300, 3600
_WITH_TOOL = HEADERS["Content-Security-Policy"] + "; script-src 'self'"
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_NAMES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
}
WORDS = {
    "en": {
        "guide": "The guide",
        "more": "More to read",
        "candidates": "For candidates",
        "recruiters": "For recruiters",
        "language": "This page in other languages",
    },
    "de": {
        "guide": "Der Leitfaden",
        "more": "Mehr zu lesen",
        "candidates": "Für alle, die sich beworben haben",
        "recruiters": "Für alle, die einstellen (auf Englisch)",
        "language": "Diese Seite in anderen Sprachen",
    },
}
"""What stands around a page, in its language; English where nobody wrote it."""


class Other(NamedTuple):
    """Another page to go on to."""

    key: str
    title: str
    url: str


class Language(NamedTuple):
    """A language this page is there in."""

    code: str
    """As HTML names it, such as ``de``."""
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Others:
    """The other pages, by whom they are for."""

    candidates: tuple[Other, ...]
    recruiters: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class GuideView:
    """One page of the guide, with the others to go on to and the languages it is there in."""

    key: str
    title: str
    html: str
    description: str
    language: str
    """As HTML names it, such as ``de``."""
    languages: tuple[Language, ...]
    """This page's own first; only one where it is there in no other."""
    others: Others
    has_tool: bool


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
    blueprint.add_url_rule("/guide/assets/<path:asset>", "guide_asset", asset_file)
    blueprint.add_url_rule("/guide/<key>/", "guide_page", page)
    blueprint.add_url_rule("/guide/<folder>/<key>/", "guide_translated", translated)


@public
def index() -> ResponseReturnValue:
    """Show the guide's first page."""
    return _page(HOME, ENGLISH)


@public
def page(key: str) -> ResponseReturnValue:
    """Show a page of the guide, or the first page in a language."""
    guide = _guide()
    if key not in guide.languages():
        return _page(key, ENGLISH)
    if HOME in _keys_in(guide, key):
        return _page(HOME, key)
    first = next(iter(_keys_in(guide, key)), HOME)
    return redirect(_url(guide, first, key))


@public
def translated(folder: str, key: str) -> ResponseReturnValue:
    """Show a page in another language; where it is not there in it, lead to where it is."""
    return _page(key, folder) if folder in _guide().languages() else _no_such_page(key)


@public
def asset_file(asset: str) -> ResponseReturnValue:
    """Give out a picture or script of a page."""
    path = _guide().asset(asset)
    kind = KINDS.get(path.suffix.lower()) if path is not None else None
    if path is None or kind is None:
        return Response("There is no such file.\n", 404, content_type="text/plain; charset=utf-8")
    response = Response(path.read_bytes(), mimetype=kind)
    response.headers["Cache-Control"] = f"public, max-age={_A_FILE_STAYS}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    # A picture opened by itself is a document of this host, and may run nothing.
    response.headers["Content-Security-Policy"] = _PICTURE
    if kind == KINDS[".pdf"]:
        # Some browsers show none in a sandbox; as a file to keep it opens everywhere, and not on this host.
        response.headers["Content-Disposition"] = "attachment"
    response.add_etag()
    return response.make_conditional(request)


def _page(key: str, language: str) -> ResponseReturnValue:
    """Answer with a page; for an unknown key, say which one is nearest."""
    guide = _guide()
    try:
        found = guide.load(key, language=language)
    except UnknownGuidePage:
        return _no_such_page(key)
    address = _url(guide, key, found.language)
    # Links on a page are relative, so it is served in one place only.
    is_here = request.script_root + request.path == address
    return _show(guide, found) if is_here else redirect(address)


def _no_such_page(key: str) -> ResponseReturnValue:
    guide = _guide()
    nearest = UnknownGuidePage(key, (*guide.keys(), HOME)).nearest
    model = NoSuchPage("There is no such page", nearest, guide.title(nearest))
    return _open(show("guide_gone.html", model, status=404, company=_settings().company))


def _show(guide: Guide, found: GuidePage) -> ResponseReturnValue:
    model = GuideView(
        key=found.key,
        title=found.title,
        html=found.html,
        description=found.description,
        language=found.lang,
        languages=tuple(_languages(guide, found)),
        others=Others(
            candidates=_others(guide, found, CANDIDATES), recruiters=_others(guide, found, RECRUITERS)
        ),
        has_tool=found.has_tool,
    )
    # The HTML comes from the package or the host's own folder, never from a user.
    body = Markup(_scrolling(found.html))  # noqa: S704
    words = WORDS.get(found.lang.partition("-")[0], WORDS[ENGLISH])
    home = _url(guide, HOME, found.language)
    response = _open(
        show("guide.html", model, body=body, words=words, home=home, company=_settings().company)
    )
    if found.has_tool:
        response.headers["Content-Security-Policy"] = _WITH_TOOL
    return response


def _others(guide: Guide, found: GuidePage, keys: tuple[str, ...]) -> tuple[Other, ...]:
    return tuple(
        Other(key, guide.title(key, language=found.language), _url(guide, key, found.language))
        for key in keys
        if key != found.key and key not in guide.hidden
    )


def _languages(guide: Guide, found: GuidePage) -> Iterator[Language]:
    """Say in which languages a page is there, each once: in the form of address the reader came with."""
    is_informal = _settings().form_of_address is FormOfAddress.INFORMAL
    by_lang = {}
    # What comes last is what counts.
    for folder in sorted(guide.languages(found.key), key=lambda one: one.endswith(INFORMAL) is is_informal):
        by_lang[folder.removesuffix(INFORMAL)] = folder
    by_lang[found.lang] = found.language
    for lang, folder in sorted(
        by_lang.items(), key=lambda one: (one[0] != found.lang, one[0] != ENGLISH, one)
    ):
        yield Language(lang, _NAMES.get(lang, lang), _url(guide, found.key, folder))


def _keys_in(guide: Guide, language: str) -> tuple[str, ...]:
    return tuple(key for key in (HOME, *guide.keys()) if language in guide.languages(key))


def _url(guide: Guide, key: str, language: str) -> str:
    return url_for("talentpool.guide_index") + (guide.address(key, language=language) or "")


def _scrolling(html: str) -> str:
    """Let wide examples and tables scroll sideways on a phone, by keyboard too."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    table = '<div class="tp-scroll" role="region" aria-label="Table" tabindex="0"><table>'
    return html.replace("<table>", table).replace("</table>", "</table></div>")


def _guide() -> Guide:
    guide: Guide = current_app.extensions["talentpool"].guide
    return guide


def _settings() -> Settings:
    settings: Settings = current_app.extensions["talentpool"].settings
    return settings


def _open(response: Response) -> Response:
    """Let everybody find and keep the guide: it says nothing about anyone."""
    del response.headers["X-Robots-Tag"]
    response.headers["Cache-Control"] = f"public, max-age={_A_PAGE_STAYS}"
    return response
