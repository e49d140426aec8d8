"""Each night the host deletes what is old and settled: applications, and people left without any."""

from datetime import UTC, datetime
from types import SimpleNamespace

import sqlalchemy as sa

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "deletes_old"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.DELETES_OLD, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE}
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)
            applications = db.relationship(
                "Application", back_populates="candidate", cascade="all, delete-orphan"
            )

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id", ondelete="CASCADE"), nullable=False)
            candidate = db.relationship("Candidate", back_populates="applications")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")
            made_on = db.Column(db.Date, nullable=False)

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def make_application(self, candidate, job):
        now = datetime.now(UTC) if self.clock is None else self.clock.now()
        return self.models.Application(candidate=candidate, job=job, made_on=now.date())

    def clean_up(self, before, *, in_bulk=False):
        """Delete applications made before a date that are no longer open, and candidates without any.

        Args:
            before: The first date that stays.
            in_bulk: By DELETE statements, as a script beside the app would; else by the ORM.
        """
        applications, candidates = self.models.Application, self.models.Candidate
        old = sa.and_(applications.made_on < before, applications.status != "open")
        alone = ~sa.exists().where(applications.candidate_id == candidates.id)
        with self.unit() as session:
            if not in_bulk:
                for row in session.scalars(sa.select(applications).where(old)):
                    session.delete(row)
                session.flush()
                for row in session.scalars(sa.select(candidates).where(alone)):
                    session.delete(row)
                return
            engine = self.engine()
        with engine.begin() as connection:
            connection.execute(sa.delete(applications).where(old))
            connection.execute(sa.delete(candidates).where(alone))
