"""What the letters that follow a telling share: their columns, and whether they may still go."""

from collections.abc import Callable

from flask_talentpool import signals
from flask_talentpool.access import Actor
from flask_talentpool.context import Answer, Context, Go, Hold
from flask_talentpool.decisions import locking
from flask_talentpool.decisions.facts import application_of, look_at
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.outcome.hold_reasons import out_of_reach, text_obstacle
from flask_talentpool.decisions.outcome.release import next_moment
from flask_talentpool.enums import HoldReason, LetterKind
from flask_talentpool.errors import Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.columns import columns, rewrite
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.signer import is_signed_anew, signer_of
from flask_talentpool.letters.texts.render import columns_of
from flask_talentpool.people.service import Known, link_person


def put(
    ctx: Context,
    kind: LetterKind,
    decision: DecisionMixin,
    draft: drafts.OutcomeDraft,
    *,
    by: Actor,
    follows: str = "",
    member_id: int | None = None,
) -> LetterMixin:
    """Put a letter into the outbox that a person has read and approved; for a decision there is one of a kind.

    Raises:
        Refused: It cannot go; the message says why.
    """
    occasion = locking.occasion(decision)
    there = outbox.find(ctx, kind, occasion)
    if there is not None:
        return there
    application = application_of(ctx, decision)
    because, detail = obstacle(ctx, decision, draft)
    if because is not None or draft.written is None:
        because = because or HoldReason.TEXT
        raise Refused(f"{because.sentence} {detail}".strip(), code=because)
    candidate = ctx.host.candidate_of(application, ctx.session)
    values = columns(
        scope=decision.scope,
        person_id=decision.person_id,
        due_at=next_moment(ctx, ctx.now(), candidate),
        sender=signer_of(ctx, application, language=draft.written.language).columns,
        addressed=drafts.addressed_to(ctx, application),
        words=columns_of(draft.written),
    ) | {
        "decision_id": decision.id,
        "member_id": member_id,
        "follows": follows,
        "approved_at": ctx.now(),
        "approved_by": by.id[:160],
    }
    letter = outbox.put(ctx, kind, occasion, values) or outbox.find(ctx, kind, occasion)
    if letter is None:
        raise Refused("It is being written by somebody else. Reload the page.", code="busy")
    ctx.announce(signals.letter_scheduled, letter_id=letter.id)
    return letter


def obstacle(
    ctx: Context, decision: DecisionMixin, draft: drafts.OutcomeDraft | None
) -> tuple[HoldReason | None, str]:
    """Return why such a letter cannot go now; changes nothing but the link to the person."""
    facts = look_at(ctx, [decision])[0]
    if facts.error is not None:
        raise facts.error
    because, detail = out_of_reach(ctx, facts.application, facts.known, because=facts.because)
    return (because, detail) if because is not None else text_obstacle(draft)


def may_go(
    ctx: Context,
    letter: LetterMixin,
    decision: DecisionMixin,
    anew: Callable[[], drafts.OutcomeDraft | None],
) -> Answer:
    """Ask once more, with the letter locked: can it reach the same person where they are now, from whom it says?

    Args:
        ctx: The unit of work.
        letter: Which somebody has read and approved.
        decision: What it is about.
        anew: Writes what it would say now.
    """
    because, detail = obstacle(ctx, decision, None)
    if because is not None:
        return Hold(because, detail)
    application = application_of(ctx, decision)
    addressed = drafts.addressed_to(ctx, application)
    if addressed["to_name"] != letter.to_name:
        return Hold(HoldReason.IDENTITY)  # a person has read it with the other name
    rewrite(letter, addressed)
    signer = signer_of(ctx, application, language=letter.language)
    if not is_signed_anew(letter, signer.columns):
        return Go()
    draft = anew()
    because, detail = text_obstacle(draft)
    if draft is None or draft.written is None or because is not None:
        return Hold(because or HoldReason.TEXT, detail)
    rewrite(letter, {**signer.columns, **columns_of(draft.written)})
    outbox.lapse(ctx, letter)
    return Hold(HoldReason.SIGNED_ANEW)


def decision_of(ctx: Context, letter: LetterMixin) -> DecisionMixin | None:
    """Return the decision a letter is about, as it is now."""
    if letter.decision_id is None:
        return None
    return ctx.session.get(ctx.models.decision, letter.decision_id, populate_existing=True)


def known_person(ctx: Context, decision: DecisionMixin) -> Known | None:
    """Return who the host's row of a decision belongs to; None when it is gone."""
    application = application_of(ctx, decision)
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    return link_person(ctx, candidate, decision.scope) if candidate is not None else None
