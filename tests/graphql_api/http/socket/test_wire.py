"""The sending half of a socket when nobody is left to read."""

import asyncio

import pytest
from starlette.types import Message

from graphql_api.http.socket.protocol import Close, shortened
from graphql_api.http.socket.wire import Gone, Wire


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("Unexpected ASGI message, after 'websocket.close'")])
async def test_what_cannot_be_sent_says_so(error: Exception) -> None:
    async def send(_: Message) -> None:
        raise error

    with pytest.raises(Gone):
        await Wire(send, 1.0).send("{}")
    with pytest.raises(Gone):
        await Wire(send, 1.0).close(Close(1000, ""))


async def test_what_takes_too_long_is_given_up() -> None:
    cancelled = asyncio.Event()

    async def send(_: Message) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(Gone):
        await Wire(send, 0.05).send("{}")
    assert cancelled.is_set()


def test_a_reason_fits_its_frame_in_whole_characters() -> None:
    assert shortened("x" * 200) == "x" * 123
    assert shortened("é" * 100) == "é" * 61
    assert shortened("\ud800") == "?"
