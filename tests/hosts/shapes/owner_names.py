"""The owner of a job is a row whose name and address have other names than usual; somebody else signs in."""

from typing import ClassVar

from tests.hosts.shapes import own_model
from tests.hosts.traits import Trait

NAME = "owner_names"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.JOB_RELATIONSHIP,
        Trait.OWNER_NAMES,
        Trait.ROLE_COLUMN,
        Trait.CSRF_NONE,
    }
)


class Shape(own_model.Shape):
    SIGNED: ClassVar[str] = "Odile Brandt"
    ANSWERS_GO_TO: ClassVar[str] = "odile@fernhill.example"

    def make_models(self, db):
        class Lead(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            shown_as = db.Column(db.String(120), nullable=False)
            writes_from = db.Column(db.String(120), nullable=False)

        models = super().make_models(db)
        models.Lead = Lead
        models.Job.lead_id = db.Column(db.ForeignKey("lead.id"))
        models.Job.lead = db.relationship(Lead)
        return models

    def host_map(self):
        return super().host_map() | {
            "owner": "job.lead",
            "owner_name": "job.lead.shown_as",
            "owner_email": "job.lead.writes_from",
        }

    def make_job(self, title):
        lead = self.models.Lead(shown_as=self.SIGNED, writes_from=self.ANSWERS_GO_TO)
        return self.models.Job(title=title, lead=lead)
