"""What a page of staff can show, all in one world: a person, letter, mail and act on many in every state."""

import itertools
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.choices import Keys
from flask_talentpool.config.business_time import BusinessDelay
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.enums import Act, RecallState
from flask_talentpool.letters import outbox
from flask_talentpool.letters.delivery import pause
from flask_talentpool.letters.incoming import marking
from flask_talentpool.letters.refusals import Fault
from flask_talentpool.recalls import service as recalls
from tests.promises.filled import Filling, Side, sign_up
from tests.promises.world import START, World
from tests.support.incoming import postfix, reply
from tests.support.people import OTTO

ENTRIES = {"locale": lambda candidate: "en" if candidate.id % 2 else "de"}
SETTINGS = {
    "TALENTPOOL_DELAY": BusinessDelay(),
    "TALENTPOOL_MODES": {"applied": "auto", "screened": "review", "interviewed": "personal"},
    "TALENTPOOL_FEEDBACK_REVIEW": True,
    "TALENTPOOL_HIRE_WATCH": "2026-01-05: all employees",
    "TALENTPOOL_CALENDAR_KEY": "a key of sixteen or more",
}


def fill_stage(url: str, smtp: Any) -> tuple[dict[str, int], Side, Side]:
    """Fill one scope for pressing: first as if all went at once, then with a delay and people who are asked."""
    world = World(url, entries=ENTRIES)
    with world.app.app_context():
        world.create_tables()
        world.tp.sync()
        users = sign_up(world)
        by = Actor(f"User:{users['recruiter']}", "Rita Recruiter", None)
        part = Filling(world, smtp, "north", users["manager"], by)
        part.what_was_sent()
        job, other, rows = part.job.id, part.other_job.id, [row.id for row in part.rows]
        # As people of this stage are decided about from now on: somebody has said that no line is needed.
        world.session.execute(sa.update(world.m.decision).values(line_at=START))
        world.session.commit()
    world.close()
    part.world = world = World(url, entries=ENTRIES, **SETTINGS)
    with world.app.app_context():
        part.job, part.other_job = (world.session.get(world.Job, key) for key in (job, other))
        part.rows = [world.session.get(world.Application, key) for key in rows]
        world._numbers = itertools.count(100)
        part.what_waits()
        _More(part).fill()
        side = part.side
        side.values = part.values(0)
        few = sa.select(world.Candidate.id).where(
            sa.or_(*(world.Candidate.full_name.startswith(name) for name in ("Noted", "NotDou", "Later")))
        )
        side.values["candidate_key"] = [str(key) for key in world.session.scalars(few)]
        side.values["application_key"] = side.values["application_key"][:6]
    world.close()
    return users, side, side


def paused(world: World) -> None:
    """Let the mail server have refused what we send, through no fault of anybody's address."""
    world.change(lambda ctx: pause.begin(ctx, Fault.QUOTA, "452 too many today"))


def braked(world: World) -> None:
    """Let a look have found so much gone that it asks first."""
    due = sa.select(world.m.decision.application_key).where(world.m.decision.told_at.is_(None))
    keys = [int(key) for key in world.session.scalars(due)]
    world.session.execute(sa.delete(world.Application).where(world.Application.id.in_(keys)))
    world.session.commit()
    world.tp.sync()


class _More:
    """What else a button can stand beside: every state of letter, invitation, mail and act on many."""

    def __init__(self, part: Filling) -> None:
        self.part, self.world, self.by = part, part.world, part.by

    def fill(self) -> None:
        part, world = self.part, self.world
        # Out of the mind of whatever asked for people by name before.
        for name, stage in (("Later", "applied"), ("Review", "screen"), ("Interviewed", "interview")):
            part.rejected(name, stage=stage)
        stopped = part.rejected("Stopped", stage="applied")
        world.change(lambda ctx: outbox.hold(ctx, world.letter(stopped), by=self.by))
        read = part.rejected("Reader", stage="applied")
        world.change(lambda ctx: editing.set_feedback(ctx, world.decision(read), "Ran the review.", by=OTTO))
        world.tp.sync()
        foreign = part.rejected("Foreign", stage="applied")
        line = "Wir haben die ruhige Art sehr gemocht, mit der Sie alles erklärt haben."
        line = (
            line
            if foreign.candidate_id % 2
            else "We liked how calmly you explained the whole of your design to us."
        )
        world.change(lambda ctx: editing.set_line(ctx, world.decision(foreign), line, by=self.by))
        world.tp.sync()
        quiet = part.rejected("Quiet", stage="applied")
        world.change(lambda ctx: lifecycle.take_back(ctx, world.decision(quiet), by=self.by))
        self._two_jobs()
        self._two_names()
        self._recalls()
        self._mails()
        self._on_many()
        (unseen,) = world.apply(job=part.job, scope="north", stage="applied")
        world.bulk("rejected", unseen)
        part.rows.insert(0, unseen)
        # As the watch asks of them: what was looked at since found no hire in the host.
        hire = world.m.hire
        asked = {"state": "watched", "answered_at": None, "ask_at": world.clock.now()}
        world.session.execute(sa.update(hire).where(hire.state != "left").values(**asked))
        world.session.commit()

    def _two_jobs(self) -> None:
        """Reject somebody for two jobs on one day: one letter names both."""
        world, part = self.world, self.part
        other = world.Job(title="Analyst North", owner_id=part.job.owner_id)
        rows = [
            *world.apply(job=part.job, scope="north", stage="applied"),
            *world.apply(job=other, scope="north", stage="applied"),
        ]
        first, second = rows
        second.candidate = first.candidate
        first.candidate.full_name, first.candidate.email = "Twofold Northfamily", "twofold@north.test"
        world.reject(*rows)
        world.tp.sync()
        part.rows += rows

    def _two_names(self) -> None:
        """Let a couple apply with one address; one is told by phone, which holds the letter to the other."""
        world, part = self.world, self.part
        rows = world.apply(2, job=part.job, scope="north", stage="applied")
        for row, name in zip(rows, ("Paul Northfamily", "Paula Southern"), strict=True):
            row.candidate.full_name, row.candidate.email = name, "couple@north.test"
        world.reject(*rows)
        world.tp.sync()
        world.tp.told(rows[0], channel="phone", by=self.by)
        world.session.commit()
        world.tp.sync()
        part.rows += rows

    def _recalls(self) -> None:
        """Invite one, whose letter waits, and one who has said yes and is back in the process."""
        world, part = self.world, self.part
        usual = part.job
        for name in ("Invited", "Opened"):
            # One is asked at a time about a job.
            part.job = world.Job(title=f"{name} Job North", owner_id=usual.owner_id)
            row = part.rejected(name)
            world.tp.told(row, channel="phone", by=self.by)
            world.session.commit()
            made = world.change(lambda ctx, one=row: recalls.invite(ctx, world.decision(one), by=self.by).id)
            part.recalls.append(made)
        part.job = usual
        world.change(
            lambda ctx: recalls.answer(
                ctx, ctx.session.get(ctx.models.recall, part.recalls[-1]), RecallState.ACCEPTED
            )
        )

    def _mails(self) -> None:
        """Let people write, and one letter come back for good, while another waits for the same person."""
        world, part = self.world, self.part
        gone = [one for one in world.letters() if one.kind == "outcome" and one.state == "sent"]
        kept, to = gone[-1], gone[-1].to_address
        for number, words in ((901, "Thank you."), (902, "And one more thing: where is the parcel?")):
            world.tp.receive(reply(words, answers=kept.message_id, sender=f"Kept <{to}>", number=number))
        world.tp.receive(reply("Who am I?", answers="", sender="Nemo <nemo@nowhere.test>", number=903))
        mails = list(world.session.scalars(sa.select(world.m.incoming).order_by(world.m.incoming.id)))
        world.change(
            lambda ctx: marking.mark_read(ctx, ctx.session.get(ctx.models.incoming, mails[-3].id), by=self.by)
        )
        world.change(
            lambda ctx: marking.mark_answered(
                ctx, ctx.session.get(ctx.models.incoming, mails[-2].id), by=self.by
            )
        )
        world.tp.receive(postfix(kept.message_id, to=to))
        (again,) = world.apply(job=part.job, scope="north", stage="applied")
        again.candidate.full_name, again.candidate.email = kept.to_name, to
        world.reject(again)
        world.tp.sync()
        part.rows.append(again)

    def _on_many(self) -> None:
        """Have each act on many looked at, so that it waits to be confirmed; one is done, and one stopped."""
        part, world = self.part, self.world
        part.on_many(Act.APPROVE, "Review", "Stopped")
        part.on_many(Act.HOLD, "Later")
        part.on_many(Act.SEND_NOW, "Later")
        part.on_many(Act.TAKE_BACK, "Later")
        part.on_many(Act.TELL, "Later", channel="phone")
        part.on_many(Act.SET, "Interviewed", no_line=True)
        part.on_many(Act.REJECT, "Open")
        undone = part.on_many(Act.HOLD, "Twofold")
        part.on_bulk(undone, bulk.confirm, number=1, says_so=False)
        world.tp.work_bulks()
        stopped = part.on_many(Act.APPROVE, "Review")
        part.on_bulk(stopped, bulk.confirm, number=1, says_so=False)
        part.on_bulk(stopped, bulk.stop)
        failed = [one.id for one in self.world.letters() if one.state == "failed"]
        self._again(failed)

    def _again(self, failed: list[int]) -> None:
        world = self.world
        world.change(
            lambda ctx: (
                bulk_selection.start(
                    ctx,
                    Act.SEND_AGAIN,
                    Keys(keys=tuple(f"letter:{one}" for one in failed)),
                    by=self.by,
                    visible=lambda statement: statement,
                    may=lambda _: True,
                ).id
            )
        )
        world.tp.work_bulks()
