"""Widgets for the host's own pages: they never write, and whatever goes wrong with them breaks no page."""

import logging
from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup
from sqlalchemy.exc import OperationalError, ProgrammingError

from flask_talentpool.access import Action, Subject
from flask_talentpool.context import Context
from flask_talentpool.decisions.pages import panel as panels
from flask_talentpool.decisions.pages.panel_view import panel_view
from flask_talentpool.errors import NotFound, raised
from flask_talentpool.host.seen import key_of
from flask_talentpool.pools import status as pools
from flask_talentpool.web import detached_forms
from flask_talentpool.web.anchors import recall_anchor
from flask_talentpool.web.answers import said, this_page
from flask_talentpool.web.detached_forms import Forms
from flask_talentpool.web.request import RequestContext

logger = logging.getLogger("flask_talentpool")

NOTHING = Markup("")
QUIET_PHASES = ("undecided", "other", "ended")
"""Of these the panel has nothing to say on a page of the host's."""


def recall_button(talentpool: Any, candidate: Any) -> Markup:
    """Return the button "Recall to pool", or where the candidate stands already."""
    return _safely(talentpool, candidate, _recall_button)


def badges(talentpool: Any, candidate: Any) -> Markup:
    """Return a candidate's pools and tags."""
    return _safely(talentpool, candidate, _badges)


def letter_panel(talentpool: Any, application: Any) -> Markup:
    """Return the panel of an application's outcome letter; nothing while there is no outcome to tell."""
    return _safely(talentpool, application, _letter_panel)


# Staying out of the host's way


def _safely(talentpool: Any, row: Any, build: Callable[[RequestContext, Context, Any], Markup]) -> Markup:
    """Build a widget; any failure of ours is logged and shows nothing."""
    try:
        if row is None or not talentpool.settings.enabled or key_of(row) is None:
            return NOTHING
        ctx: Context = talentpool.context()
        # What the host has not saved yet stays unsaved, whatever is read current.
        with ctx.session.no_autoflush:
            current = RequestContext(talentpool)
            if current.actor is None:
                return NOTHING
            with ctx.reading():
                found = build(current, ctx, row)
        return _stylesheet() + found if found else NOTHING
    except NotFound:
        return NOTHING
    except (OperationalError, ProgrammingError) as error:
        logger.warning(
            "a widget of the talent pool could not read its tables (%s): are they made?",
            type(error.__cause__).__name__,
        )
    except Exception as error:  # noqa: BLE001 (whatever went wrong with us, the page is the host's)
        logger.error("a widget of the talent pool could not be shown: %s", raised(error))  # noqa: TRY400
    return NOTHING


def _stylesheet() -> Markup:
    """Return the link to the widgets' style, once in each answer."""
    outside = detached_forms.current()
    if outside is not None:
        if outside.has_stylesheet:
            return NOTHING
        outside.has_stylesheet = True
    url = url_for("talentpool.static", filename="talentpool-widgets.css")
    return Markup('<link rel="stylesheet" href="{}">').format(url)


def _with_forms(links: Markup, buttons: Callable[[Forms], Markup]) -> Markup:
    """Return buttons where this answer can carry their forms, else links to the pages that do the same."""
    outside = detached_forms.current()
    if outside is None:
        return links
    forms = outside.forms()
    return outside.swap_in(links, buttons(forms), forms)


# The widgets


def _recall_button(current: RequestContext, ctx: Context, candidate: Any) -> Markup:
    applications = ctx.host.applications_of(candidate, ctx.session)
    scopes = pools.scopes_of(ctx, candidate, applications, current.scopes)
    if not current.may(Action.RECALL_TO_POOL, Subject(scope=scopes[0])):
        return NOTHING
    standing = pools.pool_status(ctx, candidate, applications, current.visible, scopes)
    anchor = recall_anchor(standing.candidate_key)
    page = this_page()
    page_url = url_for("talentpool.recall_to_pool", candidate_key=standing.candidate_key, next=page or None)
    facts: dict[str, Any] = {"standing": standing, "anchor": anchor, "page_url": page_url}

    def buttons(forms: Forms) -> Markup:
        back = {"next": page}
        ids = {}
        if standing.obstacle == "identity" and standing.link_id is not None:
            for answer in ("same_person", "someone_else"):
                ids[answer] = forms.open(url_for(f"talentpool.{answer}", link_id=standing.link_id), back)
        elif not standing.obstacle and not standing.places:
            key = standing.candidate_key
            ids["recall"] = forms.open(
                url_for("talentpool.recall_to_pool", candidate_key=key), {**back, "scope": standing.scope}
            )
        undo = {
            place.member_id: forms.open(
                url_for("talentpool.recall_to_pool_undo", member_id=place.member_id), back
            )
            for place in standing.places
            if place.state == "noted"
        }
        return render("recall_button.html", **facts, ids=ids, undo=undo, said=said(anchor))

    links = render("recall_button.html", **facts, ids={}, undo={}, said="")
    return _with_forms(links, buttons)


def _badges(current: RequestContext, ctx: Context, candidate: Any) -> Markup:
    if not current.may(Action.VIEW):
        return NOTHING
    applications = ctx.host.applications_of(candidate, ctx.session)
    scopes = pools.scopes_of(ctx, candidate, applications, current.scopes)
    found = pools.labels(ctx, candidate, current.visible, scopes)
    if not found.places and not found.tags:
        return NOTHING
    return render("badges.html", labels=found)


def _letter_panel(current: RequestContext, ctx: Context, application: Any) -> Markup:
    if not current.may(Action.LETTER_READ, panels.subject_of(ctx, application)):
        return NOTHING
    panel = panels.panel_of_application(ctx, application, current.may)
    if panel.phase in QUIET_PHASES:
        return NOTHING
    page = this_page()
    view = panel_view(panel)

    def buttons(forms: Forms) -> Markup:
        return render("letter_controls.html", view=panel_view(panel, forms=forms, next_page=page))

    controls = _with_forms(render("letter_link.html", view=view), buttons)
    return render("letter_panel.html", view=view, controls=controls, said=said(view.anchor))


def render(name: str, **values: object) -> Markup:
    """Render a template of a widget; the host's context processors have no part in it."""
    template = current_app.jinja_env.get_template(f"talentpool/widgets/{name}")
    return Markup(template.render(**values))  # noqa: S704 (the template escaped what it was given)
