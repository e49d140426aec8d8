"""Bringing our records in line with the whole host, both ways."""

from dataclasses import dataclass, field, fields

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from flask_talentpool.context import Context
from flask_talentpool.errors import TablesMissing
from flask_talentpool.noticing.first_start import first_start, has_baseline
from flask_talentpool.noticing.look import full_look
from flask_talentpool.transactions import Transact


@dataclass(slots=True)
class SyncReport:
    """What a sync found and did, in numbers of applications."""

    first: bool = False
    baseline: int = 0
    """Decided before the first sync: recorded, never written about."""
    noticed: int = 0
    taken_back: int = 0
    composed: int = 0
    held: int = 0
    gone: int = 0
    lapsed: int = 0
    braked: int = 0
    """Would have been cut loose or taken back, which was too much to be done without asking; nothing was done."""
    failed: int = 0
    """Could not be recorded; the log says why."""
    look_seconds: float = field(default=0.0, compare=False)
    """How long it took to look at the host's rows."""
    new_statuses: dict[str, int] = field(default_factory=dict)
    """Status values in no set of the map that were not there at the first sync: counted as still open.

    They are reported, and need nobody before they mean anything.
    """

    @property
    def needs_attention(self) -> bool:
        """Whether something is left that the command could not settle."""
        return bool(self.failed or self.braked)


def require_tables(ctx: Context) -> None:
    """Raise :class:`TablesMissing` when our tables are not there as this version has them.

    A database that is away raises its own error.
    """
    models = ctx.models
    try:
        asked = (models.mark, models.bulk_item, models.decision, models.letter)
        look = sa.select(*(sa.exists(sa.select(model.__table__)) for model in asked))
        ctx.session.execute(look, bind_arguments={"mapper": sa.inspect(models.mark)})
    except (OperationalError, ProgrammingError) as error:
        ctx.session.rollback()
        if missing_tables(ctx):
            raise TablesMissing from error
        if lacking := missing_columns(ctx):
            raise TablesMissing(
                f"{len(lacking)} columns of the talent pool's tables are not there yet, {lacking[0]} among them. Run "
                "`flask db migrate` and `flask db upgrade`, or `flask talentpool upgrade-tables` where the host has no "
                "migrations; `db.create_all()` adds no columns to tables that are there."
            ) from error
        raise


def missing_tables(ctx: Context) -> list[str]:
    """Return the names of our tables that are not in the database."""
    ours = [getattr(ctx.models, field.name).__table__ for field in fields(ctx.models)]
    bind = ctx.session.get_bind(sa.inspect(ctx.models.mark))
    inspector = sa.inspect(bind)
    return [table.fullname for table in ours if not inspector.has_table(table.name, schema=table.schema)]


def missing_columns(ctx: Context) -> list[str]:
    """Return the columns of ours that tables of an earlier version lack, each as ``table.column``."""
    ours = [getattr(ctx.models, field.name).__table__ for field in fields(ctx.models)]
    inspector = sa.inspect(ctx.session.get_bind(sa.inspect(ctx.models.mark)))
    return [
        f"{table.name}.{column.name}"
        for table in ours
        for there in [{found["name"] for found in inspector.get_columns(table.name, schema=table.schema)}]
        for column in table.columns
        if column.name not in there
    ]


def sync(transact: Transact) -> SyncReport:
    """Make the first start where none has been; afterwards find what changed, both ways.

    Args:
        transact: Does something in a transaction of its own.
    """
    if not transact(has_baseline):
        number = first_start(transact)
        if number is not None:
            return SyncReport(first=True, baseline=number)
    found = full_look(transact)
    return SyncReport(
        noticed=found.changes.made,
        taken_back=len(found.changes.ended),
        gone=found.gone,
        lapsed=found.lapsed,
        braked=found.braked,
        failed=found.failed + len(found.unreadable),
        new_statuses=found.new_statuses,
    )
