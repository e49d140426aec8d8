"""Handing letters to Flask-Mailman, for hosts that set their mail server up there.

The finished bytes go over the connection of Flask-Mailman's SMTP backend.
"""

import contextlib
import smtplib
from collections.abc import Iterator
from typing import Any

from flask_talentpool.letters.delivery.host_mailers import BorrowedTransport


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

        @contextlib.contextmanager
        def lend(timeout: float) -> Iterator[smtplib.SMTP | None]:
            backend = mail.get_connection()
            if getattr(backend, "timeout", timeout) is None:
                backend.timeout = timeout
            try:
                backend.open()
            except BaseException:
                # Where its log-in fails, the connection is there to be closed.
                connection = _connection_of(backend)
                if connection is not None:
                    connection.close()
                raise
            yield _connection_of(backend)
            backend.close()

        super().__init__(lend, "flask-mailman")


def _connection_of(backend: Any) -> smtplib.SMTP | None:
    """Return the connection; only the SMTP backend has one."""
    return getattr(backend, "connection", None)
