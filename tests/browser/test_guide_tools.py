"""The small tools in the guide: what they write and count, by keyboard, in each language, without JavaScript."""

import datetime as dt
import re

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.guide_site import SOURCE, served_files

NOTE, PLANNER, CHECKLIST = "thank-you-note", "follow-up-planner", "ready-checklist"
TEXT = {
    NOTE: "<p>Dear [name], thank you for [the talk].</p>",
    PLANNER: "<h3 id='count'>How to count</h3><p>Two months after 10 March is 10 May.</p>",
    CHECKLIST: "<p><b>Reach</b></p><ul><li>Your <em>number</em> works.</li><li><p>You look for mail.</p></li></ul>"
    "<ul><li>Two referees<ul><li>one abroad</li><li>one manager</li></ul></li></ul>",
}
FORMS = {"en": ("en", ""), "de": ("de", ""), "de-informal": ("de", ' data-form="informal"')}
POLICY = "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'"


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Pages with one tool each, as strict about what may run as a host's are."""
    folder = tmp_path_factory.mktemp("tools")
    (folder / "assets").symlink_to(SOURCE / "assets")
    for form, (language, extra) in FORMS.items():
        for tool, text in TEXT.items():
            (folder / f"{tool}.{form}.html").write_text(
                f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{tool}</title>'
                f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
                '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
                '<link rel="icon" href="assets/mark.svg"><script type="module" src="assets/guide-tools.js"></script>'
                f'</head><body><main><h1>{tool}</h1><h2 id="x">The sheet</h2><div class="tp-tool" '
                f'data-tool="{tool}"{extra}>{text}</div><p id="rest">The rest of the page.</p></main></body></html>',
                encoding="utf-8",
            )
    with served_files(folder) as url:
        yield url


@pytest.fixture
def opened(page, address):
    """Call it with a tool and a form: opens its page, ready to use."""

    def open_tool(tool, form="en"):
        page.goto(f"{address}/{tool}.{form}.html")
        page.locator(".tp-tool[data-ready=yes]").wait_for()
        return page

    return open_tool


def in_module(page, module, expression, *values):
    """Evaluate an expression with a module's exports as `m` and the values as `v`."""
    return page.evaluate(
        f"async (v) => {{ const m = await import('/assets/tools/{module}.js'); return ({expression}); }}",
        list(values),
    )


# Every tool


@pytest.mark.parametrize("tool", TEXT)
def test_without_javascript_the_text_is_there(address, new_context, tool):
    page = new_context(java_script_enabled=False).new_page()

    page.goto(f"{address}/{tool}.de.html")

    expect(page.locator(".tp-tool > *").first).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("textbox")).to_have_count(0)


@pytest.mark.parametrize("tool", TEXT)
def test_a_tool_is_accessible_and_fits_and_can_be_hit(opened, axe, tool):
    # German words are the longest. The sweep over all pages looks at the other languages and widths.
    page = opened(tool, "de")
    page.set_viewport_size({"width": 360, "height": 800})
    if tool == PLANNER:
        page.locator("input[type=date]").first.fill("2097-03-10")
        page.keyboard.press("Enter")
        expect(page.get_by_role("listitem").first).to_be_visible()

    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page, rules=["color-contrast"])
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    small = page.locator(".tp-tool").evaluate(
        """(tool) => [...tool.querySelectorAll("input, select, textarea, button, a, summary, .tp-choice label")]
        .filter((one) => one.getClientRects().length && one.getBoundingClientRect().height < 24)
        .map((one) => one.outerHTML)"""
    )
    assert small == []


def test_the_text_of_a_tool_stays_at_hand_and_opens_for_a_link_into_it(opened, page, address):
    opened(PLANNER)
    plain = page.get_by_text("Two months after 10 March")
    expect(plain).to_be_hidden()

    page.get_by_text("The same without the planner").click()

    expect(plain).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{address}/{PLANNER}.en.html#count")
    expect(plain).to_be_visible()


def test_an_unknown_tool_leaves_its_text_alone(page, address):
    page.goto(f"{address}/{NOTE}.en.html")
    page.locator(".tp-tool[data-ready=yes]").wait_for()

    page.evaluate(
        """async () => { document.querySelector("#rest").outerHTML =
        '<div class="tp-tool" data-tool="toString" id="rest">Text.</div>';
        await (await import("/assets/guide-tools.js")).start(); }"""
    )

    assert page.locator("#rest").inner_html() == "Text."


# The note


def note(page):
    return page.locator("textarea")


def test_a_note_is_written_from_answers(opened):
    page = opened(NOTE)

    page.get_by_label("Greeting").select_option("Hello")
    page.get_by_label("Their name").fill(" Ms Weber ")
    page.get_by_label("Which job").fill("the night nurse (m/f/d)")
    page.get_by_label("I was in the last round with them").check()
    page.get_by_label("One thing you learnt").fill("you plan every shift together")
    page.get_by_label("I am disappointed").check()
    page.get_by_label("They may ring me").check()
    page.get_by_label("Your number").fill("0121 496 0123")
    page.get_by_label("Your name").fill("Jo Li")

    expect(note(page)).to_have_value(
        "Hello Ms Weber,\n\n"
        "Thank you for telling me how you decided on the role of night nurse. Thank you, too, for the time that you "
        "and your colleagues gave me, right up to the last round.\n\n"
        "You plan every shift together.\n\n"
        "Of course I am disappointed: I would have liked to do this job. If anything changes, I would be glad to get "
        "a call. My number is 0121 496 0123.\n\n"
        "Kind regards,\nJo Li"
    )


def test_a_german_note_speaks_as_the_page_does(opened):
    page = opened(NOTE, "de")
    page.get_by_label("Anrede").select_option("Sehr geehrte Frau")
    page.get_by_label("Name", exact=True).fill("Frau Weber")
    page.get_by_label("Welche Stelle").fill("Pflegekraft (m/w/d)")
    page.get_by_label("Ich würde dort weiterhin gern arbeiten").check()
    page.get_by_label("Ihr Name").fill("Jo Li")

    expect(note(page)).to_have_value(
        "Sehr geehrte Frau Weber,\n\n"
        "vielen Dank für Ihre Nachricht zur Stelle als Pflegekraft. Danke auch für das Gespräch und für die Zeit, "
        "die Sie sich dafür genommen haben.\n\n"
        "Ich würde weiterhin gern bei Ihnen arbeiten.\n\n"
        "Mit freundlichen Grüßen\nJo Li"
    )

    page = opened(NOTE, "de-informal")
    page.get_by_label("Name", exact=True).fill("Ana")
    page.get_by_label("Dein Name").fill("Jo")
    expect(note(page)).to_have_value(
        "Hallo Ana,\n\ndanke für deine Nachricht. Danke auch für das Gespräch und für die Zeit, die du dir dafür "
        "genommen hast.\n\nViele Grüße\nJo"
    )


# Every situation with every set of ticks; the texts all there, all missing, and each missing alone.
COMBINE = """((form) => {
  const notes = [];
  const ticks = ["told", "kind", "disappointed", "interested", "call"];
  const texts = { name: "Ana", job: "Nurse", learnt: "it was good", others: "Tom", phone: "0121", from: "Jo" };
  const empty = Object.fromEntries(Object.keys(texts).map((name) => [name, ""]));
  const given = [texts, empty, ...Object.keys(texts).map((name) => ({ ...texts, [name]: "" }))];
  for (const situation of m.SITUATIONS)
    for (const some of given)
      for (let bits = 0; bits < 2 ** ticks.length; bits++) {
        const answers = { situation, greeting: "Dear", ...some };
        ticks.forEach((name, at) => { answers[name] = Boolean(bits & (1 << at)) });
        notes.push([answers, m.writeNote(answers, form)]);
      }
  return notes;
})(v[0])"""

SAID = {
    "disappointed": r"disappointed|enttäuscht",
    "interested": r"still like to work|still interested|weiterhin",
    "call": r"get a call|Anruf\.",
    "kind": r"courteous and kind|freundlich zu mir",
    "job": r"Nurse",
    "learnt": r"It was good\.",
    "others": r"\bTom\b",
    "from": r"Jo$",
    "phone": r"0121",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_note_reads_well_in_every_combination_and_says_nothing_that_was_not_answered(opened, form):
    notes = in_module(opened(NOTE), "note", COMBINE, form)

    wrong = []
    for answers, text in notes:
        paragraphs = text.split("\n\n")
        clean = (
            not re.search(r"undefined|null|\[|\]|  |\.\.| [.,]|,,|\n\n\n|false|true", text)
            and all(re.search(r"[.,]$", part) for part in paragraphs[:-1])
            and all(
                re.match(r"[A-ZÄÖÜ]", part) for at, part in enumerate(paragraphs) if at != 1 or form == "en"
            )
        )
        more = [name for name, words in SAID.items() if not answers[name] and re.search(words, text)]
        less = [
            name
            for name in ("job", "kind", "learnt", "others", "from")
            if answers[name] and not re.search(SAID[name], text)
        ]
        more += ["a number for no call"] if "0121" in text and not answers["call"] else []
        knows = answers["situation"] == "called" or answers["told"]
        if answers["situation"] == "gone" or not knows:
            more += [name for name in ("disappointed", "call", "phone") if re.search(SAID[name], text)]
        else:
            less += [
                name
                for name in ("disappointed", "interested", "call")
                if answers[name] and not re.search(SAID[name], text)
            ]
        if more or less or not clean:
            wrong.append((answers, text, more, less))
    assert len(notes) == 6 * 8 * 2**5
    assert wrong == []


def test_what_a_situation_leaves_out_is_not_asked(opened):
    page = opened(NOTE)
    page.get_by_label("I am disappointed").check()

    page.get_by_label("I am no longer interested in the job").check()

    expect(page.get_by_label("I am disappointed")).to_be_hidden()
    expect(page.get_by_label("I would still like to work there")).to_be_hidden()
    expect(page.get_by_label("They may ring me")).to_be_hidden()
    assert "disappointed" not in note(page).input_value()


def test_a_note_changed_by_hand_stays_until_it_is_asked_for_anew(opened):
    page = opened(NOTE)
    note(page).fill("My own words.")

    page.get_by_label("Your name").fill("Jo")

    expect(note(page)).to_have_value("My own words.")
    expect(page.get_by_role("status")).to_contain_text("by hand")
    page.get_by_role("button", name="Write it again").click()
    expect(note(page)).to_have_value(re.compile("Kind regards,\nJo$"))
    expect(page.get_by_role("button", name="Write it again")).to_be_hidden()


def test_typing_keeps_the_focus_and_is_reported_once_it_stops(opened, page):
    page.clock.install(time=0)
    opened(NOTE)
    page.clock.pause_at(3_600_000)
    field = page.get_by_label("Your name")
    field.focus()

    page.keyboard.type("Jo Li")

    expect(field).to_be_focused()
    assert page.get_by_role("status").text_content() == ""
    page.clock.run_for(1000)
    expect(page.get_by_role("status")).to_contain_text("up to date")


def test_a_note_is_copied_and_where_that_is_forbidden_selected(opened, context):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(NOTE)
    page.get_by_role("button", name="Copy the note").click()
    expect(page.get_by_role("status")).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == note(page).input_value()

    page.evaluate(
        "() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false }"
    )
    page.get_by_role("button", name="Copy the note").click()

    expect(page.get_by_role("status")).to_contain_text("Press Ctrl+C")
    selected = "(area) => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert note(page).evaluate(selected) == note(page).input_value()


def test_the_mail_link_carries_the_note_with_subject_and_lines(opened):
    page = opened(NOTE)
    page.get_by_label("Which job").fill("R&D, 100 % = fun?")
    link = page.get_by_role("link", name="Open in your mail program")

    parts = page.evaluate("(at) => Object.fromEntries(new URL(at).searchParams)", link.get_attribute("href"))

    assert parts["subject"] == "Thank you (R&D, 100 % = fun?)"
    assert parts["body"] == note(page).input_value().replace("\n", "\r\n")


def test_start_again_forgets_everything(opened):
    page = opened(NOTE)
    fresh = note(page).input_value()
    page.get_by_label("Their name").fill("Ana")
    page.get_by_label("I am disappointed").check()
    note(page).fill("Mine.")

    page.get_by_role("button", name="Start again").click()

    expect(note(page)).to_have_value(fresh)
    expect(page.get_by_label("Their name")).to_have_value("")
    expect(page.get_by_label("I am disappointed")).not_to_be_checked()
    expect(page.get_by_label("Greeting")).to_be_focused()


# The planner


PLAN = """(() => { const day = m.readDay; const made = m.plan({ outcome: day(v[0]), starts: day(v[1]), probation: v[2],
  today: day(v[3]) }); return { ...made, ends: made.ends && m.writeDay(made.ends),
  steps: made.steps.map((one) => [m.writeDay(one.date), ...one.covers]) }; })()"""


def test_months_are_added_and_kept_inside_the_month(opened):
    later = in_module(
        opened(PLANNER),
        "plan",
        "v.map(([day, months]) => m.writeDay(m.addMonths(m.readDay(day), months)))",
        ["2026-11-30", 3],
        ["2027-11-30", 3],
        ["2026-12-31", 2],
        ["2026-08-31", 6],
        ["2026-10-31", 24],
        ["2026-01-15", 12],
    )

    assert later == ["2027-02-28", "2028-02-29", "2027-02-28", "2027-02-28", "2028-10-31", "2027-01-15"]


def test_dates_move_from_the_weekend_to_monday(opened):
    # 10 May 2026 is a Sunday; 10 June a Wednesday; 10 September a Thursday.
    made = in_module(opened(PLANNER), "plan", PLAN, "2026-03-10", None, None, "2026-03-10")

    assert made["steps"] == [["2026-05-11", "two"], ["2026-06-10", "three"], ["2026-09-10", "six"]]
    # 9 May 2026 is a Saturday, which leaves 29 days to 9 June.
    made = in_module(opened(PLANNER), "plan", PLAN, "2026-03-09", None, None, "2026-03-09")
    assert made["steps"] == [["2026-05-11", "two", "three"], ["2026-09-09", "six"]]


def test_the_end_of_the_probation_takes_in_what_lies_near(opened):
    made = in_module(opened(PLANNER), "plan", PLAN, "2026-03-10", "2026-04-01", 6, "2026-03-10")

    assert made["ends"] == "2026-09-30"
    assert made["steps"] == [
        ["2026-05-11", "two"],
        ["2026-06-10", "three"],
        ["2026-09-16", "probation", "six"],
    ]


def test_the_last_day_of_a_probation_is_the_one_before_its_day_or_the_end_of_a_month_without_it(opened):
    ends = in_module(
        opened(PLANNER),
        "plan",
        "v.map(([day, months]) => m.writeDay(m.lastDay(m.readDay(day), months)))",
        ["2027-01-01", 3],
        ["2027-01-15", 6],
        ["2027-01-31", 3],
        ["2026-11-30", 3],
        ["2027-11-30", 3],
        ["2026-12-31", 3],
    )

    assert ends == ["2027-03-31", "2027-07-14", "2027-04-30", "2027-02-28", "2028-02-29", "2027-03-30"]


def test_two_dates_of_a_short_month_become_one(opened):
    made = in_module(opened(PLANNER), "plan", PLAN, "2026-12-15", None, None, "2026-12-15")

    assert made["steps"] == [["2027-02-15", "two", "three"], ["2027-06-15", "six"]]


def test_what_has_passed_is_counted_and_left_out(opened):
    made = in_module(opened(PLANNER), "plan", PLAN, "2026-03-10", None, None, "2026-06-10")

    assert [step[0] for step in made["steps"]] == ["2026-06-10", "2026-09-10"]
    assert made["past"] == 1


def test_a_date_that_has_passed_takes_in_none_that_is_to_come(opened):
    made = in_module(opened(PLANNER), "plan", PLAN, "2027-01-25", "2026-12-31", 3, "2027-03-20")

    assert made["steps"] == [["2027-03-25", "two"], ["2027-04-26", "three"], ["2027-07-26", "six"]]
    assert made["past"] == 1


def test_no_plan_has_a_weekend_or_two_dates_within_30_days(opened):
    wrong = in_module(
        opened(PLANNER),
        "plan",
        """(() => { const wrong = []; const from = m.readDay("2027-01-01");
        for (let at = 0; at < 1461; at++) for (const probation of [null, 1, 3, 6, 12]) {
          const outcome = m.addDays(from, at);
          const { steps } = m.plan({ outcome, starts: m.addDays(outcome, 20), probation, today: outcome });
          const names = steps.flatMap((one) => one.covers).length;
          const near = steps.some((one, i) => i && one.date - steps[i - 1].date < 30 * 86400000);
          const weekend = steps.some((one) => [0, 6].includes(one.date.getUTCDay()));
          if (near || weekend || names !== (probation ? 4 : 3)) wrong.push([m.writeDay(outcome), probation]);
        } return wrong; })()""",
    )

    assert wrong == []


def test_what_is_no_day_is_none(opened):
    texts = ["2026-02-30", "2026-13-01", "26-01-01", "", "2026-1-1", "x", None]

    assert in_module(opened(PLANNER), "plan", "v.map(m.readDay)", *texts) == [None] * len(texts)


def saved(page, name):
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_dates_are_worked_out_and_saved_as_a_calendar(opened):
    page = opened(PLANNER)
    page.get_by_label("The day you heard").fill("2097-03-10")
    page.get_by_label("Company or job").fill("Weber; Söhne, “Nacht”\\Schicht 🌙 " + "sehr lang " * 16)
    page.get_by_label("The day the new person starts").fill("2097-04-01")
    page.get_by_label("Length of the probation").fill("6")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 dates.")

    name, content = saved(page, "Save for your calendar")

    assert name == "follow-up.ics"
    lines = content.split(b"\r\n")
    assert lines[-1] == b""
    assert not any(b"\n" in line or b"\r" in line or len(line) > 75 for line in lines)
    assert all(line.decode("utf-8") for line in lines[:-1]), "no line is cut inside a character"
    calendar = Calendar.from_ical(content)
    events = calendar.walk("VEVENT")
    assert [event["DTSTART"].dt for event in events] == [
        dt.date.fromisoformat(day)
        for day in page.locator("time").evaluate_all("(all) => all.map((one) => one.dateTime)")
    ]
    assert all(event["DTEND"].dt - event["DTSTART"].dt == dt.timedelta(days=1) for event in events)
    assert all("Weber; Söhne, “Nacht”\\Schicht 🌙 sehr lang" in event["SUMMARY"] for event in events)
    assert len({event["UID"] for event in events}) == len(events) == 3
    assert all(event["DTSTAMP"].dt.tzinfo for event in events)
    assert "30 September 2097." in events[-1]["DESCRIPTION"]
    assert [alarm["TRIGGER"].dt for alarm in calendar.walk("VALARM")] == [dt.timedelta(hours=9)] * 3
    assert calendar.errors == [] == [error for event in events for error in event.errors]
    expect(page.get_by_role("status")).to_contain_text("saved")


HOSTILE = "Line one\r\nLine two\nBEGIN:VEVENT\rEND:VCALENDAR;,\\,;\u2028x\u0007\ty " + "äöü🙂e\u0301" * 60


def test_hostile_text_survives_the_calendar_and_breaks_nothing(opened):
    page = opened(PLANNER)

    text = in_module(
        page,
        "calendar",
        "m.calendar([{ date: new Date(Date.UTC(2028, 1, 29)), title: v[0], text: v[0] }], { now: new Date(0), language: 'de' })",
        HOSTILE,
    )

    (event,) = Calendar.from_ical(text).walk("VEVENT")
    meant = (
        HOSTILE.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u0007", " ")
        .replace("\t", " ")
    )
    assert str(event["SUMMARY"]) == str(event["DESCRIPTION"]) == meant
    assert event["SUMMARY"].params["LANGUAGE"] == "de"
    assert event["DTSTART"].dt == dt.date(2028, 2, 29)
    assert event["DTEND"].dt == dt.date(2028, 3, 1)
    assert event["DTSTAMP"].dt == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert text.count("BEGIN:VEVENT\r\n") == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_german_plan_is_german_to_the_calendar(opened):
    page = opened(PLANNER, "de")
    page.get_by_label("Der Tag, an dem Sie die Absage bekommen haben").fill("2097-03-10")

    page.get_by_role("button", name="Termine ausrechnen").click()

    expect(page.get_by_role("status")).to_have_text("3 Termine.")
    expect(page.get_by_role("listitem").nth(1)).to_contain_text("Montag, 10. Juni 2097")
    name, content = saved(page, "Für den Kalender speichern")
    assert name == "wieder-melden.ics"
    events = Calendar.from_ical(content).walk("VEVENT")
    assert str(events[0]["SUMMARY"]) == "Wieder melden: nach zwei Monaten"
    assert "Schreiben Sie" in events[0]["DESCRIPTION"]
    opened(PLANNER, "de-informal")
    page.get_by_label("Der Tag, an dem du die Absage bekommen hast").fill("2097-03-10")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").first).to_contain_text("Schreib eine kurze Nachricht")


@pytest.mark.parametrize(
    ("given", "wrong", "message"),
    [
        ({}, "The day you heard", "Give the day you heard"),
        ({"The day you heard": "1999-12-31"}, "The day you heard", "between 2000 and 2099"),
        (
            {"The day you heard": "2026-03-10", "Length of the probation": "three"},
            "Length of the probation",
            "Give whole months",
        ),
        (
            {"The day you heard": "2026-03-10", "Length of the probation": "0"},
            "Length of the probation",
            "from 1 to 24",
        ),
        (
            {"The day you heard": "2026-03-10", "Length of the probation": "6"},
            "The day the new person starts",
            "leave both",
        ),
        (
            {"The day you heard": "2026-03-10", "The day the new person starts": "2026-05-01"},
            "Length of the probation",
            "leave both",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_which_gets_the_focus(opened, axe, given, wrong, message):
    page = opened(PLANNER)
    for label, value in given.items():
        page.get_by_label(label).fill(value)

    page.get_by_role("button", name="Work out the dates").click()

    field = page.get_by_label(wrong)
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(re.compile(message))
    assert field.get_attribute("aria-invalid") == "true"
    expect(page.get_by_role("listitem")).to_have_count(0)
    axe(page)
    page.get_by_label("The day you heard").fill("2097-03-10")
    page.get_by_label("The day the new person starts").fill("2097-05-01")
    page.get_by_label("Length of the probation").fill("3")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    expect(page.get_by_role("listitem").first).to_be_visible()


def test_half_a_date_is_no_date(opened):
    page = opened(PLANNER)
    page.get_by_label("The day you heard").focus()
    page.keyboard.type("10")

    page.keyboard.press("Enter")

    expect(page.get_by_label("The day you heard")).to_have_accessible_description(
        re.compile("Give the whole date")
    )


def test_when_every_date_has_passed_it_says_so(opened):
    page = opened(PLANNER)
    page.get_by_label("The day you heard").fill("2020-03-10")

    page.get_by_role("button", name="Work out the dates").click()

    expect(page.get_by_role("status")).to_contain_text("All these dates have passed")
    expect(page.get_by_role("button", name="Save for your calendar")).to_have_count(0)


def test_a_plan_is_made_and_saved_by_keyboard_alone(opened):
    page = opened(PLANNER)
    page.keyboard.press("Tab")
    expect(page.get_by_label("The day you heard")).to_be_focused()
    page.keyboard.type("10032097")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Work out the dates":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("3 dates.")

    page.keyboard.press("Tab")
    with page.expect_download() as download:
        page.keyboard.press("Space")

    assert len(Calendar.from_ical(download.value.path().read_bytes()).walk("VEVENT")) == 3


# The checklist


def test_entries_become_ticks_that_are_counted(opened):
    page = opened(CHECKLIST)
    expect(page.get_by_role("checkbox")).to_have_count(4)
    expect(page.get_by_role("status")).to_have_text("0 of 4 done")

    page.get_by_label("Your number works.").check()
    page.get_by_text("one manager").click()

    expect(page.get_by_role("status")).to_have_text("2 of 4 done")
    page.get_by_label("You look for mail.").check()
    page.get_by_label("one abroad").press("Space")
    expect(page.get_by_role("status")).to_have_text("All 4 done. You are ready.")


def test_ticks_are_still_there_the_next_time_until_they_are_cleared(opened):
    page = opened(CHECKLIST, "de")
    page.get_by_label("one abroad").check()

    opened(CHECKLIST, "de")
    expect(page.get_by_label("one abroad")).to_be_checked()
    expect(page.get_by_role("status")).to_have_text("1 von 4 erledigt")
    page.get_by_role("button", name="Alle Haken löschen").click()

    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0
    opened(CHECKLIST, "de")
    expect(page.get_by_role("status")).to_have_text("0 von 4 erledigt")


def test_without_storage_the_ticks_work_and_the_page_says_that_they_go(opened, context):
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    page = opened(CHECKLIST)

    page.get_by_label("one abroad").check()

    expect(page.get_by_role("status")).to_have_text("1 of 4 done")
    expect(page.get_by_text("gone when you close the page")).to_be_visible()


def test_what_somebody_else_left_in_the_storage_is_no_trouble(opened, context):
    context.add_init_script("localStorage.setItem('talentpool-checklist-en', '{\"a\": [')")

    expect(opened(CHECKLIST).get_by_role("status")).to_have_text("0 of 4 done")


def test_the_list_is_printed_alone_with_its_heading(opened):
    page = opened(CHECKLIST)
    page.evaluate("() => { window.print = () => { window.asked = true } }")

    page.get_by_role("button", name="Print the list").click()

    assert page.evaluate("window.asked")
    page.emulate_media(media="print")
    expect(page.get_by_role("checkbox").first).to_be_visible()
    expect(page.get_by_role("heading", name="The sheet")).to_be_visible()
    for gone in (
        page.locator("#rest"),
        page.locator("h1"),
        page.locator(".tp-buttons"),
        page.get_by_role("status"),
    ):
        expect(gone).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#rest")).to_be_visible()
    assert page.locator("[class*=tp-print]").count() == 0
