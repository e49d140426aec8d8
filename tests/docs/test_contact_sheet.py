"""The page with every letter is what the texts say now, and names nobody who lives."""

import re

import pytest

from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.vocabulary import NAMES
from tools import contact_sheet


def test_the_page_is_what_the_texts_say_now():
    assert contact_sheet.main(["--check"]) == 0, "run: python -m tools.contact_sheet"


def test_a_text_that_changed_is_noticed(monkeypatch, capsys):
    monkeypatch.setattr(contact_sheet, "STAGES", contact_sheet.STAGES | {"progress": ("Open", "Changed.")})

    assert contact_sheet.main(["--check"]) == 1
    assert "python -m tools.contact_sheet" in capsys.readouterr().err


def test_every_text_of_every_language_is_on_the_page_twice():
    page = contact_sheet.PAGE.read_text(encoding="utf-8")

    assert tuple(sorted(contact_sheet.FOLDERS)) == text_files.folders(None)
    assert page.count("<details>") == page.count("</details>") == 2 * len(NAMES) * len(contact_sheet.FOLDERS)
    for name in NAMES:
        assert page.count(f"<code>{name}</code>") == 2 * len(contact_sheet.FOLDERS)


@pytest.mark.parametrize("folder", contact_sheet.FOLDERS)
@pytest.mark.parametrize("name", NAMES)
def test_a_letter_with_nothing_added_has_none_of_what_a_person_would_write(folder, name):
    full, bare = (contact_sheet.letter(folder, name, full=full).text for full in (True, False))
    made_up = contact_sheet.MADE_UP[folder.partition("-")[0]]

    assert full != bare
    for added in ("line", "feedback", "writer_role"):
        assert made_up[added] not in bare


def test_the_page_holds_no_address_that_could_be_somebodys():
    page = contact_sheet.PAGE.read_text(encoding="utf-8")

    assert set(re.findall(r"@[\w.-]*\w", page)) == {"@brightwell.example", "@hellmoor.example"}
    assert not re.search(r"https?://|href=|talentpool-link", page)
