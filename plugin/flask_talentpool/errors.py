"""Every error a caller can react to; the docstring of each is its default message."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Sequence


class TalentPoolError(Exception):
    """Something in the talent pool did not work; the server log of this moment says what."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message if message is not None else self.default_message())

    @classmethod
    def default_message(cls) -> str:
        """Return the docstring as one line of text."""
        return " ".join((inspect.getdoc(cls) or cls.__name__).split())


class _Problems(TalentPoolError):
    """Several things are wrong at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        super().__init__(self._text())
        # What an exception is rebuilt from when it crosses a process boundary.
        self.args = (self.problems,)

    def _text(self) -> str:
        return "\n".join([self.default_message(), *(f"  - {problem}" for problem in self.problems)])

    def __str__(self) -> str:
        return self._text()


class ConfigError(_Problems):
    """Flask-TalentPool cannot start with this configuration. Please put right what is listed here."""


class MapError(_Problems):
    """Flask-TalentPool cannot read this host with the HostMap it was given.

    Please put right what is listed here.
    """


class TablesMissing(TalentPoolError):
    """The talent pool's tables are not there yet.

    Run `flask db migrate` and `flask db upgrade`; where the host has no migrations, `db.create_all()`
    or `flask talentpool upgrade-tables`.
    """


class NotAllowed(TalentPoolError):
    """Your role does not include this.

    Someone who looks after the talent pool can do it for you or widen your role.
    """


class NotFound(TalentPoolError):
    """This is not here, or not yours to see. Go back to the list and choose it there."""


class Refused(TalentPoolError):
    """This cannot be done as things stand now. Reload the page to see the latest, then decide again."""

    code = "refused"

    def __init__(self, message: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.args = (str(self), self.code)

    def __str__(self) -> str:
        return str(self.args[0])


class BeingHandedOver(Refused):
    """This letter is being handed to the mail server right now.

    Wait a minute, reload the page, and you will see whether it went.
    """

    code = "being_handed_over"


def raised(error: BaseException) -> str:
    """Say for a log what was raised and where; not its text, which may name a person."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{where}"
