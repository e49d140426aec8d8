"""What a forked `flask` command needs, imported once before the fork."""

import alembic.command as alembic_command
import flask_migrate
import flask_sqlalchemy
import psycopg

import flask_talentpool

__all__ = ["alembic_command", "flask_migrate", "flask_sqlalchemy", "flask_talentpool", "psycopg"]
