"""Harbour's settings: what the demo runs with, each of them open to change by `create_app`."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def state_folder() -> Path:
    """Return the folder that holds the database and the mailbox: `$ATS_STATE`, else `build/demo`."""
    return Path(os.environ.get("ATS_STATE") or ROOT / "build" / "demo").resolve()


def defaults(state: Path) -> dict[str, Any]:
    """Return the demo's settings for one state folder.

    Secrets stand here in clear because the demo serves invented people on 127.0.0.1. A real host
    reads `SECRET_KEY` and `TALENTPOOL_HASH_KEY` from its environment.
    """
    port = int(os.environ.get("PORT") or 5000)
    mailbox = state / "mailbox"
    return {
        "SECRET_KEY": "demo-only-session-key-of-harbour",
        "SESSION_COOKIE_NAME": "harbour",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SQLALCHEMY_DATABASE_URI": "sqlite:///ats.sqlite3",
        # Harbour without its talent pool: set this to False, or start it with `ATS_TALENTPOOL=0`.
        "ATS_TALENTPOOL": os.environ.get("ATS_TALENTPOOL") != "0",
        # Shows the demo accounts and the mailbox. Off in anything but a demo.
        "ATS_DEMO": True,
        "ATS_COMPANY": "Fernhill Logistics",
        "ATS_MAILBOX": str(mailbox),
        "TALENTPOOL_OUTCOME_LETTERS": "ours",
        # Finalists get a line that somebody wrote for them; other letters go by themselves.
        "TALENTPOOL_MODES": {"interviewed": "auto", "finalist": "personal"},
        "TALENTPOOL_REPLY_MAILBOX": "people@fernhill.example",
        "TALENTPOOL_MAIL_URL": "eml://" + mailbox.as_posix(),
        "TALENTPOOL_MAIL_FROM": "Fernhill Logistics <people@fernhill.example>",
        "TALENTPOOL_COMPANY": "Fernhill Logistics",
        "TALENTPOOL_PUBLIC_URL": f"http://127.0.0.1:{port}",
        # A real host waits a business day. Here you want to see the letter arrive.
        "TALENTPOOL_DELAY": timedelta(seconds=float(os.environ.get("ATS_LETTER_DELAY") or 20)),
        "TALENTPOOL_WORKER_INTERVAL": timedelta(seconds=2),
        "TALENTPOOL_HASH_KEY": "demo-only-hash-key-of-harbour-ats",
    }
