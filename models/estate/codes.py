"""Codes and secrets: how they are made, written, and recognised."""

import hashlib
import re
import secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty-two letters that nobody takes for another one (Crockford's base 32): five bits each."""

SESSION_LETTERS = 20
"""100 random bits: a portal's code is all that opens it."""

INVITE_LETTERS = 12
"""An agent's invite code is no secret: it shows what everybody may see."""

SECRET_BYTES = 32
"""Random bytes of what is sent by mail or in a link."""

PREFIX_LETTERS = 6
"""Letters of a code that attempts are counted by: its kind and 25 bits, which no two codes in use share."""

_LOOKALIKES = str.maketrans("OIL", "011")
_GROUP = 5


def portal_code(kind: str) -> str:
    """A new code of a portal; `kind` is its first letter, so that codes of two kinds never are the same."""
    return _grouped(kind, _random(SESSION_LETTERS))


def invite_code() -> str:
    """A new invite code of an agent."""
    return _random(INVITE_LETTERS)


def typed(text: str, kind: str) -> str | None:
    """The code that somebody has typed in, however grouped and in whatever case; None for what is no such code."""
    letters = re.sub(r"[\s-]", "", text).upper()
    rest = letters[1:].translate(_LOOKALIKES)
    if not letters.startswith(kind) or len(rest) != SESSION_LETTERS or not set(rest) <= set(LETTERS):
        return None
    return _grouped(kind, rest)


def prefix(text: str) -> str:
    """The beginning of a code or secret, by which attempts are counted."""
    return re.sub(r"[\s-]", "", text).upper()[:PREFIX_LETTERS]


def secret() -> str:
    """A new secret, to be sent once and stored only as its digest."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest(text: str) -> str:
    """What is stored of a secret. It is random and long: a plain SHA-256 is not to be turned back."""
    return hashlib.sha256(text.encode()).hexdigest()


def _random(letters: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(letters))


def _grouped(kind: str, letters: str) -> str:
    groups = [letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP)]
    return "-".join((kind, *groups))
