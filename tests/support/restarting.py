"""Stop a test's own PostgreSQL and start it again on the same data, as an operator or a package upgrade does."""

import contextlib
import signal
import subprocess
from collections.abc import Iterator

from tests.support import postgres
from tests.support.patience import patience
from tests.support.postgres import PostgresServer, running_postgres

FAST = signal.SIGINT
"""Ends every connection, writes everything down, then ends."""
IMMEDIATE = signal.SIGQUIT
"""Ends as in a crash; what was committed is recovered from the log at the next start."""
STOP_SECONDS = 30


class RestartingPostgres:
    """A private server that can be away for a while."""

    def __init__(self, server: PostgresServer) -> None:
        """Take charge of a running server; nobody else may use it."""
        self._server = server

    def new_database(self) -> str:
        """Return the URL of an empty database; as all of the tests', it acknowledges commits before they are safe."""
        return self._server.url(self._server.create_database())

    def stop(self, how: signal.Signals) -> None:
        """Stop the server; returns when it is gone."""
        self._server.process.send_signal(how)
        self._server.process.wait(patience(STOP_SECONDS))

    def start(self) -> None:
        """Start it again on the same data; returns when it takes connections."""
        log = self._server.directory / "server.log"
        with log.open("ab") as output:
            self._server.process = subprocess.Popen(
                self._server.process.args,
                cwd=self._server.directory, env=postgres._environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True, **postgres._server_user(),
                # One system call and nothing else happens between fork and exec, so threads cannot matter.
                preexec_fn=postgres._end_with_parent,  # noqa: PLW1509
            )  # fmt: skip
        postgres._wait_until_ready(self._server, log)


@contextlib.contextmanager
def restarting_postgres() -> Iterator[RestartingPostgres]:
    """Start a server that may be stopped and started again; it and its data are removed afterwards."""
    with running_postgres() as server:
        yield RestartingPostgres(server)
