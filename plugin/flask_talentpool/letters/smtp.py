"""One SMTP server: a connection used for many letters, and what is certain about each of them.

The boundary is the first byte of the body after the server's 354. What fails before it, the server cannot
have taken, so the letter may be tried again anywhere. From then on only the server's reply says what became
of it.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from enum import StrEnum
from typing import NoReturn

from flask_talentpool.errors import TalentPoolError

# RFC 5321, 4.2.1: the first digit of a reply says whether to go on, ask later or give up.
_DONE, _LATER, _NEVER = 2, 4, 5
# RFC 4954: these ask for a log-in. They are about us and the server, whichever command they answer.
_ABOUT_LOGIN = frozenset({530, 534, 535, 538})
_CLOSING = 421
_START_BODY = 354
# A server that does not answer QUIT is not waited for: every letter is settled by then.
_QUIT_TIMEOUT = 2.0

_NEWLINE = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class Security(StrEnum):
    """How the connection to the server is protected."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


class ServerProblem(TalentPoolError):
    """The server cannot take this letter now, for a reason of its own; nothing of it was sent.

    Attributes:
        stops_all: Whether other letters would fare the same. From the recipient on it may be this letter
            that the server stumbles over, and the others behind it must not wait for that.
    """

    def __init__(self, text: str, *, stops_all: bool = True) -> None:
        super().__init__(text)
        self.stops_all = stops_all


class Refusal(TalentPoolError):
    """The server answered no to this letter, and takes other letters.

    Attributes:
        permanent: Whether asking again is useless (5yz), as opposed to later (4yz).
    """

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.permanent = code // 100 == _NEVER


class NoReply(TalentPoolError):
    """The body was begun and no reply came: nobody knows whether the server took the letter."""


class SmtpServer:
    """A server and the one connection to it, opened when the first letter needs it.

    Not for several threads at once.

    Args:
        host: Name or IP address; with TLS the certificate must be for it.
        port: TCP port.
        security: How the connection is protected. Certificates are always verified.
        login: User name and password, or None.
        timeout: Seconds to wait for each reply.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        security: Security,
        login: tuple[str, str] | None,
        timeout: float,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._login = login
        self._timeout = timeout
        self._tls = None if security is Security.NONE else ssl.create_default_context()
        self._connection: smtplib.SMTP | None = None
        self._mid_transaction = False

    def deliver(self, mail_from: str, rcpt_to: str, data: bytes) -> str:
        """Hand one letter over and return the reply the server took it with.

        Args:
            mail_from: Return path, ASCII, or empty for none.
            rcpt_to: The recipient's address, ASCII.
            data: The letter; its line ends become CRLF.

        Raises:
            ServerProblem: Before the boundary, and for a reason of the server's own.
            Refusal: The server's 4yz or 5yz to this letter.
            NoReply: After the boundary, and no reply came.
        """
        if self._connection is not None:
            # A server may close a connection that was idle or has carried enough letters. Nothing of the body
            # has left us then, so the letter goes over a fresh one.
            with contextlib.suppress(ServerProblem):
                return self._deliver(self._connection, mail_from, rcpt_to, data)
        return self._deliver(self._connect(mail_from), mail_from, rcpt_to, data)

    def try_out(self, mail_from: str) -> None:
        """Connect, protect the connection, log in and say good-bye; nothing is sent.

        Raises:
            ServerProblem: The server cannot be used; the text says why.
        """
        self._connect(mail_from)
        self.close()

    def close(self) -> None:
        """Say good-bye if there is a connection, and close it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if connection.sock is not None:
                    connection.sock.settimeout(_QUIT_TIMEOUT)
                connection.quit()
            connection.close()

    def _deliver(self, connection: smtplib.SMTP, mail_from: str, rcpt_to: str, data: bytes) -> str:
        kept = False
        try:
            self._name_sender(connection, mail_from, len(data))
            self._name_recipient(connection, rcpt_to)
            reply = self._body(connection, data)
            kept = True
        except Refusal:
            kept = True
            raise
        finally:
            # After anything else, an interruption by a signal included, it is not known which reply would
            # come next on this connection.
            if not kept or connection.sock is None:
                self._drop()
        return reply

    def _name_sender(self, connection: smtplib.SMTP, mail_from: str, size: int) -> None:
        try:
            if self._mid_transaction:
                code, text = connection.docmd("RSET")
                if code // 100 != _DONE:
                    raise ServerProblem(_told(code, text))
            self._mid_transaction = True
            size_option = f" SIZE={size}" if connection.has_extn("size") else ""
            code, text = connection.docmd("MAIL", f"FROM:<{mail_from}>{size_option}")
        except (OSError, smtplib.SMTPException) as error:
            raise ServerProblem(text_of(error)) from None
        if code // 100 == _LATER and code != _CLOSING:
            # No recipient was named yet: the server takes no mail from this sender now.
            raise ServerProblem(_told(code, text), stops_all=False)
        if code // 100 != _DONE:
            _refused(code, text, stops_all=True)

    def _name_recipient(self, connection: smtplib.SMTP, rcpt_to: str) -> None:
        """Name the recipient and bring the server to its 354."""
        try:
            code, text = connection.docmd("RCPT", f"TO:<{rcpt_to}>")
            if code // 100 != _DONE:
                _refused(code, text, stops_all=False)
            code, text = connection.docmd("DATA")
        except (OSError, smtplib.SMTPException) as error:
            raise ServerProblem(text_of(error), stops_all=False) from None
        if code != _START_BODY:
            _refused(code, text, stops_all=False)

    def _body(self, connection: smtplib.SMTP, data: bytes) -> str:
        """Send the body and return the reply that took it. From here on nothing is ever tried again."""
        # Letters have CRLF already; looking is a hundred times faster than putting it there again.
        has_crlf = data.count(b"\r\n") == data.count(b"\n") == data.count(b"\r")
        lines = data if has_crlf else _NEWLINE.sub(b"\r\n", data)
        if b"\n." in lines or lines.startswith(b"."):
            lines = _LEADING_DOT.sub(b"..", lines)
        end = b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n"
        try:
            connection.send(lines + end)
            code, text = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise NoReply(text_of(error)) from None
        self._mid_transaction = False
        if code // 100 == _DONE:
            return _told(code, text)
        if code == _CLOSING:
            connection.close()
        if code // 100 in {_LATER, _NEVER}:
            raise Refusal(code, _told(code, text))
        raise NoReply(f"The server's answer to the letter was no SMTP reply: {_told(code, text)}")

    def _connect(self, mail_from: str) -> smtplib.SMTP:
        """Open the connection, protect it and log in."""
        # Left to the library this is the machine's own name, which every recipient could read.
        own_name = mail_from.rpartition("@")[2] or "[127.0.0.1]"
        try:
            connection: smtplib.SMTP
            if self._security is Security.TLS:
                connection = smtplib.SMTP_SSL(
                    self._host, self._port, own_name, timeout=self._timeout, context=self._tls
                )
            else:
                connection = smtplib.SMTP(self._host, self._port, own_name, timeout=self._timeout)
        except (OSError, smtplib.SMTPException, UnicodeError) as error:
            raise ServerProblem(text_of(error)) from None
        self._connection = connection
        self._mid_transaction = False
        ready = False
        try:
            if self._security is Security.STARTTLS:
                connection.starttls(context=self._tls)
            connection.ehlo_or_helo_if_needed()
            if self._login is not None:
                connection.login(*self._login)
            ready = True
        except (OSError, smtplib.SMTPException) as error:
            raise ServerProblem(text_of(error)) from None
        finally:
            if not ready:
                self._drop()
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _refused(code: int, text: bytes, *, stops_all: bool) -> NoReturn:
    """Raise what a reply before the boundary means that is not the one to go on with."""
    if code == _CLOSING or code in _ABOUT_LOGIN or code // 100 not in {_LATER, _NEVER}:
        raise ServerProblem(_told(code, text), stops_all=stops_all)
    raise Refusal(code, _told(code, text))


def _told(code: int, text: bytes) -> str:
    """Return a reply as one text, like `250 2.0.0 ok`."""
    return f"{code} {text.decode('utf-8', 'replace')}"


def text_of(error: Exception) -> str:
    """Return what an error says: the reply in it, if there is one."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        return _told(error.smtp_code, raw if isinstance(raw, bytes) else str(raw).encode())
    return str(error) or type(error).__name__
