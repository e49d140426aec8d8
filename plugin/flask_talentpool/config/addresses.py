"""E-mail addresses and mailboxes, for settings and for letters: what can stand on an envelope, and in what form."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from email.utils import formataddr, getaddresses

import email_validator

from flask_talentpool.errors import TalentPoolError

# RFC 6761, 6762, 7686: names that never stand for a mail host on the internet and are in use behind it.
_SPECIAL_USE = frozenset({"arpa", "example", "invalid", "local", "localhost", "onion", "test"})

# What nearly every address looks like: nothing in it needs the library, which takes a hundred times as long.
_EVERYDAY = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
_LONGEST_LOCAL, _LONGEST_DOMAIN = 64, 189
LONGEST_NAME = 200
"""How long a display name can be: longer ones are sentences, and the columns of a letter hold 400."""


class BadAddress(TalentPoolError, ValueError):
    """This is not a usable e-mail address. Enter one plain address, like name@example.com."""


class NeedsSmtpUtf8(BadAddress):
    """Mail servers cannot deliver to letters beyond a to z before the @. Enter another address."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an e-mail address."""

    name: str
    address: str

    def __str__(self) -> str:
        return formataddr((self.name, self.address))


def check_address(text: str) -> str:
    """Return a stranger's address as it stands on the wire: trimmed, the domain in lower case and in ASCII.

    The special-use domains (`.test`, `.example`, `localhost`) are valid; nothing is looked up in the DNS. Another
    domain without a dot is refused: of somebody outside it is a slip, and mail servers make something else of it.

    >>> check_address(" Jo.Smith@Bücher.Example ")
    'Jo.Smith@xn--bcher-kva.example'

    Raises:
        NeedsSmtpUtf8: The part before the @ is not ASCII.
        BadAddress: It is not one plain address. The message says what to do and never repeats the address.
    """
    return _checked(text.strip(), of_this_house=False)


def wire_address(text: str) -> str:
    """Return an address of this house as it stands on the wire; its domain may be a name of the local network.

    It serves for senders, colleagues and staging, whose mail server knows such names.

    >>> wire_address("jobs@Intranet")
    'jobs@intranet'

    Raises:
        NeedsSmtpUtf8: The part before the @ is not ASCII.
        BadAddress: It is not one plain address. The message says what to do and never repeats the address.
    """
    return _checked(text.strip(), of_this_house=True)


def wire_domain(domain: str) -> str:
    """Return a domain in lower case and in ASCII.

    >>> wire_domain("Bücher.Example")
    'xn--bcher-kva.example'

    Raises:
        BadAddress: It is not a domain.
    """
    return wire_address(f"letters@{domain}").rpartition("@")[2]


def parse_mailbox(text: str) -> Mailbox:
    """Read `Anna Berg <jobs@example.test>` or a plain address of this house.

    The address is kept as it was written, so that pages and letters show it in its own letters.

    >>> parse_mailbox("Anna <jobs@intranet>")
    Mailbox(name='Anna', address='jobs@intranet')

    Raises:
        NeedsSmtpUtf8: The part before the @ is not ASCII.
        BadAddress: It is not exactly one mailbox, or its name is longer than 200 characters.
    """
    found = getaddresses([text])
    if len(found) != 1 or len(found[0][0]) > LONGEST_NAME:
        raise BadAddress
    name, address = found[0]
    wire_address(address)
    return Mailbox(name=name, address=address)


# A letter's addresses are looked at several times on its way, and the sender's is the same for all of them.
@functools.lru_cache(maxsize=256)
def _checked(address: str, *, of_this_house: bool) -> str:
    local, _, domain = address.rpartition("@")
    if _EVERYDAY.fullmatch(address) and len(local) <= _LONGEST_LOCAL and len(domain) <= _LONGEST_DOMAIN:
        return f"{local}@{domain.lower()}"
    if not address:
        raise BadAddress("There is no e-mail address. Enter one plain address, like name@example.com.")
    if re.search(r"[\s<>,;:\"]", address) or address.count("@") > 1:
        raise BadAddress(
            "There is something beside the e-mail address, or more than one. "
            "Enter one plain address, like name@example.com."
        )
    if "@" not in address:
        raise BadAddress("The @ is missing. Enter one plain address, like name@example.com.")
    suffix = _special_use_suffix(domain)
    # The library's list of refused domains is shared with the host, so it is left alone: a name of the
    # same length stands in for the special one while the address is checked.
    stand_in = domain[: len(domain) - len(suffix)] + re.sub(r"[^.]", "x", suffix)
    is_local = bool(suffix) or (of_this_house and "." not in domain)
    try:
        checked = email_validator.validate_email(
            f"{local}@{stand_in}",
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=not is_local,
        )
    except email_validator.EmailNotValidError:
        # The library's own text can repeat parts of the address.
        raise BadAddress from None
    if checked.ascii_local_part is None:
        raise NeedsSmtpUtf8
    wire = checked.ascii_domain
    return f"{checked.ascii_local_part}@{wire[: len(wire) - len(suffix)]}{suffix}"


def usable(address: str) -> str:
    """Return an address as it goes over the wire; empty for one that mail cannot go to."""
    try:
        return wire_address(address)
    except BadAddress:
        return ""


def _special_use_suffix(domain: str) -> str:
    """Return the special-use name that `domain` is or ends in, or nothing."""
    for name in _SPECIAL_USE.union(email_validator.SPECIAL_USE_DOMAIN_NAMES):
        before = domain[: -len(name)]
        if domain[-len(name) :].lower() == name and (not before or before.endswith(".")):
            return name
    return ""
