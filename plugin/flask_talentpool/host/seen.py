"""What one look at a row of the host finds, and the keys it is called by."""

import enum
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.enums import Outcome


def key_of(obj: Any) -> Any:
    """Return the primary key of a mapped row that is persistent or detached, else None.

    In the middle of a flush a row that was just made is neither, and has its key already.
    """
    state = sa.inspect(obj)
    if state.identity:
        return state.identity[0]
    is_made = state.pending and state.session._flushing  # noqa: SLF001 (nothing else says so)
    return state.mapper.primary_key_from_instance(obj)[0] if is_made else None


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
    had_offer: bool = False
    """Whether the row said until this change that the person has an offer of ours; only the hook can know."""


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


def key_behind(found: Any) -> Any:
    """Return the key of a row, or what was given where that is the key itself."""
    state = sa.inspect(found, raiseerr=False)
    return key_of(found) if isinstance(state, orm.InstanceState) else found


def scope_text(value: Any) -> str:
    """Return a scope as text, whatever a host keeps it as; the default scope is the empty text."""
    if isinstance(value, enum.Enum):
        value = value.value
    state = sa.inspect(value, raiseerr=False) if value is not None else None
    if isinstance(state, orm.InstanceState):
        value = key_of(value)
    return "" if value is None else str(value)
