"""The demo as a newcomer starts it: one process that migrates, seeds, delivers and serves."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tests.support.apps import free_port
from tests.support.patience import patience

ROOT = Path(__file__).resolve().parents[2]
STARTS_WITHIN = 170


class Demo:
    """A running demo."""

    def __init__(self, process, port, state, log):
        self.process, self.port, self.state, self.log = process, port, state, log
        self.url = f"http://127.0.0.1:{port}"

    def find(self, sql):
        """Return the first value that a SELECT finds in the demo's database: which one a page is about."""
        with contextlib.closing(
            sqlite3.connect(f"file:{self.state / 'ats.sqlite3'}?mode=ro", uri=True)
        ) as db:
            row = db.execute(sql).fetchone()
        assert row is not None, sql
        return row[0]

    def wait(self):
        deadline = time.monotonic() + patience(STARTS_WITHIN)
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the demo ended:\n{self.log.read_text()}")
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(self.url, timeout=patience(5)) as answer,
            ):
                assert answer.status == 200
                return
            time.sleep(0.3)
        raise AssertionError(f"the demo did not answer in time:\n{self.log.read_text()}")


@contextlib.contextmanager
def running_demo(state, *, letter_delay=2, port=None):
    """Start the demo in a folder of its own; stopped with SIGTERM, as a service manager would."""
    state.mkdir(parents=True)
    port, log = port or free_port(), state / "demo.log"
    environment = {
        **os.environ,
        "PORT": str(port),
        "ATS_STATE": str(state),
        "ATS_LETTER_DELAY": str(letter_delay),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "plugin")]),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "examples.ats.demo"],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=output,
        )
    demo = Demo(process, port, state, log)
    try:
        demo.wait()
        yield demo
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=patience(30))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
