"""Handing letters to Flask-Mail, for hosts that set their mail server up there.

The finished bytes go over Flask-Mail's connection: its own message class would write a second Message-ID.
"""

import contextlib
import smtplib
from typing import Any

from flask_talentpool.letters.borrowed import BorrowedServer, BorrowedTransport
from flask_talentpool.letters.smtp import ServerProblem

# Flask-Mail waits for a reply for ever. From its greeting on, a server is waited for as long as by our own transport.
_TIMEOUT = 30.0
_QUIT_TIMEOUT = 2.0


class _Server(BorrowedServer):
    def __init__(self, mail: Any) -> None:
        super().__init__()
        self._mail = mail
        self._opened: Any = None

    def open_theirs(self) -> Any:
        try:
            return self._open()
        except Exception as error:
            # Whatever it is, nothing of a letter has left us.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.close_theirs()
            if isinstance(error, OSError):
                raise
            raise ServerProblem(f"{type(error).__name__}: {error}") from None

    def _open(self) -> Any:
        # Flask-Mail opens its connection when the block is entered; None where sending is suppressed.
        opened = self._mail.connect()
        connection = opened.__enter__().host
        self._opened = opened
        if connection is not None:
            if connection.sock.gettimeout() is None:
                connection.sock.settimeout(_TIMEOUT)
            connection.ehlo_or_helo_if_needed()
        return connection

    def close_theirs(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            if opened.host is not None and opened.host.sock is not None:
                opened.host.sock.settimeout(_QUIT_TIMEOUT)
            opened.__exit__(None, None, None)


class FlaskMailTransport(BorrowedTransport):
    """Hands letters over one connection of Flask-Mail, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Borrow the connection.

        Args:
            mail: The host's ``Mail`` extension; its settings of the connection apply, ``MAIL_SUPPRESS_SEND`` as well.
        """
        super().__init__(_Server(mail), "flask-mail")
