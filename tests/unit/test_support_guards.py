"""No test reaches another machine, and none that needs a server or a browser is silently left out in CI."""

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support.guards import LeftTheMachineError, stays_here

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "", None, b"127.0.0.1"])
def test_the_loopback_is_this_machine(host):
    assert stays_here(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.1", "host.test", "2001:db8::1", "127.0.0.1.host.test"])
def test_anything_else_is_not(host):
    assert not stays_here(host)


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection(("192.0.2.1", 25), timeout=1),
        lambda: socket.getaddrinfo("mail.host.test", 25),
        lambda: socket.gethostbyaddr("192.0.2.1"),
    ],
)
def test_leaving_is_refused(leave, closed_network):
    with pytest.raises(LeftTheMachineError):
        leave()
    assert len(closed_network) == 1
    closed_network.clear()


def run_pytest(folder, source, *options, **environment):
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    (folder / "test_inner.py").write_text(textwrap.dedent(source))
    usual = {name: value for name, value in os.environ.items() if name != "STRESS_APPLICATIONS"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", REPOSITORY / "pyproject.toml",
         f"--rootdir={folder}", "--confcutdir", folder, *options, folder],
        cwd=REPOSITORY, env={**usual, "PYTHONPATH": str(REPOSITORY), "CI": "", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


SKIPPED = """
    import pytest

    @pytest.mark.parametrize("kind", [pytest.param("a", marks=pytest.mark.postgres), "b"])
    def test_needs_a_server(kind):
        pytest.skip("not here")
"""


@pytest.mark.slow
def test_a_skip_for_want_of_a_server_is_loud(tmp_path):
    run = run_pytest(tmp_path, SKIPPED)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 tests marked postgres WERE NOT RUN" in run.stdout
    assert "2 skipped" in run.stdout


@pytest.mark.slow
def test_a_skip_for_want_of_a_server_fails_in_ci(tmp_path):
    run = run_pytest(tmp_path, SKIPPED, CI="true")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "may not be skipped where CI is set" in run.stdout
    assert "1 failed, 1 skipped" in run.stdout


@pytest.mark.slow
def test_leaving_fails_a_test_even_where_the_error_is_caught(tmp_path):
    run = run_pytest(
        tmp_path,
        """
        import contextlib, socket

        def test_swallows():
            with contextlib.suppress(BaseException):
                socket.create_connection(("192.0.2.1", 25))
        """,
    )
    assert "left this machine: socket.getaddrinfo '192.0.2.1'" in run.stdout, run.stdout + run.stderr


WHERE = """
    import pytest

    def test_plain(database_url):
        pass

    @pytest.mark.both_databases
    def test_marked(database_url):
        pass

    @pytest.mark.parametrize("what", ["alike", pytest.param("types", marks=pytest.mark.both_databases)])
    def test_in_part(database_url, what):
        pass
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "environment", "on_postgresql"),
    [
        pytest.param("services", {}, ["test_marked", "test_in_part"], id="others"),
        pytest.param(
            "promises", {}, ["test_plain", "test_marked", "test_in_part", "test_in_part"], id="promises"
        ),
        pytest.param(
            "web",
            {"STRESS_APPLICATIONS": "1"},
            ["test_plain", "test_marked", "test_in_part", "test_in_part"],
            id="make stress",
        ),
    ],
)
def test_on_postgresql_are_promises_and_what_is_marked_and_in_stress_everything(
    tmp_path, folder, environment, on_postgresql
):
    inner = tmp_path / folder
    inner.mkdir()

    run = run_pytest(inner, WHERE, "--collect-only", "-p", "no:randomly", **environment)

    tests = [line.partition("::")[2] for line in run.stdout.splitlines() if "::" in line]
    assert sum("sqlite" in test for test in tests) == 4, run.stdout + run.stderr
    assert sorted(test.partition("[")[0] for test in tests if "postgresql" in test) == sorted(on_postgresql)
