"""Gives one answer: claims it, gathers what it is made from, writes it as it comes, ends it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic

import structlog

from graphql_api.answering.basin import Basin
from graphql_api.answering.desk import Claimed, D, Desk, Refused, Unavailable
from graphql_api.answering.prompt import Prompt
from graphql_api.answering.responder import Broken, Responder

log = structlog.get_logger(__name__)

RENEWALS = 3
"""How often a lease is renewed before it would be over, while there is nothing to write."""

CHARACTERS_A_TOKEN = 4
"""By which the cost is estimated where the endpoint does not tell it."""

RELEASE_SECONDS = 5.0
"""How long a worker that stops may take to let go of an answer; else its lease does that."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most so many `writes` a second for one answer, and so many `seconds` for all of it."""

    writes: float = 4.0
    seconds: float = 300.0


async def give(desk: Desk[D], responder: Responder, due: D, bounds: Bounds) -> None:
    """Give an answer, unless somebody else has it. What goes wrong ends this one alone, in a line of the log."""
    try:
        claimed = await desk.claim(due)
    except Refused:
        return
    except Unavailable as error:
        log.warning("answer not claimed", answer=due.id, error=str(error))
        return
    await _Giving(desk, responder, claimed, bounds).run()


class _Giving(Generic[D]):
    def __init__(self, desk: Desk[D], responder: Responder, claimed: Claimed[D], bounds: Bounds) -> None:
        self._desk = desk
        self._responder = responder
        self._claimed = claimed
        self._bounds = bounds
        self._basin = Basin()
        self._writes = 0
        self._tokens: int | None = None

    async def run(self) -> None:
        began = time.monotonic()
        outcome, error = "stopped", ""
        try:
            outcome, error = await self._given()
        except asyncio.CancelledError:
            await self._leave(self._desk.release)
            raise
        finally:
            log.info(
                "answer",
                answer=self._claimed.due.id,
                **self._claimed.due.told,
                outcome=outcome,
                pieces=self._basin.pieces,
                writes=self._writes,
                characters=self._basin.characters,
                tokens=self._tokens,
                seconds=round(time.monotonic() - began, 1),
                **({"restarted": True} if self._claimed.restarted else {}),
                **({"error": error} if error else {}),
            )

    async def _given(self) -> tuple[str, str]:
        """How it went, in one word, and why."""
        try:
            await self._write_whole()
        except Refused as refused:
            return "lost", str(refused)
        except Unavailable as error:
            # Whoever claims it when the lease is over begins it anew.
            return "abandoned", str(error)
        except (Broken, LookupError) as broken:
            await self._leave(self._desk.fail)
            return "failed", str(broken)
        except Exception as fault:
            # A fault of ours would meet the next worker as well: this answer ends, the others go on.
            log.exception("answer broke the worker", answer=self._claimed.due.id)
            await self._leave(self._desk.fail)
            return "failed", type(fault).__name__
        return "complete", ""

    async def _leave(self, way: Callable[[Claimed[D]], Awaitable[None]]) -> None:
        with suppress(Refused, Unavailable, TimeoutError):
            async with asyncio.timeout(RELEASE_SECONDS):
                await way(self._claimed)

    async def _write_whole(self) -> None:
        await self._typing(typing=True)
        prompt = await self._desk.prompt(self._claimed.due)
        filling = asyncio.create_task(self._basin.fill(self._responder, prompt, self._bounds.seconds))
        try:
            await self._pour()
            await filling
        finally:
            filling.cancel()
            # Whatever else it has to say is no news: what ended this first has been raised already.
            await asyncio.gather(filling, return_exceptions=True)
        if not self._basin.characters:
            raise Broken("the answer is empty")
        self._tokens = self._cost(prompt)
        await self._desk.finish(self._claimed, self._tokens, self._responder.name)

    async def _pour(self) -> None:
        """Write what has come in, until all has; while nothing comes, keep the lease and the sign of typing."""
        while not (self._basin.ended and not self._basin.text):
            if not await self._basin.news(self._desk.lease_seconds / RENEWALS):
                await self._desk.renew(self._claimed)
                if not self._writes:
                    await self._typing(typing=True)
            elif text := self._basin.take():
                await self._desk.append(self._claimed, text)
                self._writes += 1
                if self._writes == 1:
                    await self._typing(typing=False)
                await asyncio.sleep(1 / self._bounds.writes)

    async def _typing(self, *, typing: bool) -> None:
        # Only a sign: the answer does not depend on it.
        with suppress(Refused):
            await self._desk.typing(self._claimed.due, typing=typing)

    def _cost(self, prompt: Prompt) -> int:
        if self._basin.tokens is not None:
            return self._basin.tokens
        return -(-(prompt.characters + self._basin.characters) // CHARACTERS_A_TOKEN)
