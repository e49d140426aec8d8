"""Where Flask-TalentPool is mounted into Harbour: the part to copy."""

from flask import url_for

from flask_talentpool import FlaskLoginAccess, HostMap, TalentPool

from .extensions import db
from .hiring import apply, take
from .models import REASONS, Application, Candidate, Job


def open_recalled(candidate: Candidate, job: Job, _recall: object) -> Application:
    """Open the process of someone who said yes to a recall; the talent pool commits it."""
    application = apply(candidate, job, stage="screen", source="recalled")
    db.session.add(application)
    return application


def turn_down(application: Application, _actor: object) -> None:
    """Reject somebody who is answered on the talent pool's pages; the talent pool commits it."""
    take("reject", application)


def reopen(application: Application) -> None:
    """Undo that, for whoever has not been told; the talent pool commits it."""
    take("reopen", application)


talentpool = TalentPool(
    db,
    HostMap(
        candidate=Candidate, application=Application, job=Job,
        name="full_name", email="email", phone="phone", place="place", skills="skills", locale="language",
        candidate_url=lambda candidate: url_for("candidates.show", candidate_id=candidate.id),
        application_candidate="candidate", application_job="job",
        job_title="title", job_open="open", owner="job.owner",
        status="status", rejected={"rejected"}, hired={"hired"}, withdrawn={"withdrawn"},
        offer_declined={"offer_declined"}, never_pool={"blacklisted"},
        stage="stage", stages=("applied", "screen", "interview", "final"), interviewed_from="interview",
        reason=lambda application: REASONS.get(application.reason), rating="rating",
        applied_at="applied_at", interviewed_at="interviewed_at", decided_at="decided_at", offered="offered_at",
        new_application=open_recalled, reject=turn_down, reopen=reopen,
    ),
    access=FlaskLoginAccess(role="role", recruiters={"recruiter"}, managers={"manager"}, admins={"admin"}),
)  # fmt: skip
