"""How a host row is read: the map a developer writes, and what each entry of it resolves to."""

import enum
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.hybrid import hybrid_property

from flask_talentpool.clock import as_utc
from flask_talentpool.entries import nearest
from flask_talentpool.errors import MapError
from flask_talentpool.words import Outcome, StageReached

Entry = str | Callable[[Any], Any]
Values = Collection[Any]

ON_CANDIDATE = (
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "locale",
    "timezone",
    "skills",
    "place",
    "person_key",
)
ON_APPLICATION = (
    "job_label",
    "status",
    "stage",
    "scope",
    "client",
    "owner",
    "rating",
    "reason",
    "applied_at",
    "interviewed_at",
    "decided_at",
    "offered",
    "hired_on",
    "left_on",
    "internal",
)
ON_JOB = ("job_title", "job_open")


@dataclass(frozen=True, kw_only=True)
class HostMap:
    """Where the host keeps what we read.

    Every reading entry is an attribute name (``"email"``), a dotted path over to-one
    relationships (``"resume.user.email"``) or a callable that is given the row. Entries are
    resolved when the application is initialised; all wrong ones are reported together.

    Attributes:
        candidate: The mapped class of a candidate. May be the same class as ``application``.
        application: The mapped class of one application to one job.
        job: The mapped class of a job, where the host has one.
        name: Read on the candidate; or give ``first_name`` and ``last_name``.
        email: Read on the candidate; without it letters are held "no address".
        application_candidate: On the application: relationship, path or bare foreign key to the
            candidate; not needed where both are the same class.
        application_job: The same for the job.
        status: Read on the application; compared with the value sets below. Text is compared
            without regard to case or surrounding space, enums by member, value or name.
        rejected: Status values that mean "we said no".
        hired: Status values that mean "we hired this person".
        withdrawn: Status values that mean "the person said no".
        offer_declined: Status values, or an entry that is true, when an offer was declined.
        never_pool: Status values (they also count as rejected), or a callable given the
            application, for people who must never be offered a pool.
        stage: Read on the application: how far it came.
        stages: The stages in order; the last one makes a finalist.
        interviewed_from: The first stage that counts as interviewed.
        new_application: ``(candidate, job, recall) -> application``; makes the new process when
            somebody who was recalled says yes. Called in our transaction; it adds, we commit.
        candidate_url: Given the candidate, the address of its page in the host.
    """

    candidate: type[Any]
    application: type[Any]
    job: type[Any] | None = None
    name: Entry | None = None
    first_name: Entry | None = None
    last_name: Entry | None = None
    email: Entry | None = None
    phone: Entry | None = None
    locale: Entry | None = None
    timezone: Entry | None = None
    skills: Entry | None = None
    place: Entry | None = None
    person_key: Entry | None = None
    application_candidate: Entry | None = None
    application_job: Entry | None = None
    job_title: Entry | None = None
    job_label: Entry | None = None
    job_open: Entry | None = None
    status: Entry | None = None
    rejected: Values = ()
    hired: Values = ()
    withdrawn: Values = ()
    never_pool: Values | Callable[[Any], bool] = ()
    offer_declined: Values | Entry = ()
    offered: Entry | None = None
    stage: Entry | None = None
    stages: tuple[Any, ...] = ()
    interviewed_from: Any = None
    scope: Entry | None = None
    client: Entry | None = None
    owner: Entry | None = None
    rating: Entry | None = None
    reason: Entry | None = None
    applied_at: Entry | None = None
    interviewed_at: Entry | None = None
    decided_at: Entry | None = None
    hired_on: Entry | None = None
    left_on: Entry | None = None
    internal: Entry | None = None
    candidate_url: Callable[[Any], str] | None = None
    new_application: Callable[[Any, Any, Any], Any] | None = None


def value_key(value: Any) -> Any:
    """Return ``value`` in the form in which status and stage values are compared."""
    if isinstance(value, enum.Enum):
        return value
    if isinstance(value, str):
        return value.strip().casefold()
    if isinstance(value, tuple):
        return tuple(value_key(part) for part in value)
    return value


class ValueSet:
    """Status or stage values of the host, compared the forgiving way ``HostMap`` promises."""

    def __init__(self, members: Values) -> None:
        if isinstance(members, str):
            members = (members,)
        self.members = tuple(members)
        self._keys = {value_key(member) for member in self.members}
        self._texts = {key for key in self._keys if isinstance(key, str)}
        for member in self.members:
            if isinstance(member, enum.Enum):
                self._texts |= {value_key(member.name), value_key(str(member.value))}

    def __contains__(self, value: Any) -> bool:
        if value is None:
            return None in self._keys
        key = value_key(value)
        # True == 1 in Python, and a host's integer state 1 is not its boolean True.
        if isinstance(key, bool) or (isinstance(key, int) and not isinstance(key, enum.Enum)):
            return any(type(k) is type(key) and k == key for k in self._keys)
        if isinstance(value, enum.Enum):
            names = {value_key(value.name), value_key(value.value)}
            return key in self._keys or bool(names & self._texts)
        try:
            return key in self._keys or (isinstance(key, str) and key in self._texts)
        except TypeError:
            return False

    def __bool__(self) -> bool:
        return bool(self.members)


def key_of(obj: Any) -> Any:
    """Return the primary key of a mapped row that is persistent or detached, else None."""
    identity = sa.inspect(obj).identity
    return identity[0] if identity else None


def key_text(key: Any) -> str:
    """Return a host key as text, as commands print it and our tables keep it."""
    return str(key)


def _near(word: str, known: Iterable[str]) -> str:
    match = nearest(word, known)
    return f"; did you mean {match!r}?" if match else ""


def _attributes(cls: type[Any]) -> list[str]:
    return [n for n in dir(cls) if not n.startswith("_") and n not in {"metadata", "registry", "query"}]


class Reader:
    """One resolved entry: reads a row, and where it can, gives the SQL for it."""

    def __init__(self, root: type[Any], entry: Entry, what: str, *, key_of_target: type[Any] | None = None) -> None:
        """Resolve ``entry`` against ``root``.

        Args:
            root: The mapped class whose rows will be read.
            entry: Attribute name, dotted path or callable.
            what: The name of the map entry, for messages.
            key_of_target: When given, the entry leads to a row of this class (or holds its key).

        Raises:
            ValueError: An attribute of the path is not there; the text names the nearest one.
        """
        self.root, self.entry, self.what, self.target = root, entry, what, key_of_target
        self.hops: list[str] = []
        self.leaf: str | None = None
        self.is_row = False
        self._sql = False
        if isinstance(entry, str):
            self._resolve(entry)

    def _resolve(self, path: str) -> None:
        current: type[Any] | None = self.root
        *hops, leaf = path.split(".")
        for hop in hops:
            current = self._step(current, hop)
            self.hops.append(hop)
        self._check_attribute(current, leaf)
        self.leaf = leaf
        if current is None:
            return
        mapper = sa.inspect(current)
        if leaf in mapper.relationships:
            if mapper.relationships[leaf].uselist:
                msg = f"{self.what}={path!r}: {current.__name__}.{leaf} is a collection; name a to-one relationship or give a callable"
                raise ValueError(msg)
            self.is_row = True
            if self.target is not None and not issubclass(mapper.relationships[leaf].mapper.class_, self.target):
                found = mapper.relationships[leaf].mapper.class_.__name__
                msg = f"{self.what}={path!r}: {current.__name__}.{leaf} leads to {found}, not to {self.target.__name__}"
                raise ValueError(msg)
            self._sql = self.target is not None
        else:
            descriptor = mapper.all_orm_descriptors.get(leaf)
            self._sql = leaf in mapper.column_attrs or leaf in mapper.synonyms or isinstance(descriptor, hybrid_property)

    def _step(self, current: type[Any] | None, hop: str) -> type[Any] | None:
        self._check_attribute(current, hop)
        if current is None:
            return None
        mapper = sa.inspect(current)
        if hop not in mapper.relationships:
            return None  # a plain Python attribute: rows can be read, SQL cannot
        if mapper.relationships[hop].uselist:
            msg = f"{self.what}={self.entry!r}: {current.__name__}.{hop} is a collection; name a to-one relationship or give a callable"
            raise ValueError(msg)
        found: type[Any] = mapper.relationships[hop].mapper.class_
        return found

    def _check_attribute(self, cls: type[Any] | None, attribute: str) -> None:
        if cls is not None and not hasattr(cls, attribute):
            msg = f"{self.what}={self.entry!r}: {cls.__name__} has no attribute {attribute!r}{_near(attribute, _attributes(cls))}"
            raise ValueError(msg)

    @property
    def in_sql(self) -> bool:
        """Whether the entry can be part of a statement."""
        return self._sql

    def read(self, row: Any) -> Any:
        """Read the entry on ``row``; None when a link of the path is empty."""
        if callable(self.entry):
            return self.entry(row)
        for hop in (*self.hops, self.leaf):
            if row is None or hop is None:
                return None
            row = getattr(row, hop)
        return row

    def watched(self) -> frozenset[str] | None:
        """Return the attributes of the root row that change when the entry does; None for "any"."""
        if callable(self.entry):
            return None
        mapper = sa.inspect(self.root)
        first = (*self.hops, self.leaf)[0] or ""
        names = {first}
        if first in mapper.relationships:
            for column in mapper.relationships[first].local_columns:
                names.add(mapper.get_property_by_column(column).key)
        elif first not in mapper.column_attrs:
            return None
        return frozenset(names)

    def add_to(self, statement: sa.Select[Any], root: Any, label: str) -> sa.Select[Any]:
        """Add the entry as a column to a statement over ``root`` (the class or an alias of it)."""
        current = root
        for hop in self.hops:
            statement, current = self._join(statement, current, hop)
        leaf = str(self.leaf)
        if self.is_row:
            relationship = sa.inspect(sa.inspect(current).mapper.class_).relationships[leaf]
            target_key = sa.inspect(relationship.mapper.class_).primary_key[0]
            pairs = relationship.local_remote_pairs or []
            local = next((here for here, there in pairs if there is target_key), None)
            if local is not None and relationship.secondary is None:
                key = sa.inspect(sa.inspect(current).mapper.class_).get_property_by_column(local).key
                return statement.add_columns(getattr(current, key).label(label))
            statement, current = self._join(statement, current, leaf)
            leaf = sa.inspect(relationship.mapper.class_).get_property_by_column(target_key).key
        return statement.add_columns(getattr(current, leaf).label(label))

    @staticmethod
    def _join(statement: sa.Select[Any], current: Any, hop: str) -> tuple[sa.Select[Any], Any]:
        relationship = getattr(current, hop)
        target = orm.aliased(relationship.property.mapper.class_)
        return statement.outerjoin(relationship.of_type(target)), target


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
class Verdict:
    """What a host status means to us: an outcome or None, and whether pools are barred."""

    outcome: Outcome | None
    never_pool: bool = False
    known: bool = True


@dataclass(eq=False)
class Host:
    """A validated map, ready to read rows.

    Raises:
        MapError: Something in the map is wrong; all problems are listed together.
    """

    map: HostMap
    readers: dict[str, Reader] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[str] = []
        self._check_classes(problems)
        if problems:
            raise MapError(problems)
        self._resolve_entries(problems)
        self._check_values(problems)
        if problems:
            raise MapError(problems)
        self._outcomes = tuple(self._outcome_sets())
        self._stages = ValueSet(self.map.stages)
        never = self.map.never_pool
        self._never = ValueSet(()) if callable(never) else ValueSet(never)

    # What the map says about itself

    def _check_classes(self, problems: list[str]) -> None:
        for what in ("candidate", "application", "job"):
            cls = getattr(self.map, what)
            if cls is None:
                continue
            mapper: Any = sa.inspect(cls, raiseerr=False) if isinstance(cls, type) else None
            if not isinstance(mapper, orm.Mapper):
                problems.append(f"{what}={cls!r} is not a mapped class; give the model class itself")
                continue
            try:
                mapper.registry.configure(cascade=True)
            except sa.exc.SQLAlchemyError as error:
                problems.append(f"{what}={cls.__name__}: SQLAlchemy could not configure the host's models: {error}")
                continue
            if len(mapper.primary_key) != 1:
                keys = ", ".join(column.name for column in mapper.primary_key)
                problems.append(
                    f"{what}={cls.__name__} has a composite primary key ({keys}); a single-column key is needed: "
                    "add a surrogate key, or map a model that has one"
                )
        binds = {
            str(getattr(self.map, what).__name__): sa.inspect(getattr(self.map, what)).local_table.metadata.info.get("bind_key")
            for what in ("candidate", "application", "job")
            if not problems and getattr(self.map, what) is not None
        }
        if len(set(binds.values())) > 1:
            listed = ", ".join(f"{name}: {bind or 'default'}" for name, bind in binds.items())
            problems.append(f"candidate, application and job must share one bind, but they do not ({listed})")

    def _resolve_entries(self, problems: list[str]) -> None:
        for root, names in (
            (self.map.candidate, ON_CANDIDATE),
            (self.map.application, ON_APPLICATION),
            (self.map.job, ON_JOB),
        ):
            for name in names:
                entry = getattr(self.map, name)
                if entry is None:
                    continue
                if root is None:
                    problems.append(f"{name}={entry!r} is read on the job, but the map names no job class")
                else:
                    self._resolve(root, name, entry, problems)
        for name, target in (("application_candidate", self.map.candidate), ("application_job", self.map.job)):
            entry = getattr(self.map, name)
            if entry and target is not None:
                self._resolve(self.map.application, name, entry, problems, target=target)
        if isinstance(self.map.offer_declined, str) or callable(self.map.offer_declined):
            self._resolve(self.map.application, "offer_declined", self.map.offer_declined, problems)

    def _resolve(
        self, root: type[Any], name: str, entry: Any, problems: list[str], *, target: type[Any] | None = None
    ) -> None:
        if not isinstance(entry, str) and not callable(entry):
            problems.append(f"{name}={entry!r} is neither an attribute name, a dotted path nor a callable")
            return
        try:
            self.readers[name] = Reader(root, entry, name, key_of_target=target)
        except ValueError as error:
            problems.append(str(error))

    def _check_values(self, problems: list[str]) -> None:
        host_map = self.map
        if host_map.name is None and host_map.first_name is None:
            problems.append("name is missing: give name=…, or first_name=… and last_name=…")
        if host_map.status is None:
            problems.append("status is missing: give the attribute that says how an application ended")
        if not host_map.rejected:
            problems.append("rejected is missing: give the status values that mean 'we said no'")
        same = host_map.candidate is host_map.application
        if not host_map.application_candidate and not same:
            problems.append("application_candidate is missing: give the relationship or foreign key to the candidate")
        if host_map.job is not None and not host_map.application_job:
            problems.append("application_job is missing: give the relationship or foreign key to the job")
        stages = ValueSet(host_map.stages)
        if host_map.stage is not None and not host_map.stages:
            problems.append("stages is missing: list the values of stage in order, first to last")
        if host_map.interviewed_from is not None and host_map.interviewed_from not in stages:
            problems.append(
                f"interviewed_from={host_map.interviewed_from!r} is not one of stages"
                + _near(str(host_map.interviewed_from), [str(s) for s in host_map.stages])
            )
        self._check_overlap(problems)

    def _check_overlap(self, problems: list[str]) -> None:
        sets = {name: getattr(self.map, name) for name in ("rejected", "hired", "withdrawn", "offer_declined")}
        plain = {name: v for name, v in sets.items() if not isinstance(v, str) and not callable(v)}
        names = list(plain)
        for index, first in enumerate(names):
            for second in names[index + 1 :]:
                both = [value for value in plain[first] if value in ValueSet(plain[second])]
                problems.extend(f"{value!r} stands in both {first} and {second}; a status means one thing" for value in both)

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

    def get(self, session: Any, cls: type[Any], key: Any) -> Any:
        """Load one host row by key, or None."""
        return None if key is None else session.get(cls, key)

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
        with_candidate = reader.add_to(sa.select(getattr(cls, self.key_attribute(cls)).label("key")), cls, "candidate_key").subquery()
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
        title = self.read("job_title", self.job_of(application, session)) or self.read("job_label", application)
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

    def verdict(self, status: Any, *, declined: bool = False) -> Verdict:
        """Say what a status value means.

        Args:
            status: The host's value, of any type.
            declined: What an ``offer_declined`` entry said, where it is one.
        """
        if declined:
            return Verdict(Outcome.OFFER_DECLINED)
        if status in self._never:
            return Verdict(Outcome.REJECTED, never_pool=True)
        for outcome, declared in self._outcomes:
            if status in declared:
                return Verdict(outcome)
        return Verdict(None, known=False)

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
        order = [index for index, known in enumerate(self.map.stages) if stage in ValueSet((known,))]
        at = order[0] if order else 0
        if len(self.map.stages) > 1 and at == len(self.map.stages) - 1:
            return StageReached.FINALIST
        first = self.map.interviewed_from
        from_index = next((i for i, known in enumerate(self.map.stages) if first in ValueSet((known,))), None)
        if interviewed or (from_index is not None and at >= from_index):
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
        statement: sa.Select[Any] = sa.select(getattr(root, self.key_attribute(self.map.application)).label("key"))
        statement = statement.select_from(root)
        columns = [("candidate_key", "application_candidate"), ("job_key", "application_job")]
        columns += [(name, name) for name in ("status", "stage", "scope", "offer_declined")]
        for label, name in columns:
            if name in self.readers:
                statement = self.readers[name].add_to(statement, root, label)
        return statement

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
        return Seen(
            key=row["key"],
            candidate_key=row["key"] if self.same_row else row["candidate_key"],
            job_key=row.get("job_key"),
            status=row["status"],
            stage=row.get("stage"),
            scope=_scope_text(row.get("scope")),
            declined=bool(row.get("offer_declined")),
        )

    def seen_in_object(self, application: Any) -> Seen:
        """Read a loaded application; for maps with callables that no statement can hold."""
        return Seen(
            key=key_of(application),
            candidate_key=key_of(application) if self.same_row else _key(self.read("application_candidate", application)),
            job_key=_key(self.read("application_job", application)),
            status=self.read("status", application),
            stage=self.read("stage", application),
            scope=self.scope_of(application),
            declined=bool(self.read("offer_declined", application)),
        )


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


MAP_FIELDS = tuple(f.name for f in fields(HostMap))
