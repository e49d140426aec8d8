"""The worker's side of many: a slice at a time, each in a transaction of its own, none of them twice."""

import functools
import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from flask_talentpool.access import Actor
from flask_talentpool.bulk import actions as bulk_actions
from flask_talentpool.bulk.actions import Order
from flask_talentpool.bulk.choices import TRANSITIONS, BulkChoices
from flask_talentpool.bulk.eligibility import Item, items_of, left_out, note, standings
from flask_talentpool.bulk.model import BulkMixin
from flask_talentpool.bulk.notices import notices
from flask_talentpool.bulk.service import move
from flask_talentpool.context import Context
from flask_talentpool.db.locks import update_if
from flask_talentpool.enums import Act, BulkState, ItemState
from flask_talentpool.transactions import Transact

logger = logging.getLogger("flask_talentpool")

SLICE = 25
"""How many are worked in one transaction: short enough that nobody waits for the rows."""
LOOKED_AT = 200
LEASE = timedelta(seconds=60)
"""How long a slice may take before another worker thinks that this one is gone."""

FROM: dict[BulkState, ItemState] = {
    BulkState.LOOKING: ItemState.WAITING,
    BulkState.RUNNING: ItemState.READY,
    BulkState.UNDOING: ItemState.DONE,
}
"""Which of the many are still to be worked, by what is going on."""
THEN: dict[BulkState, BulkState] = {
    BulkState.LOOKING: BulkState.READY,
    BulkState.RUNNING: BulkState.DONE,
    BulkState.UNDOING: BulkState.UNDONE,
}


@dataclass(slots=True)
class BulkReport:
    """What a run did, in numbers of decisions."""

    looked: int = 0
    done: int = 0
    undone: int = 0
    left_out: int = 0
    kept: int = 0
    failed: int = 0

    def add(self, states: Sequence[str]) -> None:
        """Count what a slice came to; only once it is committed."""
        for state in states:
            name = "looked" if state == ItemState.READY else state
            setattr(self, name, getattr(self, name) + 1)


class Worker:
    """Works what is asked for, alone or beside others."""

    def __init__(
        self, transact: Transact, *, stop: threading.Event | None = None, seconds: float | None = None
    ) -> None:
        """Prepare a run.

        Args:
            transact: Does one piece of work in a transaction of its own.
            stop: Set to stop after the slice in hand.
            seconds: After how long to leave the rest to the next run; None for all of it.
        """
        self.transact = transact
        self.stop = stop or threading.Event()
        self.until = None if seconds is None else time.monotonic() + seconds
        self.me = secrets.token_hex(8)
        self.report = BulkReport()

    def run(self) -> BulkReport:
        """Work everything that is to be looked at, done or undone."""
        for bulk_id in self.transact(_to_work):
            try:
                while not self._enough() and (states := self._slice(bulk_id)) is not None:
                    self.report.add(states)
            except DBAPIError:
                raise
            except Exception:  # one act that cannot go on must not keep letters from going
                logger.exception("bulk %s stopped after an error; press “Go on” once it is mended", bulk_id)
                self.transact(functools.partial(_stop, bulk_id=bulk_id))
            self.transact(functools.partial(self._release, bulk_id=bulk_id))
        return self.report

    def _enough(self) -> bool:
        return self.stop.is_set() or (self.until is not None and time.monotonic() > self.until)

    def _slice(self, bulk_id: int) -> list[str] | None:
        found: list[str] | None = self.transact(lambda ctx: one_slice(ctx, bulk_id, me=self.me))
        return found

    def _release(self, ctx: Context, bulk_id: int) -> None:
        bulk = ctx.models.bulk
        is_ours = bulk.claimed_by == self.me
        update_if(ctx.session, bulk, bulk.id == bulk_id, is_ours, claimed_by="", lease_until=None)


def _stop(ctx: Context, bulk_id: int) -> None:
    bulk = ctx.session.get_one(ctx.models.bulk, bulk_id, populate_existing=True)
    if BulkState.STOPPED in TRANSITIONS.get(bulk.state, ()):
        move(bulk, BulkState.STOPPED)


def _to_work(ctx: Context) -> list[int]:
    bulk = ctx.models.bulk
    working = list(FROM)
    known = bulk.act.in_(list(Act))  # an act that another version was asked for waits for that version
    return list(
        ctx.session.scalars(sa.select(bulk.id).where(bulk.state.in_(working), known).order_by(bulk.id))
    )


def one_slice(ctx: Context, bulk_id: int, *, me: str) -> list[str] | None:
    """Work the next few of one act; return what each came to, or None when there is nothing for us.

    The lease keeps other workers away; the row's lock and the state of each item, written with what was
    done to it, keep any of them from being done twice even where a lease has lapsed.
    """
    bulk = _claim(ctx, bulk_id, me)
    if bulk is None:
        return None
    now = bulk.state
    items = items_of(ctx, bulk, FROM[now], limit=LOOKED_AT if now is BulkState.LOOKING else SLICE)
    if not items:
        move(bulk, THEN[now])
        if bulk.state != BulkState.READY:
            bulk.finished_at = ctx.now()
        bulk.claimed_by, bulk.lease_until = "", None
        return None
    order = Order(
        bulk_id=bulk.id,
        act=bulk.act,
        choices=BulkChoices.from_json(bulk.choices),
        by=Actor(bulk.by, bulk.by_name),
    )
    work = {BulkState.LOOKING: _look, BulkState.RUNNING: _run, BulkState.UNDOING: _undo}[now]
    noted = work(ctx, order, items)
    note(ctx, noted)
    return [str(row["state"]) for row in noted]


def _claim(ctx: Context, bulk_id: int, me: str) -> BulkMixin | None:
    """Take or renew the lease; the UPDATE also locks the row until this slice is committed."""
    bulk, now = ctx.models.bulk, ctx.clock.lease_now()
    free = sa.or_(bulk.claimed_by.in_(["", me]), bulk.lease_until.is_(None), bulk.lease_until <= now)
    is_at_work = bulk.state.in_(FROM)
    until = now + LEASE
    if not update_if(
        ctx.session, bulk, bulk.id == bulk_id, is_at_work, free, claimed_by=me, lease_until=until
    ):
        return None
    return ctx.session.get_one(bulk, bulk_id, populate_existing=True)


def _look(ctx: Context, order: Order, items: Sequence[Item]) -> list[dict[str, Any]]:
    try:
        with ctx.savepoint():
            said = notices(ctx, items)
    except OperationalError:
        raise
    except Exception:  # a callable of the host's map may raise anything; who is held is still worth knowing
        logger.exception("what to know about the people of bulk %s could not be read", order.bulk_id)
        said = {}
    noted = []
    for one in standings(ctx, order.act, order.choices, items):
        state = {} if one.because else {"state": ItemState.READY}
        noted.append(left_out(one) | state | {"notice": said.get(one.item_id, "")})
    return noted


def _run(ctx: Context, order: Order, items: Sequence[Item]) -> list[dict[str, Any]]:
    # An offer made since somebody confirmed is one that no page has named to them.
    choices = replace(order.choices, is_alone=False)
    standing = {one.item_id: one for one in standings(ctx, order.act, choices, items)}
    noted = []
    for item in items:
        one = standing.get(item.id)
        if one is None or not one.is_ready:
            noted.append(left_out(one) if one is not None else _vanished(item))
        else:
            noted.append(bulk_actions.do(ctx, order, item))
    return noted


def _vanished(item: Item) -> dict[str, Any]:
    return {"id": item.id, "state": ItemState.LEFT_OUT, "because": "not_there"}


def _undo(ctx: Context, order: Order, items: Sequence[Item]) -> list[dict[str, Any]]:
    item = ctx.models.bulk_item
    rows = ctx.session.execute(sa.select(item.id, item.before).where(item.id.in_([one.id for one in items])))
    before = {row.id: row.before for row in rows}
    return [bulk_actions.undo(ctx, order, one, before[one.id]) for one in items]
