"""How a host row is read: what its classes, keys, dates and statuses mean to us."""

import functools
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Access
from flask_talentpool.clock import as_utc
from flask_talentpool.enums import Outcome, StageReached
from flask_talentpool.host import rows
from flask_talentpool.host.declared import HostMap
from flask_talentpool.host.reader import did_you_mean
from flask_talentpool.host.seen import HostVerdict, Seen, key_behind, key_of, scope_text
from flask_talentpool.host.stages import Stages
from flask_talentpool.host.validation import resolve
from flask_talentpool.host.values import HostWords, ValueSet


class Host:
    """A validated map, ready to read rows."""

    def __init__(self, host_map: HostMap, users: Access | None = None) -> None:
        """Resolve and check a map.

        Args:
            host_map: Where the host keeps what we read.
            users: Says how the host's users are called, where the map does not.

        Raises:
            MapError: Something in the map is wrong; all problems are listed together.
        """
        self.map, self.users = host_map, users or Access()
        self.readers = resolve(host_map)
        self._outcomes = tuple(self._outcome_sets())
        self.stages = Stages(host_map)
        self._reasons = HostWords(host_map.reasons)
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
        """Load one host row by key; None where there is none, or where the session hides it.

        By SELECT, so that the session's loader criteria hold for what it remembers as well.
        """
        if key is None:
            return None
        attribute = getattr(cls, self.key_attribute(cls))
        return session.scalars(sa.select(cls).where(attribute == key)).unique().one_or_none()

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

    def has_shared_address(self, candidate: Any) -> bool:
        """Say whether the host says that many people share this candidate's address."""
        return bool(self.read("shared_address", candidate))

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
        return scope_text(self.read("scope", application))

    def scope_of_candidate(self, candidate: Any) -> str | None:
        """Return the scope of somebody without an application; None where nothing says whose they are."""
        if "candidate_scope" in self.readers:
            return scope_text(self.read("candidate_scope", candidate))
        return None if "scope" in self.readers else ""

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
        return self.stages.place_of(stage) is not None

    def reason_code(self, word: str) -> str | None:
        """Return the code that the map gives a reason of the host's, as its row says it; None for none."""
        return self._reasons.get(word)

    def unknown_reasons(self, codes: Collection[str]) -> list[str]:
        """Return what is wrong with the codes that the map gives the host's reasons, if there are only these."""
        listed = ", ".join(codes)
        return [
            f"reasons[{word!r}]={code!r} is no code of TALENTPOOL_REASONS{did_you_mean(str(code), codes)}; there are {listed}"
            for word, code in self.map.reasons.items()
            if code not in codes
        ]

    def stage_reached(self, stage: Any, *, interviewed: bool = False) -> StageReached:
        """Say how far an application came; an unknown stage counts as the first.

        Args:
            stage: The host's stage value.
            interviewed: Whether the host has a date of an interview.
        """
        return self.stages.reached(stage, interviewed=interviewed)

    # Looking at many applications

    @functools.cached_property
    def paths(self) -> dict[Any, list[tuple[Any, ...]]]:
        """The relationships that the map's entries go along, by the class whose rows are asked for."""
        return rows.paths(self)

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
        # The class itself, no alias: a host's loader criteria need not hold for aliases.
        root = self.map.application
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
                candidate = self.get(session, self.map.candidate, key)
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
            scope=scope_text(row["scope"]) if "scope" in there else "",
            declined=bool(row["offer_declined"]) if "offer_declined" in there else False,
        )

    def has_offer(self, application: Any) -> bool:
        """Whether an offer of ours to this person is out, and not answered: the entry may stay true afterwards."""
        if not self.read("offered", application):
            return False
        declined = bool(self.read("offer_declined", application))
        return self.verdict(self.read("status", application), declined=declined).outcome is None

    def seen_in_object(self, application: Any) -> Seen:
        """Read a loaded application; for maps with callables that no statement can hold."""
        return Seen(
            key=key_of(application),
            candidate_key=key_of(application)
            if self.same_row
            else key_behind(self.read("application_candidate", application)),
            job_key=key_behind(self.read("application_job", application)),
            status=self.read("status", application),
            stage=self.read("stage", application),
            scope=self.scope_of(application),
            declined=bool(self.read("offer_declined", application)),
        )
