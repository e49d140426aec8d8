"""Whether what the map and the settings name is there: status values, stages, languages, reasons, a worker."""

import enum
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flask_talentpool.commands.checks.findings import Finding, found
from flask_talentpool.commands.common import listed, printable
from flask_talentpool.commands.host_understood import Understood
from flask_talentpool.context import Context
from flask_talentpool.entries import nearest
from flask_talentpool.enums import LetterState
from flask_talentpool.heartbeat import alive_until, last_seen
from flask_talentpool.host.values import ValueSet
from flask_talentpool.letters.texts.versions import known_language
from flask_talentpool.noticing.first_start import has_baseline
from flask_talentpool.noticing.scan import status_text

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

MOST_LANGUAGES = 200
_LATE = timedelta(hours=1)


def statuses(talentpool: "TalentPool", understood: Understood) -> Iterator[Finding]:
    """Find values of the map that no row ever had, with the nearest of those that rows have and the map does not."""
    if not understood.statuses_seen:
        return
    host_map, seen = talentpool.host.map, list(understood.statuses_seen.values())
    unheld: list[str] = []
    mistyped: list[str] = []
    for name in ("rejected", "hired", "withdrawn", "offer_declined", "never_pool"):
        values: Any = getattr(host_map, name)
        if callable(values) or isinstance(values, str):
            continue
        missing = [value for value in values if not any(one in ValueSet((value,)) for one in seen)]
        for value in missing:
            # A member of an Enum is spelt right, and a number has no like.
            near = nearest(value, list(understood.unknown_statuses)) if isinstance(value, str) else None
            rows = understood.unknown_statuses.get(near or "", 0)
            hint = f" (did you mean {printable(near)}, which {rows:,} have?)" if near else ""
            if near and name == "rejected" and len(missing) == len(list(values)):
                mistyped.append(f"{printable(value)}{hint}")
            elif not isinstance(value, enum.Enum):
                unheld.append(f"{name} {printable(status_text(value))}{hint}")
    if mistyped:
        yield found("statuses", ", ".join(mistyped))
    if unheld:
        yield found("status_values", ", ".join(unheld))


def stages(talentpool: "TalentPool") -> Iterator[Finding]:
    """Say what it means that there are no stages, or that the last one is the first interview."""
    host = talentpool.host
    if host.map.stage is None:
        yield found("no_stages")
    elif host.stages.last_is_interview and host.map.final_from is None:
        yield found("no_finalists", printable(status_text(host.map.stages[-1])))


def owners(talentpool: "TalentPool", understood: Understood) -> Iterator[Finding]:
    """Say for how many applications nobody signs by name, although the map says who owns the job."""
    if talentpool.host.map.owner is not None and understood.unsigned:
        yield found(
            "owners", f"{understood.unsigned:,} of the {understood.looked_at:,} applications looked at"
        )


def languages(talentpool: "TalentPool") -> Iterator[Finding]:
    """Find languages that people, jobs or the settings ask for and no text is in."""
    ctx = talentpool.context()
    without: dict[str, int] = {}
    for entry, cls in (("locale", ctx.host.map.candidate), ("job_locale", ctx.host.map.job)):
        reader = ctx.host.readers.get(entry)
        if reader is None or not reader.in_sql or cls is None:
            continue
        key = getattr(cls, ctx.host.key_attribute(cls))
        base = reader.add_to(sa.select(key.label("key")), cls, "language").subquery()
        number = sa.func.count().label("number")
        grouped = sa.select(base.c.language, number).group_by(base.c.language).order_by(number.desc())
        for row in ctx.session.execute(grouped.limit(MOST_LANGUAGES)):
            if row.language and known_language(ctx, row.language) is None:
                word = str(getattr(row.language, "value", row.language))
                without[word] = without.get(word, 0) + row.number
    detail = [listed(without)] if without else []
    if known_language(ctx, ctx.settings.locale) is None:
        detail.append(f"TALENTPOOL_LOCALE {printable(ctx.settings.locale)}")
    if detail:
        yield found("languages", "; ".join(detail))


def reasons(talentpool: "TalentPool") -> Iterator[Finding]:
    """Find reasons that letters should give by themselves, and that nothing here can ever say or confirm."""
    asked, readers = talentpool.settings.reasons_by_host, talentpool.host.readers
    if asked and "reason" not in readers:
        yield found("reasons", "reason= is not mapped")
    elif "job_closed" in asked and "job_open" not in readers:
        yield found("reasons", "job_closed needs job_open=, which is not mapped")


def worker(talentpool: "TalentPool") -> Iterator[Finding]:
    """Say that nothing hands letters over; that stops a deployment only where letters are late already."""
    ctx = talentpool.context()
    seen = last_seen(ctx)
    if seen is None:
        yield found("worker", stops=has_baseline(ctx) and _is_late(ctx))
    elif alive_until(ctx) is None:
        yield found("worker_stopped", f"last seen {seen:%Y-%m-%d %H:%M} UTC", stops=_is_late(ctx))


def _is_late(ctx: Context) -> bool:
    letter = ctx.models.letter
    late = sa.select(letter.id).where(letter.state == LetterState.DUE, letter.due_at < ctx.now() - _LATE)
    return ctx.session.scalars(late.limit(1)).first() is not None
