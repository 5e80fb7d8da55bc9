"""Answers of a language model, by any endpoint that speaks OpenAI's protocol of chat completions, streamed."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from httpx_sse import SSEError, aconnect_sse

from graphql_api.answering.chunks import DONE, Chunk, read
from graphql_api.answering.prompt import Prompt
from graphql_api.answering.responder import Broken, Piece
from graphql_api.settings import Settings

PATH = "/chat/completions"

CONNECT_SECONDS = 10.0

TRIES = 3
FIRST_PAUSE_SECONDS = 0.5
"""Before the second try; doubled for each further one."""

LONGEST_PAUSE_SECONDS = 20.0
"""Whatever `Retry-After` says."""

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that may be others a moment later."""

Pause = Callable[[float], Awaitable[object]]


class _NotNow(Exception):
    """The endpoint gave nothing; `after` is how many seconds it wants to be left alone."""

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


@asynccontextmanager
async def endpoint(settings: Settings, url: str) -> AsyncIterator["Endpoint"]:
    """The endpoint of the settings, with connections of its own."""
    key = settings.answer_key
    async with httpx.AsyncClient(
        headers={} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"},
        timeout=httpx.Timeout(settings.answer_wait_seconds, connect=CONNECT_SECONDS),
        limits=httpx.Limits(max_connections=settings.answer_concurrency),
    ) as http:
        yield Endpoint(http, url, settings.answer_model or "")


class Endpoint:
    """The endpoint at `url`, up to and without `/chat/completions`, which is asked for the model of that `name`."""

    def __init__(self, http: httpx.AsyncClient, url: str, name: str, *, pause: Pause = asyncio.sleep) -> None:
        self._http = http
        self._url = url.rstrip("/").removesuffix(PATH) + PATH
        self.name = name
        self._pause = pause

    async def respond(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        """The pieces as they come. What fails before the first one is tried again. Raises `Broken`."""
        for attempt in range(1, TRIES + 1):
            begun, failed = False, None
            try:
                async with aclosing(self._stream(prompt)) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except _NotNow as error:
                failed = error
            if failed is None:
                return
            if begun or attempt == TRIES:
                raise Broken(str(failed)) from failed
            wanted = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1) if failed.after is None else failed.after
            await self._pause(min(wanted, LONGEST_PAUSE_SECONDS))

    async def _stream(self, prompt: Prompt) -> AsyncGenerator[Piece, None]:
        try:
            async with aconnect_sse(self._http, "POST", self._url, json=self._body(prompt)) as events:
                _check(events.response)
                async with aclosing(events.aiter_sse()) as messages:
                    ended = False
                    async for message in messages:
                        if message.data == DONE:
                            return
                        # Some keep the line alive by events without data.
                        chunk = read(message.data) if message.data else Chunk()
                        ended = ended or chunk.ended
                        if piece := _piece(chunk):
                            yield piece
        except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
            # Whoever is slow once is slower when asked twice.
            raise Broken("the endpoint fell silent") from error
        except SSEError as error:
            raise Broken("the endpoint sends no event stream") from error
        except httpx.TransportError as error:
            raise _NotNow(f"the endpoint cannot be reached ({type(error).__name__})") from error
        if not ended:
            raise _NotNow("the endpoint broke off")

    def _body(self, prompt: Prompt) -> dict[str, object]:
        return {
            "model": self.name,
            "messages": [{"role": said.role, "content": said.content} for said in prompt.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
        }


def _piece(chunk: Chunk) -> Piece | None:
    return Piece(chunk.text, chunk.tokens) if chunk.text or chunk.tokens is not None else None


def _check(response: httpx.Response) -> None:
    if response.status_code in PASSING:
        after = retry_after(response.headers.get("Retry-After"))
        raise _NotNow(f"the endpoint answers with status {response.status_code}", after)
    if response.status_code != httpx.codes.OK:
        raise Broken(f"the endpoint answers with status {response.status_code}")


def retry_after(value: str | None) -> float | None:
    """The seconds that the header names, as a number or as a date; None when it says nothing of use."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
