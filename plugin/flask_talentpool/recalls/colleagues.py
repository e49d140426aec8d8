"""Telling whoever invited somebody, and the owner of the job, that they said yes: at once, by mail."""

from urllib.parse import quote

from flask_talentpool.access import Actor
from flask_talentpool.config.addresses import Mailbox
from flask_talentpool.config.business_time import after_business_days
from flask_talentpool.context import SOFTWARE, Answer, Cancel, Context, Go
from flask_talentpool.enums import HoldReason, RecallState
from flask_talentpool.letters.internal_mail import LANGUAGE, owner_mailbox, page_url, write_colleague
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.dates_and_phrases import day
from flask_talentpool.letters.texts.render import plain
from flask_talentpool.recalls.asked import job_of
from flask_talentpool.recalls.model import RecallMixin

HEARD_AFTER = 3
"""Working days after a yes by which the person has heard from us, as their page says."""
_ABOUT = "yes"


def tell_colleagues(ctx: Context, recall: RecallMixin, *, by: Actor) -> int:
    """Write to whoever invited and to the job's owner that somebody said yes; return to how many.

    Args:
        ctx: The unit of work.
        recall: The invitation, answered.
        by: Who wrote the yes down, and so knows it.
    """
    person = ctx.session.get(ctx.models.person, recall.person_id) if recall.person_id else None
    decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
    if person is None or recall.answered_at is None:
        return 0
    inviter = Mailbox(recall.invited_by_name, recall.invited_by_address)
    # Of an enquiry the decision is about another job, and so is its owner.
    is_its_job = decision is not None and not recall.is_enquiry
    owner = owner_mailbox(ctx, decision.application_id) if decision is not None and is_its_job else None
    readers = {one.address.lower(): one for one in (inviter, owner) if one is not None and one.address}
    readers.pop((by.email or "").lower(), None)
    zone = ctx.settings.timezone
    heard_by = after_business_days(recall.answered_at, HEARD_AFTER, tz=zone, holidays=ctx.settings.holidays)
    to_what = "hearing about" if recall.is_enquiry else "coming back for"
    opened = "Their new application is open in your ATS."
    # Only who answers by link reads by when they hear from us.
    told = (
        [f"They were told that they hear from us by {day(heard_by, zone, LANGUAGE)}."]
        if by is SOFTWARE
        else []
    )
    bench = page_url(ctx, f"/jobs/{quote(job_of(recall), safe='')}")
    written = 0
    for number, (_, to) in enumerate(sorted(readers.items()), 1):
        paragraphs = [
            f"Hello {plain(to.name) or 'there'},",
            f"{plain(person.name) or 'Somebody'} said yes to {to_what} {plain(recall.job_label) or 'a job'}.",
            plain(recall.attention) or opened,
            *told,
            f"[See the bench]({bench})",
        ]
        letter = write_colleague(
            ctx,
            to=to,
            subject="Somebody you asked back said yes",
            paragraphs=paragraphs,
            occasion=f"{_ABOUT}:{recall.id}:{number}",
            scope=recall.scope,
            person_id=person.id,
        )
        if letter is not None:
            letter.recall_id = recall.id
            written += 1
    return written


class SaidYes(Kind):
    """Tells a colleague that somebody said yes."""

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Ask once more: is the yes still news?"""
        recall = ctx.session.get(ctx.models.recall, letter.recall_id, populate_existing=True)
        stands = recall is not None and recall.state in (RecallState.ACCEPTED, RecallState.OPENED)
        return Go() if stands else Cancel(HoldReason.RECALL_CLOSED)
