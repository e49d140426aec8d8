"""The mailbox page of the demo: every letter that would have left, opened like a mail program would."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, abort, current_app, render_template

from examples.ats.mailbox import letter, letters

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")

SHOWN = 100


@blueprint.get("")
def index() -> str:
    """List the delivered letters, newest first. No login: this stands for the candidates' own inboxes."""
    found = list(letters(_folder()))
    return render_template("mailbox/index.html", letters=found[:SHOWN], number=len(found))


@blueprint.get("/<name>")
def show(name: str) -> str:
    """Show one letter: text, HTML and headers."""
    found = letter(_folder(), name)
    if found is None:
        abort(404)
    # The frame may not run anything; its links open in a window of their own, as in a mail program.
    html = found.part("html")
    page = '<base target="_blank">' + html if html else ""
    return render_template("mailbox/show.html", letter=found, text=found.part("plain"), page=page)


def _folder() -> Path:
    return Path(current_app.config["ATS_MAILBOX"])
