"""What saving would do: the letter as it would read then, and whether, to whom and when it goes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_talentpool.access import Actor, May
from flask_talentpool.context import Context
from flask_talentpool.decisions.changes import Changes, copy_of, put
from flask_talentpool.decisions.facts import read_facts
from flask_talentpool.decisions.locking import letter_of
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.outcome.letter import Foreseen, foresee
from flask_talentpool.decisions.pages.beside import besides, is_beside
from flask_talentpool.decisions.pages.letter_shown import sentences
from flask_talentpool.decisions.pages.panel import Panel
from flask_talentpool.decisions.pages.why import Why, why
from flask_talentpool.errors import Refused
from flask_talentpool.host.seen import key_of
from flask_talentpool.letters.model import LetterMixin
from flask_talentpool.letters.reading import Paragraphs, paragraphs
from flask_talentpool.people.service import find_link, looks_like_somebody_else


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody has typed and not saved."""

    changes: Callable[[DecisionMixin], Changes]
    """Returns what of the letter it changes."""
    finish: int | None = None
    wrong: str = ""
    """Why it cannot be saved."""


_BESIDE = "beside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saving:
    """What saving would do."""

    subject: str
    body: Paragraphs
    is_typed: bool
    """Whether the letter says what somebody typed, rather than what is stored."""
    wrong: str
    """Why nothing can be saved; empty where it can."""
    because: str
    """Why the letter would wait; empty where it goes by itself. ``beside`` where another application holds it: what is
    said of that one, not everybody may read."""
    held: str
    """The same in sentences."""
    due_at: datetime
    """When it goes by itself; where it waits for a line, when it goes without."""
    to_name: str
    to_address: str
    why: Why
    """Which reason it gives."""


def saving(
    ctx: Context,
    decision: DecisionMixin,
    application: Any,
    panel: Panel,
    may: May,
    *,
    by: Actor,
    typed: Typed | None,
) -> Saving | None:
    """Say what saving would do; looks only. None where nothing is to be saved in the letter.

    Args:
        ctx: The unit of work.
        decision: The decision, stored or imagined.
        application: The host's row.
        panel: The same as its panel shows it.
        may: What the acting person may do.
        by: Who would save.
        typed: What they typed; by default what the page proposes.
    """
    candidate = ctx.host.candidate_of(application, ctx.session) if application is not None else None
    if panel.phase != "waiting" or not panel.rights.line or candidate is None:
        return None
    is_stored = decision.id is not None
    letter = letter_of(ctx, decision) if is_stored else None
    copy = copy_of(ctx, decision)
    read_facts(ctx, copy, application)
    its_why = why(ctx, copy, application, letter, language=panel.language)
    changes = typed.changes(decision) if typed is not None else _proposed(its_why)
    if not panel.rights.write:
        changes = Changes(line=changes.line, feedback=changes.feedback)
    wrong = typed.wrong if typed is not None else ""
    try:
        put(ctx, copy, changes, by=by)
    except Refused as error:
        wrong = wrong or str(error)
    if typed is not None and panel.rights.finish:
        copy.finish = typed.finish
    read_facts(ctx, copy, application)
    if typed is not None and changes.reason is not None:
        chosen = why(ctx, copy, application, letter, language=panel.language)
        its_why = replace(its_why, source="typed", sentence=chosen.sentence)
    link = find_link(ctx, key_of(candidate), copy.scope)
    is_ambiguous = link is not None and looks_like_somebody_else(ctx, candidate, link)
    seen = foresee(ctx, copy, application, letter=letter, by=by.id, is_ambiguous=is_ambiguous)
    is_typed = typed is not None and (bool(changes) or copy.finish != decision.finish)
    shown = panel.letter
    written = seen.written if is_typed or shown is None else None
    return Saving(
        subject=written.subject if written is not None else shown.subject if shown is not None else "",
        body=paragraphs(written.text) if written is not None else shown.body if shown is not None else (),
        is_typed=written is not None,
        wrong=wrong,
        because=_BESIDE if is_beside(seen.because or "") else seen.because or "",
        held=_held(ctx, copy, letter, seen, may),
        due_at=seen.due_at,
        to_name=ctx.host.name_of(candidate) or "No name",
        to_address=ctx.host.email_of(candidate),
        why=its_why,
    )


def _proposed(its_why: Why) -> Changes:
    """Return what saving changes that nobody typed: the host's own reason is chosen already."""
    is_proposed = its_why.source == "proposed" and not its_why.needs_detail
    return Changes(reason=its_why.code) if is_proposed else Changes()


def _held(ctx: Context, decision: DecisionMixin, letter: LetterMixin | None, seen: Foreseen, may: May) -> str:
    because = seen.because or ""
    other = None
    if is_beside(because):
        other = besides(ctx, [(decision, letter)], may).get(decision.application_key)
    return other.sentence if other is not None else sentences(because, seen.detail)
