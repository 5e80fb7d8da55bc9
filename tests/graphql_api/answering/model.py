"""A model's endpoint for tests: a real HTTP server that speaks OpenAI's protocol as its script tells it to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

Reply = Callable[[], Response | Awaitable[Response]]

DONE = b"data: [DONE]\n\n"


def delta(text: str | None, **more: Any) -> bytes:
    """An event with a piece of text."""
    chunk = {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}], **more}
    return b"data: " + orjson.dumps(chunk) + b"\n\n"


def usage(tokens: int) -> bytes:
    """The event that tells the cost, as it comes behind the last piece."""
    return b"data: " + orjson.dumps({"choices": [], "usage": {"total_tokens": tokens}}) + b"\n\n"


def stream(*events: bytes | asyncio.Event) -> Reply:
    """A reply of these parts, each sent on its own; at an event it waits."""

    async def parts() -> AsyncIterator[bytes]:
        for event in events:
            if isinstance(event, asyncio.Event):
                await event.wait()
            else:
                yield event
                # Every part its own packet, as a slow model sends them.
                await asyncio.sleep(0)

    return lambda: StreamingResponse(parts(), media_type="text/event-stream")


def refuse(status: int, **headers: str) -> Reply:
    """A refusal."""
    return lambda: Response("{}", status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@dataclass
class Model:
    """The endpoint at `url`: `replies` are what it says to one request after the other, the last one for ever."""

    replies: Sequence[Reply] = ()
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Up to the path of the protocol."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def answer(self, request: Request) -> Response:
        """Reply as the script says."""
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        reply = self.replies[min(len(self.asked), len(self.replies)) - 1]()
        return reply if isinstance(reply, Response) else await reply


@asynccontextmanager
async def serving(model: Model) -> AsyncIterator[Model]:
    """The endpoint on a free port."""
    app = Starlette(routes=[Route("/v1/chat/completions", model.answer, methods=["POST"])])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        model.port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        server.config.timeout_graceful_shutdown = 1
        running = asyncio.create_task(server.serve([listening]))
        while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield model
        finally:
            server.should_exit = True
            await running
