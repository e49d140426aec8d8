"""Pages of people: one person with everything that happened, their tags, and ending a place."""

from typing import Any

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action
from flask_talentpool.context import Context
from flask_talentpool.enums import AddressQuestion
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.people import one_address, queries, service
from flask_talentpool.people import one_person as answers
from flask_talentpool.people.carrying import SETTLED
from flask_talentpool.people.forms import EndForm, TagForm
from flask_talentpool.people.model import CandidateLinkMixin, PersonMixin
from flask_talentpool.pools import ending, tags
from flask_talentpool.pools.keys import slug
from flask_talentpool.pools.views import pool_url
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, back, done, page, posted, request_context, row_ids

_ROW = "row"
"""What is answered on a person's page, where nothing is asked: that a row, or somebody at the address, is the other."""


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/people/<int:person_id>", "person", person)
    blueprint.add_url_rule("/people/<int:person_id>/tags", "person_tag", tag, methods=["POST"])
    blueprint.add_url_rule(
        "/people/<int:person_id>/tags/<int:tag_id>/remove", "person_untag", untag, methods=["POST"]
    )
    blueprint.add_url_rule("/members/<int:member_id>/end", "member_end", end, methods=["POST"])
    blueprint.add_url_rule("/links/<int:link_id>/same-person", "same_person", same_person, methods=["POST"])
    blueprint.add_url_rule(
        "/links/<int:link_id>/someone-else", "someone_else", someone_else, methods=["POST"]
    )
    blueprint.add_url_rule("/links/<int:link_id>/one-person", "one_person", one_person, methods=["POST"])
    blueprint.add_url_rule("/links/<int:link_id>/two-persons", "two_persons", two_persons, methods=["POST"])
    blueprint.add_url_rule(
        "/one-person/<int:audit_id>/undo", "one_person_undo", one_person_undo, methods=["POST"]
    )


def person_url(person_id: int) -> str:
    """Return the address of a person's page."""
    return url_for("talentpool.person", person_id=person_id)


def person(person_id: int) -> ResponseReturnValue:
    """Show a person."""
    current = request_context()
    current.require(Action.VIEW)
    try:
        return _page(current, person_id, TagForm())
    except NotFound:
        became = one_address.became(current.ctx, person_id)
        if became is None:
            raise
        return redirect(person_url(current.one(current.ctx.models.person, became).id))


def _page(
    current: RequestContext, person_id: int, form: TagForm, *, status: int = 200
) -> ResponseReturnValue:
    ctx = current.ctx
    row: PersonMixin = current.one(ctx.models.person, person_id, ctx=ctx)
    model = queries.person_page(ctx, current.visible, row)
    return page(
        "person.html",
        model,
        status=status,
        form=form,
        end_form=EndForm(),
        pool_url=pool_url,
        may_write=current.may(Action.POOL_WRITE, row),
    )


def tag(person_id: int) -> ResponseReturnValue:
    """Put a tag on a person; one that is there already changes nothing."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    form = TagForm(posted())
    if form.validate() and not slug(form.name.data):
        form.name.errors = ["A tag needs at least one letter or digit."]
    if form.errors:
        return invalid(form.errors) if is_json() else _page(current, person_id, form, status=400)

    def work(ctx: Context) -> int | None:
        row = _theirs(current, person_id, ctx)
        made = tags.tag_person(ctx, row, form.name.data, by=current.signed_in)
        return made.id if made is not None else None

    tag_id = current.change(work)
    return done(f"Tagged “{form.name.data}”.", back(person_url(person_id)), tag_id=tag_id)


def untag(person_id: int, tag_id: int) -> ResponseReturnValue:
    """Take a tag off a person; one that is not there is no error."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    current.change(lambda ctx: tags.untag_person(ctx, _theirs(current, person_id, ctx), tag_id))
    return done("The tag is off.", back(person_url(person_id)), tag_id=tag_id)


def _theirs(current: RequestContext, person_id: int, ctx: Context) -> PersonMixin:
    """Load a person the acting one may change."""
    row: PersonMixin = current.one(ctx.models.person, person_id, ctx=ctx)
    current.require(Action.POOL_WRITE, row)
    return row


def end(member_id: int) -> ResponseReturnValue:
    """End a place in a pool; ending it twice changes nothing."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    form = EndForm(posted())
    if not form.validate():
        if is_json():
            return invalid(form.errors)
        raise Refused(" ".join(form.because.errors), code="invalid")

    def work(ctx: Context) -> tuple[int, str]:
        member = current.one(ctx.models.member, member_id, ctx=ctx)
        current.require(Action.POOL_WRITE, member)
        because = form.because.data or f"Ended by {current.signed_in.name}"
        ending.remove_from_pool(ctx, member, because=because, by=current.signed_in)
        return member.person_id, member.state

    person_id, state = current.change(work)
    return done(
        "The place has ended. Nothing was sent.",
        back(person_url(person_id)),
        member_id=member_id,
        state=state,
    )


def same_person(link_id: int) -> ResponseReturnValue:
    """Say that a row whose name and address both changed is still the same human."""
    current = request_context()
    current.require(Action.POOL_WRITE)

    def work(ctx: Context) -> int:
        link, candidate = _doubted(current, link_id, ctx)
        service.same_person(ctx, link, candidate, by=current.signed_in)
        return link.person_id

    person_id = current.change(work)
    message = "Still the same person. Letters held for this go on by themselves."
    return done(message, back(person_url(person_id)), person_id=person_id)


def someone_else(link_id: int) -> ResponseReturnValue:
    """Say that a row belongs to another human now; the earlier one keeps the history."""
    current = request_context()
    current.require(Action.POOL_WRITE)

    def work(ctx: Context) -> int:
        link, candidate = _doubted(current, link_id, ctx)
        return service.someone_else(ctx, link, candidate, by=current.signed_in).person.id

    person_id = current.change(work)
    message = "Somebody else now. They start afresh; the earlier person keeps their history."
    return done(message, back(person_url(person_id)), person_id=person_id)


def _doubted(current: RequestContext, link_id: int, ctx: Context) -> tuple[CandidateLinkMixin, Any]:
    """Load a link in doubt, and the host row it is about."""
    link: CandidateLinkMixin = current.one(ctx.models.candidate_link, link_id, ctx=ctx)
    current.require(Action.POOL_WRITE, link)
    candidate = ctx.host.get(ctx.session, ctx.host.map.candidate, link.candidate_id)
    if candidate is None:
        raise Refused(
            "This candidate is no longer in your ATS, so there is nothing left to settle.", code="row_gone"
        )
    if link.suspended_at is None and not service.looks_like_somebody_else(ctx, candidate, link):
        raise Refused("This is settled already. Nothing needs to be said.", code="not_in_doubt")
    return link, candidate


# Same address: one person?


def one_person(link_id: int) -> ResponseReturnValue:
    """Say that a row is one person with whom it counts as, or with somebody else at its address."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    question, others = _question(), row_ids(posted().getlist("person"))

    def work(ctx: Context) -> int:
        link, person = _row(current, ctx, link_id)
        if question == AddressQuestion.DOUBT:
            answers.confirm(ctx, link, AddressQuestion.DOUBT, by=current.signed_in)
            return person.id
        if len(others) != 1:
            raise Refused("Say with whom: give the person's number as “person”.", code="with_whom")
        other = _theirs(current, others[0], ctx)
        asked = link if question == AddressQuestion.APART else None
        return answers.join(ctx, person, other, by=current.signed_in, answers=asked).id

    person_id = current.change(work)
    message = "One person from now on. This can be undone on their page for 30 days."
    if question == AddressQuestion.DOUBT:
        message = "One person, as before."
    return done(message, back(url_for("talentpool.person", person_id=person_id)), person_id=person_id)


def two_persons(link_id: int) -> ResponseReturnValue:
    """Say that a row is another human than whom it counts as, or than the others at its address."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    question = _question()

    def work(ctx: Context) -> int:
        link, person = _row(current, ctx, link_id)
        if question == AddressQuestion.APART:
            answers.confirm(ctx, link, AddressQuestion.APART, by=current.signed_in)
            return person.id
        if question == AddressQuestion.DOUBT and link.question != question:
            raise Refused(SETTLED, code="not_in_doubt")
        return answers.part_row(ctx, link, by=current.signed_in).id

    person_id = current.change(work)
    message = "Two people. Each has what is about their own applications."
    return done(message, back(url_for("talentpool.person", person_id=person_id)), person_id=person_id)


def one_person_undo(audit_id: int) -> ResponseReturnValue:
    """Take back that two were said to be one."""
    current = request_context()
    current.require(Action.POOL_WRITE)

    def work(ctx: Context) -> tuple[int, int]:
        row = ctx.session.get(ctx.models.audit, audit_id)
        if row is None or row.action != answers.JOINED:
            raise NotFound
        person = _theirs(current, row.subject_id, ctx)
        return person.id, answers.undo(ctx, row, by=current.signed_in).id

    person_id, part_id = current.change(work)
    message = "Two people again, each with what was theirs."
    return done(message, back(url_for("talentpool.person", person_id=person_id)), person_id=part_id)


def _question() -> str:
    said = str(posted().get("question", _ROW))
    if said not in (_ROW, *AddressQuestion):
        raise Refused("What is answered is “doubt”, “apart” or “row”.", code="invalid")
    return said


def _row(current: RequestContext, ctx: Context, link_id: int) -> tuple[CandidateLinkMixin, PersonMixin]:
    """Load a row's link and its person, both of which the acting one may change."""
    link: Any = current.one(ctx.models.candidate_link, link_id, ctx=ctx)
    current.require(Action.POOL_WRITE, link)
    return link, _theirs(current, link.person_id, ctx)
