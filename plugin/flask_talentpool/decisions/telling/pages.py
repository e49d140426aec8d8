"""What the page of a letter after a telling shows before somebody sends it."""

from dataclasses import dataclass

from flask_talentpool.context import Context
from flask_talentpool.decisions.facts import application_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome import draft as drafts
from flask_talentpool.decisions.outcome.hold_reasons import mail_obstacle, text_obstacle
from flask_talentpool.decisions.telling import confirmation, correction
from flask_talentpool.letters.checks.checker import Finding
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.letters.texts.dates_and_phrases import language_for
from flask_talentpool.letters.texts.queries import language_name


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowPage:
    """A letter that follows a telling, not written yet."""

    kind: str
    decision_id: int
    to_name: str
    to_address: str
    language_name: str
    job: str
    subject: str
    body: Paragraphs
    findings: tuple[Finding, ...]
    obstacle: str
    """Why it cannot go now, as a sentence; empty when it can."""
    why: str


def short_letter_page(ctx: Context, decision: DecisionMixin) -> FollowPage:
    """Return the short letter as it would go, or why there is none to send."""
    nothing = ""
    if confirmation.letter_of(ctx, decision) is not None:
        nothing = "It is written already."
    elif not confirmation.can_follow(ctx, decision):
        nothing = "It follows within two days after somebody told the person by phone, in person, by post or in the portal."
    if nothing:
        return _page(ctx, "confirmation", decision, None, obstacle=nothing)
    # The place is offered when it is sent; until then the pool has the name it would have.
    draft = confirmation.draft(ctx, decision, pool_name=drafts.pool_name_of(ctx, decision))
    return _page(ctx, "confirmation", decision, draft)


def correction_page(ctx: Context, decision: DecisionMixin, *, why: str) -> FollowPage:
    """Return the correction as it would go, or why there is none to send."""
    if not correction.is_offered(ctx, decision):
        nothing = "There is nothing to correct, or a correction is written already."
        return _page(ctx, "correction", decision, None, obstacle=nothing)
    draft = correction.draft(ctx, decision, why=why)
    return _page(ctx, "correction", decision, draft, why=why, obstacle=correction.obstacle(ctx, decision))


def _page(
    ctx: Context,
    kind: str,
    decision: DecisionMixin,
    draft: drafts.OutcomeDraft | None,
    *,
    why: str = "",
    obstacle: str = "",
) -> FollowPage:
    application = application_of(ctx, decision)
    to = drafts.addressed_to(ctx, application) if application is not None else {}
    written = draft.written if draft is not None else None
    if not obstacle and application is None:
        obstacle = "The application is no longer in your ATS."
    elif not obstacle:
        because, detail = mail_obstacle(ctx, application)
        if because is None:
            because, detail = text_obstacle(draft)
        obstacle = f"{because.sentence} {detail}".strip() if because is not None else ""
    return FollowPage(
        kind=kind,
        decision_id=decision.id,
        to_name=to.get("to_name", ""),
        to_address=to.get("to_address", ""),
        language_name=language_name(language_for(ctx, application)) if application is not None else "",
        job=decision.job_label,
        subject=written.subject if written else "",
        body=paragraphs(written.text) if written else (),
        findings=draft.findings if draft is not None else (),
        obstacle=obstacle,
        why=why,
    )
