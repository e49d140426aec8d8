"""``flask talentpool upgrade-tables``: add what our tables lack, where the host has no migrations."""

from dataclasses import fields
from typing import TYPE_CHECKING

import click
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from flask_talentpool.commands.common import fail, guarded, json_option, mounted, plural, print_json
from flask_talentpool.context import Context
from flask_talentpool.db.upgrade import VERSION_TABLE, Kind, Missing, NotAdded, add, lock, look

if TYPE_CHECKING:
    from flask_talentpool.extension import TalentPool

_TRIES = 2
_MANY = {Kind.INDEX: "indexes"}


@click.command("upgrade-tables")
@click.option("--dry-run", is_flag=True, help="Print the statements only; change nothing.")
@click.option("--force", is_flag=True, help="Also where the database has migrations.")
@json_option
@guarded
def upgrade_tables_command(*, dry_run: bool, force: bool, as_json: bool) -> None:
    """Add what an earlier version's tables lack: tables, columns, indexes.

    For applications that only ever call db.create_all(). Where you have migrations, run `flask db migrate` and
    `flask db upgrade` instead. It drops and alters nothing and touches no table of your own. Stop the workers first.
    """
    talentpool = mounted()
    if dry_run:
        found, dialect = _look(talentpool.context())
    else:
        found, dialect = upgrade(talentpool, force=force)
    if as_json:
        print_json(
            {
                "dry_run": dry_run,
                **{_MANY.get(kind, f"{kind}s"): found.named(kind) for kind in Kind},
                "statements": [one.sql(dialect) for one in found.additions],
                "cannot": found.obstacles,
                "has_migrations": found.has_migrations,
            }
        )
    elif dry_run:
        for one in found.additions:
            click.echo(f"{one.sql(dialect)};")
        # Lines that begin like this are comments to a database, so that all of it can be given to one.
        for line in _would(found):
            click.echo(f"-- {line}")
    else:
        for line in _did(found):
            click.echo(line)
    raise SystemExit(1 if dry_run and found.obstacles else 0)


def upgrade(talentpool: "TalentPool", *, force: bool) -> tuple[Missing, sa.Dialect]:
    """Add what is missing, all or nothing, and return what that was.

    Raises:
        NotAdded: Something cannot be added; then nothing was.
    """
    for left in reversed(range(_TRIES)):
        ctx = talentpool.context()
        try:
            connection = _connection(ctx)
            lock(connection)
            found = look(connection, our_tables(ctx))
            if found.additions and found.has_migrations and not force:
                ctx.session.rollback()
                fail(_has_migrations(found))
            add(connection, found)
            talentpool.commit(ctx)
        except (DBAPIError, NotAdded):
            ctx.session.rollback()
            # Something else may have made the same at this moment, such as create_all of an app that starts.
            if not left:
                raise
        except BaseException:
            ctx.session.rollback()
            raise
        else:
            return found, connection.dialect
    raise NotAdded


def our_tables(ctx: Context) -> list[sa.Table]:
    """Return our tables, each after those it refers to."""
    ours = {getattr(ctx.models, field.name).__table__ for field in fields(ctx.models)}
    return [table for table in ctx.host.metadata.sorted_tables if table in ours]


def missing(ctx: Context) -> Missing:
    """Return what the database lacks of our tables; writes nothing."""
    return _look(ctx)[0]


def _look(ctx: Context) -> tuple[Missing, sa.Dialect]:
    connection = _connection(ctx)
    found = look(connection, our_tables(ctx))
    ctx.session.rollback()
    return found, connection.dialect


def _connection(ctx: Context) -> sa.Connection:
    """Return the connection of the unit of work to the database that our tables are in."""
    return ctx.session.connection(bind_arguments={"mapper": sa.inspect(ctx.models.mark)})


def counted(found: Missing) -> str:
    """Say what is missing in numbers, with the names of what is not too many."""
    said = []
    for kind in Kind:
        names = found.named(kind)
        if names:
            shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")  # noqa: PLR2004 (a line's worth)
            said.append(f"{plural(len(names), kind.value, _MANY.get(kind))} ({shown})")
    return "; ".join(said)


_NOTHING = "Nothing is missing: the tables are as this version has them."


def _did(found: Missing) -> list[str]:
    if not found.additions:
        return [_NOTHING]
    return [f"Added: {counted(found)}.", "Run `flask talentpool check` now, then start the workers again."]


def _would(found: Missing) -> list[str]:
    if not found.additions:
        return [_NOTHING]
    said = [f"Would be added: {counted(found)}. Nothing was changed."]
    said += [f"Cannot be added: {obstacle}" for obstacle in found.obstacles]
    if found.has_migrations:
        said.append(_has_migrations(found))
    return said


def _has_migrations(found: Missing) -> str:
    return (
        f"This database has a table {VERSION_TABLE}: its tables come from migrations. Run `flask db migrate` and "
        "`flask db upgrade`, so that your other databases get the same. Missing here: "
        f"{counted(found)}. To add it without a migration, use --force."
    )
