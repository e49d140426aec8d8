"""What a candidate can say by link."""

from wtforms import Form, RadioField
from wtforms.validators import InputRequired

STAY = {"stay": "Keep me in mind", "leave": "Leave"}
ANSWER = {
    "yes": "Yes, I am interested",
    "not_now": "Not now",
    "no": "No, thank you",
    "never": "Please do not ask me again",
}


class StayForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Staying in mind, or leaving."""

    say = RadioField(choices=list(STAY), validators=[InputRequired()])


class AnswerForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Answering an invitation back."""

    say = RadioField(choices=list(ANSWER), validators=[InputRequired()])
