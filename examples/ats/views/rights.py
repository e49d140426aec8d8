"""Who may see and change what in Harbour."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from flask import abort, request
from flask_login import current_user, login_required
from sqlalchemy import true

from examples.ats.models import Application, Candidate, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Select

P = ParamSpec("P")
R = TypeVar("R")


def recruiting_only(view: Callable[P, R]) -> Callable[P, R]:
    """Let only recruiters and administrators through."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not current_user.runs_recruiting:
            abort(403)
        return view(*args, **kwargs)

    return login_required(guarded)


def own_jobs(statement: Select[Any]) -> Select[Any]:
    """Narrow a list of jobs to those the signed-in user may see."""
    if current_user.runs_recruiting:
        return statement
    return statement.where(Job.owner_id == current_user.id)


def own_candidates(statement: Select[Any]) -> Select[Any]:
    """Narrow a list of candidates to those the signed-in user may see."""
    if current_user.runs_recruiting:
        return statement
    return statement.where(Candidate.applications.any(own_application()))


def own_application() -> ColumnElement[bool]:
    """Return the condition that an application is one the signed-in user may see."""
    if current_user.runs_recruiting:
        return true()
    return Application.job.has(Job.owner_id == current_user.id)


def sees(job: Job) -> bool:
    """Tell whether the signed-in user may work on a job."""
    return current_user.runs_recruiting or job.owner_id == current_user.id


def next_page(fallback: str) -> str:
    """Return the page named by the form to go back to, if it is one of ours."""
    target = request.values.get("next", "")
    # Browsers drop a tab or a line's end, and "/\t/elsewhere" then leads elsewhere.
    is_path = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if is_path and all(char > " " for char in target) else fallback
