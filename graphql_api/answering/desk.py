"""The worker's desk: what it asks of the API and writes through it, as the service that answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSchema

from graphql_api.answering import documents
from graphql_api.operations.prepare import Operations, PreparedOperation
from graphql_api.operations.run import run
from models.actor import service
from models.advisor.message import LEASE_SECONDS
from models.callers import ANSWERING
from models.store import Store
from resolvers.context import Context

ACTOR = service(ANSWERING.name)

MESSAGES = 10
"""The newest messages that an answer is made from."""

MEMORIES = 20
"""What the advisor remembered last, that an answer is made from."""


class Unavailable(Exception):
    """The API could not do it now: most likely the database is away."""


class Refused(Exception):
    """The API refuses it: the answer has ended, is gone, or is somebody else's by now."""


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that waits for somebody to give it, by global ids; `createdAt` in Unix milliseconds."""

    id: str
    conversation: str
    advisor: str
    createdAt: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """An answer that is ours as long as its lease lasts."""

    due: Due
    lease: str
    restarted: bool


class Desk:
    """The API, in process. An operation may take so many `seconds`; a claim holds for `lease_seconds`."""

    def __init__(
        self, schema: GraphQLSchema, store: Store, *, seconds: float, lease_seconds: int = LEASE_SECONDS
    ) -> None:
        self._store = store
        self._seconds = seconds
        self.lease_seconds = lease_seconds
        # Operations of its own: whatever the server trusts clients with, these documents are the project's.
        self._operations = Operations(schema, introspection=False)

    async def due(self, first: int) -> list[Due]:
        """The oldest answers that nobody gives, at most so many. Raises `Unavailable`."""
        found = await self._ask(documents.DUE, {"first": first})
        return [
            Due(node["id"], node["conversationId"], node["advisorId"], node["createdAt"])
            for node in found["due"]["nodes"]
        ]

    async def claim(self, due: Due) -> Claimed:
        """Take an answer. Raises `Refused` when somebody else has it, or `Unavailable`."""
        payload = await self._write(documents.CLAIM, {"id": due.id, "seconds": self.lease_seconds})
        return Claimed(due, payload["lease"], payload["restarted"])

    async def renew(self, claimed: Claimed) -> None:
        """Hold an answer longer. Raises `Refused` or `Unavailable`."""
        given = {"id": claimed.due.id, "seconds": self.lease_seconds, "lease": claimed.lease}
        await self._write(documents.CLAIM, given)

    async def material(self, due: Due) -> Mapping[str, Any]:
        """What the answer is made from, as `documents.MATERIAL` names it. Raises `Unavailable`."""
        asked = {"conversation": due.conversation, "advisor": due.advisor, "before": due.createdAt}
        return await self._ask(documents.MATERIAL, {**asked, "messages": MESSAGES, "memories": MEMORIES})

    async def append(self, claimed: Claimed, text: str) -> None:
        """Let an answer grow. Raises `Refused` or `Unavailable`."""
        due = claimed.due
        place = {"conversationId": due.conversation, "advisorId": due.advisor, "id": due.id}
        await self._write(documents.APPEND, {**place, "lease": claimed.lease, "content": text})

    async def finish(self, claimed: Claimed, tokens: int) -> None:
        """End an answer that is whole. Raises `Refused` or `Unavailable`."""
        given = {"id": claimed.due.id, "lease": claimed.lease, "tokensUsed": tokens}
        await self._write(documents.FINISH, given)

    async def fail(self, claimed: Claimed) -> None:
        """End an answer that broke off. Raises `Refused` or `Unavailable`."""
        await self._write(documents.FAIL, {"id": claimed.due.id, "lease": claimed.lease})

    async def release(self, claimed: Claimed) -> None:
        """Leave an answer to another worker. Raises `Refused` or `Unavailable`."""
        await self._write(documents.RELEASE, {"id": claimed.due.id, "lease": claimed.lease})

    async def typing(self, due: Due, *, typing: bool) -> None:
        """Show that the advisor is typing, or no longer. Raises `Refused` or `Unavailable`."""
        given = {"conversationId": due.conversation, "advisorId": due.advisor, "isTyping": typing}
        await self._write(documents.TYPING, given)

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
