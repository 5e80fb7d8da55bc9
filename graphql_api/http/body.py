"""Reads the body of a POST within its limits: type, encoding, bytes and time."""

from collections.abc import Sequence

from starlette.types import Receive

from graphql_api.http.negotiate import parsed_media
from graphql_api.http.refusal import HttpRefusal, bad_request
from graphql_api.limits import BODY_BYTES, BODY_SECONDS, DRAIN_BYTES
from models.interruption import Interrupted, until

_CLOSE = {"Connection": "close"}


class ClientGone(Exception):
    """The client closed the connection: nobody is left to answer."""


def check_content(types: Sequence[bytes], encodings: Sequence[bytes]) -> None:
    """Raise `HttpRefusal` (415) unless the headers `Content-Type` and `Content-Encoding` announce plain JSON in UTF-8.

    Only this type is accepted, and a browser asks before it sends it to another site: that alone keeps forged requests
    of other sites out.
    """
    if len(types) != 1 or not _is_json(types[0]):
        message = "`Content-Type` must be application/json, in UTF-8."
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", message, {"Accept-Post": "application/json"})
    if encodings and encodings[0].strip().lower() != b"identity":
        message = "`Content-Encoding` is not served; send the body uncompressed."
        raise HttpRefusal(415, "UNSUPPORTED_CONTENT_ENCODING", message, {"Accept-Encoding": "identity"})


def _is_json(content_type: bytes) -> bool:
    # How nearly every client spells it.
    if content_type == b"application/json":
        return True
    media, parameters = parsed_media(content_type.decode("latin-1"))
    return media == "application/json" and parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8"}


async def read_body(receive: Receive) -> bytes:
    """Return the whole body; raises `HttpRefusal` (400, 408, 413), or `ClientGone`."""
    try:
        with until(BODY_SECONDS):
            body = await _read(receive)
    except Interrupted as error:
        message = f"The body did not arrive within {BODY_SECONDS:g} seconds; send it again."
        raise HttpRefusal(408, "BODY_TIMEOUT", message, _CLOSE) from error
    if not body:
        raise bad_request("The body is empty; send a JSON object with the key `query`.")
    return body


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        chunk, more = await _chunk(receive)
        size += len(chunk)
        if size > BODY_BYTES:
            await _drain(receive, size, more)
        chunks.append(chunk)
    return b"".join(chunks)


async def _drain(receive: Receive, size: int, more: bool) -> None:
    # A client that sends all before it reads would see a reset connection instead of the refusal.
    while more and size <= DRAIN_BYTES:
        chunk, more = await _chunk(receive)
        size += len(chunk)
    message = f"The body has more than {BODY_BYTES} bytes; send less at once."
    raise HttpRefusal(413, "BODY_TOO_LARGE", message, _CLOSE if more else None)


async def _chunk(receive: Receive) -> tuple[bytes, bool]:
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message.get("body", b""), message.get("more_body", False)
