"""Openings over HTTP: the card on the first page, the page of all, and who may settle one."""

import pytest

FIRST, OPENINGS = "/talent-pool/", "/talent-pool/openings"


@pytest.fixture
def fell(office):
    """A job with two runners-up, one of them not told no yet, whose hire was undone."""

    def make(title="Backend Engineer", owner="manager", scope=""):
        job = office.job(title, owner=owner)
        hired = office.apply(job=job, name="Hanna", email=f"hanna{job}@mail.example", scope=scope)
        office.rejected(job=job, name="Ada", email=f"ada{job}@mail.example", scope=scope)
        office.send()
        office.rejected(job=job, name="Bo", email=f"bo{job}@mail.example", scope=scope)
        office.decide(hired, "hired")
        office.sync()
        office.decide(hired, "withdrawn")
        office.sync()
        return job

    return make


def lines(office, *, client=None):
    return office.json(OPENINGS, client=client)["openings"]["lines"]


def test_the_first_page_says_what_happened_and_leads_to_the_bench(office, fell):
    job = fell()

    page = office.get(FIRST)

    assert "1 job to look at again" in page.text
    assert "Your ATS no longer says that somebody is hired." in page.text
    assert "2 runners-up on the bench, 1 not told no yet" in page.text
    assert f'href="/talent-pool/jobs/{job}"' in page.text
    assert "Hanna" not in page.text + office.get(OPENINGS).text


def test_not_filling_it_again_takes_it_off_the_first_page_until_it_is_put_back(office, fell):
    fell()
    (line,) = lines(office)
    url = f"{OPENINGS}/{line['opening_id']}"

    settled = office.post(f"{url}/not-again", follow_redirects=True).text
    after = office.get(FIRST).text
    office.post(f"{url}/put-back")

    assert "to look at again" not in after
    assert "Below it can be put back." in settled
    assert "Recruiter Miller said on" in settled
    assert [one["job"] for one in lines(office)] == ["Backend Engineer"]


def test_a_manager_sees_the_openings_of_own_jobs_and_settles_none(office, fell):
    fell("Theirs")
    fell("Secret", owner="recruiter")
    manager = office.sign_in("manager")

    (line,) = lines(office, client=manager)
    refused = office.post(f"{OPENINGS}/{line['opening_id']}/not-again", client=manager)

    assert line["job"] == "Theirs"
    assert refused.status_code == 403
    assert "Not filling it again" not in manager.get(FIRST).text


def test_of_another_scope_nothing_is_seen_or_settled(office, fell):
    fell("Theirs", scope="south")
    (opening_id,) = office.rows("opening", "id")
    north = office.sign_in("north")

    settled = office.post(f"{OPENINGS}/{opening_id}/not-again", client=north)

    assert (lines(office, client=north), settled.status_code) == ([], 404)
    assert office.rows("opening", "settled_at") == [None]


def test_the_page_is_found_from_the_bench_and_leads_to_the_hires(office):
    assert f'href="{OPENINGS}"' in office.get("/talent-pool/jobs").text
    assert 'href="/talent-pool/hires"' in office.get(OPENINGS).text


def test_with_nothing_open_the_page_says_when_there_will_be(office):
    assert "No job is open again" in office.get(OPENINGS).text


def test_however_many_there_are_the_page_takes_as_many_statements(office, fell):
    fell()
    with office.counting() as few:
        office.get(OPENINGS)
    fell("Another")
    fell("A third")
    with office.counting() as many:
        office.get(OPENINGS)

    assert len(many) == len(few)
