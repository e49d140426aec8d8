"""Who owns the job of an application: the key, and name and address as a letter may print them."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flask_talentpool.access import owner_key
from flask_talentpool.text import one_line, printed_name

if TYPE_CHECKING:
    from flask_talentpool.host.mapping import Host

logger = logging.getLogger("flask_talentpool")

LONGEST = 160


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of a job."""

    key: str = ""
    """The actor id; what the host has instead where that is no row of its users."""
    name: str = ""
    """As a letter prints it; empty where nothing that the host has is a name."""
    address: str = ""
    """Theirs alone, as the host has it; it need not be one that mail can go to."""


NOBODY = Owner()


def owner_of(host: "Host", application: Any) -> Owner:
    """Return the owner of an application's job; nobody where the host has none, or what would say so raises."""
    row = _quietly(application, "owner", host.read, "owner", application)
    is_user = sa.inspect(row, raiseerr=False) is not None or hasattr(row, "get_id")
    key = (
        _quietly(application, "the owner's key", owner_key if is_user else str, row)
        if row is not None
        else ""
    )
    return Owner(
        key=(key or "")[:LONGEST],
        name=_name(host, application, row if is_user else None),
        address=_address(host, application, row, is_user=is_user),
    )


def _name(host: "Host", application: Any, user: Any) -> str:
    if "owner_name" in host.readers:
        found = _quietly(application, "owner_name", host.read, "owner_name", application)
    else:
        found = (
            _quietly(application, "the owner's name", host.users.name_of, user) if user is not None else ""
        )
    return printed_name(found)[:LONGEST]


def _address(host: "Host", application: Any, owner: Any, *, is_user: bool) -> str:
    if "owner_email" in host.readers:
        found = _quietly(application, "owner_email", host.read, "owner_email", application)
    elif is_user:
        found = _quietly(application, "the owner's address", host.users.address_of, owner)
    else:
        found = owner
    text = one_line(found) if isinstance(found, str) else ""
    return text if "@" in text else ""


def _quietly(application: Any, what: str, read: Callable[..., Any], *args: Any) -> Any:
    """Read something that a letter can do without: what raises reads as None."""
    try:
        return read(*args)
    except sa.exc.DBAPIError:
        raise  # the transaction is over
    except Exception as error:  # noqa: BLE001 (the host's own code may raise anything)
        key = getattr(sa.inspect(application, raiseerr=False), "identity", None)
        logger.warning("%s of application %s cannot be read: %s", what, key, type(error).__name__)
        return None
