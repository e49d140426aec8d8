"""The guide as one installation has it: its own numbers, its own pages, its hidden pages."""

from __future__ import annotations

import doctest
import pickle
import re
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from flask_talentpool import guide
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.config.guide_keys import KEYS
from flask_talentpool.config.settings import Settings
from flask_talentpool.errors import ConfigError
from flask_talentpool.guide import Guide, GuideFacts, GuideProblem, UnknownGuidePage, facts, numbers
from flask_talentpool.guide import guide as guide_module
from flask_talentpool.guide import pages as guide_pages
from flask_talentpool.guide.links import relink
from flask_talentpool.letters.delivery.prepare import lifetime
from flask_talentpool.letters.texts import hidden_pages
from flask_talentpool.links import Purpose
from flask_talentpool.pools.model import NOTED_LAPSES
from flask_talentpool.portal.wording import words_for


def settings(**config):
    return Settings.from_config({f"TALENTPOOL_{name.upper()}": value for name, value in config.items()})


def told(key="what-happens-next", *, language="en", **config):
    """Return what a page says to readers under these settings, without markup."""
    html = Guide.of(settings(**config)).load(key, language=language).html
    html = re.sub(r"</?(?:a|em|strong)\b[^>]*>", "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "fr").mkdir()
    return tmp_path


def own(folder, hidden=frozenset(), **files):
    """Return the guide with these pages in the host's folder; `fr__x` is `fr/x.md`."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('_', '-')}.md"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    guide_pages.pages.cache_clear()
    return Guide(folder=str(folder), hidden=frozenset(hidden))


# Facts


def test_facts_that_stand_in_other_parts_are_the_same_there():
    for months, days in ((1, 180), (12, 180), (24, 30)):
        chosen = settings(keep_months=months, link_days=days)
        ctx, found = SimpleNamespace(settings=chosen), GuideFacts.of(chosen)
        assert timedelta(days=found.link_days) == lifetime(ctx, Purpose.ANSWER)
        assert timedelta(days=found.stay_link_days) == lifetime(ctx, Purpose.STAY)
    assert timedelta(days=GuideFacts.of(Settings()).noted_days) == NOTED_LAPSES


@pytest.mark.parametrize(
    ("config", "says", "silent"),
    [
        ({"delay": timedelta(0)}, "The letter leaves at once, when the decision is made", "working day,"),
        ({"delay": timedelta(0)}, "The letter leaves at once, when the decision is made", "Friday"),
        ({"delay": timedelta(hours=36)}, "The letter leaves 36 hours after the decision", "after you applied"),
        ({"delay": timedelta(days=1, hours=1)}, "leaves 25 hours after the decision", "office hours"),
        ({"delay": BusinessDelay(0)}, "leaves at the next moment of a working day, between 9 am", "waits 1"),
        ({"delay": BusinessDelay(3, (7, 24), 24)}, "leaves after 3 working days, between 7 am and midnight", "Friday"),
        ({"delay": BusinessDelay(1, (0, 24), 0)}, "leaves on the next working day. After", "between"),
        ({"delay": BusinessDelay(1, (0, 24), 0)}, "and none on a Friday. Saturdays", "Friday after"),
        ({"delay": BusinessDelay(1, (9, 17), 12)}, "none on a Friday after noon", "pm. Sat"),
        ({"min_time_after_applying": timedelta(days=1)}, "earlier than 1 day after you applied", " 1 days"),
        ({}, "Saturdays and Sundays are not counted", "holidays"),
        ({"holidays": [date(2026, 12, 25)]}, "Saturdays, Sundays and the holidays we keep", "Saturdays and Sundays are"),
        ({"modes": "review"}, "At every stage, a person approves it first", "one true line"),
        ({"modes": "auto"}, "leaves on the next working day", "a person approves it first"),
        ({"modes": "off"}, "The program sends no letter about the decision", "in its first two sentences"),
        ({"modes": "off"}, "We tell you the outcome in another way", "it is still open"),
        ({"modes": {"applied": "off"}}, "On the application alone, the program sends no letter", "person approves it first"),
        ({"modes": {"interviewed": "off"}}, "an answer within 10 days", "it is still open"),
        ({"modes": {"finalist": "review"}}, "In the last round, a person approves it first", "At every stage"),
        ({"personal_days": 1}, "it can take up to 1 working day", " 1 working days"),
        ({"outcome_letters": "host"}, "comes from our recruiting system itself", "You get one letter"),
        ({"outcome_letters": "host"}, "The answer itself is not written by this program", "leaves on"),
        ({"keep_months": 6}, "It lasts 6 months", "12 months"),
        ({"keep_months": 1, "link_days": 1}, "An invitation lasts 1 day", " 1 days"),
        ({"invitation_open_for": timedelta(days=21), "reuse_window": timedelta(days=90)}, "within 3 months of the decision", "10 days later"),
        ({"reuse_window": timedelta(days=40)}, "within 40 days of the decision", "1 month of"),
        ({"answer_limit": timedelta(days=30), "progress_days": 1}, "is decided 30 days after the interview", "45 days"),
        ({"mail_from": "Jo <jobs@house.test>"}, '"Us" is the company that wrote to you.', "the address in your letter instead"),
        ({"mail_from": "Jo <jobs@house.test>", "company": "A & <B>"}, '"Us" is A &amp; &lt;B&gt;.', "<B>"),
    ],
)  # fmt: skip
def test_what_candidates_are_told_follows_the_settings(config, says, silent):
    text = told(**config).replace("&#38;", "&amp;").replace("&#60;", "&lt;").replace("&#62;", "&gt;")
    text = text.replace("The link of an invitation", "An invitation")

    assert says in text
    assert silent not in text
    assert "normally" not in text
    assert not re.search(r"[{}]|  |\(\)| [.,;:]|\.\.|None|True|False", text)


@pytest.mark.parametrize("language", ["de", "de-informal"])
@pytest.mark.parametrize(
    "config",
    [
        {},
        {"delay": timedelta(0), "modes": "review"},
        {"delay": timedelta(hours=36), "holidays": ["2026-12-25"], "modes": "auto"},
        {"delay": BusinessDelay(0, (0, 24), 0), "modes": {"applied": "off", "interviewed": "review"}},
        {"outcome_letters": "host", "company": "Haus & Hof", "mail_from": "a@b.test"},
        {
            "modes": "off",
            "keep_months": 1,
            "invitation_open_for": timedelta(days=1),
            "link_days": 1,
            "progress_days": 1,
        },
    ],
)
def test_the_german_page_can_be_filled_in_under_any_settings(language, config):
    text = told(language=language, **config)

    assert "normalerweise" not in text
    assert not re.search(r"[{}]|  |\(\)| [.,;:]|\.\.|None|True|False", text)
    assert not re.search(r"\b1 (Tage|Arbeitstage|Monate)\b|\b(?!1\b)\d+ (Tag|Arbeitstag|Monat)\b", text)


def test_being_written_to_is_what_people_agree_to():
    agreed = words_for(settings(), "en", "stay").say(
        "stay.consent.wording", name="", company="us", keep_months="12"
    )

    assert "at most four times a year" in agreed
    assert "at most four times a year" in told()


@pytest.mark.parametrize(
    ("value", "english", "german"),
    [
        (timedelta(0), "0 hours", "0 Stunden"),
        (timedelta(seconds=20), "1 minute", "1 Minute"),
        (timedelta(minutes=1), "1 minute", "1 Minute"),
        (timedelta(minutes=90), "1 hour and 30 minutes", "1 Stunde und 30 Minuten"),
        (timedelta(hours=48), "2 days", "2 Tage"),
        (timedelta(hours=49), "2 days and 1 hour", "2 Tage und 1 Stunde"),
        (timedelta(days=30), "30 days", "30 Tage"),
        (timedelta(days=61), "2 months", "2 Monate"),
        (timedelta(days=365), "12 months", "12 Monate"),
        (timedelta(days=372), "372 days", "372 Tage"),
    ],
)
def test_a_length_of_time_is_said_in_its_unit(value, english, german):
    assert numbers.span(value) == english
    assert numbers.span(value, "de") == german
    assert numbers.span(value, "xx") == english, "nobody knows the words"


def test_every_hour_has_a_name():
    assert [numbers.oclock(hour) for hour in (0, 11, 12, 13, 18, 23, 24)] == [
        "midnight",
        "11 am",
        "noon",
        "1 pm",
        "6 pm",
        "11 pm",
        "midnight",
    ]


# Own pages


def test_a_page_of_the_hosts_own_is_filled_in_where_it_says_so(folder):
    made = own(
        folder,
        second_place="---\nfacts: true\n---\n# Ours {#ours}\n\n{{ keep_months | many('one', 'months') }}",
        fr__second_place="---\nfacts: true\n---\n# À nous\n\n{{ keep_months }} {{ 'mois' | begin }}",
        thank_you_note="# Not filled\n\n{{ keep_months }}",
    )

    assert list(made.problems()) == []
    assert made.load("second-place").html == '<h1 id="ours">Ours</h1>\n<p>12 months</p>'
    assert "<p>12 Mois</p>" in made.load("second-place", language="fr").html
    assert "{{ keep_months }}" in made.load("thank-you-note").html


def test_a_whole_language_can_be_added_and_others_fall_back(folder):
    made = own(folder, fr__second_place="# Deuxième\n")

    assert made.languages() == ("en", *sorted({*Guide().languages(), "fr"} - {"en"}))
    assert [
        made.load("second-place", language=tag).language for tag in ("fr", "fr_CA", "fr-informal", "nl")
    ] == [
        "fr",
        "fr",
        "fr",
        "en",
    ]
    assert made.address("second-place", language="fr") == "fr/second-place/"
    assert made.address("thank-you-note", language="fr") == "thank-you-note/"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# A\n\nfine\n\x80".encode("latin-1"), "second-place.md, line 4: there is a character that is not UTF-8; save"),
        (b"just words\n", "second-place.md, line 1: the page has no heading; begin it with"),
        (b"---\nfacts: true\n---\n# A\n\n{{ nothing }}\n", "second-place.md, line 6: 'nothing' is undefined; a page can use own,"),
        (b"---\nfacts: true\n---\n\n{% if own %}\n# A\n", "second-place.md, line 5: Unexpected end of template"),
        (b"---\nfacts: true\n---\n# A\n{{ company.__class__.__mro__ }}\n", "second-place.md, line 5: access to attribute '__class__'"),
        (b"---\nfacts: true\n---\n# A\n{{ keep_months | span }}\n", "second-place.md, line 5: 'int' object has no attribute"),
        (b"---\nfacts: true\n---\n# A\n{{ 1 / 0 }}\n", "second-place.md, line 5: division by zero"),
    ],
)  # fmt: skip
def test_a_page_that_cannot_be_shown_is_named_with_line_and_remedy(folder, text, says):
    made = own(folder, second_place=text)

    problems = list(made.problems())

    assert len(problems) == 1
    assert says in problems[0]
    with pytest.raises(GuideProblem) as caught:
        made.load("second-place")
    assert str(pickle.loads(pickle.dumps(caught.value))) == problems[0]


def test_a_page_under_a_name_that_is_not_quite_right_is_named(folder):
    made = own(folder, scond_place="# A", README="# Ours", fr__zzz="# B")

    assert [problem.replace(str(folder), "") for problem in made.problems()] == [
        "/scond-place.md is named like no page of the guide; did you mean second-place.md?",
        "/fr/zzz.md is named like no page of the guide; name it after the page it replaces.",
    ]


def test_pages_in_a_folder_for_english_are_the_english_ones(folder):
    (folder / "en").mkdir()
    links = "[Home](index.md) [German](../de/second-place.md) ![A](../assets/mark.svg)"
    made = own(folder, en__second_place=f"# Ours\n\n{links}", en__index="# Home\n\n![A](../assets/mark.svg)")

    page = made.load("second-place", language="fr")

    assert list(made.problems()) == []
    assert (page.title, page.language, made.address("second-place")) == ("Ours", "en", "second-place/")
    for address in ('href="../"', 'href="../de/second-place/"', 'src="../assets/mark.svg"'):
        assert address in page.html
    assert 'src="assets/mark.svg"' in made.load("index").html


def test_a_page_that_is_there_twice_in_english_is_named(folder):
    (folder / "en").mkdir()
    made = own(folder, second_place="# A", en__second_place="# B", en__deciding="# C")

    assert list(made.problems()) == [
        f"{folder}/second-place.md and {folder}/en/second-place.md are both the English page; keep one of them."
    ]


def test_a_folder_with_pages_that_nobody_is_shown_is_named(folder):
    for name in ("pt_BR", "german", "fr/more", "developers", ".old", "assets", "empty"):
        (folder / name).mkdir()
    made = own(
        folder,
        fr__more__deciding="# A",
        german__index="# A",
        developers__index="# A",
        empty__notes="# A",
        assets__index="# A",
    )
    for name in ("pt_BR", ".old"):
        (folder / name / "second-place.md").write_text("# A")

    assert [problem.replace(str(folder), "") for problem in made.problems()] == [
        "/fr/more holds pages that nobody is shown; name it after a language, such as pt-BR, beside the others.",
        "/german holds pages that nobody is shown; name it after a language, such as pt-BR, beside the others.",
        "/pt_BR holds pages that nobody is shown; name it pt-BR.",
    ]


def test_a_file_beside_the_pictures_that_is_never_given_out_is_named(folder):
    (folder / "assets" / "screens").mkdir(parents=True)
    for name in ("a.PNG", "screens/b.HEIC", "LICENSE", "notes.md", ".DS_Store", "Thumbs.db", "c.tar.gz"):
        (folder / "assets" / name).write_bytes(b"")
    guide_pages.assets.cache_clear()
    kinds = ".avif, .css, .gif, .jpeg, .jpg, .js, .pdf, .png, .svg, .webp"

    assert [problem.replace(str(folder), "") for problem in own(folder).problems()] == [
        f"/assets/c.tar.gz is of a kind that is never given out; there is {kinds}.",
        f"/assets/screens/b.HEIC is of a kind that is never given out; there is {kinds}.",
    ]


def test_a_page_that_is_hidden_need_not_be_right(folder):
    assert list(own(folder, hidden={"second-place"}, second_place="no heading").problems()) == []


# Hidden pages


def test_a_hidden_page_is_not_there_in_any_language():
    made = Guide(hidden=frozenset({"second-place"}))

    assert made.keys() == tuple(key for key in KEYS if key != "second-place")
    for language in made.languages():
        assert made.address("second-place", language=language) is None
        with pytest.raises(UnknownGuidePage) as caught:
            made.load("second-place", language=language)
        assert caught.value.nearest != "second-place"


def test_the_key_of_a_page_to_hide_must_be_one():
    with pytest.raises(ConfigError) as caught:
        settings(guide_hidden=("second-plce", "zzz"))

    assert "TALENTPOOL_GUIDE_HIDDEN names 'second-plce', which is no page of the guide. Did you mean 'second-place'?" in str(caught.value)  # fmt: skip
    assert f"names 'zzz', which is no page of the guide. There is {KEYS[0]}" in str(caught.value)
    with pytest.raises(ConfigError, match='write the keys of pages, such as \\("second-place",\\)'):
        settings(guide_hidden="second-place")
    with pytest.raises(ConfigError, match="is no folder here"):
        settings(guide_folder="/no/such/folder")
    assert settings(guide_hidden=["deciding", "deciding"]).guide_hidden == ("deciding",)


# Links


@pytest.mark.parametrize(
    ("html", "folder", "address", "becomes"),
    [
        ('<a href="index.md">a</a>', "", "x/", '<a href="../">a</a>'),
        ('<a href="index.md#b">a</a>', "", "", '<a href="./#b">a</a>'),
        ('<a class="c" href="second-place.md#b" id="d">a</a>', "", "x/", '<a class="c" href="../second-place/#b" id="d">a</a>'),
        ('<a href="second-place.md">a</a>', "de", "de/x/", '<a href="../../de/second-place/">a</a>'),
        ('<a href="../second-place.md">a</a>', "de", "de/x/", '<a href="../../second-place/">a</a>'),
        ('<a href="../recruiters.md">a <b>c</b></a> d', "de", "de/x/", '<a href="../../recruiters/">a <b>c</b></a> d'),
        ('<a href="recruiters.md">a</a>', "de", "de/x/", '<a href="../../recruiters/">a</a>'),
        ('<a href="developers/mount-it.md#b">a <em>b</em></a>, <a href="#c">d</a>', "", "x/", 'a <em>b</em>, <a href="#c">d</a>'),
        ('<a href="../developers/mount-it.md">a</a>', "de", "de/x/", "a"),
        ('<a href="hidden.md">a</a>', "", "x/", "a"),
        ('<a href="no-such.md">a</a>', "", "x/", "a"),
        ('<a href="https://other.test/x.md">a</a>', "", "x/", '<a href="https://other.test/x.md">a</a>'),
        ('<a href="mailto:a@b.test">a</a><a href="/x.md">b</a>', "", "x/", '<a href="mailto:a@b.test">a</a><a href="/x.md">b</a>'),
        ('<img alt="" src="assets/a.svg">', "", "x/", '<img alt="" src="../assets/a.svg">'),
        ('<img src="assets/a.svg">', "", "", '<img src="assets/a.svg">'),
        ('<img src="../assets/a.svg">', "de", "de/x/", '<img src="../../assets/a.svg">'),
        ('<img src="../assets/a.svg">', "", "x/", '<img src="../assets/a.svg">'),
        ('<code>&lt;a href="x.md"&gt;</code>', "", "x/", '<code>&lt;a href="x.md"&gt;</code>'),
    ],
)  # fmt: skip
def test_links_between_files_become_addresses_or_words(html, folder, address, becomes):
    def find(language, key):
        if key == "hidden":
            return None
        return guide_module._linked(Guide(), language, key) if language != "de" else german(key)

    def german(key):
        return f"de/{key}/" if key == "second-place" else Guide().address(key)

    assert relink(html, folder=folder, address=address, find=find) == becomes


def test_what_is_for_the_published_guide_alone_is_left_out(folder):
    made = own(folder, index="# A\n\nB <!-- published only -->\n\nC\n<!-- end -->\n\nD\n")

    assert made.load("index").html == '<h1 id="a">A</h1>\n<p>B </p>\n<p>D</p>'


# Keys from outside


def test_an_unknown_page_names_the_nearest_one():
    with pytest.raises(UnknownGuidePage, match="'after-the-interview'") as caught:
        guide.load("after-interview")

    assert isinstance(caught.value, LookupError)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    "key", ["", "../developers/mount-it", "recruiters.md", "/etc/passwd", "de", "x" * 100_000]
)
def test_a_key_never_reaches_a_file_that_is_no_page(key):
    with pytest.raises(UnknownGuidePage):
        guide.load(key)


@pytest.mark.parametrize(
    "language", ["", "..", "../de", "assets", "developers", "x" * 100_000, "de/../..", "ΔE"]
)
def test_a_language_never_reaches_another_folder(language):
    assert guide.load("second-place", language=language).language == "en"


def test_what_is_kept_in_memory_does_not_grow_with_what_is_asked_for():
    guide.load("second-place")
    before = guide_module._load.cache_info().currsize

    for number in range(300):
        guide.load("second-place", language=f"x{number}")
        with pytest.raises(UnknownGuidePage):
            guide.load(f"second-place-{number}")

    assert guide_module._load.cache_info().currsize == before
    assert guide_module._load.cache_info().maxsize == 1024


def test_an_installed_package_serves_the_pages_it_carries(tmp_path, monkeypatch):
    package = tmp_path / "flask_talentpool"
    (package / "guide").mkdir(parents=True)
    (package / "guide_pages").mkdir()
    (package / "guide_pages" / "recruiters.md").write_text("# Packed & *ready*\n", encoding="utf-8")
    monkeypatch.setattr(guide_pages, "__file__", str(package / "guide" / "source.py"))
    for cache in (guide_pages.pages, guide_module._load, guide_module._title):
        cache.cache_clear()

    page, title = guide.load("recruiters"), Guide().title("recruiters")
    for cache in (guide_pages.pages, guide_module._load, guide_module._title):
        cache.cache_clear()

    assert page.title == title == "Packed & ready"


@pytest.mark.parametrize("module", [guide, guide_module, facts, guide_pages, numbers, hidden_pages])
def test_the_examples_in_the_docstrings_hold(module):
    result = doctest.testmod(module)

    assert (result.failed, result.attempted > 0) == (0, True)
