"""Opening the new application in the host once somebody said yes: one live process for a person and a job."""

import logging
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.enums import DecisionState, RecallState
from flask_talentpool.host.seen import key_of, key_text
from flask_talentpool.noticing.record import end
from flask_talentpool.people.names import tokens
from flask_talentpool.people.service import find_link
from flask_talentpool.recalls.eligibility import Target, has_process
from flask_talentpool.recalls.ending import settle
from flask_talentpool.recalls.model import RecallMixin

logger = logging.getLogger("flask_talentpool")


def open_process(ctx: Context, recall: RecallMixin, *, is_pressed: bool = False) -> bool:
    """Let the host open the new application; what it cannot do is left for a person, never lost.

    Args:
        ctx: The unit of work.
        recall: The invitation, which has a yes.
        is_pressed: Somebody presses for it: also after an enquiry, after the time, or for a job that is not open.

    Returns:
        Whether it is open; else ``attention`` says what is to be done.
    """
    host = ctx.host
    candidate = _candidate(ctx, recall)
    job = host.get(ctx.session, host.map.job, recall.job_id) if host.map.job is not None else None
    if candidate is None or (host.map.job is not None and job is None):
        recall.attention = "Said yes, but your ATS no longer has the candidate or the job, or hides it."
        return False
    decision = ctx.session.get(ctx.models.decision, recall.decision_id) if recall.decision_id else None
    person = ctx.session.get(ctx.models.person, recall.person_id) if recall.person_id else None
    target = Target(recall.job_id, recall.job_key, recall.job_label)
    if decision is not None and person is not None and has_process(ctx, target, decision, person):
        recall.attention = "Said yes, and is in the process for this job already."
        return False
    if not is_pressed and (because := _waits(ctx, recall, job)):
        recall.attention = because
        return False
    opener = host.map.new_application
    if opener is None:
        recall.attention = "Said yes. Open the new application by hand: new_application is not mapped."
        return False
    recall.attention = ""
    try:
        with ctx.savepoint():
            key = _opened(ctx, recall, decision, opener(candidate, job, recall))
    except Exception:  # the host's own code: whatever it raises, the person's yes is kept
        logger.exception("new_application failed for recall %s", recall.id)
        recall.attention = "Said yes, but your ATS could not open the new application. Open it by hand."
        return False
    recall.application_id, recall.application_key = key, key_text(key)
    settle(ctx, recall, RecallState.OPENED)
    ctx.session.flush()
    return True


def _waits(ctx: Context, recall: RecallMixin, job: Any) -> str:
    """Return why a yes opens nothing by itself; empty where it does."""
    if recall.is_enquiry:
        return "Said yes to hearing more. Ring them; open the application once they want it."
    if job is not None and ctx.host.read("job_open", job) in (False, 0):
        return "Said yes, but your ATS says that the job is not open any more. Ring, and open the application if it is."
    if recall.open_until is not None and recall.open_until <= ctx.now():
        return "Said yes after the time for an answer was over. Ring, and open the application if the job is still free."
    return ""


def _opened(ctx: Context, recall: RecallMixin, decision: DecisionMixin | None, application: Any) -> Any:
    """Store what the host made, and return its key.

    Where the applicant is the application, and wherever the host uses the row again, the earlier decision gives way:
    it was right when it was told, so nothing is taken back and nobody is written a correction.

    Raises:
        TypeError: It is no application, or the one that was turned down as it stands.
        LookupError: It is another person's, or for another job.
    """
    host = ctx.host
    if not isinstance(application, host.map.application):
        msg = f"new_application returned {type(application).__name__}, not {host.map.application.__name__}"
        raise TypeError(msg)
    ctx.session.add(application)
    again = decision is not None and key_text(key_of(application)) == decision.application_key
    if again and decision is not None:
        end(ctx.connection(), ctx.models, [decision.id], state=DecisionState.SUPERSEDED, now=ctx.now())
    ctx.session.flush()
    if again and decision is not None:
        # The host's function may have flushed itself, and the hook have seen a rejection taken back.
        model = ctx.models.decision
        taken_back = model.state == DecisionState.TAKEN_BACK
        update_if(ctx.session, model, model.id == decision.id, taken_back, state=DecisionState.SUPERSEDED)
        ctx.session.expire(decision)
    seen = host.seen_in_object(application)
    if host.verdict(seen.status, declined=seen.declined).outcome is not None:
        raise TypeError("new_application returned an application that is decided already")
    if not host.same_row and not _is_theirs(ctx, recall, application):
        raise LookupError("new_application returned an application of another candidate")
    if host.map.job is not None and key_text(seen.job_key) != recall.job_key:
        raise LookupError("new_application returned an application for another job")
    return key_of(application)


def _is_theirs(ctx: Context, recall: RecallMixin, application: Any) -> bool:
    """Whether an application is of the person who said yes: of a row of theirs, or of a new row with their name."""
    candidate = ctx.host.candidate_of(application, ctx.session)
    if candidate is None:
        return False
    link = find_link(ctx, key_of(candidate), recall.scope)
    if link is not None:
        return link.person_id == recall.person_id
    own = _candidate(ctx, recall)
    return own is not None and tokens(ctx.host.name_of(candidate)) == tokens(ctx.host.name_of(own))


def _candidate(ctx: Context, recall: RecallMixin) -> Any:
    if recall.candidate_id is None or find_link(ctx, recall.candidate_key, recall.scope) is None:
        return None
    return ctx.host.get(ctx.session, ctx.host.map.candidate, recall.candidate_id)
