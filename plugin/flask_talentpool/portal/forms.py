"""What a candidate can say by link."""

from wtforms import Form, RadioField, TextAreaField, ValidationError
from wtforms.validators import AnyOf, InputRequired, Length

from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.text import one_line

STAY = ("stay", "leave")
ANSWER = ("yes", "not_now", "no", "never")


class StayForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Staying in mind, or leaving."""

    say = RadioField(choices=STAY, validators=[InputRequired()])


class AnswerForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Answering an invitation back."""

    say = RadioField(choices=ANSWER, validators=[InputRequired()])


class LineForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """A colleague's line, or that there is none."""

    say = RadioField(choices=["line", "none"], validators=[InputRequired(), AnyOf(["line", "none"])])
    line = TextAreaField(
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=f"The line has up to {LONGEST_LINE} characters.")],
    )

    def validate_line(self, field: TextAreaField) -> None:
        """Ask for a line where somebody says that there is one."""
        if self.say.data == "line" and not field.data:
            raise ValidationError("Write the line, or press “None”.")
