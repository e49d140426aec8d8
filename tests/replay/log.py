"""The recruiting log as moves of a host: one person and one job for each of its applications.

The log has only applications and offers. People and jobs are made up around it, the same every
time: 24 jobs, each application goes to one of them by a seeded draw, and of those interviewed a
seeded third reaches the final round.
"""

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LOG = Path(__file__).resolve().parents[3] / "shared" / "data" / "recruiting-red.jsonocel"
SEED = 2019
JOBS = 24

SUBMITTED, SCREENED, INTERVIEWED = "submit application", "first screening", "conduct interview"
OFFERED, HIRED, DECLINED, REJECTED = (
    "make job offer",
    "offer accepted and hired",
    "job offer declined",
    "send rejection",
)
MOVES = {SUBMITTED, SCREENED, INTERVIEWED, OFFERED, HIRED, DECLINED, REJECTED}


@dataclass(frozen=True)
class Event:
    at: datetime
    what: str
    application: str


def events():
    """Return what moves an application, in order of time."""
    found = json.loads(LOG.read_text(encoding="utf-8"))["ocel:events"].values()
    rows = [
        Event(
            datetime.fromisoformat(event["ocel:timestamp"]).astimezone(UTC),
            event["ocel:activity"],
            next(key for key in event["ocel:omap"] if key.startswith("Application[")),
        )
        for event in found
        if event["ocel:activity"] in MOVES
    ]
    return sorted(rows, key=lambda row: row.at)


@dataclass(frozen=True)
class Made:
    """The person, job and final round that belong to one application of the log."""

    name: str
    email: str
    job: int
    reaches_final: bool


def assignment(applications):
    """Return what is made up for each application."""
    draw = random.Random(SEED)
    first = (
        "Ada",
        "Bo",
        "Chidi",
        "Dilnaz",
        "Eszter",
        "Farid",
        "Grace",
        "Hiro",
        "Ines",
        "Jörg",
        "Kaya",
        "Łucja",
    )
    last = ("Adeyemi", "Brandt", "Castro", "Dubois", "Eriksen", "Fonseca", "Götz", "Haddad", "Ito", "Jansen")
    return {
        key: Made(
            name=f"{draw.choice(first)} {draw.choice(last)}",
            email=f"person{key.removeprefix('Application[').removesuffix(']')}@mail.example",
            job=draw.randrange(JOBS),
            reaches_final=draw.random() < 1 / 3,
        )
        for key in sorted(applications)
    }
