"""The messages of `graphql-transport-ws` and the codes that its sockets are closed with.

Source: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson
from graphql import GraphQLError

from graphql_api.http.json_text import read_json
from graphql_api.http.refusal import HttpRefusal
from graphql_api.limits import SOCKET_MESSAGE_BYTES

PROTOCOL: Final = "graphql-transport-ws"

ID_CHARACTERS = 255
"""Characters of the id of an operation: it stands on each of its messages, and clients use UUIDs and counters."""

REASON_BYTES = 123
"""Bytes of the reason of a closure (RFC 6455 §5.5)."""


class Close(NamedTuple):
    """How a socket is closed."""

    code: int
    reason: str


GONE = Close(1006, "")
"""The client has left, or does not read: nobody can be told (RFC 6455 §7.4.1)."""

STOPPING = Close(1001, "The server is stopping")
SILENT = Close(1001, "No answer to a ping")
LATER = Close(1013, "Try again later")
UNAUTHORIZED = Close(4401, "Unauthorized")
FORBIDDEN = Close(4403, "Forbidden")
SUBPROTOCOL = Close(4406, "Subprotocol not acceptable")
INIT_TIMEOUT = Close(4408, "Connection initialisation timeout")
TWO_INITS = Close(4429, "Too many initialisation requests")
FAULT = Close(4500, "Internal server error")


def malformed(what: str) -> Close:
    """Return the closure for a message that the protocol does not know."""
    return Close(4400, shortened(what))


def taken(identity: str) -> Close:
    """Return the closure for an id that is in use."""
    return Close(4409, shortened(f"Subscriber for {identity} already exists"))


def shortened(reason: str) -> str:
    """Return a reason in so many bytes that it fits a closing frame."""
    return reason.encode("utf-8", "replace")[:REASON_BYTES].decode("utf-8", "ignore")


class Closing(Exception):
    """The socket is to be closed."""

    def __init__(self, close: Close) -> None:
        super().__init__(close.reason)
        self.close = close


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the client; `refusal` says what is wrong with the operation in it, if anything is."""

    type: str
    id: str
    payload: Mapping[str, Any] | None
    refusal: HttpRefusal | None = None


def received(text: str | None) -> Message:
    """Return a client's message; raises `Closing` for one that is none. Binary ones have no text."""
    if text is None:
        raise Closing(malformed("Messages must be text"))
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > SOCKET_MESSAGE_BYTES:
        raise Closing(malformed(f"The message has more than {SOCKET_MESSAGE_BYTES} bytes; send it by POST"))
    try:
        return _message(read_json(raw, "The message"))
    except HttpRefusal as refusal:
        return _refused(raw, refusal)


def _refused(raw: bytes, refusal: HttpRefusal) -> Message:
    """Return a message that breaks the stricter rules for what operations are given; those end only the operation."""
    try:
        message = _message(orjson.loads(raw))
    except orjson.JSONDecodeError as error:
        raise Closing(malformed(refusal.message)) from error
    if message.type != "subscribe":
        raise Closing(malformed(refusal.message))
    return Message(message.type, message.id, message.payload, refusal)


def _message(value: Any) -> Message:
    if not isinstance(value, dict):
        raise Closing(malformed("A message must be a JSON object"))
    kind = value.get("type")
    if kind not in {"connection_init", "ping", "pong", "subscribe", "complete"}:
        raise Closing(malformed(f"Unknown type of message: {kind!r}" if isinstance(kind, str) else "`type` is missing"))
    identity, payload = value.get("id"), value.get("payload")
    if kind in {"subscribe", "complete"} and not (isinstance(identity, str) and 0 < len(identity) <= ID_CHARACTERS):
        raise Closing(malformed(f"`id` must be a string of 1 to {ID_CHARACTERS} characters"))
    if kind == "complete":
        return Message(kind, str(identity), None)
    if not isinstance(payload, dict) and not (payload is None and kind != "subscribe"):
        raise Closing(malformed("`payload` must be an object"))
    return Message(kind, identity if isinstance(identity, str) else "", payload)


PING = '{"type":"ping"}'
ACK = '{"type":"connection_ack"}'


def pong(payload: Mapping[str, Any] | None) -> str:
    """Return the answer to a ping."""
    return orjson.dumps({"type": "pong", "payload": payload} if payload else {"type": "pong"}).decode()


def next_of(identity: bytes, body: bytes) -> str:
    """Return a result of an operation, whose id is given in JSON."""
    return (b'{"id":%b,"type":"next","payload":%b}' % (identity, body)).decode()


def complete_of(identity: bytes) -> str:
    """Return the end of an operation, whose id is given in JSON."""
    return (b'{"id":%b,"type":"complete"}' % identity).decode()


def error_of(identity: bytes, errors: Sequence[GraphQLError]) -> str:
    """Return the refusal of an operation, whose id is given in JSON; it also ends it."""
    shown = orjson.dumps([error.formatted for error in errors])
    return (b'{"id":%b,"type":"error","payload":%b}' % (identity, shown)).decode()
