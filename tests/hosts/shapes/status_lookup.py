"""The status is a row of a look-up table, made the first time somebody needs it."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "status_lookup"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.STATUS_LOOKUP, Trait.JOB_RELATIONSHIP, Trait.CSRF_BEFORE}
)


class Shape(HostShape):
    CSRF = True

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Status(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(20), unique=True, nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status_id = db.Column(db.ForeignKey("status.id"))
            status = db.relationship("Status")

        return SimpleNamespace(
            User=staff_model(db), Candidate=Candidate, Job=Job, Status=Status, Application=Application
        )

    def host_map(self):
        return super().host_map() | {"status": "status.name"}

    def status_row(self, word):
        """Return the row of the look-up table, making it when it is not there."""
        name = self.statuses[word]
        row = self.db.session.query(self.models.Status).filter_by(name=name).one_or_none()
        return row or self.models.Status(name=name)

    def settle(self, application, word):
        row = self.status_row(word)
        if word == "hired":
            # Some of this host's views set the key and never touch the relationship.
            self.db.session.add(row)
            self.db.session.flush()
            application.status_id = row.id
        else:
            application.status = row

    def bulk_values(self, word):
        with self.unit() as session:
            row = self.status_row(word)
            session.add(row)
            session.flush()
            return {"status_id": row.id}

    def word_of(self, application):
        words = {shown: word for word, shown in self.statuses.items()}
        return words[application.status.name] if application.status else "open"
