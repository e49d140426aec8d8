"""What the buttons on an application do; every one of them is a POST."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from examples.ats.extensions import db
from examples.ats.hiring import STEPS, NotPossibleError, move, take
from examples.ats.models import STAGES, Application

from .rights import next_page, sees

blueprint = Blueprint("applications", __name__, url_prefix="/applications")


@blueprint.post("/<int:application_id>/stage")
@login_required
def set_stage(application_id: int) -> Response:
    """Put an application into another stage."""
    application = _own_application(application_id)
    stage = request.form.get("stage", "")
    try:
        move(application, stage)
    except NotPossibleError as problem:
        return _refuse(application, problem)
    return _done(application, f"{application.candidate.full_name} is now in: {STAGES[stage]}.")


@blueprint.post("/<int:application_id>/<any(offer, hire, decline, reject, withdraw, bar, reopen):step>")
@login_required
def step(application_id: int, step: str) -> Response:
    """Make an offer, hire, reject, reopen and the like."""
    application = _own_application(application_id)
    try:
        take(step, application, reason=request.form.get("reason"))
    except NotPossibleError as problem:
        return _refuse(application, problem)
    return _done(application, STEPS[step].done.format(name=application.candidate.full_name))


def _own_application(application_id: int) -> Application:
    application = db.get_or_404(Application, application_id)
    if not sees(application.job):
        abort(403)
    return application


def _done(application: Application, message: str) -> Response:
    db.session.commit()
    flash(message)
    return _back(application)


def _refuse(application: Application, problem: NotPossibleError) -> Response:
    flash(str(problem), "error")
    return _back(application)


def _back(application: Application) -> Response:
    return redirect(next_page(url_for("candidates.show", candidate_id=application.candidate_id)))
