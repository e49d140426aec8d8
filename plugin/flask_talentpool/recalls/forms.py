"""Forms of the bench: the finishing order, and an invitation."""

from collections.abc import Iterable
from typing import Any

from wtforms import Form, IntegerField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from flask_talentpool.decisions.changes import LONGEST_LINE
from flask_talentpool.text import one_line

LAST = 999


class InviteForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """Inviting somebody back."""

    line = TextAreaField(
        "One personal line, if you have a true one",
        filters=[one_line],
        validators=[Length(max=LONGEST_LINE, message=f"The line has up to {LONGEST_LINE} characters.")],
    )


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
