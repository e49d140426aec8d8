"""Handing letters to Flask-Mail, for hosts that set their mail server up there.

The finished bytes go over Flask-Mail's connection: its own message class would write a second Message-ID.
"""

from typing import Any

from flask_talentpool.letters.borrowed import BorrowedServer, BorrowedTransport


class _Server(BorrowedServer):
    def __init__(self, mail: Any) -> None:
        super().__init__()
        self._mail = mail
        self._opened: Any = None

    def open_theirs(self) -> Any:
        # Flask-Mail opens its connection when the block is entered; None where sending is suppressed.
        opened = self._mail.connect()
        connection = opened.__enter__().host
        self._opened = opened
        return connection

    def close_theirs(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.__exit__(None, None, None)


class FlaskMailTransport(BorrowedTransport):
    """Hands letters over one connection of Flask-Mail, which stays open for the whole run.

    Example::

        talentpool.dispatch(transport=FlaskMailTransport(mail))
    """

    def __init__(self, mail: Any) -> None:
        """Borrow the connection.

        Args:
            mail: The host's ``Mail`` extension; its ``MAIL_*`` settings apply, ``MAIL_SUPPRESS_SEND`` as well.
        """
        super().__init__(_Server(mail), "flask-mail")
