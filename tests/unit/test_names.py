"""Whether two names can be one human's."""

import doctest

import pytest

from flask_talentpool.people import names
from flask_talentpool.people.names import Alike, alike, tokens

ONE_HUMAN = [
    ("Ana Costa", "Ana Costa"),
    ("Ana Costa", "ANA  COSTA"),
    ("Ana Costa", "Costa Ana"),
    ("Ana Costa", "Costa, Ana"),
    ("Costa, Ana Maria", "Ana Costa"),
    ("Ana Costa", "Ana"),
    ("Ana Costa", "Costa"),
    ("Ana Costa", "Ana Maria Costa"),
    ("Ana Costa", "Ana Silva"),
    ("Ana Costa", "Ana Costa-Silva"),
    ("Ana Costa", "Dr. Ana Costa"),
    ("Ana Costa", "Prof. Dr. Ana Costa, PhD"),
    ("Ana Costa", "Frau Ana Costa"),
    ("Ana Costa", "A. Costa"),
    ("Ana Costa", "A Costa"),
    ("Ana Maria Costa", "A. M. Costa"),
    ("Jean-Marie Dupont", "J.-M. Dupont"),
    ("José Álvarez", "Jose Alvarez"),
    ("Jürgen Müller", "Juergen Mueller"),
    ("Łukasz Żak", "Lukasz Zak"),
    ("Søren Øst", "Soren Ost"),
    ("Ivan O'Brien", "Ivan O’Brien"),
    ("İpek Y\N{LATIN SMALL LETTER DOTLESS I}lmaz", "ipek yilmaz"),
    ("Straße Anna", "Strasse Anna"),
    ("Анна Иванова", "анна иванова"),
    ("王伟", "王伟"),
    ("Dr", "Dr"),
    ("", "Ana Costa"),
    ("", ""),
    ("...", "Ana Costa"),
]

TWO_HUMANS = [
    ("Ana Costa", "Bruno Costa"),
    ("Ana Costa", "B. Costa"),
    ("Dr. Ana Costa", "Dr. Bruno Costa"),
    ("Costa, Ana", "Costa, Bruno"),
    ("Ana Maria Costa", "Bruno Miguel Costa"),
    ("Анна Иванова", "Борис Иванов"),
    ("Priya Sharma", "राम शर्मा"),
]

DOUBTED = [
    ("Ana Costa", "Bruno"),
    ("Ana", "Bruno"),
    ("王伟", "李娜"),
    ("A. Silva", "Ana Costa"),
    ("Jo Costa", "Joe"),
]


@pytest.mark.parametrize(("one", "other"), ONE_HUMAN)
def test_names_that_are_one_human_s(one, other):
    assert (alike(one, other), alike(other, one)) == (Alike.SAME, Alike.SAME)


@pytest.mark.parametrize(("one", "other"), TWO_HUMANS)
def test_names_that_are_clearly_two_humans(one, other):
    assert (alike(one, other), alike(other, one)) == (Alike.DIFFERENT, Alike.DIFFERENT)


@pytest.mark.parametrize(("one", "other"), DOUBTED)
def test_names_that_leave_a_doubt(one, other):
    assert (alike(one, other), alike(other, one)) == (Alike.DOUBTFUL, Alike.DOUBTFUL)


def test_a_title_alone_is_kept_for_a_name():
    assert tokens("Dr.") == ["dr"]


def test_vowel_signs_of_another_script_keep_words_apart_and_whole():
    assert len(tokens("राम शर्मा")) == 2
    assert alike("राम शर्मा", "रमा शर्मा") is Alike.DIFFERENT


def test_the_examples_are_right():
    result = doctest.testmod(names)
    assert result.failed == 0
    assert result.attempted > 0
