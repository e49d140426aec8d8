"""`TALENTPOOL_MAIL_URL`: the servers and folders that letters are handed over to, in the order they are tried."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from flask_talentpool.config.addresses import BadAddress, wire_domain
from flask_talentpool.errors import TalentPoolError

FORMS = (
    "smtp://user:password@host:port, smtps://user:password@host:port, "
    "smtp+starttls://user:password@host:port and eml:///folder"
)
EXAMPLE = "smtp+starttls://hr:secret@mail.example.test:587"
_HIGHEST_PORT = 65535
IS_WINDOWS = os.name == "nt"

# A comma separates two URLs where a scheme follows it; other commas belong to a password or a folder.
_BETWEEN_URLS = re.compile(r"\s*,\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)")
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s\[\]:/?#@,%]+)(?::(?P<port>[^/?#]*))?/?")
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_DRIVE = re.compile(r"/?[A-Za-z]:[/\\]")


class BadMailUrl(TalentPoolError, ValueError):
    """TALENTPOOL_MAIL_URL cannot be used. Name where letters are handed over.

    Attributes:
        problem: What is wrong and which forms are understood, as the rest of a sentence that begins with the
            setting's name. It never repeats the URL, which may hold a password.
    """

    def __init__(self, *problems: str) -> None:
        self.problem = (
            f"cannot be used: {'; '.join(problems)}. Understood are {FORMS}, such as {EXAMPLE}; several are separated "
            "by commas and tried in order, and in user, password and folder special characters are "
            "percent-encoded (% as %25, @ as %40, a space as %20)."
        )
        super().__init__(f"TALENTPOOL_MAIL_URL {self.problem}")
        # What the exception is rebuilt from when it crosses a process boundary.
        self.args = problems

    def __str__(self) -> str:
        return f"TALENTPOOL_MAIL_URL {self.problem}"


class _Problem(Exception):
    """One URL cannot be used."""


class Security(StrEnum):
    """How the connection to the server is protected."""

    NONE = "smtp"
    TLS = "smtps"
    STARTTLS = "smtp+starttls"


_DEFAULT_PORTS = {Security.NONE: 25, Security.TLS: 465, Security.STARTTLS: 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An SMTP server.

    Attributes:
        host: Name or IP address, in ASCII.
        port: TCP port.
        security: How the connection is protected.
        login: User name and password, or None.
    """

    host: str
    port: int
    security: Security
    login: tuple[str, str] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.security}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder that letters are written into."""

    path: Path

    def __str__(self) -> str:
        path = self.path.as_posix()
        return f"eml://{path}" if path.startswith("/") else f"eml:///{path}"


@dataclass(frozen=True, slots=True)
class MailUrl:
    """Where letters are handed over; it prints without user and password.

    Attributes:
        places: Servers and folders in the order they are tried, at least one.
    """

    places: tuple[MailServer | MailFolder, ...]

    def __str__(self) -> str:
        return ",".join(map(str, self.places))


def parse_mail_url(text: str) -> MailUrl:
    """Read one mail URL, or several that are separated by commas.

    `smtp://`, `smtps://` and `smtp+starttls://user:password@host:port` (port 25, 465 and 587 by default),
    `eml:///folder`. In user, password and folder `%` begins a percent-encoded character.

    >>> str(parse_mail_url("smtp+starttls://hr:s%40cret@mail.example.com, eml:///var/letters"))
    'smtp+starttls://mail.example.com:587,eml:///var/letters'

    Raises:
        BadMailUrl: It names every problem and the forms understood, never the URL: that may hold a password.
    """
    if not text.strip():
        raise BadMailUrl("it is empty")
    parts = _BETWEEN_URLS.split(text.strip())
    places: list[MailServer | MailFolder] = []
    problems: list[str] = []
    for number, part in enumerate(parts, start=1):
        which = f"URL {number} of {len(parts)}" if len(parts) > 1 else "it"
        try:
            places.append(_place(part, which))
        except _Problem as problem:
            problems.append(str(problem))
    if problems:
        raise BadMailUrl(*problems)
    return MailUrl(tuple(places))


def _place(url: str, which: str) -> MailServer | MailFolder:
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise _Problem(f"{which} has no scheme like smtp://")
    if scheme.lower() == "eml":
        return _folder(rest, which)
    if scheme.lower() not in set(Security):
        raise _Problem(f"{which} begins with a scheme that is not understood")
    security = Security(scheme.lower())
    # A host holds no @, so the last one ends user and password, whatever stands unencoded in them.
    credentials, _, server = rest.rpartition("@")
    found = _HOST_AND_PORT.fullmatch(server)
    if found is None:
        raise _Problem(f"{which} names no host, or something else stands behind the port")
    return MailServer(
        host=_host(found["host"], which),
        port=_port(found["port"], which, _DEFAULT_PORTS[security]),
        security=security,
        login=_login(credentials, which) if "@" in rest else None,
    )


def _host(text: str, which: str) -> str:
    try:
        if text.startswith("["):
            return str(ipaddress.IPv6Address(text.strip("[]")))
        host = text if text.isascii() else wire_domain(text)
    except (ValueError, BadAddress):
        raise _Problem(f"{which} names no host that there can be") from None
    if not _HOST_NAME.fullmatch(host):
        raise _Problem(f"{which} names no host that there can be")
    return host


def _port(text: str | None, which: str, default: int) -> int:
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) <= _HIGHEST_PORT:
        raise _Problem(f"the port of {which} is not a number from 1 to {_HIGHEST_PORT}")
    return int(text)


def _login(credentials: str, which: str) -> tuple[str, str]:
    user, _, password = credentials.partition(":")
    user, password = _decoded(user, which), _decoded(password, which)
    if not user or not password:
        raise _Problem(f"{which} has a user without a password, or a password without a user")
    if not (user + password).isascii():
        raise _Problem(
            f"user and password of {which} have other than ASCII characters, which SMTP cannot carry"
        )
    return user, password


def _folder(text: str, which: str) -> MailFolder:
    if re.search(r"[?#]", text):
        raise _Problem(f"{which} has a ? or # behind the folder; in its name they are written %3F and %23")
    path = _decoded(text, which)
    if _DRIVE.match(path):
        if not IS_WINDOWS:
            raise _Problem(f"{which} names a drive, and this machine has none")
        if not path.startswith("/"):
            raise _Problem(f"{which} names a drive behind two slashes; write three, as in eml:///C:/mail/out")
        return MailFolder(Path(path[1:]))
    if not path.startswith("/") or not path.strip("/"):
        raise _Problem(
            f"{which} names no folder by its whole path; eml: takes three slashes and the path, as in "
            "eml:///var/mail/out, on Windows eml:///C:/mail/out"
        )
    return MailFolder(Path(path))


def _decoded(text: str, which: str) -> str:
    if _HALF_ENCODED.search(text):
        raise _Problem(
            f"{which} has a % that no two hexadecimal digits follow; the sign itself is written %25"
        )
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise _Problem(f"{which} has percent-encoded bytes that are no UTF-8") from None
    if any(ord(character) < ord(" ") or character == "\x7f" for character in decoded):
        raise _Problem(f"{which} has a control character in user, password or folder")
    return decoded
