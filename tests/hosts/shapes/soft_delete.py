"""Rows are deleted by a date; a filter of the session's own hides them from every SELECT of the ORM."""

from datetime import UTC, datetime
from types import SimpleNamespace

from sqlalchemy import event
from sqlalchemy.orm import with_loader_criteria

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "soft_delete"
TRAITS = frozenset(
    {Trait.CSRF_NONE, Trait.OWN_MODEL, Trait.INT_KEY, Trait.SOFT_DELETE, Trait.JOB_RELATIONSHIP}
)


class Shape(HostShape):
    HIDDEN_AT_FIRST = 1

    def make_models(self, db):
        class SoftDeleted:
            deleted_at = db.Column(db.DateTime)

        class Candidate(SoftDeleted, db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254))

        class Job(SoftDeleted, db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(SoftDeleted, db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        @event.listens_for(db.session, "do_orm_execute")
        def hide_deleted(state):
            if state.is_select and not state.is_column_load:
                state.statement = state.statement.options(
                    with_loader_criteria(
                        SoftDeleted, lambda cls: cls.deleted_at.is_(None), include_aliases=True
                    )
                )

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def create_tables(self):
        """Somebody was rejected and deleted long ago: nothing of theirs is ever to be seen."""
        super().create_tables()
        with self.unit() as session:
            gone = {"deleted_at": datetime(2024, 5, 6, tzinfo=UTC).replace(tzinfo=None)}
            candidate = self.models.Candidate(name="Gone Long", email="gone@mail.example", **gone)
            job = self.models.Job(title="Deleted Job", **gone)
            session.add(
                self.models.Application(
                    candidate=candidate, job=job, status="rejected", stage="final", **gone
                )
            )
