"""Handing letters over a `smtplib` connection that another extension of the host opens."""

import contextlib
import smtplib
from typing import Any

from flask_talentpool.letters.smtp import Security, ServerProblem, SmtpServer
from flask_talentpool.letters.transports import SmtpTransport


class BorrowedServer(SmtpServer):
    """A server whose connection somebody else opens and closes; what is certain about a letter stays the same."""

    def __init__(self) -> None:
        super().__init__(host="", port=0, security=Security.NONE, login=None, timeout=0)

    def open_theirs(self) -> Any:
        """Open the connection; None where the host suppresses sending. Each adapter says how."""
        raise NotImplementedError

    def close_theirs(self) -> None:
        """Close what was opened. Each adapter says how."""
        raise NotImplementedError

    def _connect(self, mail_from: str) -> smtplib.SMTP:
        del mail_from
        try:
            connection = self.open_theirs()
        except (OSError, smtplib.SMTPException) as error:
            raise ServerProblem(str(error) or type(error).__name__) from None
        if connection is None:
            raise ServerProblem("Sending is suppressed in this app.")
        self._connection, self._mid_transaction = connection, False
        connection.ehlo_or_helo_if_needed()
        return connection  # type: ignore[no-any-return]  # of an extension without types

    def close(self) -> None:
        """Let the connection go."""
        self._drop()

    def _drop(self) -> None:
        self._connection = None
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.close_theirs()


class BorrowedTransport(SmtpTransport):
    """A transport over such a server."""

    def __init__(self, server: BorrowedServer, name: str) -> None:
        super().__init__(host="", port=0)
        self._server, self._name = server, name
