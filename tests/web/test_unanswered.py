"""The page of interviewed people without an answer: who sees it, what its buttons do, and the first page's part."""

import re
import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.web.conftest import Office

PAGE = "/talent-pool/unanswered"
DONE = "/talent-pool/bulks/1"


def reject(application, actor):
    """What a host maps: its own word, and who said so."""
    application.stage = "applied"
    if application.candidate.name.startswith("Stubborn"):
        raise RuntimeError("no")
    if application.candidate.name.startswith("Mute"):
        return
    application.status = "rejected"
    reject.by = actor.id


class Closing(Office):
    """The same host, which says whether a job is open, and lets us turn people down."""

    def _map(self):
        return super()._map() | {"reject": reject, "job_open": lambda job: not job.title.startswith("Closed")}


@pytest.fixture
def closing(tmp_path, opened_database, dispose_of):
    path = tmp_path / "closing.db"
    shutil.copyfile(opened_database, path)
    folder = tmp_path / "closing"
    folder.mkdir()
    made = Closing(f"sqlite:///{path}", folder)
    dispose_of(made.app)
    made.sign_in()
    return made


def waiting(office, *names, stage="interview", **columns):
    """Let people be interviewed; the ids of their clocks."""
    keys = [
        office.apply(name=name, email=f"{name.split()[0].lower()}@mail.example", stage=stage, **columns)
        for name in names
    ]
    office.sync()
    return [office.row("clock", application_key=str(key)).id for key in keys]


def open_letters(office):
    return [letter for letter in office.rows("letter") if letter.kind == "progress"]


def test_people_without_an_answer_stand_by_days_left(office):
    job = office.job("Backend Engineer")
    waiting(office, "Ada Okafor", job=job)
    office.clock.advance(timedelta(days=4))
    waiting(office, "Ben Short", job=job)

    page = office.get(PAGE).text

    assert page.index("Ada Okafor") < page.index("Ben Short")
    assert "6 days left" in page
    assert "10 days left" in page
    assert "2 people wait" in page
    assert "/candidates/" in page


def test_nobody_waiting_says_so(office):
    page = office.get(PAGE).text

    assert "Everybody who was interviewed has an answer" in page
    assert "Nobody waits" in page


def test_it_can_be_narrowed_to_a_job(office):
    one, other = office.job("Nurse"), office.job("Cook")
    waiting(office, "Ada Okafor", job=one)
    waiting(office, "Ben Short", job=other)

    page = office.get(f"{PAGE}?job={one}").text

    assert "Ada Okafor" in page
    assert "Ben Short" not in page
    assert "Cook (1)" in page
    assert "Nobody waits" in office.get(f"{PAGE}?job=999").text


def test_json_says_the_same(office):
    (clock,) = waiting(office, "Ada Okafor")

    found = office.json(PAGE)

    assert found["count"] == 1
    row = found["rows"][0]
    assert (row["clock_id"], row["name"], row["target_days"], row["limit_days"]) == (
        clock,
        "Ada Okafor",
        10,
        45,
    )
    assert (row["decision_id"], row["letter_due"]) == (None, None)


def test_who_was_decided_about_shows_when_the_letter_goes(office):
    application = office.apply(stage="interview")
    office.reject(application)
    office.sync()

    page = office.get(PAGE).text

    assert f'href="/talent-pool/decisions/{office.decision_of(application).id}"' in page
    assert "The letter goes" in page
    assert "Write that it is still open" not in page


def test_looking_changes_nothing(office):
    waiting(office, "Ada Okafor")
    before = office.rows("clock")

    office.get(PAGE)
    office.get("/talent-pool/")

    assert office.rows("clock") == before
    assert office.rows("letter") == []


def test_a_manager_sees_own_jobs_and_cannot_write(office):
    (mine,) = waiting(office, "Ada Okafor", job=office.job("Nurse", owner="manager"))
    waiting(office, "Ben Short", job=office.job("Cook", owner="admin"))
    client = office.sign_in("manager")

    page = office.get(PAGE, client=client).text
    refused = office.post(f"{PAGE}/{mine}/still-open", client=client)

    assert "Ada Okafor" in page
    assert "Ben Short" not in page
    assert "Cook" not in page
    assert "Write that it is still open" not in page
    assert refused.status_code == 403
    assert open_letters(office) == []


def test_another_scope_sees_and_touches_nothing(office):
    (clock,) = waiting(office, "Ada Okafor")
    client = office.sign_in("north")

    assert "Ada Okafor" not in office.get(PAGE, client=client).text
    assert office.post(f"{PAGE}/{clock}/still-open", client=client).status_code == 404
    refused = office.post(f"{PAGE}/turn-down", {"clock": clock, "confirmed": "1"}, client=client)
    assert refused.status_code in (404, 409)


def test_nobody_and_outsiders_are_refused(office):
    waiting(office, "Ada Okafor")

    assert office.get(PAGE, client=office.sign_in("outsider")).status_code == 403
    assert office.app.test_client().get(PAGE).status_code in (302, 401)


def test_without_a_token_nothing_is_written(office):
    (clock,) = waiting(office, "Ada Okafor")

    answer = office.client.post(f"{PAGE}/{clock}/still-open")

    assert answer.status_code == 400
    assert open_letters(office) == []


def test_pressing_still_open_writes_and_says_so(office):
    (clock,) = waiting(office, "Ada Okafor")

    answer = office.post(f"{PAGE}/{clock}/still-open", follow_redirects=True)

    assert "Written. It goes with the next round" in answer.text
    assert "A letter that it is still open waits" in answer.text
    assert [letter.state for letter in open_letters(office)] == ["due"]


def test_pressing_it_again_is_refused_with_the_reason(office):
    (clock,) = waiting(office, "Ada Okafor")
    office.post(f"{PAGE}/{clock}/still-open")

    answer = office.post(f"{PAGE}/{clock}/still-open")

    assert answer.status_code == 409
    assert "waits already" in answer.text
    assert len(open_letters(office)) == 1


def test_without_the_mapped_way_the_host_decides(office):
    (clock,) = waiting(office, "Ada Okafor")

    page = office.get(PAGE).text
    answer = office.post(f"{PAGE}/turn-down", {"clock": clock, "confirmed": "1"})

    assert "Turn down" not in page
    assert "Decide in your ATS" in page
    assert answer.status_code == 409
    assert office.rows("decision") == []


def turn_down(office, ids, **data):
    """Choose people to turn down, and let the worker look at them; the page's address."""
    answer = office.post(f"{PAGE}/turn-down", {"clock": ids, **data})
    assert answer.status_code == 303, answer.text
    work(office)
    return answer.location


def maps(office, **entries):
    with office.app.app_context():
        for name, entry in entries.items():
            object.__setattr__(office.talentpool.host.map, name, entry)


def work(office):
    with office.app.app_context():
        return office.talentpool.work_bulks()


def confirmed(office, url, **data):
    answer = office.post(f"{url}/confirm", data, follow_redirects=True)
    work(office)
    return answer


def test_turning_down_asks_first_how_many_and_who(closing):
    ids = waiting(closing, "Ada Okafor", "Ben Short", "Cleo Far")

    asked = closing.get(turn_down(closing, ids[:2])).text

    assert "Turn down 2 people" in asked
    assert "Ada Okafor" in asked
    assert "Cleo Far" not in asked
    assert "Undo takes back the letter, not the status in your ATS." in asked
    assert closing.rows("decision") == []


def test_confirmed_each_is_turned_down_and_gets_the_letter(closing):
    ids = waiting(closing, "Ada Okafor", "Ben Short", "Cleo Far")

    confirmed(closing, turn_down(closing, ids[:2]))

    assert [decision.outcome for decision in closing.rows("decision")] == ["rejected", "rejected"]
    assert [letter.state for letter in closing.rows("letter")] == ["due", "due"]
    assert reject.by.startswith("User:")
    assert "Turn down: chosen one by one" in closing.get("/talent-pool/bulks").text
    lines = re.search(
        r'href="(/talent-pool/decisions/grid[^"]*)">A line and a reason', closing.get(DONE).text
    )[1]
    assert "Line for Ben Short" in closing.get(lines.replace("&amp;", "&")).text


def test_posting_the_same_form_twice_is_one_act(closing):
    ids = waiting(closing, "Ada Okafor", "Ben Short")
    url = turn_down(closing, ids, token="of the form")
    confirmed(closing, url)

    assert turn_down(closing, ids, token="of the form") == url
    assert len(closing.rows("letter")) == 2


@pytest.mark.parametrize(
    ("name", "why"),
    [("Stubborn Stone", "Something went wrong with this one"), ("Mute Mole", "HostMap.reject did not give")],
)
def test_what_the_host_refuses_for_one_leaves_the_others_done(closing, name, why):
    ids = waiting(closing, "Ada Okafor", name, "Ben Short")
    url = turn_down(closing, ids)

    confirmed(closing, url)

    page = closing.get(url).text
    assert "Turned down: 2. Not done: 1." in page
    assert name in page
    assert why in page
    assert len(closing.rows("decision")) == 2
    with closing.unit() as session:
        stages = sa.select(closing.host.Application.stage).order_by(closing.host.Application.id)
        assert session.scalars(stages).all() == ["applied", "interview", "applied"]


def test_json_is_told_where_it_is_looked_at_and_confirmed(closing):
    (clock,) = waiting(closing, "Ada Okafor")

    answer = closing.post(f"{PAGE}/turn-down", {"clock": clock}, headers={"Accept": "application/json"})

    assert answer.json["total"] == 1
    assert answer.json["page"].endswith(f"/bulks/{answer.json['bulk_id']}")
    assert closing.rows("decision") == []


def test_undone_the_letter_is_taken_back_and_the_status_put_back_where_the_host_says_how(closing):
    maps(closing, reopen=lambda application: setattr(application, "status", "open"))
    (clock,) = waiting(closing, "Ada Okafor")
    url = turn_down(closing, [clock])
    assert "puts the status in your ATS back" in closing.get(url).text
    confirmed(closing, url)

    closing.post(f"{url}/undo")
    work(closing)

    with closing.unit() as session:
        assert session.scalars(sa.select(closing.host.Application.status)).all() == ["open"]
    assert [(row.state, row.because) for row in closing.rows("letter")] == [("cancelled", "taken_back")]
    assert [row.state for row in closing.rows("bulk_item")] == ["undone"]


def test_a_host_that_cannot_reopen_leaves_the_letter_taken_back(closing):
    def fails(_application):
        raise RuntimeError("closed for ever")

    maps(closing, reopen=fails)
    (clock,) = waiting(closing, "Ada Okafor")
    url = turn_down(closing, [clock])
    confirmed(closing, url)

    closing.post(f"{url}/undo")
    work(closing)

    assert [(row.state, row.because) for row in closing.rows("letter")] == [("cancelled", "taken_back")]
    assert "Your ATS still says rejected" in closing.get(f"{url}?show=done").text


@pytest.mark.parametrize(
    ("chosen", "said"), [([], "Choose at least one person"), (range(1, 52), "Choose at most 50 people")]
)
def test_a_choice_of_nobody_or_of_too_many_is_said_on_top(closing, chosen, said):
    waiting(closing, "Ada Okafor")

    answer = closing.post(f"{PAGE}/turn-down", {"clock": list(chosen)})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert said in answer.text


def test_a_job_that_closed_with_people_waiting_is_said_on_top(closing):
    waiting(closing, "Ada Okafor", "Ben Short", job=closing.job("Closed: Nurse"))
    waiting(closing, "Cleo Far", job=closing.job("Cook"))

    page = closing.get(PAGE).text

    assert "Closed: Nurse</span> is closed in your ATS. 2 people have no answer" in page
    assert "Cook</span> is closed" not in page


def test_the_first_page_names_them(office):
    waiting(office, "Ada Okafor", job=office.job("Nurse"))
    office.clock.advance(timedelta(days=11))

    page = office.get("/talent-pool/").text

    assert "Interviewed, and no answer yet" in page
    assert "Ada Okafor" in page
    assert "1 day late" in page
    assert "1 thing needs a person" in page


def test_the_pages_take_as_many_statements_for_many_as_for_few(closing):
    def taken(path):
        closing.get(path)
        with closing.counting() as seen:
            closing.get(path)
        return len(seen)

    waiting(closing, "Ada Okafor")
    few = taken(PAGE), taken("/talent-pool/")
    waiting(closing, *(f"Person{number} Long" for number in range(20)))

    assert (taken(PAGE), taken("/talent-pool/")) == few
    assert few[1] <= 14


def test_many_people_are_shown_a_page_at_a_time(office):
    job = office.job("Nurse")
    for number in range(52):
        office.apply(
            name=f"Person{number:02} Long", email=f"p{number}@mail.example", stage="interview", job=job
        )
    office.sync()

    first, second = office.get(PAGE).text, office.get(f"{PAGE}?page=2").text

    assert "1 of 2" in first
    assert "Person51 Long" not in first
    assert "Person51 Long" in second


def test_letters_to_colleagues_are_not_among_the_letters(make_office):
    office = make_office(TALENTPOOL_MORNING_MAIL=True)
    waiting(office, "Ada Okafor")
    office.clock.advance(timedelta(days=8))
    office.sync()
    (mail,) = [row for row in office.rows("letter") if row.kind == "colleague"]

    assert "Manager Miller" not in office.get("/talent-pool/letters?state=waiting").text
    assert "Manager Miller" not in office.get("/talent-pool/").text

    office.change("letter", mail.id, state="failed", because="server_refused")
    assert "Manager Miller" in office.get("/talent-pool/letters?state=needs-you").text


def test_all_of_one_job_are_turned_down_by_one_press_that_asks(closing):
    job, other = closing.job(), closing.job()
    waiting(closing, "Ada Okafor", "Ben Short", job=job)
    waiting(closing, "Cleo Far", job=other)
    page = closing.get(f"{PAGE}?job={job}").text
    assert "Turn down all 2 shown" in page
    assert "Turn down all" not in closing.get(PAGE).text

    shown = re.findall(r'name="shown" value="(\d+)"', page)
    waiting(closing, "Dora Late", job=job)

    asked = closing.get(turn_down(closing, [], job=str(job), all="1", shown=shown)).text

    # Whoever came since the page was made was not shown.
    assert "Turn down 2 people" in asked
    assert "Cleo Far" not in asked
    assert "Dora Late" not in asked
    assert closing.rows("decision") == []


def test_all_without_a_job_is_nobody(closing):
    waiting(closing, "Ada Okafor")

    answer = closing.post(f"{PAGE}/turn-down", {"all": "1"})

    assert answer.status_code == 400
    assert "Choose at least one person." in answer.text


def test_people_stand_under_their_job_with_the_longest_waiting_first(closing):
    job = closing.job()
    waiting(closing, "Ada Okafor", "Ben Short", job=job)
    page = closing.get(PAGE).text

    assert page.count('id="tp-job-') == 1
    assert page.index("Ada Okafor") < page.index("Ben Short")
