"""Forms of the pages of letters' texts."""

from wtforms import Form, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_talentpool.text import one_line

LONGEST_NOTE = 300
LAST = 2**31 - 1
"""The last number that a version's column holds."""


class TextForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """A text as somebody is writing it; its words are checked by the part that knows their language."""

    source = TextAreaField(
        "The text",
        validators=[InputRequired("The text is empty. Write it, or go back to the text as it came.")],
    )
    note = StringField(
        "What did you change?",
        filters=[one_line],
        validators=[Length(max=LONGEST_NOTE, message=f"A note has up to {LONGEST_NOTE} characters.")],
    )
    seen = IntegerField("Version", validators=[Optional(), NumberRange(0, LAST)])
    person = IntegerField("Try it on", validators=[Optional(), NumberRange(0, LAST)])
    press = StringField("Press", filters=[one_line], validators=[Length(max=64)])


class RestoreForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Going back to a version."""

    version = IntegerField("Version", validators=[InputRequired("Say which version."), NumberRange(0, LAST)])
    seen = IntegerField(
        "Latest version", validators=[InputRequired("Reload the page."), NumberRange(0, LAST)]
    )
