"""How a host row is read: what its classes, keys, dates and statuses mean to us."""

import enum
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.clock import as_utc
from flask_talentpool.enums import Outcome, StageReached
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.validation import resolve
from flask_talentpool.host.values import ValueSet


def key_of(obj: Any) -> Any:
    """Return the primary key of a mapped row that is persistent or detached, else None."""
    identity = sa.inspect(obj).identity
    return identity[0] if identity else None


def key_text(key: Any) -> str:
    """Return a host key as text, as commands print it and our tables keep it."""
    return str(key)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a host application found; keys are of the host's own types."""

    key: Any
    candidate_key: Any
    job_key: Any
    status: Any
    stage: Any
    scope: str
    declined: bool = False


@dataclass(frozen=True, slots=True)
class HostRow:
    """One application as the host's session shows it now, with the rows that it leads to."""

    application: Any
    candidate: Any
    """None where the application leads to nobody, or to a row that the session hides."""
    job: Any
    """None where there is none; held here, so that it is not read again for as long as this is used."""


@dataclass(frozen=True, slots=True)
class HostVerdict:
    """What a host status means to us: an outcome or None, and whether pools are barred."""

    outcome: Outcome | None
    never_pool: bool = False
    known: bool = True


class Host:
    """A validated map, ready to read rows."""

    def __init__(self, host_map: HostMap) -> None:
        """Resolve and check a map.

        Raises:
            MapError: Something in the map is wrong; all problems are listed together.
        """
        self.map = host_map
        self.readers = resolve(host_map)
        self._outcomes = tuple(self._outcome_sets())
        self._stages = ValueSet(host_map.stages)
        self._each_stage = tuple(ValueSet((stage,)) for stage in host_map.stages)
        self._interviewed_from = next(
            (at for at, stage in enumerate(self._each_stage) if host_map.interviewed_from in stage), None
        )
        never = host_map.never_pool
        self._never = ValueSet(()) if callable(never) else ValueSet(never)

    # Classes, tables and keys

    @property
    def same_row(self) -> bool:
        """Whether a candidate row is its application."""
        return self.map.candidate is self.map.application and "application_candidate" not in self.readers

    @property
    def metadata(self) -> sa.MetaData:
        """The MetaData our tables share: that of the candidate's table."""
        metadata: sa.MetaData = sa.inspect(self.map.candidate).local_table.metadata
        return metadata

    @property
    def schema(self) -> str | None:
        """The schema our tables live in: that of the candidate's table."""
        table = sa.inspect(self.map.candidate).local_table
        return getattr(table, "schema", None)

    def key_column(self, what: str) -> sa.Column[Any] | None:
        """Return the host's primary-key column of ``candidate``, ``application`` or ``job``."""
        cls = getattr(self.map, what)
        if cls is None:
            return None
        columns: list[sa.Column[Any]] = list(sa.inspect(cls).local_table.primary_key.columns)
        return columns[0]

    def key_attribute(self, cls: type[Any]) -> str:
        """Return the attribute that holds the primary key of ``cls``."""
        mapper = sa.inspect(cls)
        return str(mapper.get_property_by_column(mapper.primary_key[0]).key)

    def parse_key(self, cls: type[Any], text: str) -> Any:
        """Turn a key as printed back into the host's own type.

        Raises:
            ValueError: The text is no key of that class.
        """
        column = sa.inspect(cls).primary_key[0]
        python_type = column.type.python_type
        return python_type(text) if python_type is not str else text

    def key_in(self, cls: type[Any], text: str) -> Any:
        """Return the key that a text from outside stands for; None where it can be no key of this class.

        What a column's own type raises for a text that is none of its values differs by type, and a
        number beyond 64 bits is an error of the database instead of a row that is not there.
        """
        try:
            key = self.parse_key(cls, text)
        except (ValueError, ArithmeticError, TypeError, NotImplementedError):
            return None
        return None if isinstance(key, int) and abs(key) >= 2**63 else key

    def get(self, session: Any, cls: type[Any], key: Any) -> Any:
        """Load one host row by key, or None."""
        return None if key is None else session.get(cls, key)

    # Many rows at once

    def rows(self, session: Any, keys: Iterable[Any]) -> tuple[dict[str, HostRow], dict[str, Exception]]:
        """Read applications anew, by a number of statements that does not grow with theirs.

        They are asked for by SELECT and never taken from what the session remembers, so that its loader criteria
        hold: a row that it hides is not in the answer. What the map's paths lead to is read with them.

        Returns:
            The rows by key as text, and what the map raised instead for those that it cannot read.
        """
        applications = self._select(session, self.map.application, keys)
        failed: dict[str, Exception] = {}
        candidates = applications
        if not self.same_row:
            candidates = self._led_to(session, "application_candidate", applications, failed)
        jobs = self._led_to(session, "application_job", applications, failed)
        found = {
            key: HostRow(application, candidates.get(key), jobs.get(key))
            for key, application in applications.items()
            if key not in failed
        }
        return found, failed

    def hidden(self, session: Any, cls: type[Any], keys: Iterable[str]) -> set[str]:
        """Return which of these keys the table itself has: a row that a session does not show need not be gone."""
        wanted = [key for text in keys if (key := self.key_in(cls, text)) is not None]
        if not wanted:
            return set()
        column = sa.inspect(cls).primary_key[0]
        there = sa.select(column).where(column.in_(wanted))
        return {key_text(key) for key in session.scalars(there, bind_arguments={"mapper": sa.inspect(cls)})}

    def _select(self, session: Any, cls: type[Any], keys: Iterable[Any]) -> dict[str, Any]:
        wanted = list(keys)
        if not wanted:
            return {}
        statement = (
            sa.select(cls)
            .where(getattr(cls, self.key_attribute(cls)).in_(wanted))
            .options(*(_read_along(path) for path in self._paths[cls]))
            .execution_options(populate_existing=True)
        )
        return {key_text(key_of(row)): row for row in session.scalars(statement).unique()}

    def _led_to(
        self, session: Any, name: str, applications: dict[str, Any], failed: dict[str, Exception]
    ) -> dict[str, Any]:
        """Return the rows that an entry leads to, by the key of the application."""
        target = self.map.candidate if name == "application_candidate" else self.map.job
        if target is None:
            return {}
        found: dict[str, Any] = {}
        for key, application in applications.items():
            try:
                found[key] = self.read(name, application)
            except sa.exc.SQLAlchemyError:
                raise  # the transaction may be over; whoever asked asks for each alone
            except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
                failed[key] = error
        keys = [value for value in found.values() if value is not None and not isinstance(value, target)]
        rows = self._select(session, target, keys)
        return {
            key: value if isinstance(value, target) else rows.get(key_text(value))
            for key, value in found.items()
        }

    @functools.cached_property
    def _paths(self) -> dict[Any, list[tuple[Any, ...]]]:
        """The relationships that the map's entries go along, by the class whose rows are asked for."""
        root = self.map.application
        begins: dict[Any, tuple[Any, tuple[Any, ...]]] = {}
        for name, target in (
            ("application_candidate", self.map.candidate),
            ("application_job", self.map.job),
        ):
            reader = self.readers.get(name)
            if reader is not None and reader.is_row and target is not root:
                begins[target] = (root, reader.relationships())
        paths: dict[Any, list[tuple[Any, ...]]] = {
            cls: [] for cls in (root, self.map.candidate, self.map.job)
        }
        for reader in self.readers.values():
            cls, before = begins.get(reader.root, (reader.root, ()))
            if path := (*before, *reader.relationships()):
                paths[cls].append(path)
        return paths

    # What a row says

    def read(self, name: str, row: Any) -> Any:
        """Read one entry on its row; None where the map leaves it out or there is no row."""
        reader = self.readers.get(name)
        return None if reader is None or row is None else reader.read(row)

    def candidate_of(self, application: Any, session: Any) -> Any:
        """Return the candidate row of an application, or None."""
        if self.same_row:
            return application
        return self._row_of("application_candidate", self.map.candidate, application, session)

    def job_of(self, application: Any, session: Any) -> Any:
        """Return the job row of an application, or None."""
        if self.map.job is None:
            return None
        return self._row_of("application_job", self.map.job, application, session)

    def _row_of(self, name: str, target: type[Any], application: Any, session: Any) -> Any:
        found = self.read(name, application)
        if found is None or isinstance(found, target):
            return found
        return session.get(target, found)

    def applications_of(self, candidate: Any, session: Any) -> list[Any]:
        """Return the applications of a candidate, newest key last; empty where the map cannot say."""
        if self.same_row:
            return [candidate]
        reader = self.readers["application_candidate"]
        cls = self.map.application
        if not reader.in_sql:
            return []
        with_candidate = reader.add_to(
            sa.select(getattr(cls, self.key_attribute(cls)).label("key")), cls, "candidate_key"
        ).subquery()
        keys = sa.select(with_candidate.c.key).where(with_candidate.c.candidate_key == key_of(candidate))
        attribute = getattr(cls, self.key_attribute(cls))
        return list(session.scalars(sa.select(cls).where(attribute.in_(keys)).order_by(attribute)))

    def name_of(self, candidate: Any) -> str:
        """Return the full name, on one line; empty where the host has none."""
        if "name" in self.readers:
            parts = [self.read("name", candidate)]
        else:
            parts = [self.read("first_name", candidate), self.read("last_name", candidate)]
        return " ".join(" ".join(str(part) for part in parts if part).split())

    def email_of(self, candidate: Any) -> str:
        """Return the e-mail address as the host has it, trimmed; empty where there is none."""
        return str(self.read("email", candidate) or "").strip()

    def label_of(self, application: Any, session: Any) -> str:
        """Return what the job is called: its title, else the label, else an empty text."""
        title = self.read("job_title", self.job_of(application, session)) or self.read(
            "job_label", application
        )
        return " ".join(str(title or "").split())

    def moment(self, name: str, application: Any, *, assume: Any) -> datetime | None:
        """Read a date or time as aware UTC; None where it is not mapped, empty or unreadable."""
        try:
            return as_utc(self.read(name, application), assume=assume)
        except ValueError:
            return None

    def scope_of(self, application: Any) -> str:
        """Return the scope of an application; the default scope is the empty text."""
        return _scope_text(self.read("scope", application))

    def verdict(self, status: Any, *, declined: bool = False) -> HostVerdict:
        """Say what a status value means.

        Args:
            status: The host's value, of any type.
            declined: What an ``offer_declined`` entry said, where it is one.
        """
        if declined:
            return HostVerdict(Outcome.OFFER_DECLINED)
        if status in self._never:
            return HostVerdict(Outcome.REJECTED, never_pool=True)
        for outcome, declared in self._outcomes:
            if status in declared:
                return HostVerdict(outcome)
        return HostVerdict(None, known=False)

    def _outcome_sets(self) -> Iterator[tuple[Outcome, ValueSet]]:
        yield Outcome.REJECTED, ValueSet(self.map.rejected)
        yield Outcome.HIRED, ValueSet(self.map.hired)
        yield Outcome.WITHDRAWN, ValueSet(self.map.withdrawn)
        if "offer_declined" not in self.readers:
            yield Outcome.OFFER_DECLINED, ValueSet(self.map.offer_declined)  # type: ignore[arg-type]  # a set, or it had a reader

    def bars_pool(self, application: Any, status: Any) -> bool:
        """Say whether this application must never lead to a pool."""
        never = self.map.never_pool
        return bool(never(application)) if callable(never) else status in self._never

    def knows_stage(self, stage: Any) -> bool:
        """Whether a value is one of the map's stages."""
        return stage in self._stages

    def stage_reached(self, stage: Any, *, interviewed: bool = False) -> StageReached:
        """Say how far an application came; an unknown stage counts as the first.

        Args:
            stage: The host's stage value.
            interviewed: Whether the host has a date of an interview.
        """
        at = next((index for index, known in enumerate(self._each_stage) if stage in known), 0)
        if len(self.map.stages) > 1 and at == len(self.map.stages) - 1:
            return StageReached.FINALIST
        if interviewed or (self._interviewed_from is not None and at >= self._interviewed_from):
            return StageReached.INTERVIEWED
        return StageReached.SCREENED if at > 0 else StageReached.APPLIED

    # Looking at many applications

    @functools.cached_property
    def in_sql(self) -> bool:
        """Whether all that noticing needs can be read by one statement."""
        names = ["status", "stage", "scope", "application_job", "offer_declined"]
        if not self.same_row:
            names.append("application_candidate")
        return all(self.readers[name].in_sql for name in names if name in self.readers)

    @functools.cached_property
    def watched(self) -> frozenset[str] | None:
        """The application attributes whose change can mean a decision; None for any."""
        watched: set[str] = set()
        for name in ("status", "offer_declined"):
            if name in self.readers:
                names = self.readers[name].watched()
                if names is None:
                    return None
                watched |= names
        return frozenset(watched)

    @functools.cached_property
    def statement(self) -> sa.Select[Any]:
        """The statement that looks at applications; columns are named as in :class:`Seen`."""
        root = orm.aliased(self.map.application)
        statement: sa.Select[Any] = sa.select(
            getattr(root, self.key_attribute(self.map.application)).label("key")
        )
        statement = statement.select_from(root)
        columns = [("candidate_key", "application_candidate"), ("job_key", "application_job")]
        columns += [(name, name) for name in ("status", "stage", "scope", "offer_declined")]
        for label, name in columns:
            if name in self.readers:
                statement = self.readers[name].add_to(statement, root, label)
        return statement

    @functools.cached_property
    def _looked_at(self) -> frozenset[str]:
        return frozenset(self.statement.selected_columns.keys())

    def looks(self, session: Any, candidate_keys: Iterable[str]) -> Iterator[Seen]:
        """Look at every application of these candidates, given their keys as text."""
        keys = [self.parse_key(self.map.candidate, text) for text in dict.fromkeys(candidate_keys) if text]
        if not keys:
            return
        if not self.in_sql:
            for key in keys:
                candidate = session.get(self.map.candidate, key)
                for application in self.applications_of(candidate, session) if candidate is not None else ():
                    yield self.seen_in_object(application)
            return
        statement = self.statement
        column = statement.selected_columns["key" if self.same_row else "candidate_key"]
        for start in range(0, len(keys), 400):
            for row in session.execute(statement.where(column.in_(keys[start : start + 400]))):
                yield self.seen_in_row(row._mapping)  # noqa: SLF001 (the documented way to a row's names)

    def seen_in_row(self, row: sa.RowMapping) -> Seen:
        """Turn one row of :attr:`statement` into :class:`Seen`."""
        there = self._looked_at
        return Seen(
            key=row["key"],
            candidate_key=row["key"] if self.same_row else row["candidate_key"],
            job_key=row["job_key"] if "job_key" in there else None,
            status=row["status"],
            stage=row["stage"] if "stage" in there else None,
            scope=_scope_text(row["scope"]) if "scope" in there else "",
            declined=bool(row["offer_declined"]) if "offer_declined" in there else False,
        )

    def seen_in_object(self, application: Any) -> Seen:
        """Read a loaded application; for maps with callables that no statement can hold."""
        return Seen(
            key=key_of(application),
            candidate_key=key_of(application)
            if self.same_row
            else _key(self.read("application_candidate", application)),
            job_key=_key(self.read("application_job", application)),
            status=self.read("status", application),
            stage=self.read("stage", application),
            scope=self.scope_of(application),
            declined=bool(self.read("offer_declined", application)),
        )


def _read_along(path: tuple[Any, ...]) -> Any:
    """Return the loader option that reads along a path in the same statement."""
    option = orm.joinedload(path[0])
    for relationship in path[1:]:
        option = option.joinedload(relationship)
    return option


def _key(found: Any) -> Any:
    state = sa.inspect(found, raiseerr=False)
    return key_of(found) if isinstance(state, orm.InstanceState) else found


def _scope_text(value: Any) -> str:
    if isinstance(value, enum.Enum):
        value = value.value
    state = sa.inspect(value, raiseerr=False) if value is not None else None
    if isinstance(state, orm.InstanceState):
        value = key_of(value)
    return "" if value is None else str(value)
