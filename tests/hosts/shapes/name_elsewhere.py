"""A candidate row is a number: the name is on a profile, the e-mail in a list of contacts."""

from types import SimpleNamespace

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "name_elsewhere"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.NAME_ELSEWHERE,
        Trait.EMAIL_ELSEWHERE,
        Trait.JOB_RELATIONSHIP,
        Trait.CSRF_NONE,
    }
)


class Shape(HostShape):
    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            profile = db.relationship(
                "Profile", uselist=False, back_populates="candidate", cascade="all, delete-orphan"
            )
            contacts = db.relationship("Contact", order_by="Contact.id", cascade="all, delete-orphan")

        class Profile(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False, unique=True)
            full_name = db.Column(db.String(120), nullable=False)
            candidate = db.relationship("Candidate", back_populates="profile")

        class Contact(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            kind = db.Column(db.String(10), nullable=False)
            value = db.Column(db.String(254), nullable=False)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            stage = db.Column(db.String(20), nullable=False, default="applied")
            status = db.Column(db.String(20), nullable=False, default="open")

        return SimpleNamespace(
            User=staff_model(db),
            Candidate=Candidate,
            Profile=Profile,
            Contact=Contact,
            Job=Job,
            Application=Application,
        )

    def host_map(self):
        return super().host_map() | {"name": "profile.full_name", "email": self.first_email}

    def first_email(self, candidate):
        return next((contact.value for contact in candidate.contacts if contact.kind == "email"), None)

    def make_candidate(self, name, email):
        contacts = [self.models.Contact(kind="phone", value="+44 20 7946 0000")]
        if email:
            contacts.append(self.models.Contact(kind="email", value=email))
        return self.models.Candidate(profile=self.models.Profile(full_name=name), contacts=contacts)

    def find_candidate(self, name, email):
        contacts = self.db.session.query(self.models.Candidate).join(self.models.Contact)
        return contacts.filter(self.models.Contact.value == email).first()

    def name_of(self, candidate):
        return candidate.profile.full_name
