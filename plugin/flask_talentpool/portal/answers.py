"""Acting on what a candidate says by link; saying it twice changes nothing."""

from flask_talentpool.context import Context
from flask_talentpool.db.locks import seize
from flask_talentpool.decisions.telling import ask_colleague
from flask_talentpool.enums import RecallState
from flask_talentpool.letters.delivery.prepare import open_link
from flask_talentpool.people.timeline import KEPT, NOT_KEPT
from flask_talentpool.pools import ending
from flask_talentpool.pools import service as pools
from flask_talentpool.portal.queries import Behind, LinkPage, behind, consent, last_said, link_page
from flask_talentpool.recalls import service as recalls
from flask_talentpool.recalls.model import RecallMixin

_SAID = {
    "yes": RecallState.ACCEPTED,
    "not_now": RecallState.NOT_NOW,
    "no": RecallState.DECLINED,
    "never": RecallState.DECLINED,
}


def say(ctx: Context, token: str, word: str) -> LinkPage | None:
    """Take what a candidate says by link.

    Args:
        ctx: The unit of work.
        token: The link's token, as it came.
        word: One of the words of the link's purpose; one that no longer fits changes nothing.

    Returns:
        What the link shows now; None when it does not open.
    """
    link = open_link(ctx, token)
    rows = behind(ctx, link) if link is not None else None
    if rows is None:
        return None
    _lock(ctx, rows)
    if word in link_page(ctx, rows).may_say:
        if rows.recall is not None:
            _answer(ctx, rows.recall, word)
        elif word == "stay":
            _stay(ctx, rows)
        else:
            ending.leave(ctx, rows.person)
            _remember(ctx, rows, NOT_KEPT)
        ctx.session.flush()
    return link_page(ctx, rows)


def _lock(ctx: Context, rows: Behind) -> None:
    """Let one answer of a person be taken at a time, so that two presses at once are one."""
    seize(ctx.session, rows.person, scope=ctx.models.person.scope)
    if rows.recall is not None:
        ctx.session.refresh(rows.recall)


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
    _remember(ctx, rows, KEPT)


def _answer(ctx: Context, recall: RecallMixin, word: str) -> None:
    recalls.answer(ctx, recall, _SAID[word], never_again=word == "never")


def _remember(ctx: Context, rows: Behind, what: str) -> None:
    if last_said(ctx, rows.person) == what:
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


def write_line(ctx: Context, token: str, line: str) -> bool:
    """Write a colleague's line under their name; an empty one says that there is none.

    Returns:
        Whether the link still opened: it closes once the person has been told or the decision is taken back.

    Raises:
        BeingHandedOver: The letter is going out right now.
    """
    link = open_link(ctx, token)
    found = ask_colleague.decision_behind(ctx, link) if link is not None else None
    if found is None:
        return False
    ask_colleague.answer_by_link(ctx, *found, line)
    return True
