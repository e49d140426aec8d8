"""Forms of the letter panel."""

from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange, Optional

from flask_talentpool.decisions.service import LONGEST_LINE
from flask_talentpool.words import Door

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


def one_line(text: str | None) -> str:
    """Trim a text and put it on one line."""
    return " ".join((text or "").split())


class LetterForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """The door and the one personal line; what is left out stays as it is."""

    door = StringField(
        "Door",
        validators=[Optional(), AnyOf([door.value for door in Door], message="There is no such door.")],
    )
    line = TextAreaField(
        "One personal line",
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=f"The line has up to {LONGEST_LINE} characters.")],
    )


class ToldForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """How somebody told the person."""

    channel = StringField(
        "How",
        validators=[
            InputRequired("Say how the person was told."),
            AnyOf(list(CHANNEL_WORDS), message="Choose one of the ways there are."),
        ],
    )


class FinishForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """The place in the finish: 1 is the person hired."""

    finish = IntegerField(
        "Finish",
        validators=[Optional(), NumberRange(min=1, max=999, message="A finish is a whole number from 1 on.")],
    )
