"""Whether it is over stands in one column, how it ended in another; sessions keep rows fresh."""

from types import SimpleNamespace
from typing import ClassVar

from flask_sqlalchemy import SQLAlchemy

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "status_two_columns"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.STATUS_TWO_COLUMNS, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


def phase_and_result(application):
    return application.phase, application.result


class Shape(HostShape):
    statuses: ClassVar = {
        "open": ("running", None),
        "rejected": ("closed", "no"),
        "hired": ("closed", "yes"),
        "withdrawn": ("closed", "left"),
    }

    def make_db(self):
        return SQLAlchemy(session_options={"expire_on_commit": False, "autoflush": False})

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            phase = db.Column(db.String(10), nullable=False, default="running")
            result = db.Column(db.String(10))

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"status": phase_and_result}

    def settle(self, application, word):
        application.phase, application.result = self.statuses[word]

    def bulk_values(self, word):
        return dict(zip(("phase", "result"), self.statuses[word], strict=True))

    def word_of(self, application):
        words = {shown: word for word, shown in self.statuses.items()}
        return words[phase_and_result(application)]
