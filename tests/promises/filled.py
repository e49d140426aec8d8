"""A world with two scopes, three jobs and a person in every state, and clients signed in as every role."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.answer_clock import progress_letter as progress
from flask_talentpool.answer_clock.clock import refresh_clocks
from flask_talentpool.bulk import selection as bulk_selection
from flask_talentpool.bulk import service as bulk
from flask_talentpool.bulk.choices import BulkChoices, Keys
from flask_talentpool.decisions import editing, lifecycle
from flask_talentpool.decisions.telling import ask_colleague, confirmation, correction
from flask_talentpool.enums import Act, Door, HireState, OpeningKind, RecallState
from flask_talentpool.hires import calendar, openings
from flask_talentpool.letters.incoming import suppression
from flask_talentpool.letters.texts import versions
from flask_talentpool.people import one_person
from flask_talentpool.people.service import link_people
from flask_talentpool.pools import noting
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.recalls.eligibility import target_of
from tests.support.incoming import postfix, reply
from tests.support.smtp import Answer, Drop

LINK = re.compile(r"http://host\.test/talent-pool/l/([\w-]+)")
TEXT = "outcome/applied.open"
"""The text that was edited twice, in both languages."""


@dataclass
class Side:
    """One scope: whose it is, and a real value for every parameter of every route of ours."""

    scope: str
    job_key: str
    names: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    source: str = ""
    """Words that the edited text could have next."""


@dataclass
class Filled:
    """What stands in the world, and who may come."""

    world: Any
    users: dict[str, int]
    north: Side
    south: Side

    def client(self, role: str | None) -> Any:
        """Return a client signed in as one of ``users``; None for nobody."""
        client = self.world.app.test_client()
        if role is not None:
            assert client.get(f"/sign-in/{self.users[role]}").status_code == 200
        return client

    def rules(self, method: str) -> list[Any]:
        """Return our routes that take ``method``."""
        return sorted(
            (
                rule
                for rule in self.world.app.url_map.iter_rules()
                if rule.endpoint.startswith("talentpool.") and method in rule.methods
            ),
            key=str,
        )

    def urls(self, rule: Any, side: Side) -> list[str]:
        """Return the addresses of a route with every real value of one scope."""
        names = sorted(rule.arguments)
        if not names:
            return [str(rule)]
        if "language" in names:
            # A text without a scope would be the signed-in one's own.
            return [
                f"{self._build(rule, {'language': language, 'name': TEXT})}?scope={side.scope}"
                for language in side.values["language"]
            ]
        # One parameter takes each of its values; a second one, one that it has.
        first, *others = names
        fixed = {name: side.values[name][-1 if name == "job_key" else 0] for name in others}
        return [self._build(rule, {first: value, **fixed}) for value in side.values[first]]

    def _build(self, rule: Any, values: dict[str, str]) -> str:
        url = str(rule)
        for name, value in values.items():
            url = re.sub(rf"<(?:\w+:)?{name}>", value, url)
        assert "<" not in url, url
        return url

    def snapshot(self) -> dict[str, list[Any]]:
        """Return every row of every table, ours and the host's, as another connection sees it."""
        with self.world.app.app_context(), self.world.db.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(table)).all()))
                for name, table in sorted(self.world.db.metadata.tables.items())
            }


def fill(world: Any, smtp: Any) -> tuple[dict[str, int], Side, Side]:
    """Fill a world through the services, as time would; what comes back are keys and names, no rows."""
    users = sign_up(world)
    begun = [
        Filling(world, smtp, scope, owner, Actor(f"User:{users[by]}", "Rita Recruiter", None))
        for scope, owner, by in (("north", users["manager"], "recruiter"), ("south", None, "their recruiter"))
    ]
    for part in begun:
        part.what_was_sent()
    north, south = (part.what_waits() for part in begun)
    world.session.remove()
    return users, north, south


def sign_up(world: Any) -> dict[str, int]:
    """Make a user of every role; their ids."""
    users = {}
    for name, role, scope in (
        ("recruiter", "recruiter", "north"),
        ("their recruiter", "recruiter", "south"),
        ("manager", "manager", "north"),
        ("other manager", "manager", "north"),
        ("admin", "admin", "north"),
        ("nobody special", "interviewer", "north"),
    ):
        user = world.User(name=f"{name} of the host", email=f"{role}@host.test", role=role, scope=scope)
        world.session.add(user)
        world.session.commit()
        users[name] = user.id
    return users


def edited(ctx: Any, language: str, words: str) -> str:
    """Return the text as it comes, with words before its subject."""
    source = versions.packaged(ctx, TEXT, language=language).source
    return source.replace("Subject: ", f"Subject: {words}", 1)


class Filling:
    """Fills one scope: first what is sent, in both scopes, then what waits."""

    OTTO = Actor("User:77", "Otto Other", None)

    def __init__(self, world: Any, smtp: Any, scope: str, owner: int | None, by: Actor) -> None:
        self.world, self.smtp, self.scope, self.by = world, smtp, scope, by
        self.family = f"{scope.title()}family"
        self.job = world.Job(title=f"Engineer {scope.title()}", owner_id=owner)
        world.session.add(self.job)
        world.session.commit()
        self.side = Side(scope, str(self.job.id))
        self.rows: list[Any] = []
        self.recalls: list[int] = []

    def rejected(
        self, name: str, *, door: Door | None = None, mail: bool = True, stage: str = "final"
    ) -> Any:
        """Let somebody apply, reject them and compose their letter."""
        world = self.world
        (row,) = world.apply(job=self.job, scope=self.scope, stage=stage)
        row.candidate.full_name = f"{name} {self.family}"
        if not mail:
            row.candidate.email = ""
        world.reject(row)
        world.tp.sync()
        if door is not None:
            world.change(lambda ctx: editing.set_door(ctx, world.decision(row), door, by=self.by))
        self.rows.append(row)
        return row

    def _sent(self, row: Any) -> str:
        """Send what is due and return the token of the letter to this person."""
        self.world.send(self.smtp)
        mail = next(mail for mail in reversed(self.smtp.mails) if mail.rcpt_tos == (row.candidate.email,))
        return LINK.search(mail.text)[1]

    def _invited(self, row: Any) -> int:
        world = self.world
        made = world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=self.by).id)
        # Everybody here stands for somebody asked about another job.
        world.session.execute(sa.update(world.m.recall).values(turn_for=None))
        world.session.commit()
        self.recalls.append(made)
        return made

    def what_was_sent(self) -> None:
        world, smtp = self.world, self.smtp
        gone = self.rejected("Gone", door=Door.OPEN)
        self.side.tokens["stay"] = self._sent(gone)
        again = self.rejected("Again")
        self._sent(again)
        self._invited(again)
        self.side.tokens["answer"] = self._sent(again)
        willing = self.rejected("Willing")
        self._sent(willing)
        opener, world.open_application = world.open_application, lambda *_: None
        second = self._invited(willing)
        world.change(
            lambda ctx: recalls.answer(ctx, ctx.session.get(ctx.models.recall, second), RecallState.ACCEPTED)
        )
        world.open_application = opener
        self._asked_about_another_job()
        self._wrote_back(again)
        self._sent(self.rejected("Kept", door=Door.OPEN))
        self._told_aloud()
        failed = self.rejected("Failed")
        smtp.at("RCPT", Answer("550 5.1.1 no such user"), matching=failed.candidate.email)
        world.send(smtp)
        unknown = self.rejected("Unknown")
        smtp.at("DOT", Drop(accepted=False), matching=unknown.candidate.email)
        world.send(smtp)
        self._at_one_address()

    def _asked_about_another_job(self) -> None:
        """One member was asked about another job and said yes, and one can be asked."""
        world = self.world
        self.other_job = world.Job(title=f"Senior Engineer {self.scope.title()}", owner_id=self.job.owner_id)
        world.session.add(self.other_job)
        world.session.commit()
        world.apply(job=self.other_job, scope=self.scope)
        for name in ("Curious", "Keen"):
            row = self.rejected(name)
            self._sent(row)

            def work(ctx: Any, row: Any = row, asks: bool = name == "Curious") -> None:
                decision = world.decision(row)
                person = ctx.session.get(ctx.models.person, decision.person_id)
                pools.take_place(ctx, person, member=None, wording="Yes", version="1", language="en")
                if asks:
                    job = target_of(ctx, ctx.session.get(world.Job, self.other_job.id))
                    made = recalls.enquire(ctx, decision, job, by=self.by)
                    recalls.answer(ctx, made, RecallState.ACCEPTED)
                    self.recalls.append(made.id)

            world.change(work)

    def _at_one_address(self) -> None:
        """Let four people apply with one address; two of them were said to be one."""
        world = self.world
        rows = [row.candidate for row in world.apply(4, job=self.job, scope=self.scope)]
        for row, name in zip(rows, ("Uma", "Viktor", "Wanda", "Xaver"), strict=True):
            row.full_name, row.email = f"{name} {self.family}", f"house@{self.scope}.test"
        world.session.commit()

        def join(ctx: Any) -> int:
            first, second, *_ = link_people(ctx, [(row, self.scope) for row in rows])
            return one_person.join(ctx, first.person, second.person, by=self.by).id

        self.joined = world.change(join)

    def _told_aloud(self) -> None:
        """Tell some by phone: one gets the short letter, and of two it was a mistake."""
        world = self.world
        rows = [self.rejected(name) for name in ("Told", "Rung", "Mistaken", "Corrected")]
        for row in rows:
            world.tp.told(row, channel="phone", by=self.by)
            world.session.commit()
        _, rung, *mistaken = rows
        world.change(lambda ctx: confirmation.confirm(ctx, world.decision(rung), by=self.by))
        ids = [world.decision(row).id for row in mistaken]
        for decision_id in ids:
            world.change(
                lambda ctx, key=decision_id: correction.take_back_told(
                    ctx, lifecycle.find(ctx, key), why=f"Why of {self.scope}.", by=self.by
                )
            )
        world.set_status("open", *mistaken)
        world.tp.sync()
        world.change(
            lambda ctx: correction.correct(
                ctx, lifecycle.find(ctx, ids[-1]), why="We mixed up two names.", by=self.by
            )
        )
        world.send(self.smtp)

    def _wrote_back(self, row: Any) -> None:
        """Let a person answer, and the mail server return another letter."""
        (letter,) = (
            one
            for one in self.world.letters()
            if one.to_address == row.candidate.email and one.kind == "outcome"
        )
        sender = f"Again {self.family} <{row.candidate.email}>"
        self.world.tp.receive(reply(answers=letter.message_id, sender=sender, number=row.id))
        self.world.tp.receive(postfix(letter.message_id, status="4.4.7"))
        # As an earlier version barred it, for what is no fault of the address.
        to, scope = letter.to_address, letter.scope
        self.world.change(lambda ctx: suppression.suppress(ctx, to, scope=scope))

    def what_waits(self) -> Side:
        world, scope = self.world, self.scope
        self.rejected("Due")
        self.rejected("Offered", door=Door.OPEN)
        self.rejected("Held", mail=False)
        for name in ("Doubtful", "Dubious"):
            row = self.rejected(name)
            stranger = {"full_name": f"Not{name} {self.family}", "email": f"{name}@{scope}.test"}
            world.session.execute(
                sa.update(world.Candidate).where(world.Candidate.id == row.candidate_id).values(**stranger)
            )
            world.session.commit()
        world.tp.sync()
        self._asked()
        self._applied_again()
        made = world.apply(5, job=self.job, scope=scope)
        unseen, _, noted, _, waiting = made
        self.rows += made
        for row, name in zip(made, ("Unseen", "Open", "Noted", "Unanswered", "Waiting"), strict=True):
            row.candidate.full_name = f"{name} {self.family}"
        world.session.commit()
        world.change(refresh_clocks)
        clock = sa.select(world.m.clock).where(world.m.clock.application_key == str(waiting.id))
        world.change(lambda ctx: progress.say_still_open(ctx, ctx.session.scalars(clock).one(), by=self.by))
        world.bulk("rejected", unseen)
        made = world.change(
            lambda ctx: (
                noting.recall_to_pool(
                    ctx,
                    ctx.session.get(world.Candidate, noted.candidate_id),
                    scope,
                    by=self.by,
                    tags=[f"tag {scope}"],
                ).member.id
            )
        )
        world.change(
            lambda ctx: pools.create_pool(
                ctx, scope, name=f"Secret pool {scope}", description="ours", by=self.by
            )
        )
        self._opened_again()
        self._edited()
        self._many()
        self.side.values = self.values(made)
        self.side.names = {
            self.family, f"@{scope}.test", f"Engineer {scope.title()}", f"tag {scope}", f"pool {scope}",
            f"Note of {scope}", f"Feedback of {scope}", f"Why of {scope}", f"Edition of {scope}",
        }  # fmt: skip
        return self.side

    def _applied_again(self) -> None:
        """Let one person apply for the job three times: told of one by phone, the letters about the others are held."""
        world = self.world
        rows = world.apply(3, job=self.job, scope=self.scope)
        for row in rows:
            row.candidate.full_name, row.candidate.email = (
                f"Thrice {self.family}",
                f"thrice@{self.scope}.test",
            )
        world.reject(*rows)
        world.tp.told(rows[0], channel="phone", by=self.by)
        world.session.commit()
        world.tp.sync()
        self.rows += rows

    def _opened_again(self) -> None:
        """Let the job be looked at again, twice, one of them settled; let the watch ask of a hire, and one have left."""
        world, (row, *_) = self.world, self.rows

        def announce(ctx: Any) -> None:
            found = {"decision": world.decision(row), "at": ctx.now()}
            openings.announce(
                ctx,
                [
                    openings.Found(kind=OpeningKind.LEFT, occasion=f"left:{self.scope}", **found),
                    openings.Found(kind=OpeningKind.REOPENED, occasion=f"open:{self.scope}", **found),
                ],
            )
            opening = ctx.models.opening
            last = sa.select(opening).where(opening.scope == self.scope, opening.kind == OpeningKind.REOPENED)
            openings.settle(ctx, ctx.session.scalars(last).one(), by=self.by)
            states = (*[HireState.WATCHED] * 3, HireState.LEFT)
            for one, state in zip(self.rows, states, strict=False):
                decision = world.decision(one)
                ctx.session.add(
                    ctx.models.hire(
                        scope=self.scope,
                        owner_key=decision.owner_key,
                        job_label=decision.job_label,
                        decision_id=decision.id,
                        state=state,
                        starts_at=ctx.now() - timedelta(days=3),
                        ends_at=ctx.now() + timedelta(days=90),
                        ask_at=ctx.now() - timedelta(days=2),
                        answered_at=ctx.now() if state == HireState.LEFT else None,
                        answered_by=self.by.id,
                    )
                )

        world.change(announce)

    def _asked(self) -> None:
        """Ask a colleague for a line about somebody without an address, whom others wrote about."""
        world, to = self.world, f"colleague@{self.scope}.test"
        row = self.rejected("Asked", mail=False)
        note, feedback = f"Note of {self.scope}.", f"Feedback of {self.scope}."
        world.change(lambda ctx: editing.set_note(ctx, world.decision(row), note, by=self.by))
        world.change(lambda ctx: editing.set_feedback(ctx, world.decision(row), feedback, by=self.OTTO))
        world.change(
            lambda ctx: ask_colleague.ask(
                ctx, world.decision(row), name="Cora Colleague", address=to, by=self.by
            )
        )
        # Only this letter goes: the others of this part are to wait.
        letter = world.m.letter
        others = sa.select(letter.id).where(letter.state == "due", letter.to_address != to)
        waiting = list(world.session.scalars(others))
        self._set_state(waiting, "held")
        world.send(self.smtp)
        self._set_state(waiting, "due")
        mail = next(mail for mail in reversed(self.smtp.mails) if mail.rcpt_tos == (to,))
        self.side.tokens["line"] = LINK.search(mail.text)[1]

    def _set_state(self, letters: list[int], state: str) -> None:
        letter = self.world.m.letter
        self.world.session.execute(sa.update(letter).where(letter.id.in_(letters)).values(state=state))
        self.world.session.commit()

    def _edited(self) -> None:
        """Edit a text twice in each language."""
        self.side.source = self.world.change(lambda ctx: edited(ctx, "en", "Anew: "))
        for language, version in (("en", 0), ("en", 1), ("de", 0), ("de", 1)):
            self.world.change(
                lambda ctx, to=language, seen=version: versions.save(
                    ctx,
                    TEXT,
                    edited(ctx, to, "On " * (seen + 1)),
                    language=to,
                    seen=seen,
                    by=self.by,
                    scope=self.scope,
                    note=f"Edition of {self.scope}",
                )
            )

    def _many(self) -> None:
        """Do something to many at once: done, stopped on the way, and ready to be confirmed."""
        reason = {"reason": "other_person"}
        done = self.on_many(Act.SET, "Held", **reason)
        self.on_bulk(done, bulk.confirm, number=1, says_so=False)
        self.world.tp.work_bulks()
        stopped = self.on_many(Act.SET, "Asked", **reason)
        self.on_bulk(stopped, bulk.confirm, number=1, says_so=False)
        self.on_bulk(stopped, bulk.stop)
        self.on_many(Act.HOLD, "Due", "Offered")

    def on_many(self, act: Act, *names: str, **choices: Any) -> int:
        """Write down what is to be done to some, and let it be looked at; its id."""
        world = self.world
        rows = [row for row in self.rows if row.candidate.full_name.partition(" ")[0] in names]
        made = world.change(
            lambda ctx: (
                bulk_selection.start(
                    ctx,
                    act,
                    Keys(keys=tuple(str(row.id) for row in rows)),
                    by=self.by,
                    visible=lambda statement: statement,
                    may=lambda _: True,
                    choices=BulkChoices(**choices),
                ).id
            )
        )
        world.tp.work_bulks()
        return int(made)

    def on_bulk(self, bulk_id: int, use_case: Any, **options: Any) -> None:
        """Confirm, stop or undo what is to be done to many."""
        self.world.change(
            lambda ctx: use_case(ctx, ctx.session.get(ctx.models.bulk, bulk_id), by=self.by, **options)
        )

    def _feed(self) -> str:
        """Return the address of the calendar of this scope's recruiters."""
        key = self.world.app.config["TALENTPOOL_CALENDAR_KEY"].encode()
        return calendar.sealed(key, frozenset({self.scope}), today=self.world.clock.now().date())

    def values(self, noted: int) -> dict[str, list[str]]:
        """Return a real value of every parameter of our routes, as far as there are any by now."""

        def ids(model: Any, *order: Any) -> list[Any]:
            statement = sa.select(model.id).where(model.scope == self.scope)
            return list(self.world.session.scalars(statement.order_by(*order, model.id)))

        m = self.world.m
        pool_keys = sa.select(m.pool.key).where(m.pool.scope == self.scope).order_by(m.pool.id)
        found = {
            "application_key": [row.id for row in self.rows],
            "candidate_key": [row.candidate_id for row in self.rows],
            "job_key": [self.job.id, self.other_job.id],
            "decision_id": ids(m.decision),
            "letter_id": ids(m.letter),
            "person": [str(self.joined)],
            "audit_id": ids(m.audit, m.audit.id),
            "link_id": ids(m.candidate_link, m.candidate_link.suspended_at.is_(None)),
            "member_id": ids(m.member, m.member.id != noted),
            "person_id": ids(m.person, m.person.id.desc()),
            "recall_id": self.recalls,
            "tag_id": ids(m.tag),
            "token": list(self.side.tokens.values()),
            "filename": ["talentpool.css"],
            "incoming_id": ids(m.incoming),
            "bulk_id": ids(m.bulk),
            "language": ["en", "de"],
            "folder": ["de"],
            "asset": ["mark.svg", "guide-tools.js"],
            "clock_id": ids(m.clock, m.clock.decision_id.is_not(None), m.clock.id.desc()),
            "opening_id": ids(m.opening),
            "hire_id": ids(m.hire),
            "feed": [self._feed()],
            "key": [*self.world.session.scalars(pool_keys), "what-happens-next"],
        }
        return {name: [str(value) for value in values] for name, values in found.items()}
