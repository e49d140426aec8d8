"""Letter texts: where the words come from, editing them, and `flask talentpool texts`."""

import dataclasses
from importlib.resources import files

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from flask_talentpool.access import Actor
from flask_talentpool.decisions import lifecycle
from flask_talentpool.errors import NotFound, Refused
from flask_talentpool.letters import outbox
from flask_talentpool.letters.texts import dates_and_phrases, versions
from flask_talentpool.letters.texts.files import Origin
from flask_talentpool.letters.texts.render import write
from flask_talentpool.letters.texts.syntax import EmptyField, NotWritten, TextProblem
from flask_talentpool.letters.texts.versions import UnknownText
from flask_talentpool.letters.texts.vocabulary import NAMES
from flask_talentpool.recalls import service as recalls
from tests.promises.world import World
from tests.services.agency import Agency

# What is said is the same on every database.
RITA = Actor("Staff:1", "Rita Recruiter", "rita@agency.example")
BEN = Actor("Staff:2", "Ben Boss", "ben@agency.example")
PLAIN = "outcome/plain"
MINE = "Subject: About {{ company }}\n\nHello {{ name }},\n\nNo.\n\n{{ writer }}, {{ reply_address }}\n"
VALUES = {
    "name": "Ada Byron",
    "company": "Agency",
    "writer": "Anna Berg",
    "reply_address": "jobs@agency.example",
    "job": "Engineer",
}


@pytest.fixture
def folder(tmp_path):
    """The host's own folder of texts; call it with a path and words to put a text there."""
    root = tmp_path / "letters"
    root.mkdir()

    def put(path, words):
        target = root / f"{path}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(words, bytes):
            target.write_bytes(words)
        else:
            target.write_text(words, encoding="utf-8")

    put.root = root
    return put


def pages(folder, language, words):
    """Put a language's words of the candidate's pages into the host's folder."""
    target = folder.root / language / "pages.toml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(words, encoding="utf-8")


def english_pages():
    return files("flask_talentpool.letters").joinpath("texts", "en", "pages.toml").read_text("utf-8")


def find(agency, name=PLAIN, *, language="en", scope=""):
    with agency.work() as ctx:
        return versions.find(ctx, name, language=language, scope=scope)


def save(agency, source=MINE, *, seen=0, by=RITA, **options):
    with agency.work() as ctx:
        row = versions.save(ctx, PLAIN, source, **{"language": "en", "seen": seen, "by": by, **options})
        return row.version


def written(agency, name=PLAIN, *, language="en", scope="", **values):
    with agency.work() as ctx:
        return write(ctx, name, VALUES | values, language=language, scope=scope)


# Where the words come from


def test_without_anything_of_the_host_the_packaged_text_is_used(agency):
    edition = find(agency)

    assert (edition.origin, edition.version) == (Origin.PACKAGE, "package 1")
    assert written(agency).version == "package 1"


def test_a_file_of_the_host_comes_before_the_packaged_text_and_an_edit_before_both(make_agency, folder):
    folder(f"en/{PLAIN}", MINE.replace("No.", "From the folder."))
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))
    from_folder = written(agency)

    save(agency, MINE.replace("No.", "From the page."))
    from_page = written(agency)

    assert (from_folder.version, "From the folder." in from_folder.text) == ("folder", True)
    assert (from_page.version, "From the page." in from_page.text) == ("1", True)
    assert written(agency, "progress", next_by="1 June 2026").version == "package 1"


def test_an_edit_counts_for_its_own_scope_and_language_only(agency):
    save(agency, scope="acme")

    assert find(agency, scope="acme").version == "1"
    assert find(agency).version == find(agency, scope="other").version == "package 1"
    assert find(agency, language="de", scope="acme").version == "package 1"


def test_scopes_with_edits_of_the_same_number_keep_their_own_words(agency):
    for scope in ("acme", "", "other"):
        save(agency, MINE.replace("No.", f"From “{scope}”."), scope=scope)

    for scope in ("acme", "", "other"):
        assert f"From “{scope}”." in written(agency, scope=scope).text


def test_a_newer_version_is_used_and_one_that_goes_back_leads_to_the_packaged_text(agency):
    save(agency)
    save(agency, MINE.replace("No.", "Still no."), seen=1)
    newer = written(agency)
    with agency.work() as ctx:
        versions.restore(ctx, PLAIN, 0, language="en", seen=2, by=RITA)

    back = written(agency)

    assert (newer.version, "Still no." in newer.text) == ("2", True)
    assert back.version == "package 1"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", ["outcome/unheard.of", "../../text", "layout", ""])
def test_a_text_that_is_not_there_is_named_with_the_file_to_add(agency, name, language):
    with pytest.raises(UnknownText, match=f"{language}/{name}.txt"):
        find(agency, name, language=language)


def test_composing_reads_the_edited_texts_once_in_a_transaction(agency):
    save(agency)
    with agency.work() as ctx:
        statements = []
        engine = ctx.session.get_bind(ctx.models.text_edition)
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        for language in ("en", "de") * 50:
            write(ctx, PLAIN, VALUES, language=language)

    assert len(statements) == 1


def test_an_edit_is_used_by_the_next_transaction_of_a_worker_that_runs_on(agency):
    with agency.work() as ctx:
        before = write(ctx, PLAIN, VALUES, language="en").version
        ctx.session.commit()
        save_elsewhere = ctx.models.text_edition(
            scope="", language="en", name=PLAIN, version=1, source=MINE, created_at=ctx.now()
        )
        ctx.session.add(save_elsewhere)
        ctx.session.commit()

        after = write(ctx, PLAIN, VALUES, language="en").version

    assert (before, after) == ("package 1", "1")


def test_an_edit_is_used_at_once_in_its_own_transaction(agency):
    with agency.work() as ctx:
        write(ctx, PLAIN, VALUES, language="en")
        versions.save(ctx, PLAIN, MINE, language="en", seen=0, by=RITA)

        assert write(ctx, PLAIN, VALUES, language="en").version == "1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            MINE.replace("name", "nmae"),
            "en/outcome/plain: Line 3: there is no value “nmae”; did you mean “name”?",
        ),
        ("Subject: x\n\n{% for a in b %}", "Line 3"),
        (b"Subject: x\n\nSch\xf6n", "Line 3: there is a character that is not UTF-8"),
        (b"x" * 10_000_000, "longer than the 20,000 characters"),
    ],
)
def test_a_broken_file_of_the_host_holds_the_letter_and_is_never_passed_over(
    make_agency, folder, words, said
):
    folder(f"en/{PLAIN}", words)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))

    with pytest.raises(TextProblem) as caught:
        written(agency)

    assert said in str(caught.value)
    assert isinstance(caught.value, NotWritten)


def test_an_edit_that_later_rules_refuse_holds_the_letter(agency):
    save(agency)
    with agency.work() as ctx:
        ctx.session.execute(sa.update(ctx.models.text_edition).values(source="Subject: x\n\n{{ gone }}"))

    with pytest.raises(TextProblem, match="en/outcome/plain: Line 3"):
        written(agency)


# Languages


@pytest.mark.parametrize(
    ("form", "said", "version"),
    [("formal", "Ihre Bewerbung", "package 1"), ("informal", "deine Bewerbung", "package 1, informal")],
)
def test_the_form_of_address_is_set_once(make_agency, form, said, version):
    agency = make_agency(TALENTPOOL_FORM_OF_ADDRESS=form)

    letter = written(agency, language="de")

    assert said in letter.text
    assert (letter.language, letter.version) == ("de", version)
    assert written(agency).version == "package 1"


def test_edits_of_the_two_forms_of_address_are_kept_apart(make_agency, database_url):
    formal = make_agency()
    save(formal, language="de")
    informal = make_agency(tables=False, url=database_url, TALENTPOOL_FORM_OF_ADDRESS="informal")

    assert find(formal, language="de").version == "1"
    assert find(informal, language="de").version == "package 1"


class Multilingual(Agency):
    """An agency that knows its people's languages and its jobs'."""

    more_entries = {"locale": lambda row: row.name.split("@")[-1], "job_locale": "title"}


@pytest.mark.parametrize(
    ("person", "job", "locale", "chosen"),
    [
        ("de", "en", "en", "de"),
        ("de_AT", "en", "en", "de"),
        ("DE", "en", "en", "de"),
        ("fr", "de", "en", "fr"),
        ("fr-CA", "de", "en", "fr"),
        ("pt-BR", "de", "en", "pt-BR"),
        ("pt", "de", "en", "de"),
        ("tlh", "de", "en", "de"),
        ("tlh", "tlh", "de-CH", "de"),
        ("tlh", "tlh", "tlh", "en"),
        (" ", "", "de", "de"),
        ("../de", "", "en", "en"),
    ],
)
def test_a_letter_is_in_the_persons_language_else_the_jobs_else_the_default(
    make_agency, folder, person, job, locale, chosen
):
    for language in ("fr", "pt-BR"):
        folder(f"{language}/{PLAIN}", MINE)
    agency = make_agency(
        shape=Multilingual, TALENTPOOL_LOCALE=locale, TALENTPOOL_LETTERS_FOLDER=str(folder.root)
    )
    key = agency.add(f"Ada@{person}", job=job)

    with agency.work() as ctx:
        application = ctx.session.get(agency.models.Application, key)

        assert dates_and_phrases.language_for(ctx, application) == chosen


def test_a_host_that_maps_no_language_writes_in_the_default_one(make_agency):
    agency = make_agency(TALENTPOOL_LOCALE="de-DE")
    key = agency.add()

    with agency.work() as ctx:
        application = ctx.session.get(agency.models.Application, key)

        assert dates_and_phrases.language_for(ctx, application) == "de"
        assert dates_and_phrases.language_for(ctx, None) == "de"


def test_a_variety_of_a_language_falls_back_on_the_language(make_agency, folder):
    folder(f"de-AT/{PLAIN}", MINE)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))

    own, fallen_back = written(agency, language="de-AT"), written(agency, "progress", language="de-AT", next_by="1. Juni 2026")  # fmt: skip

    assert (own.language, own.version) == ("de-AT", "folder")
    assert (fallen_back.language, fallen_back.version) == ("de", "package 1")


# Editing


def test_saving_stores_a_version_with_who_when_and_why_and_leaves_a_trace(agency):
    version = save(agency, MINE.replace("\n", "\r\n") + "\r\n\r\n", note=" shorter \n words ")

    assert version == 1
    assert agency.rows("text_edition", "language", "name", "version", "source", "note", "by", "by_name") == [
        ("en", PLAIN, 1, MINE, "shorter words", "Staff:1", "Rita Recruiter")
    ]
    assert agency.rows("audit", "actor", "action", "detail") == [("Staff:1", "save_text", f"en/{PLAIN} 1")]


def test_a_text_with_mistakes_is_not_saved(agency):
    with pytest.raises(TextProblem, match="did you mean “name”"):
        save(agency, MINE.replace("name", "nmae"))

    assert agency.rows("text_edition", "version") == []


def test_saving_over_what_somebody_saved_meanwhile_is_refused(agency):
    save(agency)

    with pytest.raises(Refused, match="Somebody saved this text") as caught:
        save(agency, MINE.replace("No.", "Never."), seen=0, by=BEN)

    assert caught.value.code == "text_changed"
    assert agency.rows("text_edition", "by_name") == ["Rita Recruiter"]


def test_saving_over_a_version_that_nobody_saved_is_refused(agency):
    with pytest.raises(Refused, match="Somebody saved this text"):
        save(agency, seen=1)

    assert agency.rows("text_edition", "version") == []


def test_two_who_save_in_the_same_moment_are_one_version_and_one_refusal(agency, monkeypatch):
    save(agency)
    monkeypatch.setattr(versions, "newest", lambda *arguments, **options: 0)

    with pytest.raises(Refused, match="Somebody saved this text"):
        save(agency, MINE.replace("No.", "Never."), seen=0, by=BEN)

    assert agency.rows("text_edition", "by_name") == ["Rita Recruiter"]


def test_saving_what_is_there_already_is_refused(agency):
    with agency.work() as ctx:
        packaged = versions.packaged(ctx, PLAIN, language="en").source

    with pytest.raises(Refused, match="Nothing was changed"):
        save(agency, packaged)
    save(agency)
    with pytest.raises(Refused, match="Nothing was changed"):
        save(agency, MINE.rstrip(), seen=1)


def test_a_text_nobody_writes_letters_from_cannot_be_edited(agency):
    with agency.work() as ctx, pytest.raises(UnknownText):
        versions.save(ctx, "outcome/other", MINE, language="en", seen=0, by=RITA)
    with agency.work() as ctx, pytest.raises(UnknownText):
        versions.save(ctx, PLAIN, MINE, language="tlh", seen=0, by=RITA)


def test_an_earlier_version_is_restored_as_a_new_one(agency):
    save(agency)
    save(agency, MINE.replace("No.", "Never."), seen=1)
    with agency.work() as ctx:
        versions.restore(ctx, PLAIN, 1, language="en", seen=2, by=BEN)

    with agency.work() as ctx:
        history = [
            (row.version, row.note, row.by_name) for row in versions.history(ctx, PLAIN, language="en")
        ]
        words = [versions.words_of(ctx, PLAIN, version, language="en") for version in (1, 3)]
    assert history == [
        (3, "Back to version 1.", "Ben Boss"),
        (2, "", "Rita Recruiter"),
        (1, "", "Rita Recruiter"),
    ]
    assert words == [MINE, MINE]
    assert find(agency).version == "3"


def test_what_cannot_be_restored_is_refused(agency):
    with agency.work() as ctx, pytest.raises(Refused, match="Nobody has edited this text"):
        versions.restore(ctx, PLAIN, 0, language="en", seen=0, by=RITA)
    with agency.work() as ctx, pytest.raises(NotFound):
        versions.restore(ctx, PLAIN, 7, language="en", seen=0, by=RITA)
    save(agency)
    with agency.work() as ctx, pytest.raises(Refused, match="Somebody saved"):
        versions.restore(ctx, PLAIN, 0, language="en", seen=0, by=RITA)


def test_version_nought_is_the_text_beneath_all_edits(make_agency, folder):
    folder(f"en/{PLAIN}", MINE)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))
    save(agency, MINE.replace("No.", "Never."))

    with agency.work() as ctx:
        assert versions.words_of(ctx, PLAIN, 0, language="en") == MINE
        assert versions.packaged(ctx, PLAIN, language="en").origin is Origin.FOLDER
        assert versions.newest(ctx, PLAIN, language="en") == 1


def test_the_list_of_a_language_shows_each_text_as_it_is_used(make_agency, folder):
    folder("en/progress", MINE.replace("name", "nmae"))
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))
    save(agency)

    with agency.work() as ctx:
        listed = {one.name: one for one in versions.texts_in(ctx, "en")}
        languages = versions.languages_of(ctx)

    assert tuple(listed) == NAMES
    assert languages == ("de", "en")
    assert listed[PLAIN].edition.version == "1"
    assert listed["recall"].edition.origin is Origin.PACKAGE
    assert listed["progress"].edition.origin is Origin.FOLDER
    assert "did you mean “name”" in listed["progress"].problem
    assert [name for name, one in listed.items() if one.problem] == ["progress"]


def test_a_letter_remembers_the_edition_it_was_written_from(agency):
    save(agency)
    letter = written(agency)

    assert dataclasses.asdict(letter) | {"text": "", "html": ""} == {
        "subject": "About Agency",
        "text": "",
        "html": "",
        "name": PLAIN,
        "version": "1",
        "language": "en",
        "guide": "https://agency.example/talent-pool/guide/",
    }


def test_an_edited_text_that_shows_an_empty_value_holds_that_recipient_only(agency):
    save(agency, MINE.replace("No.", "{{ line }}"))

    with pytest.raises(EmptyField, match="“line”"):
        written(agency)
    assert "Hello there." in written(agency, line="Hello there.").text


# The command


def test_the_packaged_texts_are_complete_in_every_language(agency):
    result = agency.run("texts")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "de:           complete",
        "de-informal:  complete",
        "en:           complete",
    ]


def test_a_language_that_the_host_adds_is_told_what_is_missing(make_agency, folder):
    late = ("recall", "recall_member")
    for name in NAMES:
        if name not in late:
            folder(f"fr/{name}", MINE)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))

    result, found = agency.run("texts"), agency.run_json("texts")

    assert result.exit_code == 1
    assert "fr:           2 texts missing, words of pages missing, 23 from your folder" in result.stdout
    assert "Missing: recall, recall_member. Add fr/recall.txt" in result.stdout
    assert {one["folder"]: one["missing"] for one in found["stocks"]}["fr"] == ["recall", "recall_member"]
    assert found["is_complete"] is False
    for name in late:
        folder(f"fr/{name}", MINE)
    assert agency.run("texts").stdout.splitlines()[3:] == [
        "fr:           words of pages missing, 25 from your folder",
        "  The candidate's pages have no words in this language, and are shown in another. Add fr/pages.toml.",
    ]
    pages(folder, "fr", english_pages())
    assert agency.run("texts").exit_code == 0


def test_words_of_the_candidates_pages_that_cannot_be_used_are_named_with_the_remedy(make_agency, folder):
    folder(f"de-AT/{PLAIN}", MINE)
    pages(folder, "de-AT", '[stay.asked]\ntitel = "Servus"\ntext = "{{ jbo }}"\n[gone]\ntitle = 7\n')
    pages(folder, "de", '[stay.consent]\nwording = "Ich will. {% for x in job %}{% endfor %}"\n')
    pages(folder, "en", "title =")
    pages(folder, "frr", english_pages())
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))

    result, found = agency.run("texts"), agency.run_json("texts")

    assert result.exit_code == 1
    for said in (
        "de-AT/pages.toml: stay.asked.titel: there is no such sentence; did you mean stay.asked.title?",
        "de-AT/pages.toml: stay.asked.text: there is no value “jbo” here; there is job, pool, wanted_by.",
        "de-AT/pages.toml: gone.title: it needs words, in quotation marks.",
        "de/pages.toml: stay.consent.wording: there are only {{ job }} and {% if job %}",
        "de/pages.toml: stay.consent.wording: it has to say {{ keep_months }}.",
        "en/pages.toml: this is no TOML:",
        "see that their names are right: “frr/pages.toml”",
    ):
        assert said in result.stdout
    assert found["is_complete"] is False
    assert {one["folder"]: len(one["wrong"]) for one in found["pages"]}["de-AT"] == 3


def test_a_variety_needs_only_what_differs(make_agency, folder):
    folder(f"de-AT/{PLAIN}", MINE)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))

    assert agency.run("texts").exit_code == 0
    assert "de-AT:        complete, 1 from your folder" in agency.run("texts").stdout


def test_every_mistake_in_the_hosts_folder_and_in_edits_is_named(make_agency, folder):
    folder(f"en/{PLAIN}", MINE.replace("name", "nmae"))
    folder("de/progress", b"Subject: x\n\nSch\xf6n")
    folder("en/outcome/aplied.open", MINE)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root), TALENTPOOL_LOCALE="fr")
    with agency.work() as ctx:
        for version, source in ((1, "Subject: x\n\n{{ nmae }}"), (2, "Subject: x\n\n{{ jbo }}")):
            row = ctx.models.text_edition(
                scope="acme",
                language="en",
                name="recall",
                version=version,
                source=source,
                created_at=ctx.now(),
            )
            ctx.session.add(row)

    result = agency.run("texts")

    assert result.exit_code == 1
    for said in (
        "en/outcome/plain: Line 3: there is no value “nmae”; did you mean “name”?",
        "de/progress: Line 3: there is a character that is not UTF-8; save the file as UTF-8.",
        "en/recall, version 2 of “acme”: Line 3: there is no value “jbo”; did you mean “job”?",
        "see that their names are right: “en/outcome/aplied.open.txt”",
        "TALENTPOOL_LOCALE is “fr”, and there are no texts in it",
    ):
        assert said in result.stdout
    assert "version 1" not in result.stdout


def test_a_wrong_name_or_locale_alone_is_enough_to_fail(make_agency, folder):
    folder("notes/read.me", "not a letter")
    assert make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root)).run("texts").exit_code == 1


# Letters whose text cannot be used


def test_a_letter_whose_text_is_broken_is_held_and_goes_once_it_is_mended(make_agency, folder, letters):
    broken = MINE.replace("name", "nmae")
    folder("en/outcome/applied.unlatched", broken)
    agency = make_agency(TALENTPOOL_LETTERS_FOLDER=str(folder.root))
    agency.run("sync")
    agency.reject(agency.add())

    held = agency.run("send")
    waiting = agency.rows("letter", "state", "because", "detail", "text")
    folder("en/outcome/applied.unlatched", MINE)
    mended = agency.run("send")

    assert (held.exit_code, mended.exit_code) == (0, 0)
    ((state, because, detail, text),) = waiting
    assert (state, because, text) == ("held", "text", "")
    assert "en/outcome/applied.unlatched: Line 3: there is no value “nmae”; did you mean “name”?" in detail
    assert agency.rows("letter", "state", "text_version") == [("sent", "folder")]
    assert len(letters()) == 1


@pytest.fixture
def world(database_url, folder):
    """A host with a folder of its own texts, in which somebody can be invited back."""
    world = World(database_url, TALENTPOOL_LETTERS_FOLDER=str(folder.root))
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        yield world
        world.session.remove()
    world.close()


def test_an_invitation_whose_text_is_broken_is_held_and_never_goes_empty(world, folder, smtp_server):
    folder("en/recall", MINE.replace("name", "nmae"))
    (application,) = world.told()
    world.change(lambda ctx: recalls.invite(ctx, world.decision(application), by=RITA))

    for _ in range(2):
        world.tp.sync()
        world.send(smtp_server)
    (held,) = [letter for letter in world.letters() if letter.kind == "recall"]
    assert (held.state, held.because, smtp_server.mails) == ("held", "text", [])
    folder("en/recall", MINE)
    world.tp.sync()
    world.send(smtp_server)

    assert [mail.subject for mail in smtp_server.mails] == ["About Host Ltd"]


def test_an_invitation_is_held_when_it_cannot_be_written_anew_for_another_address(world, folder, smtp_server):
    (application,) = world.told()
    world.change(lambda ctx: recalls.invite(ctx, world.decision(application), by=RITA))
    folder("en/recall", MINE.replace("name", "nmae"))
    application.candidate.email = "new@mail.test"
    world.session.commit()

    world.send(smtp_server)

    (letter,) = [letter for letter in world.letters() if letter.kind == "recall"]
    assert (letter.state, letter.because, smtp_server.mails) == ("held", "text", [])


def test_a_letter_without_words_does_not_go_whoever_approves_it(world, folder, smtp_server):
    folder("en/outcome/finalist.unlatched", MINE.replace("name", "nmae"))
    (application,) = world.rejected()
    letter_id = world.letter(application).id

    with pytest.raises(Refused, match="did you mean “name”"):
        world.change(lambda ctx: lifecycle.approve(ctx, world.decision(application), by=RITA))
    world.change(lambda ctx: outbox.approve(ctx, ctx.session.get(ctx.models.letter, letter_id), by=RITA))
    world.send(smtp_server)

    assert (world.letter(application).state, world.letter(application).because) == ("held", "text")
    assert smtp_server.mails == []
