"""Handing letters to Flask-Mailman, for hosts that set their mail server up there.

The finished bytes go over the connection of Flask-Mailman's SMTP backend.
"""

import contextlib
import smtplib
from typing import Any

from flask_talentpool.letters.borrowed import BorrowedServer, BorrowedTransport
from flask_talentpool.letters.smtp import ServerProblem

# Without MAIL_TIMEOUT Flask-Mailman waits for ever; a server is waited for as long as by our own transport.
_TIMEOUT = 30.0
_QUIT_TIMEOUT = 2.0


class _Server(BorrowedServer):
    def __init__(self, mail: Any) -> None:
        super().__init__()
        self._mail = mail
        self._backend: Any = None

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
        # Kept before it is opened: where its log-in fails, the connection is there to be closed.
        backend = self._backend = self._mail.get_connection()
        if getattr(backend, "timeout", _TIMEOUT) is None:
            backend.timeout = _TIMEOUT
        backend.open()
        # Only the SMTP backend has a connection.
        connection = getattr(backend, "connection", None)
        if connection is not None:
            connection.ehlo_or_helo_if_needed()
        return connection

    def close_theirs(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            sock = getattr(getattr(backend, "connection", None), "sock", None)
            if sock is not None:
                sock.settimeout(_QUIT_TIMEOUT)
            backend.close()


class FlaskMailmanTransport(BorrowedTransport):
    """Hands letters over one connection of Flask-Mailman, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailmanTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Borrow the connection.

        Args:
            mail: The host's ``Mail`` extension with its SMTP backend; its settings of the connection apply.
        """
        super().__init__(_Server(mail), "flask-mailman")
