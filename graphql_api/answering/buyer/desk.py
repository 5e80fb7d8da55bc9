"""The desk for buyers' questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql_api.answering import desk
from graphql_api.answering.buyer import documents
from graphql_api.answering.buyer.prompt import compose
from graphql_api.answering.buyer.reading import read
from graphql_api.answering.desk import Claimed, Desk, Documents
from graphql_api.answering.prompt import Prompt

MESSAGES = 10
"""The newest questions with their answers that an answer is made from."""

OPINIONS = 20
"""What the buyer liked or disliked last, that an answer is made from."""

NAME_CHARACTERS = 100
"""Length of the responder's name in what an answer has gone through."""


@dataclass(frozen=True, slots=True)
class Due(desk.Due):
    """A question of a buyer, by global ids; `about` is the home that it names, `timestamp` in Unix milliseconds."""

    session: str
    message: str
    about: str | None
    timestamp: int

    @property
    def told(self) -> Mapping[str, str]:
        """What the log says of it besides its id."""
        return {"chat": self.session}


class BuyerDesk(Desk[Due]):
    """Questions in the chats of buyers."""

    common = Documents(documents.CLAIM, documents.FAIL, documents.RELEASE)

    async def due(self, first: int) -> list[Due]:
        """The oldest questions that nobody answers, at most so many. Raises `Unavailable`."""
        nodes = (await self._ask(documents.DUE, {"first": first}))["due"]["nodes"]
        return [
            Due(
                node["id"],
                node["sessionId"],
                node["message"],
                (node["property"] or {}).get("address"),
                node["timestamp"],
            )
            for node in nodes
        ]

    async def prompt(self, due: Due) -> Prompt:
        """What the answer is made from. Raises `Unavailable`, or LookupError for a chat or profile that is gone."""
        return compose(due.message, due.about, await self.material(due))

    async def material(self, due: Due) -> Mapping[str, Any]:
        """What the API has for it, as `documents.MATERIAL` names it. Raises `Unavailable`."""
        asked = {"session": due.session, "before": due.timestamp}
        return await self._ask(documents.MATERIAL, {**asked, "messages": MESSAGES, "opinions": OPINIONS})

    async def append(self, claimed: Claimed[Due], text: str) -> None:
        """Let the draft grow. Raises `Refused` or `Unavailable`."""
        await self._write(documents.APPEND, {"id": claimed.due.id, "lease": claimed.lease, "draft": text})

    async def finish(self, claimed: Claimed[Due], tokens: int, responder: str) -> None:  # noqa: ARG002  # nobody pays
        """Make the draft the answer, with what the question tells. Raises `Refused` or `Unavailable`."""
        analysis = {**read(claimed.due.message), "agentPath": f"{responder[:NAME_CHARACTERS]}->words"}
        await self._write(documents.ANSWER, {"id": claimed.due.id, "lease": claimed.lease, "analysis": analysis})
