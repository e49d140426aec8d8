"""The page behind a candidate's link: looking shows, pressing acts."""

import logging
from collections.abc import Callable
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError

from flask_talentpool.context import Context
from flask_talentpool.db.binds import read_where_written
from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.errors import BeingHandedOver
from flask_talentpool.letters.delivery.prepare import open_link
from flask_talentpool.letters.model import LinkMixin
from flask_talentpool.links import Purpose
from flask_talentpool.portal import answers
from flask_talentpool.portal.colleague_line import LinePage, line_page
from flask_talentpool.portal.forms import AnswerForm, LineForm, StayForm
from flask_talentpool.portal.pages import gone, later, quiet, show
from flask_talentpool.portal.queries import LinkPage, behind, link_page
from flask_talentpool.portal.wording import words_for
from flask_talentpool.web.csrf import is_json, public
from flask_talentpool.web.request import posted

logger = logging.getLogger("flask_talentpool")

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
        except DBAPIError:
            logger.exception("a candidate's page met a database error")
            _talentpool().context().session.rollback()
            return later()

    return patient


def _talentpool() -> Any:
    return current_app.extensions["talentpool"]


@public
@_patient
def link(token: str) -> ResponseReturnValue:
    """Show a candidate's link; a POST takes the answer and shows it."""
    if request.method == "POST":
        return _press(token)
    ctx = _talentpool().context()
    # A letter may arrive before a replica knows of its links.
    read_where_written(ctx.session)
    found = open_link(ctx, token)
    if found is not None and found.purpose == Purpose.LINE:
        line = line_page(ctx, found)
        return gone() if line is None else _show_line(line, LineForm())
    rows = behind(ctx, found) if found is not None else None
    return gone() if rows is None else _show(link_page(ctx, rows))


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


def _press(token: str) -> ResponseReturnValue:
    """Take what is said by a link, in one transaction that looks at it once."""

    def work(ctx: Context) -> Callable[[], ResponseReturnValue]:
        found = open_link(ctx, token)
        if found is None:
            return gone
        return _take_line(ctx, found) if found.purpose == Purpose.LINE else _take_answer(ctx, found)

    try:
        answer: Callable[[], ResponseReturnValue] = _talentpool().transact(work)
    except BeingHandedOver:
        return later()
    return answer()


def _take_answer(ctx: Context, found: LinkMixin) -> Callable[[], ResponseReturnValue]:
    form = (AnswerForm if found.purpose == Purpose.ANSWER else StayForm)(posted())
    is_understood = form.validate()
    rows = answers.say(ctx, found, form.say.data) if is_understood else behind(ctx, found)
    if rows is None:
        return gone
    if is_understood and not is_json():
        return _shown_anew
    return partial(_show, link_page(ctx, rows), status=200 if is_understood else 400)


def _shown_anew() -> ResponseReturnValue:
    return quiet(
        current_app.make_response(redirect(url_for("talentpool.link", **(request.view_args or {})), code=303))
    )


# A colleague's line


def _take_line(ctx: Context, found: LinkMixin) -> Callable[[], ResponseReturnValue]:
    form = LineForm(posted())
    if not form.validate():
        page = line_page(ctx, found)
        return gone if page is None else partial(_show_line, page, form, status=400)
    line = form.line.data if form.say.data == "line" else ""
    return _shown_anew if answers.write_line(ctx, found, line) else gone


def _show_line(page: LinePage, form: LineForm, *, status: int = 200) -> ResponseReturnValue:
    return show("line.html", page, status=status, form=form, longest=LONGEST_LINE)
