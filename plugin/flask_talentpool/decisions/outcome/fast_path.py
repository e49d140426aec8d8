"""Outcome letters about which nothing is out of the ordinary, asked about many at a time.

Most letters tell a decision that nobody touched since it was noticed. One statement reads all that
:func:`~flask_talentpool.decisions.outcome.letter.outcome_may_go` would read of each. A letter for which any of it is
unusual is not in the answer and is asked about alone, so this only ever says *go* where that would.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool import signals
from flask_talentpool.context import SOFTWARE, Context
from flask_talentpool.db.arrays import padded
from flask_talentpool.enums import (
    DecisionState,
    Door,
    LetterKind,
    Mode,
    Outcome,
    OutcomeLetters,
    StageReached,
)
from flask_talentpool.letters.incoming.suppression import KIND, returned_among
from flask_talentpool.noticing.record import GONE
from flask_talentpool.people.fingerprint import fingerprint

_SENDER = ("mail_from", "public_url")
_WIRE = [
    "id",
    "scope",
    "kind",
    "state",
    "claimed_by",
    "lease_until",
    "person_id",
    "decision_id",
    "recall_id",
    "to_name",
    "to_address",
    "from_name",
    "from_address",
    "reply_to",
    "subject",
    "text",
    "html",
    "language",
    "message_id",
    "follows",
]


def plain_outcomes(ctx: Context, *, what: str) -> "PlainOutcomes | None":
    """Return what answers for many outcome letters in one run, or None where each must be asked about alone.

    Args:
        ctx: The unit of work.
        what: What a touch calls such a letter.
    """
    settings, host = ctx.settings, ctx.host
    stages = [stage for stage, mode in settings.modes.items() if mode is Mode.AUTO]
    if "offered" in host.readers:
        stages = [stage for stage in stages if stage is not StageReached.FINALIST]
    ready = settings.outcome_letters is OutcomeLetters.OURS and all(
        getattr(settings, name) is not None for name in _SENDER
    )
    names = [name for name in ("name", "first_name", "last_name", "email") if name in host.readers]
    if not (stages and ready and host.in_sql and all(host.readers[name].in_sql for name in names)):
        return None
    return PlainOutcomes(ctx, list(stages), names, what)


class PlainOutcomes:
    """See :class:`~flask_talentpool.context.ManyAtOnce`."""

    def __init__(self, ctx: Context, stages: list[str], names: Sequence[str], what: str) -> None:
        self._ctx, self._names, self._what = ctx, names, what
        self._look = self._statement(stages)

    def _statement(self, stages: list[str]) -> sa.Select[Any]:
        models, host = self._ctx.models, self._ctx.host
        letter, decision = models.letter.__table__, models.decision.__table__
        link, other = models.candidate_link.__table__, models.decision.__table__.alias()
        returned = models.suppression.__table__
        row = host.statement.subquery("host_row")
        candidate = self._candidates().subquery("host_candidate")
        key = row.c.key if host.same_row else row.c.candidate_key
        earlier = sa.exists().where(
            other.c.application_key.in_([decision.c.application_key, GONE + decision.c.application_key]),
            other.c.id != decision.c.id,
        )
        return (
            sa.select(
                *(letter.c[name] for name in _WIRE),
                decision.c.candidate_key.label("decision_candidate"),
                link.c.name_hash,
                link.c.email_hash,
                key.label("host_candidate"),
                row.c.status.label("host_status"),
                (row.c.offer_declined if "offer_declined" in row.c else sa.false()).label("host_declined"),
                *(candidate.c[name].label(f"host_{name}") for name in self._names),
                sa.exists().where(returned.c.kind == KIND).label("some_returned"),
            )
            .select_from(letter)
            .join(decision, decision.c.id == letter.c.decision_id)
            .join(row, row.c.key == decision.c.application_id)
            .join(candidate, candidate.c.key == key)
            .join(
                link,
                sa.and_(link.c.candidate_key == decision.c.candidate_key, link.c.scope == decision.c.scope),
            )
            .where(
                letter.c.id.in_(sa.bindparam("ids", expanding=True)),
                letter.c.kind == LetterKind.OUTCOME,
                letter.c.because == "",
                letter.c.text != "",
                decision.c.state == DecisionState.LIVE,
                decision.c.outcome == Outcome.REJECTED,
                decision.c.told_at.is_(None),
                decision.c.needs_review == "",
                decision.c.feedback == "",
                decision.c.never_pool.is_(False),
                decision.c.door != Door.OPEN,
                decision.c.stage_reached.in_(stages),
                letter.c.scope == decision.c.scope,
                link.c.suspended_at.is_(None),
                link.c.person_id == letter.c.person_id,
                link.c.person_id == decision.c.person_id,
                ~earlier,
            )
        )

    def _candidates(self) -> sa.Select[Any]:
        host = self._ctx.host
        root = orm.aliased(host.map.candidate)
        key = getattr(root, host.key_attribute(host.map.candidate)).label("key")
        statement: sa.Select[Any] = sa.select(key).select_from(root)
        for name in self._names:
            statement = host.readers[name].add_to(statement, root, name)
        return statement

    def may_go(self, connection: sa.Connection, ids: Sequence[int]) -> Sequence[Any]:
        """See :class:`~flask_talentpool.context.ManyAtOnce`."""
        rows = [row for row in connection.execute(self._look, {"ids": padded(ids)}) if self._is_plain(row)]
        if not rows or not rows[0].some_returned:
            return rows
        returned = returned_among(self._ctx, [(row.scope, row.to_address) for row in rows])
        return [row for row in rows if (row.scope, row.to_address) not in returned]

    def _is_plain(self, row: Any) -> bool:
        verdict = self._ctx.host.verdict(row.host_status, declined=bool(row.host_declined))
        name, email = self._person(row)
        return (
            verdict.outcome is Outcome.REJECTED
            and not verdict.never_pool
            and str(row.host_candidate) == row.decision_candidate
            and (name[:400], email[:320]) == (row.to_name, row.to_address)
            and (fingerprint(name), fingerprint(email)) == (row.name_hash, row.email_hash)
        )

    def _person(self, row: Any) -> tuple[str, str]:
        """Return name and address as the host's rows are read elsewhere."""
        parts = (
            [row.host_name]
            if "name" in self._names
            else [getattr(row, f"host_{name}", None) for name in ("first_name", "last_name")]
        )
        name = " ".join(" ".join(str(part) for part in parts if part).split())
        return name, str(getattr(row, "host_email", None) or "").strip()

    def went(self, gone: sa.FromClause) -> tuple[sa.Insert, sa.Update]:
        """See :class:`~flask_talentpool.context.ManyAtOnce`."""
        models = self._ctx.models
        decision, at = models.decision.__table__, sa.bindparam("at", type_=models.touch.__table__.c.at.type)
        touch = {
            "scope": gone.c.scope,
            "person_id": gone.c.person_id,
            "letter_id": gone.c.id,
            "at": at,
            "direction": sa.literal("out"),
            "channel": sa.literal("mail"),
            "what": sa.literal(self._what),
            "by": sa.literal(SOFTWARE.id),
        }
        touches = sa.insert(models.touch.__table__).from_select(
            list(touch),
            # Somebody who was forgotten meanwhile is in touch with nobody.
            sa.select(*touch.values()).where(gone.c.person_id.is_not(None)),
        )
        told = (
            sa.update(decision)
            .where(decision.c.id.in_(sa.select(gone.c.decision_id)), decision.c.told_at.is_(None))
            .values(told_at=at, told_by="letter")
            .returning(decision.c.id)
        )
        return touches, told

    def told(self, decision_ids: Iterable[int]) -> None:
        """See :class:`~flask_talentpool.context.ManyAtOnce`."""
        for decision_id in decision_ids:
            self._ctx.announce(signals.told, decision_id=decision_id, channel="letter")
