"""The candidates, and one candidate with every application."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_required
from flask_wtf import FlaskForm
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import EmailField, SelectField
from wtforms.validators import Optional, Regexp

from examples.ats.extensions import db
from examples.ats.hiring import apply, next_stage, possible
from examples.ats.models import REASONS, Application, Candidate, Job

from .fields import line
from .rights import own_application, own_candidates, recruiting_only

blueprint = Blueprint("candidates", __name__, url_prefix="/candidates")

ADDRESS = [Optional(), Regexp(r"^[^@\s]+@[^@\s]+$", message="This is not an e-mail address.")]


class CandidateForm(FlaskForm):
    full_name = line("Full name", longest=200, missing="Enter the name.")
    email = line("E-mail", longest=254, checks=ADDRESS, kind=EmailField)
    phone = line("Phone", longest=40)
    place = line("Place", longest=120)
    headline = line("Headline", longest=200)
    skills = line("Skills", longest=300, hint="Separated by commas")


class ApplicationForm(FlaskForm):
    job = SelectField("Job", coerce=int)


@blueprint.get("")
@login_required
def index() -> str:
    """List candidates, newest first, and search them by what stands on their page."""
    words = request.args.get("q", "").strip()
    statement = own_candidates(select(Candidate))
    for word in words.split():
        fields = (Candidate.full_name, Candidate.email, Candidate.headline, Candidate.place, Candidate.skills)
        statement = statement.where(or_(*(field.icontains(word, autoescape=True) for field in fields)))
    page = db.paginate(
        statement.options(
            selectinload(Candidate.applications.and_(own_application())).joinedload(Application.job)
        ).order_by(Candidate.created_at.desc(), Candidate.id.desc()),
        per_page=25,
        max_per_page=25,
        error_out=False,
    )
    return render_template("candidates/index.html", page=page, words=words)


@blueprint.route("/new", methods=["GET", "POST"])
@recruiting_only
def new() -> Response | tuple[str, int]:
    """Add a candidate by hand."""
    form = CandidateForm()
    if not form.validate_on_submit():
        return render_template("candidates/new.html", form=form), 422 if form.errors else 200
    candidate = Candidate()
    form.populate_obj(candidate)
    candidate.email = candidate.email or None
    candidate.phone = candidate.phone or None
    db.session.add(candidate)
    db.session.commit()
    flash(f"{candidate.full_name} is added.")
    return redirect(url_for("candidates.show", candidate_id=candidate.id))


@blueprint.get("/<int:candidate_id>")
@login_required
def show(candidate_id: int) -> str:
    """Show a candidate: how to reach them and every application the reader may see."""
    candidate = db.first_or_404(own_candidates(select(Candidate).where(Candidate.id == candidate_id)))
    applications = db.session.scalars(
        select(Application)
        .options(joinedload(Application.job).joinedload(Job.owner))
        .where(Application.candidate_id == candidate.id, own_application())
        .order_by(Application.applied_at.desc())
    ).all()
    return render_template(
        "candidates/show.html",
        candidate=candidate,
        applications=applications,
        form=_application_form() if current_user.runs_recruiting else None,
        next_stage=next_stage,
        possible=possible,
        reasons=REASONS,
    )


@blueprint.post("/<int:candidate_id>/applications")
@recruiting_only
def add_application(candidate_id: int) -> Response:
    """Enter an application for an open job."""
    candidate = db.get_or_404(Candidate, candidate_id)
    form = _application_form()
    if not form.validate_on_submit():
        abort(400)
    job = db.get_or_404(Job, form.job.data)
    db.session.add(apply(candidate, job, source="added by hand"))
    db.session.commit()
    flash(f"{candidate.full_name} now applies for {job.title}.")
    return redirect(url_for("candidates.show", candidate_id=candidate.id))


def _application_form() -> ApplicationForm:
    form = ApplicationForm()
    jobs = db.session.scalars(select(Job).where(Job.open).order_by(Job.title))
    form.job.choices = [(job.id, job.title) for job in jobs]
    return form
