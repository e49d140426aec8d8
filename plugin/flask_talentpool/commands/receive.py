"""``flask talentpool receive``: take one mail from a mail server, by standard input."""

import logging
import sys
from typing import BinaryIO

import click
from sqlalchemy.exc import SQLAlchemyError

from flask_talentpool.commands.common import away, json_option, print_json, ready
from flask_talentpool.errors import TalentPoolError
from flask_talentpool.letters.incoming.parse import LONGEST_MAIL

logger = logging.getLogger("flask_talentpool")

TRY_AGAIN = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and tries again."""
_CHUNK = 1_000_000


@click.command("receive")
@json_option
def receive_command(*, as_json: bool) -> None:
    """Take one mail, a reply or a delivery report, from standard input.

    The exit code is 0 once it is stored, whatever it is, and 75 while it cannot be stored, so that
    the mail server tries again and nothing is lost.
    """
    raw, size = take(sys.stdin.buffer)
    try:
        row = ready().receive(raw, size=size)
        facts = {
            "incoming_id": row.id,
            "kind": row.kind,
            "person_id": row.person_id,
            "letter_id": row.letter_id,
        }
    except SQLAlchemyError as error:
        _try_again(away(error) if hasattr(error, "orig") else type(error).__name__)  # type: ignore[arg-type]
    except TalentPoolError as error:
        _try_again(str(error))
    except Exception as error:
        logger.exception("a mail could not be stored")
        _try_again(f"{type(error).__name__}; the server's log says more.")
    else:
        if as_json:
            print_json(facts)
        else:
            click.echo(f"Kept as {facts['incoming_id']} ({facts['kind']}).")


def take(stream: BinaryIO) -> tuple[bytes, int]:
    """Read a mail to its end, since a server that cannot hand it over whole takes it for refused.

    Returns:
        The mail, or the beginning of one that is too long to keep, and how many bytes it had.
    """
    kept, size = bytearray(), 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if len(kept) <= LONGEST_MAIL:
            kept += chunk
    return bytes(kept), size


def _try_again(why: str) -> None:
    click.echo(f"The mail was not stored, and should be tried again: {why}", err=True)
    raise SystemExit(TRY_AGAIN)
