"""Handing letters over: what a transport is, what it answers, and the ones that a mail URL names."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from flask_talentpool.errors import TalentPoolError

from .eml import NoMessageId, write_letter
from .message import BadAddress, check_address
from .smtp import NoReply, Refusal, Security, ServerProblem, SmtpServer

_FORMS = (
    "smtp://user:password@host:port, smtps://user:password@host:port, "
    "smtp+starttls://user:password@host:port and eml:///folder"
)
_DEFAULT_PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}
_HIGHEST_PORT = 65535

# A comma separates two URLs where a scheme follows it; other commas belong to a password or a folder.
_BETWEEN_URLS = re.compile(r"\s*,\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@,]+)(?::(?P<port>[^/?#]*))?/?")

_LONGEST_REPLY = 300
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',:;=]+@[^\s<>()\[\]\"',:;]+")


class BadMailUrl(TalentPoolError, ValueError):
    """TALENTPOOL_MAIL_URL cannot be used. Name where letters are handed over."""


class HandOverResult(StrEnum):
    """What became of one letter."""

    SENT = "sent"
    """Whoever took it said so."""

    RETRY = "retry"
    """It was not taken, and may be later."""

    FAILED = "failed"
    """It was refused for good: asking again gives the same answer."""

    UNKNOWN = "unknown"
    """It may have been taken. It is never tried again without a person saying so."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The answer to handing one letter over.

    Args:
        result: What became of the letter.
        reply: The server's reply or the error, at most 300 characters, without the recipient's address.
        server: Who gave it, as `describe()` names them.
        fatal_connection: Whether other letters would fare the same now, so that the run should stop.
        surplus: Whether only this one connection was too many; the letter spends no try on it.
        elsewhere: Whether another server may take this letter: nothing of it was sent, and the reason is the
            server's own.
    """

    result: HandOverResult
    reply: str
    server: str
    fatal_connection: bool = False
    elsewhere: bool = False
    surplus: bool = False


class Transport(Protocol):
    """A way for letters to leave. One run opens it, hands letters over one by one, and closes it."""

    def open(self) -> None:
        """Begin a run. What an earlier run learnt about servers being down is forgotten."""
        ...

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """Hand one letter over.

        Every failure is an answer, not an exception; only `KeyboardInterrupt` and the like get out, and
        then nobody knows what became of the letter.

        Args:
            mail_from: Return path, or empty for none.
            rcpt_to: The recipient's address.
            data: The letter, from `as_bytes`.
        """
        ...

    def close(self) -> None:
        """End the run and let go of connections. The transport can be opened again."""
        ...

    def describe(self) -> str:
        """Name the transport, without user or password."""
        ...


class SmtpTransport:
    """Hands letters to one SMTP server."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security = Security.NONE,
        login: tuple[str, str] | None = None,
        timeout: float = 30.0,
    ) -> None:
        self._server = SmtpServer(host=host, port=port, security=security, login=login, timeout=timeout)
        self._name = f"{security}://{f'[{host}]' if ':' in host else host}:{port}"

    def open(self) -> None:
        """Begin a run; the connection is made when the first letter needs it."""

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """See `Transport.hand_over`."""
        try:
            sender = check_address(mail_from) if mail_from else ""
        except BadAddress as error:
            # Every letter has this sender, so none is spent on it.
            return HandOver(HandOverResult.RETRY, f"The sender: {error}", self._name, fatal_connection=True)
        try:
            reply = self._server.deliver(sender, check_address(rcpt_to), data)
        except BadAddress as error:
            return self._answer(HandOverResult.FAILED, str(error), "")
        except ServerProblem as problem:
            reason = _without_recipient(str(problem), rcpt_to)
            return HandOver(HandOverResult.RETRY, reason, self._name, problem.stops_all, elsewhere=True)
        except Refusal as refusal:
            result = HandOverResult.FAILED if refusal.permanent else HandOverResult.RETRY
            return self._answer(result, str(refusal), rcpt_to)
        except NoReply as silence:
            return self._answer(HandOverResult.UNKNOWN, str(silence), rcpt_to)
        return self._answer(HandOverResult.SENT, reply, rcpt_to)

    def close(self) -> None:
        """See `Transport.close`."""
        self._server.close()

    def describe(self) -> str:
        """See `Transport.describe`."""
        return self._name

    def try_out(self, mail_from: str) -> str:
        """Connect and log in without sending; return what is wrong, or nothing."""
        try:
            self._server.try_out(mail_from)
        except ServerProblem as problem:
            return _shortened(str(problem))
        return ""

    def _answer(self, result: HandOverResult, reply: str, rcpt_to: str) -> HandOver:
        return HandOver(result, _without_recipient(reply, rcpt_to), self._name)


class EmlTransport:
    """Writes letters as files into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Begin a run; the folder is made when the first letter needs it."""

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:  # noqa: ARG002 - both stand in the letter
        """See `Transport.hand_over`. The same letter again replaces its file, so nothing is ever unknown."""
        try:
            write_letter(self._folder, data)
        except OSError as error:
            # Without the path: it names the letter.
            reason = error.strerror or type(error).__name__
            return HandOver(
                HandOverResult.RETRY, reason, self.describe(), fatal_connection=True, elsewhere=True
            )
        except NoMessageId as error:
            return HandOver(HandOverResult.FAILED, str(error), self.describe())
        return HandOver(HandOverResult.SENT, "written", self.describe())

    def try_out(self, mail_from: str) -> str:  # noqa: ARG002 (as SMTP is tried out)
        """See that the folder can be written; return what is wrong, or nothing."""
        there = next((one for one in (self._folder, *self._folder.parents) if one.exists()), None)
        usable = there is not None and there.is_dir() and os.access(there, os.W_OK)
        return "" if usable else "The folder cannot be written."

    def close(self) -> None:
        """See `Transport.close`."""

    def describe(self) -> str:
        """See `Transport.describe`."""
        return f"eml://{self._folder.as_posix()}"


class FailoverTransport:
    """Tries several transports in order until one takes the letter.

    One that can take no letter at all is not asked again in this run before the others. A refusal is the
    answer, and so is silence after the letter was begun: a second server might make a second letter of it.
    """

    def __init__(self, transports: Sequence[Transport]) -> None:
        self._transports = tuple(transports)
        self._current = 0

    def each(self) -> tuple[Transport, ...]:
        """Return the transports in the order they are tried."""
        return self._transports

    def open(self) -> None:
        """Begin a run with the first transport again."""
        self._current = 0
        for transport in self._transports:
            transport.open()

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """See `Transport.hand_over`. If none can take letters, the reply says why of each."""
        problems: list[HandOver] = []
        first, count = self._current, len(self._transports)
        for place in range(first, first + count):
            answer = self._transports[place % count].hand_over(mail_from, rcpt_to, data)
            if not answer.elsewhere:
                return answer
            problems.append(answer)
            if answer.fatal_connection and self._current == place % count:
                self._current = (place + 1) % count
        reply = _shortened("; ".join(f"{problem.server}: {problem.reply}" for problem in problems))
        fatal = all(problem.fatal_connection for problem in problems)
        return HandOver(HandOverResult.RETRY, reply, self.describe(), fatal, elsewhere=True)

    def close(self) -> None:
        """See `Transport.close`."""
        self._current = 0
        for transport in self._transports:
            transport.close()

    def describe(self) -> str:
        """See `Transport.describe`."""
        return ",".join(transport.describe() for transport in self._transports)


def transports_from_url(url: str, *, timeout: float = 30.0) -> Transport:
    """Return the transport that a mail URL names.

    `smtp://`, `smtps://` and `smtp+starttls://user:password@host:port` (port 25, 465 and 587 by default),
    `eml:///folder`; several, separated by commas, are tried in order. In user, password and folder `%`
    begins a percent-encoded character.

    >>> transports_from_url("smtp+starttls://hr:s%40cret@mail.example.com, eml:///var/letters").describe()
    'smtp+starttls://mail.example.com:587,eml:///var/letters'

    Args:
        url: One URL or several.
        timeout: Seconds to wait for a connection and for each reply.

    Raises:
        BadMailUrl: It names the problem and the forms understood, never the URL: that may hold a password.
    """
    if not url.strip():
        raise _bad_url("it is empty")
    parts = _BETWEEN_URLS.split(url.strip())
    transports = [
        _transport(part, f"URL {place} of {len(parts)}" if len(parts) > 1 else "it", timeout)
        for place, part in enumerate(parts, start=1)
    ]
    return transports[0] if len(transports) == 1 else FailoverTransport(transports)


def try_out(url: str, *, mail_from: str, timeout: float = 10.0) -> list[tuple[str, str]]:
    """Try each server or folder of a mail URL without sending; return its name and what is wrong, or nothing."""
    found = transports_from_url(url, timeout=timeout)
    each = found.each() if isinstance(found, FailoverTransport) else (found,)
    return [
        (one.describe(), one.try_out(mail_from))
        for one in each
        if isinstance(one, (SmtpTransport, EmlTransport))
    ]


def _transport(url: str, which: str, timeout: float) -> Transport:
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise _bad_url(f"{which} has no scheme like smtp://")
    if scheme.lower() == "eml":
        if not rest.startswith("/") or not rest.strip("/"):
            raise _bad_url(
                f"{which} names no folder by its whole path; eml: takes three slashes and the path"
            )
        return EmlTransport(Path(unquote(rest)))
    if scheme.lower() not in set(Security):
        raise _bad_url(f"{which} begins with a scheme that is not understood")
    security = Security(scheme.lower())
    credentials, _, server = rest.rpartition("@")
    found = _HOST_AND_PORT.fullmatch(server)
    if found is None:
        raise _bad_url(f"{which} names no host, or something else stands behind the port")
    return SmtpTransport(
        host=found["host"].strip("[]"),
        port=_port(found["port"], which, _DEFAULT_PORTS[security]),
        security=security,
        login=_login(credentials, which) if "@" in rest else None,
        timeout=timeout,
    )


def _port(text: str | None, which: str, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= _HIGHEST_PORT:
        raise _bad_url(f"the port of {which} is not a number from 1 to {_HIGHEST_PORT}")
    return int(text)


def _login(credentials: str, which: str) -> tuple[str, str]:
    user, _, password = (unquote(part) for part in credentials.partition(":"))
    if not user or not password:
        raise _bad_url(f"{which} has a user without a password, or a password without a user")
    if not (user + password).isascii():
        raise _bad_url(
            f"user and password of {which} have other than ASCII characters, which SMTP cannot carry"
        )
    return user, password


def _bad_url(problem: str) -> BadMailUrl:
    return BadMailUrl(
        f"TALENTPOOL_MAIL_URL cannot be used: {problem}. Understood are {_FORMS}; several are separated by "
        "commas and tried in order, and special characters in a password are percent-encoded."
    )


def _without_recipient(reply: str, rcpt_to: str) -> str:
    """Return the reply without addresses, since it is kept when the person's data is not."""
    code, space, text = reply.partition(" ")
    text = _ADDRESS.sub("<address>", text)
    local = rcpt_to.strip().rpartition("@")[0]
    # Looking first: a pattern of its own for each recipient takes longer than the hand-over.
    if local and (not text.isascii() or local.lower() in text.lower()):
        # `550 5.1.1 jo.smith: user unknown` names the person as well.
        text = re.sub(rf"(?<![\w.]){re.escape(local)}(?![\w.])", "<address>", text, flags=re.IGNORECASE)
    return _shortened(code + space + text)


def _shortened(reply: str) -> str:
    """Return the reply as one line of at most 300 characters."""
    printable = "".join(character if character.isprintable() else " " for character in reply)
    return " ".join(printable.split())[:_LONGEST_REPLY]
