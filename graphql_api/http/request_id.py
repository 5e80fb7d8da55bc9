"""Gives each request an id: the client's own if it is harmless, else a new one."""

import itertools
import re
import secrets

HEADER = "X-Request-ID"
FIELD = HEADER.lower().encode()

# Nothing that could break a log line or a header.
_HARMLESS = re.compile(rb"[A-Za-z0-9._-]{1,64}")


# Unlike all others of all processes, and made without asking the system for chance each time.
_ORIGIN = secrets.token_hex(12)
_NUMBERS = itertools.count(secrets.randbits(24))


def chosen_id(given: bytes | None) -> str:
    """Return the id of a request whose client gave this one, or none."""
    return given.decode() if given is not None and _HARMLESS.fullmatch(given) else f"{_ORIGIN}{next(_NUMBERS):08x}"
