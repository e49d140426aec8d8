"""What django-post_office needs to hand the same mails over, for comparison: `send_queued` with its defaults.

Run as a program of its own, as Django is configured once a process. It is installed by `make bench` only.
"""

import importlib.util
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.smtp import REPOSITORY, Sent
from tests.support.postgres import PostgresServer


def is_installed() -> bool:
    """Whether there is something to compare with."""
    return importlib.util.find_spec("post_office") is not None


def seconds(server: PostgresServer | None, port: int, mails: list[Sent], rounds: int) -> float:
    """Return the median time django-post_office takes for the mails.

    Args:
        server: Makes the database it keeps its queue in; None for SQLite.
        port: Of the mail server on this machine.
        mails: What the other side handed over; only their number and length matter here.
        rounds: How often they are queued and sent.
    """
    with tempfile.TemporaryDirectory() as folder:
        name = server.create_database() if server is not None else f"{folder}/queue.db"
        asked = {
            "engine": "postgresql" if server is not None else "sqlite3",
            "name": name,
            "host": str(server.directory) if server is not None else "",
            "port": port,
            "mails": len(mails),
            "length": round(statistics.mean(len(data) for _, _, data in mails)),
            "rounds": rounds,
        }
        path = Path(folder) / "asked.json"
        path.write_text(json.dumps(asked))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "benchmarks.post_office", path],
            cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
    return float(done.stdout.split()[-1])


def _main(path: str) -> None:
    asked = json.loads(Path(path).read_text())
    logging.disable(logging.INFO)
    # Django's modules want its settings first.
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": f"django.db.backends.{asked['engine']}",
                "NAME": asked["name"],
                "HOST": asked["host"],
                "USER": "postgres",
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=asked["port"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        USE_TZ=True,
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        POST_OFFICE={"BATCH_SIZE": asked["mails"]},
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from post_office import mail  # noqa: PLC0415
    from post_office.models import Email  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    taken = []
    # What one mail weighs without its text: its headers, and the same text as HTML.
    text = ("One line of a letter, as long as most of its lines are.\n" * asked["length"])[
        : asked["length"] // 3
    ]
    for _ in range(asked["rounds"]):
        mail.send_many(
            [
                {
                    "sender": "jobs@host.test",
                    "recipients": [f"p{number}@people.test"],
                    "subject": "Your application",
                    "message": text,
                    "html_message": text * 2,
                }
                for number in range(asked["mails"])
            ]
        )
        started = time.perf_counter()
        sent, failed, _ = mail.send_queued()
        taken.append(time.perf_counter() - started)
        if sent != asked["mails"] or failed:
            message = f"{sent} of {asked['mails']} mails went"
            raise RuntimeError(message)
        Email.objects.all().delete()
    sys.stdout.write(f"{statistics.median(taken)}\n")


if __name__ == "__main__":
    _main(sys.argv[1])
