"""Trying a text out: what it would say to a real person, and what the checker finds; stores nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Visible
from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.draft import (
    reason_sentence,
    text_name,
    values_for,
)
from flask_talentpool.enums import Outcome
from flask_talentpool.letters.checks.checker import Finding, check
from flask_talentpool.letters.checks.masked import About
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.letters.texts.dates_and_phrases import day, told_how
from flask_talentpool.letters.texts.files import Edition, Origin
from flask_talentpool.letters.texts.render import Written, write_from
from flask_talentpool.letters.texts.syntax import EmptyField, TextProblem
from flask_talentpool.letters.texts.syntax_tree import Mistake
from flask_talentpool.letters.texts.vocabulary import VARIABLES

MOST_PEOPLE = 12
MADE_UP = 0
"""The person chosen when nobody real is: made up, with every value filled in."""
_SAMPLES = {
    "en": {
        "line": "Your walk through the outage of last winter was the clearest we heard.",
        "feedback": "The advertisement asked for experience with PostgreSQL; we saw two good queries, and no index.",
        "why": "The job is open again.",
    },
    "de": {
        "line": "Der Gang durch den Ausfall vom letzten Winter war sehr klar.",
        "feedback": "In der Ausschreibung stand Erfahrung mit PostgreSQL; gesehen haben wir zwei gute Abfragen, aber keinen Index.",
        "why": "Die Stelle ist wieder frei.",
    },
}


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody a text can be tried out on."""

    decision_id: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How a text reads to somebody now.

    Attributes:
        person: The decision it was tried out on; ``MADE_UP`` for nobody real.
        people: Who can be chosen.
        written: The letter; None while the text cannot be used.
        body: The letter's paragraphs.
        to_line: Who would get it.
        from_line: Whom it comes from.
        mistakes: What cannot stay in the text.
        problem: Why it cannot be written to this person, where the text itself is in order.
        findings: What the checker found.
        person_id: The person of ours it is about, if real.
    """

    person: int
    people: tuple[PersonChoice, ...]
    written: Written | None
    body: Paragraphs
    to_line: str
    from_line: str
    mistakes: tuple[Mistake, ...] = ()
    problem: str = ""
    findings: tuple[Finding, ...] = ()
    person_id: int | None = None


def try_out(
    ctx: Context, visible: Visible, name: str, source: str, *, language: str, scope: str, person: int | None
) -> Trial:
    """Write a text to one of the people the actor may see, and check it; nothing is stored.

    Args:
        ctx: The unit of work.
        visible: Narrows a SELECT to what the actor may see.
        name: Which text it is.
        source: Its words, which need not be saved.
        language: Its language.
        scope: Whose people.
        person: The decision to try it on; ``MADE_UP`` for nobody real, None for whom the text suits best.
    """
    with ctx.session.no_autoflush:
        rows = _recent(ctx, visible, scope)
        people = tuple(PersonChoice(row.id, _label(row, who)) for row, who in rows)
        decision = _chosen([row for row, _ in rows], name, person)
        application = application_of(ctx, decision) if decision is not None else None
        if decision is None or application is None:
            decision, application = None, None
        values = _values(ctx, decision, application, language)
    sender = ctx.settings.mail_from
    mistakes: tuple[Mistake, ...] = ()
    problem, written = "", None
    edition = Edition(name=name, folder=language, source=source, origin=Origin.DATABASE, version="draft")
    try:
        written = write_from(ctx, edition, values)
    except TextProblem as wrong:
        mistakes = wrong.mistakes
    except EmptyField as empty:
        problem = str(empty)
    return Trial(
        person=decision.id if decision is not None else MADE_UP,
        people=people,
        written=written,
        body=paragraphs(written.text) if written else (),
        to_line=values["name"],
        from_line=(sender.name if sender is not None else "") or ctx.settings.company,
        mistakes=mistakes,
        problem=problem,
        findings=_findings(written, values, decision, language) if written else (),
        person_id=decision.person_id if decision is not None else None,
    )


def _findings(
    written: Written, values: dict[str, str], decision: DecisionMixin | None, language: str
) -> tuple[Finding, ...]:
    internal = (decision.reason, decision.note) if decision is not None else ()
    about = About(
        language=language,
        offers_place=written.name.endswith(".open"),
        internal=tuple(text for text in internal if text),
    )
    return check(written, values, about=about)


def _recent(ctx: Context, visible: Visible, scope: str) -> list[tuple[DecisionMixin, str]]:
    decision, person = ctx.models.decision, ctx.models.person
    statement = (
        sa.select(decision)
        .where(
            decision.scope == scope,
            decision.outcome == Outcome.REJECTED,
            decision.live_for.is_not(None),
            decision.application_id.is_not(None),
            decision.completed_at.is_not(None),
        )
        .order_by(decision.noticed_at.desc(), decision.id.desc())
        .limit(MOST_PEOPLE)
    )
    rows = ctx.session.scalars(visible(statement)).all()
    ids = {row.person_id for row in rows}
    found = ctx.session.execute(sa.select(person.id, person.name).where(person.id.in_(ids)))
    names = {row.id: row.name for row in found}
    return [(row, names.get(row.person_id, "")) for row in rows]


def _label(row: DecisionMixin, who: str) -> str:
    stage = text_name(row).removeprefix("outcome/").replace(".", ", door ")
    return ", ".join(part for part in (who or "No name", row.job_label, stage) if part)


def _chosen(rows: list[DecisionMixin], name: str, person: int | None) -> DecisionMixin | None:
    if person == MADE_UP:
        return None
    by_id = {row.id: row for row in rows}
    if person in by_id:
        return by_id[person]
    suited = [row for row in rows if text_name(row) == name]
    return next(iter([*suited, *rows]), None)


def _values(ctx: Context, decision: DecisionMixin | None, application: Any, language: str) -> dict[str, str]:
    """Return a value for everything a text may show, as this person would see it."""
    soon, zone = ctx.now() + ctx.settings.progress_days, ctx.settings.timezone
    only_then = {
        "pool": "Finalists",
        "wanted_by": "Priya Nair",
        "keep_months": str(ctx.settings.keep_months),
        "answer_by": day(soon, zone, language),
        "next_by": day(soon, zone, language),
        "told_how": told_how("phone", language),
        "told_on": day(ctx.now(), zone, language),
        "jobs": "Data Engineer\nWriter\nCook",
        "why": _SAMPLES.get(language, _SAMPLES["en"])["why"],
    }
    if decision is None:
        return _made_up(ctx, language) | only_then
    real = values_for(ctx, decision, application) | {
        "interviewed_on": day(decision.interviewed_at, zone, language),
        "applied_on": day(decision.applied_at, zone, language),
        "reason": reason_sentence(ctx, decision, language),
    }
    return dict.fromkeys(VARIABLES, "") | only_then | {key: value for key, value in real.items() if value}


def _made_up(ctx: Context, language: str) -> dict[str, str]:
    sample = _SAMPLES.get(language, _SAMPLES["en"])
    zone = ctx.settings.timezone
    reason = ctx.settings.reasons.get("other_person")
    return dict.fromkeys(VARIABLES, "") | {
        "name": "Maëlle Oduya",
        "job": "Data Engineer",
        "company": ctx.settings.company or "Northwind Labs",
        "writer": "Jonas Weber",
        "reply_address": "jonas.weber@example.test",
        "own_address": "yes",
        "by_name": "yes",
        "interviewed_on": day(ctx.now() - timedelta(days=9), zone, language),
        "applied_on": day(ctx.now() - timedelta(days=30), zone, language),
        "reason": reason.sentence(language) if reason is not None else "",
        "line": sample["line"],
        "feedback": sample["feedback"],
    }
