"""The traits that real Flask hosts differ by: every one has a miniature host that shows it."""

from enum import StrEnum


class Trait(StrEnum):
    """One way in which a host can differ from the plainest one."""

    # Who the candidate is
    OWN_MODEL = "the candidate is its own model"
    IS_USER = "the candidate is `User`"
    TWO_HOPS = "the candidate is two hops away (application → resume → user)"
    JOINED_SUBCLASS = "the candidate is a subclass of `User` by joined inheritance"
    SAME_ROW = "the candidate is the same row as the application"
    ROW_PER_APPLICATION = "a new candidate row for each application"
    TWO_AT_ONE_ADDRESS = "two people with one e-mail, each with a candidate row"
    SHARED_ADDRESS = "an agency's e-mail for everybody it sends"
    # Keys and names
    INT_KEY = "int keys"
    BIG_KEY = "BigInteger keys"
    STRING_KEY = "String(36) keys"
    UUID_KEY = "native UUID keys"
    KEY_NOT_ID = "a primary key not named `id`"
    NAMES_APART = "first and last name apart, the last one may be NULL"
    NAME_ELSEWHERE = "the name on another table"
    EMAIL_ELSEWHERE = "the e-mail on another table"
    NO_EMAIL = "no e-mail at all"
    CAMEL_CASE = "camelCase names"
    ATTACHED_LATER = "attributes attached after the class was made"
    # The job
    JOB_RELATIONSHIP = "job by relationship"
    JOB_FOREIGN_KEY = "job by bare foreign key"
    JOB_NULLABLE = "job may be NULL"
    NO_JOB = "no job model, a label"
    # The stages
    LAST_IS_INTERVIEW = "the last stage is the interview"
    # The status
    STATUS_TEXT = "status: a string of any case and another language"
    STATUS_ENUM = "status: an Enum"
    STATUS_INT = "status: the int of a state machine"
    STATUS_BOOL = "status: a bool"
    STATUS_LOOKUP = "status: a foreign key to a look-up table with rows made lazily"
    STATUS_TWO_COLUMNS = "status: two columns together"
    MANY_REJECTED = "several values mean rejected"
    NEVER_POOL = "a rejected-like value that must never reach a pool"
    GOES_BACK = "changes that go back"
    BULK_UPDATE = "changes made by bulk UPDATE"
    # The users
    ROLE_COLUMN = "users: one role column"
    ROLE_ENUM = "users: an Enum role"
    ROLE_MANY = "users: m:n roles"
    LOGIN_CLASSES = "users: several login classes with colliding ids"
    BEARER = "users: no Flask-Login, a JWT-like bearer header"
    OWN_SESSION = "users: no Flask-Login, an own session"
    NO_LOADER = "users: Flask-Login without a user loader"
    BASIC = "users: HTTP Basic, sent with every request"
    CANDIDATE_FIRST = "candidates belong to a company before they apply"
    # The owner of a job
    OWNER_KEY = "owner: a bare key"
    OWNER_TEXT = "owner: a text"
    OWNER_NAMES = "owner: a row whose name and address have other names"
    # The web side
    BASE_BLOCK = "a base template with another block name"
    BASE_CONTEXT = "a base template that needs context"
    RAISING_CONTEXT = "a context processor that needs somebody signed in"
    JSON_ONLY = "a JSON-only host"
    BIND_KEY = "models on a `__bind_key__`"
    CSRF_BEFORE = "cookies, CSRFProtect initialised before the mount"
    CSRF_AFTER = "cookies, CSRFProtect initialised after the mount"
    CSRF_NONE = "cookies without CSRFProtect"
    RATE_LIMIT = "a host-wide rate limiter"
    # The life of rows
    DELETES_OLD = "the host deletes old applications"
    REUSES_IDS = "SQLite uses a deleted row's id again"
    SOFT_DELETE = "deleted rows stay, and the session hides them"
    TENANT_CRITERIA = "the session shows one tenant's rows"
    REPLICA = "the session reads from a replica"
    LAZY_RAISE = "relationships that raise instead of loading"
    LITE = "Flask-SQLAlchemy-Lite"
