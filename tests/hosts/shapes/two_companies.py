"""Two companies on one site: people register with one of them first, and apply to its jobs later, or never."""

from types import SimpleNamespace

from flask_login import UserMixin

from tests.hosts.base import HostShape
from tests.hosts.traits import Trait

NAME = "two_companies"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.ROLE_COLUMN,
        Trait.CANDIDATE_FIRST,
        Trait.CSRF_BEFORE,
        Trait.JOB_RELATIONSHIP,
    }
)

OURS, THEIRS = "acme", "globex"


class Shape(HostShape):
    CSRF = True
    company = OURS
    """Whose jobs and people are made, and who recruits for them."""

    def make_models(self, db):
        class User(UserMixin, db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True, nullable=False)
            role = db.Column(db.String(20), nullable=False)
            company = db.Column(db.String(20), nullable=False, default=OURS)

        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254))
            company = db.Column(db.String(20), nullable=False)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)
            company = db.Column(db.String(20), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(User=User, Candidate=Candidate, Job=Job, Application=Application)

    def host_map(self):
        return super().host_map() | {"scope": "job.company", "candidate_scope": "company"}

    def access(self):
        from flask_talentpool import FlaskLoginAccess

        return FlaskLoginAccess(
            role="role",
            recruiters={"recruiter"},
            managers={"manager"},
            admins={"admin"},
            scope="company",
        )

    def create_tables(self):
        """Ada Byron has registered with both companies, and applied to neither."""
        super().create_tables()
        with self.unit() as session:
            session.add(
                self.models.User(
                    name="Globex Recruiter",
                    email=self.staff_email(THEIRS),
                    role="recruiter",
                    company=THEIRS,
                )
            )
            for company in (THEIRS, OURS):
                session.add(
                    self.models.Candidate(name="Ada Byron", email="ada@mail.example", company=company)
                )

    def registered(self, company):
        """Return the key of somebody who has registered with a company."""
        with self.app.app_context():
            people = self.db.session.query(self.models.Candidate)
            return people.filter_by(name="Ada Byron", company=company).one().id

    def make_job(self, title):
        return self.models.Job(title=title, company=self.company)

    def make_candidate(self, name, email):
        return self.models.Candidate(name=name, email=email, company=self.company)

    def find_candidate(self, name, email):
        people = self.db.session.query(self.models.Candidate)
        return people.filter_by(email=email, company=self.company).first()
