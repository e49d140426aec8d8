"""For hosts whose migration run does not load this extension: keep its tables from being dropped."""

from collections.abc import Callable
from typing import Any

from flask_talentpool.db.types import PREFIX

IncludeObject = Callable[[Any, str | None, str, bool, Any], bool]


def include_object(  # Alembic's signature
    object: Any,  # noqa: A002, ARG001 (Alembic's own name, given by position)
    name: str | None,
    type_: str,
    reflected: bool,  # noqa: FBT001
    compare_to: Any,
) -> bool:
    """Tell Alembic's autogenerate to leave alone what it finds of ours and does not know.

    Give it to ``Migrate(app, db, include_object=include_object)`` or to ``context.configure`` in
    ``env.py``. Where the extension is loaded, its tables are compared as usual.

    Args:
        object: What autogenerate looks at: a table, column, index or constraint.
        name: Its name.
        type_: ``table``, ``column``, ``index``, ``unique_constraint`` or ``foreign_key_constraint``.
        reflected: Whether it was found in the database.
        compare_to: What the application's MetaData has for it, or None.

    Returns:
        False for tables of ours that the application's MetaData does not have.
    """
    unknown = reflected and compare_to is None
    return not (type_ == "table" and unknown and name is not None and name.startswith(PREFIX))


def also(own: IncludeObject) -> IncludeObject:
    """Join a host's own ``include_object`` with ours: both must agree."""

    def both(object: Any, name: str | None, type_: str, reflected: bool, compare_to: Any) -> bool:  # noqa: A002, FBT001
        return include_object(object, name, type_, reflected, compare_to) and own(
            object, name, type_, reflected, compare_to
        )

    return both
