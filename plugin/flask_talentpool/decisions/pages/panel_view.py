"""The letter panel: what it says, and the forms its buttons send; on a page of the host's and on ours."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.decisions.pages.details import Details
from flask_talentpool.decisions.pages.forms import CHANNEL_WORDS, DOOR_WORDS, LetterForm, ToldForm
from flask_talentpool.decisions.pages.panel import Panel
from flask_talentpool.decisions.pages.saving import Saving
from flask_talentpool.decisions.pages.why import Why
from flask_talentpool.enums import HoldReason, Outcome
from flask_talentpool.letters.checks.checker import Finding, check_words
from flask_talentpool.letters.texts.queries import language_name
from flask_talentpool.web.anchors import anchor_of
from flask_talentpool.web.detached_forms import Forms

LONGEST = LONGEST_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorChoice:
    """One door to choose."""

    value: str
    label: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """What the templates of the panel are given."""

    panel: Panel
    anchor: str
    page_url: str
    letter_url: str
    doors: tuple[DoorChoice, ...]
    form: LetterForm
    told_form: ToldForm
    channels: tuple[tuple[str, str], ...]
    forms: Forms
    ids: dict[str, str]
    """Form ids by action; an action that is not there is not offered."""
    findings: tuple[Finding, ...] = ()
    """What the check says about the line."""
    why: Why | None = None
    """Which reason the letter gives."""
    saving: Saving | None = None
    """What saving does; only on a page of ours."""
    preview_url: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)
    """What the page showed before anybody typed, posted back beside it."""
    language: str = ""
    """Of the letter, as the page names it."""
    longest_line: int = LONGEST


def panel_view(
    panel: Panel,
    *,
    forms: Forms | None = None,
    next_page: str = "",
    form: LetterForm | None = None,
    told_form: ToldForm | None = None,
    saving: Saving | None = None,
    more: Details | None = None,
    sent: Mapping[str, str] | None = None,
) -> PanelView:
    """Prepare a panel for its templates.

    Args:
        panel: What was read.
        forms: Where its forms are collected; by default they belong to one of our own pages.
        next_page: The page of the host to come back to.
        form: Door and line as somebody filled them in, with what is wrong about them.
        told_form: The same for how the person was told.
        saving: What saving does, on a page of ours.
        more: What stands beside the letter there.
        sent: All that was posted with the form.
    """
    stored = _stored(panel, saving.why if saving is not None else panel.why, more)
    seen = {f"{name}_seen": _text(value) for name, value in stored.items()}
    if (why := saving.why if saving is not None else panel.why) is not None:
        seen["reason_seen"] = why.seen
    if sent is not None:
        seen |= {name: sent[name] for name in seen if name in sent}
    form = form if form is not None else LetterForm(data=stored)
    for name, value in stored.items():
        if sent is not None and name not in sent:
            form[name].data = value  # what another page did not ask for stays as it is
    forms = forms if forms is not None else Forms("tp-panel")
    hidden = {"next": next_page}
    actions = _actions(panel)
    if more is not None and "write" not in actions and (keep := _keep_url(panel)):
        actions["keep"] = keep
    ids = {action: forms.open(url, hidden) for action, url in actions.items()}
    chosen = form.door.data or panel.door
    return PanelView(
        panel=panel,
        anchor=anchor_of(panel.application_key),
        page_url=_page_url(panel),
        letter_url=url_for("talentpool.letter", letter_id=panel.letter.id)
        if panel.letter is not None and panel.letter.id is not None
        else "",
        doors=tuple(
            DoorChoice(value=door, label=label, text=text.format(name=panel.name), is_chosen=door == chosen)
            for door, (label, text) in DOOR_WORDS.items()
        ),
        form=form,
        told_form=told_form if told_form is not None else ToldForm(),
        channels=tuple(CHANNEL_WORDS.items()),
        forms=forms,
        ids=ids,
        findings=check_words(form.line.data, language=panel.language)
        if form.line.data and "write" in ids
        else (),
        language=language_name(panel.language) if panel.language else "",
        why=why,
        saving=saving,
        preview_url=url_for("talentpool.application_preview", application_key=panel.application_key),
        seen=seen,
    )


def _stored(panel: Panel, why: Why | None, more: Details | None) -> dict[str, str | int | None]:
    """Return what the fields hold until somebody types."""
    stored: dict[str, str | int | None] = {
        "door": panel.door,
        "line": panel.line,
        "reason": why.code if why is not None else "",
        "detail": panel.detail,
        "finish": panel.finish,
        "of": panel.finish_of,
    }
    if more is not None:
        stored |= {"stage": more.stage, "feedback": more.feedback.text, "note": more.note.text}
    return stored


def _text(value: str | int | None) -> str:
    return "" if value is None else str(value)


def _page_url(panel: Panel) -> str:
    if panel.decision_id is not None and panel.is_noticed:
        return url_for("talentpool.decision", decision_id=panel.decision_id)
    return url_for("talentpool.application", application_key=panel.application_key)


def _keep_url(panel: Panel) -> str:
    """Return where finish and note are saved once nothing can be written in the letter."""
    if panel.decision_id is None or panel.outcome != Outcome.REJECTED or panel.phase in ("waiting", "ended"):
        return ""
    if panel.rights.line:
        return url_for("talentpool.decision_write", decision_id=panel.decision_id)
    return url_for("talentpool.decision_finish", decision_id=panel.decision_id) if panel.rights.finish else ""


def _actions(panel: Panel) -> dict[str, str]:
    """Return what can be done now, with the address each is posted to."""
    actions: dict[str, str] = {}
    if panel.phase == "waiting" and panel.rights.line:
        actions["write"] = (
            url_for("talentpool.decision_write", decision_id=panel.decision_id)
            if panel.is_noticed
            else url_for("talentpool.application_write", application_key=panel.application_key)
        )
        if panel.waits_for_line and panel.decision_id is not None and panel.is_noticed:
            actions["no_line"] = url_for("talentpool.decision_no_line", decision_id=panel.decision_id)
    if panel.decision_id is None or not panel.rights.write:
        return actions
    offered = {
        "waiting": ("send_now", "take_back", "told"),
        "failed": ("take_back", "told"),
        "unknown": ("told",),
        "silent": ("take_back", "told"),
        "gone": ("told",),
        "came_back": ("told",),
        "quiet": ("stand",),
    }.get(panel.phase, ())
    for action in offered:
        if action == "send_now" and not _may_be_sent_now(panel):
            continue
        actions[action] = url_for(f"talentpool.decision_{action}", decision_id=panel.decision_id)
    actions |= _beside_actions(panel)
    if panel.letter is not None and panel.letter.id is not None:
        if panel.phase in ("failed", "unknown"):
            actions["send_again"] = url_for("talentpool.letter_send_again", letter_id=panel.letter.id)
        if panel.phase == "unknown":
            actions["arrived"] = url_for("talentpool.letter_arrived", letter_id=panel.letter.id)
    return actions


def _beside_actions(panel: Panel) -> dict[str, str]:
    """Return what can be done about the other application that holds a letter."""
    actions: dict[str, str] = {}
    if panel.phase == "waiting" and panel.letter is not None and panel.letter.id is not None:
        other = panel.beside
        if panel.letter.because == HoldReason.LETTER_TODAY or (other is not None and other.job):
            actions["all_the_same"] = url_for(
                "talentpool.decision_all_the_same", decision_id=panel.decision_id
            )
        if other is not None and other.is_told:
            actions["told_together"] = url_for(
                "talentpool.decision_told_together", decision_id=panel.decision_id
            )
    return actions


def _may_be_sent_now(panel: Panel) -> bool:
    letter = panel.letter
    return letter is not None and (not letter.because or letter.is_approvable)
