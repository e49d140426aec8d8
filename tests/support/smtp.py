"""A real SMTP server for tests: it keeps every message as it came and misbehaves when told to.

In the test's own process::

    with SmtpServer() as server:
        server.at("RCPT", Answer("550 5.1.1 no such user"), matching="bob@")
        server.at("DOT", Drop())          # takes the message, never says so
        ...                               # the code under test sends to server.url
        assert [mail.rcpt_tos for mail in server.mails] == [...]

As a process of its own, for tests that kill what sends: `SmtpProcess(folder)` has the same `url` and `mails`.
"""

import argparse
import asyncio
import contextlib
import functools
import itertools
import json
import os
import random
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from tests.support.patience import patience

REPOSITORY = Path(__file__).resolve().parents[2]
CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Certificate and key of localhost; a client trusts it through `SSL_CERT_FILE`."""

Point = Literal[
    "CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "CONTENT", "DOT", "RSET", "NOOP", "QUIT"
]
"""Where a fault strikes. DATA is before the 354, CONTENT right after it, DOT once the whole message is here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Say `line` instead of what the server would have said; at DOT the message counts only with 2yz."""

    line: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Close the connection without a word; at DOT `accepted` says whether the message was kept."""

    accepted: bool = True


@dataclass(frozen=True, slots=True)
class Hang:
    """Say nothing and keep the line open; at DOT `accepted` says whether the message was kept."""

    accepted: bool = True


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait, then go on as usual; at DOT the message is kept before the wait."""

    seconds: float


Fault = Answer | Drop | Hang | Delay


@dataclass(slots=True)
class _Planned:
    point: str
    fault: Fault
    left: int | None
    matching: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One message the server took responsibility for, with its envelope and its bytes on the wire."""

    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes
    connection: int
    login: str | None = None

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def message_id(self) -> str:
        """The Message-ID header."""
        return self.header_lines("Message-ID")[0].partition(b":")[2].strip().decode()

    @property
    def subject(self) -> str:
        """The decoded subject."""
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """The decoded plain text part with bare line feeds, or an empty string."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The decoded HTML part with bare line feeds, or an empty string."""
        return self._body("html")

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content().replace("\r\n", "\n") if part else ""

    def header_lines(self, name: str) -> list[bytes]:
        """Return each header called `name` as raw bytes, folds included, for tests of what is on the wire."""
        found: list[bytes] = []
        inside = False
        for line in self.raw.partition(b"\r\n\r\n")[0].split(b"\r\n"):
            if line[:1] in {b" ", b"\t"}:
                if inside:
                    found[-1] += b"\r\n" + line
                continue
            inside = line.lower().startswith(name.lower().encode() + b":")
            if inside:
                found.append(line)
        return found

    def to_file(self) -> bytes:
        """Return the envelope as one line of JSON, followed by the message."""
        envelope = {
            "mail_from": self.mail_from,
            "rcpt_tos": self.rcpt_tos,
            "connection": self.connection,
            "login": self.login,
        }
        return json.dumps(envelope).encode() + b"\n" + self.raw

    @classmethod
    def from_file(cls, content: bytes) -> Self:
        """Read back what `to_file` wrote."""
        line, _, raw = content.partition(b"\n")
        envelope = json.loads(line)
        return cls(raw=raw, **{**envelope, "rcpt_tos": tuple(envelope["rcpt_tos"])})


class SmtpServer:
    """An SMTP server in a thread of this process, listening on a port of 127.0.0.1.

    Args:
        port: 0 for a free one; `stop()` and `start()` keep the port, for servers that come back.
        tls: `"implicit"` for smtps, `"starttls"` to offer (and require) STARTTLS.
        login: `(user, password)` that a client must give.
        pipelining: whether the server says that it takes several commands at once, as most do.
        keep: called in the server's thread with each accepted mail, before the client hears of it.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        port: int = 0,
        tls: Literal["implicit", "starttls"] | None = None,
        login: tuple[str, str] | None = None,
        pipelining: bool = False,
        keep: Callable[[Mail], None] | None = None,
    ) -> None:
        self.port = port
        self.tls = tls
        self.login = login
        self.pipelining = pipelining
        self.mails: list[Mail] = []
        self.dialogue: list[tuple[int, str]] = []
        """Every command received, as `(connection number, line)`; passwords are left out."""
        self.connections = 0
        self._keep = keep
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()
        self._sessions: set[_Session] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The `TALENTPOOL_MAIL_URL` that reaches this server."""
        scheme = {"implicit": "smtps", "starttls": "smtp+starttls", None: "smtp"}[self.tls]
        account = f"{self.login[0]}:{self.login[1]}@" if self.login else ""
        # The certificate names localhost as well as 127.0.0.1.
        return f"{scheme}://{account}{self.host}:{self.port}"

    def at(self, point: Point, fault: Fault, *, times: int | None = 1, matching: str = "") -> None:
        """Plan a fault.

        Args:
            point: Where it strikes.
            fault: What happens there.
            times: How often; None for always.
            matching: Only where the command's argument (at CONTENT and DOT: the recipients) contains this.
        """
        with self._lock:
            self._planned.append(_Planned(point, fault, times, matching))

    def behave(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._planned.clear()

    def wait_for(self, count: int, seconds: float = 10) -> list[Mail]:
        """Wait until `count` mails are here and return them."""
        give_up = time.monotonic() + patience(seconds)
        while len(self.mails) < count:
            assert time.monotonic() < give_up, f"{len(self.mails)} of {count} mails"
            time.sleep(0.01)
        return list(self.mails)

    def start(self) -> Self:
        """Listen; returns when the port is open."""
        ready = threading.Event()
        failure: list[BaseException] = []
        self._thread = threading.Thread(
            target=self._run, args=(ready, failure), name="smtp server", daemon=True
        )
        self._thread.start()
        ready.wait()
        if failure:
            raise failure[0]
        return self

    def stop(self) -> None:
        """Close the port and every connection."""
        if self._loop is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, ready: threading.Event, failure: list[BaseException]) -> None:
        loop = asyncio.new_event_loop()
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
        try:
            listening = loop.run_until_complete(
                loop.create_server(
                    functools.partial(_Session, self, loop, context),
                    self.host, self.port, ssl=context if self.tls == "implicit" else None, backlog=500,
                )
            )  # fmt: skip
        except OSError as error:
            failure.append(error)
            loop.close()
            ready.set()
            return
        self.port = listening.sockets[0].getsockname()[1]
        self._loop = loop
        ready.set()
        try:
            loop.run_forever()
        finally:
            listening.close()
            for session in list(self._sessions):
                session.hang_up(abort=True)
            loop.run_until_complete(_settled())
            loop.close()

    def _due(self, point: str, argument: str) -> Fault | None:
        with self._lock:
            for planned in self._planned:
                if planned.point == point and planned.matching in argument:
                    if planned.left is not None:
                        planned.left -= 1
                        if not planned.left:
                            self._planned.remove(planned)
                    return planned.fault
        return None

    def _accept(self, mail: Mail) -> None:
        if self._keep is not None:
            self._keep(mail)
        self.mails.append(mail)


async def _settled() -> None:
    """Wait for the sessions that were just closed."""
    pending = asyncio.all_tasks() - {asyncio.current_task()}
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    # Closed transports call `connection_lost` on the loop's next round.
    await asyncio.sleep(0)


class _Hooks:
    """What aiosmtpd calls back; a session cannot be its own handler."""

    def __init__(self, session: "_Session") -> None:
        self._session = session

    async def handle_EHLO(self, _server, session, _envelope, hostname: str, answers: list[str]) -> list[str]:  # noqa: N802 aiosmtpd's name
        session.host_name = hostname
        return [*answers[:-1], *["250-PIPELINING"] * self._session.pipelining, answers[-1]]

    async def handle_DATA(self, _server, _session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        return await self._session.receive(envelope)


class _Session(SMTP):
    """One connection; asks its server for a fault at each step."""

    def __init__(
        self, server: SmtpServer, loop: asyncio.AbstractEventLoop, context: ssl.SSLContext | None
    ) -> None:
        starttls = server.tls == "starttls"
        super().__init__(
            _Hooks(self),
            hostname="mail.test",
            ident="test server",
            loop=loop,
            tls_context=context if starttls else None,
            require_starttls=starttls,
            auth_require_tls=False,
            authenticator=self._check_login,
        )
        # Set here and not by argument: aiosmtpd warns about it, and a warning is an error in tests.
        self._auth_required = server.login is not None
        self._server = server
        self.pipelining = server.pipelining
        self._number = 0
        self._login: str | None = None
        for name, method in list(self._smtp_methods.items()):
            self._smtp_methods[name] = functools.partial(self._step, name, method)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._number:
            self._server.connections += 1
            self._number = self._server.connections
            self._server._sessions.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._server._sessions.discard(self)
        super().connection_lost(error)

    def hang_up(self, *, abort: bool = False) -> None:
        """Close the connection, with or without what is still to be written."""
        if self.transport is not None:
            self.transport.abort() if abort else self.transport.close()

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            if await self._struck("CONNECT", ""):
                return
            await super()._handle_client()

    async def _step(self, name: str, method: Callable, argument: str | None) -> None:
        shown = name if name == "AUTH" else f"{name} {argument or ''}".strip()
        self._server.dialogue.append((self._number, shown))
        if not await self._struck("EHLO" if name == "HELO" else name, argument or ""):
            await method(argument)

    async def push(self, status) -> None:
        await super().push(status)
        if status.startswith(b"354" if isinstance(status, bytes) else "354"):
            await self._struck("CONTENT", " ".join(self.envelope.rcpt_tos))

    async def receive(self, envelope: Envelope) -> str:
        """Keep a message that is wholly here and return what to say about it."""
        fault = self._server._due("DOT", " ".join(envelope.rcpt_tos))
        refused = isinstance(fault, Answer) and not fault.line.startswith("2")
        if not refused and getattr(fault, "accepted", True):
            self._server._accept(
                Mail(
                    mail_from=envelope.mail_from,
                    rcpt_tos=tuple(envelope.rcpt_tos),
                    raw=envelope.original_content,
                    connection=self._number,
                    login=self._login,
                )
            )
        if isinstance(fault, Answer):
            return fault.line
        await self._suffer(fault)
        return "250 2.0.0 OK"

    async def _struck(self, point: str, argument: str) -> bool:
        """Apply the fault planned for this step; True when the step is over with it."""
        fault = self._server._due(point, argument)
        if isinstance(fault, Answer):
            await self.push(fault.line)
            if fault.line.startswith("421") or point == "CONNECT":
                self.hang_up()
            return True
        await self._suffer(fault)
        return False

    async def _suffer(self, fault: Fault | None) -> None:
        match fault:
            case Delay(seconds=seconds):
                await asyncio.sleep(seconds)
            case Drop():
                self.hang_up()
                # Closing cancels this task on the loop's next round; nothing may be said until then.
                await asyncio.Event().wait()
            case Hang():
                await asyncio.Event().wait()

    def _check_login(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        if given != self._server.login:
            return AuthResult(success=False, handled=False)
        self._login = given[0]
        return AuthResult(success=True)


class SmtpProcess:
    """The same server in a process of its own, which files each accepted mail in a folder before answering.

    Args:
        folder: Where the mails go; made when missing.
        delay: Seconds between keeping a mail and saying so, which widens the moment of not knowing.
        faults: How many of a hundred mails meet a fault of some kind; ``struck`` says which.
    """

    def __init__(self, folder: Path, *, delay: float = 0, faults: float = 0) -> None:
        self.folder = folder
        self._command = [sys.executable, "-m", "tests.support.smtp", str(folder)]
        self._command += ["--delay", str(delay), "--faults", str(faults)]
        self._process: subprocess.Popen[str] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        """The `TALENTPOOL_MAIL_URL` that reaches this server."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[Mail]:
        """Every mail accepted so far, in order."""
        return [Mail.from_file(path.read_bytes()) for path in sorted(self.folder.glob("*.mail"))]

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob("*.mail"))

    @property
    def arrivals(self) -> list[tuple[float, Mail]]:
        """Every mail accepted so far with the moment it was, in seconds since 1970."""
        return [
            (path.stat().st_mtime, Mail.from_file(path.read_bytes()))
            for path in sorted(self.folder.glob("*.mail"))
        ]

    @property
    def struck(self) -> list[str]:
        """The points at which faults struck, in order."""
        log = self.folder / "faults"
        return log.read_text().split() if log.exists() else []

    def start(self) -> Self:
        """Start the process; returns when its port is open."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            self._command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._process.stdout.readline())
        return self

    def stop(self) -> None:
        """End the process; what it filed stays."""
        if self._process is not None:
            # It ends when its input does, so it also ends when a test run is killed.
            self._process.communicate()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def _file_into(folder: Path) -> Callable[[Mail], None]:
    numbers = itertools.count(1)

    def keep(mail: Mail) -> None:
        name = f"{next(numbers):06d}"
        part = folder / f"{name}.part"
        part.write_bytes(mail.to_file())
        part.rename(folder / f"{name}.mail")

    return keep


_MOODS: tuple[tuple[Point, Fault], ...] = (
    ("MAIL", Answer("451 4.3.2 busy, try later")),
    ("MAIL", Answer("421 4.7.0 closing for a moment")),
    ("RCPT", Answer("450 4.2.1 greylisted")),
    ("RCPT", Answer("550 5.1.1 no such user")),
    ("DATA", Drop()),
    ("CONTENT", Drop()),
    ("DOT", Answer("451 4.3.0 no room")),
    ("DOT", Answer("554 5.7.1 refused")),
    ("DOT", Drop(accepted=True)),
    ("DOT", Drop(accepted=False)),
)


class _Moody(SmtpServer):
    """A server that misbehaves now and then, and writes down where."""

    def __init__(self, *, folder: Path, share: float) -> None:
        super().__init__(pipelining=True, keep=_file_into(folder))
        self._log, self._share = folder / "faults", share / 100 / len({point for point, _ in _MOODS})

    def _due(self, point: str, argument: str) -> Fault | None:
        planned = super()._due(point, argument)
        here = [fault for where, fault in _MOODS if where == point]
        if planned is not None or not here or random.random() >= self._share:
            return planned
        with self._log.open("a") as log:
            log.write(f"{point}\n")
        return random.choice(here)


def main() -> None:
    """Serve until the input ends."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay", type=float, default=0)
    parser.add_argument("--faults", type=float, default=0)
    given = parser.parse_args()
    with _Moody(folder=given.folder, share=given.faults) as server:
        if given.delay:
            server.at("DOT", Delay(given.delay), times=None)
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        while os.read(sys.stdin.fileno(), 1):
            pass


if __name__ == "__main__":
    main()
