"""Our side of a host under test: what its operator runs, and what stands in our tables."""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from tests.support.cli import cli_runner


class Driver:
    """What a host of the tests can do once the extension is mounted; for a class that has ``app`` and ``db``.

    Every method opens an app context of its own and commits, as a request or a command would. What comes back are
    plain copies, never rows of a closed session.
    """

    app: Any
    db: Any

    @property
    def talentpool(self):
        return self.app.extensions["talentpool"]

    def engine(self):
        """Return the engine of our tables; needs an app context."""
        return self.db.engine

    def command(self, *arguments):
        """Run ``flask talentpool …`` as on a machine without a terminal; its result."""
        result = cli_runner(self.app).invoke(args=["talentpool", *arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def sync(self):
        with self.app.app_context():
            return self.talentpool.sync()

    def dispatch(self):
        with self.app.app_context():
            return self.talentpool.dispatch()

    def do(self, work):
        """Do something with a unit of work of ours and commit it; the result."""
        with self.app.app_context():
            return self.talentpool.transact(work)

    def rows(self, name, *columns, **where):
        """Return the rows of one of our tables, such as ``letter``, by id.

        With columns: tuples of them, or single values for one.
        """
        with self.app.app_context(), self.engine().connect() as connection:
            model = getattr(self.talentpool.models, name)
            keys = columns or [column.key for column in sa.inspect(model).column_attrs]
            statement = sa.select(*(getattr(model, key).label(key) for key in keys))
            statement = statement.filter_by(**where).order_by(*sa.inspect(model).primary_key)
            found = connection.execute(statement).all()
        if not columns:
            return [SimpleNamespace(**row._mapping) for row in found]
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]

    def row(self, name, **where):
        """Return the one row of a kind."""
        (row,) = self.rows(name, **where)
        return row

    def letter_of(self, key, **where):
        """Return the newest letter about an application, None when there is none."""
        decisions = Driver.rows(self, "decision", "id", application_key=str(key))
        letters = reversed(Driver.rows(self, "letter", **where))
        return next((letter for letter in letters if letter.decision_id in decisions), None)
