"""What is done to texts that people typed, before they are kept."""


def one_line(text: str | None) -> str:
    """Trim a text and put it on one line.

    >>> one_line("  a line,   and another ")
    'a line, and another'
    """
    return " ".join((text or "").split())
