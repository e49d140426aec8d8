"""Runs Harbour as a demonstration: database, invented history, worker and web server.

`python -m examples.ats.demo` serves on 127.0.0.1:5000; `PORT` changes that, `--fresh` starts over.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from flask_migrate import upgrade
from sqlalchemy import select
from werkzeug.serving import make_server

from . import create_app
from .config import state_folder
from .extensions import db
from .models import User, utcnow
from .seed import PASSWORD, seed_host
from .seed_talentpool import seed_talentpool
from .views.account import demo_users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

HOST = "127.0.0.1"


def main() -> None:
    """Prepare the database, then serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m examples.ats.demo", description="Run the Harbour demo.")
    parser.add_argument("--fresh", action="store_true", help="forget everything and start over")
    fresh = parser.parse_args().fresh

    port = int(os.environ.setdefault("PORT", "5000"))
    state = state_folder()
    if fresh:
        start_over(state)
    state.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    # SIGTERM ends the demo the way Ctrl-C does, so that both stop the worker.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    app = create_app()
    server = make_server(HOST, port, app, threaded=True)
    try:
        prepare(app)
        with worker(state) if app.config["ATS_TALENTPOOL"] else nullcontext():
            welcome(app, port, state)
            server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        print("Stopped.", flush=True)


def start_over(state: Path) -> None:
    """Delete the database and the mailbox of a demo, and nothing else."""
    for file in state.glob("ats.sqlite3*"):
        file.unlink()
    shutil.rmtree(state / "mailbox", ignore_errors=True)


def prepare(app: Flask) -> None:
    """Bring the tables up to date, and fill them if they are empty."""
    with app.app_context():
        upgrade()
        if db.session.scalar(select(User.id).limit(1)) is not None:
            return
    print("Filling the database with eight months of invented hiring …", flush=True)
    # Asked once, so that both halves of the history end with the same day, even around midnight.
    now = utcnow()
    # The history was made before the talent pool came: its first sync meets it as a baseline.
    with create_app({"ATS_TALENTPOOL": False}).app_context():
        seed_host(now=now)
    if app.config["ATS_TALENTPOOL"]:
        print("… and with what the talent pool did in the last four months of it …", flush=True)
        # Nobody wants four months of morning mails at once.
        with create_app({"TALENTPOOL_MORNING_MAIL": False}).app_context():
            seed_talentpool(app.config["ATS_MAILBOX"], now=now)


@contextmanager
def worker(state: Path) -> Iterator[None]:
    """Run the talent pool's worker beside the server, and stop it at the end."""
    command = [sys.executable, "-m", "flask", "--app", "examples.ats", "talentpool", "worker"]
    with (state / "worker.log").open("ab") as log:
        # In a session of its own: Ctrl-C reaches the demo alone, which then stops the worker in order.
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    Thread(target=_report_end, args=(process, log.name), daemon=True).start()
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _report_end(process: subprocess.Popen[bytes], log: str) -> None:
    code = process.wait()
    if code not in (0, -signal.SIGTERM):
        print(f"The worker ended with code {code}; no letter is sent. See {log}.", flush=True)


def welcome(app: Flask, port: int, state: Path) -> None:
    """Print where the demo is and whom to sign in as."""
    with app.app_context():
        users = demo_users()
    print(f"\n  Harbour runs at http://{HOST}:{port}/\n\n  Sign in as (password: {PASSWORD})")
    for user in users:
        print(f"    {user.email:<36} {user.position}")
    print(f"\n  Letters arrive at http://{HOST}:{port}/mailbox\n  Everything is kept in {state}")
    print("  Ctrl-C stops it\n", flush=True)


if __name__ == "__main__":
    main()
