"""Pages of pools: the list, and one pool with its people."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from flask_talentpool.access import Action, Subject
from flask_talentpool.errors import Refused
from flask_talentpool.pools import queries, service
from flask_talentpool.pools.forms import PoolForm
from flask_talentpool.pools.model import PoolMixin
from flask_talentpool.web.csrf import is_json
from flask_talentpool.web.errors import invalid
from flask_talentpool.web.request import RequestContext, done, page, posted, request_context
from flask_talentpool.web.sent import asked_number

LONGEST_SEARCH = 80


def register(blueprint: Blueprint) -> None:
    """Register this part's pages."""
    blueprint.add_url_rule("/pools", "pools", pools)
    blueprint.add_url_rule("/pools", "pool_create", create, methods=["POST"])
    blueprint.add_url_rule("/pools/<key>", "pool", pool)


def pool_url(key: str, scope: str = "", **query: object) -> str:
    """Return the address of a pool's page."""
    values: dict[str, Any] = {"scope": scope, **query}
    return url_for("talentpool.pool", key=key, **{name: value for name, value in values.items() if value})


def pools() -> ResponseReturnValue:
    """Show the list of pools."""
    current = request_context()
    current.require(Action.VIEW)
    return _list(current, PoolForm())


def create() -> ResponseReturnValue:
    """Make a pool."""
    current = request_context()
    current.require(Action.POOL_WRITE)
    form = PoolForm(posted())
    choices = _scopes(current)
    form.scope.choices = [(scope, scope) for scope in choices]
    if len(choices) == 1:
        form.scope.data = choices[0]
    if not form.validate():
        if is_json():
            return invalid(form.errors)
        return _list(current, form, status=400)
    scope = form.scope.data
    current.require(Action.POOL_WRITE, Subject(scope=scope))
    try:
        made = current.change(
            lambda ctx: _facts(
                service.create_pool(
                    ctx, scope, name=form.name.data, description=form.description.data, by=current.signed_in
                )
            )
        )
    except Refused as refusal:
        if is_json():
            raise
        form.name.errors = [str(refusal)]
        return _list(current, form, status=409)
    return done(
        f"The pool “{made['name']}” is there. Nobody is in it yet.", pool_url(made["key"], scope), **made
    )


def _facts(pool: PoolMixin) -> dict[str, object]:
    return {"id": pool.id, "key": pool.key, "name": pool.name}


def _list(current: RequestContext, form: PoolForm, *, status: int = 200) -> ResponseReturnValue:
    may_create = current.may(Action.POOL_WRITE)
    scopes = _scopes(current)
    form.scope.choices = [(scope, scope or "Everybody") for scope in scopes]
    model = queries.pools_page(current.ctx, current.visible, scopes=scopes, may_create=may_create)
    return page("pools.html", model, status=status, form=form, pool_url=pool_url)


def _scopes(current: RequestContext) -> list[str]:
    """Return where the acting person works; somebody who sees every scope makes pools in the default one."""
    return sorted(current.scopes) if current.scopes is not None else [""]


def pool(key: str) -> ResponseReturnValue:
    """Show one pool and a page of its people, narrowed by text, tag and state."""
    current = request_context()
    current.require(Action.VIEW)
    ctx = current.ctx
    found = queries.find_pool(ctx, current.visible, key, request.args.get("scope"))
    filters = queries.Filters(
        q=" ".join(request.args.get("q", "").split())[:LONGEST_SEARCH],
        tag=request.args.get("tag", "")[:LONGEST_SEARCH],
        state=request.args.get("state", "")[:LONGEST_SEARCH],
    )
    number = asked_number("page", 1)
    model = queries.pool_page(ctx, current.visible, found, filters, number=number)
    return page("pool.html", model, pool_url=pool_url)
