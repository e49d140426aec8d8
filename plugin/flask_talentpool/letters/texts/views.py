"""Pages where HR edits the texts of letters: the list, one text with its preview, versions compared."""

import secrets
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from flask_talentpool.access import Action, Subject
from flask_talentpool.context import Context
from flask_talentpool.decisions.outcome.text_preview import Trial, try_out
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters.internal_mail import send_test
from flask_talentpool.letters.texts import queries, versions
from flask_talentpool.letters.texts.forms import RestoreForm, TextForm
from flask_talentpool.letters.texts.syntax import LONGEST, TextProblem
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import Failure, failed, invalid
from flask_talentpool.web.request import RequestContext, done, page, posted, request_context
from flask_talentpool.web.sent import asked_number

_CONFLICT = "text_changed"


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    one = "/texts/<language>/<path:name>"
    blueprint.add_url_rule("/texts", "texts", texts)
    blueprint.add_url_rule(one, "text", text)
    blueprint.add_url_rule(one, "text_save", save, methods=["POST"])
    blueprint.add_url_rule(f"{one}/preview", "text_preview", preview, methods=["POST"])
    blueprint.add_url_rule(f"{one}/test", "text_test", test, methods=["POST"])
    blueprint.add_url_rule(f"{one}/restore", "text_restore", restore, methods=["POST"])
    blueprint.add_url_rule(f"{one}/compare", "text_compare", compare)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_much)


def text_url(endpoint: str, model: Any, **more: object) -> str:
    """Return the address of a page or act of one text, in its scope."""
    if model.scope:
        more["scope"] = model.scope
    return url_for(f"talentpool.{endpoint}", language=model.language, name=model.name, **more)  # type: ignore[arg-type]


def _scopes(current: RequestContext) -> tuple[str, ...]:
    return tuple(sorted(current.scopes)) if current.scopes is not None else ("",)


def _scope(current: RequestContext) -> str:
    """Return whose texts are meant; refuses those the acting person has no right to."""
    current.require(Action.TEXT_WRITE)
    scope = request.args.get("scope")
    if scope is None:
        scope = next(iter(_scopes(current)), "")
    if not current.may(Action.TEXT_WRITE, Subject(scope=scope)):
        raise NotFound
    return scope


# Looking


def texts() -> ResponseReturnValue:
    """Show the texts of one language."""
    current = request_context()
    scope = _scope(current)
    ctx = current.ctx
    there = versions.languages_of(ctx)
    usual = versions.known_language(ctx, ctx.settings.locale) or there[0]
    language = request.args.get("language", usual)
    return page("texts.html", queries.texts_page(ctx, language, scope=scope, scopes=_scopes(current)))


def text(language: str, name: str) -> ResponseReturnValue:
    """Show one text as it is used now, and how it reads to somebody."""
    current = request_context()
    scope = _scope(current)
    ctx = current.ctx
    model = queries.text_page(ctx, name, language=language, scope=scope)
    return _show(current, ctx, model, TextForm(data={"source": model.source, "seen": model.seen}))


def compare(language: str, name: str) -> ResponseReturnValue:
    """Show two versions line by line."""
    current = request_context()
    scope = _scope(current)
    ctx = current.ctx
    queries.known(ctx, language, name)
    latest = versions.newest(ctx, name, language=language, scope=scope)
    old = asked_number("old", max(latest - 1, 0))
    new = asked_number("new", latest)
    model = queries.compare_page(ctx, name, old, new, language=language, scope=scope)
    return page("text_compare.html", model, text_url=text_url)


def _trial(current: RequestContext, ctx: Context, model: queries.TextPage, person: int | None) -> Trial:
    return try_out(
        ctx,
        current.visible,
        model.name,
        model.source,
        language=model.language,
        scope=model.scope,
        person=person,
    )


def _show(
    current: RequestContext,
    ctx: Context,
    model: queries.TextPage,
    form: TextForm,
    *,
    status: int = 200,
    sent_to: str = "",
) -> ResponseReturnValue:
    person = form.person.data if form.person.data is not None else asked_number("person", None)
    trial = _trial(current, ctx, model, person)
    if is_json():
        return page("text.html", {"text": model, "trial": trial}, status=status)
    return page(
        "text.html",
        model,
        status=status,
        form=form,
        trial=trial,
        text_url=text_url,
        press=secrets.token_urlsafe(12),
        longest=LONGEST,
        sent_to=sent_to,
    )


# Acting


def preview(language: str, name: str) -> ResponseReturnValue:
    """Show how words that are not saved would read; stores nothing."""
    current = request_context()
    scope = _scope(current)
    ctx = current.ctx
    form = TextForm(posted())
    model = queries.text_page(ctx, name, language=language, scope=scope, source=form.source.data or "")
    return _show(current, ctx, model, form)


def save(language: str, name: str) -> ResponseReturnValue:
    """Save words as a new version; letters composed from now on are written from it."""
    current = request_context()
    scope = _scope(current)
    queries.known(current.ctx, language, name)
    form = TextForm(posted())
    if not form.validate():
        return _again(current, form, language, name, scope)

    def work(ctx: Context) -> int:
        row = versions.save(
            ctx,
            name,
            form.source.data,
            language=language,
            seen=form.seen.data or 0,
            by=current.signed_in,
            scope=scope,
            note=form.note.data,
        )
        return row.version

    try:
        version = current.change(work)
    except TextProblem as problem:
        form.source.errors = [str(mistake) for mistake in problem.mistakes]
        return _again(current, form, language, name, scope)
    except Refused as refusal:
        if is_json():
            raise
        form.source.errors = [str(refusal)]
        return _again(current, form, language, name, scope, status=409)
    return _to_text(
        f"Saved as version {version}. Letters written from now on say so; those that wait keep their words.",
        language,
        name,
        scope,
        version=version,
        person=form.person.data,
    )


def _again(
    current: RequestContext, form: TextForm, language: str, name: str, scope: str, *, status: int = 400
) -> ResponseReturnValue:
    if is_json():
        return invalid(form.errors)
    ctx = current.ctx
    # Saving once more is then deliberate: the page says whose version it would follow.
    model = queries.text_page(ctx, name, language=language, scope=scope, source=form.source.data or "")
    form.seen.data = model.seen
    return _show(current, ctx, model, form, status=status)


def restore(language: str, name: str) -> ResponseReturnValue:
    """Go back to an earlier version, or to the text as it came; kept as a new version."""
    current = request_context()
    scope = _scope(current)
    queries.known(current.ctx, language, name)
    form = RestoreForm(posted())
    if not form.validate():
        return invalid(form.errors)

    def work(ctx: Context) -> int:
        row = versions.restore(
            ctx,
            name,
            form.version.data,
            language=language,
            seen=form.seen.data,
            by=current.signed_in,
            scope=scope,
        )
        return row.version

    try:
        version = current.change(work)
    except TextProblem as problem:
        raise Refused(str(problem), code="text_problem") from None
    back_to = f"version {form.version.data}" if form.version.data else "the text as it came"
    return _to_text(
        f"Back to {back_to}, kept as version {version}.", language, name, scope, version=version, person=None
    )


def test(language: str, name: str) -> ResponseReturnValue:
    """Send the words as they stand to the acting person's own address; once for each press."""
    current = request_context()
    scope = _scope(current)
    form = TextForm(posted())
    if not form.press.data:
        raise Refused("Reload the page, then press once more.", code="no_press")

    def work(ctx: Context) -> int | None:
        source = form.source.data or ""
        model = queries.text_page(ctx, name, language=language, scope=scope, source=source)
        trial = _trial(current, ctx, model, form.person.data)
        if trial.written is None:
            said = " ".join(str(mistake) for mistake in trial.mistakes) or trial.problem
            raise Refused(f"A test needs a text that can be written. {said}", code="text_problem")
        link = f"{ctx.settings.public_url or ''}{text_url('text', model)}"
        sent = send_test(
            ctx,
            trial.written,
            to=current.signed_in,
            press=form.press.data,
            scope=scope,
            person_id=trial.person_id,
            link=link,
        )
        return sent.id if sent is not None else None

    try:
        letter_id = current.change(work)
    except Refused as refusal:
        if is_json():
            raise
        form.source.errors = [str(refusal)]
        return _again(current, form, language, name, scope, status=409)
    address = current.signed_in.email
    if is_json():
        return done(f"A test goes to {address}.", "", letter_id=letter_id)
    ctx = current.ctx
    model = queries.text_page(ctx, name, language=language, scope=scope, source=form.source.data or "")
    # The words are not saved: going to the page of the text would lose them.
    return _show(current, ctx, model, form, sent_to=address or "")


def _to_text(
    message: str, language: str, name: str, scope: str, *, version: int, person: int | None
) -> ResponseReturnValue:
    where = {key: value for key, value in (("scope", scope), ("person", person)) if value}
    url = url_for("talentpool.text", language=language, name=name, **where)  # type: ignore[arg-type]
    return done(message, url, version=version)


def _too_much(error: RequestEntityTooLarge) -> ResponseReturnValue:
    del error
    said = f"What was sent is longer than anything here can be. The text of a letter has up to {LONGEST:,} characters: shorten it, then send it again."
    return failed(Failure("Too long", said, "too_long"), 413)
