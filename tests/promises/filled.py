"""A world with two scopes, three jobs and a person in every state, and clients signed in as every role."""

import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from flask_talentpool.access import Actor
from flask_talentpool.decisions import service as decisions
from flask_talentpool.pools import service as pools
from flask_talentpool.recalls import service as recalls
from flask_talentpool.words import Door
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
        with self.world.db.engine.connect() as connection:
            return {
                name: sorted(map(repr, connection.execute(sa.select(table)).all()))
                for name, table in sorted(self.world.db.metadata.tables.items())
            }


def fill(world: Any, smtp: Any) -> Filled:
    """Fill a world through the services, as time would."""
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
    north = _side(world, smtp, "north", owner=users["manager"])
    south = _side(world, smtp, "south", owner=None)
    world.session.remove()
    return Filled(world, users, north, south)


def _side(world: Any, smtp: Any, scope: str, *, owner: int | None) -> Side:
    by = Actor("User:1", "Rita Recruiter", None)
    job = world.Job(title=f"Engineer {scope.title()}", owner_id=owner)
    world.session.add(job)
    world.session.commit()
    side = Side(scope, str(job.id))

    def rejected(name: str, *, door: Door | None = None, mail: bool = True) -> Any:
        (row,) = world.apply(job=job, scope=scope)
        row.candidate.full_name = f"{name} {scope.title()}family"
        if not mail:
            row.candidate.email = ""
        world.reject(row)
        world.tp.sync()
        if door is not None:
            world.change(lambda ctx: decisions.set_door(ctx, world.decision(row), door, by=by))
        return row

    gone = rejected("Gone", door=Door.OPEN)
    world.send(smtp)
    side.tokens["stay"] = LINK.search(smtp.mails[-1].text)[1]
    again = rejected("Again")
    world.send(smtp)
    recall = world.change(lambda ctx: recalls.invite(ctx, world.decision(again), by=by).id)
    world.send(smtp)
    side.tokens["answer"] = LINK.search(smtp.mails[-1].text)[1]
    said_yes = rejected("Willing")
    world.send(smtp)
    opener, world.open_application = world.open_application, lambda *_: None
    second = world.change(lambda ctx: recalls.invite(ctx, world.decision(said_yes), by=by).id)
    world.change(
        lambda ctx: recalls.answer(ctx, ctx.session.get(ctx.models.recall, second), recalls.RecallState.ACCEPTED)
    )
    world.open_application = opener
    failed = rejected("Failed")
    smtp.at("RCPT", Answer("550 5.1.1 no such user"))
    world.send(smtp)
    unknown = rejected("Unknown")
    smtp.at("DOT", Drop(accepted=False))
    world.send(smtp)
    due = rejected("Due")
    offered = rejected("Offered", door=Door.OPEN)
    held = rejected("Held", mail=False)
    doubtful = rejected("Doubtful")
    world.session.execute(
        sa.update(world.Candidate)
        .where(world.Candidate.id == doubtful.candidate_id)
        .values(full_name=f"Stranger {scope.title()}family", email=f"stranger@{scope}.test")
    )
    world.session.commit()
    world.tp.sync()
    unseen, still_open, noted = world.apply(3, job=job, scope=scope)
    for row, name in ((unseen, "Unseen"), (still_open, "Open"), (noted, "Noted")):
        row.candidate.full_name = f"{name} {scope.title()}family"
    world.session.commit()
    world.bulk("rejected", unseen)
    made = world.change(
        lambda ctx: pools.recall_to_pool(
            ctx, ctx.session.get(world.Candidate, noted.candidate_id), scope, by=by, tags=[f"tag {scope}"]
        ).member.id
    )
    world.change(
        lambda ctx: pools.create_pool(ctx, scope, name=f"Secret pool {scope}", description="for eyes here", by=by)
    )
    rows = [again, gone, said_yes, failed, unknown, due, offered, held, doubtful, unseen, still_open, noted]
    m, select = world.m, world.session.scalars
    texts = {
        "application_key": [row.id for row in rows],
        "candidate_key": [row.candidate_id for row in rows],
        "job_key": [job.id],
        "decision_id": select(sa.select(m.decision.id).where(m.decision.scope == scope).order_by(m.decision.id)),
        "letter_id": select(sa.select(m.letter.id).where(m.letter.scope == scope).order_by(m.letter.id)),
        "link_id": select(
            sa.select(m.candidate_link.id)
            .where(m.candidate_link.scope == scope)
            .order_by(m.candidate_link.suspended_at.is_(None), m.candidate_link.id)
        ),
        "member_id": [
            made,
            *select(sa.select(m.member.id).where(m.member.scope == scope, m.member.id != made).order_by(m.member.id)),
        ],
        "person_id": select(sa.select(m.person.id).where(m.person.scope == scope).order_by(m.person.id.desc())),
        "recall_id": [recall, second],
        "tag_id": select(sa.select(m.tag.id).where(m.tag.scope == scope)),
        "token": list(side.tokens.values()),
        "filename": ["talentpool.css"],
        "key": [
            *select(sa.select(m.pool.key).where(m.pool.scope == scope).order_by(m.pool.id)),
            "what-happens-next",
        ],
    }
    side.values = {name: [str(value) for value in values] for name, values in texts.items()}
    side.names = {f"{scope.title()}family", f"@{scope}.test", f"Engineer {scope.title()}", f"tag {scope}", f"pool {scope}"}
    return side
