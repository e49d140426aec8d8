"""Recall to pool: the page behind the button, the press, and its undoing."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from flask_talentpool.access import Action, Subject
from flask_talentpool.context import Context
from flask_talentpool.errors import NotFound
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.pools import noting
from flask_talentpool.pools import status as pools
from flask_talentpool.pools.forms import RecallForm
from flask_talentpool.pools.model import NOTED_LAPSES
from flask_talentpool.web.anchors import recall_anchor
from flask_talentpool.web.answers import answered
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, own_path, page, posted, request_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where the candidate stands, and what can be chosen."""

    standing: pools.PoolStatus
    choices: pools.PoolChoices


def register(blueprint: Blueprint) -> None:
    """Register these pages."""
    rule = "/recall-to-pool/<path:candidate_key>"
    blueprint.add_url_rule(rule, "recall_to_pool", choose, methods=["GET", "POST"])
    blueprint.add_url_rule("/members/<int:member_id>/undo", "recall_to_pool_undo", undo, methods=["POST"])


def choose(candidate_key: str) -> ResponseReturnValue:
    """Show the page to choose pool, tags and reason; on POST, note the candidate."""
    current = request_context()
    current.require(Action.RECALL_TO_POOL)
    if request.method != "POST":
        return _page(current, candidate_key)
    return _press(current, candidate_key)


def _scopes(
    current: RequestContext, ctx: Context, candidate: Any, applications: list[Any], wanted: str | None
) -> tuple[str, ...]:
    """Return the scopes to choose from, the wanted one first, and refuse what is not theirs."""
    scopes = pools.scopes_of(ctx, candidate, applications, current.scopes)
    if wanted is not None and wanted != scopes[0]:
        if wanted not in scopes:
            raise NotFound
        scopes = (wanted, *(scope for scope in scopes if scope != wanted))
    current.require(Action.RECALL_TO_POOL, Subject(scope=scopes[0]))
    return scopes


def _form(found: pools.PoolStatus, sent: MultiDict[str, Any] | None) -> RecallForm:
    """Return the form: filled in as sent, or with what one press would do."""
    chosen = found.places[0].pool_key if found.places else found.pool_key
    return RecallForm(sent, data={"pool": chosen, "tags": list(found.suggested_tags), "scope": found.scope})


def _page(
    current: RequestContext, candidate_key: str, *, sent: MultiDict[str, Any] | None = None, status: int = 200
) -> ResponseReturnValue:
    ctx = current.ctx
    wanted = (sent or request.args).get("scope")
    candidate = pools.find_candidate(ctx, candidate_key)
    applications = ctx.host.applications_of(candidate, ctx.session)
    scopes = _scopes(current, ctx, candidate, applications, wanted)
    found = pools.pool_status(ctx, candidate, applications, current.visible, scopes)
    form = _form(found, sent)
    if sent is not None:
        form.validate()
    model = Page(standing=found, choices=pools.choices(ctx, found.scope, current.visible))
    return page(
        "recall_to_pool.html",
        model,
        status=status,
        form=form,
        tags=tuple(
            tag
            for tag in dict.fromkeys([*found.suggested_tags, *model.choices.tags])
            if tag not in found.tags
        ),
        next_page=own_path((sent or request.args).get("next", "")),
        lapses=NOTED_LAPSES,
        may_write=current.may(Action.POOL_WRITE, Subject(scope=found.scope)),
    )


def _press(current: RequestContext, candidate_key: str) -> ResponseReturnValue:
    sent = posted()
    form = RecallForm(sent)
    if not form.validate():
        return invalid(form.errors) if is_json() else _page(current, candidate_key, sent=sent, status=400)
    chose = "tags" in sent or "new_tags" in sent

    def work(ctx: Context) -> dict[str, object]:
        candidate = pools.find_candidate(ctx, candidate_key)
        applications = ctx.host.applications_of(candidate, ctx.session)
        scope = _scopes(current, ctx, candidate, applications, sent.get("scope"))[0]
        noted = noting.recall_to_pool(
            ctx,
            candidate,
            scope,
            by=current.signed_in,
            applications=applications,
            pool=sent.get("pool") or None,
            tags=form.chosen_tags() if chose else pools.suggested_tags(ctx, applications, scope),
            reason=form.reason.data or "",
        )
        return {
            "member_id": noted.member.id,
            "person_id": noted.member.person_id,
            "pool": noted.pool.key,
            "pool_name": noted.pool.name,
            "state": noted.member.state,
            "is_new": noted.is_new,
            "name": pools.called(ctx, candidate),
            "candidate_key": key_text(key_of(candidate)),
        }

    facts = current.change(work)
    message = f"{facts['name']} is in {facts['pool_name']} ({facts['state']}). Nothing was sent."
    url = url_for("talentpool.person", person_id=facts["person_id"])
    return answered(message, url, anchor=recall_anchor(str(facts["candidate_key"])), **facts)


def undo(member_id: int) -> ResponseReturnValue:
    """Take back a noted place; doing it twice changes nothing."""
    current = request_context()
    current.require(Action.RECALL_TO_POOL)

    def work(ctx: Context) -> dict[str, object]:
        member = current.one(ctx.models.member, member_id, ctx=ctx)
        current.require(Action.RECALL_TO_POOL, member)
        noting.undo_recall_to_pool(ctx, member, by=current.signed_in)
        pool = ctx.session.get_one(ctx.models.pool, member.pool_id)
        return {
            "member_id": member.id,
            "person_id": member.person_id,
            "state": member.state,
            "pool": pool.key,
            "pool_name": pool.name,
            "candidate_keys": pools.candidate_keys(ctx, member.person_id),
        }

    facts = current.change(work)
    keys = facts.pop("candidate_keys")
    message = f"Undone: no longer in {facts['pool_name']}. Nothing was sent."
    anchor = recall_anchor(keys[0]) if len(keys) == 1 else ""
    return answered(
        message, url_for("talentpool.person", person_id=facts["person_id"]), anchor=anchor, **facts
    )
