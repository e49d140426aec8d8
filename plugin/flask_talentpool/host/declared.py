"""The map a developer writes: where the host keeps what we read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from flask_talentpool.host.reader import Entry
from flask_talentpool.host.values import Values

ON_CANDIDATE = (
    "name",
    "first_name",
    "last_name",
    "email",
    "phone",
    "locale",
    "timezone",
    "skills",
    "place",
    "person_key",
    "candidate_scope",
    "shared_address",
)
ON_APPLICATION = (
    "job_label",
    "status",
    "stage",
    "scope",
    "client",
    "owner",
    "owner_name",
    "owner_email",
    "rating",
    "reason",
    "applied_at",
    "interviewed_at",
    "decided_at",
    "offered",
    "hired_on",
    "left_on",
    "probation_ends",
    "internal",
)
ON_JOB = ("job_title", "job_open", "job_locale")


@dataclass(frozen=True, kw_only=True)
class HostMap:
    """Where the host keeps what we read.

    Every reading entry is an attribute name (``"email"``), a dotted path over to-one
    relationships (``"resume.user.email"``) or a callable that is given the row. Entries are
    resolved when the application is initialised; all wrong ones are reported together.

    Attributes:
        candidate: The mapped class of a candidate. May be the same class as ``application``.
        application: The mapped class of one application to one job.
        job: The mapped class of a job, where the host has one.
        name: Read on the candidate; or give ``first_name`` and ``last_name``.
        email: Read on the candidate; without it letters are held "no address".
        person_key: Read on the candidate: what tells one person from another; without it the e-mail does, with the
            name.
        shared_address: Read on the candidate: true where the e-mail is an agency's or a job centre's, which never
            says who somebody is; such a row is a person of its own.
        application_candidate: On the application: relationship, path or bare foreign key to the
            candidate; not needed where both are the same class.
        application_job: The same for the job.
        status: Read on the application; compared with the value sets below. Text is compared
            without regard to case or surrounding space, enums by member, value or name.
        rejected: Status values that mean "we said no".
        hired: Status values that mean "we hired this person".
        withdrawn: Status values that mean "the person said no".
        offer_declined: Status values, or an entry that is true, when an offer was declined.
        never_pool: Status values (they also count as rejected), or a callable given the
            application, for people who must never be offered a pool.
        stage: Read on the application: how far it came.
        stages: The stages in order.
        interviewed_from: The first stage that counts as interviewed.
        final_from: The first stage that makes a finalist; without it the last of ``stages`` does, unless that is the
            first interview.
        reason: Read on the application: why it was turned down, in the host's words. It stays inside, unless it says
            what one of ``TALENTPOOL_REASONS`` says.
        reasons: What the host's words for a reason mean: its word, or Enum member, and a code of
            ``TALENTPOOL_REASONS``. A word that is a code or a label there means it by itself. What is read so is
            proposed on the decision's page; see ``TALENTPOOL_REASONS_BY_HOST`` for what letters say by themselves.
        offered: Read on the application: true, or a date, while an offer to this person is out; it may stay so
            afterwards. Letters to the finalists of the same job wait for as long, and go on waiting for a person
            when the offer falls through.
        hired_on: Read on the application: the day on which somebody who was hired starts.
        left_on: Read on the application: the last day of somebody who was hired and left.
        probation_ends: Read on the application: the last day of probation, or of an agency's guarantee, such as
            ``job.probation_ends``. Without it ``TALENTPOOL_PROBATION`` counts from the start.
        job_open: Read on the job: whether it is open; false or 0 is closed, and None says nothing.
        scope: Read on the application: the company or client it is for, where there are several.
        candidate_scope: Read on the candidate: the scope of somebody who has not applied to anybody yet. Without it
            only who sees every scope sees such people, where ``scope`` is given.
        owner: Read on the application: who owns the job, best as the row of the host's user. Signs its letters, gets
            the morning mail, and is the hiring manager whose own job it is.
        owner_name: Read on the application: what letters call the owner, such as ``job.owner.full_name``. Without it
            what ``FlaskLoginAccess(name=…)`` reads on the owner, then the usual attributes. Letters whose owner has
            no name come from the hiring team.
        owner_email: Read on the application: the owner's own address, where answers go. Without it what
            ``FlaskLoginAccess(email=…)`` reads, then the usual attributes.
        locale: The person's language, such as ``de``; without it ``job_locale``, read on the job.
        timezone: The person's time zone by its IANA name; letters keep its office hours.
        new_application: ``(candidate, job, recall) -> application``; makes the new process when
            somebody who was recalled says yes. Called in our transaction; it adds, we commit.
        reject: ``(application, actor) -> None``; gives the application a status that means "we said no".
            Called in our transaction when somebody answers people on our pages; it changes the row, we
            commit. Without it people without a decision are answered in the host.
        reopen: ``(application) -> None``; puts the status back that was there before ``reject``, when somebody undoes
            a turning down on our pages and the person has not been told. Called in our transaction. Without it undo
            takes back the letter, and the status in the host is yours to change.
        candidate_url: Given the candidate, the address of its page in the host.
    """

    candidate: type[Any]
    application: type[Any]
    job: type[Any] | None = None
    name: Entry | None = None
    first_name: Entry | None = None
    last_name: Entry | None = None
    email: Entry | None = None
    phone: Entry | None = None
    locale: Entry | None = None
    timezone: Entry | None = None
    skills: Entry | None = None
    place: Entry | None = None
    person_key: Entry | None = None
    shared_address: Entry | None = None
    application_candidate: Entry | None = None
    application_job: Entry | None = None
    job_title: Entry | None = None
    job_label: Entry | None = None
    job_open: Entry | None = None
    job_locale: Entry | None = None
    status: Entry | None = None
    rejected: Values = ()
    hired: Values = ()
    withdrawn: Values = ()
    never_pool: Values | Callable[[Any], bool] = ()
    offer_declined: Values | Entry = ()
    offered: Entry | None = None
    stage: Entry | None = None
    stages: tuple[Any, ...] = ()
    interviewed_from: Any = None
    final_from: Any = None
    scope: Entry | None = None
    candidate_scope: Entry | None = None
    client: Entry | None = None
    owner: Entry | None = None
    owner_name: Entry | None = None
    owner_email: Entry | None = None
    rating: Entry | None = None
    reason: Entry | None = None
    reasons: Mapping[Any, str] = field(default_factory=dict)
    applied_at: Entry | None = None
    interviewed_at: Entry | None = None
    decided_at: Entry | None = None
    hired_on: Entry | None = None
    left_on: Entry | None = None
    probation_ends: Entry | None = None
    internal: Entry | None = None
    candidate_url: Callable[[Any], str] | None = None
    new_application: Callable[[Any, Any, Any], Any] | None = None
    reject: Callable[[Any, Any], None] | None = None
    reopen: Callable[[Any], None] | None = None


MAP_FIELDS = tuple(f.name for f in fields(HostMap))
