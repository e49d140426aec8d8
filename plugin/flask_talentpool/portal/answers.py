"""Acting on what a candidate says by link; saying it twice changes nothing."""

from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.telling import ask_colleague
from flask_talentpool.enums import RecallState
from flask_talentpool.letters.model import LinkMixin
from flask_talentpool.people.timeline import KEPT, NOT_KEPT
from flask_talentpool.pools import ending
from flask_talentpool.pools import service as pools
from flask_talentpool.portal.queries import Behind, Standing, behind, consent, last_said, standing
from flask_talentpool.recalls import service as recalls

_SAID = {
    "yes": RecallState.ACCEPTED,
    "not_now": RecallState.NOT_NOW,
    "no": RecallState.DECLINED,
    "never": RecallState.DECLINED,
}


def say(ctx: Context, link: LinkMixin, word: str) -> Behind | None:
    """Take what a candidate says by link.

    Args:
        ctx: The unit of work.
        link: The link, which opens.
        word: One of the words of the link's purpose; one that no longer fits changes nothing.

    Returns:
        The rows behind the link; None when there is nothing left that it could do.
    """
    # One answer of a person is taken at a time, so that two presses at once are one. What is behind the link is
    # read once that is certain, and so only once.
    person = ctx.models.person
    update_if(ctx.session, person, person.id == link.person_id, scope=person.scope)
    rows = behind(ctx, link)
    if rows is None:
        return None
    now = standing(ctx, rows)
    if word in now.may_say:
        if rows.recall is not None:
            recalls.answer(ctx, rows.recall, _SAID[word], never_again=word == "never")
        elif word == "stay":
            _stay(ctx, rows)
            _remember(ctx, rows, now, KEPT)
        else:
            ending.leave(ctx, rows.person)
            _remember(ctx, rows, now, NOT_KEPT)
        ctx.session.flush()
    return rows


def _stay(ctx: Context, rows: Behind) -> None:
    offered, agreed = rows.letter.member_id, consent(ctx, rows)
    pools.take_place(
        ctx,
        rows.person,
        member=ctx.session.get(ctx.models.member, offered, populate_existing=True)
        if offered is not None
        else None,
        wording=agreed.wording,
        version=agreed.version,
        language=agreed.language,
    )


def _remember(ctx: Context, rows: Behind, before: Standing, what: str) -> None:
    said = before.last_said if before.last_said is not None else last_said(ctx, rows.person)
    if said == what:
        return
    ctx.session.add(
        ctx.models.touch(
            scope=rows.person.scope,
            person_id=rows.person.id,
            at=ctx.now(),
            direction="in",
            channel="link",
            what=what,
            by=f"person:{rows.person.id}",
            letter_id=rows.letter.id,
        )
    )


def write_line(ctx: Context, link: LinkMixin, line: str) -> bool:
    """Write a colleague's line under their name; an empty one says that there is none.

    Returns:
        Whether there was still a use for it: the link closes once the person has been told or the decision is taken back.

    Raises:
        BeingHandedOver: The letter is going out right now.
    """
    found = ask_colleague.decision_behind(ctx, link)
    if found is None:
        return False
    ask_colleague.answer_by_link(ctx, *found, line)
    return True
