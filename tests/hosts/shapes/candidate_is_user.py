"""Candidates sign in like everybody else: `User` with a role, and one status column for everything."""

from types import SimpleNamespace
from typing import ClassVar

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "candidate_is_user"
TRAITS = frozenset(
    {Trait.IS_USER, Trait.INT_KEY, Trait.ROLE_COLUMN, Trait.CSRF_BEFORE, Trait.JOB_RELATIONSHIP}
)


class Shape(HostShape):
    CSRF = True
    KEEPS_STAGE = False
    status_attribute = stage_attribute = "status"
    stages: ClassVar = {
        "applied": "Applied",
        "screened": "Shortlisted",
        "interviewed": "Interview Scheduled",
        "finalist": "Final Round",
    }
    statuses: ClassVar = {
        "open": "Applied",
        "rejected": "Rejected",
        "hired": "Selected",
        "withdrawn": "Withdrawn",
    }
    roles: ClassVar = {
        "recruiter": "recruiter",
        "manager": "manager",
        "admin": "admin",
        "outsider": "candidate",
    }

    def make_models(self, db):
        class User(UserMixin, db.Model):
            id = db.Column(db.Integer, primary_key=True)
            username = db.Column(db.String(80), nullable=False)
            email = db.Column(db.String(120), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False, default="candidate")
            applications = db.relationship("Application", back_populates="user", lazy=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(100), nullable=False)
            posted_by = db.Column(db.Integer, db.ForeignKey("user.id"))
            poster = db.relationship("User")

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            user_id = db.Column(db.Integer, db.ForeignKey("user.id"), nullable=False)
            job_id = db.Column(db.Integer, db.ForeignKey("job.id"), nullable=False)
            status = db.Column(db.String(50), default="Applied")
            user = db.relationship("User", back_populates="applications")
            job = db.relationship("Job", backref=db.backref("applications", lazy=True))

        return SimpleNamespace(User=User, Candidate=User, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {
            "name": "username",
            "application_candidate": "user",
            "owner": "job.poster",
        }

    def make_user(self, role, value):
        return self.models.User(username=f"{role.title()} Miller", email=self.staff_email(role), role=value)

    def make_job(self, title):
        return self.models.Job(title=title, poster=self.find_user(self.staff_email("manager")))

    def make_candidate(self, name, email):
        return self.models.User(username=name, email=email)

    def make_application(self, candidate, job):
        return self.models.Application(user=candidate, job=job)

    def candidate_in(self, application):
        return application.user

    def name_of(self, candidate):
        return candidate.username
