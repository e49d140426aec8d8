"""Forms of a person's page."""

from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from flask_talentpool.text import one_line


class TagForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Putting a tag on a person."""

    name = StringField(
        "Tag",
        filters=[one_line],
        validators=[
            DataRequired("Write the tag first."),
            Length(max=80, message="A tag has up to 80 characters."),
        ],
    )


class EndForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Ending a place in a pool."""

    because = StringField(
        "Why",
        filters=[one_line],
        validators=[Length(max=200, message="The reason has up to 200 characters.")],
    )
