"""Reading one entry of a map."""

from types import SimpleNamespace

import pytest

from flask_talentpool.entries import nearest, read


class Address:
    city = "Leiden"


class Candidate:
    full_name = "Noor Haddad"
    email = None

    def __init__(self, address=None):
        self.address = address

    @property
    def broken(self):
        return self.address.nonsense

    def initials(self):
        return "NH"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("full_name", "Noor Haddad"),
        ("address.city", "Leiden"),
        (lambda row: row.full_name.upper(), "NOOR HADDAD"),
        ("email", None),
        ("email.anything.at_all", None),
    ],
)
def test_an_entry_is_an_attribute_a_path_or_a_callable(entry, expected):
    assert read(entry, Candidate(Address())) == expected


def test_a_path_through_nothing_is_nothing():
    assert read("address.city", Candidate()) is None


def test_an_attribute_set_on_the_row_alone_is_read():
    assert read("a.b", SimpleNamespace(a=SimpleNamespace(b=3))) == 3


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("fullname", r"^Candidate has no attribute 'fullname'; did you mean 'full_name'\?$"),
        ("address.citty", r"^Address has no attribute 'citty'; did you mean 'city'\?$"),
        ("shoe_size_in_inches", r"^Candidate has no attribute 'shoe_size_in_inches'\.$"),
        ("", r"^Candidate has no attribute ''\.$"),
    ],
)
def test_a_wrong_entry_names_class_attribute_and_nearest(entry, message):
    with pytest.raises(AttributeError, match=message):
        read(entry, Candidate(Address()))


def test_an_error_inside_the_hosts_own_property_is_not_hidden():
    with pytest.raises(AttributeError, match="'Address' object has no attribute 'nonsense'"):
        read("broken", Candidate(Address()))


def test_a_method_is_not_taken_for_a_value():
    with pytest.raises(AttributeError, match=r"Candidate\.initials is a method; map a callable"):
        read("initials", Candidate())


def test_the_nearest_word_ignores_case():
    assert nearest("FULLNAME", ["email", "full_name"]) == "full_name"
    assert nearest("xyz", ["email", "full_name"]) is None
    assert nearest("xyz", []) is None
