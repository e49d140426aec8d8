"""Forms of the letter panel and of a decision's page."""

from collections.abc import Mapping
from typing import Any

from wtforms import Form, IntegerField, StringField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from flask_talentpool.config.reasons import Reason
from flask_talentpool.decisions.changes import LONGEST_DETAIL, LONGEST_LINE, LONGEST_TEXT, Changes
from flask_talentpool.decisions.host_reason import is_said
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.decisions.telling.correction import LONGEST_WHY
from flask_talentpool.enums import Door, StageReached
from flask_talentpool.text import one_line

CHANNEL_WORDS = {
    "phone": "by phone",
    "in_person": "in person",
    "post": "by post",
    "portal": "in the candidates’ portal",
    "host": "by a mail of your ATS",
}
DOOR_WORDS = {
    Door.OPEN: ("Open", "We want {name} back: the letter says so, and offers a place in a pool."),
    Door.UNLATCHED: ("Unlatched", "No promise: the letter says how to ask to be kept in mind."),
    Door.CLOSED: ("Closed", "Complete and kind, with no way back."),
}


def trimmed(text: str | None) -> str:
    """Trim a text; its lines stay."""
    return (text or "").strip()


class NoteForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """A private note."""

    note = TextAreaField(
        "Private note",
        filters=[trimmed],
        validators=[Length(max=LONGEST_TEXT, message=f"A note has up to {LONGEST_TEXT} characters.")],
    )


class FinishForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """The place in the finish: 1 is the person hired."""

    finish = IntegerField(
        "Finish",
        validators=[Optional(), NumberRange(min=1, max=999, message="A finish is a whole number from 1 on.")],
    )
    of = IntegerField(
        "Of",
        validators=[Optional(), NumberRange(min=1, max=9999, message="Say among how many, from 1 on.")],
    )

    def validate_of(self, field: IntegerField) -> None:
        """Refuse a place behind the last."""
        if field.data is not None and (self.finish.data is None or field.data < self.finish.data):
            raise ValidationError("Say a place among that many: 2nd of 9.")


class LetterForm(NoteForm, FinishForm):
    """All that is said of one person on the page of a decision; what is left out stays as it is."""

    door = StringField(
        "Door",
        filters=[one_line],
        validators=[Optional(), AnyOf(list(Door), message="There is no such door.")],
    )
    line = TextAreaField(
        "One personal line",
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=f"The line has up to {LONGEST_LINE} characters.")],
    )
    reason = StringField("Reason", filters=[one_line])
    detail = StringField(
        "Which stated requirement",
        filters=[one_line],
        validators=[
            Length(max=LONGEST_DETAIL, message=f"The requirement has up to {LONGEST_DETAIL} characters.")
        ],
    )
    stage = StringField(
        "How far it came",
        filters=[one_line],
        validators=[
            Optional(),
            AnyOf(list(StageReached), message="There is no such stage."),
        ],
    )
    feedback = TextAreaField(
        "Feedback to share",
        filters=[trimmed],
        validators=[Length(max=LONGEST_TEXT, message=f"Feedback has up to {LONGEST_TEXT} characters.")],
    )
    against = StringField(
        "The stated requirement", filters=[one_line], validators=[Length(max=LONGEST_DETAIL)]
    )
    saw = TextAreaField("What was seen", filters=[trimmed], validators=[Length(max=LONGEST_TEXT)])

    def joined_feedback(self) -> str:
        """Return the feedback as one text: what was seen, after the requirement it was seen against."""
        if self.feedback.data:
            return str(self.feedback.data)
        if self.against.data and self.saw.data:
            return f"{self.against.data}: {self.saw.data}"
        return str(self.saw.data or "")

    def changes(self, sent: Mapping[str, Any], row: DecisionMixin) -> Changes:
        """Return what of the letter somebody changed; what is as it was when they loaded the page is left alone.

        Args:
            sent: All that was posted, with what the page had shown before.
            row: The decision as it is now.
        """
        door, stage = self.door.data, self.stage.data
        why = (self.reason.data, self.detail.data or "")
        says_why = "reason" in sent and why != reason_seen(sent)
        if says_why and is_said(row) and why == (row.reason_code, row.reason_detail):
            says_why = False
        line, line_seen = self.line.data, one_line(sent.get("line_seen"))
        feedback, has_feedback = self.joined_feedback(), bool({"feedback", "saw"} & sent.keys())
        return Changes(
            door=Door(door) if door and door not in (row.door, sent.get("door_seen")) else None,
            reason=why[0] if says_why else None,
            detail=why[1],
            stage=StageReached(stage)
            if stage and stage not in (row.stage_reached, sent.get("stage_seen"))
            else None,
            line=line if "line" in sent and line not in (row.line, line_seen) else None,
            feedback=feedback
            if has_feedback and feedback not in (row.feedback, sent.get("feedback_seen"))
            else None,
        )

    def says_finish(self, sent: Mapping[str, Any], row: DecisionMixin) -> bool:
        """Whether somebody changed the place in the finish."""
        place = (self.finish.data, self.of.data)
        seen = (sent.get("finish_seen"), sent.get("of_seen"))
        shown = tuple("" if number is None else str(number) for number in place)
        return "finish" in sent and place != (row.finish, row.finish_of) and shown != seen

    def says_note(self, sent: Mapping[str, Any], row: DecisionMixin) -> bool:
        """Whether somebody changed the private note."""
        return "note" in sent and self.note.data not in (row.note or "", trimmed(sent.get("note_seen")))

    def look_at(self, reasons: Mapping[str, Reason], *, seen: tuple[str, str]) -> bool:
        """Check what depends on the settings and on other fields; whether all of it can be saved.

        Args:
            reasons: Those there are.
            seen: Reason and detail as the page had them: what nobody touched is not saved, and need not be whole.
        """
        reason = reasons.get(self.reason.data or "")
        if self.reason.data and reason is None:
            self.reason.errors = ["There is no such reason."]
        is_touched = (self.reason.data, self.detail.data or "") != seen
        if is_touched and reason is not None and reason.needs_detail and not self.detail.data:
            self.detail.errors = ["Say which stated requirement: without it the letter gives no reason."]
        if self.against.data and not self.saw.data:
            self.saw.errors = ["Say what was seen."]
        if self.saw.data and not self.against.data:
            self.against.errors = ["Say against which stated requirement, in the words of the advertisement."]
        return not self.errors


def reason_seen(sent: Mapping[str, Any]) -> tuple[str, str]:
    """Return the reason and its detail as the page had them."""
    return sent.get("reason_seen", ""), sent.get("detail_seen", "")


class ToldForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """How somebody told the person."""

    channel = StringField(
        "How",
        validators=[
            InputRequired("Say how the person was told."),
            AnyOf(list(CHANNEL_WORDS), message="Choose one of the ways there are."),
        ],
    )
    short = StringField("Send a short letter that says so")


class TakeBackForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Why something the person was told is taken back."""

    why = TextAreaField(
        "Why it is taken back",
        filters=[one_line],
        validators=[
            DataRequired("Say why: it stays inside, beside the decision."),
            Length(max=LONGEST_WHY, message=f"The reason has up to {LONGEST_WHY} characters."),
        ],
    )


class CorrectionForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """What the person may read about why it is taken back."""

    why = TextAreaField(
        "What the letter says about why",
        filters=[one_line],
        validators=[
            DataRequired("Say in a sentence why: the letter gives the reason."),
            Length(max=LONGEST_WHY, message=f"This has up to {LONGEST_WHY} characters."),
        ],
    )


class AskForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Who is asked for a line."""

    name = StringField(
        "Name", filters=[one_line], validators=[DataRequired("Say who is asked."), Length(max=160)]
    )
    address = StringField(
        "E-mail", filters=[one_line], validators=[DataRequired("Say where they read mail."), Length(max=320)]
    )


class ReadForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """What the second reader says."""

    says = StringField(validators=[AnyOf(["share", "back"], message="Say whether it may be shared.")])
    seen = TextAreaField(filters=[trimmed])
