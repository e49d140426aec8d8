"""What the commands share: the extension of the app, errors with a remedy, and asking on a terminal."""

import functools
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from flask import current_app
from sqlalchemy.exc import DBAPIError

from flask_talentpool.db.binds import read_where_written
from flask_talentpool.errors import ConfigError, TalentPoolError
from flask_talentpool.noticing.sync import require_tables

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences."
)
yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
scope_option = click.option("--scope", help="Only in this scope; all scopes when left out.")

MOST_SHOWN = 20


def mounted() -> "TalentPool":
    """Return the extension of the current app; commands read where they write."""
    found: TalentPool = current_app.extensions["talentpool"]
    read_where_written(found.context().session)
    return found


def ready() -> "TalentPool":
    """Return the extension of the current app, once it is switched on and has its tables.

    Raises:
        TablesMissing: The tables are not there; the message names the command that makes them.
        ConfigError: ``TALENTPOOL_ENABLED`` is False.
    """
    talentpool = mounted()
    if not talentpool.settings.enabled:
        raise ConfigError(
            ["TALENTPOOL_ENABLED is False, so nothing is noticed or sent; take it out to go on"]
        )
    require_tables(talentpool.context())
    return talentpool


def guarded(command: Command) -> Command:
    """Turn errors that have a remedy into a message and exit code 1."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ConfigError as error:
            fail("\n".join(error.problems))
        except TalentPoolError as error:
            fail(str(error))
        except DBAPIError as error:
            fail(away(error))

    return run  # type: ignore[return-value]  # it has the signature of what it wraps


def away(error: DBAPIError) -> str:
    """Say what the database said, and what to do."""
    return (
        f"The database could not do this ({said_by(error)}). See that it can be reached and that your ATS's own tables "
        "are there, then run the command again."
    )


def said_by(error: DBAPIError) -> str:
    """Return what the database said, without the values of the statement."""
    name, said = type(error.orig).__name__, ""
    # What fails to connect, waits for a lock or finds no table quotes no row; a violated constraint does.
    if type(error).__name__ in ("OperationalError", "InterfaceError"):
        said = ": " + " ".join(str(error.orig).split("\n", 1)[0].split())[:300]
    return f"{name}{said}"


def fail(message: str) -> NoReturn:
    """End the command with a message and exit code 1."""
    raise click.ClickException(message)


def print_json(values: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json.dumps(values, ensure_ascii=False, default=str))


def on_terminal() -> bool:
    """Whether somebody sits there who can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def plural(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun.

    >>> plural(1, "letter"), plural(1200, "letter")
    ('1 letter', '1,200 letters')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(values: Mapping[str, int]) -> str:
    """Name values with their numbers on one line; many of them are cut short."""
    shown = [f"{printable(value)} ({number:,})" for value, number in list(values.items())[:MOST_SHOWN]]
    more = len(values) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def printable(text: str) -> str:
    """Return a value of the host's as it can be shown on a terminal."""
    return "“" + "".join(char if char.isprintable() else "�" for char in text[:80]) + "”"
