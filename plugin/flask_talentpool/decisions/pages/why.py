"""Which reason the letter gives, and what the host's own means: as one answer, so that a page never shows two."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import Facts, rows_of
from flask_talentpool.decisions.host_reason import by_itself, code_of, is_said
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.outbox import is_waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChoice:
    """One reason to choose, with the sentence a letter would get."""

    code: str
    label: str
    sentence: str
    """Empty for one that stays inside."""
    needs_detail: bool


def reason_choices(ctx: Context, language: str) -> tuple[ReasonChoice, ...]:
    """Return the reasons there are, as a letter in this language would give them."""
    return tuple(
        ReasonChoice(
            code=code,
            label=reason.label,
            sentence=reason.sentence(language, "…"),
            needs_detail=reason.needs_detail,
        )
        for code, reason in ctx.settings.reasons.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why somebody is turned down: what the letter says of it, and where that comes from."""

    source: str
    """``said`` by a person, ``host`` by itself, ``proposed`` by the host's reason, ``typed`` and not saved, or empty."""
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


def why(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    letter: LetterMixin | None,
    *,
    language: str,
    is_quick: bool = False,
) -> Why:
    """Say which reason the letter of a decision gives; looks only.

    Args:
        ctx: The unit of work.
        decision: As the host's row says it now.
        application: The host's row; None when it is gone.
        letter: Its letter; None while it is not composed.
        language: Of the letter.
        is_quick: Whether to believe a letter that waits about what it gives by itself: no table is asked then.
    """
    reasons, detail = ctx.settings.reasons, decision.reason_detail or ""
    meant = code_of(ctx, decision.reason)
    stored = letter.gives_reason or "" if letter is not None and is_waiting(letter) else None
    if is_quick and stored is not None:
        given = "" if is_said(decision) else stored
    else:
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
        is_written_anew=bool(given or meant) and stored not in (None, given),
    )


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
