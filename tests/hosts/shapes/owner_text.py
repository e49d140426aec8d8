"""The owner of a job is a text that somebody typed; letters come from the hiring team."""

from typing import ClassVar

from tests.hosts.shapes import own_model
from tests.hosts.traits import Trait

NAME = "owner_text"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.JOB_RELATIONSHIP,
        Trait.OWNER_TEXT,
        Trait.ROLE_COLUMN,
        Trait.CSRF_NONE,
    }
)


class Shape(own_model.Shape):
    SIGNED: ClassVar[str] = "The hiring team at Fernhill"
    ANSWERS_GO_TO: ClassVar[str] = "jobs@fernhill.example"

    def make_models(self, db):
        models = super().make_models(db)
        models.Job.handled_by = db.Column(db.String(80), nullable=False, default="Anna M. (HR, ext. 214)")
        return models

    def host_map(self):
        return super().host_map() | {"owner": "job.handled_by"}
