"""The list of parts that have pages; each part registers its own."""

from collections.abc import Callable

from flask import Blueprint

from flask_talentpool.decisions import views as decisions
from flask_talentpool.letters import views as letters
from flask_talentpool.people import views as people
from flask_talentpool.pools import views as pools
from flask_talentpool.portal import guide
from flask_talentpool.portal import views as portal
from flask_talentpool.recalls import views as recalls
from flask_talentpool.web import overview, recall_to_pool

PARTS: tuple[Callable[[Blueprint], None], ...] = (
    overview.register,
    pools.register,
    recall_to_pool.register,
    people.register,
    letters.register,
    decisions.register,
    recalls.register,
    portal.register,
    guide.register,
)
