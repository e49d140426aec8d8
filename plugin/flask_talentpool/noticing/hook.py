"""Noticing what the host did, inside its own flush, without ever standing in its way."""

import dataclasses
import logging
import weakref
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, current_app, has_app_context
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session, scoped_session

from flask_talentpool.db.arrays import chunks
from flask_talentpool.db.binds import reading_where_written
from flask_talentpool.db.locks import begin
from flask_talentpool.errors import raised
from flask_talentpool.host.mapping import Host
from flask_talentpool.host.seen import Seen, key_of, key_text
from flask_talentpool.noticing.before import RowBefore, history, was_set
from flask_talentpool.noticing.record import detach, detach_jobs, record
from flask_talentpool.people.fingerprint import fingerprint

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

logger = logging.getLogger("flask_talentpool")

_listening: "weakref.WeakSet[Any]" = weakref.WeakSet()


def listen(db: Any, app: Flask) -> None:
    """Listen to the sessions ``db`` makes; once, however many apps and extensions share it."""
    with app.app_context():
        # Flask-SQLAlchemy has one scoped session for all apps, Flask-SQLAlchemy-Lite a factory per app.
        target = db.session if isinstance(db.session, scoped_session) else db.sessionmaker
    if target in _listening:
        return
    _listening.add(target)
    reference = weakref.ref(db)

    def after_flush(session: Session, _flush_context: Any) -> None:
        talentpool = _current(reference())
        if talentpool is not None:
            notice(talentpool, session)

    event.listen(target, "after_flush", after_flush)


def _current(db: Any) -> "TalentPool | None":
    if db is None or not has_app_context():
        return None
    talentpool: TalentPool | None = current_app.extensions.get("talentpool")
    if talentpool is None or talentpool.db is not db or not talentpool.settings.enabled:
        return None
    return talentpool


def notice(talentpool: "TalentPool", session: Session) -> None:
    """Record what this flush decided. Any failure of ours is logged and left for ``sync``."""
    try:
        _notice(talentpool, session)
    except Exception as error:  # noqa: BLE001 (the host's commit goes through whatever happens here)
        logger.error(  # noqa: TRY400 (what was raised may name a person)
            "a decision could not be noticed in the host's flush; `flask talentpool sync` will: %s",
            raised(error),
        )


def _notice(talentpool: "TalentPool", session: Session) -> None:
    host, models = talentpool.host, talentpool.models
    ours = tuple(cls for cls in (host.map.candidate, host.map.application, host.map.job) if cls is not None)
    if not any(
        isinstance(row, ours) for rows in (session.new, session.dirty, session.deleted) for row in rows
    ):
        return
    look = _Look(host, session)
    if not look:
        return
    with session.no_autoflush, reading_where_written(session):
        connection = session.connection(bind_arguments={"mapper": sa.inspect(host.map.application)})
        begin(connection)
        with connection.begin_nested():
            look.clean(connection, models)
            record(connection, host, models, look.seen(), now=talentpool.clock.now())


class _Look:
    """The rows of one flush that concern us."""

    def __init__(self, host: Host, session: Session) -> None:
        self.host, self.session = host, session
        host_map = host.map
        # Each of the three is put together anew when it is asked for.
        new, dirty, deleted = list(session.new), list(session.dirty), list(session.deleted)
        self.made = [row for row in new if isinstance(row, host_map.application)]
        applications = [row for row in dirty if isinstance(row, host_map.application)]
        self.changed = _changed(applications, host.watched)
        self._had_offer = {key_of(row) for row in self.changed if self._offered_before(row)}
        self._stages_before = {
            key_of(row): before for row in self.changed if (before := self._stage_before(row)) is not None
        }
        candidates = [row for row in dirty if isinstance(row, host_map.candidate)]
        self.renamed = _changed(candidates, self._identity()) if candidates else []
        # An id can be used again only where the database hands it out again.
        reuses = session.get_bind(sa.inspect(host_map.application)).dialect.name == "sqlite"
        gone = deleted + (new if reuses else [])
        self.gone = [_identity_text(row) for row in gone if isinstance(row, host_map.application)]
        self.gone_jobs = [
            _identity_text(row) for row in gone if host_map.job and isinstance(row, host_map.job)
        ]
        self.gone_candidates = [_identity_text(row) for row in gone if isinstance(row, host_map.candidate)]

    def __bool__(self) -> bool:
        return bool(
            self.made or self.changed or self.renamed or self.gone or self.gone_jobs or self.gone_candidates
        )

    def _identity(self) -> frozenset[str]:
        names: set[str] = set()
        for name in ("name", "first_name", "last_name", "email"):
            reader = self.host.readers.get(name)
            if reader is not None and not reader.hops:
                names |= reader.watched() or frozenset()
        return frozenset(names)

    def clean(self, connection: Connection, models: Any) -> None:
        """Cut loose what pointed at rows that are gone, and keep fingerprints of rows just renamed."""
        if self.gone:
            detach(connection, models, self.gone)
        if self.gone_jobs:
            detach_jobs(connection, models, self.gone_jobs)
        link = models.candidate_link.__table__
        for part in chunks(self.gone_candidates):
            connection.execute(sa.delete(link).where(link.c.candidate_key.in_(part)))
        if self.renamed:
            rows = [
                {
                    "row": key_text(key_of(row)),
                    "name_hash": fingerprint(self.host.name_of(row)),
                    "email_hash": fingerprint(self.host.email_of(row)),
                }
                for row in self.renamed
            ]
            self._rename(connection, models, rows)
            statement = sa.update(link).where(
                link.c.candidate_key == sa.bindparam("row"), link.c.suspended_at.is_(None)
            )
            connection.execute(
                statement.values(name_hash=sa.bindparam("name_hash"), email_hash=sa.bindparam("email_hash")),
                rows,
            )

    def _rename(self, connection: Connection, models: Any, rows: list[dict[str, Any]]) -> None:
        """Call people as their row is called from now on; a look at another of their rows changes nothing."""
        link, person = models.candidate_link.__table__, models.person.__table__
        read = {"name": self.host.name_of, "email": self.host.email_of}
        for column, hashed in (("name", "name_hash"), ("email", "email_hash")):
            theirs = sa.select(link.c.person_id).where(
                link.c.candidate_key == sa.bindparam("row"),
                link.c.suspended_at.is_(None),
                link.c[hashed] != sa.bindparam("hashed"),
            )
            longest = person.c[column].type.length
            connection.execute(
                sa.update(person).where(person.c.id.in_(theirs)).values({column: sa.bindparam("said")}),
                [
                    {"row": row["row"], "hashed": row[hashed], "said": read[column](renamed)[:longest]}
                    for renamed, row in zip(self.renamed, rows, strict=True)
                ],
            )

    def seen(self) -> list[Seen]:
        """Look at what the flush left in the database; at the objects where SQL cannot say it.

        By the session, so that a row which its loader criteria hide from now on is not noticed.
        """
        rows = {key_of(row): row for row in self.made + self.changed}
        keys, cls = list(rows), self.host.map.application
        if not self.host.in_sql:
            key = getattr(cls, self.host.key_attribute(cls))
            there = [
                one
                for part in chunks(keys)
                for one in self.session.scalars(sa.select(key).where(key.in_(part)))
            ]
            return [self._with_before(self.host.seen_in_object(rows[one])) for one in there]
        statement = self.host.statement
        column = statement.selected_columns["key"]
        return [
            self._with_before(self.host.seen_in_row(row._mapping))  # noqa: SLF001 (the documented way to a row's names)
            for part in chunks(keys)
            for row in self.session.execute(statement.where(column.in_(part)))
        ]

    def _with_before(self, seen: Seen) -> Seen:
        """Keep the stage, and the offer, that a host forgets by writing the outcome into the same column."""
        if seen.key in self._had_offer:
            seen = dataclasses.replace(seen, had_offer=True)
        if self.host.knows_stage(seen.stage) or seen.key not in self._stages_before:
            return seen
        return dataclasses.replace(seen, stage=self._stages_before[seen.key])

    def _offered_before(self, row: Any) -> bool:
        """Whether the row said before this flush that an offer is out; not where a table would have to be asked."""
        reader = self.host.readers.get("offered")
        if reader is None or reader.hops:
            return False
        try:
            return bool(reader.read(RowBefore(row)))
        except Exception:  # noqa: BLE001 (not loaded, or a callable of the host's: the clocks may still know it)
            return False

    def _stage_before(self, row: Any) -> Any:
        reader = self.host.readers.get("stage")
        if reader is None or reader.hops or not isinstance(reader.entry, str):
            return None
        state = sa.inspect(row)
        if reader.entry not in state.manager or not was_set(state, reader.entry):
            return None
        before = history(row, reader.entry).deleted
        return before[0] if before and self.host.knows_stage(before[0]) else None


def _changed(rows: list[Any], watched: frozenset[str] | None) -> list[Any]:
    """Return the rows of which a watched attribute changed; all, where any attribute may matter."""
    return rows if watched is None else [row for row in rows if _has_changed(row, watched)]


def _has_changed(row: Any, watched: frozenset[str]) -> bool:
    state = sa.inspect(row)
    return any(
        history(row, name).has_changes() for name in watched if name in state.manager and was_set(state, name)
    )


def _identity_text(row: Any) -> str:
    return key_text(sa.inspect(row).mapper.primary_key_from_instance(row)[0])
