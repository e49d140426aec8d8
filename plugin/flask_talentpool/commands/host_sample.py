"""Reading a sample of the host's rows through every entry of the map."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstanceState

from flask_talentpool.clock import as_utc
from flask_talentpool.commands.host_understood import Presence, Understood, Unreadable
from flask_talentpool.config.addresses import BadAddress, check_address
from flask_talentpool.context import Context
from flask_talentpool.host.declared import ON_APPLICATION, ON_CANDIDATE, ON_JOB
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.letters.signer import look_at_owners

SAMPLE = 200
SHOWN = 5
DATES = ("applied_at", "interviewed_at", "decided_at", "hired_on", "left_on")


def _problem(error: Exception) -> str:
    """Say what went wrong without repeating a value: types and attribute names only."""
    if isinstance(error, AttributeError) and error.name is not None:
        return f"{type(error.obj).__name__} has no attribute {error.name!r}"
    if isinstance(error, ValueError) and str(error).startswith(
        ("A date was", "This text is no", "This date")
    ):
        return str(error)
    if type(error) is LookupError:  # SQLAlchemy's own, for a text that is no member of the column's Enum
        return "a value in the database is no member of its Enum"
    return type(error).__name__


def guarded(ctx: Context, found: Understood, entry: str, read: Callable[..., Any], *args: Any) -> Any:
    """Read something through the map; what raises reads as None, and its row is counted once under the entry.

    The row is the last mapped one among the arguments.
    """
    try:
        return read(*args)
    except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
        row = next((key for arg in reversed(args) if (key := _row_key(arg))), "")
        if isinstance(error, SQLAlchemyError):
            ctx.session.rollback()
        there = found.unreadable.setdefault(entry, Unreadable(0, _problem(error)))
        if not row:
            there.rows = max(there.rows, 1)
        elif (entry, row) not in found.unreadable_rows:
            there.rows += 1
            found.unreadable_rows.add((entry, row))
        return None


def _row_key(arg: Any) -> str:
    """Return class and key of a mapped row; empty for anything else."""
    state = sa.inspect(arg, raiseerr=False)
    if not isinstance(state, InstanceState) or not state.identity:
        return ""
    return f"{type(arg).__name__}:{key_text(state.identity[0])}"


class Sample:
    """The newest applications, read through every entry that is mapped."""

    def __init__(self, ctx: Context, found: Understood) -> None:
        self.ctx, self.host, self.found = ctx, ctx.host, found
        self.seen: set[Any] = set()
        self.naive: set[str] = set()

    def read(self) -> None:
        """Read them; what is found out goes into the report."""
        cls = self.host.map.application
        key = getattr(cls, self.host.key_attribute(cls))
        newest = sa.select(cls).order_by(key.desc()).limit(SAMPLE).execution_options(populate_existing=True)
        rows = self._get("application", lambda: list(self.ctx.session.scalars(newest))) or []
        if owners := self._get("owner", look_at_owners, self.ctx, rows):
            self.found.signing, self.found.unsigned = owners.examples, owners.without
        for application in rows:
            self.found.looked_at += 1
            self._application(application)
        self.found.dates_naive = sorted(self.naive)

    def _get(self, entry: str, read: Callable[..., Any], *args: Any) -> Any:
        return guarded(self.ctx, self.found, entry, read, *args)

    def _application(self, application: Any) -> None:
        host, session = self.host, self.ctx.session
        for entry in ON_APPLICATION:
            if entry in host.readers and entry not in DATES:
                value = self._get(entry, host.read, entry, application)
                if entry == "owner":
                    self._note(self.found.owners, value)
        for entry in DATES:
            self._date(entry, application)
        status = self._get("status", host.read, "status", application)
        self.found.barred += bool(self._get("never_pool", host.bars_pool, application, status))
        job = self._get("application_job", host.job_of, application, session)
        for entry in ON_JOB:
            self._get(entry, host.read, entry, job)
        if {"job_title", "job_label"} & host.readers.keys():
            self._note(self.found.jobs, self._get("job_title", host.label_of, application, session))
        candidate = self._get("application_candidate", host.candidate_of, application, session)
        if candidate is None:
            self.found.names.missing += 1
        elif key_of(candidate) not in self.seen:
            self.seen.add(key_of(candidate))
            self._candidate(candidate)

    def _candidate(self, candidate: Any) -> None:
        host, found = self.host, self.found
        found.candidates_looked_at += 1
        for entry in ON_CANDIDATE:
            if entry not in ("name", "first_name", "last_name", "email", "shared_address"):
                self._get(entry, host.read, entry, candidate)
        found.shared_addresses += bool(self._get("shared_address", host.has_shared_address, candidate))
        if host.map.candidate_url is not None:
            self._get("candidate_url", host.map.candidate_url, candidate)
        name = self._get("name", host.name_of, candidate) or ""
        email = self._get("email", host.email_of, candidate) or ""
        self._note(found.names, name)
        if email and not _usable(email):
            found.emails.unusable += 1
        else:
            self._note(found.emails, email)
        if len(found.sample) < SHOWN:
            found.sample.append((key_text(key_of(candidate)), mask(name), mask(email.replace("@", " @"))))

    def _date(self, entry: str, application: Any) -> None:
        value = self._get(entry, self.host.read, entry, application)
        if value is None:
            return
        moment = self._get(entry, lambda _: as_utc(value, assume=self.ctx.settings.timezone), application)
        if moment is not None and isinstance(value, date) and not _is_aware(value):
            self.naive.add(entry)

    @staticmethod
    def _note(presence: Presence, value: Any) -> None:
        if value in (None, ""):
            presence.missing += 1
        else:
            presence.present += 1


def _usable(email: str) -> bool:
    try:
        check_address(email)
    except BadAddress:
        return False
    return True


def _is_aware(value: date) -> bool:
    return isinstance(value, datetime) and value.utcoffset() is not None


def mask(text: str) -> str:
    """Show the shape of a name or address and nothing more.

    >>> mask("Ada Byron")
    'A… B…'
    """
    return " ".join(f"{word[0]}…" for word in text.split())
