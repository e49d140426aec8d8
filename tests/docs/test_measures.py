"""The measuring programs: the bare loop writes the same letters, and each press counts what is its own."""

import pytest

from benchmarks import rejection
from tools.journey import Buttons, Journey, table

LETTERS = 4


def test_a_rejection_is_compared_with_a_loop_that_sends_the_same_letters(sqlite_url, smtp_server):
    found = rejection.measured(sqlite_url, smtp_server.port, letters=LETTERS, rounds=1)

    # To warm up and in the round, by both sides; other words than ours would have ended it.
    assert len(smtp_server.mails) == 2 * 2 * LETTERS
    assert len(found.ratios) == 1
    assert found.to_the_outbox > 1


def test_each_press_counts_what_it_enters_and_which_selects_it_repeats(sqlite_url, tmp_path):
    journey = Journey(sqlite_url, tmp_path / "mailbox")
    presses = journey.presses()
    journey.host.close()

    told, *parts, recall, stay = [press.figures for press in presses]
    printed = "\n".join(table(presses, verbose=True))
    assert [sum(figures) for figures in zip(*(part[2:] for part in parts), strict=True)] == list(told[2:])
    assert max(part[0] for part in parts) <= told[0] < sum(part[0] for part in parts)
    for files, functions, across, statements, selects, repeated in (told, recall, stay):
        assert 1 < files < functions
        assert across > 0
        assert repeated < selects <= statements
    assert printed.count("× SELECT") == sum(len(list(press.repeated)) for press in presses[1:])


def test_a_button_sends_the_fields_of_the_form_that_it_names():
    buttons = Buttons(
        '<form action="/around"><input name="a" value="1"><button form="far" name="say" value="yes">Do <b>it</b>'
        '</button></form><form id="far" action="/far"><input type="hidden" name="token" value="t"></form>'
    )

    assert buttons.form_of("Do it") == ("/far", {"token": "t", "say": "yes"})
    with pytest.raises(RuntimeError, match="0 buttons"):
        buttons.form_of("Undo")
