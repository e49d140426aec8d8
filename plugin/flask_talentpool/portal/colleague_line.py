"""What a colleague's link shows: first name and job, what the letter says already, and one box."""

from dataclasses import dataclass

from flask_talentpool.context import Context
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.telling import ask_colleague
from flask_talentpool.letters.checks.checker import Finding, check_words
from flask_talentpool.letters.model import LetterMixin, LinkMixin
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.portal.queries import first_name


@dataclass(frozen=True, slots=True)
class LinePage:
    """A colleague's link: first name and job, what the letter says already, and one box."""

    purpose: str
    first_name: str
    job: str
    company: str
    asked: str
    """Who was asked."""
    body: Paragraphs
    body_language: str
    line: str
    line_by: str
    was_answered: bool
    findings: tuple[Finding, ...]


def line_page(ctx: Context, link: LinkMixin) -> LinePage | None:
    """Read what a colleague's link shows; None when a line is of no use any more."""
    found = ask_colleague.decision_behind(ctx, link)
    if found is None:
        return None
    decision, letter = found
    outcome = letter_of(ctx, decision)
    person = ctx.session.get(ctx.models.person, link.person_id)
    full = person.name if person is not None else ""
    return LinePage(
        purpose=link.purpose,
        first_name=first_name(full),
        job=decision.job_label,
        company=ctx.settings.company,
        asked=letter.to_name,
        body=paragraphs(_only_first_name(outcome, full)) if outcome is not None else (),
        body_language=outcome.language if outcome is not None else "",
        line=decision.line,
        line_by=decision.line_by_name,
        was_answered=decision.line_at is not None,
        findings=check_words(decision.line, language=outcome.language)
        if decision.line and outcome is not None
        else (),
    )


def _only_first_name(letter: LetterMixin, full: str) -> str:
    """Return a letter's text as somebody may read it to whom it is forwarded: the first name, no more."""
    text = letter.text
    for name in {letter.to_name, full} - {""}:
        text = text.replace(name, first_name(name))
    return text
