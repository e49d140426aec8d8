"""The page behind a candidate's link: looking shows, pressing acts."""

from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import OperationalError, ProgrammingError

from flask_talentpool.decisions.editing import LONGEST_LINE
from flask_talentpool.errors import BeingHandedOver
from flask_talentpool.letters.delivery.prepare import open_link
from flask_talentpool.links import Purpose
from flask_talentpool.portal import answers
from flask_talentpool.portal.colleague_line import LinePage, line_page
from flask_talentpool.portal.forms import AnswerForm, LineForm, StayForm
from flask_talentpool.portal.pages import gone, later, quiet, show
from flask_talentpool.portal.queries import LinkPage, behind, link_page
from flask_talentpool.portal.wording import words_for
from flask_talentpool.web.csrf import is_json, public
from flask_talentpool.web.request import posted

View = Callable[..., ResponseReturnValue]


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/l/<token>", "link", link, methods=["GET", "POST"])


def _patient(view: View) -> View:
    """Answer kindly when the database is away: a candidate can do nothing about it."""

    @wraps(view)
    def patient(*arguments: Any, **named: Any) -> ResponseReturnValue:
        try:
            return view(*arguments, **named)
        except (OperationalError, ProgrammingError):
            current_app.logger.exception("a candidate's page met a database error")
            _talentpool().context().session.rollback()
            return later()

    return patient


def _talentpool() -> Any:
    return current_app.extensions["talentpool"]


@public
@_patient
def link(token: str) -> ResponseReturnValue:
    """Show a candidate's link; a POST takes the answer and shows it."""
    if (colleagues := _line(token)) is not None:
        return colleagues
    if request.method == "POST":
        return _say(token)
    page = _look(token)
    return gone() if page is None else _show(page)


def _look(token: str) -> LinkPage | None:
    ctx = _talentpool().context()
    found = open_link(ctx, token)
    rows = behind(ctx, found) if found is not None else None
    return None if rows is None else link_page(ctx, rows)


def _show(page: LinkPage, *, status: int = 200) -> ResponseReturnValue:
    words = words_for(_talentpool().settings, page.language, page.purpose)
    return show(
        "answer.html" if page.purpose == Purpose.ANSWER else "stay.html",
        page,
        status=status,
        words=words,
        asks_again=status == HTTPStatus.BAD_REQUEST,
        text=words.marked(f"{page.part}.text", **page.values),
        guide_url=partial(_guide_url, language=page.language),
    )


def _guide_url(key: str, anchor: str = "", *, language: str) -> str:
    """Return the address of a page of the guide in a language; empty for one that is hidden."""
    url = _talentpool().guide_url(key, language=language)
    return "" if not url else f"{url}#{anchor}" if anchor else str(url)


def _say(token: str) -> ResponseReturnValue:
    page = _look(token)
    if page is None:
        return gone()
    form = (AnswerForm if page.purpose == Purpose.ANSWER else StayForm)(posted())
    if not form.validate():
        return _show(page, status=400)
    _talentpool().context().session.rollback()  # what was looked at is read again under the lock
    said = _talentpool().transact(lambda ctx: answers.say(ctx, token, form.say.data))
    if said is None:
        return gone()
    if is_json():
        return _show(said)
    return quiet(current_app.make_response(redirect(url_for("talentpool.link", token=token), code=303)))


# A colleague's line


def _line(token: str) -> ResponseReturnValue | None:
    """Answer a link for a line; None for any other link."""
    ctx = _talentpool().context()
    found = open_link(ctx, token)
    if found is None or found.purpose != Purpose.LINE:
        return None
    page = line_page(ctx, found)
    if page is None:
        return gone()
    return _show_line(page, LineForm()) if request.method != "POST" else _write_line(token, page)


def _write_line(token: str, page: LinePage) -> ResponseReturnValue:
    form = LineForm(posted())
    if not form.validate():
        return _show_line(page, form, status=400)
    _talentpool().context().session.rollback()  # what was looked at is read again in the transaction that changes it
    line = form.line.data if form.say.data == "line" else ""
    try:
        written = _talentpool().transact(lambda ctx: answers.write_line(ctx, token, line))
    except BeingHandedOver:
        return later()
    if not written:
        return gone()
    return quiet(current_app.make_response(redirect(url_for("talentpool.link", token=token), code=303)))


def _show_line(page: LinePage, form: LineForm, *, status: int = 200) -> ResponseReturnValue:
    return show("line.html", page, status=status, form=form, longest=LONGEST_LINE)
