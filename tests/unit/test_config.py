"""Every setting: what is taken, what is refused, and what is said."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flask_talentpool.config.addresses import Mailbox
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.reasons import DEFAULT_REASONS, Reason
from flask_talentpool.config.settings import RENAMED, Settings, describe
from flask_talentpool.enums import FormOfAddress, Mode, OutcomeLetters, StageReached
from flask_talentpool.errors import ConfigError

KEYS = {
    "TALENTPOOL_INVITATION_OPEN_FOR",
    "TALENTPOOL_ANSWER_LIMIT",
    "TALENTPOOL_ANSWER_TARGET",
    "TALENTPOOL_BASE_TEMPLATE",
    "TALENTPOOL_BOUNCE_MAILBOX",
    "TALENTPOOL_COMPANY",
    "TALENTPOOL_DAILY_CAP",
    "TALENTPOOL_DELAY",
    "TALENTPOOL_DEPUTY_MAILBOX",
    "TALENTPOOL_DOMAIN_CAP",
    "TALENTPOOL_ENABLED",
    "TALENTPOOL_ENQUIRIES_AT_ONCE",
    "TALENTPOOL_FEEDBACK_REVIEW",
    "TALENTPOOL_FORM_OF_ADDRESS",
    "TALENTPOOL_GUIDE_FOLDER",
    "TALENTPOOL_GUIDE_HIDDEN",
    "TALENTPOOL_GUIDE_URL",
    "TALENTPOOL_HASH_KEY",
    "TALENTPOOL_CALENDAR_KEY",
    "TALENTPOOL_HIRE_WATCH",
    "TALENTPOOL_HIRE_WATCH_DAYS",
    "TALENTPOOL_HOLIDAYS",
    "TALENTPOOL_REPLY_MAILBOX",
    "TALENTPOOL_KEEP_MONTHS",
    "TALENTPOOL_LETTERS_FOLDER",
    "TALENTPOOL_LINK_DAYS",
    "TALENTPOOL_LOCALE",
    "TALENTPOOL_MAIL_CONNECTIONS",
    "TALENTPOOL_MAIL_FROM",
    "TALENTPOOL_MAIL_URL",
    "TALENTPOOL_MODES",
    "TALENTPOOL_MORNING_HOUR",
    "TALENTPOOL_MORNING_MAIL",
    "TALENTPOOL_OUTCOME_LETTERS",
    "TALENTPOOL_PERSONAL_DAYS",
    "TALENTPOOL_POOL_MAIL_FROM",
    "TALENTPOOL_PROGRESS_DAYS",
    "TALENTPOOL_PUBLIC_URL",
    "TALENTPOOL_REASONS",
    "TALENTPOOL_REASONS_BY_HOST",
    "TALENTPOOL_REMIND_DAYS",
    "TALENTPOOL_PROBATION",
    "TALENTPOOL_REUSE_WINDOW",
    "TALENTPOOL_SEND_ALL_MAIL_TO",
    "TALENTPOOL_MIN_TIME_AFTER_APPLYING",
    "TALENTPOOL_STALE_AFTER",
    "TALENTPOOL_TIMEZONE",
    "TALENTPOOL_TOKENLESS_SCHEMES",
    "TALENTPOOL_URGENT_MAILBOX",
    "TALENTPOOL_URL_PREFIX",
    "TALENTPOOL_WORKER_INTERVAL",
}


DAY = timedelta(days=1)


def settings(**values):
    return Settings.from_config({f"TALENTPOOL_{name.upper()}": value for name, value in values.items()})


def problems(**values):
    with pytest.raises(ConfigError) as refused:
        settings(**values)
    return refused.value.problems


def test_nothing_configured_gives_the_defaults():
    assert Settings.from_config({}) == Settings()
    found = Settings.from_config({"SECRET_KEY": "x", "MAIL_URL": "nonsense"})
    assert found.enabled is True
    assert found.outcome_letters is None
    assert list(found.modes.values()) == [Mode.AUTO, Mode.AUTO, Mode.PERSONAL, Mode.PERSONAL]
    assert (found.mail_url, found.mail_from, found.pool_sender, found.hash_key) == (
        None,
        None,
        None,
        None,
    )
    assert found.delay == BusinessDelay(days=1, between=(9, 17))
    assert (found.url_prefix, found.timezone, found.locale, found.company) == (
        "/talent-pool",
        ZoneInfo("UTC"),
        "en",
        "",
    )
    assert (found.keep_months, found.link_days, found.invitation_open_for) == (12, 180 * DAY, 10 * DAY)
    assert found.reuse_window == found.probation == timedelta(days=183)
    assert found.stale_after == timedelta(days=45)
    assert found.worker_interval == timedelta(seconds=10)


def test_the_defaults_around_the_answer_clock_and_delivery():
    found = Settings.from_config({})

    assert (found.personal_days, found.remind_days, found.progress_days) == (
        5 * DAY,
        (2 * DAY, 4 * DAY),
        14 * DAY,
    )
    assert (found.answer_target, found.answer_limit) == (timedelta(days=10), timedelta(days=45))
    assert (found.min_time_after_applying, found.holidays, found.reasons) == (
        timedelta(days=3),
        frozenset(),
        DEFAULT_REASONS,
    )
    assert (found.morning_hour, found.morning_mail, found.feedback_review) == (8, True, False)
    assert found.form_of_address is FormOfAddress.FORMAL
    nobody = (found.deputy_mailbox, found.send_all_mail_to, found.reply_mailbox, found.urgent_mailbox)
    assert nobody == (None, None, None, None)
    unset = (found.daily_cap, found.domain_cap, found.bounce_mailbox, found.letters_folder)
    assert unset == (None, None, None, None)


def test_none_is_the_same_as_left_out():
    assert Settings.from_config(dict.fromkeys(KEYS)) == Settings()


def test_all_values_are_read():
    found = settings(
        enabled=False,
        outcome_letters="ours",
        modes={"applied": "off", "finalist": "review"},
        mail_url="smtp://u:p%40ss@mail.example.test:587, smtp+starttls://localhost,smtps://[::1]:465,eml:///var/mail/out",
        mail_from="Anna Berg <jobs@example.test>",
        pool_mail_from="pool@localhost",
        company="Berg & Söhne",
        delay=timedelta(0),
        timezone="Europe/Berlin",
        locale="de-AT",
        hash_key="0123456789abcdef",
        public_url="https://jobs.example.test/ats/",
        guide_url="http://guide.example.test",
        base_template="layout.html",
        url_prefix="/hr/talents",
        keep_months=24,
        reuse_window=timedelta(days=90),
        probation=timedelta(days=90),
        stale_after=timedelta(days=30),
        link_days=30,
        invitation_open_for=timedelta(days=5),
        worker_interval=timedelta(seconds=1),
    )

    assert found.enabled is False
    assert found.outcome_letters is OutcomeLetters.OURS
    assert list(found.modes.values()) == [Mode.OFF, Mode.AUTO, Mode.PERSONAL, Mode.REVIEW]
    assert str(found.mail_url) == (
        "smtp://mail.example.test:587,smtp+starttls://localhost:587,smtps://[::1]:465,eml:///var/mail/out"
    )
    assert found.mail_url.places[0].login == ("u", "p@ss")
    assert found.mail_from == Mailbox("Anna Berg", "jobs@example.test")
    assert found.pool_sender == Mailbox("", "pool@localhost")
    assert found.company == "Berg & Söhne"
    assert found.delay == timedelta(0)
    assert found.timezone == ZoneInfo("Europe/Berlin")
    assert found.hash_key == b"0123456789abcdef"
    assert found.public_url == "https://jobs.example.test/ats"
    assert (found.url_prefix, found.locale, found.keep_months) == ("/hr/talents", "de-AT", 24)


def test_every_key_is_described():
    docs = describe()

    assert {doc.key for doc in docs} == KEYS
    assert all(doc.type and doc.default and doc.doc.endswith(".") for doc in docs)
    by_key = {doc.key: doc for doc in docs}
    assert by_key["TALENTPOOL_DELAY"].default == "BusinessDelay(days=1, between=(9, 17), friday_until=13)"
    assert by_key["TALENTPOOL_KEEP_MONTHS"].unit == "months"
    assert by_key["TALENTPOOL_MAIL_URL"].default == "not set"


def test_all_problems_are_told_together():
    found = problems(mail_form="x", delay=2, keep_months=0, enabled="yes")

    assert found == [
        "TALENTPOOL_MAIL_FORM is not a setting; did you mean TALENTPOOL_MAIL_FROM?",
        "TALENTPOOL_DELAY is 2, which has no unit; write timedelta(days=2) or BusinessDelay(days=1, between=(9, 17)).",
        "TALENTPOOL_KEEP_MONTHS is 0; it must be a whole number from 1 to 120.",
        "TALENTPOOL_ENABLED is 'yes'; it must be True or False.",
    ]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("TALENTPOOL_MODE", "TALENTPOOL_MODES"),
        ("TALENTPOOL_LINKS_DAYS", "TALENTPOOL_LINK_DAYS"),
        ("TALENTPOOL_TZ_ONE", None),
    ],
)
def test_an_unknown_key_names_the_nearest(key, nearest):
    with pytest.raises(ConfigError) as refused:
        Settings.from_config({key: None})

    assert f"{key} is not a setting" in str(refused.value)
    assert nearest is None or f"did you mean {nearest}?" in str(refused.value)


def test_a_key_like_nothing_else_points_to_the_guide():
    assert problems(zzzzzzzzzzzzzzzzzzzzzz=1) == [
        "TALENTPOOL_ZZZZZZZZZZZZZZZZZZZZZZ is not a setting; the guide lists those there are."
    ]


@pytest.mark.parametrize("mode", ["auto", "review", "personal", "off", Mode.REVIEW])
def test_one_mode_goes_for_every_stage(mode):
    assert set(settings(modes=mode).modes.values()) == {Mode(mode)}


def test_every_wrong_entry_of_the_modes_is_told():
    found = problems(modes={"finalists": "auto", "applied": "atuo", 3: None})

    assert found[0] == (
        "TALENTPOOL_MODES has the stage 'finalists'; it must be one of 'applied', 'screened', 'interviewed', "
        "'finalist'. Did you mean 'finalist'?"
    )
    assert found[1] == (
        "TALENTPOOL_MODES['applied'] is 'atuo'; it must be one of 'auto', 'review', 'personal', 'off'. Did you mean 'auto'?"
    )
    assert found[2].startswith("TALENTPOOL_MODES has the stage 3;")
    assert len(found) == 3


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Bearer", "write schemes"),
        (("Bearer", "Basic"), "names 'basic', which a browser adds"),
        (["NEGOTIATE "], "names 'negotiate', which a browser adds"),
        (("Bearer token",), "is no scheme"),
    ],
)
def test_schemes_that_need_no_token_are_none_that_a_browser_adds(value, said):
    assert said in problems(tokenless_schemes=value)[0]


@pytest.mark.parametrize("value", ["our", True, ["ours"], ""])
def test_who_writes_outcome_letters_is_one_of_two(value):
    assert "must be one of 'ours', 'host'" in problems(outcome_letters=value)[0]


@pytest.mark.parametrize(
    "value",
    [
        "mail.example.test",
        "http://mail.example.test",
        "smtp://",
        "smtp://:25",
        "smtp://mail.example.test:many",
        "smtp://mail.example.test:0",
        "smtp://mail.example.test:99999",
        "smtp://user:hunter2@",
        "smtp://user@mail.example.test",
        "smtp://:hunter2@mail.example.test",
        "smtp://user:hunter2@mail.example.test/path",
        "smtp://mail.example.test/path",
        "smtp://mail.example.test?timeout=5",
        "smtp://user:hunter2%@mail.example.test",
        "smtp://user:hunter%zz@mail.example.test",
        "smtp://user:hünter2@mail.example.test",
        "eml://C:\\mail",
        "eml:C:\\mail",
        "eml:///var/mail?mode=600",
        "smtp://[::1",
        "smtps://user@mail.example.test:25:25",
        "eml://relative/folder",
        "eml:///",
        "smtp://mail.example.test,",
        "smtp://mail.example.test\r\nEvil: yes",
        587,
        "",
    ],
)
def test_a_mail_url_of_another_form_is_refused_and_its_password_never_shown(value):
    found = problems(mail_url=value)

    [problem] = found
    assert problem.startswith("TALENTPOOL_MAIL_URL ")
    assert (
        not isinstance(value, str)
        or not value.strip()
        or "\n" in value
        or "smtp+starttls://hr:secret@" in problem
    )
    assert "hunter" not in "".join(found)


@pytest.mark.parametrize(
    ("password", "meant"),
    [("hunter2,two", "hunter2,two"), ("hunter/2", "hunter/2"), ("hunter%2F2", "hunter/2")],
)
def test_a_password_may_hold_what_can_mean_nothing_else(password, meant):
    (place,) = settings(mail_url=f"smtp://user:{password}@mail.example.test").mail_url.places

    assert place.login == ("user", meant)


def test_each_wrong_one_of_several_mail_urls_is_named_by_its_place():
    [problem] = problems(mail_url="smtp://a.example.test,imap://b,eml://c")

    assert problem.startswith(
        "TALENTPOOL_MAIL_URL cannot be used: URL 2 of 3 begins with a scheme that is not understood; "
        "URL 3 of 3 names no folder by its whole path;"
    )


def test_secrets_do_not_show_when_the_settings_are_printed():
    shown = repr(settings(mail_url="smtp://u:hunter2@localhost", hash_key="correct horse battery"))

    assert "hunter2" not in shown
    assert "horse" not in shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jobs@example.test", Mailbox("", "jobs@example.test")),
        ('"Berg, Anna" <jobs@example.test>', Mailbox("Berg, Anna", "jobs@example.test")),
        ("Zoë Ångström <jobs@bücher.example>", Mailbox("Zoë Ångström", "jobs@bücher.example")),
        ("root@localhost", Mailbox("", "root@localhost")),
        (" HR <hr+pool@mail.example.test> ", Mailbox("HR", "hr+pool@mail.example.test")),
        ("Anna <jobs@intranet>", Mailbox("Anna", "jobs@intranet")),
    ],
)
def test_a_sender_is_a_name_and_an_address(value, expected):
    assert settings(mail_from=value).mail_from == expected
    assert settings(pool_mail_from=value).pool_mail_from == expected


@pytest.mark.parametrize(
    "value",
    [
        "Anna Berg",
        "Anna <>",
        "jobs@",
        "@example.test",
        "jobs@example..test",
        "jobs@-example.test",
        "jobs@127.0.0.1",
        "jobs@example.test.",
        ".jobs@example.test",
        "A" * 201 + " <jobs@example.test>",
        "a@b@c",
        "Berg, Anna <jobs@example.test>",
        "a@example.test, b@example.test",
        "Anna <jobs@example.test>\r\nBcc: x@example.test",
        ("Anna", "jobs@example.test"),
        "",
    ],
)
def test_what_is_no_sender_is_refused(value):
    assert problems(mail_from=value)[0].startswith("TALENTPOOL_MAIL_FROM ")
    assert len(problems(mail_from=value)) == 1


MAILBOXES = [
    "mail_from",
    "pool_mail_from",
    "deputy_mailbox",
    "send_all_mail_to",
    "reply_mailbox",
    "urgent_mailbox",
    "bounce_mailbox",
]


@pytest.mark.parametrize("name", MAILBOXES)
@pytest.mark.parametrize("value", ["jörg@example.test", "用户@例え.テスト"])
def test_an_address_that_not_every_server_can_write_to_is_refused_by_name_with_an_example(name, value):
    [problem] = problems(**{name: value})

    assert problem.startswith(f"TALENTPOOL_{name.upper()} has letters beyond a to z before the @")
    assert '"jobs@example.test"' in problem


@pytest.mark.parametrize("name", MAILBOXES)
@pytest.mark.parametrize("value", ["jobs@intranet", "jobs@localhost", "jobs@xn--bcher-kva.example"])
def test_an_address_of_the_local_network_is_an_address(name, value):
    found = getattr(settings(**{name: value}), name)

    assert getattr(found, "address", found) == value


def test_every_setting_that_is_wrong_is_told_at_once_and_no_password():
    found = problems(
        mail_url="smtp://hr:hunter2@", mail_from="jörg@a.test", bounce_mailbox="x", public_url="https://a b"
    )

    assert [problem.split()[0] for problem in found] == [
        "TALENTPOOL_MAIL_URL",
        "TALENTPOOL_MAIL_FROM",
        "TALENTPOOL_BOUNCE_MAILBOX",
        "TALENTPOOL_PUBLIC_URL",
    ]
    assert "hunter" not in "".join(found)


def test_a_mailbox_prints_as_a_header():
    assert str(Mailbox("Berg, Anna", "jobs@example.test")) == '"Berg, Anna" <jobs@example.test>'


def test_the_senders_name_is_not_taken_for_the_company():
    named = Settings.from_config({"TALENTPOOL_MAIL_FROM": "Anna Berg <jobs@acme.test>"})
    told = Settings.from_config({"TALENTPOOL_COMPANY": "Acme"})

    assert (named.company, told.company) == ("", "Acme")


def test_pool_letters_have_the_same_sender_unless_told_otherwise():
    assert settings(mail_from="jobs@example.test").pool_sender == Mailbox("", "jobs@example.test")


@pytest.mark.parametrize("value", [timedelta(0), timedelta(hours=36), BusinessDelay(days=2, between=(8, 18))])
def test_a_delay_is_elapsed_time_or_business_days(value):
    assert settings(delay=value).delay == value


@pytest.mark.parametrize("value", [1, 1.5, "1 day", True, timedelta(seconds=-1), timedelta.max])
def test_a_delay_without_unit_or_below_nothing_is_refused(value):
    assert "timedelta(" in problems(delay=value)[0]


@pytest.mark.parametrize(
    "name",
    [
        "reuse_window",
        "stale_after",
        "worker_interval",
        "answer_target",
        "answer_limit",
        "min_time_after_applying",
        "invitation_open_for",
    ],
)
@pytest.mark.parametrize(
    "value", [10, "10", timedelta(0), timedelta(days=-1), timedelta.max, BusinessDelay()]
)
def test_a_period_is_a_timedelta_longer_than_nothing(name, value):
    assert problems(**{name: value})[0].startswith(f"TALENTPOOL_{name.upper()} ")


@pytest.mark.parametrize(
    "name",
    [
        "keep_months",
        "link_days",
        "personal_days",
        "progress_days",
        "daily_cap",
        "domain_cap",
    ],
)
@pytest.mark.parametrize("value", [0, -1, 1.0, "3", True, 10**8])
def test_a_count_is_a_whole_number_within_bounds(name, value):
    assert "must be a whole number from 1 to" in problems(**{name: value})[0]


@pytest.mark.parametrize("value", [-1, 24, 8.0, "8", True])
def test_the_morning_hour_is_an_hour_of_the_day(value):
    assert problems(morning_hour=value) == [
        f"TALENTPOOL_MORNING_HOUR is {value!r}; it must be a whole number from 0 to 23."
    ]


@pytest.mark.parametrize("value", [(), (1,), [2, 4, 6]])
def test_days_to_remind_on_may_be_none_or_many(value):
    assert settings(remind_days=value).remind_days == tuple(day * DAY for day in value)


@pytest.mark.parametrize("name", ["personal_days", "progress_days", "link_days"])
@pytest.mark.parametrize("value", [3, timedelta(days=3), timedelta(hours=72)])
def test_days_are_a_number_of_them_or_a_timedelta(name, value):
    assert getattr(settings(**{name: value}), name) == 3 * DAY


@pytest.mark.parametrize("name", ["personal_days", "progress_days", "link_days"])
@pytest.mark.parametrize(
    "value", [timedelta(hours=36), timedelta(0), timedelta(days=-1), timedelta.max, 10**20]
)
def test_days_are_whole_and_within_bounds(name, value):
    assert "must be a whole number from 1 to" in problems(**{name: value})[0]


@pytest.mark.parametrize("value", [timedelta(hours=36), timedelta(hours=1), timedelta(days=366)])
def test_an_invitation_is_open_for_whole_days(value):
    assert "must be whole days, timedelta(days=1) to 365" in problems(invitation_open_for=value)[0]


def test_every_duration_is_a_timedelta_and_every_mailbox_says_so():
    for one in fields(Settings):
        value = getattr(Settings(), one.name)
        if "days" in one.metadata["unit"] or one.name.endswith("_days"):
            assert all(
                isinstance(day, timedelta) for day in (value if isinstance(value, tuple) else (value,))
            )
        if "Mailbox" in str(one.type):
            assert "mail" in one.name


OLD = {"ANSWER_DAYS": 21, "SETTLE_IN": timedelta(days=2)}
"""A value of a setting by its old name, where it is no mailbox."""


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_setting_by_its_old_name_is_understood_with_a_warning_that_says_the_new_one(old, new):
    value = OLD.get(old, "x@example.test")
    with pytest.warns(FutureWarning, match=f"TALENTPOOL_{old} was renamed to TALENTPOOL_{new}; "):
        found = Settings.from_config({f"TALENTPOOL_{old}": value})

    as_now = timedelta(days=21) if old == "ANSWER_DAYS" else value
    assert getattr(found, new.lower()) == getattr(
        Settings.from_config({f"TALENTPOOL_{new}": as_now}), new.lower()
    )


@pytest.mark.parametrize("old", RENAMED)
def test_an_old_name_without_a_value_says_nothing(old):
    assert Settings.from_config({f"TALENTPOOL_{old}": None}) == Settings.from_config({})


@pytest.mark.parametrize(("old", "new"), RENAMED.items())
def test_a_setting_by_both_its_names_is_refused(old, new):
    value = OLD.get(old, "x@example.test")
    with pytest.raises(ConfigError) as refused:
        Settings.from_config({f"TALENTPOOL_{old}": value, f"TALENTPOOL_{new}": value})

    said = f"TALENTPOOL_{old} was renamed to TALENTPOOL_{new}, and both are given; take TALENTPOOL_{old} out."
    assert said in refused.value.problems


def test_what_was_renamed_is_no_setting_and_what_it_is_called_now_is_one():
    assert {f"TALENTPOOL_{new}" for new in RENAMED.values()} <= KEYS
    assert not {f"TALENTPOOL_{old}" for old in RENAMED} & KEYS


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ((0, 2), "must be whole numbers of days"),
        ((2, True), "must be whole numbers of days"),
        ("24", "must be whole numbers of days"),
        (2, "must be whole numbers of days"),
        ((4, 2), "each day must be later"),
        ((2, 2), "each day must be later"),
    ],
)
def test_days_to_remind_on_go_up(value, said):
    assert said in problems(remind_days=value)[0]


@pytest.mark.parametrize("name", ["deputy_mailbox", "send_all_mail_to", "reply_mailbox", "urgent_mailbox"])
def test_who_is_asked_or_told_is_one_mailbox(name):
    assert getattr(settings(**{name: "Ida Ek <ida@example.test>"}), name) == Mailbox(
        "Ida Ek", "ida@example.test"
    )
    assert "exactly one address" in problems(**{name: "a@example.test, b@example.test"})[0]


@pytest.mark.parametrize(
    "value",
    [
        [date(2026, 12, 25), date(2027, 1, 1)],
        ["2026-12-25", "2027-01-01"],
        {datetime(2026, 12, 25, 8), "2027-01-01"},  # noqa: DTZ001 (a host's list may hold naive ones)
    ],
)
def test_holidays_are_dates_however_they_are_written(value):
    assert settings(holidays=value).holidays == {date(2026, 12, 25), date(2027, 1, 1)}


CALENDAR = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christ\r\n mas\r\nEND:VEVENT\r\n"
    "BEGIN:VEVENT\r\nDTSTART;VALUE=DA\r\n TE:20270101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.mark.parametrize("as_path", [True, False])
def test_holidays_are_read_from_a_calendar_file(tmp_path, as_path):
    file = tmp_path / "holidays.ics"
    file.write_text(CALENDAR, encoding="utf-8-sig", newline="")

    found = settings(holidays=file if as_path else str(file)).holidays

    assert found == {date(2026, 12, 25), date(2027, 1, 1)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read as a calendar file"),
        (
            CALENDAR.replace("SUMMARY", "RRULE:FREQ=SOMETIMES\r\nSUMMARY"),
            "event in line 2 has a RRULE that is not understood",
        ),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "there is no event"),
        ("DTSTART;VALUE=DATE:20261225", "there is no event"),
    ],
)
def test_a_calendar_file_that_says_nothing_is_refused(tmp_path, text, said):
    file = tmp_path / "holidays.ics"
    if text is not None:
        file.write_text(text, encoding="utf-8")

    assert said in problems(holidays=str(file))[0]


@pytest.mark.parametrize(("value", "said"), [(7, "write dates"), (["Christmas"], "holds 'Christmas'")])
def test_what_is_no_holiday_is_refused(value, said):
    assert said in problems(holidays=value)[0]


def test_reasons_are_codes_with_a_sentence_each():
    own = {"too_far": Reason("Too far away", {"en": "The job needs you on site."}), "other": Reason("Other")}

    assert dict(settings(reasons=own).reasons) == own


@pytest.mark.parametrize("value", [{}, [Reason("x")], 7])
def test_reasons_are_a_mapping_with_something_in_it(value):
    assert "must be a mapping of codes" in problems(reasons=value)[0]


def test_every_wrong_reason_is_told():
    found = problems(reasons={"Too Far": Reason("x"), "near": "sentence"})

    assert len(found) == 2
    assert "has the code 'Too Far'" in found[0]
    assert "['near'] is 'sentence'; write Reason(" in found[1]


@pytest.mark.parametrize("value", ["formal", "informal", FormOfAddress.INFORMAL])
def test_people_are_addressed_formally_or_not(value):
    assert settings(form_of_address=value).form_of_address is FormOfAddress(value)


def test_another_form_of_address_is_refused():
    assert "must be one of 'formal', 'informal'" in problems(form_of_address="du")[0]


def test_a_folder_of_texts_is_there(tmp_path):
    assert settings(letters_folder=tmp_path).letters_folder == str(tmp_path)
    assert "is no folder here" in problems(letters_folder=str(tmp_path / "none"))[0]


@pytest.mark.parametrize("value", ["bounces@example.test", "bounces+{letter}@example.test"])
def test_a_bounce_address_may_name_the_letter(value):
    assert settings(bounce_mailbox=value).bounce_mailbox == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("bounces", "one plain address"),
        ("Anna <bounces@example.test>", "one plain address"),
        ("bounces@{letter}.example.test", "one plain address"),
        ("b+{letter}{letter}@example.test", "one plain address"),
        ("b+{person}@example.test", "only {letter} in braces"),
        ("b" * 33 + "{letter}@example.test", "is too long: 32 characters take the place of {letter}"),
        ("bounces@-example.test", "one plain address"),
        (".{letter}@example.test", "one plain address"),
    ],
)
def test_what_is_no_bounce_address_is_refused(value, said):
    assert said in problems(bounce_mailbox=value)[0]


def test_the_domain_of_a_bounce_address_is_kept_as_reports_name_it():
    assert settings(bounce_mailbox="b+{letter}@Bücher.test").bounce_mailbox == "b+{letter}@xn--bcher-kva.test"


@pytest.mark.parametrize("value", ["too short", b"too short", "", 1234567890123456])
def test_a_weak_hash_key_is_refused_without_being_shown(value):
    [problem] = problems(hash_key=value)

    assert "at least 16" in problem
    assert not value or str(value) not in problem


def test_a_hash_key_may_be_bytes():
    assert settings(hash_key=b"\x00" * 16).hash_key == b"\x00" * 16


@pytest.mark.parametrize("name", ["public_url", "guide_url"])
@pytest.mark.parametrize(
    "value",
    [
        "jobs.example.test",
        "ftp://jobs.example.test",
        "https://",
        "https://x.test/?a=1",
        "https://x.test/#a",
        "https://u@x.test",
        "https://x.test/a b",
        "https://x.test:port",
        "https://bü\u2063cher..test",
        "https://x.test/café",
        'https://x.test/"',
        "https://x.test/<a>",
        1,
        "",
    ],
)
def test_a_web_address_is_whole(name, value):
    assert problems(**{name: value})[0].startswith(f"TALENTPOOL_{name.upper()} ")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://Jobs.Example.test/ats/", "https://Jobs.Example.test/ats"),
        ("http://[::1]:5000", "http://[::1]:5000"),
        ("https://bücher.example/ats", "https://xn--bcher-kva.example/ats"),
        ("https://Bücher.example:8443", "https://xn--bcher-kva.example:8443"),
        ("https://x.test/caf%C3%A9", "https://x.test/caf%C3%A9"),
    ],
)
def test_a_web_address_is_kept_as_it_can_stand_in_a_header(value, expected):
    assert settings(public_url=value).public_url == expected


@pytest.mark.parametrize(
    "value", ["talent-pool", "/talent-pool/", "/", "", "/a b", "//x.test", "/a?b", "/<id>", 1]
)
def test_a_prefix_begins_with_a_slash_and_ends_without(value):
    assert problems(url_prefix=value)[0].startswith("TALENTPOOL_URL_PREFIX ")


def test_a_time_zone_is_known_or_the_nearest_is_named():
    assert settings(timezone=ZoneInfo("Asia/Tokyo")).timezone == ZoneInfo("Asia/Tokyo")
    assert problems(timezone="Europe/Berlín")[0] == (
        "TALENTPOOL_TIMEZONE is 'Europe/Berlín', which is no time zone; write one such as \"Europe/Berlin\". "
        "Did you mean 'Europe/Berlin'?"
    )
    assert problems(timezone="../../etc/passwd")[0].startswith("TALENTPOOL_TIMEZONE is")
    assert problems(timezone=2)[0] == "TALENTPOOL_TIMEZONE must be text, not int."


@pytest.mark.parametrize("value", ["english", "EN", "e", "en_", "de/../en", 5])
def test_a_locale_is_a_language_code(value):
    assert problems(locale=value)[0].startswith("TALENTPOOL_LOCALE ")


@pytest.mark.parametrize("name", ["enabled", "morning_mail", "feedback_review"])
@pytest.mark.parametrize("value", [1, 0, "true", "False"])
def test_a_switch_is_a_bool(name, value):
    key = f"TALENTPOOL_{name.upper()}"
    assert problems(**{name: value}) == [f"{key} is {value!r}; it must be True or False."]


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(AttributeError):
        settings().enabled = False
    with pytest.raises(TypeError):
        settings().modes[StageReached.APPLIED] = Mode.OFF


def test_settings_can_be_compared_and_hashed():
    assert hash(settings(link_days=3)) == hash(settings(link_days=3))
    assert settings(modes="off") != settings()
