"""The mail about openings of filled jobs: one to the owner for all that were noticed together, once."""

from collections import defaultdict
from datetime import timedelta
from urllib.parse import quote

import sqlalchemy as sa

from flask_talentpool.context import Answer, Cancel, Context, Go
from flask_talentpool.digest.digest import _in_office
from flask_talentpool.enums import HoldReason
from flask_talentpool.hires.model import OpeningMixin
from flask_talentpool.letters.columns import rewrite
from flask_talentpool.letters.internal_mail import owner_mailbox, page_url, set_words, write_colleague
from flask_talentpool.letters.kinds import Kind
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.texts.render import plain

OPENING = "opening:"
_NEWS = timedelta(days=7)
"""How old an opening may be to be written about still."""
_SUBJECT = "Talent pool: a job that was filled is open"
NOBODY = 0


def write_openings(ctx: Context) -> int:
    """Write to the owners of filled jobs that are open again; the caller commits.

    Returns:
        How many mails were written.
    """
    settings, opening = ctx.settings, ctx.models.opening
    if not settings.morning_mail or settings.mail_from is None or settings.public_url is None:
        return 0
    new = sa.select(opening).where(
        opening.settled_at.is_(None),
        opening.noticed_at >= ctx.now() - _NEWS,
        opening.was_filled.is_(True),
        opening.told_in.is_(None),
    )
    by_owner: dict[tuple[str, str], list[OpeningMixin]] = defaultdict(list)
    for row in ctx.session.scalars(new.order_by(opening.id)):
        by_owner[row.owner_key, row.scope].append(row)
    return sum(_write(ctx, rows) for rows in by_owner.values())


def _write(ctx: Context, rows: list[OpeningMixin]) -> int:
    first, decision = rows[0], ctx.models.decision
    known = ctx.session.get(decision, first.decision_id) if first.decision_id is not None else None
    owner = owner_mailbox(ctx, known.application_id) if known is not None else None
    to, letter = owner or ctx.settings.deputy_mailbox, None
    if to is not None:
        letter = write_colleague(
            ctx,
            to=to,
            subject=_SUBJECT,
            paragraphs=_words(ctx, rows),
            occasion=f"{OPENING}{first.id}",
            scope=first.scope,
            due_at=_in_office(ctx),
        )
    for row in rows:
        row.told_in = first.id if letter is not None else NOBODY
    ctx.session.flush()
    return int(letter is not None)


def _words(ctx: Context, rows: list[OpeningMixin]) -> list[str]:
    said = [
        f"{plain(row.job_label or 'A job')}: {getattr(row.kind, 'sentence', row.kind)} "
        f"[Who came second]({page_url(ctx, '/jobs/' + quote(row.job_key or row.job_label))})"
        for row in rows
    ]
    return [*said, f"[Say that it is not filled again]({page_url(ctx, '/openings')})"]


class OpeningMail(Kind):
    """Tells the owner of a filled job that it is open again."""

    def may_go_one(self, ctx: Context, letter: LetterMixin) -> Answer:
        """Say what still is so; nothing goes where all of it was settled meanwhile."""
        opening = ctx.models.opening
        first = int(letter.occasion.removeprefix(OPENING))
        statement = sa.select(opening).where(opening.told_in == first, opening.settled_at.is_(None))
        rows = list(ctx.session.scalars(statement.order_by(opening.id)))
        if not rows:
            return Cancel(HoldReason.ANSWERED)
        rewrite(letter, set_words(ctx, letter.subject, _words(ctx, rows)))
        return Go()
