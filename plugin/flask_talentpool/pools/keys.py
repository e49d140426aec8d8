"""Keys of pools and tags, made from their names."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator

from sqlalchemy.exc import IntegrityError

from flask_talentpool.context import Context

LONGEST_NAME = 80


def slug(text: str) -> str:
    """Return a key for a pool or tag name; names that differ only in case or accents share it."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return re.sub(r"[^\w]+", "-", plain).strip("-")[:LONGEST_NAME]


@contextlib.contextmanager
def ignoring_race(ctx: Context) -> Iterator[None]:
    """Open a savepoint in which losing a race for a unique row is no error."""
    with contextlib.suppress(IntegrityError), ctx.savepoint():
        yield
