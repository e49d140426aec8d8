"""Runs Harbour's migrations on the engine of the current app."""

from alembic import context
from flask import current_app


def run_migrations() -> None:
    """Compare with the metadata of the app and apply what is asked for."""
    migrate = current_app.extensions["migrate"]
    with migrate.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
