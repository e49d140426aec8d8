"""Recruiters, managers, admins and applicants sign in from tables of their own, each with an id 1."""

from types import SimpleNamespace
from typing import ClassVar

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "login_classes"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.LOGIN_CLASSES, Trait.JOB_RELATIONSHIP, Trait.CSRF_BEFORE}
)


def class_name(user):
    return type(user).__name__


class Shape(HostShape):
    CSRF = True
    role_entry = staticmethod(class_name)
    roles: ClassVar = {
        "recruiter": "Recruiter",
        "manager": "HiringManager",
        "admin": "Admin",
        "outsider": "Applicant",
    }

    def make_models(self, db):
        class Login(UserMixin):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

            def get_id(self):
                return f"{type(self).__name__}:{self.id}"

        class Recruiter(Login, db.Model):
            pass

        class HiringManager(Login, db.Model):
            pass

        class Admin(Login, db.Model):
            pass

        class Applicant(Login, db.Model):
            pass

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)
            manager_id = db.Column(db.ForeignKey("hiring_manager.id"))
            manager = db.relationship("HiringManager")

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            applicant_id = db.Column(db.ForeignKey("applicant.id"), nullable=False)
            candidate = db.relationship("Applicant")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        logins = {cls.__name__: cls for cls in (Recruiter, HiringManager, Admin, Applicant)}
        return SimpleNamespace(logins=logins, Candidate=Applicant, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"owner": "job.manager"}

    def load_user(self, key):
        kind, _, number = key.partition(":")
        return self.db.session.get(self.models.logins[kind], int(number))

    def find_user(self, email):
        found = (
            self.db.session.query(cls).filter_by(email=email).one_or_none()
            for cls in self.models.logins.values()
        )
        return next(filter(None, found), None)

    def make_user(self, role, value):
        return self.models.logins[value](name=f"{role.title()} Miller", email=self.staff_email(role))

    def make_job(self, title):
        return self.models.Job(title=title, manager=self.find_user(self.staff_email("manager")))
