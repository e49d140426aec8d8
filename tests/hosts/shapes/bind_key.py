"""The three models live on a bind of their own; staff is on the default one."""

from types import SimpleNamespace

from sqlalchemy import make_url

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "bind_key"
TRAITS = frozenset({Trait.OWN_MODEL, Trait.INT_KEY, Trait.BIND_KEY, Trait.JOB_RELATIONSHIP, Trait.CSRF_AFTER})


class Shape(HostShape):
    CSRF = True
    CSRF_AFTER_MOUNT = True

    def database_config(self, url):
        """The bind gets the database that is given; on SQLite staff has a file beside it."""
        ats = make_url(url)
        staff = ats
        if ats.get_backend_name() == "sqlite" and ats.database and ats.database != ":memory:":
            staff = ats.set(database=f"{ats.database}.staff")
        shown = staff.render_as_string(hide_password=False)
        return {"SQLALCHEMY_DATABASE_URI": shown, "SQLALCHEMY_BINDS": {"ats": url}}

    def make_models(self, db):
        class Candidate(db.Model):
            __bind_key__ = "ats"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            __bind_key__ = "ats"
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            __bind_key__ = "ats"
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)
