"""A small schema whose resolvers wait, break, go on for ever, and tell what has become of them."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import strawberry
from pymongo.errors import ServerSelectionTimeoutError
from strawberry.scalars import JSON

from models.actor import ANONYMOUS, Actor


@dataclass
class Witness:
    """What the resolvers did, for tests to look at."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0
    ended: int = 0
    taken: int = 0


@dataclass
class Context:
    """What the resolvers are given."""

    caller: str | None
    request_id: str
    witness: Witness
    answers: dict[Any, Any] = field(default_factory=dict)
    actor: Actor = ANONYMOUS
    resume: str | None = None


Info = strawberry.Info[Context, None]


class Lookalike(Exception):
    """Somebody else's exception that looks like a refusal."""

    code = "FORBIDDEN"
    message = "the secret of the house"


async def _wait(info: Info) -> str:
    info.context.witness.started.set()
    try:
        await asyncio.sleep(30)
    except asyncio.CancelledError:
        info.context.witness.cancelled.set()
        raise
    return "awake"


@strawberry.type
class Query:
    """Reads."""

    @strawberry.field
    def hello(self, name: str = "world") -> str:
        """A greeting."""
        return f"Hello, {name}!"

    @strawberry.field
    def who(self, info: Info) -> str | None:
        """Who asks, and under which id."""
        return f"{info.context.caller} {info.context.request_id}"

    @strawberry.field
    async def slow(self, info: Info) -> str:
        """Waits for thirty seconds."""
        return await _wait(info)

    @strawberry.field
    def fails(self) -> str | None:
        """Breaks."""
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def away(self) -> str | None:
        """Finds no database."""
        raise ServerSelectionTimeoutError("mongodb://secret")

    @strawberry.field
    def must(self) -> str:
        """Breaks where null is not allowed."""
        raise RuntimeError("the secret of the house")

    @strawberry.field
    def echo(self, value: JSON) -> JSON:
        """What it was given."""
        return value

    @strawberry.field
    def vast(self) -> JSON:
        """A number that JSON's writer refuses."""
        return JSON(2**70)


@strawberry.type
class Mutation:
    """Writes."""

    @strawberry.mutation
    def increment(self, info: Info) -> int:
        """Counts."""
        info.context.witness.count += 1
        return info.context.witness.count

    @strawberry.mutation
    async def linger(self, info: Info) -> str:
        """Waits for thirty seconds."""
        return await _wait(info)


class Tick(int):
    """A number from which one can go on."""

    @property
    def cursor(self) -> str:
        """Where."""
        return f"c{self:d}"


class Text(str):
    """A text from which nobody can."""

    __slots__ = ()
    cursor = None


@strawberry.type
class Subscription:
    """Streams."""

    @strawberry.subscription
    async def ticks(self, to: int = 1) -> AsyncGenerator[int, None]:
        """So many ticks."""
        for number in range(1, to + 1):
            yield Tick(number)

    @strawberry.subscription
    async def endless(self, info: Info, bytes: int = 1) -> AsyncGenerator[str, None]:
        """One tick of so many bytes, and another whenever the client has taken the one before, unless it is small."""
        witness = info.context.witness
        try:
            while True:
                witness.taken += 1
                witness.started.set()
                yield Text("x" * bytes)
                if bytes == 1:
                    await asyncio.Event().wait()
        finally:
            witness.ended += 1

    @strawberry.subscription
    async def resumed(self, info: Info) -> AsyncGenerator[str, None]:
        """Where the client wants to go on."""
        yield Text(f"{info.context.resume} {info.context.caller}")

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        """One tick, and a fault."""
        yield Tick(1)
        raise RuntimeError("the secret of the house")
