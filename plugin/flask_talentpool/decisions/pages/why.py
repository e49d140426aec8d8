"""Which reason the letter gives, and what the host's own means: as one answer, so that a page never shows two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts, rows_of
from flask_talentpool.decisions.host_reason import by_itself, code_of, is_said
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.letters.outbox import is_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why somebody is turned down: what the letter says of it, and where that comes from."""

    source: str
    """``said`` by a person, ``host`` by itself, ``proposed`` by the host's reason, or empty: nobody said any."""
    code: str
    """Of the reason that is preselected; empty for none."""
    seen: str
    """Of the reason that means, posted back, that nobody chose another."""
    sentence: str
    """What the letter says now, or once what is proposed is saved; empty for nothing."""
    needs_detail: bool
    host: str
    """The host's own words."""
    host_label: str
    """What they mean here; empty where they stay inside."""
    is_written_anew: bool
    """Whether the letter as it is stored says something else of it: it is written anew as it goes."""


def why(ctx: Context, decision: DecisionMixin, application: Any, *, language: str) -> Why:
    """Say which reason the letter of a decision gives; looks only.

    Args:
        ctx: The unit of work.
        decision: As the host's row says it now.
        application: The host's row; None when it is gone.
        language: Of the letter.
    """
    reasons, detail = ctx.settings.reasons, decision.reason_detail or ""
    meant = code_of(ctx, decision.reason)
    given = by_itself(ctx, [decision], [Facts(application=application)])[0]
    source, code = "", ""
    if is_said(decision):
        source, code = "said", decision.reason_code or ""
    elif given:
        source, code = "host", given
    elif meant in reasons and reasons[meant].may_be_shared:
        source, code = "proposed", meant
    reason = reasons.get(code)
    needs_detail = reason is not None and reason.needs_detail
    is_shared = meant in reasons and reasons[meant].may_be_shared
    return Why(
        source=source,
        code=code,
        # What is proposed is chosen by saving, unless it wants words that only a person has.
        seen="" if source == "proposed" and not needs_detail else code,
        sentence=reason.sentence(language, detail) if reason is not None else "",
        needs_detail=needs_detail,
        host=decision.reason or "",
        host_label=reasons[meant].label if is_shared else "",
        is_written_anew=bool(given or meant) and _stored(ctx, decision) not in (None, given),
    )


def _stored(ctx: Context, decision: DecisionMixin) -> str | None:
    """Return the code of the reason that the waiting letter gives by itself as it is stored; None without one."""
    letter = letter_of(ctx, decision)
    return letter.gives_reason or "" if letter is not None and is_waiting(letter) else None


def unsaid(ctx: Context, decisions: Sequence[DecisionMixin]) -> list[str]:
    """Return what each row of a grid says while nobody chose a reason, by a number of statements that does not grow."""
    given = [""] * len(decisions)
    if ctx.settings.reasons_by_host and any(not is_said(one) for one in decisions):
        given = by_itself(ctx, decisions, rows_of(ctx, decisions))
    labels = []
    for one, code in zip(decisions, given, strict=True):
        reason = ctx.settings.reasons.get(code or code_of(ctx, one.reason))
        if is_said(one) or reason is None or not reason.may_be_shared:
            labels.append("None said")
        else:
            labels.append(f"Your ATS’s: {reason.label}" if code else f"None said (your ATS: {reason.label})")
    return labels
