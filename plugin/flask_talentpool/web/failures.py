"""Answering a request that could not be done: what happened, and what to do now."""

from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from flask_talentpool.web.desk import page


@dataclass(frozen=True, slots=True)
class Failure:
    """What a page or a JSON answer says about it."""

    title: str
    message: str
    code: str = "not_found"


def failed(failure: Failure, status: int) -> ResponseReturnValue:
    """Answer with the failure, as a page or as JSON."""
    return page("failure.html", failure, status=status)
