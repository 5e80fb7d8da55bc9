"""Gives each request an id: the client's own if it is harmless, else a new one."""

import re
import secrets

HEADER = "X-Request-ID"
FIELD = HEADER.lower().encode()

# Nothing that could break a log line or a header.
_HARMLESS = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def chosen_id(given: bytes | None) -> str:
    """Return the id of a request whose client gave this one, or none."""
    return given.decode() if given is not None and _HARMLESS.fullmatch(given) else secrets.token_hex(16)
