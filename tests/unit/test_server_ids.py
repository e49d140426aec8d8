"""What mail servers call a letter they took is read from their reply, and found again in a Message-ID."""

import doctest

import pytest

from flask_talentpool.letters import server_ids
from flask_talentpool.letters.server_ids import may_be, server_id_in


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("250 2.0.0 Ok: queued as 4WxYz12Ab3zC", "4WxYz12Ab3zC"),
        ("250 2.0.0 Ok: queued as 3F2A91C0B7", "3F2A91C0B7"),
        ("250 Ok: queued as QmFzZTY0LWlk-_1234", "QmFzZTY0LWlk-_1234"),
        (
            "250 2.0.0 Ok: queued as 1c4f8d1e-2b3a-4c5d-8e9f-0a1b2c3d4e5f",
            "1c4f8d1e-2b3a-4c5d-8e9f-0a1b2c3d4e5f",
        ),
        (
            "250 2.0.0 OK: queued as <202603021000.12345678@relay.example>",
            "202603021000.12345678@relay.example",
        ),
        ("250 OK id=1rAbCd-0001xy-2B", "1rAbCd-0001xy-2B"),
        ("250 2.0.0 422A9x01k012345 Message accepted for delivery", "422A9x01k012345"),
        ("250 Ok 0102018f3c2a7b1e-6f1d2c3b-0000-000000", "0102018f3c2a7b1e-6f1d2c3b-0000-000000"),
        (
            "250 2.6.0 <AB12CD34@EUR01.prod.example> [InternalId=123456789, Hostname=EX01] 9000 bytes, queued mail for delivery",
            "AB12CD34@EUR01.prod.example",
        ),
        ("250 2.0.0 Ok", ""),
        ("250 Great success", ""),
        ("250 2.0.0 Ok: queued as abc", ""),
        ("250 Ok: queued as somewhere-in-the-queue", ""),
        ("250 " + "x" * 100_000, ""),
        ("", ""),
    ],
)
def test_the_name_is_read_from_the_reply(reply, name):
    assert server_id_in(reply) == name


@pytest.mark.parametrize(
    ("message_id", "name"),
    [
        ("<0102018f3c2a7b1e-000000@eu-west-1.amazonses.com>", "0102018f3c2a7b1e-000000"),
        ("<QmFzZTY0LWlk-_1234.recvd-5c-1@geopod-ismtpd-1>", "QmFzZTY0LWlk-_1234"),
        ("<202603021000.12345678@relay.example>", "202603021000.12345678@relay.example"),
        ("4WxYz12Ab3zC", "4WxYz12Ab3zC"),
    ],
)
def test_it_is_found_again_in_a_message_id(message_id, name):
    assert name in may_be(message_id)


def test_what_is_too_short_or_too_long_is_no_name():
    assert may_be("<1234@x>") == ("1234@x",)[:0]
    assert may_be(f"<{'1' * 200}@{'x' * 200}>") == ()


def test_the_examples_hold():
    assert doctest.testmod(server_ids).failed == 0
