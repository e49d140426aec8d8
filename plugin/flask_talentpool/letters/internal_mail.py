"""Letters to colleagues: a reminder, a question, the morning mail. They never carry more than name and job."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_talentpool.access import Actor
from flask_talentpool.config.addresses import BadAddress, Mailbox, usable, wire_address
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind
from flask_talentpool.errors import Refused
from flask_talentpool.host.owner import NOBODY, owner_of
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.render import Written, columns_of, typeset
from flask_talentpool.links import Purpose, fill

logger = logging.getLogger("flask_talentpool")

LANGUAGE = "en"
"""The language of our pages, which these letters lead to."""


def write_colleague(
    ctx: Context,
    *,
    to: Mailbox,
    subject: str,
    paragraphs: Sequence[str],
    occasion: str,
    scope: str = "",
    person_id: int | None = None,
    due_at: datetime | None = None,
    reply_to: Mailbox | None = None,
) -> LetterMixin | None:
    """Write to somebody on the hiring side; the next round of the worker hands it over.

    Args:
        ctx: The unit of work.
        to: Who reads it.
        subject: One line, without a candidate's name: subjects show on locked screens.
        paragraphs: In order, as :func:`~flask_talentpool.letters.texts.render.typeset` takes them. What somebody else
            wrote goes through :func:`~flask_talentpool.letters.texts.render.plain` first.
        occasion: What it answers, such as ``urgent:17``; for one occasion there is one letter.
        scope: In whose care.
        person_id: Whom it is about, where it names one person: forgetting them empties it.
        due_at: Not before this moment; now when left out.
        reply_to: Who reads an answer; the sender when left out.

    Returns:
        The letter; None when it was written before, when nobody said whom letters come from
        (``TALENTPOOL_MAIL_FROM``), or when the address cannot be used.
    """
    sender = ctx.settings.mail_from
    try:
        address = wire_address(to.address)
    except BadAddress:
        return None
    if sender is None or outbox.find(ctx, LetterKind.COLLEAGUE, occasion) is not None:
        return None
    values = columns(
        scope=scope,
        person_id=person_id,
        due_at=due_at or ctx.now(),
        sender={
            "from_name": sender.name,
            "from_address": sender.address,
            "reply_to": usable(reply_to.address) if reply_to is not None else "",
        },
        addressed={"to_name": to.name[:400], "to_address": address[:320]},
        words=set_words(ctx, subject, paragraphs),
    )
    return outbox.put(ctx, LetterKind.COLLEAGUE, occasion, values)


def owner_mailbox(ctx: Context, application_id: Any) -> Mailbox | None:
    """Return where the owner of an application's job reads mail; None where the host says no usable address, or raises."""
    try:
        with ctx.savepoint():
            application = ctx.host.get(ctx.session, ctx.host.map.application, application_id)
            owner = owner_of(ctx.host, application) if application is not None else NOBODY
    except Exception as error:  # noqa: BLE001 (others get their mail)
        logger.warning("the owner of application %s cannot be read: %s", application_id, type(error).__name__)
        return None
    address = usable(owner.address)
    return Mailbox(name=owner.name, address=address) if address else None


def set_words(ctx: Context, subject: str, paragraphs: Sequence[str]) -> dict[str, str]:
    """Return the columns of a letter to a colleague that its words fill."""
    written = typeset(
        subject, paragraphs, company=ctx.settings.company, language=LANGUAGE, guide_url=ctx.guide_url
    )
    return columns_of(written)


def page_url(ctx: Context, path: str) -> str:
    """Return the address of one of our pages, for somebody who signs in there."""
    return f"{ctx.settings.public_url or ''}{ctx.settings.url_prefix}{path}"


PREFIX = "[Test] "


OCCASION = "text_test"


def send_test(
    ctx: Context, written: Written, *, to: Actor, press: str, scope: str, person_id: int | None, link: str
) -> LetterMixin | None:
    """Put a test of a text into the outbox; the next round of the worker hands it over.

    Args:
        ctx: The unit of work.
        written: The letter as it would read.
        to: Who gets it, at their own address.
        press: Which press of the button; one press is one mail.
        scope: Whose text it is.
        person_id: Whom the letter is about, so that forgetting them empties the test as well.
        link: Where the personal links of a test lead; nobody's real link is ever in one.

    Returns:
        The letter; None when this press has sent it already.

    Raises:
        Refused: Nobody said where you read mail, or whom letters come from.
    """
    sender = ctx.settings.mail_from
    if sender is None:
        raise Refused("Set TALENTPOOL_MAIL_FROM first: a mail needs a sender.", code="no_sender")
    try:
        address = wire_address(to.email or "")
    except BadAddress:
        raise Refused(
            "Your ATS does not say where you read mail. Add your address to your account there, then try again.",
            code="no_address",
        ) from None
    occasion = f"{OCCASION}:{to.id}:{press}"[:160]
    if outbox.find(ctx, LetterKind.COLLEAGUE, occasion) is not None:
        return None
    urls = dict.fromkeys(Purpose, link)
    values = columns(
        scope=scope,
        person_id=person_id,
        due_at=ctx.now(),
        sender={"from_name": sender.name, "from_address": sender.address},
        addressed={"to_name": to.name[:400], "to_address": address[:320]},
        words=columns_of(written)
        | {
            "subject": (PREFIX + written.subject)[:400],
            "text": fill(written.text, urls),
            "html": fill(written.html, urls, html=True),
        },
    )
    return outbox.put(ctx, LetterKind.COLLEAGUE, occasion, values)
