"""The checker: each rule both ways, names that look like words, and every packaged text."""

import itertools
import re
import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.checks import checker, measure
from flask_talentpool.letters.checks.checker import check, check_words
from flask_talentpool.letters.checks.masked import About
from flask_talentpool.letters.checks.rules import RULES, Level
from flask_talentpool.letters.checks.rules.table import rules_table
from flask_talentpool.letters.texts.dates_and_phrases import hiring_team
from flask_talentpool.letters.texts.files import INFORMAL, folders, read
from flask_talentpool.letters.texts.render import Written, write_from
from flask_talentpool.letters.texts.vocabulary import NAMES as TEXTS
from flask_talentpool.letters.texts.vocabulary import VARIABLES, required_for
from tests.support.patience import SLOWNESS

CODES = [rule.code for rule in RULES]
GUIDE = "https://jobs.example.test/talent-pool/guide/"
CTX = SimpleNamespace(
    guide_url=lambda key, **_: GUIDE if key == "index" else f"{GUIDE}{key}/",
    settings=SimpleNamespace(form_of_address=FormOfAddress.FORMAL),
)
NAMES = {
    "name": "Maëlle Oduya",
    "job": "Data Engineer",
    "company": "Northwind Labs",
    "writer": "Jonas Weber",
    "writer_role": "Head of Data",
    "reply_address": "hiring@northwind.test",
    "pool": "Data",
    "wanted_by": "Priya Nair",
}


def letter(text, *, language="en", subject="Data Engineer: our decision", values=NAMES, **about):
    """Check a letter of these words; what was found."""
    html = f'<!doctype html><html lang="{language}"><p>…</p></html>'
    written = Written(subject=subject, text=text + "\n", html=html, language=language, guide=GUIDE)
    return check(written, values, about=About(**{"language": language} | about))


def codes(findings, level=None):
    return {finding.rule for finding in findings if level in (None, finding.level)}


BAD = [
    ("comparison", "You were the weaker candidate."),
    ("comparison", "You came second to someone better."),
    ("comparison", "Sie waren leider schwächer."),
    ("blame", "Your English isn't good enough."),
    ("age", "You are too senior for this."),
    ("age", "Sie wirken alt."),
    ("protected", "Wegen Ihres Mannes geht es nicht."),
    ("promise", "Wir behalten deine Unterlagen."),
    ("promise", "Sie hören von uns, sobald etwas frei wird."),
    ("placeholder", "Dear [NAME], thank you."),
    ("placeholder", "Thank you for applying as XXX."),
    ("placeholder", "Thank you, {{ name }}."),
    ("placeholder", "{% if job %}Hello"),
    ("placeholder", "Dear {name}, thank you."),
    ("placeholder", "You talked with None."),
    ("placeholder", "We met on None and were glad."),
    ("placeholder", "Guten Tag [Vorname], danke."),
    ("placeholder", "Dear <FirstName>, hello"),
    ("empty", "Dear ,"),
    ("empty", "Guten Tag ,"),
    ("empty", 'The pool "" has room.'),
    ("empty", "Es geht um „“ und mehr."),
    ("empty", "We saw it () there."),
    ("gap", "Thank you for talking on  and more."),
    ("gap", "Thank you , and more."),
    ("promise", "We will keep you in mind."),
    ("promise", "We'll keep your CV on file for future openings."),
    ("promise", "We’d like to keep your details on file."),
    ("promise", "I will certainly keep your application in our database."),
    ("promise", "Your application will be kept on file."),
    ("promise", "We will come back to you when something opens."),
    ("promise", "We will get back to you if something suitable comes up."),
    ("promise", "We will be in touch about other jobs."),
    ("promise", "We'll contact you as soon as a suitable job opens."),
    ("promise", "You will hear from us when there is another job."),
    ("promise", "Gern behalten wir Sie im Hinterkopf."),
    ("promise", "Wir behalten Ihre Bewerbung gern im Blick."),
    ("promise", "Wir werden Ihr Profil im Auge behalten."),
    ("promise", "Wir kommen gern wieder auf Sie zu."),
    ("promise", "Wir kommen auf dich zurück."),
    ("promise", "Bei passenden Stellen kommen wir gern auf Sie zu."),
    ("promise", "Wir melden uns bei Ihnen, sobald eine Stelle frei wird."),
    ("promise", "Wir nehmen Ihre Unterlagen in unseren Talentpool auf."),
    ("promise", "Wir haben Sie in unsere Datenbank aufgenommen."),
    ("promise", "Wir halten Ihre Bewerbung in Evidenz."),
    ("promise", "Wir merken Sie für spätere Stellen vor."),
    ("unread", "Questions go to no-reply@northwind.test."),
    ("unread", "Schreiben Sie an keine-antwort@firma.test."),
    ("guide", "What happens next:\nhttps://jobs.example.test/talent-pool/guide/what-happens-nxt/"),
    ("guide", "Look at [this](guide:nowhere)."),
    ("blame", "You failed to convince us."),
    ("blame", "Your lack of experience showed."),
    ("blame", "You could not answer our questions."),
    ("blame", "You should have prepared better."),
    ("blame", "You were too nervous."),
    ("blame", "Sie konnten uns leider nicht überzeugen."),
    ("blame", "Ihnen fehlt die Erfahrung."),
    ("blame", "Aufgrund mangelnder Erfahrung geht es nicht."),
    ("blame", "Du warst schlecht vorbereitet."),
    ("comparison", "We chose a stronger candidate."),
    ("comparison", "Another person was better suited than you."),
    ("comparison", "Somebody with more relevant experience than you was chosen."),
    ("comparison", "We went with candidates whose skills more closely match the job."),
    ("comparison", "You were not the right match."),
    ("comparison", "Andere waren besser."),
    ("comparison", "Wir haben eine besser geeignete Bewerberin gefunden."),
    ("comparison", "Eine andere Person hat uns mehr überzeugt."),
    ("comparison", "Ein anderes Profil war näher an unserem Anforderungsprofil."),
    ("fit", "You are not a culture fit."),
    ("fit", "We do not think you are the right fit."),
    ("fit", "You would not fit into our team."),
    ("fit", "We wonder whether that fits the team."),
    ("fit", "Sie passen nicht ins Team."),
    ("fit", "Sie passen leider nicht zu uns."),
    ("fit", "Das passt nicht zu unserem Team."),
    ("fit", "Es hätte nicht zu uns gepasst."),
    ("fit", "Der Cultural Fit fehlte."),
    ("age", "We are a young team."),
    ("age", "We look for a digital native."),
    ("age", "You are overqualified."),
    ("age", "A younger person suits us."),
    ("age", "At your age this is hard."),
    ("age", "Wir sind ein junges Team."),
    ("age", "Das geht altersbedingt nicht."),
    ("age", "Sie sind überqualifiziert."),
    ("age", "In Ihrem Alter ist das schwer."),
    ("accent", "Your accent was hard to follow."),
    ("accent", "We need a native speaker."),
    ("accent", "Ihr Akzent fiel auf."),
    ("accent", "Wir suchen Muttersprachler."),
    ("energy", "We missed your energy."),
    ("energy", "You seemed low-energy."),
    ("energy", "We want somebody energetic."),
    ("energy", "Uns hat Ihre Energie gefehlt."),
    ("energy", "Sie wirkten wenig dynamisch."),
    ("protected", "As a woman you may find it hard."),
    ("protected", "Since you are pregnant it is difficult."),
    ("protected", "With your small children it is hard."),
    ("protected", "Your nationality came up."),
    ("protected", "Your faith came up."),
    ("protected", "Your headscarf was seen."),
    ("protected", "Because of your disability we said no."),
    ("protected", "We heard you are gay."),
    ("protected", "Your tattoos were seen."),
    ("protected", "You look tired."),
    ("protected", "Als Frau hätten Sie es schwer."),
    ("protected", "Wegen der Schwangerschaft geht es nicht."),
    ("protected", "Mit Ihren Kindern ist das schwer."),
    ("protected", "Ihre Herkunft kam zur Sprache."),
    ("protected", "Ihr Kopftuch fiel auf."),
    ("protected", "Ihre Behinderung spielte eine Rolle."),
    ("protected", "Ihr Aussehen fiel auf."),
    ("protected", "Ihre Krankheit ist der Grund."),
    ("stock", "Unfortunately we regret to inform you."),
    ("stock", "We had many qualified applicants."),
    ("stock", "We wish you every success in your future endeavours."),
    ("stock", "After careful consideration we said no."),
    ("stock", "Leider müssen wir Ihnen mitteilen, dass es nicht geht."),
    ("stock", "Für Ihren weiteren Lebensweg alles Gute."),
    ("stock", "Wir haben viele interessante Bewerbungen erhalten."),
    ("stock", "Nach sorgfältiger Prüfung geht es nicht."),
]
GOOD = [
    ("protected", "Your work with children was described with care."),
    ("protected", "Your experience in therapy groups is what the job asks for."),
    ("protected", "Ihre Fragen an Frau Berg waren gut."),
    ("protected", "Ihre Arbeit mit Kindern war gut beschrieben."),
    ("promise", "Wir bewahren Ihre Unterlagen sechs Monate auf und löschen sie dann."),
    ("comparison", "You know more about pensions law than you let on."),
    ("protected", "Your family-run bakery project was described with care."),
    ("protected", "Sie haben das Projekt als Mann der ersten Stunde geführt."),
    ("protected", "Für Frau Berg war das Gespräch ein Gewinn."),
    ("protected", "Ihre Stimme in der Präsentation war gut zu verstehen."),
    ("age", "Your age-verification prototype was neat."),
    ("promise", "Die Reisekosten erstatten wir bis zum 12. Mai."),
    ("placeholder", "None of us forgot it. None of this is in doubt."),
    ("placeholder", "[What happens next with us](guide:what-happens-next)"),
    ("placeholder", "We saw that 5 > 3 in a list [1]."),
    ("empty", "Dear Maëlle Oduya,"),
    ("empty", "The pool “Data” (for data jobs) has room."),
    ("gap", "One. Two, three … four ..."),
    ("promise", "We keep people in mind only when they ask us to."),
    ("promise", "[Ask to be kept in mind](link:stay)"),
    ("promise", "If you would like us to keep you in mind for other jobs, you can ask us to."),
    ("promise", "If you ask us, we will keep you in mind."),
    ("promise", "We then keep your name for 12 months."),
    ("promise", "We will come back to you by 12 May 2026."),
    ("promise", "We may write to ask whether you would still like it."),
    ("promise", "Wir merken uns Menschen nur vor, wenn sie darum bitten."),
    ("promise", "Wenn Sie das möchten, merken wir Sie gern vor."),
    ("promise", "Wir melden uns bei Ihnen bis zum 12. Mai 2026."),
    ("promise", "Auf Ihren Wunsch merken wir Sie vor."),
    ("unread", "Questions go to jobs@northwind.test."),
    ("unread", "You need not reply to noreen@northwind.test."),
    ("guide", "What happens next:\nhttps://jobs.example.test/talent-pool/guide/what-happens-next/"),
    ("guide", "You sent https://portfolio.test/guide/colours and we read it."),
    ("guide", "Where we work:\nhttps://city.example/guide/de/berlin/"),
    ("guide", "Us:\nhttps://acme.example/recruiters\n\nYour data:\nhttps://acme.example/privacy"),
    ("blame", "You gave us your time, and you should have a clear answer in return."),
    ("blame", "The advertisement asked for SQL, and we did not find it in what we saw."),
    ("blame", "Das haben wir in den Unterlagen nicht gefunden."),
    ("comparison", "We have chosen another person for it."),
    ("comparison", "Wir haben uns für eine andere Person entschieden."),
    ("comparison", "We know this better than you would have hoped."),
    ("fit", "The benefits of fitting an outfit turn a profit."),
    ("fit", "The statutory fit and proper test was part of it."),
    ("fit", "You showed how to fit a kitchen."),
    ("fit", "Wenn der Zeitpunkt nicht passt, sind auch andere Antworten gut."),
    ("fit", "Bitte passen Sie Ihre Angaben an."),
    ("fit", "Wenn eine Stelle frei wird, die zu Ihnen passt, sagen Sie es."),
    ("age", "Your work with young people was clear."),
    ("age", "Ihre Arbeit mit jungen Menschen war gut beschrieben."),
    ("age", "Die Stelle der Jungheinrich ist besetzt."),
    ("accent", "You chose accent colours with care."),
    ("accent", "Sie haben im Projekt Akzente gesetzt."),
    ("energy", "Your energy audits were well described."),
    ("energy", "You know renewable energy."),
    ("energy", "Sie kennen erneuerbare Energien."),
    ("protected", "The job is a maternity cover."),
    ("protected", "You led a team at a Jewish museum."),
    ("protected", "You look for a job with travel, and you looked at the plan."),
    ("protected", "Our race condition was found by you."),
    ("protected", "Die Schwerbehindertenvertretung war dabei."),
    ("protected", "Sie als Fachperson und wir als Haus."),
    ("stock", "We are not offering you this job."),
    ("stock", "Wir bieten Ihnen diese Stelle nicht an."),
]


@pytest.mark.parametrize(("code", "text"), BAD)
def test_words_that_break_a_rule_are_found(code, text):
    assert code in codes(letter(text))


@pytest.mark.parametrize(("code", "text"), GOOD)
def test_words_that_only_look_like_it_pass(code, text):
    assert code not in codes(letter(text))


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.looked_up], ids=lambda rule: rule.code)
def test_a_rule_finds_its_own_bad_example_and_not_its_better_one(rule):
    for language, example in rule.examples.items():
        assert rule.code in codes(check_words(example.bad, language=language)), example.bad
        assert codes(check_words(example.better, language=language)) <= {"gap"}, example.better


def test_every_rule_says_enough_and_is_named_once():
    assert len(set(CODES)) == len(CODES)
    for rule in RULES:
        assert set(rule.languages) == {"en", "de"}
        assert bool(rule.patterns) or rule.looked_up
        assert rule.message.endswith(".")
        assert rule.explanation.endswith(".")
    assert {code for code, _ in BAD} == {rule.code for rule in RULES if rule.patterns} | {"guide"}
    assert {rule.looked_up for rule in RULES if rule.looked_up} == checker._LOOKED_UP.keys()


def test_what_harms_holds_and_what_is_style_does_not():
    (stock,) = (finding for finding in letter("We regret to inform you.") if finding.rule == "stock")
    (age,) = (finding for finding in letter("You are overqualified.") if finding.rule == "age")

    assert (stock.level, age.level) == (Level.WARNING, Level.ERROR)
    assert stock.suggestion == "We are not offering you this job."
    assert age.excerpt == "You are overqualified."


def test_errors_come_before_warnings():
    found = letter("We regret to inform you that you are overqualified.")

    assert [finding.level for finding in found] == [Level.ERROR, Level.WARNING]


def test_a_suggestion_is_in_the_language_of_the_words():
    german = letter("Sie sind überqualifiziert.", language="de")
    english_in_german = letter("You are overqualified.", language="de")

    assert german[0].suggestion.startswith("Die Stelle")
    assert english_in_german[0].suggestion.startswith("Die Stelle")


def test_one_rule_shows_three_places_at_most():
    found = letter(" ".join(["We regret to inform you."] * 9))

    assert len(found) == 3


# What words alone do not tell


def test_a_promise_passes_where_the_letter_offers_a_place():
    text = "We will keep you in mind."

    assert codes(letter(text)) == {"promise"}
    assert codes(letter(text, offers_place=True)) == set()


def test_a_promise_in_a_line_is_a_warning_until_the_letter_is_known():
    (finding,) = check_words("We will keep you in mind.", language="en")

    assert (finding.rule, finding.level) == ("promise", Level.WARNING)


@pytest.mark.parametrize(
    ("internal", "text"),
    [
        ("Salary too high", "We said no: salary   TOO high!"),
        ("overpriced guy", "An overpriced guy, we said."),
        ("Met on Monday. Wants too much money for it. Nice.", "The person wants too much money for it."),
    ],
)
def test_internal_text_in_a_letter_is_found(internal, text):
    assert "internal" in codes(letter(text, internal=(internal,)), Level.ERROR)


@pytest.mark.parametrize(
    "internal", ["no", "", "  ", "too high", "Data Engineer", "not in there at all", "salary expectation"]
)
def test_short_or_public_or_absent_internal_text_is_no_finding(internal):
    assert (
        letter("We said no to the Data Engineer: salary too high, salary expectations.", internal=(internal,))
        == ()
    )


def test_a_question_to_an_address_nobody_reads_is_an_error():
    text = "If you have a question, write to hiring@northwind.test."

    assert codes(letter(text)) == set()
    assert codes(letter(text, reply_is_read=False), Level.ERROR) == {"unread"}
    assert codes(letter("This letter closes it.", reply_is_read=False)) == set()


ENGLISH = "Thank you for the interview and for all that you told us. We are not offering you this job. " * 4
GERMAN = (
    "Danke für das Gespräch und für alles, was Sie uns erzählt haben. Wir bieten Ihnen die Stelle nicht an. "
    * 4
)


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        (ENGLISH, "en", set()),
        (ENGLISH, "en-GB", set()),
        (GERMAN, "de", set()),
        (ENGLISH, "de", {"language"}),
        (GERMAN, "en", {"language"}),
        (GERMAN, "fr", {"language"}),
        ("Danke für das Gespräch.", "en", set()),
        (
            "Merci pour votre entretien avec nous et pour ce que vous nous avez raconté de votre travail. "
            * 4,
            "fr",
            set(),
        ),
    ],
)
def test_the_small_words_of_a_long_text_tell_its_language(text, language, found):
    assert codes(letter(text, language=language)) - {"hard"} == found


def test_the_html_part_says_the_same_language():
    def of(html):
        written = Written(subject="A", text="Hello.", html=html, language="de")
        return codes(check(written, NAMES, about=About(language="de")))

    assert of('<html dir="auto" lang="de-AT">') == set()
    assert of('<html lang="en">') == {"language"}
    assert of("<html><p>") == {"language"}


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Our decision", set()),
        ("", {"subject"}),
        ("  ", {"subject"}),
        ("Our\ndecision", {"subject"}),
        ("A" * 120, set()),
        ("A" * 121, {"long_subject"}),
    ],
)
def test_a_subject_is_one_line_that_says_something(subject, found):
    assert codes(letter("Hello.", subject=subject)) == found


@pytest.mark.parametrize(
    ("words", "found"), [(340, set()), (360, {"long"}), (1190, {"long"}), (1210, {"too_long"})]
)
def test_a_letter_of_more_words_is_warned_of_and_then_held(words, found):
    text = "We met today. " * (words // 3)

    assert codes(letter(text)) == found
    assert all(
        finding.level is (Level.ERROR if found == {"too_long"} else Level.WARNING) for finding in letter(text)
    )


def test_heavy_sentences_are_warned_of():
    heavy = (
        "Subsequent to comprehensive evaluation of all documentation submitted in connection with the aforementioned "
        "vacancy, consideration of the application regrettably cannot be extended, notwithstanding considerable "
        "appreciation of the professional qualifications communicated."
    )
    schwer = (
        "Nach eingehender Durchsicht sämtlicher eingereichter Bewerbungsunterlagen unter Berücksichtigung der "
        "stellenspezifischen Anforderungsprofile und betriebsorganisatorischer Rahmenbedingungen kann eine "
        "Weiterverfolgung Ihrer Bewerbung im Rahmen des gegenwärtigen Auswahlverfahrens bedauerlicherweise "
        "keinesfalls ermöglicht werden."
    )

    assert codes(letter(heavy)) >= {"hard"}
    assert "hard" in codes(letter(schwer, language="de"))
    assert measure.reading_ease("too short.", ["too", "short"], "en") is None
    assert measure.reading_ease(heavy, heavy.split() * 2, "fr") is None
    assert "hard" not in codes(letter(ENGLISH)) | codes(letter(GERMAN, language="de"))


# Names are nobody's fault

TRAPS = [
    "Young",
    "Jung",
    "Fit",
    "Accent",
    "Energy",
    "None",
    "XXX",
    "Frau Jung",
    "Fit & Young Ltd",
    "Digital Native",
    "Overqualified Fit",
]


@pytest.mark.parametrize("field", NAMES)
@pytest.mark.parametrize("trap", TRAPS)
def test_a_name_that_looks_like_a_word_trips_no_rule(field, trap):
    text = f"Dear {trap}, thank you. {trap} was there, and so was “{trap}”. Write to us."

    assert letter(text, values=NAMES | {field: trap}) == ()


def test_a_part_of_a_name_in_a_line_trips_no_rule():
    values = NAMES | {"name": "Ada Young", "writer": "Eva Jung", "company": "Fit Factory"}

    assert letter("Thank you, Young, from Jung at Fit.", values=values) == ()
    assert codes(letter("We are a young team.", values=values)) == {"age"}


def test_a_name_hides_nothing_but_itself():
    values = NAMES | {"name": "Will Young"}

    assert codes(letter("Dear Will Young, we will keep you in mind in our young team.", values=values)) == {
        "promise",
        "age",
    }


@given(
    name=st.one_of(
        st.sampled_from(TRAPS),
        st.lists(
            st.sampled_from([*TRAPS, "Müller", "İpek", "O’Neil", "van", "ẞ"]), min_size=1, max_size=4
        ).map(" ".join),
        st.text(
            st.characters(categories=["L", "M", "Zs"], exclude_characters="\u00a4"), min_size=1, max_size=60
        ).filter(lambda text: text.strip() and len(text.split()[0]) > 3),
    ),
    field=st.sampled_from(["name", "job", "company", "writer"]),
)
def test_whatever_somebody_is_called_the_letter_says_the_same(name, field):
    shown = " ".join(name.split())
    text = "Dear {0}, thank you for talking with us. We are not offering you this job at {0}."

    assert letter(text.format(shown), values=NAMES | {field: name}) == ()
    assert codes(letter(text.format(shown) + " You are overqualified.", values=NAMES | {field: name})) == {
        "age"
    }


@given(st.text(max_size=400))
def test_no_text_breaks_the_checker(text):
    for finding in (*letter(text, values={}), *check_words(text, language="de")):
        assert finding.rule in CODES
        assert len(finding.excerpt) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "a" * 50_000,
        "your " * 10_000,
        "wir " * 10_000,
        "[" * 20_000,
        "we will keep your " * 3_000,
        " " * 50_000,
    ],
)
def test_a_hostile_text_is_checked_in_a_moment(text):
    begun = time.process_time()
    check_words(text, language="en")

    assert time.process_time() - begun < 2 * SLOWNESS


# Every packaged text

FULL = NAMES | {
    "jobs": "Backend Engineer\nData Analyst",
    "interviewed_on": "12 May 2026",
    "applied_on": "3 May 2026",
    "reason": "We have chosen another person for it.",
    "line": "Your portfolio review with Rosa was clear.",
    "feedback": "The advertisement asked for SQL; we saw two good queries.",
    "keep_months": "12",
    "answer_by": "30 May 2026",
    "next_by": "30 May 2026",
    "told_how": "on the phone",
    "told_on": "12 May 2026",
    "why": "The job is open again.",
    "formal": "yes",
    "again": "",
}
GERMAN_VALUES = {
    "interviewed_on": "12. Mai 2026",
    "applied_on": "3. Mai 2026",
    "reason": "Wir haben uns für eine andere Person entschieden.",
    "line": "Die Übersicht mit Rosa war sehr klar.",
    "feedback": "In der Ausschreibung stand SQL; wir haben zwei gute Abfragen gesehen.",
    "answer_by": "30. Mai 2026",
    "next_by": "30. Mai 2026",
    "told_how": "am Telefon",
    "told_on": "12. Mai 2026",
    "why": "Die Stelle ist wieder frei.",
}
OPTIONAL = (
    "job",
    "writer_role",
    "interviewed_on",
    "applied_on",
    "reason",
    "line",
    "wanted_by",
    "answer_by",
    "told_how",
    "told_on",
    "feedback",
)


SIGNERS = {
    "an owner with an address": {"own_address": "yes", "by_name": "yes"},
    "an owner without one": {"by_name": "yes"},
    "nobody who is known": {"writer": hiring_team("Northwind Labs", "en")},
}
PACKAGED = [(folder, name) for folder in folders(None) for name in TEXTS if read(name, folder, None)]


@pytest.mark.parametrize("is_kept", [True, False], ids=["member", "no member"])
@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.parametrize(("folder", "name"), PACKAGED)
def test_every_packaged_text_passes_whatever_is_left_empty(folder, name, signer, is_kept):
    language, edition = folder.removesuffix(INFORMAL), read(name, folder, None)
    values = {key: (FULL | (GERMAN_VALUES if language == "de" else {})).get(key, "") for key in VARIABLES}
    values |= SIGNERS[signer] | {"kept": "yes" if is_kept else ""}
    if language == "de" and "writer" in SIGNERS[signer]:
        values["writer"] = hiring_team("Northwind Labs", "de")
    optional = [key for key in OPTIONAL if key not in required_for(name)]
    few = [kept for size in (0, 1, len(optional)) for kept in itertools.combinations(optional, size)]
    for empty, again in itertools.product(few, ("yes", "")):
        given_values = values | dict.fromkeys(empty, "") | {"again": again}
        written = write_from(CTX, edition, given_values)

        found = check(
            written, given_values, about=About(language=language, offers_place=name.endswith(".open"))
        )

        assert found == (), empty


def test_checking_a_letter_takes_no_time_worth_speaking_of():
    values = {key: FULL.get(key, "") for key in VARIABLES}
    written = write_from(CTX, read("outcome/finalist.open", "en", None), values)
    about = About(language="en", internal=("Asked for more than the band allows. " * 5,))
    best = min(_timed(lambda: check(written, values, about=about)) for _ in range(30))

    # It takes about 2 ms; ten times as much would be a rule that runs away, not a busy machine.
    assert best < 0.03 * SLOWNESS


def _timed(work):
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_the_table_of_the_guide_has_a_row_for_each_rule():
    heading, *rows = rules_table()

    assert len(rows) == len(RULES)
    assert all(len(row) == len(heading) for row in rows)
    assert not any(re.search(r"[|\n\[]", cell) for row in rows for cell in row)


@pytest.mark.parametrize(
    ("language", "line", "is_another"),
    [
        ("de", "Your map of the depot gates was the clearest we saw all day.", True),
        ("de-informal", "You asked what our drivers need, and that is what we remember.", True),
        ("de", "Ihre Skizze der Tore war die klarste des Tages.", False),
        ("de", "Node.js", False),
        ("de", "„Clean Code“ von Robert Martin haben Sie gut erklärt.", False),
        ("en", "Ihre Skizze der Tore war die klarste, und wir haben sie behalten.", True),
        ("en", "Votre plan des portes était le plus clair que nous avons vu.", True),
        ("en", "Your map of the gates was the clearest.", False),
        ("en", "Dank je wel voor het gesprek en voor de schets van de poort.", True),
        ("en", "La Scala and Die Zeit were good examples.", False),
        ("sv", "Your map of the depot gates was the clearest we saw all day.", False),
    ],
)
def test_a_line_in_another_language_than_the_letter_holds_it(language, line, is_another):
    found = [one.level for one in check_words(line, language=language) if one.rule == "line_language"]

    assert found == ([Level.ERROR] if is_another else [])
