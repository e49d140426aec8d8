"""Delivery to a local SMTP server, compared with a bare `smtplib` loop that sends the same bytes.

Each round hands over the same letters with everything a real run does: the claim, the host's row read again
just before, fresh links, a row for each attempt, the decision told, a touch. Then the bare loop sends the
very same bytes over one connection. The order alternates, and the median of the rounds counts. The server
offers PIPELINING, as most do; the bare loop makes no use of that. On PostgreSQL this is done with
`TALENTPOOL_MAIL_CONNECTIONS` as the guide advises it for a mail server of one's own, which is judged. For
comparison it is done with the default, which is kept low for the servers of others, and with a server that
takes one command at a time.
"""

import functools
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from benchmarks import post_office
from benchmarks.smtp import Sent, bare_loop, running_server
from flask_talentpool import extension
from flask_talentpool.letters.delivery.transports import HandOver, Transport
from tests.promises.world import World
from tests.support.postgres import running_postgres

LETTERS = 1_000
ROUNDS = 5
OWN_SERVER = 16
"""Connections where the mail server is one's own."""


@dataclass(slots=True)
class _Keeping:
    """A connection that keeps what goes over it, for the bare loop."""

    inner: Transport
    kept: list[Sent] = field(default_factory=list)

    def open(self) -> None:
        self.inner.open()

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        self.kept.append((mail_from, rcpt_to, data))
        return self.inner.hand_over(mail_from, rcpt_to, data)

    def close(self) -> None:
        self.inner.close()

    def describe(self) -> str:
        return self.inner.describe()


class Outbox:
    """A host with letters that are due, and due again for each round."""

    def __init__(self, url: str, port: int, letters: int, **config: object) -> None:
        self.world = World(
            url,
            TALENTPOOL_MAIL_URL=f"smtp://127.0.0.1:{port}",
            TALENTPOOL_PUBLIC_URL="https://host.test",
            **config,
        )
        self.letters = letters
        self.kept: list[Sent] = []
        with self.world.app.app_context():
            self.world.create_tables()
            self.world.tp.sync()
            self.world.rejected(letters, stage="screen")
            self.world.session.remove()

    def again(self) -> None:
        """Make everything due as before."""
        models, session = self.world.m, self.world.session
        for model in (models.letter_attempt, models.link, models.touch):
            session.execute(sa.delete(model))
        session.execute(sa.update(models.letter).values(state="due", sent_at=None, claimed_by=""))
        session.execute(sa.update(models.decision).values(told_at=None, told_by=""))
        session.commit()
        if session.get_bind().dialect.name == "postgresql":
            with session.get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(sa.text("VACUUM ANALYZE"))
        session.remove()

    def dispatch(self) -> float:
        """Hand everything over once; return the seconds it took."""
        self.kept = []
        real = extension.transports_from_url
        extension.transports_from_url = lambda url: _Keeping(real(url), self.kept)
        try:
            started = time.perf_counter()
            report = self.world.tp.dispatch()
            seconds = time.perf_counter() - started
        finally:
            extension.transports_from_url = real
        if report.sent != self.letters or len(self.kept) != self.letters:
            message = f"{report.sent} of {self.letters} letters went: {report}"
            raise RuntimeError(message)
        return seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out on one database."""

    ratios: list[float]
    """For each round, how many letters ours hands over in the time the bare loop needs for one."""
    ours: float
    """Seconds for all letters, the median of the rounds."""
    mails: list[Sent]


def measured(url: str, port: int, *, letters: int, rounds: int, **config: object) -> Measured:
    """Hand over the same letters several times, and so does the bare loop."""
    outbox = Outbox(url, port, letters, **config)
    found, taken = [], []
    with outbox.world.app.app_context():
        outbox.again()
        outbox.dispatch()
        for number in range(rounds):
            outbox.again()
            bare_ones: Callable[[], float] = functools.partial(bare_loop, port, list(outbox.kept))
            if number % 2:
                bare, ours = bare_ones(), outbox.dispatch()
            else:
                ours, bare = outbox.dispatch(), bare_ones()
            print(
                f"  round {number + 1}: {ours / letters * 1000:.2f} ms a letter, bare {bare / letters * 1000:.2f} ms"
            )
            found.append(bare / ours)
            taken.append(ours)
    outbox.world.close()
    return Measured(found, statistics.median(taken), list(outbox.kept))


def main(*, letters: int = LETTERS, rounds: int = ROUNDS) -> bool:
    """Print each ratio beside its limit; return whether all are met."""
    print(
        f"Delivery, {letters} letters a round, {rounds} rounds, against a bare smtplib loop on one connection; "
        "the server offers PIPELINING, which smtplib does not use"
    )
    met = True
    with (
        running_server() as port,
        running_server(pipelining=False) as plain_port,
        tempfile.TemporaryDirectory() as folder,
        running_postgres() as server,
    ):

        def on_postgres(port: int, **config: object) -> Measured:
            url = server.url(server.create_database())
            return measured(url, port, letters=letters, rounds=rounds, **config)

        sqlite = measured(f"sqlite:///{folder}/host.db", port, letters=letters, rounds=rounds)
        met &= _judge("SQLite", sqlite, 0.35)
        _judge("PostgreSQL, connections: the default", on_postgres(port), None)
        own = {"TALENTPOOL_MAIL_CONNECTIONS": OWN_SERVER}
        one_by_one = on_postgres(plain_port, **own)
        _judge(f"PostgreSQL, connections: {OWN_SERVER}, no PIPELINING", one_by_one, None)
        postgres = on_postgres(port, **own)
        met &= _judge(f"PostgreSQL, connections: {OWN_SERVER}", postgres, 0.8)
        if post_office.is_installed():
            met &= _faster("SQLite", sqlite, post_office.seconds(None, port, sqlite.mails, rounds))
            met &= _faster("PostgreSQL", postgres, post_office.seconds(server, port, postgres.mails, rounds))
        else:
            print(
                "django-post_office is not installed, so it was not compared with; `make bench` installs it."
            )
    return met


def _judge(name: str, found: Measured, limit: float | None) -> bool:
    ratio = statistics.median(found.ratios)
    if limit is None:
        print(f"{name}: {ratio:.2f} x the bare loop")
        return True
    met = ratio >= limit
    print(f"{name}: {ratio:.2f} x the bare loop, limit {limit:.2f}: {'met' if met else 'NOT MET'}")
    return met


def _faster(name: str, ours: Measured, theirs: float) -> bool:
    met = ours.ours < theirs
    print(
        f"{name}: django-post_office takes {theirs / ours.ours:.2f} x our time, limit 1.00: "
        f"{'met' if met else 'NOT MET'}"
    )
    return met
