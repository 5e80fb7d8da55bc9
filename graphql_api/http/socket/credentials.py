"""Finds the credential in the payload of a message: clients of browsers cannot set headers on a socket."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql_api.auth.errors import InvalidToken

NAMES = ("authorization", "Authorization")


def credentials_in(payload: Mapping[str, Any] | None) -> Sequence[bytes]:
    """Return the values of `authorization` in a payload, or in its `headers`; raises `InvalidToken` for a bad one."""
    if not payload:
        return ()
    headers = payload.get("headers")
    places = [payload, headers] if isinstance(headers, Mapping) else [payload]
    values = [place[name] for place in places for name in NAMES if place.get(name) is not None]
    if not all(isinstance(value, str) for value in values):
        raise InvalidToken("not a string")
    # Some clients send the same in both places.
    return [value.encode("utf-8", "surrogatepass") for value in dict.fromkeys(values)]
