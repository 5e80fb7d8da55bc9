"""The worker's desk: what it asks of the API and writes through it, as the service that answers, for one product."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from graphql import GraphQLSchema

from graphql_api.answering.prompt import Prompt
from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.operations.run import run
from models.actor import service
from models.callers import ANSWERING
from models.store import Store
from resolvers.context import Context

ACTOR = service(ANSWERING.name)

LEASE_SECONDS = 30
"""How long an answer is a worker's without a sign of life."""


class Unavailable(Exception):
    """The API could not do it now: most likely the database is away."""


class Refused(Exception):
    """The API refuses it: the answer has ended, is gone, or is somebody else's by now."""


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that waits for somebody to give it, by its global id."""

    id: str

    @property
    def told(self) -> Mapping[str, str]:
        """What the log says of it besides its id."""
        return {}


D = TypeVar("D", bound=Due)


@dataclass(frozen=True, slots=True)
class Claimed(Generic[D]):
    """An answer that is ours as long as its lease lasts."""

    due: D
    lease: str
    restarted: bool


@dataclass(frozen=True, slots=True)
class Documents:
    """The operations that every product has, each under a name of its own: they take an `id` and a `lease`."""

    claim: str
    fail: str
    release: str


class Desk(ABC, Generic[D]):
    """The API, in process. An operation may take so many `seconds`; a claim holds for `lease_seconds`."""

    common: ClassVar[Documents]

    def __init__(
        self, schema: GraphQLSchema, store: Store, *, seconds: float, lease_seconds: int = LEASE_SECONDS
    ) -> None:
        self._store = store
        self._seconds = seconds
        self.lease_seconds = lease_seconds
        # Operations of its own: whatever the server trusts clients with, these documents are the project's.
        self._operations = Operations(schema, introspection=False)

    @abstractmethod
    async def due(self, first: int) -> list[D]:
        """The oldest answers that nobody gives, at most so many. Raises `Unavailable`."""

    @abstractmethod
    async def prompt(self, due: D) -> Prompt:
        """What the answer is made from. Raises `Unavailable`, or LookupError where there is nothing to make it from."""

    @abstractmethod
    async def append(self, claimed: Claimed[D], text: str) -> None:
        """Let an answer grow. Raises `Refused` or `Unavailable`."""

    @abstractmethod
    async def finish(self, claimed: Claimed[D], tokens: int, responder: str) -> None:
        """End an answer that is whole, which the responder of that name gave. Raises `Refused` or `Unavailable`."""

    async def claim(self, due: D) -> Claimed[D]:
        """Take an answer. Raises `Refused` when somebody else has it, or `Unavailable`."""
        payload = await self._write(self.common.claim, {"id": due.id, "seconds": self.lease_seconds})
        return Claimed(due, payload["lease"], payload["restarted"])

    async def renew(self, claimed: Claimed[D]) -> None:
        """Hold an answer longer. Raises `Refused` or `Unavailable`."""
        given = {"id": claimed.due.id, "seconds": self.lease_seconds, "lease": claimed.lease}
        await self._write(self.common.claim, given)

    async def fail(self, claimed: Claimed[D]) -> None:
        """End an answer that broke off. Raises `Refused` or `Unavailable`."""
        await self._write(self.common.fail, {"id": claimed.due.id, "lease": claimed.lease})

    async def release(self, claimed: Claimed[D]) -> None:
        """Leave an answer to another worker. Raises `Refused` or `Unavailable`."""
        await self._write(self.common.release, {"id": claimed.due.id, "lease": claimed.lease})

    async def typing(self, due: D, *, typing: bool) -> None:
        """Show that somebody is typing, or no longer, where a product shows it. Raises `Refused` or `Unavailable`."""

    async def _write(self, text: str, given: Mapping[str, Any]) -> dict[str, Any]:
        payload: dict[str, Any] = (await self._ask(text, {"input": dict(given)}))["payload"]
        if payload["userErrors"]:
            raise Refused("; ".join(f"{error['code']}: {error['message']}" for error in payload["userErrors"]))
        return payload

    async def _ask(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        prepared: PreparedOperation = self._operations.prepare(text, None)
        result = await run(prepared, variables, Context(ACTOR, self._store), seconds=self._seconds)
        if result.errors or result.data is None:
            raise Unavailable("; ".join(error.message for error in result.errors or ()))
        return result.data
