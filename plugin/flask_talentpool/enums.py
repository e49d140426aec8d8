"""The vocabulary of states, roles of text and kinds that is stored, shown and configured."""

from enum import StrEnum


class StageReached(StrEnum):
    """How far an application came before its outcome."""

    APPLIED = "applied"
    SCREENED = "screened"
    INTERVIEWED = "interviewed"
    FINALIST = "finalist"


def stage_rank(stage: str) -> int:
    """Return how far a stage lies, to order by; one that this version does not know comes before all."""
    return _STAGES.index(stage) if stage in _STAGES else -1


_STAGES = tuple(StageReached)


class Mode(StrEnum):
    """How an outcome letter leaves: by itself, after a person's approval, or not at all."""

    AUTO = "auto"
    REVIEW = "review"
    PERSONAL = "personal"
    OFF = "off"


class FormOfAddress(StrEnum):
    """How a letter addresses a person, in languages that tell the two apart."""

    FORMAL = "formal"
    INFORMAL = "informal"


class OutcomeLetters(StrEnum):
    """Who writes the outcome letters: this extension or the host."""

    OURS = "ours"
    HOST = "host"


class Outcome(StrEnum):
    """How one application ended."""

    REJECTED = "rejected"
    HIRED = "hired"
    WITHDRAWN = "withdrawn"
    OFFER_DECLINED = "offer_declined"


class DecisionState(StrEnum):
    """Whether a decision still stands."""

    LIVE = "live"
    BASELINE = "baseline"
    TAKEN_BACK = "taken_back"
    SUPERSEDED = "superseded"
    FORGOTTEN = "forgotten"


class Door(StrEnum):
    """What a decision promises: a place in a pool, a way to ask for one, or no way back."""

    OPEN = "open"
    UNLATCHED = "unlatched"
    CLOSED = "closed"


class LetterState(StrEnum):
    """Where a letter is on its way out."""

    HELD = "held"
    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    CANCELLED = "cancelled"


class LetterKind(StrEnum):
    """What a letter is about."""

    OUTCOME = "outcome"
    CONFIRMATION = "confirmation"
    """What was said by phone or in person, in writing."""
    CORRECTION = "correction"
    """A decision the person was told of no longer stands."""
    PROGRESS = "progress"
    """Still open; we write again by a date."""
    RECALL = "recall"
    COLLEAGUE = "colleague"
    """To somebody on the hiring side: a reminder, a question, the morning mail."""


class MemberState(StrEnum):
    """How firm a person's place in a pool is."""

    NOTED = "noted"
    OFFERED = "offered"
    MEMBER = "member"
    PAUSED = "paused"
    ENDED = "ended"


class RecallState(StrEnum):
    """How far an invitation back to a job has come."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NOT_NOW = "not_now"
    OPENED = "opened"
    HIRED = "hired"
    RELEASED = "released"
    """The new process ended otherwise."""
    NO_ANSWER = "no_answer"
    CLOSED = "closed"


class HoldReason(StrEnum):
    """Why a letter is held, cancelled or failed, or why a decision's letter waits for a person."""

    WHO_WRITES = "who_writes"
    SETTINGS = "settings"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    NO_NAME = "no_name"
    TEXT = "text"
    REVIEW = "review"
    HOST_WRITES = "host_writes"
    TOLD_BEFORE = "told_before"
    LATE = "late"
    NEVER_POOL = "never_pool"
    INTERNAL = "internal"
    IDENTITY = "identity"
    ROW_GONE = "row_gone"
    HIDDEN = "hidden"
    BEFORE_START = "before_start"
    IMPORTED = "imported"
    AFTER_A_PAUSE = "after_a_pause"
    RESTORED = "restored"
    BY_HAND = "by_hand"
    PLACE_ENDED = "place_ended"
    SIGNED_ANEW = "signed_anew"
    PERSONAL = "personal"
    FEEDBACK = "feedback"
    OFFER_OPEN = "offer_open"
    OFFER_FELL = "offer_fell"
    OFFER_IN_HAND = "offer_in_hand"
    CAME_BACK = "came_back"
    CHECK = "check"
    RETURNED = "returned"
    REPLY_UNREAD = "reply_unread"
    SAME_JOB_HIRED = "same_job_hired"
    SAME_JOB_OFFER = "same_job_offer"
    SAME_JOB_INTERVIEW = "same_job_interview"
    SAME_JOB_OPEN = "same_job_open"
    SAME_JOB_TOLD = "same_job_told"
    SAME_JOB_FIRST = "same_job_first"
    HIRED_ELSEWHERE = "hired_elsewhere"
    LETTER_TODAY = "letter_today"
    TOGETHER = "together"

    TAKEN_BACK = "taken_back"
    HOST_SAYS_OTHERWISE = "host_says_otherwise"
    TOLD_ELSEWHERE = "told_elsewhere"
    TOLD_TOGETHER = "told_together"
    RECALL_CLOSED = "recall_closed"
    LEFT_POOL = "left_pool"
    OBJECTED = "objected"
    FORGOTTEN = "forgotten"
    STALE = "stale"
    ANSWERED = "answered"

    SERVER_REFUSED = "server_refused"
    TRIES_SPENT = "tries_spent"
    NO_ANSWER = "no_answer"

    @property
    def sentence(self) -> str:
        """What a recruiter reads about it, with the remedy."""
        return _SENTENCES[self]


def sentence_of(because: str) -> str:
    """Return what a recruiter reads about a stored reason; one that this version does not know as it is."""
    return _SENTENCES.get(HoldReason(because), because) if because in _REASONS else because


_REASONS = frozenset(HoldReason)
_SENTENCES = {
    HoldReason.WHO_WRITES: "Nobody has said yet who writes outcome letters. Set TALENTPOOL_OUTCOME_LETTERS to “ours” or “host”.",
    HoldReason.SETTINGS: "A setting that letters need is missing or cannot be used.",
    HoldReason.NO_ADDRESS: "No address: the candidate has no e-mail. Tell the person another way and mark it as told.",
    HoldReason.BAD_ADDRESS: "The e-mail address cannot be used. Mend it on the candidate’s page; the letter then goes by itself.",
    HoldReason.NO_NAME: "The candidate has no name. Add it on the candidate’s page; the letter then goes by itself.",
    HoldReason.TEXT: "The text could not be written.",
    HoldReason.REVIEW: "Waits for somebody to read and approve it.",
    HoldReason.HOST_WRITES: "Your ATS writes the outcome itself. This note goes only if somebody approves it.",
    HoldReason.TOLD_BEFORE: "This person was told an outcome for this application before. Read the letter, then approve it.",
    HoldReason.LATE: "Decided long ago. Read the letter, then approve it or mark the person as told.",
    HoldReason.NEVER_POOL: "Marked as never to be pooled. A plain letter waits for somebody to approve it.",
    HoldReason.INTERNAL: "A colleague applied. Talk first; then approve the letter.",
    HoldReason.IDENTITY: "Name and address of this row both changed. Say whether it is still the same person.",
    HoldReason.ROW_GONE: "The application is no longer in the ATS, so nobody can say whether this still holds.",
    HoldReason.HIDDEN: "Your ATS has this row and does not show it to this software. Show it again; the letter then goes by itself.",
    HoldReason.BEFORE_START: "Decided before the first `flask talentpool sync`, while nobody was written to. Let it go, or mark the person as told.",
    HoldReason.IMPORTED: "Came into your ATS already decided, as imported rows do. Let it go, or mark the person as told.",
    HoldReason.AFTER_A_PAUSE: "Found after more than a week in which nobody looked through your ATS. Let it go, or mark the person as told.",
    HoldReason.RESTORED: "The database was put back from a backup, so this may have been said already. Find out; then let it go, or mark the person as told.",
    HoldReason.BY_HAND: "Held by somebody.",
    HoldReason.PLACE_ENDED: "The place in a pool that this letter offers was ended. Set the door again, or approve the letter: it then offers the place again.",
    HoldReason.SIGNED_ANEW: "Somebody else signs it now, or reads the answers, than when it was approved. Read it, then approve it again.",
    HoldReason.PERSONAL: "Waits for one true line from somebody who met this person, or for “none”. In time it goes without.",
    HoldReason.FEEDBACK: "Waits for a second reader of the feedback.",
    HoldReason.OFFER_OPEN: "An offer for this job is out. It waits until that is answered; write that it is still open, or approve it.",
    HoldReason.OFFER_FELL: "The offer for this job was declined, and this person may be next. Take the decision back and call them, or approve the letter. After some working days it goes by itself.",
    HoldReason.OFFER_IN_HAND: "This person has an offer of ours, and was turned down in your ATS. Ask whether that is meant and talk to them first; then approve the letter, or take the decision back.",
    HoldReason.CAME_BACK: "This person came back because we asked. Ring first; then write a line that is theirs, and approve the letter.",
    HoldReason.CHECK: "The check of the text found something that must not go out.",
    HoldReason.RETURNED: "Mail to this address came back for good. Mend the address on the candidate’s page, or say that it works again.",
    HoldReason.REPLY_UNREAD: "The person wrote to us. Read that first.",
    **dict.fromkeys(
        (
            HoldReason.SAME_JOB_HIRED,
            HoldReason.SAME_JOB_OFFER,
            HoldReason.SAME_JOB_INTERVIEW,
            HoldReason.SAME_JOB_OPEN,
            HoldReason.SAME_JOB_TOLD,
            HoldReason.SAME_JOB_FIRST,
            HoldReason.HIRED_ELSEWHERE,
        ),
        # What is said of the other application, only who may see it reads: see ``decisions.pages.beside``.
        "Another application of this person in this house holds it. The page of the decision says which, and what you can do, or whom to ask.",
    ),
    HoldReason.LETTER_TODAY: "Another letter goes to this person today. This one goes by itself on the next working day.",
    HoldReason.TOGETHER: "This person hears of several applications in one letter: this one goes together with another. Approve it to give it a letter of its own.",
    HoldReason.TAKEN_BACK: "The decision was taken back.",
    HoldReason.HOST_SAYS_OTHERWISE: "The ATS no longer says so.",
    HoldReason.TOLD_ELSEWHERE: "The person was told another way.",
    HoldReason.TOLD_TOGETHER: "The person was told together with another application of theirs.",
    HoldReason.RECALL_CLOSED: "The invitation was closed before it went.",
    HoldReason.LEFT_POOL: "The person’s place in the pool ended before this invitation went, and it rested on that place.",
    HoldReason.OBJECTED: "The person asked not to be invited again.",
    HoldReason.FORGOTTEN: "The person’s data were erased.",
    HoldReason.STALE: "It was due too long ago; what it says is no longer so.",
    HoldReason.ANSWERED: "The person was answered before it went.",
    HoldReason.SERVER_REFUSED: "The mail server refused it for good. Check the address, then send again or tell the person another way.",
    HoldReason.TRIES_SPENT: "The mail server kept putting it off. Send again, or tell the person another way.",
    HoldReason.NO_ANSWER: "The mail server took the letter and never answered. Find out whether it arrived, then say so.",
}


class OpeningKind(StrEnum):
    """Why a job is looked at again."""

    OFFER_DECLINED = "offer_declined"
    OFFER_WITHDRAWN = "offer_withdrawn"
    HIRE_UNDONE = "hire_undone"
    """The host no longer says that somebody is hired."""
    NEVER_STARTED = "never_started"
    LEFT = "left"
    REOPENED = "reopened"
    SECOND = "second"
    """Somebody was hired, and the host says that the job is open all the same."""
    BACK = "back"
    """It had been cancelled or put on hold."""

    @property
    def sentence(self) -> str:
        """What a recruiter reads about it."""
        return _HAPPENED[self]

    @property
    def fact(self) -> str:
        """What a letter may say of it: ``open_again``, ``second``, or nothing. Of whoever was chosen nothing is said."""
        if self is OpeningKind.SECOND:
            return "second"
        return "" if self in (OpeningKind.OFFER_DECLINED, OpeningKind.OFFER_WITHDRAWN) else "open_again"


_HAPPENED = {
    OpeningKind.OFFER_DECLINED: "The offer was declined.",
    OpeningKind.OFFER_WITHDRAWN: "Somebody with an offer was turned down.",
    OpeningKind.HIRE_UNDONE: "Your ATS no longer says that somebody is hired.",
    OpeningKind.NEVER_STARTED: "Whoever was hired never started.",
    OpeningKind.LEFT: "Whoever was hired has left.",
    OpeningKind.REOPENED: "The job is open again.",
    OpeningKind.SECOND: "Somebody was hired, and the job is still open in your ATS. Is there a second place?",
    OpeningKind.BACK: "The job was cancelled or on hold, and is open again.",
}


class HireState(StrEnum):
    """What the watch knows of a hire: facts about the job, nothing about the person."""

    WATCHED = "watched"
    STARTED = "started"
    NOT_KNOWN = "not_known"
    """Nobody answered, asked twice."""
    NEVER_STARTED = "never_started"
    LEFT = "left"
    PASSED = "passed"
    FELL = "fell"
    """The host said so itself."""


class Source(StrEnum):
    """Where a place in a pool came from."""

    RECALL_BUTTON = "recall_button"
    LETTER = "letter"
    ASKED = "asked"
    ADOPTED = "adopted"
    ADDED = "added"


class Basis(StrEnum):
    """What an invitation back rests on."""

    APPLICATION = "application"
    MEMBERSHIP = "membership"


class IncomingKind(StrEnum):
    """What came back by mail."""

    REPLY = "reply"
    THANK_YOU = "thank_you"
    RETURNED = "returned"
    """Delivery failed for good."""
    DELAYED = "delayed"
    AUTO_REPLY = "auto_reply"
    UNKNOWN = "unknown"
    """Nobody can say whose it is; a person looks."""


class BulkState(StrEnum):
    """How far work on many decisions has come."""

    LOOKING = "looking"
    READY = "ready"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ItemState(StrEnum):
    """How far one decision among many has come."""

    WAITING = "waiting"
    READY = "ready"
    LEFT_OUT = "left_out"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"
    KEPT = "kept"
    """Could not be undone: the person has been told."""


class Act(StrEnum):
    """One thing to do to each of many decisions, or letters."""

    APPROVE = "approve"
    SEND_NOW = "send_now"
    HOLD = "hold"
    TAKE_BACK = "take_back"
    SET = "set"
    TELL = "tell"
    REJECT = "reject"
    SEND_AGAIN = "send_again"


class AddressQuestion(StrEnum):
    """What is asked of a host row: “same address: one person?”."""

    DOUBT = "doubt"
    """The row counts as the person it is linked to, by a name that leaves a doubt."""
    APART = "apart"
    """The row counts as a person of its own, since its name is clearly another."""
