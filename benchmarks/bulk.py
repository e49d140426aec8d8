"""Many at once: how soon the page comes back with 5,000 chosen, and whether the worker's memory stays flat.

The host is filled in a process of its own, so that what filling left behind hides no growth. The start is a
whole request: sign-in, token, rights, the rows written and committed. Memory is what the system counts for
this process after each slice.
"""

import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from flask_talentpool.access import Actor
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk import worker as bulk_worker
from tests.promises.world import World
from tests.support.postgres import running_postgres

DECISIONS = 5000
STARTS = 5
LONGEST_START = 1.0
MOST_GROWTH = 1.10
WARM = 10
"""Slices after which everything that is loaded once has been."""


def _world(url: str) -> World:
    return World(url, TALENTPOOL_MODES="review")


def _fill(url: str, decisions: int) -> None:
    world = _world(url)
    with world.app.app_context():
        world.create_tables()
        world.session.add(world.User(id=1, name="Rita Recruiter", role="recruiter"))
        world.session.commit()
        world.tp.sync()
        for _ in range(0, decisions, 1000):
            world.reject(*world.apply(min(1000, decisions)))
            world.session.expunge_all()
        world.tp.sync()
        world.session.remove()
    world.close()


def _start(world: World) -> tuple[str, list[float], bool]:
    """Start it as a browser does, several times; return its address, the seconds, and whether twice is once."""
    client = world.app.test_client()
    client.get("/sign-in/1")
    token = client.get("/token").text
    seconds, url, same = [], "", True
    for number in range(STARTS):
        data = {"csrf_token": token, "act": "approve", "all": "1", "state": "held", "token": f"form-{number}"}
        began = time.perf_counter()
        answer = client.post("/talent-pool/bulks", data=data)
        seconds.append(time.perf_counter() - began)
        url = answer.location
        same &= client.post("/talent-pool/bulks", data=data).location == url
        if number < STARTS - 1:
            client.post(f"{url}/stop", data={"csrf_token": token})
    return url, seconds, same


def _work(world: World, url: str, decisions: int) -> tuple[list[int], float, float]:
    """Look at them, confirm, and work all slices; return the memory after each, and the seconds both took."""
    bulk_id = int(url.rpartition("/")[2])
    with world.app.app_context():
        began = time.perf_counter()
        world.tp.work_bulks()
        looking = time.perf_counter() - began

        def confirm(ctx: Any) -> bool:
            row = ctx.session.get(ctx.models.bulk, bulk_id)
            by = Actor(row.by, row.by_name)
            return bulk.confirm(ctx, row, number=decisions, says_so=False, by=by).is_confirmed

        if not world.change(confirm):
            raise RuntimeError("it was not confirmed")
        memory = []
        began = time.perf_counter()
        while world.change(lambda ctx: bulk_worker.one_slice(ctx, bulk_id, me="benchmark")) is not None:
            memory.append(_memory())
        world.session.remove()
        return memory, looking, time.perf_counter() - began


def _memory() -> int:
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _run(name: str, url: str, decisions: int) -> bool:
    filling = multiprocessing.get_context("spawn").Process(target=_fill, args=(url, decisions))
    filling.start()
    filling.join()
    world = _world(url)
    address, seconds, same = _start(world)
    memory, looking, working = _work(world, address, decisions)
    world.close()
    start, growth = statistics.median(seconds), memory[-1] / memory[min(WARM, len(memory) - 1)]
    met = start <= LONGEST_START and same and growth <= MOST_GROWTH
    print(
        f"{name}: page back in {start:.2f} s (limit {LONGEST_START:g}), posting it twice "
        f"{'changes nothing' if same else 'STARTS TWO'}, looked at in {looking:.1f} s, worked in {working:.1f} s "
        f"({len(memory)} slices); memory last/first slice {growth:.3f} (limit {MOST_GROWTH:.2f}), "
        f"{memory[min(WARM, len(memory) - 1)] / 2**20:.0f} to {memory[-1] / 2**20:.0f} MiB: {'met' if met else 'NOT MET'}"
    )
    return met


def main(*, decisions: int = DECISIONS) -> bool:
    """Print each figure beside its limit; return whether all are met."""
    print(f"Many at once, {decisions:,} decisions")
    with tempfile.TemporaryDirectory() as folder:
        met = _run("SQLite", f"sqlite:///{folder}/host.db", decisions)
    with running_postgres() as server:
        met &= _run("PostgreSQL", server.url(server.create_database()), decisions)
    return met
