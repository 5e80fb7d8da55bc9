"""Change streams: how one is asked for, and the changes that it answers with."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bson import ObjectId
from bson.timestamp import Timestamp
from pymongo.asynchronous.command_cursor import AsyncCommandCursor
from pymongo.errors import PyMongoError

from models.store.connection import Database

AWAIT_MILLISECONDS = 250
"""How long MongoDB holds a question open while it has nothing to tell: its answer, empty or not, is a sign of life."""

ANSWER_SECONDS = 5.0
"""When a question is given up: a server that is frozen, or a network that swallows, says neither yes nor no."""

CLOSE_SECONDS = 1.0
"""How long the database may take to let go of a stream; it drops what nobody asks for by itself."""

LOST = frozenset({260, 280, 286, 10334})
"""Codes of errors past which no token leads: it is none, is not found, the history is gone, a change is too large."""

Document = dict[str, Any]
Stream = AsyncCommandCursor[Document]
Operation = Literal["insert", "update", "replace", "delete"]
OPERATIONS = frozenset({"insert", "update", "replace", "delete"})

Place = str | Timestamp
"""Where a stream goes on: after the change of this token, or after all changes of this time of the cluster."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one row, by whatever process, once a majority holds it.

    `time` is the cluster's, `token` where a stream goes on after it. `columns` are the top-level ones that an update
    touched, and None where the whole row changed. `before` and `after` are the row as it was and as it became, where
    MongoDB keeps that of its collection; nobody may change them. In `memo` whoever shows the change keeps what others
    will ask for as well.
    """

    collection: str
    operation: Operation
    key: ObjectId
    time: Timestamp
    token: str
    columns: frozenset[str] | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def whole(self) -> bool:
        """Whether the row is known as it was and as it became."""
        was = self.operation == "insert" or self.before is not None
        return was and (self.operation == "delete" or self.after is not None)

    def after_place(self, place: Place) -> bool:
        """Whether a stream that goes on at the place would tell of it."""
        return self.time > place if isinstance(place, Timestamp) else self.token > place

    def then(self, later: "Change") -> "Change":
        """Both changes of one row as one; the same one for all who ask, so that what they show of it is shared."""
        found: Change
        if id(self) in later.memo:
            _, found = later.memo[id(self)]
        else:
            touched = None if self.columns is None or later.columns is None else self.columns | later.columns
            found = replace(later, columns=touched, before=self.before, memo={})
            # Kept together: while the key is there, nothing else can come to have this id.
            later.memo[id(self)] = (self, found)
        return found


@contextlib.asynccontextmanager
async def opened(
    database: Database, condition: Mapping[str, Any], place: Place | None, comment: str
) -> AsyncIterator[Stream]:
    """The changes that match, from the place on, or from now; closed with the block.

    The driver's own `watch` would resume once behind our back, and tell neither that nor where an answer ends.
    """
    images = {"fullDocument": "whenAvailable", "fullDocumentBeforeChange": "whenAvailable"}
    stages: list[Document] = [{"$changeStream": images | _beginning(place)}, {"$match": condition}]
    async with asyncio.timeout(ANSWER_SECONDS):
        stream = await database.aggregate(stages, maxAwaitTimeMS=AWAIT_MILLISECONDS, comment=comment)
    try:
        yield stream
    finally:
        # Whatever comes of it, it must not take the place of what ended the stream.
        with contextlib.suppress(TimeoutError, PyMongoError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await stream.close()


async def answer(stream: Stream) -> list[Document]:
    """What the stream says next; nothing after a quarter of a second without news."""
    events: list[Document] = []
    async with asyncio.timeout(ANSWER_SECONDS):
        # One question and its whole answer; the public methods give one change at a time, and hide where it ends.
        await stream._next_batch(events)
    return events


def told_until(stream: Stream) -> str | None:
    """The token of which everything older has been answered."""
    token = stream._post_batch_resume_token
    return None if token is None else str(token["_data"])


def change(event: Document) -> Change:
    """A change as a stream tells it."""
    update = event.get("updateDescription")
    return Change(
        collection=event["ns"]["coll"],
        operation=event["operationType"],
        key=event["documentKey"]["_id"],
        time=event["clusterTime"],
        token=event["_id"]["_data"],
        columns=None if update is None else _columns(update),
        before=event.get("fullDocumentBeforeChange"),
        after=event.get("fullDocument"),
    )


def moment(place: Place) -> Timestamp:
    """The time of the cluster at a place; a token begins with it."""
    return place if isinstance(place, Timestamp) else Timestamp(int(place[2:10], 16), int(place[10:18], 16))


def _beginning(place: Place | None) -> Document:
    if place is None:
        return {}
    if isinstance(place, Timestamp):
        return {"startAtOperationTime": Timestamp(place.time, place.inc + 1)}
    # `startAfter` goes on after any token, also one with which a stream has ended.
    return {"startAfter": {"_data": place}}


def _columns(update: Mapping[str, Any]) -> frozenset[str]:
    """The columns of the paths that an update set, removed or shortened."""
    shortened: Sequence[str] = [array["field"] for array in update.get("truncatedArrays", ())]
    return frozenset(path.split(".", 1)[0] for path in (*update["updatedFields"], *update["removedFields"], *shortened))
