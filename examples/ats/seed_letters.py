"""Leaves a seeded Harbour as one finds it on a working morning: letters that wait, mails that came back, work done.

Everything goes through the extension's own services, as in `seed_talentpool`.
"""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.choices import Keys
from flask_talentpool.decisions import editing, facts
from flask_talentpool.decisions.telling import ask_colleague
from flask_talentpool.decisions.telling import told as telling
from flask_talentpool.enums import Act
from flask_talentpool.letters.texts import versions
from flask_talentpool.letters.texts.dates_and_phrases import language_for

from .hiring import take
from .models import Application, Candidate, Job
from .mount import talentpool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask_talentpool import Actor
    from flask_talentpool.letters.model import LetterMixin
    from flask_talentpool.testing import ManualClock

CLOSED = "HR Business Partner, Operations"
OFFER = "Fleet Maintenance Planner"
TEXT = "outcome/screened.unlatched"
LINE = {
    "en": "Your plan for the winter tyres was the one we talked about afterwards.",
    "de": "Ihr Plan für die Winterreifen war der, über den wir danach noch gesprochen haben.",
}
REPLIES = (
    (
        "Thank you for the honest letter. I had asked myself whether anybody had read my application, and now I "
        "know.\n\nMay I ask which of you I could talk to about your shift model? I am free on Thursdays."
    ),
    "Thank you for letting me know, and all the best to the team!",
)
REPORT = """\
This is the mail system at host mx.fernhill.example.

<{to}>: host mx.inbox.example said: 550 5.1.1 No such user here
"""
STATUS = """\
Reporting-MTA: dns; mx.fernhill.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user here
"""


def edit_a_text(by: Actor) -> None:
    """Change one sentence of one letter, as somebody in recruiting would."""
    ctx = talentpool.context()
    edition = versions.find(ctx, TEXT, language="en")
    source = edition.source.replace(
        "This letter closes your application, and you do not need to do anything.",
        "This letter closes your application. There is nothing you need to do.",
    )
    versions.save(ctx, TEXT, source, language="en", seen=0, by=by, note="Shorter, after Grace read it.")
    talentpool.commit(ctx)


def close_a_job(by: Actor, now: Any) -> None:
    """Close a job, and turn down at once who was not interviewed; two who were are left without an answer."""
    session = talentpool.context().session
    job = session.scalars(select(Job).where(Job.title == CLOSED)).one()
    job.open, job.closed_at = False, now.replace(tzinfo=None)
    session.commit()
    also = session.scalars(select(Job).where(Job.title.startswith("Frontend"))).one()
    early = select(Application).where(
        Application.job_id.in_([job.id, also.id]),
        Application.status == "in_progress",
        Application.stage.in_(("applied", "screen")),
    )
    keys = [str(application.id) for application in session.scalars(early.order_by(Application.id))]
    _do_to_many(Act.REJECT, keys, by=by)
    # Harbour stamps what it is asked to reject with the machine's time, which is not the story's.
    stamped = update(Application).where(Application.id.in_(keys), Application.status == "rejected")
    session.execute(stamped.values(decided_at=job.closed_at).execution_options(synchronize_session=False))
    session.commit()


def _do_to_many(act: Act, keys: Sequence[str], *, by: Actor) -> None:
    """Ask, let the worker look, confirm, and let the worker do it, as the pages do."""
    ctx = talentpool.context()
    asked = bulk_selection.start(
        ctx, act, Keys(keys=tuple(keys)), by=by, visible=lambda rows: rows, may=lambda _subject: True
    ).id
    talentpool.commit(ctx)
    talentpool.work_bulks()
    ctx = talentpool.context()
    bulk.confirm(
        ctx, ctx.session.get_one(ctx.models.bulk, asked), number=len(keys), says_so=False, by=by
    )  # fmt: skip
    talentpool.commit(ctx)
    talentpool.work_bulks()


def leave_letters_waiting(by: Actor, clock: ManualClock) -> None:
    """Turn finalists down: some letters wait for a line, some for an answer to an offer; one person was rung."""
    session = talentpool.context().session
    waiting = [*_finalists(OFFER)[:3], *_finalists("Data Engineer")[:1], *_finalists("Customer Care")[:1]]
    chosen = [*waiting, *_finalists("Customs Agent")[:1]]
    for application in chosen:
        application.status, application.reason = "rejected", "another_chosen"
        application.decided_at = clock.now().replace(tzinfo=None)
    keys = [application.id for application in chosen]
    session.commit()
    talentpool.sync()
    clock.advance(timedelta(minutes=20))
    ctx = talentpool.context()
    found = [facts.live_decision(ctx, key) for key in keys]
    with_line, without_line, rung = found[0], found[3], found[-1]
    if with_line is not None and without_line is not None and rung is not None:
        language = language_for(ctx, chosen[0]).partition("-")[0]
        editing.set_line(ctx, with_line, LINE[language], by=by)
        ask_colleague.ask(
            ctx, without_line, name="Rubén Castillo", address="ruben.castillo@fernhill.example", by=by
        )
        telling.tell_decision(ctx, rung, channel="phone", by=by)
    talentpool.commit(ctx)


def reopen_one() -> None:
    """Reject somebody by mistake and reopen after the letter has gone: a correction is offered."""
    ctx = talentpool.context()
    told = ctx.models.decision
    rows = select(told.application_key).where(
        told.told_by == "letter", told.job_label.startswith("Frontend"), told.live_for.is_not(None)
    )
    key = ctx.session.scalars(rows.order_by(told.id.desc()).limit(1)).one()
    take("reopen", ctx.session.get_one(Application, int(key)))
    ctx.session.commit()
    talentpool.sync()


def _finalists(title: str) -> list[Application]:
    """Return the undecided finalists of a job, those interviewed last first."""
    rows = (
        select(Application)
        .join(Job)
        .where(Job.title.startswith(title), Application.status == "in_progress", Application.stage == "final")
        .order_by(Application.interviewed_at.desc())
    )
    return list(talentpool.context().session.scalars(rows))


def receive_mails() -> None:
    """Take in what people and mail servers wrote about the last letters: a question, a thank-you, a report."""
    letters = _sent_to_people()
    for said in REPLIES:
        talentpool.receive(_reply(next(letters), said))
    talentpool.receive(_report(next(letters)))


def _sent_to_people() -> Iterator[LetterMixin]:
    model = talentpool.models.letter
    rows = (
        select(model)
        .join(Candidate, Candidate.full_name == model.to_name)
        .where(model.state == "sent", model.kind == "outcome", Candidate.language == "en")
        .order_by(model.id.desc())
    )
    return iter(talentpool.context().session.scalars(rows).all()[::4])


def _reply(letter: LetterMixin, said: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"{letter.to_name} <{letter.to_address}>"
    mail["To"] = "people@fernhill.example"
    mail["Subject"] = f"Re: {letter.subject}"
    mail["Message-ID"] = f"<reply-{letter.id}@mail.example>"
    mail["In-Reply-To"] = letter.message_id
    mail.set_content(f"{said}\n\n{letter.to_name}\n")
    return mail.as_bytes()


def _report(letter: LetterMixin) -> bytes:
    """Return what a mail server sends when there is nobody of that name (RFC 3464)."""
    boundary = "fernhill-report"
    headers = (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.fernhill.example (Mail Delivery System)\n"
        "To: people@fernhill.example\nSubject: Undelivered Mail Returned to Sender\n"
        f"Message-ID: <report-{letter.id}@mx.fernhill.example>\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"\n'
    )
    parts = (
        ("text/plain; charset=us-ascii", REPORT.format(to=letter.to_address)),
        ("message/delivery-status", STATUS.format(to=letter.to_address)),
        ("text/rfc822-headers", f"To: {letter.to_address}\nMessage-ID: {letter.message_id}\n"),
    )
    body = "".join(f"--{boundary}\nContent-Type: {kind}\n\n{text}\n" for kind, text in parts)
    return f"{headers}\n{body}--{boundary}--\n".replace("\n", "\r\n").encode()
