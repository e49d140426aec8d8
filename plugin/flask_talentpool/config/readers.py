"""How the value of one setting is read, and what is said when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from urllib.parse import SplitResult, urlsplit

from flask_talentpool.config.addresses import (
    LONGEST_NAME,
    BadAddress,
    Mailbox,
    NeedsSmtpUtf8,
    parse_mailbox,
    wire_address,
    wire_domain,
)
from flask_talentpool.config.guide_keys import KEYS
from flask_talentpool.config.mail_url import BadMailUrl, MailUrl, parse_mail_url
from flask_talentpool.entries import nearest
from flask_talentpool.enums import FormOfAddress, Mode, OutcomeLetters, StageReached

_MIN_HASH_KEY = 16


class WrongValueError(Exception):
    """One value cannot be used; each argument continues the sentence that begins with the key."""


def outcome_letters(value: object) -> OutcomeLetters:
    """Read who writes outcome letters."""
    return OutcomeLetters(_choice(value, list(OutcomeLetters)))


_INFORMED = re.compile(r"(\d{4}-\d{2}-\d{2})[\s:,]+(\S.{2,})")


def informed(value: object) -> str:
    """Read when and whom the operator told that hires are watched."""
    found = _INFORMED.fullmatch(one_line(value)) if isinstance(value, str) else None
    remedy = "say when and whom you told that hires are asked about, such as '2026-03-01: all employees, works council'."
    try:
        is_over = found is not None and date.fromisoformat(found[1]) <= datetime.now(UTC).date()
    except ValueError:
        is_over = False
    if found is None or not is_over:
        raise WrongValueError(f"is {value!r}; {remedy}")
    return f"{found[1]}: {found[2]}"


DEFAULT_MODES: Mapping[StageReached, Mode] = MappingProxyType(
    {
        StageReached.APPLIED: Mode.AUTO,
        StageReached.SCREENED: Mode.AUTO,
        StageReached.INTERVIEWED: Mode.PERSONAL,
        StageReached.FINALIST: Mode.PERSONAL,
    }
)


def modes(value: object) -> Mapping[StageReached, Mode]:
    """Read one mode for every stage reached, or a mapping of stages to modes."""
    if not isinstance(value, Mapping):
        return MappingProxyType(dict.fromkeys(StageReached, _mode(value)))
    chosen = dict(DEFAULT_MODES)
    stages = list(StageReached)
    problems: list[str] = []
    for stage, mode in value.items():
        try:
            name = _choice(stage, stages, says="has the stage")
            chosen[StageReached(name)] = _mode(mode, says=f"[{stage!r}] is")
        except WrongValueError as wrong:
            problems += wrong.args
    if problems:
        raise WrongValueError(*problems)
    return MappingProxyType(chosen)


def _mode(value: object, *, says: str = "is") -> Mode:
    return Mode(_choice(value, list(Mode), says=says))


def _choice(value: object, options: Sequence[str], *, says: str = "is") -> str:
    if isinstance(value, str) and value in options:
        return str(value)
    guess = nearest(value, [str(option) for option in options]) if isinstance(value, str) else None
    hint = f" Did you mean {guess!r}?" if guess else ""
    listed = ", ".join(repr(str(option)) for option in options)
    raise WrongValueError(f"{says} {value!r}; it must be one of {listed}.{hint}")


def one_line(value: object) -> str:
    """Read one line of text."""
    if not isinstance(value, str):
        raise WrongValueError(f"must be text, not {type(value).__name__}.")
    if not value.strip():
        raise WrongValueError("is empty; leave it out or give it a value.")
    if any(ord(letter) < ord(" ") for letter in value):
        raise WrongValueError("holds a line break or another control character; write it on one line.")
    return value.strip()


def mail_url(value: object) -> MailUrl:
    """Read one or more mail addresses of servers or folders."""
    try:
        return parse_mail_url(one_line(value))
    except BadMailUrl as error:
        raise WrongValueError(error.problem) from None


def mailbox(value: object) -> Mailbox:
    """Read a display name and an e-mail address."""
    try:
        return parse_mailbox(one_line(value))
    except NeedsSmtpUtf8:
        raise WrongValueError(_BEYOND_ASCII) from None
    except BadAddress:
        raise WrongValueError(
            'must hold exactly one address; write it as "Anna Berg <jobs@example.test>". A name with a comma '
            f"or an @ in it stands in double quotes, and has at most {LONGEST_NAME} characters."
        ) from None


_BEYOND_ASCII = (
    "has letters beyond a to z before the @, which not every mail server can take, and nobody behind such a one "
    'could get your letters; write one such as "jobs@example.test".'
)


def bounce_mailbox(value: object) -> str:
    """Read an address that may hold `{letter}` once before the @."""
    text = one_line(value)
    local, _, domain = text.rpartition("@")
    if "{" in local and "{letter}" not in local:
        raise WrongValueError("may hold only {letter} in braces.")
    if text.count("{") > 1 or "{" in domain:
        raise WrongValueError(_PLAIN_ADDRESS)
    try:
        wire = wire_address(text.replace("{letter}", "0"))
    except NeedsSmtpUtf8:
        raise WrongValueError(_BEYOND_ASCII) from None
    except BadAddress:
        raise WrongValueError(_PLAIN_ADDRESS) from None
    if len(local.replace("{letter}", "0" * _TOKEN)) > _LONGEST_LOCAL:
        raise WrongValueError(
            f"is too long: {_TOKEN} characters take the place of {{letter}}, and at most {_LONGEST_LOCAL} stand "
            'before the @; write one such as "bounces+{letter}@example.test".'
        )
    return f"{local}@{wire.rpartition('@')[2]}"


# RFC 5321, 4.5.3.1.1; and what stands before the @ of a Message-ID of ours.
_LONGEST_LOCAL, _TOKEN = 64, 32
_PLAIN_ADDRESS = (
    'must be one plain address, such as "bounces@example.test" or "bounces+{letter}@example.test".'
)


def count(lowest: int, highest: int) -> Callable[[object], int]:
    """Return a reader of whole numbers within these bounds."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise WrongValueError(f"is {value!r}; it must be a whole number from {lowest} to {highest}.")
        return value

    return read


def hash_key(value: object) -> bytes:
    """Read the secret that hashes are made under."""
    return _secret(value, "keep it: what was hashed with another key is not recognised again.")


def calendar_key(value: object) -> bytes:
    """Read the secret that addresses of calendars are sealed with."""
    return _secret(value, "change it when no address of before is to work any more.")


def _secret(value: object, afterwards: str) -> bytes:
    # The value is a secret, so no message repeats it.
    if not isinstance(value, str | bytes) or len(value) < _MIN_HASH_KEY:
        raise WrongValueError(
            f"must be text or bytes of at least {_MIN_HASH_KEY} characters; make one with "
            f"`python -c 'import secrets; print(secrets.token_urlsafe(32))'` and {afterwards}"
        )
    return value.encode() if isinstance(value, str) else value


def web_address(value: object) -> str:
    """Read a web address that paths can be added to; a host in other letters becomes ASCII, as it stands in a link."""
    text = one_line(value)
    split = _split(text)
    if split is None or split.scheme.lower() not in {"http", "https"} or not split.hostname or " " in text:
        raise WrongValueError('must be a whole web address, such as "https://jobs.example.test".')
    if split.query or split.fragment or "@" in split.netloc:
        raise WrongValueError("must end before any ? or # and hold no user name; paths are added to it.")
    if not split.netloc.isascii():
        try:
            split = split._replace(
                netloc=split.netloc.lower().replace(split.hostname, wire_domain(split.hostname))
            )
        except BadAddress:
            raise WrongValueError(
                'names no host that there can be; write one such as "https://jobs.example.test".'
            ) from None
    if not _IN_A_LINK.fullmatch(split.geturl()):
        raise WrongValueError(
            "holds characters that no link can carry; percent-encode them in the path, as in "
            '"https://jobs.example.test/caf%C3%A9".'
        )
    return split.geturl().rstrip("/")


_IN_A_LINK = re.compile(r"[A-Za-z0-9._~:/%@!$&'()*+,;=\[\]-]+")


def _split(url: str) -> SplitResult | None:
    """Return the parts of a URL, or None where its host or port cannot be read."""
    try:
        split = urlsplit(url)
        readable = split.port != 0
    except ValueError:
        return None
    return split if readable else None


def url_prefix(value: object) -> str:
    """Read the path our pages begin with."""
    text = one_line(value)
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", text):
        raise WrongValueError(
            f'is {text!r}; it must begin with a slash and not end with one, such as "/talent-pool".'
        )
    return text


def locale(value: object) -> str:
    """Read a language code."""
    text = one_line(value)
    if not re.fullmatch(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*", text):
        raise WrongValueError(f'is {text!r}; it must be a language code such as "en" or "de-AT".')
    return text


def switch(value: object) -> bool:
    """Read a yes or no."""
    if not isinstance(value, bool):
        raise WrongValueError(f"is {value!r}; it must be True or False.")
    return value


def form_of_address(value: object) -> FormOfAddress:
    """Read whether letters are formal."""
    return FormOfAddress(_choice(value, list(FormOfAddress)))


def folder(value: object) -> str:
    """Read the path of a folder that is there."""
    text = one_line(str(value) if isinstance(value, Path) else value)
    if not Path(text).is_dir():
        raise WrongValueError(f"is {text!r}, which is no folder here; make it, or correct the path.")
    return text


def guide_pages(value: object) -> tuple[str, ...]:
    """Read keys of the guide's pages."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WrongValueError(f'is {value!r}; write the keys of pages, such as ("second-place",).')
    found = tuple(value)
    problems = []
    for key in found:
        if key not in KEYS:
            guess = nearest(str(key), KEYS)
            hint = f" Did you mean {guess!r}?" if guess else f" There is {', '.join(KEYS)}."
            problems.append(f"names {key!r}, which is no page of the guide.{hint}")
    if problems:
        raise WrongValueError(*problems)
    return tuple(dict.fromkeys(found))


_BY_ITSELF = frozenset({"basic", "digest", "negotiate", "ntlm", "kerberos"})


def schemes(value: object) -> frozenset[str]:
    """Read schemes of ``Authorization`` that no browser adds by itself."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WrongValueError(f'is {value!r}; write schemes, such as ("Bearer",), or () for none.')
    found = frozenset(str(scheme).strip().lower() for scheme in value)
    problems = [
        f"names {scheme!r}, which a browser adds to another site's form as well: leave it out, and send the CSRF token."
        for scheme in sorted(found & _BY_ITSELF)
    ]
    problems += [
        f"names {scheme!r}, which is no scheme; write a word such as 'Bearer'."
        for scheme in sorted(found)
        if not re.fullmatch(r"[a-z0-9!#$%&'*+.^_`|~-]+", scheme)
    ]
    if problems:
        raise WrongValueError(*problems)
    return found
