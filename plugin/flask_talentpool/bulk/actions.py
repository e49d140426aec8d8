"""Doing one of many, and undoing it: each is the same use case as on the decision's own page."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import OperationalError

from flask_talentpool.access import Actor
from flask_talentpool.bulk.choices import BulkChoices
from flask_talentpool.bulk.eligibility import Item, applications
from flask_talentpool.context import Context
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.changes import Changes
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import answer, recompose
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import (
    Act,
    DecisionState,
    Door,
    HoldReason,
    ItemState,
    LetterState,
    Outcome,
    sentence_of,
)
from flask_talentpool.errors import Refused, TalentPoolError
from flask_talentpool.letters import outbox
from flask_talentpool.letters.holds import BY_THEMSELVES
from flask_talentpool.letters.model import LetterMixin

logger = logging.getLogger("flask_talentpool")

LETTER_FACTS = ("because", "detail", "due_at", "approved_at", "approved_by")
SET_FACTS = (
    "door",
    "door_by",
    "door_by_name",
    "reason_code",
    "reason_detail",
    "reason_by",
    "line_at",
    "line_by",
    "line_by_name",
)
WRITTEN = (
    "door", "door_by", "door_by_name", "reason_code", "reason_detail", "reason_by", "line", "line_by", "line_by_name",
    "line_at", "feedback", "feedback_by", "feedback_by_name", "feedback_read_by", "note", "note_by", "note_by_name",
    "finish", "finish_of",
)  # fmt: skip
"""What people wrote onto a decision; undoing a taking back brings it along."""

ONCE_SHOWN = "Goes once your ATS shows the row again."

FAILED_FACTS = ("because", "detail")

_GONE = (LetterState.SENT, LetterState.SENDING, LetterState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is done to each of many, and who said so."""

    bulk_id: int
    act: Act
    choices: BulkChoices
    by: Actor


def do(ctx: Context, order: Order, item: Item) -> dict[str, Any]:
    """Do one of many; return what is noted of it. What goes wrong with it stays with it."""
    return _alone(ctx, order, item, lambda: _do(ctx, order, item), ItemState.FAILED)


def undo(ctx: Context, order: Order, item: Item, before: str) -> dict[str, Any]:
    """Put one of many back to what it was; return what is noted of it."""
    facts = json.loads(before or "{}")
    return _alone(ctx, order, item, lambda: _undo(ctx, order, item, facts), ItemState.KEPT)


def _alone(
    ctx: Context, order: Order, item: Item, work: Callable[[], dict[str, Any]], otherwise: ItemState
) -> dict[str, Any]:
    noted = {
        "id": item.id,
        "decision_id": item.decision_id,
        "letter_id": item.letter_id,
        "because": "",
        "detail": "",
    }
    signals = len(ctx.pending)
    try:
        with ctx.savepoint():
            return noted | work()
    except Refused as error:
        del ctx.pending[signals:]
        return noted | {"state": otherwise, "because": error.code[:40], "detail": str(error)[:400]}
    except OperationalError:
        raise  # the database is busy or away: the whole slice is tried again
    except Exception as error:
        del ctx.pending[signals:]
        detail = str(error)[:400] if isinstance(error, TalentPoolError) else ""
        logger.exception("act %s on %s of bulk %s failed", order.act, item.application_key, order.bulk_id)
        return noted | {"state": otherwise, "because": "error", "detail": detail}


# Doing


def _do(ctx: Context, order: Order, item: Item) -> dict[str, Any]:
    if order.act is Act.REJECT:
        return _reject(ctx, order, item)
    if order.act is Act.SEND_AGAIN:
        return _send_again(ctx, order, item)
    decision = lifecycle.find(ctx, item.decision_id or 0)
    letter = letter_of(ctx, decision)
    before: dict[str, Any] = {"letter": _facts(letter, LETTER_FACTS), "set": _facts(decision, SET_FACTS)}
    if order.act in (Act.APPROVE, Act.SEND_NOW):
        letter = lifecycle.approve(ctx, decision, by=order.by, at_once=order.act is Act.SEND_NOW)
    elif order.act is Act.HOLD:
        if letter is None:
            raise Refused("No letter is composed for this decision.", code="no_letter")
        outbox.hold(ctx, letter, by=order.by)
    elif order.act is Act.TAKE_BACK:
        lifecycle.take_back(ctx, decision, by=order.by)
    elif order.act is Act.TELL:
        telling.tell_decision(ctx, decision, channel=order.choices.channel, by=order.by)
    else:
        letter = _set(ctx, order, decision)
    before["after"] = {"letter": _facts(letter, LETTER_FACTS), "set": _facts(decision, SET_FACTS)}
    is_let_go = order.act in (Act.APPROVE, Act.SEND_NOW)
    is_hidden = is_let_go and letter is not None and letter.because == HoldReason.HIDDEN
    return _done(before, letter) | ({"detail": ONCE_SHOWN} if is_hidden else {})


def _done(before: dict[str, Any], letter: LetterMixin | None) -> dict[str, Any]:
    return {
        "state": ItemState.DONE,
        "letter_id": letter.id if letter is not None else None,
        "before": json.dumps(before),
    }


def _facts(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if row is None:
        return {}
    found = {name: getattr(row, name) for name in names}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in found.items()}


def _set(ctx: Context, order: Order, decision: DecisionMixin) -> LetterMixin | None:
    """Set door, reason and “no line” together; the letter that waits is written anew."""
    choices = order.choices
    changes = Changes(
        reason=choices.reason or None,
        detail=choices.reason_detail,
        line="" if choices.no_line and decision.line_at is None and not decision.line else None,
        door=Door(choices.door) if choices.door and choices.door != decision.door else None,
    )
    if changes:
        editing.change(ctx, decision, changes, by=order.by)
    return letter_of(ctx, decision)


def _anew(ctx: Context, decision: DecisionMixin) -> LetterMixin | None:
    letter = letter_of(ctx, decision)
    return answer(ctx, decision) if letter is None else recompose(ctx, letter, decision)


def _reject(ctx: Context, order: Order, item: Item) -> dict[str, Any]:
    reject = ctx.host.map.reject
    application = applications(ctx, [item.application_key]).get(item.application_key)
    if reject is None or application is None:
        raise Refused("The application is no longer in your ATS.", code="not_there")
    reject(application, order.by)
    decision = lifecycle.notice_application(ctx, application)
    if decision is None or decision.outcome != Outcome.REJECTED:
        raise Refused(
            "HostMap.reject did not give the application a status that means “we said no”. Mend it, then try again.",
            code="undecided",
        )
    letter = answer(ctx, decision)
    return {"decision_id": decision.id, **_done({}, letter)}


def _send_again(ctx: Context, order: Order, item: Item) -> dict[str, Any]:
    """Let a letter that failed go with the next round, unless something holds it by now."""
    letter = _letter(ctx, item)
    before = _facts(letter, FAILED_FACTS)
    lifecycle.send_again(ctx, letter, by=order.by, states=[LetterState.FAILED])
    kept = {"letter": before, "after": {"letter": _facts(letter, LETTER_FACTS)}}
    is_held = letter.state == LetterState.HELD and letter.because not in BY_THEMSELVES
    return _done(kept, letter) | ({"detail": f"Held: {sentence_of(letter.because)}"} if is_held else {})


def _letter(ctx: Context, item: Item) -> LetterMixin:
    letter = ctx.session.get(ctx.models.letter, item.letter_id or 0, populate_existing=True)
    if letter is None:
        raise Refused("The letter is no longer there.", code="not_there")
    return letter


# Undoing


def _undo(ctx: Context, order: Order, item: Item, kept: dict[str, Any]) -> dict[str, Any]:
    if order.act is Act.TELL:
        raise Refused("Somebody was told. That cannot be undone.", code="cannot_undo")
    if order.act is Act.SEND_AGAIN:
        return _fail_again(ctx, order, item, kept)
    decision = lifecycle.find(ctx, item.decision_id or 0)
    if decision.state == DecisionState.FORGOTTEN:
        raise Refused(HoldReason.FORGOTTEN.sentence, code="forgotten")
    if order.act is Act.TAKE_BACK:
        return _let_stand(ctx, order, decision, kept)
    letter = letter_of(ctx, decision)
    if decision.told_at is not None or (letter is not None and outbox.standing(ctx, letter) in _GONE):
        raise Refused("Told already.", code="told")
    if order.act is Act.REJECT:
        return _let_go_on(ctx, order, item, decision)
    if decision.state != DecisionState.LIVE:
        raise Refused("The decision no longer stands.", code="ended")
    if order.act is Act.SET:
        letter = _unset(ctx, decision, kept)
    elif letter is not None:
        _put_back(ctx, letter, decision, kept)
    ctx.record(order.by, "undo", "decision", decision.id, scope=decision.scope, detail=order.act)
    ctx.session.flush()
    return {"state": ItemState.UNDONE, "letter_id": letter.id if letter is not None else None}


def _fail_again(ctx: Context, order: Order, item: Item, kept: dict[str, Any]) -> dict[str, Any]:
    """Put a letter back among those that failed, unless it went, or somebody changed it since."""
    letter = _letter(ctx, item)
    outbox.lock(ctx, letter)
    _unchanged(_facts(letter, ("approved_at",)), kept["after"]["letter"])
    outbox.fail_again(ctx, letter, by=order.by, **kept["letter"])
    return {"state": ItemState.UNDONE}


def _let_go_on(ctx: Context, order: Order, item: Item, decision: DecisionMixin) -> dict[str, Any]:
    """Take a turning down back: the letter here, and the status in the host where it has said how."""
    lifecycle.take_back(ctx, decision, by=order.by)
    if _still_said(ctx, item) and ctx.host.map.reopen is not None:
        try:
            with ctx.savepoint():
                _reopen(ctx, ctx.host.map.reopen, item)
        except OperationalError:
            raise
        except Exception:  # whatever the host could not do: no letter goes that somebody took back
            logger.exception(
                "the host could not reopen application %s of bulk %s", item.application_key, order.bulk_id
            )
    detail = "Your ATS still says rejected: change it there as well." if _still_said(ctx, item) else ""
    return {"state": ItemState.UNDONE, "detail": detail}


def _reopen(ctx: Context, reopen: Callable[[Any], None], item: Item) -> None:
    application = applications(ctx, [item.application_key]).get(item.application_key)
    if application is None:
        return
    reopen(application)
    if lifecycle.notice_application(ctx, application) is not None:
        raise Refused(
            "HostMap.reopen gave the application a status that is an outcome. Give it back the one before.",
            code="not_reopened",
        )


def _still_said(ctx: Context, item: Item) -> bool:
    """Whether the host still says what was taken back here."""
    return lifecycle.find(ctx, item.decision_id or 0).suppressed_for is not None


def _let_stand(ctx: Context, order: Order, decision: DecisionMixin, kept: dict[str, Any]) -> dict[str, Any]:
    written = {name: getattr(decision, name) for name in WRITTEN}
    again = lifecycle.let_stand(ctx, decision, by=order.by)
    for name, value in written.items():
        setattr(again, name, value)
    ctx.session.flush()
    letter = _anew(ctx, again)
    before = kept.get("letter", {})
    if letter is not None and before.get("approved_at") and outbox.is_waiting(letter):
        letter.approved_at, letter.approved_by = _moment(before["approved_at"]), before["approved_by"]
        recompose(ctx, letter, again)
    elif letter is not None and before.get("because") == HoldReason.BY_HAND:
        outbox.hold(ctx, letter, by=order.by)
    return {
        "state": ItemState.UNDONE,
        "decision_id": again.id,
        "letter_id": letter.id if letter is not None else None,
    }


def _put_back(ctx: Context, letter: LetterMixin, decision: DecisionMixin, kept: dict[str, Any]) -> None:
    """Give a letter its approval, time and reason of before, unless somebody changed it since."""
    outbox.lock(ctx, letter)
    _unchanged(_facts(letter, ("approved_at",)), kept["after"]["letter"])
    for name, value in kept["letter"].items():
        setattr(letter, name, _moment(value) if name in ("due_at", "approved_at") else value)
    ctx.session.flush()
    recompose(ctx, letter, decision)


def _unset(ctx: Context, decision: DecisionMixin, kept: dict[str, Any]) -> LetterMixin | None:
    _unchanged(_facts(decision, SET_FACTS), kept["after"]["set"])
    for name, value in kept["set"].items():
        setattr(decision, name, _moment(value) if name == "line_at" else value)
    ctx.session.flush()
    return _anew(ctx, decision)


def _unchanged(now: dict[str, Any], after: dict[str, Any]) -> None:
    if any(after.get(name) != value for name, value in now.items()):
        raise Refused("Somebody changed it since; it stays as they left it.", code="changed")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
