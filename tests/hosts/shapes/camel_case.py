"""camelCase wherever a name can be: tables, columns and attributes."""

# ruff: noqa: N815
# The names are what this host is about.

from types import SimpleNamespace
from typing import ClassVar

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "camel_case"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.KEY_NOT_ID,
        Trait.CAMEL_CASE,
        Trait.JOB_FOREIGN_KEY,
        Trait.CSRF_NONE,
    }
)


class Shape(HostShape):
    status_attribute = "applicationStatus"
    stage_attribute = "currentStage"
    role_entry = "userRole"
    stages: ClassVar = {
        "applied": "newApplication",
        "screened": "phoneScreen",
        "interviewed": "onSite",
        "finalist": "finalRound",
    }
    statuses: ClassVar = {
        "open": "inProgress",
        "rejected": "notSelected",
        "hired": "offerAccepted",
        "withdrawn": "pulledOut",
    }

    def make_models(self, db):
        class User(UserMixin, db.Model):
            __tablename__ = "appUser"
            id = db.Column("userId", db.Integer, primary_key=True)
            fullName = db.Column(db.String(120), nullable=False)
            email = db.Column("eMail", db.String(254), unique=True, nullable=False)
            userRole = db.Column(db.String(20), nullable=False)

        class Candidate(db.Model):
            __tablename__ = "jobCandidate"
            candidateId = db.Column(db.Integer, primary_key=True)
            fullName = db.Column(db.String(120), nullable=False)
            eMail = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            __tablename__ = "openPosition"
            positionId = db.Column(db.Integer, primary_key=True)
            positionTitle = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            __tablename__ = "jobApplication"
            applicationId = db.Column(db.Integer, primary_key=True)
            candidateId = db.Column(db.ForeignKey("jobCandidate.candidateId"), nullable=False)
            positionId = db.Column(db.ForeignKey("openPosition.positionId"), nullable=False)
            theCandidate = db.relationship("Candidate")
            currentStage = db.Column(db.String(20), nullable=False, default="newApplication")
            applicationStatus = db.Column(db.String(20), nullable=False, default="inProgress")

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {
            "name": "fullName",
            "email": "eMail",
            "application_candidate": "theCandidate",
            "application_job": "positionId",
            "job_title": "positionTitle",
        }

    def access(self):
        from flask_talentpool import FlaskLoginAccess

        return FlaskLoginAccess(
            role=self.role_entry,
            name="fullName",
            recruiters={self.roles["recruiter"]},
            managers={self.roles["manager"]},
            admins={self.roles["admin"]},
        )

    def make_user(self, role, value):
        return self.models.User(
            fullName=f"{role.title()} Miller", email=self.staff_email(role), userRole=value
        )

    def make_job(self, title):
        return self.models.Job(positionTitle=title)

    def make_candidate(self, name, email):
        return self.models.Candidate(fullName=name, eMail=email)

    def find_candidate(self, name, email):
        return self.db.session.query(self.models.Candidate).filter_by(eMail=email).first()

    def make_application(self, candidate, job):
        return self.models.Application(theCandidate=candidate, positionId=job.positionId)

    def candidate_in(self, application):
        return application.theCandidate

    def name_of(self, candidate):
        return candidate.fullName
