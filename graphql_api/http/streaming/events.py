"""Server-sent events, one connection an operation: the "distinct connections mode" of graphql-sse."""

import re
from collections.abc import Sequence

from graphql import GraphQLError

from graphql_api.http.answer import Answer, Fields
from graphql_api.http.connections import Transport
from graphql_api.http.streaming.framing import NOT_BUFFERED, errors_json
from graphql_api.operations.stream import Delivery

_COMPLETE = b"event: complete\ndata:\n\n"

# Anything else would end the line, or make browsers forget the id.
_ID = re.compile(r"[^\r\n\0]+")


class Events:
    """Frames of `text/event-stream`; the id of an event is where the client resumes after it."""

    transport: Transport = "events"
    fields: Fields = ((b"content-type", b"text/event-stream; charset=utf-8"), *NOT_BUFFERED)
    opening = b":\n\n"
    beat = b":\n\n"

    def next(self, delivery: Delivery, /) -> bytes:
        """Return the event of a result; JSON has no line breaks of its own."""
        if delivery.cursor is not None and _ID.fullmatch(delivery.cursor):
            return b"event: next\nid: %b\ndata: %b\n\n" % (delivery.cursor.encode(), delivery.body)
        return b"event: next\ndata: %b\n\n" % delivery.body

    def end(self, errors: Sequence[GraphQLError], /) -> bytes:
        """Return the last events."""
        return (self.next(Delivery(errors_json(errors))) if errors else b"") + _COMPLETE

    def stop(self) -> bytes:
        """Return nothing: without `complete` the client connects again, with the id of the last event."""
        return b""


def refused_events(errors: Sequence[GraphQLError]) -> Answer:
    """Return the answer to an operation that will not run: browsers show nothing of an answer with another status."""
    return Answer(200, Events.fields, Events().end(errors))
