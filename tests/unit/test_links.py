"""Tokens, their hashes, and links in frozen letters."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flask_talentpool.links import Purpose, fill, hash_token, new_token, placeholder, purposes_in

URLS = {
    Purpose.STAY: "https://jobs.example.test/l/abc?a=1&b=2",
    Purpose.ANSWER: "https://jobs.example.test/l/xyz",
}


def test_a_token_has_128_random_bits_and_fits_into_a_url():
    tokens = {new_token() for _ in range(1000)}

    assert len(tokens) == 1000
    assert all(len(base64.urlsafe_b64decode(token + "==")) == 16 for token in tokens)


def test_a_token_is_stored_as_its_sha256():
    assert hash_token("abc") == hashlib.sha256(b"abc").hexdigest()


@given(st.text())
def test_whatever_stands_in_a_url_can_be_hashed(token):
    assert len(hash_token(token)) == 64


def test_a_lone_surrogate_in_a_url_can_be_hashed():
    assert len(hash_token("\udcff")) == 64


def test_placeholders_in_text_become_links():
    text = f"Stay: {placeholder(Purpose.STAY)}. Answer: <{placeholder(Purpose.ANSWER)}>"

    assert fill(text, URLS) == f"Stay: {URLS[Purpose.STAY]}. Answer: <{URLS[Purpose.ANSWER]}>"


def test_links_in_html_are_escaped():
    html = '<a href="talentpool-link:stay">Stay</a>'

    assert fill(html, URLS, html=True) == '<a href="https://jobs.example.test/l/abc?a=1&amp;b=2">Stay</a>'
    assert (
        fill(html, {Purpose.STAY: '"><script>'}, html=True) == '<a href="&quot;&gt;&lt;script&gt;">Stay</a>'
    )


def test_a_letter_never_leaves_with_a_dead_link():
    with pytest.raises(ValueError, match="placeholder for answer, but no link"):
        fill("talentpool-link:answer talentpool-link:stay", {Purpose.STAY: "https://jobs.example.test"})


def test_what_only_looks_like_a_placeholder_stays_as_it_is():
    text = "talentpool-link:stays talentpool-link:other talentpool-link: and \\1"

    assert purposes_in(text) == frozenset()
    assert fill(text, {}) == text


def test_the_purposes_a_text_asks_for_are_found():
    assert purposes_in("talentpool-link:stay, talentpool-link:stay") == {Purpose.STAY}


@given(st.sampled_from(Purpose))
def test_every_purpose_has_a_placeholder_that_is_filled(purpose):
    assert fill(placeholder(purpose), {purpose: r"https://x.test/\g<0>"}) == r"https://x.test/\g<0>"
