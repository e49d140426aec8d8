"""Handing letters to Flask-Mail, for hosts that set their mail server up there.

The finished bytes go over Flask-Mail's connection: its own message class would write a second Message-ID.
"""

import contextlib
import smtplib
from collections.abc import Iterator
from typing import Any

from flask_talentpool.letters.delivery.host_mailers import BorrowedTransport


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

        @contextlib.contextmanager
        def lend(_timeout: float) -> Iterator[smtplib.SMTP | None]:
            # Flask-Mail has no setting for a timeout, and opens its connection when the block is entered.
            with mail.connect() as opened:
                yield opened.host

        super().__init__(lend, "flask-mail")
