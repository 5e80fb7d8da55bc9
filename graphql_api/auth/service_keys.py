"""Recognises services by their keys, of which the settings hold only the SHA-256."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping

SERVICE_PREFIX = "svc_"
"""How a service key begins; a JSON Web Token never does, for its header opens with `{`, which is `ey` in base64."""

SECRET_BYTES = 32
"""Random bytes of a new key: 43 characters."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KEY = re.compile(r"svc_([a-z][a-z0-9-]{0,31})_[A-Za-z0-9_-]{43,128}")
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
_NOBODY = "0" * 64


class ServiceKeys:
    """The services of the settings: name → SHA-256 of the whole key in lower-case hex; others raise `ValueError`."""

    def __init__(self, digests: Mapping[str, str]) -> None:
        for name, digest in digests.items():
            _check_name(name)
            if not _SHA256_HEX.fullmatch(digest):
                raise ValueError(f"SERVICE_KEYS must hold the SHA-256 of a key for {name!r}: 64 digits of 0-9 and a-f.")
        self._digests = dict(digests)

    def name_of(self, token: str) -> str | None:
        """Return the service whose key this is, or None; takes as long for a wrong key as for a right one."""
        match = _KEY.fullmatch(token)
        if match is None:
            return None
        name = match[1]
        known = hmac.compare_digest(_digest(token), self._digests.get(name, _NOBODY))
        return name if known else None


def new_service_key(name: str) -> tuple[str, str]:
    """Return a new key for the service, to be shown once, and its SHA-256 in hex, for the settings.

    A name that is not a lower-case letter followed by up to 31 of a-z, 0-9 and `-` raises `ValueError`.
    """
    _check_name(name)
    key = f"{SERVICE_PREFIX}{name}_{secrets.token_urlsafe(SECRET_BYTES)}"
    return key, _digest(key)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"SERVICE_KEYS must name services by up to 32 of a-z, 0-9 and '-', a letter first: {name!r}.")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
