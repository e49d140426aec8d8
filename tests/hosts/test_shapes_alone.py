"""Every miniature host works by itself, so that a failure with the extension is the extension's."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from tests.hosts import registry
from tests.hosts.base import STAGES
from tests.hosts.traits import Trait

SHAPES = registry.all_shapes()


@pytest.fixture
def make_host(tmp_path):
    """Make miniature hosts without the extension, each on a database file of its own."""
    made = []

    def make(name, **config):
        host = SHAPES[name]()
        host.create_app(f"sqlite:///{tmp_path}/{len(made)}.db", mounted=False, **config)
        made.append(host)
        host.create_tables()
        return host

    yield make
    for host in made:
        host.close()


@pytest.fixture(params=sorted(SHAPES))
def host(request, make_host):
    return make_host(request.param)


@pytest.fixture
def key(host):
    """The application of Ada Byron for a job."""
    return host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))


# The registry


def test_every_trait_of_a_host_has_a_miniature_host():
    missing = [trait.value for trait, names in registry.coverage().items() if not names]

    assert missing == []


def test_every_module_is_called_as_it_names_itself():
    assert [module.NAME for module in registry.modules()] == [
        module.__name__.rpartition(".")[2] for module in registry.modules()
    ]


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_host_has_the_web_traits_it_claims(name):
    shape, traits = SHAPES[name], traits_of(SHAPES[name]())

    assert (Trait.JSON_ONLY in traits) == shape.JSON_ONLY
    assert (Trait.CSRF_NONE in traits) == (not shape.CSRF and not shape.JSON_ONLY)
    assert (Trait.CSRF_BEFORE in traits) == (shape.CSRF and not shape.CSRF_AFTER_MOUNT)
    assert (Trait.CSRF_AFTER in traits) == (shape.CSRF and shape.CSRF_AFTER_MOUNT)


def test_a_host_has_the_model_traits_it_claims(host):
    models, traits = host.models, traits_of(host)
    key = sa.inspect(models.Candidate).primary_key[0]
    key_traits = {
        sa.BigInteger: Trait.BIG_KEY,
        sa.Integer: Trait.INT_KEY,
        sa.String: Trait.STRING_KEY,
        sa.Uuid: Trait.UUID_KEY,
    }

    claimed = traits & set(key_traits.values())
    assert claimed <= {key_traits[type(key.type)]}
    assert (key.key != "id") == (Trait.KEY_NOT_ID in traits)
    assert (models.Candidate is models.Application) == (Trait.SAME_ROW in traits)
    assert (Trait.NO_EMAIL in traits) == (not host.EMAILS)
    assert (Trait.NO_JOB in traits) == (not host.JOBS)


def test_the_readme_shows_the_registry():
    readme = (registry.FOLDER / "README.md").read_text(encoding="utf-8")

    assert registry.table() in readme


# Filling a host


def test_somebody_who_applied_is_there_and_open(host, key):
    with host.app.app_context():
        candidate = host.candidate_of(key)
        name = host.name_of(candidate)

    assert name == "Ada Byron"
    assert host.status_of(key) == "open"
    assert host.applications_count() == 1


def test_somebody_who_applies_again_is_the_same_candidate_where_the_host_knows_people(host, key):
    again = host.apply("Ada Byron", "ada@mail.example", host.add_job("Analyst"))

    same = host.candidate_key(key) == host.candidate_key(again)
    rows_are_people = not {Trait.SAME_ROW, Trait.ROW_PER_APPLICATION} & traits_of(host)
    assert host.applications_count() == 2
    assert same == rows_are_people


def test_a_job_may_be_missing_where_the_host_says_so(host):
    if Trait.JOB_NULLABLE not in traits_of(host):
        return
    key = host.apply("Bo Li", "bo@mail.example", None)

    assert host.status_of(key) == "open"


def test_a_key_read_from_an_address_finds_its_row(host, key):
    with host.app.app_context():
        assert host.application(host.parse_key(str(key))) is not None


def test_a_name_of_one_word_is_kept(host):
    key = host.apply("Madonna", "m@mail.example", host.add_job("Singer"))

    with host.app.app_context():
        assert host.name_of(host.candidate_of(key)) == "Madonna"


# Deciding in a host


def test_the_stage_is_kept_beside_a_rejection_or_lost_as_the_host_says(host):
    job = host.add_job("Engineer")
    keys = {stage: host.apply(f"Person {stage}", f"{stage}@mail.example", job) for stage in STAGES}
    for stage, key in keys.items():
        host.reach(key, stage)
        host.reject(key)

    with host.app.app_context():
        shown = [as_value(getattr(host.application(key), host.stage_attribute)) for key in keys.values()]
    expected = [as_value(host.stages[stage]) for stage in STAGES]
    lost = [as_value(host.statuses["rejected"])] * len(STAGES)
    assert [host.status_of(key) for key in keys.values()] == ["rejected"] * len(STAGES)
    assert shown == (expected if host.KEEPS_STAGE else lost)


def test_an_application_goes_on_until_it_ends_and_back(host, key):
    seen = []
    for stage in STAGES:
        host.reach(key, stage)
        seen.append(host.status_of(key))
    for step in (host.reject, host.reopen, host.hire, host.reopen):
        step(key)
        seen.append(host.status_of(key))

    assert seen == ["open"] * 4 + ["rejected", "open", "hired", "open"]


def test_every_status_word_of_a_host_can_be_set_and_read(host, key):
    seen = []
    for word in host.statuses:
        host.reopen(key)
        host.decide(key, word)
        seen.append(host.status_of(key))

    assert seen == list(host.statuses)


def test_a_bulk_update_rejects_without_a_session_knowing(host):
    job = host.add_job("Engineer")
    keys = [host.apply(f"Person {n}", f"p{n}@mail.example", job) for n in range(3)]
    changed = []

    def note(session, context):
        changed.extend(row for row in session.dirty if isinstance(row, host.models.Application))

    sa.event.listen(Session, "after_flush", note)
    try:
        host.reject_in_bulk(keys[:2])
    finally:
        sa.event.remove(Session, "after_flush", note)

    assert [host.status_of(key) for key in keys] == ["rejected", "rejected", "open"]
    assert changed == []


def test_all_stages_of_a_host_are_in_order(host):
    values = list(host.stages.values())

    assert len(values) == len(STAGES)
    last_is_interview = Trait.LAST_IS_INTERVIEW in traits_of(host)
    assert all(before != after for before, after in pairwise(values[: 3 if last_is_interview else 4]))
    assert (values[2] == values[3]) == last_is_interview


def test_a_recalled_person_gets_a_new_application(host, key):
    if not host.JOBS:
        return
    other = host.add_job("Analyst")
    with host.unit() as session:
        host.new_application(host.candidate_of(key), host.job(other), None)
        session.flush()

    assert host.applications_count() == 2
    assert host.status_of(key) == "open"


def test_a_row_that_is_deleted_is_gone(host, key):
    host.delete_application(key)

    assert host.applications_count() == 0


# Signing in


def test_each_role_signs_in_and_sees_the_page_of_an_application(host, key):
    answers = {}
    for role in host.roles:
        client = host.app.test_client()
        headers = host.sign_in(client, role)
        answer = client.get(host.candidate_page(key) or f"/applications/{key}", headers=headers)
        answers[role] = answer.status_code, "Ada Byron" in answer.text

    assert answers == dict.fromkeys(["recruiter", "manager", "admin", "outsider"], (200, True))


def test_nobody_sees_an_application_without_signing_in(host, key):
    answer = host.app.test_client().get(f"/applications/{key}")

    assert answer.status_code in {302, 401}


def test_only_a_json_host_has_no_page(host, key):
    assert (host.candidate_page(key) is None) == host.JSON_ONLY


def test_a_host_with_csrf_protection_refuses_a_bare_post(host):
    if host.JSON_ONLY or Trait.BASIC in traits_of(host):
        return  # nobody signs in on a page
    answer = host.app.test_client().post("/login", data={"email": host.staff_email("recruiter")})

    assert answer.status_code == (400 if host.CSRF else 302)


# The map


def test_the_map_names_only_fields_of_the_contract(host):
    assert set(host.host_map()) <= MAP_FIELDS


def test_a_host_with_jobs_maps_how_a_new_application_is_made(host):
    assert ("new_application" in host.host_map()) == host.JOBS


def test_two_hosts_of_one_shape_live_in_one_process(make_host, host, key):
    other = make_host(traits_module(host).NAME)

    assert other.models.Application is not host.models.Application
    assert (host.applications_count(), other.applications_count()) == (1, 0)


# Both databases


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_a_host_lives_on_postgresql_as_on_sqlite(name, postgres_url):
    host = SHAPES[name]()
    host.create_app(postgres_url, mounted=False)
    try:
        host.create_tables()
        job = host.add_job("Engineer")
        first, second = (host.apply(n, f"{n}@mail.example", job) for n in ("Ada Byron", "Bo Li"))
        host.reach(first, "finalist")
        host.reject(first)
        host.reject_in_bulk([second])
        rejected = [host.status_of(first), host.status_of(second)]
        host.reopen(first)
        host.hire(first)
        client = host.app.test_client()
        headers = host.sign_in(client)
        page = client.get(f"/applications/{first}", headers=headers)
        host.delete_application(second, with_candidate=Trait.JOINED_SUBCLASS not in traits_of(host))
        left = host.applications_count()
        host.drop_tables()
    finally:
        host.close()

    assert rejected == ["rejected", "rejected"]
    assert (page.status_code, left) == (200, 1)


# What single hosts do


def test_an_agency_has_several_ways_to_say_no(make_host):
    host = make_host("many_rejected")
    job = host.add_job("Engineer")
    keys = [host.apply(f"Person {n}", f"p{n}@mail.example", job) for n in range(4)]
    host.reject_as(keys[0], "Rejected by client")
    host.decide(keys[1], "never_pool")

    host.close_job(job)

    assert [host.status_of(key) for key in keys] == ["rejected", "never_pool", "rejected", "rejected"]


def test_a_state_machine_refuses_a_step_it_does_not_know(make_host):
    host = make_host("state_machine")
    key = host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))
    host.withdraw(key)

    with pytest.raises(ValueError, match="does not go from 91 to 90"):
        host.reject(key)


def test_a_state_machine_goes_back_within_one_transaction(make_host):
    host = make_host("state_machine")
    key = host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))
    host.back_and_forth(key)

    with host.app.app_context():
        assert len(host.application(key).history) == 3
    assert host.status_of(key) == "rejected"


def test_look_up_rows_are_made_when_they_are_needed(make_host):
    host = make_host("status_lookup")
    key = host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))
    names = sa.select(host.models.Status.name)
    with host.app.app_context():
        before = host.db.session.scalars(names).all()
    host.reject_in_bulk([key])

    with host.app.app_context():
        after = host.db.session.scalars(names).all()
    assert (before, after) == ([], ["rejected"])


def test_hand_typed_words_are_stored_as_they_were_typed(make_host):
    host = make_host("status_text")
    key = host.apply("Ada Byron", "ada@mail.example", host.add_job("Engineer"))
    host.reject(key)
    with host.app.app_context():
        typed = host.application(key).zustand
    host.reject_in_bulk([key])

    with host.app.app_context():
        assert (typed, host.application(key).zustand) == ("ABGESAGT ", "  abgesagt")


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_host_uses_the_ids_of_deleted_rows_again(make_host, in_bulk):
    host = make_host("reused_ids")
    job = host.add_job("Engineer")
    key = host.apply("Ada Byron", "ada@mail.example", job)
    candidate = host.candidate_key(key)

    new = host.replace(key, "Bo Li", "bo@mail.example", job, in_bulk=in_bulk)

    assert (new, host.candidate_key(new)) == (key, candidate)


@pytest.mark.parametrize("in_bulk", [False, True])
def test_a_nightly_run_deletes_what_is_old_and_settled(make_host, in_bulk):
    host = make_host("deletes_old")
    job = host.add_job("Engineer")
    settled, going_on = (host.apply(name, f"{name}@mail.example", job) for name in ("ada", "bo"))
    host.reject(settled)

    host.clean_up(datetime.now(UTC).date() + timedelta(days=2), in_bulk=in_bulk)

    with host.app.app_context():
        left = host.db.session.scalar(sa.select(sa.func.count()).select_from(host.models.Candidate))
    assert (host.applications_count(), left, host.status_of(going_on)) == (1, 1, "open")


def test_a_limiter_refuses_until_the_next_window(make_host):
    host = make_host("rate_limited", HOST_RATE_LIMIT=2)
    client = host.app.test_client()
    before = [client.get("/").status_code for _ in range(3)]
    host.next_window()

    assert before == [200, 200, 429]
    assert client.get("/").status_code == 200


def test_ids_of_several_login_classes_collide(make_host):
    host = make_host("login_classes")
    with host.app.app_context():
        ids = [host.find_user(host.staff_email(role)).id for role in host.roles]

    assert ids == [1, 1, 1, 1]


def test_a_bind_keeps_the_three_models_apart_from_staff(make_host):
    host = make_host("bind_key")
    with host.app.app_context():
        tables = {name: set(sa.inspect(engine).get_table_names()) for name, engine in host.db.engines.items()}

    assert tables == {None: {"users"}, "ats": {"candidate", "job", "application"}}


def test_a_forged_bearer_token_is_refused(make_host):
    host = make_host("json_api")
    client = host.app.test_client()

    assert client.get("/", headers={"Authorization": "Bearer x.y.z"}).status_code == 401


MAP_FIELDS = frozenset(
    [
        "candidate",
        "application",
        "job",
        "name",
        "first_name",
        "last_name",
        "email",
        "phone",
        "locale",
        "timezone",
        "shared_address",
        "candidate_scope",
        "reopen",
        "skills",
        "place",
        "person_key",
        "candidate_url",
        "application_candidate",
        "application_job",
        "job_label",
        "status",
        "rejected",
        "hired",
        "withdrawn",
        "never_pool",
        "offer_declined",
        "offered",
        "stage",
        "stages",
        "interviewed_from",
        "final_from",
        "reasons",
        "scope",
        "client",
        "owner",
        "owner_name",
        "owner_email",
        "rating",
        "reason",
        "applied_at",
        "interviewed_at",
        "decided_at",
        "hired_on",
        "left_on",
        "probation_ends",
        "internal",
        "job_title",
        "job_open",
        "new_application",
    ]
)


def traits_module(host):
    return next(module for module in registry.modules() if module.Shape is type(host))


def traits_of(host):
    return traits_module(host).TRAITS


def as_value(value):
    return value.strip().casefold() if isinstance(value, str) else value
