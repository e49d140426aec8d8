"""Run `flask talentpool worker` in a process of its own, as an operator does."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping

from tests.support.patience import patience
from tests.support.smtp import REPOSITORY

STOPS_WITHIN = 30


class Worker:
    """The command and what it has printed so far."""

    def __init__(self, app: str, environment: Mapping[str, str]) -> None:
        """Start it; `app` is what `flask --app` is given."""
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "flask", "--app", app, "talentpool", "worker"],
            cwd=REPOSITORY,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        """Return once it is so; fail when it is not in time, or when the worker ends before."""
        give_up = time.monotonic() + patience(seconds)
        while not condition():
            assert time.monotonic() < give_up, "".join(self.lines)
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.05)

    def wait_for_line(self, text: str) -> None:
        """Return once it has printed that."""
        self.wait_for(lambda: text in "".join(self.lines))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to stop; return its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(patience(STOPS_WITHIN))
        self.close()
        return code

    def close(self) -> None:
        """Kill it if it still runs, and let go of what it printed to."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(patience(STOPS_WITHIN))
        self.reader.join(patience(10))
        self.process.stdout.close()
