"""A row that the host makes already decided is noticed in its own commit, in every miniature host."""

import pytest
import sqlalchemy as sa

from tests.hosts import registry
from tests.hosts.base import key_of

# A state machine makes no row but an open one.
SHAPES = {name: shape for name, shape in registry.all_shapes().items() if name != "state_machine"}


@pytest.fixture(params=sorted(SHAPES))
def host(request, sqlite_url):
    shape = SHAPES[request.param]()
    shape.create_app(sqlite_url)
    shape.create_tables()
    yield shape
    shape.close()


def make_rejected(host, number):
    """Add new people whose applications say rejected from the first flush on; their keys."""
    job_key = host.add_job("Engineer")
    made = []
    with host.unit() as session:
        job = host.job(job_key)
        for at in range(number):
            candidate = host.make_candidate(f"Person {at}", f"person{at}@mail.example")
            session.add(candidate)
            session.flush()
            application = host.make_application(candidate, job)
            session.add(application)
            host.settle(application, "rejected")
            made.append(application)
        session.flush()
        return [str(key_of(row)) for row in made]


def test_rows_made_already_decided_are_noticed_by_the_hook_with_their_keys(host):
    keys = make_rejected(host, 3)

    with host.app.app_context():
        decision = host.app.extensions["talentpool"].models.decision
        found = host.db.session.execute(sa.select(decision.application_key, decision.candidate_key)).all()
    assert {row.application_key for row in found} == set(keys)
    assert all(row.candidate_key not in ("", "None") for row in found)
