"""Tables that one test leaves in a PostgreSQL database for the next: emptying them takes far less than making them.

They wait in a schema named after the script that makes them. A test that changed anything about them, by however
little, leaves none: PostgreSQL notes in its catalogues which transaction wrote each row.
"""

import hashlib
from typing import Any

_NAME = "kept_"
_CATALOGUES = (
    "pg_class", "pg_attribute", "pg_attrdef", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_type", "pg_enum", "pg_sequence",
    "pg_rewrite", "pg_policy", "pg_namespace",
)  # fmt: skip
_STATE = "SELECT concat_ws(' ', {})".format(
    ", ".join(f"(SELECT concat(count(*), '/', max(xmin::text::bigint)) FROM {name})" for name in _CATALOGUES)
)
_FILLED = (
    "SELECT quote_ident(c.relname), c.relkind, pg_relation_size(c.oid) FROM pg_class c "
    "WHERE c.relnamespace = 'public'::regnamespace AND "
    "(c.relkind = 'r' AND pg_relation_size(c.oid) > 0 OR "
    "c.relkind = 'S' AND pg_sequence_last_value(c.oid) IS NOT NULL)"
)
_SMALL = 32 * 8192
"""Up to so many bytes, deleting rows is faster than giving the table a new file."""


def take_out_or_make(connection: Any, script: str) -> None:
    """Put tables into the empty schema ``public``, kept ones or new ones.

    Args:
        connection: Of psycopg; nothing is committed here.
        script: Makes the tables.
    """
    name = _NAME + hashlib.sha256(script.encode()).hexdigest()[:40]
    if connection.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name]).fetchone():
        connection.execute(f'DROP SCHEMA public; ALTER SCHEMA "{name}" RENAME TO public')
    else:
        connection.execute(script)
    state = connection.execute(_STATE).fetchone()[0]
    connection.execute(f"COMMENT ON SCHEMA public IS '{name} {state}'")


def put_away(connection: Any) -> bool:
    """Empty the tables in ``public`` and keep them, if nothing but their rows was changed.

    Args:
        connection: Of psycopg, committing by itself; nobody else is connected to this database.

    Returns:
        Whether the schema ``public`` is gone, its tables being kept.
    """
    noted = connection.execute("SELECT obj_description('public'::regnamespace, 'pg_namespace')").fetchone()[0]
    name, _, state = (noted or "").partition(" ")
    if not name.startswith(_NAME) or connection.execute(_STATE).fetchone()[0] != state:
        return False
    todo = []
    for relation, kind, size in connection.execute(_FILLED).fetchall():
        if kind == "S":
            todo.append(f"ALTER SEQUENCE public.{relation} RESTART")
        elif size <= _SMALL:
            todo.append(f"DELETE FROM public.{relation}")
        else:
            todo.append(f"TRUNCATE public.{relation} CASCADE")
    # Foreign keys are not looked at: what they refer to is emptied as well.
    emptied = "; ".join(["SET session_replication_role = replica", *todo, "RESET session_replication_role"])
    connection.execute(f'BEGIN; {emptied}; ALTER SCHEMA public RENAME TO "{name}"; COMMIT')
    return True


def is_kept(schema: str) -> bool:
    """Whether a schema holds tables for another test."""
    return schema.startswith(_NAME)
