"""Forms of the pools' pages, and the one behind "Recall to pool"."""

from wtforms import Field, Form, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from flask_talentpool.pools.keys import LONGEST_NAME
from flask_talentpool.text import one_line

MOST_TAGS = 20


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


class TextsField(Field):  # type: ignore[misc]  # WTForms ships no types
    """Any number of texts under one name, such as ticked boxes."""

    def process_formdata(self, valuelist: list[object]) -> None:
        """Take what was sent as it is; which of it is there is the service's to say."""
        self.data = [str(value) for value in valuelist]


class RecallForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Pool, tags and reason; everything may be left out, and then the sensible thing is done."""

    scope = StringField("For")
    pool = StringField("Pool")
    tags = TextsField("Tags")
    new_tags = StringField("More tags", validators=[Length(max=400, message="That is more than fits here.")])
    reason = TextAreaField(
        "Why",
        filters=[one_line],
        validators=[Length(max=400, message="The reason has up to 400 characters.")],
    )

    def chosen_tags(self) -> list[str]:
        """Return the tags that were ticked and those that were written, separated by commas."""
        written = [one_line(part) for part in (self.new_tags.data or "").split(",")]
        found = dict.fromkeys([*(self.tags.data or []), *written])
        return [tag[:LONGEST_NAME] for tag in found if tag][:MOST_TAGS]
