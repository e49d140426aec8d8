"""The main job in every miniature host: from a rejected finalist to one invited back, told once and forgotten whole."""

import contextlib
import dataclasses
import json

import pytest
import sqlalchemy as sa

from tests.hosts import registry
from tests.hosts.office import Office, Visitor, link_in
from tests.hosts.reader import Page
from tests.hosts.traits import Trait

SHAPES = registry.all_shapes()
JOB = "Backend/Data Engineer"
ADA = ("Ada Byron", "ada@mail.example")


@contextlib.contextmanager
def offices(url, server):
    """Mount the extension in miniature hosts; all of a test share one database, so make one."""
    with contextlib.ExitStack() as open_ones:

        def open_(name, **config):
            office = Office(SHAPES[name](), url, server, **config)
            open_ones.callback(office.host.close)
            return office

        yield open_


@pytest.fixture
def open_office(database_url, smtp_server):
    with offices(database_url, smtp_server) as open_:
        yield open_


@pytest.fixture
def open_office_on_sqlite(sqlite_url, smtp_server):
    """For what does not touch the database's own ways: rights, tokens, layouts."""
    with offices(sqlite_url, smtp_server) as open_:
        yield open_


# Whose keys, states or tables PostgreSQL sees in its own way; it meets the others in `test_shapes_alone.py`.
DIFFERENT_ON_POSTGRESQL = {
    "attached_later",
    "basic_sign_in",
    "big_keys",
    "bind_key",
    "json_api",
    "last_is_interview",
    "lazy_raise",
    "no_user_loader",
    "one_address",
    "own_model",
    "raising_context",
    "owner_key",
    "owner_names",
    "owner_text",
    "reads_from_replica",
    "row_per_application",
    "soft_delete",
    "shared_address",
    "status_bool",
    "status_enum",
    "status_lookup",
    "string_keys",
    "tenant_criteria",
    "two_companies",
    "uuid_keys",
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=[pytest.mark.both_databases] if name in DIFFERENT_ON_POSTGRESQL else [])
        for name in sorted(SHAPES)
    ]
)
def shape(request):
    return request.param


def test_from_a_rejected_finalist_to_one_invited_back(shape, open_office):
    office = open_office(shape)
    host = office.host
    job = host.add_job(JOB)
    decided_before_we_came(office, job)
    check_says_what_it_understood(office)
    the_first_sync_sends_nothing(office)
    recruiter = Visitor(office).sign_in()

    ada = host.apply(*ADA, job)
    host.reach(ada, "finalist")
    the_button_notes_and_sends_nothing(office, recruiter, ada)
    letter = a_rejected_finalist_is_told_once(office, recruiter, ada)
    those_rejected_in_bulk_are_told_unless_taken_back(office, job)
    a_hire_is_told_by_the_host_alone(office, job)
    if letter is not None:
        the_link_keeps_ada_in_mind(office, letter)
    ada_stands_on_the_bench(office, recruiter, ada, job)
    if host.JOBS:
        ada_is_invited_and_says_yes(office, recruiter, ada)
    else:
        ada_says_yes_and_is_opened_by_hand(office, recruiter, ada)
    every_page_opens(office, recruiter, ada, job)
    ada_is_forgotten(office, ada)
    # For the job she was invited back to her application is open, and no letter may say otherwise.
    ada_applies_afresh_and_is_answered(office, host.add_job("Bookkeeper"))
    the_host_still_works(office, recruiter, ada)


@pytest.mark.both_databases
def test_in_a_host_that_has_not_said_its_companys_name_letters_wait_and_then_go_by_themselves(open_office):
    office = open_office("own_model", TALENTPOOL_COMPANY=None)
    host = office.host
    job = host.add_job(JOB)
    assert office.command("sync").exit_code == 0
    ada = host.apply(*ADA, job)
    host.reach(ada, "finalist")
    host.reject(ada)

    assert office.send() == []
    letter = office.letter_of(ada)
    assert (letter["because"], letter["detail"]) == ("settings", "Set TALENTPOOL_COMPANY.")
    assert "TALENTPOOL_COMPANY is not set" in office.command("check").output

    state = office.app.extensions["talentpool_state"]
    named = dataclasses.replace(state, settings=dataclasses.replace(state.settings, company="Fernhill"))
    office.app.extensions["talentpool_state"] = named
    (mail,) = office.send()
    assert "at Fernhill" in mail.text
    assert "at fernhill.example" not in mail.text


# The steps, in order


def decided_before_we_came(office, job):
    """Decide where nothing of ours listens: what a hook sees before the first start is no baseline."""
    host = office.host
    for number, word in enumerate(word for word in host.statuses if word != "open"):
        key = host.apply(f"Early Bird{number}", f"early{number}@mail.example", job)
        host.decide_in_bulk([key], word)
    host.reject_in_bulk([host.apply("Late Bird", "late@mail.example", job)])


def check_says_what_it_understood(office):
    host = office.host
    result = office.command("check")
    understood = json.loads(office.command("check", "--json").output)

    decided = len(host.statuses)
    never = "never_pool" in host.statuses
    assert result.exit_code == 0, result.output
    assert understood["rows"]["application"] == decided
    assert understood["outcomes"]["rejected"] == 2 + never
    assert understood["outcomes"]["hired"] == 1
    assert (understood["names"]["present"], understood["names"]["missing"]) == (decided, 0)
    assert understood["emails"]["present"] == (decided if host.EMAILS else 0)
    assert understood["jobs"]["present"] == decided
    assert (understood["unreadable"], understood["tables_missing"]) == ({}, [])
    for model in {host.models.Candidate, host.models.Application}:
        assert model.__name__ in result.output
    assert "Early Bird" not in result.output


def the_first_sync_sends_nothing(office):
    first = office.command("sync")
    again = office.command("sync")

    decisions = office.rows("decision")
    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert {row["state"] for row in decisions} == {"baseline"}
    assert len(decisions) == len(office.host.statuses) + office.host.HIDDEN_AT_FIRST
    assert office.send() == []
    assert office.rows("letter") == []


def the_button_notes_and_sends_nothing(office, recruiter, ada):
    press = press_on_the_hosts_page if not office.host.JSON_ONLY else press_by_json
    press(office, recruiter, ada)

    (member,) = office.rows("member")
    (person,) = office.rows("person")
    (pool,) = office.rows("pool")
    listed = recruiter.facts(office.url("pool", key=pool["key"]))["members"]
    assert (member["state"], member["source"]) == ("noted", "recall_button")
    assert member["added_by_name"] == "Recruiter Miller"
    assert person["name"] == ADA[0]
    assert [(line["name"], line["state"]) for line in listed] == [(ADA[0], "noted")]
    assert office.send() == []
    assert office.rows("letter") == []


def press_on_the_hosts_page(office, recruiter, ada):
    address = office.host.candidate_page(ada)
    page = Page.of(recruiter.get(address))
    pressed = recruiter.press(page, "Recall to pool", address)
    again = recruiter.press(page, "Recall to pool", address)

    after = recruiter.get(address)
    assert (pressed.status_code, again.status_code) == (303, 303), pressed.text
    assert pressed.location.partition("#")[0] == address
    assert after.status_code == 200
    assert "Nothing was sent" in Page.of(after).text


def press_by_json(office, recruiter, ada):
    address = office.url("recall_to_pool", candidate_key=office.host.candidate_key(ada))
    answers = [recruiter.post(address) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert "Nothing was sent" in answers[0].get_json()["message"]
    assert "recall" not in recruiter.get(f"/applications/{ada}").text.casefold()


def a_rejected_finalist_is_told_once(office, recruiter, ada):
    host = office.host
    host.reject(ada)

    decision = office.rows("decision")[-1]
    assert (decision["application_key"], decision["state"]) == (str(ada), "live")
    assert (decision["outcome"], decision["stage_reached"]) == ("rejected", host.FURTHEST)
    assert decision["candidate_key"] == host.candidate_key(ada)
    assert office.visible_status(ada) == "open"
    if not host.EMAILS:
        return told_by_telephone(office, recruiter, ada)
    (mail,) = office.send()
    assert mail.rcpt_tos == (ADA[1],)
    assert str(mail.message["To"]) == "Ada Byron <ada@mail.example>"
    assert "Ada Byron" in mail.text
    assert JOB in mail.text
    assert JOB in mail.subject
    if host.SIGNED:
        assert mail.text.rstrip().splitlines()[-1] == host.SIGNED
        assert host.ANSWERS_GO_TO in mail.text
        reads = "I read" if str(mail.message["Reply-To"]) == host.ANSWERS_GO_TO else "We read"
        assert reads in mail.text
    assert office.visible_status(ada) == "rejected"
    assert office.send() == []
    return mail


def told_by_telephone(office, recruiter, ada):
    assert office.send() == []
    letter = office.letter_of(ada)
    first_page = recruiter.get(office.url("index"))
    with office.host.unit():
        office.talentpool.told(office.host.application(ada), channel="phone")

    after = office.letter_of(ada)
    assert (letter["state"], letter["because"]) == ("held", "no_address")
    assert ADA[0] in first_page.text
    assert (after["state"], after["because"]) == ("cancelled", "told_elsewhere")
    assert office.visible_status(ada) == "rejected"
    assert office.send() == []


def those_rejected_in_bulk_are_told_unless_taken_back(office, job):
    host = office.host
    bo, cy, di = (
        host.apply(f"{name} Ode", f"{name.lower()}@mail.example", job) for name in ("Bo", "Cy", "Di")
    )
    for key in (bo, cy, di):
        host.reach(key, "interviewed")
    host.reject_in_bulk([bo, cy, di])
    assert office.command("sync").exit_code == 0
    waiting = {office.letter_of(key)["state"] for key in (bo, cy, di)}
    host.reopen(bo)
    host.decide_in_bulk([di], "open")
    told = recipients(office.send())
    taken_back = {office.letter_of(key)["state"] for key in (bo, di)}
    host.reject(bo)
    host.reject_in_bulk([di])
    told_after = recipients(office.send())

    assert waiting == ({"due"} if host.EMAILS else {"held"})
    assert taken_back == {"cancelled"}
    assert told == (["cy@mail.example"] if host.EMAILS else [])
    assert told_after == (["bo@mail.example", "di@mail.example"] if host.EMAILS else [])
    assert office.send() == []


def a_hire_is_told_by_the_host_alone(office, job):
    host = office.host
    key = host.apply("Eve Winner", "eve@mail.example", job)
    host.reach(key, "finalist")
    host.hire(key)

    assert (office.rows("decision")[-1]["application_key"], office.rows("decision")[-1]["outcome"]) == (
        str(key),
        "hired",
    )
    assert office.send() == []
    assert office.visible_status(key) == "hired"


def the_link_keeps_ada_in_mind(office, mail):
    path = link_in(mail)
    nobody = Visitor(office)
    before = office.state()
    seen = [nobody.get(path), nobody.get(path), nobody.client.head(path)]
    untouched = office.state() == before
    page = Page.of(seen[0])
    answers = [nobody.press(page, "Keep me in mind", path) for _ in range(2)]

    (member,), (consent,) = office.rows("member"), office.rows("consent")
    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert untouched
    assert "Ada" in page.text
    assert JOB in page.text
    assert "Byron" not in seen[0].text
    assert ADA[1] not in seen[0].text
    assert all(answer.status_code in {200, 303} for answer in answers), answers[0].text
    assert member["state"] == "member"
    assert (consent["member_id"], consent["withdrawn_at"]) == (member["id"], None)
    assert office.send() == []


def ada_stands_on_the_bench(office, recruiter, ada, job):
    address = office.url("bench", job_key=str(job))
    runners_up = recruiter.facts(address)["lines"]

    assert runners_up[0]["name"] == ADA[0]
    assert office.host.FURTHEST.capitalize() in str(runners_up[0])
    # A bulk UPDATE over the stage leaves nobody to say how far these came.
    others = {"Bo Ode", "Cy Ode", "Di Ode"} if office.host.KEEPS_STAGE else set()
    assert {row["name"] for row in runners_up} == {ADA[0], *others}
    if not office.host.JSON_ONLY:
        page = recruiter.get(address)
        assert page.status_code == 200
        assert ADA[0] in page.text


def decision_of(office, key):
    return next(row for row in office.rows("decision") if row["live_for"] == str(key))


def ada_is_invited_and_says_yes(office, recruiter, ada):
    host = office.host
    count, row = host.applications_count(), host_row(office, ada)
    invite = office.url("invite", decision_id=decision_of(office, ada)["id"])
    invited = recruiter.post(invite, line="We liked how you explain things.")
    again = recruiter.post(invite)
    mails = office.send()

    assert invited.status_code in {200, 303}, invited.text
    assert again.status_code == 409
    if host.EMAILS:
        assert recipients(mails) == [ADA[1]]
        says_yes(office, mails[0])
        assert host.applications_count() == count + 1
        assert host_row(office, ada) == row
        (recall,) = office.rows("recall")
        assert recall["state"] == "opened", recall["attention"]
        opened = host.parse_key(recall["application_key"])
        assert host.status_of(opened) == "open"
        with office.app.app_context():
            assert host.name_of(host.candidate_of(opened)) == ADA[0]
        assert all(recipient != ADA[1] for recipient in recipients(office.send()))
    else:
        assert mails == []
        assert (office.rows("letter")[-1]["state"], office.rows("letter")[-1]["because"]) == (
            "held",
            "no_address",
        )
        assert host.applications_count() == count


def says_yes(office, mail):
    path = link_in(mail)
    nobody = Visitor(office)
    before = office.state()
    seen = nobody.get(path)
    assert office.state() == before
    page = Page.of(seen)
    answers = [nobody.press(page, "Yes", path) for _ in range(2)]

    assert all(answer.status_code in {200, 303} for answer in answers), answers[0].text


def ada_says_yes_and_is_opened_by_hand(office, recruiter, ada):
    count = office.host.applications_count()
    invited = recruiter.post(office.url("invite", decision_id=decision_of(office, ada)["id"]))
    mails = office.send()

    assert invited.status_code in {200, 303}, invited.text
    if office.host.EMAILS:
        says_yes(office, mails[0])
        (recall,) = office.rows("recall")
        assert (recall["state"], office.host.applications_count()) == ("accepted", count)
        assert "by hand" in recall["attention"]
        office.send()


def every_page_opens(office, recruiter, ada, job):
    host, decision = office.host, decision_of(office, ada)
    pages = {
        "index": {},
        "pools": {},
        "pool": {"key": office.rows("pool")[0]["key"]},
        "person": {"person_id": decision["person_id"]},
        "letters": {},
        "letter": {"letter_id": office.letter_of(ada)["id"]},
        "decision": {"decision_id": decision["id"]},
        "application": {"application_key": str(ada)},
        "bench": {"job_key": str(job)},
        "invite": {"decision_id": decision["id"]},
        "recall_to_pool": {"candidate_key": host.candidate_key(ada)},
    }
    before = office.state()
    for endpoint, values in pages.items():
        address = office.url(endpoint, **values)
        assert recruiter.facts(address) is not None
        if not host.JSON_ONLY:
            page = recruiter.get(address)
            assert page.status_code == 200, (address, page.status)
            assert page.text.count("<html") == 1, address
            assert "tp-root" in page.text, address
    assert office.state() == before


def ada_is_forgotten(office, ada):
    result = office.command("forget", office.host.candidate_key(ada), "--yes")

    assert result.exit_code == 0, result.output
    left = repr(office.state()).casefold()
    assert [trace for trace in ("ada byron", "ada@mail", "byron") if trace in left] == []
    assert office.send() == []


def ada_applies_afresh_and_is_answered(office, job):
    key = office.host.apply(*ADA, job)
    office.host.reject(key)
    mails = office.send()

    if office.host.EMAILS:
        assert recipients(mails) == [ADA[1]]
    else:
        assert office.letter_of(key)["because"] == "no_address"
    assert office.send() == []


def the_host_still_works(office, recruiter, ada):
    host = office.host
    client = office.app.test_client()
    host.reopen(ada)
    assert host.status_of(ada) == "open"
    assert client.get("/").status_code == 200
    assert recruiter.get(f"/applications/{ada}").status_code == 200


# What is looked at on the way


def recipients(mails):
    return sorted(address for mail in mails for address in mail.rcpt_tos)


def host_row(office, key):
    """Return an application of the host, column by column."""
    table = sa.inspect(office.host.models.Application).local_table
    with office.app.app_context(), office.host.engine().connect() as connection:
        return connection.execute(sa.select(table).where(office.host.key_column() == key)).one()


# Who may


def test_only_who_may_sees_the_button_and_presses_it(shape, open_office_on_sqlite):
    office = open_office_on_sqlite(shape)
    ada = office.host.apply(*ADA, office.host.add_job(JOB))
    press = office.url("recall_to_pool", candidate_key=office.host.candidate_key(ada))

    nobody_gets_the_hosts_own_answer(office, ada)
    for role in ("outsider", "manager"):
        a_role_without_the_right_is_refused(office, role, ada, press)
    a_press_without_token_changes_nothing(office, press)
    assert office.rows("member") == []
    assert Visitor(office).sign_in().post(press).status_code in {200, 303}
    assert len(office.rows("member")) == 1


def nobody_gets_the_hosts_own_answer(office, ada):
    nobody = Visitor(office)
    own = nobody.get(f"/applications/{ada}")
    ours = [nobody.get(office.url(name)) for name in ("index", "pools", "letters")]

    assert own.status_code in {302, 401}
    assert {answer.status_code for answer in ours} == {own.status_code}
    assert {sent_to(answer) for answer in ours} == {sent_to(own)}


def sent_to(answer):
    return (answer.location or "").partition("?")[0]


def a_role_without_the_right_is_refused(office, role, ada, press):
    visitor = Visitor(office).sign_in(role)
    page = visitor.get(f"/applications/{ada}")
    answer = visitor.post(press)

    assert page.status_code == 200
    assert "recall to pool" not in page.text.casefold()
    assert answer.status_code in {403, 404}, (role, answer.status)


def a_press_without_token_changes_nothing(office, press):
    if office.host.JSON_ONLY:
        return  # a bearer's token is not sent by a browser on its own, so nothing can be forged
    recruiter = Visitor(office).sign_in()
    for data in ({}, {"csrf_token": "forged"}):
        assert recruiter.client.post(press, data=data, headers=recruiter.headers).status_code == 400


# What single hosts do


def settled(office):
    """Take the baseline of an empty host and return a job."""
    assert office.command("sync").exit_code == 0
    return office.host.add_job(JOB)


def test_an_application_that_goes_back_and_forth_in_one_transaction_gets_one_letter(open_office):
    office = open_office("state_machine")
    ada = office.host.apply(*ADA, settled(office))
    office.host.back_and_forth(ada)

    assert recipients(office.send()) == [ADA[1]]
    assert office.send() == []


def test_told_and_taken_back_and_rejected_again_waits_for_review(open_office):
    office = open_office("state_machine")
    ada = office.host.apply(*ADA, settled(office))
    office.host.reject(ada)
    told = office.send()
    office.host.reopen(ada)
    office.host.reject(ada)

    assert len(told) == 1
    assert office.send() == []
    assert (office.letter_of(ada)["state"], office.letter_of(ada)["because"]) == ("held", "told_before")


def test_somebody_who_must_never_be_pooled_waits_for_a_plain_letter(open_office):
    office = open_office("many_rejected")
    ada = office.host.apply(*ADA, settled(office))
    office.host.reach(ada, "finalist")
    office.host.decide(ada, "never_pool")
    sent = office.send()
    recruiter = Visitor(office).sign_in()
    key = office.host.candidate_key(ada)
    refused = recruiter.post(office.url("recall_to_pool", candidate_key=key))
    letter = office.letter_of(ada)

    assert sent == []
    assert (letter["state"], letter["because"]) == ("held", "never_pool")
    assert "talentpool-link:" not in letter["text"]
    assert refused.status_code == 409
    assert office.rows("member") == []
    assert recruiter.facts(office.url("bench", job_key=str(1)))["lines"] == []


@pytest.mark.parametrize("value", ["Rejected by client", "Not considered", "Position closed"])
def test_every_way_to_say_no_is_told(open_office, value):
    office = open_office("many_rejected")
    ada = office.host.apply(*ADA, settled(office))
    office.host.reject_as(ada, value)

    assert recipients(office.send()) == [ADA[1]]


def test_a_job_closed_by_one_statement_tells_everybody_who_was_open(open_office):
    office = open_office("many_rejected")
    job = settled(office)
    for name in ("Ada Byron", "Bo Li"):
        office.host.apply(name, f"{name[:2].lower()}@mail.example", job)
    office.host.close_job(job)

    assert recipients(office.send()) == ["ad@mail.example", "bo@mail.example"]


@pytest.mark.both_databases
def test_who_has_registered_and_not_applied_is_seen_by_their_own_company_alone(open_office):
    office = open_office("two_companies")
    host = office.host
    settled(office)
    theirs, ours = (str(host.registered(company)) for company in ("globex", "acme"))
    recruiters = {company: Visitor(office).sign_in(name) for company, name in
                  (("acme", "recruiter"), ("globex", "globex"))}  # fmt: skip
    statuses = {
        (company, key): (
            who.get(office.url("recall_to_pool", candidate_key=key)).status_code,
            who.post(office.url("recall_to_pool", candidate_key=key)).status_code,
        )
        for company, who in recruiters.items()
        for key in (ours, theirs)
    }

    assert statuses == {
        ("acme", ours): (200, 303),
        ("acme", theirs): (404, 404),
        ("globex", ours): (404, 404),
        ("globex", theirs): (200, 303),
    }
    assert {member["scope"] for member in office.rows("member")} == {"acme", "globex"}
    assert len(office.rows("person")) == 2
    office.command("forget", ours, "--yes")
    assert [person["scope"] for person in office.rows("person")] == ["globex"]


def test_who_declined_an_offer_gets_no_letter(open_office):
    office = open_office("many_rejected")
    ada = office.host.apply(*ADA, settled(office))
    office.host.decide(ada, "offer_declined")

    assert office.send() == []
    assert decision_of(office, ada)["outcome"] == "offer_declined"


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_host_that_deletes_what_is_old_goes_on_deleting(open_office, in_bulk):
    office = open_office("deletes_old")
    host, job = office.host, settled(office)
    told = host.apply(*ADA, job)
    host.reject(told)
    office.send()
    waiting = host.apply("Bo Li", "bo@mail.example", job)
    host.reject(waiting)
    office.command("sync")
    person = office.rows("decision")[0]["person_id"]
    host.clean_up(office.clock.now().date().replace(day=28), in_bulk=in_bulk)

    assert host.applications_count() == 0
    assert office.send() == []
    letters = [(letter["state"], letter["because"]) for letter in office.rows("letter")]
    assert letters == [("sent", ""), ("held", "row_gone")]
    assert Visitor(office).sign_in().get(office.url("person", person_id=person)).status_code == 200


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_new_person_behind_a_used_id_gets_their_own_letter_only(open_office, in_bulk):
    office = open_office("reused_ids")
    host, job = office.host, settled(office)
    recruiter = Visitor(office).sign_in()
    ada = host.apply(*ADA, job)
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(ada)))
    host.reject(ada)
    first = office.send()
    bo = host.replace(ada, "Bo Li", "bo@mail.example", job, in_bulk=in_bulk)
    page = recruiter.get(f"/applications/{bo}")
    host.reject(bo)
    second = office.send()

    assert recipients(first) == [ADA[1]]
    assert recipients(second) == ["bo@mail.example"]
    assert "Ada" not in second[0].text
    assert "Ada" not in page.text
    assert Page.of(page).has_button("Recall to pool")


def test_a_row_that_became_somebody_else_unseen_waits_until_somebody_says_who_it_is(open_office):
    office = open_office("reused_ids")
    host, job = office.host, settled(office)
    recruiter = Visitor(office).sign_in()
    key = host.apply(*ADA, job)
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(key)))
    become(office, key, name="Bo Li", email="bo@mail.example")
    host.reject(key)
    held, letter = office.send(), office.letter_of(key)
    first_page, page = (recruiter.get(address) for address in (office.url("index"), f"/applications/{key}"))
    answer = recruiter.press(Page.of(page), "Somebody else now", f"/applications/{key}")

    assert held == []
    assert (letter["state"], letter["because"]) == ("held", "identity")
    assert "Bo Li" in first_page.text
    assert "Ada" not in page.text
    assert answer.status_code == 303
    assert recipients(office.send()) == ["bo@mail.example"]
    assert {person["name"] for person in office.rows("person")} == {ADA[0], "Bo Li"}


def become(office, key, **values):
    """Change a candidate's row by one UPDATE no session knows of."""
    candidate = sa.inspect(office.host.models.Candidate).local_table
    with office.app.app_context():
        row = sa.inspect(office.host.candidate_of(key)).identity[0]
        engine = office.host.engine()
    with engine.begin() as connection:
        connection.execute(sa.update(candidate).where(candidate.c.id == row).values(values))


def test_an_actor_is_known_by_class_and_key(open_office):
    office = open_office("login_classes")
    ada = office.host.apply(*ADA, settled(office))
    address = office.url("recall_to_pool", candidate_key=office.host.candidate_key(ada))
    Visitor(office).sign_in().post(address)

    (member,) = office.rows("member")
    (noted,) = [row for row in office.rows("audit") if row["action"] == "recall_to_pool"]
    assert (member["added_by"], noted["actor"]) == ("Recruiter:1", "Recruiter:1")


def test_a_manager_with_the_key_of_another_class_sees_own_jobs_only(open_office):
    office = open_office("login_classes")
    host, job = office.host, settled(office)
    ada = host.apply(*ADA, job)
    host.reach(ada, "finalist")
    host.reject(ada)
    office.send()
    bench = office.url("bench", job_key=str(job))
    own = Visitor(office).sign_in("manager").facts(bench)["lines"]
    outsider = Visitor(office).sign_in("outsider").get(bench)

    assert [row["name"] for row in own] == [ADA[0]]
    assert outsider.status_code == 403


def test_one_person_with_a_row_for_each_application_is_one_person(open_office):
    office = open_office("row_per_application")
    host = office.host
    settled(office)
    keys = [host.apply("Ada Byron", "Ada@mail.example", host.add_job(title)) for title in ("One", "Two")]
    for key in keys:
        host.reject(key)
    (mail,) = office.send()

    assert [title for title in ("One", "Two") if title in mail.text] == ["One", "Two"]
    assert [bool(row["told_at"]) for row in office.rows("decision")] == [True, True]
    assert len(office.rows("candidate_link")) == 2
    assert len(office.rows("person")) == 1


@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["one_address", "shared_address"])
def test_two_people_with_one_address_are_two_to_the_end(name, open_office):
    office = open_office(name)
    host, job = office.host, settled(office)
    recruiter = Visitor(office).sign_in()
    ana, bruno = (host.apply(who, "family@mail.example", job) for who in ("Ana Costa", "Bruno Costa"))
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(ana)))
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(bruno)))
    (first, second) = office.rows("member")
    recruiter.post(office.url("recall_to_pool_undo", member_id=second["id"]))
    index = office.url("index")
    if name == "one_address":
        recruiter.press(Page.of(recruiter.get(index)), "No, two people", index)
    for key in (ana, bruno):
        host.reject(key)
    mails = office.send()
    page, other = (recruiter.get(f"/applications/{key}").text for key in (ana, bruno))
    office.command("forget", str(host.candidate_key(ana)), "--yes")

    assert first["person_id"] != second["person_id"]
    assert sorted(mail.text.splitlines()[0] for mail in mails) == ["Dear Ana Costa,", "Dear Bruno Costa,"]
    assert "Undo" in page
    assert "Undo" not in other
    assert [person["name"] for person in office.rows("person")] == ["Bruno Costa"]
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(ana)))
    recruiter.post(office.url("recall_to_pool", candidate_key=host.candidate_key(bruno)))
    (place,) = office.rows("member")
    assert place["person_id"] == office.rows("person")[0]["id"]


def test_people_of_one_name_whom_an_agency_sends_are_two(open_office):
    office = open_office("shared_address")
    host, job = office.host, settled(office)
    with office.app.app_context():
        first, second = (
            host.models.Candidate(name="Ana Costa", email="agency@mail.example", agency_id=7) for _ in "12"
        )
        host.db.session.add_all(
            [
                host.models.Application(candidate=row, job=host.job(job), status="rejected")
                for row in (first, second)
            ]
        )
        host.db.session.commit()
    mails = office.send()

    assert len(mails) == 2
    assert len(office.rows("person")) == 2
    assert {link["question"] for link in office.rows("candidate_link")} == {None}


@pytest.mark.parametrize("name", registry.coverage()[Trait.JOB_NULLABLE])
def test_somebody_without_a_job_is_written_to_without_one(name, open_office):
    office = open_office(name)
    settled(office)
    ada = office.host.apply(*ADA, None)
    office.host.reject(ada)

    (mail,) = office.send()
    assert mail.rcpt_tos == (ADA[1],)
    assert "None" not in mail.text


def test_the_hosts_limiter_counts_us_and_nothing_is_lost(open_office):
    office = open_office("rate_limited", HOST_RATE_LIMIT=8)
    ada = office.host.apply(*ADA, settled(office))
    office.host.reach(ada, "finalist")
    office.host.reject(ada)
    (mail,) = office.send()
    path = link_in(mail)
    nobody = Visitor(office)
    page = Page.of(nobody.get(path))
    while nobody.get(path).status_code == 200:
        pass
    refused = nobody.press(page, "Keep me in mind", path)
    kept = office.rows("member")
    office.host.next_window()
    answer = nobody.press(page, "Keep me in mind", path)

    assert refused.status_code == 429
    assert kept == []
    assert answer.status_code in {200, 303}
    assert [member["state"] for member in office.rows("member")] == ["member"]


@pytest.mark.parametrize("name", ["other_layout", "own_session"])
def test_our_pages_stand_in_the_hosts_layout(open_office, name):
    office = open_office(name)
    settled(office)
    recruiter = Visitor(office).sign_in()
    page = recruiter.get(office.url("pools"))

    mark = {"other_layout": "<title>", "own_session": 'data-active="talent-pool"'}[name]
    assert page.status_code == 200
    assert mark in page.text
    assert "tp-root" in page.text
    assert page.text.count("<html") == 1
