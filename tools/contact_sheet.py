"""Build `site/letters.md`: every letter in every language, as it reads, with made-up people.

python -m tools.contact_sheet           writes the page
python -m tools.contact_sheet --check   exits 1 when the page is not what the texts say now
"""

import html
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from flask_talentpool.config.reasons import DEFAULT_REASONS
from flask_talentpool.config.settings import Settings
from flask_talentpool.enums import FormOfAddress
from flask_talentpool.letters.reading import paragraphs
from flask_talentpool.letters.texts import files as text_files
from flask_talentpool.letters.texts.dates_and_phrases import day, hiring_team, told_how
from flask_talentpool.letters.texts.render import Written, write_from
from flask_talentpool.letters.texts.vocabulary import NAMES, VARIABLES, purposes_for, required_for

PAGE = Path(__file__).resolve().parents[1] / "site" / "letters.md"
GUIDE = "https://guide.invalid/"

FOLDERS = {
    "en": "English",
    "de": "German, formal (Sie)",
    "de-informal": "German, informal (du)",
}
STAGES = {
    "outcome/applied": ("Turned down after applying", "Nobody has looked closer yet."),
    "outcome/screened": ("Turned down after the first round", "There was no interview."),
    "outcome/interviewed": (
        "Turned down after an interview",
        "The person took part in at least one interview.",
    ),
    "outcome/finalist": ("Turned down at the very end", "The person was in the last stage, or has a finish."),
    "outcome/plain": (
        "Turned down, never to be pooled",
        "For people whom the host marks as never to be in a pool.",
    ),
    "outcome/together": (
        "Turned down for several jobs at once",
        "Nobody was interviewed, and nothing in it is one application’s alone. Each job has a paragraph of its own.",
    ),
    "confirmation": (
        "What was said before, in writing",
        "After somebody told the person by phone, in person or by post.",
    ),
    "correction": (
        "A told outcome no longer holds",
        "After a decision was taken back that the person knew of.",
    ),
    "progress": (
        "Still open",
        "For an interviewed person without a decision, or while an offer to somebody else is out.",
    ),
    "progress_decided": (
        "Decided, and held",
        "For somebody decided about, on the last day by which a person should have resolved what holds the letter.",
    ),
    "recall": ("Invited back to the same job", "Rests on the person’s own application."),
    "recall_member": (
        "Invited back to the same job, from the pool",
        "For people in a talent pool who applied too long ago to be asked because of that alone.",
    ),
    "enquiry": (
        "Asked about another job",
        "For people in a talent pool who came close for a job with a like title. Several may be asked.",
    ),
    "recall_reminder": (
        "Not answered",
        "Once, after three working days without an answer to an invitation or a question about another job.",
    ),
}
DOORS = {
    "open": "door open: somebody said “we want them back”",
    "unlatched": "door unlatched: the person can ask to be kept in mind",
    "closed": "door closed",
}
BERLIN = ZoneInfo("Europe/Berlin")
MADE_UP: Mapping[str, Mapping[str, str]] = {
    "en": {
        "name": "Maëlle Oduya",
        "job": "Data Engineer",
        "company": "Brightwell",
        "writer": "Jonas Weber",
        "writer_role": "Head of Data",
        "reply_address": "jonas.weber@brightwell.example",
        "line": "Your sketch of the nightly import answered a question we had carried around for weeks.",
        "earlier_job": "Analytics Engineer",
        "feedback": "The advertisement asks for tests that run without the network. In the work sample you sent, two "
        "of them call a live service.",
        "pool": "Finalists",
        "wanted_by": "Rita Amado",
        "jobs": "Data Engineer\nAnalyst: We have chosen another person for it.",
        "why": "It was meant for another application, and we mixed the two up.",
    },
    "de": {
        "name": "Kim Okonjo-Brandt",
        "job": "Einkauf (m/w/d)",
        "company": "Hellmoor GmbH",
        "writer": "Alex Çelik",
        "writer_role": "Leitung Einkauf",
        "reply_address": "alex.celik@hellmoor.example",
        "line": "Die Frage nach den Lieferzeiten im Winter nehmen wir in unsere nächste Besprechung mit.",
        "earlier_job": "Disposition (m/w/d)",
        "feedback": "In der Stellenausschreibung steht Erfahrung mit Vergabeverfahren. In den Unterlagen haben wir dazu "
        "zwei Beispiele aus der Ausbildung gefunden, aber keines aus dem Beruf.",
        "pool": "Letzte Runde",
        "wanted_by": "Rita Amado",
        "jobs": "Einkauf (m/w/d)\nLager (m/w/d): Wir haben uns für eine andere Person entschieden.",
        "why": "Unsere Antwort galt einer anderen Bewerbung, und wir haben die beiden verwechselt.",
    },
}
SHARED = {"en": "jobs@brightwell.example", "de": "bewerbung@hellmoor.example"}
"""Where answers go to a letter that nobody signs by name."""
BARE = (
    "own_address",
    "by_name",
    "reason",
    "line",
    "feedback",
    "writer_role",
    "interviewed_on",
    "applied_on",
    "told_how",
    "again",
    "answer_by",
    "last",
    "earlier_job",
)


def values_for(folder: str, name: str, *, full: bool) -> dict[str, str]:
    """Return made-up values for one letter: all there can be, or only what every letter has."""
    language = folder.partition("-")[0]

    def on(month: int, date: int) -> str:
        return day(datetime(2026, month, date, 9, tzinfo=UTC), BERLIN, language)

    values = {
        **MADE_UP[language],
        "reason": DEFAULT_REASONS["other_person"].sentence(language),
        "applied_on": on(4, 2),
        "interviewed_on": on(5, 12),
        "told_on": on(5, 14),
        "next_by": on(5, 26),
        "answer_by": on(6, 4),
        "told_how": told_how("phone", language),
        "keep_months": "12",
        "again": "yes",
        "own_address": "yes",
        "by_name": "yes",
    }
    if not name.endswith(".open") and name != "recall_member":
        values |= {"pool": "", "wanted_by": ""}
    if name.startswith(("outcome/applied", "outcome/screened", "outcome/plain")):
        values["interviewed_on"] = ""
    if not full:
        bare = [value for value in BARE if value not in required_for(name)]
        values |= dict.fromkeys(bare, "") | {
            "writer": hiring_team(values["company"], language),
            "reply_address": SHARED[language],
        }
    return values


def letter(folder: str, name: str, *, full: bool) -> Written:
    """Write one letter from the packaged text."""
    edition = text_files.read(name, folder, None)
    if edition is None:
        raise SystemExit(f"There is no text {folder}/{name}.")
    is_informal = folder.endswith(text_files.INFORMAL)
    form = FormOfAddress.INFORMAL if is_informal else FormOfAddress.FORMAL
    ctx: Any = SimpleNamespace(
        settings=Settings(form_of_address=form), guide_url=lambda key, **_: f"{GUIDE}{key}/"
    )
    return write_from(ctx, edition, values_for(folder, name, full=full))


def page() -> str:
    """Return the page."""
    parts = [_HEAD, *_tables()]
    for folder, language in FOLDERS.items():
        parts.append(f"## {language}\n")
        for stage, names in groupby(NAMES, key=lambda name: name.partition(".")[0]):
            title, about = STAGES[stage]
            parts.append(f"### {title}\n\n{about}\n")
            for name in names:
                parts += list(_both(folder, name))
    return "\n".join(parts)


_HEAD = """\
---
description: Every letter that Flask-TalentPool writes, in every language, as it reads; and how to change one.
---

# Every letter, as it reads

These are the letters as they come with the package, written to people who do not exist. A company can change each of them, so yours may read otherwise.

Each letter is shown twice: with everything a letter can have (a reason that may be shared, one personal line, feedback, dates), and with only what every letter has. What nobody wrote is not in it: no reason, line or feedback is made up. A line that begins with → is a link.

This page is built by `python -m tools.contact_sheet` from the texts themselves; a test compares the two.

## Changing a letter

A letter is written from the first of these that there is:

1. the newest version that somebody saved on the page "Texts";
2. a file in the folder of `TALENTPOOL_LETTERS_FOLDER`, laid out as below;
3. the file in the package.

Letters that are written already keep their words.

```text
letters/
  en/outcome/applied.open.txt
  de/outcome/applied.open.txt
  de-informal/outcome/applied.open.txt
```

A new folder, such as `fr`, is a new language. A folder such as `de-AT` needs only what differs from `de`. Where `TALENTPOOL_FORM_OF_ADDRESS` is `"informal"`, a language that has a folder ending in `-informal` is written from that one alone. `flask talentpool texts` says what is missing in each language and names every mistake; run it where your texts are tested.

A letter is in the person's language (`locale` of the map), else in the job's (`job_locale`), else in `TALENTPOOL_LOCALE`. A language without texts is passed over.

A text that cannot be used holds its letters and says why; the packaged text never takes its place in silence.

### What a text may hold

```text
Subject: {{ job }}: our decision

Dear {{ name }},

{% if reason %}{{ reason }} {% endif %}That is our answer.

[Ask to be kept in mind](link:stay)
```

The first line is the subject, in every language. Paragraphs have an empty line between them. `{{ name }}` shows a value, and `{% if name %}…{% elif job %}…{% else %}…{% endif %}` asks whether there is one, with `not`, `and` and `or`. There is nothing else: no loops, no calls, no comments. A text has at most 20,000 characters. A value that is empty can be asked for, but not shown: a letter that would show it waits for a person.

A link is `[words](link:…)` for a personal link or `[words](guide:…)` for a page of this guide, and its words are plain words.

"""


def _tables() -> Iterator[str]:
    yield "| value | what it is |\n|---|---|"
    yield from (f"| `{name}` | {explained} |" for name, explained in VARIABLES.items())
    yield "\n| text | written | personal link |\n|---|---|---|"
    for (stage, purposes), names in groupby(
        NAMES, key=lambda name: (name.partition(".")[0], purposes_for(name))
    ):
        listed = ", ".join(f"`{name}`" for name in names)
        links = ", ".join(f"`link:{purpose.value}`" for purpose in purposes) or "none"
        yield f"| {listed} | {STAGES[stage][0]} | {links} |"
    yield ""


def _both(folder: str, name: str) -> Iterator[str]:
    door = DOORS.get(name.partition(".")[2], "")
    about = f"<code>{name}</code>" + (f", {html.escape(door)}" if door else "")
    for full, what in ((True, "with everything"), (False, "with nothing added")):
        written = letter(folder, name, full=full)
        yield (
            f"<details><summary>{about}, {what}</summary>\n"
            f'<div lang="{written.language}" class="letter">\n{_body(written)}\n</div>\n</details>\n'
        )


def _body(written: Written) -> str:
    lines = [f"<p><strong>{html.escape(written.subject, quote=False)}</strong></p>"]
    for pieces in paragraphs(written.text):
        *before, last = pieces
        words = "".join(piece.text for piece in before)
        if last.kind == "text":
            said = html.escape(words + last.text, quote=False)
        else:
            said = "→ " + html.escape(re.sub(r":\s*$", "", words), quote=False)
            if last.kind == "personal":
                said = f"<strong>{said}</strong>"
        lines.append(f"<p>{said}</p>")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it with what the texts say now."""
    built = page()
    if "--check" not in arguments:
        PAGE.write_text(built, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == built:
        return 0
    sys.stderr.write("site/letters.md is not what the texts say now. Run: python -m tools.contact_sheet\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
