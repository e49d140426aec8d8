"""Who signs a letter, and who reads what is answered to it: a person only where the host names one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import formataddr
from typing import Any

from flask_talentpool.config.addresses import usable
from flask_talentpool.context import Context
from flask_talentpool.host.owner import NOBODY, owner_of
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.dates_and_phrases import hiring_team
from flask_talentpool.text import printed_name

_LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Whom a letter comes from."""

    name: str
    """Who signs: a person, or the hiring team."""
    is_person: bool = False
    own_address: str = ""
    """The address that is this person's; empty where answers go to the company's mailbox."""
    from_name: str
    from_address: str
    company: str

    @property
    def values(self) -> dict[str, str]:
        """What a text says of it."""
        return {
            "company": self.company,
            "writer": self.name,
            "writer_role": "",
            "reply_address": self.own_address or self.from_address,
            "own_address": "yes" if self.own_address else "",
            "by_name": "yes" if self.is_person else "",
        }

    @property
    def columns(self) -> dict[str, str]:
        """The columns of a letter that say whom it comes from, and who reads the answer."""
        return {
            "from_name": self.from_name,
            "from_address": self.from_address,
            "reply_to": self.own_address,
            "signed_by": self.name[:_LONGEST],
        }


def signer_of(ctx: Context, application: Any, *, language: str) -> Signer:
    """Return who signs a letter about an application: the job's owner, else the deputy, else the hiring team.

    The deputy signs where the map names owners and this job has none any more. Where it names none, letters come
    from ``TALENTPOOL_MAIL_FROM``.
    """
    settings, sender = ctx.settings, ctx.settings.mail_from
    names_owners = bool({"owner", "owner_name"} & ctx.host.readers.keys())
    owner = owner_of(ctx.host, application) if application is not None else NOBODY
    name, address = owner.name, owner.address
    if not name and not owner.key and names_owners and settings.deputy_mailbox is not None:
        name, address = printed_name(settings.deputy_mailbox.name), settings.deputy_mailbox.address
    is_person, own_address = bool(name), usable(address) if name else ""
    if not names_owners and not name and sender is not None:
        name = printed_name(sender.name)
    return Signer(
        name=name or hiring_team(settings.company, language),
        is_person=is_person,
        own_address=own_address,
        from_name=sender.name if sender else "",
        from_address=sender.address if sender else "",
        company=settings.company,
    )


def is_signed_anew(letter: LetterMixin, columns: Mapping[str, Any]) -> bool:
    """Whether somebody else signs a letter now, or reads what is answered to it, than when it was written.

    Args:
        letter: As it was written.
        columns: Of the letter as it would be written now.
    """
    if letter.reply_to != columns["reply_to"]:
        return True
    # An earlier version did not write down who signs.
    return columns["signed_by"] not in (letter.text if letter.signed_by is None else [letter.signed_by])


@dataclass(frozen=True, slots=True)
class Owners:
    """How letters would print the owners of some applications."""

    examples: tuple[str, ...]
    """A few of them, with their own address where they have one."""
    without: int
    """How many applications have nobody whose name a letter can print."""


def look_at_owners(ctx: Context, applications: Iterable[Any], *, most: int = 2) -> Owners:
    """Return how letters would print the owners of applications; for ``flask talentpool check``."""
    examples: dict[str, None] = {}
    without = 0
    for application in applications:
        owner = owner_of(ctx.host, application)
        without += not owner.name
        if owner.name and len(examples) < most:
            address = usable(owner.address)
            examples[formataddr((owner.name, address)) if address else f"{owner.name}, no own address"] = None
    return Owners(tuple(examples), without)
