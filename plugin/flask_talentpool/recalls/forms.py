"""Forms of the bench: the finishing order, and an invitation."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    DateField,
    Form,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.recalls.model import LONGEST_SAID
from flask_talentpool.text import one_line

LAST = 999


class InviteForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Inviting somebody back."""

    line = TextAreaField(
        "One personal line, if you have a true one",
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=f"The line has up to {LONGEST_LINE} characters.")],
    )


class RangForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """What somebody said on the phone about coming back."""

    said = RadioField(
        choices=["accepted", "not_now", "declined"],
        validators=[InputRequired("Say what they answered: yes, not now or no.")],
    )
    ask_after = DateField(
        "Not before", validators=[Optional()], description="Of a “not now”: when you may ask again."
    )
    note = StringField(
        "What they added",
        filters=[one_line],
        validators=[Length(max=LONGEST_SAID, message=f"The note has up to {LONGEST_SAID} characters.")],
    )

    def __init__(self, posted: Any = None, *, today: date | None = None) -> None:
        super().__init__(posted)
        self._today = today

    def validate_ask_after(self, field: DateField) -> None:
        """Take no day that is over."""
        if self._today is not None and field.data is not None and field.data <= self._today:
            raise ValidationError("Write a day that is still to come, such as the first of a month.")


def field_of(decision_id: int) -> str:
    """Return the name of the field that holds one person's finish."""
    return f"finish-{decision_id}"


def order_form(posted: Any, people: Iterable[tuple[int, str]]) -> Form:
    """Return a form with one number for each person on the bench, by decision id and name."""

    class OrderForm(Form):  # type: ignore[misc]  # WTForms ships no types
        pass

    for decision_id, name in people:
        field = IntegerField(
            f"Finish of {name}",
            validators=[
                Optional(),
                NumberRange(
                    min=1, max=LAST, message=f"{name}: a finish is a whole number from 1 on, or nothing."
                ),
            ],
        )
        setattr(OrderForm, field_of(decision_id), field)
    return OrderForm(posted)
