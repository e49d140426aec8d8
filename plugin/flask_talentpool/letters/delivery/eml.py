"""Letters as `.eml` files in a folder: for demos, development and hosts that collect mail there."""

from __future__ import annotations

import os
import tempfile
from email.parser import BytesHeaderParser
from pathlib import Path
from urllib.parse import quote

from flask_talentpool.errors import TalentPoolError

# File systems take 255 bytes; `.eml` must fit behind.
_LONGEST_NAME = 240


class NoMessageId(TalentPoolError, ValueError):
    """This letter has no Message-ID that can name a file. Give it one by `new_message_id`."""


def write_letter(folder: Path, data: bytes) -> Path:
    """Write the letter as `<Message-ID>.eml` and return the path; the same letter again replaces the file.

    The folder is made when it is missing. Whoever reads it sees whole letters only, and a letter that this
    function returned from survives a power cut.

    Raises:
        NoMessageId: The letter has no Message-ID, or one too long for a file name.
        OSError: The disk is full, or the folder cannot be written.
    """
    path = folder / f"{_file_name(data)}.eml"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".letter-", suffix=".tmp", dir=folder)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    return path


def _file_name(data: bytes) -> str:
    """Return the Message-ID as a file name that cannot leave the folder, one for each id."""
    message_id = BytesHeaderParser().parsebytes(data).get("Message-ID", "").strip().strip("<>")
    name = quote(message_id, safe="@+=")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if not name or len(name) > _LONGEST_NAME:
        raise NoMessageId
    return name


def _sync_folder(folder: Path) -> None:
    """Make the new name in the folder survive a power cut, where a folder can be opened at all."""
    as_folder = getattr(os, "O_DIRECTORY", None)
    if as_folder is None:
        return
    descriptor = os.open(folder, os.O_RDONLY | as_folder)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
