"""What is done to texts that people typed, before they are kept or printed."""

import re


def one_line(text: str | None) -> str:
    """Trim a text and put it on one line.

    >>> one_line("  a line,   and another ")
    'a line, and another'
    """
    return " ".join((text or "").split())


_KEY = re.compile(r"\w+:\S+|\S*[\d_@]\S*")
"""A word that is no name of somebody: class and key, a number, a login, an address."""


def printed_name(text: object) -> str:
    """Return a name as a letter prints it; empty for what nobody is called by: a key, an address, a login.

    >>> [printed_name(text) for text in (" Ada  Okafor ", "ada@mail.example", "User:a18", "17", "aokafor", None)]
    ['Ada Okafor', '', '', '', '', '']
    """
    name = one_line(text) if isinstance(text, str) else ""
    is_word = " " not in name
    # A login is one word in small letters; scripts without capitals have none.
    is_login = is_word and name == name.lower() != name.upper()
    if "@" in name or not any(map(str.isalpha, name)) or (is_word and (is_login or _KEY.fullmatch(name))):
        return ""
    return name
