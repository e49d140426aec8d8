"""Running the map on real rows, to tell a host's developer what was understood."""

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_talentpool.commands.host_sample import DATES, SAMPLE, Sample, guarded
from flask_talentpool.commands.host_understood import Understood
from flask_talentpool.context import Context
from flask_talentpool.enums import StageReached
from flask_talentpool.host.seen import Seen
from flask_talentpool.host.values import ValueSet
from flask_talentpool.noticing.first_start import BASELINE
from flask_talentpool.noticing.scan import applications, status_text
from flask_talentpool.noticing.sync import missing_tables
from flask_talentpool.people.identity import identity_of

MOST_VALUES = 30
"""More different status values than this are counted, not named: the entry may be a wrong one."""
MOST_ROWS = 100_000
"""Among so many of the newest candidate rows it is counted who has several: reading all of a large table takes seconds."""
LEFT_OUT = {
    "email": "letters are held “no address”; the people are told another way and marked as told",
    "withdrawn": "who withdrew counts as still open",
    "owner": "letters are signed by TALENTPOOL_MAIL_FROM, and hiring managers have no jobs of their own",
    "new_application": "who accepts an invitation back has to be entered in your ATS by hand",
    "hired": "nobody counts as hired, so that no hire can fall through",
    "job_open": "nobody is told that a job is open again",
    "candidate_url": "our pages cannot link to your candidate pages",
    "scope": "everybody is in one scope; an agency should map whose candidate it is",
}
"""Entries a host may leave out, and what it costs."""


def look(ctx: Context) -> Understood:
    """Run the map on real rows; writes nothing."""
    found = Understood()
    _structure(ctx, found)
    Sample(ctx, found).read()
    _count(ctx, found)
    found.people_with_more_rows = guarded(ctx, found, "email", _more_rows, ctx) or 0
    _entries(ctx, found)
    _settings(ctx, found)
    _baseline(ctx, found)
    ctx.session.rollback()
    return found


def _structure(ctx: Context, found: Understood) -> None:
    for what in ("candidate", "application", "job"):
        cls = getattr(ctx.host.map, what)
        if cls is None:
            continue
        column = ctx.host.key_column(what)
        found.classes[what] = cls.__name__
        found.keys[what] = "" if column is None else f"{column.name} {column.type.compile(_dialect(ctx))}"
        found.rows[what] = ctx.session.scalar(sa.select(sa.func.count()).select_from(cls)) or 0
    found.tables_missing = missing_tables(ctx)
    inspector = sa.inspect(ctx.session.get_bind(sa.inspect(ctx.models.mark)))
    for table in ctx.host.metadata.sorted_tables:
        if table.name.startswith("talentpool_") and table.fullname not in found.tables_missing:
            there = {column["name"] for column in inspector.get_columns(table.name, schema=table.schema)}
            found.columns_missing += [f"{table.name}.{c.name}" for c in table.columns if c.name not in there]


def _dialect(ctx: Context) -> Any:
    return ctx.session.get_bind(sa.inspect(ctx.host.map.application)).dialect


# Counting all


@dataclass(frozen=True, slots=True)
class _Group:
    status: Any
    declined: bool
    stage: Any
    interviewed: bool
    number: int


def _count(ctx: Context, found: Understood) -> None:
    statuses: Counter[str] = Counter()
    unknown_stages: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    declared = {status_text(stage): ValueSet((stage,)) for stage in ctx.host.map.stages}
    host_stages = Counter(dict.fromkeys(declared, 0))
    is_one_column = ctx.host.map.stage is not None and ctx.host.map.stage == ctx.host.map.status
    for group in guarded(ctx, found, "status", lambda: list(_groups(ctx, found))) or ():
        verdict = ctx.host.verdict(group.status, declined=group.declined)
        outcomes[verdict.outcome or "open"] += group.number
        found.never_pool += group.number * verdict.never_pool
        reached = ctx.host.stage_reached(group.stage, interviewed=group.interviewed)
        stages[reached] += group.number
        found.statuses_seen.setdefault(status_text(group.status), group.status)
        # Where one column holds both, each value is in one of the two lists of the map.
        if not verdict.known and not (is_one_column and ctx.host.knows_stage(group.stage)):
            statuses[status_text(group.status)] += group.number
        own = next((text for text, stage in declared.items() if group.stage in stage), None)
        if own is not None:
            host_stages[own] += group.number
        elif "stage" in ctx.host.readers and not (is_one_column and verdict.known):
            unknown_stages[status_text(group.stage)] += group.number
    found.outcomes, found.stages, found.host_stages = dict(outcomes), dict(stages), dict(host_stages)
    found.interviewed = stages[StageReached.INTERVIEWED] + stages[StageReached.FINALIST]
    found.unknown_status_rows = statuses.total()
    found.unknown_statuses = _named(statuses)
    found.unknown_stages = _named(unknown_stages)
    found.becomes_baseline = sum(number for outcome, number in outcomes.items() if outcome != "open")


def _named(values: Counter[str]) -> dict[str, int]:
    if len(values) > MOST_VALUES:
        return {f"({len(values)} different values: is this the right attribute?)": values.total()}
    return dict(values.most_common())


def _groups(ctx: Context, found: Understood) -> Iterator[_Group]:
    host = ctx.host
    if not host.in_sql:
        for application in applications(ctx):
            seen: Seen | None = guarded(ctx, found, "status", host.seen_in_object, application)
            if seen is not None:
                met = guarded(ctx, found, "interviewed_at", host.read, "interviewed_at", application)
                yield _Group(seen.status, seen.declined, seen.stage, met is not None, 1)
        return
    root = host.map.application
    statement: sa.Select[Any] = sa.select(
        getattr(root, host.key_attribute(host.map.application)).label("key")
    )
    names = [name for name in ("status", "offer_declined", "stage", "interviewed_at") if name in host.readers]
    names = [name for name in names if host.readers[name].in_sql]
    for name in names:
        statement = host.readers[name].add_to(statement, root, name)
    base = statement.subquery()
    columns = [base.c[name] for name in names if name != "interviewed_at"]
    if "interviewed_at" in names:
        columns.append(base.c.interviewed_at.is_not(None).label("interviewed_at"))
    grouped = sa.select(*columns, sa.func.count().label("number")).group_by(*columns)
    for row in ctx.session.execute(grouped).mappings():
        yield _Group(
            status=row["status"],
            declined=bool(row.get("offer_declined")),
            stage=row.get("stage"),
            interviewed=bool(row.get("interviewed_at")),
            number=row["number"],
        )


def _more_rows(ctx: Context) -> int:
    """Count people who have more than one candidate row, among the newest."""
    host, cls = ctx.host, ctx.host.map.candidate
    reader = host.readers.get("person_key") or host.readers.get("email")
    if reader is None:
        return 0
    if not reader.in_sql:
        newest = sa.select(cls).order_by(getattr(cls, host.key_attribute(cls)).desc()).limit(SAMPLE)
        keys = Counter(identity_of(ctx, candidate, "").key for candidate in ctx.session.scalars(newest))
        return sum(1 for number in keys.values() if number > 1)
    root = cls
    key = getattr(root, host.key_attribute(cls))
    newest_rows = sa.select(key.label("key")).order_by(key.desc()).limit(MOST_ROWS)
    base = reader.add_to(newest_rows, root, "person").subquery()
    column: Any = base.c.person
    if reader.what == "email":
        column = sa.func.lower(sa.func.trim(column))
    same = sa.select(column).where(base.c.person.is_not(None)).group_by(column).having(sa.func.count() > 1)
    if isinstance(base.c.person.type, sa.String):
        same = same.where(base.c.person != "")
    return ctx.session.scalar(sa.select(sa.func.count()).select_from(same.subquery())) or 0


# What is mapped and set


def _entries(ctx: Context, found: Understood) -> None:
    host_map = ctx.host.map
    found.dates_guessed = [name for name in DATES[:3] if getattr(host_map, name) is None]
    found.left_out = {name: cost for name, cost in LEFT_OUT.items() if not getattr(host_map, name)}


def _settings(ctx: Context, found: Understood) -> None:
    settings = ctx.settings
    found.outcome_letters = settings.outcome_letters or None
    needed = ("mail_url", "mail_from", "company", "public_url")
    found.settings_missing = [f"TALENTPOOL_{name.upper()}" for name in needed if not getattr(settings, name)]
    found.hash_key = settings.hash_key is not None
    found.mail = str(settings.mail_url) if settings.mail_url is not None else None


def _baseline(ctx: Context, found: Understood) -> None:
    if found.tables_missing:
        return
    mark = ctx.session.get(ctx.models.mark, BASELINE)
    found.baseline_at = None if mark is None else mark.at.isoformat()


def value_names(values: Any) -> list[str]:
    """Return the status values of a map entry as they are shown."""
    return [value.name if isinstance(value, enum.Enum) else str(value) for value in values]
