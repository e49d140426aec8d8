"""What a dispatcher process of these tests runs; forked from a server that has imported everything."""

import contextlib
import os
import time
from datetime import timedelta

from sqlalchemy.exc import OperationalError

from tests.promises.world import START, World


def send_all(
    url: str, mail_url: str, lease_seconds: float, report_to: str = "", connections: int = 1
) -> None:
    """Hand over everything that is due, then end."""
    world = World(url, TALENTPOOL_MAIL_URL=mail_url, TALENTPOOL_MAIL_CONNECTIONS=connections)
    with world.app.app_context():
        report = world.tp.dispatch(lease=timedelta(seconds=lease_seconds))
    world.close()
    if report_to:
        with open(report_to, "w", encoding="utf-8") as file:  # noqa: PTH123 (a path as it was given)
            file.write(f"{report.sent} {report.unknown}")


def work(url: str, mail_url: str, lease_seconds: float, stop_file: str, *, days_later: int = 0) -> None:
    """Do what a worker does, round after round, until there is a file that says to stop."""
    world = World(url, TALENTPOOL_MAIL_URL=mail_url, start=START + timedelta(days=days_later))
    while not os.path.exists(stop_file):  # noqa: PTH110 (a path as it was given)
        # A busy SQLite is tried again in the next round, as by the worker.
        with world.app.app_context(), contextlib.suppress(OperationalError):
            world.tp.sync()
            if not world.tp.dispatch(lease=timedelta(seconds=lease_seconds), seconds=5).sent:
                time.sleep(0.2)
    world.close()
