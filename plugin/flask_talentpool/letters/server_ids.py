"""What a mail server calls a letter that it took: some services write that over the Message-ID, and answers name it.

No standard says where it stands in the reply at the end of DATA; the places are those of Postfix, Exim, Sendmail,
Exchange, Amazon SES, SendGrid, Postmark and Brevo.
"""

import re

_SHORTEST = 8
"""Of fewer characters it could be meant by chance."""
_ID = rf"[A-Za-z0-9][\w.+=/-]{{{_SHORTEST - 1},118}}"
_PLACES = (
    re.compile(r"<([^<>\s@]{1,80}@[^<>\s@]{1,39})>"),
    re.compile(rf"\bqueued(?: mail)? as <?({_ID})>?(?=[\s;,.)]|$)", re.IGNORECASE),
    re.compile(rf"\bid=<?({_ID})>?(?=[\s;,)]|$)", re.IGNORECASE),
    re.compile(rf"^250[ -](?:\d\.\d\.\d )?({_ID}) message accepted", re.IGNORECASE),
    re.compile(rf"^250[ -](?:\d\.\d\.\d )?ok:? <?({_ID})>?$", re.IGNORECASE),
)


def server_id_in(reply: str) -> str:
    """Return what a server calls a letter, by the reply that took it; empty where it does not say.

    >>> server_id_in("250 2.0.0 Ok: queued as 4WxYz12Ab3zC")
    '4WxYz12Ab3zC'
    >>> server_id_in("250 Ok 0102018f3c2a7b1e-6f1d2c3b-0000-4a5b-9c8d-7e6f5a4b3c2d-000000")
    '0102018f3c2a7b1e-6f1d2c3b-0000-4a5b-9c8d-7e6f5a4b3c2d-000000'
    >>> server_id_in("250 2.0.0 OK: queued as <202603021000.12345678@smtp-relay.example>")
    '202603021000.12345678@smtp-relay.example'
    >>> server_id_in("250 2.0.0 Ok, everything is in order")
    ''
    """
    for place in _PLACES:
        found = place.search(" ".join(reply[:600].split()))
        if found is not None and any(char.isdigit() for char in found[1]):
            return found[1]
    return ""


def may_be(message_id: str) -> tuple[str, ...]:
    """Return what of a Message-ID, with its brackets, may be a server's own name for a letter.

    >>> may_be("<0102018f3c2a7b1e-000000@eu-west-1.amazonses.com>")
    ('0102018f3c2a7b1e-000000@eu-west-1.amazonses.com', '0102018f3c2a7b1e-000000')
    """
    whole = message_id.strip("<>")
    local = whole.partition("@")[0]
    # SendGrid puts the machine behind it: <ID.recvd-abc-0@geopod-ismtpd-1>.
    first = local.partition(".")[0]
    return tuple(dict.fromkeys(one for one in (whole, local, first) if _SHORTEST <= len(one) <= 120))  # noqa: PLR2004 (the column's length)
