"""The worker's desk: what it asks of the API and writes through it, as the service that analyzes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema

from graphql_api.analysis import documents
from graphql_api.analysis.case import Case
from graphql_api.errors import code_of
from graphql_api.operations.prepare import Operations
from graphql_api.operations.run import FATAL, run
from models.actor import service
from models.estate.offer import Analysis
from models.estate.rules import ANALYSIS
from models.store import Store
from resolvers.context import Context

ACTOR = service(ANALYSIS.name)

HOMES = 50
"""Comparable homes that are looked at, of each status: those that were changed last."""

MOVED_ON = frozenset({"STALE_VERSION", "WRONG_STATE", "NOT_FOUND"})
"""What a write is told when the negotiation has gone on meanwhile."""


class Unavailable(Exception):
    """The API could not do it now: most likely the database is away."""


class Faulty(Exception):
    """The API could not do it with these rows, and most likely cannot do it later either."""


class Overtaken(Exception):
    """The offer waits no longer: its terms are others now, it is closed or gone, or it has been analyzed."""


@dataclass(frozen=True, slots=True)
class Page:
    """Offers that wait, by global ids, and the cursor behind them where there are more."""

    offers: tuple[str, ...]
    after: str | None


class Desk:
    """The API, in process. An operation may take so many `seconds`."""

    def __init__(self, schema: GraphQLSchema, store: Store, *, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        # Operations of its own: whatever the server trusts clients with, these documents are the project's.
        self._operations = Operations(schema, introspection=False)

    async def due(self, first: int, after: str | None = None) -> Page:
        """The oldest offers that nobody has analyzed, at most so many. Raises `Unavailable` or `Faulty`."""
        found = (await self._ask(documents.DUE, {"first": first, "after": after}))["due"]
        info = found["pageInfo"]
        # Ids alone: nothing else that a row may hold keeps the others from being told.
        ids = tuple(node["id"] for node in found["nodes"])
        return Page(ids, info["endCursor"] if info["hasNextPage"] else None)

    async def case(self, offer: str) -> Case:
        """What an offer is judged by. Raises `Overtaken`, `Unavailable` or `Faulty`."""
        found = (await self._ask(documents.OFFER, {"id": offer}))["offer"]
        if found is None or found["status"] != "PENDING" or found["aiAnalysis"] is not None:
            raise Overtaken("somebody else was faster")
        listing = found["listing"]
        if listing is None:
            raise Faulty("its listing is gone")
        return Case(found, listing, await self._homes(listing))

    async def _homes(self, listing: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
        """Public homes of the same type in the same place; none where one of them cannot be read."""
        where = {"city": {"eq": listing["city"]}, "propertyType": {"eq": listing["propertyType"]}}
        try:
            found = await self._ask(documents.HOMES, {"where": where, "first": HOMES})
        except Faulty:
            # A broken row of somebody else's: the offer is judged without the market, and says so.
            return ()
        return tuple(node for part in found.values() for node in part["nodes"])

    async def write(self, case: Case, analysis: Analysis) -> None:
        """Keep the analysis, while the terms are those it is of. Raises `Overtaken`, `Unavailable` or `Faulty`."""
        given = {"id": case.offer["id"], "version": case.offer["version"], "aiAnalysis": analysis.model_dump()}
        await self._write(documents.ANALYSIS_SET, given)

    async def expire(self) -> int:
        """End offers whose time is over; how many, 0 when there are no more. Raises `Unavailable` or `Faulty`."""
        count: int = (await self._write(documents.EXPIRE, {}))["expiredCount"]
        return count

    async def _write(self, text: str, given: Mapping[str, Any]) -> dict[str, Any]:
        payload: dict[str, Any] = (await self._ask(text, {"input": dict(given)}))["payload"]
        if errors := payload["userErrors"]:
            words = "; ".join(f"{error['code']}: {error['message']}" for error in errors)
            raise (Overtaken if errors[0]["code"] in MOVED_ON else Faulty)(words)
        return payload

    async def _ask(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        prepared = self._operations.prepare(text, None)
        result = await run(prepared, variables, Context(ACTOR, self._store), seconds=self._seconds)
        if result.errors or result.data is None:
            errors = result.errors or []
            away = any(code_of(error) in FATAL for error in errors)
            raise (Unavailable if away else Faulty)("; ".join(error.message for error in errors))
        return result.data
