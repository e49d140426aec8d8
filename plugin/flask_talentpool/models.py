"""Assembles the mixins of all parts on the host's MetaData, once."""

import dataclasses
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

from flask_talentpool.answer_clock.model import ClockMixin
from flask_talentpool.bulk.model import BulkItemMixin, BulkMixin
from flask_talentpool.db.audit import AuditMixin, MarkMixin
from flask_talentpool.db.tables import index_foreign_keys
from flask_talentpool.db.types import PREFIX
from flask_talentpool.decisions.model import DecisionMixin
from flask_talentpool.errors import MapError
from flask_talentpool.hires.model import HireMixin, OpeningMixin, SeenJobMixin
from flask_talentpool.host.mapping import Host
from flask_talentpool.letters.model import (
    IncomingMixin,
    LetterAttemptMixin,
    LetterMixin,
    LinkMixin,
    TextEditionMixin,
    TouchMixin,
)
from flask_talentpool.people.model import CandidateLinkMixin, ConsentMixin, PersonMixin, SuppressionMixin
from flask_talentpool.pools.model import MemberMixin, PersonTagMixin, PoolMixin, TagMixin
from flask_talentpool.recalls.model import RecallMixin

INFO_KEY = "flask_talentpool"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The mapped classes of one host; ``select(models.pool)`` is typed as its mixin."""

    mark: type[MarkMixin]
    audit: type[AuditMixin]
    person: type[PersonMixin]
    candidate_link: type[CandidateLinkMixin]
    consent: type[ConsentMixin]
    suppression: type[SuppressionMixin]
    decision: type[DecisionMixin]
    pool: type[PoolMixin]
    member: type[MemberMixin]
    tag: type[TagMixin]
    person_tag: type[PersonTagMixin]
    recall: type[RecallMixin]
    letter: type[LetterMixin]
    letter_attempt: type[LetterAttemptMixin]
    link: type[LinkMixin]
    touch: type[TouchMixin]
    text_edition: type[TextEditionMixin]
    incoming: type[IncomingMixin]
    clock: type[ClockMixin]
    bulk: type[BulkMixin]
    bulk_item: type[BulkItemMixin]
    opening: type[OpeningMixin]
    seen_job: type[SeenJobMixin]
    hire: type[HireMixin]


TABLES: dict[str, tuple[str, type[Any]]] = {
    "mark": ("marks", MarkMixin),
    "audit": ("audit", AuditMixin),
    "person": ("people", PersonMixin),
    "candidate_link": ("candidate_links", CandidateLinkMixin),
    "consent": ("consents", ConsentMixin),
    "suppression": ("suppressions", SuppressionMixin),
    "decision": ("decisions", DecisionMixin),
    "pool": ("pools", PoolMixin),
    "member": ("members", MemberMixin),
    "tag": ("tags", TagMixin),
    "person_tag": ("person_tags", PersonTagMixin),
    "recall": ("recalls", RecallMixin),
    "letter": ("letters", LetterMixin),
    "letter_attempt": ("letter_attempts", LetterAttemptMixin),
    "link": ("links", LinkMixin),
    "touch": ("touches", TouchMixin),
    "text_edition": ("templates", TextEditionMixin),
    "incoming": ("incoming", IncomingMixin),
    "clock": ("clocks", ClockMixin),
    "bulk": ("bulks", BulkMixin),
    "bulk_item": ("bulk_items", BulkItemMixin),
    "opening": ("openings", OpeningMixin),
    "seen_job": ("seen_jobs", SeenJobMixin),
    "hire": ("hires", HireMixin),
}


def build_models(host: Host) -> Models:
    """Map our tables beside the host's, on the MetaData of its candidate table.

    Building twice for the same candidate, application and job classes returns the same models.

    Raises:
        MapError: Another host already lives on this MetaData.
    """
    metadata = host.metadata
    classes = (host.map.candidate, host.map.application, host.map.job)
    built = metadata.info.get(INFO_KEY)
    if built is not None:
        if built[0] != classes:
            named = ", ".join(cls.__name__ for cls in built[0] if cls is not None)
            problem = f"another host ({named}) is already mapped on this MetaData; give each host its own, or the same classes"
            raise MapError([problem])
        models: Models = built[1]
        return models

    base = type("TalentPoolBase", (DeclarativeBase,), {"metadata": metadata, "__host__": host})
    mapped = {
        field: type(mixin.__name__.removesuffix("Mixin"), (mixin, base), {"__tablename__": PREFIX + table})
        for field, (table, mixin) in TABLES.items()
    }
    models = Models(**mapped)
    for cls in mapped.values():
        index_foreign_keys(sa.inspect(cls).local_table)
    metadata.info[INFO_KEY] = (classes, models)
    return models
