"""P13, times: wherever a page of staff prints a time of day, it says in which zone, and the machine's form has an offset."""

import re

import pytest

TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
CLOCK = re.compile(r"(?<![\d:T])([01]?\d|2[0-3]):[0-5]\d\b(?!:)(?! (?:UTC|[A-Z]{2,5})\b)")
TITLE = re.compile(r'title="([^"]*)"')
MOMENT = re.compile(r'datetime="(\d{4}-\d\d-\d\dT[^"]*)"')
PUBLIC = ("talentpool.guide", "talentpool.static", "talentpool.link")


@pytest.mark.parametrize("role", ["admin", "recruiter"])
def test_no_page_of_staff_prints_a_time_without_its_zone(filled, role):
    client = filled.client(role)
    bare, moments, opened = {}, [], 0

    for rule in filled.rules("GET"):
        if rule.endpoint.startswith(PUBLIC):
            continue
        for url in filled.urls(rule, filled.north):
            with client.get(url) as answer:
                if answer.status_code != 200 or answer.mimetype != "text/html":
                    continue
                page = answer.get_data(as_text=True)
            opened += 1
            moments += MOMENT.findall(page)
            words = " ".join([TAG.sub(" ", page), *TITLE.findall(page)])
            if found := [words[max(0, one.start() - 30) : one.end() + 10] for one in CLOCK.finditer(words)]:
                bare[url] = found

    assert bare == {}
    assert [one for one in moments if not re.search(r"[+-]\d\d:\d\d$", one)] == []
    assert opened > 30
    assert len(moments) > 20
