"""The words of the candidate's pages: complete in every language, and falling back as a whole page."""

import re
from itertools import product

import pytest

from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.people.model import ConsentMixin
from flask_talentpool.portal import wording_files
from flask_talentpool.portal.wording import PAGES, VALUES, PortalWords, folder_for, words_for

LANGUAGES = text_files.folders(None)
PLACEHOLDER = re.compile(r"\{\{ (\w+) \}\}|\{% (?:el)?if (?:not )?(\w+) %\}")
TAG = re.compile(r"\{.*?\}")
FORMAL = re.compile(r"\b(Sie|Ihnen|Ihr|Ihre|Ihrer|Ihrem|Ihren)\b")
INFORMAL = re.compile(r"\b(du|dich|dir|dein\w*)\b", re.IGNORECASE)
ENGLISH = re.compile(
    r"\b(the|you|your|and|is|of|for|with|this|not|nothing|please|thank|job|answer)\b", re.IGNORECASE
)


def words_in(folder):
    return {key: text for key, (text, _) in wording_files.found_in(folder, None).items()}


def asked_for(text):
    return {name for pair in PLACEHOLDER.findall(text) for name in pair if name}


@pytest.fixture
def own(tmp_path):
    """The host's own folder; call it with a language, its words of pages, and get the settings."""

    def put(language, words, *, letters=True, **config):
        folder = tmp_path / language
        folder.mkdir(exist_ok=True)
        if letters:
            (folder / "progress.txt").write_text("Subject: x\n\nx\n", encoding="utf-8")
        (folder / wording_files.FILE).write_text(words, encoding="utf-8")
        return Settings(letters_folder=str(tmp_path), **config)

    return put


def toml(words):
    return "".join(f"{key} = '''{text}'''\n" for key, text in words.items())


@pytest.mark.parametrize("stock", wording_files.take(Settings()), ids=lambda stock: stock.folder)
def test_every_language_of_the_letters_has_every_word_of_the_pages(stock):
    assert stock.missing == ()


@pytest.mark.parametrize("folder", LANGUAGES)
def test_no_packaged_word_is_one_that_cannot_be_used(folder):
    assert wording_files._packaged(folder).mistakes == ()


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_language_shows_and_asks_for_the_same_values(folder):
    # Where people are addressed formally, a first name alone would sound wrong.
    left_out = {"name"} if folder == "de" else set()
    theirs = words_in(folder)

    for key, english in words_in("en").items():
        assert asked_for(theirs[key]) | left_out == asked_for(english) | left_out, key


@pytest.mark.parametrize("folder", [folder for folder in LANGUAGES if folder.startswith("de")])
def test_german_words_hold_no_english_and_one_form_of_address(folder):
    for key, text in words_in(folder).items():
        said = TAG.sub(" ", text)
        assert not ENGLISH.search(said), key
        assert not (INFORMAL if folder == "de" else FORMAL).search(said), key


def test_what_german_with_du_says_itself_differs_from_what_it_would_fall_back_on():
    formal = words_in("de")

    same = [key for key, text in wording_files._packaged("de-informal").words.items() if text == formal[key]]
    assert same == []


def test_every_sentence_can_be_said_with_everything_and_with_the_least():
    everything = dict.fromkeys(VALUES, "X")
    bare = {"button": "X", "keep_months": "12"}
    for folder, key, values in product(LANGUAGES, wording_files.keys(), (everything, bare)):
        said = words_for(Settings(), folder, key.partition(".")[0]).say(key, **values)

        assert said
        assert not re.search(r"[{}%]| [.,;?]|„“|““|  ", said), (folder, key, said)


def test_a_value_stands_out_and_cannot_be_markup():
    words = words_for(Settings(), "en", "stay")

    (said,) = words.marked("stay.asked.text", job="<b>\x02Cook\x03</b>")

    assert "applied for the <strong>&lt;b&gt;Cook&lt;/b&gt;</strong> role with us" in said


def test_words_of_a_host_cannot_be_markup_either(own):
    settings = own("en", '[stay.asked]\ntext = "<script>{{ job }}</script>"\n')

    (said,) = words_for(settings, "en", "stay").marked("stay.asked.text", job="Cook")

    assert said == "&lt;script&gt;<strong>Cook</strong>&lt;/script&gt;"


@pytest.mark.parametrize("page", PAGES)
def test_a_language_without_words_falls_back_on_the_hosts_and_then_on_english(own, page):
    letters_alone = own("fr", "")

    assert words_for(letters_alone, "fr", page).folder == "en"
    assert words_for(own("fr", "", locale="de-CH"), "fr", page).folder == "de"
    informal = own("fr", "", locale="de", form_of_address=FormOfAddress.INFORMAL)
    assert words_for(informal, "fr", page).folder == "de-informal"
    assert words_for(letters_alone, None, page).folder == "en"


def test_a_page_is_in_one_language_as_a_whole(own):
    french = {key: f"fr {text}" for key, text in words_in("en").items()}
    del french["answer.closed.title"]

    settings = own("fr", toml(french))

    assert words_for(settings, "fr", "stay").folder == "fr"
    assert words_for(settings, "fr", "stay").say("stay.left.title").startswith("fr All right")
    assert words_for(settings, "fr", "answer").folder == "en"
    assert {one.folder: one.missing for one in wording_files.take(settings)}["fr"] == ("answer.closed.title",)


def test_a_variety_and_a_form_of_address_say_only_what_differs(own):
    settings = own("de-AT", '[stay.left]\ntitle = "Baba"\n')

    words = words_for(settings, "de-AT", "stay")

    assert (words.folder, words.language) == ("de-AT", "de-AT")
    assert words.say("stay.left.title") == "Baba"
    assert words.say("stay.choices.stay.label") == "Ja, gern"


def test_words_of_a_host_count_as_soon_as_they_are_there_and_a_broken_file_not_at_all(own):
    title = '[gone]\ntitle = "%s"\n'
    settings = own("de", title % "Weg")
    first = words_for(settings, "de", "gone").say("gone.title")
    own("de", title % "Ganz weg")
    second = words_for(settings, "de", "gone").say("gone.title")
    own("de", "[gone")

    assert (first, second) == ("Weg", "Ganz weg")
    assert words_for(settings, "de", "gone").say("gone.title") == "Dieser Link lässt sich nicht öffnen"


@pytest.mark.parametrize(
    "text",
    [
        "{{ name.__class__ }} {{ company }} {{ keep_months }}",
        "{{ company | upper }} {{ keep_months }}",
        "{% if company %}{{ lipsum() }}{% endif %}{{ keep_months }}",
        "{% if company == keep_months %}x{% endif %}{{ company }}{{ keep_months }}",
        "{{ company }} {{ keep_months }} {{ name }}",
        "{{ company }} {{ keep_months }} {% if",
        "{{ company }}, for ever",
        "  ",
    ],
)
def test_a_sentence_that_cannot_be_used_is_left_out_and_named(own, text):
    settings = own("en", toml({wording_files.CONSENT: text}))

    words = words_for(settings, "en", "stay")

    assert words.consent(company="Harbour", keep_months=12).version == "2026-11.1"
    (stock,) = [stock for stock in wording_files.take(settings) if stock.folder == "en"]
    assert stock.wrong
    assert all(one.startswith(wording_files.CONSENT) for one in stock.wrong)


def test_other_words_to_agree_to_have_a_version_of_their_own(own):
    wording = "Yes to {{ company }} for {{ keep_months }} months."
    without = words_for(own("en", toml({wording_files.CONSENT: wording})), "en", "stay")
    with_one = words_for(
        own("en", toml({wording_files.CONSENT: wording, wording_files.VERSION: "ours 2"})), "en", "stay"
    )

    agreed = without.consent(company="Harbour", keep_months=6)

    assert (agreed.wording, agreed.version) == ("Yes to Harbour for 6 months.", "folder")
    assert with_one.consent(company="Harbour", keep_months=6).version == "ours 2"


def test_the_language_of_the_words_agreed_to_is_that_of_the_file_they_are_in():
    informal = words_for(Settings(), "de-informal", "stay").consent(company="Hafen", keep_months=12)

    assert (informal.language, informal.wording[:12]) == ("de", "Hafen darf m")


def test_a_version_that_the_consent_has_no_room_for_is_named_and_not_used(own):
    wording = "Yes to {{ company }} for {{ keep_months }} months."
    room = ConsentMixin.version.column.type.length
    fits = own("en", toml({wording_files.CONSENT: wording, wording_files.VERSION: "v" * room}))
    agreed = words_for(fits, "en", "stay").consent(company="Harbour", keep_months=6)
    settings = own("en", toml({wording_files.CONSENT: wording, wording_files.VERSION: "v" * (room + 1)}))

    kept = words_for(settings, "en", "stay").consent(company="Harbour", keep_months=6)

    (stock,) = [stock for stock in wording_files.take(settings) if stock.folder == "en"]
    assert agreed.version == "v" * room
    assert (kept.wording[:15], kept.version) == ("Yes to Harbour ", "folder")
    assert stock.wrong == ("stay.consent.version: keep it to 40 characters.",)


@pytest.mark.parametrize(
    ("folder", "language"),
    [("zh-Hant-TW-variant1-informal", "zh-Hant-TW"), ("fr-informal", "fr"), ("sr-Latn-RS", "sr-Latn-RS")],
)
def test_the_language_of_what_is_agreed_to_fits_where_it_is_kept(own, folder, language):
    settings = own(folder, toml({wording_files.CONSENT: "{{ company }} {{ keep_months }}"} | words_in("en")))

    agreed = words_for(settings, folder, "stay").consent(company="Harbour", keep_months=6)

    assert agreed.language == language
    assert len(agreed.language) <= ConsentMixin.language.column.type.length


def test_a_file_saved_with_a_byte_order_mark_is_read_as_any_other(own):
    settings = own("en", "\ufeff[gone]\ntitle = 'Away'\n")

    assert words_for(settings, "en", "gone").say("gone.title") == "Away"


def test_pages_go_on_with_the_packaged_words_while_the_folder_is_away(own, tmp_path):
    settings = own("de", "[gone]\ntitle = 'Weg'\n", locale="de", form_of_address=FormOfAddress.INFORMAL)
    before = words_for(settings, folder_for(settings, "de"), "gone").say("gone.title")
    tmp_path.rename(tmp_path.with_name("elsewhere"))

    words = words_for(settings, folder_for(settings, "de"), "gone")

    assert before == "Weg"
    assert (words.folder, words.say("gone.title")) == ("de-informal", "Dieser Link lässt sich nicht öffnen")


def test_a_file_too_long_or_not_utf_8_is_said(own, tmp_path):
    settings = own("de", "#" * 100_001)
    long = wording_files.read("de", str(tmp_path))
    (tmp_path / "de" / wording_files.FILE).write_bytes(b"[gone]\ntitle = 'Sch\xf6n'\n")
    strange = wording_files.read("de", str(tmp_path))

    assert "longer than 100,000 bytes" in long.mistakes[0]
    assert strange.mistakes == ("save the file as UTF-8.",)
    assert settings.letters_folder
    assert wording_files.read("fr", str(tmp_path)) is None


def test_a_form_of_address_is_used_only_where_there_are_letters_in_it():
    informal = Settings(form_of_address=FormOfAddress.INFORMAL)

    assert [folder_for(informal, language) for language in ("de", "en")] == ["de-informal", "en"]
    assert PortalWords(folder="de-informal", found={}).language == "de"
