"""One rejection from end to end, compared with a bare loop that says the same to the same people.

Ours: somebody rejects people in the host, 200 a commit; `flask talentpool sync` notices and composes; a business
day later `flask talentpool send` hands over, on the 8 connections that are the default. Modes and delay are the
defaults, too. The host's own commit counts as ours, since the hook works inside it.

The bare loop reads the same rows by one query, writes the same text and HTML from the same files with Jinja2,
searches them for the patterns of the same rules, writes one row, commits per 200, and hands over with `smtplib`
on 8 connections. It keeps no promise: no lock, no second look, no link that works.
"""

import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.bare import BATCH, CONNECTIONS, Bare
from benchmarks.host import Host
from benchmarks.smtp import running_server
from tests.support.postgres import running_postgres

LETTERS = 2_000
ROUNDS = 3
LIMIT = 4.0
MOST_STATEMENTS = 4.0
"""From noticing to the outbox, a letter; a savepoint is one, and so is leaving it."""
WARM = 200
STAGES = ("applied", "screen")


@dataclass(frozen=True, slots=True)
class Step:
    """What a part of the way cost."""

    seconds: float
    cpu: float
    statements: int
    savepoints: int

    def __add__(self, other: "Step") -> "Step":
        """Return what both cost together."""
        return Step(
            self.seconds + other.seconds,
            self.cpu + other.cpu,
            self.statements + other.statements,
            self.savepoints + other.savepoints,
        )


def _step(host: Host, act: Callable[[], object]) -> tuple[Step, int]:
    """Do one part; return what it cost, and how many of its statements touch our tables."""
    with host.statements() as seen:
        began, cpu = time.perf_counter(), time.process_time()
        act()
        seconds, used = time.perf_counter() - began, time.process_time() - cpu
    return Step(seconds, used, len(seen.texts), seen.savepoints), seen.ours


def ours(host: Host, keys: Sequence[int]) -> Mapping[str, Step]:
    """Reject people, and see that each has been told; return what each part cost."""
    batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]

    def reject() -> None:
        for batch in batches:
            host.reject(batch)

    before = _sent(host)
    commit, noticing = _step(host, reject)
    # What the host reads and writes itself is no statement of ours.
    commit = replace(commit, statements=noticing)
    sync, _ = _step(host, functools.partial(host.command, "sync"))
    host.tomorrow()
    send, _ = _step(host, functools.partial(host.command, "send"))
    if (sent := _sent(host) - before) != len(keys):
        message = f"{sent} of {len(keys)} letters went"
        raise RuntimeError(message)
    host.next_monday()
    return {"noticing": commit, "composing": sync, "delivering": send}


def _sent(host: Host) -> int:
    counted = "SELECT count(*) FROM talentpool_letters WHERE kind = 'outcome' AND state = 'sent'"
    return int(host.rows(counted)[0][0])


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out on one database: one of each a round, and for each letter."""

    ratios: list[float]
    rounds: list[Mapping[str, Step]]
    bare_cpu: list[float]
    letters: int

    def per_letter(self, part: str, what: Callable[[Step], float]) -> float:
        """Return the median over the rounds of what a part cost a letter."""
        return statistics.median(what(steps[part]) for steps in self.rounds) / self.letters

    @property
    def to_the_outbox(self) -> float:
        """Statements a letter from noticing to the outbox, savepoints among them."""
        return sum(
            self.per_letter(part, lambda step: step.statements + step.savepoints)
            for part in ("noticing", "composing")
        )


def measured(url: str, port: int, *, letters: int, rounds: int) -> Measured:
    """Reject as many people in each round, and let both sides tell them."""
    host = Host(url, TALENTPOOL_MAIL_URL=f"smtp://127.0.0.1:{port}")
    bare = Bare(host, port)
    first = host.apply(min(WARM, letters), stages=STAGES)
    ours(host, first)
    bare.run(first)
    bare.compare()
    found = Measured([], [], [], letters)
    for number in range(rounds):
        keys = host.apply(letters, stages=STAGES)
        if number % 2:
            seconds, cpu = bare.run(keys)
            steps = ours(host, keys)
        else:
            steps = ours(host, keys)
            seconds, cpu = bare.run(keys)
        whole = functools.reduce(Step.__add__, steps.values())
        print(
            f"  round {number + 1}: {whole.seconds / letters * 1000:.2f} ms a letter, "
            f"bare {seconds / letters * 1000:.2f} ms"
        )
        found.ratios.append(whole.seconds / seconds)
        found.rounds.append(steps)
        found.bare_cpu.append(cpu / letters * 1000)
    host.close()
    return found


def main(*, letters: int = LETTERS, rounds: int = ROUNDS) -> bool:
    """Print each figure beside its goal; return whether PostgreSQL meets them.

    Args:
        letters: How many people are rejected in a round.
        rounds: How often, on PostgreSQL; the median counts.
    """
    print(
        f"One rejection from end to end, {letters} a round, {rounds} rounds, default modes, against a bare loop "
        f"on {CONNECTIONS} connections; PostgreSQL as it comes, with fsync"
    )
    with running_server() as port:
        with tempfile.TemporaryDirectory() as folder:
            # Nothing is promised of SQLite here, so one round is enough to see it.
            _say("SQLite", measured(f"sqlite:///{folder}/host.db", port, letters=letters, rounds=1))
        with running_postgres(durable=True) as server:
            url = server.url(server.create_database())
            return _judge("PostgreSQL", measured(url, port, letters=letters, rounds=rounds))


def _say(name: str, found: Measured) -> None:
    print(f"{name}: {statistics.median(found.ratios):.2f} x the bare loop; a letter:")
    for part in ("noticing", "composing", "delivering"):
        print(
            f"  {part:10} {found.per_letter(part, lambda step: step.seconds) * 1000:6.2f} ms, "
            f"{found.per_letter(part, lambda step: step.cpu) * 1000:6.2f} ms CPU, "
            f"{found.per_letter(part, lambda step: step.statements):6.2f} statements and "
            f"{found.per_letter(part, lambda step: step.savepoints):.2f} of savepoints"
        )
    cpu = sum(found.per_letter(part, lambda step: step.cpu) for part in found.rounds[0]) * 1000
    bare = statistics.median(found.bare_cpu)
    print(f"  {'in all':10} {cpu:.2f} ms CPU, which is {cpu / bare:.2f} x the bare loop's {bare:.2f} ms")
    print(f"  from noticing to the outbox {found.to_the_outbox:.2f} statements, savepoints among them")


def _judge(name: str, found: Measured) -> bool:
    _say(name, found)
    met = True
    for what, figure, limit in (
        ("x the bare loop", statistics.median(found.ratios), LIMIT),
        ("statements a letter to the outbox", found.to_the_outbox, MOST_STATEMENTS),
    ):
        is_met = figure <= limit
        met &= is_met
        print(f"{name}: {figure:.2f} {what}, goal {limit:.2f}: {'met' if is_met else 'NOT MET'}")
    return met
