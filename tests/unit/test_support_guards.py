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


def run_pytest(folder, source, **environment):
    (folder / "conftest.py").write_text("from tests.conftest import *\n")
    (folder / "test_inner.py").write_text(textwrap.dedent(source))
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", REPOSITORY / "pyproject.toml",
         f"--rootdir={folder}", "--confcutdir", folder, folder],
        cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY), "CI": "", **environment},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


SKIPPED = """
    import pytest

    @pytest.mark.parametrize("kind", [pytest.param("a", marks=pytest.mark.postgres), "b"])
    def test_needs_a_server(kind):
        pytest.skip("not here")
"""


def test_a_skip_for_want_of_a_server_is_loud(tmp_path):
    run = run_pytest(tmp_path, SKIPPED)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 tests marked postgres WERE NOT RUN" in run.stdout
    assert "2 skipped" in run.stdout


def test_a_skip_for_want_of_a_server_fails_in_ci(tmp_path):
    run = run_pytest(tmp_path, SKIPPED, CI="true")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "may not be skipped where CI is set" in run.stdout
    assert "1 failed, 1 skipped" in run.stdout


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
