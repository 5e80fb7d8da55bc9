"""A client's copy of a list, made of its events alone, and writers that change the list meanwhile."""

import asyncio
import random
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from bson import ObjectId

from models import global_id
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.clock import now
from models.store.connection import Database
from models.store.live.following import Watched
from resolvers.verbs import watch
from tests.fixtures.live import Answer, Live

FOLLOW = """subscription ($id: ID!, $after: String) {
  advisorMessageChanges(conversationId: $id, first: 100, after: $after) { kind cursor id node { id content } }
}"""

END = "the end"
"""What the last message of a test says: whoever has heard of it has heard of all before it."""


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lists that are begun from now on tell changes at a quicker pace."""

    def hurried(*given: Any) -> Watched:
        made = Watched(*given)
        return replace(made, pace_seconds=made.pace_seconds / 20)

    monkeypatch.setattr(watch, "Watched", hurried)


@dataclass
class Copy:
    """The rows of a list by their ids, as a client keeps them. `cursor` is where it resumes; `resyncs` is counted."""

    rows: dict[str, Answer] = field(default_factory=dict)
    cursor: str | None = None
    resyncs: int = 0

    def take(self, event: Answer) -> None:
        """Do what an event says; nothing is added twice, and what is not there neither changes nor leaves."""
        kind, key, node = event["kind"], event["id"], event["node"]
        self.cursor = event["cursor"] or self.cursor
        if kind == "RESYNC":
            self.rows.clear()
            self.resyncs += 1
            self.cursor = None
        elif kind != "SYNCED":
            assert (key in self.rows) == (kind != "ADDED"), f"{kind} of {key}"
            assert (node is None) == (kind == "REMOVED")
            assert node is None or node["id"] == key
            self.rows.pop(key, None)
            if node is not None:
                self.rows[key] = node

    async def read_to_end(self, live: Live) -> None:
        """Take all events up to that of the last message."""
        while not any(node["content"] == END for node in self.rows.values()):
            self.take(await live.event())

    @property
    def contents(self) -> dict[str, str]:
        """What the messages say, by id."""
        return {key: node["content"] for key, node in self.rows.items()}


def of(conversation: Any) -> dict[str, str]:
    """The variables of the list of a conversation's messages."""
    return {"id": global_id.encode(CONVERSATIONS.tag, conversation["_id"])}


class Writers:
    """Changes the messages of a conversation, as other processes would: by insertions, changes and deletions."""

    def __init__(self, database: Database, conversation: Any, seed: int) -> None:
        self._collection = database[MESSAGES.collection]
        self._conversation = conversation
        self._dice = random.Random(seed)  # noqa: S311  # the same dice each time
        self._rows: list[ObjectId] = []

    async def write(self, number: int, pause: float = 0.0) -> None:
        """Make so many changes, one after the other."""
        for _ in range(number):
            throw = self._dice.random()
            if throw < 0.4 or not self._rows:
                await self.insert(f"text {throw}")
            elif throw < 0.75:
                key = self._dice.choice(self._rows)
                change = {"$set": {"content": f"other {throw}"}, "$inc": {"version": 1}}
                await self._collection.update_one({"_id": key}, change)
            else:
                await self._collection.delete_one({"_id": self._rows.pop(self._dice.randrange(len(self._rows)))})
            await asyncio.sleep(pause)

    async def insert(self, content: str) -> ObjectId:
        """A new message."""
        moment, key = now(), ObjectId()
        await self._collection.insert_one(
            {
                "_id": key,
                "conversationId": self._conversation["_id"],
                "userId": self._conversation["userId"],
                "sender": "user",
                "content": content,
                "mentions": [],
                "status": "complete",
                "createdAt": moment,
                "updatedAt": moment,
                "version": 1,
            }
        )
        if content != END:
            self._rows.append(key)
        return key

    async def contents(self) -> dict[str, str]:
        """What the messages say, by id, in the database."""
        found = self._collection.find({"conversationId": self._conversation["_id"]})
        return {global_id.encode(MESSAGES.tag, row["_id"]): row["content"] async for row in found}
