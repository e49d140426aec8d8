"""Answering a press of a button that stands on a page of the host's: back to that page, and said there."""

from urllib.parse import quote

from flask import current_app, redirect, request, session
from flask.typing import ResponseReturnValue

from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.request import back, done

KEY = "_talentpool_said"


def answered(message: str, url: str, *, anchor: str = "", **facts: object) -> ResponseReturnValue:
    """Answer a POST that worked: the page it came from says so, ours or the host's.

    The host's flashes are left alone: nobody knows whether and where it shows them.

    Args:
        message: What was done.
        url: Where to go when the form named no page.
        anchor: The id of the widget that says it on a page of the host's.
        **facts: What a JSON client is told beside the message.
    """
    wanted = back("")
    if is_json() or not wanted or _is_ours(wanted):
        return done(message, wanted or url, **facts)
    session[KEY] = [anchor, message]
    page, _, _ = wanted.partition("#")
    return redirect(f"{page}#{anchor}" if anchor else page, code=303)


def said(anchor: str) -> str:
    """Return what is to be said at a widget, once; looking at the widget takes it away."""
    if KEY not in session:
        return ""
    found = session[KEY]
    if not isinstance(found, list) or found[0] != anchor:
        return ""
    session.pop(KEY)
    return str(found[1])


def _is_ours(path: str) -> bool:
    prefix = (request.script_root or "") + current_app.extensions["talentpool"].settings.url_prefix
    return path == prefix or path.startswith((f"{prefix}/", f"{prefix}?", f"{prefix}#"))


def this_page() -> str:
    """Return the page of the host that is being made, as a path to come back to; empty when there is none.

    What a script fetches is a piece of the page the reader sees; the browser names that page.
    """
    if request.method not in {"GET", "HEAD"}:
        return ""
    if request.headers.get("Sec-Fetch-Dest", "document") == "empty":
        here = request.host_url.rstrip("/")
        seen = request.referrer or ""
        return seen[len(here) :] if seen.startswith(f"{here}/") else ""
    query = request.query_string.decode("ascii", "ignore")
    return quote((request.script_root or "") + request.path, safe="/:@!$&'()*+,;=~") + (
        f"?{query}" if query else ""
    )
