"""What is said by hand about each miniature host: its heading, and what to write for a host like it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A heading, and what to do.

    Attributes:
        heading: What a developer recognises the host by.
        says: What to write, or what to know.
    """

    heading: str
    says: str


GROUPS: Mapping[str, tuple[str, ...]] = {
    "candidates": (
        "own_model",
        "candidate_is_user",
        "joined_subclass",
        "two_hops",
        "same_row",
        "row_per_application",
        "one_address",
        "shared_address",
        "two_companies",
    ),
    "names": ("names_apart", "name_elsewhere", "no_email", "camel_case", "attached_later"),
    "keys": ("keys_not_id", "string_keys", "uuid_keys", "big_keys"),
    "jobs": ("no_job_model", "last_is_interview"),
    "owners": ("owner_key", "owner_text", "owner_names"),
    "statuses": (
        "status_text",
        "status_enum",
        "status_bool",
        "status_lookup",
        "status_two_columns",
        "state_machine",
        "many_rejected",
    ),
    "users": ("login_classes", "many_roles", "own_session", "json_api", "basic_sign_in", "no_user_loader"),
    "web": ("other_layout", "raising_context", "rate_limited"),
    "databases": (
        "lite",
        "bind_key",
        "deletes_old",
        "reused_ids",
        "soft_delete",
        "tenant_criteria",
        "reads_from_replica",
        "lazy_raise",
    ),
}
"""The parts of the page, each with its hosts in the order they are shown."""

NOTES: Mapping[str, Note] = {
    "own_model": Note(
        "The plainest host",
        "Attribute names are enough. `owner` says who signs a job's letters and whose jobs a manager sees.",
    ),
    "candidate_is_user": Note(
        "The candidate is `User`",
        "Give `User` as the candidate. Stage and status may be one column: the stage that was there is read while the "
        "row changes. What only `sync` finds, such as a bulk UPDATE, no longer shows how far somebody came; so map "
        "`interviewed_at` if you have it.",
    ),
    "joined_subclass": Note(
        "The candidate is a subclass of `User`",
        "Give the subclass. The key that counts is the one of the base table, and you need not say so.",
    ),
    "two_hops": Note(
        "Application, then CV, then user",
        "A dotted path walks over to-one relationships. A bare foreign key is named like any attribute.",
    ),
    "same_row": Note(
        "One row is both candidate and application",
        "Give the same class twice and leave `application_candidate` out. Two rows with the same address and like "
        "names are one person here.",
    ),
    "row_per_application": Note(
        "A new candidate row for each application",
        "There is nothing special to write: rows with the same address and like names are one person. Map "
        "`person_key` if you know a better key. `new_application` makes a new candidate row, as your own form does.",
    ),
    "one_address": Note(
        "Two people with one address",
        "There is nothing to write. Rows at one address whose names are clearly different are two people; where the "
        "names leave a doubt, the first page asks “same address: one person?”, and either answer can be changed.",
    ),
    "shared_address": Note(
        "An agency’s address for everybody it sends",
        "Map `shared_address`: an attribute, a path or a function of the candidate that is true where the address is an "
        "agency’s or a job centre’s. Such an address never says who somebody is: each of these rows is a person of its "
        "own, and mail from it is given to nobody by its sender.",
    ),
    "two_companies": Note(
        "Candidates who belong to a company before they apply",
        "Map `scope` on the application and `candidate_scope` on the candidate. Without the second, only who sees every "
        "scope sees somebody who has not applied.",
    ),
    "names_apart": Note(
        "First and last name apart", "Leave `name` out and give both. Either may be empty in a row."
    ),
    "name_elsewhere": Note(
        "Name and address on other tables",
        "A dotted path reaches a to-one relationship. For a list, write a function that is given the row.",
    ),
    "no_email": Note(
        "No e-mail at all",
        "Leave `email` out. Each letter is held with the reason `no_address`, and a person marks it as told once "
        "they have rung.",
    ),
    "camel_case": Note(
        "Names in camelCase",
        "Entries are the names of your Python attributes, whatever the columns are called. `name` in "
        "`FlaskLoginAccess` is where your users' names are.",
    ),
    "attached_later": Note(
        "Attributes that are attached later",
        "Entries are looked up when `init_app` runs, backrefs and hybrids too. Call it after your models are "
        "complete.",
    ),
    "keys_not_id": Note(
        "Keys that are not called `id`",
        "You say nothing about keys: the mapper knows them. Keys with a slash work in our addresses too.",
    ),
    "string_keys": Note("Keys are text", "Our foreign keys take the type and the length of your columns."),
    "uuid_keys": Note("Keys are native UUIDs", "Our foreign keys are UUIDs too."),
    "big_keys": Note(
        "Very large keys, and a naming convention",
        "Keys are never turned into floats or 32 bits. Our constraints have names of their own, so your convention "
        "does not touch them.",
    ),
    "no_job_model": Note(
        "No job model",
        "Leave `job` out and map `job_label`. The bench is then the people with the same label. This host "
        "maps no `new_application`, so whoever accepts an invitation is entered by hand.",
    ),
    "last_is_interview": Note(
        "The last stage is the interview",
        "Then no stage makes a finalist, and nobody is told that they were on the final list. Give a finish to whoever "
        "nearly got the job, or say `final_from=` where a stage does make a finalist.",
    ),
    "status_text": Note(
        "Status words typed by hand",
        "Write each word once: case and stray spaces do not count.",
    ),
    "status_enum": Note("Status, stage and role are Enums", "Give the members."),
    "status_bool": Note(
        "Status is a bool that may be NULL",
        "Give the values. What is in no set, here `None`, is open. Rounds can be stages: numbers do.",
    ),
    "status_lookup": Note(
        "Status is a row of another table",
        "Read its name by a dotted path. It does not matter when the row is made.",
    ),
    "status_two_columns": Note(
        "Status is two columns together",
        "A function returns both as a tuple, and the sets hold tuples. A function is "
        "read row by row, so give columns where you can: `sync` then asks the database.",
    ),
    "state_machine": Note(
        "Status is the number of a state machine",
        "Give the numbers. A transition that goes back is a decision taken back. `stage` reads the furthest state, "
        "so that it survives a rejection.",
    ),
    "many_rejected": Note(
        "Several ways to say no",
        "All of them belong in `rejected`. Values in `never_pool` count as rejected too; these people get a plain "
        "letter after approval and are never offered a place. What a bulk UPDATE does is found by `sync` and the "
        "worker.",
    ),
    "owner_key": Note(
        "The owner is a bare key",
        "A key is never printed: the hiring team signs, and answers go to `TALENTPOOL_MAIL_FROM`. Give the relationship "
        "instead where there is one, or `owner_name` and `owner_email`, which may be functions of the application.",
    ),
    "owner_text": Note(
        "The owner is a text",
        "What somebody typed need not be a name, so the hiring team signs. Where it is one, say so: "
        '`owner_name="job.handled_by"`.',
    ),
    "owner_names": Note(
        "The owner’s name and address have other names",
        "`owner_name` and `owner_email` are read on the application, like `owner`. Without them what "
        "`FlaskLoginAccess(name=…, email=…)` names is read on the owner, then `full_name`, `name`, `display_name`, "
        "`first_name` with `last_name`, and `email`, `mail`, `email_address`.",
    ),
    "login_classes": Note(
        "Several login classes with the same ids",
        "We know an actor by class and key, such as `Recruiter:1`. Here the class is the role, read by a function.",
    ),
    "many_roles": Note(
        "Users with many roles",
        "`role` may lead to a collection, of text or of rows with a `name`. Somebody with two of our roles has the "
        "rights of both.",
    ),
    "own_session": Note(
        "A sign-in of your own",
        "Write [an `Access` of your own](rights.md#own-access). A base template that needs variables gets them from a "
        "context processor; [Templates and style](templates-and-style.md) shows the bridge.",
    ),
    "json_api": Note(
        "JSON only, with a bearer token",
        "Write [an `Access` of your own](rights.md#own-access). All our addresses take and return JSON. A request with "
        "a bearer token and without any cookie needs no CSRF token.",
    ),
    "basic_sign_in": Note(
        "Sign-in by HTTP Basic",
        "Write [an `Access` of your own](rights.md#own-access). A browser sends Basic with another site's form as well, so "
        "every POST takes the CSRF token.",
    ),
    "no_user_loader": Note(
        "Flask-Login without a user loader",
        "Write [an `Access` of your own](rights.md#own-access): nothing of ours asks for `current_user` then.",
    ),
    "raising_context": Note(
        "A context processor that needs somebody signed in",
        "Nothing to write. Candidates’ pages and the guide never run your context processors; staff’s pages do, for "
        "somebody who is signed in.",
    ),
    "other_layout": Note(
        "A base template with other blocks",
        "The map is the plain one. Four lines of template join your block names to ours; see "
        "[Templates and style](templates-and-style.md#base-template).",
    ),
    "rate_limited": Note(
        "A limit on requests for the whole host",
        "The map is the plain one. Your limiter counts our pages too. Leave the endpoints `talentpool.link` and "
        "`talentpool.unsubscribe` room: mail scanners open each link of a letter, often many from one address.",
    ),
    "lite": Note(
        "Flask-SQLAlchemy-Lite",
        "Give its `SQLAlchemy()` as `db`. Our tables share the MetaData of your candidate's base.",
    ),
    "bind_key": Note(
        "Models on a bind of their own",
        "The candidate, application and job models must share one bind; our tables are made there.",
    ),
    "deletes_old": Note(
        "Old rows are deleted each night",
        "Nothing to write. Decisions stay without the row. A letter that still waits is held as `row_gone`, since "
        "nobody can say any more whether it holds.",
    ),
    "reused_ids": Note(
        "Ids are used again",
        "Nothing to write. When name and address of a row have both changed, its letters are held as `identity` "
        "until somebody says whether it is still the same person.",
    ),
    "soft_delete": Note(
        "Rows that are deleted by a date",
        "Nothing to write. We read by your session, so what its filter hides is not noticed and waits for no answer. A "
        "letter that waited when its row was hidden is held as `hidden`, its decision stays, and it goes once the row is "
        "shown again. Put the filter where workers and commands have it too.",
    ),
    "tenant_criteria": Note(
        "One table for all tenants",
        "Nothing to write where the filter holds in workers and commands as well. If they see all tenants, map `scope`, so "
        "that no tenant sees another's people.",
    ),
    "reads_from_replica": Note(
        "Reads that go to a replica",
        "Nothing to write. Whatever decides, which is workers, commands, what your commit shows us, and every press of a button, is "
        "read where your session would write; only our pages may show what the replica knows. Your `get_bind` is asked as "
        "for an `UPDATE`, with the session flushing.",
    ),
    "lazy_raise": Note(
        "Relationships that raise instead of loading",
        "Nothing to write for names and paths: what your mapping raises for is loaded with one SELECT. A function of "
        "yours has to load what it reads.",
    ),
}
