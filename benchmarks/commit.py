"""A host's commit that rejects 1,000 applications: mounted, against unmounted plus writing the same rows by hand.

Unmounted, the host's session commits the same change and a decision row for each is written by one plain
`INSERT` with many rows, which is what noticing adds when it is done by hand.
"""

import statistics
import tempfile
import time
from typing import Any

import sqlalchemy as sa

from tests.promises.world import World
from tests.support.postgres import running_postgres

APPLICATIONS = 1_000
ROUNDS = 7
LIMIT = 1.5


class _Host:
    """A host with applications that are rejected again in each round."""

    def __init__(self, url: str, number: int) -> None:
        self.world, self.number = World(url), number
        with self.world.app.app_context():
            self.world.create_tables()
            self.world.tp.sync()
            self.world.apply(number, stage="screen")
            self.mounted()
            self.table = decision = self.world.m.decision.__table__
            first = self.world.session.execute(sa.select(decision).limit(1)).mappings().one()
            self.first = {name: value for name, value in first.items() if name != "id"}
            self.world.session.remove()

    def again(self) -> None:
        """Open every application again, without anybody noticing."""
        session, models = self.world.session, self.world.m
        session.rollback()
        session.execute(sa.delete(models.decision))
        session.execute(sa.update(self.world.Application).values(status="open"))
        session.commit()
        session.remove()

    def _reject(self) -> Any:
        """Reject all in the session; not committed."""
        session = self.world.session
        for application in session.scalars(sa.select(self.world.Application)).all():
            application.status = "rejected"
        return session

    def mounted(self) -> float:
        """Commit with our hook; return the seconds."""
        session = self._reject()
        started = time.perf_counter()
        session.commit()
        return time.perf_counter() - started

    def by_hand(self) -> float:
        """Commit without our hook, writing the same rows; return the seconds."""
        state = self.world.app.extensions.pop("talentpool")
        try:
            session = self._reject()
            started = time.perf_counter()
            rows = [self._row(application) for application in session.dirty]
            session.flush()
            session.connection().execute(sa.insert(self.table), rows)
            session.commit()
            return time.perf_counter() - started
        finally:
            self.world.app.extensions["talentpool"] = state

    def _row(self, application: Any) -> dict[str, Any]:
        """Return the decision's row as a host would write it for one application."""
        key = str(application.id)
        return {
            **self.first,
            "application_id": application.id,
            "application_key": key,
            "live_for": key,
            "candidate_key": str(application.candidate_id),
            "job_id": application.job_id,
            "job_key": str(application.job_id),
        }

    def decisions(self) -> int:
        """Return how many decisions there are."""
        return self.world.count(self.world.m.decision)


def ratios(url: str, *, number: int = APPLICATIONS, rounds: int = ROUNDS) -> list[float]:
    """Return for each round how many times as long the mounted commit takes."""
    host, found = _Host(url, number), []
    with host.world.app.app_context():
        for turn in range(rounds + 1):
            seconds = {}
            for act in (host.mounted, host.by_hand) if turn % 2 else (host.by_hand, host.mounted):
                host.again()
                seconds[act.__name__] = act()
                if host.decisions() != number:
                    message = f"{host.decisions()} decisions after {act.__name__}, not {number}"
                    raise RuntimeError(message)
            if turn:
                print(f"  round {turn}: {seconds['mounted']:.3f} s, by hand {seconds['by_hand']:.3f} s")
                found.append(seconds["mounted"] / seconds["by_hand"])
    host.world.close()
    return found


def main(*, number: int = APPLICATIONS, rounds: int = ROUNDS) -> bool:
    """Print each ratio beside its limit; return whether all are met."""
    print(
        f"A host commit that rejects {number} applications, {rounds} rounds, against writing the rows by hand"
    )
    met = True
    with tempfile.TemporaryDirectory() as folder:
        met &= _judge("SQLite", ratios(f"sqlite:///{folder}/host.db", number=number, rounds=rounds))
    with running_postgres() as server:
        url = server.url(server.create_database())
        met &= _judge("PostgreSQL", ratios(url, number=number, rounds=rounds))
    return met


def _judge(name: str, found: list[float]) -> bool:
    ratio = statistics.median(found)
    met = ratio <= LIMIT
    print(f"{name}: {ratio:.2f} x by hand, limit {LIMIT:.2f}: {'met' if met else 'NOT MET'}")
    return met
