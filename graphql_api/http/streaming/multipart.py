"""The parts of a multipart body, as Apollo's router sends the results of subscriptions."""

from collections.abc import Sequence

import orjson
from graphql import GraphQLError

from graphql_api.http.answer import Fields
from graphql_api.http.connections import Transport
from graphql_api.http.streaming.framing import NOT_BUFFERED, STOPPING, errors_of
from graphql_api.operations.stream import Delivery

_HEAD = b"\r\ncontent-type: application/json\r\n\r\n"
_BOUNDARY = b"\r\n--graphql"


def _part(json: bytes) -> bytes:
    # With the boundary after it: clients take a part for whole once they have seen that.
    return _HEAD + json + _BOUNDARY


class Multipart:
    """Frames of `multipart/mixed;subscriptionSpec=1.0`: `{}` is a sign of life, a null with errors the end by force."""

    transport: Transport = "multipart"
    fields: Fields = (
        (b"content-type", b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'),
        *NOT_BUFFERED,
    )
    opening = _BOUNDARY + _part(b"{}")
    beat = _part(b"{}")

    def next(self, delivery: Delivery, /) -> bytes:
        """Return the part of a result."""
        return _part(b'{"payload":%b}' % delivery.body)

    def end(self, errors: Sequence[GraphQLError], /) -> bytes:
        """Return the last part, if there is anything to say, and the end of the body."""
        told = _part(orjson.dumps({"payload": None, "errors": errors_of(errors)})) if errors else b""
        return told + b"--\r\n"

    def stop(self) -> bytes:
        """Return an error: a body that only ended would say that there is no more."""
        return self.end([STOPPING])
