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
from collections.abc import Sequence

from flask_talentpool.config.mail_url import Security
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


class ServerProblem(TalentPoolError):
    """The server cannot take this letter now, for a reason of its own; nothing of it was sent.

    Attributes:
        stops_all: Whether other letters would fare the same. From the recipient on it may be this letter
            that the server stumbles over, and the others behind it must not wait for that.
    """

    def __init__(self, text: str, *, stops_all: bool = True) -> None:
        super().__init__(text)
        self.stops_all = stops_all


class _Doubt(ServerProblem):
    """Commands sent together did not all get the answer to go on with; nothing of the letter's body was sent.

    Attributes:
        is_half: Whether some of them got no answer at all, or one that leaves the connection unusable.
    """

    def __init__(self, *, is_half: bool) -> None:
        super().__init__("The server did not take the letter's commands together.")
        self.is_half = is_half


class Refusal(TalentPoolError):
    """The server answered no to this letter, and takes other letters.

    Attributes:
        permanent: Whether asking again is useless (5yz), as opposed to later (4yz).
        command: What was refused, such as ``RCPT``; empty where it was the letter itself.
    """

    def __init__(self, code: int, text: str, command: str = "") -> None:
        super().__init__(text)
        self.permanent = code // 100 == _NEVER
        self.command = command


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
        self._one_by_one = False

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
                return self._deliver(self._connection, mail_from, rcpt_to, data, is_fresh=False)
        return self._deliver(self._connect(mail_from), mail_from, rcpt_to, data, is_fresh=True)

    def try_out(self, mail_from: str) -> None:
        """Connect, protect the connection, log in and say good-bye; nothing is sent.

        Raises:
            ServerProblem: The server cannot be used; the text says why.
        """
        self._connect(mail_from)
        self.close()

    def close(self) -> None:
        """Say good-bye if there is a connection, and close it."""
        connection, self._connection, self._one_by_one = self._connection, None, False
        if connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if connection.sock is not None:
                    connection.sock.settimeout(_QUIT_TIMEOUT)
                connection.quit()
            connection.close()

    def _deliver(
        self, connection: smtplib.SMTP, mail_from: str, rcpt_to: str, data: bytes, *, is_fresh: bool
    ) -> str:
        """Hand a letter over, by commands sent together to a server that offers it (RFC 2920).

        Not every server, and not every device on the way, bears them. Where the answer is not a yes to each,
        what counts is what it answers to one at a time.
        """
        if self._one_by_one or not connection.has_extn("pipelining"):
            return self._hand_over(connection, mail_from, rcpt_to, data, together=False)
        try:
            return self._hand_over(connection, mail_from, rcpt_to, data, together=True)
        except _Doubt as doubt:
            if doubt.is_half and not is_fresh:
                raise
            self._one_by_one = doubt.is_half
        if self._connection is not None:
            try:
                reply = self._hand_over(connection, mail_from, rcpt_to, data, together=False)
            except ServerProblem as problem:
                if not problem.stops_all:
                    raise
                # Once it has said no on a connection, to this letter alone, a server may have enough of it.
                self._one_by_one = True
                if not is_fresh:
                    raise
            else:
                self._one_by_one = True
                return reply
        try:
            connection = self._connect(mail_from)
        except ServerProblem as problem:
            # It could be had a moment ago: it may be this letter that the server stumbles over.
            raise ServerProblem(str(problem), stops_all=False) from None
        reply = self._hand_over(connection, mail_from, rcpt_to, data, together=False)
        self._one_by_one = True
        return reply

    def _hand_over(
        self, connection: smtplib.SMTP, mail_from: str, rcpt_to: str, data: bytes, *, together: bool
    ) -> str:
        kept = False
        try:
            self._announce(connection, mail_from, rcpt_to, len(data), together=together)
            reply = self._body(connection, data)
            kept = True
        except Refusal:
            kept = True
            raise
        except _Doubt as doubt:
            kept = not doubt.is_half
            raise
        finally:
            # After anything else, an interruption by a signal included, it is not known which reply would
            # come next on this connection.
            if not kept or connection.sock is None:
                self._drop()
        return reply

    def _announce(
        self, connection: smtplib.SMTP, mail_from: str, rcpt_to: str, size: int, *, together: bool
    ) -> None:
        """Name sender and recipient and bring the server to its 354."""
        size_option = f" SIZE={size}" if connection.has_extn("size") else ""
        commands = [f"MAIL FROM:<{mail_from}>{size_option}", f"RCPT TO:<{rcpt_to}>", "DATA"]
        if self._mid_transaction:
            commands.insert(0, "RSET")
        self._mid_transaction = True
        if together:
            _ask_together(connection, commands)
        else:
            for command in commands:
                _ask(connection, command)

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


def _ask_together(connection: smtplib.SMTP, commands: Sequence[str]) -> None:
    """Send commands in one go.

    Raises:
        _Doubt: The server did not say yes to each of them.
    """
    try:
        connection.send("".join(f"{command}\r\n" for command in commands))
        *codes, last = [connection.getreply()[0] for _ in commands]
    except (OSError, smtplib.SMTPException):
        raise _Doubt(is_half=True) from None
    if last == _START_BODY and all(code // 100 == _DONE for code in codes):
        return
    # After a 354 the server would take what comes next for the letter's body.
    is_usable = all(code // 100 in {_DONE, _LATER, _NEVER} and code != _CLOSING for code in [*codes, last])
    raise _Doubt(is_half=not is_usable)


def _ask(connection: smtplib.SMTP, command: str) -> None:
    """Send one command before the boundary.

    Raises:
        ServerProblem: The server cannot go on, for a reason of its own.
        Refusal: The server's 4yz or 5yz to this letter.
    """
    names_sender = command.startswith("MAIL")
    stops_all = names_sender or command == "RSET"
    try:
        code, text = connection.docmd(command)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerProblem(text_of(error), stops_all=stops_all) from None
    if code == _START_BODY if command == "DATA" else code // 100 == _DONE:
        return
    is_refusal = code // 100 in {_LATER, _NEVER} and code != _CLOSING and code not in _ABOUT_LOGIN
    if command == "RSET" or not is_refusal:
        raise ServerProblem(_told(code, text), stops_all=stops_all)
    if names_sender and code // 100 == _LATER:
        # No recipient was named yet: the server takes no mail from this sender now.
        raise ServerProblem(_told(code, text), stops_all=False)
    raise Refusal(code, _told(code, text), command.split(" ", 1)[0])


def _told(code: int, text: bytes) -> str:
    """Return a reply as one text, like `250 2.0.0 ok`."""
    return f"{code} {text.decode('utf-8', 'replace')}"


def text_of(error: Exception) -> str:
    """Return what an error says: the reply in it, if there is one."""
    if isinstance(error, smtplib.SMTPResponseException):
        raw = error.smtp_error
        return _told(error.smtp_code, raw if isinstance(raw, bytes) else str(raw).encode())
    return str(error) or type(error).__name__
