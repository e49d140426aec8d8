"""Forms of the pools' pages."""

from wtforms import Form, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length


def one_line(text: str | None) -> str:
    """Trim a text and put it on one line."""
    return " ".join((text or "").split())


class PoolForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Making a pool."""

    name = StringField(
        "Name",
        filters=[one_line],
        validators=[
            DataRequired("Give the pool a name."),
            Length(max=120, message="A name has up to 120 characters."),
        ],
    )
    description = TextAreaField(
        "Who belongs in it",
        filters=[one_line],
        validators=[Length(max=1000, message="A description has up to 1,000 characters.")],
    )
    scope = SelectField("For")
