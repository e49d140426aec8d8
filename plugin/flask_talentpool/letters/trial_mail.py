"""A test of a text by mail, to the one who edits it and to nobody else."""

from flask_talentpool.access import Actor
from flask_talentpool.context import Context
from flask_talentpool.enums import LetterKind, LetterState
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery.message import BadAddress, check_address
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.render import Written, columns_of
from flask_talentpool.links import Purpose, fill

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
        address = check_address(to.email or "")
    except BadAddress:
        raise Refused(
            "Your ATS does not say where you read mail. Add your address to your account there, then try again.",
            code="no_address",
        ) from None
    occasion = f"{OCCASION}:{to.id}:{press}"[:160]
    if outbox.find(ctx, LetterKind.COLLEAGUE, occasion) is not None:
        return None
    urls = dict.fromkeys(Purpose, link)
    columns = columns_of(written) | {
        "subject": (PREFIX + written.subject)[:400],
        "text": fill(written.text, urls),
        "html": fill(written.html, urls, html=True),
        "scope": scope,
        "state": LetterState.DUE.value,
        "to_name": to.name[:400],
        "to_address": address[:320],
        "from_name": sender.name,
        "from_address": sender.address,
        "person_id": person_id,
        "due_at": ctx.now(),
    }
    return outbox.put(ctx, LetterKind.COLLEAGUE, occasion, columns)
