"""A world with two scopes, three jobs and a person in every state, and clients signed in as every role."""

import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.decisions import service as decisions
from flask_talentpool.decisions.answer_clock import wind
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.words import Door, RecallState
from tests.support.incoming import postfix, reply
from tests.support.smtp import Answer, Drop

LINK = re.compile(r"http://host\.test/talent-pool/l/([\w-]+)")


@dataclass
class Side:
    """One scope: whose it is, and a real value for every parameter of every route of ours."""

    scope: str
    job_key: str
    names: set[str] = field(default_factory=set)
    values: dict[str, list[str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)


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
        # One parameter takes each of its values; a second one, the first it has.
        first, *others = names
        fixed = {name: side.values[name][0] for name in others}
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
    begun = [
        _Filling(world, smtp, scope, owner) for scope, owner in (("north", users["manager"]), ("south", None))
    ]
    for part in begun:
        part.what_was_sent()
    north, south = (part.what_waits() for part in begun)
    world.session.remove()
    return users, north, south


class _Filling:
    """Fills one scope: first what is sent, in both scopes, then what waits."""

    BY = Actor("User:1", "Rita Recruiter", None)

    def __init__(self, world: Any, smtp: Any, scope: str, owner: int | None) -> None:
        self.world, self.smtp, self.scope = world, smtp, scope
        self.family = f"{scope.title()}family"
        self.job = world.Job(title=f"Engineer {scope.title()}", owner_id=owner)
        world.session.add(self.job)
        world.session.commit()
        self.side = Side(scope, str(self.job.id))
        self.rows: list[Any] = []
        self.recalls: list[int] = []

    def _rejected(self, name: str, *, door: Door | None = None, mail: bool = True) -> Any:
        world = self.world
        (row,) = world.apply(job=self.job, scope=self.scope)
        row.candidate.full_name = f"{name} {self.family}"
        if not mail:
            row.candidate.email = ""
        world.reject(row)
        world.tp.sync()
        if door is not None:
            world.change(lambda ctx: decisions.set_door(ctx, world.decision(row), door, by=self.BY))
        self.rows.append(row)
        return row

    def _sent(self, row: Any) -> str:
        """Send what is due and return the token of the letter to this person."""
        self.world.send(self.smtp)
        mail = next(mail for mail in reversed(self.smtp.mails) if mail.rcpt_tos == (row.candidate.email,))
        return LINK.search(mail.text)[1]

    def _invited(self, row: Any) -> int:
        world = self.world
        made = world.change(lambda ctx: recalls.invite(ctx, world.decision(row), by=self.BY).id)
        self.recalls.append(made)
        return made

    def what_was_sent(self) -> None:
        world, smtp = self.world, self.smtp
        gone = self._rejected("Gone", door=Door.OPEN)
        self.side.tokens["stay"] = self._sent(gone)
        again = self._rejected("Again")
        self._sent(again)
        self._invited(again)
        self.side.tokens["answer"] = self._sent(again)
        willing = self._rejected("Willing")
        self._sent(willing)
        opener, world.open_application = world.open_application, lambda *_: None
        second = self._invited(willing)
        world.change(
            lambda ctx: recalls.answer(ctx, ctx.session.get(ctx.models.recall, second), RecallState.ACCEPTED)
        )
        world.open_application = opener
        self._wrote_back(again)
        told = self._rejected("Told")
        world.tp.told(told, channel="phone", by=self.BY)
        world.session.commit()
        self._rejected("Failed")
        smtp.at("RCPT", Answer("550 5.1.1 no such user"))
        world.send(smtp)
        self._rejected("Unknown")
        smtp.at("DOT", Drop(accepted=False))
        world.send(smtp)

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

    def what_waits(self) -> Side:
        world, scope = self.world, self.scope
        self._rejected("Due")
        self._rejected("Offered", door=Door.OPEN)
        self._rejected("Held", mail=False)
        for name in ("Doubtful", "Dubious"):
            row = self._rejected(name)
            stranger = {"full_name": f"Not{name} {self.family}", "email": f"{name}@{scope}.test"}
            world.session.execute(
                sa.update(world.Candidate).where(world.Candidate.id == row.candidate_id).values(**stranger)
            )
            world.session.commit()
        world.tp.sync()
        unseen, still_open, noted, unanswered = world.apply(4, job=self.job, scope=scope)
        self.rows += [unseen, still_open, noted, unanswered]
        names = ((unseen, "Unseen"), (still_open, "Open"), (noted, "Noted"), (unanswered, "Unanswered"))
        for row, name in names:
            row.candidate.full_name = f"{name} {self.family}"
        world.session.commit()
        world.change(wind)
        world.bulk("rejected", unseen)
        made = world.change(
            lambda ctx: (
                pools.recall_to_pool(
                    ctx,
                    ctx.session.get(world.Candidate, noted.candidate_id),
                    scope,
                    by=self.BY,
                    tags=[f"tag {scope}"],
                ).member.id
            )
        )
        world.change(
            lambda ctx: pools.create_pool(
                ctx, scope, name=f"Secret pool {scope}", description="ours", by=self.BY
            )
        )
        self.side.values = self._values(made)
        self.side.names = {
            self.family, f"@{scope}.test", f"Engineer {scope.title()}", f"tag {scope}", f"pool {scope}"
        }  # fmt: skip
        return self.side

    def _values(self, noted: int) -> dict[str, list[str]]:
        def ids(model: Any, *order: Any) -> list[Any]:
            statement = sa.select(model.id).where(model.scope == self.scope)
            return list(self.world.session.scalars(statement.order_by(*order, model.id)))

        m = self.world.m
        pool_keys = sa.select(m.pool.key).where(m.pool.scope == self.scope).order_by(m.pool.id)
        found = {
            "application_key": [row.id for row in self.rows],
            "candidate_key": [row.candidate_id for row in self.rows],
            "job_key": [self.job.id],
            "decision_id": ids(m.decision),
            "letter_id": ids(m.letter),
            "link_id": ids(m.candidate_link, m.candidate_link.suspended_at.is_(None)),
            "member_id": ids(m.member, m.member.id != noted),
            "person_id": ids(m.person, m.person.id.desc()),
            "recall_id": self.recalls,
            "tag_id": ids(m.tag),
            "token": list(self.side.tokens.values()),
            "filename": ["talentpool.css"],
            "incoming_id": ids(m.incoming),
            "clock_id": ids(m.clock, m.clock.decision_id.is_not(None), m.clock.id.desc()),
            "key": [*self.world.session.scalars(pool_keys), "what-happens-next"],
        }
        return {name: [str(value) for value in values] for name, values in found.items()}
