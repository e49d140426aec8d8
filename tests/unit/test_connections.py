"""Connections side by side: one that the server never let work is done without, and the others go on."""

import pytest

from flask_talentpool.letters.delivery.connections import Connections, Delivery
from flask_talentpool.letters.delivery.prepare import Prepared
from flask_talentpool.letters.delivery.transports import HandOver, HandOverResult


class Scripted:
    """A connection that answers one letter after another as it was told."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def hand_over(self, *_letter):
        return self.answers.pop(0)

    def close(self):
        pass


SENT = HandOver(HandOverResult.SENT, "250 OK", "mail.test")
STUMBLED = HandOver(HandOverResult.RETRY, "421 too many", "mail.test", elsewhere=True)
AWAY = HandOver(HandOverResult.RETRY, "421 too many", "mail.test", fatal_connection=True, elsewhere=True)


@pytest.fixture
def connections():
    made = []

    def make(first, further):
        made.append(Connections(first, more=lambda: further, most=2))
        return made[-1]

    yield make
    for one in made:
        one.close()


def one_letter(connections, *, waiting):
    connections.free(waiting)
    connections.start(
        Delivery(1, Prepared(mail_from="jobs@acme.test", rcpt_to="jo@home.test", data=b"", links=[]))
    )
    ((_, answer),) = connections.results(wait=True)
    return answer


def test_a_connection_that_never_took_a_letter_is_given_up_and_stops_nothing(connections):
    two = connections(Scripted(SENT, SENT), Scripted(STUMBLED, AWAY))
    assert one_letter(two, waiting=0) == SENT
    assert one_letter(two, waiting=10) == STUMBLED

    given_up = one_letter(two, waiting=10)

    assert (given_up.surplus, given_up.fatal_connection) == (True, False)
    assert one_letter(two, waiting=10) == SENT


def test_a_connection_that_worked_and_finds_the_server_away_stops_the_run(connections):
    two = connections(Scripted(SENT), Scripted(SENT, AWAY))
    assert [one_letter(two, waiting=waiting) for waiting in (0, 10)] == [SENT, SENT]
    assert one_letter(two, waiting=10) == AWAY
