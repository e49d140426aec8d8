"""People upload resumes and apply with one: application → resume → user, and a bare job key."""

from types import SimpleNamespace
from typing import ClassVar

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "two_hops"
TRAITS = frozenset({Trait.TWO_HOPS, Trait.IS_USER, Trait.INT_KEY, Trait.JOB_FOREIGN_KEY, Trait.CSRF_AFTER})


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True
    stages: ClassVar = {
        "applied": "new",
        "screened": "screening",
        "interviewed": "onsite",
        "finalist": "offer",
    }
    statuses: ClassVar = {
        "open": "active",
        "rejected": "declined",
        "hired": "hired",
        "withdrawn": "withdrawn",
    }
    roles: ClassVar = {"recruiter": "hr", "manager": "lead", "admin": "root", "outsider": "applicant"}

    def make_models(self, db):
        class User(UserMixin, db.Model):
            __tablename__ = "account"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(80), nullable=False)
            email = db.Column(db.String(120), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False, default="applicant")

        class Resume(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            user_id = db.Column(db.Integer, db.ForeignKey("account.id"), nullable=False)
            file_name = db.Column(db.String(200), nullable=False)
            user = db.relationship("User", backref=db.backref("resumes", cascade="all, delete-orphan"))

        class Job(db.Model):
            __tablename__ = "posting"
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(100), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            resume_id = db.Column(db.Integer, db.ForeignKey("resume.id"), nullable=False)
            posting_id = db.Column(db.Integer, db.ForeignKey("posting.id"), nullable=False)
            stage = db.Column(db.String(20), nullable=False, default="new")
            status = db.Column(db.String(20), nullable=False, default="active")
            resume = db.relationship("Resume")

        return SimpleNamespace(User=User, Candidate=User, Resume=Resume, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"application_candidate": "resume.user", "application_job": "posting_id"}

    def make_application(self, candidate, job):
        resume = self.models.Resume(user=candidate, file_name="cv.pdf")
        return self.models.Application(resume=resume, posting_id=job.id)

    def candidate_in(self, application):
        return application.resume.user
