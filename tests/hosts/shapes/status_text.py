"""German status words that were typed by hand: any case, stray spaces."""

from types import SimpleNamespace
from typing import ClassVar

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "status_text"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.STATUS_TEXT, Trait.JOB_RELATIONSHIP, Trait.CSRF_BEFORE}
)


class Shape(HostShape):
    CSRF = True
    status_attribute = "zustand"
    stage_attribute = "phase"
    stages: ClassVar = {
        "applied": "Eingegangen",
        "screened": "Vorauswahl",
        "interviewed": "Gespräch",
        "finalist": "Engere Wahl",
    }
    statuses: ClassVar = {
        "open": "Offen",
        "rejected": "Abgesagt",
        "hired": "Eingestellt",
        "withdrawn": "Zurückgezogen",
    }

    def make_models(self, db):
        class Candidate(db.Model):
            __tablename__ = "bewerber"
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            __tablename__ = "stelle"
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column("titel", db.String(120), nullable=False)

        class Application(db.Model):
            __tablename__ = "bewerbung"
            id = db.Column(db.Integer, primary_key=True)
            bewerber_id = db.Column(db.ForeignKey("bewerber.id"), nullable=False)
            candidate = db.relationship("Candidate")
            stelle_id = db.Column(db.ForeignKey("stelle.id"), nullable=False)
            job = db.relationship("Job")
            phase = db.Column(db.String(40), nullable=False, default="Eingegangen")
            zustand = db.Column(db.String(40), nullable=False, default="offen")

        return SimpleNamespace(User=staff_model(db), Candidate=Candidate, Job=Job, Application=Application)

    def move(self, application, stage):
        application.phase = f" {self.stages[stage].lower()}"

    def settle(self, application, word):
        application.zustand = f"{self.statuses[word].upper()} "

    def bulk_values(self, word):
        return {"zustand": f"  {self.statuses[word].lower()}"}

    def word_of(self, application):
        words = {shown.casefold(): word for word, shown in self.statuses.items()}
        return words[application.zustand.strip().casefold()]
