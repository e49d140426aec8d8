"""The restricted language of letters: what it refuses, with which sentence, and that it stays within bounds."""

from __future__ import annotations

import contextlib
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_talentpool.letters.texts.comparing import compare
from flask_talentpool.letters.texts.syntax import (
    LONGEST,
    EmptyField,
    TextProblem,
    mistakes,
    normalised,
    parse,
)
from tests.support.patience import SLOWNESS

START = "Subject: Your application\n\nDear {{ name }},\n\n"


def refused(body, name=""):
    """Return the one mistake of a text whose fifth line is the given one."""
    (mistake,) = mistakes(START + body, name)
    return mistake


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{% for one in name %}{{ name }}{% endfor %}", "a loop cannot be used"),
        ("{{ name() }}", "a call cannot be used"),
        ("{{ name.upper() }}", "a call cannot be used"),
        ("{{ name.__class__ }}", "nobody looks inside a value"),
        ("{{ name['__class__'] }}", "nobody looks inside a value"),
        ("{{ ''.__class__.__mro__ }}", "nobody looks inside a value"),
        ("{{ name|upper }}", "a filter cannot be used"),
        ("{% filter upper %}x{% endfilter %}", "cannot be used"),
        ("{{ 'words' }}", "stand outside of {{ }}"),
        ("{{ 7 }}", "stand outside of {{ }}"),
        ("{{ [name] }}", "cannot be used"),
        ("{{ name ~ job }}", "cannot be used"),
        ("{{ name + job }}", "cannot be used"),
        ("{{ -name }}", "cannot be used"),
        ("{{ not name }}", "{% if not name %}"),
        ("{{ name or job }}", "one value stands in {{ }}"),
        ("{{ name and job }}", "one value stands in {{ }}"),
        ("{{ name if job else company }}", "a choice is written as {% if name %}"),
        ("{% if name == 'Ada' %}x{% endif %}", "values cannot be compared"),
        ("{% if name is defined %}x{% endif %}", "“is” cannot be used"),
        ("{% if name.x %}x{% endif %}", "nobody looks inside a value"),
        ("{% if 'x' %}x{% endif %}", "stand outside of {{ }}"),
        ("{% set name = job %}", "a value cannot be set"),
        ("{% set name %}x{% endset %}", "a value cannot be set"),
        ("{% macro m() %}x{% endmacro %}", "a macro cannot be used"),
        ("{% include 'layout.html' %}", "another file cannot be used"),
        ("{% import 'layout.html' as x %}", "another file cannot be used"),
        ("{% from 'layout.html' import x %}", "another file cannot be used"),
        ("{% extends 'layout.html' %}", "another file cannot be used"),
        ("{% block b %}x{% endblock %}", "“block” cannot be used"),
        ("{% with %}x{% endwith %}", "“with” cannot be used"),
        ("{% autoescape true %}x{% endautoescape %}", "cannot be used"),
        ("{# a note #}", "comments do not belong in a letter"),
        ("{% raw %}x{% endraw %}", "{% raw %} cannot be used"),
        ("{{ formal }}", "ask for it with {% if formal %}"),
        ("{{ name }} }}", "“}}” closes nothing"),
        ("name %}", "“%}” closes nothing"),
        ("{% if name %}x", "write {% endif %} where it ends"),
        ("x{% endif %}", "belongs to no {% if %} before it"),
        ("x{% else %}y", "belongs to no {% if %} before it"),
        ("{% fi name %}", "“fi” is no word of this language"),
        ("{% iff name %}", "did you mean {% if %}?"),
        ("{{ name", "this cannot be read"),
        ("{{ }}", "this cannot be read"),
        ("{% if %}x{% endif %}", "this cannot be read"),
        ("{{ name job }}", "this cannot be read"),
        ("Bo\u202eevil", "an invisible character (U+202E)"),
        ("Bo\x07", "an invisible character (U+0007)"),
        ("Bo\ud800", "an invisible character (U+D800)"),
        ("[Stay](link:stya)", "did you mean “stay”?"),
        ("[Stay](link:line)", "there is no personal link “line”"),
        ("[Stay](guide:what-happens)", "did you mean “what-happens-next”?"),
        ("[Stay](guide:nothing-like-it-at-all)", "there is what-happens-next, after-the-interview"),
        ("[Stay](https://example.test)", "nothing that a letter can link to"),
        ("[Stay](javascript:alert)", "nothing that a letter can link to"),
        ("[Stay](link:{{ name }})", "there is no personal link"),
        ("[Stay] (link:stay)", "a link is broken"),
        ("[Stay](link:stay", "a link is broken"),
        ("Stay (guide:recruiters)", "a link is broken"),
        ("[](link:stay)", "the words of a link are plain words"),
        ("[{{ name }}](link:stay)", "the words of a link are plain words"),
        (f"[{'x' * 121}](link:stay)", "the words of a link are plain words"),
    ],
)
def test_what_is_no_part_of_the_language_is_refused_with_its_line_and_a_remedy(body, said):
    mistake = refused(body)

    assert said in mistake.message
    assert mistake.line == 5
    assert mistake.message.endswith((".", "?"))
    assert str(mistake).startswith("Line 5: ")


@pytest.mark.parametrize(
    ("name", "meant"),
    [("nmae", "name"), ("Job", "job"), ("reply_adress", "reply_address"), ("told_hwo", "told_how")],
)
@pytest.mark.parametrize(
    "body", ["{{ %s }}", "{%% if %s %%}x{%% endif %%}", "{%% if job and not %s %%}x{%% endif %%}"]
)
def test_an_unknown_name_is_named_with_the_nearest_one(name, meant, body):
    mistake = refused(body % name)

    assert (mistake.name, mistake.nearest, mistake.line) == (name, meant, 5)
    assert f"did you mean “{meant}”?" in mistake.message


@pytest.mark.parametrize("name", ["__class__", "self", "loop", "range", "config", "request", "x" * 5_000])
def test_a_name_of_jinja_or_flask_is_as_unknown_as_any_other(name):
    mistake = refused("{{ %s }}" % name)  # noqa: UP031 (braces)

    assert "there is no value" in mistake.message
    assert len(mistake.message) < 500


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("{{ name }} {{ job }}", ""),
        ("{% if job %}a{% elif line %}b{% else %}{{ name }}{% endif %}", ""),
        ("{% if not (job or line) and name %}a{% endif %}", ""),
        ("{% if formal %}Sie{% else %}du{% endif %}", ""),
        ("{%- if again -%}a{%- endif -%}", ""),
        ("Prices in { braces } and 100 % [brackets] (rounds)", ""),
        ("[Stay](link:stay)", "outcome/applied.open"),
        ("[Yes](link:answer)\n\n[Read](guide:after-the-interview)", "recall"),
        ("Zoë 👩🏽\u200d💻 محمد", ""),
    ],
)
def test_values_ifs_and_links_are_the_language(body, name):
    assert mistakes(START + body, name) == ()


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("outcome/applied.open", "link:answer"),
        ("recall", "link:stay"),
        ("confirmation.open", "link:answer"),
        ("progress", "link:stay"),
        ("outcome/applied.closed", "link:stay"),
        ("outcome/plain", "link:stay"),
        ("confirmation.closed", "link:stay"),
        ("correction", "link:answer"),
    ],
)
def test_a_personal_link_that_the_letter_cannot_have_is_refused(name, target):
    assert "personal link" in refused(f"[Here]({target})", name).message


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("Dear {{ name }},\n\nHello.", 1, "begin it with “Subject:”"),
        ("\ufeff\n\nSubject: \n\nHello.", 1, "the subject is empty"),
        ("Subject: Hello\nDear {{ name }},", 2, "an empty line is missing"),
        ("Subject: Hello", 3, "the letter has no words"),
        ("Subject: Hello\n\n \n", 3, "the letter has no words"),
        ("Subject: {% if job %}Hello\n\nDear{% endif %} you", 1, "write {% endif %} where it ends"),
        ("Subject: {{ nmae }}\n\nHello.", 1, "did you mean “name”?"),
    ],
)
def test_a_text_has_a_subject_an_empty_line_and_paragraphs(source, line, said):
    first = mistakes(source)[0]

    assert first.line == line
    assert said in first.message


def test_every_mistake_is_listed_in_the_order_of_lines():
    found = mistakes("Subject: {{ jbo }}\n\n{{ nmae }}\n\n[a](link:sty)\n\n{% for x in name %}{% endfor %}")

    assert [mistake.line for mistake in found] == [1, 3, 5, 7]
    with pytest.raises(TextProblem, match=r"Line 1: .*Line 3: .*Line 5: .*And 1 more\.") as caught:
        parse("Subject: {{ jbo }}\n\n{{ nmae }}\n\n[a](link:sty)\n\n{% for x in name %}{% endfor %}")
    assert caught.value.mistakes == found


def test_ten_megabytes_are_refused_at_once_and_unread(monkeypatch):
    monkeypatch.setattr("flask_talentpool.letters.texts.syntax.tree", None)
    monkeypatch.setattr("flask_talentpool.letters.texts.syntax.normalised", None)
    start = time.process_time()

    (mistake,) = mistakes("Subject: x\n\n" + "{{ name }}" * 1_000_000)

    assert "20,000 is the longest" in mistake.message
    assert time.process_time() - start < 0.1 * SLOWNESS


@pytest.mark.parametrize(
    "body",
    [
        "{{ " + "(" * 5_000 + "name" + ")" * 5_000 + " }}",
        "{% if " + "not " * 4_000 + "name %}x{% endif %}",
        "{% if name %}" * 500 + "x" + "{% endif %}" * 500,
        "{% if name %}" * 150 + "x" + "{% endif %}" * 150,
        "{{ 1" + "0" * 15_000 + " }}",
        "{{ name" + ".a" * 9_000 + " }}",
        "{{ name" + "|upper" * 3_000 + " }}",
        "{% if name" + " or name" * 2_000 + " %}x{% endif %}",
        "{% if name %}x" + "{% elif name %}x" * 1_200 + "{% endif %}",
        "[" * 19_000,
        "](" * 9_000,
        "{{" * 9_000,
        "{%" * 9_000,
        "}}" * 9_000,
    ],
)
def test_what_is_meant_to_overwhelm_the_reader_is_answered_in_time(body):
    start = time.process_time()

    with contextlib.suppress(TextProblem):
        parse(START + body)

    assert time.process_time() - start < 3 * SLOWNESS


@given(st.text(st.sampled_from("{}%[]():#-_|.'\"if elsnamjob\n"), max_size=120))
def test_whatever_is_written_is_either_a_text_or_a_list_of_mistakes(body):
    source = "Subject: x\n\nx" + body
    if mistakes(source):
        return

    subject, paragraphs = parse(source).write({"name": "Ada", "job": "Engineer", "line": "x"})

    assert subject == "x"
    assert "{{" not in "".join(paragraphs)


def test_an_empty_value_is_refused_only_where_it_would_be_shown():
    text = parse("Subject: {% if job %}{{ job }}{% else %}Hello{% endif %}\n\nDear {{ name }}, {{ line }}")

    with pytest.raises(EmptyField, match="“line”") as caught:
        text.write({"name": "Ada"})
    assert caught.value.field == "line"
    assert text.write({"name": "Ada", "line": "Hi."}) == ("Hello", ["Dear Ada, Hi."])


def test_a_value_is_never_read_as_part_of_the_language():
    text = parse("Subject: {{ job }}\n\n{{ name }}")

    assert text.write({"name": "{{ company }}{% if x %}", "job": "{{ 7 * 7 }}"}) == (
        "{{ 7 * 7 }}",
        ["{{ company }}{% if x %}"],
    )


def test_line_ends_and_the_mark_of_an_editor_make_no_difference():
    assert normalised("\ufeffSubject: x\r\n\r\nHi\r\n\r\n\r\n") == "Subject: x\n\nHi\n"
    assert parse("\ufeffSubject: x\r\n\r\nHi\r\n\r\nBo").write({}) == ("x", ["Hi", "Bo"])


@pytest.mark.parametrize(
    "error", [EmptyField("name"), TextProblem(mistakes(START + "{{ nmae }}"), "en/recall")]
)
def test_an_error_says_the_same_after_it_crossed_a_process_boundary(error):
    again = pickle.loads(pickle.dumps(error))

    assert str(again) == str(error)
    assert vars(again) == vars(error)


def test_two_versions_are_compared_line_by_line():
    old, new = "Subject: a\n\nOne.\n\nTwo.\n", "Subject: b\n\nOne.\n\nTwo.\n\nThree.\n"

    lines = [(line.kind, line.text) for line in compare(old, new)]

    assert lines == [
        ("out", "Subject: a"),
        ("in", "Subject: b"),
        ("same", ""),
        ("same", "One."),
        ("same", ""),
        ("same", "Two."),
        ("in", ""),
        ("in", "Three."),
    ]
    assert {line.kind for line in compare(old, old)} == {"same"}


def test_the_longest_text_there_can_be_is_read():
    body = START + "x" * (LONGEST - len(START))

    assert mistakes(body) == ()
    assert len(mistakes(body + "x")) == 1
