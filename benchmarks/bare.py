"""The bare loop that one rejection is compared with: the same letters, without a promise.

Nothing that the package exports writes a letter, so its text files are rendered here with Jinja2. What is written
is compared with letters that were really sent, see :meth:`Bare.compare`.
"""

import binascii
import html
import re
import secrets
import smtplib
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jinja2
import sqlalchemy as sa

import flask_talentpool
from benchmarks.host import Host
from benchmarks.smtp import Sent

BATCH = 200
CONNECTIONS = 8
_TEXTS = {"applied": "outcome/applied.unlatched.txt", "screen": "outcome/screened.unlatched.txt"}
_GUIDE = "https://host.test/talent-pool/guide/what-happens-next/"
_LINK = re.compile(r"\[([^\[\]\n]+)\]\((link|guide):[a-z-]+\)")
_ADDRESS = re.compile(r"(?:https?://|talentpool-link:)[^\s\"<]+")
_TAG = re.compile(r"<[^>]+>")
_WORDS = "SELECT to_address, subject, text, html"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCES = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_SMALL_WORDS = frozenset(
    {"the", "and", "of", "to", "in", "is", "you", "that", "it", "for", "on", "are", "with", "we"}
)
_LONGEST_SUBJECT, _MOST_WORDS = 120, 1200


class Words:
    """Writes and checks a letter from the package's own files, as plainly as it can be done."""

    def __init__(self) -> None:
        package = Path(flask_talentpool.__file__).parent
        plain = jinja2.Environment(undefined=jinja2.StrictUndefined)  # the text part is no HTML
        marked = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
        self._texts = {
            stage: plain.from_string(_only(package, f"texts/en/{name}").read_text(encoding="utf-8"))
            for stage, name in _TEXTS.items()
        }
        self._layout = marked.from_string(_only(package, "texts/layout.html").read_text(encoding="utf-8"))
        self._patterns = _patterns()

    def write(self, row: Any, link: str) -> tuple[str, str, str]:
        """Return the subject, the text and the HTML for a row of the host's."""
        values = dict.fromkeys(("applied_on", "reason", "line", "feedback", "writer_role", "kept"), "")
        values |= {
            "name": row.full_name,
            "job": row.title,
            "company": "Host Ltd",
            "writer": row.owner,
            "reply_address": row.owner_email,
            "own_address": "yes",
            "by_name": "yes",
            "keep_months": "12",
        }
        subject, *parts = re.split(r"\n{2,}", self._texts[row.stage].render(values).strip())
        subject = subject.removeprefix("Subject: ")
        urls = {"link": link, "guide": _GUIDE}
        text = "\n\n".join(_LINK.sub(lambda found: f"{found[1]}:\n{urls[found[2]]}", part) for part in parts)
        anchors = [
            _LINK.sub(
                lambda found: f'<a class="link" href="{urls[found[2]]}" style="color:#1f5a4c">{found[1]}</a>',
                html.escape(part, quote=False),
            )
            for part in parts
        ]
        page = self._layout.render(
            subject=subject, parts=anchors, company="Host Ltd", language="en", direction="ltr"
        )
        return subject, text + "\n", page

    def check(self, row: Any, subject: str, text: str, page: str) -> list[str]:
        """Return what is wrong with a letter: words that the rules forbid, its form, its language."""
        masked = f"{subject}\n\n{text}"
        for name in (row.full_name, row.title, row.owner, "Host Ltd"):
            masked = masked.replace(name, "\u00a4" * len(name))
        lower = masked.lower()
        found = [
            code
            for code, pattern, is_exact in self._patterns
            if pattern.search(masked if is_exact else lower)
        ]
        prose = _ADDRESS.sub(" ", lower)
        words = _WORD.findall(prose)
        sentences = sum(1 for part in _SENTENCES.split(prose) if part.strip())
        ease = (
            206.835 - 1.015 * len(words) / max(sentences, 1) - 84.6 * len(_VOWELS.findall(prose)) / len(words)
        )
        if not subject or len(subject) > _LONGEST_SUBJECT or len(words) > _MOST_WORDS or ease < 0:
            found.append("form")
        if sum(word in _SMALL_WORDS for word in words) < len(words) / 10 or '<html lang="en"' not in page:
            found.append("language")
        return found


def _only(package: Path, name: str) -> Path:
    """Return the one file of this name, wherever the package keeps its texts."""
    found = list(package.glob(f"**/{name}"))
    if len(found) != 1:
        message = f"the package has {len(found)} files {name}; the bare loop cannot write the same letter"
        raise RuntimeError(message)
    return found[0]


def _patterns() -> list[tuple[str, re.Pattern[str], bool]]:
    """Return what the package's rules search letters for, one pattern for each rule and language.

    The rules are data, and known by that wherever they stand: the longest table of what has patterns.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("flask_talentpool")]
    tables = [table for module in modules if isinstance(table := vars(module).get("RULES"), tuple)]
    rules = [rule for rule in max(tables, key=len, default=()) if getattr(rule, "patterns", None)]
    if not rules:
        message = "no table of rules with patterns was found; the bare loop cannot check the same"
        raise RuntimeError(message)
    return [
        (rule.code, re.compile("|".join(f"(?:{one})" for one in patterns), re.MULTILINE), rule.exact)
        for rule in rules
        for patterns in rule.patterns.values()
    ]


def _as_bytes(subject: str, text: str, page: str, to: str) -> bytes:
    """Return a mail as bytes, put together by hand since that is the fastest way."""
    mark = secrets.token_hex(8)
    head = (
        f"From: Anna Berg <jobs@host.test>\nTo: {to}\nSubject: {subject}\nMessage-ID: <{mark}@host.test>\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary="{mark}"\n\n'
    )
    parts = (
        f"--{mark}\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n".encode()
        + binascii.b2a_qp(words.encode())
        + b"\n"
        for kind, words in (("plain", text), ("html", page))
    )
    return b"".join((head.encode(), *parts, f"--{mark}--\n".encode())).replace(b"\n", b"\r\n")


class Bare:
    """The loop, with a table of its own beside the host's."""

    def __init__(self, host: Host, port: int) -> None:
        self._host, self._port, self._words = host, port, Words()
        self._outbox = sa.Table(
            "bare_letters",
            sa.MetaData(),
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("application_id", sa.Integer, unique=True),
            *(sa.Column(name, sa.Text) for name in ("to_address", "subject", "text", "html")),
        )
        self._outbox.create(host.engine)
        application, candidate, job, user = (
            model.__table__ for model in (host.Application, host.Candidate, host.Job, host.User)
        )
        self._rows = (
            sa.select(
                application.c.id,
                application.c.stage,
                candidate.c.full_name,
                candidate.c.email,
                job.c.title,
                user.c.name.label("owner"),
                user.c.email.label("owner_email"),
            )
            .join(candidate, candidate.c.id == application.c.candidate_id)
            .join(job, job.c.id == application.c.job_id)
            .join(user, user.c.id == job.c.owner_id)
            .order_by(application.c.id)
        )

    def run(self, keys: Sequence[int]) -> tuple[float, float]:
        """Tell everybody; return the seconds it took, and the seconds of the processor."""
        began, cpu = time.perf_counter(), time.process_time()
        key = self._host.Application.__table__.c.id
        statement = self._rows.where(key.between(keys[0], keys[-1]))
        # Named, since smtplib would ask the network for a name otherwise, and wait.
        servers = [
            smtplib.SMTP("127.0.0.1", self._port, local_hostname="host.test") for _ in range(CONNECTIONS)
        ]
        with self._host.engine.connect() as connection, ThreadPoolExecutor(CONNECTIONS) as threads:
            rows = connection.execute(statement).all()
            for start in range(0, len(rows), BATCH):
                letters = [self._letter(row) for row in rows[start : start + BATCH]]
                connection.execute(sa.insert(self._outbox), letters)
                connection.commit()
                mails = [
                    (
                        "jobs@host.test",
                        letter["to_address"],
                        _as_bytes(letter["subject"], letter["text"], letter["html"], letter["to_address"]),
                    )
                    for letter in letters
                ]
                shares = [mails[number::CONNECTIONS] for number in range(CONNECTIONS)]
                list(threads.map(_hand_over, servers, shares))
        for server in servers:
            server.quit()
        if len(rows) != len(keys):
            message = f"the bare loop read {len(rows)} rows, not {len(keys)}"
            raise RuntimeError(message)
        return time.perf_counter() - began, time.process_time() - cpu

    def _letter(self, row: Any) -> dict[str, Any]:
        link = f"https://host.test/talent-pool/l/{secrets.token_urlsafe(16)}"
        subject, text, page = self._words.write(row, link)
        if wrong := self._words.check(row, subject, text, page):
            message = f"the bare loop's check finds {', '.join(wrong)} in a letter of the package"
            raise RuntimeError(message)
        return {
            "application_id": row.id,
            "to_address": row.email,
            "subject": subject,
            "text": text,
            "html": page,
        }

    def compare(self) -> None:
        """See that both sides wrote the same words.

        Raises:
            RuntimeError: They did not, so that comparing their times says nothing.
        """
        theirs, ours = (
            {row.to_address: _words_of(row) for row in self._host.rows(f"{_WORDS} FROM {table}")}
            for table in ("bare_letters", "talentpool_letters WHERE kind = 'outcome'")
        )
        for address in theirs | ours:
            if theirs.get(address) != ours.get(address):
                message = f"the bare loop wrote {theirs.get(address)}, and the package {ours.get(address)}"
                raise RuntimeError(message)


def _words_of(row: Any) -> tuple[str, ...]:
    plain = _ADDRESS.sub("", row.text), _TAG.sub("", row.html)
    return row.subject, *(" ".join(part.split()) for part in plain)


def _hand_over(server: smtplib.SMTP, mails: Sequence[Sent]) -> None:
    for mail_from, rcpt_to, data in mails:
        server.sendmail(mail_from, [rcpt_to], data)
