"""A local SMTP server in a process of its own, and the bare loop that delivery is compared with."""

import asyncio
import contextlib
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

REPOSITORY = Path(__file__).resolve().parents[1]
Sent = tuple[str, str, bytes]


class _Taker:
    """Takes every mail and keeps none."""

    def __init__(self, *, pipelining: bool) -> None:
        self._pipelining = pipelining

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*answers[:-1], *["250-PIPELINING"] * self._pipelining, answers[-1]]

    async def handle_DATA(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        return "250 2.0.0 OK"


async def _serve(*, pipelining: bool) -> None:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(
        lambda: SMTP(_Taker(pipelining=pipelining), hostname="mail.test", loop=loop), "127.0.0.1", 0
    )
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    # It ends when its input does, so it also ends when the benchmark is killed.
    await loop.run_in_executor(None, sys.stdin.read)


@contextlib.contextmanager
def running_server(*, pipelining: bool = True) -> Iterator[int]:
    """Run a server and yield its port.

    Args:
        pipelining: Whether it says that it takes several commands at once, as Postfix, Exim and the large
            services do.
    """
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "benchmarks.smtp", *["pipelining"] * pipelining],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate()


def bare_loop(port: int, mails: Sequence[Sent]) -> float:
    """Send the same bytes with `smtplib` on one connection; return the seconds it took."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for mail_from, rcpt_to, data in mails:
            connection.sendmail(mail_from, [rcpt_to], data)
    return time.perf_counter() - started


if __name__ == "__main__":
    asyncio.run(_serve(pipelining="pipelining" in sys.argv))
