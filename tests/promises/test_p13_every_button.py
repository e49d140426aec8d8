"""P13, every button of every staff page: what the page announces against what then goes, to whom, when, in which language."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from flask_talentpool.enums import HoldReason
from flask_talentpool.letters.texts.queries import language_name
from tests.promises.pressing import LATER, NOW, Stage
from tests.promises.staging import braked, fill_stage, paused
from tests.support.smtp import SmtpServer

ROUND = timedelta(minutes=1)
ALSO = 2

# What the pages open, others trace.
pytestmark = pytest.mark.untraced


@dataclass(frozen=True)
class Button:
    """How a button is pressed: in which states, and with what typed before."""

    typed: tuple[dict[str, str], ...] = ({},)
    also: tuple[dict[str, str], ...] = ()
    """What is typed as well, but only in the first two states."""
    of: str = "says"
    """Pressed "once", or for each thing it "says"; also for each "state" of what it is about, or that and its "reason"."""


PLAIN = Button()
STATES = Button(of="state")
REASONS = Button(of="reason")
LINE = {"line": "You explained the queue so that all of us saw it."}
ZEILE = {"line": "Sie haben uns die Warteschlange so erklärt, dass alle sie verstanden haben."}

TABLE: dict[tuple[str, str], Button] = {
    ("application_preview", ""): Button(of="once"),
    ("application_write", ""): PLAIN,
    ("bench_order", ""): Button(({"finish-": "7"},)),
    ("bulk_confirm", ""): REASONS,
    ("bulk_go_on", ""): STATES,
    ("bulk_start", ""): PLAIN,
    ("bulk_stop", ""): PLAIN,
    ("bulk_undo", ""): STATES,
    ("decision_all_the_same", ""): REASONS,
    ("decision_ask", ""): Button(({"name": "Cora", "address": "cora@host.test"},)),
    ("decision_confirm", ""): PLAIN,
    ("decision_correct", ""): PLAIN,
    ("decision_corrected", ""): PLAIN,
    ("decision_feedback_read", "says=back"): PLAIN,
    ("decision_feedback_read", "says=share"): PLAIN,
    ("decision_grid_save", ""): PLAIN,
    ("decision_no_line", ""): REASONS,
    ("decision_send_now", ""): REASONS,
    ("decision_stand", ""): PLAIN,
    ("decision_take_back", ""): Button(({"why": "The wrong row."},), of="state"),
    ("decision_told", ""): Button(({"channel": "phone"}, {"channel": "phone", "short": "1"}), of="state"),
    ("decision_told_together", ""): PLAIN,
    ("decision_write", ""): Button(
        (LINE,), also=({}, {"finish": "7"}, {"note": "Knows queues."}), of="reason"
    ),
    ("enquire", ""): Button((LINE, {})),
    ("enquire", "look=1"): Button((LINE,)),
    ("hire_left", ""): PLAIN,
    ("hire_never_started", ""): PLAIN,
    ("hire_undo", ""): PLAIN,
    ("hires_still_here", ""): PLAIN,
    ("incoming_answered", ""): PLAIN,
    ("incoming_erase", ""): PLAIN,
    ("incoming_give", ""): PLAIN,
    ("incoming_lift", ""): PLAIN,
    ("incoming_not_answered", ""): PLAIN,
    ("incoming_read", ""): PLAIN,
    ("incoming_unread", ""): PLAIN,
    ("incoming_works_again", ""): PLAIN,
    ("invite", ""): Button((LINE, {})),
    ("invite", "look=1"): Button((LINE,)),
    ("letter_approve", ""): REASONS,
    ("letter_arrived", ""): PLAIN,
    ("letter_hold", ""): REASONS,
    ("letter_send_again", ""): REASONS,
    ("look_go_on", ""): PLAIN,
    ("mail_try_again", ""): PLAIN,
    ("member_end", ""): PLAIN,
    ("one_person", ""): PLAIN,
    ("one_person_undo", ""): PLAIN,
    ("opening_not_again", ""): PLAIN,
    ("opening_put_back", ""): PLAIN,
    ("person_tag", ""): Button(({"name": "queues"},)),
    ("person_untag", ""): PLAIN,
    ("pool_create", ""): Button(({"name": "Queues"},)),
    ("rang", "said=accepted"): PLAIN,
    ("rang", "said=declined"): PLAIN,
    ("rang", "said=not_now"): PLAIN,
    ("recall_open", ""): PLAIN,
    ("recall_opened", ""): PLAIN,
    ("recall_seen", ""): PLAIN,
    ("recall_to_pool", ""): PLAIN,
    ("recall_to_pool_undo", ""): PLAIN,
    ("recall_withdraw", ""): STATES,
    ("same_person", ""): PLAIN,
    ("someone_else", ""): PLAIN,
    ("still_open", ""): PLAIN,
    ("text_preview", ""): PLAIN,
    ("text_restore", ""): PLAIN,
    ("text_save", ""): Button(({"note": "New words."},)),
    ("text_test", ""): PLAIN,
    ("turn_down", ""): PLAIN,
    ("turn_down", "all=1"): PLAIN,
    ("two_persons", ""): PLAIN,
}
"""Every button, by what it posts to and what its own name and value say; wording may change."""


class Theatre:
    """One world that everything stands in, two in which letters wait for one mark, and every button in them."""

    def __init__(self, folder):
        with SmtpServer() as server:
            template = folder / "template.db"
            inside = fill_stage(f"sqlite:///{template}", server)
        self.stages = {}
        self.presses = []
        for name, but in (("", None), ("paused", paused), ("braked", braked)):
            place = folder / (name or "usual")
            place.mkdir()
            stage = self.stages[name] = Stage(place, template, inside, but=but)
            pages = stage.pages() if but is None else [("admin", "index", "/talent-pool/")]
            known = {press.key for _, press in self.presses}
            self.presses += [
                (name, press) for press in stage.found(pages) if press.key not in known or not name
            ]

    def of(self, key):
        """Return one press of this button for each state of what it is about, and each thing that is said of it."""
        found = {}
        for name, press in self.presses:
            said = tuple((kind, _shape(text)) for kind, text, _ in press.says)
            # Held for whatever reason is one state.
            state = re.sub(r"held \w+", "held", press.about) if TABLE[key].of == "state" else press.about
            if press.key == key:
                of = {"once": (), "says": (said,)}.get(TABLE[key].of, (said, state))
                found.setdefault(of, (self.stages[name], press))
        return list(found.values())

    def with_typed(self, stage, press, typed):
        """Return the button as the page has it once it has shown what is typed, where it shows that."""
        shows = (one for _, one in self.presses if one.endpoint == "application_preview")
        preview = next((one for one in shows if (one.at, one.role) == (press.at, press.role)), None)
        return stage.shown(press, preview, typed) if preview and "write" in press.endpoint else press

    def close(self):
        for stage in self.stages.values():
            stage.close()


def _shape(text):
    """Return a sentence without what differs from one person to the next."""
    return re.sub(r"\S+@\S+|\d[\d,:.]*|[A-Z]\w+ (North|South)\w+", "#", text)


@pytest.fixture(scope="session")
def theatre(tmp_path_factory):
    made = Theatre(tmp_path_factory.mktemp("every-button"))
    yield made
    made.close()


def test_every_button_of_every_staff_page_is_described_here(theatre):
    found = {press.key for _, press in theatre.presses}

    assert found - set(TABLE) == set()
    assert set(TABLE) - found == set()


@pytest.mark.parametrize("key", sorted(TABLE), ids=lambda key: " ".join(key).strip())
def test_what_a_button_announces_is_what_happens(theatre, key):
    faults = []
    button = TABLE[key]
    for number, (stage, press) in enumerate(theatre.of(key)):
        for typed in (*button.typed, *(button.also if number < ALSO else ())):
            if typed is LINE and any("in German" in text for _, text, _ in press.says):
                typed = ZEILE  # noqa: PLW2901 (the same, in the language of the letter)
            says = _about(theatre.with_typed(stage, press, typed), typed)
            if "short" in typed and not says:
                continue
            times = [at for _, _, moments in says for at in moments if at > NOW]
            moments = tuple(sorted({NOW, *(times or LATER), *(at - ROUND for at in times), LATER[-1]}))
            answer, went = stage.pressed(press, moments, **typed)
            alone = stage.alone(moments)
            wrong = next(_wrong(stage, says, moments, went, alone), "")
            if wrong or answer.status_code >= 500:
                faults.append(
                    f"{wrong or answer.status}\n{press.text!r} of {press.about or press.url} on {press.page}"
                    f"\ntyped {typed}, {answer.status}\nsaid {[one[:2] for one in says]}"
                )
    assert not faults, "\n\n".join(faults)


def _about(press, typed):
    """Return what is said of a press with this typed: of the short letter only where it is asked for."""
    if press.endpoint != "decision_told":
        return [(kind, f"{text} {typed.get('address', '')}", times) for kind, text, times in press.says]
    is_offered = any(kind == "goes" for kind, _, _ in press.says)
    return [
        one
        for one in press.says
        if ("short" in typed and is_offered) or ("short" not in typed and one[0] != "goes")
    ]


def _wrong(stage, says, moments, went, alone):
    """Yield what went, or did not, other than announced."""
    more, less = went - alone, alone - went
    # A reason to hold it says why it waits: it goes no sooner than said, if at all.
    waits = {kind for kind, _, _ in says if kind in set(HoldReason)}
    kinds = {kind for kind, _, _ in says} & {"goes", "drops", "moves", "frees"} | (
        {"waits"} if waits else set()
    )
    said = " ".join(text for _, text, _ in says)
    both = {mail.place for mail in more} & {mail.place for mail in less}
    # Others may be named in a letter that goes as it would have gone.
    new = [mail for mail in more if mail.place not in both]
    gone = [mail for mail in less if mail.place not in both]
    moved = {mail.to for mail in new}
    if not kinds and (new or gone):
        yield f"it says nothing of {new or gone}"
    if kinds == {"drops"} and new:
        yield f"it sends {new}"
    if kinds == {"moves"} and moved != {mail.to for mail in gone}:
        yield f"it moves {new} from {gone}"
    if kinds and kinds <= {"goes", "frees"} and {mail.to for mail in gone} - moved:
        yield f"it drops {gone}"
    if "goes" in kinds and not more and not any(mail.to in said for mail in went):
        yield "nothing went"
    if kinds & {"goes", "frees", "waits"}:
        yield from (fault for mail in new if (fault := _not_as_said(stage, said, says, moments, mail)))


def _not_as_said(stage, said, says, moments, mail):
    to_them = "in their language" in said or "in its own language" in said
    if mail.to not in said and not to_them:
        return f"{mail.to} is not named"
    if language_name(mail.language) not in said and not (to_them and stage.person(mail)):
        return f"{mail} is not in the language said"
    times = [at for kind, _, moments in says if kind not in ("drops", "moves") for at in moments]
    expected = [min(one for one in moments if one >= at) for at in times]
    if times and mail.at not in expected:
        return f"{mail} goes at another time than {times}"
    next_round = NOW if "within office hours" not in said else LATER[0]
    if "next round" in said and not times and mail.at != next_round:
        return f"{mail} does not go with the next round"
    return ""
