"""Reading many rows of the host by a number of statements that does not grow with theirs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import orm

from flask_talentpool.host.seen import HostRow, key_of, key_text

if TYPE_CHECKING:
    from flask_talentpool.host.mapping import Host


def read_rows(
    host: Host, session: Any, keys: Iterable[Any]
) -> tuple[dict[str, HostRow], dict[str, Exception]]:
    """Read applications anew, by a number of statements that does not grow with theirs.

    They are asked for by SELECT and never taken from what the session remembers, so that its loader criteria
    hold: a row that it hides is not in the answer. What the map's paths lead to is read with them.

    Returns:
        The rows by key as text, and what the map raised instead for those that it cannot read.
    """
    applications = _select(host, session, host.map.application, keys)
    failed: dict[str, Exception] = {}
    candidates = applications
    if not host.same_row:
        candidates = _led_to(host, session, "application_candidate", applications, failed)
    jobs = _led_to(host, session, "application_job", applications, failed)
    found = {
        key: HostRow(application, candidates.get(key), jobs.get(key))
        for key, application in applications.items()
        if key not in failed
    }
    return found, failed


def applications_of(host: Host, session: Any, candidate_keys: Iterable[str]) -> list[tuple[str, Any]]:
    """Return the applications of candidates by one statement: the candidate's key as text, the application's own.

    Empty where the map cannot say in SQL whose an application is.
    """
    keys = [key for text in candidate_keys if (key := host.key_in(host.map.candidate, text)) is not None]
    if host.same_row:
        return [(key_text(key), key) for key in keys]
    reader, cls = host.readers["application_candidate"], host.map.application
    if not keys or not reader.in_sql:
        return []
    root = orm.aliased(cls)
    statement = sa.select(getattr(root, host.key_attribute(cls)).label("key")).select_from(root)
    statement = reader.add_to(statement, root, "candidate_key")
    column = statement.selected_columns["candidate_key"]
    wanted = statement.where(column.in_(keys)).order_by(statement.selected_columns["key"])
    return [(key_text(row.candidate_key), row.key) for row in session.execute(wanted)]


def hidden_rows(host: Host, session: Any, cls: type[Any], keys: Iterable[str]) -> set[str]:
    """Return which of these keys the table itself has: a row that a session does not show need not be gone."""
    wanted = [key for text in keys if (key := host.key_in(cls, text)) is not None]
    if not wanted:
        return set()
    column = sa.inspect(cls).primary_key[0]
    there = sa.select(column).where(column.in_(wanted))
    # By the connection: what a session adds to a statement has no part in whether a row is there.
    connection = session.connection(bind_arguments={"mapper": sa.inspect(cls)})
    return {key_text(key) for key in connection.scalars(there)}


def is_shown(host: Host, column: Any) -> sa.ColumnElement[bool]:
    """Return the condition that a column of ours holds the key of an application that the session shows, of somebody it shows.

    In a statement that the session executes, whose loader criteria become part of it.
    """
    cls, candidate = host.map.application, host.map.candidate
    key = getattr(cls, host.key_attribute(cls))
    statement = sa.select(key).where(key == column)
    reader = host.readers.get("application_candidate")
    if reader is not None and reader.in_sql and not host.same_row:
        statement = reader.add_to(statement, cls, "candidate_key")
        whose = statement.selected_columns["candidate_key"]
        theirs = getattr(candidate, host.key_attribute(candidate))
        there = sa.exists(sa.select(theirs).where(theirs == whose))
        statement = statement.where(sa.or_(whose.is_(None), there))
    return sa.exists(statement.correlate(column.class_))


def _select(host: Host, session: Any, cls: type[Any], keys: Iterable[Any]) -> dict[str, Any]:
    wanted = list(keys)
    if not wanted:
        return {}
    statement = (
        sa.select(cls)
        .where(getattr(cls, host.key_attribute(cls)).in_(wanted))
        .options(*(_read_along(path) for path in host.paths[cls]))
        .execution_options(populate_existing=True)
    )
    return {key_text(key_of(row)): row for row in session.scalars(statement).unique()}


def _led_to(
    host: Host, session: Any, name: str, applications: dict[str, Any], failed: dict[str, Exception]
) -> dict[str, Any]:
    """Return the rows that an entry leads to, by the key of the application."""
    target = host.map.candidate if name == "application_candidate" else host.map.job
    if target is None:
        return {}
    found: dict[str, Any] = {}
    for key, application in applications.items():
        try:
            found[key] = host.read(name, application)
        except sa.exc.SQLAlchemyError:
            raise  # the transaction may be over; whoever asked asks for each alone
        except Exception as error:  # noqa: BLE001 (a callable of the host's may raise anything)
            failed[key] = error
    keys = [value for value in found.values() if value is not None and not isinstance(value, target)]
    rows = _select(host, session, target, keys)
    return {
        key: value if isinstance(value, target) else rows.get(key_text(value)) for key, value in found.items()
    }


def paths(host: Host) -> dict[Any, list[tuple[Any, ...]]]:
    """The relationships that the map's entries go along, by the class whose rows are asked for."""
    root = host.map.application
    begins: dict[Any, tuple[Any, tuple[Any, ...]]] = {}
    for name, target in (
        ("application_candidate", host.map.candidate),
        ("application_job", host.map.job),
    ):
        reader = host.readers.get(name)
        if reader is not None and reader.is_row and target is not root:
            begins[target] = (root, reader.relationships())
    paths: dict[Any, list[tuple[Any, ...]]] = {cls: [] for cls in (root, host.map.candidate, host.map.job)}
    for reader in host.readers.values():
        cls, before = begins.get(reader.root, (reader.root, ()))
        if path := (*before, *reader.relationships()):
            paths[cls].append(path)
    return paths


def _read_along(path: tuple[Any, ...]) -> Any:
    """Return the loader option that reads along a path in the same statement."""
    option = orm.joinedload(path[0])
    for relationship in path[1:]:
        option = option.joinedload(relationship)
    return option
