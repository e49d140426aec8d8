"""The jobs, and one job with the people who applied."""

from __future__ import annotations

from collections import Counter, defaultdict

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from flask_wtf import FlaskForm
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload
from werkzeug.wrappers import Response
from wtforms import SelectField, TextAreaField

from examples.ats.extensions import db
from examples.ats.hiring import next_stage, possible
from examples.ats.models import LIVE, STAGES, Application, Candidate, Job, User, utcnow

from .fields import line
from .rights import own_jobs, recruiting_only, sees

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")


class JobForm(FlaskForm):
    title = line("Title", longest=200, missing="Give the job a title.")
    department = line("Department", longest=80, missing="Name the department.")
    place = line("Place", longest=120, missing="Say where the work is.")
    owner_id = SelectField("Hiring manager", coerce=int)
    description = TextAreaField("Description")


@blueprint.get("")
@login_required
def index() -> str:
    """List the jobs, open ones first, with how many people stand in each stage."""
    show = "all" if request.args.get("show") == "all" else "open"
    statement = own_jobs(select(Job).options(joinedload(Job.owner)))
    if show == "open":
        statement = statement.where(Job.open)
    jobs = db.session.scalars(statement.order_by(Job.open.desc(), Job.opened_at.desc())).all()
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    rows = db.session.execute(
        select(Application.job_id, Application.stage, func.count())
        .where(Application.status.in_(LIVE), Application.job_id.in_([job.id for job in jobs]))
        .group_by(Application.job_id, Application.stage)
    )
    for job_id, stage, number in rows:
        counts[job_id][stage] = number
    return render_template("jobs/index.html", jobs=jobs, counts=counts, show=show)


@blueprint.route("/new", methods=["GET", "POST"])
@recruiting_only
def new() -> Response | tuple[str, int]:
    """Open a job."""
    form = JobForm()
    managers = db.session.scalars(select(User).where(User.role == "manager").order_by(User.full_name))
    form.owner_id.choices = [(user.id, f"{user.full_name}, {user.position}") for user in managers]
    if not form.validate_on_submit():
        return render_template("jobs/new.html", form=form), 422 if form.errors else 200
    job = Job(recruiter_id=current_user.id)
    form.populate_obj(job)
    db.session.add(job)
    db.session.commit()
    flash(f"{job.title} is open.")
    return redirect(url_for("jobs.show", job_id=job.id))


@blueprint.get("/<int:job_id>")
@login_required
def show(job_id: int) -> str:
    """Show a job: who is in which stage, offers, and what was decided."""
    job = _own_job(job_id)
    applications = db.session.scalars(
        select(Application)
        .join(Application.candidate)
        .options(contains_eager(Application.candidate))
        .where(Application.job_id == job.id)
        .order_by(Application.rating.desc().nulls_last(), Application.applied_at, Candidate.full_name)
    ).all()
    board: dict[str, list[Application]] = {stage: [] for stage in STAGES}
    for application in applications:
        if application.status == "in_progress":
            board[application.stage].append(application)
    decided = sorted(
        (application for application in applications if not application.live),
        key=lambda application: application.decided_at or application.applied_at,
        reverse=True,
    )
    return render_template(
        "jobs/show.html",
        job=job,
        board=board,
        offers=[application for application in applications if application.status == "offer"],
        decided=decided,
        next_stage=next_stage,
        possible=possible,
    )


@blueprint.post("/<int:job_id>/close")
@login_required
def close(job_id: int) -> Response:
    """Close a job to new applications; what is in progress stays as it is."""
    return _set_open(_own_job(job_id), is_open=False)


@blueprint.post("/<int:job_id>/reopen")
@login_required
def reopen(job_id: int) -> Response:
    """Open a closed job again."""
    return _set_open(_own_job(job_id), is_open=True)


def _set_open(job: Job, *, is_open: bool) -> Response:
    job.open = is_open
    job.closed_at = None if is_open else utcnow()
    db.session.commit()
    flash(f"{job.title} is {'open again' if is_open else 'closed'}.")
    return redirect(url_for("jobs.show", job_id=job.id))


def _own_job(job_id: int) -> Job:
    job = db.get_or_404(Job, job_id)
    if not sees(job):
        abort(403)
    return job
