"""Pages of recalls: a job's bench, the invitation before it is sent, and taking it back."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.decisions import editing
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import RecallState
from flask_talentpool.errors import NotFound
from flask_talentpool.letters.reading import paragraphs
from flask_talentpool.people.service import find_link
from flask_talentpool.recalls import letter as invitation
from flask_talentpool.recalls import queries, service
from flask_talentpool.recalls.asked import job_of
from flask_talentpool.recalls.eligibility import Target
from flask_talentpool.recalls.forms import InviteForm, RangForm, field_of, order_form
from flask_talentpool.recalls.known import job_in_sight
from flask_talentpool.recalls.model import RecallMixin
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, back, done, home, page, posted, request_context
from flask_talentpool.web.sent import asked_number


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/jobs", "benches", benches)
    blueprint.add_url_rule("/jobs/<path:job_key>", "bench", bench)
    blueprint.add_url_rule("/jobs/<path:job_key>/order", "bench_order", order, methods=["POST"])
    blueprint.add_url_rule("/decisions/<int:decision_id>/invite", "invite", invite, methods=["GET", "POST"])
    blueprint.add_url_rule("/decisions/<int:decision_id>/rang", "rang", rang, methods=["POST"])
    blueprint.add_url_rule("/jobs/<path:job_key>/known", "known", known)
    blueprint.add_url_rule(
        "/decisions/<int:decision_id>/enquire/<path:job_key>", "enquire", enquire, methods=["GET", "POST"]
    )
    blueprint.add_url_rule("/recalls/<int:recall_id>/open", "recall_open", open_now, methods=["POST"])
    blueprint.add_url_rule("/recalls/<int:recall_id>/withdraw", "recall_withdraw", withdraw, methods=["POST"])
    blueprint.add_url_rule("/recalls/<int:recall_id>/opened", "recall_opened", opened, methods=["POST"])
    blueprint.add_url_rule("/recalls/<int:recall_id>/seen", "recall_seen", seen, methods=["POST"])


def benches() -> ResponseReturnValue:
    """Show the jobs that somebody came close for."""
    current = request_context()
    current.require(Action.VIEW)
    search, number = request.args.get("q", "")[:100], max(1, asked_number("page", 1))
    return page(
        "benches.html", queries.benches_page(current.ctx, current.visible, search=search, number=number)
    )


def bench(job_key: str) -> ResponseReturnValue:
    """Show a job's runners-up in finishing order."""
    current = request_context()
    current.require(Action.VIEW)
    return _bench(current, _read(current, job_key))


def _read(current: RequestContext, job_key: str) -> queries.BenchPage:
    return queries.bench_page(
        current.ctx, job_key, access=current.access, actor=current.actor, may=current.may
    )


def _bench(
    current: RequestContext, model: queries.BenchPage, *, form: Form | None = None, status: int = 200
) -> ResponseReturnValue:
    if form is None:
        form = order_form(None, ((line.decision_id, line.name) for line in model.lines))
        for line in model.lines:
            form[field_of(line.decision_id)].data = line.finish
    return page(
        "bench.html",
        model,
        status=status,
        form=form,
        field_of=field_of,
        may_invite=current.may(Action.INVITE),
        may_bulk=current.may(Action.LETTER_BULK),
    )


def order(job_key: str) -> ResponseReturnValue:
    """Write down who came second, third, …; a number left empty is taken away."""
    current = request_context()
    current.require(Action.FINISH_ORDER)
    model = _read(current, job_key)
    mine = {line.decision_id: line for line in model.lines if line.may_order}
    sent = posted()
    form = order_form(sent, ((key, line.name) for key, line in mine.items() if field_of(key) in sent))
    if not form.validate():
        if is_json():
            return invalid(form.errors)
        whole = order_form(sent, ((line.decision_id, line.name) for line in model.lines))
        whole.validate()
        return _bench(current, model, form=whole, status=400)
    wanted = {
        key: form[field_of(key)].data
        for key, line in mine.items()
        if field_of(key) in form and form[field_of(key)].data != line.finish
    }

    def work(ctx: Context) -> None:
        rows = [(_decision(current, key, ctx, Action.FINISH_ORDER), place) for key, place in wanted.items()]
        editing.set_finishes(ctx, [(row, place, None) for row, place in rows], by=current.signed_in)

    current.change(work)
    message = "The order is written down." if wanted else "The order is as it was."
    return done(message, url_for("talentpool.bench", job_key=job_key), changed=len(wanted))


def _decision(current: RequestContext, decision_id: int, ctx: Context, action: Action) -> DecisionMixin:
    """Load a decision the acting person may do something to."""
    row: DecisionMixin = current.one(ctx.models.decision, decision_id, ctx=ctx)
    current.require(action, row)
    return row


def _recall(current: RequestContext, recall_id: int, ctx: Context) -> RecallMixin:
    row: RecallMixin = current.one(ctx.models.recall, recall_id, ctx=ctx)
    current.require(Action.INVITE, row)
    return row


def _bench_url(row: Any) -> str:
    key = job_of(row)
    return url_for("talentpool.bench", job_key=key) if key else home()


def known(job_key: str) -> ResponseReturnValue:
    """Show the people we know for a job: members who came close for jobs of a like title."""
    current = request_context()
    current.require(Action.INVITE)
    job = _job(current, current.ctx, job_key)
    model = queries.known_page(current.ctx, job, access=current.access, actor=current.actor, may=current.may)
    return page("known.html", model)


def _job(current: RequestContext, ctx: Context, job_key: str) -> Target:
    found = job_in_sight(ctx, job_key, current.access.scopes(current.actor))
    if found is None:
        raise NotFound("Your ATS has no such job, or nobody has applied for it in your part of the house.")
    return found


def invite(decision_id: int) -> ResponseReturnValue:
    """Show the invitation as it will be read; a POST sends it, or shows it again with another line."""
    return _ask(decision_id, None)


def enquire(decision_id: int, job_key: str) -> ResponseReturnValue:
    """Show the question about another job as it will be read; a POST sends it, or shows it again with another line."""
    return _ask(decision_id, job_key)


def _ask(decision_id: int, job_key: str | None) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.INVITE)
    ctx = current.ctx
    decision = _decision(current, decision_id, ctx, Action.INVITE)
    job = None if job_key is None else _job(current, ctx, job_key)
    if request.method != "POST":
        return _invite(current, ctx, decision, InviteForm(), job=job)
    form = InviteForm(posted())
    if not form.validate():
        return (
            invalid(form.errors) if is_json() else _invite(current, ctx, decision, form, job=job, status=400)
        )
    if "look" in posted():
        return _invite(current, ctx, decision, form, job=job)

    def work(ctx: Context) -> dict[str, Any]:
        row = _decision(current, decision_id, ctx, Action.INVITE)
        line, by = form.line.data, current.signed_in
        if job_key is None:
            recall = service.invite(ctx, row, by=by, line=line)
        else:
            recall = service.enquire(ctx, row, _job(current, ctx, job_key), by=by, line=line)
        letter = invitation.letter_of(ctx, recall)
        person = ctx.session.get(ctx.models.person, recall.person_id)
        return {
            "recall_id": recall.id,
            "state": recall.state,
            "name": person.name if person is not None else "",
            "letter_state": letter.state if letter is not None else "",
            "url": url_for("talentpool.known", job_key=job_key) if job_key else _bench_url(recall),
        }

    made = current.change(work)
    name, did = made.pop("name") or "This person", "asked" if job_key else "invited"
    message = f"{name} is {did}. The letter goes with the next round; until then it can be withdrawn."
    if made["letter_state"] == "held":
        message = f"{name} is {did}, but the letter is held. See under Letters what it waits for."
    return done(message, made.pop("url"), **made)


def rang(decision_id: int) -> ResponseReturnValue:
    """Write down what somebody said on the phone about coming back; it counts as an answer by link does."""
    current = request_context()
    current.require(Action.INVITE)
    form = RangForm(posted(), today=current.ctx.now().astimezone(current.ctx.settings.timezone).date())
    decision = _decision(current, decision_id, current.ctx, Action.INVITE)
    if not form.validate():
        if is_json():
            return invalid(form.errors)
        return _invite(current, current.ctx, decision, InviteForm(), rang=form, status=400)
    said = RecallState(form.said.data)

    def work(ctx: Context) -> dict[str, Any]:
        row = _decision(current, decision_id, ctx, Action.INVITE)
        recall = service.rang(
            ctx, row, said, by=current.signed_in, ask_after=form.ask_after.data, note=form.note.data
        )
        return {
            "recall_id": recall.id,
            "state": recall.state,
            "url": _bench_url(recall),
            "todo": recall.attention,
        }

    made = current.change(work)
    message = made.pop("todo") or {
        RecallState.OPENED: "Written down: a yes. The new application is open in your ATS.",
        RecallState.NOT_NOW: "Written down: not now. Nobody is written to.",
        RecallState.DECLINED: "Written down: a no. Nobody is written to.",
    }.get(made["state"], "Written down.")
    return done(message, made.pop("url"), **made)


def _invite(
    current: RequestContext,
    ctx: Context,
    decision: DecisionMixin,
    form: InviteForm,
    *,
    job: Target | None = None,
    rang: RangForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    line = form.line.data or ""
    draft = invitation.preview(ctx, decision, by=current.signed_in, line=line, job=job)
    person = ctx.session.get(ctx.models.person, _person_id(ctx, decision) or 0)
    if draft is None and person is None:
        raise NotFound("This application is no longer in your ATS, so nobody can be invited through it.")
    return page(
        "invite.html",
        queries.invite_page(ctx, decision, person, draft, line, job=job),
        status=status,
        form=form,
        rang=rang or RangForm(),
        body=paragraphs(draft.text) if draft is not None else (),
    )


def _person_id(ctx: Context, decision: DecisionMixin) -> int | None:
    if decision.person_id is not None or not decision.candidate_key:
        return decision.person_id
    link = find_link(ctx, decision.candidate_key, decision.scope)
    return link.person_id if link is not None else None


def withdraw(recall_id: int) -> ResponseReturnValue:
    """Take an invitation back; its letter does not go if it has not gone."""
    current = request_context()
    current.require(Action.INVITE)

    def work(ctx: Context) -> tuple[str, str, bool]:
        recall = _recall(current, recall_id, ctx)
        service.withdraw(ctx, recall, by=current.signed_in)
        letter = invitation.letter_of(ctx, recall)
        return _bench_url(recall), recall.state, letter is not None and letter.state == "sent"

    url, state, has_gone = current.change(work)
    message = "The invitation is withdrawn. Its letter does not go."
    if has_gone:
        message = "The invitation is withdrawn. Its letter has gone; whoever opens its link reads that it is closed. Better ring, too."
    return done(message, back(url), recall_id=recall_id, state=state)


def seen(recall_id: int) -> ResponseReturnValue:
    """Say that somebody saw that the person said yes."""
    return _settle(recall_id, service.mark_seen, "Seen.")


def open_now(recall_id: int) -> ResponseReturnValue:
    """Open the new application of somebody who said yes, in the host."""
    return _settle(
        recall_id, service.open_now, "Their new application is open in your ATS. Nobody is written to."
    )


def opened(recall_id: int) -> ResponseReturnValue:
    """Say that the new application of somebody who said yes was opened by hand."""
    return _settle(recall_id, service.opened_by_hand, "Noted: they are back in the process.")


def _settle(recall_id: int, act: Callable[..., None], message: str) -> ResponseReturnValue:
    current = request_context()
    current.require(Action.INVITE)

    def work(ctx: Context) -> tuple[str, str]:
        recall = _recall(current, recall_id, ctx)
        act(ctx, recall, by=current.signed_in)
        return _bench_url(recall), recall.state

    url, state = current.change(work)
    return done(message, back(url), recall_id=recall_id, state=state)
