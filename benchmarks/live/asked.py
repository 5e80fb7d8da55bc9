"""What the load asks for, in ready bytes: a message to be sent, and the messages of a conversation to be followed."""

from dataclasses import dataclass

import orjson

from benchmarks.live.frames import frame

LAST = 10
"""Messages that a list begins with."""

MARK = b'"content":"No. '
"""Stands in an event in front of the message's number."""

DIGITS = 8

SHOWN = "id conversationId sender advisorId content mentions tokensUsed status createdAt updatedAt"

SEND = f"""mutation Send($input: AdvisorMessageSendInput!) {{
  advisorMessageSend(input: $input) {{ message {{ {SHOWN} }} userErrors {{ code message field }} }}
}}"""

# graphql-jit gives a subscription its variables for its arguments, so they have the same names.
FOLLOW = f"""subscription Follow($conversationId: ID!, $last: Int!) {{
  advisorMessageChanges(conversationId: $conversationId, last: $last) {{ kind cursor id node {{ {SHOWN} }} }}
}}"""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation by its global id, with a token of its owner."""

    id: str
    token: str


def message(talk: Talk, number: int) -> bytes:
    """The whole HTTP request that sends the message of this number."""
    content = (
        f"No. {number:0{DIGITS}} is said here: is it time to raise the annual plan? It costs us “more” each month."
    )
    given = {"input": {"conversationId": talk.id, "content": content}}
    body = orjson.dumps({"query": SEND, "operationName": "Send", "variables": given})
    head = (
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        f"Authorization: Bearer {talk.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


def greeting(talk: Talk) -> bytes:
    """The first message over a socket: who calls."""
    return _framed({"type": "connection_init", "payload": {"authorization": f"Bearer {talk.token}"}})


def following(talk: Talk) -> bytes:
    """The message that asks for the list."""
    asked = {"query": FOLLOW, "operationName": "Follow", "variables": {"conversationId": talk.id, "last": LAST}}
    return _framed({"type": "subscribe", "id": "1", "payload": asked})


PING = frame(b'{"type":"ping"}')
PONG = frame(b'{"type":"pong"}')


def _framed(value: object) -> bytes:
    return frame(orjson.dumps(value))
