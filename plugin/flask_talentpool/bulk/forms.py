"""Forms of work on many decisions: what to do, and confirming it."""

from wtforms import BooleanField, Form, IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, Optional

from flask_talentpool.bulk.choices import BulkChoices
from flask_talentpool.enums import Act, Door
from flask_talentpool.text import one_line

DOORS = (
    ("", "Leave the door as it is"),
    (Door.OPEN, "Open: I want all of them back"),
    (Door.UNLATCHED, "Unlatched: no promise"),
    (Door.CLOSED, "Closed: complete and kind, with no way back"),
)


class BulkForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """What to do to many, and what is set for all of them."""

    act = StringField(
        "What to do",
        validators=[
            InputRequired("Choose what to do."),
            AnyOf(list(Act), message="Choose one of the things there are to do."),
        ],
    )
    token = StringField("Token", validators=[Length(max=64)])
    channel = StringField("How they were told")
    door = StringField("Door")
    reason = StringField("Reason")
    reason_detail = StringField(
        "Which stated requirement",
        filters=[one_line],
        validators=[Optional(), Length(max=300, message="Up to 300 characters.")],
    )
    no_line = BooleanField("No personal line: letters that wait for one go without")

    def chosen(self) -> BulkChoices:
        """Return what is set for all of them."""
        return BulkChoices(
            door=self.door.data or "",
            reason=self.reason.data or "",
            reason_detail=self.reason_detail.data or "",
            no_line=bool(self.no_line.data),
            channel=self.channel.data or "",
        )


class ConfirmForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """The number typed, and who says so where people are promised a place."""

    number = IntegerField("Type the number to confirm", validators=[Optional()])
    says_so = BooleanField("I say so")
