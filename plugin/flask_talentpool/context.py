"""What every use case is given: session, models, host, settings, clock, and the seams between parts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flask_talentpool.access import Actor
from flask_talentpool.clock import Clock
from flask_talentpool.config.settings import Settings
from flask_talentpool.db.audit import AuditMixin
from flask_talentpool.db.locks import begin, update_if
from flask_talentpool.enums import HoldReason
from flask_talentpool.host.mapping import Host
from flask_talentpool.models import Models
from flask_talentpool.people.model import PersonMixin

if TYPE_CHECKING:
    from flask_talentpool.letters.kinds import Kinds
    from flask_talentpool.people.rows import Addresses

SOFTWARE = Actor(id="talentpool", name="Flask-TalentPool", email=None)
"""Who acts when nobody pressed a button: the worker, a sync, a clock."""


@dataclass(frozen=True, slots=True)
class Go:
    """The letter may be handed over as it stands."""


@dataclass(frozen=True, slots=True)
class Hold:
    """The letter is not sent now, for a reason a person can read."""

    because: HoldReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cancel:
    """The letter is never sent, for a reason a person can read."""

    because: HoldReason


Answer = Go | Hold | Cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class Seams:
    """The calls from a lower part to a higher one, wired where the extension is put together."""

    kinds: "Kinds"
    """Each kind of letter: whether one may go, and what follows when it went."""
    membership_ended: "Callable[[Context, int], None]" = lambda _ctx, _person_id: None
    """Told when a person has no place in any pool any more; what rested on one ends with it."""
    forgetters: "tuple[Callable[[Context, PersonMixin], None], ...]" = ()
    """Each part erases what it keeps about a person."""


class GuideUrl(Protocol):
    """Returns the address of a page of the guide by its key; empty for one that nobody is to be sent to."""

    def __call__(self, key: str, /, *, language: str = "en") -> str:
        """Return the address in a language, in English where the page is not there in it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One unit of work. Services flush, they never commit; who made the context commits it."""

    session: Session
    models: Models
    host: Host
    settings: Settings
    clock: Clock
    seams: Seams
    secret: bytes
    guide_url: GuideUrl
    link_url: Callable[[str], str]
    addresses: "Addresses | None" = None
    """Candidate rows by address, where one look-up serves many letters; looked up each time where this is None."""
    pending: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)
    """Signals to send once the work is committed."""

    def now(self) -> datetime:
        """Return the business time, aware UTC."""
        return self.clock.now()

    def connection(self) -> sa.Connection:
        """Return the connection of this transaction that our tables are written on, and the host's read on."""
        return self.session.connection(bind_arguments={"mapper": sa.inspect(self.models.mark)})

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Open a savepoint: an error inside undoes what was done inside, and the rest goes on."""
        begin(self.connection())
        with self.session.begin_nested():
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read in the middle of the host's own work: a query of ours that fails takes back nothing but itself.

        The savepoint is the connection's. The session's own would flush what the host has not saved yet, and
        undo it with the savepoint.
        """
        connection = self.session.connection(bind_arguments={"mapper": sa.inspect(self.models.mark)})
        with self.session.no_autoflush, connection.begin_nested():
            yield

    def announce(self, signal: Any, **about: Any) -> None:
        """Remember a signal until the commit."""
        self.pending.append((signal, about))

    def keep_mark(self, key: str, value: str = "", *, at: datetime | None = None) -> None:
        """Write a mark, over the one that is there; of two that write it first at the same time, the later stands.

        Args:
            key: Which fact about this database it is.
            value: What is to be known of it.
            at: Since or until when; now when left out.
        """
        mark, values = self.models.mark, {"at": at or self.now(), "value": value}
        if update_if(self.session, mark, mark.key == key, **values):
            return
        try:
            with self.savepoint():
                self.session.execute(sa.insert(mark).values(key=key, **values))
        except IntegrityError:
            update_if(self.session, mark, mark.key == key, **values)

    def record(
        self, actor: Actor, action: str, subject: str, subject_id: int, *, scope: str = "", detail: str = ""
    ) -> AuditMixin:
        """Write one line of the audit trail: ids, and the name of the colleague who acted."""
        is_candidate = actor.id.startswith("person:")  # whoever forgets them finds no name here
        row = self.models.audit(
            scope=scope,
            at=self.now(),
            actor=actor.id,
            actor_name=None if is_candidate else actor.name[:160],
            action=action,
            subject=subject,
            subject_id=subject_id,
            detail=detail,
        )
        self.session.add(row)
        return row
