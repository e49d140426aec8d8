"""Handing letters to Flask-Mailman, for hosts that set their mail server up there.

The finished bytes go over the connection of Flask-Mailman's SMTP backend.
"""

from typing import Any

from flask_talentpool.letters.borrowed import BorrowedServer, BorrowedTransport


class _Server(BorrowedServer):
    def __init__(self, mail: Any) -> None:
        super().__init__()
        self._mail = mail
        self._backend: Any = None

    def open_theirs(self) -> Any:
        backend = self._mail.get_connection()
        backend.open()
        self._backend = backend
        return getattr(backend, "connection", None)

    def close_theirs(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()


class FlaskMailmanTransport(BorrowedTransport):
    """Hands letters over one connection of Flask-Mailman, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailmanTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Borrow the connection.

        Args:
            mail: The host's ``Mail`` extension with its SMTP backend; its ``MAIL_*`` settings apply.
        """
        super().__init__(_Server(mail), "flask-mailman")
