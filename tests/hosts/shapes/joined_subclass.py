"""`Applicant` is a `User` by joined inheritance; what a user is says the discriminator."""

from types import SimpleNamespace
from typing import ClassVar

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "joined_subclass"
TRAITS = frozenset({Trait.JOINED_SUBCLASS, Trait.INT_KEY, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE})


class Shape(HostShape):
    role_entry = "kind"
    roles: ClassVar = {
        "recruiter": "recruiter",
        "manager": "manager",
        "admin": "admin",
        "outsider": "applicant",
    }

    def make_models(self, db):
        class User(UserMixin, db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
            kind = db.Column(db.String(20), nullable=False)
            name = db.Column(db.String(80), nullable=False)
            email = db.Column(db.String(120), unique=True)
            __mapper_args__: ClassVar = {"polymorphic_on": "kind", "polymorphic_identity": "user"}

        class Applicant(User):
            __tablename__ = "applicants"
            user_id = db.Column(db.ForeignKey("users.id"), primary_key=True)
            headline = db.Column(db.String(120))
            __mapper_args__: ClassVar = {"polymorphic_identity": "applicant"}

        class Recruiter(User):
            __mapper_args__: ClassVar = {"polymorphic_identity": "recruiter"}

        class Manager(User):
            __mapper_args__: ClassVar = {"polymorphic_identity": "manager"}

        class Admin(User):
            __mapper_args__: ClassVar = {"polymorphic_identity": "admin"}

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(100), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            applicant_id = db.Column(db.ForeignKey("applicants.user_id"), nullable=False)
            applicant = db.relationship("Applicant", backref="applications")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        kinds = {"recruiter": Recruiter, "manager": Manager, "admin": Admin, "outsider": Applicant}
        return SimpleNamespace(User=User, kinds=kinds, Candidate=Applicant, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"application_candidate": "applicant"}

    def make_user(self, role, value):
        return self.models.kinds[role](name=f"{role.title()} Miller", email=self.staff_email(role))

    def make_application(self, candidate, job):
        return self.models.Application(applicant=candidate, job=job)

    def candidate_in(self, application):
        return application.applicant
