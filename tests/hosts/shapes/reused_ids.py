"""Plain INTEGER PRIMARY KEY on SQLite: who comes after a deleted row gets its id."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "reused_ids"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.REUSES_IDS,
        Trait.DELETES_OLD,
        Trait.JOB_FOREIGN_KEY,
        Trait.CSRF_NONE,
    }
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254))

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"))
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"application_job": "job_id"}

    def make_application(self, candidate, job):
        return self.models.Application(candidate=candidate, job_id=job.id if job else None)

    def replace(self, key, name, email, job_key, *, in_bulk=True):
        """Delete an application and its candidate, let somebody else apply; return the new key.

        On SQLite both keys are those of the deleted rows, when they were the last ones.
        """
        self.delete_application(key, with_candidate=True, in_bulk=in_bulk)
        return self.apply(name, email, job_key)
