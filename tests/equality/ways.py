"""Runs an operation compiled and stock, and shows both results as what a client would be sent."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult

from graphql_api.errors import Rejected
from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.operations.run import run
from models.actor import Actor
from models.clock import now
from models.store import Store
from resolvers.context import Context
from tests.equality.shrinking import smallest

SECONDS = 60.0

Way = Callable[[PreparedOperation, Mapping[str, Any], Context], Awaitable[ExecutionResult]]

FAULT = re.compile(r"Quote id [0-9a-f]{16}\.")

MILLIS = re.compile(rb"\b[0-9]{13}\b")

MONTH = 31 * 86_400_000
"""In milliseconds: as far before now lie the times that a query reckons."""


@dataclass(frozen=True)
class Answer:
    """A result as bytes: `data` in its order; `errors` in theirs, each as it is sent, without the ids of faults."""

    data: bytes
    errors: tuple[bytes, ...]

    @property
    def roots(self) -> frozenset[str]:
        """The keys of the root fields that the errors are of."""
        return frozenset(path[0] for error in self.errors if (path := orjson.loads(error).get("path")))


def answer(result: ExecutionResult) -> Answer:
    """What a client would be sent."""
    return Answer(encoded(result.data), tuple(encoded(_masked(error.formatted)) for error in result.errors or ()))


def encoded(value: Any) -> bytes:
    """The value as it is sent; what cannot be sent at all is told by its type."""
    return orjson.dumps(value, default=lambda odd: f"<{type(odd).__name__} {odd!r}>")


def _masked(error: Mapping[str, Any]) -> dict[str, Any]:
    """A fault has a fresh id each time."""
    extensions = error.get("extensions", {})
    if extensions.get("code") != "INTERNAL":
        return dict(error)
    message = FAULT.sub("Quote id ….", error["message"])
    return {**error, "message": message, "extensions": {**extensions, "id": "…"}}


def _timeless(given: Answer) -> Answer:
    """Without the times that are reckoned from now: no two ways ask in one millisecond. Those of the rows are older."""
    present = now()

    def hidden(found: re.Match[bytes]) -> bytes:
        return b'"now"' if present - MONTH < int(found[0]) <= present else found[0]

    return Answer(MILLIS.sub(hidden, given.data), given.errors)


def alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same bytes, errors in their order.

    Where several root fields take all the data with them, which of them is told of is a race of the stock executor: one
    that fails stops the others. Then the answers must have an error in common.
    """
    raced = one.data == other.data == b"null" and bool(set(one.errors) & set(other.errors))
    return one == other or (raced and len(one.roots | other.roots) > 1)


async def compiled(prepared: PreparedOperation, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
    """Run the operation as the server does."""
    return await run(prepared, dict(variables), context, seconds=SECONDS, compiled=True)


async def stock(prepared: PreparedOperation, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
    """Run the operation by graphql-core's own executor."""
    return await run(prepared, dict(variables), context, seconds=SECONDS, compiled=False)


@dataclass(frozen=True)
class Bench:
    """Asks both ways, on one store, as one of the actors."""

    operations: Operations
    store: Store
    actors: Mapping[str, Actor]

    async def both(self, text: str, variables: Mapping[str, Any], actor: str) -> tuple[Answer, Answer]:
        """The answers to a document, compiled and stock. Raises `Rejected` for one that is not valid."""
        prepared = self.operations.prepare(text, None)
        ways = (way(prepared, variables, Context(self.actors[actor], self.store)) for way in (compiled, stock))
        one, other = [_timeless(answer(result)) for result in await asyncio.gather(*ways)]
        return one, other

    async def difference(self, text: str, sets: Sequence[Mapping[str, Any]], actor: str) -> str:
        """The smallest part of a document that differs when it is asked with these sets of variables, in turn."""

        async def differs(part: str) -> bool:
            return bool(await self._differing(part, sets, actor))

        part = await smallest(text, differs)
        differing = await self._differing(part, sets, actor) or await self._differing(text, sets, actor)
        return f"{actor} asks with {sets}:\n{part}\n{differing or 'It differed only once.'}\n"

    async def _differing(self, text: str, sets: Sequence[Mapping[str, Any]], actor: str) -> str:
        try:
            answers = [await self.both(text, variables, actor) for variables in sets]
        except Rejected:
            return ""
        return "\n".join(f"compiled {one}\nstock    {other}" for one, other in answers if not alike(one, other))
