"""Every wrong set-up that ``check`` finds: what it is, what it costs, and the remedy. The guide lists them from here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wrong:
    """One kind of wrong set-up.

    Attributes:
        code: What JSON calls it.
        what: What is wrong, as a sentence without its full stop; what was found may follow it.
        costs: What comes of it.
        remedy: What to do.
        stops: Whether nobody could use the talent pool, or nothing would ever go: the exit code is 1.
    """

    code: str
    what: str
    costs: str
    remedy: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """A wrong set-up that was found here."""

    wrong: Wrong
    detail: str = ""
    stops: bool = False

    @property
    def text(self) -> str:
        """What is said of it."""
        colon = f": {self.detail}" if self.detail else ""
        return f"{self.wrong.what}{colon}. {self.wrong.costs} {self.wrong.remedy}"


def found(code: str, detail: str = "", *, stops: bool | None = None) -> Finding:
    """Return a finding of a kind.

    Args:
        code: Of the kind.
        detail: What was found here.
        stops: Where this one weighs otherwise than its kind.
    """
    wrong = WRONG[code]
    return Finding(wrong, detail, wrong.stops if stops is None else stops)


_ALL = (
    Wrong(
        "tables",
        "Tables of ours are not there",
        "Nothing is noticed and every page is an error.",
        "Make them with `flask db migrate && flask db upgrade`; without migrations with `db.create_all()`, or `flask "
        "talentpool upgrade-tables`.",
        stops=True,
    ),
    Wrong(
        "columns",
        "The tables are of another version, and lack",
        "What reads them fails.",
        "Bring them up to date with `flask db migrate && flask db upgrade`, or without migrations with `flask talentpool "
        "upgrade-tables`.",
        stops=True,
    ),
    Wrong(
        "map",
        "An entry of the map cannot be read",
        "Those people get no letter.",
        "Mend the map.",
        stops=True,
    ),
    Wrong(
        "who_writes",
        "Nobody has said who writes the outcome letters",
        "Until then letters are composed and held.",
        'If your ATS sends its own mail on these statuses, set TALENTPOOL_OUTCOME_LETTERS = "host" and report each mail '
        'with talentpool.told(application). If it does not, set "ours".',
        stops=True,
    ),
    Wrong(
        "mail_url",
        "TALENTPOOL_MAIL_URL is not set",
        "Nothing can be handed over.",
        "Set it, for example to smtp+starttls://user:password@mail.example.com",
        stops=True,
    ),
    Wrong(
        "mail_from",
        "TALENTPOOL_MAIL_FROM is not set",
        "Letters have no sender and are held.",
        'Set it, for example to "Anna Berg <jobs@example.com>"',
        stops=True,
    ),
    Wrong(
        "company",
        "TALENTPOOL_COMPANY is not set",
        "Letters cannot say whom they come from and are held.",
        "Set it to the company's name as candidates know it.",
        stops=True,
    ),
    Wrong(
        "public_url",
        "TALENTPOOL_PUBLIC_URL is not set",
        "Links in letters would lead nowhere, so letters are held.",
        "Set it, for example to https://jobs.example.com",
        stops=True,
    ),
    Wrong(
        "no_access",
        "No access= was given",
        "Nobody may see a page.",
        "Give FlaskLoginAccess(…) or an Access of your own.",
        stops=True,
    ),
    Wrong(
        "access_class",
        "access= was given a class, and not an Access made of it",
        "Every page is an error.",
        "Write access=FlaskLoginAccess(…), with its brackets.",
        stops=True,
    ),
    Wrong(
        "access_login",
        "FlaskLoginAccess cannot work here",
        "Every page is an error.",
        "Install flask-talentpool[login] and give the app a LoginManager, or write an Access of your own.",
        stops=True,
    ),
    Wrong(
        "role",
        "The role of your users cannot be read",
        "Whoever signs in gets an error instead of a page.",
        "Name in FlaskLoginAccess(role=…) the attribute, path or function that says a user's role.",
        stops=True,
    ),
    Wrong(
        "nobody",
        "No user of yours is a recruiter or an administrator",
        "Nobody can open a pool, let a letter go or take one back.",
        "Give recruiters= and admins= of FlaskLoginAccess values that your users have.",
        stops=True,
    ),
    Wrong(
        "role_values",
        "Role values that no user has",
        "They give nobody a right.",
        "Correct them in FlaskLoginAccess, or leave them out.",
    ),
    Wrong(
        "no_users",
        "No user was found",
        "Who may do what could not be seen.",
        "Run this again once there are users.",
    ),
    Wrong(
        "base_template",
        "TALENTPOOL_BASE_TEMPLATE names no template that can be used",
        "Every page for staff is an error.",
        "Name a template that your app finds and Jinja can read, or leave the setting out.",
        stops=True,
    ),
    Wrong(
        "base_raises",
        "The base template raises",
        "Pages for staff are an error.",
        "Mend it: of your own, our pages give it what your context processors do, and nothing else.",
        stops=True,
    ),
    Wrong(
        "base_block",
        "The base template has no block “content”",
        "Pages for staff are empty.",
        "Put {% block content %}{% endblock %} where the page's own part goes, or name a template between the two that "
        "does.",
        stops=True,
    ),
    Wrong(
        "routes",
        "Routes of your app and of ours are in each other's way",
        "Of two pages one is never reached.",
        "Set TALENTPOOL_URL_PREFIX to a path that is free, or move your route.",
        stops=True,
    ),
    Wrong(
        "statuses",
        "rejected= holds no value that a row ever had, and rows have one that is like it",
        "No letter is ever written.",
        "Correct the value in the map.",
        stops=True,
    ),
    Wrong(
        "status_values",
        "Status values of the map that no row ever had",
        "They are harmless, unless one is misspelt.",
        "Compare them with the values that your ATS has.",
    ),
    Wrong(
        "no_stages",
        "No stages are mapped",
        "Nobody counts as screened or as a finalist, and that means: no letter thanks for an interview or waits for a "
        "personal line, unless interviewed_at says that there was one, and a bench has only whoever has a finish, a place "
        "in a pool or an open door.",
        "Map stage=, stages= and interviewed_from= if your ATS knows how far an application came.",
    ),
    Wrong(
        "no_finalists",
        "The last of stages is the first interview",
        "Nobody is a finalist by their stage, and no letter says so.",
        "If a stage does make a finalist, say which: final_from=….",
    ),
    Wrong(
        "owners",
        "Owners of jobs without a name that a letter can print",
        "The hiring team signs these letters, and nobody by name.",
        "Say where the name is: owner_name=…, and owner_email=… for the address.",
    ),
    Wrong(
        "languages",
        "Languages without texts",
        "Letters to these people are in another language.",
        "Add texts in TALENTPOOL_LETTERS_FOLDER; `flask talentpool texts` says which are missing.",
    ),
    Wrong(
        "reasons",
        "TALENTPOOL_REASONS_BY_HOST asks for what nothing says",
        "Letters give no reason by themselves.",
        "Map reason=, and for job_closed job_open=, or leave the setting out.",
    ),
    Wrong(
        "worker",
        "No worker was ever seen",
        "Letters are written, and none goes.",
        "Run `flask talentpool worker` or the Celery task, or call `flask talentpool send` every few minutes.",
    ),
    Wrong(
        "worker_stopped",
        "The worker has stopped",
        "Letters that are due do not go.",
        "Start `flask talentpool worker` again, or whatever calls `flask talentpool send`.",
    ),
)

WRONG: Mapping[str, Wrong] = {wrong.code: wrong for wrong in _ALL}
