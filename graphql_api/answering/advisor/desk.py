"""The desk for advisors' answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql_api.answering import desk
from graphql_api.answering.advisor import documents
from graphql_api.answering.advisor.prompt import compose
from graphql_api.answering.desk import Claimed, Desk, Documents
from graphql_api.answering.prompt import Prompt

MESSAGES = 10
"""The newest messages that an answer is made from."""

MEMORIES = 20
"""What the advisor remembered last, that an answer is made from."""


@dataclass(frozen=True, slots=True)
class Due(desk.Due):
    """An answer of an advisor, by global ids; `createdAt` in Unix milliseconds."""

    conversation: str
    advisor: str
    createdAt: int

    @property
    def told(self) -> Mapping[str, str]:
        """What the log says of it besides its id."""
        return {"advisor": self.advisor}


class AdvisorDesk(Desk[Due]):
    """Answers in conversations with advisors."""

    common = Documents(documents.CLAIM, documents.FAIL, documents.RELEASE)

    async def due(self, first: int) -> list[Due]:
        """The oldest answers that nobody gives, at most so many. Raises `Unavailable`."""
        found = await self._ask(documents.DUE, {"first": first})
        return [
            Due(node["id"], node["conversationId"], node["advisorId"], node["createdAt"])
            for node in found["due"]["nodes"]
        ]

    async def prompt(self, due: Due) -> Prompt:
        """What the answer is made from. Raises `Unavailable`, or LookupError for an advisor that is gone."""
        return compose(due.advisor, await self.material(due))

    async def material(self, due: Due) -> Mapping[str, Any]:
        """What the API has for it, as `documents.MATERIAL` names it. Raises `Unavailable`."""
        asked = {"conversation": due.conversation, "advisor": due.advisor, "before": due.createdAt}
        return await self._ask(documents.MATERIAL, {**asked, "messages": MESSAGES, "memories": MEMORIES})

    async def append(self, claimed: Claimed[Due], text: str) -> None:
        """Let an answer grow. Raises `Refused` or `Unavailable`."""
        due = claimed.due
        place = {"conversationId": due.conversation, "advisorId": due.advisor, "id": due.id}
        await self._write(documents.APPEND, {**place, "lease": claimed.lease, "content": text})

    async def finish(self, claimed: Claimed[Due], tokens: int, responder: str) -> None:  # noqa: ARG002  # no room for it
        """End an answer that is whole, with its cost. Raises `Refused` or `Unavailable`."""
        given = {"id": claimed.due.id, "lease": claimed.lease, "tokensUsed": tokens}
        await self._write(documents.FINISH, given)

    async def typing(self, due: Due, *, typing: bool) -> None:
        """Show that the advisor is typing, or no longer. Raises `Refused` or `Unavailable`."""
        given = {"conversationId": due.conversation, "advisorId": due.advisor, "isTyping": typing}
        await self._write(documents.TYPING, given)
