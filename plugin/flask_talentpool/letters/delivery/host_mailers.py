"""Handing letters over a `smtplib` connection that another extension of the host opens."""

import contextlib
import smtplib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from flask_talentpool.config.mail_url import Security
from flask_talentpool.letters.delivery.smtp import ServerProblem, SmtpServer, text_of
from flask_talentpool.letters.delivery.transports import SmtpTransport

# These extensions wait for a server for ever, unless told otherwise. Our own transport waits as long as this.
_TIMEOUT = 30.0

Connect = Callable[[float], AbstractContextManager[smtplib.SMTP | None]]
"""Opens the connection and in the end closes it; None where the host suppresses sending.

It is told for how many seconds to wait for a reply where the host did not say.
"""


class _ConnectedServer(SmtpServer):
    """A server whose connection somebody else opens; what is certain about a letter stays the same."""

    def __init__(self, connect: Connect) -> None:
        super().__init__(host="", port=0, security=Security.NONE, login=None, timeout=_TIMEOUT)
        self._open_connection = connect
        self._opened = contextlib.ExitStack()

    def close(self) -> None:
        super().close()
        self._end_connection()

    def _connect(self, mail_from: str) -> smtplib.SMTP:
        del mail_from
        ready = False
        try:
            connection = self._take_connection()
            connection.ehlo_or_helo_if_needed()
            ready = True
        except Exception as error:  # noqa: BLE001 (nothing of a letter has left us, whatever it is)
            raise ServerProblem(text_of(error)) from None
        finally:
            if not ready:
                self._drop()
        return connection

    def _take_connection(self) -> smtplib.SMTP:
        connection = self._opened.enter_context(self._open_connection(self._timeout))
        if connection is None:
            raise ServerProblem("Sending is suppressed in this app.")
        self._connection, self._mid_transaction = connection, False
        if connection.sock is not None and connection.sock.gettimeout() is None:
            connection.sock.settimeout(self._timeout)
        return connection

    def _drop(self) -> None:
        super()._drop()
        self._end_connection()

    def _end_connection(self) -> None:
        # The connection is closed by now, so nobody says QUIT once more, and letters are settled whatever this raises.
        with contextlib.suppress(Exception):
            self._opened.close()


class HostMailerTransport(SmtpTransport):
    """A transport over a connection that another extension opens."""

    def __init__(self, connect: Connect, name: str) -> None:
        super().__init__(host="", port=0)
        self._server, self._name = _ConnectedServer(connect), name


class FlaskMailTransport(HostMailerTransport):
    """Hands letters over one connection of Flask-Mail, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Use the connection.

        Args:
            mail: The host's ``Mail`` extension; its settings of the connection apply, ``MAIL_SUPPRESS_SEND`` as well.
        """

        @contextlib.contextmanager
        def connect(_timeout: float) -> Iterator[smtplib.SMTP | None]:
            # Flask-Mail has no setting for a timeout, and opens its connection when the block is entered.
            with mail.connect() as opened:
                yield opened.host

        super().__init__(connect, "flask-mail")


class FlaskMailmanTransport(HostMailerTransport):
    """Hands letters over one connection of Flask-Mailman, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailmanTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Use the connection.

        Args:
            mail: The host's ``Mail`` extension with its SMTP backend; its settings of the connection apply.
        """

        @contextlib.contextmanager
        def connect(timeout: float) -> Iterator[smtplib.SMTP | None]:
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

        super().__init__(connect, "flask-mailman")


def _connection_of(backend: Any) -> smtplib.SMTP | None:
    """Return the connection; only the SMTP backend has one."""
    return getattr(backend, "connection", None)
