"""P13, the first page: every link answers and leads to what it names, and its number can be recounted."""

import re

import pytest

PAGE = "/talent-pool/"
NUMBER = re.compile(r"([\d,]+) things? needs? a person: (.*?)\. The rest goes", re.DOTALL)


@pytest.mark.parametrize("role", ["admin", "recruiter", "manager"])
def test_every_link_of_the_first_page_answers(filled, role):
    client = filled.client(role)
    page = client.get(PAGE).get_data(as_text=True)
    links = {link.partition("#")[0] for link in re.findall(r'href="(/talent-pool/[^"]*)"', page)}

    answers = {}
    for link in sorted(links):
        with client.get(link.replace("&amp;", "&")) as response:
            answers[link] = response.status_code

    assert {link: status for link, status in answers.items() if status != 200} == {}
    assert len(answers) > 10


@pytest.mark.parametrize("role", ["admin", "recruiter", "manager"])
def test_the_number_of_the_first_page_can_be_recounted(filled, role):
    page = filled.client(role).get(PAGE).get_data(as_text=True)

    total, parts = NUMBER.search(page).groups()
    kinds = re.findall(r'href="#([^"]+)">([\d,]+) ', parts)

    assert sum(int(number.replace(",", "")) for _, number in kinds) == int(total.replace(",", ""))
    assert [anchor for anchor, _ in kinds if f'id="{anchor}"' not in page] == []
    assert kinds


def test_a_held_group_opens_that_group_and_as_many_as_it_says(filled):
    client = filled.client("recruiter")
    groups = client.get(PAGE, headers={"Accept": "application/json"}).get_json()["groups"]
    assert groups
    for group in groups:
        url = f"{PAGE}letters?state={group['state']}&because={group['because']}"
        found = client.get(url, headers={"Accept": "application/json"}).get_json()["groups"]
        assert sum(len(one["rows"]) for one in found) == group["count"], group
        assert all(row["state"] == group["state"] for one in found for row in one["rows"])
