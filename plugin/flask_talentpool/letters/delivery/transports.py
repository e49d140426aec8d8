"""Handing letters over: what a transport is, what it answers, and the ones that a mail URL names."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from flask_talentpool.config.addresses import BadAddress, wire_address
from flask_talentpool.config.mail_url import MailFolder, MailServer, MailUrl, Security
from flask_talentpool.letters.refusals import fault_in
from flask_talentpool.letters.server_ids import server_id_in

from .eml import NoMessageId, write_letter
from .smtp import NoReply, Refusal, ServerProblem, SmtpServer

_LONGEST_REPLY = 300
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',:;=]+@[^\s<>()\[\]\"',:;]+")


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
        server_id: What the server calls a letter that it took; answers are found by it where the service writes it
            over the Message-ID.
    """

    result: HandOverResult
    reply: str
    server: str
    fatal_connection: bool = False
    elsewhere: bool = False
    surplus: bool = False
    server_id: str = ""


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
        self._name = str(MailServer(host=host, port=port, security=security))

    def open(self) -> None:
        """Begin a run; the connection is made when the first letter needs it."""

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        """See `Transport.hand_over`."""
        try:
            sender = wire_address(mail_from) if mail_from else ""
        except BadAddress as error:
            # Every letter has this sender, so none is spent on it.
            reason = f"The sender: {error} Correct TALENTPOOL_MAIL_FROM or TALENTPOOL_BOUNCE_MAILBOX."
            return HandOver(HandOverResult.RETRY, reason, self._name, fatal_connection=True)
        try:
            reply = self._server.deliver(sender, wire_address(rcpt_to), data)
        except BadAddress as error:
            return self._answer(HandOverResult.FAILED, str(error), "")
        except ServerProblem as problem:
            reason = _without_recipient(str(problem), rcpt_to)
            return HandOver(HandOverResult.RETRY, reason, self._name, problem.stops_all, elsewhere=True)
        except Refusal as refusal:
            return self._refused(refusal, rcpt_to)
        except NoReply as silence:
            return self._answer(HandOverResult.UNKNOWN, str(silence), rcpt_to)
        taken = self._answer(HandOverResult.SENT, reply, rcpt_to)
        return replace(taken, server_id=server_id_in(reply))

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

    def _refused(self, refusal: Refusal, rcpt_to: str) -> HandOver:
        reason, is_every = _without_recipient(str(refusal), rcpt_to), refusal.command == "MAIL"
        if refusal.permanent and refusal.command and fault_in(reason).is_ours:
            # Nothing of the letter was sent, and no recipient is to blame: another server may take it.
            return HandOver(HandOverResult.RETRY, reason, self._name, is_every, elsewhere=True)
        result = HandOverResult.FAILED if refusal.permanent else HandOverResult.RETRY
        return self._answer(result, str(refusal), rcpt_to)

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
        return str(MailFolder(self._folder))


class FailoverTransport:
    """Tries several transports in order until one takes the letter.

    One that can take no letter at all is not asked again in this run before the others. A refusal is the
    answer, and so is silence after the letter was begun: a second server might make a second letter of it.
    """

    def __init__(self, transports: Sequence[Transport]) -> None:
        self._transports = tuple(transports)
        self._current = 0

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


def transports_from_url(url: MailUrl, *, timeout: float = 30.0) -> Transport:
    """Return the transport that a mail URL names; several places are tried in order.

    >>> from flask_talentpool.config.mail_url import parse_mail_url
    >>> transports_from_url(parse_mail_url("smtp+starttls://hr:s%40cret@mail.example.com, eml:///var/out")).describe()
    'smtp+starttls://mail.example.com:587,eml:///var/out'

    Args:
        url: The setting as it was read.
        timeout: Seconds to wait for a connection and for each reply.
    """
    transports = [_transport(place, timeout) for place in url.places]
    return transports[0] if len(transports) == 1 else FailoverTransport(transports)


def try_out(url: MailUrl, *, mail_from: str, timeout: float = 10.0) -> list[tuple[str, str]]:
    """Try each server or folder of a mail URL without sending; return its name and what is wrong, or nothing."""
    return [
        (one.describe(), one.try_out(mail_from))
        for one in (_transport(place, timeout) for place in url.places)
    ]


def _transport(place: MailServer | MailFolder, timeout: float) -> SmtpTransport | EmlTransport:
    if isinstance(place, MailFolder):
        return EmlTransport(place.path)
    return SmtpTransport(
        host=place.host, port=place.port, security=place.security, login=place.login, timeout=timeout
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
