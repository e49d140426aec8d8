"""Two rounds of reading, then one interview, after which it is decided: no stage makes a finalist."""

from typing import ClassVar

from tests.hosts.shapes import own_model
from tests.hosts.traits import Trait

NAME = "last_is_interview"
TRAITS = frozenset(
    {Trait.OWN_MODEL, Trait.INT_KEY, Trait.JOB_RELATIONSHIP, Trait.LAST_IS_INTERVIEW, Trait.CSRF_NONE}
)


class Shape(own_model.Shape):
    FURTHEST = "interviewed"
    stages: ClassVar = {
        "applied": "applied",
        "screened": "screen",
        "interviewed": "interview",
        "finalist": "interview",
    }
