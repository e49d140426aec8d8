"""Attributes attached after the classes were made: columns, a relationship, backrefs, a hybrid."""

from types import SimpleNamespace

from sqlalchemy.ext.hybrid import hybrid_property

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "attached_later"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.ATTACHED_LATER, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


class Shape(HostShape):
    stage_attribute = "progress"

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            status = db.Column(db.String(20), nullable=False, default="open")

        Candidate.email = db.Column(db.String(254), unique=True)
        Application.stage = db.Column(db.String(20), nullable=False, default="applied")
        Application.progress = hybrid_property(lambda row: row.stage).setter(set_stage)
        Application.candidate = db.relationship(Candidate)
        # `Application.job` is a backref: it is not there until the mappers are configured.
        Job.applications = db.relationship(Application, backref="job")
        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)


def set_stage(row, value):
    row.stage = value
