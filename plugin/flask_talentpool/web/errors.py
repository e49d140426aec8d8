"""Answering a request that could not be done: what happened, and what to do now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from flask_talentpool.web.request import page


@dataclass(frozen=True, slots=True)
class Failure:
    """What a page or a JSON answer says about it."""

    title: str
    message: str
    code: str = "not_found"


def failed(failure: Failure, status: int) -> ResponseReturnValue:
    """Answer with the failure, as a page or as JSON."""
    return page("failure.html", failure, status=status)


def invalid(errors: Mapping[str, Iterable[str]]) -> ResponseReturnValue:
    """Answer a form that was not filled in well, where no page can show it: what is wrong, field by field."""
    told = " ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items())
    return failed(Failure("Please look at this again", told, "invalid"), 400)
