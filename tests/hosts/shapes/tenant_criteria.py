"""One table for all tenants; a filter of the session's own shows one tenant's rows, and no alias of them is filtered."""

from types import SimpleNamespace

from sqlalchemy import event
from sqlalchemy.orm import with_loader_criteria

from tests.hosts.base import HostShape
from tests.hosts.classic import classic_models, staff_model
from tests.hosts.traits import Trait

NAME = "tenant_criteria"
TRAITS = frozenset(
    {Trait.CSRF_NONE, Trait.OWN_MODEL, Trait.INT_KEY, Trait.TENANT_CRITERIA, Trait.JOB_RELATIONSHIP}
)

OURS = "acme"


class Shape(HostShape):
    HIDDEN_AT_FIRST = 1

    def make_models(self, db):
        models = classic_models(db)
        for cls in vars(models).values():
            cls.tenant = db.Column(db.String(20), nullable=False, default=OURS)

        @event.listens_for(db.session, "do_orm_execute")
        def show_one_tenant(state):
            if state.is_select and not state.is_column_load:
                state.statement = state.statement.options(
                    *(with_loader_criteria(cls, cls.tenant == OURS) for cls in vars(models).values())
                )

        return SimpleNamespace(User=staff_model(db), **vars(models))

    def create_tables(self):
        """Another tenant's people, turned down: nothing of theirs is ever to be seen here."""
        super().create_tables()
        with self.unit() as session:
            other = {"tenant": "other"}
            candidate = self.models.Candidate(name="Other House", email="other@mail.example", **other)
            job = self.models.Job(title="Their Job", **other)
            session.add(
                self.models.Application(
                    candidate=candidate, job=job, status="rejected", stage="final", **other
                )
            )
