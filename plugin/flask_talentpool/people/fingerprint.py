"""Hashes by which a host row is recognised again, and by which forgotten people are kept out."""

import hashlib
import hmac


def fingerprint(text: str) -> str:
    """Return a hash of a name or address; case and spacing make no difference."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def keyed(secret: bytes, *parts: str) -> str:
    """Return a hash that only who has ``secret`` can check a guess against."""
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
