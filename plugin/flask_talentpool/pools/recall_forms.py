"""The form behind "Recall to pool"."""

from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from flask_talentpool.pools.forms import one_line
from flask_talentpool.pools.service import LONGEST_NAME

MOST_TAGS = 20


class RecallForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Pool, tags and reason; everything may be left out, and then the sensible thing is done."""

    # What is chosen is checked by the service: a page may be older than the pools and tags it shows.
    pool = RadioField("Pool", validators=[Optional()], validate_choice=False)
    tags = SelectMultipleField("Tags", validators=[Optional()], validate_choice=False)
    new_tags = StringField("More tags", validators=[Length(max=400, message="That is more than fits here.")])
    reason = TextAreaField(
        "Why",
        filters=[one_line],
        validators=[Length(max=400, message="The reason has up to 400 characters.")],
    )
    scope = SelectField("For", validators=[Optional()], validate_choice=False)

    def chosen_tags(self) -> list[str]:
        """Return the tags that were ticked and those that were written, separated by commas."""
        written = [one_line(part) for part in (self.new_tags.data or "").split(",")]
        found = dict.fromkeys([*(self.tags.data or []), *(tag for tag in written if tag)])
        return [tag[:LONGEST_NAME] for tag in found][:MOST_TAGS]
