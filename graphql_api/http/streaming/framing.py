"""How results are written into an answer that goes on: what each transport puts around them."""

from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from graphql import GraphQLError

from graphql_api.errors import coded
from graphql_api.http.answer import Fields
from graphql_api.http.connections import Transport
from graphql_api.operations.stream import Delivery

NOT_BUFFERED: Fields = ((b"cache-control", b"no-store"), (b"x-accel-buffering", b"no"))
"""No cache keeps such an answer, and no proxy waits for its end."""

STOPPING = coded("UNAVAILABLE", "The server is stopping; subscribe again.")


class Framing(Protocol):
    """One way to write an answer that goes on."""

    transport: Transport
    fields: Fields
    opening: bytes
    """What is sent at once, so that the client sees that its request has arrived."""
    beat: bytes
    """What is sent after a while of silence."""

    def next(self, delivery: Delivery, /) -> bytes:
        """Return the frame of a result."""

    def end(self, errors: Sequence[GraphQLError], /) -> bytes:
        """Return what ends the answer, for good, with errors that are not the operation's own."""

    def stop(self) -> bytes:
        """Return what ends it while there might be more: the client is to come again."""


def errors_of(errors: Sequence[GraphQLError]) -> list[Any]:
    """Return errors as they stand in JSON."""
    return [error.formatted for error in errors]


def errors_json(errors: Sequence[GraphQLError]) -> bytes:
    """Return a GraphQL result of nothing but errors."""
    return orjson.dumps({"errors": errors_of(errors)})
