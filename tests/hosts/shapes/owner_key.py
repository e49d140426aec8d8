"""The owner of a job is a bare key, and nothing says whose: letters come from the hiring team."""

from typing import ClassVar

from tests.hosts.shapes import own_model
from tests.hosts.traits import Trait

NAME = "owner_key"
TRAITS = frozenset(
    {
        Trait.OWN_MODEL,
        Trait.INT_KEY,
        Trait.JOB_RELATIONSHIP,
        Trait.OWNER_KEY,
        Trait.ROLE_COLUMN,
        Trait.CSRF_NONE,
    }
)


class Shape(own_model.Shape):
    SIGNED: ClassVar[str] = "The hiring team at Fernhill"
    ANSWERS_GO_TO: ClassVar[str] = "jobs@fernhill.example"

    def host_map(self):
        return super().host_map() | {"owner": "job.owner_id"}
