"""The first page on the first day, after an import, and when a look was held up."""

import pytest
import sqlalchemy as sa

from flask_talentpool.noticing import brake

FIRST = "/talent-pool/"


def held(office, because, number=3):
    """Reject people, and hold their letters for a reason that comes over many at once."""
    for n in range(number):
        office.rejected(name=f"Person {n}", email=f"person{n}@mail.example")
    with office.unit() as session:
        decision, letter = office.models.decision, office.models.letter
        session.execute(sa.update(decision).values(needs_review=because))
        session.execute(sa.update(letter).values(state="held", because=because))


@pytest.mark.parametrize("because", ["before_start", "imported", "after_a_pause", "restored", "hidden"])
def test_what_came_over_many_at_once_is_counted_and_has_two_acts(office, because):
    held(office, because)

    page = office.get(FIRST).text

    assert "3 letters</span> held" in page
    for act, button in (("approve", "Let all go"), ("tell", "Mark all as told")):
        assert button in page
        chosen = office.get(f"/talent-pool/bulks/new?all=1&state=held&because={because}&act={act}").text
        assert f'value="{act}" aria-describedby="tp-act-{act}-effect" checked' in chosen


def test_who_may_not_act_on_many_is_offered_neither(office):
    held(office, "imported")

    page = office.sign_in("manager").get(FIRST).text

    assert "Let all go" not in page


def test_a_look_that_was_held_up_is_asked_about_once(office):
    with office.unit():
        brake._keep(office.talentpool.context(), brake.Braked(gone=30, taken_back=5, standing=100))

    asked = office.get(FIRST).text
    office.post("/talent-pool/look/go-on", {"number": 35})
    after = office.get(FIRST).text

    assert "Are they really gone?" in asked
    assert "They really are: go on with 35" in asked
    assert "The next look goes on." in after
    assert "They really are" not in after
