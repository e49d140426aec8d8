"""A state machine over ints with a history, whose transitions go back as well as on."""

from types import SimpleNamespace
from typing import ClassVar

from tests.hosts.base import HostShape
from tests.hosts.classic import staff_model
from tests.hosts.traits import Trait

NAME = "state_machine"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.STATUS_INT,
        Trait.GOES_BACK,
        Trait.JOB_RELATIONSHIP,
        Trait.CSRF_NONE,
    }
)

NEW, SCREENED, MET, SHORTLISTED, REJECTED, WITHDRAWN, HIRED = 0, 10, 20, 30, 90, 91, 100
OPEN = (NEW, SCREENED, MET, SHORTLISTED)
TRANSITIONS = {
    **{state: {*OPEN, REJECTED, WITHDRAWN, HIRED} for state in OPEN},
    REJECTED: {*OPEN, HIRED},
    WITHDRAWN: {*OPEN},
    HIRED: {*OPEN, REJECTED},
}


class Shape(HostShape):
    status_attribute = "state"
    stage_attribute = "furthest"
    stages: ClassVar = {"applied": NEW, "screened": SCREENED, "interviewed": MET, "finalist": SHORTLISTED}
    statuses: ClassVar = {"open": NEW, "rejected": REJECTED, "hired": HIRED, "withdrawn": WITHDRAWN}

    def make_models(self, db):
        class Candidate(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            name = db.Column(db.String(120), nullable=False)
            email = db.Column(db.String(254), unique=True)

        class Job(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            title = db.Column(db.String(120), nullable=False)

        class Application(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            candidate_id = db.Column(db.ForeignKey("candidate.id"), nullable=False)
            candidate = db.relationship("Candidate")
            job_id = db.Column(db.ForeignKey("job.id"), nullable=False)
            job = db.relationship("Job")
            state = db.Column(db.Integer, nullable=False, default=NEW)
            furthest = db.Column(db.Integer, nullable=False, default=NEW)
            history = db.relationship("StateChange", order_by="StateChange.id", cascade="all, delete-orphan")

            def go(self, state):
                if state not in TRANSITIONS[self.state]:
                    msg = f"an application does not go from {self.state} to {state}"
                    raise ValueError(msg)
                self.history.append(StateChange(before=self.state, after=state))
                self.state = state
                if state in OPEN:
                    self.furthest = max(self.furthest, state)

        class StateChange(db.Model):
            id = db.Column(db.Integer, primary_key=True)
            application_id = db.Column(db.ForeignKey("application.id"), nullable=False)
            before = db.Column(db.Integer, nullable=False)
            after = db.Column(db.Integer, nullable=False)

        return SimpleNamespace(
            User=staff_model(db),
            Candidate=Candidate,
            Job=Job,
            Application=Application,
            StateChange=StateChange,
        )

    def move(self, application, stage):
        application.go(self.stages[stage])

    def settle(self, application, word):
        application.go(application.furthest if word == "open" else self.statuses[word])

    def back_and_forth(self, key):
        """Reject, reopen and reject again, in one transaction."""
        with self.unit() as session:
            application = self.application(key)
            for word in ("rejected", "open", "rejected"):
                self.settle(application, word)
                session.flush()
