"""Keys called otherwise than `id`, otherwise again in the database; candidates and jobs numbered with a slash."""

import itertools
from types import SimpleNamespace

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "keys_not_id"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.KEY_NOT_ID, Trait.JOB_RELATIONSHIP, Trait.CSRF_NONE})


class Shape(HostShape):
    _job_numbers = itertools.count(1)

    def make_models(self, db):
        candidate_numbers = itertools.count(1)

        class User(UserMixin, db.Model):
            __tablename__ = "users"
            user_no = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False)

            def get_id(self):
                return str(self.user_no)

        class Candidate(db.Model):
            __tablename__ = "T_CANDIDATE"
            candidate_no = db.Column(
                "CAND_NO", db.String(12), primary_key=True, default=lambda: f"C/{next(candidate_numbers):04}"
            )
            name = db.Column("CAND_NAME", db.String(120), nullable=False)
            email = db.Column("CAND_MAIL", db.String(254), unique=True)

        class Job(db.Model):
            __tablename__ = "T_JOB"
            code = db.Column("JOB_CODE", db.String(12), primary_key=True)
            title = db.Column("JOB_TITLE", db.String(120), nullable=False)

        class Application(db.Model):
            __tablename__ = "T_APPLICATION"
            number = db.Column("APPL_NO", db.Integer, primary_key=True)
            candidate_no = db.Column("CAND_NO", db.ForeignKey("T_CANDIDATE.CAND_NO"), nullable=False)
            job_code = db.Column("JOB_CODE", db.ForeignKey("T_JOB.JOB_CODE"), nullable=False)
            stage = db.Column("STAGE_CD", db.String(20), nullable=False, default="applied")
            status = db.Column("STATUS_CD", db.String(20), nullable=False, default="open")
            candidate = db.relationship("Candidate")
            job = db.relationship("Job")

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def make_job(self, title):
        return self.models.Job(code=f"JOB/{next(self._job_numbers):04}", title=title)
