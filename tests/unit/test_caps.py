"""Caps: who goes now, who waits, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from flask_talentpool.letters.delivery.caps import DAY, Gone, WaitingLetters, domain_of, over

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def waiting(number, to="mail.test", start=1):
    return [WaitingLetters(start + at, "host.test", to) for at in range(number)]


def gone(*hours_ago, to="mail.test", sender="host.test"):
    return [Gone(sender, to, NOW - ago * HOUR) for ago in hours_ago]


def late(letters, went=(), *, daily=None, per_domain=None):
    return over(letters, list(went), now=NOW, daily=daily, per_domain=per_domain)


def test_without_a_cap_everything_goes():
    assert late(waiting(500), gone(1, 2, 3)) == {}


def test_the_first_come_go_first_and_the_rest_waits():
    assert set(late(waiting(5), daily=3)) == {4, 5}


def test_what_went_today_counts_and_what_went_before_does_not():
    assert set(late(waiting(3), gone(1, 23, 24, 30), daily=3)) == {2, 3}


def test_the_rest_waits_until_the_oldest_that_counts_is_a_day_old():
    assert late(waiting(1), gone(20, 5), daily=2) == {1: NOW - 20 * HOUR + DAY}


def test_a_cap_lowered_below_what_went_waits_for_room_under_the_new_one():
    assert late(waiting(1), gone(20, 10, 5), daily=1) == {1: NOW - 5 * HOUR + DAY}


def test_each_receiving_domain_has_its_own_cap():
    letters = [*waiting(2, "one.test"), *waiting(2, "two.test", start=10)]

    assert set(late(letters, gone(1, to="one.test"), per_domain=2)) == {2}


def test_another_sending_domain_does_not_count():
    assert late(waiting(1), gone(1, 1, 1, sender="other.test"), daily=2) == {}


def test_over_both_caps_the_later_moment_counts():
    went = [*gone(20), *gone(2, to="full.test")]

    assert late(waiting(1, "full.test"), went, daily=2, per_domain=1) == {1: NOW - 2 * HOUR + DAY}


@pytest.mark.parametrize(("address", "domain"), [("Jo@Example.TEST", "example.test"), ("", ""), ("jo", "jo")])
def test_domains_are_compared_in_lower_case(address, domain):
    assert domain_of(address) == domain
