"""What a request may hold at all: asked once, before any view, so that no column has to refuse it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from flask import Response, request
from flask.typing import ResponseReturnValue

from flask_talentpool.errors import NotFound
from flask_talentpool.web.csrf import is_public, sent_json
from flask_talentpool.web.errors import Failure, failed
from flask_talentpool.web.request import TOO_LARGE

Default = TypeVar("Default", int, None)
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 20
_SAID = (
    "What was sent holds a character that cannot be kept: NUL, or half of one. Take it out and send it again."
)


def check() -> ResponseReturnValue | None:
    """Refuse text that no database holds; what is named so in the address is a row that is not there."""
    if not is_public() and any(_is_no_name(one) for one in (request.view_args or {}).values()):
        raise NotFound
    if not any(_UNKEPT.search(text) for text in _texts()):
        return None
    if is_public():
        return Response(_SAID, 400, content_type="text/plain; charset=utf-8")
    return failed(Failure("Please look at this again", _SAID, "unkept"), 400)


def _is_no_name(value: Any) -> bool:
    return value >= TOO_LARGE if isinstance(value, int) else _UNKEPT.search(str(value)) is not None


def asked_number(name: str, default: Default) -> int | Default:
    """Return a number from the address's query, or the default where it is none that a column holds."""
    found = request.args.get(name, type=int)
    return default if found is None or abs(found) >= TOO_LARGE else found


def _texts() -> Iterator[str]:
    for values in (request.args, request.form):
        for key, value in values.items(multi=True):
            yield from (key, value)
    yield from _inside(sent_json())


def _inside(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts of a JSON value; what is nested deeper than any of ours is read by no view."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _inside(one, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for one in value:
            yield from _inside(one, depth + 1)
