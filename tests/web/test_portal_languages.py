"""The candidate's pages in the language of the letter that led there, and every other one in the reader's."""

import dataclasses
import email
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from sqlalchemy.exc import OperationalError

from flask_talentpool import guide
from flask_talentpool.decisions import facts
from flask_talentpool.decisions.telling import ask_colleague as asks
from flask_talentpool.portal import answers, wording_files
from flask_talentpool.recalls import service as recalls
from tests.support.people import RITA

pytestmark = pytest.mark.untraced

JSON = {"Accept": "application/json"}
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
NAME = "Ada Wilhelmina Okafor"
ENGLISH = re.compile(
    r"\b(the|you|your|and|is|of|for|with|this|not|nothing|please|thank|job|answer|page|guide)\b",
    re.IGNORECASE,
)
SIE = re.compile(r"\b(Sie|Ihnen|Ihre?[rmn]?)\b")
DU = re.compile(r"\b(du|dich|dir|deine?[rmn]?)\b", re.IGNORECASE)
FORMS = {"formal": (SIE, DU), "informal": (DU, SIE)}
SPOKEN = {"alt", "aria-label", "content", "placeholder", "title"}


class _Reader(HTMLParser):
    """What a person sees or is read aloud of a page, and its language."""

    def __init__(self):
        super().__init__()
        self.seen, self.lang, self.links = [], "", []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.lang = attributes["lang"] if tag == "html" else self.lang
        if tag == "a":
            self.links.append(attributes["href"])
        if tag != "meta":
            self.seen += [attributes[name] for name in SPOKEN & set(attributes)]

    def handle_data(self, data):
        self.seen.append(data)


def read(reply):
    """Return the language, the visible words and the links of a page."""
    reader = _Reader()
    reader.feed(reply.text)
    return reader.lang, " ".join(" ".join(reader.seen).split()), reader.links


def path_in(raw):
    """Return the path of the personal link in a raw letter."""
    text = email.message_from_string(raw).get_payload()[0].get_payload(decode=True).decode()
    return re.search(r"https://jobs\.example\.test(/\S+/l/\S+)", text)[1]


class Told:
    """Somebody who was told in a host with these settings, and the pages their letters lead to."""

    def __init__(self, office):
        self.office, self.client = office, office.app.test_client()
        self.application = office.rejected(name=NAME)
        office.send()
        self.stay = path_in(office.mail()[-1])

    def invited(self):
        before = set(self.office.mail())
        self.office.do(
            lambda ctx: recalls.invite(ctx, facts.live_decision(ctx, self.application), by=RITA).id
        )
        self.office.send()
        return path_in(*(set(self.office.mail()) - before))

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)

    def say(self, path, word):
        return self.client.post(path, data={"say": word}, follow_redirects=True)


@pytest.fixture
def told(make_office):
    return lambda **config: Told(make_office(**config))


def recall_is(office, state):
    office.change("recall", office.row("recall").id, state=state)


@pytest.mark.parametrize("form", FORMS)
def test_no_english_word_is_left_on_any_german_page(told, monkeypatch, form):
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS=form)
    stay, office = told.stay, told.office
    pages = [told.get(stay), told.say(stay, "stay"), told.say(stay, "leave"), told.say(stay, "everything")]
    answer = told.invited()
    pages += [told.get(answer), told.say(answer, "not_now")]
    for state in ("accepted", "opened", "declined", "closed"):
        recall_is(office, state)
        pages.append(told.get(answer))
    recall_is(office, "declined")
    pages.append(told.say(answer, "never"))
    office.decide(told.application, "blacklisted")
    office.sync()
    pages.append(told.get(stay))
    pages += [told.get("/talent-pool/l/nothing"), told.get("/talent-pool/u/nothing")]
    pages.append(told.client.post("/talent-pool/u/nothing"))
    monkeypatch.setattr(answers, "say", away)
    pages.append(told.say(stay, "leave"))

    titles = set()
    for page in pages:
        lang, said, _ = read(page)
        assert lang == "de"
        assert not ENGLISH.search(said), said
        assert not FORMS[form][1].search(said), said
        titles.add(re.search("<title>(.*?)</title>", page.text)[1])
    # A press that says nothing shows the page as it was, and a no may be followed by "do not ask again".
    assert len(titles) == len(pages) - 2
    assert any(FORMS[form][0].search(read(page)[1]) for page in pages)


def away(*arguments):
    raise OperationalError("SELECT", {}, Exception("away"))


@pytest.mark.parametrize(
    ("form", "title", "stored"),
    [
        ("formal", "Sollen wir bei anderen Stellen an Sie denken?", "de"),
        ("informal", "Sollen wir bei anderen Stellen an dich denken, Ada?", "de"),
    ],
)
def test_the_german_words_somebody_agreed_to_are_the_ones_that_are_kept(told, form, title, stored):
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS=form)
    shown = told.get(told.stay)

    told.say(told.stay, "stay")

    consent = told.office.row("consent")
    assert title in shown.text
    assert consent.wording in shown.text
    assert consent.wording.startswith("Harbour darf meine Bewerbung 12 Monate lang im Talentpool behalten")
    assert (consent.language, consent.version) == (stored, "2026-11.2")


def test_the_letter_decides_and_not_the_browser_nor_what_the_host_says_today(told):
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS="informal")
    letter = told.office.row("letter", kind="outcome")
    told.office.app.extensions["talentpool_state"] = changed(
        told.office, locale="en", form_of_address="formal"
    )
    english = {"Accept-Language": "en-GB"}

    informal = read(told.get(told.stay, **english))
    told.office.change("letter", letter.id, text_version="package 1")
    formal = read(told.get(told.stay, **english))
    told.office.change("letter", letter.id, language="en")
    in_english = read(told.get(told.stay, **GERMAN))

    assert (letter.language, letter.text_version) == ("de", "package 1, informal")
    assert (informal[0], "Sollen wir bei anderen Stellen an dich denken, Ada?" in informal[1]) == ("de", True)
    assert (formal[0], "Sollen wir bei anderen Stellen an Sie denken?" in formal[1]) == ("de", True)
    assert (in_english[0], "Shall we keep you in mind, Ada?" in in_english[1]) == ("en", True)


def changed(office, **settings):
    """Return the office's state with other settings, as after a restart."""
    state = office.app.extensions["talentpool_state"]
    return dataclasses.replace(state, settings=dataclasses.replace(state.settings, **settings))


def test_a_date_is_written_in_the_language_of_the_page(told):
    told = told(TALENTPOOL_LOCALE="de")
    told.say(told.stay, "stay")

    _, said, _ = read(told.get(told.stay))

    assert re.search(r"Bis zum \d+\. März 2027 sind Sie in unserem Talentpool\.", said)
    assert told.get(told.stay, **JSON).json["until"].endswith(" März 2027")


def test_json_keeps_its_codes_and_says_its_sentences_in_the_language(told):
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS="informal")

    page = told.get(told.stay, **JSON).json
    gone = told.get("/talent-pool/l/nothing", **JSON).json

    assert (page["state"], page["may_say"], page["language"]) == ("asked", ["stay", "leave"], "de-informal")
    assert page["title"] == "Sollen wir bei anderen Stellen an dich denken, Ada?"
    assert [choice["label"] for choice in page["choices"]] == ["Ja, gern", "Nein, danke"]
    assert [choice["word"] for choice in page["choices"]] == page["may_say"]
    assert "<strong>" not in "".join(page["text"])
    assert (gone["code"], gone["title"]) == ("link_gone", "Dieser Link lässt sich nicht öffnen")


# Where no letter can say the language


@pytest.mark.parametrize(
    ("asked", "locale", "lang"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "en", "de"),
        ("fr, en;q=0.8, de;q=0.2", "de", "en"),
        ("fr", "de", "de"),
        ("fr", "en", "en"),
        ("*", "de", "de"),
        ("", "de", "de"),
        ("de;q=0, *;q=0.5", "en", "en"),
        (",;q=x,;;==" + "x" * 500, "en", "en"),
    ],
)
def test_what_opens_no_letter_is_in_the_readers_language_else_the_hosts(make_office, asked, locale, lang):
    client = make_office(open_up=False, TALENTPOOL_LOCALE=locale).app.test_client()

    reply = client.get("/talent-pool/u/nothing", headers={"Accept-Language": asked})

    assert read(reply)[0] == lang
    assert reply.headers["Vary"].startswith("Accept, Accept-Language")


def test_a_link_that_was_revoked_does_not_tell_which_language_its_letter_had(told):
    told = told(TALENTPOOL_LOCALE="de")
    path = "/talent-pool/l/nothing"
    link = told.office.rows("link")[0]
    told.office.change("link", link.id, revoked_at=told.office.clock.now())
    english = {"Accept-Language": "en"}

    for headers in (english, GERMAN):
        assert told.get(told.stay, **headers).data == told.get(path, **headers).data
    assert read(told.get(told.stay, **english))[0] == "en"


# A language that the host adds


def test_a_language_added_by_folder_has_its_pages_by_one_more_file(told, tmp_path):
    folder = tmp_path / "letters" / "nl"
    folder.mkdir(parents=True)
    (folder / "progress.txt").write_text("Subject: x\n\nx\n", encoding="utf-8")
    told = told(TALENTPOOL_LETTERS_FOLDER=str(folder.parent))
    told.office.change("letter", told.office.row("letter").id, language="nl")
    before = read(told.get(told.stay))
    dutch = "".join(f"{key} = '''nl {text}'''\n" for key, text in wording_files._english().items())
    (folder / wording_files.FILE).write_text(dutch, encoding="utf-8")

    told.say(told.stay, "stay")
    lang, said, _ = read(told.get(told.stay))

    assert before[0] == "en"
    assert lang == "nl"
    assert "nl We keep you in mind, Ada" in said
    assert re.search(r"until \d+ maart 2027", said)
    consent = told.office.row("consent")
    assert (consent.language, consent.version) == ("nl", "nl 2026-11.1")


def test_pages_open_while_the_hosts_own_words_are_away(told, tmp_path):
    folder = tmp_path / "letters" / "de"
    folder.mkdir(parents=True)
    (folder / wording_files.FILE).write_text("[gone]\ntitle = 'Weg'\n", encoding="utf-8")
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_LETTERS_FOLDER=str(folder.parent))
    before = told.get("/talent-pool/l/nothing")
    folder.parent.rename(tmp_path / "elsewhere")

    gone = told.get("/talent-pool/l/nothing", **GERMAN)
    asks = told.get("/talent-pool/u/nothing", **GERMAN)
    done = told.client.post("/talent-pool/u/nothing")
    said = told.say(told.stay, "stay")

    assert "<title>Weg" in before.text
    assert (gone.status_code, "Dieser Link lässt sich nicht öffnen" in gone.text) == (404, True)
    assert [page.status_code for page in (asks, done, said)] == [200, 200, 200]
    assert {read(page)[0] for page in (gone, asks, done, said)} == {"de"}
    assert told.office.row("consent").version == "2026-11.2"


# The guide, and colleagues


@pytest.mark.parametrize("locale", ["en", "de"])
def test_the_guide_is_linked_beside_the_choice_and_every_anchor_is_there(told, locale):
    told = told(TALENTPOOL_LOCALE=locale)
    answer = told.invited()
    found = {link for path in (told.stay, answer) for link in read(told.get(path))[2]}

    for link in found:
        page, _, anchor = link.removeprefix("https://jobs.example.test").partition("#")
        reply = told.get(page)
        assert reply.status_code == 200
        assert not anchor or f'id="{anchor}"' in reply.text
    keys = {link.partition("#")[0].rstrip("/").rpartition("/")[2] for link in found}
    assert keys == {"what-happens-next", "ready-to-be-called"}
    assert keys <= set(guide.keys())


def test_the_guide_pages_are_asked_for_in_the_language_of_the_page(told, monkeypatch):
    told = told(TALENTPOOL_LOCALE="de", TALENTPOOL_FORM_OF_ADDRESS="informal")
    asked = set()

    def guide_url(_, key, *, language="en"):
        asked.add((key, language))
        return "" if key == "what-happens-next" else "/somewhere/"

    monkeypatch.setattr(type(told.office.talentpool), "guide_url", guide_url)
    answer = told.invited()
    asked.clear()

    _, _, links = read(told.get(answer))
    page = told.get(told.stay)

    assert asked == {("what-happens-next", "de-informal"), ("ready-to-be-called", "de-informal")}
    assert links == ["/somewhere/"]
    assert read(page)[2] == []  # a page that is hidden takes its links with it


def test_a_colleague_reads_english_and_the_letter_in_its_own_language(make_office):
    office = make_office(TALENTPOOL_LOCALE="de", TALENTPOOL_DELAY=timedelta(days=5))
    application = office.rejected(name=NAME)
    office.do(
        lambda ctx: (
            asks.ask(
                ctx,
                facts.live_decision(ctx, application),
                name="Bo Lind",
                address="bo@ats.example",
                by=RITA,
            ).id
        )
    )
    office.dispatch()

    page = office.app.test_client().get(path_in(office.mail()[-1]), headers=GERMAN).text

    assert '<html lang="en">' in page
    assert "One line for Ada?" in page
    assert '<p lang="de">Guten Tag' in page
